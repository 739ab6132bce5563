/* Started commands: they return at once, and are answered in a turn, each of them once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/crowd.h"
#include "support/directory.h"

/* What `done` was told. */
struct answers {
    struct payscore *engine;
    atomic_uint count, taken;
    enum payscore_status status;
    enum payscore_verdict verdict;
    uint64_t entry;
    unsigned chain; /* So many more are started by the answers themselves. */
    bool fails;     /* One of those could not be started. */
};

static enum payscore_status start(struct answers *answers, const char *order, payscore_done *done,
                                  struct payscore_error *error)
{
    char body[CROWD_BODY_SIZE];
    crowd_create(order, body);
    struct payscore_command command = crowd_command("create", order, body);
    return payscore_submit_start(answers->engine, &command, done, answers, error);
}

static void note(void *user, const struct payscore_result *result)
{
    struct answers *answers = user;
    atomic_fetch_add(&answers->count, 1);
    if (result->verdict == PAYSCORE_TAKEN) atomic_fetch_add(&answers->taken, 1);
    answers->status = result->status;
    answers->verdict = result->verdict;
    answers->entry = result->entry;
}

static void a_started_command_is_answered_in_the_next_turn(void **state)
{
    (void)state;
    struct answers answers = {.engine = crowd_open(NULL, PAYSCORE_DRIVER)};
    struct payscore_error error;
    assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_OK);
    assert_true(crowd_is_readable(payscore_descriptor(answers.engine)));
    assert_int_equal(crowd_verify(answers.engine), 0);
    assert_int_equal(answers.count, 0);
    crowd_turn(answers.engine);
    assert_int_equal(answers.count, 1);
    assert_int_equal(answers.status, PAYSCORE_OK);
    assert_int_equal(answers.verdict, PAYSCORE_TAKEN);
    assert_int_equal(answers.entry, 1);
    crowd_turn(answers.engine);
    assert_int_equal(answers.count, 1);
    assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_OK);
    crowd_turn(answers.engine);
    assert_int_equal(answers.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(answers.entry, 1);
    payscore_close(answers.engine);
}

static void whoever_blocks_takes_started_commands_along(void **state)
{
    (void)state;
    struct answers answers = {.engine = crowd_open(NULL, PAYSCORE_DRIVER)};
    struct payscore_error error;
    struct payscore_result result;
    char body[CROWD_BODY_SIZE];
    assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_OK);
    crowd_create("S2", body);
    struct payscore_command command = crowd_command("create", "", body);
    assert_int_equal(payscore_submit(answers.engine, &command, &result, &error), PAYSCORE_OK);
    assert_int_equal(crowd_verify(answers.engine), 2);
    assert_int_equal(answers.count, 0); /* Told within a turn only. */
    assert_true(crowd_is_readable(payscore_descriptor(answers.engine)));
    crowd_turn(answers.engine);
    assert_int_equal(answers.taken, 1);
    payscore_close(answers.engine);
}

static void start_another(void *user, const struct payscore_result *result)
{
    struct answers *answers = user;
    struct payscore_error error;
    char order[CROWD_NAME_SIZE];
    note(user, result);
    if (answers->chain == 0) return;
    snprintf(order, sizeof order, "CHAIN%u", answers->chain--);
    if (start(answers, order, start_another, &error) != PAYSCORE_OK) answers->fails = true;
}

static void an_answer_may_start_others(void **state)
{
    (void)state;
    struct answers answers = {.engine = crowd_open(NULL, PAYSCORE_DRIVER), .chain = 3};
    struct payscore_error error;
    assert_int_equal(start(&answers, "FIRST", start_another, &error), PAYSCORE_OK);
    for (int turns = 0; turns < 8 && crowd_is_readable(payscore_descriptor(answers.engine));
         turns++)
        crowd_turn(answers.engine);
    assert_false(answers.fails);
    assert_int_equal(answers.taken, 4);
    payscore_close(answers.engine);
}

static void what_cannot_be_started_is_said_at_once(void **state)
{
    (void)state;
    static char long_body[70000];
    struct answers answers = {.engine = crowd_open(NULL, PAYSCORE_DRIVER)};
    struct payscore_error error;
    struct payscore_command command = crowd_command("create", "", "{\"out_order_no\":\"X\"}");
    assert_int_equal(payscore_submit_start(answers.engine, &command, note, &answers, &error),
                     PAYSCORE_E_INPUT);
    assert_true(error.text[0] != '\0');
    assert_int_equal(payscore_submit_start(answers.engine, &command, NULL, NULL, &error),
                     PAYSCORE_E_ARGUMENT);
    command.merchant = 9;
    assert_int_equal(payscore_submit_start(answers.engine, &command, note, &answers, &error),
                     PAYSCORE_E_ARGUMENT);
    memset(long_body, ' ', sizeof long_body - 1);
    command = crowd_command("create", "", long_body);
    assert_int_equal(payscore_submit_start(answers.engine, &command, note, &answers, NULL),
                     PAYSCORE_E_TOO_LARGE);
    crowd_turn(answers.engine);
    payscore_close(answers.engine);
    assert_int_equal(answers.count, 0);
}

static void what_has_no_answer_at_the_close_is_unsure(void **state)
{
    (void)state;
    struct answers answers = {.engine = crowd_open(NULL, PAYSCORE_DRIVER)};
    struct payscore_error error;
    assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_OK);
    assert_int_equal(start(&answers, "S2", note, &error), PAYSCORE_OK);
    payscore_close(answers.engine);
    assert_int_equal(answers.count, 2);
    assert_int_equal(answers.status, PAYSCORE_E_UNSURE);
}

static void no_more_than_the_bound_may_wait(void **state)
{
    (void)state;
    struct answers answers = {.engine = crowd_open(NULL, PAYSCORE_DRIVER)};
    struct payscore_error error;
    /* The same command again and again: one record, and as many answers. */
    for (int i = 0; i < PAYSCORE_STARTED_MAX; i++)
        assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_OK);
    assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_E_BUSY);
    assert_true(error.text[0] != '\0');
    crowd_turn(answers.engine);
    assert_int_equal(start(&answers, "S1", note, &error), PAYSCORE_OK);
    while (crowd_is_readable(payscore_descriptor(answers.engine)))
        crowd_turn(answers.engine);
    assert_int_equal(answers.count, PAYSCORE_STARTED_MAX + 1);
    assert_int_equal(answers.taken, 1);
    (void)crowd_verify(answers.engine);
    payscore_close(answers.engine);
}

enum { PER_THREAD = 30 };

static void start_many(struct crowd *crowd, unsigned number)
{
    char order[CROWD_NAME_SIZE];
    struct payscore_error error;
    for (unsigned i = 0; i < PER_THREAD; i++) {
        snprintf(order, sizeof order, "M%u_%u", number, i);
        if (start(crowd->user, order, note, &error) != PAYSCORE_OK)
            atomic_fetch_add(&crowd->failures, 1);
    }
}

static void threads_start_and_the_driver_answers(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    struct answers answers = {.engine = crowd_open(path, PAYSCORE_DRIVER)};
    struct crowd crowd = {
        .engine = answers.engine, .work = start_many, .threads = 32, .user = &answers};
    crowd_run(&crowd, true);
    while (crowd_is_readable(payscore_descriptor(answers.engine)))
        crowd_turn(answers.engine);
    assert_int_equal(answers.taken, 32 * PER_THREAD);
    payscore_close(answers.engine);
    directory_remove(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_started_command_is_answered_in_the_next_turn),
        cmocka_unit_test(whoever_blocks_takes_started_commands_along),
        cmocka_unit_test(an_answer_may_start_others),
        cmocka_unit_test(what_cannot_be_started_is_said_at_once),
        cmocka_unit_test(what_has_no_answer_at_the_close_is_unsure),
        cmocka_unit_test(no_more_than_the_bound_may_wait),
        cmocka_unit_test(threads_start_and_the_driver_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
