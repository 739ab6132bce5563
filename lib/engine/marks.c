/* The mark of restored records. */
#include "engine/marks.h"

#include "core/charts.h"

enum { WAIT_FIRST_MS = 1000, WAIT_MAX_MS = 300000 };

bool ps_mark_asks_first(const struct ps_record *record)
{
    return (record->marks & PS_MARK_ASKS_FIRST) != 0;
}

enum ps_call ps_mark_question(const struct ps_record *record)
{
    switch ((enum ps_chart_id)record->chart) {
    case PS_CHART_service_order: return PS_CALL_query_order;
    case PS_CHART_preauthorization: return PS_CALL_query_authorization_by_code;
    case PS_CHART_authorization: return PS_CALL_query_authorization_by_openid;
    case PS_CHART_none: break;
    }
    return PS_CALL_none;
}

enum ps_call ps_mark_call(const struct ps_record *record)
{
    return ps_mark_asks_first(record) ? ps_mark_question(record) : (enum ps_call)record->call;
}

/* The lane of polls: its deadlines may lie a day ahead, and no rule takes one for a doubt. */
static void owe_question(struct ps_record *record, int64_t due_at_ms)
{
    record->due_lane = PAYSCORE_LANE_POLL;
    record->due_at_ms = due_at_ms;
}

void ps_mark_set(struct ps_record *record, int64_t due_at_ms)
{
    record->marks = PS_MARK_ASKS_FIRST;
    owe_question(record, due_at_ms);
}

/* An answer that leaves the state open is none. */
bool ps_mark_is_lifted(const struct ps_record *record, const struct ps_input *in)
{
    return ps_mark_asks_first(record) && in->carrier == PAYSCORE_CARRIER_QUERY &&
           in->call == ps_mark_question(record) && ps_event_kind(in->event) == PS_KIND_VIEW &&
           in->event != PS_EVENT_seen_unclear;
}

void ps_mark_lift(struct ps_record *record, int64_t now_ms)
{
    const struct ps_owes *owes = ps_owes(ps_chart_by_id(record->chart), record);
    if (owes->lane == PAYSCORE_LANE_EFFECT) return;
    record->marks = 0;
    record->call = owes->call;
    record->due_lane = owes->lane;
    record->due_at_ms = owes->lane == PAYSCORE_LANE_NONE ? 0 : now_ms;
}

/* Counts the failure and says how long to wait for the next try. */
static int64_t wait_longer(struct ps_record *record, const struct ps_input *in)
{
    uint32_t failed = record->marks >> PS_MARK_FAILED_SHIFT;
    int64_t wait_ms = failed < PS_MARK_FAILED_MAX ? (int64_t)WAIT_FIRST_MS << failed : WAIT_MAX_MS;
    if (wait_ms > WAIT_MAX_MS) wait_ms = WAIT_MAX_MS;
    if (wait_ms < in->cooldown_ms) wait_ms = in->cooldown_ms;
    if (failed < PS_MARK_FAILED_MAX) record->marks += 1u << PS_MARK_FAILED_SHIFT;
    return wait_ms + (wait_ms / 8) * (int64_t)(in->chance >> 16) / 65536;
}

/* A move may make the question urgent: somebody waits for what it brings. */
static int64_t sooner(const struct ps_record *old, const struct ps_record *next)
{
    bool asks = next->due_lane == PAYSCORE_LANE_ASK || next->due_lane == PAYSCORE_LANE_POLL;
    return asks && next->due_at_ms < old->due_at_ms ? next->due_at_ms : old->due_at_ms;
}

void ps_mark_keep(const struct ps_record *old, const struct ps_input *in, struct ps_step *out)
{
    struct ps_record *next = &out->next;
    if (!ps_mark_asks_first(old)) return;
    if (ps_chart_state(ps_chart_by_id(next->chart), next->state)->kind == PS_STATE_FINAL) {
        next->marks = 0;
        return;
    }
    bool failed = in->carrier == PAYSCORE_CARRIER_QUERY && in->call == ps_mark_question(old);
    out->moved_look = failed && out->verdict != PAYSCORE_TAKEN;
    owe_question(next, failed ? in->now_ms + wait_longer(next, in) : sooner(old, next));
}
