/*
 * What ought to happen, written down apart from the charts: cells_<chart>.def says by hand what a
 * record in a state answers to an input, and every cell is driven through the real step. Headers
 * and inputs are built by what they mean (amounts, versions, marks), so that the guards are asked
 * for real; the whole next header is compared.
 *
 * OWED(STATE, lane, call)                                  what is outstanding there
 * CELL(row, STATE, event, "given", verdict, NEXT, "expected")
 *
 * A cell of a composite state holds in every leaf inside it. NEXT `_`: the same state. `row` is the
 * row that answers, 0: none does; it is stored with the move, and its text is what people read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "unit/core/cells.h"

enum { ROWS_MAX = 1024, EVENTS_MAX = 128 };

/* clang-format off */
#define TAKEN   PAYSCORE_TAKEN
#define IGNORED PAYSCORE_IGNORED
#define REJECTED PAYSCORE_REFUSED
#define A_CELL(row, state, event, given, verdict, next, expected) \
    {__LINE__, (row), state, event, (given), (verdict), next, (expected)},
#define AN_OWED(state, lane, call) {#state, PAYSCORE_LANE_##lane, PS_CALL_##call},

static const struct cell order_cells[] = {
#define CELL(r, s, e, g, v, n, x) A_CELL(r, #s, #e, g, v, #n, x)
#include "unit/core/cells_service_order.def"
};
static const struct owed order_owed[] = {
#define OWED(s, l, c) AN_OWED(s, l, c)
#include "unit/core/cells_service_order.def"
};
static const struct cell authorization_cells[] = {
#define CELL(r, s, e, g, v, n, x) A_CELL(r, #s, #e, g, v, #n, x)
#include "unit/core/cells_authorization.def"
};
static const struct owed authorization_owed[] = {
#define OWED(s, l, c) AN_OWED(s, l, c)
#include "unit/core/cells_authorization.def"
};
static const struct cell preauthorization_cells[] = {
#define CELL(r, s, e, g, v, n, x) A_CELL(r, #s, #e, g, v, #n, x)
#include "unit/core/cells_preauthorization.def"
};
static const struct owed preauthorization_owed[] = {
#define OWED(s, l, c) AN_OWED(s, l, c)
#include "unit/core/cells_preauthorization.def"
};
/* clang-format on */

#define TABLE(chart_, name)                                                                        \
    {                                                                                              \
        &ps_chart_##chart_, "cells_" #chart_ ".def", name##_cells,                                 \
            sizeof name##_cells / sizeof name##_cells[0], name##_owed,                             \
            sizeof name##_owed / sizeof name##_owed[0]                                             \
    }
static const struct table tables[] = {TABLE(service_order, order),
                                      TABLE(authorization, authorization),
                                      TABLE(preauthorization, preauthorization)};

/* Comparing. */

static bool due_is(const struct ps_record *old, const struct ps_record *next, enum due due)
{
    if (next->due_lane == PAYSCORE_LANE_NONE) return next->due_at_ms == 0;
    if (due == DUE_NOW) return next->due_at_ms == NOW;
    if (due == DUE_AS_IT_GOES) return next->due_at_ms == old->due_at_ms;
    return next->due_at_ms > NOW || (next->state != old->state && next->due_at_ms == NOW);
}

static bool told_as(const struct ps_step *out, const struct expected *e)
{
    if (out->tell_count != e->tell_count) return false;
    for (uint8_t i = 0; i < e->tell_count; i++) {
        const struct ps_tell *is_told = &out->tells[i], *should = &e->tells[i];
        if (is_told->chart != should->chart || is_told->event != should->event) return false;
        if (memcmp(&is_told->target, &should->target, sizeof should->target) != 0) return false;
        if (is_told->platform_ms != out->next.platform_ms) return false;
    }
    return true;
}

/* The first thing that differs, or NULL. */
static const char *difference(const struct cell *cell, const struct scene *s,
                              const struct ps_step *out, const struct expected *e)
{
    struct ps_record next = out->next;
    next.due_at_ms = e->next.due_at_ms;
    if (out->verdict != cell->verdict) return "verdict";
    if (next.state != e->next.state) return "next state";
#define SAME(field)                                                                                \
    if (next.field != e->next.field) return #field;
    SAME(version)
    SAME(attempts) SAME(doubts) SAME(effects) SAME(hold) SAME(reason) SAME(flags) SAME(asked_fen)
        SAME(wanted_fen) SAME(total_fen) SAME(paid_fen) SAME(due_lane) SAME(call) SAME(since_ms)
            SAME(platform_ms) SAME(expires_ms) SAME(orders) SAME(paid_type)
#undef SAME
                if (memcmp(&next, &e->next, sizeof next) != 0) return "another field";
    if (!due_is(&s->old, &out->next, e->due)) return "due_at_ms";
    if (out->keep_request != e->keep_request || out->render != e->render) return "the open call";
    if (out->hand_over != e->hand_over) return "hand_over";
    if (!told_as(out, e)) return "what is told";
    if ((out->row == NULL ? 0 : out->row->id) != cell->row) return "row";
    return NULL;
}

static bool taken_rows[ROWS_MAX], tried_pairs[PS_STATES_MAX][EVENTS_MAX];

/* How many things are wrong: none or one. */
static unsigned try_cell(const struct table *t, const struct cell *cell,
                         const struct ps_state *state)
{
    struct scene s = scene_of(t, cell, state);
    struct expected e = expected_of(t, cell, &s, state);
    struct ps_step out;
    ps_step(t->chart, &s.old, &s.in, &out);
    const char *what = difference(cell, &s, &out, &e);
    unsigned row = out.row == NULL ? 0 : out.row->id;
    taken_rows[row] = true;
    tried_pairs[state->id][s.in.event] = true;
    if (what == NULL) return 0;
    print_error("%s:%u: in %s, %s (%s): %s differs; row %u answered, to %s\n", t->file, cell->line,
                state->name, cell->event, cell->given, what, row,
                ps_chart_state(t->chart, out.next.state)->name);
    return 1;
}

static unsigned try_cells(const struct table *t)
{
    unsigned wrong = 0;
    for (size_t i = 0; i < t->cell_count; i++) {
        const struct ps_state *state = state_named(t->chart, t->cells[i].state);
        for (uint16_t id = 1; id < t->chart->state_limit; id++) {
            const struct ps_state *leaf = ps_chart_state(t->chart, id);
            if (leaf == NULL || leaf->kind == PS_STATE_COMPOSITE) continue;
            if (ps_chart_inside(t->chart, id, state->id)) wrong += try_cell(t, &t->cells[i], leaf);
        }
    }
    return wrong;
}

/* Whatever can come in a state, a cell says what then. */
static unsigned miss_pairs(const struct table *t)
{
    unsigned missed = 0;
    for (uint16_t id = 1; id < t->chart->state_limit; id++) {
        const struct ps_state *leaf = ps_chart_state(t->chart, id);
        if (leaf == NULL || leaf->kind == PS_STATE_COMPOSITE) continue;
        if (leaf->kind == PS_STATE_INITIAL) continue;
        for (uint16_t i = 0; i < t->chart->event_count; i++) {
            if (tried_pairs[id][t->chart->events[i]]) continue;
            print_error("%s: no cell says what %s does to %s\n", t->file,
                        ps_event_name(t->chart->events[i]), leaf->name);
            missed++;
        }
    }
    return missed;
}

static unsigned miss_rows(const struct table *t)
{
    unsigned missed = 0;
    for (uint16_t i = 0; i < t->chart->row_count; i++) {
        const struct ps_row *row = &t->chart->rows[i];
        assert_true(row->id < ROWS_MAX);
        if (taken_rows[row->id]) continue;
        print_error("%s: no cell takes row %u (%s, %s)\n", t->file, row->id,
                    ps_chart_state(t->chart, row->from)->name, ps_event_name(row->event));
        missed++;
    }
    return missed;
}

static void try_table(const struct table *t)
{
    memset(taken_rows, 0, sizeof taken_rows);
    memset(tried_pairs, 0, sizeof tried_pairs);
    unsigned wrong = try_cells(t);
    wrong += miss_rows(t);
    wrong += miss_pairs(t);
    assert_int_equal(wrong, 0);
}

static void orders_do_what_the_cells_say(void **state)
{
    (void)state;
    try_table(&tables[0]);
}

static void authorizations_do_what_the_cells_say(void **state)
{
    (void)state;
    try_table(&tables[1]);
}

static void preauthorizations_do_what_the_cells_say(void **state)
{
    (void)state;
    try_table(&tables[2]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_do_what_the_cells_say),
        cmocka_unit_test(authorizations_do_what_the_cells_say),
        cmocka_unit_test(preauthorizations_do_what_the_cells_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
