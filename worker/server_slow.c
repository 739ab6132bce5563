/*
 * A list that is searched only when the timer fires; deadlines move far more often than they pass.
 */
#include "worker/server_slow.h"

#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

struct ps_connection {
    struct ps_connection *next, **link;
    uint64_t deadline_ms; /* 0: none. */
    int fd;
    bool idle;
};

static void on_timer(uv_timer_t *timer);

static struct ps_slow *slow_of(uv_timer_t *timer)
{
    return (struct ps_slow *)((char *)timer - offsetof(struct ps_slow, timer));
}

static void arm(struct ps_slow *slow, uint64_t deadline_ms)
{
    uint64_t now_ms = uv_now(slow->timer.loop);
    if (slow->armed_ms != 0 && slow->armed_ms <= deadline_ms) return;
    slow->armed_ms = deadline_ms;
    uv_timer_start(&slow->timer, on_timer, deadline_ms > now_ms ? deadline_ms - now_ms : 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
    struct ps_slow *slow = slow_of(timer);
    uint64_t now_ms = uv_now(timer->loop);
    slow->armed_ms = 0;
    for (struct ps_connection *at = slow->first; at != NULL; at = at->next) {
        if (at->deadline_ms == 0) continue;
        if (at->deadline_ms > now_ms) {
            arm(slow, at->deadline_ms);
            continue;
        }
        at->deadline_ms = 0;
        shutdown(at->fd, SHUT_RDWR);
        if (!at->idle) slow->cut(slow->context);
    }
}

void ps_slow_init(struct ps_slow *slow, uv_loop_t *loop, void (*cut)(void *context), void *context)
{
    uv_timer_init(loop, &slow->timer);
    slow->timer.data = context;
    slow->cut = cut;
    slow->context = context;
}

struct ps_connection *ps_slow_add(struct ps_slow *slow, int fd)
{
    struct ps_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) return NULL;
    connection->fd = fd;
    connection->next = slow->first;
    connection->link = &slow->first;
    if (slow->first != NULL) slow->first->link = &connection->next;
    slow->first = connection;
    return connection;
}

void ps_slow_remove(struct ps_connection *connection)
{
    if (connection == NULL) return;
    *connection->link = connection->next;
    if (connection->next != NULL) connection->next->link = connection->link;
    free(connection);
}

static void set(struct ps_slow *slow, struct ps_connection *connection, int64_t wait_ms, bool idle)
{
    if (connection == NULL) return;
    connection->idle = idle;
    connection->deadline_ms = uv_now(slow->timer.loop) + (uint64_t)wait_ms;
    arm(slow, connection->deadline_ms);
}

void ps_slow_expect(struct ps_slow *slow, struct ps_connection *connection, int64_t wait_ms)
{
    set(slow, connection, wait_ms, false);
}

void ps_slow_idle(struct ps_slow *slow, struct ps_connection *connection, int64_t wait_ms)
{
    set(slow, connection, wait_ms, true);
}

void ps_slow_forgive(struct ps_connection *connection)
{
    if (connection != NULL) connection->deadline_ms = 0;
}
