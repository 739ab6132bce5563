#include "merchant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/time.h"
#include "wechat/text.h"

const char *number_of(const struct player_reply *reply)
{
    const char *tail = strrchr(reply->request_id, '-');
    assert_non_null(tail);
    return tail + 1;
}

void write_now(char text[15])
{
    ps_time_to_compact(1000 * (int64_t)time(NULL), text);
}

void assert_number(const struct player_reply *reply, int status, const char *number)
{
    if (reply->status != status) fail_msg("%d %s", reply->status, reply->text);
    assert_string_equal(number_of(reply), number);
    if (status < 300) assert_true(reply->verified);
}

const struct player_reply *ask(enum ps_call call, const char *service, const char *number,
                               const char *body)
{
    char url[PS_URL_MAX];
    struct ps_path_values values = {.number = ps_text_of(number),
                                    .service_id = ps_text_of(service),
                                    .appid = PAYSCORE_TEXT(PLAYER_APPID)};
    assert_int_equal(ps_call_url(call, &values, url), PAYSCORE_OK);
    return player_send(the_player, ps_call_method(call), url, body, NULL);
}

const struct player_reply *preauthorize(const char *code)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID
             "\",\"authorization_code\":\"%s\",\"notify_url\":\"%s\"}",
             code, player_notify_url(the_player));
    return player_call(the_player, PS_CALL_preauthorize, "", "", body);
}

void open_service(const char *openid, const char *code)
{
    char path[256], body[256];
    assert_number(preauthorize(code), 200, "0");
    snprintf(path, sizeof path, "/sandbox/authorizations/%s/accept", code);
    snprintf(body, sizeof body, "{\"openid\":\"%s\"}", openid);
    player_control(the_player, path, body, 200);
    player_notice(the_player, "PAYSCORE.USER_OPEN_SERVICE", openid);
}

const struct player_reply *create(const char *number, const char *openid, int risk_fen)
{
    char body[2048];
    snprintf(
        body, sizeof body,
        "{\"out_order_no\":\"%s\",\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
        "\",\"service_introduction\":\"充电宝租借\",\"time_range\":{\"start_time\":\"OnAccept\"},"
        "\"location\":{\"start_location\":\"A\"},"
        "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":%d},\"notify_url\":\"%s\","
        "\"openid\":\"%s\",\"need_user_confirm\":false}",
        number, risk_fen, player_notify_url(the_player), openid);
    return player_call(the_player, PS_CALL_create_order, "", "", body);
}

void write_completion(char *body, size_t size, int total_fen)
{
    char end_time[PS_COMPACT_SIZE + 1];
    write_now(end_time);
    snprintf(body, size,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
             "\",\"post_payments\":[{\"name\":\"使用时长\",\"amount\":%d}],\"total_amount\":%d,"
             "\"time_range\":{\"end_time\":\"%s\"},\"location\":{\"end_location\":\"B\"}}",
             total_fen, total_fen, end_time);
}

const struct player_reply *complete(const char *number, int total_fen)
{
    char body[1024];
    write_completion(body, sizeof body, total_fen);
    return player_call(the_player, PS_CALL_complete_order, number, "", body);
}

const struct player_reply *cancel(const char *number, const char *reason)
{
    char body[512];
    snprintf(body, sizeof body,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
             "\",\"reason\":\"%s\"}",
             reason);
    return player_call(the_player, PS_CALL_cancel_order, number, "", body);
}

const struct player_reply *query(const char *number)
{
    return player_call(the_player, PS_CALL_query_order, number, "", "");
}

void set_user(const char *openid, const char *traits)
{
    char path[256];
    snprintf(path, sizeof path, "/sandbox/users/%s", openid);
    player_control(the_player, path, traits, 200);
}

void add_fault(const char *kind, const char *match, int value)
{
    char body[512];
    snprintf(body, sizeof body, "{\"kind\":\"%s\",\"match\":%s,\"value\":%d}", kind, match, value);
    player_control(the_player, "/sandbox/faults", body, 200);
}

void given_order(const char *number, const char *openid)
{
    char code[33];
    snprintf(code, sizeof code, "C-%s", number);
    open_service(openid, code);
    assert_number(create(number, openid, 3000), 200, "0");
}

const struct player_reply *create_to_confirm(const char *service, const char *number, int risk_fen)
{
    char body[1024];
    bool exempt = strcmp(service, PLAYER_DEPOSIT_SERVICE) == 0;
    snprintf(
        body, sizeof body,
        "{\"out_order_no\":\"%s\",\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"%s\","
        "\"service_introduction\":\"酒店免押入住\",\"time_range\":{\"start_time\":\"OnAccept\"},"
        "\"location\":{\"start_location\":\"A\"},"
        "\"risk_fund\":{\"name\":\"%s\",\"amount\":%d},\"notify_url\":\"%s\"}",
        number, service, exempt ? "DEPOSIT" : "ESTIMATE_ORDER_COST", risk_fen,
        player_notify_url(the_player));
    return ask(PS_CALL_create_order, service, "", body);
}

const struct player_reply *modify(const char *service, const char *number, int total_fen)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"%s\",\"post_payments\":[{\"name\":"
             "\"使用时长\",\"amount\":%d}],\"total_amount\":%d,\"reason\":\"多收了\"}",
             service, total_fen, total_fen);
    return ask(PS_CALL_modify_order, service, number, body);
}

const struct player_reply *sync_paid(const char *service, const char *number, const char *paid_time)
{
    char body[512];
    snprintf(body, sizeof body,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"%s\",\"type\":\"Order_Paid\","
             "\"detail\":{\"paid_time\":\"%s\"}}",
             service, paid_time);
    return ask(PS_CALL_sync_order, service, number, body);
}

const struct player_reply *pay(const char *service, const char *number)
{
    char body[256];
    snprintf(body, sizeof body, "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"%s\"}", service);
    return ask(PS_CALL_pay_order, service, number, body);
}

const cJSON *tell_order(const char *number, const char *what, const char *body, int status)
{
    char path[256];
    snprintf(path, sizeof path, "/sandbox/orders/%s/%s", number, what);
    return player_control(the_player, path, body, status);
}

void set_switch(const char *name, bool on)
{
    char body[128];
    snprintf(body, sizeof body, "{\"%s\":%s}", name, on ? "true" : "false");
    player_control(the_player, "/sandbox/switches", body, 200);
}

void let_pass(const char *ms)
{
    char body[64];
    snprintf(body, sizeof body, "{\"pass_ms\":%s}", ms);
    player_control(the_player, "/sandbox/clock", body, 200);
}
