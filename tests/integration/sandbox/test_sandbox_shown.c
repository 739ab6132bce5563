/* Where the sources disagree on what an answer or a notice shows: each switch, off and on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "merchant.h"

static const char service[] = PLAYER_SERVICE;

static void given_paying(const char *name)
{
    given_order(name, name);
    assert_number(complete(name, 500), 200, "0");
}

static const struct player_reply *terminate(const char *openid)
{
    static const char body[] =
        "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID "\",\"reason\":\"bye\"}";
    return player_call(the_player, PS_CALL_terminate_authorization, "", openid, body);
}

static const struct player_reply *create_at(const char *number, const char *location)
{
    char body[1024];
    snprintf(
        body, sizeof body,
        "{\"out_order_no\":\"%s\",\"appid\":\"" PLAYER_APPID
        "\",\"service_id\":\"" PLAYER_DEPOSIT_SERVICE "\",\"service_introduction\":\"a\","
        "\"time_range\":{\"start_time\":\"OnAccept\"},\"location\":{\"start_location\":\"%s\"},"
        "\"risk_fund\":{\"name\":\"DEPOSIT\",\"amount\":1},\"notify_url\":\"%s\"}",
        number, location, player_notify_url(the_player));
    return ask(PS_CALL_create_order, "", "", body);
}

/* A query until the state is this: the sandbox's own timers are at work. */
static void await_state(const char *number, const char *wanted)
{
    for (int i = 0; i < 10000; i++) {
        if (strcmp(player_text(query(number)->json, "state"), wanted) == 0) return;
    }
    fail_msg("%s does not become %s", number, wanted);
}

static void test_a_zero_is_done_at_once_or_later(void **state)
{
    (void)state;
    given_order("ZERO0", "oZero0");
    assert_string_equal(player_text(complete("ZERO0", 0)->json, "state"), "DONE");
    set_switch("zero_is_done_later", true);
    given_order("ZERO1", "oZero1");
    assert_string_equal(player_text(complete("ZERO1", 0)->json, "state_description"),
                        "MCH_COMPLETE");
    assert_number(modify(service, "ZERO1", 1), 400, "271316657");
    await_state("ZERO1", "DONE");
    set_switch("zero_is_done_later", false);
}

static void test_a_zero_needs_no_collection_or_says_nothing_of_it(void **state)
{
    (void)state;
    given_order("NEED0", "oNeed0");
    assert_true(cJSON_IsFalse(
        cJSON_GetObjectItemCaseSensitive(complete("NEED0", 0)->json, "need_collection")));
    set_switch("need_collection_absent_at_zero", true);
    given_order("NEED1", "oNeed1");
    assert_null(cJSON_GetObjectItemCaseSensitive(complete("NEED1", 0)->json, "need_collection"));
    set_switch("need_collection_absent_at_zero", false);
}

static void test_a_zero_needs_no_collection_or_always(void **state)
{
    const cJSON *need;
    (void)state;
    set_switch("need_collection_always", true);
    given_order("ALWAYS", "oAlways");
    need = cJSON_GetObjectItemCaseSensitive(complete("ALWAYS", 0)->json, "need_collection");
    assert_true(cJSON_IsTrue(need));
    set_switch("need_collection_always", false);
}

static void test_a_wrong_state_is_of_one_code_or_the_other(void **state)
{
    const struct player_reply *reply;
    (void)state;
    given_order("STATE", "oState");
    reply = pay(service, "STATE");
    assert_number(reply, 400, "271302332");
    assert_string_equal(player_text(reply->json, "code"), "INVALID_REQUEST");
    set_switch("state_is_parameter", true);
    reply = pay(service, "STATE");
    assert_string_equal(player_text(reply->json, "code"), "PARAM_ERROR");
    set_switch("state_is_parameter", false);
}

static const char *detail_of(const char *number, const char *member)
{
    const cJSON *collection = cJSON_GetObjectItemCaseSensitive(query(number)->json, "collection");
    return player_text(
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(collection, "details"), 0), member);
}

static void test_a_deduction_has_one_paid_type_or_the_other(void **state)
{
    (void)state;
    given_paying("TYPE");
    tell_order("TYPE", "deduct", "{\"outcome\":\"paid\"}", 200);
    assert_string_equal(detail_of("TYPE", "paid_type"), "NEWTON");
    set_switch("other_paid_type", true);
    assert_string_equal(detail_of("TYPE", "paid_type"), "BALANCE");
    set_switch("other_paid_type", false);
}

/* How many coupons an order shows in a detail, under its collection, and beside it. */
static void assert_coupons(const char *number, int in_detail, int in_collection, int beside)
{
    const cJSON *order = query(number)->json;
    const cJSON *collection = cJSON_GetObjectItemCaseSensitive(order, "collection");
    const cJSON *detail =
        cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(collection, "details"), 0);
    static const char member[] = "promotion_detail";
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(detail, member)),
                     in_detail);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(collection, member)),
                     in_collection);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(order, member)), beside);
}

static void test_a_coupon_stands_in_one_of_three_places(void **state)
{
    (void)state;
    given_paying("COUPON");
    set_user("COUPON", "{\"has_coupon\":true}");
    assert_coupons("COUPON", 0, 0, 0);
    tell_order("COUPON", "deduct", "{\"outcome\":\"paid\"}", 200);
    assert_coupons("COUPON", 1, 0, 0);
    set_switch("promotion_in_collection", true);
    assert_coupons("COUPON", 0, 1, 0);
    set_switch("promotion_at_top", true);
    assert_coupons("COUPON", 0, 0, 1);
    set_switch("promotion_in_collection", false);
    set_switch("promotion_at_top", false);
}

static void test_a_paid_day_is_its_begin_or_its_end(void **state)
{
    char now[15];
    (void)state;
    write_now(now);
    now[8] = '\0';
    given_paying("DAY0");
    assert_number(sync_paid(service, "DAY0", now), 200, "0");
    assert_string_equal(detail_of("DAY0", "paid_time") + 8, "000000");
    set_switch("paid_day_is_its_end", true);
    given_paying("DAY1");
    assert_number(sync_paid(service, "DAY1", now), 200, "0");
    assert_string_equal(detail_of("DAY1", "paid_time") + 8, "235959");
    set_switch("paid_day_is_its_end", false);
}

static const char *package_of(const struct player_reply *reply)
{
    assert_number(reply, 200, "0");
    return player_text(reply->json, "package");
}

static void test_a_repeated_create_has_a_fresh_package_or_none(void **state)
{
    (void)state;
    assert_string_not_equal(package_of(create_at("PACK", "A")), "");
    assert_string_not_equal(package_of(create_at("PACK", "A")), "");
    set_switch("reentry_without_package", true);
    assert_string_equal(package_of(create_at("PACK", "A")), "");
    assert_string_not_equal(package_of(create_at("PACK1", "A")), "");
    set_switch("reentry_without_package", false);
}

static void test_a_create_without_confirmation_has_no_package_or_one(void **state)
{
    (void)state;
    given_order("NOPACK", "oNoPack");
    assert_string_equal(package_of(create("NOPACK", "oNoPack", 3000)), "");
    set_switch("package_in_create", true);
    assert_string_not_equal(package_of(create("NOPACK", "oNoPack", 3000)), "");
    set_switch("package_in_create", false);
}

static void test_a_create_tells_the_moment_or_what_was_sent(void **state)
{
    const cJSON *range;
    (void)state;
    given_order("MOMENT", "oMoment");
    range = cJSON_GetObjectItemCaseSensitive(create("MOMENT", "oMoment", 3000)->json, "time_range");
    assert_int_equal(strlen(player_text(range, "start_time")), 14);
    set_switch("start_time_as_sent", true);
    range = cJSON_GetObjectItemCaseSensitive(create("MOMENT", "oMoment", 3000)->json, "time_range");
    assert_string_equal(player_text(range, "start_time"), "OnAccept");
    set_switch("start_time_as_sent", false);
}

static void test_a_create_without_confirmation_is_told_or_not(void **state)
{
    (void)state;
    given_order("TOLD0", "oTold0");
    assert_int_equal(player_count(the_player, "TOLD0", "notices_made"), 0);
    set_switch("notice_on_create", true);
    given_order("TOLD1", "oTold1");
    player_notice(the_player, "PAYSCORE.USER_CONFIRM", "TOLD1");
    set_switch("notice_on_create", false);
}

static void test_a_sync_is_told_or_not(void **state)
{
    const struct player_notice *notice;
    char now[15];
    (void)state;
    write_now(now);
    given_paying("SYNC0");
    assert_number(sync_paid(service, "SYNC0", now), 200, "0");
    assert_int_equal(player_count(the_player, "SYNC0", "notices_made"), 0);
    set_switch("notice_on_sync", true);
    given_paying("SYNC1");
    assert_number(sync_paid(service, "SYNC1", now), 200, "0");
    notice = player_notice(the_player, "PAYSCORE.USER_PAID", "SYNC1");
    assert_string_equal(player_text(notice->opened.resource, "state"), "DONE");
    set_switch("notice_on_sync", false);
}

/* Of the whole sandbox. */
static int notices_of(const char *member)
{
    const cJSON *ledger = player_control(the_player, "/sandbox/ledger", NULL, 200);
    const cJSON *notices = cJSON_GetObjectItemCaseSensitive(ledger, "notices");
    return cJSON_GetObjectItemCaseSensitive(notices, member)->valueint;
}

static void test_a_termination_is_told_or_not(void **state)
{
    int made;
    (void)state;
    open_service("oEnd0", "END0");
    made = notices_of("made");
    assert_number(terminate("oEnd0"), 204, "0");
    assert_int_equal(notices_of("made"), made);
    set_switch("notice_on_terminate", true);
    open_service("oEnd1", "END1");
    assert_number(terminate("oEnd1"), 204, "0");
    player_notice(the_player, "PAYSCORE.USER_CLOSE_SERVICE", "oEnd1");
    set_switch("notice_on_terminate", false);
}

/* The notice of an order that was just paid. */
static const struct player_notice *paid_notice(const char *number)
{
    given_paying(number);
    tell_order(number, "deduct", "{\"outcome\":\"paid\"}", 200);
    return player_notice(the_player, "PAYSCORE.USER_PAID", number);
}

static void test_amounts_of_a_notice_are_numbers_or_strings(void **state)
{
    const cJSON *resource = paid_notice("AMOUNT0")->opened.resource;
    (void)state;
    assert_true(cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(resource, "total_amount")));
    set_switch("amounts_as_strings", true);
    resource = paid_notice("AMOUNT1")->opened.resource;
    set_switch("amounts_as_strings", false);
    assert_string_equal(player_text(resource, "total_amount"), "500");
    resource = cJSON_GetObjectItemCaseSensitive(resource, "collection");
    assert_string_equal(player_text(resource, "paid_amount"), "500");
}

static void test_a_notice_has_a_long_id_or_a_short_one(void **state)
{
    (void)state;
    assert_int_equal(strlen(paid_notice("ID0")->opened.id), 36);
    set_switch("short_notice_id", true);
    assert_int_equal(strlen(paid_notice("ID1")->opened.id), 32);
    set_switch("short_notice_id", false);
}

/* How often a notice that is never acknowledged was sent. */
static int deliveries_of(const char *number)
{
    char body[256];
    int given_up = notices_of("given_up");
    snprintf(body, sizeof body,
             "{\"kind\":\"notice_forged\",\"match\":{\"out_order_no\":\"%s\"},\"times\":100}",
             number);
    player_control(the_player, "/sandbox/faults", body, 200);
    given_paying(number);
    tell_order(number, "deduct", "{\"outcome\":\"paid\"}", 200);
    for (int i = 0; i < 10000 && notices_of("given_up") == given_up; i++) {
    }
    assert_int_equal(notices_of("given_up"), given_up + 1);
    return player_count(the_player, number, "notices_sent");
}

static void test_a_notice_is_sent_again_fifteen_times_or_ten(void **state)
{
    (void)state;
    assert_int_equal(deliveries_of("SCHEDULE0"), 16);
    set_switch("short_schedule", true);
    assert_int_equal(deliveries_of("SCHEDULE1"), 11);
    set_switch("short_schedule", false);
}

static void test_deductions_come_by_themselves_or_when_told(void **state)
{
    (void)state;
    given_order("SELF0", "oSelf0");
    assert_number(complete("SELF0", 500), 200, "0"); /* Off, as this group has it. */
    set_switch("deducts_by_itself", true);
    given_order("SELF1", "oSelf1");
    assert_number(complete("SELF1", 500), 200, "0");
    player_notice(the_player, "PAYSCORE.USER_PAID", "SELF1");
    set_switch("deducts_by_itself", false);
    assert_string_equal(player_text(query("SELF0")->json, "state"), "DOING");
}

/* Wide slack: a day without time of day is taken; short waits: a schedule runs to its end. */
static int open_group(void **state)
{
    static const char *const options[] = {"--time-slack-ms", "172800000", "--notify-scale",
                                          "0.00001", NULL};
    (void)state;
    the_player = player_open_with(options);
    set_switch("deducts_by_itself", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_zero_is_done_at_once_or_later),
        cmocka_unit_test(test_a_zero_needs_no_collection_or_says_nothing_of_it),
        cmocka_unit_test(test_a_zero_needs_no_collection_or_always),
        cmocka_unit_test(test_a_wrong_state_is_of_one_code_or_the_other),
        cmocka_unit_test(test_a_deduction_has_one_paid_type_or_the_other),
        cmocka_unit_test(test_a_coupon_stands_in_one_of_three_places),
        cmocka_unit_test(test_a_paid_day_is_its_begin_or_its_end),
        cmocka_unit_test(test_a_repeated_create_has_a_fresh_package_or_none),
        cmocka_unit_test(test_a_create_without_confirmation_has_no_package_or_one),
        cmocka_unit_test(test_a_create_tells_the_moment_or_what_was_sent),
        cmocka_unit_test(test_a_create_without_confirmation_is_told_or_not),
        cmocka_unit_test(test_a_sync_is_told_or_not),
        cmocka_unit_test(test_a_termination_is_told_or_not),
        cmocka_unit_test(test_amounts_of_a_notice_are_numbers_or_strings),
        cmocka_unit_test(test_a_notice_has_a_long_id_or_a_short_one),
        cmocka_unit_test(test_a_notice_is_sent_again_fifteen_times_or_ten),
        cmocka_unit_test(test_deductions_come_by_themselves_or_when_told),
    };
    return cmocka_run_group_tests(tests, open_group, player_group_close);
}
