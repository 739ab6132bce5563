#include "listener.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "seal.h"
#include "support.h"
#include "worker/server.h"

enum { CONNECTIONS_MAX = 1024, PATIENCE_MS = 10000, IDLE_MS = 75000 };

/* A reply that is held back. */
struct pending {
    struct pending *next, *previous;
    struct sandbox_listener *listener;
    struct ps_request *request;
    struct sandbox_reply reply;
    uv_timer_t timer;
};

struct sandbox_listener {
    struct sandbox *sandbox;
    struct ps_server *server;
    struct pending *first;
};

static const struct ps_keyring *ring_of(const struct sandbox *sandbox,
                                        const struct sandbox_reply *reply)
{
    return reply->by_certificate ? sandbox->keys->by_certificate : sandbox->keys->by_public_key;
}

static void add_header(struct ps_request *request, const char *name, const char *value)
{
    if (request->response != NULL) MHD_add_response_header(request->response, name, value);
}

static void add_signature(const struct sandbox *sandbox, struct ps_request *request,
                          const struct sandbox_reply *reply, struct payscore_text body)
{
    static const enum sandbox_sealing sealings[] = {
        [SANDBOX_SIGNED] = SANDBOX_SEAL_RIGHT,
        [SANDBOX_SIGNED_WRONG] = SANDBOX_SEAL_OF_ANOTHER,
        [SANDBOX_SIGNED_PROBE] = SANDBOX_SEAL_PROBE,
    };
    char serial[PAYSCORE_SERIAL_MAX + 1];
    struct sandbox_seal seal;

    if (reply->signing == SANDBOX_UNSIGNED) return;
    if (sandbox_seal(ring_of(sandbox, reply), body, sandbox_now_ms(), sealings[reply->signing],
                     &seal) != PAYSCORE_OK ||
        !ps_text_copy(serial, sizeof serial, seal.serial))
        return;
    add_header(request, "Wechatpay-Timestamp", seal.timestamp);
    add_header(request, "Wechatpay-Nonce", seal.nonce);
    add_header(request, "Wechatpay-Signature", seal.signature);
    add_header(request, "Wechatpay-Serial", serial);
    add_header(request, "Wechatpay-Signature-Type", "WECHATPAY2-SHA256-RSA2048");
}

static void send_reply(const struct sandbox *sandbox, struct ps_request *request,
                       struct sandbox_reply *reply)
{
    char request_id[SANDBOX_REQUEST_ID_SIZE];
    static char nothing[] = "";
    char *text = reply->body == NULL ? NULL : cJSON_PrintUnformatted(reply->body);
    struct payscore_text body = ps_text_of(text);
    struct ps_http_answer answer = {.status = reply->status,
                                    .type = text == NULL ? NULL : "application/json",
                                    .data = text == NULL ? nothing : text,
                                    .size = body.size,
                                    .free = text == NULL ? NULL : free};

    cJSON_Delete(reply->body);
    reply->body = NULL;
    if (reply->dropped) {
        free(text);
        request->answered = true; /* Without a response the server closes the connection. */
        return;
    }
    ps_request_answer(request, &answer);
    add_signature(sandbox, request, reply, body);
    if (!reply->with_request_id) return;
    sandbox_request_id(reply->number, request_id);
    add_header(request, "Request-ID", request_id);
}

static void pending_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void pending_end(struct pending *pending)
{
    struct sandbox_listener *listener = pending->listener;

    if (pending->previous != NULL) pending->previous->next = pending->next;
    if (pending->previous == NULL) listener->first = pending->next;
    if (pending->next != NULL) pending->next->previous = pending->previous;
    send_reply(listener->sandbox, pending->request, &pending->reply);
    uv_close((uv_handle_t *)&pending->timer, pending_closed);
}

static void pending_is_due(uv_timer_t *timer)
{
    pending_end(timer->data);
}

static void hold_back(struct sandbox_listener *listener, struct ps_request *request,
                      const struct sandbox_reply *reply)
{
    struct pending *pending = sandbox_alloc(sizeof *pending);

    pending->listener = listener;
    pending->request = request;
    pending->reply = *reply;
    pending->next = listener->first;
    if (pending->next != NULL) pending->next->previous = pending;
    listener->first = pending;
    uv_timer_init(listener->sandbox->loop, &pending->timer);
    pending->timer.data = pending;
    uv_timer_start(&pending->timer, pending_is_due, (uint64_t)reply->delay_ms, 0);
}

static struct sandbox_request request_of(const struct ps_request *request)
{
    struct payscore_text uri = ps_text_of(request->target);
    const char *mark = strchr(request->target, '?');
    size_t path_size = mark == NULL ? uri.size : (size_t)(mark - request->target);

    return (struct sandbox_request){
        .method = ps_text_of(request->method),
        .uri = uri,
        .path = {uri.data, path_size},
        .query = ps_text_of(mark == NULL ? NULL : mark + 1),
        .host = ps_text_of(ps_request_header(request, "Host")),
        .user_agent = ps_text_of(ps_request_header(request, "User-Agent")),
        .accept = ps_text_of(ps_request_header(request, "Accept")),
        .authorization = ps_text_of(ps_request_header(request, "Authorization")),
        .serial = ps_text_of(ps_request_header(request, "Wechatpay-Serial")),
        .content_type = ps_text_of(ps_request_header(request, "Content-Type")),
        .body = request->body,
    };
}

static void handle(void *context, struct ps_request *request)
{
    struct sandbox_listener *listener = context;
    struct sandbox_request came = request_of(request);
    struct sandbox_reply reply = {0};

    sandbox_answer(listener->sandbox, &came, &reply);
    if (listener->sandbox->options->verbose) {
        fprintf(stderr, "%s %s -> %d%s\n", request->method, request->target, reply.status,
                reply.dropped ? " (dropped)" : "");
    }
    if (reply.delay_ms > 0) {
        hold_back(listener, request, &reply);
    } else {
        send_reply(listener->sandbox, request, &reply);
    }
}

static void refuse(void *context, struct ps_request *request, int status, const char *reason)
{
    struct sandbox_listener *listener = context;
    struct sandbox_reply reply = {0};
    sandbox_control_refuse(&reply, status, reason);
    send_reply(listener->sandbox, request, &reply);
}

static void begin(void *context, struct ps_request *request)
{
    (void)context;
    (void)request;
}

static void cut(void *context)
{
    (void)context;
}

static int port_of(const struct ps_address *address)
{
    const struct sockaddr *where = (const struct sockaddr *)&address->where;
    in_port_t port = where->sa_family == AF_INET6
                         ? ((const struct sockaddr_in6 *)(const void *)where)->sin6_port
                         : ((const struct sockaddr_in *)(const void *)where)->sin_port;
    return ntohs(port);
}

enum payscore_status sandbox_listener_open(struct sandbox_listener **listener,
                                           struct sandbox *sandbox, int *port,
                                           struct payscore_error *error)
{
    struct sandbox_listener *self = sandbox_alloc(sizeof *self);
    struct ps_address address = sandbox->options->listen;
    struct ps_server_options options = {.name = "sandbox",
                                        .connections_max = CONNECTIONS_MAX,
                                        .patience_ms = PATIENCE_MS,
                                        .idle_ms = IDLE_MS,
                                        .refuse = refuse,
                                        .begin = begin,
                                        .handle = handle,
                                        .cut = cut,
                                        .context = self};
    enum payscore_status status;

    self->sandbox = sandbox;
    status = ps_server_open(&self->server, sandbox->loop, &address, &options, error);
    if (status != PAYSCORE_OK) {
        free(self);
        return status;
    }
    *port = port_of(&address);
    *listener = self;
    return PAYSCORE_OK;
}

void sandbox_listener_stop(struct sandbox_listener *listener)
{
    ps_server_quiesce(listener->server);
    while (listener->first != NULL)
        pending_end(listener->first);
    ps_server_close(listener->server);
    listener->server = NULL;
}

void sandbox_listener_close(struct sandbox_listener *listener)
{
    free(listener);
}
