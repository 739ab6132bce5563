/*
 * The calls on an order that is being paid: modify, sync, pay.
 * Source: reference payscore.md 3.6 to 3.8, 6.3, 6.4.
 */
#include "courier.h"
#include "orders.h"

static bool refuse(const struct sandbox_call *call, enum sandbox_refusal refusal)
{
    sandbox_refuse(call->reply, refusal);
    return false;
}

/* An order to collect nothing from, which only waits for its end, is not USER_PAYING. */
static bool may(const struct sandbox_call *call, const struct sandbox_order *order)
{
    if (order->state == SANDBOX_PAYING && !sandbox_order_is_paying(order)) {
        return refuse(call, SANDBOX_REFUSAL_not_paying);
    }
    return sandbox_guard(call, order);
}

static bool is_idle(const struct sandbox_call *call, const struct sandbox_order *order)
{
    bool deducting = order->deducting || sandbox_strikes(call, SANDBOX_FAULT_deducting);
    return !deducting || refuse(call, SANDBOX_REFUSAL_deducting);
}

static int64_t total_of(const struct sandbox_call *call)
{
    return (int64_t)cJSON_GetObjectItemCaseSensitive(call->body, "total_amount")->valuedouble;
}

static bool may_modify(const struct sandbox_call *call, const struct sandbox_order *order)
{
    const struct sandbox_switches *switches = &call->sandbox->switches;

    if (!may(call, order)) return false;
    if (order->deposit_paid) return refuse(call, SANDBOX_REFUSAL_deposit_paid);
    if (!is_idle(call, order)) return false;
    if (order->modify_body != NULL && switches->modify_once) {
        return refuse(call, SANDBOX_REFUSAL_modified_before);
    }
    return total_of(call) < order->total_fen || refuse(call, SANDBOX_REFUSAL_not_lower);
}

void sandbox_modify_order(struct sandbox_call *call)
{
    const struct sandbox_switches *switches = &call->sandbox->switches;
    struct sandbox_order *order = sandbox_order_of_call(call);

    if (order == NULL) return;
    if (sandbox_order_is_paying(order) && !switches->refuse_modify_again &&
        sandbox_is_repeat(call, order->modify_body)) {
        sandbox_answer_order(call, order, SANDBOX_SHAPE_MODIFY);
        return;
    }
    if (!sandbox_rules_of_modify(call, order) || !may_modify(call, order)) return;
    order->total_fen = total_of(call);
    order->modified_count++;
    sandbox_keep_body(call, &order->modify_body);
    if (order->total_fen == 0) {
        uv_timer_stop(&order->timer);
        order->state = SANDBOX_DONE;
    }
    sandbox_answer_order(call, order, SANDBOX_SHAPE_MODIFY);
}

static bool may_sync(const struct sandbox_call *call, const struct sandbox_order *order)
{
    if (!may(call, order) || !is_idle(call, order)) return false;
    return !sandbox_strikes(call, SANDBOX_FAULT_collection_unclear) ||
           refuse(call, SANDBOX_REFUSAL_collection_unclear);
}

void sandbox_sync_order(struct sandbox_call *call)
{
    struct sandbox_order *order = sandbox_order_of_call(call);

    if (order == NULL) return;
    if (order->state == SANDBOX_DONE && call->sandbox->switches.reentry_when_done &&
        sandbox_is_repeat(call, order->sync_body)) {
        sandbox_answer_order(call, order, SANDBOX_SHAPE_SYNC);
        return;
    }
    if (!may_sync(call, order) || !sandbox_rules_of_sync(call, order, &order->paid_ms)) return;
    uv_timer_stop(&order->timer);
    order->state = SANDBOX_DONE;
    order->synced_count++;
    sandbox_keep_body(call, &order->sync_body);
    if (call->sandbox->switches.notice_on_sync) {
        sandbox_courier_order(order, "PAYSCORE.USER_PAID", "支付成功");
    }
    sandbox_answer_order(call, order, SANDBOX_SHAPE_SYNC);
}

void sandbox_pay_order(struct sandbox_call *call)
{
    struct sandbox_order *order = sandbox_order_of_call(call);

    if (order == NULL || !may(call, order)) return;
    if (sandbox_strikes(call, SANDBOX_FAULT_pay_fails)) {
        refuse(call, SANDBOX_REFUSAL_deduction_failed);
        return;
    }
    sandbox_urge(order);
    sandbox_answer_order(call, order, SANDBOX_SHAPE_NAMES);
}
