/*
 * Many processes submit while drivers come, go and are killed, and while there is none: every
 * command is taken once, and every submitter is told so.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include <cJSON.h>

#include "support/directory.h"
#include "support/driving.h"

enum { PROCESSES = 4, THREADS = 4, EACH = 45, STARTED = 45, ROUNDS = 8 };
enum { ALL = PROCESSES * (THREADS * EACH + STARTED) };
enum { BETWEEN = ALL / (2 * ROUNDS + 2) }; /* Answers between two changes of who writes. */

static char directory[DIRECTORY_PATH_SIZE];
static int answers; /* A byte for each. */

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    driving_make(directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    directory_remove(directory);
    return 0;
}

/* In the submitting processes. */

struct thread {
    pthread_t id;
    struct payscore *engine;
    int process, number;
};

/* Taken just now, or by a driver that was killed before it could say so. */
static void check(const struct payscore_result *result)
{
    bool fine = result->status == PAYSCORE_OK &&
                (result->verdict == PAYSCORE_TAKEN || result->verdict == PAYSCORE_DUPLICATE);
    if (!fine) {
        fprintf(stderr, "%s, verdict %d: %s\n", payscore_status_name(result->status),
                (int)result->verdict, result->error.text);
        _exit(1);
    }
    if (write(answers, "a", 1) != 1) _exit(2);
}

static void *submit_some(void *context)
{
    struct thread *thread = context;
    for (int i = 0; i < EACH; i++) {
        char number[48], key[32];
        struct payscore_result result;
        struct payscore_error error;
        snprintf(number, sizeof number, "B%d_%d_%d", thread->process, thread->number, i);
        snprintf(key, sizeof key, "k%d", i);
        struct payscore_command command = driving_create(number, i % 2 == 0 ? key : "");
        if (payscore_submit(thread->engine, &command, &result, &error) != result.status) _exit(3);
        check(&result);
    }
    return NULL;
}

static void done(void *user, const struct payscore_result *result)
{
    check(result);
    ++*(int *)user;
}

static void start_some(struct payscore *engine, int process)
{
    struct payscore_error error;
    int told = 0;
    for (int i = 0; i < STARTED; i++) {
        char number[48];
        snprintf(number, sizeof number, "S%d_%d", process, i);
        struct payscore_command command = driving_create(number, "");
        if (payscore_submit_start(engine, &command, done, &told, &error) != PAYSCORE_OK) _exit(4);
        while (told < i - 4) /* A few at a time, so that all changes are met. */
            driving_poll(engine);
    }
    while (told < STARTED)
        driving_poll(engine);
}

static _Noreturn void submit_all(int process)
{
    struct thread threads[THREADS];
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options(directory, PAYSCORE_SUBMITTER);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (payscore_open(&engine, &options, &error) != PAYSCORE_OK) _exit(5);
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (struct thread){.engine = engine, .process = process, .number = i};
        if (pthread_create(&threads[i].id, NULL, submit_some, &threads[i]) != 0) _exit(6);
    }
    start_some(engine, process);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i].id, NULL);
    payscore_close(engine);
    _exit(0);
}

/* In the test. */

static void await_answers(int from, int count)
{
    char bytes[BETWEEN];
    while (count > 0) {
        ssize_t size = read(from, bytes, (size_t)(count < BETWEEN ? count : BETWEEN));
        assert_true(size > 0);
        count -= (int)size;
    }
}

/* One entry of the record's history is the command's, and it is the first. */
static void assert_once(struct payscore *engine, const char *number)
{
    char *json = NULL;
    struct payscore_name name = {0, PAYSCORE_TEXT("service_order"), {number, strlen(number)}};
    enum payscore_status rc = payscore_history(engine, &name, false, &json);
    if (rc != PAYSCORE_OK) fail_msg("%s: %s", number, payscore_status_name(rc));
    cJSON *history = cJSON_Parse(json);
    const cJSON *entry;
    int creates = 0;
    cJSON_ArrayForEach(entry, history)
    {
        const char *input = cJSON_GetStringValue(cJSON_GetObjectItem(entry, "input"));
        if (strcmp(input, "command") == 0) creates++;
    }
    assert_int_equal(creates, 1);
    cJSON_Delete(history);
    payscore_free(json);
}

static void assert_all_once(void)
{
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_report report;
    struct payscore_options options = driving_options(directory, PAYSCORE_READER);
    char number[48];
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    for (int process = 0; process < PROCESSES; process++) {
        for (int i = 0; i < STARTED; i++) {
            snprintf(number, sizeof number, "S%d_%d", process, i);
            assert_once(engine, number);
        }
        for (int thread = 0; thread < THREADS; thread++) {
            for (int i = 0; i < EACH; i++) {
                snprintf(number, sizeof number, "B%d_%d_%d", process, thread, i);
                assert_once(engine, number);
            }
        }
    }
    assert_int_equal(payscore_verify(engine, &report), PAYSCORE_OK);
    if (report.faults != 0) fail_msg("%s", report.first.text);
    payscore_close(engine);
}

static void drivers_come_and_go_and_nothing_is_lost_or_doubled(void **state)
{
    (void)state;
    int ends[2];
    pid_t children[PROCESSES];
    assert_int_equal(pipe(ends), 0);
    answers = ends[1];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) submit_all(i);
    }
    close(ends[1]);
    for (int round = 0; round < ROUNDS; round++) {
        await_answers(ends[0], BETWEEN); /* They write for themselves. */
        pid_t driver = driving_start(directory);
        await_answers(ends[0], BETWEEN); /* Through the driver. */
        if (round % 2 == 0)
            driving_kill(driver);
        else
            driving_stop(driver);
    }
    await_answers(ends[0], ALL - 2 * ROUNDS * BETWEEN);
    for (int i = 0; i < PROCESSES; i++)
        driving_join(children[i]);
    close(ends[0]);
    assert_all_once();
}

/* Drivers alone, one after the other without a pause, each killed as soon as it has said a word. */
static void killed_drivers_follow_each_other(void **state)
{
    (void)state;
    int ends[2];
    pid_t children[PROCESSES];
    assert_int_equal(pipe(ends), 0);
    answers = ends[1];
    for (int i = 0; i < PROCESSES; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) submit_all(i);
    }
    close(ends[1]);
    int left = ALL;
    for (int round = 0; round < 4 * ROUNDS; round++) {
        pid_t driver = driving_start(directory);
        await_answers(ends[0], 7);
        left -= 7;
        driving_kill(driver);
    }
    await_answers(ends[0], left);
    for (int i = 0; i < PROCESSES; i++)
        driving_join(children[i]);
    close(ends[0]);
    assert_all_once();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(drivers_come_and_go_and_nothing_is_lost_or_doubled, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(killed_drivers_follow_each_other, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
