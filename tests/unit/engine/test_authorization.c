/*
 * A user's authorization of a service through the whole library: checked, opened, closed,
 * terminated, and asked for by orders.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/trial.h"

#define USER  TRIAL_OPENID
#define QUERY "query_authorization_by_openid"
#define END   "terminate_authorization"
#define EARLY "2026-03-01T08:00:00+08:00"
#define LATER "2026-03-01T09:00:00+08:00"

static const char *user_state(struct trial *t)
{
    return trial_state(t, "authorization", USER);
}

static const char *user_member(struct trial *t, const char *member)
{
    return trial_member(t, "authorization", USER, member);
}

static const char *available(const char *at)
{
    return seen_authorization("AVAILABLE", "", USER, at, "");
}

static const char *unavailable(const char *at)
{
    return seen_authorization("UNAVAILABLE", "", USER, EARLY, at);
}

static void checking(struct trial *t)
{
    trial_open(t, NULL);
    struct payscore_result r = trial_submit(t, "check", NULL, body_check(USER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.chart, "authorization");
    assert_string_equal(r.state, "ASKING");
    assert_int_equal(trial_calls(t, QUERY), 1);
}

static void open_since(struct trial *t, const char *at)
{
    checking(t);
    trial_answer(t, QUERY, 200, available(at));
    assert_string_equal(user_state(t), "OPEN");
    assert_int_equal(trial_calls(t, NULL), 0);
}

static void terminating(struct trial *t)
{
    open_since(t, EARLY);
    struct payscore_result r = trial_submit(t, "terminate", "k-end", body_terminate(USER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.state, "TERMINATE_SENDING");
    assert_int_equal(trial_calls(t, END), 1);
}

static void end(struct trial *t)
{
    trial_verify(t);
    trial_close(t);
}

/* Checking. */

static void a_check_asks_the_platform_and_rests_with_its_answer(void **state)
{
    (void)state;
    struct trial t;
    open_since(&t, EARLY);
    assert_string_equal(user_member(&t, "settled"), "true");
    assert_int_equal(t.turn.next_due_ms, INT64_MAX); /* Nothing is awaited. */
    end(&t);
}

static void every_answer_to_a_check_is_understood(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *of, *rests_in;
    } rows[] =
        {
            {200, "AVAILABLE", "OPEN"},    {200, "UNAVAILABLE", "CLOSED"},
            {200, "UNBINDUSER", "CLOSED"}, {404, NULL, "CLOSED"},
            {200, "SUSPENDED", "ASKING"}, /* No text describes it: held, and asked again. */
        };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial t;
        checking(&t);
        trial_answer(&t, QUERY, rows[i].status,
                     rows[i].of == NULL ? BODY_ABSENT
                                        : seen_authorization(rows[i].of, "", USER, "", ""));
        assert_string_equal(user_state(&t), rows[i].rests_in);
        assert_string_equal(user_member(&t, "held"), i == 4 ? "strange" : "");
        end(&t);
    }
}

static void a_check_whose_answer_is_lost_is_asked_again(void **state)
{
    (void)state;
    struct trial t;
    checking(&t);
    trial_lose(&t, QUERY, PAYSCORE_LOST);
    assert_string_equal(user_state(&t), "ASKING");
    assert_int_equal(trial_calls(&t, NULL), 0); /* Not at once. */
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200, available(EARLY));
    assert_string_equal(user_state(&t), "OPEN");
    end(&t);
}

static void a_check_under_way_is_not_asked_twice(void **state)
{
    (void)state;
    struct trial t;
    checking(&t);
    struct payscore_result r = trial_submit(&t, "check", "k-2", body_check(USER));
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_int_equal(trial_calls(&t, QUERY), 1);
    r = trial_submit(&t, "terminate", NULL, body_terminate(USER));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    end(&t);
}

static void an_answer_about_another_user_is_not_believed(void **state)
{
    (void)state;
    struct trial t;
    checking(&t);
    struct payscore_result r = trial_answer(
        &t, QUERY, 200, seen_authorization("AVAILABLE", "", "oSomebodyElse", EARLY, ""));
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_non_null(strstr(r.error.text, "another"));
    assert_string_equal(user_state(&t), "ASKING");
    end(&t);
}

/* Notices. */

static struct payscore_result notice(struct trial *t, bool opens, const char *code, const char *at)
{
    return opens ? trial_notice(t, "PAYSCORE.USER_OPEN_SERVICE",
                                service_notice("USER_OPEN_SERVICE", USER, code, at))
                 : trial_notice(t, "PAYSCORE.USER_CLOSE_SERVICE",
                                service_notice("USER_CLOSE_SERVICE", USER, code, at));
}

static void a_user_is_known_by_the_first_notice(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result r = notice(&t, true, "", "20260301090000");
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(user_state(&t), "OPEN");
    r = notice(&t, true, "", "20260301090000");
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    end(&t);
    trial_open(&t, NULL);
    notice(&t, false, "", "20260301090000");
    assert_string_equal(user_state(&t), "CLOSED");
    end(&t);
}

static void notices_are_ordered_by_the_platforms_time_and_not_by_arrival(void **state)
{
    (void)state;
    struct trial t;
    open_since(&t, LATER); /* 09:00 */
    struct payscore_result r = notice(&t, false, "", "20260301085959");
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_string_equal(user_state(&t), "OPEN");
    r = notice(&t, false, "", "20260301090001");
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(user_state(&t), "CLOSED");
    r = notice(&t, true, "", "20260301085958");
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    r = notice(&t, true, "", "20260301090002");
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(user_state(&t), "OPEN");
    end(&t);
}

static void a_notice_that_contradicts_itself_makes_us_ask(void **state)
{
    (void)state;
    for (int known = 0; known < 3; known++) {
        struct trial t;
        if (known == 0) trial_open(&t, NULL);
        if (known > 0) open_since(&t, EARLY);
        if (known > 1) notice(&t, false, "", "20260301090001");
        struct payscore_result r =
            trial_notice(&t, "PAYSCORE.USER_OPEN_SERVICE",
                         service_notice("USER_CLOSE_SERVICE", USER, "", "20260301093000"));
        assert_int_equal(r.verdict, PAYSCORE_TAKEN);
        assert_string_equal(user_state(&t), "ASKING");
        trial_answer(&t, QUERY, 200, unavailable(LATER));
        assert_string_equal(user_state(&t), "CLOSED");
        end(&t);
    }
}

static void a_notice_with_an_unknown_status_about_nobody_known_is_a_stray(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result r =
        trial_notice(&t, "PAYSCORE.USER_OPEN_SERVICE",
                     service_notice("USER_SLEEPS", USER, "", "20260301093000"));
    assert_int_equal(r.verdict, PAYSCORE_STRAY);
    assert_string_equal(user_state(&t), "");
    end(&t);
}

static void a_notice_of_a_service_that_is_not_ours_opens_nothing(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result r =
        trial_notice(&t, "PAYSCORE.USER_OPEN_SERVICE",
                     "{\"appid\":\"" TRIAL_APPID "\",\"mchid\":\"" TRIAL_MCHID
                     "\",\"service_id\":\"00009999999999999999999999999999\",\"openid\":\"" USER
                     "\",\"user_service_status\":\"USER_OPEN_SERVICE\",\"openorclose_time\":"
                     "\"20260301090000\"}");
    assert_int_equal(r.verdict, PAYSCORE_STRAY);
    assert_string_equal(user_state(&t), "");
    assert_int_equal(trial_verify(&t), 1);
    end(&t);
}

static void an_event_of_another_product_is_left_alone(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result r =
        trial_notice(&t, "TRANSACTION.SUCCESS", "{\"mchid\":\"1900000109\"}");
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_non_null(strstr(r.error.text, "TRANSACTION.SUCCESS"));
    assert_int_equal(trial_verify(&t), 0);
    end(&t);
}

/* Terminating. */

static void a_terminate_is_believed_once_a_query_shows_it(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    trial_answer(&t, END, 204, "");
    assert_string_equal(user_state(&t), "TERMINATE_UNKNOWN");
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200, unavailable(LATER));
    assert_string_equal(user_state(&t), "CLOSED");
    assert_string_equal(user_member(&t, "reason"), "");
    end(&t);
}

static void a_terminate_that_did_not_take_effect_is_repeated_as_it_was(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    char first[512] = "";
    struct payscore_text body = trial_call(&t, END)->body;
    memcpy(first, body.data, body.size);
    trial_lose(&t, END, PAYSCORE_LOST);
    assert_string_equal(user_state(&t), "TERMINATE_UNKNOWN");
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200, available(EARLY));
    assert_string_equal(user_state(&t), "TERMINATE_SENDING");
    assert_int_equal(trial_calls(&t, END), 0);
    trial_advance_to_due(&t);
    assert_string_equal(trial_call(&t, END)->body.data, first);
    trial_answer(&t, END, 204, "");
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 404, BODY_ABSENT);
    assert_string_equal(user_state(&t), "CLOSED");
    end(&t);
}

static void a_refused_terminate_leaves_the_user_to_the_merchant(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    trial_answer(&t, END, 400, error_body("INVALID_REQUEST", "用户有未完成的订单，不允许解除"));
    assert_string_equal(user_state(&t), "TERMINATE_REFUSED");
    assert_int_equal(trial_calls(&t, QUERY), 1); /* Asked at once. */
    trial_answer(&t, QUERY, 200, available(EARLY));
    assert_string_equal(user_state(&t), "OPEN");
    assert_string_equal(user_member(&t, "reason"), "unfinished_service");
    struct payscore_result r = trial_submit(&t, "terminate", NULL, body_terminate(USER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(user_member(&t, "reason"), "");
    end(&t);
}

static void a_terminate_waits_for_the_platform_and_for_us_to_mend(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    struct payscore_result r = trial_answer(&t, END, 429, error_body("FREQUENCY_LIMITED", "频率"));
    assert_string_equal(user_state(&t), "TERMINATE_SENDING");
    assert_false(r.stops_lane);
    trial_advance_to_due(&t);
    r = trial_answer(&t, END, 401, error_body("SIGN_ERROR", "签名错误"));
    assert_true(r.stops_lane);
    assert_string_equal(user_member(&t, "reason"), "signature");
    trial_advance_to_due(&t);
    trial_answer(&t, END, 204, "");
    assert_string_equal(user_state(&t), "TERMINATE_UNKNOWN");
    end(&t);
}

static void while_it_is_ended_nothing_else_can_be_asked_of_it(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    struct payscore_result r = trial_submit(&t, "terminate", "k-end", body_terminate(USER));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    r = trial_submit(&t, "check", NULL, body_check(USER));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    /* The close notice may come before the reply: then the reply is old news. */
    notice(&t, false, "", "20260301093000");
    assert_string_equal(user_state(&t), "CLOSED");
    r = trial_answer(&t, END, 204, "");
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    r = trial_submit(&t, "terminate", "k-3", "{\"openid\":\"" USER "\",\"reason\":\"再次\"}");
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    end(&t);
}

static void an_unknown_user_cannot_be_terminated(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result r = trial_submit(&t, "terminate", NULL, body_terminate(USER));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "check first"));
    assert_int_equal(trial_verify(&t), 0);
    end(&t);
}

/* Orders ask. */

static void create(struct trial *t, const char *order)
{
    struct payscore_result r = trial_submit(t, "create", order, body_create(order, USER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
}

static void an_order_of_a_known_user_is_told_at_once(void **state)
{
    (void)state;
    struct trial t;
    open_since(&t, EARLY);
    create(&t, "PS1");
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "CREATE_SENDING");
    assert_int_equal(trial_calls(&t, QUERY), 0);
    assert_int_equal(trial_calls(&t, "create_order"), 1);
    end(&t);
}

static void two_orders_of_one_user_in_one_turn_are_both_told_at_once(void **state)
{
    (void)state;
    struct trial t;
    open_since(&t, EARLY);
    char *second = strdup(body_create("PS2", USER));
    struct payscore_item items[] = {
        trial_command("create", NULL, body_create("PS1", USER)),
        trial_command("create", NULL, second),
    };
    trial_run(&t, items, 2);
    free(second);
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "CREATE_SENDING");
    assert_string_equal(trial_state(&t, "service_order", "PS2"), "CREATE_SENDING");
    assert_int_equal(trial_calls(&t, "create_order"), 2);
    end(&t);
}

static void two_orders_of_an_unknown_user_ask_once_and_both_go_on(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    create(&t, "PS1");
    create(&t, "PS2");
    assert_int_equal(trial_calls(&t, QUERY), 1);
    trial_answer(&t, QUERY, 200, available(EARLY));
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "CREATE_SENDING");
    assert_string_equal(trial_state(&t, "service_order", "PS2"), "AUTHORIZING");
    trial_advance_to_due(&t); /* It asks again by itself. */
    assert_string_equal(trial_state(&t, "service_order", "PS2"), "CREATE_SENDING");
    assert_int_equal(trial_calls(&t, QUERY), 0);
    end(&t);
}

static void an_order_of_a_user_who_left_makes_us_ask_again(void **state)
{
    (void)state;
    struct trial t;
    open_since(&t, EARLY);
    notice(&t, false, "", "20260301090001");
    create(&t, "PS1");
    assert_string_equal(user_state(&t), "ASKING");
    trial_answer(&t, QUERY, 200, unavailable(LATER));
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "REFUSED");
    assert_string_equal(trial_member(&t, "service_order", "PS1", "reason"), "not_authorized");
    assert_int_equal(trial_calls(&t, "create_order"), 0); /* Nothing was sent. */
    end(&t);
}

static void no_order_leans_on_an_authorization_that_is_being_ended(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    create(&t, "PS1");
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "REFUSED");
    end(&t);
}

static void a_refusal_for_want_of_authorization_makes_us_doubt_it(void **state)
{
    (void)state;
    struct trial t;
    open_since(&t, EARLY);
    create(&t, "PS1");
    trial_answer(&t, "create_order", 403, error_body("NO_AUTH", "用户未授权"));
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "CREATE_REFUSED");
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "REFUSED");
    assert_string_equal(user_state(&t), "ASKING");
    trial_answer(&t, QUERY, 200, unavailable(LATER));
    assert_string_equal(user_state(&t), "CLOSED");
    end(&t);
}

static void an_order_that_hears_nothing_asks_again_ever_more_slowly(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    create(&t, "PS1");
    int64_t began_ms = t.now_ms;
    uint64_t entries = trial_verify(&t);
    for (int i = 0; i < 40; i++) {
        assert_true(t.turn.next_due_ms > t.now_ms);
        t.now_ms = t.turn.next_due_ms;
        trial_turn(&t);
        while (trial_calls(&t, QUERY) > 0)
            trial_lose(&t, QUERY, PAYSCORE_LOST);
    }
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "AUTHORIZING");
    assert_true(t.now_ms - began_ms > 300000);
    assert_true(trial_verify(&t) - entries < 40);
    trial_submit(&t, "cancel", NULL, body_cancel("PS1"));
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "WITHDRAWN");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_asks_the_platform_and_rests_with_its_answer),
        cmocka_unit_test(every_answer_to_a_check_is_understood),
        cmocka_unit_test(a_check_whose_answer_is_lost_is_asked_again),
        cmocka_unit_test(a_check_under_way_is_not_asked_twice),
        cmocka_unit_test(an_answer_about_another_user_is_not_believed),
        cmocka_unit_test(a_user_is_known_by_the_first_notice),
        cmocka_unit_test(notices_are_ordered_by_the_platforms_time_and_not_by_arrival),
        cmocka_unit_test(a_notice_that_contradicts_itself_makes_us_ask),
        cmocka_unit_test(a_notice_with_an_unknown_status_about_nobody_known_is_a_stray),
        cmocka_unit_test(a_notice_of_a_service_that_is_not_ours_opens_nothing),
        cmocka_unit_test(an_event_of_another_product_is_left_alone),
        cmocka_unit_test(a_terminate_is_believed_once_a_query_shows_it),
        cmocka_unit_test(a_terminate_that_did_not_take_effect_is_repeated_as_it_was),
        cmocka_unit_test(a_refused_terminate_leaves_the_user_to_the_merchant),
        cmocka_unit_test(a_terminate_waits_for_the_platform_and_for_us_to_mend),
        cmocka_unit_test(while_it_is_ended_nothing_else_can_be_asked_of_it),
        cmocka_unit_test(an_unknown_user_cannot_be_terminated),
        cmocka_unit_test(an_order_of_a_known_user_is_told_at_once),
        cmocka_unit_test(two_orders_of_one_user_in_one_turn_are_both_told_at_once),
        cmocka_unit_test(two_orders_of_an_unknown_user_ask_once_and_both_go_on),
        cmocka_unit_test(an_order_of_a_user_who_left_makes_us_ask_again),
        cmocka_unit_test(no_order_leans_on_an_authorization_that_is_being_ended),
        cmocka_unit_test(a_refusal_for_want_of_authorization_makes_us_doubt_it),
        cmocka_unit_test(an_order_that_hears_nothing_asks_again_ever_more_slowly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
