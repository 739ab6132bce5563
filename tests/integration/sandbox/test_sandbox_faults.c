/* Faults on request: of replies, of requests and of notices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "merchant.h"

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
    assert_int_equal(player_count(the_player, "LOST", "created_count"), 1);
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
    assert_int_equal(player_count(the_player, "FAULT", "created_count"), 0);
    add_fault("status_500_after", "{\"out_order_no\":\"FAULT\"}", 1);
    assert_int_equal(create("FAULT", "oFault", 3000)->status, 500);
    assert_int_equal(player_count(the_player, "FAULT", "created_count"), 1);
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
    assert_string_equal(player_text(create("ODD", "oOdd", 3000)->json, "state"), "CREATED");
    assert_number(complete("ODD", 1), 400, "271302262");
    assert_number(cancel("ODD", "one"), 200, "0");
}

static void test_a_query_can_show_a_state_that_nobody_knows(void **state)
{
    (void)state;
    given_order("STRANGE", "oStrange");
    add_fault("strange_state", "{\"out_order_no\":\"STRANGE\"}", 1);
    assert_string_equal(player_text(query("STRANGE")->json, "state"), "WAIT_PAY");
    assert_string_equal(player_text(query("STRANGE")->json, "state"), "DOING");
}

static void test_a_forged_or_stale_notice_is_sent_again_rightly(void **state)
{
    (void)state;
    add_fault("notice_forged", "{\"event_type\":\"PAYSCORE.USER_PAID\",\"out_order_no\":\"AGAIN\"}",
              1);
    add_fault("notice_stale", "{\"event_type\":\"PAYSCORE.USER_PAID\",\"out_order_no\":\"AGAIN\"}",
              1);
    add_fault("notice_probe", "{\"event_type\":\"PAYSCORE.USER_PAID\",\"out_order_no\":\"AGAIN\"}",
              1);
    given_order("AGAIN", "oAgain");
    assert_number(complete("AGAIN", 1), 200, "0");
    for (int i = 0; i < 3; i++)
        player_notice(the_player, NULL, NULL);
    player_notice(the_player, "PAYSCORE.USER_PAID", "AGAIN");
    assert_int_equal(player_count(the_player, "AGAIN", "notices_sent"), 4);
    assert_int_equal(player_count(the_player, "AGAIN", "notices_made"), 1);
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
        player_notice(the_player, "PAYSCORE.USER_PAID", "OFTEN");
    assert_int_equal(player_notices(the_player, "PAYSCORE.USER_PAID", "NEVER"), 0);
    assert_int_equal(player_count(the_player, "NEVER", "charged_count"), 1);
    assert_int_equal(player_count(the_player, "NEVER", "notices_lost"), 1);
}

static void test_a_late_notice_is_overtaken(void **state)
{
    (void)state;
    add_fault("notice_late_ms", "{\"out_order_no\":\"LATE\"}", 1500);
    given_order("LATE", "oLate");
    given_order("SOON", "oSoon");
    assert_number(complete("LATE", 1), 200, "0");
    assert_number(complete("SOON", 1), 200, "0");
    player_notice(the_player, "PAYSCORE.USER_PAID", "SOON");
    assert_int_equal(player_notices(the_player, "PAYSCORE.USER_PAID", "LATE"), 0);
    player_notice(the_player, "PAYSCORE.USER_PAID", "LATE");
}

static void test_notices_can_be_signed_with_the_certificate(void **state)
{
    const struct player_notice *notice;
    (void)state;
    given_order("CERT", "oCert");
    player_control(the_player, "/sandbox/switches", "{\"notices_by_certificate\":true}", 200);
    assert_number(complete("CERT", 1), 200, "0");
    notice = player_notice(the_player, "PAYSCORE.USER_PAID", "CERT");
    player_control(the_player, "/sandbox/switches", "{\"notices_by_certificate\":false}", 200);
    assert_int_equal(strlen(notice->serial), 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_lost_reply_took_effect_and_a_lost_request_did_not),
        cmocka_unit_test(test_faults_of_a_reply_leave_the_effect),
        cmocka_unit_test(test_a_create_can_end_in_created),
        cmocka_unit_test(test_a_query_can_show_a_state_that_nobody_knows),
        cmocka_unit_test(test_a_forged_or_stale_notice_is_sent_again_rightly),
        cmocka_unit_test(test_a_notice_can_come_several_times_or_never),
        cmocka_unit_test(test_a_late_notice_is_overtaken),
        cmocka_unit_test(test_notices_can_be_signed_with_the_certificate),
    };
    return cmocka_run_group_tests(tests, player_group_open, player_group_close);
}
