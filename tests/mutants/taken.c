/*
 * Which rows a program's steps take, and which they come near: a mutant of a row that a program
 * never takes is no mutant to it. Written to the file that PAYSCORE_ROWS_TAKEN names, a line each:
 * "taken" or "near", a chart and a row. At once, since a test may kill what it has forked.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/step.h"

enum { CHARTS_MAX = 16, LINE_SIZE = 80 };
enum { TAKEN = 1, NEAR = 2 };

/* The linker's names for the step that is, and for what others take for it. */
void __real_ps_step(const struct ps_chart *chart, const struct ps_record *old,
                    const struct ps_input *in, struct ps_step *out);
void __wrap_ps_step(const struct ps_chart *chart, const struct ps_record *old,
                    const struct ps_input *in, struct ps_step *out);

static void tell(const char *path, const char *how, const struct ps_chart *chart, uint16_t row)
{
    char line[LINE_SIZE];
    int size = snprintf(line, sizeof line, "%s %s %u\n", how, chart->name, row);
    int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || write(file, line, (size_t)size) != size) abort();
    (void)close(file);
}

/* Each is told once by each process. */
static void note(const char *path, const struct ps_chart *chart, uint16_t row, uint8_t how)
{
    static uint8_t told[CHARTS_MAX][UINT16_MAX + 1];
    if (chart->id >= CHARTS_MAX) abort();
    if ((told[chart->id][row] & how) != 0) return;
    told[chart->id][row] |= how;
    tell(path, how == TAKEN ? "taken" : "near", chart, row);
}

void __wrap_ps_step(const struct ps_chart *chart, const struct ps_record *old,
                    const struct ps_input *in, struct ps_step *out)
{
    const char *path = getenv("PAYSCORE_ROWS_TAKEN");
    /* `out` may be where `old` is. */
    uint16_t state = old->state, event = in->event;
    __real_ps_step(chart, old, in, out);
    if (path == NULL || ps_chart_by_id(chart->id) != chart) return; /* A test's own chart. */
    if (out->row != NULL) note(path, chart, out->row->id, TAKEN);
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (row->event == event && ps_chart_inside(chart, state, row->from))
            note(path, chart, row->id, NEAR);
    }
}
