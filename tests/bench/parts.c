/* Where a move's time goes. */
#include "bench/parts.h"

#include <string.h>

#include "bench/blank.h"
#include "bench/clock.h"
#include "bench/inside.h"
#include "core/charts.h"

enum { REPEATS = 20000, GROUP = 64, GROUPS = 400 };

static double us_each(int64_t began_ns, int repeats)
{
    return (double)(bench_cpu_ns() - began_ns) / 1000 / repeats;
}

/* The step alone, from the same record with the same input. */
static double time_step(const struct ps_record *old, const struct ps_input *in)
{
    static volatile uint16_t sink;
    const struct ps_chart *chart = ps_chart_by_id(old->chart);
    struct ps_step out;
    int64_t began = bench_cpu_ns();
    for (int i = 0; i < REPEATS; i++) {
        ps_step(chart, old, in, &out);
        sink = out.next.state;
    }
    (void)sink;
    return us_each(began, REPEATS);
}

static double time_hash(void)
{
    struct ps_entry entry = {.number = 1};
    int64_t began = bench_cpu_ns();
    for (int i = 0; i < REPEATS; i++) {
        entry.number++;
        if (ps_entry_hash(&entry, entry.hash) != PAYSCORE_OK) return 0;
    }
    return us_each(began, REPEATS);
}

/* One kind of move again and again from the same record, as a writer applies it. */
static bool time_apply(struct ours *ours, struct bench_order *order, unsigned kind, double *us)
{
    static struct ps_submission inputs[GROUP];
    struct bench_order *orders[GROUP];
    struct bench_order copies[GROUP];
    int64_t spent = 0;
    for (int done = 0; done < REPEATS; done += GROUP) {
        for (int i = 0; i < GROUP; i++) {
            copies[i] = *order;
            orders[i] = &copies[i];
            prepared_fill(&ours->pool, order, kind, bench_clock_ms(), &inputs[i]);
        }
        int64_t began = bench_cpu_ns();
        if (!ours_apply(ours, inputs, orders, GROUP)) return false;
        spent += bench_cpu_ns() - began;
    }
    const int groups = (REPEATS + GROUP - 1) / GROUP;
    *us = (double)spent / 1000 / (groups * GROUP);
    *order = copies[0];
    return true;
}

/* A life on a store that keeps nothing: each of its moves timed where it happens. */
static bool time_life(struct ours *ours, struct blank *blank, struct parts *parts)
{
    struct bench_order order = {.busy = false};
    struct ps_record record;
    double apply_us = 0, hashed = 0;
    bench_order_name(&ours->load, &order, 1);
    blank_set(blank, NULL);
    for (unsigned kind = 0; kind < BENCH_MOVES; kind++) {
        double us = 0;
        struct ps_submission input;
        bench_clock_hold(bench_clock_ms() + 60000);
        if (!time_apply(ours, &order, kind, &us)) return false;
        apply_us += us;
        prepared_fill(&ours->pool, &order, kind, bench_clock_ms(), &input);
        if (kind > 0)
            parts->step_us += time_step(&record, &input.reading.matter.in) / (BENCH_MOVES - 1);
        record = *blank_put(blank);
        blank_set(blank, &record);
        if (kind != BENCH_poll && kind != BENCH_poll_again) hashed += 1;
    }
    parts->hash_us = time_hash() * hashed / BENCH_MOVES;
    parts->judged_us = apply_us / BENCH_MOVES;
    parts->encode_us = parts->judged_us - parts->step_us - parts->hash_us;
    return true;
}

/* Orders that differ: one of each stretch. */
static size_t choose(struct ours *ours, struct bench_order **orders, uint64_t *seed)
{
    size_t stretch = ours->load.count / GROUP;
    for (size_t i = 0; i < GROUP; i++)
        orders[i] = &ours->load.orders[i * stretch + bench_chance(seed) % stretch];
    return GROUP;
}

/* The next move of each; those whose platform answers at once are left in the list. */
static bool move_group(struct ours *ours, struct bench_order **orders, size_t *count,
                       uint64_t *seed, int64_t *spent)
{
    static struct ps_submission inputs[GROUP];
    size_t left = 0;
    for (size_t i = 0; i < *count; i++) {
        if (orders[i]->next == BENCH_create)
            bench_order_name(&ours->load, orders[i], bench_chance(seed));
        prepared_fill(&ours->pool, orders[i], orders[i]->next, bench_clock_ms(), &inputs[i]);
    }
    int64_t began = bench_cpu_ns();
    if (!ours_apply(ours, inputs, orders, *count)) return false;
    *spent += bench_cpu_ns() - began;
    for (size_t i = 0; i < *count; i++) {
        bench_order_took(orders[i], (enum bench_move_kind)orders[i]->next);
        if (bench_move_is_owed((enum bench_move_kind)orders[i]->next)) orders[left++] = orders[i];
    }
    *count = left;
    return true;
}

/* The same moves on the durable store, in groups, without waiting for the disk. */
static bool time_store(struct ours *ours, double *us)
{
    struct bench_order *orders[GROUP];
    uint64_t seed = 2463534242u, moves = 0;
    int64_t spent = 0;
    if (!unsynced_begin(ours->engine->store))
        return bench_fail("the store cannot be left unsynced");
    for (int group = 0; group < GROUPS; group++) {
        for (size_t count = choose(ours, orders, &seed); count > 0;) {
            moves += count;
            if (!move_group(ours, orders, &count, &seed, &spent)) return false;
        }
    }
    *us = (double)spent / 1000 / (double)moves;
    return unsynced_end(ours->engine->store) || bench_fail("the store cannot be synced");
}

bool parts_measure(struct ours *ours, struct parts *parts)
{
    struct ps_store *durable = ours->engine->store;
    struct ps_store *store = NULL;
    double store_us = 0;
    memset(parts, 0, sizeof *parts);
    struct blank *blank = blank_make(&store, ours->engine->epoch);
    if (blank == NULL) return bench_fail("memory is short");
    ours->engine->store = store;
    bool good = time_life(ours, blank, parts);
    ours->engine->store = durable;
    ps_store_close(store);
    if (!good || !time_store(ours, &store_us)) return false;
    parts->lmdb_us = store_us - parts->judged_us;
    for (unsigned kind = 0; kind < BENCH_MOVES; kind++)
        parts->prepare_us[kind] = ours->pool.made_us[kind];
    return true;
}
