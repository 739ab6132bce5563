/* The queue's beginning and end, and the descriptor by which a handle's loop is woken. */
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "submit/queue_private.h"

enum { READY_MAX = 64 };

void ps_queue_raise(struct ps_queue *queue)
{
    uint64_t one = 1;
    if (queue->raised) return;
    queue->raised = true;
    while (write(queue->event, &one, sizeof one) < 0 && errno == EINTR)
        continue;
}

void ps_queue_notify(struct payscore *engine)
{
    struct ps_queue *queue = engine->queue;
    (void)pthread_mutex_lock(&queue->lock);
    ps_queue_raise(queue);
    (void)pthread_mutex_unlock(&queue->lock);
}

void ps_queue_quiet(struct payscore *engine)
{
    struct ps_queue *queue = engine->queue;
    uint64_t count;
    (void)pthread_mutex_lock(&queue->lock);
    if (queue->raised) {
        while (read(queue->event, &count, sizeof count) < 0 && errno == EINTR)
            continue;
    }
    queue->raised = false;
    (void)pthread_mutex_unlock(&queue->lock);
}

int ps_queue_descriptor(const struct payscore *engine)
{
    return engine->queue == NULL ? -1 : engine->queue->epoll;
}

enum payscore_status ps_queue_watch(struct payscore *engine, int descriptor, uint32_t events,
                                    void *user)
{
    struct epoll_event event = {.events = events, .data.ptr = user};
    int set = engine->queue->epoll;
    if (epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) == 0) return PAYSCORE_OK;
    if (errno == EEXIST && epoll_ctl(set, EPOLL_CTL_MOD, descriptor, &event) == 0)
        return PAYSCORE_OK;
    return errno == ENOMEM || errno == ENOSPC ? PAYSCORE_E_MEMORY : PAYSCORE_E_IO;
}

void ps_queue_unwatch(struct payscore *engine, int descriptor)
{
    (void)epoll_ctl(engine->queue->epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

size_t ps_queue_ready(struct payscore *engine, struct ps_ready *ready, size_t max)
{
    struct epoll_event events[READY_MAX];
    size_t count = 0;
    int limit = (int)(max < READY_MAX ? max : READY_MAX);
    int found = limit == 0 ? 0 : epoll_wait(engine->queue->epoll, events, limit, 0);
    for (int i = 0; i < found; i++) {
        if (events[i].data.ptr == NULL) continue; /* The queue's own. */
        ready[count++] = (struct ps_ready){events[i].data.ptr, events[i].events};
    }
    return count;
}

void ps_queue_set_door(struct payscore *engine, const struct ps_door *door)
{
    engine->queue->door = door;
}

static bool make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    if (pthread_condattr_init(&attributes) != 0) return false;
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    int code = pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
    return code == 0;
}

static enum payscore_status open_descriptor(struct ps_queue *queue)
{
    struct epoll_event own = {.events = EPOLLIN};
    queue->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    queue->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (queue->event >= 0 && queue->epoll >= 0 &&
        epoll_ctl(queue->epoll, EPOLL_CTL_ADD, queue->event, &own) == 0)
        return PAYSCORE_OK;
    return errno == ENOMEM ? PAYSCORE_E_MEMORY : PAYSCORE_E_IO;
}

static void close_descriptor(struct ps_queue *queue)
{
    if (queue->epoll >= 0) (void)close(queue->epoll);
    if (queue->event >= 0) (void)close(queue->event);
}

enum payscore_status ps_queue_open(struct payscore *engine)
{
    struct ps_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL) return PAYSCORE_E_MEMORY;
    queue->event = queue->epoll = -1;
    queue->finished_end = &queue->finished;
    if (pthread_mutex_init(&queue->lock, NULL) != 0) {
        free(queue);
        return PAYSCORE_E_MEMORY;
    }
    if (!make_condition(&queue->gathered)) {
        (void)pthread_mutex_destroy(&queue->lock);
        free(queue);
        return PAYSCORE_E_MEMORY;
    }
    engine->queue = queue; /* From here on ps_queue_close() ends it. */
    return open_descriptor(queue);
}

void ps_queue_close(struct payscore *engine)
{
    struct ps_queue *queue = engine->queue;
    if (queue == NULL) return;
    if (ps_process_is_ours(engine)) {
        ps_queue_deliver(engine);
        ps_queue_refuse(engine, PAYSCORE_E_UNSURE);
        ps_queue_deliver(engine);
        (void)pthread_cond_destroy(&queue->gathered);
        (void)pthread_mutex_destroy(&queue->lock);
    }
    close_descriptor(queue);
    free(queue);
    engine->queue = NULL;
}
