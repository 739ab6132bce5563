/*
 * The commits: one thread beside the loop that runs one turn of the engine at a time. What comes in
 * while a turn syncs waits on the loop's side and goes into the next one together.
 *
 * All functions belong to the loop's thread.
 */
#ifndef PS_WORKER_WRITER_H
#define PS_WORKER_WRITER_H

#include <stdbool.h>
#include <uv.h>

#include "payscore/payscore.h"

struct ps_writer;

/** One item and who waits for its result. The caller's memory until `done`. */
struct ps_job {
    struct payscore_item item;        /* What it points at must live until `done`, too. */
    void (*done)(struct ps_job *job); /* After the commit, once; item.result holds. */
    struct ps_job *next;
};

/** What became of a turn. */
struct ps_commit {
    enum payscore_status status;
    struct payscore_error error;
    struct payscore_wants wants;
    struct payscore_call *calls; /* The receiver's, to give to payscore_calls_free(). */
    size_t call_count;
    int64_t next_due_ms;
    uint64_t newest;
    size_t item_count;
    int64_t duration_us;
};

/** Errors: E_MEMORY. `committed` is called after every turn, behind the jobs' `done`. */
enum payscore_status
ps_writer_open(struct ps_writer **writer, uv_loop_t *loop, struct payscore *engine,
               void (*committed)(void *context, const struct ps_commit *commit), void *context);

/** Join the thread; no turn may be under way. The handle leaves the loop in its next turns. */
void ps_writer_close(struct ps_writer *writer);

/** Put a job into the queue; ps_writer_turn() takes it. */
void ps_writer_push(struct ps_writer *writer, struct ps_job *job);

bool ps_writer_busy(const struct ps_writer *writer);
size_t ps_writer_queued(const struct ps_writer *writer);

/** Begin a turn with up to `items_max` jobs of the queue. Not while one is under way. */
void ps_writer_turn(struct ps_writer *writer, size_t items_max, struct payscore_wants wants);

#endif
