/* The pace keeps the budget, never lets one lane starve another, and stops when told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "worker/pace.h"

static const enum payscore_lane lanes[] = {PAYSCORE_LANE_EFFECT, PAYSCORE_LANE_ASK,
                                           PAYSCORE_LANE_POLL};

static size_t wanted(struct ps_pace *pace, size_t lane, int64_t now_ms)
{
    struct payscore_wants wants = ps_pace_wants(pace, now_ms);
    const size_t counts[] = {wants.effects_max, wants.asks_max, wants.polls_max};
    return counts[lane];
}

static size_t sum(struct payscore_wants wants)
{
    return wants.effects_max + wants.asks_max + wants.polls_max;
}

/** Begin and end as many calls of a lane as are wanted; how many. */
static size_t spend(struct ps_pace *pace, size_t lane, int64_t now_ms)
{
    size_t count = wanted(pace, lane, now_ms);
    for (size_t i = 0; i < count; i++) {
        bool probe = ps_pace_started(pace, lanes[lane]);
        ps_pace_ended(pace, lanes[lane], probe, PS_PACE_FINE, now_ms);
    }
    return count;
}

static void splits_the_rate_by_lane(void **state)
{
    (void)state;
    struct ps_pace pace;
    ps_pace_init(&pace, 40, 0);
    struct payscore_wants wants = ps_pace_wants(&pace, 0);
    assert_int_equal(wants.effects_max, 20);
    assert_int_equal(wants.asks_max, 12);
    assert_int_equal(wants.polls_max, 8);
}

static void lets_no_more_than_64_calls_fly(void **state)
{
    (void)state;
    struct ps_pace pace;
    ps_pace_init(&pace, 10000, 0);
    size_t flying = 0;
    for (int64_t now_ms = 0; now_ms < 10000; now_ms += 100) {
        for (size_t lane = 0; lane < 3; lane++) {
            for (size_t n = wanted(&pace, lane, now_ms); n > 0; n--, flying++) {
                ps_pace_started(&pace, lanes[lane]);
            }
        }
    }
    assert_int_equal(flying, 64);
}

static void never_exceeds_the_rate_over_a_minute(void **state)
{
    (void)state;
    static const int64_t rates[] = {1, 3, 50, 500};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        struct ps_pace pace;
        size_t total = 0;
        ps_pace_init(&pace, rates[i], 0);
        for (int64_t now_ms = 0; now_ms < 60000; now_ms += 7) {
            for (size_t lane = 0; lane < 3; lane++) {
                total += spend(&pace, lane, now_ms);
            }
        }
        /* A minute's rate, and the first burst. */
        assert_in_range(total, rates[i] * 59, rates[i] * 61 + 3);
    }
}

static void gives_a_lane_the_whole_rate_while_the_others_rest(void **state)
{
    (void)state;
    for (size_t lane = 0; lane < 3; lane++) {
        struct ps_pace pace;
        size_t total = 0;
        ps_pace_init(&pace, 50, 0);
        for (int64_t now_ms = 0; now_ms < 60000; now_ms += 10) {
            total += spend(&pace, lane, now_ms);
        }
        assert_in_range(total, 50 * 59, 50 * 61);
    }
}

static void keeps_a_share_for_effects_behind_endless_polls(void **state)
{
    (void)state;
    struct ps_pace pace;
    size_t effects = 0;
    ps_pace_init(&pace, 50, 0);
    for (int64_t now_ms = 0; now_ms < 60000; now_ms += 10) {
        spend(&pace, 2, now_ms);
        spend(&pace, 1, now_ms);
        effects += spend(&pace, 0, now_ms);
    }
    assert_in_range(effects, 25 * 59, 25 * 61);
}

static void says_when_a_used_lane_has_budget_again(void **state)
{
    (void)state;
    struct ps_pace pace;
    const struct ps_pace_used effects = {.lanes = {true, false, false}};
    const struct ps_pace_used none = {.lanes = {false, false, false}};
    ps_pace_init(&pace, 50, 1000);
    for (size_t lane = 0; lane < 3; lane++) {
        spend(&pace, lane, 1000);
    }
    assert_int_equal(ps_pace_wake_ms(&pace, &none, 1000), INT64_MAX);
    int64_t wake_ms = ps_pace_wake_ms(&pace, &effects, 1000);
    assert_int_equal(wake_ms, 1000 + 1000 / 25);
    assert_int_equal(wanted(&pace, 0, wake_ms - 1), 0);
    assert_int_equal(wanted(&pace, 0, wake_ms), 1);
    assert_int_equal(ps_pace_wake_ms(&pace, &effects, wake_ms), wake_ms);
}

static void waits_for_an_end_where_only_places_are_missing(void **state)
{
    (void)state;
    struct ps_pace pace;
    const struct ps_pace_used polls = {.lanes = {false, false, true}};
    ps_pace_init(&pace, 10000, 0);
    for (size_t n = wanted(&pace, 2, 0); n > 0; n--) {
        ps_pace_started(&pace, PAYSCORE_LANE_POLL);
    }
    assert_int_equal(ps_pace_wake_ms(&pace, &polls, 5000), INT64_MAX);
    ps_pace_ended(&pace, PAYSCORE_LANE_POLL, false, PS_PACE_FINE, 5000);
    assert_int_equal(ps_pace_wake_ms(&pace, &polls, 5000), 5000);
}

static void knows_which_lanes_were_used_up(void **state)
{
    (void)state;
    const struct payscore_wants wants = {.effects_max = 1, .asks_max = 2, .polls_max = 0};
    const struct payscore_call calls[] = {{.lane = PAYSCORE_LANE_EFFECT},
                                          {.lane = PAYSCORE_LANE_ASK}};
    struct ps_pace_used used = ps_pace_used(&wants, calls, 2);
    assert_true(used.lanes[PS_PACE_EFFECT]);
    assert_false(used.lanes[PS_PACE_ASK]);
    assert_true(used.lanes[PS_PACE_POLL]);
}

/** A pace that a fault stopped at `now_ms`. */
static void stop(struct ps_pace *pace, int64_t now_ms)
{
    ps_pace_init(pace, 50, now_ms);
    bool probe = ps_pace_started(pace, PAYSCORE_LANE_ASK);
    assert_false(probe);
    assert_true(ps_pace_ended(pace, PAYSCORE_LANE_ASK, probe, PS_PACE_FAULT, now_ms));
}

static void stops_all_lanes_and_tries_one_call_after_half_a_minute(void **state)
{
    (void)state;
    struct ps_pace pace;
    const struct ps_pace_used all = {.lanes = {true, true, true}};
    stop(&pace, 0);
    assert_int_equal(sum(ps_pace_wants(&pace, 29999)), 0);
    assert_int_equal(ps_pace_wake_ms(&pace, &all, 100), 30000);
    assert_int_equal(sum(ps_pace_wants(&pace, 30000)), 1);
    assert_true(ps_pace_started(&pace, PAYSCORE_LANE_EFFECT));
    assert_int_equal(sum(ps_pace_wants(&pace, 30001)), 0);
    assert_int_equal(ps_pace_wake_ms(&pace, &all, 30001), INT64_MAX);
}

static void looks_for_the_try_in_every_lane(void **state)
{
    (void)state;
    struct ps_pace pace;
    stop(&pace, 0);
    for (size_t lane = 0; lane < 3; lane++) {
        assert_int_equal(wanted(&pace, lane, 30000), 1);
        assert_int_equal(sum(ps_pace_wants(&pace, 30000)), 1);
        ps_pace_unused(&pace, 30000);
    }
    /* Nothing was owed at all: the next round waits. */
    assert_int_equal(sum(ps_pace_wants(&pace, 30000)), 0);
    assert_int_equal(wanted(&pace, 0, 60000), 1);
}

static void tries_more_rarely_up_to_five_minutes(void **state)
{
    (void)state;
    static const int64_t waits_ms[] = {30000, 60000, 120000, 240000, 300000, 300000};
    struct ps_pace pace;
    int64_t now_ms = 0;
    stop(&pace, now_ms);
    for (size_t i = 0; i < sizeof waits_ms / sizeof waits_ms[0]; i++) {
        assert_int_equal(sum(ps_pace_wants(&pace, now_ms + waits_ms[i] - 1)), 0);
        now_ms += waits_ms[i];
        assert_int_equal(sum(ps_pace_wants(&pace, now_ms)), 1);
        bool probe = ps_pace_started(&pace, PAYSCORE_LANE_EFFECT);
        assert_false(ps_pace_ended(&pace, PAYSCORE_LANE_EFFECT, probe, PS_PACE_FAULT, now_ms));
    }
}

static void resumes_only_by_a_try_that_succeeds(void **state)
{
    (void)state;
    struct ps_pace pace;
    ps_pace_init(&pace, 50, 0);
    bool early = ps_pace_started(&pace, PAYSCORE_LANE_POLL);
    bool faulty = ps_pace_started(&pace, PAYSCORE_LANE_ASK);
    assert_true(ps_pace_ended(&pace, PAYSCORE_LANE_ASK, faulty, PS_PACE_FAULT, 0));
    assert_false(ps_pace_ended(&pace, PAYSCORE_LANE_POLL, early, PS_PACE_FINE, 10));
    assert_int_equal(sum(ps_pace_wants(&pace, 30000)), 1);
    bool lost = ps_pace_started(&pace, PAYSCORE_LANE_EFFECT);
    assert_false(ps_pace_ended(&pace, PAYSCORE_LANE_EFFECT, lost, PS_PACE_NEITHER, 30000));
    assert_int_equal(sum(ps_pace_wants(&pace, 59999)), 0);
    assert_int_equal(sum(ps_pace_wants(&pace, 60000)), 1);
    bool fine = ps_pace_started(&pace, PAYSCORE_LANE_EFFECT);
    assert_true(ps_pace_ended(&pace, PAYSCORE_LANE_EFFECT, fine, PS_PACE_FINE, 60000));
    assert_true(sum(ps_pace_wants(&pace, 60001)) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits_the_rate_by_lane),
        cmocka_unit_test(lets_no_more_than_64_calls_fly),
        cmocka_unit_test(never_exceeds_the_rate_over_a_minute),
        cmocka_unit_test(gives_a_lane_the_whole_rate_while_the_others_rest),
        cmocka_unit_test(keeps_a_share_for_effects_behind_endless_polls),
        cmocka_unit_test(says_when_a_used_lane_has_budget_again),
        cmocka_unit_test(waits_for_an_end_where_only_places_are_missing),
        cmocka_unit_test(knows_which_lanes_were_used_up),
        cmocka_unit_test(stops_all_lanes_and_tries_one_call_after_half_a_minute),
        cmocka_unit_test(looks_for_the_try_in_every_lane),
        cmocka_unit_test(tries_more_rarely_up_to_five_minutes),
        cmocka_unit_test(resumes_only_by_a_try_that_succeeds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
