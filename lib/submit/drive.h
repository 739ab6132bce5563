/* A driver's socket and its queue: what comes over the one goes into the other. */
#ifndef PS_SUBMIT_DRIVE_H
#define PS_SUBMIT_DRIVE_H

#include "engine/internal.h"

/** What the lock says of where a driver takes commands: relative to the store. */
#define PS_DRIVE_SOCKET "submit.sock"

/** Listen on the store's socket. Errors: E_IO, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_drive_open(struct payscore *engine,
                                                     struct payscore_error *error);

/** Read what came, and queue it. Within payscore_turn(), before its commit. */
void ps_drive_serve(struct payscore *engine);

/** Stop; the queue is closed. In a forked child only the child's copies are. */
void ps_drive_close(struct payscore *engine);

#endif
