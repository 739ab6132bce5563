#include "support/trial.h"

#include <cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/platform_side.h"

/* 2026-03-01 10:00:00 +08:00 */
#define TRIAL_START_MS INT64_C(1772330400000)

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

const struct payscore_merchant *trial_merchant(void)
{
    static struct payscore_credentials credentials;
    static struct payscore_merchant merchant;
    credentials = test_credentials();
    merchant = (struct payscore_merchant){
        .mchid = PAYSCORE_TEXT(TRIAL_MCHID),
        .appid = PAYSCORE_TEXT(TRIAL_APPID),
        .service_id = PAYSCORE_TEXT(TRIAL_SERVICE),
        .notify_url = PAYSCORE_TEXT("https://pay.example.com/wx/payscore"),
        .credentials = &credentials,
    };
    return &merchant;
}

/* The doors. */

static int64_t trial_now(void *context)
{
    return ((struct trial *)context)->now_ms;
}

static void trial_random(void *context, void *bytes, size_t size)
{
    struct trial *trial = context;
    uint8_t *to = bytes;
    for (size_t i = 0; i < size; i++) {
        trial->seed ^= trial->seed << 13;
        trial->seed ^= trial->seed >> 7;
        trial->seed ^= trial->seed << 17;
        to[i] = (uint8_t)(trial->seed >> 32);
    }
}

struct payscore_options trial_options(struct trial *trial)
{
    return (struct payscore_options){
        .size = sizeof(struct payscore_options),
        .path = trial->path,
        .role = PAYSCORE_DRIVER,
        .map_bytes_max = trial->map_bytes_max,
        .reserve_bytes = trial->reserve_bytes,
        .merchants = trial_merchant(),
        .merchant_count = 1,
        .world = {trial_now, trial_random, trial},
    };
}

static void open_engine(struct trial *trial)
{
    struct payscore_options options = trial_options(trial);
    struct payscore_error error;
    if (payscore_open(&trial->engine, &options, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
}

void trial_open(struct trial *trial, const char *path)
{
    memset(trial, 0, sizeof *trial);
    trial->now_ms = TRIAL_START_MS;
    trial->seed = 88172645463325252u;
    trial->path = path;
    trial->map_bytes_max = 64 << 20;
    trial->wants = (struct payscore_wants){16, 16, 16};
    open_engine(trial);
}

static void forget_call(struct trial *trial, size_t index)
{
    struct payscore_call *call = &trial->calls[index];
    free((void *)(uintptr_t)call->url.data);
    free((void *)(uintptr_t)call->body.data);
    free((void *)(uintptr_t)call->subject.data);
    trial->call_count--;
    memmove(call, call + 1, (trial->call_count - index) * sizeof *call);
}

void trial_reopen(struct trial *trial)
{
    while (trial->call_count > 0)
        forget_call(trial, 0);
    payscore_close(trial->engine);
    open_engine(trial);
}

void trial_close(struct trial *trial)
{
    while (trial->call_count > 0)
        forget_call(trial, 0);
    payscore_close(trial->engine);
}

/* Turns. */

enum payscore_status trial_try(struct trial *trial, struct payscore_item *items, size_t count)
{
    struct payscore_error error = {""};
    trial->turn =
        (struct payscore_turn){.items = items, .item_count = count, .wants = trial->wants};
    enum payscore_status rc = payscore_turn(trial->engine, &trial->turn, &error);
    if (rc != PAYSCORE_OK) assert_true(strlen(error.text) > 0);
    for (size_t i = 0; i < trial->turn.call_count; i++) {
        assert_true(trial->call_count < TRIAL_CALLS_MAX);
        trial->calls[trial->call_count++] = trial->turn.calls[i];
    }
    free(trial->turn.calls); /* The calls' own memory is the trial's now. */
    trial->turn.calls = NULL;
    return rc;
}

void trial_run(struct trial *trial, struct payscore_item *items, size_t count)
{
    enum payscore_status rc = trial_try(trial, items, count);
    if (rc != PAYSCORE_OK) fail_msg("turn: %s", payscore_status_name(rc));
}

void trial_turn(struct trial *trial)
{
    trial_run(trial, NULL, 0);
}

struct payscore_item trial_command(const char *command, const char *key, const char *json)
{
    return (struct payscore_item){
        .kind = PAYSCORE_COMMAND,
        .command = {0, text_of(command), text_of(key == NULL ? "" : key), text_of(json)}};
}

struct payscore_result trial_submit(struct trial *trial, const char *command, const char *key,
                                    const char *json)
{
    struct payscore_item item = trial_command(command, key, json);
    trial_run(trial, &item, 1);
    return item.result;
}

void trial_advance(struct trial *trial, int64_t ms)
{
    trial->now_ms += ms;
    trial_turn(trial);
}

void trial_advance_to_due(struct trial *trial)
{
    size_t before = trial->call_count;
    for (int i = 0; i < 100 && trial->call_count == before; i++) {
        assert_true(trial->turn.next_due_ms != INT64_MAX);
        if (trial->turn.next_due_ms > trial->now_ms) trial->now_ms = trial->turn.next_due_ms;
        trial_turn(trial);
    }
    assert_true(trial->call_count > before);
}

static bool named(const struct payscore_call *call, const char *name)
{
    return name == NULL || strcmp(call->name, name) == 0;
}

size_t trial_calls(const struct trial *trial, const char *name)
{
    size_t count = 0;
    for (size_t i = 0; i < trial->call_count; i++)
        if (named(&trial->calls[i], name)) count++;
    return count;
}

void trial_await(struct trial *trial, const char *name)
{
    if (trial_calls(trial, name) == 0) trial_advance_to_due(trial);
    assert_true(trial_calls(trial, name) > 0);
}

static size_t index_of(const struct trial *trial, const char *name)
{
    for (size_t i = 0; i < trial->call_count; i++)
        if (named(&trial->calls[i], name)) return i;
    fail_msg("no call %s waits for an answer", name);
    return 0;
}

const struct payscore_call *trial_call(struct trial *trial, const char *name)
{
    return &trial->calls[index_of(trial, name)];
}

struct payscore_result trial_reply(struct trial *trial, const char *name,
                                   const struct payscore_exchange *exchange)
{
    size_t index = index_of(trial, name);
    struct payscore_item item = {.kind = PAYSCORE_REPLY,
                                 .reply = {trial->calls[index].token, *exchange}};
    forget_call(trial, index);
    trial_run(trial, &item, 1);
    return item.result;
}

/* What the platform signs is what it sends, unless it lies. */
static void sign(const struct trial *trial, struct payscore_text body, struct test_signed *how)
{
    static const struct payscore_text another = PAYSCORE_TEXT("{\"another\":\"message\"}");
    test_sign_body(trial->signs_wrong ? another : body, trial->now_ms, how);
}

struct payscore_result trial_refuse(struct trial *trial, const char *name, int status,
                                    const char *body, const char *number)
{
    struct payscore_exchange exchange = {
        .delivery = PAYSCORE_ANSWERED, .status = status, .body = text_of(body)};
    struct test_signed how;
    char request_id[64];
    if (status / 100 == 2) {
        sign(trial, exchange.body, &how);
        memcpy(exchange.headers, how.headers, sizeof how.headers);
        exchange.header_count = how.header_count;
    }
    snprintf(request_id, sizeof request_id, "08F5B8C2B506102C18FDDFEEA30620BE-%s", number);
    exchange.headers[exchange.header_count++] =
        (struct payscore_header){PAYSCORE_TEXT("Request-ID"), text_of(request_id)};
    return trial_reply(trial, name, &exchange);
}

struct payscore_result trial_answer(struct trial *trial, const char *name, int status,
                                    const char *body)
{
    return trial_refuse(trial, name, status, body, "0");
}

struct payscore_result trial_lose(struct trial *trial, const char *name,
                                  enum payscore_delivery delivery)
{
    struct payscore_exchange exchange = {.delivery = delivery};
    return trial_reply(trial, name, &exchange);
}

struct payscore_result trial_notice(struct trial *trial, const char *event_type,
                                    const char *resource)
{
    struct test_seal seal = {TEST_APIV3_KEY, "Zk3Q9vT1mXw7", "payscore", resource};
    char *body = test_envelope(event_type, &seal);
    struct test_signed how;
    struct payscore_item item = {.kind = PAYSCORE_NOTICE, .notice = {.body = text_of(body)}};
    sign(trial, item.notice.body, &how);
    memcpy(item.notice.headers, how.headers, sizeof how.headers);
    item.notice.header_count = how.header_count;
    trial_run(trial, &item, 1);
    free(body);
    return item.result;
}

/* Looking. */

static const cJSON *find_member(const cJSON *object, const char *member)
{
    char outer[64];
    const char *dot = strchr(member, '.');
    if (dot == NULL) return cJSON_GetObjectItemCaseSensitive(object, member);
    snprintf(outer, sizeof outer, "%.*s", (int)(dot - member), member);
    return cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(object, outer),
                                            dot + 1);
}

const char *trial_member(struct trial *trial, const char *chart, const char *name,
                         const char *member)
{
    static char found[512];
    struct payscore_name wanted = {0, text_of(chart), text_of(name)};
    char *json = NULL;
    found[0] = '\0';
    enum payscore_status rc = payscore_show(trial->engine, &wanted, &json);
    if (rc == PAYSCORE_E_NOT_FOUND) return found;
    assert_int_equal(rc, PAYSCORE_OK);
    cJSON *object = cJSON_Parse(json);
    const cJSON *item = find_member(object, member);
    if (cJSON_IsObject(item)) item = cJSON_GetObjectItemCaseSensitive(item, "name");
    if (cJSON_IsString(item))
        snprintf(found, sizeof found, "%s", item->valuestring);
    else if (cJSON_IsNumber(item))
        snprintf(found, sizeof found, "%.0f", item->valuedouble);
    else if (cJSON_IsBool(item))
        snprintf(found, sizeof found, "%s", cJSON_IsTrue(item) ? "true" : "false");
    cJSON_Delete(object);
    payscore_free(json);
    return found;
}

const char *trial_state(struct trial *trial, const char *chart, const char *name)
{
    return trial_member(trial, chart, name, "state");
}

uint64_t trial_verify(struct trial *trial)
{
    struct payscore_report report;
    assert_int_equal(payscore_verify(trial->engine, &report), PAYSCORE_OK);
    if (report.faults != 0) fail_msg("%s", report.first.text);
    return report.entries;
}
