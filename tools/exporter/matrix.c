/*
 * What answers each event in each state: one table for each leaf. Guards are told, not computed;
 * where several rows may answer, they stand in the order in which they are asked.
 */
#include "page.h"
#include "picture.h"

enum answer { MOVES, ACTS, IGNORED, REFUSED, NO_RECORD, OPEN, ANSWER_COUNT };

static bool is_leaf(const struct ps_state *state)
{
    return state->kind != PS_STATE_COMPOSITE;
}

static enum answer answer_of(const struct ps_row *row)
{
    static const enum answer answers[] = {
        [PS_ROW_TRAN] = MOVES,
        [PS_ROW_STAY] = ACTS,
        [PS_ROW_IGNORE] = IGNORED,
        [PS_ROW_REJECT] = REFUSED,
    };
    return answers[row->kind];
}

static bool is_settled(const struct ps_row *const *rows, size_t count)
{
    return count > 0 && rows[count - 1]->guard == PS_GUARD_always;
}

/* The most that may come of the pair. */
static enum answer best_of(const struct ps_chart *chart, const struct ps_state *state,
                           uint16_t event)
{
    const struct ps_row *rows[PS_CHOICES_MAX];
    size_t count = ps_choices(chart, state->id, event, rows);
    enum answer best = OPEN;
    if (state->kind == PS_STATE_INITIAL && ps_event_kind(event) != PS_KIND_COMMAND)
        best = NO_RECORD;
    for (size_t i = 0; i < count; i++)
        if (answer_of(rows[i]) < best) best = answer_of(rows[i]);
    return best;
}

/* An event that no row of the initial state names, by what its kind is. */
static const char *without_record(enum ps_event_kind kind)
{
    switch (kind) {
    case PS_KIND_VIEW:
        return "stray: no such record; a verified notice is journalled beside the records, "
               "announced and answered 204";
    case PS_KIND_ANSWER:
    case PS_KIND_LOOK: return "cannot come: no call is made for a record that does not exist";
    case PS_KIND_TIME: return "cannot come: a record that does not exist has no past and no time";
    case PS_KIND_TELL: return "cannot come: word goes to records that exist";
    case PS_KIND_COMMAND: break;
    }
    return "**NOT ANSWERED**";
}

static void print_choice(FILE *out, const struct ps_chart *chart, const struct ps_row *row,
                         uint16_t state, bool alone)
{
    if (row->guard != PS_GUARD_always)
        fprintf(out, "if `%s`: ", ps_guard_name(row->guard));
    else if (!alone)
        fputs("else: ", out);
    switch ((enum ps_row_kind)row->kind) {
    case PS_ROW_TRAN: fprintf(out, "→ `%s`", chart->states[row->to].name); break;
    case PS_ROW_STAY: fputs("stays and acts", out); break;
    case PS_ROW_IGNORE: fputs("ignored", out); break;
    case PS_ROW_REJECT: fputs("refused", out); break;
    }
    fprintf(out, " ([%u](%s.md#row-%u)%s", row->id, chart->name, row->id,
            ps_row_holds(row) ? " ⚑" : "");
    if (row->from != state) fprintf(out, " of `%s`", chart->states[row->from].name);
    fputs("): ", out);
    ps_print_cell(out, ps_row_words(row, PS_ENGLISH));
}

static void print_cell(FILE *out, const struct ps_chart *chart, const struct ps_state *state,
                       uint16_t event)
{
    const struct ps_row *rows[PS_CHOICES_MAX];
    size_t count = ps_choices(chart, state->id, event, rows);
    fprintf(out, "| `%s` | ", ps_event_name(event));
    for (size_t i = 0; i < count; i++) {
        if (i > 0) fputs("<br>", out);
        print_choice(out, chart, rows[i], state->id, count == 1);
    }
    if (!is_settled(rows, count)) {
        enum ps_event_kind kind =
            state->kind == PS_STATE_INITIAL ? ps_event_kind(event) : PS_KIND_COMMAND;
        fprintf(out, "%s%s", count > 0 ? "<br>else: " : "", without_record(kind));
    }
    fputs(" |\n", out);
}

/* How many events of the alphabet come to what, state by state. */
static void print_summary(FILE *out, const struct ps_chart *chart)
{
    fputs("| state | may move | may act | ignored | refused | no record |\n"
          "|---|---:|---:|---:|---:|---:|\n",
          out);
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id)) {
        const struct ps_state *state = &chart->states[id];
        unsigned counts[ANSWER_COUNT] = {0};
        if (!is_leaf(state)) continue;
        for (uint16_t i = 0; i < chart->event_count; i++)
            counts[best_of(chart, state, chart->events[i])]++;
        fprintf(out, "| [`%s`](#%s) | %u | %u | %u | %u | %u |\n", state->name, state->name,
                counts[MOVES], counts[ACTS], counts[IGNORED], counts[REFUSED], counts[NO_RECORD]);
    }
}

size_t ps_matrix_cells(const struct ps_chart *chart)
{
    size_t leaves = 0;
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id))
        leaves += is_leaf(&chart->states[id]) ? 1 : 0;
    return leaves * chart->event_count;
}

void ps_export_matrix(FILE *out, const struct ps_chart *chart)
{
    fprintf(out,
            "<!-- Derived from statecharts/*.def; change the rows there, not this page. -->\n"
            "# `%s`: what answers each event in each state\n\n"
            "[The chart](%s.md) · [状态图](%s.zh-CN.md)\n\n"
            "%zu cells: every state that can be active with every event of the chart. Where "
            "several rows may answer, they are asked in this order, those of the state first and "
            "then those of the composites around it. An answer to a call, or to an attempt, that "
            "is not open any more is ignored before any row is asked. Numbers are those of the "
            "rows; ⚑ marks a row that puts the record on hold.\n\n",
            chart->name, chart->name, chart->name, ps_matrix_cells(chart));
    print_summary(out, chart);
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id)) {
        const struct ps_state *state = &chart->states[id];
        if (!is_leaf(state)) continue;
        fprintf(out, "\n## <a id=\"%s\"></a>`%s`\n\n%s\n\n| event | answer |\n|---|---|\n",
                state->name, state->name, state->en);
        for (uint16_t i = 0; i < chart->event_count; i++)
            print_cell(out, chart, state, chart->events[i]);
    }
}
