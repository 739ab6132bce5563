/*
 * The platform's table and the engine's chart agree: what table.def allows, a merchant may ask for
 * and it comes to be; what it forbids is refused here, and nothing is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/counterpart.h"
#include "support/order.h"

#define ORDER TRIAL_ORDER

enum { COOL_DOWN_MS = 180000 };

enum expected {
    DONE_AS_ASKED,  /* Taken, sent, and in the cell's next state. */
    REPEATED,       /* A duplicate: the first answer again, and nothing is sent. */
    REFUSED_HERE,   /* Refused, and nothing is sent. */
    REFUSED_THERE,  /* Taken and sent, since only the platform can know; its answer decides. */
    HELD_PAID_TWICE /* Taken, and never sent: a person must look. */
};

/* Where the engine knowingly answers otherwise than the platform would. */
struct exception {
    enum state state;
    enum operation operation;
    enum expected expected;
    const char *reason;
};
static const struct exception exceptions[] = {
    {S4, DO_sync, HELD_PAID_TWICE, "The platform collected, and the merchant says it was paid."},
    {S4, DO_complete_same, REPEATED, "A merchant's own repeat gets its first receipt."},
    {S5, DO_complete_same, REPEATED, "A merchant's own repeat gets its first receipt."},
};
enum { EXCEPTIONS = sizeof exceptions / sizeof exceptions[0] };

/* A success that changes nothing because it is what was done already. */
static bool is_reentry(const struct cell *cell)
{
    bool may_be = cell->operation == DO_create_same || cell->operation == DO_complete_same ||
                  cell->operation == DO_cancel;
    return may_be && cell->status == 200 && cell->next == plain(cell->state);
}

/* The engine sees S3 alone: what is refused in a part of it must be asked to be known. */
static bool only_the_platform_knows(const struct cell *cell)
{
    return plain(cell->state) != cell->state &&
           counterpart_cell(S3, cell->operation)->status == 200;
}

static enum expected by_rule(const struct cell *cell)
{
    if (cell->status == 200) return is_reentry(cell) ? REPEATED : DONE_AS_ASKED;
    return only_the_platform_knows(cell) ? REFUSED_THERE : REFUSED_HERE;
}

static enum expected expected_of(const struct cell *cell)
{
    for (size_t i = 0; i < EXCEPTIONS; i++) {
        if (exceptions[i].state == cell->state && exceptions[i].operation == cell->operation)
            return exceptions[i].expected;
    }
    return by_rule(cell);
}

static enum payscore_verdict verdict_of(enum expected expected)
{
    if (expected == REPEATED) return PAYSCORE_DUPLICATE;
    return expected == REFUSED_HERE ? PAYSCORE_REFUSED : PAYSCORE_TAKEN;
}

/* Sent once, and where the cell says. */
static void expect_done(struct trial *t, struct counterpart *platform, const struct cell *cell)
{
    if (trial_calls(t, "query_authorization_by_openid") > 0) {
        trial_answer(
            t, "query_authorization_by_openid", 200,
            seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    }
    trial_await(t, counterpart_call(cell->operation));
    counterpart_answer(t, platform, cell->operation);
    if (cell->operation == DO_pay) counterpart_look(t, platform);
    assert_int_equal(plain(platform->state), cell->next != NEW     ? cell->next
                                             : platform->confirmed ? S1
                                                                   : S2);
    assert_string_equal(order_state(t), counterpart_state(platform->state));
    assert_int_equal(trial_calls(t, NULL), 0);
}

/* The cell's own error: busy means the same bytes later, refused means a query decides. */
static void expect_refused_there(struct trial *t, struct counterpart *platform,
                                 const struct cell *cell)
{
    const char *call = counterpart_call(cell->operation);
    char sent[2048];
    int64_t left_ms = t->now_ms;
    struct payscore_text body = trial_call(t, call)->body;
    size_t size = body.size;
    assert_in_range(size, 1, sizeof sent);
    memcpy(sent, body.data, size);
    counterpart_answer(t, platform, cell->operation);
    if (cell->state == S3_DEPOSIT) {
        counterpart_look(t, platform);
        assert_string_equal(order_state(t), "COLLECTING");
        assert_string_not_equal(order_member(t, "reason"), "");
        assert_int_equal(trial_calls(t, call), 0);
        return;
    }
    assert_string_equal(order_member(t, "reason"), "deducting");
    assert_int_equal(trial_calls(t, call), 0);
    trial_await(t, call);
    assert_true(t->now_ms >= left_ms + COOL_DOWN_MS);
    body = trial_call(t, call)->body;
    assert_int_equal(body.size, size);
    assert_memory_equal(body.data, sent, size);
    platform->state = S3; /* The deduction failed. */
    counterpart_answer(t, platform, cell->operation);
    assert_string_equal(order_state(t), counterpart_state(platform->state));
}

static void expect_paid_twice(struct trial *t)
{
    assert_string_equal(order_state(t), "DONE");
    assert_string_equal(order_member(t, "held"), "paid_twice");
    assert_int_equal(trial_calls(t, NULL), 0);
    trial_submit(t, "release", NULL, body_release("out_order_no", ORDER));
}

/* A command as a merchant gives it. */
static void run_command(const struct cell *cell, bool confirmed)
{
    struct trial t;
    struct counterpart platform;
    enum expected expected = expected_of(cell);
    trial_open(&t, NULL);
    counterpart_lead(&t, &platform, cell->state, confirmed);
    uint64_t entries = trial_verify(&t);
    struct payscore_result r = counterpart_submit(&t, cell->operation, cell->state, confirmed);
    if (r.verdict != verdict_of(expected)) {
        fail_msg("%s in %s: verdict %d, must be %d: %s (%s)", operation_names[cell->operation],
                 state_names[cell->state], r.verdict, verdict_of(expected), r.error.text,
                 cell->source);
    }
    if (expected == REPEATED || expected == REFUSED_HERE) {
        assert_int_equal(trial_calls(&t, NULL), 0);
        assert_int_equal(trial_verify(&t), entries);
        assert_string_equal(order_state(&t), counterpart_state(cell->state));
        assert_true((r.error.text[0] != '\0') == (expected == REFUSED_HERE));
    }
    if (expected == DONE_AS_ASKED) expect_done(&t, &platform, cell);
    if (expected == REFUSED_THERE) expect_refused_there(&t, &platform, cell);
    if (expected == HELD_PAID_TWICE) expect_paid_twice(&t);
    if (order_member(&t, "held")[0] != '\0')
        fail_msg("%s in %s is held", operation_names[cell->operation], state_names[cell->state]);
    trial_verify(&t);
    trial_close(&t);
}

/* Nobody asks for a query but an adoption: the engine looks by itself, and nothing moves. */
static void run_query(const struct cell *cell, bool confirmed)
{
    struct trial t;
    struct counterpart platform;
    trial_open(&t, NULL);
    counterpart_lead(&t, &platform, cell->state, confirmed);
    if (cell->status == 404) {
        struct payscore_result r = counterpart_submit(&t, DO_query, cell->state, confirmed);
        assert_int_equal(r.verdict, PAYSCORE_TAKEN);
        counterpart_answer(&t, &platform, DO_query);
        assert_string_equal(order_state(&t), "ADOPTING"); /* One denial is not believed. */
        t.now_ms += 60000;
        trial_await(&t, counterpart_call(DO_query));
        counterpart_answer(&t, &platform, DO_query);
        assert_string_equal(order_state(&t), "REFUSED");
        assert_string_equal(order_member(&t, "reason"), "adopted_absent");
    } else if (platform.state < S4) {
        counterpart_look(&t, &platform);
        assert_string_equal(order_state(&t), counterpart_state(cell->next));
    } else {
        assert_int_equal(t.turn.next_due_ms, INT64_MAX);
        trial_notice(&t, "PAYSCORE.USER_PAID", counterpart_view(&platform));
        assert_string_equal(order_state(&t), counterpart_state(cell->next));
    }
    assert_int_equal(trial_calls(&t, NULL), 0);
    assert_string_equal(order_member(&t, "held"), "");
    trial_verify(&t);
    trial_close(&t);
}

static void run_cell(const struct cell *cell, bool confirmed)
{
    if (cell->operation == DO_query)
        run_query(cell, confirmed);
    else
        run_command(cell, confirmed);
}

static void every_operation_in_every_state_without_confirmation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CELLS; i++)
        if (cells[i].modes == BOTH) run_cell(&cells[i], false);
}

static void every_operation_in_every_state_with_confirmation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CELLS; i++)
        run_cell(&cells[i], true);
}

/* An exception that says what the rule says anyway is none. */
static void every_exception_is_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXCEPTIONS; i++) {
        const struct exception *one = &exceptions[i];
        if (by_rule(counterpart_cell(one->state, one->operation)) == one->expected)
            fail_msg("%s in %s is no exception: %s", operation_names[one->operation],
                     state_names[one->state], one->reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operation_in_every_state_without_confirmation),
        cmocka_unit_test(every_operation_in_every_state_with_confirmation),
        cmocka_unit_test(every_exception_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
