/*
 * A call's way out and back: handed out by a turn, signed on the pool, sent, and its reply put into
 * the queue for the next turn. Tells the pace of every start and end.
 */
#ifndef PS_WORKER_CALLS_H
#define PS_WORKER_CALLS_H

#include "worker/pace.h"
#include "worker/state.h"
#include "worker/transport.h"

struct ps_calls;

/** Errors: E_MEMORY. `state` and `pace` live longer than the calls; options as in transport.h. */
enum payscore_status ps_calls_open(struct ps_calls **calls, struct ps_state *state,
                                   struct ps_pace *pace,
                                   const struct ps_transport_options *options);

/** Take over what a turn handed out (NULL: nothing). At most what the pace wanted. */
void ps_calls_take(struct ps_calls *calls, struct payscore_call *array, size_t count);

/** Close; no call may be in flight. */
void ps_calls_close(struct ps_calls *calls);

#endif
