/* The api of a running worker: every route, every kind of error, and a feed that waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/stage.h"

#define ORDER "APIORDER1"

enum { BODY_MAX = 65536 };

static int set_up(void **state)
{
    stage_setup(state);
    stage_serve(*state, ORDER);
    return 0;
}

static const cJSON *read_200(const struct stage *stage, const char *path)
{
    const struct http_reply *reply = stage_api(stage, path, NULL);
    if (reply->status != 200) fail_msg("%s: %d %s", path, reply->status, reply->text);
    assert_non_null(reply->json);
    assert_string_equal(reply->type, "application/json");
    return reply->json;
}

static void test_every_read_route_answers(void **state)
{
    const struct stage *stage = *state;
    const cJSON *json = read_200(stage, "/v1/records/service_order/" ORDER);
    assert_string_equal(http_text(json, "state"), "SERVING");
    json = read_200(stage, "/v1/records/service_order/" ORDER "/history?evidence=1");
    assert_true(cJSON_GetArraySize(json) >= 3);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetArrayItem(json, 0), "evidence")) >
                0);
    json = read_200(stage, "/v1/records?chart=service_order&state=SERVING&limit=10&unsettled=1");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "records")), 1);
    json = read_200(stage, "/v1/feed?limit=2");
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "entries")), 2);
    assert_string_not_equal(http_text(json, "cursor"), "");
    json = read_200(stage, "/v1/verify");
    assert_true(cJSON_IsTrue(cJSON_GetObjectItem(json, "ok")));
    json = read_200(stage, "/v1/health");
    assert_string_equal(http_text(json, "status"), "ok");
    const struct http_reply *reply = stage_api(stage, "/v1/metrics", NULL);
    assert_int_equal(reply->status, 200);
    assert_memory_equal(reply->type, "text/plain", strlen("text/plain"));
    assert_true(stage_metric(stage, "payscore_newest_entry") > 0);
}

static void test_the_feed_pages_to_its_end_without_gaps(void **state)
{
    const struct stage *stage = *state;
    char path[512], cursor[256] = "";
    double number = 0, newest = stage_newest(stage);
    for (int page = 0; page < 100; page++) {
        const cJSON *entry;
        snprintf(path, sizeof path, "/v1/feed?limit=3&after=%s", cursor);
        const cJSON *json = read_200(stage, path);
        snprintf(cursor, sizeof cursor, "%s", http_text(json, "cursor"));
        const cJSON *entries = cJSON_GetObjectItem(json, "entries");
        if (cJSON_GetArraySize(entries) == 0) break;
        cJSON_ArrayForEach(entry, entries)
        {
            assert_int_equal((int)http_number(entry, "entry"), (int)number + 1);
            number = http_number(entry, "entry");
        }
    }
    assert_int_equal((int)number, (int)newest);
}

static void test_a_waiting_feed_answers_when_an_entry_comes(void **state)
{
    struct stage *stage = *state;
    char path[512];
    struct http_request request;
    snprintf(path, sizeof path, "/v1/feed?limit=1000");
    snprintf(path, sizeof path, "/v1/feed?wait_ms=60000&after=%s",
             http_text(read_200(stage, path), "cursor"));
    request = stage_api_request(stage, path, NULL);
    struct http *waiting = http_begin(&request);
    int newest = (int)stage_newest(stage); /* Answered behind it, so it is taken. */
    assert_false(http_answered(waiting));
    stage_command(stage, "preauthorize", "{\"authorization_code\":\"APIWAIT001\"}");
    const struct http_reply *reply = http_end(waiting);
    assert_int_equal(reply->status, 200);
    const cJSON *entries = cJSON_GetObjectItem(reply->json, "entries");
    assert_true(cJSON_GetArraySize(entries) >= 1);
    assert_int_equal((int)http_number(cJSON_GetArrayItem(entries, 0), "entry"), newest + 1);
    stage_await(stage, "preauthorization", "APIWAIT001", "UNBOUND");
}

static void test_a_feed_from_now_on_shows_what_comes(void **state)
{
    struct stage *stage = *state;
    struct http_request request =
        stage_api_request(stage, "/v1/feed?wait_ms=60000&after=newest", NULL);
    struct http *waiting = http_begin(&request);
    int newest = (int)stage_newest(stage), count = 0;
    char code[32], body[64];
    /* Until the feed waits, what comes would be behind it: one more tells. */
    for (; !http_answered(waiting); count++) {
        snprintf(body, sizeof body, "{\"authorization_code\":\"APINOW%04d\"}", count);
        stage_command(stage, "preauthorize", body);
    }
    const struct http_reply *reply = http_end(waiting);
    assert_int_equal(reply->status, 200);
    const cJSON *entries = cJSON_GetObjectItem(reply->json, "entries");
    assert_true(cJSON_GetArraySize(entries) >= 1);
    assert_true((int)http_number(cJSON_GetArrayItem(entries, 0), "entry") > newest);
    for (int i = 0; i < count; i++) {
        snprintf(code, sizeof code, "APINOW%04d", i);
        stage_await(stage, "preauthorization", code, "UNBOUND");
    }
}

static void test_a_cursor_is_kept_under_its_name(void **state)
{
    const struct stage *stage = *state;
    char body[512];
    snprintf(body, sizeof body, "{\"cursor\":\"%s\"}",
             http_text(read_200(stage, "/v1/feed?limit=2"), "cursor"));
    struct http_request request = stage_api_request(stage, "/v1/cursors/books", body);
    request.method = "PUT";
    assert_int_equal(http_send(&request)->status, 200);
    const cJSON *cursor = cJSON_GetArrayItem(read_200(stage, "/v1/cursors"), 0);
    assert_string_equal(http_text(cursor, "name"), "books");
    assert_non_null(strstr(body, http_text(cursor, "cursor")));
    assert_true(http_number(cursor, "behind") > 0);
    assert_string_not_equal(http_text(cursor, "stored"), "");
}

static void test_a_feed_that_waited_in_vain_is_empty(void **state)
{
    const struct stage *stage = *state;
    char path[512];
    snprintf(path, sizeof path, "/v1/feed?wait_ms=50&after=%s",
             http_text(read_200(stage, "/v1/feed?limit=1000"), "cursor"));
    const cJSON *json = read_200(stage, path);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(json, "entries")), 0);
}

/* Errors. */

static void assert_problem(const struct http_reply *reply, int status, const char *code)
{
    if (reply->status != status)
        fail_msg("%d instead of %d: %s", reply->status, status, reply->text);
    assert_string_equal(reply->type, "application/problem+json");
    assert_string_equal(http_text(reply->json, "code"), code);
    assert_int_equal((int)http_number(reply->json, "status"), status);
    assert_string_not_equal(http_text(reply->json, "title"), "");
    assert_string_not_equal(http_text(reply->json, "detail"), "");
}

static void test_every_kind_of_error_is_a_problem_and_changes_nothing(void **state)
{
    static const struct {
        const char *method, *path, *body, *code;
        int status;
    } rows[] = {
        {NULL, "/v1/nothing", NULL, "NO_ROUTE", 404},
        {NULL, "/", NULL, "NO_ROUTE", 404},
        {NULL, "/v1/records/service_order/NONE", NULL, "E_NOT_FOUND", 404},
        {NULL, "/v1/records/service_order/NONE/history", NULL, "E_NOT_FOUND", 404},
        {NULL, "/v1/records/nothing/" ORDER, NULL, "E_INPUT", 422},
        {NULL, "/v1/commands/create", NULL, "METHOD", 405},
        {"DELETE", "/v1/records", NULL, "METHOD", 405},
        {NULL, "/v1/feed?wait_ms=60001", NULL, "E_INPUT", 422},
        {NULL, "/v1/feed?after=nonsense", NULL, "E_INPUT", 422},
        {"PUT", "/v1/cursors/books", "{}", "E_INPUT", 422},
        {"PUT", "/v1/cursors/books", "{\"cursor\":\"nonsense\"}", "E_INPUT", 422},
        {"PUT", "/v1/cursors/b%20s", "{\"cursor\":\"\"}", "E_INPUT", 422},
        {NULL, "/v1/records?limit=1001", NULL, "E_INPUT", 422},
        {NULL, "/v1/commands/create", "{", "E_INPUT", 422},
        {NULL, "/v1/commands/create", "{\"out_order_no\":\"A\"}", "E_INPUT", 422},
        {NULL, "/v1/commands/nothing", "{}", "E_INPUT", 422},
        {NULL, "/v1/commands/cancel", "{\"out_order_no\":\"NONE\",\"reason\":\"r\"}", "REFUSED",
         409},
    };
    const struct stage *stage = *state;
    double newest = stage_newest(stage);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct http_request request = stage_api_request(stage, rows[i].path, rows[i].body);
        request.method = rows[i].method;
        assert_problem(http_send(&request), rows[i].status, rows[i].code);
    }
    char *large = malloc(BODY_MAX + 2);
    assert_non_null(large);
    memset(large, ' ', BODY_MAX + 1);
    large[BODY_MAX + 1] = '\0';
    assert_problem(stage_api(stage, "/v1/commands/create", large), 413, "HTTP");
    free(large);
    assert_int_equal((int)stage_newest(stage), (int)newest);
}

static void test_a_command_out_of_place_says_by_which_row(void **state)
{
    const struct stage *stage = *state;
    const char *body = stage_create_body(ORDER, "oSomebodyElse");
    const struct http_reply *reply = stage_api(stage, "/v1/commands/create", body);
    assert_problem(reply, 409, "REFUSED");
    assert_string_equal(http_text(reply->json, "verdict"), "refused");
    assert_true(http_number(reply->json, "row") > 0);
    assert_string_not_equal(http_text(reply->json, "row_text"), "");
}

static void test_a_repeated_key_gets_the_first_receipt(void **state)
{
    const struct stage *stage = *state;
    struct http_request request = stage_api_request(stage, "/v1/commands/preauthorize",
                                                    "{\"authorization_code\":\"APIKEY0001\"}");
    request.headers[0] = "Idempotency-Key: key-1";
    const struct http_reply *reply = http_send(&request);
    assert_int_equal(reply->status, 200);
    assert_string_equal(http_text(reply->json, "verdict"), "taken");
    double entry = http_number(reply->json, "entry");
    reply = http_send(&request);
    assert_string_equal(http_text(reply->json, "verdict"), "duplicate");
    assert_int_equal((int)http_number(reply->json, "entry"), (int)entry);
}

static void test_the_socket_is_its_owners_only(void **state)
{
    const struct stage *stage = *state;
    struct stat found;
    assert_int_equal(stat(stage->socket, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_read_route_answers),
        cmocka_unit_test(test_the_feed_pages_to_its_end_without_gaps),
        cmocka_unit_test(test_a_waiting_feed_answers_when_an_entry_comes),
        cmocka_unit_test(test_a_feed_from_now_on_shows_what_comes),
        cmocka_unit_test(test_a_cursor_is_kept_under_its_name),
        cmocka_unit_test(test_a_feed_that_waited_in_vain_is_empty),
        cmocka_unit_test(test_every_kind_of_error_is_a_problem_and_changes_nothing),
        cmocka_unit_test(test_a_command_out_of_place_says_by_which_row),
        cmocka_unit_test(test_a_repeated_key_gets_the_first_receipt),
        cmocka_unit_test(test_the_socket_is_its_owners_only),
    };
    return cmocka_run_group_tests(tests, set_up, stage_teardown);
}
