/*
 * One reading per request: its arguments are checked on the loop, the engine is asked on the pool,
 * the answer leaves on the loop again.
 */
#include "worker/api_reads.h"

#include <cJSON.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "worker/answers.h"

enum { PAGE_MAX = 1000 };

struct ps_api_reading {
    uv_work_t work;
    uv_timer_t timer; /* A feed's wait; open while it is on the list. */
    struct ps_api *api;
    struct ps_request *request;
    enum ps_api_read_kind kind;
    struct payscore_name name;
    struct payscore_filter filter;
    bool evidence;
    int64_t wait_ms;
    char cursor[PAYSCORE_CURSOR_SIZE]; /* Behind an empty page. */
    uint64_t read_at;                  /* The newest entry when the read began. */
    struct ps_api_reading *next, **link;

    enum payscore_status status;
    char *json;
    struct payscore_report report;
};

static void begin(struct ps_api_reading *reading);

/* On the pool. */

static void read_store(uv_work_t *work)
{
    struct ps_api_reading *reading = work->data;
    struct payscore *engine = reading->api->state->engine;
    const struct payscore_filter *filter = &reading->filter;
    switch (reading->kind) {
    case PS_READ_NONE: break;
    case PS_READ_SHOW:
        reading->status = payscore_show(engine, &reading->name, &reading->json);
        break;
    case PS_READ_HISTORY:
        reading->status =
            payscore_history(engine, &reading->name, reading->evidence, &reading->json);
        break;
    case PS_READ_LIST: reading->status = payscore_list(engine, filter, &reading->json); break;
    case PS_READ_FEED:
        reading->status = payscore_feed(engine, filter->after, filter->count_max, &reading->json);
        break;
    case PS_READ_CURSORS: reading->status = payscore_cursors(engine, &reading->json); break;
    case PS_READ_VERIFY: reading->status = payscore_verify(engine, &reading->report); break;
    case PS_READ_METRICS: reading->status = payscore_usage(engine, &reading->json); break;
    }
}

/* The end of a reading. */

static void free_reading(struct ps_api_reading *reading)
{
    payscore_free(reading->json);
    free(reading);
}

static void free_closed(uv_handle_t *handle)
{
    free_reading(handle->data);
}

static void answer(struct ps_api_reading *reading)
{
    if (reading->status == PAYSCORE_OK && reading->kind == PS_READ_VERIFY)
        reading->status = payscore_report_json(&reading->report, &reading->json);
    if (reading->kind == PS_READ_METRICS) {
        ps_api_metrics(reading->api, reading->request, reading->json);
    } else if (reading->status != PAYSCORE_OK) {
        ps_answer_status(reading->request, reading->status, "");
    } else {
        char *json = reading->json;
        reading->json = NULL;
        ps_answer_text(reading->request, "application/json", json, strlen(json), payscore_free);
    }
    if (reading->kind == PS_READ_VERIFY) reading->api->verifying = false;
    free_reading(reading);
}

/* Feeds that wait. */

/** Take a waiting reading off the list; its timer stays open. */
static void leave_list(struct ps_api_reading *reading)
{
    *reading->link = reading->next;
    if (reading->next != NULL) reading->next->link = reading->link;
    uv_timer_stop(&reading->timer);
}

/** Answer with the empty page at hand. */
static void give_up(struct ps_api_reading *reading)
{
    char *json = reading->json;
    leave_list(reading);
    reading->json = NULL;
    ps_answer_text(reading->request, "application/json", json, strlen(json), payscore_free);
    uv_close((uv_handle_t *)&reading->timer, free_closed);
}

static void on_wait_over(uv_timer_t *timer)
{
    give_up(timer->data);
}

static void read_again(uv_handle_t *handle)
{
    struct ps_api_reading *reading = handle->data;
    payscore_free(reading->json);
    reading->json = NULL;
    begin(reading);
}

static void wake(struct ps_api_reading *reading)
{
    uint64_t left_ms = uv_timer_get_due_in(&reading->timer);
    leave_list(reading);
    reading->wait_ms = (int64_t)left_ms;
    uv_close((uv_handle_t *)&reading->timer, read_again);
}

static void wait_for_news(struct ps_api_reading *reading)
{
    struct ps_api *api = reading->api;
    uv_timer_init(api->state->loop, &reading->timer);
    reading->timer.data = reading;
    reading->next = api->waiting;
    reading->link = &api->waiting;
    if (api->waiting != NULL) api->waiting->link = &reading->next;
    api->waiting = reading;
    uv_timer_start(&reading->timer, on_wait_over, (uint64_t)reading->wait_ms, 0);
}

/** An empty page's own cursor is where the next look begins: "newest" would be somewhere else. */
static bool page_is_empty(struct ps_api_reading *reading)
{
    cJSON *page = cJSON_Parse(reading->json);
    const cJSON *entries = cJSON_GetObjectItemCaseSensitive(page, "entries");
    const char *next = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(page, "cursor"));
    bool empty = cJSON_IsArray(entries) && cJSON_GetArraySize(entries) == 0 && next != NULL;
    if (empty) {
        snprintf(reading->cursor, sizeof reading->cursor, "%s", next);
        reading->filter.after = (struct payscore_text){reading->cursor, strlen(reading->cursor)};
    }
    cJSON_Delete(page);
    return empty;
}

static void on_read(uv_work_t *work, int status)
{
    struct ps_api_reading *reading = work->data;
    const struct ps_state *state = reading->api->state;
    if (status != 0) reading->status = PAYSCORE_E_MEMORY;
    bool may_wait = reading->kind == PS_READ_FEED && reading->wait_ms > 0 && !state->stopping;
    if (!may_wait || reading->status != PAYSCORE_OK || !page_is_empty(reading)) {
        answer(reading);
    } else if (state->newest != reading->read_at) {
        payscore_free(reading->json);
        reading->json = NULL;
        begin(reading);
    } else {
        wait_for_news(reading);
    }
}

static void begin(struct ps_api_reading *reading)
{
    struct ps_state *state = reading->api->state;
    reading->read_at = state->newest;
    reading->work.data = reading;
    int rc = uv_queue_work(state->loop, &reading->work, read_store, on_read);
    if (rc == 0) return;
    reading->status = PAYSCORE_E_MEMORY;
    answer(reading);
}

void ps_api_news(struct ps_api *api)
{
    while (api->waiting != NULL) {
        wake(api->waiting);
    }
}

void ps_api_release(struct ps_api *api)
{
    while (api->waiting != NULL) {
        give_up(api->waiting);
    }
}

/* Arguments. */

static struct payscore_text text_argument(const struct ps_request *request, const char *name)
{
    const char *value = ps_request_argument(request, name);
    if (value == NULL) return (struct payscore_text){"", 0};
    return (struct payscore_text){value, strlen(value)};
}

/** False: the argument is there and is no whole number of 0 to `max`. */
static bool number_argument(const struct ps_request *request, const char *name, int64_t max,
                            int64_t *number)
{
    char *end = NULL;
    const char *value = ps_request_argument(request, name);
    if (value == NULL || *value == '\0') return true;
    if (!isdigit((unsigned char)*value)) return false;
    errno = 0;
    *number = strtoll(value, &end, 10);
    return errno == 0 && *end == '\0' && *number <= max;
}

static bool flag_argument(const struct ps_request *request, const char *name, bool *flag)
{
    int64_t number = 0;
    if (!number_argument(request, name, 1, &number)) return false;
    *flag = number == 1;
    return true;
}

/** The name of the argument that is wrong, or NULL. */
static const char *take_arguments(struct ps_api_reading *reading)
{
    int64_t limit = 0;
    struct ps_request *request = reading->request;
    struct payscore_filter *filter = &reading->filter;
    filter->chart = text_argument(request, "chart");
    filter->state = text_argument(request, "state");
    filter->after = text_argument(request, "after");
    if (!number_argument(request, "limit", PAGE_MAX, &limit)) return "limit (0 to 1000)";
    filter->count_max = (size_t)limit;
    if (!number_argument(request, "older_than_ms", INT64_MAX, &filter->older_than_ms)) {
        return "older_than_ms (a whole number)";
    }
    if (!number_argument(request, "wait_ms", PS_FEED_WAIT_MAX_MS, &reading->wait_ms)) {
        return "wait_ms (0 to 60000)";
    }
    if (!flag_argument(request, "held", &filter->held_only)) return "held (0 or 1)";
    if (!flag_argument(request, "unsettled", &filter->unsettled_only)) return "unsettled (0 or 1)";
    if (!flag_argument(request, "evidence", &reading->evidence)) return "evidence (0 or 1)";
    return NULL;
}

void ps_api_read(struct ps_api *api, struct ps_request *request, enum ps_api_read_kind kind,
                 const struct ps_route_match *match)
{
    if (kind == PS_READ_VERIFY && api->verifying) {
        ps_answer_problem(request, 503, "E_BUSY", "a verification is under way; ask again", NULL);
        return;
    }
    struct ps_api_reading *reading = calloc(1, sizeof *reading);
    if (reading == NULL) {
        ps_answer_status(request, PAYSCORE_E_MEMORY, "");
        return;
    }
    reading->api = api;
    reading->request = request;
    reading->kind = kind;
    reading->name.chart = match->segments[0];
    reading->name.name = match->segments[1];
    const char *wrong = take_arguments(reading);
    if (wrong != NULL) {
        ps_answer_problem(request, 422, "E_INPUT", wrong, NULL);
        free_reading(reading);
        return;
    }
    if (kind == PS_READ_VERIFY) api->verifying = true;
    begin(reading);
}
