/*
 * The interpreter: one input, one record, one row. It runs any chart and knows no product.
 *
 * Semantics, a strict subset of SCXML: all guards are evaluated against the old header first; rows
 * of the active leaf are looked at in document order, then its parent's; the first that holds
 * answers.
 */
#include "core/step.h"

#include <string.h>

#include "core/charts.h"
#include "core/panic.h"

typedef bool guard_function(const struct ps_record *old, const struct ps_input *in);
typedef void action_function(PS_ACTION_ARGS);

/* clang-format off */
static guard_function *const guards[] = {
#define GUARD(name, revision, en, zh) ps_guard_##name,
#include "statecharts/guards.def"
};

static action_function *const actions[] = {
    NULL,
#define ACTION(name, revision, kind, en, zh) ps_action_##name,
#include "statecharts/actions.def"
};
/* clang-format on */

static uint64_t facts_of(const struct ps_record *old, const struct ps_input *in)
{
    uint64_t facts = 0;
    for (unsigned i = 0; i < PS_GUARD_COUNT; i++)
        if (guards[i](old, in)) facts |= UINT64_C(1) << i;
    return facts;
}

static const struct ps_row *row_in_state(const struct ps_chart *chart, uint16_t state,
                                         uint16_t event, uint64_t facts)
{
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (row->from == state && row->event == event && (facts >> row->guard & 1) != 0) return row;
    }
    return NULL;
}

static const struct ps_row *choose(const struct ps_chart *chart, const struct ps_record *old,
                                   const struct ps_input *in)
{
    uint64_t facts = facts_of(old, in);
    uint16_t state = old->state;
    for (int depth = 0; depth < PS_DEPTH_MAX && state != 0; depth++) {
        const struct ps_row *row = row_in_state(chart, state, in->event, facts);
        if (row != NULL) return row;
        state = chart->states[state].parent;
    }
    return NULL;
}

/* Spread by up to an eighth, so that records born together do not look together for ever. */
static int64_t jittered(int64_t wait_ms, uint32_t chance)
{
    return wait_ms + (wait_ms / 8) * (int64_t)(chance >> 16) / 65536;
}

static int64_t clamped(int64_t value, int64_t low, int64_t high)
{
    if (value > high) return high;
    return value < low ? low : value;
}

/* After n answered attempts: first, 2 first, 4 first, …, max. */
static int64_t effect_wait(const struct ps_owes *owes, const struct ps_record *next)
{
    if (next->attempts == 0) return 0;
    int64_t wait_ms = owes->first_ms;
    for (uint16_t i = 1; i < next->attempts && wait_ms < owes->max_ms; i++)
        wait_ms *= 2;
    return clamped(wait_ms, owes->first_ms, owes->max_ms);
}

/* A look waits longer the older the state is: a share of its age. */
static int64_t look_wait(const struct ps_owes *owes, const struct ps_record *next,
                         const struct ps_input *in, bool entered)
{
    if (entered) return owes->first_ms;
    int64_t age_ms = in->now_ms > next->since_ms ? in->now_ms - next->since_ms : 0;
    int64_t share = owes->lane == PAYSCORE_LANE_POLL ? 8 : 2;
    int64_t low_ms = owes->first_ms > PS_LIMIT_look_gap_ms ? owes->first_ms : PS_LIMIT_look_gap_ms;
    bool old_ask = owes->lane == PAYSCORE_LANE_ASK && age_ms > PS_LIMIT_ask_slow_age_ms;
    return clamped(age_ms / share, low_ms, old_ask ? PS_LIMIT_ask_slow_ms : owes->max_ms);
}

static void arm(const struct ps_chart *chart, struct ps_record *next, const struct ps_input *in,
                bool entered)
{
    const struct ps_owes *owes = ps_owes(chart, next);
    next->due_lane = owes->lane;
    next->call = owes->call;
    next->due_at_ms = 0;
    if (next->since_ms > in->now_ms) next->since_ms = in->now_ms; /* The clock went back. */
    if (owes->lane == PAYSCORE_LANE_NONE) return;

    int64_t wait_ms = owes->lane == PAYSCORE_LANE_EFFECT ? effect_wait(owes, next)
                                                         : look_wait(owes, next, in, entered);
    if (in->cooldown_ms > wait_ms) wait_ms = in->cooldown_ms;
    next->due_at_ms = in->now_ms + jittered(wait_ms, in->chance);
}

static void act(const struct ps_row *row, struct ps_step *out, const struct ps_record *old,
                const struct ps_input *in)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++) {
        PS_ASSERT(row->actions[i] < PS_ACTION_COUNT);
        actions[row->actions[i]](out, old, in);
    }
}

static void move(const struct ps_chart *chart, const struct ps_row *row, struct ps_step *out,
                 const struct ps_record *old, const struct ps_input *in)
{
    out->verdict = PAYSCORE_TAKEN;
    out->next.version = old->version + 1;
    out->next.revision = chart->revision;
    act(row, out, old, in);
    if (row->kind == PS_ROW_STAY) return;

    const struct ps_state *target = ps_chart_state(chart, row->to);
    PS_ASSERT(target != NULL && target->kind != PS_STATE_COMPOSITE);
    bool entered = row->to != old->state;
    out->next.state = row->to;
    if (entered) out->next.since_ms = in->now_ms;
    arm(chart, &out->next, in, entered);
}

const struct ps_owes *ps_owes(const struct ps_chart *chart, const struct ps_record *record)
{
    const struct ps_state *state = ps_chart_state(chart, record->state);
    PS_ASSERT(state != NULL);
    return &state->owes;
}

bool ps_answers_owed(const struct ps_chart *chart, const struct ps_record *record,
                     const struct ps_input *in)
{
    const struct ps_owes *owes = ps_owes(chart, record);
    if (in->call == PS_CALL_none || in->call != owes->call) return false;
    if (in->carrier == PAYSCORE_CARRIER_REPLY)
        return in->attempt == record->attempts && in->call_entry == record->call_entry;
    return in->carrier == PAYSCORE_CARRIER_QUERY;
}

void ps_step(const struct ps_chart *chart, const struct ps_record *old, const struct ps_input *in,
             struct ps_step *out)
{
    memset(out, 0, sizeof *out);
    out->next = *old;
    bool answers = ps_answers_owed(chart, old, in);
    if (ps_event_kind(in->event) == PS_KIND_ANSWER && !answers) {
        out->verdict = PAYSCORE_IGNORED; /* Of a call, or an attempt, that is not open any more. */
        return;
    }
    if (answers && in->carrier == PAYSCORE_CARRIER_REPLY && old->attempts < UINT16_MAX)
        out->next.attempts = (uint16_t)(old->attempts + 1);

    out->row = choose(chart, old, in);
    if (out->row == NULL || out->row->kind == PS_ROW_REJECT)
        out->verdict = PAYSCORE_REFUSED;
    else if (out->row->kind == PS_ROW_IGNORE)
        out->verdict = PAYSCORE_IGNORED;
    else
        move(chart, out->row, out, old, in);

    /* An answer to what is owed always moves the deadline, or it would be asked again at once. */
    bool looked_now = out->next.due_at_ms != old->due_at_ms;
    if (answers && out->next.state == old->state && !looked_now) {
        arm(chart, &out->next, in, false);
        out->moved_look = out->verdict != PAYSCORE_TAKEN;
    }
}
