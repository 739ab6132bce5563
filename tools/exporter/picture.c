/*
 * Which pictures a chart needs, and what stands in each: nodes and arrows, without their looks.
 */
#include "picture.h"

#include <string.h>

enum {
    LEAVES_MAX = 14, /* What one page shows legibly. */
    BOX_LEAVES_MIN = 2,
};

static bool is_composite(const struct ps_chart *chart, uint16_t state)
{
    return chart->states[state].kind == PS_STATE_COMPOSITE;
}

/* Whether `state` lies in `scope`; everything lies in the chart itself. */
static bool inside(const struct ps_chart *chart, uint16_t state, uint16_t scope)
{
    return scope == 0 || ps_chart_inside(chart, state, scope);
}

static unsigned leaves_in(const struct ps_chart *chart, uint16_t scope, bool but_final)
{
    unsigned count = 0;
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state == NULL || state->kind == PS_STATE_COMPOSITE) continue;
        if (but_final && state->kind == PS_STATE_FINAL) continue;
        count += inside(chart, id, scope) ? 1 : 0;
    }
    return count;
}

/* A composite that is the chart by another name: what stands beside it is only the initial state.
 */
static bool is_root(const struct ps_chart *chart, uint16_t composite)
{
    if (chart->states[composite].parent != 0) return false;
    for (uint16_t id = 1; id < chart->state_limit; id++)
        if (id != composite && ps_chart_state(chart, id) != NULL && is_composite(chart, id) &&
            chart->states[id].parent == 0)
            return false;
    return true;
}

/* Final states and single ones are few enough to be shown where they stand. */
static bool folds(const struct ps_picture *picture, uint16_t composite)
{
    const struct ps_chart *chart = picture->chart;
    if (!picture->folded || composite == picture->scope) return false;
    if (!inside(chart, composite, picture->scope) || is_root(chart, composite)) return false;
    return leaves_in(chart, composite, true) >= BOX_LEAVES_MIN;
}

/* The box that hides `state` in this picture: the outermost that folds; 0: none does. */
static uint16_t box_of(const struct ps_picture *picture, uint16_t state)
{
    uint16_t box = 0;
    for (; state != 0; state = picture->chart->states[state].parent)
        if (is_composite(picture->chart, state) && folds(picture, state)) box = state;
    return box;
}

static size_t add_pictures(const struct ps_chart *chart, uint16_t scope,
                           struct ps_picture *pictures)
{
    bool folded = leaves_in(chart, scope, false) > LEAVES_MAX;
    pictures[0] = (struct ps_picture){.chart = chart, .scope = scope, .folded = folded};
    size_t count = 1;
    for (uint16_t id = 1; id < chart->state_limit; id++)
        if (ps_chart_state(chart, id) != NULL && box_of(&pictures[0], id) == id)
            count += add_pictures(chart, id, &pictures[count]);
    return count;
}

size_t ps_pictures(const struct ps_chart *chart, struct ps_picture *pictures)
{
    return add_pictures(chart, 0, pictures);
}

void ps_picture_file(const struct ps_picture *picture, const char *ending, char *name, size_t size)
{
    const struct ps_state *scope = ps_chart_state(picture->chart, picture->scope);
    snprintf(name, size, "%s%s%s%s", picture->chart->name, scope == NULL ? "" : "-",
             scope == NULL ? "" : scope->name, ending);
}

/* Where a row comes from, if that lies outside: the largest unit that does not hold the scope. */
static uint16_t unit_beyond(const struct ps_picture *picture, uint16_t state)
{
    const struct ps_chart *chart = picture->chart;
    uint16_t unit = state;
    while (chart->states[unit].parent != 0 &&
           !inside(chart, picture->scope, chart->states[unit].parent))
        unit = chart->states[unit].parent;
    return unit;
}

static uint16_t shown(const struct ps_picture *picture, uint16_t state)
{
    uint16_t box = box_of(picture, state);
    return box != 0 ? box : state;
}

bool ps_picture_arrow(const struct ps_picture *picture, const struct ps_row *row,
                      struct ps_arrow *arrow)
{
    if (row->kind != PS_ROW_TRAN) return false;
    bool leaves = inside(picture->chart, row->from, picture->scope);
    bool enters = inside(picture->chart, row->to, picture->scope);
    if (!leaves && !enters) return false;
    arrow->from = leaves ? shown(picture, row->from) : unit_beyond(picture, row->from);
    arrow->to = enters ? shown(picture, row->to) : row->to;
    /* What stays within a box is drawn in that box's own picture. */
    return arrow->from != arrow->to || !is_composite(picture->chart, arrow->from);
}

size_t ps_picture_arrows(const struct ps_picture *picture, struct ps_arrow *arrows)
{
    size_t count = 0;
    for (uint16_t i = 0; i < picture->chart->row_count; i++) {
        struct ps_arrow arrow;
        size_t known = 0;
        if (!ps_picture_arrow(picture, &picture->chart->rows[i], &arrow)) continue;
        while (known < count && (arrows[known].from != arrow.from || arrows[known].to != arrow.to))
            known++;
        if (known == count && count < PS_ARROWS_MAX) arrows[count++] = arrow;
    }
    return count;
}

enum ps_node ps_picture_node(const struct ps_picture *picture, uint16_t state)
{
    if (ps_chart_state(picture->chart, state) == NULL) return PS_NODE_NONE;
    if (inside(picture->chart, state, picture->scope)) {
        if (shown(picture, state) != state) return PS_NODE_NONE;
        if (!is_composite(picture->chart, state)) return PS_NODE_LEAF;
        return folds(picture, state) ? PS_NODE_FOLDED : PS_NODE_OPEN;
    }
    for (uint16_t i = 0; i < picture->chart->row_count; i++) {
        struct ps_arrow arrow;
        if (!ps_picture_arrow(picture, &picture->chart->rows[i], &arrow)) continue;
        if (arrow.from == state || arrow.to == state) return PS_NODE_BEYOND;
    }
    return PS_NODE_NONE;
}

struct walk {
    const struct ps_picture *picture;
    struct ps_arrow arrows[PS_ARROWS_MAX];
    size_t count;
    unsigned next; /* The place of the state that is left next; the last one has the highest. */
    bool met[PS_STATES_MAX];
    unsigned *order;
};

static void walk_on(struct walk *walk, uint16_t state)
{
    if (walk->met[state]) return;
    walk->met[state] = true;
    /* What lies beyond ends here: by which way it comes back is another picture's. */
    bool ends = ps_picture_node(walk->picture, state) == PS_NODE_BEYOND;
    for (size_t i = 0; i < walk->count && !ends; i++)
        if (walk->arrows[i].from == state) walk_on(walk, walk->arrows[i].to);
    walk->order[state] = walk->next--;
}

static bool is_entered(const struct walk *walk, uint16_t state)
{
    for (size_t i = 0; i < walk->count; i++)
        if (walk->arrows[i].to == state && walk->arrows[i].from != state) return true;
    return false;
}

void ps_picture_order(const struct ps_picture *picture, unsigned order[PS_STATES_MAX])
{
    struct walk walk = {.picture = picture, .next = PS_STATES_MAX, .order = order};
    walk.count = ps_picture_arrows(picture, walk.arrows);
    for (int id = 0; id < PS_STATES_MAX; id++)
        order[id] = 0;
    for (size_t i = 0; i < walk.count; i++) {
        const struct ps_arrow *arrow = &walk.arrows[i];
        if (ps_picture_node(picture, arrow->from) == PS_NODE_BEYOND)
            walk_on(&walk, arrow->to);
        else if (!is_entered(&walk, arrow->from))
            walk_on(&walk, arrow->from);
    }
    for (size_t i = 0; i < walk.count; i++)
        walk_on(&walk, walk.arrows[i].from);
}

/* By what the action is called: the names of statecharts/actions.def say so. */
bool ps_row_holds(const struct ps_row *row)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        if (strncmp(ps_action_name(row->actions[i]), "hold_", 5) == 0) return true;
    return false;
}
