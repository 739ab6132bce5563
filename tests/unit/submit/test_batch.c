/* Batches: each command stands for itself, their order is kept, and all of them are durable at
 * once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/crowd.h"
#include "support/directory.h"

enum { MANY = PAYSCORE_BATCH_MAX };

struct batch {
    struct payscore_command commands[MANY + 1];
    struct payscore_result results[MANY + 1];
    char orders[MANY + 1][CROWD_NAME_SIZE];
    char bodies[MANY + 1][CROWD_BODY_SIZE];
};

/* Creates of "PREFIX_0", "PREFIX_1", … */
static void fill(struct batch *batch, const char *prefix, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        snprintf(batch->orders[i], CROWD_NAME_SIZE, "%.16s_%u", prefix, (unsigned)i);
        crowd_create(batch->orders[i], batch->bodies[i]);
        batch->commands[i] = crowd_command("create", batch->orders[i], batch->bodies[i]);
    }
}

static struct batch *new_batch(void)
{
    struct batch *batch = calloc(1, sizeof *batch);
    assert_non_null(batch);
    return batch;
}

static void a_batch_is_taken_in_its_order_and_survives_the_process(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE];
    struct payscore_error error;
    struct batch *batch = new_batch();
    directory_make(path);
    struct payscore *engine = crowd_open(path, PAYSCORE_DRIVER);
    fill(batch, "B", MANY);
    assert_int_equal(payscore_submit_batch(engine, batch->commands, MANY, batch->results, &error),
                     PAYSCORE_OK);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(batch->results[i].verdict, PAYSCORE_TAKEN);
        assert_int_equal(batch->results[i].entry, i + 1);
    }
    payscore_close(engine);
    engine = crowd_open(path, PAYSCORE_DRIVER);
    assert_int_equal(crowd_verify(engine), MANY);
    assert_int_equal(payscore_submit_batch(engine, batch->commands, MANY, batch->results, &error),
                     PAYSCORE_OK);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(batch->results[i].verdict, PAYSCORE_DUPLICATE);
        assert_int_equal(batch->results[i].entry, i + 1);
    }
    assert_int_equal(crowd_verify(engine), MANY);
    payscore_close(engine);
    directory_remove(path);
    free(batch);
}

static void one_bad_command_does_not_spoil_the_others(void **state)
{
    (void)state;
    struct payscore_error error;
    struct batch *batch = new_batch();
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    fill(batch, "M", 6);
    batch->commands[1].name = PAYSCORE_TEXT("creat");
    batch->commands[2] = batch->commands[0]; /* The same again. */
    batch->commands[3].body = PAYSCORE_TEXT("{\"out_order_no\":");
    batch->commands[4] = crowd_command("complete", "", "{\"out_order_no\":\"NONE\"}");
    assert_int_equal(payscore_submit_batch(engine, batch->commands, 6, batch->results, &error),
                     PAYSCORE_OK);
    assert_int_equal(batch->results[0].verdict, PAYSCORE_TAKEN);
    assert_int_equal(batch->results[1].status, PAYSCORE_E_INPUT);
    assert_non_null(strstr(batch->results[1].error.text, "creat"));
    assert_int_equal(batch->results[2].verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(batch->results[2].entry, batch->results[0].entry);
    assert_int_equal(batch->results[3].status, PAYSCORE_E_INPUT);
    assert_int_equal(batch->results[4].status, PAYSCORE_E_INPUT);
    assert_int_equal(batch->results[5].verdict, PAYSCORE_TAKEN);
    assert_int_equal(crowd_verify(engine), 2);
    payscore_close(engine);
    free(batch);
}

static void the_bounds_of_a_batch_are_kept(void **state)
{
    (void)state;
    struct payscore_error error = {"x"};
    struct batch *batch = new_batch();
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    fill(batch, "L", MANY + 1);
    assert_int_equal(payscore_submit_batch(engine, batch->commands, 0, batch->results, &error),
                     PAYSCORE_OK);
    assert_string_equal(error.text, "");
    assert_int_equal(
        payscore_submit_batch(engine, batch->commands, MANY + 1, batch->results, &error),
        PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(error.text, "1025"));
    assert_int_equal(batch->results[MANY].status, PAYSCORE_E_ARGUMENT);
    assert_int_equal(crowd_verify(engine), 0);
    payscore_close(engine);
    free(batch);
}

static void a_reader_submits_nothing(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE];
    struct payscore_error error;
    struct batch *batch = new_batch();
    directory_make(path);
    payscore_close(crowd_open(path, PAYSCORE_DRIVER));
    struct payscore *engine = crowd_open(path, PAYSCORE_READER);
    fill(batch, "R", 1);
    assert_int_equal(payscore_submit_batch(engine, batch->commands, 1, batch->results, &error),
                     PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_submit(engine, batch->commands, batch->results, &error),
                     PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(error.text, "reader"));
    assert_int_equal(payscore_descriptor(engine), -1);
    payscore_close(engine);
    directory_remove(path);
    free(batch);
}

/* Each thread's batch is a source of its own. */
static void submit_batches(struct crowd *crowd, unsigned number)
{
    enum { BATCH = 20 };
    struct batch *batch = calloc(1, sizeof *batch);
    struct payscore_error error;
    char prefix[CROWD_NAME_SIZE];
    snprintf(prefix, sizeof prefix, "C%u", number);
    if (batch != NULL) {
        fill(batch, prefix, BATCH);
        if (payscore_submit_batch(crowd->engine, batch->commands, BATCH, batch->results, &error) !=
            PAYSCORE_OK)
            atomic_fetch_add(&crowd->failures, 1);
        for (unsigned i = 0; i < BATCH; i++) {
            bool in_order = i == 0 || batch->results[i].entry > batch->results[i - 1].entry;
            if (batch->results[i].verdict != PAYSCORE_TAKEN || !in_order)
                atomic_fetch_add(&crowd->failures, 1);
        }
    }
    free(batch);
}

static void batches_of_many_threads_keep_each_its_order(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    struct crowd crowd = {
        .engine = crowd_open(path, PAYSCORE_DRIVER), .work = submit_batches, .threads = 16};
    crowd_run(&crowd, true);
    assert_true(crowd_verify(crowd.engine) >= UINT64_C(16) * 20);
    payscore_close(crowd.engine);
    directory_remove(path);
}

/* In a forked child: what every function answers, as a number of the first that does not. */
static int ask_in_child(struct payscore *engine, struct batch *batch)
{
    struct payscore_turn turn = {0};
    struct payscore_error error;
    if (payscore_submit(engine, batch->commands, batch->results, &error) != PAYSCORE_E_PROCESS)
        return 1;
    if (strstr(error.text, "fork") == NULL) return 2;
    if (payscore_submit_batch(engine, batch->commands, 1, batch->results, &error) !=
        PAYSCORE_E_PROCESS)
        return 3;
    if (payscore_turn(engine, &turn, &error) != PAYSCORE_E_PROCESS) return 4;
    if (payscore_descriptor(engine) != -1) return 5;
    payscore_close(engine);
    return 0;
}

static void a_forked_child_is_refused_and_harms_nothing(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE];
    struct payscore_error error;
    struct batch *batch = new_batch();
    int ended = 0;
    directory_make(path);
    struct payscore *engine = crowd_open(path, PAYSCORE_DRIVER);
    fill(batch, "F", 1);
    pid_t child = fork();
    if (child == 0) _exit(ask_in_child(engine, batch));
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFEXITED(ended));
    assert_int_equal(WEXITSTATUS(ended), 0);
    assert_int_equal(payscore_submit(engine, batch->commands, batch->results, &error), PAYSCORE_OK);
    assert_int_equal(batch->results[0].verdict, PAYSCORE_TAKEN);
    struct payscore_owner owner;
    assert_int_equal(payscore_driver(path, &owner), PAYSCORE_OK);
    assert_true(owner.driven);
    assert_int_equal(crowd_verify(engine), 1);
    payscore_close(engine);
    directory_remove(path);
    free(batch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_is_taken_in_its_order_and_survives_the_process),
        cmocka_unit_test(one_bad_command_does_not_spoil_the_others),
        cmocka_unit_test(the_bounds_of_a_batch_are_kept),
        cmocka_unit_test(a_reader_submits_nothing),
        cmocka_unit_test(batches_of_many_threads_keep_each_its_order),
        cmocka_unit_test(a_forked_child_is_refused_and_harms_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
