/* The calls on orders. Their guards: reference payscore.md 6.3; re-entry: 4.3. */
#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "courier.h"
#include "platform.h"
#include "support.h"
#include "wechat/view.h"

static bool same(const cJSON *a, const cJSON *b)
{
    return a != NULL && b != NULL && cJSON_Compare(a, b, true);
}

static bool strikes(struct sandbox_call *call, enum sandbox_fault fault)
{
    return sandbox_fault_strikes(call->sandbox->faults, fault, &call->occasion, NULL);
}

static void answer(struct sandbox_call *call, const struct sandbox_order *order,
                   enum sandbox_shape shape)
{
    sandbox_succeed(call->reply, sandbox_order_json(order, shape));
}

/* What the platform knows of the user that speaks against an order. */
static bool user_may(struct sandbox_call *call, const struct sandbox_user *user)
{
    bool unfinished;

    if (user == NULL || user->grant != SANDBOX_AVAILABLE) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_not_authorized);
        return false;
    }
    unfinished = user->unfinished_order || (call->sandbox->switches.one_unfinished_order &&
                                            sandbox_user_is_bound(call->sandbox, user));
    if (unfinished) sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_unfinished);
    if (!unfinished && user->assessment_fails) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_assessment);
    }
    return !unfinished && !user->assessment_fails;
}

/* 31 digits: 1000000000, the day, and digits. */
static void make_order_id(struct sandbox_order *order, const char *compact)
{
    int size = snprintf(order->order_id, sizeof order->order_id, "1000000000%.8s", compact);
    sandbox_random_digits(order->order_id + size, sizeof order->order_id - 1 - (size_t)size);
}

static void resolve_start(struct sandbox_order *order, const char *now)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(order->create_body, "time_range");
    struct payscore_text start = ps_json_text(range, "start_time");
    if (ps_text_is(start, "OnAccept")) start = ps_text_of(now);
    if (!ps_text_copy(order->start_time, sizeof order->start_time, start)) return;
}

static void create(struct sandbox_call *call, struct sandbox_order *order,
                   struct sandbox_user *user)
{
    char now[PS_COMPACT_SIZE + 1];

    ps_time_to_compact(call->now_ms, now);
    order->state =
        strikes(call, SANDBOX_FAULT_created_not_doing) ? SANDBOX_CREATED : SANDBOX_IN_SERVICE;
    order->user = user;
    order->created_ms = call->now_ms;
    order->created_count++;
    order->create_body = cJSON_Duplicate(call->body, true);
    make_order_id(order, now);
    resolve_start(order, now);
    if (call->sandbox->switches.notice_on_create && order->state == SANDBOX_IN_SERVICE) {
        sandbox_courier_order(order, "PAYSCORE.USER_CONFIRM", "用户确认订单");
    }
}

static void answer_create(struct sandbox_call *call, const struct sandbox_order *order)
{
    cJSON *json = sandbox_order_json(order, SANDBOX_SHAPE_CREATE);
    if (call->sandbox->switches.start_time_as_sent) {
        sandbox_json_carry(cJSON_GetObjectItemCaseSensitive(json, "time_range"),
                           cJSON_GetObjectItemCaseSensitive(order->create_body, "time_range"),
                           "start_time");
    }
    sandbox_succeed(call->reply, json);
}

void sandbox_create_order(struct sandbox_call *call)
{
    struct sandbox_user *user;
    struct sandbox_order *order =
        sandbox_order_get(call->sandbox, sandbox_call_text(call, "out_order_no"));

    if (!cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(call->body, "need_user_confirm"))) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_service_unknown); /* The mode is another. */
        return;
    }
    if (order == NULL) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_busy); /* The sandbox is full. */
        return;
    }
    if (order->state != SANDBOX_ABSENT) {
        if (!same(order->create_body, call->body)) {
            sandbox_refuse(call->reply, SANDBOX_REFUSAL_reentry);
        } else {
            answer_create(call, order);
        }
        return;
    }
    user = sandbox_user_find(call->sandbox, sandbox_call_text(call, "openid"));
    if (!sandbox_rules_of_create(call) || !user_may(call, user)) return;
    create(call, order, user);
    answer_create(call, order);
}

/* The order that the path or query names, created under this appid and service. */
static struct sandbox_order *existing(struct sandbox_call *call)
{
    struct sandbox_order *order =
        sandbox_order_find(call->sandbox, sandbox_value(call->values, "number"));
    if (order != NULL && order->state != SANDBOX_ABSENT) return order;
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_absent);
    return NULL;
}

void sandbox_query_order(struct sandbox_call *call)
{
    const struct sandbox_order *order = existing(call);
    if (order != NULL) answer(call, order, SANDBOX_SHAPE_QUERY);
}

static bool may_cancel(struct sandbox_call *call, const struct sandbox_order *order)
{
    bool refused =
        order->state == SANDBOX_DONE ||
        (order->state == SANDBOX_PAYING && call->sandbox->switches.refuse_cancel_while_paying);
    if (order->deducting || strikes(call, SANDBOX_FAULT_deducting)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_deducting);
        return false;
    }
    if (refused) sandbox_refuse(call->reply, SANDBOX_REFUSAL_not_cancellable);
    return !refused;
}

void sandbox_cancel_order(struct sandbox_call *call)
{
    struct sandbox_order *order = existing(call);

    if (order == NULL) return;
    if (order->state == SANDBOX_REVOKED) {
        if (same(order->cancel_body, call->body)) {
            answer(call, order, SANDBOX_SHAPE_CANCEL);
        } else {
            sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_cancelled);
        }
        return;
    }
    if (!may_cancel(call, order)) return;
    uv_timer_stop(&order->timer);
    order->state = SANDBOX_REVOKED;
    order->revoked_count++;
    order->cancel_body = cJSON_Duplicate(call->body, true);
    answer(call, order, SANDBOX_SHAPE_CANCEL);
}

/* A completion of an order that is not in service. */
static void complete_again(struct sandbox_call *call, const struct sandbox_order *order)
{
    bool identical = same(order->complete_body, call->body);

    if (order->state == SANDBOX_REVOKED) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_cancelled);
    } else if (order->state == SANDBOX_CREATED) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_state);
    } else if (order->state == SANDBOX_DONE &&
               !(identical && call->sandbox->switches.reentry_when_done)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_done);
    } else if (!identical) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_reentry);
    } else {
        answer(call, order, SANDBOX_SHAPE_COMPLETE);
    }
}

static void complete(struct sandbox_call *call, struct sandbox_order *order)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(call->body, "time_range");
    struct payscore_text start = ps_json_text(range, "start_time");
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(call->body, "total_amount");

    order->total_fen = (int64_t)total->valuedouble; /* Checked: whole, and exact in a double. */
    order->complete_body = cJSON_Duplicate(call->body, true);
    order->completed_count++;
    if (start.size > 0 && !ps_text_copy(order->start_time, sizeof order->start_time, start)) return;
    if (order->total_fen > 0 || call->sandbox->switches.zero_is_done_later) {
        order->state = SANDBOX_PAYING;
        sandbox_collect(order);
    } else {
        order->state = SANDBOX_DONE;
    }
    answer(call, order, SANDBOX_SHAPE_COMPLETE);
}

void sandbox_complete_order(struct sandbox_call *call)
{
    struct sandbox_order *order = existing(call);

    if (order == NULL) return;
    if (order->state != SANDBOX_IN_SERVICE) {
        complete_again(call, order);
        return;
    }
    if (strikes(call, SANDBOX_FAULT_deducting)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_deducting);
        return;
    }
    if (sandbox_rules_of_complete(call, order)) complete(call, order);
}

void sandbox_modify_order(struct sandbox_call *call)
{
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_path_unknown);
}

void sandbox_sync_order(struct sandbox_call *call)
{
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_path_unknown);
}

void sandbox_pay_order(struct sandbox_call *call)
{
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_path_unknown);
}
