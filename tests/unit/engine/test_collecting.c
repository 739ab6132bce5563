/*
 * What can be asked for while the platform collects: a lower amount, a cancel. Each with every end
 * that its call can have; and what is refused meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/trial.h"
#include "support/walk.h"

#define ORDER  TRIAL_ORDER
#define DAY_MS INT64_C(86400000)

static const char *paid(int64_t total_fen)
{
    return seen_order(ORDER, "DONE", "", "USER_PAID", total_fen);
}

static void collecting(struct trial *t)
{
    trial_open(t, NULL);
    walk_to_collecting(t, ORDER, 900);
}

/* This command is taken, and its call is handed out. */
static void ask(struct trial *t, const char *command, const char *body, const char *call)
{
    struct payscore_result r = trial_submit(t, command, NULL, body);
    if (r.verdict != PAYSCORE_TAKEN) fail_msg("%s: %s", command, r.error.text);
    assert_int_equal(trial_calls(t, call), 1);
}

static void modifying(struct trial *t)
{
    collecting(t);
    ask(t, "modify", body_modify(ORDER, 500), "modify_order");
    assert_string_equal(order_state(t), "MODIFY_SENDING");
    assert_string_equal(order_member(t, "wanted_fen"), "500");
    assert_string_equal(order_member(t, "asked_fen"), "900");
}

static void cancelling(struct trial *t)
{
    collecting(t);
    ask(t, "cancel", body_cancel(ORDER), "cancel_order");
    assert_string_equal(order_state(t), "PAYING_CANCEL_SENDING");
}

/* A query, as soon as it is handed out, shows this. */
static void expect(struct trial *t, const char *state, const char *asked)
{
    assert_string_equal(order_state(t), state);
    assert_string_equal(order_member(t, "asked_fen"), asked);
    assert_string_equal(order_member(t, "wanted_fen"), "");
    assert_string_equal(order_member(t, "held"), "");
}

static void refused(struct trial *t, const char *command, const char *body, const char *text)
{
    struct payscore_result r = trial_submit(t, command, NULL, body);
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    if (strstr(r.error.text, text) == NULL) fail_msg("'%s' is not in '%s'", text, r.error.text);
}

/* A lower amount. */

static void a_lower_amount_is_collected(void **state)
{
    (void)state;
    struct trial t;
    modifying(&t);
    trial_answer(&t, "modify_order", 200, order_paying(500));
    expect(&t, "COLLECTING", "500");
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(500));
    expect(&t, "DONE", "500");
    assert_string_equal(order_member(&t, "paid_fen"), "500");
    order_end(&t);
}

static void a_lost_modify_that_took_effect_is_not_sent_again(void **state)
{
    (void)state;
    struct trial t;
    modifying(&t);
    trial_lose(&t, "modify_order", PAYSCORE_LOST);
    order_look(&t, order_paying(500));
    expect(&t, "COLLECTING", "500");
    trial_advance(&t, 1000);
    assert_int_equal(trial_calls(&t, "modify_order"), 0);
    order_end(&t);
}

static void a_lost_modify_that_took_none_is_sent_again_byte_for_byte(void **state)
{
    (void)state;
    struct trial t;
    char first[2048];
    modifying(&t);
    struct payscore_text body = trial_call(&t, "modify_order")->body;
    size_t size = body.size;
    assert_true(size < sizeof first);
    memcpy(first, body.data, size);
    trial_lose(&t, "modify_order", PAYSCORE_LOST);
    order_look(&t, order_paying(900));
    trial_await(&t, "modify_order");
    body = trial_call(&t, "modify_order")->body;
    assert_int_equal(body.size, size);
    assert_memory_equal(body.data, first, size);
    trial_answer(&t, "modify_order", 200, order_paying(500));
    expect(&t, "COLLECTING", "500");
    order_end(&t);
}

static void a_refused_modify_leaves_the_amount_as_it_was(void **state)
{
    (void)state;
    struct trial t;
    modifying(&t);
    trial_answer(&t, "modify_order", 400, error_body("INVALID_ORDER_STATE", "当前订单状态不合法"));
    assert_string_equal(order_state(&t), "MODIFY_REFUSED");
    order_look(&t, order_paying(900));
    expect(&t, "COLLECTING", "900");
    assert_string_equal(order_member(&t, "reason"), "state");
    ask(&t, "modify", body_modify(ORDER, 400), "modify_order"); /* Decided anew. */
    order_end(&t);
}

static void doubted(struct trial *t)
{
    modifying(t);
    trial_lose(t, "modify_order", PAYSCORE_LOST);
    order_look(t, order_paying(900));
    trial_await(t, "modify_order");
    trial_answer(t, "modify_order", 400, error_body("INVALID_ORDER_STATE", "当前订单状态不合法"));
    order_look(t, order_paying(900));
    assert_string_equal(order_state(t), "MODIFY_DOUBTED");
}

static void after_a_doubted_modify_nothing_but_a_cancel_leaves_for_a_day(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    int64_t begun_ms = t.now_ms;
    refused(&t, "modify", body_modify(ORDER, 400), "cancel, or wait a day");
    refused(&t, "sync", body_sync(ORDER, "20260301100000"), "nothing but a cancel");
    refused(&t, "pay", body_number(ORDER), "nothing but a cancel");
    while (t.now_ms < begun_ms + DAY_MS) {
        assert_string_equal(order_state(&t), "MODIFY_DOUBTED");
        order_look(&t, order_paying(900));
    }
    trial_advance_to_due(&t);
    order_look(&t, order_paying(900));
    expect(&t, "COLLECTING", "900");
    order_end(&t);
}

static void a_doubted_modify_may_land_late(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    order_look(&t, order_paying(500));
    expect(&t, "COLLECTING", "500");
    order_end(&t);
}

static void a_doubted_modify_can_be_called_off(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    ask(&t, "cancel", body_cancel(ORDER), "cancel_order");
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REVOKED");
    order_end(&t);
}

static void what_was_collected_before_it_was_lowered_is_booked(void **state)
{
    (void)state;
    struct trial t;
    modifying(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(900));
    expect(&t, "DONE", "900");
    assert_string_equal(order_member(&t, "paid_fen"), "900");
    trial_answer(&t, "modify_order", 400, error_body("ORDER_DONE", "订单已完成"));
    expect(&t, "DONE", "900");
    refused(&t, "modify", body_modify(ORDER, 400), "refund what was collected too much");
    order_end(&t);
}

static void an_amount_that_is_not_lower_is_refused_with_its_value(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    refused(&t, "modify", body_modify(ORDER, 900), "total_amount");
    refused(&t, "modify", body_modify(ORDER, 900), "900");
    refused(&t, "modify", body_modify(ORDER, 900), "lower");
    order_end(&t);
}

/* A cancel of what is being collected. */

static void a_cancel_may_be_accepted_while_collecting(void **state)
{
    (void)state;
    struct trial t;
    cancelling(&t);
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REVOKED");
    assert_string_equal(order_member(&t, "paid_fen"), "0");
    order_end(&t);
}

static void a_cancel_waits_while_a_deduction_is_running(void **state)
{
    (void)state;
    struct trial t;
    cancelling(&t);
    int64_t refused_ms = t.now_ms;
    trial_answer(&t, "cancel_order", 400, error_body("INVALID_REQUEST", "单据正在扣款中"));
    assert_string_equal(order_state(&t), "PAYING_CANCEL_SENDING");
    assert_string_equal(order_member(&t, "reason"), "deducting");
    assert_true(t.turn.next_due_ms >= refused_ms + 180000);
    trial_advance(&t, 180000 - 1);
    assert_int_equal(trial_calls(&t, NULL), 0);
    trial_await(&t, "cancel_order");
    assert_in_range(t.now_ms - refused_ms, 180000, 180000 * 9 / 8);
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REVOKED");
    order_end(&t);
}

static void a_cancel_that_came_too_late_finds_it_paid(void **state)
{
    (void)state;
    struct trial t;
    cancelling(&t);
    trial_answer(&t, "cancel_order", 400, error_body("ORDER_DONE", "订单已完成"));
    assert_string_equal(order_state(&t), "PAYING_CANCEL_REFUSED");
    order_look(&t, paid(900));
    expect(&t, "DONE", "900");
    order_end(&t);
}

static void a_refused_cancel_leaves_it_collecting(void **state)
{
    (void)state;
    struct trial t;
    cancelling(&t);
    trial_answer(&t, "cancel_order", 400,
                 error_body("INVALID_REQUEST", "当前订单状态不满足撤销条件"));
    order_look(&t, order_paying(900));
    expect(&t, "COLLECTING", "900");
    assert_string_equal(order_member(&t, "reason"), "state");
    order_end(&t);
}

static void a_lost_cancel_is_repeated_only_while_it_is_still_collecting(void **state)
{
    (void)state;
    struct trial t;
    cancelling(&t);
    trial_lose(&t, "cancel_order", PAYSCORE_LOST);
    order_look(&t, order_paying(900));
    trial_await(&t, "cancel_order");
    trial_lose(&t, "cancel_order", PAYSCORE_LOST);
    order_look(&t, seen_order(ORDER, "REVOKED", "", "", -1));
    assert_string_equal(order_state(&t), "REVOKED");
    order_end(&t);
}

/* At odds. */

static void while_one_command_is_under_way_the_others_wait(void **state)
{
    (void)state;
    static const char *const texts[][2] = {{"modify", "modify_order"},
                                           {"cancel", "cancel_order"},
                                           {"sync", "sync_order"},
                                           {"pay", "pay_order"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct trial t;
        const char *bodies[] = {body_modify(ORDER, 500), body_cancel(ORDER),
                                body_sync(ORDER, "20260301100000"), body_number(ORDER)};
        collecting(&t);
        ask(&t, texts[i][0], bodies[i], texts[i][1]);
        refused(&t, "complete", body_complete(ORDER, 700), "completed already");
        for (size_t j = 0; j < sizeof texts / sizeof texts[0]; j++)
            if (j != i) refused(&t, texts[j][0], bodies[j], "Another command is under way");
        assert_int_equal(trial_calls(&t, NULL), 1);
        struct payscore_result r = trial_submit(&t, texts[i][0], NULL, bodies[i]);
        assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
        order_end(&t);
    }
}

static void what_an_order_in_service_cannot_do_is_said(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    refused(&t, "modify", body_modify(ORDER, 500), "no amount to lower");
    refused(&t, "sync", body_sync(ORDER, "20260301100000"), "nothing to sync");
    refused(&t, "pay", body_number(ORDER), "nothing to urge");
    refused(&t, "adopt", body_number(ORDER), "in the store already");
    trial_answer(&t, "create_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    refused(&t, "modify", body_modify(ORDER, 500), "no amount to lower");
    refused(&t, "sync", body_sync(ORDER, "20260301100000"), "nothing to sync");
    refused(&t, "pay", body_number(ORDER), "nothing to urge");
    order_end(&t);
}

static void an_ended_or_unknown_order_does_nothing_more(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    refused(&t, "modify", body_modify(ORDER, 500), "create it first");
    refused(&t, "sync", body_sync(ORDER, "20260301100000"), "create it first");
    refused(&t, "pay", body_number(ORDER), "create it first");
    refused(&t, "release", body_release("out_order_no", ORDER), "no such order");
    walk_to_serving(&t, ORDER);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    refused(&t, "modify", body_modify(ORDER, 500), "has ended");
    refused(&t, "sync", body_sync(ORDER, "20260301100000"), "nothing is being collected");
    refused(&t, "pay", body_number(ORDER), "nothing is being collected");
    assert_int_equal(trial_calls(&t, NULL), 0);
    order_end(&t);
}

static void a_time_of_payment_that_cannot_be_is_refused(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    refused(&t, "sync", body_sync(ORDER, "20260301100001"), "20260301100001");
    refused(&t, "sync", body_sync(ORDER, "20260301100001"), "not be later than now");
    order_end(&t);
}

static void nothing_to_collect_is_done_at_once(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_completing(&t, ORDER, 0);
    trial_answer(&t, "complete_order", 200, seen_order(ORDER, "DONE", "", "", 0));
    expect(&t, "DONE", "0");
    assert_string_equal(order_member(&t, "paid_fen"), "0");
    assert_string_equal(order_member(&t, "paid_type"), "");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lower_amount_is_collected),
        cmocka_unit_test(a_lost_modify_that_took_effect_is_not_sent_again),
        cmocka_unit_test(a_lost_modify_that_took_none_is_sent_again_byte_for_byte),
        cmocka_unit_test(a_refused_modify_leaves_the_amount_as_it_was),
        cmocka_unit_test(after_a_doubted_modify_nothing_but_a_cancel_leaves_for_a_day),
        cmocka_unit_test(a_doubted_modify_may_land_late),
        cmocka_unit_test(a_doubted_modify_can_be_called_off),
        cmocka_unit_test(what_was_collected_before_it_was_lowered_is_booked),
        cmocka_unit_test(an_amount_that_is_not_lower_is_refused_with_its_value),
        cmocka_unit_test(a_cancel_may_be_accepted_while_collecting),
        cmocka_unit_test(a_cancel_waits_while_a_deduction_is_running),
        cmocka_unit_test(a_cancel_that_came_too_late_finds_it_paid),
        cmocka_unit_test(a_refused_cancel_leaves_it_collecting),
        cmocka_unit_test(a_lost_cancel_is_repeated_only_while_it_is_still_collecting),
        cmocka_unit_test(while_one_command_is_under_way_the_others_wait),
        cmocka_unit_test(what_an_order_in_service_cannot_do_is_said),
        cmocka_unit_test(an_ended_or_unknown_order_does_nothing_more),
        cmocka_unit_test(a_time_of_payment_that_cannot_be_is_refused),
        cmocka_unit_test(nothing_to_collect_is_done_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
