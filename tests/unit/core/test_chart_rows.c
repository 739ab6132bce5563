/*
 * Are the charts sound? Static checks over every row and state of the compiled tables. They know no
 * product: what they demand holds for any chart, or says by name why not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"

enum { LANE_COUNT = PAYSCORE_LANE_WAKE + 1, IDS_MAX = 256 };

static const struct ps_chart *const charts[] = {
#define CHART(id, name, revision, en, zh) &ps_chart_##name,
#include "statecharts/charts.def"
};
enum { CHART_COUNT = sizeof charts / sizeof charts[0] };

typedef void state_check(const struct ps_chart *chart, const struct ps_state *state);
typedef void row_check(const struct ps_chart *chart, const struct ps_row *row);

static void each_state(state_check *check)
{
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t id = 1; id < charts[i]->state_limit; id++) {
            const struct ps_state *state = ps_chart_state(charts[i], id);
            if (state != NULL) check(charts[i], state);
        }
}

static void each_row(row_check *check)
{
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t row = 0; row < charts[i]->row_count; row++)
            check(charts[i], &charts[i]->rows[row]);
}

static bool is_leaf(const struct ps_state *state)
{
    return state->kind != PS_STATE_COMPOSITE;
}

static bool is_command(uint16_t event)
{
    return ps_event_kind(event) == PS_KIND_COMMAND;
}

/* The first row, in `state` or above it, that answers `event` whatever the guards say. */
static const struct ps_row *answer(const struct ps_chart *chart, uint16_t state, uint16_t event)
{
    for (; state != 0; state = chart->states[state].parent)
        for (uint16_t i = 0; i < chart->row_count; i++) {
            const struct ps_row *row = &chart->rows[i];
            if (row->from == state && row->event == event && row->guard == PS_GUARD_always)
                return row;
        }
    return NULL;
}

static bool has_action(const struct ps_row *row, enum ps_action action)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        if (row->actions[i] == action) return true;
    return false;
}

/* Ids and names. */

static void row_is_found_by_its_id(const struct ps_chart *chart, const struct ps_row *row)
{
    assert_int_not_equal(row->id, 0);
    /* The first of this id: so the only one. */
    assert_ptr_equal(ps_chart_row(chart, row->id), row);
}

static void row_ids_are_unique(void **state)
{
    (void)state;
    each_row(row_is_found_by_its_id);
    assert_null(ps_chart_row(charts[0], UINT16_MAX));
}

static void state_is_named_once(const struct ps_chart *chart, const struct ps_state *state)
{
    assert_int_equal(chart->states[state->id].id, state->id);
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *other = ps_chart_state(chart, id);
        if (other == NULL || other == state) continue;
        assert_string_not_equal(other->name, state->name);
    }
}

static void state_names_are_unique(void **state)
{
    (void)state;
    each_state(state_is_named_once);
}

static void assert_said(const char *en, const char *zh, const char *source)
{
    assert_true(en != NULL && strlen(en) > 3);
    assert_true(zh != NULL && strlen(zh) > 3);
    assert_true(source != NULL && strlen(source) > 3);
}

static void state_is_explained(const struct ps_chart *chart, const struct ps_state *state)
{
    (void)chart;
    assert_said(state->en, state->zh, state->source);
}

static void row_is_explained(const struct ps_chart *chart, const struct ps_row *row)
{
    (void)chart;
    assert_said(row->en, row->zh, row->source);
}

static void everything_is_explained_in_both_languages_with_its_source(void **state)
{
    (void)state;
    each_state(state_is_explained);
    each_row(row_is_explained);
}

/* Shape. */

static void parent_holds_states(const struct ps_chart *chart, const struct ps_state *state)
{
    unsigned depth = 1;
    for (uint16_t id = state->parent; id != 0; id = chart->states[id].parent) {
        assert_non_null(ps_chart_state(chart, id));
        assert_int_equal(chart->states[id].kind, PS_STATE_COMPOSITE);
        assert_true(++depth <= PS_DEPTH_MAX);
    }
}

static void parents_exist_and_the_tree_is_shallow(void **state)
{
    (void)state;
    each_state(parent_holds_states);
}

static void target_is_a_leaf(const struct ps_chart *chart, const struct ps_row *row)
{
    assert_non_null(ps_chart_state(chart, row->from));
    if (row->kind != PS_ROW_TRAN) {
        assert_int_equal(row->to, 0);
        return;
    }
    const struct ps_state *target = ps_chart_state(chart, row->to);
    assert_non_null(target);
    assert_true(is_leaf(target) && target->kind != PS_STATE_INITIAL);
}

static void rows_lead_to_leaves(void **state)
{
    (void)state;
    each_row(target_is_a_leaf);
}

static void row_stands_on_something(const struct ps_chart *chart, const struct ps_row *row)
{
    bool acts = row->actions[0] != PS_ACTION_none;
    (void)chart;
    if (row->kind == PS_ROW_STAY) assert_true(acts); /* Else it would be an IGNORE. */
    if (row->kind == PS_ROW_IGNORE || row->kind == PS_ROW_REJECT) assert_false(acts);
    if (row->kind == PS_ROW_REJECT) assert_true(is_command(row->event));
    if (row->kind == PS_ROW_IGNORE && is_command(row->event))
        assert_int_equal(row->event, PS_EVENT_cmd_check); /* Whose wish is under way already. */
}

static void only_commands_are_rejected_and_only_moves_act(void **state)
{
    (void)state;
    each_row(row_stands_on_something);
}

static bool reach_once(const struct ps_chart *chart, bool reached[PS_STATES_MAX])
{
    bool more = false;
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        bool from = false;
        for (uint16_t id = 1; id < chart->state_limit; id++)
            from = from || (reached[id] && ps_chart_inside(chart, id, row->from));
        if (row->kind != PS_ROW_TRAN || !from || reached[row->to]) continue;
        more = reached[row->to] = true;
    }
    return more;
}

static void every_leaf_is_reached_from_the_initial_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHART_COUNT; i++) {
        const struct ps_chart *chart = charts[i];
        bool reached[PS_STATES_MAX] = {false};
        reached[chart->initial] = true;
        while (reach_once(chart, reached))
            continue;
        for (uint16_t id = 1; id < chart->state_limit; id++) {
            const struct ps_state *leaf = ps_chart_state(chart, id);
            if (leaf == NULL || !is_leaf(leaf) || reached[id]) continue;
            fail_msg("%s: nothing leads to %s", chart->name, leaf->name);
        }
    }
}

/* Whether a row nearer to the leaf always answers before this one. */
static bool masked(const struct ps_chart *chart, uint16_t leaf, const struct ps_row *row)
{
    for (uint16_t state = leaf; state != row->from; state = chart->states[state].parent)
        for (uint16_t i = 0; i < chart->row_count; i++) {
            const struct ps_row *near = &chart->rows[i];
            if (near->from == state && near->event == row->event &&
                (near->guard == PS_GUARD_always || near->guard == row->guard))
                return true;
        }
    return false;
}

static void final_is_never_left(const struct ps_chart *chart, const struct ps_state *state)
{
    if (state->kind != PS_STATE_FINAL) return;
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (row->kind != PS_ROW_TRAN || !ps_chart_inside(chart, state->id, row->from)) continue;
        if (masked(chart, state->id, row)) continue;
        fail_msg("%s: row %u leads out of the final state %s", chart->name, row->id, state->name);
    }
}

static void nothing_leads_out_of_a_final_state(void **state)
{
    (void)state;
    each_state(final_is_never_left);
}

static void way_out_exists(const struct ps_chart *chart, const struct ps_state *state)
{
    if (state->kind != PS_STATE_WAITING && state->kind != PS_STATE_SETTLED) return;
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (row->kind == PS_ROW_TRAN && row->to != state->id &&
            ps_chart_inside(chart, state->id, row->from) && !masked(chart, state->id, row))
            return;
    }
    fail_msg("%s: no way leads out of %s", chart->name, state->name);
}

static void every_other_state_has_a_way_out(void **state)
{
    (void)state;
    each_state(way_out_exists);
}

/* What is owed. */

static void owes_what_its_kind_says(const struct ps_chart *chart, const struct ps_state *state)
{
    const struct ps_owes *owes = &state->owes;
    (void)chart;
    if (state->kind == PS_STATE_WAITING) assert_int_not_equal(owes->lane, PAYSCORE_LANE_NONE);
    if (state->kind == PS_STATE_SETTLED && owes->lane != PAYSCORE_LANE_NONE)
        assert_int_equal(owes->lane, PAYSCORE_LANE_POLL);
    if (state->kind == PS_STATE_FINAL || !is_leaf(state))
        assert_int_equal(owes->lane, PAYSCORE_LANE_NONE);
}

static void every_waiting_state_owes_something_and_no_final_one_does(void **state)
{
    (void)state;
    each_state(owes_what_its_kind_says);
}

enum call_kind { NO_CALL, EFFECT, QUERY };

static enum call_kind kind_of_call(uint8_t call)
{
    static const enum call_kind kinds[IDS_MAX] = {
#define CALL(id, name, kind, repeat, method, path, en, zh) [id] = kind,
#include "statecharts/calls.def"
    };
    return kinds[call];
}

static void calls_fit_the_lane(const struct ps_chart *chart, const struct ps_state *state)
{
    static const enum call_kind wanted[LANE_COUNT] = {
        [PAYSCORE_LANE_EFFECT] = EFFECT,
        [PAYSCORE_LANE_ASK] = QUERY,
        [PAYSCORE_LANE_POLL] = QUERY,
    };
    (void)chart;
    assert_true(state->owes.lane < LANE_COUNT && state->owes.lane != PAYSCORE_LANE_TELL);
    assert_int_equal(kind_of_call(state->owes.call), wanted[state->owes.lane]);
}

static void effects_owe_a_call_that_acts_and_looks_one_that_asks(void **state)
{
    (void)state;
    each_state(calls_fit_the_lane);
}

static void wait_is_bounded(const struct ps_chart *chart, const struct ps_state *state)
{
    const struct ps_owes *owes = &state->owes;
    int64_t bound_ms =
        owes->lane == PAYSCORE_LANE_POLL ? PS_LIMIT_wait_max_ms : PS_LIMIT_short_wait_max_ms;
    (void)chart;
    if (owes->lane == PAYSCORE_LANE_NONE) return;
    assert_true(owes->first_ms >= 0 && owes->first_ms <= owes->max_ms);
    assert_true(owes->lane != PAYSCORE_LANE_EFFECT || owes->first_ms > 0);
    /* A wait is spread by up to an eighth: beyond the bound it would count as due at once. */
    assert_true((int64_t)owes->max_ms + owes->max_ms / 8 <= bound_ms);
}

static void no_wait_is_longer_than_its_bound(void **state)
{
    (void)state;
    each_state(wait_is_bounded);
}

/* Every pair of state and event is answered. */

static void state_answers_everything(const struct ps_chart *chart, const struct ps_state *state)
{
    if (!is_leaf(state) || state->kind == PS_STATE_INITIAL) return;
    for (uint16_t i = 0; i < chart->event_count; i++) {
        if (answer(chart, state->id, chart->events[i]) != NULL) continue;
        fail_msg("%s: in %s nothing answers %s whatever the guards say", chart->name, state->name,
                 ps_event_name(chart->events[i]));
    }
}

static void every_state_answers_every_event_of_the_alphabet(void **state)
{
    (void)state;
    each_state(state_answers_everything);
}

static void nothing_yet_answers_every_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t e = 0; e < charts[i]->event_count; e++)
            if (is_command(charts[i]->events[e]))
                assert_non_null(answer(charts[i], charts[i]->initial, charts[i]->events[e]));
}

static void row_can_be_chosen(const struct ps_chart *chart, const struct ps_row *row)
{
    for (const struct ps_row *before = chart->rows; before < row; before++) {
        if (before->from != row->from || before->event != row->event) continue;
        if (before->guard == PS_GUARD_always || before->guard == row->guard)
            fail_msg("%s: row %u hides row %u", chart->name, before->id, row->id);
    }
}

static void no_row_hides_another(void **state)
{
    (void)state;
    each_row(row_can_be_chosen);
}

static void row_answers_somewhere(const struct ps_chart *chart, const struct ps_row *row)
{
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *leaf = ps_chart_state(chart, id);
        if (leaf != NULL && is_leaf(leaf) && ps_chart_inside(chart, id, row->from) &&
            !masked(chart, id, row))
            return;
    }
    fail_msg("%s: row %u is hidden in every state", chart->name, row->id);
}

static void every_row_answers_in_some_state(void **state)
{
    (void)state;
    each_row(row_answers_somewhere);
}

/* Nothing is declared that is not used. */

static bool in_alphabet(const struct ps_chart *chart, uint16_t event)
{
    unsigned times = 0;
    for (uint16_t i = 0; i < chart->event_count; i++)
        times += chart->events[i] == event ? 1 : 0;
    assert_true(times <= 1);
    return times == 1;
}

static void event_is_declared(const struct ps_chart *chart, const struct ps_row *row)
{
    assert_true(in_alphabet(chart, row->event));
}

static void alphabet_and_rows_agree(void **state)
{
    (void)state;
    each_row(event_is_declared);
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t e = 0; e < charts[i]->event_count; e++) {
            bool used = false;
            for (uint16_t r = 0; r < charts[i]->row_count; r++)
                used = used || charts[i]->rows[r].event == charts[i]->events[e];
            if (!used)
                fail_msg("%s: no row names %s", charts[i]->name,
                         ps_event_name(charts[i]->events[e]));
        }
}

static bool used_guards[PS_GUARD_COUNT], used_actions[PS_ACTION_COUNT], used_calls[IDS_MAX],
    used_events[IDS_MAX];

static void note_row(const struct ps_chart *chart, const struct ps_row *row)
{
    (void)chart;
    used_guards[row->guard] = true;
    used_events[row->event] = true;
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        used_actions[row->actions[i]] = true;
}

static void note_state(const struct ps_chart *chart, const struct ps_state *state)
{
    (void)chart;
    used_calls[state->owes.call] = true;
}

static void every_event_guard_action_and_call_is_used(void **state)
{
    (void)state;
    each_row(note_row);
    each_state(note_state);
#define EVENT(id, name, kind, en, zh)                                                              \
    if (!used_events[(id)]) fail_msg("no chart uses the event " #name);
#include "statecharts/events.def"
#define GUARD(name, revision, en, zh)                                                              \
    if (!used_guards[PS_GUARD_##name]) fail_msg("no row asks the guard " #name);
#include "statecharts/guards.def"
#define ACTION(name, revision, kind, en, zh)                                                       \
    if (!used_actions[PS_ACTION_##name]) fail_msg("no row takes the action " #name);
#include "statecharts/actions.def"
#define CALL(id, name, kind, repeat, method, path, en, zh)                                         \
    if (!used_calls[(id)]) fail_msg("no state owes the call " #name);
#include "statecharts/calls.def"
}

static void every_command_has_its_event_in_its_chart(void **state)
{
    (void)state;
#define COMMAND(id, name, event, chart, call, form, field, en, zh)                                 \
    assert_true(in_alphabet(&ps_chart_##chart, PS_EVENT_##event));
#include "statecharts/commands.def"
}

/* Calls have their bytes. */

static bool keeps_bytes(const struct ps_row *row)
{
    return has_action(row, PS_ACTION_keep_request) ||
           has_action(row, PS_ACTION_keep_request_in_doubt) ||
           has_action(row, PS_ACTION_render_cancel);
}

/* Whoever comes to this state otherwise than from beside it has kept a request on the way. */
static bool came_with_bytes(const struct ps_chart *chart, uint16_t state)
{
    bool any = false;
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (row->kind != PS_ROW_TRAN || row->to != state || row->from == state) continue;
        if (!keeps_bytes(row)) return false;
        any = true;
    }
    return any;
}

static void effect_has_its_bytes(const struct ps_chart *chart, const struct ps_row *row)
{
    if (row->kind != PS_ROW_TRAN) return;
    const struct ps_state *target = &chart->states[row->to];
    if (target->owes.lane != PAYSCORE_LANE_EFFECT || keeps_bytes(row)) return;
    assert_false(is_command(row->event));
    /* The same bytes again, from within the same call; or those kept when the wait began. */
    if (ps_chart_inside(chart, row->from, target->parent)) return;
    if (came_with_bytes(chart, row->from)) return;
    fail_msg("%s: row %u enters %s without a request", chart->name, row->id, target->name);
}

static void whoever_enters_a_call_brings_its_bytes(void **state)
{
    (void)state;
    each_row(effect_has_its_bytes);
}

static void reply_moves_on(const struct ps_chart *chart, const struct ps_state *state)
{
    static const uint16_t answers[] = {PS_EVENT_unknown, PS_EVENT_refused, PS_EVENT_accepted};
    if (state->owes.lane != PAYSCORE_LANE_EFFECT) return;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct ps_row *row = answer(chart, state->id, answers[i]);
        assert_int_equal(row->kind, PS_ROW_TRAN);
        assert_int_not_equal(chart->states[row->to].owes.lane, PAYSCORE_LANE_EFFECT);
    }
}

/* An attempt with an open outcome, or a refusal, is settled by a look and never by a repeat. */
static void no_answer_but_not_now_leads_to_the_same_call_again(void **state)
{
    (void)state;
    each_state(reply_moves_on);
}

/* Names. */

static void every_id_has_its_name_and_no_other_has_one(void **state)
{
    (void)state;
#define EVENT(id, name, kind, en, zh)                                                              \
    assert_string_equal(ps_event_name(id), #name);                                                 \
    assert_int_equal(ps_event_kind(id), PS_KIND_##kind);
#include "statecharts/events.def"
#define CALL(id, name, kind, repeat, method, path, en, zh)                                         \
    assert_string_equal(ps_call_name(id), #name);
#include "statecharts/calls.def"
#define GUARD(name, revision, en, zh) assert_string_equal(ps_guard_name(PS_GUARD_##name), #name);
#include "statecharts/guards.def"
#define ACTION(name, revision, kind, en, zh)                                                       \
    assert_string_equal(ps_action_name(PS_ACTION_##name), #name);
#include "statecharts/actions.def"
#define REASON(id, name, en, zh)                                                                   \
    assert_string_equal(ps_reason_name(id), #name);                                                \
    assert_string_equal(ps_reason_text(id), en);
#define HOLD(id, name, weight, en, zh)                                                             \
    assert_string_equal(ps_hold_name(id), #name);                                                  \
    assert_string_equal(ps_hold_text(id), en);
#include "statecharts/reasons.def"
    const char *none[] = {ps_event_name(UINT16_MAX),  ps_call_name(UINT8_MAX),
                          ps_guard_name(UINT8_MAX),   ps_action_name(UINT8_MAX),
                          ps_reason_name(UINT16_MAX), ps_reason_text(UINT16_MAX),
                          ps_hold_name(UINT16_MAX),   ps_hold_text(UINT16_MAX)};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_string_equal(none[i], "");
    assert_int_equal(ps_event_kind(UINT16_MAX), PS_KIND_TELL);
}

static void charts_are_found_by_id(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHART_COUNT; i++) {
        assert_ptr_equal(ps_chart_by_id(charts[i]->id), charts[i]);
        assert_int_equal(ps_chart_state(charts[i], charts[i]->initial)->kind, PS_STATE_INITIAL);
        assert_null(ps_chart_state(charts[i], 0));
        assert_null(ps_chart_state(charts[i], charts[i]->state_limit));
    }
    assert_null(ps_chart_by_id(PS_CHART_none));
    assert_null(ps_chart_by_id(UINT16_MAX));
    assert_null(ps_chart_state(&ps_chart_service_order, 9)); /* A hole among the ids. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_ids_are_unique),
        cmocka_unit_test(state_names_are_unique),
        cmocka_unit_test(everything_is_explained_in_both_languages_with_its_source),
        cmocka_unit_test(parents_exist_and_the_tree_is_shallow),
        cmocka_unit_test(rows_lead_to_leaves),
        cmocka_unit_test(only_commands_are_rejected_and_only_moves_act),
        cmocka_unit_test(every_leaf_is_reached_from_the_initial_state),
        cmocka_unit_test(nothing_leads_out_of_a_final_state),
        cmocka_unit_test(every_other_state_has_a_way_out),
        cmocka_unit_test(every_waiting_state_owes_something_and_no_final_one_does),
        cmocka_unit_test(effects_owe_a_call_that_acts_and_looks_one_that_asks),
        cmocka_unit_test(no_wait_is_longer_than_its_bound),
        cmocka_unit_test(every_state_answers_every_event_of_the_alphabet),
        cmocka_unit_test(nothing_yet_answers_every_command),
        cmocka_unit_test(no_row_hides_another),
        cmocka_unit_test(every_row_answers_in_some_state),
        cmocka_unit_test(alphabet_and_rows_agree),
        cmocka_unit_test(every_event_guard_action_and_call_is_used),
        cmocka_unit_test(every_command_has_its_event_in_its_chart),
        cmocka_unit_test(whoever_enters_a_call_brings_its_bytes),
        cmocka_unit_test(no_answer_but_not_now_leads_to_the_same_call_again),
        cmocka_unit_test(every_id_has_its_name_and_no_other_has_one),
        cmocka_unit_test(charts_are_found_by_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
