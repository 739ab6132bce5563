#include "support/bodies.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "support/trial.h"

enum { BODY_SIZE = 2048 };

const char *body_create(const char *out_order_no, const char *openid)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"service_introduction\":\"共享充电宝租借\","
             "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"3元/60分钟\"}],"
             "\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"openid\":\"%s\"}",
             out_order_no, openid);
    return body;
}

const char *body_complete(const char *out_order_no, int64_t total_fen)
{
    return body_complete_at(out_order_no, total_fen, "20260301100000");
}

const char *body_complete_at(const char *out_order_no, int64_t total_fen, const char *end_time)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\","
             "\"post_payments\":[{\"name\":\"使用时长\",\"amount\":%" PRId64 "}],"
             "\"total_amount\":%" PRId64 ",\"time_range\":{\"end_time\":\"%s\"}}",
             out_order_no, total_fen, total_fen, end_time);
    return body;
}

const char *body_cancel(const char *out_order_no)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"out_order_no\":\"%s\",\"reason\":\"用户取消\"}", out_order_no);
    return body;
}

const char *body_preauthorize(const char *code)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"authorization_code\":\"%s\"}", code);
    return body;
}

const char *body_check(const char *openid)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"openid\":\"%s\"}", openid);
    return body;
}

const char *body_terminate(const char *openid)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"openid\":\"%s\",\"reason\":\"用户注销账户\"}", openid);
    return body;
}

const char *body_create_confirmed(const char *out_order_no)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"service_introduction\":\"共享充电宝租借\","
             "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"3元/60分钟\"}],"
             "\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"need_user_confirm\":true}",
             out_order_no);
    return body;
}

const char *body_modify(const char *out_order_no, int64_t total_fen)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\","
             "\"post_payments\":[{\"name\":\"使用时长\",\"amount\":%" PRId64 "}],"
             "\"total_amount\":%" PRId64 ",\"reason\":\"用户投诉\"}",
             out_order_no, total_fen, total_fen);
    return body;
}

const char *body_sync(const char *out_order_no, const char *paid_time)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"type\":\"Order_Paid\","
             "\"detail\":{\"paid_time\":\"%s\"}}",
             out_order_no, paid_time);
    return body;
}

const char *body_number(const char *out_order_no)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"out_order_no\":\"%s\"}", out_order_no);
    return body;
}

const char *body_release(const char *field, const char *name)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"%s\":\"%s\",\"person\":\"王芳\",\"reason\":\"已在商户平台核对\"}", field, name);
    return body;
}

const char *body_terminate_by_code(const char *code)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"authorization_code\":\"%s\",\"reason\":\"用户注销账户\"}",
             code);
    return body;
}

static int put_collection(char *to, size_t room, const char *collection, int64_t total_fen)
{
    bool paid = collection[8] == 'D';
    int64_t paid_fen = paid ? total_fen : 0;
    return snprintf(to, room,
                    ",\"collection\":{\"state\":\"%s\",\"total_amount\":%" PRId64
                    ",\"paying_amount\":%" PRId64 ",\"paid_amount\":%" PRId64 "%s}",
                    collection, total_fen, total_fen - paid_fen, paid_fen,
                    paid ? ",\"details\":[{\"seq\":1,\"amount\":1,\"paid_type\":\"NEWTON\","
                           "\"paid_time\":\"20260301124431\","
                           "\"transaction_id\":\"" BODY_TRANSACTION_ID "\"}]"
                         : "");
}

static int put_names(char *body, const char *out_order_no, const char *state)
{
    return snprintf(body, BODY_SIZE,
                    "{\"out_order_no\":\"%s\",\"mchid\":\"" TRIAL_MCHID
                    "\",\"appid\":\"" TRIAL_APPID "\",\"service_id\":\"" TRIAL_SERVICE
                    "\",\"state\":\"%s\"",
                    out_order_no, state);
}

const char *seen_order(const char *out_order_no, const char *state, const char *description,
                       const char *collection, int64_t total_fen)
{
    static char body[BODY_SIZE];
    int at = put_names(body, out_order_no, state);
    if (description[0] != '\0')
        at += snprintf(body + at, sizeof body - (size_t)at, ",\"state_description\":\"%s\"",
                       description);
    if (total_fen >= 0)
        at +=
            snprintf(body + at, sizeof body - (size_t)at, ",\"total_amount\":%" PRId64, total_fen);
    if (collection[0] != '\0')
        at += put_collection(body + at, sizeof body - (size_t)at, collection, total_fen);
    snprintf(body + at, sizeof body - (size_t)at, "}");
    return body;
}

const char *seen_created(const char *out_order_no, const char *package)
{
    static char body[BODY_SIZE];
    int at = put_names(body, out_order_no, "CREATED");
    if (package[0] != '\0')
        at += snprintf(body + at, BODY_SIZE - (size_t)at, ",\"package\":\"%s\"", package);
    snprintf(body + at, BODY_SIZE - (size_t)at, "}");
    return body;
}

const char *seen_settled(const char *out_order_no, int64_t paid_fen, const char *paid_type)
{
    static char body[BODY_SIZE];
    bool platform = strcmp(paid_type, "NEWTON") == 0;
    int at = put_names(body, out_order_no, "DONE");
    snprintf(body + at, BODY_SIZE - (size_t)at,
             ",\"total_amount\":%" PRId64 ",\"collection\":{\"state\":\"USER_PAID\","
             "\"total_amount\":%" PRId64 ",\"paying_amount\":0,\"paid_amount\":%" PRId64
             ",\"details\":[{\"seq\":1,\"amount\":%" PRId64 ",\"paid_type\":\"%s\","
             "\"paid_time\":\"20260301124431\"%s}]}}",
             paid_fen, paid_fen, paid_fen, paid_fen, paid_type,
             platform ? ",\"transaction_id\":\"" BODY_TRANSACTION_ID "\"" : "");
    return body;
}

static int put_member(char *to, size_t room, const char *name, const char *value)
{
    return value[0] == '\0' ? 0 : snprintf(to, room, ",\"%s\":\"%s\"", name, value);
}

const char *seen_authorization(const char *state, const char *code, const char *openid,
                               const char *success_time, const char *cancel_time)
{
    static char body[BODY_SIZE];
    size_t at = (size_t)snprintf(body, sizeof body,
                                 "{\"mchid\":\"" TRIAL_MCHID "\",\"service_id\":\"" TRIAL_SERVICE
                                 "\",\"authorization_state\":\"%s\"",
                                 state);
    at += (size_t)put_member(body + at, sizeof body - at, "authorization_code", code);
    at += (size_t)put_member(body + at, sizeof body - at, "openid", openid);
    at +=
        (size_t)put_member(body + at, sizeof body - at, "authorization_success_time", success_time);
    at += (size_t)put_member(body + at, sizeof body - at, "cancel_authorization_time", cancel_time);
    snprintf(body + at, sizeof body - at, "}");
    return body;
}

const char *service_notice(const char *status, const char *openid, const char *code,
                           const char *time)
{
    static char body[BODY_SIZE];
    size_t at = (size_t)snprintf(body, sizeof body,
                                 "{\"appid\":\"" TRIAL_APPID "\",\"mchid\":\"" TRIAL_MCHID
                                 "\",\"service_id\":\"" TRIAL_SERVICE
                                 "\",\"openid\":\"%s\",\"user_service_status\":\"%s\"",
                                 openid, status);
    at += (size_t)put_member(body + at, sizeof body - at, "openorclose_time", time);
    at += (size_t)put_member(body + at, sizeof body - at, "authorization_code", code);
    snprintf(body + at, sizeof body - at, "}");
    return body;
}

const char *error_body(const char *code, const char *message)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"code\":\"%s\",\"message\":\"%s\"}", code, message);
    return body;
}
