/* Leader and followers over one look-out. */
#include "engine/watch.h"

#include <errno.h>
#include <poll.h>
#include <time.h>

/* A process that dies between its commit and its news tells nobody: so often one looks by itself.
 */
enum { LOOK_MS = 5000 };

int64_t ps_watch_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum payscore_status ps_watch_begin(struct ps_watch *watch)
{
    pthread_condattr_t attributes;
    *watch = (struct ps_watch){.waited = NULL};
    if (pthread_mutex_init(&watch->mutex, NULL) != 0) return PAYSCORE_E_MEMORY;
    int rc = pthread_condattr_init(&attributes);
    if (rc == 0) {
        (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
        rc = pthread_cond_init(&watch->woken, &attributes);
        (void)pthread_condattr_destroy(&attributes);
    }
    if (rc == 0) return PAYSCORE_OK;
    (void)pthread_mutex_destroy(&watch->mutex);
    return PAYSCORE_E_MEMORY;
}

void ps_watch_end(struct ps_watch *watch)
{
    ps_news_close(watch->waited);
    ps_news_close(watch->shown);
    (void)pthread_cond_destroy(&watch->woken);
    (void)pthread_mutex_destroy(&watch->mutex);
}

enum payscore_status ps_watch_mark(struct ps_watch *watch, struct ps_store *store, uint64_t *mark)
{
    enum payscore_status rc = PAYSCORE_OK;
    (void)pthread_mutex_lock(&watch->mutex);
    if (watch->waited == NULL) rc = ps_news_open(&watch->waited, store);
    *mark = watch->news;
    (void)pthread_mutex_unlock(&watch->mutex);
    return rc;
}

/* Polls without the mutex; whoever comes meanwhile sleeps until it is done. */
static enum payscore_status lead(struct ps_watch *watch, int64_t until_ms)
{
    struct pollfd look = {.fd = ps_news_descriptor(watch->waited), .events = POLLIN};
    int64_t left_ms = until_ms == INT64_MAX ? LOOK_MS : until_ms - ps_watch_now_ms();
    if (left_ms < 0) left_ms = 0;
    if (left_ms > LOOK_MS) left_ms = LOOK_MS;
    watch->led = true;
    (void)pthread_mutex_unlock(&watch->mutex);
    int ready = poll(&look, 1, (int)left_ms);
    enum payscore_status rc = ready < 0 && errno != EINTR ? PAYSCORE_E_IO : PAYSCORE_OK;
    (void)pthread_mutex_lock(&watch->mutex);
    watch->led = false;
    if (ready > 0) ps_news_drain(watch->waited);
    if (ready > 0 || left_ms == LOOK_MS) watch->news++;
    (void)pthread_cond_broadcast(&watch->woken); /* News, or somebody else must lead. */
    return rc;
}

static void follow(struct ps_watch *watch, int64_t until_ms)
{
    if (until_ms == INT64_MAX) {
        (void)pthread_cond_wait(&watch->woken, &watch->mutex);
        return;
    }
    struct timespec until = {.tv_sec = (time_t)(until_ms / 1000),
                             .tv_nsec = (long)(until_ms % 1000) * 1000000};
    (void)pthread_cond_timedwait(&watch->woken, &watch->mutex, &until);
}

enum payscore_status ps_watch_wait(struct ps_watch *watch, uint64_t mark, int64_t until_ms)
{
    enum payscore_status rc = PAYSCORE_OK;
    (void)pthread_mutex_lock(&watch->mutex);
    while (rc == PAYSCORE_OK && watch->news == mark) {
        if (until_ms != INT64_MAX && ps_watch_now_ms() >= until_ms)
            rc = PAYSCORE_E_NOT_FOUND;
        else if (watch->led)
            follow(watch, until_ms);
        else
            rc = lead(watch, until_ms);
    }
    (void)pthread_mutex_unlock(&watch->mutex);
    return rc;
}

enum payscore_status ps_watch_show(struct ps_watch *watch, struct ps_store *store, int *descriptor)
{
    enum payscore_status rc = PAYSCORE_OK;
    *descriptor = -1;
    (void)pthread_mutex_lock(&watch->mutex);
    if (watch->shown == NULL) rc = ps_news_open(&watch->shown, store);
    if (rc == PAYSCORE_OK) *descriptor = ps_news_descriptor(watch->shown);
    (void)pthread_mutex_unlock(&watch->mutex);
    return rc;
}

void ps_watch_quiet(struct ps_watch *watch)
{
    (void)pthread_mutex_lock(&watch->mutex);
    if (watch->shown != NULL) ps_news_drain(watch->shown);
    (void)pthread_mutex_unlock(&watch->mutex);
}
