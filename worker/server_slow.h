/*
 * Who is too slow: libmicrohttpd's own time-out is for silence, and a client that drips bytes lives
 * on. Here every connection has a deadline, one timer stands on the earliest, and the socket of one
 * that is late is shut down.
 */
#ifndef PS_WORKER_SERVER_SLOW_H
#define PS_WORKER_SERVER_SLOW_H

#include <uv.h>

struct ps_connection;

struct ps_slow {
    uv_timer_t timer; /* Its `data` is free for the owner; closing it is the owner's. */
    struct ps_connection *first;
    uint64_t armed_ms; /* What the timer stands on; 0: it is not armed. */
    void (*cut)(void *context);
    void *context;
};

void ps_slow_init(struct ps_slow *slow, uv_loop_t *loop, void (*cut)(void *context), void *context);

/** A new connection, not expected yet; NULL if memory is short. Freed by ps_slow_remove(). */
struct ps_connection *ps_slow_add(struct ps_slow *slow, int fd);
void ps_slow_remove(struct ps_connection *connection);

/** Something must have happened on the connection within `wait_ms`, or it is cut. */
void ps_slow_expect(struct ps_slow *slow, struct ps_connection *connection, int64_t wait_ms);

/** Nothing needs to happen; after `wait_ms` it is closed without a complaint. */
void ps_slow_idle(struct ps_slow *slow, struct ps_connection *connection, int64_t wait_ms);

/** It waits for us: no deadline. */
void ps_slow_forgive(struct ps_connection *connection);

#endif
