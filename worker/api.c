/*
 * Routing, the token, commands, and what can be answered from memory. Reads of the store are in
 * api_reads.c.
 */
#include "worker/api.h"

#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "worker/answers.h"
#include "worker/api_reads.h"
#include "worker/log.h"
#include "worker/routes.h"

enum { CONNECTIONS_MAX = 512, PATIENCE_MS = 30000, IDLE_MS = 75000 };

typedef void route_handler(struct ps_api *api, struct ps_request *request,
                           const struct ps_route_match *match);

/* Commands. */

struct command {
    struct ps_job job;
    struct ps_api *api;
    struct ps_request *request;
    char *body; /* Made here; NULL: it is the request's. */
};

static cJSON *describe(const struct payscore_result *result)
{
    static const char *const verdicts[] = {"none",    "taken",     "ignored",
                                           "refused", "duplicate", "stray"};
    cJSON *json = cJSON_CreateObject();
    bool whole =
        cJSON_AddStringToObject(json, "verdict", verdicts[result->verdict]) != NULL &&
        cJSON_AddNumberToObject(json, "entry", (double)result->entry) != NULL &&
        cJSON_AddStringToObject(json, "chart", result->chart ? result->chart : "") &&
        cJSON_AddStringToObject(json, "state", result->state ? result->state : "") &&
        cJSON_AddNumberToObject(json, "row", result->row) != NULL &&
        cJSON_AddStringToObject(json, "row_text", result->row_text ? result->row_text : "") &&
        cJSON_AddStringToObject(json, "message", result->error.text) != NULL;
    if (whole) return json;
    cJSON_Delete(json);
    return NULL;
}

static enum ps_metric command_metric(const struct payscore_result *result)
{
    if (result->status != PAYSCORE_OK) return PS_METRIC_commands_failed;
    switch (result->verdict) {
    case PAYSCORE_IGNORED: return PS_METRIC_commands_ignored;
    case PAYSCORE_REFUSED: return PS_METRIC_commands_refused;
    case PAYSCORE_DUPLICATE: return PS_METRIC_commands_duplicate;
    default: return PS_METRIC_commands_taken;
    }
}

static void answer_command(struct ps_request *request, const struct payscore_result *result)
{
    if (result->status != PAYSCORE_OK) {
        ps_answer_status(request, result->status, result->error.text);
    } else if (result->verdict == PAYSCORE_REFUSED) {
        const char *detail = result->error.text;
        if (detail[0] == '\0' && result->row_text != NULL) detail = result->row_text;
        ps_answer_problem(request, 409, "REFUSED", detail, describe(result));
    } else {
        ps_answer_json(request, 200, describe(result));
    }
}

static void command_done(struct ps_job *job)
{
    struct command *command = (struct command *)job;
    const struct payscore_result *result = &job->item.result;
    ps_metrics_add(&command->api->state->metrics, command_metric(result), 1);
    command->api->state->refusing =
        result->status == PAYSCORE_E_FULL || result->status == PAYSCORE_E_STUCK;
    if (result->status == PAYSCORE_OK) {
        ps_log(command_done, ps_log_bytes("name", job->item.command.name),
               ps_log_number("verdict", result->verdict),
               ps_log_number("entry", (int64_t)result->entry), ps_log_text("chart", result->chart),
               ps_log_text("state", result->state), ps_log_number("row", result->row));
    } else {
        ps_log(command_failed, ps_log_bytes("name", job->item.command.name),
               ps_log_text("code", ps_answers_code(result->status)));
    }
    answer_command(command->request, result);
    cJSON_free(command->body);
    free(command);
}

/** `made` NULL: the body is the request's; else it is freed. */
static void begin_command(struct ps_api *api, struct ps_request *request, struct payscore_text name,
                          char *made)
{
    const char *key = ps_request_header(request, "Idempotency-Key");
    struct command *command = calloc(1, sizeof *command);
    if (command == NULL) {
        cJSON_free(made);
        ps_answer_status(request, PAYSCORE_E_MEMORY, "");
        return;
    }
    command->api = api;
    command->request = request;
    command->body = made;
    command->job.done = command_done;
    command->job.item.kind = PAYSCORE_COMMAND;
    command->job.item.command = (struct payscore_command){
        .name = name,
        .key = {key, key != NULL ? strlen(key) : 0},
        .body = made == NULL ? request->body : (struct payscore_text){made, strlen(made)},
    };
    api->state->submit(api->state->context, &command->job);
}

static void handle_command(struct ps_api *api, struct ps_request *request,
                           const struct ps_route_match *match)
{
    begin_command(api, request, match->segments[0], NULL);
}

/** The path says whose cursor it is, the body where it stands. */
static void handle_cursor(struct ps_api *api, struct ps_request *request,
                          const struct ps_route_match *match)
{
    struct payscore_text name = match->segments[0];
    cJSON *body = cJSON_ParseWithLength(request->body.data, request->body.size);
    if (!cJSON_IsString(cJSON_GetObjectItemCaseSensitive(body, "cursor"))) {
        cJSON_Delete(body);
        ps_answer_problem(request, 422, "E_INPUT", "send {\"cursor\":\"…\"}", NULL);
        return;
    }
    char *whole = strndup(name.data, name.size);
    cJSON_DeleteItemFromObjectCaseSensitive(body, "name");
    bool named = whole != NULL && cJSON_AddStringToObject(body, "name", whole) != NULL;
    char *made = named ? cJSON_PrintUnformatted(body) : NULL;
    free(whole);
    cJSON_Delete(body);
    if (made == NULL)
        ps_answer_status(request, PAYSCORE_E_MEMORY, "");
    else
        begin_command(api, request, PAYSCORE_TEXT("cursor_store"), made);
}

/* What is known without reading the store. */

static void handle_health(struct ps_api *api, struct ps_request *request,
                          const struct ps_route_match *match)
{
    const struct ps_state *state = api->state;
    (void)match;
    const char *status = state->stopping   ? "stopping"
                         : state->failing  ? "failing"
                         : state->refusing ? "refusing"
                                           : "ok";
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "status", status);
    cJSON_AddStringToObject(json, "version", PAYSCORE_VERSION);
    cJSON_AddNumberToObject(json, "newest", (double)state->newest);
    cJSON_AddNumberToObject(json, "calls_in_flight", (double)state->calls_in_flight);
    cJSON_AddNumberToObject(json, "queued", (double)state->queued);
    cJSON_AddBoolToObject(json, "lane_stopped", state->lane_stopped);
    ps_answer_json(request, strcmp(status, "ok") == 0 ? 200 : 503, json);
}

static int64_t number_of(const cJSON *object, const char *name)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(number) ? (int64_t)number->valuedouble : 0;
}

static void set_usage(struct ps_metrics *metrics, const char *text)
{
    const cJSON *reader;
    cJSON *usage = text == NULL ? NULL : cJSON_Parse(text);
    if (usage == NULL) return; /* What was known last stands. */
    int64_t stuck = 0, left = number_of(usage, "map_bytes") - number_of(usage, "used_bytes");
    cJSON_ArrayForEach(reader, cJSON_GetObjectItemCaseSensitive(usage, "readers"))
    {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(reader, "stuck")))
            stuck = number_of(reader, "pid");
    }
    bool refused = cJSON_IsString(cJSON_GetObjectItemCaseSensitive(usage, "commands_refused"));
    ps_metrics_set(metrics, PS_METRIC_store_bytes, number_of(usage, "file_bytes"));
    ps_metrics_set(metrics, PS_METRIC_map_left_bytes, left);
    ps_metrics_set(metrics, PS_METRIC_disk_free_bytes, number_of(usage, "disk_free_bytes"));
    ps_metrics_set(metrics, PS_METRIC_no_room, refused);
    ps_metrics_set(metrics, PS_METRIC_stuck_reader, stuck);
    cJSON_Delete(usage);
}

void ps_api_metrics(struct ps_api *api, struct ps_request *request, const char *usage)
{
    size_t size = 0;
    struct ps_state *state = api->state;
    set_usage(&state->metrics, usage);
    ps_metrics_set(&state->metrics, PS_METRIC_queued, (int64_t)state->queued);
    ps_metrics_set(&state->metrics, PS_METRIC_newest, (int64_t)state->newest);
    ps_metrics_set(&state->metrics, PS_METRIC_calls_in_flight, (int64_t)state->calls_in_flight);
    ps_metrics_set(&state->metrics, PS_METRIC_lane_stopped, state->lane_stopped);
    char *text = ps_metrics_print(&state->metrics, &size);
    ps_answer_text(request, "text/plain; version=0.0.4", text, size, free);
}

static void handle_read(struct ps_api *api, struct ps_request *request,
                        const struct ps_route_match *match)
{
    static const enum ps_api_read_kind kinds[] = {
#define ROUTE(method, pattern, handler, kind) PS_READ_##kind,
#include "worker/routes.def"
    };
    ps_api_read(api, request, kinds[match->row], match);
}

/* The way in. */

static bool token_is_right(const struct ps_api *api, const struct ps_request *request)
{
    static const char scheme[] = "Bearer ";
    const char *given = ps_request_header(request, MHD_HTTP_HEADER_AUTHORIZATION);
    if (api->token == NULL) return true;
    if (given == NULL || strncmp(given, scheme, sizeof scheme - 1) != 0) return false;
    given += sizeof scheme - 1;
    size_t size = strlen(api->token);
    return strlen(given) == size && CRYPTO_memcmp(given, api->token, size) == 0;
}

static void refuse_as(struct ps_api *api, struct ps_request *request, int status, const char *code,
                      const char *reason)
{
    ps_metrics_add(&api->state->metrics, PS_METRIC_api_refused, 1);
    ps_log(request_refused, ps_log_number("status", status), ps_log_text("reason", reason));
    ps_answer_problem(request, status, code, reason, NULL);
}

static void refuse(void *context, struct ps_request *request, int status, const char *reason)
{
    refuse_as(context, request, status, "HTTP", reason);
}

static void begin(void *context, struct ps_request *request)
{
    struct ps_api *api = context;
    struct ps_route_match match = ps_routes_match(request->method, request->path);
    if (!token_is_right(api, request)) {
        refuse_as(api, request, 401, "TOKEN", "send Authorization: Bearer and the token");
    } else if (match.row == PS_ROUTE_NONE) {
        refuse_as(api, request, 404, "NO_ROUTE", "there is nothing at this path");
    } else if (match.row == PS_ROUTE_METHOD) {
        refuse_as(api, request, 405, "METHOD", "this path does not take this method");
    } else if (api->state->stopping) {
        refuse_as(api, request, 503, "STOPPING", "the worker is stopping");
    }
}

static void handle(void *context, struct ps_request *request)
{
    static route_handler *const handlers[] = {
#define ROUTE(method, pattern, handler, kind) handle_##handler,
#include "worker/routes.def"
    };
    struct ps_api *api = context;
    struct ps_route_match match = ps_routes_match(request->method, request->path);
    ps_metrics_add(&api->state->metrics, PS_METRIC_api_requests, 1);
    handlers[match.row](api, request, &match);
}

static void on_cut(void *context)
{
    struct ps_api *api = context;
    ps_metrics_add(&api->state->metrics, PS_METRIC_connections_cut, 1);
}

enum payscore_status ps_api_open(struct ps_api *api, struct ps_state *state,
                                 struct ps_address *address, struct payscore_text token,
                                 struct payscore_error *error)
{
    const struct ps_server_options options = {
        .name = "api",
        .connections_max = CONNECTIONS_MAX,
        .patience_ms = PATIENCE_MS,
        .idle_ms = IDLE_MS,
        .refuse = refuse,
        .begin = begin,
        .handle = handle,
        .cut = on_cut,
        .context = api,
    };
    *api = (struct ps_api){.state = state};
    if (token.size > 0) {
        api->token = strndup(token.data, token.size);
        if (api->token == NULL) return PAYSCORE_E_MEMORY;
    }
    return ps_server_open(&api->server, state->loop, address, &options, error);
}

void ps_api_close(struct ps_api *api)
{
    ps_server_close(api->server);
    if (api->token != NULL) OPENSSL_cleanse(api->token, strlen(api->token));
    free(api->token);
    *api = (struct ps_api){0};
}
