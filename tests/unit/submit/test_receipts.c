/*
 * A key answers for the record's whole life: whoever repeats a command, however late, gets the
 * first answer; whoever uses its key for another is refused.
 */
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
#include "support/walk.h"

#define ORDER TRIAL_ORDER

/* What was taken: its texts, and the entry that answers it from then on. */
struct taken {
    char command[16], key[16], body[512];
    uint64_t entry;
};

enum { TAKEN_MAX = 16 };

struct life {
    struct trial trial;
    struct taken taken[TAKEN_MAX];
    int count;
};

static struct payscore_result submit(struct life *life, const char *command, const char *key,
                                     const char *body)
{
    struct payscore_item item = trial_command(command, key, body);
    struct payscore_result result;
    struct payscore_error error;
    enum payscore_status rc = payscore_submit(life->trial.engine, &item.command, &result, &error);
    if (rc != PAYSCORE_OK) fail_msg("%s %s: %s", command, key, error.text);
    return result;
}

static void take(struct life *life, const char *command, const char *key, const char *body)
{
    struct taken *taken = &life->taken[life->count++];
    snprintf(taken->command, sizeof taken->command, "%s", command);
    snprintf(taken->key, sizeof taken->key, "%s", key);
    snprintf(taken->body, sizeof taken->body, "%s", body);
    struct payscore_result result = submit(life, command, key, body);
    if (result.verdict != PAYSCORE_TAKEN) fail_msg("%s %s: %s", command, key, result.error.text);
    taken->entry = result.entry;
    trial_turn(&life->trial);
}

static void repeat_all(struct life *life)
{
    uint64_t entries = trial_verify(&life->trial);
    size_t calls = trial_calls(&life->trial, NULL);
    for (int i = 0; i < life->count; i++) {
        const struct taken *taken = &life->taken[i];
        struct payscore_result result = submit(life, taken->command, taken->key, taken->body);
        if (result.verdict != PAYSCORE_DUPLICATE)
            fail_msg("%s %s: verdict %d: %s", taken->command, taken->key, (int)result.verdict,
                     result.error.text);
        assert_int_equal(result.entry, taken->entry);
    }
    trial_turn(&life->trial);
    assert_int_equal(trial_verify(&life->trial), entries);
    assert_int_equal(trial_calls(&life->trial, NULL), calls);
}

static void refuse_other_content(struct life *life, const char *command, const char *body)
{
    for (int i = 0; i < life->count; i++) {
        if (strcmp(life->taken[i].body, body) == 0) continue;
        struct payscore_result result = submit(life, command, life->taken[i].key, body);
        assert_int_equal(result.verdict, PAYSCORE_REFUSED);
        assert_non_null(strstr(result.error.text, "other content: take a new key"));
    }
}

static void urge(struct life *life, const char *key)
{
    take(life, "pay", key, body_number(ORDER));
    trial_answer(&life->trial, "pay_order", 200, body_number(ORDER));
    order_look(&life->trial, order_paying(900));
    assert_string_equal(order_state(&life->trial), "COLLECTING");
}

static void try_to_cancel(struct life *life, const char *key)
{
    take(life, "cancel", key, body_cancel(ORDER));
    trial_answer(&life->trial, "cancel_order", 400,
                 error_body("INVALID_ORDER_STATE", "当前订单状态不合法"));
    order_look(&life->trial, order_paying(900));
    assert_string_equal(order_state(&life->trial), "COLLECTING");
}

static void try_to_modify(struct life *life, const char *key, int64_t total_fen)
{
    take(life, "modify", key, body_modify(ORDER, total_fen));
    trial_answer(&life->trial, "modify_order", 400,
                 error_body("INVALID_ORDER_STATE", "当前订单状态不合法"));
    order_look(&life->trial, order_paying(900));
    assert_string_equal(order_state(&life->trial), "COLLECTING");
}

/* Eight commands, each with a key of its own, and the platform refuses most of them. */
static void live(struct life *life, const char *path)
{
    struct trial *t = &life->trial;
    life->count = 0;
    trial_open(t, path);
    take(life, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    trial_answer(
        t, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    trial_answer(t, "create_order", 200, order_in_service());
    take(life, "complete", "k-complete", body_complete(ORDER, 900));
    trial_answer(t, "complete_order", 200, order_paying(900));
    repeat_all(life);
    urge(life, "k-pay");
    repeat_all(life);
    try_to_cancel(life, "k-cancel");
    try_to_modify(life, "k-modify", 500);
    repeat_all(life);
    urge(life, "k-pay-2");
    try_to_modify(life, "k-modify-2", 400);
    try_to_cancel(life, "k-cancel-2");
}

static void a_key_gets_its_first_answer_however_many_commands_came_after(void **state)
{
    (void)state;
    struct life life;
    live(&life, NULL);
    for (int retry = 0; retry < 10; retry++)
        repeat_all(&life);
    trial_close(&life.trial);
}

static void a_key_is_never_good_for_other_content(void **state)
{
    (void)state;
    struct life life;
    live(&life, NULL);
    uint64_t entries = trial_verify(&life.trial);
    refuse_other_content(&life, "modify", body_modify(ORDER, 300));
    refuse_other_content(&life, "pay", body_number(ORDER));
    assert_int_equal(trial_verify(&life.trial), entries);
    take(&life, "modify", "k-modify-3", body_modify(ORDER, 300)); /* A new key is. */
    trial_close(&life.trial);
}

static void a_key_answers_after_the_end_of_the_order_and_of_the_process(void **state)
{
    (void)state;
    struct life life;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    live(&life, path);
    trial_notice(&life.trial, "PAYSCORE.USER_PAID",
                 seen_order(ORDER, "DONE", "", "USER_PAID", 900));
    assert_string_equal(order_state(&life.trial), "DONE");
    repeat_all(&life);
    trial_reopen(&life.trial);
    trial_turn(&life.trial);
    repeat_all(&life);
    refuse_other_content(&life, "cancel", "{\"out_order_no\":\"" ORDER "\",\"reason\":\"other\"}");
    trial_close(&life.trial);
    directory_remove(path);
}

/* Without a key the content stands for it, and only the last command counts. */
static void a_command_without_a_key_is_a_new_one_once_others_came(void **state)
{
    (void)state;
    struct life life;
    live(&life, NULL);
    take(&life, "pay", "", body_number(ORDER));
    trial_close(&life.trial);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_gets_its_first_answer_however_many_commands_came_after),
        cmocka_unit_test(a_key_is_never_good_for_other_content),
        cmocka_unit_test(a_key_answers_after_the_end_of_the_order_and_of_the_process),
        cmocka_unit_test(a_command_without_a_key_is_a_new_one_once_others_came),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
