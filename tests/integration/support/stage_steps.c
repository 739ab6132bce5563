/* What merchant, platform and user do on the stage. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/time.h"

enum { MOVES_MAX = 200, PATH_SIZE = 512, BODY_SIZE = 1024 };

/* The merchant's side. */

struct http_request stage_api_request(const struct stage *stage, const char *path, const char *body)
{
    static char url[PATH_SIZE + 32];
    snprintf(url, sizeof url, "http://localhost%s", path);
    return (struct http_request){.socket = stage->socket, .url = url, .body = body};
}

const struct http_reply *stage_api(const struct stage *stage, const char *path, const char *body)
{
    struct http_request request = stage_api_request(stage, path, body);
    return http_send(&request);
}

void stage_command(const struct stage *stage, const char *name, const char *body)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "/v1/commands/%s", name);
    const struct http_reply *reply = stage_api(stage, path, body);
    if (reply->status != 200) fail_msg("%s: %d %s", name, reply->status, reply->text);
    assert_string_equal(http_text(reply->json, "verdict"), "taken");
}

static bool is_in(const struct stage *stage, const char *path, const char *state)
{
    const struct http_reply *reply = stage_api(stage, path, NULL);
    return reply->status == 200 && strcmp(http_text(reply->json, "state"), state) == 0;
}

void stage_await(struct stage *stage, const char *chart, const char *name, const char *state)
{
    char record[PATH_SIZE], feed[PATH_SIZE];
    snprintf(record, sizeof record, "/v1/records/%s/%s", chart, name);
    for (int i = 0; i < MOVES_MAX; i++) {
        if (is_in(stage, record, state)) return;
        snprintf(feed, sizeof feed, "/v1/feed?wait_ms=30000&after=%s", stage->cursor);
        const struct http_reply *reply = stage_api(stage, feed, NULL);
        assert_int_equal(reply->status, 200);
        snprintf(stage->cursor, sizeof stage->cursor, "%s", http_text(reply->json, "cursor"));
    }
    fail_msg("%s never became %s: %s", name, state, stage_api(stage, record, NULL)->text);
}

double stage_newest(const struct stage *stage)
{
    return http_number(stage_api(stage, "/v1/health", NULL)->json, "newest");
}

double stage_metric(const struct stage *stage, const char *line)
{
    const struct http_reply *reply = stage_api(stage, "/v1/metrics", NULL);
    char sought[PATH_SIZE];
    snprintf(sought, sizeof sought, "\n%s ", line);
    const char *at = strstr(reply->text, sought);
    if (at != NULL) return strtod(at + strlen(sought), NULL);
    fail_msg("no %s in:\n%s", line, reply->text);
    return -1;
}

int stage_ctl(const struct stage *stage, const char *input, const char *const *arguments)
{
    const char *all[PROCESS_ARGUMENTS_MAX + 1] = {"--config", stage->conf};
    const char *output = stage_path(stage, "ctl.out");
    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_in_range(i, 0, PROCESS_ARGUMENTS_MAX - 3);
        all[i + 2] = arguments[i];
    }
    (void)unlink(output);
    const struct process_plan plan = {.program = "payscorectl",
                                      .arguments = all,
                                      .input = input,
                                      .output = output,
                                      .log = output};
    return process_run(&plan);
}

char *stage_ctl_output(const struct stage *stage)
{
    return process_read_file(stage_path(stage, "ctl.out"), NULL);
}

cJSON *stage_ctl_json(const struct stage *stage, int status, const char *const *arguments)
{
    int code = stage_ctl(stage, NULL, arguments);
    char *output = stage_ctl_output(stage);
    cJSON *json = cJSON_Parse(output);
    if (code != status || json == NULL) fail_msg("payscorectl: %d, %s", code, output);
    free(output);
    return json;
}

void stage_verify(const struct stage *stage)
{
    cJSON *report = stage_ctl_json(stage, 0, (const char *const[]){"--json", "verify", NULL});
    assert_true(cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(report, "ok")));
    cJSON_Delete(report);
}

/* The platform's side. */

const cJSON *stage_control(const struct stage *stage, const char *path, const char *body)
{
    char url[PATH_SIZE];
    snprintf(url, sizeof url, "%s/sandbox/%s", stage->sandbox_url, path);
    const struct http_request request = {
        .url = url, .headers = {"Content-Type: application/json"}, .body = body};
    const struct http_reply *reply = http_send(&request);
    if (reply->status != 200) fail_msg("%s: %d %s", path, reply->status, reply->text);
    return reply->json;
}

void stage_fault(const struct stage *stage, const char *kind, const char *call, const char *number,
                 int value)
{
    char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"kind\":\"%s\",\"value\":%d,\"match\":{\"call\":\"%s\",\"out_order_no\":\"%s\"}}",
             kind, value, call, number);
    (void)stage_control(stage, "faults", body);
}

static const cJSON *ledger_of(const struct stage *stage, const char *number)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "orders/%s", number);
    return stage_control(stage, path, NULL);
}

int stage_count(const struct stage *stage, const char *number, const char *member)
{
    return (int)http_number(ledger_of(stage, number), member);
}

int stage_requests(const struct stage *stage, const char *number, const char *call)
{
    const cJSON *order = ledger_of(stage, number);
    double count = http_number(cJSON_GetObjectItemCaseSensitive(order, "requests"), call);
    return count < 0 ? 0 : (int)count;
}

/* Steps of a life. */

void stage_authorize(struct stage *stage, const char *openid, const char *code)
{
    char path[PATH_SIZE], body[BODY_SIZE];
    snprintf(body, sizeof body, "{\"authorization_code\":\"%s\"}", code);
    stage_command(stage, "preauthorize", body);
    stage_await(stage, "preauthorization", code, "UNBOUND");
    snprintf(path, sizeof path, "authorizations/%s/accept", code);
    snprintf(body, sizeof body, "{\"openid\":\"%s\"}", openid);
    (void)stage_control(stage, path, body);
    stage_await(stage, "authorization", openid, "OPEN");
}

const char *stage_create_body(const char *number, const char *openid)
{
    static char body[BODY_SIZE];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\",\"service_introduction\":\"共享充电宝租借\","
             "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"3元/60分钟\"}],"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"openid\":\"%s\"}",
             number, openid);
    return body;
}

const char *stage_complete_body(const char *number, int total_fen)
{
    static char body[BODY_SIZE];
    char end_time[PS_COMPACT_SIZE + 1];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    ps_time_to_compact((int64_t)now.tv_sec * 1000, end_time);
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"%s\","
             "\"post_payments\":[{\"name\":\"使用时长\",\"amount\":%d}],"
             "\"total_amount\":%d,\"time_range\":{\"end_time\":\"%s\"}}",
             number, total_fen, total_fen, end_time);
    return body;
}

static void name_user(const char *number, char openid[64], char code[64])
{
    snprintf(openid, 64, "o%s", number);
    snprintf(code, 64, "AUTH%s", number);
}

void stage_serve(struct stage *stage, const char *number)
{
    char openid[64], code[64];
    name_user(number, openid, code);
    stage_authorize(stage, openid, code);
    stage_command(stage, "create", stage_create_body(number, openid));
    stage_await(stage, "service_order", number, "SERVING");
}

void stage_collect(struct stage *stage, const char *number, int total_fen)
{
    char openid[64], code[64], path[PATH_SIZE];
    stage_serve(stage, number);
    name_user(number, openid, code);
    snprintf(path, sizeof path, "users/%s", openid);
    (void)stage_control(stage, path, "{\"can_pay\":false}");
    stage_command(stage, "complete", stage_complete_body(number, total_fen));
    stage_await(stage, "service_order", number, "COLLECTING");
}
