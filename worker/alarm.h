/*
 * One alarm on the wall clock. It also rings when the clock is set, since then the deadlines are
 * elsewhere; the loop's own timers know only time that passed.
 */
#ifndef PS_WORKER_ALARM_H
#define PS_WORKER_ALARM_H

#include <uv.h>

#include "payscore/status.h"

struct ps_alarm {
    uv_poll_t poll;
    int fd;
    void (*ring)(void *context);
    void *context;
};

/** Errors: E_IO. */
enum payscore_status ps_alarm_open(struct ps_alarm *alarm, uv_loop_t *loop,
                                   void (*ring)(void *context), void *context);

/** Ring at this time (ms since 1970), and not at one set before; INT64_MAX: not at all. */
void ps_alarm_set(struct ps_alarm *alarm, int64_t at_ms);

/** The handle leaves the loop in its next turns; the memory must live so long. */
void ps_alarm_close(struct ps_alarm *alarm);

int64_t ps_wall_now_ms(void);

#endif
