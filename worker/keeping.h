/*
 * Retention: orders that ended long ago are retired, a bounded part at a time, while little else is
 * to be done. It runs in the loop's thread pool, since a part waits for the disk. Loop's thread
 * only.
 */
#ifndef PS_WORKER_KEEPING_H
#define PS_WORKER_KEEPING_H

#include "worker/state.h"

enum { PS_KEEPING_PUT_OFF_MAX = 6 }; /* Times in a row, for those who wait. */

struct ps_keeping {
    struct ps_state *state;
    uint32_t days;
    uv_timer_t timer;
    uv_work_t work;
    bool working;
    unsigned put_off; /* So often already. */

    /* Of the part under way. */
    enum payscore_status status;
    struct payscore_error error;
    uint64_t records;
    bool left;
};

/** Begin in `first_ms`; `days` 0: nothing is ever retired. */
void ps_keeping_open(struct ps_keeping *keeping, struct ps_state *state, int64_t days,
                     uint64_t first_ms);

/** Begin no other part. One may be under way still: see `working`. */
void ps_keeping_stop(struct ps_keeping *keeping);

/** No part may be under way. The handle leaves the loop in its next turns. */
void ps_keeping_close(struct ps_keeping *keeping);

#endif
