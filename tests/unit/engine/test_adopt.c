/*
 * Orders that were made elsewhere: taken over by adopt, whatever the platform shows of them; and
 * strays, notices about orders that are not known yet, which a later command takes up.
 */
#include <cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/trial.h"
#include "support/walk.h"

#define ORDER TRIAL_ORDER

static void adopting(struct trial *t)
{
    struct payscore_result r = trial_submit(t, "adopt", NULL, body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.state, "ADOPTING");
    assert_int_equal(trial_calls(t, NULL), 1);
    assert_int_equal(trial_calls(t, "query_order"), 1);
}

/* Adopted as the platform shows it. */

static void every_view_is_where_an_adopted_order_begins(void **state)
{
    (void)state;
    static const struct {
        const char *shown[4]; /* state, description, collection; then where it begins. */
        int64_t total_fen;
        const char *asked;
    } cases[] = {
        {{"CREATED", "", "", "CONFIRMING"}, -1, ""},
        {{"DOING", "USER_CONFIRM", "", "SERVING"}, -1, ""},
        {{"DOING", "MCH_COMPLETE", "USER_PAYING", "COLLECTING"}, 700, "700"},
        {{"DONE", "", "USER_PAID", "DONE"}, 700, "700"},
        {{"REVOKED", "", "", "REVOKED"}, -1, ""},
        {{"EXPIRED", "", "", "EXPIRED"}, -1, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct trial t;
        trial_open(&t, NULL);
        adopting(&t);
        trial_answer(&t, "query_order", 200,
                     seen_order(ORDER, cases[i].shown[0], cases[i].shown[1], cases[i].shown[2],
                                cases[i].total_fen));
        assert_string_equal(order_state(&t), cases[i].shown[3]);
        assert_string_equal(order_member(&t, "asked_fen"), cases[i].asked);
        assert_string_equal(order_member(&t, "held"), "");
        assert_string_equal(order_member(&t, "launch.package"), "");
        assert_string_equal(order_member(&t, "need_user_confirm"), ""); /* Not known. */
        order_end(&t);
    }
}

static void what_leaves_it_open_is_asked_again(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    adopting(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "", "", -1));
    assert_string_equal(order_state(&t), "ADOPTING");
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 500, error_body("SYSTEM_ERROR", "系统错误"));
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "MCH_COMPLETE", "", -1));
    assert_string_equal(order_state(&t), "ADOPTING"); /* Collecting, but how much? */
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200,
                 seen_order(ORDER, "DOING", "MCH_COMPLETE", "USER_PAYING", 700));
    assert_string_equal(order_state(&t), "COLLECTING");
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 700));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    order_end(&t);
}

static void a_value_that_no_text_describes_holds_it(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    adopting(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "FROZEN", "", "", -1));
    assert_string_equal(order_state(&t), "ADOPTING");
    assert_string_equal(order_member(&t, "held"), "strange");
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

static void there_may_be_nothing_to_adopt(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    adopting(&t);
    int64_t until_ms = t.now_ms + 60000;
    for (trial_answer(&t, "query_order", 404, BODY_ABSENT); t.now_ms < until_ms;) {
        assert_string_equal(order_state(&t), "ADOPTING");
        order_deny(&t);
    }
    while (strcmp(order_state(&t), "ADOPTING") == 0)
        order_deny(&t);
    assert_in_range(t.now_ms, until_ms, until_ms + 60000);
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "reason"), "adopted_absent");
    assert_string_equal(order_member(&t, "held"), "");
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);
    order_end(&t);
}

/* A number may be denied for a moment after it was made. */
static void one_denial_does_not_end_an_adoption(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    adopting(&t);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    order_deny(&t);
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

static void an_adopted_order_is_asked_first_and_then_lives_as_any_other(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    adopting(&t);
    static const char *const commands[] = {"complete", "cancel", "modify", "sync", "pay"};
    const char *bodies[] = {body_complete(ORDER, 700), body_cancel(ORDER), body_modify(ORDER, 500),
                            body_sync(ORDER, "20260301100000"), body_number(ORDER)};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct payscore_result r = trial_submit(&t, commands[i], NULL, bodies[i]);
        assert_int_equal(r.verdict, PAYSCORE_REFUSED);
        assert_non_null(strstr(r.error.text, "is being asked: try again"));
    }
    struct payscore_result r = trial_submit(&t, "adopt", "again", body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 700));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_answer(&t, "complete_order", 200, seen_order(ORDER, "DOING", "MCH_COMPLETE", "", 700));
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 700));
    assert_string_equal(order_state(&t), "DONE");
    order_end(&t);
}

/* Strays. */

static struct payscore_result stray(struct trial *t, const char *resource)
{
    struct payscore_result r = trial_notice(t, "PAYSCORE.USER_PAID", resource);
    assert_int_equal(r.verdict, PAYSCORE_STRAY);
    return r;
}

/* The history of the order. cJSON_Delete() it. */
static cJSON *history(struct trial *t)
{
    struct payscore_name wanted = {0, PAYSCORE_TEXT("service_order"), PAYSCORE_TEXT(ORDER)};
    char *json = NULL;
    assert_int_equal(payscore_history(t->engine, &wanted, true, &json), PAYSCORE_OK);
    cJSON *array = cJSON_Parse(json);
    payscore_free(json);
    return array;
}

static bool has_note(const cJSON *entry, const char *note)
{
    const cJSON *part;
    cJSON_ArrayForEach(part, cJSON_GetObjectItem(entry, "evidence"))
    {
        if (strcmp(cJSON_GetObjectItem(part, "part")->valuestring, "note") == 0 &&
            strcmp(cJSON_GetObjectItem(part, "text")->valuestring, note) == 0)
            return true;
    }
    return false;
}

static void an_adopt_takes_the_stray_up(void **state)
{
    (void)state;
    struct trial t;
    char note[64];
    trial_open(&t, NULL);
    stray(&t, seen_order(ORDER, "DOING", "MCH_COMPLETE", "USER_PAYING", 700));
    struct payscore_result newest = stray(&t, seen_order(ORDER, "DONE", "", "USER_PAID", 700));
    stray(&t, seen_order("ANOTHER1", "DONE", "", "USER_PAID", 100));
    struct payscore_result r = trial_submit(&t, "adopt", NULL, body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(order_state(&t), "DONE"); /* In the same turn, without a question. */
    assert_string_equal(order_member(&t, "paid_fen"), "700");
    assert_int_equal(trial_calls(&t, NULL), 0);

    cJSON *moves = history(&t);
    assert_int_equal(cJSON_GetArraySize(moves), 2);
    snprintf(note, sizeof note, "adopts the stray of entry %d", (int)newest.entry);
    assert_true(has_note(cJSON_GetArrayItem(moves, 0), note));
    snprintf(note, sizeof note, "the notice of entry %d", (int)newest.entry);
    assert_true(has_note(cJSON_GetArrayItem(moves, 1), note));
    assert_string_equal(cJSON_GetObjectItem(cJSON_GetArrayItem(moves, 1), "input")->valuestring,
                        "notice");
    cJSON_Delete(moves);
    order_end(&t);
}

/* It is at the platform, and was not made here: only who asks for it by its name takes it up. */
static void a_create_of_a_number_that_was_notified_of_is_refused(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    stray(&t, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    uint64_t entries = trial_verify(&t);
    const char *bodies[] = {body_create_confirmed(ORDER), body_create(ORDER, TRIAL_OPENID)};
    for (size_t i = 0; i < 2; i++) {
        struct payscore_result r = trial_submit(&t, "create", NULL, bodies[i]);
        assert_int_equal(r.verdict, PAYSCORE_REFUSED);
        assert_non_null(strstr(r.error.text, "adopt it, or take a new out_order_no"));
    }
    assert_string_equal(order_state(&t), "");
    assert_string_equal(trial_state(&t, "authorization", TRIAL_OPENID), "");
    assert_int_equal(trial_calls(&t, NULL), 0);
    assert_int_equal(trial_verify(&t), entries);
    trial_submit(&t, "adopt", NULL, body_number(ORDER));
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

static void a_stray_is_taken_up_once_and_only_by_a_command_that_is_taken(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE];
    directory_make(directory);
    trial_open(&t, directory);
    stray(&t, seen_order(ORDER, "DOING", "MCH_COMPLETE", "USER_PAYING", 700));
    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_string_equal(order_state(&t), "");
    trial_reopen(&t); /* It is remembered in the store. */
    trial_submit(&t, "adopt", NULL, body_number(ORDER));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_string_equal(order_member(&t, "asked_fen"), "700");
    r = trial_submit(&t, "modify", NULL, body_modify(ORDER, 500));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    cJSON *moves = history(&t);
    assert_int_equal(cJSON_GetArraySize(moves), 3);
    assert_true(has_note(cJSON_GetArrayItem(moves, 0), "adopts the stray of entry 1"));
    assert_false(has_note(cJSON_GetArrayItem(moves, 2), "adopts the stray of entry 1"));
    cJSON_Delete(moves);
    trial_verify(&t);
    trial_close(&t);
    directory_remove(directory);
}

static void a_stray_that_leaves_it_open_changes_nothing(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    stray(&t, seen_order(ORDER, "DOING", "", "", -1));
    adopting(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

/* Notices come in any order: what ended has ended. */
static void a_stray_that_says_less_does_not_take_the_place_of_one_that_says_more(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    stray(&t, seen_settled(ORDER, 900, "NEWTON"));
    stray(&t, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    struct payscore_result r = trial_submit(&t, "adopt", NULL, body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "paid_fen"), "900");
    assert_string_equal(order_member(&t, "transaction_id"), BODY_TRANSACTION_ID);
    order_end(&t);
}

#define OTHER_SERVICE "00002000000000158728912345678999"

static void with_two_services(struct trial *t)
{
    static struct payscore_merchant merchants[2];
    struct payscore_error error;
    trial_open(t, NULL);
    payscore_close(t->engine);
    merchants[0] = merchants[1] = *trial_merchant();
    merchants[1].service_id = (struct payscore_text)PAYSCORE_TEXT(OTHER_SERVICE);
    struct payscore_options options = trial_options(t);
    options.merchants = merchants;
    options.merchant_count = 2;
    assert_int_equal(payscore_open(&t->engine, &options, &error), PAYSCORE_OK);
}

/* The number is another service's: in this one it does not exist. */
static void a_stray_of_another_service_is_not_taken_up(void **state)
{
    (void)state;
    static const char notice[] =
        "{\"out_order_no\":\"" ORDER "\",\"mchid\":\"" TRIAL_MCHID "\",\"appid\":\"" TRIAL_APPID
        "\",\"service_id\":\"" OTHER_SERVICE "\",\"state\":\"DOING\","
        "\"state_description\":\"USER_CONFIRM\"}";
    struct trial t;
    with_two_services(&t);
    stray(&t, notice);
    struct payscore_result r = trial_submit(&t, "create", NULL, body_create(ORDER, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_string_equal(order_state(&t), "");
    adopting(&t);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    t.now_ms += 60000;
    order_deny(&t);
    assert_string_equal(order_state(&t), "REFUSED");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_view_is_where_an_adopted_order_begins),
        cmocka_unit_test(what_leaves_it_open_is_asked_again),
        cmocka_unit_test(a_value_that_no_text_describes_holds_it),
        cmocka_unit_test(there_may_be_nothing_to_adopt),
        cmocka_unit_test(one_denial_does_not_end_an_adoption),
        cmocka_unit_test(an_adopted_order_is_asked_first_and_then_lives_as_any_other),
        cmocka_unit_test(an_adopt_takes_the_stray_up),
        cmocka_unit_test(a_create_of_a_number_that_was_notified_of_is_refused),
        cmocka_unit_test(a_stray_is_taken_up_once_and_only_by_a_command_that_is_taken),
        cmocka_unit_test(a_stray_that_leaves_it_open_changes_nothing),
        cmocka_unit_test(a_stray_that_says_less_does_not_take_the_place_of_one_that_says_more),
        cmocka_unit_test(a_stray_of_another_service_is_not_taken_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
