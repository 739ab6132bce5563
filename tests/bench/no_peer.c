/* Stands for the peers whose libraries are not installed. */
#include "bench/peers.h"

#define ABSENT(name, needs)                                                                        \
    bool peer_##name##_open(struct bench_contender *contender, const char *where,                  \
                            const struct peer_bytes *bytes)                                        \
    {                                                                                              \
        (void)contender;                                                                           \
        (void)where;                                                                               \
        (void)bytes;                                                                               \
        return bench_fail("built without " needs);                                                 \
    }                                                                                              \
    void peer_##name##_close(struct bench_contender *contender)                                    \
    {                                                                                              \
        (void)contender;                                                                           \
    }

#ifndef BENCH_SQLITE
ABSENT(sqlite, "libsqlite3-dev")
#endif
#ifndef BENCH_POSTGRES
ABSENT(postgres, "libpq-dev")
#endif
#ifndef BENCH_REDIS
ABSENT(redis, "libhiredis-dev")
#endif
