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
 * row that answers, 0: none does; it is stored with the move. What people read when a command is
 * refused stands in cell_texts.def.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "unit/core/expected.h"

enum { ROWS_MAX = 1024, EVENTS_MAX = 128 };

struct cell {
    const char *file;
    unsigned line;
    uint16_t row;
    const char *state, *event, *given;
    enum payscore_verdict verdict;
    const char *next, *expected;
};

struct owed {
    const char *state;
    uint8_t lane, call;
};

struct table {
    const struct ps_chart *chart;
    const struct cell *cells;
    size_t cell_count;
    const struct owed *owed;
    size_t owed_count;
};

/* clang-format off */
#define TAKEN   PAYSCORE_TAKEN
#define IGNORED PAYSCORE_IGNORED
#define REJECTED PAYSCORE_REFUSED
#define A_CELL(row, state, event, given, verdict, next, expected) \
    {__FILE__, __LINE__, (row), state, event, (given), (verdict), next, (expected)},
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

/* clang-format off */
static const struct { uint16_t chart, row; const char *text; } texts[] = {
#define SAYS(chart, row, text) {PS_CHART_##chart, (row), (text)},
#include "unit/core/cell_texts.def"
};
/* clang-format on */

#define TABLE(chart_, name)                                                                        \
    {                                                                                              \
        &ps_chart_##chart_, name##_cells, sizeof name##_cells / sizeof name##_cells[0],            \
            name##_owed, sizeof name##_owed / sizeof name##_owed[0]                                \
    }
static const struct table tables[] = {TABLE(service_order, order),
                                      TABLE(authorization, authorization),
                                      TABLE(preauthorization, preauthorization)};

/* What a cell begins with. */

static const struct ps_state *state_named(const struct ps_chart *chart, const char *name)
{
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL && strcmp(state->name, name) == 0) return state;
    }
    fail_msg("%s has no state %s", chart->name, name);
    return NULL;
}

static uint16_t event_named(const struct ps_chart *chart, const char *name)
{
    for (uint16_t i = 0; i < chart->event_count; i++)
        if (strcmp(ps_event_name(chart->events[i]), name) == 0) return chart->events[i];
    fail_msg("%s has no event %s", chart->name, name);
    return 0;
}

static const struct owed *owed_in(const struct table *t, const char *state)
{
    static const struct owed nothing = {"", PAYSCORE_LANE_NONE, PS_CALL_none};
    for (size_t i = 0; i < t->owed_count; i++)
        if (strcmp(t->owed[i].state, state) == 0) return &t->owed[i];
    return &nothing;
}

static uint8_t usual_carrier(enum ps_event_kind kind)
{
    static const uint8_t carriers[] = {
        [PS_KIND_COMMAND] = PAYSCORE_CARRIER_COMMAND, [PS_KIND_VIEW] = PAYSCORE_CARRIER_QUERY,
        [PS_KIND_ANSWER] = PAYSCORE_CARRIER_REPLY,    [PS_KIND_LOOK] = PAYSCORE_CARRIER_QUERY,
        [PS_KIND_TIME] = PAYSCORE_CARRIER_TIME,       [PS_KIND_TELL] = PAYSCORE_CARRIER_TELL};
    return carriers[kind];
}

static void be_in(struct scene *s, const struct table *t, const struct ps_state *state)
{
    const struct owed *owed = owed_in(t, state->name);
    s->old.layout = PS_RECORD_LAYOUT;
    s->old.chart = t->chart->id;
    s->old.state = state->id;
    if (state->kind == PS_STATE_INITIAL) return;
    s->old.version = VERSION;
    s->old.since_ms = NOW - 1000;
    s->old.platform_ms = PLATFORM;
    s->old.due_lane = owed->lane;
    s->old.call = owed->call;
    s->old.due_at_ms = owed->lane == PAYSCORE_LANE_NONE ? 0 : NOW - 1;
    s->old.call_entry = CALL_ENTRY;
    s->old.revision = t->chart->revision;
}

static struct scene scene_of(const struct table *t, const struct cell *cell,
                             const struct ps_state *state)
{
    struct scene s;
    struct word word;
    memset(&s, 0, sizeof s);
    be_in(&s, t, state);
    if (t->chart->id != PS_CHART_preauthorization) {
        memcpy(s.old.openid, "oUser", 5);
        s.old.openid_size = 5;
    }
    s.in = (struct ps_input){.event = event_named(t->chart, cell->event),
                             .reason = PS_REASON_state,
                             .begun_version = s.old.version,
                             .begun_ms = NOW,
                             .call_entry = CALL_ENTRY,
                             .now_ms = NOW,
                             .expires_ms = NOW + HOUR,
                             .code = PAYSCORE_TEXT("AUTH7"),
                             .wish = {.risk_fen = 3000}};
    enum ps_event_kind kind = ps_event_kind(s.in.event);
    s.in.carrier = usual_carrier(kind);
    if (kind == PS_KIND_TELL) s.in.sender = SENDER;
    for (const char *text = cell->given; next_word(&text, &word);)
        set_given(&s, &word);
    bool asks_only = s.old.due_lane != PAYSCORE_LANE_EFFECT;
    if (s.in.carrier == PAYSCORE_CARRIER_REPLY || s.in.carrier == PAYSCORE_CARRIER_QUERY)
        s.in.call = s.in.carrier == PAYSCORE_CARRIER_REPLY || asks_only ? s.old.call : UINT8_MAX;
    s.in.attempt = (uint16_t)(s.late ? UINT16_MAX : s.old.attempts);
    return s;
}

static bool answers_what_is_owed(const struct scene *s)
{
    if (s->in.call == PS_CALL_none || s->in.call != s->old.call) return false;
    return s->in.carrier == PAYSCORE_CARRIER_QUERY ||
           (!s->late && s->in.call_entry == s->old.call_entry);
}

/* What a cell comes to. */

static struct expected expected_of(const struct table *t, const struct cell *cell,
                                   const struct scene *s, const struct ps_state *state)
{
    struct expected e;
    struct word word;
    memset(&e, 0, sizeof e);
    e.next = s->old;
    bool moves = strcmp(cell->next, "_") != 0 && strcmp(cell->next, state->name) != 0;
    const struct ps_state *next = moves ? state_named(t->chart, cell->next) : state;
    const struct owed *owed = owed_in(t, next->name);
    if (cell->verdict == PAYSCORE_TAKEN) {
        e.next.version++;
        e.next.revision = t->chart->revision;
    }
    if (answers_what_is_owed(s) && s->in.carrier == PAYSCORE_CARRIER_REPLY) e.next.attempts++;
    if (answers_what_is_owed(s)) e.due = DUE_LATER;
    if (moves) {
        e.next.state = next->id;
        e.next.since_ms = NOW;
        e.next.due_lane = owed->lane;
        e.next.call = owed->call;
    }
    for (const char *text = cell->expected; next_word(&text, &word);)
        if (!expect_more(&e, &word, s)) set_expected(&e, &word, &s->old, &s->in);
    if (moves)
        e.due =
            e.next.due_lane == PAYSCORE_LANE_EFFECT && e.next.attempts == 0 ? DUE_NOW : DUE_LATER;
    return e;
}

/* Comparing. */

static bool due_is(const struct ps_record *old, const struct ps_record *next, enum due due)
{
    if (next->due_lane == PAYSCORE_LANE_NONE) return next->due_at_ms == 0;
    if (due == DUE_NOW) return next->due_at_ms == NOW;
    if (due == DUE_AS_IT_GOES) return next->due_at_ms == old->due_at_ms;
    return next->due_at_ms > NOW || (next->state != old->state && next->due_at_ms == NOW);
}

/* Whether a refusal by `row` says what it should to the one who gave the command. */
static bool says_so(const struct ps_step *out, uint16_t row)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (texts[i].chart == out->next.chart && texts[i].row == row)
            return out->row != NULL && strcmp(out->row->en, texts[i].text) == 0;
    return false; /* Nobody wrote down what it should say. */
}

/* The first thing that differs, or NULL. */
static const char *difference(const struct cell *cell, const struct scene *s,
                              const struct ps_step *out, const struct expected *e)
{
    struct ps_record next = out->next;
    next.due_at_ms = e->next.due_at_ms;
    if (out->verdict != cell->verdict) return "verdict";
    if (next.state != e->next.state) return "next state";
        /* clang-format off */
#define SAME(field) if (next.field != e->next.field) return #field;
    SAME(version) SAME(attempts) SAME(doubts) SAME(effects) SAME(hold) SAME(reason) SAME(flags)
    SAME(asked_fen) SAME(wanted_fen) SAME(total_fen) SAME(paid_fen) SAME(due_lane) SAME(call)
    SAME(since_ms) SAME(platform_ms) SAME(expires_ms) SAME(orders) SAME(paid_type)
#undef SAME
        /* clang-format on */
        if (memcmp(&next, &e->next, sizeof next) != 0) return "another field";
    if (!due_is(&s->old, &out->next, e->due)) return "due_at_ms";
    if (out->keep_request != e->keep_request || out->render != e->render) return "the open call";
    if (out->hand_over != e->hand_over) return "hand_over";
    if (!told_as(out, e)) return "what is told";
    if (out->verdict == PAYSCORE_REFUSED && !says_so(out, cell->row)) return "what it says";
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
    print_error("%s:%u: in %s, %s (%s): %s differs; row %u answered, to %s\n", cell->file,
                cell->line, state->name, cell->event, cell->given, what, row,
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
            print_error("%s: no cell says what %s does to %s\n", t->chart->name,
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
        print_error("%s: no cell takes row %u (%s, %s)\n", t->chart->name, row->id,
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
