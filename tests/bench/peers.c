/* What the peers share: the orders that they begin with. */
#include "bench/peers.h"

#include <stdlib.h>

#include "bench/clock.h"

bool peer_load(struct bench_load *load, size_t alive)
{
    uint64_t seed = 88172645463325252u;
    load->now_ms = bench_clock_ms;
    if (!bench_load_make(load, alive)) return bench_fail("memory is short");
    for (size_t i = 0; i < alive; i++) {
        bench_order_name(load, &load->orders[i], bench_chance(&seed));
        load->orders[i].next = (uint8_t)(BENCH_poll + i % 3);
    }
    return true;
}
