/*
 * Between the HTTP server and the answers: turns what came into a request, signs and sends the
 * reply, now or later, or drops the connection where a fault wants it.
 */
#ifndef SANDBOX_LISTENER_H
#define SANDBOX_LISTENER_H

#include "world.h"

struct sandbox_listener;

/** Listen where the options say; *port is the real one. Errors: E_IO, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status sandbox_listener_open(struct sandbox_listener **listener,
                                                             struct sandbox *sandbox, int *port,
                                                             struct payscore_error *error);

/** Answer what is held back and stop; _close() once the loop has run out. */
void sandbox_listener_stop(struct sandbox_listener *listener);
void sandbox_listener_close(struct sandbox_listener *listener);

#endif
