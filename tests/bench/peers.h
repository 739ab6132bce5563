/*
 * Other stores that do the same writes: of each move the record put at its place and a row appended
 * to the history, durable on return. They know no chart, verify nothing and keep no receipts.
 */
#ifndef BENCH_PEERS_H
#define BENCH_PEERS_H

#include "bench/bench.h"

enum { PEER_HISTORY_MAX = 16384, PEER_RECORD_SIZE = 512 };

/** What all of them write. */
struct peer_bytes {
    size_t record, history;
    char bytes[PEER_HISTORY_MAX];
};

/** SQLite in `directory`, with its log and every commit synced; moves share commits as ours do. */
bool peer_sqlite_open(struct bench_contender *contender, const char *directory,
                      const struct peer_bytes *bytes);
/** PostgreSQL at `where` (a connection string); a connection for each submitter. */
bool peer_postgres_open(struct bench_contender *contender, const char *where,
                        const struct peer_bytes *bytes);
/** Redis at `where` (the path of its socket); a connection for each submitter. */
bool peer_redis_open(struct bench_contender *contender, const char *where,
                     const struct peer_bytes *bytes);

void peer_sqlite_close(struct bench_contender *contender);
void peer_postgres_close(struct bench_contender *contender);
void peer_redis_close(struct bench_contender *contender);

/** Orders that are alive and rest somewhere in their lives; false: memory is short. */
bool peer_load(struct bench_load *load, size_t alive);

#endif
