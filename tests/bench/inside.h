/* What a benchmark wants of a durable store, and nobody else: commits that do not wait for the
 * disk, while it is filled, and how many there were. */
#ifndef BENCH_INSIDE_H
#define BENCH_INSIDE_H

#include "store/store.h"

bool unsynced_begin(struct ps_store *store);
/** From here on every commit is durable again, and so is what there is. */
bool unsynced_end(struct ps_store *store);

/** Commits of the store so far. */
uint64_t inside_commits(struct ps_store *store);

#endif
