/*
 * Questions that the platform does not answer: they are asked less and less, and after a day a
 * person must look. A held record goes on asking all the same, and takes no command.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER   TRIAL_ORDER
#define HOUR_MS INT64_C(3600000)
#define DAY_MS  INT64_C(86400000)

/* In the first hour once a minute at most, but for the beginning; then once in five minutes. */
enum { ASKED_IN_AN_HOUR_MAX = 80, ASKED_IN_A_DAY_MAX = ASKED_IN_AN_HOUR_MAX + 23 * 12 };

#define RELEASE_FIRST "release it first"

struct answer {
    int status;
    const char *body;
};

/* Answer every query so until then. Returns how many there were. */
static int ask_until(struct trial *t, int64_t until_ms, struct answer answer)
{
    int asked = 0;
    while (t->now_ms < until_ms) {
        trial_await(t, "query_order");
        assert_int_equal(trial_calls(t, NULL), 1);
        trial_answer(t, "query_order", answer.status, answer.body);
        asked++;
    }
    return asked;
}

static void hold_after_a_day(struct trial *t, const char *state, struct answer answer)
{
    int64_t begun_ms = t->now_ms;
    int asked = ask_until(t, begun_ms + HOUR_MS, answer);
    assert_in_range(asked, 60, ASKED_IN_AN_HOUR_MAX);
    asked += ask_until(t, begun_ms + DAY_MS - 6 * 60000, answer);
    assert_in_range(asked, 200, ASKED_IN_A_DAY_MAX);
    order_expect(t, state, "");
    ask_until(t, begun_ms + DAY_MS + 6 * 60000, answer);
    order_expect(t, state, "unanswered");
    asked = ask_until(t, t->now_ms + 3 * HOUR_MS, answer); /* Held, and asked all the same. */
    assert_in_range(asked, 30, 3 * 12 + 1);
}

static void an_adoption_that_is_not_answered_is_held(void **state)
{
    (void)state;
    struct answer answers[] = {
        {403, strdup(error_body("NO_AUTH", "商户暂无权限使用此服务"))},
        {500, strdup(error_body("SYSTEM_ERROR", "系统错误"))},
        {200, strdup(seen_order(ORDER, "DOING", "", "", -1))},
        {200, strdup(seen_order(ORDER, "DOING", "MCH_COMPLETE", "", -1))},
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct trial t;
        trial_open(&t, NULL);
        order_command(&t, "adopt", body_number(ORDER));
        hold_after_a_day(&t, "ADOPTING", answers[i]);
        free((void *)(uintptr_t)answers[i].body);
        order_release(&t);
        assert_int_equal(trial_calls(&t, "query_order"), 1); /* At once. */
        order_look(&t, order_in_service());
        order_expect(&t, "SERVING", "");
        order_end(&t);
    }
}

static void a_complete_whose_outcome_is_left_open_is_held(void **state)
{
    (void)state;
    struct answer answers[] = {
        {200, strdup(seen_order(ORDER, "DOING", "", "", -1))},
        {200, strdup(seen_order(ORDER, "DOING", "MCH_COMPLETE", "", -1))},
        {500, strdup(error_body("SYSTEM_ERROR", "系统错误"))},
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct trial t;
        trial_open(&t, NULL);
        walk_to_completing(&t, ORDER, 900);
        trial_lose(&t, "complete_order", PAYSCORE_LOST);
        hold_after_a_day(&t, "COMPLETE_UNKNOWN", answers[i]);
        free((void *)(uintptr_t)answers[i].body);
        order_look(&t, order_in_service()); /* Held: nothing leaves. */
        order_expect(&t, "COMPLETE_UNKNOWN", "unanswered");
        order_release(&t);
        assert_int_equal(trial_calls(&t, NULL), 1);
        order_look(&t, order_in_service());
        trial_await(&t, "complete_order");
        trial_answer(&t, "complete_order", 200, order_paying(900));
        order_expect(&t, "COLLECTING", "");
        order_end(&t);
    }
}

/* After a release the day begins anew. */
static void a_released_question_is_asked_for_another_day(void **state)
{
    (void)state;
    struct trial t;
    char *open = strdup(seen_order(ORDER, "DOING", "", "", -1));
    trial_open(&t, NULL);
    order_command(&t, "adopt", body_number(ORDER));
    for (int i = 0; i < 2; i++) {
        hold_after_a_day(&t, "ADOPTING", (struct answer){200, open});
        order_release(&t);
    }
    free(open);
    order_end(&t);
}

/* A hold strikes while a call waits out a deduction. */

struct waiting {
    const char *from; /* A walk. */
    const char *command, *call;
    const char *asks; /* The state in which it goes on. */
};

static const char *body_of(const char *command)
{
    if (strcmp(command, "complete") == 0) return body_complete(ORDER, 900);
    if (strcmp(command, "cancel") == 0) return body_cancel(ORDER);
    if (strcmp(command, "modify") == 0) return body_modify(ORDER, 300);
    if (strcmp(command, "sync") == 0) return body_sync(ORDER, "20260301100000");
    return body_number(ORDER);
}

static void walk(struct trial *t, const char *state)
{
    trial_open(t, NULL);
    if (strcmp(state, "SERVING") == 0) walk_to_serving(t, ORDER);
    if (strcmp(state, "CONFIRMING") == 0) walk_to_confirming(t, ORDER);
    if (strcmp(state, "COLLECTING") == 0) walk_to_collecting(t, ORDER, 900);
    order_expect(t, state, "");
}

/* What an order in this state looks like to a query. */
static const char *seen_in(const char *state)
{
    if (strcmp(state, "SERVING") == 0) return order_in_service();
    return strcmp(state, "CONFIRMING") == 0 ? seen_created(ORDER, "") : order_paying(900);
}

static const struct waiting waiting[] = {
    {"SERVING", "complete", "complete_order", "COMPLETE_UNKNOWN"},
    {"SERVING", "cancel", "cancel_order", "CANCEL_UNKNOWN"},
    {"CONFIRMING", "cancel", "cancel_order", "CREATED_CANCEL_UNKNOWN"},
    {"COLLECTING", "modify", "modify_order", "MODIFY_UNKNOWN"},
    {"COLLECTING", "cancel", "cancel_order", "PAYING_CANCEL_UNKNOWN"},
    {"COLLECTING", "sync", "sync_order", "SYNC_UNKNOWN"},
};

static void hold_while_it_waits(struct trial *t, const struct waiting *one)
{
    walk(t, one->from);
    order_command(t, one->command, body_of(one->command));
    trial_answer(t, one->call, 429, error_body("FREQUENCY_LIMITED", "频率限制"));
    order_hold(t);
    order_expect(t, one->asks, "strange");
    int64_t until_ms = t->now_ms + 3 * HOUR_MS;
    while (t->now_ms < until_ms) {
        order_look(t, seen_in(one->from));
        assert_int_equal(trial_calls(t, NULL), 0);
        order_expect(t, one->asks, "strange");
    }
}

static void a_call_that_a_hold_overtakes_leaves_after_the_release_and_a_look(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        struct trial t;
        hold_while_it_waits(&t, &waiting[i]);
        order_release(&t);
        assert_int_equal(trial_calls(&t, waiting[i].call), 0);
        order_look(&t, seen_in(waiting[i].from));
        trial_await(&t, waiting[i].call);
        assert_int_equal(trial_calls(&t, NULL), 1);
        order_end(&t);
    }
}

/* The end is seen by a query, though no notification ever comes. */
static void a_held_order_is_seen_to_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        struct trial t;
        hold_while_it_waits(&t, &waiting[i]);
        order_look(&t, seen_order(ORDER, "REVOKED", "", "", -1));
        order_expect(&t, "REVOKED", "strange");
        order_end(&t);
    }
}

/* Held while it rests: commands. */

static void a_held_order_takes_no_command_until_it_is_released(void **state)
{
    (void)state;
    static const struct {
        const char *from, *command, *call;
    } cases[] = {
        {"SERVING", "complete", "complete_order"}, {"SERVING", "cancel", "cancel_order"},
        {"CONFIRMING", "cancel", "cancel_order"},  {"COLLECTING", "modify", "modify_order"},
        {"COLLECTING", "cancel", "cancel_order"},  {"COLLECTING", "sync", "sync_order"},
        {"COLLECTING", "pay", "pay_order"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trial t;
        walk(&t, cases[i].from);
        order_hold(&t);
        order_refuses(&t, cases[i].command, body_of(cases[i].command), RELEASE_FIRST);
        trial_await(&t, "query_order"); /* Polled as ever. */
        order_look(&t, seen_in(cases[i].from));
        order_expect(&t, cases[i].from, "strange");
        order_release(&t);
        order_command(&t, cases[i].command, body_of(cases[i].command));
        trial_await(&t, cases[i].call);
        order_end(&t);
    }
}

/* Lost, sent again, refused: in doubt, and held; a cancel is what may leave, once released. */
static void a_held_order_in_doubt_takes_no_cancel(void **state)
{
    (void)state;
    static const char *const doubted[] = {"COMPLETE_DOUBTED",       "CANCEL_DOUBTED",
                                          "CREATED_CANCEL_DOUBTED", "MODIFY_DOUBTED",
                                          "PAYING_CANCEL_DOUBTED",  "SYNC_DOUBTED"};
    for (size_t i = 0; i < sizeof waiting / sizeof waiting[0]; i++) {
        const struct waiting *one = &waiting[i];
        struct trial t;
        walk(&t, one->from);
        order_command(&t, one->command, body_of(one->command));
        trial_lose(&t, one->call, PAYSCORE_LOST);
        order_look(&t, seen_in(one->from));
        trial_await(&t, one->call);
        trial_answer(&t, one->call, 400, error_body("INVALID_ORDER_STATE", ""));
        order_look(&t, seen_in(one->from));
        order_expect(&t, doubted[i], "");
        order_hold(&t);
        trial_submit(&t, "cancel", "anew", body_cancel(ORDER));
        order_expect(&t, doubted[i], "strange");
        assert_int_equal(trial_calls(&t, "cancel_order"), 0);
        if (strcmp(one->command, "cancel") != 0) /* Else it is known, and its receipt is shown. */
            order_refuses(&t, "cancel", body_cancel(ORDER), RELEASE_FIRST);
        order_release(&t);
        assert_int_equal(trial_submit(&t, "cancel", "now", body_cancel(ORDER)).verdict,
                         PAYSCORE_TAKEN);
        trial_await(&t, "cancel_order");
        order_end(&t);
    }
}

/* Nothing was sent for it yet, so there is nothing that a person must look at first. */
static void what_nobody_answers_can_be_withdrawn_though_it_is_held(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    order_command(&t, "create", body_create(ORDER, TRIAL_OPENID));
    while (strcmp(order_member(&t, "held"), "") == 0)
        trial_advance(&t, 60000);
    order_expect(&t, "AUTHORIZING", "unanswered");
    order_command(&t, "cancel", body_cancel(ORDER));
    assert_string_equal(order_state(&t), "WITHDRAWN");
    assert_int_equal(trial_calls(&t, "create_order"), 0);
    order_end(&t);
}

static void a_held_authorization_is_not_terminated(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    order_command(&t, "preauthorize", body_preauthorize(TRIAL_CODE));
    trial_answer(&t, "preauthorize", 200, "{\"apply_permissions_token\":\"token\"}");
    trial_notice(&t, "PAYSCORE.USER_OPEN_SERVICE",
                 service_notice("USER_OPEN_SERVICE", TRIAL_OPENID, TRIAL_CODE, "20260301095000"));
    trial_submit(&t, "check", NULL, body_check(TRIAL_OPENID));
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("FROZEN", "", TRIAL_OPENID, "", ""));
    trial_await(&t, "query_authorization_by_openid");
    trial_answer(
        &t, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", TRIAL_CODE, TRIAL_OPENID, "2026-03-01T09:50:00+08:00", ""));
    assert_string_equal(trial_state(&t, "authorization", TRIAL_OPENID), "OPEN");
    assert_string_equal(trial_member(&t, "authorization", TRIAL_OPENID, "held"), "strange");
    order_refuses(&t, "terminate", body_terminate(TRIAL_OPENID), RELEASE_FIRST);
    order_refuses(&t, "terminate_by_code", body_terminate_by_code(TRIAL_CODE), RELEASE_FIRST);
    order_command(&t, "release_authorization", body_release("openid", TRIAL_OPENID));
    order_command(&t, "terminate", body_terminate(TRIAL_OPENID));
    trial_await(&t, "terminate_authorization");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_adoption_that_is_not_answered_is_held),
        cmocka_unit_test(a_complete_whose_outcome_is_left_open_is_held),
        cmocka_unit_test(a_released_question_is_asked_for_another_day),
        cmocka_unit_test(a_call_that_a_hold_overtakes_leaves_after_the_release_and_a_look),
        cmocka_unit_test(a_held_order_is_seen_to_end),
        cmocka_unit_test(a_held_order_takes_no_command_until_it_is_released),
        cmocka_unit_test(a_held_order_in_doubt_takes_no_cancel),
        cmocka_unit_test(what_nobody_answers_can_be_withdrawn_though_it_is_held),
        cmocka_unit_test(a_held_authorization_is_not_terminated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
