/*
 * Collection: an attempt begins when two thirds of deduct_ms have gone by and holds the order for
 * the last third (单据正在扣款中). An attempt that fails is repeated without end.
 * Source: reference payscore.md 6.4.
 */
#include <stdio.h>

#include "core/time.h"
#include "courier.h"
#include "platform.h"
#include "support.h"

enum { PAUSE_FACTOR = 10 };

static void attempt_begins(uv_timer_t *timer);

static void wait_for(struct sandbox_order *order, uv_timer_cb then, int64_t ms)
{
    uv_update_time(order->sandbox->loop);
    uv_timer_start(&order->timer, then, ms < 1 ? 1 : (uint64_t)ms, 0);
}

/* What a deposit was paid for is taken from it. */
static bool attempt_succeeds(const struct sandbox_order *order)
{
    struct sandbox_occasion occasion = {.out_order_no = order->out_order_no,
                                        .openid = order->user->openid};
    if (sandbox_fault_strikes(order->sandbox->faults, SANDBOX_FAULT_deduction_fails, &occasion,
                              NULL))
        return false;
    return order->deposit_paid || order->user->can_pay;
}

static void attempt_ends(uv_timer_t *timer)
{
    struct sandbox_order *order = timer->data;

    if (order->total_fen == 0) {
        order->deducting = false;
        order->state = SANDBOX_DONE;
    } else if (attempt_succeeds(order)) {
        sandbox_charge(order);
    } else {
        sandbox_deduction_fails(order);
    }
}

static void attempt_begins(uv_timer_t *timer)
{
    struct sandbox_order *order = timer->data;
    order->deducting = true;
    wait_for(order, attempt_ends, order->sandbox->options->deduct_ms / 3);
}

void sandbox_collect(struct sandbox_order *order)
{
    int64_t deduct_ms = order->sandbox->options->deduct_ms;
    if (order->deducting) return;
    if (order->total_fen > 0 && !order->sandbox->switches.deducts_by_itself) return;
    wait_for(order, attempt_begins, deduct_ms - deduct_ms / 3);
}

void sandbox_urge(struct sandbox_order *order)
{
    if (order->deducting) return;
    if (uv_is_active((uv_handle_t *)&order->timer)) {
        uv_update_time(order->sandbox->loop);
        order->resume_ms = (int64_t)uv_timer_get_due_in(&order->timer);
    }
    attempt_begins(&order->timer);
}

void sandbox_deduction_begins(struct sandbox_order *order)
{
    uv_timer_stop(&order->timer);
    order->deducting = true;
}

void sandbox_deduction_fails(struct sandbox_order *order)
{
    int64_t pause_ms = PAUSE_FACTOR * order->sandbox->options->deduct_ms;

    uv_timer_stop(&order->timer);
    order->deducting = false;
    if (order->resume_ms > 0) pause_ms = order->resume_ms;
    order->resume_ms = 0;
    if (order->sandbox->switches.deducts_by_itself) wait_for(order, attempt_begins, pause_ms);
}

/* 28 digits: 4200002600, the day, and digits. */
static void make_transaction_id(struct sandbox_order *order)
{
    char now[PS_COMPACT_SIZE + 1];
    int size;

    ps_time_to_compact(order->paid_ms, now);
    size = snprintf(order->transaction_id, sizeof order->transaction_id, "4200002600%.8s", now);
    sandbox_random_digits(order->transaction_id + size,
                          sizeof order->transaction_id - 1 - (size_t)size);
}

void sandbox_charge(struct sandbox_order *order)
{
    uv_timer_stop(&order->timer);
    order->deducting = false;
    order->state = SANDBOX_DONE;
    order->charged_count++;
    order->paid_ms = sandbox_now_ms();
    order->coupon_used = order->user->has_coupon && order->total_fen > SANDBOX_COUPON_FEN;
    make_transaction_id(order);
    sandbox_courier_order(order, "PAYSCORE.USER_PAID", "支付成功");
}
