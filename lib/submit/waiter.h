/*
 * A thread that waits for others to answer it. One word, and the system's futex behind it: whoever
 * is woken needs no lock to see that it is done.
 */
#ifndef PS_SUBMIT_WAITER_H
#define PS_SUBMIT_WAITER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/** On its thread's stack. Zero it to begin; once it is told that it is done, nobody touches it. */
struct ps_waiter {
    atomic_uint word;
    size_t left; /* Submissions without an answer; under the queue's lock. */
    struct ps_waiter *next;
};

/** Sleep until it is told something. True: it is done; false: it is to look again. */
bool ps_waiter_sleep(struct ps_waiter *waiter);

/** Whether it was told that it is done. */
bool ps_waiter_is_done(struct ps_waiter *waiter);

/** Tell it to look again; nothing where it was told something already. True: wake it. */
bool ps_waiter_call(struct ps_waiter *waiter);

/** Tell it that it is done; it is to be woken. */
void ps_waiter_finish(struct ps_waiter *waiter);

/** Wake it, if it sleeps. It may be gone by now. */
void ps_waiter_wake(struct ps_waiter *waiter);

#endif
