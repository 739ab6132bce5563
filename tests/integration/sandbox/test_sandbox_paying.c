/* An order that is being paid: modify, sync, pay, and how deductions go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "merchant.h"

static const char service[] = PLAYER_SERVICE;

/* An order of 500 fen; nothing is deducted until told. */
static void given_paying(const char *number, const char *openid)
{
    given_order(number, openid);
    assert_number(complete(number, 500), 200, "0");
}

static const cJSON *collection_of(const char *number)
{
    return cJSON_GetObjectItemCaseSensitive(query(number)->json, "collection");
}

static int fen_of(const cJSON *json, const char *member)
{
    return cJSON_GetObjectItemCaseSensitive(json, member)->valueint;
}

static void test_a_lower_amount_is_what_is_collected(void **state)
{
    const struct player_reply *reply;
    const struct player_notice *notice;
    const cJSON *list;
    (void)state;
    given_paying("LESS", "oLess");
    reply = modify(service, "LESS", 300);
    assert_number(reply, 200, "0");
    assert_null(cJSON_GetObjectItemCaseSensitive(reply->json, "openid"));
    assert_int_equal(fen_of(reply->json, "total_amount"), 300);
    list = cJSON_GetObjectItemCaseSensitive(reply->json, "post_payments");
    assert_int_equal(fen_of(cJSON_GetArrayItem(list, 0), "amount"), 300);
    assert_int_equal(fen_of(collection_of("LESS"), "paying_amount"), 300);
    assert_number(modify(service, "LESS", 300), 200, "0"); /* The same request again. */
    assert_number(modify(service, "LESS", 301), 400, UNLISTED);
    assert_number(modify(service, "LESS", 200), 200, "0");
    assert_number(modify(service, "LESS", 0), 400, "268435464");
    tell_order("LESS", "deduct", "{\"outcome\":\"paid\"}", 200);
    notice = player_notice(the_player, "PAYSCORE.USER_PAID", "LESS");
    assert_int_equal(notice->opened.sighting.view.total_fen, 200);
    assert_int_equal(player_count(the_player, "LESS", "modified_count"), 2);
}

static void test_a_modification_that_does_not_add_up_is_a_wrong_parameter_first(void **state)
{
    static const char body[] =
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
        "\",\"post_payments\":[{\"name\":\"a\",\"amount\":5}],\"total_amount\":6,\"reason\":\"r\"}";
    const struct player_reply *reply;
    (void)state;
    given_order("ADDUP", "oAddUp"); /* In service: modify is refused for its state as well. */
    reply = ask(PS_CALL_modify_order, service, "ADDUP", body);
    assert_number(reply, 400, UNLISTED);
    assert_string_equal(player_text(reply->json, "code"), "PARAM_ERROR");
    assert_string_equal(player_text(reply->json, "message"), "最终总金额计算非法");
    assert_number(modify(service, "ADDUP", 30001), 400, "271316656");
}

static void test_a_synced_order_is_done_and_was_paid_to_the_merchant(void **state)
{
    const struct player_reply *reply;
    const cJSON *collection, *detail;
    char now[15];
    (void)state;
    given_paying("SYNC", "oSync");
    write_now(now);
    reply = sync_paid(service, "SYNC", now);
    assert_number(reply, 200, "0");
    assert_string_equal(player_text(reply->json, "state"), "DONE");
    assert_string_equal(player_text(reply->json, "openid"), "oSync");
    collection = cJSON_GetObjectItemCaseSensitive(reply->json, "collection");
    assert_string_equal(player_text(collection, "state"), "USER_PAID");
    assert_int_equal(fen_of(collection, "paid_amount"), 500);
    detail = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(collection, "details"), 0);
    assert_string_equal(player_text(detail, "paid_type"), "MCH");
    assert_string_equal(player_text(detail, "paid_time"), now);
    assert_null(cJSON_GetObjectItemCaseSensitive(detail, "transaction_id"));
    assert_int_equal(player_count(the_player, "SYNC", "charged_count"), 0);
    assert_int_equal(player_count(the_player, "SYNC", "notices_made"), 0);
}

static void test_a_sync_must_tell_a_time_between_the_completion_and_now(void **state)
{
    (void)state;
    given_paying("WHEN", "oWhen");
    assert_number(sync_paid(service, "WHEN", "20200101000000"), 400, "268435464");
    assert_number(sync_paid(service, "WHEN", "20990101000000"), 400, "268435464");
    assert_number(sync_paid(service, "WHEN", "yesterday"), 400, "268435464");
}

static void test_what_was_deducted_meanwhile_cannot_be_synced(void **state)
{
    const struct player_reply *reply;
    char now[15];
    (void)state;
    given_paying("TWICE", "oTwice");
    tell_order("TWICE", "deduct", "{\"outcome\":\"paid\"}", 200);
    write_now(now);
    reply = sync_paid(service, "TWICE", now);
    assert_number(reply, 400, UNLISTED);
    assert_string_equal(player_text(reply->json, "code"), "ORDER_DONE");
}

static void test_a_deduction_under_way_is_waited_for(void **state)
{
    char now[15];
    (void)state;
    given_paying("WINDOW", "oWindow");
    write_now(now);
    tell_order("WINDOW", "deduct", "{\"outcome\":\"running\"}", 200);
    assert_number(modify(service, "WINDOW", 300), 400, "271316754");
    assert_number(cancel("WINDOW", "one"), 400, "271316754");
    assert_number(sync_paid(service, "WINDOW", now), 400, "271316754");
    tell_order("WINDOW", "deduct", "{\"outcome\":\"failed\"}", 200);
    assert_number(modify(service, "WINDOW", 300), 200, "0");
    tell_order("WINDOW", "deduct", "{\"outcome\":\"paid\"}", 200);
    tell_order("WINDOW", "deduct", "{\"outcome\":\"running\"}", 409);
    player_notice(the_player, "PAYSCORE.USER_PAID", "WINDOW");
}

static void test_a_pay_makes_one_more_attempt(void **state)
{
    const struct player_reply *reply;
    (void)state;
    given_order("URGE", "oUrge");
    assert_number(complete("URGE", 500), 200, "0");
    assert_string_equal(player_text(collection_of("URGE"), "state"), "USER_PAYING");
    reply = pay(service, "URGE");
    assert_number(reply, 200, "0");
    assert_string_equal(player_text(reply->json, "out_order_no"), "URGE");
    assert_null(cJSON_GetObjectItemCaseSensitive(reply->json, "state"));
    player_notice(the_player, "PAYSCORE.USER_PAID", "URGE");
    assert_int_equal(player_count(the_player, "URGE", "charged_count"), 1);
}

/* Had it put off the platform's own attempt, the payment would come later than it is waited for. */
static void test_an_urged_attempt_that_fails_leaves_the_schedule_as_it_was(void **state)
{
    static const char *const options[] = {"--deduct-ms", "2100", NULL};
    struct player *others = the_player;
    (void)state;
    the_player = player_open_with(options);
    given_order("AGAIN", "oAgain");
    add_fault("deduction_fails", "{\"out_order_no\":\"AGAIN\"}", 1);
    assert_number(complete("AGAIN", 500), 200, "0");
    assert_number(pay(service, "AGAIN"), 200, "0");
    player_notice(the_player, "PAYSCORE.USER_PAID", "AGAIN");
    assert_int_equal(player_count(the_player, "AGAIN", "charged_count"), 1);
    assert_int_equal(player_close(the_player), 0);
    the_player = others;
}

static void test_attempts_go_on_until_one_succeeds(void **state)
{
    (void)state;
    set_switch("deducts_by_itself", true);
    given_order("UNTIL", "oUntil");
    player_control(
        the_player, "/sandbox/faults",
        "{\"kind\":\"deduction_fails\",\"match\":{\"out_order_no\":\"UNTIL\"},\"times\":3}", 200);
    assert_number(complete("UNTIL", 500), 200, "0");
    player_notice(the_player, "PAYSCORE.USER_PAID", "UNTIL");
    set_switch("deducts_by_itself", false);
    assert_int_equal(player_count(the_player, "UNTIL", "charged_count"), 1);
}

static void test_faults_of_collection(void **state)
{
    const struct player_reply *reply;
    char now[15];
    (void)state;
    given_paying("FAULT", "oFault");
    write_now(now);
    add_fault("pay_fails", "{\"out_order_no\":\"FAULT\"}", 1);
    reply = pay(service, "FAULT");
    assert_number(reply, 400, "271316574");
    assert_string_equal(player_text(reply->json, "message"), "支付分扣款失败");
    add_fault("collection_unclear", "{\"out_order_no\":\"FAULT\"}", 1);
    reply = sync_paid(service, "FAULT", now);
    assert_number(reply, 400, UNLISTED);
    assert_string_equal(player_text(reply->json, "message"), "收款结果不明，请稍后重试");
    add_fault("deducting", "{\"call\":\"sync_order\",\"out_order_no\":\"FAULT\"}", 1);
    assert_number(sync_paid(service, "FAULT", now), 400, "271316754");
    add_fault("deducting", "{\"call\":\"modify_order\",\"out_order_no\":\"FAULT\"}", 1);
    assert_number(modify(service, "FAULT", 300), 400, "271316754");
}

static int open_group(void **state)
{
    player_group_open(state);
    set_switch("deducts_by_itself", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lower_amount_is_what_is_collected),
        cmocka_unit_test(test_a_modification_that_does_not_add_up_is_a_wrong_parameter_first),
        cmocka_unit_test(test_a_synced_order_is_done_and_was_paid_to_the_merchant),
        cmocka_unit_test(test_a_sync_must_tell_a_time_between_the_completion_and_now),
        cmocka_unit_test(test_what_was_deducted_meanwhile_cannot_be_synced),
        cmocka_unit_test(test_a_deduction_under_way_is_waited_for),
        cmocka_unit_test(test_a_pay_makes_one_more_attempt),
        cmocka_unit_test(test_an_urged_attempt_that_fails_leaves_the_schedule_as_it_was),
        cmocka_unit_test(test_attempts_go_on_until_one_succeeds),
        cmocka_unit_test(test_faults_of_collection),
    };
    return cmocka_run_group_tests(tests, open_group, player_group_close);
}
