/*
 * How an order looks in each message: one row a member, with the messages that carry it.
 * Source: reference payscore.md 3.2 to 3.8, 7.4, 7.5, 11, 12.
 */
#include <inttypes.h>
#include <stdio.h>

#include "core/time.h"
#include "platform.h"
#include "support.h"

enum {
    ANY = SANDBOX_SHAPE_CREATE | SANDBOX_SHAPE_QUERY | SANDBOX_SHAPE_COMPLETE |
          SANDBOX_SHAPE_NOTICE | SANDBOX_SHAPE_NAMES | SANDBOX_SHAPE_MODIFY | SANDBOX_SHAPE_SYNC,
    FULL = ANY & ~SANDBOX_SHAPE_NAMES,
    LATER = FULL & ~SANDBOX_SHAPE_CREATE, /* From when the total is known. */
    ENTITY = LATER & ~SANDBOX_SHAPE_COMPLETE,
    KNOWING = ENTITY & ~SANDBOX_SHAPE_MODIFY,
};

static void from_create(cJSON *json, const char *member, const struct sandbox_order *order)
{
    sandbox_json_carry(json, order->create_body, member);
}

/* The lists of the completion replace those of the create, also by absence; so does a modification.
 */
static void from_last(cJSON *json, const char *member, const struct sandbox_order *order)
{
    const cJSON *last = order->create_body;
    if (order->complete_body != NULL) last = order->complete_body;
    if (order->modify_body != NULL) last = order->modify_body;
    sandbox_json_carry(json, last, member);
}

static void add_mchid(cJSON *json, const char *member, const struct sandbox_order *order)
{
    cJSON_AddStringToObject(json, member, order->sandbox->options->mchid);
}

static void add_state(cJSON *json, const char *member, const struct sandbox_order *order)
{
    static const char *const names[] = {
        [SANDBOX_ABSENT] = "",          [SANDBOX_CREATED] = "CREATED",
        [SANDBOX_IN_SERVICE] = "DOING", [SANDBOX_PAYING] = "DOING",
        [SANDBOX_DONE] = "DONE",        [SANDBOX_REVOKED] = "REVOKED",
        [SANDBOX_EXPIRED] = "EXPIRED",
    };
    cJSON_AddStringToObject(json, member, names[order->state]);
}

static void add_description(cJSON *json, const char *member, const struct sandbox_order *order)
{
    if (order->state == SANDBOX_IN_SERVICE) cJSON_AddStringToObject(json, member, "USER_CONFIRM");
    if (order->state == SANDBOX_PAYING) cJSON_AddStringToObject(json, member, "MCH_COMPLETE");
}

static void add_openid(cJSON *json, const char *member, const struct sandbox_order *order)
{
    if (order->user != NULL) cJSON_AddStringToObject(json, member, order->user->openid);
}

static void add_order_id(cJSON *json, const char *member, const struct sandbox_order *order)
{
    cJSON_AddStringToObject(json, member, order->order_id);
}

static void add_total(cJSON *json, const char *member, const struct sandbox_order *order)
{
    double total = order->state == SANDBOX_REVOKED ? 0 : (double)order->total_fen;
    if (order->complete_body != NULL || order->state == SANDBOX_REVOKED) {
        cJSON_AddNumberToObject(json, member, total);
    }
}

static void add_need_collection(cJSON *json, const char *member, const struct sandbox_order *order)
{
    bool collects = order->state == SANDBOX_REVOKED || order->total_fen > 0 ||
                    order->sandbox->switches.need_collection_always;
    bool told = collects || !order->sandbox->switches.need_collection_absent_at_zero;
    if ((order->complete_body != NULL || order->state == SANDBOX_REVOKED) && told) {
        cJSON_AddBoolToObject(json, member, collects);
    }
}

/* The coupon that was used, into the object where the switches place it. */
static void add_promotion(cJSON *object, bool here, const struct sandbox_order *order)
{
    cJSON *coupon;

    if (!here || !order->coupon_used) return;
    coupon = cJSON_CreateObject();
    cJSON_AddStringToObject(coupon, "coupon_id", "7000012345");
    cJSON_AddStringToObject(coupon, "name", "立减1元");
    cJSON_AddStringToObject(coupon, "scope", "GLOBAL");
    cJSON_AddStringToObject(coupon, "type", "NOCASH");
    cJSON_AddNumberToObject(coupon, "amount", SANDBOX_COUPON_FEN);
    cJSON_AddStringToObject(coupon, "stock_id", "19000123");
    cJSON_AddNumberToObject(coupon, "wechatpay_contribute", 0);
    cJSON_AddNumberToObject(coupon, "merchant_contribute", SANDBOX_COUPON_FEN);
    cJSON_AddNumberToObject(coupon, "other_contribute", 0);
    cJSON_AddStringToObject(coupon, "currency", "CNY");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(object, "promotion_detail"), coupon);
}

static void add_details(cJSON *collection, const struct sandbox_order *order)
{
    char paid_time[PS_COMPACT_SIZE + 1];
    cJSON *detail = cJSON_CreateObject();
    const struct sandbox_switches *switches = &order->sandbox->switches;
    const char *paid_type = switches->other_paid_type ? "BALANCE" : "NEWTON";

    ps_time_to_compact(order->paid_ms, paid_time);
    cJSON_AddNumberToObject(detail, "seq", 1);
    cJSON_AddNumberToObject(detail, "amount", (double)order->total_fen);
    cJSON_AddStringToObject(detail, "paid_type", order->sync_body != NULL ? "MCH" : paid_type);
    cJSON_AddStringToObject(detail, "paid_time", paid_time);
    if (order->sync_body == NULL) {
        cJSON_AddStringToObject(detail, "transaction_id", order->transaction_id);
    }
    add_promotion(detail, !switches->promotion_in_collection && !switches->promotion_at_top, order);
    cJSON_AddItemToArray(cJSON_AddArrayToObject(collection, "details"), detail);
}

static void add_collection(cJSON *json, const char *member, const struct sandbox_order *order)
{
    const struct sandbox_switches *switches = &order->sandbox->switches;
    bool paid = order->state == SANDBOX_DONE;
    double total = (double)order->total_fen;
    cJSON *collection;

    if (order->total_fen == 0 || (order->state != SANDBOX_PAYING && !paid)) return;
    collection = cJSON_AddObjectToObject(json, member);
    cJSON_AddStringToObject(collection, "state", paid ? "USER_PAID" : "USER_PAYING");
    cJSON_AddNumberToObject(collection, "total_amount", total);
    cJSON_AddNumberToObject(collection, "paying_amount", paid ? 0 : total);
    cJSON_AddNumberToObject(collection, "paid_amount", paid ? total : 0);
    if (paid) add_details(collection, order);
    add_promotion(json, paid && switches->promotion_at_top, order);
    add_promotion(collection,
                  paid && switches->promotion_in_collection && !switches->promotion_at_top, order);
}

static void add_time_range(cJSON *json, const char *member, const struct sandbox_order *order)
{
    static const char *const carried[] = {"start_time_remark", "end_time", "end_time_remark"};
    const cJSON *created = cJSON_GetObjectItemCaseSensitive(order->create_body, member);
    const cJSON *completed = cJSON_GetObjectItemCaseSensitive(order->complete_body, member);
    cJSON *range = cJSON_AddObjectToObject(json, member);

    cJSON_AddStringToObject(range, "start_time", order->start_time);
    for (size_t i = 0; i < sizeof carried / sizeof carried[0]; i++) {
        sandbox_json_carry(range, created, carried[i]);
        sandbox_json_carry(range, completed, carried[i]);
    }
}

static void add_location(cJSON *json, const char *member, const struct sandbox_order *order)
{
    const cJSON *completed = sandbox_json_object(order->complete_body, member);

    from_create(json, member, order);
    if (completed != NULL) {
        sandbox_json_carry(cJSON_GetObjectItemCaseSensitive(json, member), completed,
                           "end_location");
    }
}

static const struct {
    const char *name;
    int shapes;
    void (*add)(cJSON *json, const char *member, const struct sandbox_order *order);
} members[] = {
    {"appid", ANY, from_create},
    {"mchid", ANY, add_mchid},
    {"out_order_no", ANY, from_create},
    {"service_id", ANY, from_create},
    {"openid", KNOWING, add_openid},
    {"service_introduction", FULL, from_create},
    {"state", FULL, add_state},
    {"state_description", FULL, add_description},
    {"total_amount", LATER, add_total},
    {"post_payments", FULL, from_last},
    {"post_discounts", FULL, from_last},
    {"risk_fund", FULL, from_create},
    {"time_range", FULL, add_time_range},
    {"location", FULL, add_location},
    {"attach", SANDBOX_SHAPE_CREATE | ENTITY, from_create},
    {"notify_url", SANDBOX_SHAPE_CREATE | ENTITY, from_create},
    {"order_id", ANY, add_order_id},
    {"need_collection", LATER, add_need_collection},
    {"collection", ENTITY, add_collection},
};

cJSON *sandbox_order_json(const struct sandbox_order *order, enum sandbox_shape shape)
{
    cJSON *json = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        if ((members[i].shapes & (int)shape) != 0) members[i].add(json, members[i].name, order);
    }
    return json;
}

/* As texts of 2020 show them: every amount a string of digits. */
static void amounts_to_strings(cJSON *json)
{
    static const char *const names[] = {"amount", "total_amount", "paying_amount", "paid_amount"};
    cJSON *item;

    cJSON_ArrayForEach(item, json)
    {
        amounts_to_strings(item);
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char digits[24];
        item = cJSON_IsObject(json) ? cJSON_GetObjectItemCaseSensitive(json, names[i]) : NULL;
        if (item == NULL || !cJSON_IsNumber(item)) continue;
        snprintf(digits, sizeof digits, "%" PRId64, (int64_t)item->valuedouble);
        cJSON_ReplaceItemInObjectCaseSensitive(json, names[i], cJSON_CreateString(digits));
    }
}

cJSON *sandbox_order_resource(const struct sandbox_order *order)
{
    cJSON *json = sandbox_order_json(order, SANDBOX_SHAPE_NOTICE);
    if (order->sandbox->switches.amounts_as_strings) amounts_to_strings(json);
    return json;
}
