/*
 * The thread and the loop share one batch. Whose it is, `given` says: the loop fills it and gives
 * it; the thread gives it back by waking the loop. Nothing else is shared.
 */
#include "worker/writer.h"

#include <stdlib.h>
#include <string.h>

struct ps_writer {
    struct payscore *engine;
    void (*committed)(void *context, const struct ps_commit *commit);
    void *context;

    struct ps_job *first, **last; /* The queue. */
    size_t queued;
    struct ps_job *taken; /* The jobs of the turn under way, in the order of `items`. */
    bool busy;

    struct payscore_item *items;
    struct ps_commit commit;

    uv_thread_t thread;
    uv_mutex_t mutex;
    uv_cond_t wake;
    uv_async_t turned;
    bool given, ended; /* Under the mutex. */
};

static void run_turn(struct ps_writer *writer)
{
    struct ps_commit *commit = &writer->commit;
    struct payscore_turn turn = {
        .items = writer->items, .item_count = commit->item_count, .wants = commit->wants};
    uint64_t began_ns = uv_hrtime();
    commit->error.text[0] = '\0';
    commit->status = payscore_turn(writer->engine, &turn, &commit->error);
    commit->calls = turn.calls;
    commit->call_count = turn.call_count;
    commit->next_due_ms = turn.next_due_ms;
    uint64_t newest = 0;
    if (payscore_newest(writer->engine, &newest) == PAYSCORE_OK) commit->newest = newest;
    commit->duration_us = (int64_t)((uv_hrtime() - began_ns) / 1000);
}

static void work(void *context)
{
    struct ps_writer *writer = context;
    uv_mutex_lock(&writer->mutex);
    while (!writer->ended) {
        if (!writer->given) {
            uv_cond_wait(&writer->wake, &writer->mutex);
            continue;
        }
        uv_mutex_unlock(&writer->mutex);
        run_turn(writer);
        uv_mutex_lock(&writer->mutex);
        writer->given = false;
        uv_async_send(&writer->turned);
    }
    uv_mutex_unlock(&writer->mutex);
}

static void on_turned(uv_async_t *async)
{
    struct ps_writer *writer = async->data;
    uv_mutex_lock(&writer->mutex);
    bool given = writer->given;
    uv_mutex_unlock(&writer->mutex);
    if (given || !writer->busy) return;
    struct ps_commit commit = writer->commit;
    struct ps_job *job = writer->taken;
    writer->taken = NULL;
    for (size_t i = 0; i < commit.item_count; i++) {
        struct ps_job *next = job->next;
        job->item.result = writer->items[i].result;
        if (commit.status != PAYSCORE_OK) job->item.result.status = commit.status;
        if (commit.status != PAYSCORE_OK) job->item.result.error = commit.error;
        job->done(job);
        job = next;
    }
    writer->busy = false;
    writer->committed(writer->context, &commit);
}

void ps_writer_push(struct ps_writer *writer, struct ps_job *job)
{
    job->next = NULL;
    *writer->last = job;
    writer->last = &job->next;
    writer->queued++;
}

bool ps_writer_busy(const struct ps_writer *writer)
{
    return writer->busy;
}

size_t ps_writer_queued(const struct ps_writer *writer)
{
    return writer->queued;
}

void ps_writer_turn(struct ps_writer *writer, size_t items_max, struct payscore_wants wants)
{
    size_t count = 0;
    writer->taken = writer->first;
    for (; count < items_max && count < PAYSCORE_ITEMS_MAX && writer->first != NULL; count++) {
        writer->items[count] = writer->first->item;
        writer->first = writer->first->next;
    }
    if (writer->first == NULL) writer->last = &writer->first;
    writer->queued -= count;
    writer->commit =
        (struct ps_commit){.item_count = count, .wants = wants, .newest = writer->commit.newest};
    writer->busy = true;
    uv_mutex_lock(&writer->mutex);
    writer->given = true;
    uv_cond_signal(&writer->wake);
    uv_mutex_unlock(&writer->mutex);
}

static void free_writer(uv_handle_t *handle)
{
    struct ps_writer *writer = handle->data;
    free(writer->items);
    free(writer);
}

enum payscore_status
ps_writer_open(struct ps_writer **writer, uv_loop_t *loop, struct payscore *engine,
               void (*committed)(void *context, const struct ps_commit *commit), void *context)
{
    struct ps_writer *self = calloc(1, sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    self->engine = engine;
    self->committed = committed;
    self->context = context;
    self->last = &self->first;
    self->turned.data = self;
    self->items = calloc(PAYSCORE_ITEMS_MAX, sizeof self->items[0]);
    bool async = self->items != NULL && uv_async_init(loop, &self->turned, on_turned) == 0;
    bool mutex = async && uv_mutex_init(&self->mutex) == 0;
    bool cond = mutex && uv_cond_init(&self->wake) == 0;
    if (cond && uv_thread_create(&self->thread, work, self) == 0) {
        *writer = self;
        return PAYSCORE_OK;
    }
    if (cond) uv_cond_destroy(&self->wake);
    if (mutex) uv_mutex_destroy(&self->mutex);
    if (async) {
        uv_close((uv_handle_t *)&self->turned, free_writer);
    } else {
        free_writer((uv_handle_t *)&self->turned);
    }
    return PAYSCORE_E_MEMORY;
}

void ps_writer_close(struct ps_writer *writer)
{
    if (writer == NULL) return;
    uv_mutex_lock(&writer->mutex);
    writer->ended = true;
    uv_cond_signal(&writer->wake);
    uv_mutex_unlock(&writer->mutex);
    uv_thread_join(&writer->thread);
    uv_cond_destroy(&writer->wake);
    uv_mutex_destroy(&writer->mutex);
    uv_close((uv_handle_t *)&writer->turned, free_writer);
}
