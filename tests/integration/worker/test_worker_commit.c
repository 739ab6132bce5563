/*
 * A notification is answered 204 only once it is durable: the worker is killed at moments of the
 * very commit that holds the notification.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "notices.h"

#define OPENID "oCommitUser"
#define CODE   "COMMITAUTH01"

enum { VALUE_SIZE = 512, KILLED = 128 + SIGKILL };

static int set_up(void **state)
{
    *state = stage_open();
    return 0;
}

static void start_shimmed(struct stage *stage, const char *moment)
{
    char preload[VALUE_SIZE], armed[VALUE_SIZE], at[VALUE_SIZE], options[VALUE_SIZE];
    const char *usual = getenv("ASAN_OPTIONS");
    snprintf(preload, sizeof preload, "LD_PRELOAD=%s/../tests/shim_sync.so", TEST_BIN_DIR);
    snprintf(armed, sizeof armed, "SHIM_ARMED=%s", stage_path(stage, "armed"));
    snprintf(at, sizeof at, "SHIM_MOMENT=%s", moment);
    snprintf(options, sizeof options, "ASAN_OPTIONS=%s:verify_asan_link_order=0",
             usual != NULL ? usual : "");
    stage_start_worker_in(stage, (const char *const[]){preload, armed, at, options, NULL});
}

static void arm(const struct stage *stage)
{
    FILE *file = fopen(stage_path(stage, "armed"), "we");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

/* The user's authorization as the store has it, and how many moves led there. */
static cJSON *history_of(const struct stage *stage)
{
    return stage_ctl_json(
        stage, 0, (const char *const[]){"--json", "authorization", "history", OPENID, NULL});
}

static int moves_of(const struct stage *stage, const char *state)
{
    cJSON *history = history_of(stage);
    int count = cJSON_GetArraySize(history);
    assert_string_equal(http_text(cJSON_GetArrayItem(history, count - 1), "to"), state);
    cJSON_Delete(history);
    return count;
}

/* Bring a worker to the moment, and kill it there. How many moves the record had before. */
static int kill_at(struct stage *stage, const struct notices *notices, const char *moment,
                   const char *body)
{
    start_shimmed(stage, moment);
    stage_authorize(stage, OPENID, CODE);
    stage_await(stage, "preauthorization", CODE, "BOUND");
    int moves = moves_of(stage, "OPEN");
    arm(stage);
    assert_int_equal(notices_send(notices, body, NULL)->status, 0);
    assert_int_equal(process_wait(&stage->worker), KILLED);
    assert_int_equal(unlink(stage_path(stage, "armed")), 0);
    return moves;
}

/* Start again, and send the notification as often as the platform would. */
static void assert_moved_once(struct stage *stage, const struct notices *notices, const char *body,
                              int moves)
{
    stage_start_worker(stage);
    assert_int_equal(notices_send(notices, body, NULL)->status, 204);
    assert_int_equal(moves_of(stage, "CLOSED"), moves + 1);
    assert_int_equal(notices_send(notices, body, NULL)->status, 204);
    assert_int_equal(moves_of(stage, "CLOSED"), moves + 1);
    stage_verify(stage);
    stage_stop_worker(stage);
}

static void die_before_it_is_durable(struct stage *stage, const char *moment)
{
    struct notices notices;
    notices_open(&notices, stage);
    char *body = notices_closed(&notices, OPENID);
    int moves = kill_at(stage, &notices, moment, body);
    assert_int_equal(moves_of(stage, "OPEN"), moves);
    stage_verify(stage);
    assert_moved_once(stage, &notices, body, moves);
    free(body);
}

static void test_killed_before_the_pages_are_synced_nothing_is_told(void **state)
{
    die_before_it_is_durable(*state, "pages");
}

static void test_killed_before_the_head_is_written_nothing_is_told(void **state)
{
    die_before_it_is_durable(*state, "head");
}

static void test_killed_between_commit_and_answer_the_repeat_is_known(void **state)
{
    struct stage *stage = *state;
    struct notices notices;
    notices_open(&notices, stage);
    char *body = notices_closed(&notices, OPENID);
    int moves = kill_at(stage, &notices, "durable", body);
    assert_int_equal(moves_of(stage, "CLOSED"), moves + 1);
    stage_verify(stage);
    assert_moved_once(stage, &notices, body, moves);
    free(body);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, stage_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_killed_before_the_pages_are_synced_nothing_is_told),
        ROW(test_killed_before_the_head_is_written_nothing_is_told),
        ROW(test_killed_between_commit_and_answer_the_repeat_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
