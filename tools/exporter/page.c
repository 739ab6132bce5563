/*
 * A chart as a page for people who check it: pictures, states, rows with their reasons. The words
 * are those of the rows; this file only puts them in order.
 */
#include <string.h>

#include "page.h"
#include "picture.h"

static void heading(FILE *out, const char *marks, enum ps_text text, enum ps_language language)
{
    fprintf(out, "\n%s %s\n\n", marks, ps_text(text, language));
}

static void paragraph(FILE *out, enum ps_text text, enum ps_language language)
{
    fprintf(out, "%s\n", ps_text(text, language));
}

/* The head of a table: names of columns, up to PS_TEXT_COUNT. */
static void columns(FILE *out, const enum ps_text *texts, enum ps_language language)
{
    for (const enum ps_text *text = texts; *text != PS_TEXT_COUNT; text++)
        fprintf(out, "| %s ", ps_text(*text, language));
    fputs("|\n", out);
    for (const enum ps_text *text = texts; *text != PS_TEXT_COUNT; text++)
        fputs("|---", out);
    fputs("|\n", out);
}

static unsigned state_count(const struct ps_chart *chart)
{
    unsigned count = 0;
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id))
        count++;
    return count;
}

static void page_head(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    bool zh = language == PS_CHINESE;
    fprintf(out, "<!-- %s -->\n# `%s`%s%s\n\n", ps_text(PS_TEXT_DERIVED, PS_ENGLISH), chart->name,
            zh ? "：" : ": ", ps_chart_words(chart, language));
    fprintf(out, "[%s](%s%s.md) · [%s](%s.matrix.md)\n", ps_text(PS_TEXT_OTHER_PAGE, language),
            chart->name, zh ? "" : ".zh-CN", ps_text(PS_TEXT_MATRIX, language), chart->name);
    heading(out, "##", PS_TEXT_WHAT, language);
    paragraph(out, PS_TEXT_SEMANTICS, language);
    fputs("\n", out);
    paragraph(out, PS_TEXT_VERDICTS, language);
    const char *comma = zh ? "，" : ", ";
    fprintf(out, "\n%u %s%s%u %s%s", state_count(chart), ps_text(PS_TEXT_STATES_COUNT, language),
            comma, chart->row_count, ps_text(PS_TEXT_ROWS_COUNT, language), comma);
    fprintf(out, "%u %s%s%zu %s%s%s\n\n", chart->event_count,
            ps_text(PS_TEXT_EVENTS_COUNT, language), comma, ps_matrix_cells(chart),
            ps_text(PS_TEXT_CELLS_COUNT, language), zh ? "。" : ". ",
            ps_text(PS_TEXT_DERIVED, language));
    paragraph(out, PS_TEXT_SOURCES, language);
}

static void page_pictures(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    struct ps_picture pictures[PS_PICTURES_MAX];
    size_t count = ps_pictures(chart, pictures);
    heading(out, "##", PS_TEXT_PICTURES, language);
    paragraph(out, PS_TEXT_READING, language);
    if (count > 1) fprintf(out, "\n%s\n", ps_text(PS_TEXT_FOLDED, language));
    for (size_t i = 0; i < count; i++) {
        const struct ps_state *scope = ps_chart_state(chart, pictures[i].scope);
        char file[128];
        ps_picture_file(&pictures[i], ".svg", file, sizeof file);
        if (scope != NULL)
            fprintf(out, "\n### `%s`\n\n%s\n", scope->name, ps_state_words(scope, language));
        fprintf(out, "\n![%s](%s)\n", scope == NULL ? chart->name : scope->name, file);
    }
}

static void print_state(FILE *out, const struct ps_chart *chart, const struct ps_state *state,
                        enum ps_language language)
{
    const struct ps_state *parent = ps_chart_state(chart, state->parent);
    fprintf(out, "| %u | <a id=\"state-%s\"></a>[`%s`](#rows-%s) | %s | ", state->id, state->name,
            state->name, state->name,
            ps_state_kind_words((enum ps_state_kind)state->kind, language));
    if (parent != NULL)
        fprintf(out, "[`%s`](#state-%s)", parent->name, parent->name);
    else
        fputs(ps_text(PS_TEXT_NOTHING, language), out);
    fputs(" | ", out);
    if (state->owes.lane == PAYSCORE_LANE_NONE) fputs(ps_text(PS_TEXT_NOTHING, language), out);
    ps_print_owes(out, &state->owes, language, "`");
    fputs(" | ", out);
    ps_print_cell(out, ps_state_words(state, language));
    fprintf(out, " | %s |\n", state->source);
}

static void page_states(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    static const enum ps_text head[] = {
        PS_TEXT_NUMBER, PS_TEXT_STATE,   PS_TEXT_KIND,   PS_TEXT_INSIDE,
        PS_TEXT_OWES,   PS_TEXT_MEANING, PS_TEXT_SOURCE, PS_TEXT_COUNT,
    };
    heading(out, "##", PS_TEXT_STATES, language);
    for (int kind = PS_STATE_INITIAL; kind <= PS_STATE_FINAL; kind++)
        fprintf(out, "- **%s**%s%s\n", ps_state_kind_words((enum ps_state_kind)kind, language),
                language == PS_CHINESE ? "：" : ": ",
                ps_state_kind_meaning((enum ps_state_kind)kind, language));
    fputs("\n", out);
    columns(out, head, language);
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id))
        print_state(out, chart, &chart->states[id], language);
}

static void print_row_number(FILE *out, const struct ps_chart *chart, const struct ps_row *row)
{
    fprintf(out, "| <a id=\"row-%u\"></a>%u", row->id, row->id);
    if (ps_row_holds(row)) fputs(" ⚑", out);
    for (size_t i = 0; i < ps_dispute_count; i++)
        if (ps_disputed(&ps_disputes[i], chart, row->id))
            fprintf(out, " [⚖](#dispute-%s)", ps_disputes[i].name);
}

static void print_actions(FILE *out, const struct ps_row *row, enum ps_language language)
{
    if (row->actions[0] == PS_ACTION_none) fputs(ps_text(PS_TEXT_NOTHING, language), out);
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++) {
        fprintf(out, "%s`%s`%s", i > 0 ? "<br>" : "", ps_action_name(row->actions[i]),
                language == PS_CHINESE ? "：" : ": ");
        ps_print_cell(out, ps_action_words(row->actions[i], language));
    }
}

static void print_then(FILE *out, const struct ps_chart *chart, const struct ps_row *row,
                       enum ps_language language)
{
    switch ((enum ps_row_kind)row->kind) {
    case PS_ROW_TRAN:
        fprintf(out, "→ [`%s`](#state-%s)", chart->states[row->to].name,
                chart->states[row->to].name);
        return;
    case PS_ROW_STAY: fputs(ps_text(PS_TEXT_STAYS, language), out); return;
    case PS_ROW_IGNORE: fputs(ps_text(PS_TEXT_IGNORED, language), out); return;
    case PS_ROW_REJECT: fputs(ps_text(PS_TEXT_REJECTED, language), out); return;
    }
}

static void print_row(FILE *out, const struct ps_chart *chart, const struct ps_row *row,
                      enum ps_language language)
{
    print_row_number(out, chart, row);
    fprintf(out, " | `%s` | ", ps_event_name(row->event));
    if (row->guard == PS_GUARD_always)
        fputs(ps_text(PS_TEXT_NOTHING, language), out);
    else
        fprintf(out, "[`%s`](#guard-%s)", ps_guard_name(row->guard), ps_guard_name(row->guard));
    fputs(" | ", out);
    print_actions(out, row, language);
    fputs(" | ", out);
    print_then(out, chart, row, language);
    fputs(" | ", out);
    ps_print_cell(out, ps_row_words(row, language));
    fprintf(out, " | %s |\n", row->source);
}

static bool has_rows(const struct ps_chart *chart, uint16_t state)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].from == state) return true;
    return false;
}

static void page_rows(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    static const enum ps_text head[] = {
        PS_TEXT_ROW,  PS_TEXT_EVENT,   PS_TEXT_GUARD,  PS_TEXT_EFFECT,
        PS_TEXT_THEN, PS_TEXT_MEANING, PS_TEXT_SOURCE, PS_TEXT_COUNT,
    };
    heading(out, "##", PS_TEXT_ROWS, language);
    paragraph(out, PS_TEXT_ROWS_ORDER, language);
    for (uint16_t id = ps_next_state(chart, 0); id != 0; id = ps_next_state(chart, id)) {
        fprintf(out, "\n### <a id=\"rows-%s\"></a>`%s`\n\n%s\n\n", chart->states[id].name,
                chart->states[id].name, ps_state_words(&chart->states[id], language));
        if (!has_rows(chart, id)) {
            paragraph(out, PS_TEXT_NO_ROWS, language);
            continue;
        }
        columns(out, head, language);
        for (uint16_t i = 0; i < chart->row_count; i++)
            if (chart->rows[i].from == id) print_row(out, chart, &chart->rows[i], language);
    }
}

void ps_export_page(FILE *out, const struct ps_chart *chart, enum ps_language language)
{
    page_head(out, chart, language);
    page_pictures(out, chart, language);
    page_states(out, chart, language);
    page_rows(out, chart, language);
    ps_page_disputes(out, chart, language);
    ps_page_words(out, chart, language);
}
