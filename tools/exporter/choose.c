/*
 * Which row answers, for readers of a chart: guards are told here, never computed. core/step.c is
 * what runs; tests/walks holds both to the same answers.
 */
#include "exporter.h"

const struct ps_state *ps_child_after(const struct ps_chart *chart, uint16_t parent, uint16_t after)
{
    for (uint16_t id = (uint16_t)(after + 1); id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL && state->parent == parent) return state;
    }
    return NULL;
}

void ps_write_path(FILE *out, const struct ps_chart *chart, uint16_t state)
{
    uint16_t path[PS_DEPTH_MAX + 1];
    size_t depth = 0;
    for (; state != 0 && depth <= PS_DEPTH_MAX; state = chart->states[state].parent)
        path[depth++] = state;
    while (depth-- > 0)
        fprintf(out, "%s%s", chart->states[path[depth]].name, depth > 0 ? " > " : "");
}

size_t ps_choices(const struct ps_chart *chart, uint16_t state, uint16_t event,
                  const struct ps_row **rows)
{
    size_t count = 0;
    for (; state != 0; state = chart->states[state].parent)
        for (uint16_t i = 0; i < chart->row_count; i++) {
            const struct ps_row *row = &chart->rows[i];
            if (row->from != state || row->event != event || count == PS_CHOICES_MAX) continue;
            rows[count++] = row;
            if (row->guard == PS_GUARD_always) return count;
        }
    return count;
}

const struct ps_row *ps_choose(const struct ps_chart *chart, uint16_t state, uint16_t event,
                               uint64_t facts)
{
    const struct ps_row *rows[PS_CHOICES_MAX];
    size_t count = ps_choices(chart, state, event, rows);
    for (size_t i = 0; i < count; i++)
        if (rows[i]->guard == PS_GUARD_always || (facts >> rows[i]->guard & 1) != 0) return rows[i];
    return NULL;
}
