/*
 * The time that stores are given: it runs faster than the world's, so that an order's life of an
 * hour passes within seconds, as many lives at once would make it; or it is set by hand.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>

/** How many times as fast it runs. */
enum { BENCH_CLOCK_RATE = 256 };

/** Let it run from here on; it never goes back. */
void bench_clock_run(int64_t from_ms);
/** Hold it at this moment. */
void bench_clock_hold(int64_t at_ms);
int64_t bench_clock_ms(void);

/** The world's own. */
int64_t bench_world_ms(void);

#endif
