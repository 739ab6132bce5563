/*
 * Filling a store through the engine, as months of business would: orders that ended, of each its
 * record and a whole history of two entries with their evidence (taken over, found settled), spread
 * over ninety days, their deadlines dropped; then, within the last hour, those that are alive, each
 * at some point of its life. Only the syncing of each commit is left out until the end.
 */
#include <stdlib.h>

#include "bench/clock.h"
#include "bench/inside.h"
#include "bench/ours.h"

enum { GROUP = 8192 };
static const int64_t span_ms = (int64_t)90 * 24 * 3600 * 1000;
static const int64_t hour_ms = (int64_t)3600 * 1000;
static const int64_t patience_ms = 2000; /* By then what an adoption asks is due. */

struct building {
    struct ours *ours;
    struct bench_order *dead; /* GROUP orders that are not kept. */
    struct ps_submission *inputs;
    struct bench_order **order_list;
    uint64_t seed;
};

static bool bring(struct building *b, size_t count, unsigned kind)
{
    for (size_t i = 0; i < count; i++)
        prepared_fill(&b->ours->pool, b->order_list[i], kind, bench_clock_ms(), &b->inputs[i]);
    return ours_apply(b->ours, b->inputs, b->order_list, count);
}

static bool build_dead(struct building *b, uint64_t count, int64_t until_ms)
{
    for (uint64_t done = 0; done < count;) {
        size_t group = count - done < GROUP ? (size_t)(count - done) : GROUP;
        double share = (double)done / (double)count;
        bench_clock_hold(until_ms - span_ms + (int64_t)(share * (double)span_ms));
        for (size_t i = 0; i < group; i++) {
            bench_order_name(&b->ours->load, &b->dead[i], bench_chance(&b->seed));
            b->order_list[i] = &b->dead[i];
        }
        if (!bring(b, group, PREPARED_adopt) || !bring(b, group, PREPARED_settled)) return false;
        bench_clock_hold(bench_clock_ms() + patience_ms);
        if (!ours_drive(b->ours, group)) return false;
        done += group;
    }
    return true;
}

/* The moves that lead to where an order waits until it is chosen again. */
static enum bench_move_kind some_rest(uint64_t chance)
{
    static const enum bench_move_kind rests[] = {BENCH_poll, BENCH_poll_again, BENCH_complete};
    return rests[chance % (sizeof rests / sizeof rests[0])];
}

/* Those of orders[at .. at + count] that have not come to rest yet take their next move. */
static bool advance(struct building *b, struct bench_order *orders, size_t count,
                    const uint8_t *rests, unsigned kind)
{
    size_t moving = 0;
    for (size_t i = 0; i < count; i++)
        if (orders[i].next == kind && rests[i] > kind) b->order_list[moving++] = &orders[i];
    if (moving > 0 && !bring(b, moving, kind)) return false;
    for (size_t i = 0; i < moving; i++)
        bench_order_took(b->order_list[i], (enum bench_move_kind)kind);
    return true;
}

static bool build_alive(struct building *b, int64_t until_ms)
{
    static uint8_t rests[GROUP];
    struct bench_load *load = &b->ours->load;
    for (size_t done = 0; done < load->count;) {
        size_t group = load->count - done < GROUP ? load->count - done : GROUP;
        struct bench_order *orders = &load->orders[done];
        double share = (double)done / (double)load->count;
        bench_clock_hold(until_ms - hour_ms + (int64_t)(share * (double)hour_ms));
        for (size_t i = 0; i < group; i++) {
            bench_order_name(load, &orders[i], bench_chance(&b->seed));
            rests[i] = (uint8_t)some_rest(bench_chance(&b->seed));
        }
        for (unsigned kind = 0; kind < BENCH_complete; kind++)
            if (!advance(b, orders, group, rests, kind)) return false;
        if (!ours_drive(b->ours, group)) return false;
        done += group;
    }
    return true;
}

static void end(struct building *b)
{
    free(b->dead);
    free(b->inputs);
    free(b->order_list);
}

static bool begin(struct building *b)
{
    b->dead = calloc(GROUP, sizeof *b->dead);
    b->inputs = calloc(GROUP, sizeof *b->inputs);
    b->order_list = calloc(GROUP, sizeof(struct bench_order *));
    if (b->dead != NULL && b->inputs != NULL && b->order_list != NULL) return true;
    return bench_fail("memory is short");
}

bool ours_build(struct ours *ours, uint64_t records, size_t alive)
{
    struct building b = {.ours = ours, .seed = 88172645463325252u};
    struct ps_store *store = ours->engine->store;
    int64_t began = bench_monotonic_ns();
    int64_t until_ms = bench_world_ms();
    bool good = unsynced_begin(store) && bench_load_make(&ours->load, alive) && begin(&b) &&
                build_dead(&b, records - alive, until_ms - hour_ms) && build_alive(&b, until_ms);
    end(&b);
    if (!unsynced_end(store)) good = bench_fail("%s cannot be synced", ours->path);
    (void)fprintf(stderr, "built %s: %llu records, %zu alive, in %.1f s\n", ours->path,
                  (unsigned long long)records, alive, (double)(bench_monotonic_ns() - began) / 1e9);
    return good;
}
