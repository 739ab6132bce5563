/*
 * The orders that a user's authorization counts: each once while it may be alive, and none after,
 * wherever the order came from. On that rests whether a terminate is taken.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER  TRIAL_ORDER
#define OPENED "2026-03-01T09:00:00+08:00"

static const char *orders(struct trial *t)
{
    return trial_member(t, "authorization", TRIAL_OPENID, "orders");
}

static void answer_authorized(struct trial *t)
{
    trial_await(t, "query_authorization_by_openid");
    trial_answer(t, "query_authorization_by_openid", 200,
                 seen_authorization("AVAILABLE", TRIAL_CODE, TRIAL_OPENID, OPENED, ""));
}

/* The user opened the service, by his code. */
static void opened(struct trial *t, const char *path)
{
    trial_open(t, path);
    order_command(t, "preauthorize", body_preauthorize(TRIAL_CODE));
    trial_answer(t, "preauthorize", 200, "{\"apply_permissions_token\":\"token\"}");
    trial_notice(t, "PAYSCORE.USER_OPEN_SERVICE",
                 service_notice("USER_OPEN_SERVICE", TRIAL_OPENID, TRIAL_CODE, "20260301090000"));
    trial_turn(t);
    assert_string_equal(orders(t), "0");
}

static const char *in_service_of(const char *openid)
{
    static char body[1024];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"" ORDER "\",\"mchid\":\"" TRIAL_MCHID
             "\",\"service_id\":\"" TRIAL_SERVICE "\",\"state\":\"DOING\","
             "\"state_description\":\"USER_CONFIRM\",\"openid\":\"%s\"}",
             openid);
    return body;
}

/* Refused as not authorized; the authorization is asked again, and is as it was. */
static void refused_for_want_of_authorization(struct trial *t, const char *message)
{
    walk_to_creating(t, ORDER);
    trial_turn(t);
    assert_string_equal(orders(t), "1");
    trial_answer(t, "create_order", 403, error_body("NO_AUTH", message));
    order_deny(t);
    order_expect(t, "REFUSED", "");
    trial_turn(t);
    assert_string_equal(orders(t), "0");
}

static void a_create_refused_for_want_of_authorization_is_not_counted(void **state)
{
    (void)state;
    static const char *const messages[] = {"用户未授权", "商户暂无权限使用此服务"};
    static const char *const commands[] = {"terminate", "terminate_by_code"};
    for (size_t i = 0; i < 4; i++) {
        struct trial t;
        char directory[DIRECTORY_PATH_SIZE];
        directory_make(directory);
        opened(&t, directory);
        refused_for_want_of_authorization(&t, messages[i / 2]);
        trial_turn(&t);
        if (trial_calls(&t, "query_authorization_by_openid") > 0) answer_authorized(&t);
        trial_reopen(&t);
        trial_advance(&t, 1000);
        while (trial_calls(&t, "query_authorization_by_openid") > 0)
            answer_authorized(&t);
        assert_string_equal(orders(&t), "0");
        const char *bodies[] = {body_terminate(TRIAL_OPENID), body_terminate_by_code(TRIAL_CODE)};
        order_command(&t, commands[i % 2], bodies[i % 2]);
        order_end(&t);
        directory_remove(directory);
    }
}

static void an_adopted_order_is_counted(void **state)
{
    (void)state;
    struct trial t;
    opened(&t, NULL);
    order_command(&t, "adopt", body_number(ORDER));
    order_look(&t, in_service_of(TRIAL_OPENID));
    order_expect(&t, "SERVING", "");
    trial_turn(&t);
    assert_string_equal(orders(&t), "1");
    order_refuses(&t, "terminate", body_terminate(TRIAL_OPENID), "An order of this user is open");
    order_command(&t, "cancel", body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 200, seen_order(ORDER, "REVOKED", "", "", -1));
    order_expect(&t, "REVOKED", "");
    trial_turn(&t);
    assert_string_equal(orders(&t), "0");
    order_command(&t, "terminate", body_terminate(TRIAL_OPENID));
    order_end(&t);
}

static void an_adopted_order_that_has_ended_is_not_counted(void **state)
{
    (void)state;
    struct trial t;
    opened(&t, NULL);
    order_command(&t, "adopt", body_number(ORDER));
    order_look(&t, seen_settled(ORDER, 900, "NEWTON"));
    order_expect(&t, "DONE", "");
    trial_turn(&t);
    assert_string_equal(orders(&t), "0");
    order_end(&t);
}

/* A notification is quicker than the answer about its user. */
static void an_order_seen_before_its_user_is_known_to_authorize_is_counted(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    order_command(&t, "create", body_create(ORDER, TRIAL_OPENID));
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", in_service_of(TRIAL_OPENID));
    order_expect(&t, "SERVING", "");
    answer_authorized(&t);
    trial_turn(&t);
    assert_string_equal(orders(&t), "1");
    assert_int_equal(trial_calls(&t, "create_order"), 0);
    order_command(&t, "cancel", body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 200, seen_order(ORDER, "REVOKED", "", "", -1));
    trial_turn(&t);
    assert_string_equal(orders(&t), "0");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_refused_for_want_of_authorization_is_not_counted),
        cmocka_unit_test(an_adopted_order_is_counted),
        cmocka_unit_test(an_adopted_order_that_has_ended_is_not_counted),
        cmocka_unit_test(an_order_seen_before_its_user_is_known_to_authorize_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
