/* Every operation of an order in both modes, over the api of a real worker at a real sandbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/time.h"
#include "support/stage.h"

#define CONFIRM_SERVICE "00003000000000158728912345678903"
#define OPENID          "oModesUser"

enum { FULL_FEN = 900, LESS_FEN = 300, BODY_SIZE = 1024, PATH_SIZE = 256, MOVES_MAX = 50 };
enum { COOL_DOWN_S = 180 };

/* A worker of a 需确认 service; nothing is deducted but when a test says so. */
static int set_up_confirmed(void **state)
{
    const struct stage_key service = {"merchant", "service_id", CONFIRM_SERVICE};
    struct stage *stage = stage_open();
    *state = stage;
    stage_write_config(stage, stage->conf, &service, 1);
    (void)stage_control(stage, "switches", "{\"deducts_by_itself\":false}");
    stage_start_worker(stage);
    return 0;
}

/* What the merchant says. */

static const char *create_body(const char *number)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"service_introduction\":\"酒店免押入住\","
             "\"post_payments\":[{\"name\":\"房费\",\"description\":\"按日计费\"}],"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"need_user_confirm\":true}",
             number);
    return body;
}

static const char *number_body(const char *number)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"out_order_no\":\"%s\",\"reason\":\"用户取消\"}", number);
    return body;
}

static const char *pay_body(const char *number)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"out_order_no\":\"%s\"}", number);
    return body;
}

static const char *modify_body(const char *number, int total_fen)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"post_payments\":[{\"name\":\"房费\",\"amount\":%d}],"
             "\"total_amount\":%d,\"reason\":\"早退\"}",
             number, total_fen, total_fen);
    return body;
}

static const char *sync_body(const char *number)
{
    static char body[BODY_SIZE];
    char paid_time[PS_COMPACT_SIZE + 1];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    ps_time_to_compact((int64_t)now.tv_sec * 1000, paid_time);
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"type\":\"Order_Paid\",\"detail\":{\"paid_time\":\"%s\"}}",
             number, paid_time);
    return body;
}

/* A command that the rows refuse; why must be said. */
static void refuse(const struct stage *stage, const char *name, const char *body, const char *why)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/v1/commands/%s", name);
    const struct http_reply *reply = stage_api(stage, path, body);
    if (reply->status != 409 || strstr(reply->text, why) == NULL)
        fail_msg("%s: %d %s", name, reply->status, reply->text);
}

/* What is shown. */

static const cJSON *record_of(const struct stage *stage, const char *number)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/v1/records/service_order/%s", number);
    const struct http_reply *reply = stage_api(stage, path, NULL);
    assert_int_equal(reply->status, 200);
    return reply->json;
}

/* A member of a member; "" where there is none. */
static const char *inner(const struct stage *stage, const char *number, const char *outer,
                         const char *member)
{
    const cJSON *object = cJSON_GetObjectItemCaseSensitive(record_of(stage, number), outer);
    return http_text(object, member);
}

static void expect_amounts(const struct stage *stage, const char *number, int asked_fen,
                           int paid_fen, const char *paid_type)
{
    const cJSON *record = record_of(stage, number);
    assert_int_equal((int)http_number(record, "asked_fen"), asked_fen);
    assert_int_equal((int)http_number(record, "paid_fen"), paid_fen);
    assert_string_equal(http_text(record, "paid_type"), paid_type);
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(record, "held")));
}

static const char *state_there(const struct stage *stage, const char *number)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "orders/%s", number);
    return http_text(stage_control(stage, path, NULL), "state");
}

/* Follow the feed until the reason beside the state is this. */
static void await_reason(struct stage *stage, const char *number, const char *reason)
{
    char feed[PATH_SIZE + 64];
    for (int i = 0; i < MOVES_MAX; i++) {
        if (strcmp(inner(stage, number, "reason", "name"), reason) == 0) return;
        snprintf(feed, sizeof feed, "/v1/feed?wait_ms=30000&after=%s", stage->cursor);
        const struct http_reply *reply = stage_api(stage, feed, NULL);
        snprintf(stage->cursor, sizeof stage->cursor, "%s", http_text(reply->json, "cursor"));
    }
    fail_msg("%s never had the reason %s", number, reason);
}

/* What the user and the platform do. */

static void tell(const struct stage *stage, const char *number, const char *what, const char *body)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "orders/%s/%s", number, what);
    (void)stage_control(stage, path, body);
}

static void deduct(const struct stage *stage, const char *number, const char *outcome)
{
    char body[64];
    snprintf(body, sizeof body, "{\"outcome\":\"%s\"}", outcome);
    tell(stage, number, "deduct", body);
}

/* Steps of a life. */

static void create(struct stage *stage, const char *number)
{
    stage_command(stage, "create", create_body(number));
    stage_await(stage, "service_order", number, "CONFIRMING");
}

static void serve(struct stage *stage, const char *number)
{
    create(stage, number);
    tell(stage, number, "confirm", "{\"openid\":\"" OPENID "\"}");
    stage_await(stage, "service_order", number, "SERVING");
}

static void complete(struct stage *stage, const char *number)
{
    stage_command(stage, "complete", stage_complete_body(number, FULL_FEN));
    stage_await(stage, "service_order", number, "COLLECTING");
}

static void collect(struct stage *stage, const char *number)
{
    serve(stage, number);
    complete(stage, number);
}

/* The tests. */

static void test_a_confirmed_order_is_lowered_and_paid(void **state)
{
    static const char number[] = "OPERA01";
    struct stage *stage = *state;
    create(stage, number);
    char *package = strdup(inner(stage, number, "handover", "package"));
    assert_non_null(package);
    assert_string_not_equal(package, "");
    assert_string_equal(inner(stage, number, "launch", "businessType"), "wxpayScoreUse");
    assert_string_equal(inner(stage, number, "launch", "package"), package);
    char body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"openid\":\"" OPENID "\",\"package\":\"%s\"}", package);
    free(package);
    tell(stage, number, "confirm", body); /* The very package leads the user there. */
    stage_await(stage, "service_order", number, "SERVING");
    assert_string_equal(inner(stage, number, "launch", "package"), "");
    complete(stage, number);
    refuse(stage, "modify", modify_body(number, FULL_FEN), "must be lower");
    stage_command(stage, "modify", modify_body(number, LESS_FEN));
    stage_await(stage, "service_order", number, "COLLECTING");
    deduct(stage, number, "paid");
    stage_await(stage, "service_order", number, "DONE");
    expect_amounts(stage, number, LESS_FEN, LESS_FEN, "NEWTON");
    assert_int_equal(stage_count(stage, number, "completed_count"), 1);
    assert_int_equal(stage_count(stage, number, "modified_count"), 1);
    assert_int_equal(stage_count(stage, number, "charged_count"), 1);
    stage_verify(stage);
}

static void test_an_order_that_nobody_confirmed_is_called_off(void **state)
{
    static const char number[] = "OPERA02";
    struct stage *stage = *state;
    create(stage, number);
    refuse(stage, "complete", stage_complete_body(number, FULL_FEN), "has not confirmed");
    stage_command(stage, "cancel", number_body(number));
    stage_await(stage, "service_order", number, "REVOKED");
    assert_string_equal(state_there(stage, number), "REVOKED");
    assert_int_equal(stage_requests(stage, number, "complete_order"), 0);
    assert_int_equal(stage_requests(stage, number, "cancel_order"), 1);
    assert_string_equal(inner(stage, number, "launch", "package"), "");
}

static void test_a_sync_ends_what_was_paid_by_another_way(void **state)
{
    static const char number[] = "OPERA03";
    struct stage *stage = *state;
    collect(stage, number);
    stage_command(stage, "sync", sync_body(number));
    stage_await(stage, "service_order", number, "DONE");
    expect_amounts(stage, number, FULL_FEN, FULL_FEN, "MCH");
    assert_string_equal(state_there(stage, number), "DONE");
    assert_int_equal(stage_count(stage, number, "synced_count"), 1);
    assert_int_equal(stage_count(stage, number, "charged_count"), 0);
}

/* The platform's notice is lost, so that the merchant says too late that the user paid elsewhere.
 */
static void test_a_user_who_paid_twice_is_held_until_a_person_has_looked(void **state)
{
    static const char number[] = "OPERA04";
    struct stage *stage = *state;
    char transaction[64];
    collect(stage, number);
    (void)stage_control(
        stage, "faults",
        "{\"kind\":\"notice_lost\",\"value\":1,\"match\":{\"out_order_no\":\"OPERA04\"}}");
    deduct(stage, number, "paid");
    stage_command(stage, "sync", sync_body(number));
    stage_await(stage, "service_order", number, "DONE");
    assert_string_equal(inner(stage, number, "held", "name"), "paid_twice");
    const cJSON *refund = cJSON_GetObjectItemCaseSensitive(record_of(stage, number), "refund");
    assert_int_equal((int)http_number(refund, "amount_fen"), FULL_FEN);
    snprintf(transaction, sizeof transaction, "%s", http_text(refund, "transaction_id"));
    assert_string_not_equal(transaction, "");
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "orders/%s", number);
    assert_string_equal(http_text(stage_control(stage, path, NULL), "transaction_id"), transaction);
    assert_int_equal(stage_count(stage, number, "synced_count"), 0);
    assert_int_equal(stage_ctl(stage, NULL,
                               (const char *const[]){"--person", "王芳", "--reason", "已退款",
                                                     "order", "release", number, NULL}),
                     0);
    expect_amounts(stage, number, FULL_FEN, FULL_FEN, "NEWTON");
    stage_verify(stage);
}

static void test_a_pay_is_sent_once_and_collects(void **state)
{
    static const char number[] = "OPERA05";
    struct stage *stage = *state;
    collect(stage, number);
    stage_command(stage, "pay", pay_body(number));
    stage_await(stage, "service_order", number, "DONE");
    expect_amounts(stage, number, FULL_FEN, FULL_FEN, "NEWTON");
    assert_int_equal(stage_requests(stage, number, "pay_order"), 1);
    assert_int_equal(stage_count(stage, number, "charged_count"), 1);
}

static void test_what_is_collected_may_be_called_off(void **state)
{
    static const char number[] = "OPERA06";
    struct stage *stage = *state;
    collect(stage, number);
    stage_command(stage, "cancel", number_body(number));
    stage_await(stage, "service_order", number, "REVOKED");
    assert_string_equal(state_there(stage, number), "REVOKED");
    assert_int_equal(stage_count(stage, number, "charged_count"), 0);
}

/* The cancel meets a deduction: it waits, and the deduction ends the order first. */
static void test_a_cancel_waits_while_a_deduction_is_under_way(void **state)
{
    static const char number[] = "OPERA07";
    struct stage *stage = *state;
    int64_t left_ms, due_ms = 0;
    struct timespec now;
    collect(stage, number);
    deduct(stage, number, "running");
    clock_gettime(CLOCK_REALTIME, &now);
    left_ms = (int64_t)now.tv_sec * 1000;
    stage_command(stage, "cancel", number_body(number));
    await_reason(stage, number, "deducting");
    assert_string_equal(http_text(record_of(stage, number), "state"), "PAYING_CANCEL_SENDING");
    assert_string_equal(inner(stage, number, "due", "call"), "cancel_order");
    const char *at = inner(stage, number, "due", "at");
    assert_true(ps_time_from_rfc3339((struct payscore_text){at, strlen(at)}, &due_ms));
    assert_true(due_ms >= left_ms + COOL_DOWN_S * 1000);
    deduct(stage, number, "paid");
    stage_await(stage, "service_order", number, "DONE");
    expect_amounts(stage, number, FULL_FEN, FULL_FEN, "NEWTON");
    assert_int_equal(stage_requests(stage, number, "cancel_order"), 1);
    assert_int_equal(stage_count(stage, number, "revoked_count"), 0);
}

/* Another program of the same merchant: a store and an api of its own. */
static void start_another(struct stage *another, const struct stage *stage)
{
    char api[STAGE_TEXT_SIZE + 8], listen[32];
    *another = *stage;
    another->worker = (struct process){0};
    another->cursor[0] = '\0';
    snprintf(another->conf, sizeof another->conf, "%s", stage_path(stage, "another.conf"));
    snprintf(another->store, sizeof another->store, "%s", stage_path(stage, "another"));
    snprintf(another->socket, sizeof another->socket, "%s", stage_path(stage, "another.sock"));
    snprintf(api, sizeof api, "unix:%s", another->socket);
    snprintf(listen, sizeof listen, "127.0.0.1:%d", stage_free_port());
    const struct stage_key keys[] = {{"merchant", "service_id", CONFIRM_SERVICE},
                                     {"store", "path", another->store},
                                     {"notify", "listen", listen},
                                     {"api", "listen", api}};
    assert_int_equal(mkdir(another->store, 0700), 0);
    stage_write_config(another, another->conf, keys, sizeof keys / sizeof keys[0]);
    stage_start_worker(another);
}

static void test_an_order_of_another_program_is_taken_over(void **state)
{
    static const char number[] = "OPERA08";
    struct stage *stage = *state, another;
    start_another(&another, stage);
    create(&another, number);
    stage_stop_worker(&another);
    refuse(stage, "cancel", number_body(number), "no such order");
    stage_command(stage, "adopt", pay_body(number));
    stage_await(stage, "service_order", number, "CONFIRMING");
    assert_string_equal(inner(stage, number, "launch", "package"), ""); /* Was another's. */
    tell(stage, number, "confirm", "{\"openid\":\"" OPENID "\"}");
    stage_await(stage, "service_order", number, "SERVING");
    complete(stage, number);
    deduct(stage, number, "paid");
    stage_await(stage, "service_order", number, "DONE");
    expect_amounts(stage, number, FULL_FEN, FULL_FEN, "NEWTON");
    assert_int_equal(stage_requests(stage, number, "create_order"), 1);
    stage_verify(stage);
}

static void test_an_authorization_ends_by_its_code_once_no_order_is_open(void **state)
{
    static const char body[] = "{\"authorization_code\":\"AUTHOPERA09\",\"reason\":\"用户注销\"}";
    struct stage *stage = *state;
    stage_serve(stage, "OPERA09");
    refuse(stage, "terminate_by_code", body, "order");
    stage_command(stage, "cancel", number_body("OPERA09"));
    stage_await(stage, "service_order", "OPERA09", "REVOKED");
    stage_command(stage, "terminate_by_code", body);
    stage_await(stage, "authorization", "oOPERA09", "CLOSED");
    stage_command(stage, "create", stage_create_body("OPERA10", "oOPERA09"));
    stage_await(stage, "service_order", "OPERA10", "REFUSED");
    assert_string_equal(inner(stage, "OPERA10", "reason", "name"), "not_authorized");
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up_confirmed, stage_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_a_confirmed_order_is_lowered_and_paid),
        ROW(test_an_order_that_nobody_confirmed_is_called_off),
        ROW(test_a_sync_ends_what_was_paid_by_another_way),
        ROW(test_a_user_who_paid_twice_is_held_until_a_person_has_looked),
        ROW(test_a_pay_is_sent_once_and_collects),
        ROW(test_what_is_collected_may_be_called_off),
        ROW(test_a_cancel_waits_while_a_deduction_is_under_way),
        ROW(test_an_order_of_another_program_is_taken_over),
        cmocka_unit_test_setup_teardown(
            test_an_authorization_ends_by_its_code_once_no_order_is_open, stage_setup,
            stage_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
