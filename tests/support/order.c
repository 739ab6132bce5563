#include "support/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"

const char *order_state(struct trial *trial)
{
    return trial_state(trial, "service_order", TRIAL_ORDER);
}

const char *order_member(struct trial *trial, const char *member)
{
    return trial_member(trial, "service_order", TRIAL_ORDER, member);
}

const char *order_in_service(void)
{
    return seen_order(TRIAL_ORDER, "DOING", "USER_CONFIRM", "", -1);
}

const char *order_paying(int64_t total_fen)
{
    return seen_order(TRIAL_ORDER, "DOING", "MCH_COMPLETE", "USER_PAYING", total_fen);
}

void order_look(struct trial *trial, const char *body)
{
    trial_await(trial, "query_order");
    trial_answer(trial, "query_order", 200, body);
}

void order_deny(struct trial *trial)
{
    trial_await(trial, "query_order");
    trial_answer(trial, "query_order", 404, BODY_ABSENT);
}

void order_command(struct trial *trial, const char *command, const char *body)
{
    struct payscore_result r = trial_submit(trial, command, NULL, body);
    if (r.verdict != PAYSCORE_TAKEN) fail_msg("%s: %s", command, r.error.text);
}

void order_refuses(struct trial *trial, const char *command, const char *body, const char *words)
{
    char state[64];
    size_t calls = trial_calls(trial, NULL);
    uint64_t entries = trial_verify(trial);
    snprintf(state, sizeof state, "%s", order_state(trial));
    struct payscore_result r = trial_submit(trial, command, NULL, body);
    if (r.verdict != PAYSCORE_REFUSED || strstr(r.error.text, words) == NULL)
        fail_msg("%s in %s: verdict %d: %s", command, state, r.verdict, r.error.text);
    assert_string_equal(order_state(trial), state);
    assert_int_equal(trial_verify(trial), entries);
    assert_int_equal(trial_calls(trial, NULL), calls);
}

void order_hold(struct trial *trial)
{
    trial_notice(trial, "PAYSCORE.USER_PAID", seen_order(TRIAL_ORDER, "FROZEN", "", "", -1));
    assert_string_equal(order_member(trial, "held"), "strange");
}

void order_release(struct trial *trial)
{
    order_command(trial, "release", body_release("out_order_no", TRIAL_ORDER));
    assert_string_equal(order_member(trial, "held"), "");
}

void order_expect(struct trial *trial, const char *state, const char *held)
{
    assert_string_equal(order_state(trial), state);
    assert_string_equal(order_member(trial, "held"), held);
}

void order_end(struct trial *trial)
{
    trial_verify(trial);
    trial_close(trial);
}
