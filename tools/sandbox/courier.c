#include "courier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "platform.h"
#include "post.h"
#include "seal.h"
#include "support.h"
#include "wechat/view.h"

enum { STALE_MS = 600000, REPEAT_MS = 1000, ROOM_MS = 20 };

/* The wait before each re-send, seconds. */
static const int32_t schedule_s[SANDBOX_RESENDS_MAX] = {
    15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
};

struct notice {
    struct notice *next, *previous;
    struct sandbox *sandbox;
    struct sandbox_order *order;
    char *event_type, *openid, *authorization_code, *url, *body;
    int resends;
    int64_t deliveries_owed; /* Acknowledged ones; more than one repeats it. */
    uv_timer_t timer;
    struct sandbox_letter letter;
};

struct sandbox_courier {
    struct sandbox *sandbox;
    struct sandbox_post *post;
    struct notice *first;
    size_t count, in_flight;
    struct sandbox_counts counts;
};

static void deliver(uv_timer_t *timer);

struct sandbox_courier *sandbox_courier_open(struct sandbox *sandbox)
{
    struct sandbox_courier *courier = sandbox_alloc(sizeof *courier);
    courier->sandbox = sandbox;
    courier->post = sandbox_post_open(sandbox->loop);
    return courier;
}

const struct sandbox_counts *sandbox_courier_counts(const struct sandbox_courier *courier)
{
    return &courier->counts;
}

bool sandbox_url_is_fit(struct payscore_text url)
{
    static const char *const fit[] = {"http://127.0.0.1:", "http://127.0.0.1/",  "http://[::1]:",
                                      "http://[::1]/",     "http://localhost:", "http://localhost/"};
    if (ps_text_starts(url, "https://")) return true;
    for (size_t i = 0; i < sizeof fit / sizeof fit[0]; i++) {
        if (ps_text_starts(url, fit[i])) return true;
    }
    return false;
}

static void notice_closed(uv_handle_t *handle)
{
    struct notice *notice = handle->data;
    curl_slist_free_all(notice->letter.headers);
    free(notice->event_type);
    free(notice->openid);
    free(notice->authorization_code);
    free(notice->url);
    free(notice->body);
    free(notice);
}

static void notice_end(struct notice *notice)
{
    struct sandbox_courier *courier = notice->sandbox->courier;

    if (notice->letter.easy != NULL) courier->in_flight--;
    sandbox_post_cancel(courier->post, &notice->letter);
    if (notice->previous != NULL) notice->previous->next = notice->next;
    if (notice->previous == NULL) courier->first = notice->next;
    if (notice->next != NULL) notice->next->previous = notice->previous;
    courier->count--;
    uv_close((uv_handle_t *)&notice->timer, notice_closed);
}

void sandbox_courier_stop(struct sandbox_courier *courier)
{
    while (courier->first != NULL)
        notice_end(courier->first);
    sandbox_post_stop(courier->post);
}

void sandbox_courier_close(struct sandbox_courier *courier)
{
    sandbox_post_close(courier->post);
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

static void delivered(void *context, long status)
{
    struct notice *notice = context;
    struct sandbox_courier *courier = notice->sandbox->courier;

    courier->in_flight--;
    curl_slist_free_all(notice->letter.headers);
    notice->letter.headers = NULL;
    if (notice->sandbox->options->verbose) {
        fprintf(stderr, "notice %s %s -> %ld\n", notice->event_type, notice->url, status);
    }
    if (status == 200 || status == 204) {
        acknowledged(notice);
    } else if (notice->resends < SANDBOX_RESENDS_MAX) {
        wait_for(notice, scaled(notice, (int64_t)schedule_s[notice->resends++] * 1000));
    } else {
        courier->counts.given_up++;
        notice_end(notice);
    }
}

static void add_header(struct curl_slist **headers, const char *name, const char *value)
{
    char line[PS_SIGNATURE_MAX + 64];
    struct curl_slist *longer;

    snprintf(line, sizeof line, "%s: %s", name, value);
    longer = curl_slist_append(*headers, line);
    if (longer != NULL) *headers = longer;
}

/* Each delivery is signed anew. */
static struct curl_slist *signed_headers(struct notice *notice)
{
    struct sandbox *sandbox = notice->sandbox;
    struct sandbox_occasion occasion = occasion_of(notice);
    const struct ps_keyring *ring = sandbox->switches.notices_by_certificate
                                        ? sandbox->keys->by_certificate
                                        : sandbox->keys->by_public_key;
    enum sandbox_sealing sealing = SANDBOX_SEAL_RIGHT;
    int64_t now_ms = sandbox_now_ms();
    struct sandbox_seal seal;
    struct curl_slist *headers = NULL;
    char text[PAYSCORE_SERIAL_MAX + 1];

    if (sandbox_fault_strikes(sandbox->faults, SANDBOX_FAULT_notice_forged, &occasion, NULL)) {
        sealing = SANDBOX_SEAL_OF_ANOTHER;
    } else if (sandbox_fault_strikes(sandbox->faults, SANDBOX_FAULT_notice_probe, &occasion,
                                     NULL)) {
        sealing = SANDBOX_SEAL_PROBE;
    } else if (sandbox_fault_strikes(sandbox->faults, SANDBOX_FAULT_notice_stale, &occasion,
                                     NULL)) {
        now_ms -= STALE_MS;
    }
    if (sandbox_seal(ring, ps_text_of(notice->body), now_ms, sealing, &seal) != PAYSCORE_OK ||
        !ps_text_copy(text, sizeof text, seal.serial))
        return NULL;
    add_header(&headers, "Content-Type", "application/json");
    add_header(&headers, "Wechatpay-Timestamp", seal.timestamp);
    add_header(&headers, "Wechatpay-Nonce", seal.nonce);
    add_header(&headers, "Wechatpay-Signature", seal.signature);
    add_header(&headers, "Wechatpay-Serial", text);
    add_header(&headers, "Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048");
    sandbox_random_hex(text, 40);
    strcat(text, "-0");
    add_header(&headers, "Request-ID", text);
    return headers;
}

static void deliver(uv_timer_t *timer)
{
    struct notice *notice = timer->data;
    struct sandbox_courier *courier = notice->sandbox->courier;

    if (courier->in_flight >= SANDBOX_IN_FLIGHT_MAX) {
        wait_for(notice, ROOM_MS);
        return;
    }
    notice->letter.headers = signed_headers(notice);
    if (notice->letter.headers == NULL || !sandbox_post_send(courier->post, &notice->letter)) {
        courier->counts.dropped++;
        notice_end(notice);
        return;
    }
    courier->in_flight++;
    courier->counts.attempts++;
    if (notice->order != NULL) notice->order->notices_sent++;
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
    notice->letter = (struct sandbox_letter){.url = notice->url,
                                             .body = ps_text_of(body),
                                             .limit_ms = SANDBOX_DELIVERY_LIMIT_MS,
                                             .done = delivered,
                                             .context = notice};
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
    if (courier->count < SANDBOX_NOTICES_MAX && sandbox_url_is_fit(news->url)) {
        body = make_body(sandbox, news);
    }
    if (body == NULL) {
        courier->counts.dropped++;
        return;
    }
    enqueue(courier, make_notice(sandbox, news, body));
}

void sandbox_courier_order(struct sandbox_order *order, const char *event_type,
                           const char *summary)
{
    cJSON *resource = sandbox_order_json(order, SANDBOX_SHAPE_NOTICE);
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
