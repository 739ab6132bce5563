/* One process drives a store: who may write, who waits, who takes over, and what stopping loses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "support/stage.h"

#define ORDER  "DRIVE001"
#define OPENID "oDriveUser"
#define CODE   "DRIVEAUTH1"

enum { EXIT_BUSY = 75, LATE_MS = 1500, VERY_LATE_MS = 20000 };

static void assert_holds(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) fail_msg("'%s' does not say '%s'", text, part);
}

static cJSON *authorize_by_ctl(const struct stage *stage)
{
    return stage_ctl_json(stage, 0, (const char *const[]){"--json", "authorize", CODE, NULL});
}

static void test_a_command_goes_through_the_worker_that_runs(void **state)
{
    struct stage *stage = *state;
    cJSON *answer = authorize_by_ctl(stage); /* It holds the lock: there is no other way. */
    assert_string_equal(http_text(answer, "verdict"), "taken");
    cJSON_Delete(answer);
    stage_await(stage, "preauthorization", CODE, "UNBOUND"); /* And went on by itself. */
}

/* Let the api listen on TCP; where, as host:port. */
static void listen_on_tcp(struct stage *stage, char address[64])
{
    static const char token[] = "0123456789abcdef-token";
    const char *path = stage_path(stage, "token");
    snprintf(address, 64, "127.0.0.1:%d", stage_free_port());
    const struct stage_key keys[] = {{"api", "listen", address}, {"api", "token_file", "token"}};
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(token, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
    stage_write_config(stage, stage->conf, keys, 2);
}

static void test_over_tcp_a_command_needs_the_token_and_goes_through(void **state)
{
    struct stage *stage = *state;
    char address[64], url[128];
    stage_stop_worker(stage);
    listen_on_tcp(stage, address);
    stage_start_worker(stage);
    snprintf(url, sizeof url, "http://%s/v1/commands/preauthorize", address);
    const struct http_request request = {.url = url,
                                         .body = "{\"authorization_code\":\"" CODE "\"}"};
    const struct http_reply *reply = http_send(&request);
    assert_int_equal(reply->status, 401);
    assert_string_equal(http_text(reply->json, "code"), "TOKEN");
    struct http_request with_token = request;
    with_token.headers[0] = "Authorization: Bearer 0123456789abcdef-token";
    reply = http_send(&with_token);
    assert_int_equal(reply->status, 200);
    assert_string_equal(http_text(reply->json, "verdict"), "taken");
    cJSON *answer = authorize_by_ctl(stage); /* Through the store's socket, which needs none. */
    assert_string_equal(http_text(answer, "verdict"), "duplicate");
    cJSON_Delete(answer);
    char *log = process_read_file(stage->worker.log, NULL);
    assert_holds(log, "\"event\":\"command_done\"");
    assert_null(strstr(log, "0123456789abcdef-token"));
    free(log);
}

static void test_without_a_worker_a_command_is_written_straight(void **state)
{
    struct stage *stage = *state;
    stage_stop_worker(stage);
    cJSON *answer = authorize_by_ctl(stage);
    assert_string_equal(http_text(answer, "verdict"), "taken");
    assert_string_equal(http_text(answer, "state"), "ASK_SENDING");
    cJSON_Delete(answer);
    stage_verify(stage);
    stage_start_worker(stage);
    stage_await(stage, "preauthorization", CODE, "UNBOUND");
}

static void test_the_same_key_gets_the_first_answer_with_and_without_a_worker(void **state)
{
    const char *const again[] = {"--json", "--key", "k1", "authorize", CODE, NULL};
    struct stage *stage = *state;
    cJSON *first = stage_ctl_json(stage, 0, again);
    stage_stop_worker(stage);
    cJSON *second = stage_ctl_json(stage, 0, again);
    assert_string_equal(http_text(second, "verdict"), "duplicate");
    assert_int_equal((int)http_number(second, "entry"), (int)http_number(first, "entry"));
    cJSON_Delete(first);
    cJSON_Delete(second);
}

static void test_a_second_worker_ends_and_names_the_first(void **state)
{
    struct stage *stage = *state;
    char pid[32];
    stage_start_other(stage, NULL);
    assert_int_equal(process_wait(&stage->other), EXIT_BUSY);
    char *log = process_read_file(stage_path(stage, "other.log"), NULL);
    snprintf(pid, sizeof pid, "%d", (int)stage->worker.pid);
    assert_holds(log, pid);
    free(log);
    assert_int_equal(stage_api(stage, "/v1/health", NULL)->status, 200);
}

/* An order whose create took effect, while its answer is still to come. */
static void begin_create(struct stage *stage, int late_ms)
{
    stage_authorize(stage, OPENID, CODE);
    stage_fault(stage, "delay_ms", "create_order", ORDER, late_ms);
    stage_command(stage, "create", stage_create_body(ORDER, OPENID));
    process_await(&stage->sandbox,
                  (const char *const[]){"POST /v3/payscore/serviceorder ", "-> 200", NULL});
}

static void test_a_standby_takes_over_and_asks_what_became_of_a_call(void **state)
{
    struct stage *stage = *state;
    char addresses[256];
    begin_create(stage, VERY_LATE_MS);
    stage_start_other(stage, "--wait-lock");
    process_await(&stage->other, (const char *const[]){"\"event\":\"waiting\"", NULL});
    assert_int_equal(process_stop(&stage->worker, SIGKILL), 128 + SIGKILL);
    assert_true(process_ready(&stage->other, addresses, sizeof addresses));
    stage_await(stage, "service_order", ORDER, "SERVING");
    assert_int_equal(stage_requests(stage, ORDER, "create_order"), 1);
    assert_true(stage_requests(stage, ORDER, "query_order") >= 1);
    assert_int_equal(stage_count(stage, ORDER, "created_count"), 1);
    stage_verify(stage);
    assert_int_equal(process_stop(&stage->other, SIGTERM), 0);
}

static void test_a_standby_that_is_asked_to_stop_ends_without_the_lock(void **state)
{
    struct stage *stage = *state;
    stage_start_other(stage, "--wait-lock");
    process_await(&stage->other, (const char *const[]){"\"event\":\"waiting\"", NULL});
    assert_int_equal(process_stop(&stage->other, SIGTERM), 0);
    assert_int_equal(stage_api(stage, "/v1/health", NULL)->status, 200);
}

static void test_stopping_waits_for_the_call_that_is_under_way(void **state)
{
    struct stage *stage = *state;
    begin_create(stage, LATE_MS);
    assert_int_equal(process_stop(&stage->worker, SIGTERM), 0);
    cJSON *order =
        stage_ctl_json(stage, 0, (const char *const[]){"--json", "order", "show", ORDER, NULL});
    assert_string_equal(http_text(order, "state"), "SERVING");
    cJSON_Delete(order);
    char *log = process_read_file(stage->worker.log, NULL);
    assert_holds(log, "\"event\":\"stopping\"");
    assert_holds(log, "\"event\":\"stopped\"");
    free(log);
    stage_verify(stage);
    stage_start_worker(stage);
    assert_int_equal(stage_requests(stage, ORDER, "create_order"), 1);
    assert_int_equal(stage_count(stage, ORDER, "created_count"), 1);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_a_command_goes_through_the_worker_that_runs),
        ROW(test_over_tcp_a_command_needs_the_token_and_goes_through),
        ROW(test_without_a_worker_a_command_is_written_straight),
        ROW(test_the_same_key_gets_the_first_answer_with_and_without_a_worker),
        ROW(test_a_second_worker_ends_and_names_the_first),
        ROW(test_a_standby_takes_over_and_asks_what_became_of_a_call),
        ROW(test_a_standby_that_is_asked_to_stop_ends_without_the_lock),
        ROW(test_stopping_waits_for_the_call_that_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
