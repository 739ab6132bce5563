/*
 * Money that comes to light beside, after or instead of what was asked for: it is booked and held
 * for a person whatever held the record before, and an older view of it moves nothing.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER   TRIAL_ORDER
#define PAID_AT "20260301100000"

/* DONE, and nothing is said of who was paid. */
#define SETTLED(details)                                                                           \
    "{\"out_order_no\":\"" ORDER "\",\"mchid\":\"" TRIAL_MCHID                                     \
    "\",\"service_id\":\"" TRIAL_SERVICE                                                           \
    "\",\"state\":\"DONE\",\"total_amount\":900,\"collection\":{\"state\":\"USER_PAID\","          \
    "\"total_amount\":900,\"paying_amount\":0,\"paid_amount\":900" details "}}"
#define SETTLED_UNSAID SETTLED("")
#define SETTLED_EMPTY  SETTLED(",\"details\":[{}]")

static void collecting(struct trial *t)
{
    trial_open(t, NULL);
    walk_to_collecting(t, ORDER, 900);
}

static void syncing(struct trial *t)
{
    collecting(t);
    order_command(t, "sync", body_sync(ORDER, PAID_AT));
    assert_int_equal(trial_calls(t, "sync_order"), 1);
}

/* The sync's answer shows what no text describes. */
static void syncing_and_held(struct trial *t)
{
    syncing(t);
    trial_answer(t, "sync_order", 200, seen_order(ORDER, "DOING", "MCH_LOADING", "", 900));
    order_expect(t, "SYNC_UNKNOWN", "strange");
}

static void paid_notice(struct trial *t, const char *body)
{
    trial_notice(t, "PAYSCORE.USER_PAID", body);
}

static void expect_refund(struct trial *t)
{
    order_expect(t, "DONE", "paid_twice");
    assert_string_equal(order_member(t, "transaction_id"), BODY_TRANSACTION_ID);
    assert_string_equal(order_member(t, "refund.transaction_id"), BODY_TRANSACTION_ID);
    assert_string_equal(order_member(t, "refund.amount_fen"), "900");
}

static void expect_paid(struct trial *t, const char *asked, const char *paid)
{
    order_expect(t, "DONE", "");
    assert_string_equal(order_member(t, "asked_fen"), asked);
    assert_string_equal(order_member(t, "paid_fen"), paid);
}

/* Held for something else. */

static void a_second_payment_is_found_though_the_record_is_held(void **state)
{
    (void)state;
    struct trial t;
    syncing_and_held(&t);
    order_look(&t, seen_settled(ORDER, 900, "MCH"));
    order_expect(&t, "DONE", "strange");
    paid_notice(&t, seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    order_end(&t);
}

static void a_payment_seen_after_the_release_is_found_too(void **state)
{
    (void)state;
    struct trial t;
    syncing_and_held(&t);
    order_look(&t, seen_settled(ORDER, 900, "MCH"));
    order_release(&t);
    paid_notice(&t, seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    order_end(&t);
}

static void what_the_platform_collected_replaces_a_lesser_hold(void **state)
{
    (void)state;
    struct trial t;
    syncing_and_held(&t);
    order_look(&t, seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    order_end(&t);
}

static void an_amount_nobody_asked_for_replaces_a_lesser_hold(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    order_hold(&t);
    trial_await(&t, "query_order");
    order_look(&t, order_paying(500));
    order_expect(&t, "COLLECTING", "unasked_amount");
    order_end(&t);
    collecting(&t);
    order_hold(&t);
    paid_notice(&t, seen_settled(ORDER, 2900, "NEWTON"));
    order_expect(&t, "DONE", "unasked_amount");
    assert_string_equal(order_member(&t, "paid_fen"), "2900");
    order_end(&t);
}

/* A lesser reason does not take the place of money. */
static void a_hold_for_money_stands(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    order_look(&t, order_paying(500));
    order_expect(&t, "COLLECTING", "unasked_amount");
    paid_notice(&t, seen_order(ORDER, "FROZEN", "", "", -1));
    order_expect(&t, "COLLECTING", "unasked_amount");
    order_end(&t);
}

/* Settled, and by whom is not said. */

static void a_notice_without_details_asks_who_was_paid(void **state)
{
    (void)state;
    static const char *const notices[] = {SETTLED_UNSAID, SETTLED_EMPTY};
    for (size_t i = 0; i < 2; i++) {
        struct trial t;
        syncing(&t);
        paid_notice(&t, notices[i]);
        order_expect(&t, "SYNC_UNKNOWN", "");
        trial_answer(&t, "sync_order", 400, error_body("ORDER_DONE", "订单已完成"));
        order_look(&t, seen_settled(ORDER, 900, "NEWTON"));
        expect_refund(&t);
        order_end(&t);

        syncing(&t);
        paid_notice(&t, notices[i]);
        order_look(&t, seen_settled(ORDER, 900, "MCH"));
        expect_paid(&t, "900", "900");
        order_end(&t);
    }
}

static void a_query_that_does_not_fit_leaves_the_payer_unclear(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    paid_notice(&t, SETTLED_UNSAID);
    order_look(&t, seen_settled(ORDER, 700, "MCH"));
    order_expect(&t, "DONE", "payer_unclear");
    order_end(&t);
}

static void a_sync_of_what_somebody_collected_leaves_the_payer_unclear(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    paid_notice(&t, SETTLED_UNSAID);
    expect_paid(&t, "900", "900");
    order_command(&t, "sync", body_sync(ORDER, PAID_AT));
    order_expect(&t, "DONE", "payer_unclear");
    assert_string_equal(order_member(&t, "refund.amount_fen"), "");
    assert_int_equal(trial_calls(&t, "sync_order"), 0);
    order_end(&t);
}

static void a_refused_sync_is_remembered_when_the_payer_is_not_said(void **state)
{
    (void)state;
    static const char *const notices[] = {SETTLED_UNSAID, SETTLED_EMPTY};
    for (size_t i = 0; i < 2; i++) {
        struct trial t;
        syncing(&t);
        trial_answer(&t, "sync_order", 400, error_body("INVALID_ORDER_STATE", ""));
        order_look(&t, order_paying(900));
        order_expect(&t, "COLLECTING", "");
        paid_notice(&t, notices[i]);
        order_expect(&t, "DONE", "payer_unclear");
        order_end(&t);
    }
}

/* What a person let stand. */

static void an_amount_that_was_released_counts_as_asked_for(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    order_look(&t, order_paying(500));
    order_expect(&t, "COLLECTING", "unasked_amount");
    assert_string_equal(order_member(&t, "asked_fen"), "900");
    order_release(&t);
    assert_string_equal(order_member(&t, "asked_fen"), "500");
    paid_notice(&t, seen_settled(ORDER, 500, "NEWTON"));
    expect_paid(&t, "500", "500");
    order_end(&t);
}

/* Another hold says nothing of the amount. */
static void the_release_of_another_hold_changes_no_amount(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    order_hold(&t);
    order_release(&t);
    assert_string_equal(order_member(&t, "asked_fen"), "900");
    paid_notice(&t, seen_settled(ORDER, 500, "NEWTON"));
    order_expect(&t, "DONE", "unasked_amount");
    order_end(&t);
}

/* Older views. */

static void a_success_that_shows_an_older_view_leaves_a_doubt(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_completing(&t, ORDER, 900);
    trial_answer(&t, "complete_order", 200, order_in_service());
    order_expect(&t, "COMPLETE_UNKNOWN", "");
    order_look(&t, order_in_service());
    trial_await(&t, "complete_order");
    trial_answer(&t, "complete_order", 400, error_body("INVALID_ORDER_STATE", ""));
    order_look(&t, order_in_service());
    order_expect(&t, "COMPLETE_DOUBTED", "");
    order_refuses(&t, "complete", body_complete(ORDER, 500), "An earlier complete may still");
    assert_string_equal(order_member(&t, "asked_fen"), "900");
    order_look(&t, order_paying(900));
    order_expect(&t, "COLLECTING", "");
    order_end(&t);
}

static void a_total_that_lags_behind_a_modify_moves_nothing(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    order_command(&t, "modify", body_modify(ORDER, 300));
    trial_answer(&t, "modify_order", 200, order_paying(300));
    order_expect(&t, "COLLECTING", "");
    uint64_t entries = trial_verify(&t);
    order_look(&t, order_paying(900)); /* Begun after the modify, and older all the same. */
    order_expect(&t, "COLLECTING", "");
    assert_string_equal(order_member(&t, "total_fen"), "300");
    assert_int_equal(trial_verify(&t), entries);
    order_look(&t, order_paying(300));
    paid_notice(&t, seen_settled(ORDER, 300, "NEWTON"));
    expect_paid(&t, "300", "300");
    order_end(&t);
}

/* Nothing was said to be collected of a total of 900: that is not the modify to nothing. */
static void what_is_not_said_to_be_collected_is_not_nothing(void **state)
{
    (void)state;
    static const struct {
        int64_t total_fen;
        const char *held, *asked;
    } cases[] = {{900, "unasked_amount", "900"}, {0, "", "0"}, {-1, "", "0"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trial t;
        collecting(&t);
        order_command(&t, "modify", body_modify(ORDER, 0));
        trial_lose(&t, "modify_order", PAYSCORE_LOST);
        order_look(&t, seen_order(ORDER, "DONE", "", "", cases[i].total_fen));
        order_expect(&t, "DONE", cases[i].held);
        assert_string_equal(order_member(&t, "asked_fen"), cases[i].asked);
        order_end(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_payment_is_found_though_the_record_is_held),
        cmocka_unit_test(a_payment_seen_after_the_release_is_found_too),
        cmocka_unit_test(what_the_platform_collected_replaces_a_lesser_hold),
        cmocka_unit_test(an_amount_nobody_asked_for_replaces_a_lesser_hold),
        cmocka_unit_test(a_hold_for_money_stands),
        cmocka_unit_test(a_notice_without_details_asks_who_was_paid),
        cmocka_unit_test(a_query_that_does_not_fit_leaves_the_payer_unclear),
        cmocka_unit_test(a_sync_of_what_somebody_collected_leaves_the_payer_unclear),
        cmocka_unit_test(a_refused_sync_is_remembered_when_the_payer_is_not_said),
        cmocka_unit_test(an_amount_that_was_released_counts_as_asked_for),
        cmocka_unit_test(the_release_of_another_hold_changes_no_amount),
        cmocka_unit_test(a_success_that_shows_an_older_view_leaves_a_doubt),
        cmocka_unit_test(a_total_that_lags_behind_a_modify_moves_nothing),
        cmocka_unit_test(what_is_not_said_to_be_collected_is_not_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
