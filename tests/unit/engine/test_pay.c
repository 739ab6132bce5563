/*
 * One more attempt to deduct: it leaves once, whatever becomes of it, of the process or of the
 * clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/trial.h"
#include "support/walk.h"

#define ORDER  TRIAL_ORDER
#define DAY_MS INT64_C(86400000)

static const char *paid(int64_t total_fen)
{
    return seen_order(ORDER, "DONE", "", "USER_PAID", total_fen);
}

static void collecting(struct trial *t, const char *path)
{
    trial_open(t, path);
    walk_to_collecting(t, ORDER, 900);
}

/* This command is taken, and its call is handed out. */
static void ask(struct trial *t, const char *command, const char *body, const char *call)
{
    struct payscore_result r = trial_submit(t, command, NULL, body);
    if (r.verdict != PAYSCORE_TAKEN) fail_msg("%s: %s", command, r.error.text);
    assert_int_equal(trial_calls(t, call), 1);
}

static void urging(struct trial *t, const char *path)
{
    collecting(t, path);
    ask(t, "pay", body_number(ORDER), "pay_order");
    assert_string_equal(order_state(t), "URGE_SENDING");
}

static void urging_on_disk(struct trial *t)
{
    static char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    urging(t, path);
}

/* A query, as soon as it is handed out, shows this. */
static void expect(struct trial *t, const char *state, const char *asked)
{
    assert_string_equal(order_state(t), state);
    assert_string_equal(order_member(t, "asked_fen"), asked);
    assert_string_equal(order_member(t, "wanted_fen"), "");
    assert_string_equal(order_member(t, "held"), "");
}

static void a_pay_leaves_once_and_its_result_is_asked_for(void **state)
{
    (void)state;
    struct trial t;
    urging(&t, NULL);
    assert_true(trial_call(&t, "pay_order")->once);
    trial_answer(&t, "pay_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "URGE_UNKNOWN");
    order_look(&t, order_paying(900));
    expect(&t, "COLLECTING", "900");
    ask(&t, "pay", body_number(ORDER), "pay_order"); /* Asked again is another attempt. */
    trial_answer(&t, "pay_order", 200, body_number(ORDER));
    order_look(&t, paid(900));
    expect(&t, "DONE", "900");
    order_end(&t);
}

static void a_lost_pay_is_never_repeated(void **state)
{
    (void)state;
    struct trial t;
    urging(&t, NULL);
    trial_lose(&t, "pay_order", PAYSCORE_LOST);
    for (int i = 0; i < 4; i++) {
        order_look(&t, i == 0 ? seen_order(ORDER, "DOING", "", "", -1) : order_paying(900));
        assert_int_equal(trial_calls(&t, "pay_order"), 0);
        trial_advance(&t, 600000);
    }
    expect(&t, "COLLECTING", "900");
    order_end(&t);
}

static void a_pay_that_could_not_leave_is_left_to_the_merchant(void **state)
{
    (void)state;
    struct trial t;
    urging(&t, NULL);
    trial_lose(&t, "pay_order", PAYSCORE_NOT_SENT);
    expect(&t, "COLLECTING", "900");
    assert_string_equal(order_member(&t, "reason"), "lost");
    trial_advance(&t, DAY_MS);
    assert_int_equal(trial_calls(&t, "pay_order"), 0);
    order_end(&t);
}

static void a_failed_deduction_goes_on_collecting(void **state)
{
    (void)state;
    struct trial t;
    urging(&t, NULL);
    trial_answer(&t, "pay_order", 400, error_body("INVALID_REQUEST", "支付分扣款失败"));
    assert_string_equal(order_state(&t), "URGE_UNKNOWN");
    order_look(&t, order_paying(900));
    expect(&t, "COLLECTING", "900");
    assert_string_equal(order_member(&t, "reason"), "deduction_failed");
    order_end(&t);
}

static void a_refused_pay_is_settled_by_a_query(void **state)
{
    (void)state;
    struct trial t;
    urging(&t, NULL);
    trial_answer(&t, "pay_order", 400, error_body("INVALID_ORDER_STATE", "当前订单状态不合法"));
    assert_string_equal(order_state(&t), "URGE_REFUSED");
    order_look(&t, order_paying(900));
    expect(&t, "COLLECTING", "900");
    assert_string_equal(order_member(&t, "reason"), "state");
    order_end(&t);
}

static void an_end_without_a_pay(struct trial *t, int64_t total_fen, const char *asked)
{
    for (int i = 0; i < 8; i++) {
        assert_int_equal(trial_calls(t, "pay_order"), 0);
        order_look(t, order_paying(total_fen));
    }
    expect(t, "COLLECTING", asked);
    trial_verify(t);
    trial_close(t);
    directory_remove(t->path);
}

static void a_pay_under_way_when_the_process_dies_never_leaves_again(void **state)
{
    (void)state;
    struct trial t;
    urging_on_disk(&t);
    trial_reopen(&t);
    trial_turn(&t);
    assert_string_equal(order_state(&t), "URGE_UNKNOWN");
    an_end_without_a_pay(&t, 900, "900");
}

/* By the clock of the next process it is not due yet: it left all the same. */
static void a_clock_that_went_back_does_not_let_a_pay_leave_again(void **state)
{
    (void)state;
    struct trial t;
    urging_on_disk(&t);
    t.now_ms -= 2000;
    trial_reopen(&t);
    trial_turn(&t);
    trial_advance(&t, 2000);
    assert_string_equal(order_state(&t), "URGE_UNKNOWN");
    an_end_without_a_pay(&t, 900, "900");
}

/* Held while it is under way, and released by the next process: asked about all the time. */
static void a_pay_that_was_held_under_way_never_leaves_again(void **state)
{
    (void)state;
    struct trial t;
    urging_on_disk(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", order_paying(700));
    assert_string_equal(order_member(&t, "held"), "unasked_amount");
    assert_string_equal(order_state(&t), "URGE_UNKNOWN");
    order_look(&t, order_paying(700));
    assert_string_equal(order_member(&t, "held"), "unasked_amount");
    trial_reopen(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "pay_order"), 0);
    struct payscore_result r = trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    r = trial_submit(&t, "release", NULL, body_release("out_order_no", ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    an_end_without_a_pay(&t, 700, "700"); /* What was released counts as asked for. */
}

/* What leaves at once or not at all needs somebody who hands it out. */
static void a_pay_is_not_taken_while_no_worker_runs(void **state)
{
    (void)state;
    struct trial t;
    struct payscore *submitter;
    struct payscore_error error;
    struct payscore_result r;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    collecting(&t, path);
    uint64_t entries = trial_verify(&t);
    payscore_close(t.engine);
    struct payscore_options options = trial_options(&t);
    options.role = PAYSCORE_SUBMITTER;
    assert_int_equal(payscore_open(&submitter, &options, &error), PAYSCORE_OK);
    struct payscore_item pay = trial_command("pay", "once", body_number(ORDER));
    assert_int_equal(payscore_submit(submitter, &pay.command, &r, &error), PAYSCORE_OK);
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "no worker runs: start it first"));
    payscore_close(submitter);

    t.now_ms += 5000;
    options.role = PAYSCORE_DRIVER;
    assert_int_equal(payscore_open(&t.engine, &options, &error), PAYSCORE_OK);
    trial_turn(&t);
    assert_int_equal(trial_verify(&t), entries);
    expect(&t, "COLLECTING", "900");
    assert_int_equal(trial_calls(&t, "pay_order"), 0);
    r = trial_submit(&t, "pay", "once", body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_int_equal(trial_calls(&t, "pay_order"), 1);
    order_end(&t);
    directory_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pay_leaves_once_and_its_result_is_asked_for),
        cmocka_unit_test(a_lost_pay_is_never_repeated),
        cmocka_unit_test(a_pay_that_could_not_leave_is_left_to_the_merchant),
        cmocka_unit_test(a_failed_deduction_goes_on_collecting),
        cmocka_unit_test(a_refused_pay_is_settled_by_a_query),
        cmocka_unit_test(a_pay_under_way_when_the_process_dies_never_leaves_again),
        cmocka_unit_test(a_clock_that_went_back_does_not_let_a_pay_leave_again),
        cmocka_unit_test(a_pay_that_was_held_under_way_never_leaves_again),
        cmocka_unit_test(a_pay_is_not_taken_while_no_worker_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
