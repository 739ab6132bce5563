/* The life of orders and authorizations as the sandbox plays it, and its faults. */
#include <stddef.h>
#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "core/time.h"
#include "player.h"

static struct player *player;

static int open_player(void **state)
{
    (void)state;
    player = player_open();
    return 0;
}

static int close_player(void **state)
{
    (void)state;
    return player_close(player);
}

static const char *text_of(const cJSON *json, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
    return text == NULL ? "" : text;
}

static void assert_number(const struct player_reply *reply, int status, const char *number)
{
    const char *tail = strrchr(reply->request_id, '-');
    if (reply->status != status) fail_msg("%d %s", reply->status, reply->text);
    assert_non_null(tail);
    assert_string_equal(tail + 1, number);
    if (status < 300) assert_true(reply->verified);
}

/* The calls, with what varies. */

static const struct player_reply *preauthorize(const char *code)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID
             "\",\"authorization_code\":\"%s\",\"notify_url\":\"%s\"}",
             code, player_notify_url(player));
    return player_call(player, PS_CALL_preauthorize, "", "", body);
}

static void open_service(const char *openid, const char *code)
{
    char path[256], body[256];
    assert_number(preauthorize(code), 200, "0");
    snprintf(path, sizeof path, "/sandbox/authorizations/%s/accept", code);
    snprintf(body, sizeof body, "{\"openid\":\"%s\"}", openid);
    player_control(player, path, body, 200);
    player_notice(player, "PAYSCORE.USER_OPEN_SERVICE", openid);
}

static const struct player_reply *create(const char *number, const char *openid, int risk_fen)
{
    char body[2048];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
             "\",\"service_introduction\":\"充电宝租借\",\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"location\":{\"start_location\":\"A\"},"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":%d},\"notify_url\":\"%s\","
             "\"openid\":\"%s\",\"need_user_confirm\":false}",
             number, risk_fen, player_notify_url(player), openid);
    return player_call(player, PS_CALL_create_order, "", "", body);
}

static const struct player_reply *complete(const char *number, int total_fen)
{
    char body[1024], end_time[PS_COMPACT_SIZE + 1];
    ps_time_to_compact(1000 * (int64_t)time(NULL), end_time);
    snprintf(body, sizeof body,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
             "\",\"post_payments\":[{\"name\":\"使用时长\",\"amount\":%d}],\"total_amount\":%d,"
             "\"time_range\":{\"end_time\":\"%s\"},\"location\":{\"end_location\":\"B\"}}",
             total_fen, total_fen, end_time);
    return player_call(player, PS_CALL_complete_order, number, "", body);
}

static const struct player_reply *cancel(const char *number, const char *reason)
{
    char body[512];
    snprintf(body, sizeof body,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
             "\",\"reason\":\"%s\"}",
             reason);
    return player_call(player, PS_CALL_cancel_order, number, "", body);
}

static const struct player_reply *query(const char *number)
{
    return player_call(player, PS_CALL_query_order, number, "", "");
}

static void set_user(const char *openid, const char *traits)
{
    char path[256];
    snprintf(path, sizeof path, "/sandbox/users/%s", openid);
    player_control(player, path, traits, 200);
}

static void add_fault(const char *kind, const char *match, int value)
{
    char body[512];
    snprintf(body, sizeof body, "{\"kind\":\"%s\",\"match\":%s,\"value\":%d}", kind, match, value);
    player_control(player, "/sandbox/faults", body, 200);
}

/* An order in service, of a user of its own. */
static void given_order(const char *number, const char *openid)
{
    char code[33];
    snprintf(code, sizeof code, "C-%s", number);
    open_service(openid, code);
    assert_number(create(number, openid, 3000), 200, "0");
}

static void test_an_authorization_goes_from_unbound_to_available_to_terminated(void **state)
{
    static const char body[] = "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID
                               "\",\"reason\":\"bye\"}";
    const struct player_reply *reply =
        player_call(player, PS_CALL_query_authorization_by_openid, "", "oAuth", "");
    (void)state;
    assert_int_equal(reply->status, 404);
    assert_string_equal(text_of(reply->json, "code"), "ORDER_NOT_EXIST");
    assert_int_equal(preauthorize("AUTH1")->status, 200);
    reply = player_call(player, PS_CALL_query_authorization_by_code, "AUTH1", "", "");
    assert_string_equal(text_of(reply->json, "authorization_state"), "UNBINDUSER");
    open_service("oAuth", "AUTH1");
    reply = player_call(player, PS_CALL_query_authorization_by_openid, "", "oAuth", "");
    assert_string_equal(text_of(reply->json, "authorization_state"), "AVAILABLE");
    assert_string_equal(text_of(reply->json, "authorization_code"), "AUTH1");
    reply = player_call(player, PS_CALL_terminate_authorization, "", "oAuth", body);
    assert_int_equal(reply->status, 204);
    assert_true(reply->verified);
    reply = player_call(player, PS_CALL_query_authorization_by_code, "AUTH1", "", "");
    assert_string_equal(text_of(reply->json, "authorization_state"), "UNAVAILABLE");
    assert_int_equal(create("AUTH-ORDER", "oAuth", 3000)->status, 403);
}

static void test_an_order_goes_from_created_to_paid_once(void **state)
{
    const struct player_reply *reply;
    const struct player_notice *notice;
    const cJSON *collection;
    (void)state;
    given_order("HAPPY", "oHappy");
    reply = query("HAPPY");
    assert_string_equal(text_of(reply->json, "state_description"), "USER_CONFIRM");
    reply = complete("HAPPY", 800);
    assert_number(reply, 200, "0");
    assert_string_equal(text_of(reply->json, "state_description"), "MCH_COMPLETE");
    assert_null(cJSON_GetObjectItemCaseSensitive(reply->json, "collection"));
    notice = player_notice(player, "PAYSCORE.USER_PAID", "HAPPY");
    assert_string_equal(text_of(notice->opened.resource, "state"), "DONE");
    assert_int_equal(notice->opened.sighting.view.total_fen, 800);
    reply = query("HAPPY");
    assert_string_equal(text_of(reply->json, "state"), "DONE");
    assert_string_equal(text_of(reply->json, "state_description"), "");
    collection = cJSON_GetObjectItemCaseSensitive(reply->json, "collection");
    assert_string_equal(text_of(collection, "state"), "USER_PAID");
    assert_int_equal(player_count(player, "HAPPY", "created_count"), 1);
    assert_int_equal(player_count(player, "HAPPY", "completed_count"), 1);
    assert_int_equal(player_count(player, "HAPPY", "charged_count"), 1);
    assert_number(complete("HAPPY", 800), 400, "271302262");
}

static void test_the_same_create_again_is_a_success_and_another_is_refused(void **state)
{
    (void)state;
    given_order("TWICE", "oTwice");
    assert_number(create("TWICE", "oTwice", 3000), 200, "0");
    assert_number(create("TWICE", "oTwice", 3001), 400, "271316598");
    assert_int_equal(player_count(player, "TWICE", "created_count"), 1);
}

static void test_a_cancel_again_must_have_the_same_reason(void **state)
{
    (void)state;
    given_order("CALLOFF", "oCallOff");
    assert_number(cancel("CALLOFF", "one"), 200, "0");
    assert_number(cancel("CALLOFF", "one"), 200, "0");
    assert_number(cancel("CALLOFF", "two"), 400, "271302333");
    assert_string_equal(text_of(query("CALLOFF")->json, "state"), "REVOKED");
    assert_int_equal(player_count(player, "CALLOFF", "revoked_count"), 1);
    assert_number(complete("CALLOFF", 1), 400, "271302333");
}

static void test_a_completion_at_zero_is_done_without_collection(void **state)
{
    const struct player_reply *reply;
    (void)state;
    given_order("ZERO", "oZero");
    reply = complete("ZERO", 0);
    assert_string_equal(text_of(reply->json, "state"), "DONE");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(reply->json, "need_collection")));
    assert_null(cJSON_GetObjectItemCaseSensitive(query("ZERO")->json, "collection"));
    assert_int_equal(player_count(player, "ZERO", "charged_count"), 0);
}

static void test_the_user_decides_whether_a_create_is_refused(void **state)
{
    (void)state;
    assert_number(create("REFUSED", "oNobody", 3000), 403, "268503786");
    open_service("oRefused", "C-REFUSED");
    set_user("oRefused", "{\"assessment_fails\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, "271300099");
    set_user("oRefused", "{\"assessment_fails\":false,\"unfinished_order\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, "271299627");
    set_user("oRefused", "{\"unfinished_order\":false}");
    assert_number(create("REFUSED", "oRefused", 30001), 400, "268435464");
    assert_number(create("REFUSED", "oRefused", 30000), 200, "0");
}

static void test_amounts_beyond_formula_or_ceiling_are_refused(void **state)
{
    static const char body[] =
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
        "\",\"post_payments\":[{\"name\":\"a\",\"amount\":5}],\"total_amount\":6}";
    const struct player_reply *reply;
    (void)state;
    given_order("SUM", "oSum");
    reply = player_call(player, PS_CALL_complete_order, "SUM", "", body);
    assert_int_equal(reply->status, 400);
    assert_string_equal(text_of(reply->json, "message"), "最终总金额计算非法");
    assert_number(complete("SUM", 30001), 400, "271316656");
    assert_int_equal(player_count(player, "SUM", "completed_count"), 0);
}

static void test_who_cannot_pay_stays_paying_until_he_can(void **state)
{
    (void)state;
    given_order("POOR", "oPoor");
    set_user("oPoor", "{\"can_pay\":false}");
    assert_number(complete("POOR", 500), 200, "0");
    assert_string_equal(text_of(query("POOR")->json, "state"), "DOING");
    set_user("oPoor", "{\"can_pay\":true}");
    player_notice(player, "PAYSCORE.USER_PAID", "POOR");
    given_order("BYHAND", "oByHand");
    set_user("oByHand", "{\"can_pay\":false}");
    assert_number(complete("BYHAND", 500), 200, "0");
    player_control(player, "/sandbox/orders/BYHAND/pay", "{}", 200);
    player_control(player, "/sandbox/orders/BYHAND/pay", "{}", 409);
    assert_int_equal(player_count(player, "BYHAND", "charged_count"), 1);
}

static void test_a_lost_reply_took_effect_and_a_lost_request_did_not(void **state)
{
    (void)state;
    open_service("oLost", "C-LOST");
    add_fault("lose_request", "{\"call\":\"create_order\",\"out_order_no\":\"LOST\"}", 1);
    assert_int_equal(create("LOST", "oLost", 3000)->status, 0);
    assert_number(query("LOST"), 404, "271317510");
    add_fault("lose_reply", "{\"call\":\"create_order\",\"out_order_no\":\"LOST\"}", 1);
    assert_int_equal(create("LOST", "oLost", 3000)->status, 0);
    assert_number(query("LOST"), 200, "0");
    assert_number(create("LOST", "oLost", 3000), 200, "0");
    assert_int_equal(player_count(player, "LOST", "created_count"), 1);
}

static void test_faults_of_a_reply_leave_the_effect(void **state)
{
    const struct player_reply *reply;
    (void)state;
    open_service("oFault", "C-FAULT");
    add_fault("status_500_before", "{\"out_order_no\":\"FAULT\"}", 1);
    assert_int_equal(create("FAULT", "oFault", 3000)->status, 500);
    add_fault("busy_429", "{\"out_order_no\":\"FAULT\"}", 1);
    assert_number(create("FAULT", "oFault", 3000), 429, "268435472");
    assert_int_equal(player_count(player, "FAULT", "created_count"), 0);
    add_fault("status_500_after", "{\"out_order_no\":\"FAULT\"}", 1);
    assert_int_equal(create("FAULT", "oFault", 3000)->status, 500);
    assert_int_equal(player_count(player, "FAULT", "created_count"), 1);
    add_fault("bad_signature", "{\"out_order_no\":\"FAULT\"}", 1);
    reply = query("FAULT");
    assert_int_equal(reply->status, 200);
    assert_false(reply->verified);
    add_fault("probe_signature", "{\"out_order_no\":\"FAULT\"}", 1);
    assert_false(query("FAULT")->verified);
    add_fault("delay_ms", "{\"out_order_no\":\"FAULT\"}", 20);
    assert_number(query("FAULT"), 200, "0");
    add_fault("deducting", "{\"call\":\"cancel_order\",\"out_order_no\":\"FAULT\"}", 1);
    assert_number(cancel("FAULT", "one"), 400, "271316754");
    assert_number(cancel("FAULT", "one"), 200, "0");
}

static void test_a_create_can_end_in_created(void **state)
{
    (void)state;
    open_service("oOdd", "C-ODD");
    add_fault("created_not_doing", "{\"out_order_no\":\"ODD\"}", 1);
    assert_string_equal(text_of(create("ODD", "oOdd", 3000)->json, "state"), "CREATED");
    assert_number(complete("ODD", 1), 400, "271302262");
    assert_number(cancel("ODD", "one"), 200, "0");
}

static void test_a_forged_or_stale_notice_is_sent_again_rightly(void **state)
{
    (void)state;
    add_fault("notice_forged", "{\"event_type\":\"PAYSCORE.USER_PAID\",\"out_order_no\":\"AGAIN\"}", 1);
    add_fault("notice_stale", "{\"event_type\":\"PAYSCORE.USER_PAID\",\"out_order_no\":\"AGAIN\"}", 1);
    add_fault("notice_probe", "{\"event_type\":\"PAYSCORE.USER_PAID\",\"out_order_no\":\"AGAIN\"}", 1);
    given_order("AGAIN", "oAgain");
    assert_number(complete("AGAIN", 1), 200, "0");
    for (int i = 0; i < 3; i++)
        player_notice(player, NULL, NULL);
    player_notice(player, "PAYSCORE.USER_PAID", "AGAIN");
    assert_int_equal(player_count(player, "AGAIN", "notices_sent"), 4);
    assert_int_equal(player_count(player, "AGAIN", "notices_made"), 1);
}

static void test_a_notice_can_come_several_times_or_never(void **state)
{
    (void)state;
    add_fault("notice_repeat", "{\"out_order_no\":\"OFTEN\"}", 3);
    add_fault("notice_lost", "{\"out_order_no\":\"NEVER\"}", 1);
    given_order("OFTEN", "oOften");
    given_order("NEVER", "oNever");
    assert_number(complete("NEVER", 1), 200, "0");
    assert_number(complete("OFTEN", 1), 200, "0");
    for (int i = 0; i < 3; i++)
        player_notice(player, "PAYSCORE.USER_PAID", "OFTEN");
    assert_int_equal(player_notices(player, "PAYSCORE.USER_PAID", "NEVER"), 0);
    assert_int_equal(player_count(player, "NEVER", "charged_count"), 1);
    assert_int_equal(player_count(player, "NEVER", "notices_lost"), 1);
}

static void test_notices_can_be_signed_with_the_certificate(void **state)
{
    const struct player_notice *notice;
    (void)state;
    given_order("CERT", "oCert");
    player_control(player, "/sandbox/switches", "{\"notices_by_certificate\":true}", 200);
    assert_number(complete("CERT", 1), 200, "0");
    notice = player_notice(player, "PAYSCORE.USER_PAID", "CERT");
    player_control(player, "/sandbox/switches", "{\"notices_by_certificate\":false}", 200);
    assert_int_equal(strlen(notice->serial), 40);
}

static void test_the_service_stays_open_while_an_order_is_unfinished(void **state)
{
    (void)state;
    given_order("BOUND", "oBound");
    player_control(player, "/sandbox/users/oBound/close", "{}", 409);
    assert_number(cancel("BOUND", "one"), 200, "0");
    player_control(player, "/sandbox/users/oBound/close", "{}", 200);
    player_notice(player, "PAYSCORE.USER_CLOSE_SERVICE", "oBound");
}

static void test_the_control_api_says_what_it_does_not_understand(void **state)
{
    (void)state;
    player_control(player, "/sandbox/nothing", NULL, 404);
    player_control(player, "/sandbox/faults", "{\"kind\":\"flood\"}", 400);
    player_control(player, "/sandbox/faults", "{\"kind\":\"lose_reply\",\"match\":{\"x\":\"y\"}}", 400);
    player_control(player, "/sandbox/users/oX", "{\"can_pay\":\"yes\"}", 400);
    player_control(player, "/sandbox/switches", "[]", 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_authorization_goes_from_unbound_to_available_to_terminated),
        cmocka_unit_test(test_an_order_goes_from_created_to_paid_once),
        cmocka_unit_test(test_the_same_create_again_is_a_success_and_another_is_refused),
        cmocka_unit_test(test_a_cancel_again_must_have_the_same_reason),
        cmocka_unit_test(test_a_completion_at_zero_is_done_without_collection),
        cmocka_unit_test(test_the_user_decides_whether_a_create_is_refused),
        cmocka_unit_test(test_amounts_beyond_formula_or_ceiling_are_refused),
        cmocka_unit_test(test_who_cannot_pay_stays_paying_until_he_can),
        cmocka_unit_test(test_a_lost_reply_took_effect_and_a_lost_request_did_not),
        cmocka_unit_test(test_faults_of_a_reply_leave_the_effect),
        cmocka_unit_test(test_a_create_can_end_in_created),
        cmocka_unit_test(test_a_forged_or_stale_notice_is_sent_again_rightly),
        cmocka_unit_test(test_a_notice_can_come_several_times_or_never),
        cmocka_unit_test(test_notices_can_be_signed_with_the_certificate),
        cmocka_unit_test(test_the_service_stays_open_while_an_order_is_unfinished),
        cmocka_unit_test(test_the_control_api_says_what_it_does_not_understand),
    };
    return cmocka_run_group_tests(tests, open_player, close_player);
}
