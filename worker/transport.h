/*
 * The way out: libcurl's multi interface on the loop. Sends a signed request byte for byte and
 * collects the whole answer; knows nothing of what it says. Redirects, proxies from the
 * environment and cookies are off; peers must prove who they are.
 */
#ifndef PS_WORKER_TRANSPORT_H
#define PS_WORKER_TRANSPORT_H

#include <uv.h>

#include "payscore/payscore.h"
#include "worker/delivery.h"

struct ps_transport;

struct ps_transport_options {
    const char *base_url;   /* Scheme, host, port. */
    const char *backup_url; /* "": none. */
    const char *ca_file;    /* "": the system's. */
    long connect_timeout_ms, timeout_ms;
};

/** One call on its way. The caller's memory; the members below the line are the transport's. */
struct ps_transfer {
    const struct payscore_call *call;
    const struct payscore_signed *headers;
    void (*done)(struct ps_transfer *transfer); /* Once, never from inside ps_transport_send(). */
    struct payscore_exchange exchange;          /* Out: until ps_transfer_clear(). */
    char reason[256];                           /* Out: why there was no answer; else "". */

    struct ps_transport *transport;
    CURL *easy;
    struct curl_slist *lines;
    char *url;
    char *body;
    size_t body_size, body_room, headers_size;
    bool backup;
    int attempt;
};

/** Errors: E_MEMORY. Ownership: options' texts are borrowed until ps_transport_close(). */
enum payscore_status ps_transport_open(struct ps_transport **transport, uv_loop_t *loop,
                                       const struct ps_transport_options *options);

/** Close; no transfer may be under way. Its handles leave the loop in its next turns. */
void ps_transport_close(struct ps_transport *transport);

/** Begin. E_MEMORY: nothing was sent and `done` will not be called. */
enum payscore_status ps_transport_send(struct ps_transport *transport,
                                       struct ps_transfer *transfer);

void ps_transfer_clear(struct ps_transfer *transfer);

#endif
