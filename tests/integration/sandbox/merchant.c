#include "merchant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/time.h"

void assert_number(const struct player_reply *reply, int status, const char *number)
{
    const char *tail = strrchr(reply->request_id, '-');
    if (reply->status != status) fail_msg("%d %s", reply->status, reply->text);
    assert_non_null(tail);
    assert_string_equal(tail + 1, number);
    if (status < 300) assert_true(reply->verified);
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
    ps_time_to_compact(1000 * (int64_t)time(NULL), end_time);
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
