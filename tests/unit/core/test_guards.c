/* Each guard on both sides of its boundary: what it reads, and what it must not be moved by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/step.h"

enum { NOW = 1000000, VERSION = 7 };

/* A question that began at the record's version, and a record that nothing is known of. */
struct question {
    struct ps_record old;
    struct ps_input in;
};

static struct question fresh_question(void)
{
    struct question q = {
        .old = {.version = VERSION},
        .in = {.carrier = PAYSCORE_CARRIER_QUERY, .begun_version = VERSION, .now_ms = NOW}};
    return q;
}

static struct question stale_question(void)
{
    struct question q = fresh_question();
    q.in.begun_version = VERSION - 1;
    return q;
}

#define HOLDS(guard, q)    assert_true(ps_guard_##guard(&(q).old, &(q).in))
#define DOES_NOT(guard, q) assert_false(ps_guard_##guard(&(q).old, &(q).in))

static void always_holds(void **state)
{
    (void)state;
    struct question q = stale_question();
    HOLDS(always, q);
}

static void fresh_is_a_question_begun_at_this_version(void **state)
{
    (void)state;
    static const uint8_t others[] = {PAYSCORE_CARRIER_COMMAND, PAYSCORE_CARRIER_REPLY,
                                     PAYSCORE_CARRIER_NOTICE, PAYSCORE_CARRIER_TIME,
                                     PAYSCORE_CARRIER_TELL};
    struct question q = fresh_question();
    HOLDS(fresh, q);
    q.in.begun_version = VERSION + 1;
    DOES_NOT(fresh, q);
    q = stale_question();
    DOES_NOT(fresh, q);
    for (size_t i = 0; i < sizeof others; i++) {
        q = fresh_question();
        q.in.carrier = others[i];
        DOES_NOT(fresh, q);
    }
}

static void certain_means_no_attempt_in_doubt(void **state)
{
    (void)state;
    struct question q = fresh_question();
    HOLDS(fresh_certain, q);
    q.old.doubts = 1;
    DOES_NOT(fresh_certain, q);
    q = stale_question();
    DOES_NOT(fresh_certain, q);
}

static void unauthorized_is_certain_only_for_that_reason(void **state)
{
    (void)state;
    struct question q = fresh_question();
    DOES_NOT(unauthorized_certain, q);
    q.old.reason = PS_REASON_no_permission;
    DOES_NOT(unauthorized_certain, q);
    q.old.reason = PS_REASON_not_authorized;
    HOLDS(unauthorized_certain, q);
    q.old.doubts = 1;
    DOES_NOT(unauthorized_certain, q);
    q = stale_question();
    q.old.reason = PS_REASON_not_authorized;
    DOES_NOT(unauthorized_certain, q);
}

static void a_watch_is_over_after_a_day_and_not_a_moment_sooner(void **state)
{
    (void)state;
    struct question q = fresh_question();
    q.old.since_ms = NOW;
    q.in.now_ms = NOW + PS_LIMIT_watch_ms - 1;
    DOES_NOT(watch_over, q);
    q.in.now_ms++;
    HOLDS(watch_over, q);
    q.in.begun_version--;
    DOES_NOT(watch_over, q);
}

static void a_recall_is_spent_after_so_many_attempts_and_said_once(void **state)
{
    (void)state;
    struct question q = fresh_question();
    q.old.attempts = PS_LIMIT_recall_attempts - 1;
    DOES_NOT(recall_spent, q);
    q.old.attempts++;
    HOLDS(recall_spent, q);
    q.old.hold = PS_HOLD_strange;
    DOES_NOT(recall_spent, q);
    q = stale_question();
    q.old.attempts = PS_LIMIT_recall_attempts;
    DOES_NOT(recall_spent, q);
}

static void a_total_is_missing_when_none_is_given(void **state)
{
    (void)state;
    struct question q = stale_question();
    HOLDS(total_missing, q);
    q.in.view.has_total = true; /* Zero is an amount. */
    DOES_NOT(total_missing, q);
}

struct amounts {
    bool asked, has, as_asked, seen;
    int64_t asked_fen, fen, seen_fen;
    bool changed;
};

static struct question with_amounts(const struct amounts *row)
{
    struct question q = stale_question();
    q.old.flags =
        (uint16_t)((row->asked ? PS_FLAG_ASKED : 0) | (row->seen ? PS_FLAG_TOTAL_SEEN : 0));
    q.old.asked_fen = row->asked_fen;
    q.old.total_fen = row->seen_fen;
    q.in.view.has_total = q.in.view.has_paid = row->has;
    q.in.view.total_fen = q.in.view.paid_fen = row->fen;
    return q;
}

static void a_total_is_as_asked_or_changed(void **state)
{
    (void)state;
    static const struct amounts rows[] = {
        /* asked, has, as_asked, seen, asked_fen, fen, seen_fen, changed */
        {true, true, true, false, 800, 800, 0, false},
        {true, true, false, false, 800, 801, 0, true},
        {true, true, true, false, 0, 0, 0, false},
        {true, false, false, false, 800, 0, 0, false},
        {false, true, false, false, 0, 0, 0, true}, /* Nobody asked: even zero is news. */
        {true, true, true, true, 800, 800, 800, false},
        {true, true, true, true, 800, 800, 900, true},
        {true, true, false, true, 800, 900, 900, false},
        {false, false, false, true, 0, 0, 900, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question q = with_amounts(&rows[i]);
        assert_int_equal(ps_guard_total_as_asked(&q.old, &q.in), rows[i].as_asked);
        assert_int_equal(ps_guard_total_changed(&q.old, &q.in), rows[i].changed);
    }
}

static void paid_is_as_asked_and_nothing_paid_counts_as_zero(void **state)
{
    (void)state;
    struct question q =
        with_amounts(&(struct amounts){.asked = true, .asked_fen = 800, .has = true, .fen = 800});
    HOLDS(paid_as_asked, q);
    q.in.view.paid_fen = 799;
    DOES_NOT(paid_as_asked, q);
    q.in.view.paid_fen = 800;
    q.in.view.has_paid = false;
    DOES_NOT(paid_as_asked, q);
    q.old.asked_fen = 0;
    HOLDS(paid_as_asked, q);
    q.old.flags = 0; /* Nobody asked: not even for zero. */
    DOES_NOT(paid_as_asked, q);
}

static void more_is_paid_only_beyond_what_was_booked(void **state)
{
    (void)state;
    struct question q = stale_question();
    q.old.paid_fen = 300;
    q.in.view.paid_fen = 301;
    DOES_NOT(paid_more, q);
    q.in.view.has_paid = true;
    HOLDS(paid_more, q);
    q.in.view.paid_fen = 300;
    DOES_NOT(paid_more, q);
}

static void by_notice_is_no_other_carrier(void **state)
{
    (void)state;
    struct question q = fresh_question();
    DOES_NOT(by_notice, q);
    q.in.carrier = PAYSCORE_CARRIER_NOTICE;
    HOLDS(by_notice, q);
}

static void done_is_contradicted_once(void **state)
{
    (void)state;
    struct question q = stale_question();
    DOES_NOT(contradicts_done, q);
    q.old.flags = PS_FLAG_DONE_SEEN;
    HOLDS(contradicts_done, q);
    q.old.hold = PS_HOLD_contradiction;
    DOES_NOT(contradicts_done, q);
}

static void an_unpaid_end_is_contradicted_by_money(void **state)
{
    (void)state;
    struct question q = stale_question();
    q.in.event = PS_EVENT_seen_done;
    DOES_NOT(contradicts_unpaid_end, q);
    q.in.view.has_paid = true;
    DOES_NOT(contradicts_unpaid_end, q);
    q.in.view.paid_fen = 1;
    HOLDS(contradicts_unpaid_end, q);
    q.old.hold = PS_HOLD_strange; /* Money is booked, held or not. */
    HOLDS(contradicts_unpaid_end, q);
    q.old.flags = PS_FLAG_DONE_SEEN;
    DOES_NOT(contradicts_unpaid_end, q);
}

static void an_unpaid_end_is_contradicted_by_collecting_once(void **state)
{
    (void)state;
    struct question q = stale_question();
    q.in.event = PS_EVENT_seen_paying;
    HOLDS(contradicts_unpaid_end, q);
    q.old.hold = PS_HOLD_contradiction;
    DOES_NOT(contradicts_unpaid_end, q);
    q.in.view.has_paid = true; /* In part: the same view must not be news again and again. */
    q.in.view.paid_fen = 1;
    DOES_NOT(contradicts_unpaid_end, q);
}

static void held_and_asker_are_read_from_the_record(void **state)
{
    (void)state;
    struct question q = stale_question();
    HOLDS(not_held, q);
    q.old.hold = PS_HOLD_strange;
    DOES_NOT(not_held, q);
    HOLDS(no_asker, q);
    q.old.asker.birth_ms = 1;
    DOES_NOT(no_asker, q);
}

static void newer_is_by_the_platforms_own_time(void **state)
{
    (void)state;
    struct question q = stale_question();
    q.old.platform_ms = 500;
    q.in.view.platform_ms = 500;
    DOES_NOT(newer, q);
    DOES_NOT(fresh_or_newer, q);
    q.in.view.platform_ms = 501;
    HOLDS(newer, q);
    HOLDS(fresh_or_newer, q);
    q.in.view.platform_ms = 0; /* It gave none. */
    DOES_NOT(newer, q);
    q = fresh_question();
    q.old.platform_ms = 500;
    HOLDS(fresh_or_newer, q);
}

static void effects_may_leave_again_only_when_not_held(void **state)
{
    (void)state;
    struct question q = fresh_question();
    HOLDS(may_repeat, q);
    q.old.hold = PS_HOLD_strange;
    DOES_NOT(may_repeat, q);
    q = stale_question();
    DOES_NOT(may_repeat, q);
}

static void a_question_is_unanswered_long_once_its_limit_has_passed(void **state)
{
    (void)state;
    struct question q = stale_question();
    q.old.since_ms = NOW;
    q.in.now_ms = NOW + PS_LIMIT_unanswered_ms - 1;
    DOES_NOT(unanswered_long, q);
    q.in.now_ms++;
    HOLDS(unanswered_long, q);
    q.old.hold = PS_HOLD_unanswered;
    DOES_NOT(unanswered_long, q);
}

static void a_token_expires_after_its_hour_and_grace(void **state)
{
    (void)state;
    struct question q = fresh_question();
    q.old.expires_ms = NOW;
    q.in.now_ms = NOW + PS_LIMIT_token_grace_ms - 1;
    DOES_NOT(token_expired, q);
    q.in.now_ms++;
    HOLDS(token_expired, q);
    q.in.begun_version--;
    DOES_NOT(token_expired, q);
}

static void unbooked_needs_a_user_named_and_none_known(void **state)
{
    (void)state;
    struct question q = stale_question();
    DOES_NOT(unbooked, q);
    q.in.view.openid = PAYSCORE_TEXT("o1");
    HOLDS(unbooked, q);
    q.old.openid_size = 2;
    DOES_NOT(unbooked, q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(always_holds),
        cmocka_unit_test(fresh_is_a_question_begun_at_this_version),
        cmocka_unit_test(certain_means_no_attempt_in_doubt),
        cmocka_unit_test(unauthorized_is_certain_only_for_that_reason),
        cmocka_unit_test(a_watch_is_over_after_a_day_and_not_a_moment_sooner),
        cmocka_unit_test(a_recall_is_spent_after_so_many_attempts_and_said_once),
        cmocka_unit_test(a_total_is_missing_when_none_is_given),
        cmocka_unit_test(a_total_is_as_asked_or_changed),
        cmocka_unit_test(paid_is_as_asked_and_nothing_paid_counts_as_zero),
        cmocka_unit_test(more_is_paid_only_beyond_what_was_booked),
        cmocka_unit_test(by_notice_is_no_other_carrier),
        cmocka_unit_test(done_is_contradicted_once),
        cmocka_unit_test(an_unpaid_end_is_contradicted_by_money),
        cmocka_unit_test(an_unpaid_end_is_contradicted_by_collecting_once),
        cmocka_unit_test(held_and_asker_are_read_from_the_record),
        cmocka_unit_test(newer_is_by_the_platforms_own_time),
        cmocka_unit_test(effects_may_leave_again_only_when_not_held),
        cmocka_unit_test(a_question_is_unanswered_long_once_its_limit_has_passed),
        cmocka_unit_test(a_token_expires_after_its_hour_and_grace),
        cmocka_unit_test(unbooked_needs_a_user_named_and_none_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
