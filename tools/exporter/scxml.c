/*
 * A chart as SCXML 1.0 (https://www.w3.org/TR/scxml/), for other tools to load and step. States
 * nest as they do here and rows stand in document order, so that SCXML's own choice, child before
 * parent, gives the engine's answer. What SCXML has no word for stands in attributes of a namespace
 * of ours.
 */
#include <string.h>

#include "deeds.h"
#include "exporter.h"

#define NAMESPACE "urn:payscore:chart"

/* Text within an attribute's quotes. */
static void put_text(FILE *out, const char *text)
{
    for (; *text != '\0'; text++) {
        switch (*text) {
        case '&': fputs("&amp;", out); break;
        case '<': fputs("&lt;", out); break;
        case '>': fputs("&gt;", out); break;
        case '"': fputs("&quot;", out); break;
        default: fputc(*text, out); break;
        }
    }
}

static void put_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    put_text(out, text);
    fputc('"', out);
}

static void indent(FILE *out, int depth)
{
    fprintf(out, "%*s", 2 * depth, "");
}

/* An ECMAScript string that says `text`, as an attribute. */
static void put_string_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"'", name);
    for (; *text != '\0'; text++) {
        const char one[] = {*text, '\0'};
        if (*text == '\'' || *text == '\\') fputc('\\', out);
        put_text(out, one);
    }
    fputs("'\"", out);
}

/* Data. */

/* Word for another record carries the platform's time of the fact, by which news are compared. */
static const char carried[] = "platform_ms";

static bool deed_needs(const struct ps_deed *deed, const char *location)
{
    if (deed->kind == PS_DEED_TELL) return strcmp(location, carried) == 0;
    return deed->kind == PS_DEED_ASSIGN && strcmp(deed->what, location) == 0;
}

static bool action_needs(uint8_t action, const char *location)
{
    for (size_t i = 0; i < ps_deed_count; i++)
        if (ps_deeds[i].action == action && deed_needs(&ps_deeds[i], location)) return true;
    return false;
}

static bool row_needs(const struct ps_row *row, const char *location)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        if (action_needs(row->actions[i], location)) return true;
    return false;
}

static bool chart_needs(const struct ps_chart *chart, const char *location)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (row_needs(&chart->rows[i], location)) return true;
    return false;
}

static void put_data_model(FILE *out, const struct ps_chart *chart)
{
    fputs("  <datamodel>\n", out);
    for (size_t i = 0; i < ps_data_count; i++) {
        if (!chart_needs(chart, ps_data[i].location)) continue;
        fputs("    <data", out);
        put_attribute(out, "id", ps_data[i].location);
        put_attribute(out, "expr", ps_data[i].initial);
        put_attribute(out, "ps:en", ps_data[i].why);
        fputs("/>\n", out);
    }
    fputs("  </datamodel>\n", out);
}

/* Rows. */

static void put_tell(FILE *out, const struct ps_deed *deed, int depth)
{
    bool conditional = deed->cond[0] != '\0';
    if (conditional) {
        indent(out, depth++);
        fputs("<if", out);
        put_attribute(out, "cond", deed->cond);
        fputs(">\n", out);
    }
    indent(out, depth);
    fputs("<send", out);
    put_attribute(out, "event", deed->what);
    fprintf(out, " target=\"#_scxml_%s\">\n", ps_chart_by_id(deed->chart)->name);
    if (deed->expr[0] != '\0') {
        indent(out, depth + 1);
        fputs("<param name=\"record\"", out);
        put_attribute(out, "expr", deed->expr);
        fputs("/>\n", out);
    }
    indent(out, depth + 1);
    fprintf(out, "<param name=\"%s\" expr=\"%s\"/>\n", carried, carried);
    indent(out, depth);
    fputs("</send>\n", out);
    if (!conditional) return;
    indent(out, depth - 1);
    fputs("</if>\n", out);
}

/* To nobody but the session itself, where no row listens: whoever steps it sees what is owed. A
 * wake is the one that comes back as an event, so each carries its first wait. */
static void put_send(FILE *out, const char *what, const char *of, int32_t delay_ms, int depth)
{
    indent(out, depth);
    fprintf(out, "<send event=\"%s%s%s\"", what, of[0] == '\0' ? "" : ".", of);
    if (delay_ms > 0) fprintf(out, " delay=\"%dms\"", (int)delay_ms);
    fputs("/>\n", out);
}

static void put_action(FILE *out, uint8_t action, int depth)
{
    for (size_t i = 0; i < ps_deed_count; i++) {
        const struct ps_deed *deed = &ps_deeds[i];
        if (deed->action != action) continue;
        switch (deed->kind) {
        case PS_DEED_ASSIGN:
            indent(out, depth);
            fputs("<assign", out);
            put_attribute(out, "location", deed->what);
            put_attribute(out, "expr", deed->expr);
            fputs("/>\n", out);
            break;
        case PS_DEED_TELL: put_tell(out, deed, depth); break;
        case PS_DEED_SEND: put_send(out, deed->what, "", 0, depth); break;
        }
    }
}

/* What the row does: its actions, and then what its target owes. */
static void put_content(FILE *out, const struct ps_row *row, const struct ps_owes *owes, int depth)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        put_action(out, row->actions[i], depth);
    /* An effect is due at once; its first wait is the one after a failure. */
    int32_t delay_ms = owes->lane == PAYSCORE_LANE_EFFECT ? 0 : owes->first_ms;
    if (owes->lane != PAYSCORE_LANE_NONE)
        put_send(out, ps_lane_name(owes->lane), ps_call_name(owes->call), delay_ms, depth);
    if (row->kind == PS_ROW_REJECT) {
        indent(out, depth);
        fputs("<log label=\"rejected\"", out);
        put_string_attribute(out, "expr", row->en);
        fputs("/>\n", out);
    }
}

static void put_row(FILE *out, const struct ps_chart *chart, const struct ps_row *row, int depth)
{
    static const struct ps_owes nothing = {.lane = PAYSCORE_LANE_NONE};
    const struct ps_state *target = ps_chart_state(chart, row->to);
    const struct ps_owes *owes = target == NULL ? &nothing : &target->owes;
    bool empty = row->actions[0] == PS_ACTION_none && owes->lane == PAYSCORE_LANE_NONE &&
                 row->kind != PS_ROW_REJECT;
    indent(out, depth);
    fprintf(out, "<transition event=\"%s\"", ps_event_name(row->event));
    if (row->guard != PS_GUARD_always)
        fprintf(out, " cond=\"_event.data.%s\"", ps_guard_name(row->guard));
    if (target != NULL) put_attribute(out, "target", target->name);
    fprintf(out, " ps:row=\"%u\" ps:kind=\"%s\"", row->id,
            ps_row_kind_name((enum ps_row_kind)row->kind));
    put_attribute(out, "ps:en", row->en);
    if (empty) {
        fputs("/>\n", out);
        return;
    }
    fputs(">\n", out);
    put_content(out, row, owes, depth + 1);
    indent(out, depth);
    fputs("</transition>\n", out);
}

/* States. */

static bool has_rows(const struct ps_chart *chart, uint16_t state)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].from == state) return true;
    return false;
}

/* SCXML's final has no transitions, and at the top it ends the session: rows of a parent could then
 * not answer any more. */
static bool is_final_there(const struct ps_chart *chart, const struct ps_state *state)
{
    return state->kind == PS_STATE_FINAL && state->parent != 0 && !has_rows(chart, state->id);
}

static void put_owes(FILE *out, const struct ps_owes *owes)
{
    if (owes->lane == PAYSCORE_LANE_NONE) return;
    const char *call = ps_call_name(owes->call);
    fprintf(out, " ps:owes=\"%s%s%s\" ps:first-ms=\"%d\" ps:max-ms=\"%d\"",
            ps_lane_name(owes->lane), call[0] == '\0' ? "" : ".", call, (int)owes->first_ms,
            (int)owes->max_ms);
}

static void open_state(FILE *out, const struct ps_chart *chart, const struct ps_state *state,
                       int depth)
{
    const struct ps_state *first = ps_child_after(chart, state->id, 0);
    indent(out, depth);
    fprintf(out, "<%s id=\"%s\"", is_final_there(chart, state) ? "final" : "state", state->name);
    /* No row leads to a composite, so this is never used; SCXML wants it. */
    if (first != NULL) put_attribute(out, "initial", first->name);
    fprintf(out, " ps:id=\"%u\" ps:kind=\"%s\"", state->id,
            ps_state_kind_name((enum ps_state_kind)state->kind));
    put_owes(out, &state->owes);
    put_attribute(out, "ps:en", state->en);
    fputs(">\n", out);
}

/* Depth-first, without recursion: down to a first child, on to the next one, back up to a parent.
 */
static void put_states(FILE *out, const struct ps_chart *chart)
{
    int depth = 1;
    const struct ps_state *state = ps_child_after(chart, 0, 0);
    while (state != NULL) {
        open_state(out, chart, state, depth);
        for (uint16_t i = 0; i < chart->row_count; i++)
            if (chart->rows[i].from == state->id) put_row(out, chart, &chart->rows[i], depth + 1);
        const struct ps_state *next = ps_child_after(chart, state->id, 0);
        if (next != NULL) depth++;
        while (next == NULL && state != NULL) {
            indent(out, depth);
            fprintf(out, "</%s>\n", is_final_there(chart, state) ? "final" : "state");
            next = ps_child_after(chart, state->parent, state->id);
            if (next == NULL) {
                state = ps_chart_state(chart, state->parent);
                depth--;
            }
        }
        state = next;
    }
}

void ps_export_scxml(FILE *out, const struct ps_chart *chart)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", out);
    fprintf(out,
            "<!-- %s. Made from statecharts/%s.def: change that.\n"
            "     An answer to a call that is not open any more is dropped before it gets here. A "
            "record of\n"
            "     another chart is meant by the session of that chart's name. -->\n",
            ps_chart_words(chart, PS_ENGLISH), chart->name);
    fprintf(out,
            "<scxml xmlns=\"http://www.w3.org/2005/07/scxml\" xmlns:ps=\"" NAMESPACE
            "\" version=\"1.0\"\n       datamodel=\"ecmascript\" name=\"%s\" initial=\"%s\">\n",
            chart->name, chart->states[chart->initial].name);
    put_data_model(out, chart);
    put_states(out, chart);
    fputs("</scxml>\n", out);
}
