/*
 * What systemd is told, where it started us: ready, stopping, and that the service still turns.
 * Without libsystemd, or outside of systemd, nothing is said and no timer runs.
 */
#ifndef PS_WORKER_WATCHDOG_H
#define PS_WORKER_WATCHDOG_H

#include <stdbool.h>
#include <uv.h>

struct ps_watchdog {
    uv_timer_t timer;
    bool open; /* The timer is the loop's. */
    bool (*healthy)(void *context);
    void *context;
};

/** Say that we are ready. While `healthy` is false, the watchdog is not fed. */
void ps_watchdog_ready(struct ps_watchdog *watchdog, uv_loop_t *loop,
                       bool (*healthy)(void *context), void *context);

/** Say that we stop. */
void ps_watchdog_stopping(void);

/** The memory must live until the loop has turned. */
void ps_watchdog_close(struct ps_watchdog *watchdog);

#endif
