/* What the sandbox demands of the wire, whatever the call: keys, addresses, headers, signatures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "player.h"
#include "wechat/text.h"

static const char order_url[] = "/v3/payscore/serviceorder?service_id=" PLAYER_SERVICE
                                "&out_order_no=WIRE%7C1&appid=" PLAYER_APPID;
static const char create_url[] = "/v3/payscore/serviceorder";

static void assert_ends(const char *text, const char *end)
{
    size_t size = strlen(text), end_size = strlen(end);
    if (size < end_size || strcmp(text + size - end_size, end) != 0) {
        fail_msg("'%s' does not end in '%s'", text, end);
    }
}

static void assert_refused(const struct player_reply *reply, int status, const char *code,
                           const char *number)
{
    if (reply->status != status) fail_msg("%d %s", reply->status, reply->text);
    assert_string_equal(player_text(reply->json, "code"), code);
    assert_ends(reply->request_id, number);
    assert_string_equal(reply->serial, ""); /* Errors are not signed. */
}

static void test_keys_are_readable_by_their_owner_only(void **state)
{
    static const char *const files[] = {"merchant_key.pem", "apiv3_key", "platform_key.pem",
                                        "platform_cert_key.pem", "merchant_serial"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[PLAYER_PATH_SIZE + 32];
        struct stat found;
        snprintf(path, sizeof path, "%s/%s", player_dir(the_player), files[i]);
        assert_int_equal(stat(path, &found), 0);
        assert_int_equal(found.st_mode & 0777, 0600);
    }
}

static void test_the_banner_says_that_it_is_no_acceptance(void **state)
{
    (void)state;
    assert_non_null(strstr(player_banner(the_player), "not acceptance at WeChat Pay"));
    assert_non_null(strstr(player_banner(the_player), "base_url"));
    assert_null(strstr(player_banner(the_player), "PRIVATE KEY"));
}

static void test_it_listens_on_loopback_only(void **state)
{
    static const char *const addresses[] = {"0.0.0.0:0", "192.168.1.1:0", "[::]:0", "nonsense"};
    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        const char *const arguments[] = {"--dir", player_dir(the_player), "--listen", addresses[i],
                                         NULL};
        assert_int_equal(player_run(arguments), 64);
    }
}

static void test_unknown_paths_and_methods_are_answered_empty(void **state)
{
    const struct player_reply *reply =
        player_send(the_player, "GET", "/v3/payscore/nothing", "", NULL);
    (void)state;
    assert_int_equal(reply->status, 404);
    assert_string_equal(reply->text, "");
    reply = player_send(the_player, "PUT", create_url, "{}", NULL);
    assert_int_equal(reply->status, 405);
    assert_string_equal(reply->text, "");
}

static void test_what_is_not_signed_is_refused(void **state)
{
    struct player_twist twist = {.authorization = ""};
    (void)state;
    assert_refused(player_send(the_player, "GET", order_url, "", &twist), 401, "SIGN_ERROR",
                   "-270924332");
    twist.authorization = "Bearer token";
    assert_refused(player_send(the_player, "GET", order_url, "", &twist), 401, "SIGN_ERROR",
                   "-270924332");
    twist.authorization = "WECHATPAY2-SHA256-RSA2048 mchid=\"1\",mchid=\"2\"";
    assert_refused(player_send(the_player, "GET", order_url, "", &twist), 401, "SIGN_ERROR",
                   "-270924332");
}

static void test_clock_and_serial_are_checked_before_the_signature(void **state)
{
    struct player_twist twist = {.clock_ahead_s = 301, .signed_method = "get"};
    const struct player_reply *reply = player_send(the_player, "GET", order_url, "", &twist);
    (void)state;
    assert_refused(reply, 401, "SIGN_ERROR", "-270924332");
    assert_non_null(strstr(player_text(reply->json, "message"), "timestamp"));
    twist = (struct player_twist){.serial_no = "00AA", .signed_method = "get"};
    reply = player_send(the_player, "GET", order_url, "", &twist);
    assert_refused(reply, 401, "SIGN_ERROR", "-270924332");
    assert_non_null(strstr(player_text(reply->json, "message"), "序列号"));
}

static void test_a_wrong_signature_is_explained_by_the_line_that_differs(void **state)
{
    static const struct {
        struct player_twist twist;
        const char *says;
    } rows[] = {
        {{.signed_method = "post"}, "line 1 (HTTP method) was signed in lower case"},
        {{.signed_method = "GET"}, "line 1 (HTTP method) was signed as another method"},
        {{.signed_url = "/v3/payscore/serviceorder/A|B/cancel"}, "line 2 (URL) was signed percent"},
        {{.signed_url = "/v3/payscore/serviceorder/A%7cB/cancel"},
         "line 2 (URL) was signed with esc"},
        {{.signed_body = ""}, "line 5 (body) was signed as empty"},
        {{.signed_body = "{\"a\": 1}\n"}, "line 5 (body) was signed with a trailing newline"},
        {{.signed_body = "{\"a\":1}"}, "line 5 (body) was serialised again"},
        {{.last_newline_missing = true}, "line 5 (body) was not closed"},
        {{.signed_body = "{\"b\":2}"}, "no single line explains it"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct player_reply *reply =
            player_send(the_player, "POST", "/v3/payscore/serviceorder/A%7CB/cancel", "{\"a\": 1}",
                        &rows[i].twist);
        const cJSON *detail = cJSON_GetObjectItemCaseSensitive(reply->json, "detail");
        assert_refused(reply, 401, "SIGN_ERROR", "-268443699");
        if (strstr(player_text(detail, "issue"), rows[i].says) == NULL) {
            fail_msg("%s, not: %s", player_text(detail, "issue"), rows[i].says);
        }
    }
}

static void test_a_query_left_out_of_the_signature_is_named(void **state)
{
    struct player_twist twist = {.signed_url = create_url};
    const struct player_reply *reply = player_send(the_player, "GET", order_url, "", &twist);
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(reply->json, "detail");
    const cJSON *shown = cJSON_GetObjectItemCaseSensitive(detail, "sign_information");
    (void)state;
    assert_refused(reply, 401, "SIGN_ERROR", "-268443699");
    assert_non_null(strstr(player_text(detail, "issue"), "without its query"));
    assert_string_equal(player_text(shown, "method"), "GET");
    assert_string_equal(player_text(shown, "url"), order_url);
}

static void test_the_signed_message_is_shown_cut_behind_eight_bytes_of_body(void **state)
{
    struct player_twist twist = {.signed_method = "post"};
    const struct player_reply *reply =
        player_send(the_player, "POST", create_url, "{\"appid\":\"wx\"}", &twist);
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(reply->json, "detail");
    const cJSON *shown = cJSON_GetObjectItemCaseSensitive(detail, "sign_information");
    const char *message = player_text(shown, "truncated_sign_message");
    (void)state;
    assert_int_equal(strncmp(message, "POST\n/v3/payscore/serviceorder\n", 31), 0);
    assert_ends(message, "\n{\"appid\"\n");
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(shown, "sign_message_length")->valueint,
                     (int)(strlen(message) + strlen(":\"wx\"}")));
}

static void test_the_query_must_be_complete_and_bare(void **state)
{
    const struct player_reply *reply =
        player_send(the_player, "GET", "/v3/payscore/serviceorder?service_id=1&appid=2", "", NULL);
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(reply->json, "detail");
    char more[512];
    (void)state;
    assert_refused(reply, 400, "PARAM_ERROR", "-268435461");
    assert_string_equal(player_text(detail, "field"), "out_order_no");
    assert_string_equal(player_text(detail, "location"), "query");
    snprintf(more, sizeof more, "%s&more=1", order_url);
    assert_refused(player_send(the_player, "GET", more, "", NULL), 400, "PARAM_ERROR",
                   "-270924358");
}

static void test_a_wrong_member_of_a_body_is_named_with_its_value(void **state)
{
    static const char body[] =
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE "\",\"total_amount\":5,"
        "\"post_payments\":[{\"name\":\"a\",\"amount\":5},{\"name\":\"b\",\"amount\":-1}]}";
    const struct player_reply *reply =
        player_send(the_player, "POST", "/v3/payscore/serviceorder/WIRE1/complete", body, NULL);
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(reply->json, "detail");
    (void)state;
    assert_refused(reply, 400, "PARAM_ERROR", "-268435464");
    assert_string_equal(player_text(detail, "field"), "/post_payments/1/amount");
    assert_int_equal(cJSON_GetObjectItemCaseSensitive(detail, "value")->valueint, -1);
    assert_string_equal(player_text(detail, "location"), "body");
}

static void test_the_request_chooses_the_key_that_signs_the_reply(void **state)
{
    static const char body[] = "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID
                               "\",\"authorization_code\":\"WIRE-KEY\"}";
    struct player_twist twist = {.platform_serial = ""};
    const char *url = "/v3/payscore/permissions";
    const struct player_reply *reply = player_send(the_player, "POST", url, body, NULL);
    (void)state;
    assert_int_equal(reply->status, 200);
    assert_true(reply->verified);
    assert_int_equal(strncmp(reply->serial, "PUB_KEY_ID_", 11), 0);
    assert_ends(reply->request_id, "-0");
    reply = player_send(the_player, "POST", url, body, &twist);
    assert_true(reply->verified);
    assert_int_equal(strlen(reply->serial), 40);
    twist.platform_serial = "PUB_KEY_ID_0110000000000000000000000000000000";
    assert_refused(player_send(the_player, "POST", url, body, &twist), 400, "PARAM_ERROR",
                   "-268435461");
}

static void test_foreign_appids_and_services_are_refused(void **state)
{
    (void)state;
    assert_refused(
        player_send(the_player, "GET",
                    "/v3/payscore/serviceorder?service_id=1&out_order_no=2&appid=" PLAYER_APPID, "",
                    NULL),
        403, "NO_AUTH", "-268503786");
    assert_refused(player_send(the_player, "GET",
                               "/v3/payscore/serviceorder?service_id=" PLAYER_SERVICE
                               "&out_order_no=2&appid=wx0",
                               "", NULL),
                   400, "APPID_MCHID_NOT_MATCH", "-271302149");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_readable_by_their_owner_only),
        cmocka_unit_test(test_the_banner_says_that_it_is_no_acceptance),
        cmocka_unit_test(test_it_listens_on_loopback_only),
        cmocka_unit_test(test_unknown_paths_and_methods_are_answered_empty),
        cmocka_unit_test(test_what_is_not_signed_is_refused),
        cmocka_unit_test(test_clock_and_serial_are_checked_before_the_signature),
        cmocka_unit_test(test_a_wrong_signature_is_explained_by_the_line_that_differs),
        cmocka_unit_test(test_a_query_left_out_of_the_signature_is_named),
        cmocka_unit_test(test_the_signed_message_is_shown_cut_behind_eight_bytes_of_body),
        cmocka_unit_test(test_the_query_must_be_complete_and_bare),
        cmocka_unit_test(test_a_wrong_member_of_a_body_is_named_with_its_value),
        cmocka_unit_test(test_the_request_chooses_the_key_that_signs_the_reply),
        cmocka_unit_test(test_foreign_appids_and_services_are_refused),
    };
    return cmocka_run_group_tests(tests, player_group_open, player_group_close);
}
