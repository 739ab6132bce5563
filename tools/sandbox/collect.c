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

static void attempt_ends(uv_timer_t *timer)
{
    struct sandbox_order *order = timer->data;

    order->deducting = false;
    if (order->total_fen == 0) {
        order->state = SANDBOX_DONE;
    } else if (order->user->can_pay) {
        sandbox_charge(order);
    } else {
        wait_for(order, attempt_begins, PAUSE_FACTOR * order->sandbox->options->deduct_ms);
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
    if (!order->deducting) wait_for(order, attempt_begins, deduct_ms - deduct_ms / 3);
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
    make_transaction_id(order);
    sandbox_courier_order(order, "PAYSCORE.USER_PAID", "支付成功");
}
