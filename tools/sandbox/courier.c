#include "courier.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "platform.h"
#include "seal.h"
#include "support.h"
#include "wechat/view.h"
#include "worker/transport.h"

enum { STALE_MS = 600000, REPEAT_MS = 1000, ROOM_MS = 20, NOTICE_HEADERS = 8, SHORT_ID_SIZE = 32 };

_Static_assert((int)NOTICE_HEADERS <= (int)PAYSCORE_HEADER_LINES_MAX,
               "all headers of a notice are sent");

/* The wait before each re-send, seconds; -1 ends it. The short one is that of 2020. */
static const int32_t schedule_s[SANDBOX_RESENDS_MAX + 1] = {
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600, -1,
};
static const int32_t short_schedule_s[] = {
    0, 15, 15, 30, 180, 1800, 1800, 1800, 1800, 3600, -1,
};

struct notice {
    struct notice *next, *previous;
    struct sandbox *sandbox;
    struct sandbox_order *order;
    char *event_type, *openid, *authorization_code, *url, *body;
    int resends;
    int64_t deliveries_owed; /* Acknowledged ones; more than one repeats it. */
    uv_timer_t timer;
    struct payscore_call call;
    struct payscore_signed *headers; /* Of the delivery under way; else NULL. */
    struct ps_transfer transfer;
};

struct sandbox_courier {
    struct sandbox *sandbox;
    struct ps_transport *transport;
    struct notice *first;
    size_t count, in_flight;
    bool stopping;
    struct sandbox_counts counts;
};

static void deliver(uv_timer_t *timer);

struct sandbox_courier *sandbox_courier_open(struct sandbox *sandbox)
{
    static const struct ps_transport_options options = {
        .base_url = "", /* Every notice has an address of its own. */
        .backup_url = "",
        .ca_file = "",
        .connect_timeout_ms = SANDBOX_DELIVERY_LIMIT_MS,
        .timeout_ms = SANDBOX_DELIVERY_LIMIT_MS,
    };
    struct sandbox_courier *courier = sandbox_alloc(sizeof *courier);
    courier->sandbox = sandbox;
    if (ps_transport_open(&courier->transport, sandbox->loop, &options) != PAYSCORE_OK) abort();
    return courier;
}

const struct sandbox_counts *sandbox_courier_counts(const struct sandbox_courier *courier)
{
    return &courier->counts;
}

static void notice_closed(uv_handle_t *handle)
{
    struct notice *notice = handle->data;
    free(notice->event_type);
    free(notice->openid);
    free(notice->authorization_code);
    free(notice->url);
    free(notice->body);
    free(notice);
}

/* The notice must not be under way. */
static void notice_end(struct notice *notice)
{
    struct sandbox_courier *courier = notice->sandbox->courier;

    if (notice->previous != NULL) notice->previous->next = notice->next;
    if (notice->previous == NULL) courier->first = notice->next;
    if (notice->next != NULL) notice->next->previous = notice->previous;
    courier->count--;
    uv_close((uv_handle_t *)&notice->timer, notice_closed);
}

/* What is under way is waited for: its time limit is short. */
static void stop_when_idle(struct sandbox_courier *courier)
{
    if (!courier->stopping || courier->in_flight > 0 || courier->transport == NULL) return;
    ps_transport_close(courier->transport);
    courier->transport = NULL;
}

void sandbox_courier_stop(struct sandbox_courier *courier)
{
    struct notice *notice = courier->first;

    courier->stopping = true;
    while (notice != NULL) {
        struct notice *next = notice->next;
        if (notice->headers == NULL) notice_end(notice);
        notice = next;
    }
    stop_when_idle(courier);
}

void sandbox_courier_close(struct sandbox_courier *courier)
{
    free(courier);
}

static void wait_for(struct notice *notice, int64_t ms)
{
    uv_update_time(notice->sandbox->loop);
    uv_timer_start(&notice->timer, deliver, ms < 1 ? 1 : (uint64_t)ms, 0);
}

static int64_t scaled(const struct notice *notice, int64_t ms)
{
    return (int64_t)((double)ms * notice->sandbox->options->notify_scale);
}

static struct sandbox_occasion occasion_of(const struct notice *notice)
{
    return (struct sandbox_occasion){
        .event_type = notice->event_type,
        .out_order_no = notice->order == NULL ? NULL : notice->order->out_order_no,
        .openid = notice->openid,
        .authorization_code = notice->authorization_code,
    };
}

static void acknowledged(struct notice *notice)
{
    notice->sandbox->courier->counts.acknowledged++;
    if (notice->order != NULL) notice->order->notices_acknowledged++;
    if (--notice->deliveries_owed > 0) {
        wait_for(notice, scaled(notice, REPEAT_MS));
    } else {
        notice_end(notice);
    }
}

/* -1: it is not sent again. */
static int64_t next_wait_s(const struct notice *notice)
{
    enum { SHORT = sizeof short_schedule_s / sizeof short_schedule_s[0] };

    if (!notice->sandbox->switches.short_schedule) return schedule_s[notice->resends];
    return notice->resends < SHORT ? short_schedule_s[notice->resends] : -1;
}

static void take_answer(struct notice *notice, int status)
{
    if (notice->sandbox->courier->stopping) {
        notice_end(notice);
    } else if (status == 200 || status == 204) {
        acknowledged(notice);
    } else if (next_wait_s(notice) >= 0) {
        wait_for(notice, scaled(notice, next_wait_s(notice) * 1000));
        notice->resends++;
    } else {
        notice->sandbox->courier->counts.given_up++;
        notice_end(notice);
    }
}

static void forget_transfer(struct notice *notice)
{
    ps_transfer_clear(&notice->transfer);
    free(notice->headers);
    notice->headers = NULL;
}

static void delivered(struct ps_transfer *transfer)
{
    struct notice *notice =
        (struct notice *)(void *)((char *)transfer - offsetof(struct notice, transfer));
    struct sandbox_courier *courier = notice->sandbox->courier;
    int status = transfer->exchange.delivery == PAYSCORE_ANSWERED ? transfer->exchange.status : 0;

    if (notice->sandbox->options->verbose) {
        fprintf(stderr, "notice %s %s -> %d %s\n", notice->event_type, notice->url, status,
                transfer->reason);
    }
    courier->in_flight--;
    forget_transfer(notice);
    take_answer(notice, status);
    stop_when_idle(courier);
}

__attribute__((format(printf, 2, 3))) static void add_line(struct payscore_signed *headers,
                                                           const char *format, ...)
{
    va_list values;
    va_start(values, format);
    vsnprintf(headers->lines[headers->count++], PAYSCORE_HEADER_LINE_MAX, format, values);
    va_end(values);
}

/* Which of the faults of a delivery strikes this one. */
static enum sandbox_sealing sealing_of(const struct notice *notice, int64_t *now_ms)
{
    struct sandbox_occasion occasion = occasion_of(notice);
    struct sandbox_faults *faults = notice->sandbox->faults;

    if (sandbox_fault_strikes(faults, SANDBOX_FAULT_notice_forged, &occasion, NULL)) {
        return SANDBOX_SEAL_OF_ANOTHER;
    }
    if (sandbox_fault_strikes(faults, SANDBOX_FAULT_notice_probe, &occasion, NULL)) {
        return SANDBOX_SEAL_PROBE;
    }
    if (sandbox_fault_strikes(faults, SANDBOX_FAULT_notice_stale, &occasion, NULL)) {
        *now_ms -= STALE_MS;
    }
    return SANDBOX_SEAL_RIGHT;
}

/* Each delivery is signed anew. NULL: OpenSSL failed. */
static struct payscore_signed *signed_headers(const struct notice *notice)
{
    const struct sandbox *sandbox = notice->sandbox;
    const struct ps_keyring *ring = sandbox->switches.notices_by_certificate
                                        ? sandbox->keys->by_certificate
                                        : sandbox->keys->by_public_key;
    int64_t now_ms = sandbox_now_ms();
    enum sandbox_sealing sealing = sealing_of(notice, &now_ms);
    char request_id[SANDBOX_REQUEST_ID_SIZE];
    struct payscore_signed *headers;
    struct sandbox_seal seal;

    if (sandbox_seal(ring, ps_text_of(notice->body), now_ms, sealing, &seal) != PAYSCORE_OK) {
        return NULL;
    }
    headers = sandbox_alloc(sizeof *headers);
    sandbox_request_id(0, request_id);
    add_line(headers, "User-Agent: payscore-sandbox");
    add_line(headers, "Content-Type: application/json");
    add_line(headers, "Wechatpay-Timestamp: %s", seal.timestamp);
    add_line(headers, "Wechatpay-Nonce: %s", seal.nonce);
    add_line(headers, "Wechatpay-Signature: %s", seal.signature);
    add_line(headers, "Wechatpay-Serial: %.*s", (int)seal.serial.size, seal.serial.data);
    add_line(headers, "Wechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048");
    add_line(headers, "Request-ID: %s", request_id);
    return headers;
}

static bool send_notice(struct notice *notice)
{
    notice->headers = signed_headers(notice);
    if (notice->headers == NULL) return false;
    notice->transfer =
        (struct ps_transfer){.call = &notice->call, .headers = notice->headers, .done = delivered};
    if (ps_transport_send(notice->sandbox->courier->transport, &notice->transfer) == PAYSCORE_OK) {
        return true;
    }
    forget_transfer(notice);
    return false;
}

static void deliver(uv_timer_t *timer)
{
    struct notice *notice = timer->data;
    struct sandbox_courier *courier = notice->sandbox->courier;

    if (courier->in_flight >= SANDBOX_IN_FLIGHT_MAX) {
        wait_for(notice, ROOM_MS);
    } else if (!send_notice(notice)) {
        courier->counts.dropped++;
        notice_end(notice);
    } else {
        courier->in_flight++;
        courier->counts.attempts++;
        if (notice->order != NULL) notice->order->notices_sent++;
    }
}

static char *make_body(const struct sandbox *sandbox, const struct sandbox_news *news)
{
    char id[SANDBOX_UUID_SIZE + 1];
    char moment[PS_RFC3339_SIZE + 1];
    char *plaintext = cJSON_PrintUnformatted(news->resource);
    cJSON *resource = sandbox_resource(sandbox->keys->apiv3_key, plaintext);
    cJSON *json = cJSON_CreateObject();
    char *body = NULL;

    sandbox_random_uuid(id);
    if (sandbox->switches.short_notice_id) sandbox_random_hex(id, SHORT_ID_SIZE);
    ps_time_to_rfc3339(sandbox_now_ms(), moment);
    memmove(moment + 19, moment + 23, sizeof "+08:00"); /* Without the fraction. */
    cJSON_AddStringToObject(json, "id", id);
    cJSON_AddStringToObject(json, "create_time", moment);
    cJSON_AddStringToObject(json, "event_type", news->event_type);
    cJSON_AddStringToObject(json, "resource_type", "encrypt-resource");
    cJSON_AddStringToObject(json, "summary", news->summary);
    if (resource != NULL) {
        cJSON_AddItemToObject(json, "resource", resource);
        body = cJSON_PrintUnformatted(json);
    }
    cJSON_Delete(json);
    free(plaintext);
    return body;
}

static struct notice *make_notice(struct sandbox *sandbox, const struct sandbox_news *news,
                                  char *body)
{
    struct notice *notice = sandbox_alloc(sizeof *notice);

    notice->sandbox = sandbox;
    notice->order = news->order;
    notice->event_type = sandbox_copy(ps_text_of(news->event_type));
    notice->openid = sandbox_copy(ps_text_of(news->openid));
    notice->authorization_code = sandbox_copy(ps_text_of(news->authorization_code));
    notice->url = sandbox_copy(news->url);
    notice->body = body;
    notice->deliveries_owed = 1;
    notice->call = (struct payscore_call){.name = notice->event_type,
                                          .method = "POST",
                                          .url = ps_text_of(notice->url),
                                          .body = ps_text_of(body)};
    uv_timer_init(sandbox->loop, &notice->timer);
    notice->timer.data = notice;
    return notice;
}

static void enqueue(struct sandbox_courier *courier, struct notice *notice)
{
    struct sandbox_occasion occasion = occasion_of(notice);
    struct sandbox_faults *faults = courier->sandbox->faults;
    int64_t late_ms = 0;

    notice->next = courier->first;
    if (courier->first != NULL) courier->first->previous = notice;
    courier->first = notice;
    courier->count++;
    sandbox_fault_strikes(faults, SANDBOX_FAULT_notice_repeat, &occasion, &notice->deliveries_owed);
    sandbox_fault_strikes(faults, SANDBOX_FAULT_notice_late_ms, &occasion, &late_ms);
    if (!sandbox_fault_strikes(faults, SANDBOX_FAULT_notice_lost, &occasion, NULL)) {
        wait_for(notice, late_ms);
        return;
    }
    courier->counts.lost++;
    if (notice->order != NULL) notice->order->notices_lost++;
    notice_end(notice);
}

void sandbox_courier_take(struct sandbox *sandbox, const struct sandbox_news *news)
{
    struct sandbox_courier *courier = sandbox->courier;
    char *body = NULL;

    courier->counts.made++;
    if (news->order != NULL) news->order->notices_made++;
    /* Its form was checked when it came: https, or http to this host. */
    if (!courier->stopping && courier->count < SANDBOX_NOTICES_MAX && news->url.size > 0) {
        body = make_body(sandbox, news);
    }
    if (body == NULL) {
        courier->counts.dropped++;
        return;
    }
    enqueue(courier, make_notice(sandbox, news, body));
}

void sandbox_courier_order(struct sandbox_order *order, const char *event_type, const char *summary)
{
    cJSON *resource = sandbox_order_resource(order);
    struct sandbox_news news = {
        .event_type = event_type,
        .summary = summary,
        .url = ps_json_text(order->create_body, "notify_url"),
        .openid = order->user->openid,
        .order = order,
        .resource = resource,
    };
    sandbox_courier_take(order->sandbox, &news);
    cJSON_Delete(resource);
}
