/*
 * What a submitter writes while nobody drives, and what the next driver makes of it: what nobody
 * can have sent leaves at once, what an earlier driver handed out counts as sent.
 */
#define _GNU_SOURCE /* unshare */

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/driving.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER TRIAL_ORDER
#define OTHER "PS20260301A0000018"

static char directory[DIRECTORY_PATH_SIZE];

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    directory_remove(directory);
    return 0;
}

/* As another process of no driver would, in the trial's own time. */
static struct payscore_result submit_alone(struct trial *t, const char *command, const char *key,
                                           const char *body)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct payscore_result result;
    struct payscore_options options = trial_options(t);
    struct payscore_item item = trial_command(command, key, body);
    options.role = PAYSCORE_SUBMITTER;
    if (payscore_open(&engine, &options, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    if (payscore_submit(engine, &item.command, &result, &error) != PAYSCORE_OK)
        fail_msg("%s", error.text);
    payscore_close(engine);
    return result;
}

static void end_driver(struct trial *t)
{
    trial_close(t);
    t->engine = NULL;
}

static void begin_driver(struct trial *t)
{
    struct payscore_options options = trial_options(t);
    struct payscore_error error;
    if (payscore_open(&t->engine, &options, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
}

static void what_nobody_can_have_sent_leaves_at_once(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, directory);
    walk_to_serving(&t, ORDER);
    end_driver(&t);
    struct payscore_result result = submit_alone(&t, "complete", "c", body_complete(ORDER, 900));
    assert_int_equal(result.verdict, PAYSCORE_TAKEN);
    t.now_ms += 60000; /* It is due for a while already. */
    begin_driver(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "complete_order"), 1);
    assert_string_equal(order_state(&t), result.state);
    trial_close(&t);
}

static void so_does_it_after_many_moments(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, directory);
    walk_to_serving(&t, ORDER);
    end_driver(&t);
    submit_alone(&t, "complete", "c", body_complete(ORDER, 900));
    for (int i = 0; i < 4; i++) {
        t.now_ms += 1000;
        submit_alone(&t, "create", "k", body_create(OTHER, TRIAL_OPENID));
    }
    begin_driver(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "complete_order"), 1);
    trial_close(&t);
}

static void what_an_earlier_driver_handed_out_counts_as_sent(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, directory);
    walk_to_creating(&t, ORDER); /* Handed out, and no answer. */
    end_driver(&t);
    t.now_ms += 1000;
    submit_alone(&t, "check", "",
                 "{\"openid\":\"oSomebodyElse\"}"); /* Moments between change nothing. */
    t.now_ms += 1000;
    begin_driver(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "create_order"), 0);
    assert_string_equal(order_state(&t), "CREATE_UNKNOWN");
    trial_close(&t);
}

static void what_a_driver_handed_out_of_a_moment_counts_as_sent_by_the_next(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, directory);
    walk_to_serving(&t, ORDER);
    end_driver(&t);
    submit_alone(&t, "complete", "c", body_complete(ORDER, 900));
    begin_driver(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "complete_order"), 1);
    end_driver(&t);
    t.now_ms += 1000;
    begin_driver(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "complete_order"), 0);
    trial_await(&t, "query_order"); /* Asked for, not repeated. */
    trial_close(&t);
}

/* A command in a moment must not hide that an earlier driver may have sent. */
static void a_moment_settles_what_it_moves(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, directory);
    walk_to_creating(&t, ORDER);
    end_driver(&t);
    t.now_ms += 1000;
    submit_alone(&t, "cancel", "x",
                 "{\"out_order_no\":\"" ORDER "\",\"reason\":\"changed their mind\"}");
    begin_driver(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "create_order"), 0);
    order_end(&t);
}

/* Processes that cannot see each other alive. */

/* In a pid namespace of its own: 0 done, 77 not permitted. */
static int run_elsewhere(enum payscore_role role, enum payscore_status expected)
{
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWPID) != 0) _exit(errno == EPERM || errno == ENOSYS ? 77 : 78);
        pid_t inner = fork();
        if (inner == 0) {
            struct payscore *engine = NULL;
            struct payscore_error error = {""};
            struct payscore_options options = driving_options(directory, role);
            enum payscore_status rc = payscore_open(&engine, &options, &error);
            bool told = rc == PAYSCORE_OK || strstr(error.text, "namespace") != NULL;
            if (rc != expected) fprintf(stderr, "%s: %s\n", payscore_status_name(rc), error.text);
            payscore_close(engine);
            _exit(rc == expected && told ? 0 : 1);
        }
        int status = -1;
        waitpid(inner, &status, 0);
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 79);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void another_pid_namespace_is_sent_away(void **state)
{
    (void)state;
    driving_make(directory);
    pid_t driver = driving_start(directory);
    int code = run_elsewhere(PAYSCORE_READER, PAYSCORE_E_PROCESS);
    if (code == 77) {
        print_message("skipped: a pid namespace may not be made here\n");
        driving_stop(driver);
        skip();
    }
    assert_int_equal(code, 0);
    assert_int_equal(run_elsewhere(PAYSCORE_SUBMITTER, PAYSCORE_E_PROCESS), 0);
    assert_int_equal(run_elsewhere(PAYSCORE_DRIVER, PAYSCORE_E_PROCESS), 0);
    driving_stop(driver);
    assert_int_equal(run_elsewhere(PAYSCORE_DRIVER, PAYSCORE_OK), 0);
}

/* Its store was open already when the driver of another namespace came. */
static void a_driver_of_another_pid_namespace_takes_nothing_from_here(void **state)
{
    (void)state;
    int ready[2];
    char byte = 0;
    driving_make(directory);
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options(directory, PAYSCORE_SUBMITTER);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        if (unshare(CLONE_NEWPID) != 0) _exit(77);
        pid_t driver = driving_start(directory);
        if (write(ready[1], "r", 1) != 1) _exit(1);
        close(ready[1]);
        pause();
        _exit((int)driver);
    }
    close(ready[1]);
    if (read(ready[0], &byte, 1) == 1) {
        struct payscore_result result;
        struct payscore_command command = driving_create("A1", "");
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_PROCESS);
        assert_non_null(strstr(error.text, "namespace"));
    } else {
        print_message("skipped: a pid namespace may not be made here\n");
    }
    close(ready[0]);
    driving_kill(child); /* The driver dies with it. */
    payscore_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(what_nobody_can_have_sent_leaves_at_once),
        TEST(so_does_it_after_many_moments),
        TEST(what_an_earlier_driver_handed_out_counts_as_sent),
        TEST(what_a_driver_handed_out_of_a_moment_counts_as_sent_by_the_next),
        TEST(a_moment_settles_what_it_moves),
        TEST(another_pid_namespace_is_sent_away),
        TEST(a_driver_of_another_pid_namespace_takes_nothing_from_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
