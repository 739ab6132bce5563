/*
 * Waiting for entries, whichever process writes them. Those of this handle that wait share one
 * look-out: one thread of them leads and polls, the others sleep until it wakes them. The
 * descriptor for a caller's own loop has a look-out of its own, so that neither takes the other's
 * news.
 */
#ifndef PS_ENGINE_WATCH_H
#define PS_ENGINE_WATCH_H

#include <pthread.h>
#include <stdbool.h>

#include "store/news.h"

struct ps_watch {
    pthread_mutex_t mutex; /* Of all members. */
    pthread_cond_t woken;
    struct ps_news *waited; /* Behind those that wait; NULL: nobody has. */
    struct ps_news *shown;  /* Behind the descriptor; NULL: nobody asked for it. */
    uint64_t news;          /* How often there may have been some. */
    bool led;               /* A thread polls `waited`. */
};

/** Errors: E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_watch_begin(struct ps_watch *watch);

/** Nobody may wait. After a failed ps_watch_begin() it must not be called. */
void ps_watch_end(struct ps_watch *watch);

/**
 * Look out from here on: whatever is committed after this call ends a wait that is given *mark.
 * Errors: E_MEMORY, E_IO (no inotify instance is left).
 */
PAYSCORE_MUST_USE enum payscore_status ps_watch_mark(struct ps_watch *watch, struct ps_store *store,
                                                     uint64_t *mark);

/**
 * Wait until there may be news since `mark`. `until_ms` by ps_watch_now_ms(); INT64_MAX: for ever.
 * Errors: E_NOT_FOUND (none in time), E_IO.
 */
PAYSCORE_MUST_USE enum payscore_status ps_watch_wait(struct ps_watch *watch, uint64_t mark,
                                                     int64_t until_ms);

/** Time that passes, whatever the clock is set to. */
int64_t ps_watch_now_ms(void);

/** A descriptor that is readable when there may be news. Errors: E_MEMORY, E_IO. */
PAYSCORE_MUST_USE enum payscore_status ps_watch_show(struct ps_watch *watch, struct ps_store *store,
                                                     int *descriptor);

/** What the descriptor showed so far will be read now. */
void ps_watch_quiet(struct ps_watch *watch);

#endif
