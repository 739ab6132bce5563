/*
 * Inputs as a submitter prepares them: of each kind a pool, each made of a real message by the
 * engine's own reading (JSON, rendering, signature, evidence). A move takes one of them and sets in
 * it whom it is about: number, key, time and call.
 */
#ifndef BENCH_PREPARED_H
#define BENCH_PREPARED_H

#include "bench/bench.h"
#include "submit/queue.h"

enum {
    PREPARED_SAMPLES = 16,
    PREPARED_adopt = BENCH_MOVES, /* Of orders that are built as ended long ago. */
    PREPARED_settled,
    PREPARED_KINDS,
    PREPARED_FEN = 500,
};

struct prepared_pool {
    struct payscore *engine;
    struct ps_reading readings[PREPARED_KINDS][PREPARED_SAMPLES];
    double made_us[PREPARED_KINDS]; /* What preparing one costs. */
    double bytes[PREPARED_KINDS];   /* Of evidence as stored, on average; 0: none is kept. */
};

/** Make the pool for an open engine with one merchant. */
bool prepared_make(struct prepared_pool *pool, struct payscore *engine);
void prepared_free(struct prepared_pool *pool);

/** The input that brings this to the order. */
void prepared_fill(const struct prepared_pool *pool, const struct bench_order *order, unsigned kind,
                   int64_t now_ms, struct ps_submission *out);

/** The merchant whose orders they are. Valid until the process ends. */
const struct payscore_merchant *prepared_merchant(void);

/** A create's JSON, as a merchant's backend sends it. Valid until the thread's next call. */
struct payscore_text prepared_create_json(const char *number);

/** Bytes of history that a move leaves on average: its entry and its evidence. */
double prepared_history_bytes(const struct prepared_pool *pool);

#endif
