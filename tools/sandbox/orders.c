/*
 * The calls on orders up to their completion, and what all calls on orders share. Their guards:
 * guards.def; re-entry: reference payscore.md 4.3.
 */
#include "orders.h"

#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "courier.h"
#include "support.h"
#include "wechat/view.h"

bool sandbox_is_repeat(const struct sandbox_call *call, const cJSON *body)
{
    return body != NULL && call->body != NULL && cJSON_Compare(body, call->body, true);
}

void sandbox_keep_body(const struct sandbox_call *call, cJSON **place)
{
    cJSON_Delete(*place);
    *place = cJSON_Duplicate(call->body, true);
}

bool sandbox_strikes(const struct sandbox_call *call, enum sandbox_fault fault)
{
    return sandbox_fault_strikes(call->sandbox->faults, fault, &call->occasion, NULL);
}

void sandbox_answer_order(const struct sandbox_call *call, const struct sandbox_order *order,
                          enum sandbox_shape shape)
{
    sandbox_succeed(call->reply, sandbox_order_json(order, shape));
}

bool sandbox_order_is_paying(const struct sandbox_order *order)
{
    return order->state == SANDBOX_PAYING && order->total_fen > 0;
}

bool sandbox_guard(const struct sandbox_call *call, const struct sandbox_order *order)
{
    static const struct {
        int call;
        enum sandbox_refusal refusals[SANDBOX_ORDER_STATES];
    } rows[] = {
#define GUARD(call, created, in_service, paying, done, revoked, expired, source)                   \
    {SANDBOX_CALL_##call,                                                                          \
     {[SANDBOX_CREATED] = SANDBOX_REFUSAL_##created,                                               \
      [SANDBOX_IN_SERVICE] = SANDBOX_REFUSAL_##in_service,                                         \
      [SANDBOX_PAYING] = SANDBOX_REFUSAL_##paying,                                                 \
      [SANDBOX_DONE] = SANDBOX_REFUSAL_##done,                                                     \
      [SANDBOX_REVOKED] = SANDBOX_REFUSAL_##revoked,                                               \
      [SANDBOX_EXPIRED] = SANDBOX_REFUSAL_##expired}},
#include "tools/sandbox/guards.def"
    };
    enum sandbox_refusal refusal = SANDBOX_REFUSAL_none;
    cJSON *code;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].call == call->id) refusal = rows[i].refusals[order->state];
    }
    if (refusal == SANDBOX_REFUSAL_none) return true;
    sandbox_refuse(call->reply, refusal);
    code = cJSON_GetObjectItemCaseSensitive(call->reply->body, "code");
    if (call->sandbox->switches.state_is_parameter &&
        strcmp(code->valuestring, "INVALID_REQUEST") == 0) {
        cJSON_SetValuestring(code, "PARAM_ERROR");
    }
    return false;
}

struct sandbox_order *sandbox_order_of_call(struct sandbox_call *call)
{
    const char *query_id = sandbox_value(call->values, "query_id");
    struct sandbox_order *order =
        query_id[0] != '\0'
            ? sandbox_order_by_query_id(call->sandbox, query_id)
            : sandbox_order_find(call->sandbox, sandbox_value(call->values, "number"));

    if (order != NULL && order->state != SANDBOX_ABSENT &&
        (call->service == NULL || call->service == order->service))
        return order;
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_order_absent);
    return NULL;
}

/* What the platform knows of the user that speaks against an order: traits.def. */
static bool user_may(const struct sandbox_call *call, const struct sandbox_user *user)
{
    enum sandbox_refusal refusal = SANDBOX_REFUSAL_none;
    bool bound = user != NULL && call->sandbox->switches.one_unfinished_order &&
                 sandbox_user_is_bound(call->sandbox, user, NULL);

    if (user == NULL || user->grant != SANDBOX_AVAILABLE) {
        refusal = SANDBOX_REFUSAL_not_authorized;
    } else if (user->unfinished_order || bound) {
        refusal = SANDBOX_REFUSAL_order_unfinished;
    } else if (user->overdue_order) {
        refusal = SANDBOX_REFUSAL_order_overdue;
    } else if (user->too_many_orders) {
        refusal = SANDBOX_REFUSAL_orders_too_many;
    } else if (user->youth_mode) {
        refusal = SANDBOX_REFUSAL_youth_mode;
    } else if (user->assessment_fails) {
        refusal = SANDBOX_REFUSAL_assessment;
    }
    if (refusal != SANDBOX_REFUSAL_none) sandbox_refuse(call->reply, refusal);
    return refusal == SANDBOX_REFUSAL_none;
}

/* 31 digits: 1000000000, the day, and digits. */
static void make_order_id(struct sandbox_order *order)
{
    char now[PS_COMPACT_SIZE + 1];
    int size;

    ps_time_to_compact(order->created_ms, now);
    size = snprintf(order->order_id, sizeof order->order_id, "1000000000%.8s", now);
    sandbox_random_digits(order->order_id + size, sizeof order->order_id - 1 - (size_t)size);
}

void sandbox_order_begins(struct sandbox_order *order, struct sandbox_user *user, int64_t now_ms)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(order->create_body, "time_range");
    const char *start = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(range, "start_time"));

    order->state = SANDBOX_IN_SERVICE;
    order->user = user;
    if (start == NULL || strcmp(start, "OnAccept") == 0) {
        ps_time_to_compact(now_ms, order->start_time);
    } else {
        snprintf(order->start_time, sizeof order->start_time, "%.14s", start);
    }
}

static void create(struct sandbox_call *call, struct sandbox_order *order,
                   struct sandbox_user *user)
{
    order->service = call->service;
    order->created_ms = call->now_ms;
    order->born_ms = sandbox_life_ms(call->sandbox);
    order->created_count++;
    sandbox_keep_body(call, &order->create_body);
    make_order_id(order);
    if (order->service->confirms) {
        order->state = SANDBOX_CREATED;
        return;
    }
    sandbox_order_begins(order, user, call->now_ms);
    if (sandbox_strikes(call, SANDBOX_FAULT_created_not_doing)) {
        order->state = SANDBOX_CREATED;
    } else if (call->sandbox->switches.notice_on_create) {
        sandbox_courier_order(order, "PAYSCORE.USER_CONFIRM", "用户确认订单");
    }
}

/* `again`: the order was there already. */
static void answer_create(struct sandbox_call *call, struct sandbox_order *order, bool again)
{
    const struct sandbox_switches *switches = &call->sandbox->switches;
    bool packaged = order->state == SANDBOX_CREATED ? !again || !switches->reentry_without_package
                                                    : switches->package_in_create;
    cJSON *json = sandbox_order_json(order, SANDBOX_SHAPE_CREATE);

    if (packaged) {
        sandbox_random_letters(order->page.package, SANDBOX_TOKEN_SIZE);
        order->page.package_ms = sandbox_life_ms(call->sandbox);
        cJSON_AddStringToObject(json, "package", order->page.package);
    }
    if (switches->start_time_as_sent) {
        sandbox_json_carry(cJSON_GetObjectItemCaseSensitive(json, "time_range"),
                           cJSON_GetObjectItemCaseSensitive(order->create_body, "time_range"),
                           "start_time");
    }
    sandbox_succeed(call->reply, json);
}

/* The service takes the one mode that it was given. */
static bool mode_fits(const struct sandbox_call *call)
{
    bool confirms =
        !cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(call->body, "need_user_confirm"));
    bool shut = call->sandbox->switches.confirm_is_exempt_only && call->service->confirms &&
                !call->service->exempt;
    if (confirms == call->service->confirms && !shut) return true;
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_service_unknown);
    return false;
}

void sandbox_create_order(struct sandbox_call *call)
{
    struct sandbox_user *user = NULL;
    struct sandbox_order *order =
        sandbox_order_get(call->sandbox, sandbox_call_text(call, "out_order_no"));

    if (!mode_fits(call)) return;
    if (order == NULL) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_busy); /* The sandbox is full. */
        return;
    }
    if (order->state != SANDBOX_ABSENT && sandbox_is_repeat(call, order->create_body)) {
        answer_create(call, order, true);
        return;
    }
    if (!sandbox_rules_of_create(call)) return;
    if (order->state != SANDBOX_ABSENT) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_reentry);
        return;
    }
    if (!call->service->confirms) {
        user = sandbox_user_find(call->sandbox, sandbox_call_text(call, "openid"));
        if (!user_may(call, user)) return;
    }
    create(call, order, user);
    answer_create(call, order, false);
}

void sandbox_query_order(struct sandbox_call *call)
{
    const struct sandbox_order *order = sandbox_order_of_call(call);
    if (order == NULL || !sandbox_guard(call, order)) return;
    sandbox_answer_order(call, order, SANDBOX_SHAPE_QUERY);
    if (!sandbox_strikes(call, SANDBOX_FAULT_strange_state)) return;
    cJSON_SetValuestring(cJSON_GetObjectItemCaseSensitive(call->reply->body, "state"), "WAIT_PAY");
}

void sandbox_query_order_by_query_id(struct sandbox_call *call)
{
    sandbox_query_order(call);
}

static bool may_cancel(const struct sandbox_call *call, const struct sandbox_order *order)
{
    if (!sandbox_guard(call, order)) return false;
    if (order->deducting || sandbox_strikes(call, SANDBOX_FAULT_deducting)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_deducting);
        return false;
    }
    if (order->state != SANDBOX_PAYING || !call->sandbox->switches.refuse_cancel_while_paying) {
        return true;
    }
    sandbox_refuse(call->reply, SANDBOX_REFUSAL_not_cancellable);
    return false;
}

void sandbox_cancel_order(struct sandbox_call *call)
{
    struct sandbox_order *order = sandbox_order_of_call(call);

    if (order == NULL) return;
    if (order->state == SANDBOX_REVOKED && sandbox_is_repeat(call, order->cancel_body)) {
        sandbox_answer_order(call, order, SANDBOX_SHAPE_NAMES);
        return;
    }
    if (!may_cancel(call, order)) return;
    uv_timer_stop(&order->timer);
    order->state = SANDBOX_REVOKED;
    order->revoked_count++;
    sandbox_keep_body(call, &order->cancel_body);
    sandbox_answer_order(call, order, SANDBOX_SHAPE_NAMES);
}

/* The same completion again. */
static void complete_again(struct sandbox_call *call, const struct sandbox_order *order)
{
    const struct sandbox_switches *switches = &call->sandbox->switches;

    if (order->state == SANDBOX_PAYING && switches->refuse_second_complete) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_completed_before);
    } else if (order->state == SANDBOX_PAYING ||
               (order->state == SANDBOX_DONE && switches->reentry_when_done)) {
        sandbox_answer_order(call, order, SANDBOX_SHAPE_COMPLETE);
    } else {
        sandbox_guard(call, order);
    }
}

static void complete(struct sandbox_call *call, struct sandbox_order *order)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(call->body, "time_range");
    struct payscore_text start = ps_json_text(range, "start_time");
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(call->body, "total_amount");

    order->total_fen = (int64_t)total->valuedouble; /* Checked: whole, and exact in a double. */
    order->completed_ms = call->now_ms;
    order->completed_count++;
    sandbox_keep_body(call, &order->complete_body);
    if (start.size > 0 && !ps_text_copy(order->start_time, sizeof order->start_time, start)) return;
    if (order->total_fen > 0 || call->sandbox->switches.zero_is_done_later) {
        order->state = SANDBOX_PAYING;
        sandbox_collect(order);
    } else {
        order->state = SANDBOX_DONE;
    }
    sandbox_answer_order(call, order, SANDBOX_SHAPE_COMPLETE);
}

void sandbox_complete_order(struct sandbox_call *call)
{
    struct sandbox_order *order = sandbox_order_of_call(call);

    if (order == NULL) return;
    if (sandbox_is_repeat(call, order->complete_body)) {
        complete_again(call, order);
        return;
    }
    if (!sandbox_rules_of_complete(call, order) || !sandbox_guard(call, order)) return;
    if (sandbox_strikes(call, SANDBOX_FAULT_deducting)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_deducting);
        return;
    }
    complete(call, order);
}
