/*
 * Submitters that wait share commits, as the engine's queue lets them (lib/submit/queue.c: the same
 * waiters, the same gathering, the same handing on), for contenders that have no queue of their
 * own.
 */
#ifndef BENCH_GROUP_H
#define BENCH_GROUP_H

#include <pthread.h>

#include "bench/bench.h"

typedef bool bench_commit(void *store, struct bench_move *const *moves, size_t count);

struct bench_ticket;

struct bench_group {
    pthread_mutex_t mutex;
    pthread_cond_t gathered;
    struct bench_ticket *first, **last;
    size_t waiters, expected; /* Threads that wait; so many are likely to wait for the next. */
    int64_t commit_ns;        /* So long the last commit took. */
    bool leading, gathering;
    bench_commit *commit;
    void *store;
    uint64_t commits, moves;
    struct bench_move *taken[BENCH_GROUP_MAX];
};

void bench_group_init(struct bench_group *group, bench_commit *commit, void *store);
void bench_group_fini(struct bench_group *group);

/** Hand in moves and wait until they are durable. False: their commit failed. */
bool bench_group_run(struct bench_group *group, struct bench_move *moves, size_t count);

#endif
