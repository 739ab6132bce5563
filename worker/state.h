/*
 * What the parts of the service share: the engine, the loop, the counters, and the one way in for
 * items. Loop's thread only, except that the engine may be read from anywhere.
 */
#ifndef PS_WORKER_STATE_H
#define PS_WORKER_STATE_H

#include <uv.h>

#include "payscore/payscore.h"
#include "worker/metrics.h"
#include "worker/writer.h"

struct ps_state {
    struct payscore *engine;
    uv_loop_t *loop;
    struct ps_metrics metrics;
    uint64_t newest; /* Entry, as of the last commit. */
    bool stopping;   /* Nothing new is taken. */
    bool failing;    /* The last turn failed. */
    bool refusing;   /* The last command found no room; evidence is taken. */
    bool lane_stopped;
    size_t queued, calls_in_flight;

    /** Queue an item for the next turn. */
    void (*submit)(void *context, struct ps_job *job);
    void *context;
};

#endif
