#include "post_box.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "wechat/text.h"
#include "wechat/view.h"

struct post_box {
    const struct ps_keyring *ring;
    struct MHD_Daemon *daemon;
    pthread_mutex_t lock;
    pthread_cond_t came;
    struct player_notice *first;
};

/* A notification while its body comes. */
struct incoming {
    char body[PAYSCORE_NOTICE_BODY_MAX];
    size_t size;
};

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    struct payscore_notice *notice = context;
    (void)kind;
    if (notice->header_count == PAYSCORE_HEADERS_MAX) return MHD_NO;
    notice->headers[notice->header_count++] =
        (struct payscore_header){ps_text_of(name), ps_text_of(value)};
    return MHD_YES;
}

static bool file_notice(struct post_box *box, struct MHD_Connection *connection,
                        const struct incoming *incoming)
{
    struct payscore_notice raw = {.body = {incoming->body, incoming->size}};
    struct player_notice *notice = calloc(1, sizeof *notice);
    struct payscore_error error;
    struct timespec now;

    if (notice == NULL) abort();
    clock_gettime(CLOCK_REALTIME, &now);
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take_header, &raw);
    notice->verified = ps_notice_open(box->ring, &raw, (int64_t)now.tv_sec * 1000, &notice->opened,
                                      &error) == PAYSCORE_OK;
    ps_text_copy(notice->serial, sizeof notice->serial,
                 ps_header(raw.headers, raw.header_count, "Wechatpay-Serial"));
    pthread_mutex_lock(&box->lock);
    notice->next = box->first;
    box->first = notice;
    pthread_cond_broadcast(&box->came);
    pthread_mutex_unlock(&box->lock);
    return notice->verified;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **place)
{
    struct incoming *incoming = *place;
    struct MHD_Response *response;
    enum MHD_Result result;
    bool good;

    (void)url, (void)method, (void)version;
    if (incoming == NULL) {
        *place = calloc(1, sizeof *incoming);
        return *place != NULL ? MHD_YES : MHD_NO;
    }
    if (*size > 0) {
        if (*size > sizeof incoming->body - incoming->size) return MHD_NO;
        memcpy(incoming->body + incoming->size, data, *size);
        incoming->size += *size;
        *size = 0;
        return MHD_YES;
    }
    good = file_notice(context, connection, incoming);
    response = MHD_create_response_from_buffer(0, (void *)(uintptr_t) "", MHD_RESPMEM_PERSISTENT);
    result = MHD_queue_response(connection, good ? 204 : 401, response);
    MHD_destroy_response(response);
    return result;
}

static void on_completed(void *context, struct MHD_Connection *connection, void **place,
                         enum MHD_RequestTerminationCode code)
{
    (void)context, (void)connection, (void)code;
    free(*place);
}

struct post_box *post_box_open(const struct ps_keyring *ring)
{
    struct post_box *box = calloc(1, sizeof *box);

    assert_non_null(box);
    box->ring = ring;
    pthread_mutex_init(&box->lock, NULL);
    pthread_cond_init(&box->came, NULL);
    box->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, on_request, box,
                                   MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_END);
    assert_non_null(box->daemon);
    return box;
}

int post_box_port(const struct post_box *box)
{
    return MHD_get_daemon_info(box->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static bool is_about(const struct player_notice *notice, const char *event_type, const char *about)
{
    const struct ps_opened_notice *opened = &notice->opened;

    if (event_type == NULL) return !notice->verified;
    return notice->verified && strcmp(opened->event_type, event_type) == 0 &&
           (ps_text_is(ps_json_text(opened->resource, "out_order_no"), about) ||
            ps_text_is(ps_json_text(opened->resource, "openid"), about));
}

const struct player_notice *post_box_wait(struct post_box *box, const char *event_type,
                                          const char *about)
{
    struct player_notice *found = NULL;
    struct timespec limit;
    int rc = 0;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += PLAYER_WAIT_S;
    pthread_mutex_lock(&box->lock);
    while (found == NULL && rc == 0) {
        for (found = box->first; found != NULL; found = found->next) {
            if (!found->taken && is_about(found, event_type, about)) break;
        }
        if (found == NULL) rc = pthread_cond_timedwait(&box->came, &box->lock, &limit);
    }
    if (found != NULL) found->taken = true;
    pthread_mutex_unlock(&box->lock);
    if (found == NULL) fail_msg("no notice %s about %s", event_type, about);
    return found;
}

int post_box_count(struct post_box *box, const char *event_type, const char *about)
{
    int count = 0;
    pthread_mutex_lock(&box->lock);
    for (const struct player_notice *notice = box->first; notice != NULL; notice = notice->next) {
        if (is_about(notice, event_type, about)) count++;
    }
    pthread_mutex_unlock(&box->lock);
    return count;
}

void post_box_close(struct post_box *box)
{
    MHD_stop_daemon(box->daemon);
    while (box->first != NULL) {
        struct player_notice *notice = box->first;
        box->first = notice->next;
        ps_notice_close(&notice->opened);
        free(notice);
    }
    pthread_cond_destroy(&box->came);
    pthread_mutex_destroy(&box->lock);
    free(box);
}
