/*
 * libmicrohttpd runs in external epoll mode: its epoll descriptor is watched by the loop. A request
 * that cannot be answered at once is suspended and resumed.
 */
#include "worker/server.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/checks.h"
#include "worker/log.h"
#include "worker/server_slow.h"

enum {
    CONNECTION_MEMORY = 24576,
    RUNS_MAX = 64,
    HANDLES = 3,
    DRAIN_MAX = 4 * PS_REQUEST_BODY_MAX, /* Of a refused request: read to its end, and dropped. */
};

struct ps_server {
    struct ps_server_options options;
    struct ps_address address;
    struct MHD_Daemon *daemon;
    uv_poll_t poll;
    uv_timer_t timer;
    struct ps_slow slow;
    size_t requests, waiting;
    int handles_open;
    bool quiesced;
};

/* The loop's side. */

static void on_timer(uv_timer_t *timer);

/** Let libmicrohttpd do all it can now, and arm the timer for when it wants to be called again. */
static void pump(struct ps_server *server)
{
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    enum MHD_Result waits = MHD_NO;
    for (int i = 0; i < RUNS_MAX; i++) {
        MHD_run(server->daemon);
        waits = MHD_get_timeout(server->daemon, &wait_ms);
        if (waits != MHD_YES || wait_ms > 0) break;
    }
    if (waits == MHD_YES) {
        uv_timer_start(&server->timer, on_timer, wait_ms, 0);
    } else {
        uv_timer_stop(&server->timer);
    }
}

static void on_timer(uv_timer_t *timer)
{
    pump(timer->data);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    (void)status;
    (void)events;
    pump(poll->data);
}

/* libmicrohttpd's side. */

static void on_connection(void *context, struct MHD_Connection *mhd, void **of_connection,
                          enum MHD_ConnectionNotificationCode code)
{
    struct ps_server *server = context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        *of_connection = ps_slow_add(&server->slow, info->connect_fd);
        ps_slow_expect(&server->slow, *of_connection, server->options.patience_ms);
    } else {
        ps_slow_remove(*of_connection);
        *of_connection = NULL;
    }
}

/** The request line is here. What this returns becomes the request's context. */
static void *on_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    struct ps_server *server = context;
    struct ps_request *request = calloc(1, sizeof *request);
    if (request == NULL) return NULL;
    request->server = server;
    request->mhd = mhd;
    request->target = strdup(target);
    request->connection =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    server->requests++;
    ps_slow_expect(&server->slow, request->connection, server->options.patience_ms);
    return request;
}

static void on_completed(void *context, struct MHD_Connection *mhd, void **of_request,
                         enum MHD_RequestTerminationCode code)
{
    struct ps_server *server = context;
    struct ps_request *request = *of_request;
    (void)mhd;
    (void)code;
    if (request == NULL) return;
    *of_request = NULL;
    ps_slow_idle(&server->slow, request->connection, server->options.idle_ms);
    if (request->response != NULL) MHD_destroy_response(request->response);
    free(request->path);
    free(request->target);
    free(request->body_data);
    free(request);
    server->requests--;
}

static enum MHD_Result collect_line(void *context, enum MHD_ValueKind kind, const char *name,
                                    size_t name_size, const char *value, size_t value_size)
{
    struct ps_head *head = context;
    (void)kind;
    if (head->line_count == PS_REQUEST_HEADERS_MAX) return MHD_NO;
    head->lines[head->line_count++] = (struct ps_head_line){{name, name_size}, {value, value_size}};
    return MHD_YES;
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static struct ps_head_check check_head(struct ps_request *request, const char *version)
{
    struct ps_head head = {.method = text_of(request->method),
                           .target = text_of(request->target),
                           .version = text_of(version)};
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (info != NULL) head.size = info->header_size;
    MHD_get_connection_values_n(request->mhd, MHD_HEADER_KIND, collect_line, &head);
    return ps_head_check(&head);
}

static enum MHD_Result send_answer(struct ps_request *request)
{
    struct ps_server *server = request->server;
    ps_slow_expect(&server->slow, request->connection, server->options.patience_ms);
    if (request->response == NULL) return MHD_NO;
    return MHD_queue_response(request->mhd, (unsigned)request->status, request->response);
}

static enum MHD_Result begin(struct ps_request *request, const char *url, const char *version)
{
    struct ps_server *server = request->server;
    struct ps_server_options *options = &server->options;
    request->begun = true;
    request->path = strdup(url);
    if (request->path == NULL || request->target == NULL) return MHD_NO;
    struct ps_head_check check = check_head(request, version);
    if (check.status == 0 && !ps_target_is_plain(request->target)) {
        check = (struct ps_head_check){400, "the path is not plainly encoded", check.body_size};
    }
    if (check.status != 0) {
        options->refuse(options->context, request, check.status, check.reason);
    } else {
        options->begin(options->context, request);
    }
    /* A client that is sending still would be cut off from the answer: let it come to its end. */
    bool drains = check.body_size > 0 && check.body_size <= DRAIN_MAX;
    if (request->answered) return drains ? MHD_YES : send_answer(request);
    request->body_room = check.body_size;
    if (check.body_size == 0) return MHD_YES;
    request->body_data = malloc(check.body_size);
    return request->body_data != NULL ? MHD_YES : MHD_NO;
}

/** Content-Length bounds what comes, since chunked bodies were refused. */
static enum MHD_Result take_body(struct ps_request *request, const char *data, size_t *size)
{
    if (request->answered) {
        *size = 0;
        return MHD_YES;
    }
    if (*size > request->body_room - request->body.size) return MHD_NO;
    memcpy(request->body_data + request->body.size, data, *size);
    request->body.size += *size;
    *size = 0;
    return MHD_YES;
}

static enum MHD_Result hand_over(struct ps_request *request)
{
    struct ps_server *server = request->server;
    request->handed = true;
    request->body.data = request->body_data != NULL ? request->body_data : "";
    server->options.handle(server->options.context, request);
    if (request->answered) return send_answer(request);
    request->suspended = true;
    server->waiting++;
    ps_slow_forgive(request->connection);
    MHD_suspend_connection(request->mhd);
    return MHD_YES;
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **of_request)
{
    struct ps_request *request = *of_request;
    (void)context;
    (void)mhd;
    if (request == NULL) return MHD_NO;
    request->method = method;
    if (!request->begun) return begin(request, url, version);
    if (*size > 0) return take_body(request, data, size);
    if (!request->handed && !request->answered) return hand_over(request);
    return send_answer(request);
}

static void on_complaint(void *context, const char *format, va_list arguments)
{
    struct ps_server *server = context;
    char text[256];
    vsnprintf(text, sizeof text, format, arguments);
    text[strcspn(text, "\r\n")] = '\0';
    ps_log(listener, ps_log_text("listener", server->options.name), ps_log_text("reason", text));
}

/* The user's side. */

const char *ps_request_header(const struct ps_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, name);
}

const char *ps_request_argument(const struct ps_request *request, const char *name)
{
    return MHD_lookup_connection_value(request->mhd, MHD_GET_ARGUMENT_KIND, name);
}

static struct MHD_Response *make_response(const struct ps_http_answer *answer)
{
    if (answer->free != NULL) {
        return MHD_create_response_from_buffer_with_free_callback(answer->size, answer->data,
                                                                  answer->free);
    }
    return MHD_create_response_from_buffer(answer->size, answer->data, MHD_RESPMEM_PERSISTENT);
}

void ps_request_answer(struct ps_request *request, const struct ps_http_answer *answer)
{
    request->answered = true;
    request->status = answer->status;
    request->response = make_response(answer);
    if (request->response == NULL) {
        if (answer->free != NULL) answer->free(answer->data);
    } else if (answer->type != NULL) {
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONTENT_TYPE, answer->type);
    }
    /* Refused before its body was read, or while stopping: there is no next request. */
    bool last = !request->handed || request->server->quiesced;
    if (last && request->response != NULL) {
        MHD_add_response_header(request->response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    if (!request->suspended) return;
    request->suspended = false;
    request->server->waiting--;
    MHD_resume_connection(request->mhd);
    /* Nothing wakes the epoll descriptor; and many answers of one commit share one run. */
    uv_timer_start(&request->server->timer, on_timer, 0, 0);
}

size_t ps_server_requests(const struct ps_server *server)
{
    return server->requests;
}

size_t ps_server_waiting(const struct ps_server *server)
{
    return server->waiting;
}

static void free_server(uv_handle_t *handle)
{
    struct ps_server *server = handle->data;
    if (--server->handles_open == 0) free(server);
}

static void close_handles(struct ps_server *server)
{
    uv_close((uv_handle_t *)&server->poll, free_server);
    uv_close((uv_handle_t *)&server->timer, free_server);
    uv_close((uv_handle_t *)&server->slow.timer, free_server);
}

void ps_server_quiesce(struct ps_server *server)
{
    if (server == NULL || server->quiesced) return;
    server->quiesced = true;
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET) close(fd);
    ps_address_remove(&server->address);
}

void ps_server_close(struct ps_server *server)
{
    if (server == NULL) return;
    ps_server_quiesce(server);
    uv_poll_stop(&server->poll);
    MHD_stop_daemon(server->daemon);
    close_handles(server);
}

static void on_cut(void *context)
{
    struct ps_server *server = context;
    ps_log(connection_cut, ps_log_text("listener", server->options.name));
    server->options.cut(server->options.context);
}

static struct MHD_Daemon *start_daemon(struct ps_server *server, int fd)
{
    const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, server, MHD_OPTION_EXTERNAL_LOGGER, on_complaint, server,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT, server->options.connections_max,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT,
        1, MHD_OPTION_URI_LOG_CALLBACK, on_target, server, MHD_OPTION_NOTIFY_COMPLETED,
        on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_END);
}

static void watch(struct ps_server *server, uv_loop_t *loop)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    uv_timer_init(loop, &server->timer);
    uv_poll_init(loop, &server->poll, info->epoll_fd);
    ps_slow_init(&server->slow, loop, on_cut, server);
    server->timer.data = server;
    server->poll.data = server;
    server->handles_open = HANDLES;
    uv_poll_start(&server->poll, UV_READABLE, on_poll);
}

enum payscore_status ps_server_open(struct ps_server **server, uv_loop_t *loop,
                                    struct ps_address *address,
                                    const struct ps_server_options *options,
                                    struct payscore_error *error)
{
    char text[PS_ADDRESS_TEXT_MAX];
    struct ps_server *self = calloc(1, sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    int fd = ps_address_listen(address);
    self->options = *options;
    self->address = *address;
    self->daemon = fd >= 0 ? start_daemon(self, fd) : NULL;
    if (self->daemon != NULL) {
        watch(self, loop);
        *server = self;
        return PAYSCORE_OK;
    }
    const char *remedy = errno == ENOENT ? "make its directory" : "free it";
    ps_address_print(address, text);
    snprintf(error->text, sizeof error->text, "[%s] listen = \"%s\": %s; %s or choose another",
             options->name, text, strerror(errno), remedy);
    free(self);
    return PAYSCORE_E_IO;
}
