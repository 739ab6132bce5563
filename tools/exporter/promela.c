/*
 * A chart as Promela: its rows, what its states owe, and which row answers. What guards and actions
 * mean is not in the rows, so that a model brings them: g_<guard>, an expression, and a_<action>(),
 * an inline. A row that names a guard that the model lacks is an error of spin's.
 */
#include <string.h>

#include "exporter.h"

enum { WIDTH = 76 };

typedef bool state_test(const struct ps_chart *chart, const struct ps_state *state, int value);

static bool is_leaf(const struct ps_state *state)
{
    return state->kind != PS_STATE_COMPOSITE;
}

static bool owes_lane(const struct ps_chart *chart, const struct ps_state *state, int lane)
{
    (void)chart;
    return state->owes.lane == lane;
}

static bool owes_call(const struct ps_chart *chart, const struct ps_state *state, int call)
{
    (void)chart;
    return state->owes.call == call;
}

static bool is_kind(const struct ps_chart *chart, const struct ps_state *state, int kind)
{
    (void)chart;
    return state->kind == kind;
}

static bool is_inside(const struct ps_chart *chart, const struct ps_state *state, int ancestor)
{
    return ps_chart_inside(chart, state->id, (uint16_t)ancestor);
}

/* Whether some row of the leaf, or of a state around it, asks this guard. */
static bool asks_guard(const struct ps_chart *chart, const struct ps_state *state, int guard)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].guard == guard && ps_chart_inside(chart, state->id, chart->rows[i].from))
            return true;
    return false;
}

/* Whether some row may take this event in the leaf. */
static bool takes_event(const struct ps_chart *chart, const struct ps_state *state, int event)
{
    const struct ps_row *rows[PS_CHOICES_MAX];
    size_t count = ps_choices(chart, state->id, (uint16_t)event, rows);
    for (size_t i = 0; i < count; i++)
        if (rows[i]->kind == PS_ROW_TRAN || rows[i]->kind == PS_ROW_STAY) return true;
    return false;
}

/* #define prefix_name(s) (s == S_A || s == S_B), of the leaves that pass the test. */
static void write_set(FILE *out, const struct ps_chart *chart, const char *prefix, const char *name,
                      state_test *test, int value)
{
    bool any = false;
    int column = fprintf(out, "#define %s_%s(s) (", prefix, name);
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state == NULL || !is_leaf(state) || !test(chart, state, value)) continue;
        if (any && column > WIDTH) column = fprintf(out, " \\\n   ") - 3;
        column += fprintf(out, "%s(s) == S_%s", any ? " || " : "", state->name);
        any = true;
    }
    fprintf(out, any ? ")\n" : "false)\n");
}

static bool is_owed(const struct ps_chart *chart, int call)
{
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL && state->owes.call == call) return true;
    }
    return false;
}

static void write_names(FILE *out, const struct ps_chart *chart)
{
    fprintf(out, "\n/* States and events. */\n");
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL && is_leaf(state)) fprintf(out, "#define S_%s %u\n", state->name, id);
    }
    for (uint16_t i = 0; i < chart->event_count; i++)
        fprintf(out, "#define E_%s %u\n", ps_event_name(chart->events[i]), chart->events[i]);
    fprintf(out, "\n/* Calls. */\n");
    for (int call = 1; call < UINT8_MAX; call++)
        if (ps_call_name((uint8_t)call)[0] != '\0')
            fprintf(out, "#define CALL_%s %d\n", ps_call_name((uint8_t)call), call);
}

/* What is held for, and what that weighs. */
static void write_holds(FILE *out)
{
    fprintf(out, "\n/* What a hold weighs. */\n");
/* clang-format off */
#define HOLD(id, name, weight, en, zh) fprintf(out, "#define WEIGHT_" #name " %d\n", (weight));
#include "statecharts/reasons.def"
    /* clang-format on */
}

/* What is owed belongs to the state; so does the end. */
static void write_sets(FILE *out, const struct ps_chart *chart)
{
    static const uint8_t lanes[] = {PAYSCORE_LANE_EFFECT, PAYSCORE_LANE_ASK, PAYSCORE_LANE_POLL,
                                    PAYSCORE_LANE_WAKE};
    static const enum ps_state_kind kinds[] = {PS_STATE_WAITING, PS_STATE_SETTLED, PS_STATE_FINAL};
    fprintf(out, "\n/* What a state owes: the lane, and the call. */\n");
    for (size_t i = 0; i < sizeof lanes / sizeof lanes[0]; i++)
        write_set(out, chart, "owes", ps_lane_name(lanes[i]), owes_lane, lanes[i]);
    for (int call = 1; call < UINT8_MAX; call++)
        if (is_owed(chart, call))
            write_set(out, chart, "owes", ps_call_name((uint8_t)call), owes_call, call);
    fprintf(out, "#define owed_call(s) ( \\\n");
    for (int call = 1; call < UINT8_MAX; call++)
        if (is_owed(chart, call))
            fprintf(out, "    owes_%s(s) -> CALL_%s : ( \\\n", ps_call_name((uint8_t)call),
                    ps_call_name((uint8_t)call));
    fprintf(out, "    0");
    for (int call = 1; call < UINT8_MAX; call++)
        if (is_owed(chart, call)) fprintf(out, ")");
    fprintf(out, ")\n");
    fprintf(out, "\n/* Kinds of states, and the states inside a state. */\n");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        write_set(out, chart, "is", ps_state_kind_name(kinds[i]), is_kind, (int)kinds[i]);
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL && !is_leaf(state))
            write_set(out, chart, "in", state->name, is_inside, id);
    }
    fprintf(out, "\n/* Where a guard may be asked. */\n");
    for (int guard = 0; guard < PS_GUARD_COUNT; guard++)
        if (guard != PS_GUARD_always)
            write_set(out, chart, "asks", ps_guard_name((uint8_t)guard), asks_guard, guard);
    fprintf(out, "\n/* Where a row may take a command: elsewhere it changes nothing. */\n");
    for (uint16_t i = 0; i < chart->event_count; i++)
        if (ps_event_kind(chart->events[i]) == PS_KIND_COMMAND)
            write_set(out, chart, "takes", ps_event_name(chart->events[i]), takes_event,
                      chart->events[i]);
}

/* The rows of one state, in document order: the first that holds. */
static bool write_rows_of(FILE *out, const struct ps_chart *chart, const struct ps_state *state)
{
    int count = 0;
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (row->from != state->id) continue;
        if (count++ == 0) fprintf(out, "\ninline rows_of_%s()\n{\n    row = (\n", state->name);
        fprintf(out, "        /* %s */\n        ev == E_%s", row->en, ps_event_name(row->event));
        if (row->guard != PS_GUARD_always) fprintf(out, " && g_%s", ps_guard_name(row->guard));
        fprintf(out, " -> %u : (\n", row->id);
    }
    if (count > 0) fprintf(out, "        0");
    for (int i = 0; i < count; i++)
        fprintf(out, ")");
    if (count > 0) fprintf(out, ")\n}\n");
    return count > 0;
}

typedef bool row_test(const struct ps_row *row, const struct ps_row *like);

static bool moves_alike(const struct ps_row *row, const struct ps_row *like)
{
    return row->kind == PS_ROW_TRAN && row->to == like->to;
}

static bool is_like_kind(const struct ps_row *row, const struct ps_row *like)
{
    return row->kind == like->kind;
}

static bool acts_alike(const struct ps_row *row, const struct ps_row *like)
{
    return row->actions[0] != PS_ACTION_none &&
           memcmp(row->actions, like->actions, sizeof row->actions) == 0;
}

/* row == 1 || row == 2, of the rows that are like this one; false if an earlier row had them. */
static bool write_alike(FILE *out, const struct ps_chart *chart, uint16_t index, row_test *test,
                        const char *before)
{
    const struct ps_row *like = &chart->rows[index];
    for (uint16_t i = 0; i <= index; i++)
        if (test(&chart->rows[i], like) != (i == index)) return false;
    int column = fprintf(out, "%srow == %u", before, like->id);
    for (unsigned i = index + 1U; i < chart->row_count; i++) {
        if (!test(&chart->rows[i], like)) continue;
        if (column > WIDTH) column = fprintf(out, "\n       ") - 1;
        column += fprintf(out, " || row == %u", chart->rows[i].id);
    }
    return true;
}

/* What kind of row it was, and where it leads. */
static void write_outcome(FILE *out, const struct ps_chart *chart)
{
    static const char *const verdicts[] = {"TAKEN", "TAKEN", "IGNORED", "REJECTED"};
    int depth = 0;
    fprintf(out,
            "\n/* What the row that answered says. */\ninline outcome()\n{\n    verdict = (\n");
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (write_alike(out, chart, i, is_like_kind, "        ")) {
            fprintf(out, " -> %s : (\n", verdicts[chart->rows[i].kind]);
            depth++;
        }
    fprintf(out, "        REJECTED");
    for (; depth > 0; depth--)
        fprintf(out, ")");
    fprintf(out, ");\n    to = (\n");
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (write_alike(out, chart, i, moves_alike, "        ")) {
            fprintf(out, " -> S_%s : (\n", chart->states[chart->rows[i].to].name);
            depth++;
        }
    fprintf(out, "        0");
    for (; depth > 0; depth--)
        fprintf(out, ")");
    fprintf(out, ")\n}\n");
}

/* Rows with the same actions, in the same order, share them. */
static void write_actions(FILE *out, const struct ps_chart *chart)
{
    fprintf(out, "\n/* What the row that answered does besides. */\ninline act()\n{\n    if\n");
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (!write_alike(out, chart, i, acts_alike, "    :: (")) continue;
        fprintf(out, ") ->\n");
        for (unsigned a = 0; a < PS_ACTIONS_PER_ROW_MAX && row->actions[a] != PS_ACTION_none; a++)
            fprintf(out, "%sa_%s()", a == 0 ? "        " : "; ", ps_action_name(row->actions[a]));
        fprintf(out, "\n");
    }
    fprintf(out, "    :: else\n    fi\n}\n");
}

static int depth_of(const struct ps_chart *chart, const struct ps_state *state)
{
    int depth = 0;
    while (state->parent != 0) {
        state = &chart->states[state->parent];
        depth++;
    }
    return depth;
}

/* A composite comes behind all that lies deeper, so that each leaf's ancestors come innermost
 * first. */
static void write_choice(FILE *out, const struct ps_chart *chart, const bool *has_rows)
{
    fprintf(out, "\n/* Which row answers ev in st: the leaf's rows, then its parents'. */\n"
                 "inline choose()\n{\n    if\n");
    for (uint16_t id = 1; id < chart->state_limit; id++)
        if (has_rows[id] && is_leaf(&chart->states[id]))
            fprintf(out, "    :: st == S_%s -> rows_of_%s()\n", chart->states[id].name,
                    chart->states[id].name);
    fprintf(out, "    :: else\n    fi;\n");
    for (int depth = PS_DEPTH_MAX; depth >= 0; depth--)
        for (uint16_t id = 1; id < chart->state_limit; id++) {
            const struct ps_state *state = &chart->states[id];
            if (!has_rows[id] || is_leaf(state) || depth_of(chart, state) != depth) continue;
            fprintf(out,
                    "    if\n    :: row == 0 && (in_%s(st)) -> rows_of_%s()\n    :: else\n"
                    "    fi;\n",
                    state->name, state->name);
        }
    fprintf(out, "    skip\n}\n");
}

void ps_export_promela(FILE *out, const struct ps_chart *chart)
{
    bool has_rows[PS_STATES_MAX] = {false};
    fprintf(
        out,
        "/*\n"
        " * Made from statecharts/%s.def: do not edit. %s.\n"
        " *\n"
        " * A model that includes this defines g_<guard> and a_<action>() for what the rows name,\n"
        " * TAKEN, IGNORED and REJECTED, and the variables st (the leaf state), ev (the event),\n"
        " * row, verdict and to. choose() sets row, 0 if none answers; outcome() verdict and to, 0 "
        "if the\n"
        " * state stays; act() does what the row says.\n"
        " */\n",
        chart->name, ps_chart_words(chart, PS_ENGLISH));
    write_names(out, chart);
    write_holds(out);
    write_sets(out, chart);
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state != NULL) has_rows[id] = write_rows_of(out, chart, state);
    }
    write_choice(out, chart, has_rows);
    write_outcome(out, chart);
    write_actions(out, chart);
}
