/*
 * The listener for the platform's notifications. It hands them over as they came; whether they are
 * genuine is the engine's to say. 204 leaves only after the commit.
 */
#ifndef PS_WORKER_NOTIFY_H
#define PS_WORKER_NOTIFY_H

#include "worker/server.h"
#include "worker/state.h"

struct ps_notify {
    struct ps_server *server;
    struct ps_state *state;
    char *prefix; /* Of the path, with the '/' before the routing hints. */
};

/** `url` is the public address; its path is the prefix. Errors: those of ps_server_open(). */
enum payscore_status ps_notify_open(struct ps_notify *notify, struct ps_state *state,
                                    const char *url, struct ps_address *address,
                                    struct payscore_error *error);

void ps_notify_close(struct ps_notify *notify);

#endif
