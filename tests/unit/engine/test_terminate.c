/*
 * Ending an authorization, by its user or by the code that the user accepted: what is resolved,
 * what leaves, and what an open order forbids.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/trial.h"
#include "support/walk.h"

#define ORDER      TRIAL_ORDER
#define OPENED_AT  "2026-03-01T10:00:00+08:00"
#define OTHER_CODE "AUTH20260101000009"

static const char *user_state(struct trial *t)
{
    return trial_state(t, "authorization", TRIAL_OPENID);
}

static const char *user_member(struct trial *t, const char *member)
{
    return trial_member(t, "authorization", TRIAL_OPENID, member);
}

static void token_is_out(struct trial *t)
{
    trial_open(t, NULL);
    trial_submit(t, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
    trial_answer(t, "preauthorize", 200, "{\"apply_permissions_token\":\"1230000109\"}");
}

static void accepted(struct trial *t)
{
    token_is_out(t);
    trial_notice(t, "PAYSCORE.USER_OPEN_SERVICE",
                 service_notice("USER_OPEN_SERVICE", TRIAL_OPENID, TRIAL_CODE, "20260301100000"));
    trial_turn(t);
    assert_string_equal(trial_state(t, "preauthorization", TRIAL_CODE), "BOUND");
    assert_string_equal(user_state(t), "OPEN");
}

static struct payscore_result by_code(struct trial *t, const char *code)
{
    return trial_submit(t, "terminate_by_code", NULL, body_terminate_by_code(code));
}

static void terminating(struct trial *t)
{
    accepted(t);
    struct payscore_result r = by_code(t, TRIAL_CODE);
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.chart, "authorization");
    assert_string_equal(r.state, "TERMINATE_BY_CODE_SENDING");
}

static void refused(const struct payscore_result *r, const char *text)
{
    assert_int_equal(r->status, PAYSCORE_OK);
    assert_int_equal(r->verdict, PAYSCORE_REFUSED);
    if (strstr(r->error.text, text) == NULL) fail_msg("'%s' is not in '%s'", text, r->error.text);
}

static bool holds(struct payscore_text text, const char *part)
{
    char copy[2048];
    assert_true(text.size < sizeof copy);
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return strstr(copy, part) != NULL;
}

static void a_code_ends_the_authorization_of_the_user_who_accepted_it(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    const struct payscore_call *call = trial_call(&t, "terminate_authorization_by_code");
    assert_true(holds(call->url, "/authorization-code/" TRIAL_CODE "/terminate"));
    assert_false(holds(call->body, TRIAL_CODE));
    assert_string_equal(user_member(&t, "authorization_code"), TRIAL_CODE);
    assert_string_equal(user_member(&t, "openid"), TRIAL_OPENID);
    trial_answer(&t, "terminate_authorization_by_code", 204, "");
    assert_string_equal(user_state(&t), "TERMINATE_UNKNOWN");
    trial_await(&t, "query_authorization_by_openid");
    /* The user may have accepted another code since: it is the user who was asked about. */
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("UNAVAILABLE", OTHER_CODE, TRIAL_OPENID, OPENED_AT,
                                    "2026-03-01T10:00:01+08:00"));
    assert_string_equal(user_state(&t), "CLOSED");
    struct payscore_result r = by_code(&t, TRIAL_CODE);
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    order_end(&t);
}

static void an_answer_about_another_user_is_not_believed(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    trial_answer(&t, "terminate_authorization_by_code", 204, "");
    trial_await(&t, "query_authorization_by_openid");
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("UNAVAILABLE", TRIAL_CODE, "oSomebodyElse", OPENED_AT,
                                    "2026-03-01T10:00:01+08:00"));
    assert_string_equal(user_state(&t), "TERMINATE_UNKNOWN");
    order_end(&t);
}

static void a_lost_terminate_by_code_leaves_again_only_after_a_look(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    trial_lose(&t, "terminate_authorization_by_code", PAYSCORE_LOST);
    trial_await(&t, "query_authorization_by_openid");
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("AVAILABLE", TRIAL_CODE, TRIAL_OPENID, OPENED_AT, ""));
    trial_await(&t, "terminate_authorization_by_code");
    assert_int_equal(trial_calls(&t, "terminate_authorization"), 0);
    trial_answer(&t, "terminate_authorization_by_code", 400,
                 error_body("INVALID_REQUEST", "授权码不是这个用户签约的授权"));
    trial_await(&t, "query_authorization_by_openid");
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("AVAILABLE", OTHER_CODE, TRIAL_OPENID, OPENED_AT, ""));
    assert_string_equal(user_state(&t), "OPEN");
    assert_string_equal(user_member(&t, "reason"), "parameter");

    trial_submit(&t, "terminate", NULL, body_terminate(TRIAL_OPENID)); /* By the user, then. */
    assert_string_equal(user_state(&t), "TERMINATE_SENDING");
    assert_string_equal(user_member(&t, "authorization_code"), "");
    trial_lose(&t, "terminate_authorization", PAYSCORE_LOST);
    trial_await(&t, "query_authorization_by_openid");
    trial_answer(&t, "query_authorization_by_openid", 200,
                 seen_authorization("AVAILABLE", OTHER_CODE, TRIAL_OPENID, OPENED_AT, ""));
    assert_string_equal(user_state(&t), "TERMINATE_SENDING");
    order_end(&t);
}

static void a_code_that_names_nobody_is_refused(void **state)
{
    (void)state;
    struct trial t;
    token_is_out(&t);
    uint64_t entries = trial_verify(&t);
    struct payscore_result r = by_code(&t, OTHER_CODE);
    refused(&r, "no such authorization_code");
    r = by_code(&t, TRIAL_CODE);
    refused(&r, "No user has accepted");
    assert_int_equal(trial_verify(&t), entries);
    assert_string_equal(trial_state(&t, "preauthorization", OTHER_CODE), "");
    order_end(&t);
}

static void while_it_is_ended_it_is_not_ended_again(void **state)
{
    (void)state;
    struct trial t;
    terminating(&t);
    struct payscore_result r = trial_submit(&t, "terminate", NULL, body_terminate(TRIAL_OPENID));
    refused(&r, "being ended already");
    r = trial_submit(&t, "check", NULL, body_check(TRIAL_OPENID));
    refused(&r, "being ended");
    assert_int_equal(by_code(&t, TRIAL_CODE).verdict, PAYSCORE_DUPLICATE);
    order_end(&t);
}

static void an_open_order_forbids_it_until_it_has_ended(void **state)
{
    (void)state;
    struct trial t;
    accepted(&t);
    walk_to_serving(&t, ORDER);
    assert_string_equal(user_member(&t, "orders"), "1");
    struct payscore_result r = by_code(&t, TRIAL_CODE);
    refused(&r, "complete or cancel it first");
    r = trial_submit(&t, "terminate", NULL, body_terminate(TRIAL_OPENID));
    refused(&r, "complete or cancel it first");
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(trial_state(&t, "service_order", ORDER), "REVOKED");
    assert_string_equal(user_member(&t, "orders"), "0");
    assert_int_equal(by_code(&t, TRIAL_CODE).verdict, PAYSCORE_TAKEN);
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_ends_the_authorization_of_the_user_who_accepted_it),
        cmocka_unit_test(an_answer_about_another_user_is_not_believed),
        cmocka_unit_test(a_lost_terminate_by_code_leaves_again_only_after_a_look),
        cmocka_unit_test(a_code_that_names_nobody_is_refused),
        cmocka_unit_test(while_it_is_ended_it_is_not_ended_again),
        cmocka_unit_test(an_open_order_forbids_it_until_it_has_ended),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
