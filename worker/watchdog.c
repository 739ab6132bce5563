/*
 * libsystemd is looked for when the build is configured.
 */
#include "worker/watchdog.h"

#ifdef PAYSCORE_SYSTEMD
#include <systemd/sd-daemon.h>
#else
static int sd_notify(int unset, const char *state)
{
    (void)unset;
    (void)state;
    return 0;
}

static int sd_watchdog_enabled(int unset, uint64_t *limit_us)
{
    (void)unset;
    (void)limit_us;
    return 0;
}
#endif

static void on_timer(uv_timer_t *timer)
{
    struct ps_watchdog *watchdog = timer->data;
    if (watchdog->healthy(watchdog->context)) sd_notify(0, "WATCHDOG=1");
}

void ps_watchdog_ready(struct ps_watchdog *watchdog, uv_loop_t *loop,
                       bool (*healthy)(void *context), void *context)
{
    uint64_t limit_us = 0;
    *watchdog = (struct ps_watchdog){.healthy = healthy, .context = context};
    sd_notify(0, "READY=1");
    if (sd_watchdog_enabled(0, &limit_us) <= 0) return;
    uint64_t half_ms = limit_us / 2000 + 1;
    uv_timer_init(loop, &watchdog->timer);
    watchdog->timer.data = watchdog;
    watchdog->open = true;
    uv_timer_start(&watchdog->timer, on_timer, half_ms, half_ms);
}

void ps_watchdog_stopping(void)
{
    sd_notify(0, "STOPPING=1");
}

void ps_watchdog_close(struct ps_watchdog *watchdog)
{
    if (watchdog->open) uv_close((uv_handle_t *)&watchdog->timer, NULL);
    watchdog->open = false;
}
