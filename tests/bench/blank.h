/* A store that answers with one record and keeps nothing else: what is left is the engine. */
#ifndef BENCH_BLANK_H
#define BENCH_BLANK_H

#include "core/record.h"
#include "store/store.h"

struct blank;

/** Make one; *store is what an engine that drives by this epoch works on. NULL: memory is short. */
struct blank *blank_make(struct ps_store **store, uint64_t epoch);

/** The record that it has; NULL: none. */
void blank_set(struct blank *blank, const struct ps_record *record);
/** The record that was put last. */
const struct ps_record *blank_put(const struct blank *blank);

#endif
