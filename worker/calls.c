/*
 * Places are reserved for as many calls as the pace lets out, so that no call that was handed out
 * can be dropped for want of memory: each gets its reply.
 */
#include "worker/calls.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "worker/log.h"

enum {
#define X(lane, percent, flights) +flights
    PLACES = 0 PS_PACE_MAP(X),
#undef X
};

/** What one turn handed out; freed when its last call is done. */
struct batch {
    struct payscore_call *array;
    size_t count, left;
};

struct flight {
    struct ps_job job;
    struct ps_transfer transfer;
    struct payscore_signed headers;
    uv_work_t work;
    struct ps_calls *calls;
    struct batch *batch; /* NULL: a free place. */
    const struct payscore_call *call;
    enum payscore_status signed_status;
    uint64_t began_ms;
    bool probe;
};

struct ps_calls {
    struct ps_state *state;
    struct ps_pace *pace;
    struct ps_transport *transport;
    struct batch batches[PLACES];
    struct flight flights[PLACES];
};

/* The way back. */

static struct payscore_text request_id(const struct payscore_exchange *exchange)
{
    const struct payscore_text name = PAYSCORE_TEXT("Request-ID");
    for (size_t i = 0; i < exchange->header_count; i++) {
        const struct payscore_header *header = &exchange->headers[i];
        bool same = header->name.size == name.size &&
                    curl_strnequal(header->name.data, name.data, name.size);
        if (same) return header->value;
    }
    return (struct payscore_text){"", 0};
}

static void count(struct flight *flight, int64_t took_ms)
{
    static const enum ps_metric deliveries[] = {
        [PAYSCORE_ANSWERED] = PS_METRIC_calls_answered,
        [PAYSCORE_NOT_SENT] = PS_METRIC_calls_not_sent,
        [PAYSCORE_LOST] = PS_METRIC_calls_lost,
        [PAYSCORE_TLS] = PS_METRIC_calls_tls,
    };
    const struct payscore_result *result = &flight->job.item.result;
    struct ps_metrics *metrics = &flight->calls->state->metrics;
    ps_metrics_add(metrics, deliveries[flight->transfer.exchange.delivery], 1);
    ps_metrics_add(metrics, PS_METRIC_call_milliseconds, took_ms);
    if (result->skew_ms != 0) ps_metrics_set(metrics, PS_METRIC_skew_ms, result->skew_ms);
}

static void log_end(const struct flight *flight, int64_t took_ms)
{
    const struct payscore_call *call = flight->call;
    const struct payscore_exchange *exchange = &flight->transfer.exchange;
    const struct payscore_result *result = &flight->job.item.result;
    if (result->status != PAYSCORE_OK) {
        ps_log(reply_refused, ps_log_text("call", call->name),
               ps_log_bytes("subject", call->subject), ps_log_text("reason", result->error.text));
    }
    if (exchange->delivery == PAYSCORE_ANSWERED) {
        ps_log(call_done, ps_log_text("call", call->name), ps_log_bytes("subject", call->subject),
               ps_log_number("attempt", call->attempt), ps_log_number("status", exchange->status),
               ps_log_number("ms", took_ms), ps_log_bytes("request_id", request_id(exchange)),
               ps_log_number("entry", (int64_t)result->entry),
               ps_log_text("state", result->state != NULL ? result->state : ""),
               ps_log_text("reason", result->error.text));
        return;
    }
    ps_log(call_failed, ps_log_text("call", call->name), ps_log_bytes("subject", call->subject),
           ps_log_number("attempt", call->attempt), ps_log_number("ms", took_ms),
           ps_log_text("delivery", ps_delivery_name(exchange->delivery)),
           ps_log_text("reason", flight->transfer.reason));
}

static void tell_pace(struct flight *flight)
{
    struct ps_state *state = flight->calls->state;
    struct ps_pace *pace = flight->calls->pace;
    const struct payscore_result *result = &flight->job.item.result;
    bool answered = flight->transfer.exchange.delivery == PAYSCORE_ANSWERED;
    enum ps_pace_end end = PS_PACE_NEITHER;
    if (result->stops_lane || flight->signed_status != PAYSCORE_OK) {
        end = PS_PACE_FAULT;
    } else if (answered && result->status == PAYSCORE_OK) {
        end = PS_PACE_FINE;
    }
    bool turned =
        ps_pace_ended(pace, flight->call->lane, flight->probe, end, (int64_t)uv_now(state->loop));
    state->lane_stopped = pace->stopped;
    if (turned && pace->stopped) {
        ps_log(lane_stopped, ps_log_text("call", flight->call->name),
               ps_log_text("reason", result->error.text), ps_log_number("retry_ms", pace->stop_ms));
    } else if (turned) {
        ps_log(lane_resumed, ps_log_text("call", flight->call->name));
    }
}

static void leave(struct flight *flight)
{
    struct batch *batch = flight->batch;
    ps_transfer_clear(&flight->transfer);
    flight->batch = NULL;
    if (--batch->left > 0) return;
    payscore_calls_free(batch->array, batch->count);
    batch->array = NULL;
}

static void replied(struct ps_job *job)
{
    struct flight *flight = (struct flight *)job;
    struct ps_state *state = flight->calls->state;
    int64_t took_ms = (int64_t)(uv_now(state->loop) - flight->began_ms);
    count(flight, took_ms);
    log_end(flight, took_ms);
    tell_pace(flight);
    state->calls_in_flight--;
    leave(flight);
}

/** Every call ends here, sent or not. */
static void reply(struct flight *flight)
{
    struct ps_state *state = flight->calls->state;
    memset(&flight->job, 0, sizeof flight->job);
    flight->job.done = replied;
    flight->job.item.kind = PAYSCORE_REPLY;
    flight->job.item.reply.token = flight->call->token;
    flight->job.item.reply.exchange = flight->transfer.exchange;
    state->submit(state->context, &flight->job);
}

static void on_transferred(struct ps_transfer *transfer)
{
    reply((struct flight *)((char *)transfer - offsetof(struct flight, transfer)));
}

/* The way out. */

static void never_sent(struct flight *flight, const char *reason)
{
    flight->transfer.exchange.delivery = PAYSCORE_NOT_SENT;
    snprintf(flight->transfer.reason, sizeof flight->transfer.reason, "%s", reason);
    reply(flight);
}

static void sign(uv_work_t *work)
{
    struct flight *flight = work->data;
    flight->signed_status =
        payscore_call_sign(flight->calls->state->engine, flight->call, &flight->headers);
}

static void on_signed(uv_work_t *work, int status)
{
    struct flight *flight = work->data;
    if (status != 0) flight->signed_status = PAYSCORE_E_MEMORY;
    if (flight->signed_status != PAYSCORE_OK) {
        const char *reason = payscore_status_text(flight->signed_status);
        ps_log(call_unsigned, ps_log_text("call", flight->call->name),
               ps_log_text("reason", reason));
        never_sent(flight, reason);
        return;
    }
    flight->transfer.call = flight->call;
    flight->transfer.headers = &flight->headers;
    flight->transfer.done = on_transferred;
    enum payscore_status rc = ps_transport_send(flight->calls->transport, &flight->transfer);
    if (rc != PAYSCORE_OK) never_sent(flight, payscore_status_text(rc));
}

static struct flight *free_place(struct ps_calls *calls)
{
    size_t i = 0;
    while (i < PLACES - 1 && calls->flights[i].batch != NULL)
        i++;
    return &calls->flights[i];
}

static struct batch *free_batch(struct ps_calls *calls)
{
    size_t i = 0;
    while (i < PLACES - 1 && calls->batches[i].array != NULL)
        i++;
    return &calls->batches[i];
}

static void start(struct ps_calls *calls, struct batch *batch, const struct payscore_call *call)
{
    struct ps_state *state = calls->state;
    struct flight *flight = free_place(calls);
    flight->calls = calls;
    flight->batch = batch;
    flight->call = call;
    flight->signed_status = PAYSCORE_OK;
    flight->began_ms = uv_now(state->loop);
    flight->work.data = flight;
    flight->probe = ps_pace_started(calls->pace, call->lane);
    state->calls_in_flight++;
    if (uv_queue_work(state->loop, &flight->work, sign, on_signed) != 0) {
        never_sent(flight, payscore_status_text(PAYSCORE_E_MEMORY));
    }
}

void ps_calls_take(struct ps_calls *calls, struct payscore_call *array, size_t count)
{
    if (count == 0) {
        payscore_calls_free(array, 0);
        return;
    }
    struct batch *batch = free_batch(calls);
    *batch = (struct batch){array, count, count};
    for (size_t i = 0; i < count; i++) {
        start(calls, batch, &array[i]);
    }
}

enum payscore_status ps_calls_open(struct ps_calls **calls, struct ps_state *state,
                                   struct ps_pace *pace, const struct ps_transport_options *options)
{
    struct ps_calls *self = calloc(1, sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    self->state = state;
    self->pace = pace;
    enum payscore_status rc = ps_transport_open(&self->transport, state->loop, options);
    if (rc == PAYSCORE_OK) {
        *calls = self;
    } else {
        free(self);
    }
    return rc;
}

void ps_calls_close(struct ps_calls *calls)
{
    if (calls == NULL) return;
    ps_transport_close(calls->transport);
    free(calls);
}
