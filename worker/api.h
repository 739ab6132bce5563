/*
 * The listener for the merchant's backend and for payscorectl: commands in, reads out, over the
 * routes of routes.def.
 */
#ifndef PS_WORKER_API_H
#define PS_WORKER_API_H

#include "worker/server.h"
#include "worker/state.h"

struct ps_api_reading;

struct ps_api {
    struct ps_server *server;
    struct ps_state *state;
    char *token;                    /* What callers must send; NULL: nothing. */
    struct ps_api_reading *waiting; /* Feeds that wait for a newer entry. */
    bool verifying;
};

/** Errors: those of ps_server_open(). `token` is copied. */
enum payscore_status ps_api_open(struct ps_api *api, struct ps_state *state,
                                 struct ps_address *address, struct payscore_text token,
                                 struct payscore_error *error);

/** Answer with all counters; `usage` is what payscore_usage() says, NULL: nothing. */
void ps_api_metrics(struct ps_api *api, struct ps_request *request, const char *usage);

void ps_api_close(struct ps_api *api);

#endif
