/*
 * Orders that their user confirms: from the create and its package to the service, the races
 * between confirming and calling off, and what is shown for the client side.
 */
#include <cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/trial.h"
#include "support/walk.h"

#define ORDER  TRIAL_ORDER
#define DAY_MS INT64_C(86400000)

static void create(struct trial *t)
{
    trial_open(t, NULL);
    struct payscore_result r = trial_submit(t, "create", NULL, body_create_confirmed(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.state, "CREATE_SENDING");
}

static void confirming(struct trial *t)
{
    trial_open(t, NULL);
    walk_to_confirming(t, ORDER);
}

static void end(struct trial *t)
{
    assert_string_equal(order_member(t, "held"), "");
    trial_verify(t);
    trial_close(t);
}

/* All that the journal keeps of a record, as text. free() it. */
static char *kept(struct trial *t, const char *chart, const char *name)
{
    struct payscore_name wanted = {0, {chart, strlen(chart)}, {name, strlen(name)}};
    char *json = NULL;
    assert_int_equal(payscore_history(t->engine, &wanted, true, &json), PAYSCORE_OK);
    return json;
}

/* The whole life. */

static void a_confirmed_order_walks_from_request_to_paid(void **state)
{
    (void)state;
    struct trial t;
    create(&t);
    assert_int_equal(trial_calls(&t, "query_authorization_by_openid"), 0);
    const struct payscore_call *call = trial_call(&t, "create_order");
    assert_non_null(strstr(call->body.data, "\"need_user_confirm\":true"));
    assert_false(call->once);
    trial_answer(&t, "create_order", 200, seen_created(ORDER, WALK_PACKAGE));
    assert_string_equal(order_state(&t), "CONFIRMING");
    assert_string_equal(order_member(&t, "need_user_confirm"), "true");
    assert_string_equal(order_member(&t, "risk_fund_fen"), "3000");
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    assert_string_equal(order_member(&t, "launch.package"), "");
    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_answer(&t, "complete_order", 200, seen_order(ORDER, "DOING", "MCH_COMPLETE", "", 800));
    assert_string_equal(order_state(&t), "COLLECTING");
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "paid_type"), "NEWTON");
    assert_int_equal(trial_calls(&t, NULL), 0);
    end(&t);
}

static void the_package_is_shown_for_an_hour_and_how_it_is_launched(void **state)
{
    (void)state;
    struct trial t;
    confirming(&t);
    assert_string_equal(order_member(&t, "handover.package"), WALK_PACKAGE);
    assert_string_equal(order_member(&t, "handover.expires"), "2026-03-01T11:00:00.000+08:00");
    assert_string_equal(order_member(&t, "launch.businessType"), "wxpayScoreUse");
    assert_string_equal(order_member(&t, "launch.package"), WALK_PACKAGE);
    assert_string_equal(order_member(&t, "launch.queryString"),
                        "package=AAQTnZoA%2FExample%2BOnly%3D%3D");
    assert_string_equal(order_member(&t, "launch.single_use"), "true");
    t.now_ms += 3600000 - 1;
    assert_string_equal(order_member(&t, "launch.package"), WALK_PACKAGE);
    t.now_ms += 1;
    assert_string_equal(order_member(&t, "launch.package"), "");
    assert_string_equal(order_member(&t, "handover.package"), "");
    assert_string_equal(order_state(&t), "CONFIRMING"); /* Nothing is refused for want of it. */
    end(&t);
}

static void the_token_of_a_preauthorization_is_shown_with_how_it_is_launched(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    trial_submit(&t, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
    trial_answer(&t, "preauthorize", 200, "{\"apply_permissions_token\":\"123/0000\"}");
    const char *const members[][2] = {
        {"launch.businessType", "wxpayScoreEnable"},
        {"launch.apply_permissions_token", "123/0000"},
        {"launch.queryString", "apply_permissions_token=123%2F0000"},
        {"launch.single_use", "false"},
        {"handover.apply_permissions_token", "123/0000"},
    };
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        assert_string_equal(trial_member(&t, "preauthorization", TRIAL_CODE, members[i][0]),
                            members[i][1]);
    char *journal = kept(&t, "preauthorization", TRIAL_CODE);
    assert_null(strstr(journal, "123/0000"));
    assert_non_null(strstr(journal, "{\\\"apply_permissions_token\\\":\\\"\\\"}"));
    payscore_free(journal);
    trial_verify(&t);
    trial_close(&t);
}

static void the_journal_keeps_the_reply_without_its_package(void **state)
{
    (void)state;
    struct trial t;
    create(&t);
    /* An escaped slash is the same text, and a wrong signature does not make it less secret. */
    t.signs_wrong = true;
    trial_answer(&t, "create_order", 200,
                 "{\"state\":\"CREATED\",\"package\":\"AAQ\\/Secret\",\"package\":\"BBSecret\"}");
    assert_string_equal(order_state(&t), "CREATE_UNKNOWN");
    t.signs_wrong = false;
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_created(ORDER, ""));
    trial_await(&t, "create_order");
    trial_answer(&t, "create_order", 200, seen_created(ORDER, WALK_PACKAGE));
    char *journal = kept(&t, "service_order", ORDER);
    assert_null(strstr(journal, "Secret"));
    assert_null(strstr(journal, WALK_PACKAGE));
    assert_non_null(strstr(journal, "\\\"package\\\":\\\"\\\""));
    assert_non_null(strstr(journal, "\\\"state\\\":\\\"CREATED\\\""));
    payscore_free(journal);
    assert_string_equal(order_member(&t, "launch.package"), WALK_PACKAGE);
    end(&t);
}

/* The create and its answers. */

static void a_lost_create_reply_is_made_good_by_the_same_bytes(void **state)
{
    (void)state;
    struct trial t;
    char first[2048];
    create(&t);
    struct payscore_text body = trial_call(&t, "create_order")->body;
    size_t size = body.size;
    assert_true(size < sizeof first);
    memcpy(first, body.data, size);
    trial_lose(&t, "create_order", PAYSCORE_LOST);
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_created(ORDER, ""));
    assert_string_equal(order_state(&t), "CREATE_SENDING");
    trial_await(&t, "create_order");
    body = trial_call(&t, "create_order")->body;
    assert_int_equal(body.size, size);
    assert_memory_equal(body.data, first, size);
    trial_answer(&t, "create_order", 200, seen_created(ORDER, WALK_PACKAGE));
    assert_string_equal(order_state(&t), "CONFIRMING");
    assert_string_equal(order_member(&t, "launch.package"), WALK_PACKAGE);
    end(&t);
}

static void a_lost_create_that_did_not_take_effect_is_sent_again(void **state)
{
    (void)state;
    struct trial t;
    create(&t);
    trial_lose(&t, "create_order", PAYSCORE_LOST);
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    trial_await(&t, "create_order");
    trial_answer(&t, "create_order", 200, seen_created(ORDER, WALK_PACKAGE));
    assert_string_equal(order_state(&t), "CONFIRMING");
    end(&t);
}

/* The create took effect, but its repeat is refused: nobody can confirm that order. */
static void a_package_that_cannot_be_had_calls_the_order_off(void **state)
{
    (void)state;
    struct trial t;
    create(&t);
    trial_lose(&t, "create_order", PAYSCORE_LOST);
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_created(ORDER, ""));
    trial_await(&t, "create_order");
    trial_answer(&t, "create_order", 400, error_body("INVALID_REQUEST", "订单重入参数校验失败"));
    assert_string_equal(order_state(&t), "CREATE_REFUSED");
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_created(ORDER, ""));
    assert_string_equal(order_state(&t), "RECALL_SENDING");
    assert_string_equal(order_member(&t, "reason"), "package_lost");
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "reason"), "package_lost");
    end(&t);
}

static void a_user_may_confirm_before_the_create_is_answered(void **state)
{
    (void)state;
    struct trial t;
    create(&t);
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    struct payscore_result r =
        trial_answer(&t, "create_order", 200, seen_created(ORDER, WALK_PACKAGE));
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_string_equal(order_state(&t), "SERVING");
    assert_string_equal(order_member(&t, "handover.package"), "");
    end(&t);
}

static void the_same_create_is_a_duplicate_and_one_of_the_other_mode_is_not(void **state)
{
    (void)state;
    struct trial t;
    char other[2048];
    confirming(&t);
    struct payscore_result r = trial_submit(&t, "create", NULL, body_create_confirmed(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(r.entry, 1);
    /* The same word for word, but for the mode that is meant. */
    strcpy(other, body_create_confirmed(ORDER));
    char *mode = strstr(other, ",\"need_user_confirm\":true");
    assert_non_null(mode);
    strcpy(mode, "}"); /* Without openid it means the same. */
    r = trial_submit(&t, "create", NULL, other);
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    r = trial_submit(&t, "create", NULL, body_create(ORDER, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    end(&t);
}

/* Waiting for the user. */

static void nobody_confirms_within_thirty_days(void **state)
{
    (void)state;
    struct trial t;
    confirming(&t);
    int64_t begun_ms = t.now_ms;
    size_t looks = 0;
    for (; t.now_ms < begun_ms + 30 * DAY_MS; looks++) {
        trial_advance_to_due(&t);
        trial_answer(&t, "query_order", 200, seen_created(ORDER, ""));
        assert_string_equal(order_state(&t), "CONFIRMING");
    }
    assert_in_range(looks, 30, 120); /* Ever more slowly, and at least daily. */
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "EXPIRED", "", "", -1));
    assert_string_equal(order_state(&t), "EXPIRED");
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);
    end(&t);
}

static void what_an_unconfirmed_order_cannot_do_is_said(void **state)
{
    (void)state;
    struct trial t;
    const char *text = "is being collected yet";
    confirming(&t);
    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "has not confirmed"));
    r = trial_submit(&t, "modify", NULL, body_modify(ORDER, 100));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, text));
    r = trial_submit(&t, "sync", NULL, body_sync(ORDER, "20260301095900"));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, text));
    r = trial_submit(&t, "pay", NULL, body_number(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, text));
    assert_int_equal(trial_calls(&t, NULL), 0);
    end(&t);
}

static void an_unconfirmed_order_is_called_off(void **state)
{
    (void)state;
    struct trial t;
    confirming(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_string_equal(order_state(&t), "CREATED_CANCEL_SENDING");
    struct payscore_result r = trial_submit(&t, "cancel", "another", body_cancel(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    trial_lose(&t, "cancel_order", PAYSCORE_LOST);
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, seen_created(ORDER, ""));
    assert_string_equal(order_state(&t), "CREATED_CANCEL_SENDING");
    trial_await(&t, "cancel_order");
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REVOKED");
    assert_string_equal(order_member(&t, "launch.package"), "");
    end(&t);
}

/* The user confirms while the cancel is on its way: the cancel stands, whichever came first. */
static void a_cancel_and_a_confirmation_cross(void **state)
{
    (void)state;
    struct trial t;
    confirming(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    assert_string_equal(order_state(&t), "CANCEL_UNKNOWN");
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REVOKED");
    end(&t);
}

static void a_cancel_that_was_overtaken_and_lost_is_sent_again(void **state)
{
    (void)state;
    struct trial t;
    confirming(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    trial_lose(&t, "cancel_order", PAYSCORE_LOST);
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "CANCEL_SENDING");
    trial_answer(&t, "cancel_order", 200, body_number(ORDER));
    assert_string_equal(order_state(&t), "REVOKED");
    end(&t);
}

static void a_cancel_refused_because_the_user_confirmed_leaves_it_to_the_merchant(void **state)
{
    (void)state;
    struct trial t;
    confirming(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 400, error_body("INVALID_ORDER_STATE", "当前订单状态不合法"));
    assert_string_equal(order_state(&t), "CREATED_CANCEL_REFUSED");
    trial_await(&t, "query_order");
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    assert_string_equal(order_member(&t, "reason"), "state");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_confirmed_order_walks_from_request_to_paid),
        cmocka_unit_test(the_package_is_shown_for_an_hour_and_how_it_is_launched),
        cmocka_unit_test(the_token_of_a_preauthorization_is_shown_with_how_it_is_launched),
        cmocka_unit_test(the_journal_keeps_the_reply_without_its_package),
        cmocka_unit_test(a_lost_create_reply_is_made_good_by_the_same_bytes),
        cmocka_unit_test(a_lost_create_that_did_not_take_effect_is_sent_again),
        cmocka_unit_test(a_package_that_cannot_be_had_calls_the_order_off),
        cmocka_unit_test(a_user_may_confirm_before_the_create_is_answered),
        cmocka_unit_test(the_same_create_is_a_duplicate_and_one_of_the_other_mode_is_not),
        cmocka_unit_test(nobody_confirms_within_thirty_days),
        cmocka_unit_test(what_an_unconfirmed_order_cannot_do_is_said),
        cmocka_unit_test(an_unconfirmed_order_is_called_off),
        cmocka_unit_test(a_cancel_and_a_confirmation_cross),
        cmocka_unit_test(a_cancel_that_was_overtaken_and_lost_is_sent_again),
        cmocka_unit_test(a_cancel_refused_because_the_user_confirmed_leaves_it_to_the_merchant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
