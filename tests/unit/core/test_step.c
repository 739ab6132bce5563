/*
 * The interpreter on a small chart made for it: which row answers, what a move changes, when the
 * next look falls. What the real charts do with it is for others to say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/step.h"

enum { NEW = 1, WHOLE, PART, SENDING, ASKING, POLLING, RESTING, WAKING, OVER, STATE_LIMIT };
enum { NOW = 100000000, FIRST_MS = 1000, MAX_MS = 60000 };

/* NEW; WHOLE { PART { SENDING, ASKING, POLLING, RESTING, WAKING } }; OVER */
static const struct ps_state states[STATE_LIMIT] = {
    [NEW] = {.id = NEW, .kind = PS_STATE_INITIAL, .name = "NEW"},
    [WHOLE] = {.id = WHOLE, .kind = PS_STATE_COMPOSITE, .name = "WHOLE"},
    [PART] = {.id = PART, .parent = WHOLE, .kind = PS_STATE_COMPOSITE, .name = "PART"},
    [SENDING] = {.id = SENDING,
                 .parent = PART,
                 .kind = PS_STATE_WAITING,
                 .name = "SENDING",
                 .owes = {PAYSCORE_LANE_EFFECT, PS_CALL_create_order, FIRST_MS, MAX_MS}},
    [ASKING] = {.id = ASKING,
                .parent = PART,
                .kind = PS_STATE_WAITING,
                .name = "ASKING",
                .owes = {PAYSCORE_LANE_ASK, PS_CALL_query_order, 0, MAX_MS}},
    [POLLING] = {.id = POLLING,
                 .parent = PART,
                 .kind = PS_STATE_WAITING,
                 .name = "POLLING",
                 .owes = {PAYSCORE_LANE_POLL, PS_CALL_query_order, FIRST_MS, MAX_MS}},
    [RESTING] = {.id = RESTING, .parent = PART, .kind = PS_STATE_SETTLED, .name = "RESTING"},
    [WAKING] = {.id = WAKING,
                .parent = PART,
                .kind = PS_STATE_WAITING,
                .name = "WAKING",
                .owes = {PAYSCORE_LANE_WAKE, PS_CALL_none, FIRST_MS, MAX_MS}},
    [OVER] = {.id = OVER, .kind = PS_STATE_FINAL, .name = "OVER"},
};

#define ROW(id_, from_, event_, guard_, kind_, to_, ...)                                           \
    {                                                                                              \
        .id = (id_), .from = (from_), .to = (to_), .event = PS_EVENT_##event_,                     \
        .kind = PS_ROW_##kind_, .guard = PS_GUARD_##guard_, .actions = {                           \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }
static const struct ps_row rows[] = {
    ROW(1, NEW, cmd_create, always, TRAN, SENDING, PS_ACTION_keep_request),
    ROW(2, WHOLE, seen_done, always, TRAN, OVER, PS_ACTION_book),
    ROW(3, SENDING, unknown, always, TRAN, ASKING, PS_ACTION_doubt),
    ROW(4, SENDING, busy, always, TRAN, SENDING, PS_ACTION_note_reason),
    ROW(5, ASKING, seen_absent, fresh_certain, TRAN, OVER, PS_ACTION_none),
    ROW(6, ASKING, seen_absent, fresh, TRAN, SENDING, PS_ACTION_none),
    ROW(7, PART, seen_absent, always, IGNORE, 0, PS_ACTION_none),
    ROW(8, PART, seen_created, always, IGNORE, 0, PS_ACTION_none),
    ROW(9, POLLING, seen_created, by_notice, STAY, 0, PS_ACTION_look_now),
    ROW(10, WHOLE, cmd_cancel, always, REJECT, 0, PS_ACTION_none),
    ROW(11, WHOLE, seen_strange, not_held, STAY, 0, PS_ACTION_hold_strange, PS_ACTION_note_reason),
    ROW(12, WAKING, wake, always, TRAN, WAKING, PS_ACTION_tell_asked),
    ROW(13, PART, unknown, always, IGNORE, 0, PS_ACTION_none),
    ROW(14, WHOLE, look_failed, always, IGNORE, 0, PS_ACTION_none),
    ROW(15, WHOLE, seen_paying, always, TRAN, RESTING, PS_ACTION_none),
    ROW(16, PART, accepted, always, TRAN, WHOLE, PS_ACTION_none), /* Broken: not a leaf. */
};

static const struct ps_chart chart = {.id = 77,
                                      .initial = NEW,
                                      .name = "made_up",
                                      .states = states,
                                      .state_limit = STATE_LIMIT,
                                      .rows = rows,
                                      .row_count = sizeof rows / sizeof rows[0]};

/* A record in `state`, of version 3, which was entered at NOW and is due then. */
static struct ps_record record_in(uint16_t state)
{
    struct ps_record record = {.layout = PS_RECORD_LAYOUT,
                               .state = state,
                               .version = 3,
                               .since_ms = NOW,
                               .due_at_ms = states[state].owes.lane == 0 ? 0 : NOW,
                               .due_lane = states[state].owes.lane,
                               .call = states[state].owes.call};
    return record;
}

static struct ps_input input(enum ps_event event)
{
    return (struct ps_input){.event = (uint16_t)event, .now_ms = NOW};
}

/* The answer to what `old` owes. */
static struct ps_input reply(const struct ps_record *old, enum ps_event event)
{
    struct ps_input in = input(event);
    in.carrier = PAYSCORE_CARRIER_REPLY;
    in.call = old->call;
    in.attempt = old->attempts;
    in.begun_version = old->version;
    return in;
}

static struct ps_input question(const struct ps_record *old, enum ps_event event)
{
    struct ps_input in = reply(old, event);
    in.carrier = PAYSCORE_CARRIER_QUERY;
    return in;
}

static struct ps_step step(const struct ps_record *old, const struct ps_input *in)
{
    struct ps_record old_copy = *old;
    struct ps_input in_copy = *in;
    struct ps_step out;
    memset(&out, 0xa5, sizeof out); /* It is overwritten whole. */
    ps_step(&chart, old, in, &out);
    assert_memory_equal(&old_copy, old, sizeof *old);
    assert_memory_equal(&in_copy, in, sizeof *in);
    return out;
}

static void assert_unmoved(const struct ps_step *out, const struct ps_record *old)
{
    assert_memory_equal(&out->next, old, sizeof *old);
    assert_false(out->moved_look);
    assert_int_equal(out->tell_count, 0);
}

static void a_move_counts_a_version_and_arms_what_the_state_owes(void **state)
{
    (void)state;
    struct ps_record old = {.state = NEW};
    struct ps_input in = input(PS_EVENT_cmd_create);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_TAKEN);
    assert_int_equal(out.row->id, 1);
    assert_int_equal(out.next.version, 1);
    assert_int_equal(out.next.state, SENDING);
    assert_int_equal(out.next.since_ms, NOW);
    assert_int_equal(out.next.due_lane, PAYSCORE_LANE_EFFECT);
    assert_int_equal(out.next.call, PS_CALL_create_order);
    assert_int_equal(out.next.due_at_ms, NOW); /* A first attempt does not wait. */
    assert_true(out.keep_request);
}

static void what_no_row_names_is_refused_and_moves_nothing(void **state)
{
    (void)state;
    struct ps_record old = record_in(RESTING);
    struct ps_input in = input(PS_EVENT_cmd_complete);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_REFUSED);
    assert_null(out.row);
    assert_unmoved(&out, &old);
}

static void a_rejected_command_is_refused_with_its_row(void **state)
{
    (void)state;
    struct ps_record old = record_in(RESTING);
    struct ps_input in = input(PS_EVENT_cmd_cancel);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_REFUSED);
    assert_int_equal(out.row->id, 10);
    assert_unmoved(&out, &old);
}

static void a_childs_row_answers_before_its_parents(void **state)
{
    (void)state;
    struct ps_record old = record_in(POLLING);
    struct ps_input in = input(PS_EVENT_seen_created);
    in.carrier = PAYSCORE_CARRIER_NOTICE;
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.row->id, 9);
    in.carrier = PAYSCORE_CARRIER_REPLY;
    out = step(&old, &in);
    assert_int_equal(out.row->id, 8);
    assert_int_equal(out.verdict, PAYSCORE_IGNORED);
    assert_unmoved(&out, &old);
}

static void a_grandparents_row_answers_where_no_nearer_one_does(void **state)
{
    (void)state;
    struct ps_record old = record_in(RESTING);
    struct ps_input in = input(PS_EVENT_seen_done);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.row->id, 2);
    assert_int_equal(out.next.state, OVER);
    assert_int_equal(out.next.due_at_ms, 0);
    assert_int_equal(out.next.due_lane, PAYSCORE_LANE_NONE);
    assert_int_equal(out.next.call, PS_CALL_none);
}

static void the_first_row_whose_guard_holds_answers(void **state)
{
    (void)state;
    struct ps_record old = record_in(ASKING);
    struct ps_input in = question(&old, PS_EVENT_seen_absent);
    assert_int_equal(step(&old, &in).row->id, 5);
    old.doubts = 1;
    assert_int_equal(step(&old, &in).row->id, 6);
    in.begun_version--;
    assert_int_equal(step(&old, &in).row->id, 7);
}

/* Guards see the old header only: row 11 holds the record and would not be chosen again by that. */
static void guards_are_asked_before_anything_acts(void **state)
{
    (void)state;
    struct ps_record old = record_in(RESTING);
    struct ps_input in = input(PS_EVENT_seen_strange);
    in.reason = PS_REASON_time;
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.row->id, 11);
    assert_int_equal(out.next.hold, PS_HOLD_strange);
    assert_int_equal(out.next.reason, PS_REASON_time); /* Every action of the row was taken. */
    in = input(PS_EVENT_seen_strange);
    struct ps_record held = out.next;
    assert_null(step(&held, &in).row);
}

static void a_stay_moves_no_state_and_no_deadline(void **state)
{
    (void)state;
    struct ps_record old = record_in(POLLING);
    struct ps_input in = input(PS_EVENT_seen_strange);
    in.now_ms = NOW + 5;
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_TAKEN);
    assert_int_equal(out.next.version, old.version + 1);
    assert_int_equal(out.next.state, POLLING);
    assert_int_equal(out.next.since_ms, old.since_ms);
    assert_int_equal(out.next.due_at_ms, old.due_at_ms);
}

static void a_stay_that_answers_a_look_moves_the_deadline_too(void **state)
{
    (void)state;
    struct ps_record old = record_in(POLLING);
    struct ps_input in = question(&old, PS_EVENT_seen_strange);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_TAKEN);
    assert_int_equal(out.next.due_at_ms, NOW + FIRST_MS);
    assert_false(out.moved_look); /* The move stores the header anyway. */
}

static void an_answer_that_changes_nothing_moves_the_deadline(void **state)
{
    (void)state;
    struct ps_record old = record_in(POLLING);
    struct ps_input in = question(&old, PS_EVENT_look_failed);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_IGNORED);
    assert_true(out.moved_look);
    assert_int_equal(out.next.version, old.version);
    assert_int_equal(out.next.due_at_ms, NOW + FIRST_MS);
}

static void an_answer_that_no_row_names_moves_the_deadline_too(void **state)
{
    (void)state;
    struct ps_record old = record_in(POLLING);
    struct ps_input in = question(&old, PS_EVENT_seen_expired);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_REFUSED);
    assert_true(out.moved_look);
    assert_int_equal(out.next.due_at_ms, NOW + FIRST_MS);
}

static void a_look_called_for_now_is_not_put_off(void **state)
{
    (void)state;
    struct ps_record old = record_in(POLLING);
    old.due_at_ms = NOW + 40000;
    struct ps_input in = input(PS_EVENT_seen_created);
    in.carrier = PAYSCORE_CARRIER_NOTICE;
    in.now_ms = NOW + 7;
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.next.due_at_ms, NOW + 7);
}

static void an_answer_of_another_call_or_attempt_is_dropped(void **state)
{
    (void)state;
    struct ps_record old = record_in(SENDING);
    old.attempts = 2;
    struct ps_input answers[3];
    for (int i = 0; i < 3; i++)
        answers[i] = reply(&old, PS_EVENT_unknown);
    answers[0].attempt = 1;
    answers[1].call = PS_CALL_cancel_order;
    answers[2].carrier = PAYSCORE_CARRIER_NOTICE;
    for (int i = 0; i < 3; i++) {
        struct ps_step out = step(&old, &answers[i]);
        assert_int_equal(out.verdict, PAYSCORE_IGNORED);
        assert_null(out.row);
        assert_unmoved(&out, &old);
    }
    old = record_in(RESTING); /* It owes nothing, so that nothing answers it. */
    struct ps_input in = reply(&old, PS_EVENT_unknown);
    assert_false(ps_answers_owed(&chart, &old, &in));
}

static void a_view_in_a_late_reply_still_counts(void **state)
{
    (void)state;
    struct ps_record old = record_in(SENDING);
    old.attempts = 2;
    struct ps_input in = reply(&old, PS_EVENT_seen_done);
    in.attempt = 1;
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.next.state, OVER);
    assert_int_equal(out.next.attempts, 2);
}

static void attempts_count_answers_to_the_open_call_and_never_wrap(void **state)
{
    (void)state;
    struct ps_record old = record_in(SENDING);
    struct ps_input in = reply(&old, PS_EVENT_unknown);
    assert_int_equal(step(&old, &in).next.attempts, 1);
    old.attempts = UINT16_MAX;
    in = reply(&old, PS_EVENT_unknown);
    assert_int_equal(step(&old, &in).next.attempts, UINT16_MAX);
    old = record_in(POLLING);
    in = question(&old, PS_EVENT_look_failed);
    assert_int_equal(step(&old, &in).next.attempts, 0); /* A look is no attempt. */
}

/* How long the effect waits after the nth answer "not now". */
static int64_t busy_wait(uint16_t answered_before, int64_t cooldown_ms, uint32_t chance)
{
    struct ps_record old = record_in(SENDING);
    old.attempts = answered_before;
    struct ps_input in = reply(&old, PS_EVENT_busy);
    in.cooldown_ms = cooldown_ms;
    in.chance = chance;
    return step(&old, &in).next.due_at_ms - NOW;
}

static void an_effect_waits_twice_as_long_each_time_up_to_its_longest(void **state)
{
    (void)state;
    static const int64_t waits[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++)
        assert_int_equal(busy_wait((uint16_t)i, 0, 0), waits[i]);
    assert_int_equal(busy_wait(UINT16_MAX, 0, 0), MAX_MS);
}

static void a_cooldown_is_waited_for_and_never_shortens_a_wait(void **state)
{
    (void)state;
    assert_int_equal(busy_wait(0, 180000, 0), 180000);
    assert_int_equal(busy_wait(3, 500, 0), 8000);
}

static void waits_are_spread_by_less_than_an_eighth(void **state)
{
    (void)state;
    assert_int_equal(busy_wait(0, 8000, 0), 8000);
    assert_int_equal(busy_wait(0, 8000, UINT32_C(1) << 31), 8500);
    assert_true(busy_wait(0, 8000, UINT32_MAX) > 8990);
    assert_true(busy_wait(0, 8000, UINT32_MAX) < 9000);
}

/* How long a look waits in a state of this age. */
static int64_t look_wait(uint16_t in_state, int64_t age_ms)
{
    struct ps_record old = record_in(in_state);
    struct ps_input in = question(&old, PS_EVENT_look_failed);
    in.now_ms = NOW + age_ms;
    return step(&old, &in).next.due_at_ms - in.now_ms;
}

static void looks_slow_down_with_the_age_of_the_state(void **state)
{
    (void)state;
    static const struct {
        uint16_t in_state;
        int64_t age_ms, wait_ms;
    } table[] = {
        {POLLING, 0, FIRST_MS},     {POLLING, 8000, FIRST_MS}, {POLLING, 16000, 2000},
        {POLLING, 480000, MAX_MS},  {POLLING, 480008, MAX_MS}, {ASKING, 0, PS_LIMIT_look_gap_ms},
        {ASKING, 10000, 5000},      {ASKING, 120002, MAX_MS},  {POLLING, -86400000, FIRST_MS},
        {ASKING, 3600000, MAX_MS},  {ASKING, 3600001, 300000}, {ASKING, 86400000, 300000},
        {POLLING, 3600001, MAX_MS},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        assert_int_equal(look_wait(table[i].in_state, table[i].age_ms), table[i].wait_ms);
}

static void a_look_that_was_just_entered_waits_its_first_wait(void **state)
{
    (void)state;
    struct ps_record old = record_in(SENDING);
    struct ps_input in = reply(&old, PS_EVENT_unknown);
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.next.state, ASKING);
    assert_int_equal(out.next.due_at_ms, NOW); /* Its first wait is none at all. */
    assert_int_equal(out.next.due_lane, PAYSCORE_LANE_ASK);
}

static void a_state_entered_from_itself_keeps_its_age(void **state)
{
    (void)state;
    struct ps_record old = record_in(WAKING);
    struct ps_input in = input(PS_EVENT_wake);
    in.now_ms = NOW + 20000;
    struct ps_step out = step(&old, &in);
    assert_int_equal(out.verdict, PAYSCORE_TAKEN);
    assert_int_equal(out.next.since_ms, NOW);
    assert_int_equal(out.next.due_at_ms, in.now_ms + 10000);
    assert_int_equal(out.tell_count, 1);
}

static void a_chart_or_record_that_is_broken_stops_the_process(void **state)
{
    (void)state;
    struct ps_record old = record_in(SENDING);
    struct ps_input in = reply(&old, PS_EVENT_accepted);
    struct ps_step out;
    expect_assert_failure(ps_step(&chart, &old, &in, &out));
    old.state = STATE_LIMIT;
    expect_assert_failure(ps_owes(&chart, &old));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_move_counts_a_version_and_arms_what_the_state_owes),
        cmocka_unit_test(what_no_row_names_is_refused_and_moves_nothing),
        cmocka_unit_test(a_rejected_command_is_refused_with_its_row),
        cmocka_unit_test(a_childs_row_answers_before_its_parents),
        cmocka_unit_test(a_grandparents_row_answers_where_no_nearer_one_does),
        cmocka_unit_test(the_first_row_whose_guard_holds_answers),
        cmocka_unit_test(guards_are_asked_before_anything_acts),
        cmocka_unit_test(a_stay_moves_no_state_and_no_deadline),
        cmocka_unit_test(a_stay_that_answers_a_look_moves_the_deadline_too),
        cmocka_unit_test(an_answer_that_changes_nothing_moves_the_deadline),
        cmocka_unit_test(an_answer_that_no_row_names_moves_the_deadline_too),
        cmocka_unit_test(a_look_called_for_now_is_not_put_off),
        cmocka_unit_test(an_answer_of_another_call_or_attempt_is_dropped),
        cmocka_unit_test(a_view_in_a_late_reply_still_counts),
        cmocka_unit_test(attempts_count_answers_to_the_open_call_and_never_wrap),
        cmocka_unit_test(an_effect_waits_twice_as_long_each_time_up_to_its_longest),
        cmocka_unit_test(a_cooldown_is_waited_for_and_never_shortens_a_wait),
        cmocka_unit_test(waits_are_spread_by_less_than_an_eighth),
        cmocka_unit_test(looks_slow_down_with_the_age_of_the_state),
        cmocka_unit_test(a_look_that_was_just_entered_waits_its_first_wait),
        cmocka_unit_test(a_state_entered_from_itself_keeps_its_age),
        cmocka_unit_test(a_chart_or_record_that_is_broken_stops_the_process),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
