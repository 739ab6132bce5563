/* payscore as a contender: its engine, its store, its charts; nothing is left out. */
#ifndef BENCH_OURS_H
#define BENCH_OURS_H

#include "bench/bench.h"
#include "bench/prepared.h"

struct ours {
    char path[BENCH_PATH_MAX];
    uint64_t records; /* That were there when the rounds began. */
    struct payscore *engine;
    struct bench_load load;
    struct prepared_pool pool;
    struct ps_submission inputs[BENCH_THREADS_MAX][BENCH_BATCH_MAX];
};

/**
 * Open the store at `path` with `records` records, of which `alive` are alive; made if it is not
 * there. *ours is allocated.
 */
bool ours_open(struct ours **ours, const char *path, uint64_t records, size_t alive);
void ours_close(struct ours *ours);

/** Fill an empty store: those that are not alive ended before, one after the other. */
bool ours_build(struct ours *ours, uint64_t records, size_t alive);

/**
 * Apply submissions in one transaction of the engine, past its queue; what became of each goes into
 * its order.
 */
bool ours_apply(struct ours *ours, struct ps_submission *submissions,
                struct bench_order *const *orders, size_t count);

/**
 * What a driver does in the store beside the moves, until nothing of this much is left: deadlines
 * that are meant no more are dropped. Calls that are due stay so.
 */
bool ours_drive(struct ours *ours, size_t deadlines);

/** Its moves as bench_contender wants them: through the engine's own queue. */
bool ours_prepare(void *store, struct bench_move *move, size_t thread, size_t place);
bool ours_each(void *store, void *client, struct bench_move *moves, size_t count);
uint64_t ours_commits(void *store);

/** Open the engine at `path` with the bench's merchant and clock. */
bool ours_engine(struct payscore **engine, const char *path);

#endif
