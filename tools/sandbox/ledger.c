/* The ledger: what took effect and what arrived, counted where it happened. */
#include "answer.h"
#include "courier.h"
#include "platform.h"

static void add_count(cJSON *json, const char *member, int64_t count)
{
    cJSON_AddNumberToObject(json, member, (double)count);
}

static cJSON *requests_json(const int64_t requests[SANDBOX_CALLS_LIMIT])
{
    cJSON *json = cJSON_CreateObject();
    for (int call = 0; call < SANDBOX_CALLS_LIMIT; call++) {
        if (requests[call] > 0) add_count(json, sandbox_call_name(call), requests[call]);
    }
    return json;
}

static void add_state(cJSON *json, const struct sandbox_order *order)
{
    static const char *const carried[] = {"openid", "state", "state_description", "total_amount",
                                          "order_id"};
    cJSON *view = sandbox_order_json(order, SANDBOX_SHAPE_NOTICE);
    const cJSON *collection = cJSON_GetObjectItemCaseSensitive(view, "collection");
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(collection, "state");

    for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++) {
        cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(view, carried[i]);
        if (item != NULL) cJSON_AddItemToObject(json, carried[i], item);
    }
    if (state != NULL) cJSON_AddStringToObject(json, "collection_state", state->valuestring);
    if (order->transaction_id[0] != '\0') {
        cJSON_AddStringToObject(json, "transaction_id", order->transaction_id);
    }
    cJSON_Delete(view);
}

cJSON *sandbox_ledger_of_order(const struct sandbox_order *order)
{
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "out_order_no", order->out_order_no);
    if (order->state == SANDBOX_ABSENT) {
        cJSON_AddStringToObject(json, "state", "ABSENT");
    } else {
        add_state(json, order);
    }
#define X(effect) add_count(json, #effect "_count", order->effect##_count);
    SANDBOX_EFFECTS(X)
#undef X
    cJSON_AddItemToObject(json, "requests", requests_json(order->requests));
    add_count(json, "notices_made", order->notices_made);
    add_count(json, "notices_sent", order->notices_sent);
    add_count(json, "notices_acknowledged", order->notices_acknowledged);
    add_count(json, "notices_lost", order->notices_lost);
    return json;
}

static cJSON *notices_json(const struct sandbox_counts *counts)
{
    cJSON *json = cJSON_CreateObject();
    add_count(json, "made", counts->made);
    add_count(json, "sent", counts->attempts);
    add_count(json, "acknowledged", counts->acknowledged);
    add_count(json, "lost", counts->lost);
    add_count(json, "given_up", counts->given_up);
    add_count(json, "dropped", counts->dropped);
    return json;
}

static cJSON *users_json(const struct sandbox *sandbox)
{
    static const char *const grants[] = {[SANDBOX_NEVER] = "NONE",
                                         [SANDBOX_AVAILABLE] = "AVAILABLE",
                                         [SANDBOX_UNAVAILABLE] = "UNAVAILABLE"};
    cJSON *list = cJSON_CreateArray();

    for (const struct sandbox_thing *thing = sandbox->users.first; thing != NULL;
         thing = thing->next) {
        const struct sandbox_user *user = (const struct sandbox_user *)thing;
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "openid", user->openid);
        cJSON_AddStringToObject(json, "authorization_state", grants[user->grant]);
        if (user->code != NULL) {
            cJSON_AddStringToObject(json, "authorization_code", user->code->code);
        }
#define TRAIT(name, from_the_start, meaning) cJSON_AddBoolToObject(json, #name, user->name);
#include "tools/sandbox/traits.def"
        cJSON_AddItemToArray(list, json);
    }
    return list;
}

cJSON *sandbox_ledger(const struct sandbox *sandbox)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *orders = cJSON_AddArrayToObject(json, "orders");

    for (const struct sandbox_thing *thing = sandbox->orders.first; thing != NULL;
         thing = thing->next) {
        cJSON_AddItemToArray(orders, sandbox_ledger_of_order((const struct sandbox_order *)thing));
    }
    cJSON_AddItemToObject(json, "users", users_json(sandbox));
    cJSON_AddItemToObject(json, "requests", requests_json(sandbox->requests));
    add_count(json, "refused_signatures", sandbox->refused_unsigned);
    cJSON_AddItemToObject(json, "notices", notices_json(sandbox_courier_counts(sandbox->courier)));
    return json;
}
