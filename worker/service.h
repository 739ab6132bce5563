/*
 * The service: all parts on one loop around one engine. It decides when the next turn begins, and
 * how it all stops.
 */
#ifndef PS_WORKER_SERVICE_H
#define PS_WORKER_SERVICE_H

#include "worker/address.h"
#include "worker/config.h"
#include "worker/state.h"

struct ps_service;

struct ps_service_options {
    const struct ps_config *config; /* Lives as long as the service. */
    struct payscore *engine;        /* Likewise; not closed here. */
    struct payscore_text token;     /* Copied. */
};

/**
 * Begin to serve on `loop`. Errors: E_IO (`error` names the listener), E_MEMORY; then the loop must
 * still be run to its end.
 */
enum payscore_status ps_service_open(struct ps_service **service, uv_loop_t *loop,
                                     const struct ps_service_options *options,
                                     struct payscore_error *error);

/**
 * Finish what is under way, then leave the loop: uv_run() returns when all is done. May be called
 * more than once, on the loop's thread.
 */
void ps_service_stop(struct ps_service *service);

/** Free, after uv_run() has returned. */
void ps_service_free(struct ps_service *service);

/** Where it listens, with real ports. */
struct ps_service_addresses {
    char notify[PS_ADDRESS_TEXT_MAX], api[PS_ADDRESS_TEXT_MAX];
};

struct ps_service_addresses ps_service_addresses(const struct ps_service *service);

#endif
