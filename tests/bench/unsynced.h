/* Filling a durable store without waiting for the disk at each commit. */
#ifndef BENCH_UNSYNCED_H
#define BENCH_UNSYNCED_H

#include "store/store.h"

bool unsynced_begin(struct ps_store *store);
/** From here on every commit is durable again, and so is what there is. */
bool unsynced_end(struct ps_store *store);

#endif
