/*
 * Every way in which one row can be wrong, a line each: the mutant's name, and where the row
 * stands.
 */
#include <stdio.h>

#include "core/charts.h"

/* The next leaf by id, round and round, that the row neither leads to nor comes from. A record is
 * never in an initial state. */
static uint16_t elsewhere(const struct ps_chart *chart, const struct ps_row *row)
{
    for (uint16_t step = 1; step < chart->state_limit; step++) {
        uint16_t id = (uint16_t)((row->to + step) % chart->state_limit);
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state == NULL || id == row->from || id == row->to) continue;
        if (state->kind != PS_STATE_COMPOSITE && state->kind != PS_STATE_INITIAL) return id;
    }
    return 0;
}

static void print_mutant(const struct ps_chart *chart, const struct ps_row *row, const char *kind)
{
    const struct ps_state *target = ps_chart_state(chart, row->to);
    printf("%s:%u:%s\t%s\t%s\t%s\t%s\n", chart->name, row->id, kind, chart->states[row->from].name,
           ps_event_name(row->event), ps_guard_name(row->guard),
           target == NULL ? "-" : target->name);
}

static void print_row(const struct ps_chart *chart, const struct ps_row *row)
{
    char kind[80];
    print_mutant(chart, row, "delete");
    if (row->kind == PS_ROW_TRAN) {
        snprintf(kind, sizeof kind, "redirect:%u", elsewhere(chart, row));
        print_mutant(chart, row, kind);
    }
    for (size_t i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++) {
        snprintf(kind, sizeof kind, "noaction:%s", ps_action_name(row->actions[i]));
        print_mutant(chart, row, kind);
    }
    if (row->guard != PS_GUARD_always) print_mutant(chart, row, "always");
}

int main(void)
{
    static const struct ps_chart *const charts[] = {
#define CHART(id, name, revision, en, zh) &ps_chart_##name,
#include "statecharts/charts.def"
    };
    for (size_t i = 0; i < sizeof charts / sizeof charts[0]; i++)
        for (uint16_t row = 0; row < charts[i]->row_count; row++)
            print_row(charts[i], &charts[i]->rows[row]);
    return 0;
}
