/*
 * Which row answers, for readers of a chart: guards are told here, never computed. core/step.c is
 * what runs; tests/walks holds both to the same answers.
 */
#include "exporter.h"

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
