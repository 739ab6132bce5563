/*
 * Entries of the table of what is due, of a look whose deadline moves on: none is put until the
 * driver meets the old one, the record is asked about when it says, and at no other time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "engine/due_scan.h"
#include "support/altered.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/walk.h"

static struct trial t;
static char path[DIRECTORY_PATH_SIZE];
static int64_t first_ms, moved_ms; /* When the order's look was due, and when it is now. */

static struct ps_record the_order(void)
{
    return altered_record(&t, PS_CHART_service_order, TRIAL_ORDER);
}

/* Its user confirmed it shortly before it would have been looked at. */
static int set_up(void **state)
{
    (void)state;
    directory_make(path);
    trial_open(&t, path);
    walk_to_confirming(&t, TRIAL_ORDER);
    first_ms = the_order().due_at_ms;
    assert_int_equal(the_order().due_lane, PAYSCORE_LANE_POLL);
    t.now_ms = first_ms - 5000;
    struct payscore_result seen = trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    assert_int_equal(seen.verdict, PAYSCORE_TAKEN);
    assert_string_equal(order_state(&t), "SERVING");
    moved_ms = the_order().due_at_ms;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    order_end(&t);
    directory_remove(path);
    return 0;
}

/* The times of the order's entries in the lane of looks, in their order. */
static size_t entries(int64_t *times, size_t max)
{
    struct ps_txn *txn = NULL;
    struct payscore_text key, value;
    struct ps_record order = the_order();
    struct ps_due due = {.merchant = order.merchant, .lane = PAYSCORE_LANE_POLL};
    struct ps_due_key from = ps_due_key(&due);
    size_t count = 0;
    assert_int_equal(ps_txn_begin(t.engine->store, PS_READ, &txn), PAYSCORE_OK);
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_DUE, PS_KEY(from), &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_DUE, &key, &value)) {
        assert_true(ps_due_from_key(key, &due));
        if (due.lane != PAYSCORE_LANE_POLL) break;
        if (ps_id_equal(&due.id, &order.id) && count < max) times[count++] = due.at_ms;
    }
    ps_txn_abort(txn);
    return count;
}

static void assert_one_entry(int64_t at_ms)
{
    int64_t times[4] = {0};
    assert_int_equal(entries(times, 4), 1);
    assert_int_equal(times[0], at_ms);
}

static void no_entry_is_put_for_a_deadline_that_moves_on(void **state)
{
    (void)state;
    assert_true(moved_ms > first_ms);
    assert_one_entry(first_ms);
    trial_verify(&t);
    assert_int_equal(t.turn.next_due_ms, moved_ms); /* Nobody wakes for the old one. */
}

static void the_driver_moves_an_early_entry_on_and_asks_in_time(void **state)
{
    (void)state;
    t.now_ms = first_ms;
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, NULL), 0);
    assert_int_equal(t.turn.next_due_ms, moved_ms);
    assert_one_entry(moved_ms);
    t.now_ms = moved_ms;
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_true(the_order().due_at_ms > moved_ms);
    assert_one_entry(the_order().due_at_ms);
    assert_int_equal(t.turn.next_due_ms, the_order().due_at_ms);
}

static void an_early_entry_outlives_the_process(void **state)
{
    (void)state;
    trial_reopen(&t);
    trial_turn(&t);
    assert_one_entry(first_ms);
    assert_int_equal(t.turn.next_due_ms, moved_ms);
    t.now_ms = moved_ms - 1;
    trial_reopen(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, NULL), 0);
    t.now_ms = moved_ms;
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "query_order"), 1);
}

/* Another lane, and back: its entries meet where the record says. */
static void entries_of_one_record_become_one(void **state)
{
    (void)state;
    order_command(&t, "complete", body_complete(TRIAL_ORDER, 500));
    trial_answer(&t, "complete_order", 200, order_paying(500));
    int64_t times[4] = {0}, due_ms = the_order().due_at_ms;
    assert_int_equal(the_order().due_lane, PAYSCORE_LANE_POLL);
    assert_true(due_ms < moved_ms);
    assert_int_equal(entries(times, 4), 2);
    trial_verify(&t);
    t.now_ms = due_ms;
    trial_turn(&t);
    trial_answer(&t, "query_order", 200, order_paying(500));
    trial_verify(&t);
    for (int i = 0; i < 20 && t.now_ms <= moved_ms; i++) {
        trial_await(&t, "query_order");
        trial_answer(&t, "query_order", 200, order_paying(500));
    }
    assert_one_entry(the_order().due_at_ms);
}

/* A clock that was ahead: what lies further off than any wait is due at once, by any entry. */
static void a_deadline_that_no_wait_explains_is_due_when_its_entry_is(void **state)
{
    (void)state;
    t.now_ms = first_ms - 2 * PS_LIMIT_wait_max_ms;
    trial_turn(&t); /* Both lie too far off: the entry is moved, and the call leaves. */
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    assert_one_entry(moved_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(no_entry_is_put_for_a_deadline_that_moves_on),
        T(the_driver_moves_an_early_entry_on_and_asks_in_time),
        T(an_early_entry_outlives_the_process),
        T(entries_of_one_record_become_one),
        T(a_deadline_that_no_wait_explains_is_due_when_its_entry_is),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
