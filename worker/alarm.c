/*
 * A timerfd on CLOCK_REALTIME in absolute time.
 */
#include "worker/alarm.h"

#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int64_t ps_wall_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    uint64_t rings = 0;
    struct ps_alarm *alarm = poll->data;
    (void)status;
    (void)events;
    /* Fails with ECANCELED when the clock was set: that is a ring, too. */
    ssize_t size = read(alarm->fd, &rings, sizeof rings);
    (void)size;
    alarm->ring(alarm->context);
}

enum payscore_status ps_alarm_open(struct ps_alarm *alarm, uv_loop_t *loop,
                                   void (*ring)(void *context), void *context)
{
    *alarm = (struct ps_alarm){.ring = ring, .context = context};
    alarm->poll.data = alarm;
    alarm->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (alarm->fd < 0) return PAYSCORE_E_IO;
    if (uv_poll_init(loop, &alarm->poll, alarm->fd) == 0) {
        uv_poll_start(&alarm->poll, UV_READABLE, on_poll);
        return PAYSCORE_OK;
    }
    close(alarm->fd);
    alarm->fd = -1;
    return PAYSCORE_E_IO;
}

void ps_alarm_set(struct ps_alarm *alarm, int64_t at_ms)
{
    struct itimerspec at = {0};
    if (at_ms != INT64_MAX) {
        /* Zero would disarm. */
        int64_t then_ms = at_ms < 1 ? 1 : at_ms;
        at.it_value.tv_sec = (time_t)(then_ms / 1000);
        at.it_value.tv_nsec = (long)(then_ms % 1000) * 1000000;
    }
    timerfd_settime(alarm->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &at, NULL);
}

static void close_fd(uv_handle_t *handle)
{
    struct ps_alarm *alarm = handle->data;
    close(alarm->fd);
}

void ps_alarm_close(struct ps_alarm *alarm)
{
    if (alarm->fd <= 0) return;
    uv_poll_stop(&alarm->poll);
    uv_close((uv_handle_t *)&alarm->poll, close_fd);
}
