/*
 * The engine's picture of an order is older than the platform's: what it sends meets any state that
 * can have come meanwhile, gets the answer of that cell of table.def, and looks. It must end where
 * the platform is, with the money that is seen there, and held exactly when somebody collected what
 * this merchant never asked for, or the user paid twice. The same where request or reply is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/counterpart.h"

#define ORDER     TRIAL_ORDER
#define DEDUCTING "271316754"

enum { COOL_DOWN_MS = 180000, SENT_SIZE = 2048, TURNS_MAX = 100 };

/* What the engine believes, and what it sends then. */
static const struct {
    enum state state;
    enum operation operation;
} wishes[] = {
    {S1, DO_cancel}, {S2, DO_cancel}, {S2, DO_complete_same}, {S2, DO_complete_other},
    {S3, DO_modify}, {S3, DO_sync},   {S3, DO_pay},           {S3, DO_cancel},
};
enum { WISHES = sizeof wishes / sizeof wishes[0] };

/* What becomes of the call. */
enum fate { ANSWERED, REPLY_LOST, REQUEST_LOST, FATES_END };

/* One meeting: what was believed and sent, and what the platform is meanwhile. */
struct meeting {
    enum state believed;
    enum operation operation;
    struct counterpart platform;
    enum state after;  /* What a deduction that was met leaves: S3 or S4. */
    int64_t asked_fen; /* Of the merchant; -1: nothing. */
    enum fate fate;
    char sent[SENT_SIZE]; /* The call's bytes: no others may leave. */
    size_t sent_size;
    int times;   /* How often they left. */
    bool looked; /* The platform was asked since. */
    struct trial trial;
};

static const char *order_member(struct meeting *m, const char *member)
{
    return trial_member(&m->trial, "service_order", ORDER, member);
}

static const char *order_state(struct meeting *m)
{
    return order_member(m, "state");
}

static void fail_here(struct meeting *m, const char *what)
{
    fail_msg("%s, believed %s, met %s, total %d, %s, then %s, fate %d, %s: %s, held '%s', paid %s",
             operation_names[m->operation], state_names[m->believed],
             state_names[m->platform.state], (int)m->platform.total_fen, m->platform.paid_type,
             state_names[m->after], m->fate, what, order_state(m), order_member(m, "held"),
             order_member(m, "paid_fen"));
}

/* An end, or a state in which nothing is under way. */
static bool is_at_rest(struct meeting *m)
{
    const char *at = order_state(m);
    for (enum state state = S1; state < STATES_END; state++)
        if (strcmp(at, counterpart_state(state)) == 0) return true;
    return false;
}

/* The call leaves: what is lost is repeated byte for byte, once, and a pay never. */
static void see_it_leave(struct meeting *m)
{
    const char *call = counterpart_call(m->operation);
    struct payscore_text body = trial_call(&m->trial, call)->body;
    assert_in_range(body.size, 1, SENT_SIZE);
    if (m->times++ == 0) {
        memcpy(m->sent, body.data, body.size);
        m->sent_size = body.size;
        return;
    }
    if (body.size != m->sent_size || memcmp(body.data, m->sent, body.size) != 0)
        fail_here(m, "other bytes");
    if (m->times > 2 || m->operation == DO_pay) fail_here(m, "sent too often");
    if (m->fate != ANSWERED && !m->looked) fail_here(m, "sent again without a look");
}

/* A modify that the platform takes is what the merchant asked for from then on. */
static void note_effect(struct meeting *m)
{
    if (m->operation == DO_modify && counterpart_cell(m->platform.state, DO_modify)->status == 200)
        m->asked_fen = LESS_FEN;
}

static void answer(struct meeting *m)
{
    see_it_leave(m);
    note_effect(m);
    counterpart_answer(&m->trial, &m->platform, m->operation);
}

static void lose(struct meeting *m)
{
    see_it_leave(m);
    if (m->platform.state == S3_DEDUCTING) {
        m->platform.state = m->after; /* Refused or not there: the deduction ends meanwhile. */
    } else if (m->fate == REPLY_LOST) {
        note_effect(m);
        counterpart_act(&m->platform, m->operation);
    }
    trial_lose(&m->trial, counterpart_call(m->operation), PAYSCORE_LOST);
}

/* A deduction under way lets the same bytes leave again, and only after it. */
static void wait_for_the_deduction(struct meeting *m)
{
    struct trial *t = &m->trial;
    const char *call = counterpart_call(m->operation);
    int64_t refused_ms = t->now_ms;
    answer(m);
    if (trial_calls(t, call) > 0) fail_here(m, "sent again at once");
    m->platform.state = m->after;
    trial_await(t, call);
    if (t->now_ms < refused_ms + COOL_DOWN_MS) fail_here(m, "sent again too soon");
}

static void look(struct meeting *m)
{
    m->looked = true;
    counterpart_look(&m->trial, &m->platform);
}

/* Whatever is asked or sent is answered, until nothing is under way. */
static void go_to_rest(struct meeting *m)
{
    struct trial *t = &m->trial;
    const char *call = counterpart_call(m->operation);
    for (int i = 0; i < TURNS_MAX && !is_at_rest(m); i++) {
        if (trial_calls(t, NULL) == 0) trial_advance_to_due(t);
        if (trial_calls(t, call) > 0)
            answer(m);
        else
            look(m);
    }
    if (!is_at_rest(m)) fail_here(m, "never at rest");
}

/* The money that the platform shows is the money that is booked. */
static void expect_booked(struct meeting *m)
{
    enum state state = plain(m->platform.state);
    int64_t paid_fen = state == S4 ? m->platform.total_fen : 0;
    if (strtoll(order_member(m, "paid_fen"), NULL, 10) != paid_fen) fail_here(m, "not booked");
    if (state == S4 && strcmp(order_member(m, "paid_type"), m->platform.paid_type) != 0)
        fail_here(m, "another payer");
    if (state != S3 && state != S4) return;
    if (strtoll(order_member(m, "total_fen"), NULL, 10) != m->platform.total_fen)
        fail_here(m, "another total");
}

static const char *hold_of(const struct meeting *m)
{
    enum state state = plain(m->platform.state);
    bool is_collected = state == S3 || state == S4 || state == S5;
    bool is_newton = state == S4 && strcmp(m->platform.paid_type, "NEWTON") == 0;
    if (m->operation == DO_sync && is_newton) return "paid_twice";
    return is_collected && m->platform.total_fen != m->asked_fen ? "unasked_amount" : "";
}

static void expect_agreement(struct meeting *m)
{
    struct trial *t = &m->trial;
    if (strcmp(order_state(m), counterpart_state(m->platform.state)) != 0)
        fail_here(m, "another state");
    expect_booked(m);
    if (strcmp(order_member(m, "held"), hold_of(m)) != 0) fail_here(m, "wrongly held or not");
    if (trial_calls(t, counterpart_call(m->operation)) > 0) fail_here(m, "sent again");
    if (plain(m->platform.state) != S3) {
        if (t->turn.next_due_ms != INT64_MAX) fail_here(m, "an end that owes something");
        return;
    }
    for (int i = 0; i < 3; i++)
        counterpart_look(t, &m->platform); /* The slow poll: nothing moves, nothing leaves. */
    if (trial_calls(t, NULL) > 0 || strcmp(order_state(m), "COLLECTING") != 0)
        fail_here(m, "moved by what is known");
}

/* What the merchant has asked for when the command is given. */
static int64_t asked_before(const struct meeting *m, bool is_zero)
{
    if (m->operation == DO_complete_same) return is_zero ? 0 : FULL_FEN;
    if (m->operation == DO_complete_other) return OTHER_FEN;
    return m->believed == S3 ? FULL_FEN : -1;
}

static void meet(struct meeting m, bool confirmed)
{
    struct trial *t = &m.trial;
    struct counterpart believed;
    enum state met = m.platform.state;
    trial_open(t, NULL);
    counterpart_lead(t, &believed, m.believed, confirmed);
    m.platform.confirmed = confirmed;
    m.asked_fen = asked_before(&m, met == S5);
    struct payscore_result r = counterpart_submit(t, m.operation, met, confirmed);
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_int_equal(trial_calls(t, NULL), 1);
    const struct cell *cell = counterpart_cell(met, m.operation);
    if (m.fate != ANSWERED)
        lose(&m);
    else if (strcmp(cell->number, DEDUCTING) == 0)
        wait_for_the_deduction(&m);
    if (trial_calls(t, counterpart_call(m.operation)) > 0) answer(&m);
    go_to_rest(&m);
    expect_agreement(&m);
    trial_verify(t);
    trial_close(t);
}

/* What a state holds: the amount that was completed for, here or elsewhere, and who was paid. */
static void meet_each_payer(struct meeting m, bool confirmed)
{
    static const char *const payers[] = {"NEWTON", "MCH"};
    bool may_differ = m.platform.state == S4;
    for (size_t i = 0; i < (may_differ ? 2 : 1); i++) {
        m.platform.paid_type = payers[i];
        meet(m, confirmed);
    }
}

static void meet_each_deduction(struct meeting m, bool confirmed)
{
    m.after = S3;
    meet_each_payer(m, confirmed);
    if (m.platform.state != S3_DEDUCTING) return;
    m.after = S4;
    meet_each_payer(m, confirmed);
}

static void meet_each_fate(struct meeting m, bool confirmed)
{
    for (m.fate = ANSWERED; m.fate < FATES_END; m.fate++)
        meet_each_deduction(m, confirmed);
}

/* Views come in this order, and an end is left for none. */
static bool may_have_come(enum state believed, enum state met, bool confirmed)
{
    if (plain(met) < believed) return false;
    if (met == S7) return believed == S1;
    if (met == S5) return believed != S3; /* Collected is more than nothing. */
    return met != S3_DEPOSIT || confirmed;
}

static size_t meet_all(bool confirmed)
{
    size_t met = 0;
    for (size_t i = 0; i < WISHES; i++) {
        for (enum state state = S1; state < STATES_END; state++) {
            if ((!confirmed && wishes[i].state == S1) ||
                !may_have_come(wishes[i].state, state, confirmed))
                continue;
            struct meeting m = {.believed = wishes[i].state,
                                .operation = wishes[i].operation,
                                .platform = {.state = state},
                                .after = S3};
            /* complete_other meets the completion of another program: for FULL_FEN. */
            if (plain(state) == S3 || state == S4) m.platform.total_fen = FULL_FEN;
            meet_each_fate(m, confirmed);
            met++;
        }
    }
    return met;
}

static void what_is_sent_without_confirmation_meets_whatever_has_come(void **state)
{
    (void)state;
    assert_int_equal(meet_all(false), 3 * 6 + 4 * 4);
}

static void what_is_sent_with_confirmation_meets_whatever_has_come(void **state)
{
    (void)state;
    assert_int_equal(meet_all(true), 9 + 3 * 7 + 4 * 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_without_confirmation_meets_whatever_has_come),
        cmocka_unit_test(what_is_sent_with_confirmation_meets_whatever_has_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
