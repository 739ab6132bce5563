/*
 * Do the rows keep the design's promises? Static checks of what charts must never do with calls,
 * deadlines, holds and ends, beside those of test_chart_rows.c on their mere soundness.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"

static const struct ps_chart *const charts[] = {
#define CHART(id, name, revision, en, zh) &ps_chart_##name,
#include "statecharts/charts.def"
};
enum { CHART_COUNT = sizeof charts / sizeof charts[0], CALLS_MAX = 64 };

enum repeat { IDENTICAL, AFTER_VIEW, NEVER };

static enum repeat repeat_of(uint8_t call)
{
    static const enum repeat repeats[CALLS_MAX] = {
#define CALL(id, name, kind, repeat, method, path, en, zh) [id] = (repeat),
#include "statecharts/calls.def"
    };
    return repeats[call];
}

typedef void state_check(const struct ps_chart *chart, const struct ps_state *leaf);
typedef void row_check(const struct ps_chart *chart, const struct ps_row *row);

static void each_leaf(state_check *check)
{
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t id = 1; id < charts[i]->state_limit; id++) {
            const struct ps_state *state = ps_chart_state(charts[i], id);
            if (state != NULL && state->kind != PS_STATE_COMPOSITE) check(charts[i], state);
        }
}

static void each_row(row_check *check)
{
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t row = 0; row < charts[i]->row_count; row++)
            check(charts[i], &charts[i]->rows[row]);
}

static bool has_action(const struct ps_row *row, enum ps_action action)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        if (row->actions[i] == action) return true;
    return false;
}

static bool owes_effect(const struct ps_state *state)
{
    return state->owes.lane == PAYSCORE_LANE_EFFECT;
}

static bool enters(const struct ps_row *row, const struct ps_state *state)
{
    return row->kind == PS_ROW_TRAN && row->to == state->id;
}

static bool enters_final(const struct ps_chart *chart, const struct ps_row *row)
{
    return row->kind == PS_ROW_TRAN && chart->states[row->to].kind == PS_STATE_FINAL;
}

/* Deadlines. */

/* The states in which a living record waits for nothing, and why that forgets no record. */
static const struct {
    const struct ps_chart *chart;
    const char *state, *why;
} without_deadline[] = {
    {&ps_chart_authorization, "OPEN", "Every order asks, every refusal doubts, a notice tells."},
    {&ps_chart_authorization, "CLOSED", "Every order asks anew; nothing of ours is under way."},
};
enum { WITHOUT_COUNT = sizeof without_deadline / sizeof without_deadline[0] };

static bool is_excused(const struct ps_chart *chart, const struct ps_state *leaf)
{
    for (size_t i = 0; i < WITHOUT_COUNT; i++)
        if (without_deadline[i].chart == chart && without_deadline[i].why[0] != '\0' &&
            strcmp(without_deadline[i].state, leaf->name) == 0)
            return true;
    return false;
}

static void is_looked_at_again(const struct ps_chart *chart, const struct ps_state *leaf)
{
    bool living = leaf->kind == PS_STATE_WAITING || leaf->kind == PS_STATE_SETTLED;
    bool has_deadline = leaf->owes.lane != PAYSCORE_LANE_NONE;
    if (living && has_deadline == is_excused(chart, leaf))
        fail_msg("%s: %s has a deadline and an excuse, or neither", chart->name, leaf->name);
}

static void every_living_state_has_a_deadline_or_a_reason(void **state)
{
    (void)state;
    each_leaf(is_looked_at_again);
}

static void does_not_end_by_time(const struct ps_chart *chart, const struct ps_row *row)
{
    if (ps_event_kind(row->event) == PS_KIND_TIME && enters_final(chart, row))
        fail_msg("%s: row %u ends a record on time alone", chart->name, row->id);
}

static void no_row_ends_a_record_on_time_alone(void **state)
{
    (void)state;
    each_row(does_not_end_by_time);
}

static void is_proved_by_a_fresh_question(const struct ps_chart *chart, const struct ps_row *row)
{
    static const uint8_t fresh[] = {
        PS_GUARD_fresh,         PS_GUARD_fresh_certain, PS_GUARD_unauthorized_certain,
        PS_GUARD_watch_over,    PS_GUARD_absent_long,   PS_GUARD_token_expired,
        PS_GUARD_may_repeat,    PS_GUARD_recall_spent,  PS_GUARD_answers_open_call,
        PS_GUARD_absent_awhile,
    };
    bool moves = row->kind == PS_ROW_TRAN || row->kind == PS_ROW_STAY;
    if (row->event != PS_EVENT_seen_absent || !moves) return;
    if (memchr(fresh, row->guard, sizeof fresh) == NULL)
        fail_msg("%s: row %u believes an absence that may be older", chart->name, row->id);
}

static void an_absence_moves_only_by_a_question_after_the_latest_move(void **state)
{
    (void)state;
    each_row(is_proved_by_a_fresh_question);
}

/* Calls. */

static const struct ps_row *own_row(const struct ps_chart *chart, uint16_t state, uint16_t event)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].from == state && chart->rows[i].event == event) return &chart->rows[i];
    return NULL;
}

static void answers_its_call_itself(const struct ps_chart *chart, const struct ps_state *leaf)
{
    static const uint16_t answers[] = {PS_EVENT_accepted, PS_EVENT_refused, PS_EVENT_busy,
                                       PS_EVENT_unknown, PS_EVENT_ours};
    if (!owes_effect(leaf)) return;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct ps_row *row = own_row(chart, leaf->id, answers[i]);
        if (row == NULL || row->guard != PS_GUARD_always || row->kind != PS_ROW_TRAN)
            fail_msg("%s: %s leaves %s to its parents", chart->name, leaf->name,
                     ps_event_name(answers[i]));
    }
}

static void every_sending_state_answers_its_call_itself(void **state)
{
    (void)state;
    each_leaf(answers_its_call_itself);
}

static bool keeps_request(const struct ps_row *row)
{
    return has_action(row, PS_ACTION_keep_request) ||
           has_action(row, PS_ACTION_keep_request_in_doubt);
}

/* Whether such a call may leave again by this row, which enters the state that owes it. */
static bool may_send(const struct ps_row *row, const struct ps_state *leaf)
{
    enum repeat repeat = repeat_of(leaf->owes.call);
    enum ps_event_kind kind = ps_event_kind(row->event);
    if (kind == PS_KIND_COMMAND) return keeps_request(row);
    if (repeat == NEVER) return false;
    bool not_now = row->event == PS_EVENT_busy || row->event == PS_EVENT_ours;
    if (repeat == AFTER_VIEW)
        return row->from == leaf->id ? not_now
                                     : kind == PS_KIND_VIEW && row->guard != PS_GUARD_always;
    return true;
}

static void is_sent_only_as_its_repeat_says(const struct ps_chart *chart,
                                            const struct ps_state *leaf)
{
    if (!owes_effect(leaf)) return;
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        if (enters(row, leaf) && !may_send(row, leaf))
            fail_msg("%s: row %u sends %s again", chart->name, row->id,
                     ps_call_name(leaf->owes.call));
    }
}

static void a_call_is_sent_again_only_as_its_repeat_says(void **state)
{
    (void)state;
    each_leaf(is_sent_only_as_its_repeat_says);
}

/* Whether the reply to the open call, as this event, leaves the state that owes it. */
static bool leaves_by_reply(const struct ps_chart *chart, const struct ps_state *leaf,
                            uint16_t event)
{
    for (uint16_t from = leaf->id; from != 0; from = chart->states[from].parent)
        for (uint16_t i = 0; i < chart->row_count; i++) {
            const struct ps_row *row = &chart->rows[i];
            if (row->from != from || row->event != event) continue;
            if (row->kind != PS_ROW_TRAN || row->to == leaf->id) return false;
            if (row->guard == PS_GUARD_always || row->guard == PS_GUARD_answers_open_call)
                return true;
        }
    return false;
}

/* Whatever is answered to a call that may not be repeated: to stay would be to send it again. */
static void is_left_by_every_reply(const struct ps_chart *chart, const struct ps_state *leaf)
{
    if (!owes_effect(leaf) || repeat_of(leaf->owes.call) == IDENTICAL) return;
    for (uint16_t i = 0; i < chart->event_count; i++) {
        uint16_t event = chart->events[i];
        enum ps_event_kind kind = ps_event_kind(event);
        bool not_now = event == PS_EVENT_busy || event == PS_EVENT_ours;
        if (kind != PS_KIND_VIEW && kind != PS_KIND_ANSWER) continue;
        if (not_now && repeat_of(leaf->owes.call) == AFTER_VIEW) continue;
        if (!leaves_by_reply(chart, leaf, event))
            fail_msg("%s: %s in reply makes %s leave again", chart->name, ps_event_name(event),
                     ps_call_name(leaf->owes.call));
    }
}

static void no_reply_makes_a_call_leave_again_that_may_not(void **state)
{
    (void)state;
    each_leaf(is_left_by_every_reply);
}

/* An answer that leaves it open what the call did is a doubt, which no later refusal may forget. */
static void counts_what_is_left_open(const struct ps_chart *chart, const struct ps_row *row)
{
    const struct ps_state *from = &chart->states[row->from], *to = &chart->states[row->to];
    if (chart != &ps_chart_service_order || row->kind != PS_ROW_TRAN || !owes_effect(from)) return;
    if (repeat_of(from->owes.call) == NEVER || to->owes.lane != PAYSCORE_LANE_ASK) return;
    if ((row->event != PS_EVENT_refused) != has_action(row, PS_ACTION_doubt) &&
        strcmp(from->name, "RECALL_SENDING") != 0)
        fail_msg("row %u leaves the outcome open and does not count it", row->id);
}

static void every_outcome_that_is_left_open_is_counted(void **state)
{
    (void)state;
    each_row(counts_what_is_left_open);
}

/* Ends. */

/* An order that was never sent, or that no authorization counts. */
static bool is_not_counted_in(const char *state)
{
    return strcmp(state, "NEW") == 0 || strcmp(state, "AUTHORIZING") == 0 ||
           strcmp(state, "ADOPTING") == 0;
}

static void tells_its_end(const struct ps_chart *chart, const struct ps_row *row)
{
    if (chart != &ps_chart_service_order) return;
    bool ends = enters_final(chart, row) && !is_not_counted_in(chart->states[row->from].name);
    if (ends != has_action(row, PS_ACTION_tell_order_ended))
        fail_msg("row %u ends an order and does not say so, or the other way round", row->id);
}

static void every_end_of_an_order_is_told_and_nothing_else(void **state)
{
    (void)state;
    each_row(tells_its_end);
}

/* What is seen at an end stands in the record: the money above all. */
static void books_what_it_saw(const struct ps_chart *chart, const struct ps_row *row)
{
    static const uint16_t showing[] = {PS_EVENT_seen_done, PS_EVENT_seen_revoked,
                                       PS_EVENT_seen_expired, PS_EVENT_seen_paying};
    bool shows = false;
    for (size_t i = 0; i < sizeof showing / sizeof showing[0]; i++)
        shows = shows || row->event == showing[i];
    if (chart != &ps_chart_service_order || !shows || !enters_final(chart, row)) return;
    if (!has_action(row, PS_ACTION_book)) fail_msg("row %u ends without booking", row->id);
}

static void every_end_that_is_seen_is_booked(void **state)
{
    (void)state;
    each_row(books_what_it_saw);
}

/* Money seen in a final state is booked by whatever row acts on it. */
static void final_money_is_booked(const struct ps_chart *chart, const struct ps_row *row)
{
    const struct ps_state *from = &chart->states[row->from];
    if (chart != &ps_chart_service_order || strcmp(from->name, "ENDED") != 0) return;
    if (row->event != PS_EVENT_seen_done || row->kind != PS_ROW_STAY) return;
    assert_true(has_action(row, PS_ACTION_book));
}

static void money_seen_after_an_end_is_booked(void **state)
{
    (void)state;
    each_row(final_money_is_booked);
}

/* Holds and amounts. */

static bool holds(const struct ps_row *row)
{
    for (unsigned i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++)
        if (strncmp(ps_action_name(row->actions[i]), "hold_", 5) == 0) return true;
    return false;
}

static void holds_by_evidence(const struct ps_chart *chart, const struct ps_row *row)
{
    enum ps_event_kind kind = ps_event_kind(row->event);
    if (!holds(row) || kind == PS_KIND_VIEW) return;
    if (row->event == PS_EVENT_wake && row->guard == PS_GUARD_unanswered_long) return;
    if (row->event == PS_EVENT_look_failed && row->guard == PS_GUARD_asked_long) return;
    if (row->event == PS_EVENT_cmd_sync && (row->guard == PS_GUARD_collected_by_platform ||
                                            row->guard == PS_GUARD_collected_by_unknown))
        return;
    fail_msg("%s: row %u holds a record without evidence", chart->name, row->id);
}

static void a_record_is_held_on_evidence(void **state)
{
    (void)state;
    each_row(holds_by_evidence);
}

static void a_person_can_release_in_every_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < CHART_COUNT; i++)
        for (uint16_t id = 1; id < charts[i]->state_limit; id++) {
            const struct ps_state *leaf = ps_chart_state(charts[i], id);
            bool released = false;
            if (leaf == NULL || leaf->kind == PS_STATE_COMPOSITE) continue;
            if (leaf->kind == PS_STATE_INITIAL) continue;
            for (uint16_t from = id; from != 0 && !released;
                 from = charts[i]->states[from].parent) {
                const struct ps_row *row = own_row(charts[i], from, PS_EVENT_cmd_release);
                released = row != NULL && row->guard == PS_GUARD_held &&
                           has_action(row, PS_ACTION_release);
            }
            if (!released) fail_msg("%s: nobody can release %s", charts[i]->name, leaf->name);
        }
}

static void asks_by_command(const struct ps_chart *chart, const struct ps_row *row)
{
    bool asks = has_action(row, PS_ACTION_ask_amount) || has_action(row, PS_ACTION_want_amount) ||
                has_action(row, PS_ACTION_keep_terms) || keeps_request(row);
    if (asks && ps_event_kind(row->event) != PS_KIND_COMMAND)
        fail_msg("%s: row %u takes a wish from what is no command", chart->name, row->id);
    if (has_action(row, PS_ACTION_ask_what_is_seen) &&
        (row->event != PS_EVENT_cmd_release || row->guard != PS_GUARD_held_unasked))
        fail_msg("%s: row %u asks for what nobody looked at", chart->name, row->id);
    bool sees = has_action(row, PS_ACTION_book) || has_action(row, PS_ACTION_accept_total) ||
                has_action(row, PS_ACTION_accept_wanted);
    bool tells = ps_event_kind(row->event) == PS_KIND_TELL;
    if (sees && ps_event_kind(row->event) != PS_KIND_VIEW && !tells)
        fail_msg("%s: row %u takes a sight from what is no view", chart->name, row->id);
}

static void wishes_come_by_commands_and_sights_by_views(void **state)
{
    (void)state;
    each_row(asks_by_command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_living_state_has_a_deadline_or_a_reason),
        cmocka_unit_test(no_row_ends_a_record_on_time_alone),
        cmocka_unit_test(an_absence_moves_only_by_a_question_after_the_latest_move),
        cmocka_unit_test(every_sending_state_answers_its_call_itself),
        cmocka_unit_test(a_call_is_sent_again_only_as_its_repeat_says),
        cmocka_unit_test(no_reply_makes_a_call_leave_again_that_may_not),
        cmocka_unit_test(every_outcome_that_is_left_open_is_counted),
        cmocka_unit_test(every_end_of_an_order_is_told_and_nothing_else),
        cmocka_unit_test(every_end_that_is_seen_is_booked),
        cmocka_unit_test(money_seen_after_an_end_is_booked),
        cmocka_unit_test(a_record_is_held_on_evidence),
        cmocka_unit_test(a_person_can_release_in_every_state),
        cmocka_unit_test(wishes_come_by_commands_and_sights_by_views),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
