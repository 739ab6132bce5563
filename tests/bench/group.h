/*
 * Submitters that wait share commits. One of them leads: it takes what is queued, commits it, and
 * wakes those in it; the next one leads what came meanwhile. If the last group had several members
 * it waits up to 100 µs for them to come back.
 */
#ifndef BENCH_GROUP_H
#define BENCH_GROUP_H

#include <pthread.h>

#include "bench/bench.h"

typedef bool bench_commit(void *store, struct bench_move *const *moves, size_t count);

/** A submitter's turn in the queue; lives on its stack. */
struct bench_ticket {
    struct bench_ticket *next;
    struct bench_move *moves;
    size_t count;
    bool done, good;
    pthread_cond_t wake;
};

struct bench_group {
    pthread_mutex_t mutex;
    pthread_cond_t arrived; /* Whoever leads and gathers. */
    struct bench_ticket *first, **last;
    size_t queued;  /* Moves. */
    size_t gather;  /* Moves of the last group. */
    bool leading, gathering;
    bench_commit *commit;
    void *store;
    uint64_t commits, moves;
};

void bench_group_init(struct bench_group *group, bench_commit *commit, void *store);
void bench_group_fini(struct bench_group *group);

/** Hand in moves and wait until they are durable. False: their commit failed. */
bool bench_group_run(struct bench_group *group, struct bench_move *moves, size_t count);

#endif
