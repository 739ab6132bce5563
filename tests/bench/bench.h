/*
 * The benchmark of the store: a load of orders that live, contenders that make its moves durable,
 * and what is measured of them. Every contender is given the same load by the same threads; those
 * that share commits share them by the same code (group.c).
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "payscore/types.h"

enum {
    BENCH_THREADS_MAX = 64,
    BENCH_GROUP_MAX = 1024,
    BENCH_BATCH_MAX = BENCH_GROUP_MAX / BENCH_THREADS_MAX,
    BENCH_NUMBER_SIZE = 33,
    BENCH_ROUNDS_MAX = 64,
    BENCH_PATH_MAX = 240,
};

enum bench_move_kind {
#define MOVE(name, event, carrier, owed, text) BENCH_##name,
#include "bench/moves.def"
    BENCH_MOVES,
};

/** An order that is alive. What the driver of a store knows of it from the answers it got. */
struct bench_order {
    char number[BENCH_NUMBER_SIZE];
    uint8_t next; /* enum bench_move_kind: what comes to it next. */
    bool busy;    /* It is in a batch under way, or its platform's answer is on its way. */
    uint16_t attempts;
    uint32_t serial; /* Makes its keys and digests its own. */
    struct payscore_id id;
    uint64_t version, call_entry;
};

/** One input on its way to a store. */
struct bench_move {
    struct bench_order *order;
    enum bench_move_kind kind;
    void *prepared; /* The contender's own. */
};

/** What is alive, and how the next ones are named. Guarded by nothing: see bench_load_begin(). */
struct bench_load {
    struct bench_order *orders;
    size_t count;
    uint64_t births; /* Atomic: serial of the newest order. */
    int64_t (*now_ms)(void);
};

/** Make `count` orders that are not born yet. False: memory is short. */
bool bench_load_make(struct bench_load *load, size_t count);
void bench_load_free(struct bench_load *load);

/** Keep what is alive beside a store whose journal has `entries`, and find it again. */
bool bench_load_save(const struct bench_load *load, const char *path, uint64_t entries);
bool bench_load_restore(struct bench_load *load, const char *path, uint64_t *entries);

/** Name an order that is to be born now, as a backend does: date, station, sequence. */
void bench_order_name(struct bench_load *load, struct bench_order *order, uint64_t chance);

/** The order took its move: what comes next. */
void bench_order_took(struct bench_order *order, enum bench_move_kind kind);

/** Whether the platform answers this at once. */
bool bench_move_is_owed(enum bench_move_kind kind);
const char *bench_move_text(enum bench_move_kind kind);

/** A small generator of chance: fast, seeded, one a thread. */
uint64_t bench_chance(uint64_t *seed);

/** How long submits took, by sixteenths of an octave. */
enum { BENCH_BUCKETS = 64 * 16 };
struct bench_latency {
    uint64_t counts[BENCH_BUCKETS];
};
void bench_latency_add(struct bench_latency *latency, uint64_t ns);
void bench_latency_merge(struct bench_latency *to, const struct bench_latency *from);
/** In microseconds; share: 0.5, 0.99, … */
double bench_latency_at(const struct bench_latency *latency, double share);

/** Whoever makes moves durable. */
struct bench_contender {
    const char *name;
    size_t threads, batch; /* Submitters, and how many moves each hands in at once. */
    struct bench_load *load;
    void *store;
    void *client[BENCH_THREADS_MAX]; /* Of the threads, where each has its own. */
    /* What a submitter does before it queues: fills in move->prepared. NULL: nothing. */
    bool (*prepare)(void *store, struct bench_move *move, size_t thread, size_t place);
    /* One commit for all of them, by one thread at a time. NULL: `each`. */
    bool (*commit)(void *store, struct bench_move *const *moves, size_t count);
    /* A submitter's own moves, durable on return. */
    bool (*each)(void *store, void *client, struct bench_move *moves, size_t count);
    /* Commits so far, where the contender shares them by itself. */
    uint64_t (*commits)(void *store);
};

/** One round of one contender. */
struct bench_round {
    double seconds, rate; /* Moves a second. */
    double p50_us, p99_us, p999_us;
    double bytes_per_move;  /* That the device wrote; < 0: not known. */
    double cpu_us_per_move; /* Of this process, user and system. */
    double group;           /* Moves a commit, where commits are shared. */
    uint64_t moves;
};

/** Let a contender's submitters run for so long. False: one of them failed; stderr says how. */
bool bench_round(struct bench_contender *contender, double seconds, struct bench_round *out);

/** What the block device below `directory` has written so far; < 0: not known. */
void bench_disk_watch(const char *directory);
double bench_disk_written(void);
const char *bench_disk_name(void);

int64_t bench_monotonic_ns(void);
/** What this thread has used of a processor. */
int64_t bench_cpu_ns(void);
/** Say on stderr what went wrong; answers false. */
__attribute__((format(printf, 1, 2))) bool bench_fail(const char *format, ...);

#endif
