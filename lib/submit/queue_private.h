/* What queue.c (leading and following) and door.c (the handle's descriptor) share. */
#ifndef PS_SUBMIT_QUEUE_PRIVATE_H
#define PS_SUBMIT_QUEUE_PRIVATE_H

#include <pthread.h>

#include "engine/turn.h"
#include "submit/queue.h"
#include "submit/waiter.h"

struct ps_queue {
    pthread_mutex_t lock; /* Guards everything below; never held over a commit. */
    pthread_cond_t gathered;
    struct ps_source blocking;
    struct ps_source started;
    struct ps_source *ring;
    size_t queued;
    size_t waiters;  /* Threads that wait for an answer. */
    size_t expected; /* So many are likely to wait for the next commit. */
    size_t started_count;
    int64_t commit_ns; /* So long the last commit took. */
    bool leading;      /* Somebody leads, or was just called to. */
    bool gathering;
    bool raised;                                    /* The event is readable. */
    struct ps_waiter *turns;                        /* Who leads next, before all others. */
    struct ps_submission *finished, **finished_end; /* Pushed ones, not delivered yet. */
    const struct ps_door *door;
    int event, epoll;
    /* The leader's alone: */
    struct ps_submission *taken[PS_GROUP_MAX];
    struct ps_reading *readings[PAYSCORE_ITEMS_MAX + PS_GROUP_MAX];
};

/** Make the event readable; the lock is held. */
void ps_queue_raise(struct ps_queue *queue);

#endif
