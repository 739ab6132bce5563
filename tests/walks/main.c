/*
 * engine_walks COUNT SEED: as many random walks, half of them from anywhere, and then for every row
 * of every chart a step that takes it. The same seed gives the same walks.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "tools/exporter/exporter.h"
#include "walks.h"

enum { LENGTH_MAX = 40, TRIES_MAX = 20000, LEAVES_MAX = PS_STATES_MAX };

/* The leaves of `ancestor`; of the chart, if it is 0. */
static uint32_t leaves_of(const struct ps_chart *chart, uint16_t ancestor, uint16_t *leaves)
{
    uint32_t count = 0;
    for (uint16_t id = 1; id < chart->state_limit; id++)
        if (walk_is_leaf(chart, id) && (ancestor == 0 || ps_chart_inside(chart, id, ancestor)))
            leaves[count++] = id;
    return count;
}

static uint64_t facts_of(const struct ps_record *old, const struct ps_input *in)
{
    uint64_t facts = 0;
    /* clang-format off */
#define GUARD(name, revision, en, zh)                                                              \
    if (ps_guard_##name(old, in)) facts |= UINT64_C(1) << PS_GUARD_##name;
#include "statecharts/guards.def"
    /* clang-format on */
    return facts;
}

/* One step; what readers of a chart would choose is held against it. */
static void take_step(struct walk *walk, const struct ps_input *in, struct ps_step *step)
{
    const struct ps_record *old = &walk->record;
    ps_step(walk->chart, old, in, step);
    const struct ps_row *row = ps_choose(walk->chart, old->state, in->event, facts_of(old, in));
    bool dropped = step->row == NULL && step->verdict == PAYSCORE_IGNORED;
    if (dropped || row == step->row) return;
    fprintf(stderr, "engine_walks: %s on %s: the engine and ps_choose() do not agree\n",
            walk->chart->states[old->state].name, ps_event_name(in->event));
    exit(EXIT_FAILURE);
}

static void walk_on(struct walk *walk)
{
    uint32_t length = 1 + walk_dice(walk, LENGTH_MAX);
    walk_say_begin(walk);
    for (uint32_t i = 0; i < length; i++) {
        struct ps_input in = walk_input(walk, walk_event(walk));
        struct ps_step step;
        take_step(walk, &in, &step);
        walk_say_step(walk, &in, &step);
        walk->record = step.next;
    }
}

static void random_walks(struct walk *walk, long walks)
{
    for (long i = 0; i < walks; i++) {
        uint16_t leaves[LEAVES_MAX];
        walk->chart = ps_charts[walk_dice(walk, PS_CHART_COUNT)];
        uint32_t count = leaves_of(walk->chart, 0, leaves);
        if (i % 2 == 0)
            walk_begin(walk);
        else
            walk_begin_in(walk, leaves[walk_dice(walk, count)]);
        walk_on(walk);
    }
}

/* Headers and inputs of the row's own state and event, until one takes it. */
static bool take(struct walk *walk, const struct ps_row *row)
{
    uint16_t leaves[LEAVES_MAX];
    uint32_t count = leaves_of(walk->chart, row->from, leaves);
    for (int tries = 0; tries < TRIES_MAX && count > 0; tries++) {
        struct ps_step step;
        walk_begin_in(walk, leaves[walk_dice(walk, count)]);
        struct ps_input in = walk_input(walk, row->event);
        take_step(walk, &in, &step);
        if (step.row != row) continue;
        walk_say_begin(walk);
        walk_say_step(walk, &in, &step);
        return true;
    }
    fprintf(stderr, "engine_walks: row %u of %s was never taken\n", row->id, walk->chart->name);
    return false;
}

static bool every_row(struct walk *walk)
{
    bool all = true;
    for (size_t c = 0; c < PS_CHART_COUNT; c++) {
        walk->chart = ps_charts[c];
        for (uint16_t i = 0; i < walk->chart->row_count; i++)
            all = take(walk, &walk->chart->rows[i]) && all;
    }
    return all;
}

int main(int argc, char **argv)
{
    struct walk walk = {.seed = UINT64_C(0x9e3779b97f4a7c15)};
    char *end = NULL;
    long count = argc == 3 ? strtol(argv[1], &end, 10) : -1;
    if (count < 0 || *end != '\0') {
        fputs("Usage: engine_walks COUNT SEED\n", stderr);
        return 64;
    }
    walk.seed ^= strtoull(argv[2], NULL, 10);
    random_walks(&walk, count);
    bool all = every_row(&walk);
    return all && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
