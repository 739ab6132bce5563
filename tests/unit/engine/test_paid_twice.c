/*
 * The user paid by another way: what the sync brings, and every order in which the platform's own
 * collection can come to light beside it.
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

#define ORDER   TRIAL_ORDER
#define PAID_AT "20260301100000"

static void syncing_in(struct trial *t, const char *path)
{
    trial_open(t, path);
    walk_to_collecting(t, ORDER, 900);
    struct payscore_result r = trial_submit(t, "sync", NULL, body_sync(ORDER, PAID_AT));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_int_equal(trial_calls(t, "sync_order"), 1);
    assert_false(trial_call(t, "sync_order")->once);
}

static void syncing(struct trial *t)
{
    syncing_in(t, NULL);
}

static void synced(struct trial *t)
{
    syncing(t);
    trial_answer(t, "sync_order", 200, seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_state(t), "DONE");
    assert_string_equal(order_member(t, "held"), "");
    assert_string_equal(order_member(t, "paid_type"), "MCH");
    assert_string_equal(order_member(t, "refund.amount_fen"), "");
}

static void expect_refund(struct trial *t)
{
    assert_string_equal(order_state(t), "DONE");
    assert_string_equal(order_member(t, "held"), "paid_twice");
    assert_non_null(strstr(order_member(t, "held.text"), "Refund one of the two"));
    assert_string_equal(order_member(t, "held.since"), order_member(t, "since"));
    assert_string_equal(order_member(t, "refund.transaction_id"), BODY_TRANSACTION_ID);
    assert_string_equal(order_member(t, "refund.amount_fen"), "900");
}

static void end(struct trial *t)
{
    assert_int_equal(trial_calls(t, NULL), 0);
    trial_verify(t);
    trial_close(t);
}

/* The sync and its answers. */

static void a_sync_ends_the_collecting(void **state)
{
    (void)state;
    struct trial t;
    synced(&t);
    assert_string_equal(order_member(&t, "paid_fen"), "900");
    end(&t);
}

static void a_sync_waits_while_a_deduction_is_running(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    int64_t refused_ms = t.now_ms;
    trial_answer(&t, "sync_order", 400, error_body("INVALID_REQUEST", "单据正在扣款中"));
    assert_string_equal(order_state(&t), "SYNC_SENDING");
    assert_true(t.turn.next_due_ms >= refused_ms + 180000);
    trial_await(&t, "sync_order");
    assert_true(t.now_ms >= refused_ms + 180000);
    trial_answer(&t, "sync_order", 200, seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_state(&t), "DONE");
    end(&t);
}

static void a_lost_sync_leaves_again_only_after_a_look(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_lose(&t, "sync_order", PAYSCORE_LOST);
    assert_string_equal(order_state(&t), "SYNC_UNKNOWN");
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 500, error_body("SYSTEM_ERROR", "系统错误"));
    assert_string_equal(order_state(&t), "SYNC_UNKNOWN");
    assert_int_equal(trial_calls(&t, "sync_order"), 0);
    order_look(&t, order_paying(900));
    assert_string_equal(order_state(&t), "SYNC_SENDING");
    trial_await(&t, "sync_order");
    trial_lose(&t, "sync_order", PAYSCORE_LOST);
    order_look(&t, seen_settled(ORDER, 900, "MCH")); /* It had taken effect. */
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    end(&t);
}

/* By the clock of the next process it is not due yet: it left all the same. */
static void a_sync_under_way_when_the_process_dies_leaves_again_only_after_a_look(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE];
    directory_make(directory);
    syncing_in(&t, directory);
    trial_answer(&t, "sync_order", 400, error_body("INVALID_REQUEST", "单据正在扣款中"));
    trial_await(&t, "sync_order");
    t.now_ms -= 1000;
    trial_reopen(&t);
    trial_advance(&t, 1000);
    assert_string_equal(order_state(&t), "SYNC_UNKNOWN");
    assert_int_equal(trial_calls(&t, "sync_order"), 0);
    order_look(&t, seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_state(&t), "DONE");
    end(&t);
    directory_remove(directory);
}

static void a_refused_sync_leaves_it_collecting(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_answer(&t, "sync_order", 400,
                 error_body("INVALID_REQUEST", "仅服务订单支付状态为待支付时允许操作"));
    order_look(&t, order_paying(900));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_string_equal(order_member(&t, "reason"), "state");
    struct payscore_result r = trial_submit(&t, "sync", "anew", body_sync(ORDER, PAID_AT));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_answer(&t, "sync_order", 200, seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_state(&t), "DONE");
    end(&t);
}

static void another_amount_than_was_asked_leaves_it_to_a_person(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_answer(&t, "sync_order", 200, seen_settled(ORDER, 700, "MCH"));
    assert_string_equal(order_state(&t), "SYNC_UNKNOWN"); /* Nothing is held on one answer. */
    assert_string_equal(order_member(&t, "held"), "");
    order_look(&t, seen_settled(ORDER, 700, "MCH"));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "payer_unclear");
    assert_string_equal(order_member(&t, "refund.amount_fen"), "");
    end(&t);
}

/* Lost, sent again, and then refused: the first may still take effect. */
static void doubted(struct trial *t)
{
    syncing(t);
    trial_lose(t, "sync_order", PAYSCORE_LOST);
    order_look(t, order_paying(900));
    trial_await(t, "sync_order");
    trial_answer(t, "sync_order", 400,
                 error_body("INVALID_REQUEST", "仅服务订单支付状态为待支付时允许操作"));
    order_look(t, order_paying(900));
    assert_string_equal(order_state(t), "SYNC_DOUBTED");
}

static void after_a_doubted_sync_nothing_but_a_cancel_leaves_for_a_day(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    int64_t until_ms = t.now_ms + 86400000;
    static const char *const commands[] = {"modify", "sync", "pay"};
    const char *bodies[] = {body_modify(ORDER, 500), body_sync(ORDER, "20260301095959"),
                            body_number(ORDER)};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        assert_int_equal(trial_submit(&t, commands[i], NULL, bodies[i]).verdict, PAYSCORE_REFUSED);
    while (t.now_ms < until_ms) {
        assert_string_equal(order_state(&t), "SYNC_DOUBTED");
        order_look(&t, order_paying(900));
    }
    while (strcmp(order_state(&t), "SYNC_DOUBTED") == 0)
        order_look(&t, order_paying(900));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_int_equal(trial_calls(&t, "sync_order"), 0);
    end(&t);
}

static void a_doubted_sync_may_land_late(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    order_look(&t, seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    end(&t);
}

static void a_doubted_sync_and_the_platform_collects(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    end(&t);
}

/* Both were paid. */

/* The merchant said so once, and was refused: what was said is remembered. */
static void a_sync_was_refused_and_the_platform_collects_later(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_answer(&t, "sync_order", 400,
                 error_body("INVALID_REQUEST", "仅服务订单支付状态为待支付时允许操作"));
    order_look(&t, order_paying(900));
    assert_string_equal(order_state(&t), "COLLECTING");
    trial_advance_to_due(&t);
    order_look(&t, seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    end(&t);
}

static void a_sync_that_finds_the_platform_has_collected(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_answer(&t, "sync_order", 400, error_body("ORDER_DONE", "订单已完成"));
    assert_string_equal(order_state(&t), "SYNC_REFUSED");
    assert_string_equal(order_member(&t, "held"), ""); /* ORDER_DONE alone proves nothing. */
    order_look(&t, seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    end(&t);
}

static void a_sync_refused_as_done_may_be_our_own_earlier_one(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_answer(&t, "sync_order", 400, error_body("ORDER_DONE", "订单已完成"));
    order_look(&t, seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    end(&t);
}

static void a_notice_of_payment_crosses_the_sync(void **state)
{
    (void)state;
    struct trial t;
    syncing(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_settled(ORDER, 900, "NEWTON"));
    expect_refund(&t);
    trial_answer(&t, "sync_order", 400, error_body("ORDER_DONE", "订单已完成"));
    expect_refund(&t);
    end(&t);
}

static void the_platform_collects_after_the_sync(void **state)
{
    (void)state;
    struct trial t;
    synced(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_settled(ORDER, 900, "MCH"));
    assert_string_equal(order_member(&t, "held"), ""); /* Known. */
    t.now_ms += 3600000;
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_settled(ORDER, 900, "NEWTON"));
    assert_string_equal(order_member(&t, "held"), "paid_twice");
    assert_string_equal(order_member(&t, "held.since"), "2026-03-01T11:00:00.000+08:00");
    assert_string_equal(order_member(&t, "refund.transaction_id"), BODY_TRANSACTION_ID);
    assert_string_equal(order_member(&t, "refund.amount_fen"), "900");
    uint64_t entries = trial_verify(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_settled(ORDER, 900, "NEWTON"));
    assert_int_equal(trial_verify(&t), entries);
    end(&t);
}

static void a_sync_of_an_order_that_the_platform_collected(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_paid(&t, ORDER, 900);
    struct payscore_result r = trial_submit(&t, "sync", NULL, body_sync(ORDER, PAID_AT));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    expect_refund(&t);
    r = trial_submit(&t, "sync", NULL, body_sync(ORDER, PAID_AT));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    r = trial_submit(&t, "release", NULL, body_release("out_order_no", ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN); /* One of the two was refunded. */
    assert_string_equal(order_member(&t, "held"), "");
    assert_string_equal(order_member(&t, "refund.amount_fen"), "");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sync_ends_the_collecting),
        cmocka_unit_test(a_sync_waits_while_a_deduction_is_running),
        cmocka_unit_test(a_lost_sync_leaves_again_only_after_a_look),
        cmocka_unit_test(a_sync_under_way_when_the_process_dies_leaves_again_only_after_a_look),
        cmocka_unit_test(a_refused_sync_leaves_it_collecting),
        cmocka_unit_test(after_a_doubted_sync_nothing_but_a_cancel_leaves_for_a_day),
        cmocka_unit_test(a_doubted_sync_may_land_late),
        cmocka_unit_test(a_doubted_sync_and_the_platform_collects),
        cmocka_unit_test(a_sync_was_refused_and_the_platform_collects_later),
        cmocka_unit_test(another_amount_than_was_asked_leaves_it_to_a_person),
        cmocka_unit_test(a_sync_that_finds_the_platform_has_collected),
        cmocka_unit_test(a_sync_refused_as_done_may_be_our_own_earlier_one),
        cmocka_unit_test(a_notice_of_payment_crosses_the_sync),
        cmocka_unit_test(the_platform_collects_after_the_sync),
        cmocka_unit_test(a_sync_of_an_order_that_the_platform_collected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
