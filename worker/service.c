/*
 * When a turn begins: as soon as something is queued, when another process submits, when a deadline
 * has come, or when the pace lets out more of what was used up; never two at once. Between these
 * the loop sleeps.
 */
#include "worker/service.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "worker/alarm.h"
#include "worker/api.h"
#include "worker/api_reads.h"
#include "worker/calls.h"
#include "worker/keeping.h"
#include "worker/log.h"
#include "worker/notify.h"
#include "worker/options.h"
#include "worker/watchdog.h"

enum {
    REST_MS = 10,      /* Between turns that bring nothing, though something is due. */
    RETRY_MIN_MS = 50, /* After a failed turn; doubled up to the maximum. */
    RETRY_MAX_MS = 2000,
    STUCK_MS = 60000,         /* A turn that takes longer is stuck. */
    STOP_LOOK_MS = 10,        /* How often a stopping service looks whether it is done. */
    STOP_ANSWERS_MS = 5000,   /* So long clients may take their last answers. */
    KEEPING_FIRST_MS = 60000, /* Retention begins so late: what was owed goes first. */
};

struct ps_service {
    struct ps_state state;
    const struct ps_config *config;
    struct ps_pace pace;
    struct ps_writer *writer;
    struct ps_calls *calls;
    struct ps_notify notify;
    struct ps_api api;
    struct ps_address notify_address, api_address;
    struct ps_alarm alarm; /* Deadlines of the store. */
    struct ps_watchdog watchdog;
    struct ps_keeping keeping;
    uv_timer_t timer; /* Deadlines of our own: pace, rest, retry, stopping. */
    uv_poll_t others; /* The engine's descriptor: somebody submits. */
    struct ps_pace_used used;
    int64_t next_due_ms;   /* Wall clock. */
    int64_t not_before_ms; /* The loop's clock: no turn without items before. */
    int64_t retry_ms;
    int64_t turn_began_ms, stop_began_ms;
    bool owes_turn;  /* The first one, after opening; one that failed; one for somebody else. */
    bool for_others; /* The turn under way was asked for by the engine's descriptor. */
};

static int64_t now_of(const struct ps_service *service)
{
    return (int64_t)uv_now(service->state.loop);
}

/* When to turn. */

static void begin_turn(struct ps_service *service)
{
    struct ps_state *state = &service->state;
    struct payscore_wants wants = {0};
    if (!state->stopping) wants = ps_pace_wants(&service->pace, now_of(service));
    uv_poll_stop(&service->others); /* It stays readable until the turn reads it. */
    service->owes_turn = false;
    service->turn_began_ms = now_of(service);
    /* One at a time while turns fail: if one item is to blame, the others get through. */
    ps_writer_turn(service->writer, state->failing ? 1 : PAYSCORE_ITEMS_MAX, wants);
    state->queued = ps_writer_queued(service->writer);
}

/** The loop's clock at which a turn without items is wanted; INT64_MAX: not by our own clock. */
static int64_t own_wake_ms(struct ps_service *service)
{
    int64_t now_ms = now_of(service);
    bool due = service->owes_turn || service->next_due_ms <= ps_wall_now_ms();
    int64_t wake_ms = due ? now_ms : ps_pace_wake_ms(&service->pace, &service->used, now_ms);
    return wake_ms < service->not_before_ms ? service->not_before_ms : wake_ms;
}

static void on_timer(uv_timer_t *timer);

static void schedule(struct ps_service *service)
{
    struct ps_state *state = &service->state;
    if (ps_writer_busy(service->writer)) return;
    if (ps_writer_queued(service->writer) > 0) {
        begin_turn(service);
        return;
    }
    if (state->stopping) return;
    int64_t now_ms = now_of(service);
    int64_t wake_ms = own_wake_ms(service);
    if (wake_ms <= now_ms) {
        begin_turn(service);
        return;
    }
    bool due = service->next_due_ms <= ps_wall_now_ms();
    ps_alarm_set(&service->alarm, due ? INT64_MAX : service->next_due_ms);
    if (wake_ms == INT64_MAX) {
        uv_timer_stop(&service->timer);
    } else {
        uv_timer_start(&service->timer, on_timer, (uint64_t)(wake_ms - now_ms), 0);
    }
}

static void on_others(uv_poll_t *poll, int status, int events)
{
    struct ps_service *service = poll->data;
    (void)status; /* A descriptor that cannot be polled is looked at by a turn as well. */
    (void)events;
    uv_poll_stop(poll);
    service->owes_turn = service->for_others = true;
    schedule(service);
}

static void on_alarm(void *context)
{
    schedule(context);
}

static void submit(void *context, struct ps_job *job)
{
    struct ps_service *service = context;
    ps_writer_push(service->writer, job);
    service->state.queued = ps_writer_queued(service->writer);
    schedule(service);
}

/* After a turn. */

static void note_failure(struct ps_service *service, const struct ps_commit *commit)
{
    struct ps_state *state = &service->state;
    int64_t doubled_ms = state->failing ? service->retry_ms * 2 : RETRY_MIN_MS;
    service->retry_ms = doubled_ms < RETRY_MAX_MS ? doubled_ms : RETRY_MAX_MS;
    service->not_before_ms = now_of(service) + service->retry_ms;
    service->owes_turn = true;
    state->failing = true;
    ps_metrics_add(&state->metrics, PS_METRIC_turns_failed, 1);
    ps_log(turn_failed, ps_log_text("code", payscore_status_name(commit->status)),
           ps_log_text("reason", commit->error.text),
           ps_log_number("items", (int64_t)commit->item_count),
           ps_log_number("retry_ms", service->retry_ms));
}

static void note_success(struct ps_service *service, const struct ps_commit *commit)
{
    struct ps_state *state = &service->state;
    bool news = commit->newest != state->newest;
    bool idle = commit->item_count == 0 && commit->call_count == 0 && !news && !service->for_others;
    if (state->failing) ps_log(turn_recovered, ps_log_number("newest", (int64_t)commit->newest));
    state->failing = false;
    state->newest = commit->newest;
    service->next_due_ms = commit->next_due_ms;
    service->not_before_ms = idle ? now_of(service) + REST_MS : 0;
    service->used = ps_pace_used(&commit->wants, commit->calls, commit->call_count);
    ps_metrics_add(&state->metrics, PS_METRIC_turns_fine, 1);
    bool wanted = commit->wants.effects_max + commit->wants.asks_max + commit->wants.polls_max > 0;
    if (wanted && commit->call_count == 0) ps_pace_unused(&service->pace, now_of(service));
    ps_calls_take(service->calls, commit->calls, commit->call_count);
    if (news) ps_api_news(&service->api);
}

/*
 * The store's handle is of no more use, and whether the items are in it is for a new process to
 * read. Nobody was answered; what is owed stands in the store: this is the end that kill -9 would
 * be.
 */
static _Noreturn void end_unsure(const struct ps_commit *commit)
{
    ps_log(turn_unsure, ps_log_number("items", (int64_t)commit->item_count));
    _exit(PS_EXIT_FAILED);
}

static void watch_others(struct ps_service *service)
{
    if (!service->state.stopping) uv_poll_start(&service->others, UV_READABLE, on_others);
}

static void on_committed(void *context, const struct ps_commit *commit)
{
    struct ps_service *service = context;
    if (commit->status == PAYSCORE_E_UNSURE) end_unsure(commit);
    struct ps_metrics *metrics = &service->state.metrics;
    ps_metrics_add(metrics, PS_METRIC_turn_items, (int64_t)commit->item_count);
    ps_metrics_add(metrics, PS_METRIC_turn_microseconds, commit->duration_us);
    if (commit->status == PAYSCORE_OK) {
        note_success(service, commit);
    } else {
        note_failure(service, commit);
    }
    service->for_others = false;
    watch_others(service);
    schedule(service);
}

/* Stopping. */

static size_t requests_open(const struct ps_service *service)
{
    return ps_server_requests(service->notify.server) + ps_server_requests(service->api.server);
}

static size_t requests_waiting(const struct ps_service *service)
{
    return ps_server_waiting(service->notify.server) + ps_server_waiting(service->api.server);
}

static void close_all(struct ps_service *service)
{
    ps_watchdog_close(&service->watchdog);
    ps_keeping_close(&service->keeping);
    ps_notify_close(&service->notify);
    ps_api_close(&service->api);
    ps_calls_close(service->calls);
    ps_writer_close(service->writer);
    ps_alarm_close(&service->alarm);
    uv_close((uv_handle_t *)&service->timer, NULL);
    uv_close((uv_handle_t *)&service->others, NULL);
}

static void look_whether_done(struct ps_service *service)
{
    const struct ps_state *state = &service->state;
    bool working = service->keeping.working || state->calls_in_flight > 0 ||
                   ps_writer_busy(service->writer) || ps_writer_queued(service->writer) > 0 ||
                   requests_waiting(service) > 0;
    bool patient = now_of(service) - service->stop_began_ms < STOP_ANSWERS_MS;
    if (working || (patient && requests_open(service) > 0)) {
        uv_timer_start(&service->timer, on_timer, STOP_LOOK_MS, 0);
    } else {
        close_all(service);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct ps_service *service = timer->data;
    if (service->state.stopping) {
        look_whether_done(service);
    } else {
        schedule(service);
    }
}

void ps_service_stop(struct ps_service *service)
{
    if (service->state.stopping) return;
    ps_log(stopping, ps_log_number("calls", (int64_t)service->state.calls_in_flight),
           ps_log_number("queued", (int64_t)service->state.queued));
    ps_watchdog_stopping();
    service->state.stopping = true;
    service->stop_began_ms = now_of(service);
    ps_server_quiesce(service->notify.server);
    ps_server_quiesce(service->api.server);
    ps_api_release(&service->api);
    ps_keeping_stop(&service->keeping);
    ps_alarm_set(&service->alarm, INT64_MAX);
    uv_poll_stop(&service->others); /* They find whoever writes next. */
    look_whether_done(service);
}

/* Opening. */

/** A turn that does not come back is the one thing that only a restart can mend. */
static bool is_healthy(void *context)
{
    const struct ps_service *service = context;
    return !ps_writer_busy(service->writer) || now_of(service) - service->turn_began_ms < STUCK_MS;
}

static enum payscore_status open_calls(struct ps_service *service)
{
    const struct ps_config *config = service->config;
    const struct ps_transport_options options = {
        .base_url = config->texts[PS_KEY_platform_base_url],
        .backup_url = config->texts[PS_KEY_platform_backup_url],
        .ca_file = config->texts[PS_KEY_platform_ca_file],
        .connect_timeout_ms = (long)config->numbers[PS_KEY_platform_connect_timeout_ms],
        .timeout_ms = (long)config->numbers[PS_KEY_platform_timeout_ms],
    };
    ps_pace_init(&service->pace, config->numbers[PS_KEY_platform_requests_per_second],
                 now_of(service));
    return ps_calls_open(&service->calls, &service->state, &service->pace, &options);
}

static enum payscore_status open_listeners(struct ps_service *service, struct payscore_text token,
                                           struct payscore_error *error)
{
    const struct ps_config *config = service->config;
    bool fine = ps_address_parse(&service->notify_address, config->texts[PS_KEY_notify_listen]) &&
                ps_address_parse(&service->api_address, config->texts[PS_KEY_api_listen]);
    if (!fine) return PAYSCORE_E_ARGUMENT;
    enum payscore_status rc =
        ps_notify_open(&service->notify, &service->state, config->texts[PS_KEY_notify_url],
                       &service->notify_address, error);
    if (rc != PAYSCORE_OK) return rc;
    return ps_api_open(&service->api, &service->state, &service->api_address, token, error);
}

static enum payscore_status open_parts(struct ps_service *service,
                                       const struct ps_service_options *options,
                                       struct payscore_error *error)
{
    struct ps_state *state = &service->state;
    enum payscore_status rc = ps_alarm_open(&service->alarm, state->loop, on_alarm, service);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_writer_open(&service->writer, state->loop, state->engine, on_committed, service);
    if (rc != PAYSCORE_OK) return rc;
    rc = open_calls(service);
    if (rc != PAYSCORE_OK) return rc;
    return open_listeners(service, options->token, error);
}

enum payscore_status ps_service_open(struct ps_service **service, uv_loop_t *loop,
                                     const struct ps_service_options *options,
                                     struct payscore_error *error)
{
    struct ps_service *self = calloc(1, sizeof *self);
    error->text[0] = '\0';
    if (self == NULL) return PAYSCORE_E_MEMORY;
    if (uv_poll_init(loop, &self->others, payscore_descriptor(options->engine)) != 0) {
        free(self);
        *service = NULL;
        return PAYSCORE_E_IO;
    }
    self->others.data = self;
    self->config = options->config;
    self->next_due_ms = INT64_MAX;
    self->owes_turn = true;
    self->state.engine = options->engine;
    self->state.loop = loop;
    self->state.submit = submit;
    self->state.context = self;
    uv_timer_init(loop, &self->timer);
    self->timer.data = self;
    ps_keeping_open(&self->keeping, &self->state,
                    options->config->numbers[PS_KEY_store_retention_days], KEEPING_FIRST_MS);
    enum payscore_status rc = open_parts(self, options, error);
    *service = self;
    if (rc != PAYSCORE_OK) {
        if (error->text[0] == '\0') {
            snprintf(error->text, sizeof error->text, "%s", payscore_status_text(rc));
        }
        close_all(self);
        return rc;
    }
    ps_watchdog_ready(&self->watchdog, loop, is_healthy, self);
    schedule(self);
    return PAYSCORE_OK;
}

void ps_service_free(struct ps_service *service)
{
    free(service);
}

struct ps_service_addresses ps_service_addresses(const struct ps_service *service)
{
    struct ps_service_addresses addresses;
    ps_address_print(&service->notify_address, addresses.notify);
    ps_address_print(&service->api_address, addresses.api);
    return addresses;
}
