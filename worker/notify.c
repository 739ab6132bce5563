/*
 * One job a notification. Its texts stay in the request, which waits until the job is done.
 */
#include "worker/notify.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

#include "worker/answers.h"
#include "worker/delivery.h"
#include "worker/log.h"

enum { CONNECTIONS_MAX = 512, PATIENCE_MS = 10000, IDLE_MS = 75000 };

struct notice {
    struct ps_job job;
    struct ps_notify *notify;
    struct ps_request *request;
};

static void count(struct ps_notify *notify, enum ps_metric metric)
{
    ps_metrics_add(&notify->state->metrics, metric, 1);
}

static void refuse(void *context, struct ps_request *request, int status, const char *reason)
{
    count(context, status == 413 ? PS_METRIC_notices_too_large : PS_METRIC_notices_http);
    ps_log(notice_refused, ps_log_number("status", status), ps_log_text("reason", reason));
    ps_answer_platform(request, status, reason);
}

static void begin(void *context, struct ps_request *request)
{
    const struct ps_notify *notify = context;
    /* The last '/' may be missing: without hints the address is the one in the configuration. */
    size_t size = strlen(notify->prefix) - 1;
    const char *hints = request->path + strnlen(request->path, size);
    bool here = strncmp(request->path, notify->prefix, size) == 0;
    if (!here || (*hints != '/' && *hints != '\0')) {
        refuse(context, request, 404, "no notifications are taken at this path");
    } else if (strcmp(request->method, "POST") != 0) {
        refuse(context, request, 405, "notifications are POSTed");
    } else if (notify->state->stopping) {
        refuse(context, request, 503, "the worker is stopping");
    }
}

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   size_t name_size, const char *value, size_t value_size)
{
    struct payscore_notice *notice = context;
    (void)kind;
    if (!ps_delivery_keeps(name)) return MHD_YES;
    if (notice->header_count == PAYSCORE_HEADERS_MAX) return MHD_NO;
    notice->headers[notice->header_count++] =
        (struct payscore_header){{name, name_size}, {value, value_size}};
    return MHD_YES;
}

static void log_taken(const struct payscore_result *result)
{
    if (result->verdict == PAYSCORE_STRAY) {
        ps_log(notice_stray, ps_log_number("entry", (int64_t)result->entry));
        return;
    }
    ps_log(notice_done, ps_log_number("entry", (int64_t)result->entry),
           ps_log_number("verdict", result->verdict), ps_log_text("chart", result->chart),
           ps_log_text("state", result->state), ps_log_number("row", result->row));
}

static void done(struct ps_job *job)
{
    struct notice *notice = (struct notice *)job;
    const struct payscore_result *result = &job->item.result;
    int status = ps_answers_notify(result->status);
    if (result->status == PAYSCORE_OK) {
        bool stray = result->verdict == PAYSCORE_STRAY;
        count(notice->notify, stray ? PS_METRIC_notices_stray : PS_METRIC_notices_taken);
        log_taken(result);
    } else {
        count(notice->notify, ps_answers_metric(result->status));
        ps_log(notice_refused, ps_log_number("status", status),
               ps_log_text("code", ps_answers_code(result->status)),
               ps_log_text("reason", result->error.text));
    }
    /* What the engine found wrong is for our log; a forger is not told. */
    ps_answer_platform(notice->request, status, payscore_status_text(result->status));
    free(notice);
}

static void handle(void *context, struct ps_request *request)
{
    struct ps_notify *notify = context;
    struct notice *notice = calloc(1, sizeof *notice);
    if (notice == NULL) {
        refuse(context, request, 503, "out of memory");
        return;
    }
    notice->notify = notify;
    notice->request = request;
    notice->job.done = done;
    notice->job.item.kind = PAYSCORE_NOTICE;
    notice->job.item.notice.body = request->body;
    MHD_get_connection_values_n(request->mhd, MHD_HEADER_KIND, take_header,
                                &notice->job.item.notice);
    notify->state->submit(notify->state->context, &notice->job);
}

static void on_cut(void *context)
{
    count(context, PS_METRIC_connections_cut);
}

/** The path of a URL, with one '/' at its end. */
static char *path_of(const char *url)
{
    char *path = NULL;
    char *prefix = NULL;
    CURLU *parsed = curl_url();
    if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, 0) == CURLUE_OK &&
        curl_url_get(parsed, CURLUPART_PATH, &path, CURLU_URLDECODE) == CURLUE_OK) {
        size_t size = strlen(path);
        prefix = calloc(1, size + 2);
        if (prefix != NULL) memcpy(prefix, path, size);
        if (prefix != NULL && prefix[size - 1] != '/') prefix[size] = '/';
    }
    curl_free(path);
    curl_url_cleanup(parsed);
    return prefix;
}

enum payscore_status ps_notify_open(struct ps_notify *notify, struct ps_state *state,
                                    const char *url, struct ps_address *address,
                                    struct payscore_error *error)
{
    const struct ps_server_options options = {
        .name = "notify",
        .connections_max = CONNECTIONS_MAX,
        .patience_ms = PATIENCE_MS,
        .idle_ms = IDLE_MS,
        .refuse = refuse,
        .begin = begin,
        .handle = handle,
        .cut = on_cut,
        .context = notify,
    };
    *notify = (struct ps_notify){.state = state, .prefix = path_of(url)};
    if (notify->prefix == NULL) return PAYSCORE_E_MEMORY;
    return ps_server_open(&notify->server, state->loop, address, &options, error);
}

void ps_notify_close(struct ps_notify *notify)
{
    ps_server_close(notify->server);
    free(notify->prefix);
    *notify = (struct ps_notify){0};
}
