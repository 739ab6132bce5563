/* Orders that the user confirms: the package, the page, the deposit, the thirty days. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "merchant.h"

static const char deposit[] = PLAYER_DEPOSIT_SERVICE;
static const char estimate[] = PLAYER_CONFIRM_SERVICE;
static const char user[] = "{\"openid\":\"oConfirm\"}";

static const char *state_of(const char *service, const char *number)
{
    return player_text(ask(PS_CALL_query_order, service, number, "")->json, "state");
}

/* The package of a create, kept apart from the reply. */
static void create_package(const char *number, char package[301])
{
    const struct player_reply *reply = create_to_confirm(deposit, number, 3000);
    assert_number(reply, 200, "0");
    snprintf(package, 301, "%s", player_text(reply->json, "package"));
}

static const struct player_reply *complete_of(const char *service, const char *number,
                                              int total_fen)
{
    char body[1024], now[15];
    write_now(now);
    snprintf(body, sizeof body,
             "{\"appid\":\"%s\",\"service_id\":\"%s\",\"post_payments\":[{\"name\":\"a\","
             "\"amount\":%d}],\"total_amount\":%d,\"time_range\":{\"end_time\":\"%s\"}}",
             PLAYER_APPID, service, total_fen, total_fen, now);
    return ask(PS_CALL_complete_order, service, number, body);
}

static void test_a_confirmed_order_goes_from_created_to_paid(void **state)
{
    const struct player_reply *reply = create_to_confirm(deposit, "CONFIRM", 3000);
    const struct player_notice *notice;
    const cJSON *range;
    char query_id[65], url[512];
    (void)state;
    assert_number(reply, 200, "0");
    assert_string_equal(player_text(reply->json, "state"), "CREATED");
    assert_string_equal(player_text(reply->json, "state_description"), "");
    assert_in_range(strlen(player_text(reply->json, "package")), 1, 300);
    assert_null(cJSON_GetObjectItemCaseSensitive(reply->json, "openid"));
    snprintf(query_id, sizeof query_id, "%s",
             player_text(tell_order("CONFIRM", "confirm", user, 200), "query_id"));
    notice = player_notice(the_player, "PAYSCORE.USER_CONFIRM", "CONFIRM");
    assert_string_equal(player_text(notice->opened.resource, "state"), "DOING");
    assert_string_equal(player_text(notice->opened.resource, "state_description"), "USER_CONFIRM");
    assert_string_equal(player_text(notice->opened.resource, "openid"), "oConfirm");
    range = cJSON_GetObjectItemCaseSensitive(notice->opened.resource, "time_range");
    assert_int_equal(strlen(player_text(range, "start_time")), 14); /* No longer OnAccept. */
    snprintf(url, sizeof url, "/v3/payscore/serviceorder?service_id=%s&query_id=%s&appid=%s",
             deposit, query_id, PLAYER_APPID);
    reply = player_send(the_player, "GET", url, "", NULL);
    assert_number(reply, 200, "0");
    assert_string_equal(player_text(reply->json, "out_order_no"), "CONFIRM");
    assert_string_equal(player_text(reply->json, "openid"), "oConfirm");
    assert_int_equal(player_count(the_player, "CONFIRM", "confirmed_count"), 1);
    assert_number(complete_of(deposit, "CONFIRM", 500), 200, "0");
    player_notice(the_player, "PAYSCORE.USER_PAID", "CONFIRM");
    assert_string_equal(state_of(deposit, "CONFIRM"), "DONE");
}

static void test_a_query_names_the_order_or_the_page_and_not_both(void **state)
{
    char url[512];
    (void)state;
    snprintf(url, sizeof url,
             "/v3/payscore/serviceorder?service_id=%s&out_order_no=A&query_id=B&appid=%s", deposit,
             PLAYER_APPID);
    assert_number(player_send(the_player, "GET", url, "", NULL), 400, "270924358");
    snprintf(url, sizeof url, "/v3/payscore/serviceorder?service_id=%s&query_id=B&appid=%s",
             deposit, PLAYER_APPID);
    assert_number(player_send(the_player, "GET", url, "", NULL), 404, "271317510");
}

static void test_a_package_is_spent_once_the_page_was_opened(void **state)
{
    (void)state;
    assert_number(create_to_confirm(deposit, "SPENT", 3000), 200, "0");
    tell_order("SPENT", "leave", user, 200);
    tell_order("SPENT", "confirm", user, 409);
    assert_number(create_to_confirm(deposit, "SPENT", 3000), 200, "0");
    tell_order("SPENT", "confirm", user, 409); /* A fresh package does not mend it. */
    assert_string_equal(state_of(deposit, "SPENT"), "CREATED");
    assert_int_equal(player_notices(the_player, "PAYSCORE.USER_CONFIRM", "SPENT"), 0);
}

static void test_a_package_lives_for_an_hour(void **state)
{
    (void)state;
    assert_number(create_to_confirm(deposit, "HOUR", 3000), 200, "0");
    let_pass("3600001");
    tell_order("HOUR", "confirm", user, 409);
    assert_string_equal(state_of(deposit, "HOUR"), "CREATED");
    assert_number(create_to_confirm(deposit, "HOUR", 3000), 200, "0");
    tell_order("HOUR", "confirm", user, 200); /* The repeat brought a fresh one. */
}

static void test_only_the_last_package_opens_the_page(void **state)
{
    char first[301], second[301], body[512];
    (void)state;
    create_package("FRESH", first);
    create_package("FRESH", second);
    assert_string_not_equal(first, second);
    snprintf(body, sizeof body, "{\"openid\":\"oConfirm\",\"package\":\"%s\"}", first);
    tell_order("FRESH", "confirm", body, 409);
    snprintf(body, sizeof body, "{\"openid\":\"oConfirm\",\"package\":\"%s\"}", second);
    tell_order("FRESH", "confirm", body, 200);
}

static void test_an_unconfirmed_order_expires_after_thirty_days(void **state)
{
    (void)state;
    assert_number(create_to_confirm(deposit, "OLD", 3000), 200, "0");
    let_pass("2591990000");
    assert_string_equal(state_of(deposit, "OLD"), "CREATED");
    let_pass("10001");
    assert_string_equal(state_of(deposit, "OLD"), "EXPIRED");
    tell_order("OLD", "confirm", user, 409);
    assert_int_equal(player_count(the_player, "OLD", "notices_made"), 0);
}

static void test_the_mode_must_be_that_of_the_service(void **state)
{
    const struct player_reply *reply = create_to_confirm(PLAYER_SERVICE, "MODE", 3000);
    char body[1024];
    (void)state;
    assert_number(reply, 403, "268503786");
    assert_string_equal(player_text(reply->json, "code"), "NO_AUTH");
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"MODE\",\"appid\":\"%s\",\"service_id\":\"%s\","
             "\"service_introduction\":\"a\",\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":1},\"notify_url\":\"%s\","
             "\"openid\":\"oConfirm\",\"need_user_confirm\":false}",
             PLAYER_APPID, deposit, player_notify_url(the_player));
    assert_number(ask(PS_CALL_create_order, deposit, "", body), 403, "268503786");
    snprintf(body, sizeof body,
             "{\"service_id\":\"%s\",\"appid\":\"%s\",\"authorization_code\":\"MODE\"}", deposit,
             PLAYER_APPID);
    assert_number(ask(PS_CALL_preauthorize, deposit, "", body), 403, UNLISTED);
    assert_int_equal(player_count(the_player, "MODE", "created_count"), 0);
}

static void test_an_openid_is_no_part_of_an_order_to_confirm(void **state)
{
    char body[1024];
    (void)state;
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"OPENID\",\"appid\":\"%s\",\"service_id\":\"%s\","
             "\"service_introduction\":\"a\",\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"risk_fund\":{\"name\":\"DEPOSIT\",\"amount\":1},\"notify_url\":\"%s\","
             "\"openid\":\"oConfirm\",\"need_user_confirm\":true}",
             PLAYER_APPID, deposit, player_notify_url(the_player));
    assert_number(ask(PS_CALL_create_order, deposit, "", body), 400, "268435461");
}

static void test_the_risk_name_must_be_that_of_the_service(void **state)
{
    const struct player_reply *reply;
    char body[1024];
    (void)state;
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"RISK\",\"appid\":\"%s\",\"service_id\":\"%s\","
             "\"service_introduction\":\"a\",\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"risk_fund\":{\"name\":\"CASH_DEPOSIT\",\"amount\":1},\"notify_url\":\"%s\"}",
             PLAYER_APPID, estimate, player_notify_url(the_player));
    reply = ask(PS_CALL_create_order, estimate, "", body);
    assert_number(reply, 400, UNLISTED);
    assert_string_equal(player_text(reply->json, "message"), "订单风险金额名称不符合要求");
}

static void test_who_fails_the_assessment_can_pay_a_deposit_where_the_service_has_one(void **state)
{
    (void)state;
    set_user("oPoor", "{\"assessment_fails\":true,\"can_pay\":false}");
    assert_number(create_to_confirm(deposit, "ASSESSED", 3000), 200, "0");
    tell_order("ASSESSED", "confirm", "{\"openid\":\"oPoor\"}", 409);
    set_user("oPoor", "{\"pays_deposit\":true}");
    assert_number(create_to_confirm(estimate, "ESTIMATED", 3000), 200, "0");
    tell_order("ESTIMATED", "confirm", "{\"openid\":\"oPoor\"}", 409);
    assert_number(create_to_confirm(deposit, "PAWNED", 3000), 200, "0");
    tell_order("PAWNED", "confirm", "{\"openid\":\"oPoor\"}", 200);
    player_notice(the_player, "PAYSCORE.USER_CONFIRM", "PAWNED");
    assert_number(complete_of(deposit, "PAWNED", 3000), 200, "0");
    player_notice(the_player, "PAYSCORE.USER_PAID", "PAWNED"); /* From the deposit. */
}

/* 先免: the order's own risk fund; 先享: the ceiling of the service. */
static void test_the_total_is_bounded_by_the_kind_of_service(void **state)
{
    static const struct {
        const char *service, *number;
        int total_fen, status;
        const char *tail;
    } rows[] = {
        {deposit, "BOUND1", 3001, 400, "271316656"},
        {deposit, "BOUND2", 3000, 200, "0"},
        {estimate, "BOUND3", 30001, 400, "271316656"},
        {estimate, "BOUND4", 30000, 200, "0"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_number(create_to_confirm(rows[i].service, rows[i].number, 3000), 200, "0");
        tell_order(rows[i].number, "confirm", user, 200);
        assert_number(complete_of(rows[i].service, rows[i].number, rows[i].total_fen),
                      rows[i].status, rows[i].tail);
    }
}

static void test_an_order_of_one_service_is_unknown_to_another(void **state)
{
    (void)state;
    assert_number(create_to_confirm(deposit, "ELSEWHERE", 3000), 200, "0");
    assert_number(ask(PS_CALL_query_order, estimate, "ELSEWHERE", ""), 404, "271317510");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_confirmed_order_goes_from_created_to_paid),
        cmocka_unit_test(test_a_query_names_the_order_or_the_page_and_not_both),
        cmocka_unit_test(test_a_package_is_spent_once_the_page_was_opened),
        cmocka_unit_test(test_a_package_lives_for_an_hour),
        cmocka_unit_test(test_only_the_last_package_opens_the_page),
        cmocka_unit_test(test_an_unconfirmed_order_expires_after_thirty_days),
        cmocka_unit_test(test_the_mode_must_be_that_of_the_service),
        cmocka_unit_test(test_an_openid_is_no_part_of_an_order_to_confirm),
        cmocka_unit_test(test_the_risk_name_must_be_that_of_the_service),
        cmocka_unit_test(test_who_fails_the_assessment_can_pay_a_deposit_where_the_service_has_one),
        cmocka_unit_test(test_the_total_is_bounded_by_the_kind_of_service),
        cmocka_unit_test(test_an_order_of_one_service_is_unknown_to_another),
    };
    return cmocka_run_group_tests(tests, player_group_open, player_group_close);
}
