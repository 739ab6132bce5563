/*
 * The reference: LMDB by itself, with the same flags, keys and bytes: of each move one record put
 * at its place and one value appended to the history. No chart, no hash, no second look.
 */
#ifndef BENCH_RAW_H
#define BENCH_RAW_H

#include <lmdb.h>

#include "bench/bench.h"

struct raw {
    char path[BENCH_PATH_MAX];
    MDB_env *env;
    MDB_dbi records, history;
    size_t history_bytes;
    uint64_t entries;
    struct bench_load load;
};

bool raw_open(struct raw **raw, const char *path, uint64_t records, size_t alive,
              size_t history_bytes);
void raw_close(struct raw *raw);
bool raw_prepare(void *store, struct bench_move *move, size_t thread, size_t place);
bool raw_commit(void *store, struct bench_move *const *moves, size_t count);

#endif
