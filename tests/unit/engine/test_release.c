/*
 * Held records: what waits for a person, and what goes on once the person has looked. With them the
 * late effects of attempts that were given up, which end so.
 */
#include <cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/trial.h"
#include "support/walk.h"

#define ORDER     TRIAL_ORDER
#define DAY_MS    INT64_C(86400000)
#define MINUTE_MS INT64_C(60000)

static struct payscore_result release(struct trial *t)
{
    return trial_submit(t, "release", NULL, body_release("out_order_no", ORDER));
}

static void released(struct trial *t)
{
    struct payscore_result r = release(t);
    if (r.verdict != PAYSCORE_TAKEN) fail_msg("release: %s", r.error.text);
    assert_string_equal(order_member(t, "held"), "");
}

struct sent {
    char body[2048];
    size_t size;
};

static struct sent sent_by(struct trial *t, const char *call)
{
    struct payscore_text body = trial_call(t, call)->body;
    struct sent sent = {.size = body.size};
    assert_in_range(body.size, 1, sizeof sent.body);
    memcpy(sent.body, body.data, body.size);
    return sent;
}

/* The complete waits out a deduction, and a hold strikes meanwhile. */
static struct sent completing_while_held(struct trial *t, const char *path)
{
    trial_open(t, path);
    walk_to_completing(t, ORDER, 800);
    struct sent sent = sent_by(t, "complete_order");
    trial_answer(t, "complete_order", 400, error_body("INVALID_REQUEST", "单据正在扣款中"));
    assert_string_equal(order_state(t), "COMPLETE_SENDING");
    order_hold(t);
    assert_string_equal(order_state(t), "COMPLETE_UNKNOWN");
    return sent;
}

/* Not before a fresh look has shown that it did not take effect; and the same bytes. */
static void the_complete_leaves_once(struct trial *t, const struct sent *sent)
{
    released(t);
    assert_string_equal(order_state(t), "COMPLETE_UNKNOWN");
    while (strcmp(order_state(t), "COMPLETE_UNKNOWN") == 0) {
        assert_int_equal(trial_calls(t, "complete_order"), 0);
        order_look(t, order_in_service());
    }
    trial_await(t, "complete_order");
    struct sent again = sent_by(t, "complete_order");
    assert_int_equal(again.size, sent->size);
    assert_memory_equal(again.body, sent->body, sent->size);
    trial_advance(t, MINUTE_MS);
    assert_int_equal(trial_calls(t, "complete_order"), 1);
    trial_answer(t, "complete_order", 200, seen_order(ORDER, "DOING", "MCH_COMPLETE", "", 800));
    assert_string_equal(order_state(t), "COLLECTING");
    trial_advance(t, MINUTE_MS);
    assert_int_equal(trial_calls(t, "complete_order"), 0);
    trial_verify(t);
    trial_close(t);
}

static void an_effect_that_waited_leaves_once(void **state)
{
    (void)state;
    struct trial t;
    struct sent sent = completing_while_held(&t, NULL);
    int64_t until_ms = t.now_ms + 3 * 3600000;
    while (t.now_ms < until_ms) { /* It goes on asking, whatever becomes of the hold. */
        order_look(&t, order_in_service());
        assert_int_equal(trial_calls(&t, NULL), 0);
        assert_string_equal(order_state(&t), "COMPLETE_UNKNOWN");
        assert_string_equal(order_member(&t, "held"), "strange");
    }
    the_complete_leaves_once(&t, &sent);
}

static void an_effect_leaves_though_no_time_has_passed(void **state)
{
    (void)state;
    struct trial t;
    struct sent sent = completing_while_held(&t, NULL);
    the_complete_leaves_once(&t, &sent);
}

static void an_effect_that_waited_across_a_restart_leaves_once(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE];
    directory_make(directory);
    struct sent sent = completing_while_held(&t, directory);
    t.now_ms += 1000;
    trial_reopen(&t);
    trial_turn(&t);
    assert_string_equal(order_state(&t), "COMPLETE_UNKNOWN");
    assert_string_equal(order_member(&t, "held"), "strange");
    the_complete_leaves_once(&t, &sent);
    directory_remove(directory);
}

static void who_released_it_and_why_is_told(void **state)
{
    (void)state;
    struct trial t;
    struct payscore_name wanted = {0, PAYSCORE_TEXT("service_order"), PAYSCORE_TEXT(ORDER)};
    char *json = NULL;
    trial_open(&t, NULL);
    walk_to_serving(&t, ORDER);
    order_hold(&t);
    struct payscore_result first = release(&t);
    assert_int_equal(first.verdict, PAYSCORE_TAKEN);
    struct payscore_result again = release(&t);
    assert_int_equal(again.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(again.entry, first.entry);
    assert_int_equal(payscore_history(t.engine, &wanted, false, &json), PAYSCORE_OK);
    cJSON *moves = cJSON_Parse(json);
    payscore_free(json);
    const cJSON *last = cJSON_GetArrayItem(moves, cJSON_GetArraySize(moves) - 1);
    const cJSON *told = cJSON_GetObjectItem(last, "release");
    assert_string_equal(cJSON_GetObjectItem(last, "event")->valuestring, "cmd_release");
    assert_string_equal(cJSON_GetObjectItem(told, "person")->valuestring, "王芳");
    assert_string_equal(cJSON_GetObjectItem(told, "reason")->valuestring, "已在商户平台核对");
    assert_null(cJSON_GetObjectItem(last, "evidence"));
    const cJSON *before = cJSON_GetArrayItem(moves, cJSON_GetArraySize(moves) - 2);
    assert_null(cJSON_GetObjectItem(before, "release"));
    cJSON_Delete(moves);
    order_end(&t);
}

static void what_is_not_held_is_not_released(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_serving(&t, ORDER);
    struct payscore_result r = release(&t);
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "not held"));
    r = trial_submit(&t, "release", NULL, "{\"out_order_no\":\"" ORDER "\",\"person\":\"王芳\"}");
    assert_int_equal(r.status, PAYSCORE_E_INPUT); /* Nobody releases without a reason. */
    assert_non_null(strstr(r.error.text, "reason"));
    order_end(&t);
}

static void the_mark_of_an_ended_order_is_cleared(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_paid(&t, ORDER, 800);
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order(ORDER, "REVOKED", "", "", -1));
    assert_string_equal(order_member(&t, "held"), "contradiction");
    released(&t);
    assert_string_equal(order_state(&t), "DONE");
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);
    order_end(&t);
}

static void it_can_be_held_and_released_again(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_serving(&t, ORDER);
    for (int i = 0; i < 3; i++) {
        order_hold(&t);
        released(&t);
    }
    order_end(&t);
}

/* Nobody answers whether the user authorizes the service. */
static void an_unanswered_question_is_asked_anew(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    trial_submit(&t, "create", NULL, body_create(ORDER, TRIAL_OPENID));
    for (int i = 0; i < 11; i++)
        trial_advance(&t, MINUTE_MS);
    assert_string_equal(order_state(&t), "AUTHORIZING");
    assert_string_equal(order_member(&t, "held"), "unanswered");
    trial_answer(&t, "query_authorization_by_openid", 500, error_body("SYSTEM_ERROR", ""));
    released(&t);
    for (int i = 0; i < 9; i++) {
        trial_advance(&t, MINUTE_MS);
        assert_string_equal(order_member(&t, "held"), "");
    }
    for (int i = 0; i < 6; i++) /* A wake comes at most half the state's age late. */
        trial_advance(&t, MINUTE_MS);
    assert_string_equal(order_member(&t, "held"), "unanswered");
    released(&t);
    trial_answer(
        &t, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    trial_await(&t, "create_order");
    trial_answer(&t, "create_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

/* An order that nobody wants, and whose cancel is refused again and again. */
static void a_recall_that_was_given_up_is_tried_from_the_beginning(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    trial_answer(&t, "create_order", 200, seen_created(ORDER, ""));
    while (strcmp(order_member(&t, "held"), "") == 0) {
        trial_await(&t, "cancel_order");
        trial_answer(&t, "cancel_order", 400,
                     error_body("INVALID_REQUEST", "当前订单状态不满足撤销条件"));
        order_look(&t, seen_created(ORDER, ""));
    }
    assert_string_equal(order_member(&t, "held"), "recall_refused");
    order_look(&t, seen_created(ORDER, ""));
    assert_int_equal(trial_calls(&t, "cancel_order"), 0);
    released(&t);
    order_look(&t, seen_created(ORDER, ""));
    trial_await(&t, "cancel_order");
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "held"), "");
    order_end(&t);
}

/* The other charts. */

static void an_authorization_is_released_by_its_user(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    const char *body = body_release("openid", TRIAL_OPENID);
    struct payscore_result r = trial_submit(&t, "release_authorization", NULL, body);
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_string_equal(trial_state(&t, "authorization", TRIAL_OPENID), "");
    trial_submit(&t, "check", NULL, body_check(TRIAL_OPENID));
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("FROZEN", "", TRIAL_OPENID, "", ""));
    assert_string_equal(trial_member(&t, "authorization", TRIAL_OPENID, "held"), "strange");
    r = trial_submit(&t, "release_authorization", NULL, body);
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(trial_member(&t, "authorization", TRIAL_OPENID, "held"), "");
    assert_int_equal(trial_calls(&t, "query_authorization_by_openid"), 1); /* At once. */
    order_end(&t);
}

static void a_preauthorization_is_released_by_its_code(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    const char *body = body_release("authorization_code", TRIAL_CODE);
    struct payscore_result r = trial_submit(&t, "release_preauthorization", NULL, body);
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    trial_submit(&t, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
    trial_lose(&t, "preauthorize", PAYSCORE_LOST);
    trial_await(&t, "query_authorization_by_code");
    trial_answer(&t, "query_authorization_by_code", 200,
                 seen_authorization("FROZEN", TRIAL_CODE, "", "", ""));
    assert_string_equal(trial_member(&t, "preauthorization", TRIAL_CODE, "held"), "strange");
    trial_await(&t, "query_authorization_by_code");
    trial_answer(&t, "query_authorization_by_code", 404, BODY_ABSENT);
    assert_int_equal(trial_calls(&t, "preauthorize"), 0); /* Its effects wait. */
    r = trial_submit(&t, "release_preauthorization", NULL, body);
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_await(&t, "query_authorization_by_code");
    trial_answer(&t, "query_authorization_by_code", 404, BODY_ABSENT);
    trial_await(&t, "preauthorize");
    order_end(&t);
}

/* Late effects of attempts that were given up. */

static void a_create_that_was_refused_and_lives_after_all_is_held(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    trial_answer(&t, "create_order", 400, error_body("INVALID_REQUEST", "综合评估不通过"));
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(order_state(&t), "REFUSED");
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "held"), "alive");
    released(&t);
    order_end(&t);
}

/* 900 was given up after a day of doubt, 500 is completed, and the 900 lands. */
static void an_amount_that_lands_late_is_held_and_can_be_lowered(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_completing(&t, ORDER, 900);
    trial_lose(&t, "complete_order", PAYSCORE_LOST);
    order_look(&t, order_in_service());
    trial_await(&t, "complete_order");
    trial_answer(&t, "complete_order", 400, error_body("INVALID_ORDER_STATE", ""));
    order_look(&t, order_in_service());
    assert_string_equal(order_state(&t), "COMPLETE_DOUBTED");
    while (strcmp(order_state(&t), "COMPLETE_DOUBTED") == 0)
        order_look(&t, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");

    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 500));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_await(&t, "complete_order");
    trial_answer(&t, "complete_order", 400, error_body("INVALID_ORDER_STATE", ""));
    order_look(&t, order_paying(900));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_string_equal(order_member(&t, "held"), "unasked_amount");
    assert_string_equal(order_member(&t, "total_fen"), "900");

    r = trial_submit(&t, "modify", NULL, body_modify(ORDER, 500));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "release it first"));
    released(&t);
    assert_string_equal(order_member(&t, "asked_fen"), "900"); /* A person let it stand. */
    r = trial_submit(&t, "modify", NULL, body_modify(ORDER, 500));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_await(&t, "modify_order");
    trial_answer(&t, "modify_order", 200, order_paying(500));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_string_equal(order_member(&t, "asked_fen"), "500");
    assert_string_equal(order_member(&t, "total_fen"), "500");
    assert_string_equal(order_member(&t, "held"), "");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_effect_that_waited_leaves_once),
        cmocka_unit_test(an_effect_leaves_though_no_time_has_passed),
        cmocka_unit_test(an_effect_that_waited_across_a_restart_leaves_once),
        cmocka_unit_test(who_released_it_and_why_is_told),
        cmocka_unit_test(what_is_not_held_is_not_released),
        cmocka_unit_test(the_mark_of_an_ended_order_is_cleared),
        cmocka_unit_test(it_can_be_held_and_released_again),
        cmocka_unit_test(an_unanswered_question_is_asked_anew),
        cmocka_unit_test(a_recall_that_was_given_up_is_tried_from_the_beginning),
        cmocka_unit_test(an_authorization_is_released_by_its_user),
        cmocka_unit_test(a_preauthorization_is_released_by_its_code),
        cmocka_unit_test(a_create_that_was_refused_and_lives_after_all_is_held),
        cmocka_unit_test(an_amount_that_lands_late_is_held_and_can_be_lowered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
