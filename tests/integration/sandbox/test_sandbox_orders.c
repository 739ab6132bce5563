/* The life of orders and authorizations as the sandbox plays it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "merchant.h"

static void test_an_authorization_goes_from_unbound_to_available_to_terminated(void **state)
{
    static const char body[] =
        "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID "\",\"reason\":\"bye\"}";
    const struct player_reply *reply =
        player_call(the_player, PS_CALL_query_authorization_by_openid, "", "oAuth", "");
    (void)state;
    assert_int_equal(reply->status, 404);
    assert_string_equal(player_text(reply->json, "code"), "ORDER_NOT_EXIST");
    assert_int_equal(preauthorize("AUTH1")->status, 200);
    reply = player_call(the_player, PS_CALL_query_authorization_by_code, "AUTH1", "", "");
    assert_string_equal(player_text(reply->json, "authorization_state"), "UNBINDUSER");
    open_service("oAuth", "AUTH1");
    reply = player_call(the_player, PS_CALL_query_authorization_by_openid, "", "oAuth", "");
    assert_string_equal(player_text(reply->json, "authorization_state"), "AVAILABLE");
    assert_string_equal(player_text(reply->json, "authorization_code"), "AUTH1");
    reply = player_call(the_player, PS_CALL_terminate_authorization, "", "oAuth", body);
    assert_int_equal(reply->status, 204);
    assert_true(reply->verified);
    reply = player_call(the_player, PS_CALL_query_authorization_by_code, "AUTH1", "", "");
    assert_string_equal(player_text(reply->json, "authorization_state"), "UNAVAILABLE");
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
    assert_string_equal(player_text(reply->json, "state_description"), "USER_CONFIRM");
    reply = complete("HAPPY", 800);
    assert_number(reply, 200, "0");
    assert_string_equal(player_text(reply->json, "state_description"), "MCH_COMPLETE");
    assert_null(cJSON_GetObjectItemCaseSensitive(reply->json, "collection"));
    notice = player_notice(the_player, "PAYSCORE.USER_PAID", "HAPPY");
    assert_string_equal(player_text(notice->opened.resource, "state"), "DONE");
    assert_int_equal(notice->opened.sighting.view.total_fen, 800);
    reply = query("HAPPY");
    assert_string_equal(player_text(reply->json, "state"), "DONE");
    assert_string_equal(player_text(reply->json, "state_description"), "");
    collection = cJSON_GetObjectItemCaseSensitive(reply->json, "collection");
    assert_string_equal(player_text(collection, "state"), "USER_PAID");
    assert_int_equal(player_count(the_player, "HAPPY", "created_count"), 1);
    assert_int_equal(player_count(the_player, "HAPPY", "completed_count"), 1);
    assert_int_equal(player_count(the_player, "HAPPY", "charged_count"), 1);
    assert_number(complete("HAPPY", 800), 400, UNLISTED);
}

static void test_the_same_create_again_is_a_success_and_another_is_refused(void **state)
{
    (void)state;
    given_order("TWICE", "oTwice");
    assert_number(create("TWICE", "oTwice", 3000), 200, "0");
    assert_number(create("TWICE", "oTwice", 3001), 400, "271316598");
    assert_int_equal(player_count(the_player, "TWICE", "created_count"), 1);
}

static void test_a_cancel_again_must_have_the_same_reason(void **state)
{
    (void)state;
    given_order("CALLOFF", "oCallOff");
    assert_number(cancel("CALLOFF", "one"), 200, "0");
    assert_number(cancel("CALLOFF", "one"), 200, "0");
    assert_number(cancel("CALLOFF", "two"), 400, "271302333");
    assert_string_equal(player_text(query("CALLOFF")->json, "state"), "REVOKED");
    assert_int_equal(player_count(the_player, "CALLOFF", "revoked_count"), 1);
    assert_number(complete("CALLOFF", 1), 400, "271302333");
}

static void test_a_completion_at_zero_is_done_without_collection(void **state)
{
    const struct player_reply *reply;
    (void)state;
    given_order("ZERO", "oZero");
    reply = complete("ZERO", 0);
    assert_string_equal(player_text(reply->json, "state"), "DONE");
    assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(reply->json, "need_collection")));
    assert_null(cJSON_GetObjectItemCaseSensitive(query("ZERO")->json, "collection"));
    assert_int_equal(player_count(the_player, "ZERO", "charged_count"), 0);
}

static void test_the_user_decides_whether_a_create_is_refused(void **state)
{
    (void)state;
    assert_number(create("REFUSED", "oNobody", 3000), 403, "268503786");
    open_service("oRefused", "C-REFUSED");
    set_user("oRefused", "{\"assessment_fails\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, "271300099");
    set_user("oRefused", "{\"assessment_fails\":false,\"unfinished_order\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, UNLISTED);
    set_user("oRefused", "{\"unfinished_order\":false,\"overdue_order\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, "271299627");
    set_user("oRefused", "{\"overdue_order\":false,\"too_many_orders\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, UNLISTED);
    set_user("oRefused", "{\"too_many_orders\":false,\"youth_mode\":true}");
    assert_number(create("REFUSED", "oRefused", 3000), 400, "268560785");
    set_user("oRefused", "{\"youth_mode\":false}");
    assert_number(create("REFUSED", "oRefused", 30001), 400, UNLISTED);
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
    reply = player_call(the_player, PS_CALL_complete_order, "SUM", "", body);
    assert_int_equal(reply->status, 400);
    assert_string_equal(player_text(reply->json, "message"), "最终总金额计算非法");
    assert_number(complete("SUM", 30001), 400, "271316656");
    assert_int_equal(player_count(the_player, "SUM", "completed_count"), 0);
}

static void test_who_cannot_pay_stays_paying_until_he_can(void **state)
{
    (void)state;
    given_order("POOR", "oPoor");
    set_user("oPoor", "{\"can_pay\":false}");
    assert_number(complete("POOR", 500), 200, "0");
    assert_string_equal(player_text(query("POOR")->json, "state"), "DOING");
    set_user("oPoor", "{\"can_pay\":true}");
    player_notice(the_player, "PAYSCORE.USER_PAID", "POOR");
    given_order("BYHAND", "oByHand");
    set_user("oByHand", "{\"can_pay\":false}");
    assert_number(complete("BYHAND", 500), 200, "0");
    player_control(the_player, "/sandbox/orders/BYHAND/pay", "{}", 200);
    player_control(the_player, "/sandbox/orders/BYHAND/pay", "{}", 409);
    assert_int_equal(player_count(the_player, "BYHAND", "charged_count"), 1);
}

static void test_the_same_completion_again_is_a_success_while_paying(void **state)
{
    char body[1024];
    (void)state;
    set_switch("deducts_by_itself", false); /* No deduction comes in between. */
    given_order("SAME", "oSame");
    write_completion(body, sizeof body, 500);
    for (int i = 0; i < 2; i++) {
        assert_number(player_call(the_player, PS_CALL_complete_order, "SAME", "", body), 200, "0");
    }
    assert_number(complete("SAME", 501), 400, "271316598");
    assert_int_equal(player_count(the_player, "SAME", "completed_count"), 1);
    set_switch("refuse_cancel_while_paying", true);
    add_fault("deducting", "{\"call\":\"cancel_order\",\"out_order_no\":\"SAME\"}", 1);
    assert_number(cancel("SAME", "one"), 400, "271316754");
    assert_number(cancel("SAME", "one"), 400, "271316592");
    set_switch("refuse_cancel_while_paying", false);
    set_switch("deducts_by_itself", true);
}

static void test_the_service_stays_open_while_an_order_is_unfinished(void **state)
{
    (void)state;
    given_order("BOUND", "oBound");
    player_control(the_player, "/sandbox/users/oBound/close", "{}", 409);
    assert_number(cancel("BOUND", "one"), 200, "0");
    player_control(the_player, "/sandbox/users/oBound/close", "{}", 200);
    player_notice(the_player, "PAYSCORE.USER_CLOSE_SERVICE", "oBound");
}

/* Each request has two faults or more. Source: reference payscore.md 4.2. */
static void test_parameters_are_judged_before_everything_else(void **state)
{
    static const char reason_missing[] =
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE "\"}";
    static const char other_service[] =
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"1\",\"reason\":\"\"}";
    static const char sane[] =
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"1\",\"reason\":\"one\"}";
    (void)state;
    given_order("FIRST", "oFirst");
    assert_number(cancel("FIRST", "one"), 200, "0");
    assert_number(complete("FIRST", 30001), 400, "271316656");      /* Not ORDER_CANCELED. */
    assert_number(create("FIRST", "oFirst", 30001), 400, UNLISTED); /* Not a re-entry. */
    assert_number(player_call(the_player, PS_CALL_cancel_order, "NONE", "", reason_missing), 400,
                  "268435461"); /* Not 404. */
    assert_number(player_call(the_player, PS_CALL_cancel_order, "FIRST", "", other_service), 400,
                  "268435464"); /* Not 403. */
    assert_number(player_call(the_player, PS_CALL_cancel_order, "NONE", "", sane), 403,
                  "268503786"); /* Not 404. */
    assert_number(query("A NUMBER"), 400, "268435461");
}

static void test_the_control_api_says_what_it_does_not_understand(void **state)
{
    (void)state;
    player_control(the_player, "/sandbox/nothing", NULL, 404);
    player_control(the_player, "/sandbox/faults", "{\"kind\":\"flood\"}", 400);
    player_control(the_player, "/sandbox/faults",
                   "{\"kind\":\"lose_reply\",\"match\":{\"x\":\"y\"}}", 400);
    player_control(the_player, "/sandbox/users/oX", "{\"can_pay\":\"yes\"}", 400);
    player_control(the_player, "/sandbox/switches", "[]", 400);
    player_control(the_player, "/sandbox/clock", "{\"pass_ms\":-1}", 400);
    set_switch("deducts_by_itself", false);
    given_order("CONTROL", "oControl");
    player_control(the_player, "/sandbox/orders/NOBODY/confirm", "{\"openid\":\"oX\"}", 404);
    player_control(the_player, "/sandbox/orders/CONTROL/confirm", "{}", 400);
    player_control(the_player, "/sandbox/orders/CONTROL/confirm", "{\"openid\":\"oX\"}", 409);
    player_control(the_player, "/sandbox/orders/CONTROL/deduct", "{\"outcome\":\"paid\"}", 409);
    assert_number(complete("CONTROL", 500), 200, "0");
    player_control(the_player, "/sandbox/orders/CONTROL/deduct", "{\"outcome\":\"x\"}", 400);
    set_switch("deducts_by_itself", true);
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
        cmocka_unit_test(test_the_same_completion_again_is_a_success_while_paying),
        cmocka_unit_test(test_the_service_stays_open_while_an_order_is_unfinished),
        cmocka_unit_test(test_parameters_are_judged_before_everything_else),
        cmocka_unit_test(test_the_control_api_says_what_it_does_not_understand),
    };
    return cmocka_run_group_tests(tests, player_group_open, player_group_close);
}
