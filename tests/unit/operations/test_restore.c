/*
 * A restored store asks before it acts: whatever the lost store did since the backup, nothing is
 * done twice, and nothing is done at all before the platform has said where it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/restored.h"
#include "support/walk.h"

#define ORDER TRIAL_ORDER

static struct restored places;
static struct trial trial;

static int set_up(void **state)
{
    (void)state;
    restored_begin(&places);
    trial_open(&trial, places.lost);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_verify(&trial);
    trial_close(&trial);
    restored_end(&places);
    return 0;
}

static void lose_the_store(void)
{
    restored_open(&places, &trial);
}

static void answer_about_user(void)
{
    trial_await(&trial, "query_authorization_by_openid");
    trial_answer(
        &trial, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
}

/* An order's user is asked about as well, a little later. */
static void lose_the_store_and_order(void)
{
    lose_the_store();
    answer_about_user();
}

static const char *member(const char *name)
{
    return order_member(&trial, name);
}

/* Nothing waits for an answer but this many questions. */
static void assert_only_asks(const char *question, size_t count)
{
    assert_int_equal(trial_calls(&trial, question), count);
    assert_int_equal(trial_calls(&trial, NULL), count);
}

static void assert_refused_for_now(const char *command, const char *body)
{
    uint64_t entry = 0, after = 0;
    assert_int_equal(payscore_newest(trial.engine, &entry), PAYSCORE_OK);
    struct payscore_result r = trial_submit(&trial, command, NULL, body);
    assert_int_equal(r.status, PAYSCORE_E_RESTORED);
    assert_non_null(strstr(r.error.text, "Restored"));
    assert_int_equal(payscore_newest(trial.engine, &after), PAYSCORE_OK);
    assert_int_equal(after, entry);
}

static void answer(const char *body)
{
    trial_answer(&trial, "query_order", 200, body);
}

static void deny(void)
{
    trial_answer(&trial, "query_order", 404, BODY_ABSENT);
}

static void fail_to_ask(const char *question)
{
    trial_answer(&trial, question, 500, error_body("SYSTEM_ERROR", "later"));
}

/* What the lost store did since. */

static void an_order_paid_since_is_found_so_and_never_charged_again(void **state)
{
    (void)state;
    walk_to_serving(&trial, ORDER);
    restored_backup(&places, &trial);
    trial_submit(&trial, "complete", "k", body_complete(ORDER, 800));
    trial_answer(&trial, "complete_order", 200, order_paying(800));
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    lose_the_store();

    assert_string_equal(order_state(&trial), "SERVING");
    assert_string_equal(member("restored"), "true");
    assert_string_equal(member("due.call"), "query_order");
    assert_refused_for_now("complete", body_complete(ORDER, 800));
    assert_only_asks("query_order", 1);
    answer(seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    assert_string_equal(order_state(&trial), "DONE");
    assert_string_equal(member("paid_fen"), "800");
    assert_string_equal(member("restored"), "");
    struct payscore_result r = trial_submit(&trial, "complete", "k", body_complete(ORDER, 800));
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_only_asks("query_order", 0);
}

static void an_order_of_whose_create_the_platform_knows_nothing_is_made_once_more(void **state)
{
    (void)state;
    char first[2048];
    walk_to_creating(&trial, ORDER);
    struct payscore_text body = trial_call(&trial, "create_order")->body;
    size_t size = body.size;
    memcpy(first, body.data, size);
    restored_backup(&places, &trial);
    lose_the_store();

    answer_about_user();
    assert_only_asks("query_order", 1);
    assert_refused_for_now("create", body_create(ORDER, TRIAL_OPENID));
    deny();
    assert_string_equal(order_state(&trial), "CREATE_UNKNOWN"); /* It counts as sent. */
    assert_string_equal(member("restored"), "");
    order_deny(&trial); /* Denied again, by a question that began after that. */
    trial_await(&trial, "create_order");
    assert_int_equal(trial_call(&trial, "create_order")->body.size, size);
    assert_memory_equal(trial_call(&trial, "create_order")->body.data, first, size);
    trial_answer(&trial, "create_order", 200, order_in_service());
    assert_string_equal(order_state(&trial), "SERVING");
}

static void an_order_that_still_waited_for_its_user_asks_before_it_is_made(void **state)
{
    (void)state;
    trial_submit(&trial, "create", NULL, body_create(ORDER, TRIAL_OPENID));
    assert_string_equal(order_state(&trial), "AUTHORIZING");
    restored_backup(&places, &trial);
    lose_the_store();

    answer_about_user();
    assert_string_equal(order_state(&trial), "CREATE_SENDING"); /* And yet nothing leaves. */
    assert_only_asks("query_order", 1);
    answer(order_in_service());
    assert_string_equal(order_state(&trial), "SERVING");
    assert_only_asks("query_order", 0);
}

static void an_order_that_waits_for_its_user_and_is_denied_waits_on(void **state)
{
    (void)state;
    trial_submit(&trial, "create", NULL, body_create(ORDER, TRIAL_OPENID));
    restored_backup(&places, &trial);
    lose_the_store();
    trial_await(&trial, "query_order");
    deny();
    assert_string_equal(order_state(&trial), "AUTHORIZING");
    assert_string_equal(member("due.lane"), "wake");
    answer_about_user();
    trial_await(&trial, "create_order");
}

static void a_complete_that_was_owed_leaves_only_after_the_platform_denied_it(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store_and_order();
    assert_only_asks("query_order", 1);
    answer(order_in_service());
    assert_string_equal(order_state(&trial), "COMPLETE_UNKNOWN");
    assert_int_equal(trial_calls(&trial, "complete_order"), 0);
    order_look(&trial, order_in_service());
    trial_await(&trial, "complete_order");
    trial_answer(&trial, "complete_order", 200, order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
}

static void a_complete_that_the_lost_store_sent_is_not_sent_again(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store();
    answer(order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
    trial_advance(&trial, 1000);
    assert_int_equal(trial_calls(&trial, "complete_order"), 0);
}

static void a_pay_that_was_owed_never_leaves(void **state)
{
    (void)state;
    walk_to_collecting(&trial, ORDER, 800);
    order_command(&trial, "pay", body_number(ORDER));
    assert_string_equal(order_state(&trial), "URGE_SENDING");
    restored_backup(&places, &trial);
    lose_the_store_and_order();
    assert_only_asks("query_order", 1);
    answer(order_paying(800));
    for (int i = 0; i < 20; i++)
        order_look(&trial, order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
    assert_int_equal(trial_calls(&trial, "pay_order"), 0);
}

static void a_doubt_stays_a_doubt(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    trial_lose(&trial, "complete_order", PAYSCORE_LOST);
    assert_string_equal(order_state(&trial), "COMPLETE_UNKNOWN");
    restored_backup(&places, &trial);
    lose_the_store();
    assert_only_asks("query_order", 1);
    answer(order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
    assert_string_equal(member("due.lane"), "poll");
}

static void a_held_record_asks_too_and_can_be_released_after(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    order_hold(&trial);
    order_expect(&trial, "COMPLETE_UNKNOWN", "strange");
    restored_backup(&places, &trial);
    lose_the_store();
    assert_refused_for_now("release", body_release("out_order_no", ORDER));
    assert_only_asks("query_order", 1);
    answer(order_in_service());
    assert_string_equal(member("restored"), "");
    assert_int_equal(trial_calls(&trial, "complete_order"), 0);
    order_release(&trial);
    order_look(&trial, order_in_service());
    trial_await(&trial, "complete_order");
}

/* Users and codes. */

static const char *user_state(void)
{
    return trial_state(&trial, "authorization", TRIAL_OPENID);
}

static void a_user_is_asked_about_and_nothing_is_owed_then(void **state)
{
    (void)state;
    trial_submit(&trial, "check", NULL, body_check(TRIAL_OPENID));
    answer_about_user();
    assert_string_equal(user_state(), "OPEN");
    restored_backup(&places, &trial);
    lose_the_store();
    assert_only_asks("query_authorization_by_openid", 1);
    assert_refused_for_now("terminate", body_terminate(TRIAL_OPENID));
    trial_answer(&trial, "query_authorization_by_openid", 200,
                 seen_authorization("UNAVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00",
                                    "2026-03-01T10:00:00+08:00"));
    assert_string_equal(user_state(), "CLOSED");
    assert_string_equal(trial_member(&trial, "authorization", TRIAL_OPENID, "due.lane"), "");
    assert_string_equal(trial_member(&trial, "authorization", TRIAL_OPENID, "restored"), "");
    assert_int_equal(trial.turn.next_due_ms, INT64_MAX);
}

static void a_user_whose_state_is_known_already_is_free_again(void **state)
{
    (void)state;
    trial_submit(&trial, "check", NULL, body_check(TRIAL_OPENID));
    answer_about_user();
    restored_backup(&places, &trial);
    lose_the_store();
    answer_about_user();
    assert_string_equal(trial_member(&trial, "authorization", TRIAL_OPENID, "restored"), "");
    trial_reopen(&trial);
    trial_turn(&trial);
    assert_only_asks("query_authorization_by_openid", 0);
    struct payscore_result r =
        trial_submit(&trial, "terminate", NULL, body_terminate(TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
}

static void a_terminate_that_was_owed_leaves_only_after_a_look(void **state)
{
    (void)state;
    trial_submit(&trial, "check", NULL, body_check(TRIAL_OPENID));
    answer_about_user();
    trial_submit(&trial, "terminate", NULL, body_terminate(TRIAL_OPENID));
    assert_string_equal(user_state(), "TERMINATE_SENDING");
    restored_backup(&places, &trial);
    lose_the_store();
    assert_only_asks("query_authorization_by_openid", 1);
    answer_about_user();
    assert_string_equal(user_state(), "TERMINATE_UNKNOWN");
    assert_int_equal(trial_calls(&trial, "terminate_authorization"), 0);
}

static void a_code_is_asked_about_by_code(void **state)
{
    (void)state;
    trial_submit(&trial, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
    restored_backup(&places, &trial);
    lose_the_store();
    assert_only_asks("query_authorization_by_code", 1);
    assert_non_null(strstr(trial_call(&trial, "query_authorization_by_code")->url.data,
                           "/authorization-code/" TRIAL_CODE));
    trial_answer(&trial, "query_authorization_by_code", 404, BODY_ABSENT);
    assert_string_equal(trial_state(&trial, "preauthorization", TRIAL_CODE), "ASK_UNKNOWN");
}

/* Until it has answered. */

static void questions_that_fail_are_repeated_after_longer_and_longer_waits(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store_and_order();
    int64_t wait_ms = 1000;
    for (int i = 0; i < 12; i++) {
        fail_to_ask("query_order");
        assert_only_asks("query_order", 0);
        int64_t due_ms = trial.turn.next_due_ms - trial.now_ms;
        assert_in_range(due_ms, wait_ms, wait_ms + wait_ms / 8);
        if (wait_ms < 300000) wait_ms = wait_ms * 2 < 300000 ? wait_ms * 2 : 300000;
        trial_advance_to_due(&trial);
        assert_only_asks("query_order", 1);
    }
    assert_refused_for_now("cancel", body_cancel(ORDER));
    assert_string_equal(order_state(&trial), "COMPLETE_SENDING");
    assert_string_equal(member("held"), "");
    answer(order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
}

static void an_answer_that_does_not_verify_or_says_nothing_is_none(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store_and_order();
    trial.signs_wrong = true;
    answer(order_paying(800));
    assert_string_equal(member("restored"), "true");
    trial.signs_wrong = false;
    trial_await(&trial, "query_order");
    answer(seen_order(ORDER, "DOING", "", "", -1)); /* DOING, and not what. */
    assert_string_equal(member("restored"), "true");
    trial_await(&trial, "query_order");
    answer(order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
}

static void a_value_that_no_text_describes_holds_it(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store();
    answer(seen_order(ORDER, "DANCING", "", "", -1));
    order_expect(&trial, "COMPLETE_UNKNOWN", "strange");
    order_release(&trial); /* A person has looked. */
}

static void a_notice_moves_it_and_the_question_stays(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store_and_order();
    fail_to_ask("query_order");
    trial_notice(&trial, "PAYSCORE.USER_CONFIRM", order_in_service());
    assert_string_equal(member("restored"), "true");
    trial_notice(&trial, "PAYSCORE.USER_CONFIRM", order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
    assert_string_equal(member("restored"), "true");
    assert_refused_for_now("modify", body_modify(ORDER, 700));
    assert_only_asks("query_order", 0);
    trial_advance_to_due(&trial);
    answer(order_paying(800));
    assert_string_equal(member("restored"), "");
}

static void a_notice_that_ends_it_ends_the_mark(void **state)
{
    (void)state;
    walk_to_collecting(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store();
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    assert_string_equal(order_state(&trial), "DONE");
    assert_string_equal(member("restored"), "");
    trial_answer(&trial, "query_order", 200, seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    trial_reopen(&trial);
    trial_turn(&trial);
    assert_string_equal(order_state(&trial), "DONE");
}

static void marks_outlive_the_process(void **state)
{
    (void)state;
    walk_to_completing(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store();
    trial_reopen(&trial);
    trial_turn(&trial);
    assert_only_asks("query_order", 1);
    assert_refused_for_now("cancel", body_cancel(ORDER));
    answer(order_paying(800));
    assert_string_equal(order_state(&trial), "COLLECTING");
}

/* What is new, and what is over. */

static void what_ended_before_and_what_is_born_after_is_not_asked_about(void **state)
{
    (void)state;
    walk_to_paid(&trial, ORDER, 800);
    restored_backup(&places, &trial);
    lose_the_store();
    assert_only_asks("query_authorization_by_openid", 1); /* Its user's record is never final. */
    assert_int_equal(trial_calls(&trial, "query_order"), 0);
    struct payscore_result r = trial_submit(&trial, "complete", NULL, body_complete(ORDER, 900));
    assert_int_equal(r.status, PAYSCORE_OK);
    answer_about_user();
    walk_to_serving(&trial, "PS20260301A0000018");
    assert_string_equal(trial_member(&trial, "service_order", "PS20260301A0000018", "restored"),
                        "");
}

static void an_order_made_since_is_a_stray_until_it_is_adopted(void **state)
{
    (void)state;
    trial_submit(&trial, "check", NULL, body_check(TRIAL_OPENID));
    restored_backup(&places, &trial);
    lose_the_store();
    struct payscore_result r =
        trial_notice(&trial, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    assert_int_equal(r.verdict, PAYSCORE_STRAY);
    r = trial_submit(&trial, "adopt", NULL, body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(member("paid_fen"), "800");
}

/* Fifty a second, those that wait for something first. */
static void the_questions_are_spread(void **state)
{
    (void)state;
    enum { ORDERS = 40 };
    char number[32];
    for (int i = 0; i < ORDERS; i++) {
        snprintf(number, sizeof number, "PS20260301B%07d", i);
        trial_submit(&trial, "create", NULL, body_create_confirmed(number));
        trial_answer(&trial, "create_order", 200, seen_created(number, WALK_PACKAGE));
    }
    trial_submit(&trial, "check", NULL, body_check(TRIAL_OPENID));
    answer_about_user();
    restored_backup(&places, &trial);
    trial.wants = (struct payscore_wants){100, 100, 100};
    lose_the_store();
    assert_only_asks("query_order", 1);
    trial_advance(&trial, 20 * (ORDERS - 1) - 1);
    assert_only_asks("query_order", ORDERS - 1);
    trial_advance(&trial, 1);
    assert_only_asks("query_order", ORDERS);
    trial_advance(&trial, 20);
    assert_int_equal(trial_calls(&trial, "query_authorization_by_openid"), 1);
    assert_int_equal(trial_calls(&trial, NULL), ORDERS + 1);
}

static void the_restore_stands_in_the_journal_and_begins_a_new_incarnation(void **state)
{
    (void)state;
    walk_to_serving(&trial, ORDER);
    char *before = NULL, *after = NULL;
    assert_int_equal(payscore_feed(trial.engine, PAYSCORE_TEXT(""), 0, &before), PAYSCORE_OK);
    char cursor[PAYSCORE_CURSOR_SIZE] = "";
    assert_int_equal(sscanf(strstr(before, "\"cursor\":\""), "\"cursor\":\"%47[^\"]", cursor), 1);
    restored_backup(&places, &trial);
    uint64_t entries = 0;
    assert_int_equal(payscore_newest(trial.engine, &entries), PAYSCORE_OK);
    lose_the_store();
    assert_int_equal(
        payscore_feed(trial.engine, (struct payscore_text){cursor, strlen(cursor)}, 0, &after),
        PAYSCORE_E_INPUT);
    uint64_t newest = 0;
    assert_int_equal(payscore_newest(trial.engine, &newest), PAYSCORE_OK);
    assert_int_equal(newest, entries + 1);
    payscore_free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(an_order_paid_since_is_found_so_and_never_charged_again),
        T(an_order_of_whose_create_the_platform_knows_nothing_is_made_once_more),
        T(an_order_that_still_waited_for_its_user_asks_before_it_is_made),
        T(an_order_that_waits_for_its_user_and_is_denied_waits_on),
        T(a_complete_that_was_owed_leaves_only_after_the_platform_denied_it),
        T(a_complete_that_the_lost_store_sent_is_not_sent_again),
        T(a_pay_that_was_owed_never_leaves),
        T(a_doubt_stays_a_doubt),
        T(a_held_record_asks_too_and_can_be_released_after),
        T(a_user_is_asked_about_and_nothing_is_owed_then),
        T(a_user_whose_state_is_known_already_is_free_again),
        T(a_terminate_that_was_owed_leaves_only_after_a_look),
        T(a_code_is_asked_about_by_code),
        T(questions_that_fail_are_repeated_after_longer_and_longer_waits),
        T(an_answer_that_does_not_verify_or_says_nothing_is_none),
        T(a_value_that_no_text_describes_holds_it),
        T(a_notice_moves_it_and_the_question_stays),
        T(a_notice_that_ends_it_ends_the_mark),
        T(marks_outlive_the_process),
        T(what_ended_before_and_what_is_born_after_is_not_asked_about),
        T(an_order_made_since_is_a_stray_until_it_is_adopted),
        T(the_questions_are_spread),
        T(the_restore_stands_in_the_journal_and_begins_a_new_incarnation),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
