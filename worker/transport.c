/*
 * Three things meet here: curl's sockets are watched by uv_poll, curl's one timer is a uv_timer,
 * and what curl reports as finished becomes an exchange.
 */
#include "worker/transport.h"

#include <stdlib.h>
#include <string.h>

#include "worker/log.h"

enum { REPLY_HEADERS_SIZE_MAX = 65536, CONNECTIONS_KEPT = 64 };

struct ps_transport {
    uv_loop_t *loop;
    CURLM *multi;
    uv_timer_t timer;
    struct ps_transport_options options;
    struct ps_route route;
};

/** A socket of curl's, watched. */
struct watch {
    uv_poll_t poll;
    struct ps_transport *transport;
    curl_socket_t fd;
};

static void finish(struct ps_transfer *transfer, CURLcode code);

static void reap(struct ps_transport *transport)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transport->multi, &left)) != NULL) {
        struct ps_transfer *transfer = NULL;
        CURLcode code = message->data.result;
        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
        curl_multi_remove_handle(transport->multi, transfer->easy);
        finish(transfer, code);
    }
}

static void act(struct ps_transport *transport, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(transport->multi, fd, what, &running);
    reap(transport);
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *context)
{
    struct ps_transport *transport = context;
    (void)multi;
    if (wait_ms < 0) {
        uv_timer_stop(&transport->timer);
    } else {
        uv_timer_start(&transport->timer, on_timer, (uint64_t)wait_ms, 0);
    }
    return 0;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    int what = status < 0 ? CURL_CSELECT_ERR : 0;
    if ((events & UV_READABLE) != 0) what |= CURL_CSELECT_IN;
    if ((events & UV_WRITABLE) != 0) what |= CURL_CSELECT_OUT;
    act(watch->transport, watch->fd, what);
}

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *watch_open(struct ps_transport *transport, curl_socket_t fd)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL) return NULL;
    watch->transport = transport;
    watch->fd = fd;
    watch->poll.data = watch;
    if (uv_poll_init_socket(transport->loop, &watch->poll, fd) != 0) {
        free(watch);
        return NULL;
    }
    return watch;
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *of_socket)
{
    struct ps_transport *transport = context;
    struct watch *watch = of_socket;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch == NULL) return 0;
        uv_poll_stop(&watch->poll);
        uv_close((uv_handle_t *)&watch->poll, free_watch);
        curl_multi_assign(transport->multi, fd, NULL);
        return 0;
    }
    if (watch == NULL) {
        watch = watch_open(transport, fd);
        if (watch == NULL) return -1;
        curl_multi_assign(transport->multi, fd, watch);
    }
    int events = 0;
    if (what != CURL_POLL_OUT) events |= UV_READABLE;
    if (what != CURL_POLL_IN) events |= UV_WRITABLE;
    return uv_poll_start(&watch->poll, events, on_socket) == 0 ? 0 : -1;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct ps_transfer *transfer = context;
    size_t bytes = size * count;
    if (bytes > PAYSCORE_REPLY_BODY_MAX - transfer->body_size) return 0;
    if (transfer->body_size + bytes > transfer->body_room) {
        size_t room = transfer->body_room == 0 ? 2048 : transfer->body_room;
        while (room < transfer->body_size + bytes)
            room *= 2;
        char *larger = realloc(transfer->body, room);
        if (larger == NULL) return 0;
        transfer->body = larger;
        transfer->body_room = room;
    }
    memcpy(transfer->body + transfer->body_size, data, bytes);
    transfer->body_size += bytes;
    return bytes;
}

/** Only counts; curl keeps the headers itself. */
static size_t take_header(char *data, size_t size, size_t count, void *context)
{
    struct ps_transfer *transfer = context;
    (void)data;
    transfer->headers_size += size * count;
    return transfer->headers_size <= REPLY_HEADERS_SIZE_MAX ? size * count : 0;
}

static void collect_headers(struct ps_transfer *transfer)
{
    struct payscore_exchange *exchange = &transfer->exchange;
    struct curl_header *header = NULL;
    while ((header = curl_easy_nextheader(transfer->easy, CURLH_HEADER, -1, header)) != NULL) {
        if (!ps_delivery_keeps(header->name)) continue;
        if (exchange->header_count == PAYSCORE_HEADERS_MAX) return;
        exchange->headers[exchange->header_count++] = (struct payscore_header){
            .name = {header->name, strlen(header->name)},
            .value = {header->value, strlen(header->value)},
        };
    }
}

/** Point the transfer at an address; from here on everything of a first try is as new. */
static CURLcode aim(struct ps_transfer *transfer, const char *address)
{
    size_t size = strlen(address);
    free(transfer->url);
    transfer->body_size = 0;
    transfer->headers_size = 0;
    transfer->url = malloc(size + transfer->call->url.size + 1);
    if (transfer->url == NULL) return CURLE_OUT_OF_MEMORY;
    memcpy(transfer->url, address, size);
    memcpy(transfer->url + size, transfer->call->url.data, transfer->call->url.size);
    transfer->url[size + transfer->call->url.size] = '\0';
    return curl_easy_setopt(transfer->easy, CURLOPT_URL, transfer->url);
}

static bool launch(struct ps_transfer *transfer, bool backup)
{
    const struct ps_transport_options *options = &transfer->transport->options;
    transfer->backup = backup;
    if (aim(transfer, backup ? options->backup_url : options->base_url) != CURLE_OK) return false;
    return curl_multi_add_handle(transfer->transport->multi, transfer->easy) == CURLM_OK;
}

static int64_t now_of(const struct ps_transport *transport)
{
    return (int64_t)uv_now(transport->loop);
}

static void finish(struct ps_transfer *transfer, CURLcode code)
{
    long sent = 0;
    long status = 0;
    struct ps_transport *transport = transfer->transport;
    struct payscore_exchange *exchange = &transfer->exchange;
    curl_easy_getinfo(transfer->easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    exchange->delivery = ps_delivery_of(code, sent);
    bool rested = ps_route_backup(&transport->route, now_of(transport));
    if (ps_route_again(&transport->route, transfer->backup, transfer->attempt, exchange->delivery,
                       now_of(transport))) {
        if (!rested) ps_log(backup_used, ps_log_text("reason", curl_easy_strerror(code)));
        transfer->attempt++;
        if (launch(transfer, !transfer->backup)) return;
    }
    if (exchange->delivery == PAYSCORE_ANSWERED) {
        exchange->status = (int)status;
        exchange->body = (struct payscore_text){transfer->body, transfer->body_size};
        collect_headers(transfer);
    } else if (transfer->reason[0] == '\0') {
        snprintf(transfer->reason, sizeof transfer->reason, "%s", curl_easy_strerror(code));
    }
    transfer->done(transfer);
}

static bool add_line(struct ps_transfer *transfer, const char *line)
{
    struct curl_slist *longer = curl_slist_append(transfer->lines, line);
    if (longer == NULL) return false;
    transfer->lines = longer;
    return true;
}

static bool add_lines(struct ps_transfer *transfer)
{
    for (size_t i = 0; i < transfer->headers->count; i++) {
        if (!add_line(transfer, transfer->headers->lines[i])) return false;
    }
    /* curl would wait for a "100 Continue" before it sends a larger body. */
    return add_line(transfer, "Expect:");
}

/** The first failure stays; the later settings do no harm. */
#define SET(option, value)                                                                         \
    if (code == CURLE_OK) code = curl_easy_setopt(easy, CURLOPT_##option, value)

static CURLcode set_security(CURL *easy, const struct ps_transport_options *options)
{
    CURLcode code = CURLE_OK;
    SET(PROTOCOLS_STR, "http,https");
    SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(SSL_VERIFYPEER, 1L);
    SET(SSL_VERIFYHOST, 2L);
    SET(FOLLOWLOCATION, 0L);
    SET(PROXY, "");
    SET(NETRC, (long)CURL_NETRC_IGNORED);
    if (options->ca_file[0] != '\0') SET(CAINFO, options->ca_file);
    return code;
}

static CURLcode set_limits(CURL *easy, const struct ps_transport_options *options)
{
    CURLcode code = CURLE_OK;
    SET(NOSIGNAL, 1L);
    /* A name that is still being looked up is left to its thread; else its end would be awaited
     * here, on the loop, for as long as a dead name server takes. */
    SET(QUICK_EXIT, 1L);
    SET(CONNECTTIMEOUT_MS, options->connect_timeout_ms);
    SET(TIMEOUT_MS, options->timeout_ms);
    SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(HTTP09_ALLOWED, 0L);
    SET(MAXFILESIZE, (long)PAYSCORE_REPLY_BODY_MAX);
    return code;
}

static CURLcode set_request(CURL *easy, struct ps_transfer *transfer)
{
    CURLcode code = CURLE_OK;
    const struct payscore_call *call = transfer->call;
    SET(PRIVATE, (char *)transfer);
    SET(ERRORBUFFER, transfer->reason);
    SET(PATH_AS_IS, 1L);
    SET(HTTPHEADER, transfer->lines);
    SET(WRITEFUNCTION, take_body);
    SET(WRITEDATA, transfer);
    SET(HEADERFUNCTION, take_header);
    SET(HEADERDATA, transfer);
    if (call->once) { /* On a kept connection that died curl itself would send it again. */
        SET(FRESH_CONNECT, 1L);
        SET(FORBID_REUSE, 1L);
    }
    if (strcmp(call->method, "POST") == 0) {
        SET(POST, 1L);
        SET(POSTFIELDSIZE, (long)call->body.size);
        SET(POSTFIELDS, call->body.size > 0 ? call->body.data : "");
    } else {
        SET(HTTPGET, 1L);
    }
    return code;
}

#undef SET

enum payscore_status ps_transport_send(struct ps_transport *transport, struct ps_transfer *transfer)
{
    const struct ps_transport_options *options = &transport->options;
    transfer->transport = transport;
    transfer->easy = curl_easy_init();
    bool ready = transfer->easy != NULL && add_lines(transfer) &&
                 set_security(transfer->easy, options) == CURLE_OK &&
                 set_limits(transfer->easy, options) == CURLE_OK &&
                 set_request(transfer->easy, transfer) == CURLE_OK;
    if (ready && launch(transfer, ps_route_backup(&transport->route, now_of(transport)))) {
        return PAYSCORE_OK;
    }
    return PAYSCORE_E_MEMORY;
}

void ps_transfer_clear(struct ps_transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    curl_slist_free_all(transfer->lines);
    free(transfer->url);
    free(transfer->body);
    memset(transfer, 0, sizeof *transfer);
}

enum payscore_status ps_transport_open(struct ps_transport **transport, uv_loop_t *loop,
                                       const struct ps_transport_options *options)
{
    struct ps_transport *self = calloc(1, sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    self->loop = loop;
    self->options = *options;
    self->route.has_backup = options->backup_url[0] != '\0';
    self->multi = curl_multi_init();
    if (self->multi == NULL) {
        free(self);
        return PAYSCORE_E_MEMORY;
    }
    uv_timer_init(loop, &self->timer);
    self->timer.data = self;
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(self->multi, CURLMOPT_SOCKETDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(self->multi, CURLMOPT_TIMERDATA, self);
    curl_multi_setopt(self->multi, CURLMOPT_MAXCONNECTS, (long)CONNECTIONS_KEPT);
    *transport = self;
    return PAYSCORE_OK;
}

static void free_transport(uv_handle_t *handle)
{
    free(handle->data);
}

void ps_transport_close(struct ps_transport *transport)
{
    if (transport == NULL) return;
    curl_multi_cleanup(transport->multi);
    uv_close((uv_handle_t *)&transport->timer, free_transport);
}
