/* Where the sources disagree on what is refused: each switch, off and on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "merchant.h"

static const char service[] = PLAYER_SERVICE;

/* Each function plays an order or a code of its name up to the call that is disputed. */

static void given_paying(const char *name)
{
    given_order(name, name);
    assert_number(complete(name, 500), 200, "0");
}

static const struct player_reply *cancel_while_paying(const char *name)
{
    given_paying(name);
    return cancel(name, "one");
}

static const struct player_reply *modify_twice(const char *name)
{
    given_paying(name);
    assert_number(modify(service, name, 300), 200, "0");
    return modify(service, name, 200);
}

static const struct player_reply *modify_again(const char *name)
{
    given_paying(name);
    assert_number(modify(service, name, 300), 200, "0");
    return modify(service, name, 300);
}

static const struct player_reply *modify_to_zero(const char *name)
{
    given_paying(name);
    return modify(service, name, 0);
}

static const struct player_reply *create_for_estimate(const char *name)
{
    return create_to_confirm(PLAYER_CONFIRM_SERVICE, name, 3000);
}

/* `paid`: the order is DONE in between. */
static const struct player_reply *complete_twice(const char *name, bool paid)
{
    char body[1024];
    given_order(name, name);
    write_completion(body, sizeof body, 500);
    assert_number(player_call(the_player, PS_CALL_complete_order, name, "", body), 200, "0");
    if (paid) tell_order(name, "deduct", "{\"outcome\":\"paid\"}", 200);
    return player_call(the_player, PS_CALL_complete_order, name, "", body);
}

static const struct player_reply *complete_while_paying(const char *name)
{
    return complete_twice(name, false);
}

static const struct player_reply *complete_when_done(const char *name)
{
    return complete_twice(name, true);
}

static const struct player_reply *sync_when_done(const char *name)
{
    char now[15];
    given_paying(name);
    write_now(now);
    assert_number(sync_paid(service, name, now), 200, "0");
    return sync_paid(service, name, now);
}

static const struct player_reply *preauthorize_twice(const char *name)
{
    assert_number(preauthorize(name), 200, "0");
    return preauthorize(name);
}

static void close_service(const char *openid)
{
    char path[256];
    snprintf(path, sizeof path, "/sandbox/users/%s/close", openid);
    player_control(the_player, path, "{}", 200);
}

static const struct player_reply *preauthorize_a_used_code(const char *name)
{
    open_service(name, name);
    close_service(name);
    return preauthorize(name);
}

static const struct player_reply *terminate(const char *openid)
{
    static const char body[] =
        "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID "\",\"reason\":\"bye\"}";
    return player_call(the_player, PS_CALL_terminate_authorization, "", openid, body);
}

static const struct player_reply *terminate_twice(const char *name)
{
    open_service(name, name);
    assert_number(terminate(name), 204, "0");
    return terminate(name);
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

static const struct player_reply *create_with_21_characters(const char *name)
{
    return create_at(name, "二十一个字的地点二十一个字的地点二十一个字");
}

static const struct player_reply *create_with_a_star(const char *name)
{
    char number[33];
    snprintf(number, sizeof number, "%.31s*", name);
    return create_at(number, "A");
}

static const struct player_reply *cancel_with_31_characters(const char *name)
{
    given_order(name, name);
    return cancel(name, "0123456789012345678901234567890");
}

static const struct player_reply *cancel_without_service(const char *name)
{
    given_order(name, name);
    return player_call(the_player, PS_CALL_cancel_order, name, "",
                       "{\"appid\":\"" PLAYER_APPID "\",\"reason\":\"one\"}");
}

static const struct player_reply *complete_with_six_discounts(const char *name)
{
    char body[2048], now[15];
    size_t used;

    given_order(name, name);
    write_now(now);
    used =
        (size_t)snprintf(body, sizeof body,
                         "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"" PLAYER_SERVICE
                         "\",\"post_payments\":[{\"name\":\"a\",\"amount\":7}],\"total_amount\":1,"
                         "\"time_range\":{\"end_time\":\"%s\"},\"post_discounts\":[",
                         now);
    for (int i = 0; i < 6; i++) {
        used += (size_t)snprintf(body + used, sizeof body - used,
                                 "%s{\"name\":\"d%d\",\"description\":\"d\",\"amount\":1}",
                                 i == 0 ? "" : ",", i);
    }
    snprintf(body + used, sizeof body - used, "]}");
    return player_call(the_player, PS_CALL_complete_order, name, "", body);
}

static const struct player_reply *create_a_second_order(const char *name)
{
    char second[33];
    given_order(name, name);
    snprintf(second, sizeof second, "%.31s2", name);
    return create(second, name, 3000);
}

static const struct {
    const char *name;
    const struct player_reply *(*play)(const char *name);
    int status_off;
    const char *number_off;
    int status_on;
    const char *number_on;
} rows[] = {
    {"refuse_cancel_while_paying", cancel_while_paying, 200, "0", 400, "271316592"},
    {"modify_once", modify_twice, 200, "0", 400, UNLISTED},
    {"refuse_modify_again", modify_again, 200, "0", 400, UNLISTED},
    {"modify_to_zero", modify_to_zero, 400, "268435464", 200, "0"},
    {"confirm_is_exempt_only", create_for_estimate, 200, "0", 403, "268503786"},
    {"refuse_second_complete", complete_while_paying, 200, "0", 400, UNLISTED},
    {"reentry_when_done", complete_when_done, 400, UNLISTED, 200, "0"},
    {"reentry_when_done", sync_when_done, 400, UNLISTED, 200, "0"},
    {"refuse_code_again", preauthorize_twice, 200, "0", 400, "268498688"},
    {"refuse_code_reuse", preauthorize_a_used_code, 200, "0", 400, "268498688"},
    {"terminate_again", terminate_twice, 400, UNLISTED, 204, "0"},
    {"short_location", create_with_21_characters, 200, "0", 400, "268435464"},
    {"short_reason", cancel_with_31_characters, 200, "0", 400, "268435464"},
    {"no_star", create_with_a_star, 200, "0", 400, "268435464"},
    {"few_discounts", complete_with_six_discounts, 200, "0", 400, "268435464"},
    {"cancel_with_service", cancel_without_service, 200, "0", 400, "268435464"},
    {"one_unfinished_order", create_a_second_order, 200, "0", 400, UNLISTED},
};

static void assert_answer(size_t row, bool on)
{
    int status = on ? rows[row].status_on : rows[row].status_off;
    const char *number = on ? rows[row].number_on : rows[row].number_off;
    const struct player_reply *reply;
    char name[25];

    snprintf(name, sizeof name, "D%zu-%d", row, on);
    reply = rows[row].play(name);
    if (reply->status != status || strcmp(number_of(reply), number) != 0) {
        fail_msg("%s %s: %d %s %s; must be %d %s", rows[row].name, on ? "on" : "off", reply->status,
                 reply->request_id, reply->text, status, number);
    }
}

static void test_each_switch_of_a_guard_or_a_limit_is_played_on_both_sides(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_answer(i, false);
        set_switch(rows[i].name, true);
        assert_answer(i, true);
        set_switch(rows[i].name, false);
    }
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
        cmocka_unit_test(test_each_switch_of_a_guard_or_a_limit_is_played_on_both_sides),
    };
    return cmocka_run_group_tests(tests, open_group, player_group_close);
}
