/*
 * An HTTP listener: libmicrohttpd on the loop. Reads whole requests of bounded size, holds them
 * until they are answered, and cuts clients that are too slow. Knows no route and no meaning.
 *
 * All functions belong to the loop's thread.
 */
#ifndef PS_WORKER_SERVER_H
#define PS_WORKER_SERVER_H

#include <microhttpd.h>
#include <stdbool.h>
#include <uv.h>

#include "payscore/status.h"
#include "payscore/types.h"
#include "worker/address.h"

struct ps_server;
struct ps_connection;

/** One request. It lives until it was answered and the answer was sent, even if the client left. */
struct ps_request {
    struct ps_server *server;
    struct MHD_Connection *mhd;
    const char *method;
    char *path;   /* Decoded; '/' only separates segments. */
    char *target; /* As it came. */
    char *body_data;
    struct payscore_text body;
    void *user; /* The handler's. */

    struct ps_connection *connection;
    struct MHD_Response *response;
    size_t body_room;
    int status;
    bool begun, handed, answered, suspended;
};

struct ps_server_options {
    const char *name; /* For the log. */
    unsigned connections_max;
    int64_t patience_ms; /* A request must be here whole, an answer must be taken, in this time. */
    int64_t idle_ms;     /* A connection may wait for its next request so long. */
    /** A request breaks a rule of HTTP; answer it. */
    void (*refuse)(void *context, struct ps_request *request, int status, const char *reason);
    /** The head is here, the body not yet; may answer already. */
    void (*begin)(void *context, struct ps_request *request);
    /** All is here; answer now or later. */
    void (*handle)(void *context, struct ps_request *request);
    void (*cut)(void *context); /* A connection was cut for slowness. */
    void *context;
};

/**
 * Listen. On success *address holds the real port.
 * Errors: E_IO (`error` says why), E_MEMORY. Ownership: *options is copied; ps_server_close().
 */
enum payscore_status ps_server_open(struct ps_server **server, uv_loop_t *loop,
                                    struct ps_address *address,
                                    const struct ps_server_options *options,
                                    struct payscore_error *error);

/** Take no more connections; those that are there go on. */
void ps_server_quiesce(struct ps_server *server);

/** Requests that are not wholly answered yet. */
size_t ps_server_requests(const struct ps_server *server);

/** Those of them that wait for ps_request_answer(). */
size_t ps_server_waiting(const struct ps_server *server);

/** Close. No request may be waiting for its answer. */
void ps_server_close(struct ps_server *server);

/** The value of a header of a request, or NULL. */
const char *ps_request_header(const struct ps_request *request, const char *name);

/** The value of an argument of the query, decoded, or NULL. */
const char *ps_request_argument(const struct ps_request *request, const char *name);

/** An answer's body. `free` is called with `data` once it was sent; NULL: `data` is static. */
struct ps_http_answer {
    int status;
    const char *type; /* Content-Type; NULL where there is no body. */
    char *data;
    size_t size;
    void (*free)(void *data);
};

/** Answer a request: exactly once. */
void ps_request_answer(struct ps_request *request, const struct ps_http_answer *answer);

#endif
