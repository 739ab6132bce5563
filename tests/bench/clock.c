/* The time that stores are given. */
#include "bench/clock.h"

#include <stdbool.h>
#include <time.h>

#include "bench/bench.h"

static int64_t base_ms, base_ns;
static bool runs;

int64_t bench_world_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void bench_clock_run(int64_t from_ms)
{
    base_ms = from_ms;
    base_ns = bench_monotonic_ns();
    runs = true;
}

void bench_clock_hold(int64_t at_ms)
{
    base_ms = at_ms;
    runs = false;
}

int64_t bench_clock_ms(void)
{
    if (!runs) return base_ms;
    return base_ms + (bench_monotonic_ns() - base_ns) * BENCH_CLOCK_RATE / 1000000;
}
