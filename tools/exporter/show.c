/*
 * A chart for reading on a terminal: each state with what it owes and the rows that stand in it.
 */
#include "exporter.h"

static void show_owes(FILE *out, const struct ps_owes *owes)
{
    if (owes->lane == PAYSCORE_LANE_NONE) return;
    fprintf(out, ", owes %s", ps_lane_name(owes->lane));
    if (owes->call != PS_CALL_none) fprintf(out, " %s", ps_call_name(owes->call));
    fprintf(out, " (%d to %d ms)", (int)owes->first_ms, (int)owes->max_ms);
}

static void show_row(FILE *out, const struct ps_chart *chart, const struct ps_row *row,
                     enum ps_language language)
{
    fprintf(out, "  %3u  %-6s  on %s", row->id, ps_row_kind_name((enum ps_row_kind)row->kind),
            ps_event_name(row->event));
    if (row->guard != PS_GUARD_always) fprintf(out, " if %s", ps_guard_name(row->guard));
    if (row->kind == PS_ROW_TRAN) fprintf(out, " -> %s", chart->states[row->to].name);
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        fprintf(out, "%s%s", i == 0 ? "; " : ", ", ps_action_name(row->actions[i]));
    fprintf(out, "\n       %s\n", ps_row_words(row, language));
}

static void show_state(FILE *out, const struct ps_chart *chart, const struct ps_state *state,
                       enum ps_language language)
{
    fputc('\n', out);
    ps_write_path(out, chart, state->id);
    fprintf(out, "  (%s", ps_state_kind_name((enum ps_state_kind)state->kind));
    show_owes(out, &state->owes);
    fprintf(out, ")\n  %s\n", ps_state_words(state, language));
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].from == state->id) show_row(out, chart, &chart->rows[i], language);
}

/* A state, those inside it, and then the next one beside it. */
static const struct ps_state *next_state(const struct ps_chart *chart, const struct ps_state *state)
{
    const struct ps_state *next = ps_child_after(chart, state->id, 0);
    while (next == NULL && state != NULL) {
        next = ps_child_after(chart, state->parent, state->id);
        state = ps_chart_state(chart, state->parent);
    }
    return next;
}

void ps_show(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    fprintf(out, "%s: %s\n", chart->name, ps_chart_words(chart, language));
    fputs("A state's own rows are asked first, then those of the states around it.\n", out);
    const struct ps_state *state = ps_child_after(chart, 0, 0);
    for (; state != NULL; state = next_state(chart, state))
        show_state(out, chart, state, language);
}
