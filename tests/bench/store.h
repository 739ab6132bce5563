/* `bench store` and `bench open`. */
#ifndef BENCH_STORE_H
#define BENCH_STORE_H

#include "bench/bench.h"

struct bench_options {
    const char *directory, *json, *postgres, *redis, *only;
    uint64_t records[2];
    size_t sizes, alive;
    size_t rounds;
    double seconds;
    bool sqlite, judge;
    bool fresh; /* What is made within seconds is made anew: it grows as it is measured. */
};

/** Run all rows in interleaved rounds and report. The exit status. */
int bench_store(const struct bench_options *options);

/** How long opening takes, and what it holds in memory. The exit status. */
int bench_open(const struct bench_options *options, const char *program);
/** The same, of the process itself, once; a line for bench_open(). */
int bench_open_once(const char *path);

/** Everything in small, and what it wrote verified. The exit status. */
int bench_self_test(const char *program);

/** Where the engine's store with so many records lies. */
void bench_store_path(const struct bench_options *options, const char *whose, uint64_t records,
                      char path[BENCH_PATH_MAX]);

#endif
