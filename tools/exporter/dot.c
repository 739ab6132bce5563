/*
 * Graphviz text of a picture. Two things are done so that nothing is ever drawn over anything else:
 * an arrow's label is a node of its own that the arrow runs through, and a label's words are never
 * put beside an edge. Arrows that lead back are given the other way round, so that the rest of the
 * picture reads from top to bottom.
 */
#include <string.h>

#include "picture.h"

#define FONT "DejaVu Sans"

enum { LABEL_WIDTH = 18, NAME_WIDTH = 10 };

/* Rows as numbers: "10, 12–13". */

typedef bool belongs(const struct ps_picture *picture, const struct ps_row *row,
                     const struct ps_arrow *arrow);

struct numbers {
    FILE *out;
    size_t column;
};

static void print_run(struct numbers *numbers, unsigned first, unsigned last, bool held)
{
    char text[32];
    if (first == last)
        snprintf(text, sizeof text, "%u", first);
    else
        snprintf(text, sizeof text, "%u–%u", first, last);
    if (numbers->column > 0) {
        bool full = numbers->column + strlen(text) > LABEL_WIDTH;
        fputs(full ? ",<br/>" : ", ", numbers->out);
        if (full) numbers->column = 0;
    }
    numbers->column += strlen(text) + 2;
    if (held)
        fprintf(numbers->out, "<font color=\"#b3261e\">⚑%s</font>", text);
    else
        fputs(text, numbers->out);
}

/* Bit 0: a row of this id belongs; bit 1: it holds the record. */
static unsigned mark_of(const struct ps_picture *picture, unsigned id, belongs *test,
                        const struct ps_arrow *arrow)
{
    const struct ps_row *row = id > UINT16_MAX ? NULL : ps_chart_row(picture->chart, (uint16_t)id);
    if (row == NULL || !test(picture, row, arrow)) return 0;
    return ps_row_holds(row) ? 3 : 1;
}

static unsigned last_id(const struct ps_chart *chart)
{
    unsigned last = 0;
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].id > last) last = chart->rows[i].id;
    return last;
}

/* The numbers of every row that belongs to the arrow, neighbours joined; how many runs. */
static void print_numbers(FILE *out, const struct ps_picture *picture, belongs *test,
                          const struct ps_arrow *arrow)
{
    struct numbers numbers = {.out = out};
    unsigned limit = last_id(picture->chart);
    for (unsigned id = 1; id <= limit; id++) {
        unsigned mark = mark_of(picture, id, test, arrow);
        if (mark == 0) continue;
        unsigned last = id;
        while (mark_of(picture, last + 1, test, arrow) == mark)
            last++;
        print_run(&numbers, id, last, mark == 3);
        id = last;
    }
}

static bool any_row(const struct ps_picture *picture, belongs *test, const struct ps_arrow *arrow)
{
    for (uint16_t i = 0; i < picture->chart->row_count; i++)
        if (test(picture, &picture->chart->rows[i], arrow)) return true;
    return false;
}

static bool on_arrow(const struct ps_picture *picture, const struct ps_row *row,
                     const struct ps_arrow *arrow)
{
    struct ps_arrow other;
    return ps_picture_arrow(picture, row, &other) && other.from == arrow->from &&
           other.to == arrow->to;
}

static bool but_no_hold(const struct ps_picture *picture, const struct ps_row *row,
                        const struct ps_arrow *arrow)
{
    return on_arrow(picture, row, arrow) && !ps_row_holds(row);
}

static bool but_no_command(const struct ps_picture *picture, const struct ps_row *row,
                           const struct ps_arrow *arrow)
{
    return on_arrow(picture, row, arrow) && ps_event_kind(row->event) != PS_KIND_COMMAND;
}

/* Rows that hold a record where it is; `arrow->from` is where they stand. */
static bool holds_here(const struct ps_picture *picture, const struct ps_row *row,
                       const struct ps_arrow *arrow)
{
    (void)picture;
    return row->kind == PS_ROW_STAY && row->from == arrow->from && ps_row_holds(row);
}

/* Nodes. */

/* Long names break behind an underscore, so that a page holds more of them side by side. */
static void print_name(FILE *out, const char *name)
{
    size_t size = strlen(name), at = 0;
    for (size_t i = 1; size > NAME_WIDTH && i + 1 < size; i++) {
        size_t here = i > size / 2 ? i - size / 2 : size / 2 - i;
        size_t best = at > size / 2 ? at - size / 2 : size / 2 - at;
        if (name[i] == '_' && (at == 0 || here < best)) at = i;
    }
    if (at == 0)
        fputs(name, out);
    else
        fprintf(out, "%.*s<br/>%s", (int)at + 1, name, name + at + 1);
}

static const char *looks_of(enum ps_state_kind kind)
{
    switch (kind) {
    case PS_STATE_INITIAL: return "shape=ellipse, fillcolor=\"#ffffff\", color=\"#444444\"";
    case PS_STATE_WAITING: return "shape=box, style=\"rounded,filled\", fillcolor=\"#fff0c2\"";
    case PS_STATE_SETTLED: return "shape=box, style=\"rounded,filled\", fillcolor=\"#d5ecd4\"";
    case PS_STATE_FINAL: return "shape=box, peripheries=2, fillcolor=\"#dfe3e8\"";
    case PS_STATE_COMPOSITE: return "shape=folder, fillcolor=\"#e6def3\"";
    }
    return "";
}

static void print_small(FILE *out, const char *before, const struct ps_picture *picture,
                        belongs *test, const struct ps_arrow *arrow)
{
    if (!any_row(picture, test, arrow)) return;
    fprintf(out, "<br/><font point-size=\"7\">%s", before);
    print_numbers(out, picture, test, arrow);
    fputs("</font>", out);
}

static void print_node(FILE *out, const struct ps_picture *picture, uint16_t id)
{
    const struct ps_state *state = &picture->chart->states[id];
    struct ps_arrow here = {id, id};
    fprintf(out, "  s%u [label=<", id);
    print_name(out, state->name);
    if (state->kind != PS_STATE_COMPOSITE) {
        print_small(out, "↻ ", picture, on_arrow, &here);
        print_small(out, "", picture, holds_here, &here);
    }
    fprintf(out, ">, %s];\n", looks_of((enum ps_state_kind)state->kind));
}

/* What lies beyond stands twice if arrows both come from it and lead to it: at either end. */
static void print_beyond(FILE *out, const struct ps_picture *picture, uint16_t id,
                         const struct ps_arrow *arrows, size_t count)
{
    bool ends[2] = {false, false};
    for (size_t i = 0; i < count; i++) {
        ends[0] = ends[0] || arrows[i].from == id;
        ends[1] = ends[1] || arrows[i].to == id;
    }
    for (unsigned end = 0; end < 2; end++) {
        if (!ends[end]) continue;
        fprintf(out, "  %c%u [label=<", "bs"[end], id);
        if (ps_chart_inside(picture->chart, picture->scope, id)) fputs("all of ", out);
        print_name(out, picture->chart->states[id].name);
        fputs(">, shape=box, style=dashed, color=\"#777777\", fontcolor=\"#555555\"];\n", out);
    }
}

/* Arrows. */

/* The innermost frame that holds both ends; 0: the page. */
static uint16_t home_of(const struct ps_picture *picture, const struct ps_arrow *arrow)
{
    const struct ps_chart *chart = picture->chart;
    uint16_t home = arrow->from;
    bool within = ps_chart_inside(chart, arrow->to, arrow->from);
    if (!within) home = chart->states[home].parent;
    while (home != 0 && (!ps_chart_inside(chart, arrow->to, home) ||
                         ps_picture_node(picture, home) != PS_NODE_OPEN))
        home = chart->states[home].parent;
    return home;
}

static bool from_frame(const struct ps_picture *picture, const struct ps_arrow *arrow)
{
    return ps_picture_node(picture, arrow->from) == PS_NODE_OPEN;
}

/* A frame's own rows begin at its border, or at its name when they lead to something inside. */
static char tail_of(const struct ps_picture *picture, const struct ps_arrow *arrow)
{
    enum ps_node node = ps_picture_node(picture, arrow->from);
    return node == PS_NODE_BEYOND ? 'b' : node == PS_NODE_OPEN ? 'f' : 's';
}

static const char *arrow_looks(const struct ps_picture *picture, const struct ps_arrow *arrow)
{
    if (!any_row(picture, but_no_hold, arrow)) return "color=\"#b3261e\", style=dashed";
    if (!any_row(picture, but_no_command, arrow)) return "color=\"#1457a8\"";
    return "color=\"#333333\"";
}

static void print_label(FILE *out, const struct ps_picture *picture, const struct ps_arrow *arrow)
{
    fprintf(out, "  r%u_%u [class=\"label\", label=<", arrow->from, arrow->to);
    print_numbers(out, picture, on_arrow, arrow);
    fputs(">, shape=plain, style=\"\", fontsize=7, margin=0, fontcolor=\"#333333\"];\n", out);
}

static void print_arrow(FILE *out, const struct ps_picture *picture, const struct ps_arrow *arrow,
                        const unsigned order[PS_STATES_MAX])
{
    bool frame = from_frame(picture, arrow);
    bool border = frame && !ps_chart_inside(picture->chart, arrow->to, arrow->from);
    char tail = tail_of(picture, arrow);
    bool back = tail == 's' && order[arrow->to] < order[arrow->from];
    const char *looks = arrow_looks(picture, arrow);
    fputs("  ", out);
    if (back) {
        fprintf(out,
                "s%u -> r%u_%u [dir=back, headport=n, %s];\n  r%u_%u -> s%u [dir=none, "
                "tailport=s, %s];\n",
                arrow->to, arrow->from, arrow->to, looks, arrow->from, arrow->to, arrow->from,
                looks);
        return;
    }
    fprintf(out, "%c%u -> r%u_%u [dir=none, headport=n, %s", tail, arrow->from, arrow->from,
            arrow->to, looks);
    if (border) fprintf(out, ", ltail=cluster_%u", arrow->from);
    fprintf(out, "];\n  r%u_%u -> s%u [tailport=s, %s];\n", arrow->from, arrow->to, arrow->to,
            looks);
}

/* Frames. */

struct drawing {
    FILE *out;
    const struct ps_picture *picture;
    struct ps_arrow arrows[PS_ARROWS_MAX];
    size_t arrow_count;
    unsigned order[PS_STATES_MAX];
};

static void print_inside(const struct drawing *drawing, uint16_t frame);

/* Its name is a node, so that no arrow runs over it. */
static void print_frame(const struct drawing *drawing, uint16_t id)
{
    struct ps_arrow here = {id, id};
    fprintf(drawing->out,
            "  subgraph cluster_%u {\n  label=\"\"; style=\"rounded,filled\"; color=\"#8a7fa3\"; "
            "fillcolor=\"#6a4fa30d\"; margin=6;\n  f%u [label=<<b>%s</b>",
            id, id, drawing->picture->chart->states[id].name);
    print_small(drawing->out, "", drawing->picture, holds_here, &here);
    fputs(">, shape=plain, style=\"\", fontcolor=\"#4b3f72\"];\n", drawing->out);
    print_inside(drawing, id);
    fputs("  }\n", drawing->out);
}

/* What stands in a frame, or on the page: nodes, the labels of arrows, frames. */
static void print_inside(const struct drawing *drawing, uint16_t frame)
{
    const struct ps_picture *picture = drawing->picture;
    for (uint16_t id = 1; id < picture->chart->state_limit; id++) {
        enum ps_node node = ps_picture_node(picture, id);
        uint16_t home = node == PS_NODE_BEYOND ? 0 : picture->chart->states[id].parent;
        if (node == PS_NODE_NONE || (home != frame && !(id == picture->scope && frame == 0)))
            continue;
        if (node == PS_NODE_OPEN)
            print_frame(drawing, id);
        else if (node == PS_NODE_BEYOND)
            print_beyond(drawing->out, picture, id, drawing->arrows, drawing->arrow_count);
        else
            print_node(drawing->out, picture, id);
    }
    for (size_t i = 0; i < drawing->arrow_count; i++)
        if (drawing->arrows[i].from != drawing->arrows[i].to &&
            home_of(picture, &drawing->arrows[i]) == frame)
            print_label(drawing->out, picture, &drawing->arrows[i]);
}

static void print_legend(FILE *out)
{
    fputs("  label=<<table border=\"0\" cellborder=\"0\" cellspacing=\"4\" cellpadding=\"2\"><tr>"
          "<td border=\"1\" bgcolor=\"#fff0c2\" style=\"rounded\">waiting</td>"
          "<td border=\"1\" bgcolor=\"#d5ecd4\" style=\"rounded\">settled</td>"
          "<td border=\"1\" bgcolor=\"#dfe3e8\">final</td>"
          "<td border=\"1\" bgcolor=\"#e6def3\">has its own picture</td>"
          "<td border=\"1\" color=\"#777777\" style=\"dashed\">elsewhere</td></tr><tr>"
          "<td colspan=\"5\">10–12: numbers of rows · ↻ comes to the same state again · "
          "<font color=\"#b3261e\">⚑ puts on hold</font></td></tr><tr>"
          "<td colspan=\"5\"><font color=\"#1457a8\">blue: the merchant’s commands</font> · "
          "<font color=\"#b3261e\">red, dashed: every row holds</font> · "
          "from a frame: from every state in it</td></tr></table>>;\n",
          out);
}

void ps_export_picture(FILE *out, const struct ps_picture *picture)
{
    struct drawing drawing = {.out = out, .picture = picture};
    char name[128];
    ps_picture_file(picture, "", name, sizeof name);
    drawing.arrow_count = ps_picture_arrows(picture, drawing.arrows);
    ps_picture_order(picture, drawing.order);

    fprintf(out, "// Derived from statecharts/%s.def.\ndigraph \"%s\" {\n", picture->chart->name,
            name);
    fputs("  graph [fontname=\"" FONT "\", fontsize=7, rankdir=TB, compound=true, nodesep=0.12, "
          "ranksep=0.16, pad=0.05, labelloc=b];\n"
          "  node [fontname=\"" FONT "\", fontsize=8, style=filled, color=\"#555555\", "
          "penwidth=0.8, margin=\"0.06,0.05\", width=0.2, height=0.2];\n"
          "  edge [fontname=\"" FONT "\", arrowsize=0.5, penwidth=0.8];\n",
          out);
    print_legend(out);
    print_inside(&drawing, 0);
    for (size_t i = 0; i < drawing.arrow_count; i++)
        if (drawing.arrows[i].from != drawing.arrows[i].to)
            print_arrow(out, picture, &drawing.arrows[i], drawing.order);
    fputs("}\n", out);
}

void ps_export_dot(FILE *out, const struct ps_chart *chart, uint16_t part)
{
    struct ps_picture pictures[PS_PICTURES_MAX];
    size_t count = ps_pictures(chart, pictures), at = 0;
    while (at + 1 < count && pictures[at].scope != part)
        at++;
    ps_export_picture(out, &pictures[at]);
}
