/*
 * Random walks over the real charts: whatever comes, in whatever order, some things always hold.
 * The seed is fixed, so that a walk that fails is the same walk again.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "core/step.h"

enum { STEPS = 120000, WALK_LENGTH = 60, OPENID_SIZE = 4 };

/* What an order may have noted before a walk begins in the middle of its life. */
enum {
    PLACED_FLAGS = PS_FLAG_ASKED | PS_FLAG_WANTED | PS_FLAG_DOUBTED | PS_FLAG_TOTAL_SEEN |
                   PS_FLAG_CONFIRM | PS_FLAG_PAID_ELSEWHERE
};

struct walk {
    const struct ps_chart *chart;
    struct ps_record record;
    uint64_t seed;
    int64_t now_ms;
    size_t taken; /* Over all walks, with the states: proof that they go somewhere. */
    bool visited[PS_STATES_MAX];
};

static uint32_t dice(struct walk *w, uint32_t sides)
{
    w->seed ^= w->seed << 13;
    w->seed ^= w->seed >> 7;
    w->seed ^= w->seed << 17;
    return (uint32_t)(w->seed >> 32) % sides;
}

static struct ps_view any_view(struct walk *w, enum ps_event_kind kind)
{
    static const int64_t amounts_fen[] = {0, 500, 800, 900};
    static const uint8_t types[] = {PS_PAID_NONE, PS_PAID_NEWTON, PS_PAID_MCH, PS_PAID_OTHER};
    struct ps_view view = {.platform_ms = dice(w, 2) * (w->now_ms - (int64_t)dice(w, 100000))};
    if (kind != PS_KIND_VIEW) return view; /* A tell has a time and nothing else. */
    view.has_total = dice(w, 2) == 0;
    view.has_paid = dice(w, 2) == 0;
    if (view.has_total) view.total_fen = amounts_fen[dice(w, 4)];
    if (view.has_paid) view.paid_fen = amounts_fen[dice(w, 4)];
    view.paid_type = types[dice(w, 4)];
    if (dice(w, 2) == 0) view.transaction_id = (struct payscore_text){"42", 2};
    if (dice(w, 2) == 0) view.openid = (struct payscore_text){"oabc", OPENID_SIZE};
    return view;
}

static uint8_t carrier_of(struct walk *w, enum ps_event_kind kind)
{
    bool effect = w->record.due_lane == PAYSCORE_LANE_EFFECT;
    switch (kind) {
    case PS_KIND_COMMAND: return PAYSCORE_CARRIER_COMMAND;
    case PS_KIND_VIEW:
        if (dice(w, 3) == 0) return PAYSCORE_CARRIER_NOTICE;
        return effect ? PAYSCORE_CARRIER_REPLY : PAYSCORE_CARRIER_QUERY;
    case PS_KIND_ANSWER: return PAYSCORE_CARRIER_REPLY;
    case PS_KIND_LOOK: return PAYSCORE_CARRIER_QUERY;
    case PS_KIND_TIME: return PAYSCORE_CARRIER_TIME;
    case PS_KIND_TELL: return PAYSCORE_CARRIER_TELL;
    }
    return PAYSCORE_CARRIER_NONE;
}

/* An event that the state has a row of its own for, or 0. */
static uint16_t own_event(struct walk *w)
{
    uint16_t found = 0;
    uint32_t count = 0;
    for (uint16_t i = 0; i < w->chart->row_count; i++) {
        const struct ps_row *row = &w->chart->rows[i];
        if (row->from == w->record.state && dice(w, ++count) == 0) found = row->event;
    }
    return found;
}

/* Much of what comes is what leads into the far corners; of another chart now and then. */
static uint16_t any_event(struct walk *w)
{
    static const uint16_t often[] = {PS_EVENT_unknown, PS_EVENT_refused, PS_EVENT_seen_absent,
                                     PS_EVENT_told_available};
    uint16_t own = dice(w, 3) == 0 ? own_event(w) : 0;
    if (own != 0) return own;
    if (dice(w, 3) == 0) return often[dice(w, 4)];
    return w->chart->events[dice(w, w->chart->event_count)];
}

/* Half of the commands ask for what is allowed. */
static struct ps_wish any_wish(struct walk *w)
{
    struct ps_wish wish = {.terms = PS_FLAG_END_GIVEN, .risk_fen = 900};
    if (dice(w, 2) == 0) return wish;
    wish.terms = (uint16_t)(dice(w, UINT16_MAX) & PS_FLAGS_OF_TERMS);
    wish.start_ms = dice(w, 2) * (w->now_ms - 400000 + (int64_t)dice(w, 800000));
    wish.end_ms = dice(w, 2) * (w->now_ms - 400000 + (int64_t)dice(w, 800000));
    wish.paid_ms = dice(w, 2) * (w->now_ms - 400000 + (int64_t)dice(w, 800000));
    wish.end_by_day = dice(w, 4) == 0;
    wish.has_end_place = dice(w, 4) == 0;
    return wish;
}

static struct ps_input any_input(struct walk *w)
{
    static const int64_t asked_fen[] = {0, 500, 800, 900};
    struct ps_input in = {.event = any_event(w),
                          .reason = (uint16_t)dice(w, 31),
                          .cooldown_ms = dice(w, 8) == 0 ? 180000 : 0,
                          .asked_fen = asked_fen[dice(w, 4)],
                          .wish = any_wish(w),
                          .code = PAYSCORE_TEXT("AUTH1"),
                          .hands_over = dice(w, 2) == 0,
                          .begun_ms = w->now_ms - (int64_t)dice(w, 2000),
                          .call_entry = w->record.call_entry + (dice(w, 8) == 0 ? 1 : 0),
                          .expires_ms = w->now_ms + PS_LIMIT_token_ms,
                          .chance = dice(w, UINT32_MAX),
                          .sender = {.birth_ms = 1 + dice(w, 3), .counter = 1},
                          .now_ms = w->now_ms};
    in.carrier = carrier_of(w, ps_event_kind(in.event));
    bool asks_of_effect =
        in.carrier == PAYSCORE_CARRIER_QUERY && w->record.due_lane == PAYSCORE_LANE_EFFECT;
    in.call = dice(w, 4) != 0 && !asks_of_effect ? w->record.call : PS_CALL_query_order;
    in.attempt = (uint16_t)(w->record.attempts - (dice(w, 4) == 0 ? 1 : 0));
    in.begun_version = w->record.version - (dice(w, 3) == 0 ? 1 : 0);
    in.view = any_view(w, ps_event_kind(in.event));
    return in;
}

static void pass_time(struct walk *w)
{
    static const int64_t spans_ms[] = {0, 1, 500, 60000, 3600000, 86400000, 86400000 * INT64_C(30)};
    int64_t span_ms = spans_ms[dice(w, 7)];
    w->now_ms += dice(w, 50) == 0 ? -span_ms : span_ms; /* Now and then the clock goes back. */
}

static void assert_deadline(const struct walk *w, const struct ps_step *out)
{
    const struct ps_record *next = &out->next;
    const struct ps_owes *owes = ps_owes(w->chart, next);
    assert_int_equal(next->due_at_ms != 0, owes->lane != PAYSCORE_LANE_NONE);
    assert_int_equal(next->due_lane, owes->lane);
    assert_int_equal(next->call, owes->call);
    if (next->due_at_ms == w->record.due_at_ms || next->due_at_ms == 0) return;
    int64_t bound_ms =
        owes->lane == PAYSCORE_LANE_POLL ? PS_LIMIT_wait_max_ms : PS_LIMIT_short_wait_max_ms;
    assert_true(next->due_at_ms >= w->now_ms && next->due_at_ms <= w->now_ms + bound_ms);
}

/* Money goes before what is merely odd, and a user who paid twice before all. */
static int weight_of(uint16_t hold)
{
    switch (hold) {
    case PS_HOLD_none: return 0;
    case PS_HOLD_paid_twice: return 4;
    case PS_HOLD_payer_unclear: return 3;
    case PS_HOLD_unasked_amount:
    case PS_HOLD_contradiction: return 2;
    default: return 1;
    }
}

/* A hold is cleared by a person; until then no view, tell or time makes anything leave. */
static void assert_hold(const struct ps_record *old, const struct ps_input *in,
                        const struct ps_step *out)
{
    bool command = ps_event_kind(in->event) == PS_KIND_COMMAND;
    bool enters_call = out->next.due_lane == PAYSCORE_LANE_EFFECT && out->next.state != old->state;
    if (old->hold == PS_HOLD_none) {
        assert_int_not_equal(in->event, PS_EVENT_cmd_release);
        return;
    }
    if (in->event == PS_EVENT_cmd_release) {
        assert_int_equal(out->next.hold, PS_HOLD_none);
        assert_int_equal(out->next.state, old->state);
        return;
    }
    bool heavier = weight_of(out->next.hold) > weight_of(old->hold);
    if (!heavier) assert_int_equal(out->next.hold, old->hold);
    assert_int_equal(out->next.held_since_ms, heavier ? in->now_ms : old->held_since_ms);
    /* The cancel of an order that nobody wants may be made; the engine keeps it while held. */
    if (enters_call) assert_true(command || out->render != PS_CALL_none);
}

/* What is asked for is what a command asked for, or what the platform shows of it. */
static void assert_wishes(const struct ps_record *old, const struct ps_input *in,
                          const struct ps_record *next)
{
    bool view = ps_event_kind(in->event) == PS_KIND_VIEW;
    if (next->chart != PS_CHART_service_order) return;
    if (next->asked_fen != old->asked_fen) {
        bool commanded = in->event == PS_EVENT_cmd_complete && next->asked_fen == in->asked_fen;
        bool lowered =
            view && (old->flags & PS_FLAG_WANTED) != 0 && next->asked_fen == old->wanted_fen;
        bool forgotten = view && (next->flags & PS_FLAG_ASKED) == 0 && next->asked_fen == 0;
        bool taken_over = view && in->view.has_total && next->asked_fen == in->view.total_fen;
        bool looked_at = in->event == PS_EVENT_cmd_release && old->hold == PS_HOLD_unasked_amount &&
                         next->asked_fen == old->total_fen;
        assert_true(commanded || lowered || forgotten || taken_over || looked_at);
    }
    if (next->wanted_fen != old->wanted_fen)
        assert_true(in->event == PS_EVENT_cmd_modify || (view && next->wanted_fen == 0));
    if (next->total_fen != old->total_fen) assert_true(view && in->view.has_total);
    if ((next->flags & PS_FLAG_TERMS) != (old->flags & PS_FLAG_TERMS))
        assert_int_equal(in->event, PS_EVENT_cmd_create);
}

/* The user's authorization counts an order once, and no order that has ended. */
static void assert_told(const struct ps_record *old, const struct ps_step *out)
{
    int opened = 0;
    for (uint8_t i = 0; i < out->tell_count; i++) {
        opened += out->tells[i].event == PS_EVENT_told_order_opened ? 1 : 0;
        opened -= out->tells[i].event == PS_EVENT_told_order_ended ? 1 : 0;
    }
    int before = (old->flags & PS_FLAG_COUNTED) != 0 ? 1 : 0;
    int after = (out->next.flags & PS_FLAG_COUNTED) != 0 ? 1 : 0;
    assert_int_equal(before + opened, after);
    if ((out->next.flags & PS_FLAG_CONFIRM) != 0) assert_true(opened <= 0);
}

/* A pay leaves once for each command; a sync or a terminate not again before a look. */
static void assert_not_sent_again(const struct walk *w, const struct ps_input *in,
                                  const struct ps_step *out)
{
    uint8_t call = w->record.call;
    bool never = call == PS_CALL_pay_order;
    bool after_view = call == PS_CALL_sync_order || call == PS_CALL_terminate_authorization ||
                      call == PS_CALL_terminate_authorization_by_code;
    bool not_now = in->event == PS_EVENT_busy || in->event == PS_EVENT_ours;
    bool answered = ps_answers_owed(w->chart, &w->record, in) && out->row != NULL;
    if (w->record.due_lane == PAYSCORE_LANE_EFFECT && answered &&
        (never || (after_view && !not_now)))
        assert_int_not_equal(out->next.state, w->record.state);
    if (out->next.call == PS_CALL_pay_order && w->record.call != PS_CALL_pay_order)
        assert_int_equal(in->event, PS_EVENT_cmd_pay);
}

static void assert_taken(const struct walk *w, const struct ps_input *in, const struct ps_step *out)
{
    const struct ps_record *old = &w->record;
    const struct ps_record *next = &out->next;
    const struct ps_state *state = ps_chart_state(w->chart, next->state);
    assert_non_null(state);
    assert_int_not_equal(state->kind, PS_STATE_COMPOSITE);
    assert_int_equal(next->version, old->version + 1);
    if (ps_chart_state(w->chart, old->state)->kind == PS_STATE_FINAL)
        assert_int_equal(next->state, old->state);
    if (next->state != old->state) assert_int_equal(next->since_ms, w->now_ms);
    if (state->kind == PS_STATE_FINAL) assert_int_equal(next->flags & PS_FLAG_COUNTED, 0);
    /* Amounts are what the platform showed, never less by our own doing. */
    if (next->paid_fen != old->paid_fen) {
        assert_true(in->view.has_paid && ps_event_kind(in->event) == PS_KIND_VIEW);
        assert_int_equal(next->paid_fen, in->view.paid_fen);
    }
    assert_true(next->platform_ms >= old->platform_ms);
    assert_true(next->effects >= old->effects);
    assert_false(out->moved_look);
    assert_hold(old, in, out);
    assert_wishes(old, in, next);
    assert_told(old, out);
}

/* Nothing but the deadline, the count of attempts and a since that lay ahead may differ. */
static void assert_not_taken(const struct walk *w, const struct ps_step *out)
{
    struct ps_record same = w->record;
    same.due_at_ms = out->next.due_at_ms;
    same.attempts = out->next.attempts;
    if (same.since_ms > w->now_ms) same.since_ms = w->now_ms; /* The clock went back. */
    if (!out->moved_look) same = w->record;
    assert_memory_equal(&same, &out->next, sizeof same);
    assert_false(out->keep_request || out->hand_over);
    assert_int_equal(out->tell_count + out->render, 0);
}

/* What is owed has been answered: it is asked or sent again later, or something else is owed. */
static void assert_answer_used(const struct walk *w, const struct ps_input *in,
                               const struct ps_step *out)
{
    if (w->record.version == 0 || !ps_answers_owed(w->chart, &w->record, in)) return;
    assert_true(out->moved_look || out->verdict == PAYSCORE_TAKEN);
    if (in->carrier == PAYSCORE_CARRIER_REPLY && out->next.state == w->record.state)
        assert_int_equal(out->next.attempts, w->record.attempts + 1);
    if (out->next.state == w->record.state) assert_true(out->next.due_at_ms > w->now_ms);
}

static void one_step(struct walk *w)
{
    struct ps_input in = any_input(w);
    struct ps_record before = w->record;
    struct ps_step out;
    ps_step(w->chart, &w->record, &in, &out);
    assert_memory_equal(&before, &w->record, sizeof before);
    assert_deadline(w, &out);
    if (out.verdict == PAYSCORE_TAKEN)
        assert_taken(w, &in, &out);
    else
        assert_not_taken(w, &out);
    assert_answer_used(w, &in, &out);
    assert_not_sent_again(w, &in, &out);
    w->taken += out.verdict == PAYSCORE_TAKEN ? 1 : 0;
    w->record = out.next;
    if (w->record.state != before.state) w->visited[w->record.state] = true;
}

static void be_born(struct walk *w)
{
    memset(&w->record, 0, sizeof w->record);
    w->record.layout = PS_RECORD_LAYOUT;
    w->record.chart = w->chart->id;
    w->record.state = w->chart->initial;
    w->now_ms = INT64_C(1772330400000);
}

/* Deep states are rarely reached by chance: some walks begin in the middle of a life. */
static void be_placed(struct walk *w)
{
    uint16_t id = (uint16_t)(1 + dice(w, w->chart->state_limit - 1u));
    const struct ps_state *leaf = ps_chart_state(w->chart, id);
    be_born(w);
    if (leaf == NULL || leaf->kind != PS_STATE_WAITING) return;
    w->record.state = id;
    w->record.version = 1;
    w->record.doubts = (uint16_t)dice(w, 2);
    w->record.attempts = (uint16_t)dice(w, 10);
    if (w->chart == &ps_chart_service_order) {
        w->record.flags = (uint16_t)(dice(w, UINT16_MAX) & PLACED_FLAGS);
        w->record.asked_fen = 800;
        w->record.wanted_fen = (w->record.flags & PS_FLAG_WANTED) != 0 ? 500 : 0;
        w->record.total_fen = (w->record.flags & PS_FLAG_TOTAL_SEEN) != 0 ? 800 : 0;
    }
    w->record.since_ms = w->now_ms;
    w->record.due_lane = leaf->owes.lane;
    w->record.call = leaf->owes.call;
    w->record.due_at_ms = leaf->owes.lane == PAYSCORE_LANE_NONE ? 0 : w->now_ms + 1;
}

static void assert_went_everywhere(const struct walk *w)
{
    for (uint16_t id = 1; id < w->chart->state_limit; id++) {
        const struct ps_state *leaf = ps_chart_state(w->chart, id);
        if (leaf == NULL || leaf->kind == PS_STATE_COMPOSITE || w->visited[id]) continue;
        fail_msg("%s: no walk came to %s", w->chart->name, leaf->name);
    }
    assert_true(w->taken > STEPS / 20);
}

static void walk(const struct ps_chart *chart)
{
    struct walk w = {.chart = chart, .seed = UINT64_C(88172645463325252)};
    w.visited[chart->initial] = true;
    for (int i = 0; i < STEPS; i++) {
        if (i % WALK_LENGTH == 0 && dice(&w, 2) == 0)
            be_placed(&w);
        else if (i % WALK_LENGTH == 0)
            be_born(&w);
        pass_time(&w);
        one_step(&w);
    }
    assert_went_everywhere(&w);
}

static void preauthorizations_keep_their_promises(void **state)
{
    (void)state;
    walk(&ps_chart_preauthorization);
}

static void authorizations_keep_their_promises(void **state)
{
    (void)state;
    walk(&ps_chart_authorization);
}

static void orders_keep_their_promises(void **state)
{
    (void)state;
    walk(&ps_chart_service_order);
}

/* A notification that says too little counts each time; the platform sends it a few times only. */
static bool leaves_open(const struct walk *w, const struct ps_input *in)
{
    bool asked_already =
        strcmp(ps_chart_state(w->chart, w->record.state)->name, "SYNC_UNKNOWN") == 0;
    if (in->carrier != PAYSCORE_CARRIER_NOTICE) return false;
    return in->event == PS_EVENT_seen_unclear || (in->event == PS_EVENT_seen_done && asked_already);
}

/* The same look with the same outcome, again and again, must not fill the journal. */
static void a_view_that_was_seen_changes_nothing_the_second_time(void **state)
{
    (void)state;
    struct walk w = {.chart = &ps_chart_service_order, .seed = UINT64_C(362436069362436069)};
    for (int i = 0; i < STEPS; i++) {
        if (i % WALK_LENGTH == 0) be_born(&w);
        pass_time(&w);
        one_step(&w);
        struct ps_input in = any_input(&w);
        bool look = ps_event_kind(in.event) == PS_KIND_VIEW && !leaves_open(&w, &in);
        bool stale = in.begun_version != w.record.version;
        if (!look || stale || w.record.due_lane == PAYSCORE_LANE_EFFECT) continue;
        struct ps_step first, second;
        ps_step(w.chart, &w.record, &in, &first);
        if (first.next.state != w.record.state) continue;
        in.begun_version = first.next.version;
        ps_step(w.chart, &first.next, &in, &second);
        if (second.verdict == PAYSCORE_TAKEN && second.next.state == first.next.state)
            fail_msg("row %u moves from %s to itself twice by one view", second.row->id,
                     ps_chart_state(w.chart, first.next.state)->name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(preauthorizations_keep_their_promises),
        cmocka_unit_test(authorizations_keep_their_promises),
        cmocka_unit_test(orders_keep_their_promises),
        cmocka_unit_test(a_view_that_was_seen_changes_nothing_the_second_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
