#include "support/walk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"

static void assert_state(struct trial *trial, const char *order, const char *state)
{
    assert_string_equal(trial_state(trial, "service_order", order), state);
}

void walk_to_creating(struct trial *trial, const char *order)
{
    struct payscore_result r =
        trial_submit(trial, "create", NULL, body_create(order, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    if (trial_calls(trial, "query_authorization_by_openid") > 0)
        trial_answer(
            trial, "query_authorization_by_openid", 200,
            seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    assert_state(trial, order, "CREATE_SENDING");
    assert_true(trial_calls(trial, "create_order") > 0);
}

void walk_to_serving(struct trial *trial, const char *order)
{
    walk_to_creating(trial, order);
    trial_answer(trial, "create_order", 200, seen_order(order, "DOING", "USER_CONFIRM", "", -1));
    assert_state(trial, order, "SERVING");
}

void walk_to_completing(struct trial *trial, const char *order, int64_t total_fen)
{
    walk_to_serving(trial, order);
    struct payscore_result r =
        trial_submit(trial, "complete", NULL, body_complete(order, total_fen));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_true(trial_calls(trial, "complete_order") > 0);
}

void walk_to_collecting(struct trial *trial, const char *order, int64_t total_fen)
{
    walk_to_completing(trial, order, total_fen);
    trial_answer(trial, "complete_order", 200,
                 seen_order(order, "DOING", "MCH_COMPLETE", "", total_fen));
    assert_state(trial, order, "COLLECTING");
}

void walk_to_confirming(struct trial *trial, const char *order)
{
    struct payscore_result r = trial_submit(trial, "create", NULL, body_create_confirmed(order));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_state(trial, order, "CREATE_SENDING");
    trial_answer(trial, "create_order", 200, seen_created(order, WALK_PACKAGE));
    assert_state(trial, order, "CONFIRMING");
}

void walk_to_paid(struct trial *trial, const char *order, int64_t total_fen)
{
    walk_to_collecting(trial, order, total_fen);
    trial_notice(trial, "PAYSCORE.USER_PAID",
                 seen_order(order, "DONE", "", "USER_PAID", total_fen));
    assert_state(trial, order, "DONE");
}
