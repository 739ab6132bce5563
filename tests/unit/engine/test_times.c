/*
 * The times of a complete and of a sync against those of the create, where the record alone knows
 * them: each refusal names the field, shows the value and says the rule.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER TRIAL_ORDER

/* Made at 2026-03-01 10:00:00; completed an hour later. */
#define SECONDS  "{\"start_time\":\"20260301100500\",\"end_time\":\"20260301120000\"}"
#define DAYS     "{\"start_time\":\"20260301\",\"end_time\":\"20260302\"}"
#define ACCEPTED "{\"start_time\":\"OnAccept\"}"

enum { AGE_MS = 3600000 };

static void serving(struct trial *t, const char *range)
{
    char body[1024];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"" ORDER "\",\"service_introduction\":\"共享充电宝租借\","
             "\"time_range\":%s,\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"openid\":\"" TRIAL_OPENID "\"}",
             range);
    trial_open(t, NULL);
    order_command(t, "create", body);
    trial_answer(
        t, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    trial_answer(t, "create_order", 200, order_in_service());
    order_expect(t, "SERVING", "");
    t->now_ms += AGE_MS;
    order_look(t, order_in_service());
}

static const char *complete_with(const char *range)
{
    static char body[1024];
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"" ORDER "\",\"post_payments\":[{\"name\":\"使用时长\","
             "\"amount\":800}],\"total_amount\":800,\"time_range\":%s}",
             range);
    return body;
}

struct refusal {
    const char *created, *given;
    const char *field, *value, *rule;
};

static void refuse(const struct refusal *one)
{
    struct trial t;
    serving(&t, one->created);
    order_refuses(&t, "complete", complete_with(one->given), one->field);
    order_refuses(&t, "complete", complete_with(one->given), one->value);
    order_refuses(&t, "complete", complete_with(one->given), one->rule);
    assert_int_equal(trial_calls(&t, "complete_order"), 0);
    order_end(&t);
}

static void a_start_lies_between_the_create_and_the_complete(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {SECONDS, "{\"start_time\":\"20270101000000\"}", "start_time", "20270101000000",
         "must not be earlier than the create, nor later than now"},
        {SECONDS, "{\"start_time\":\"20200101000000\"}", "start_time", "20200101000000",
         "must not be earlier than the create, nor later than now"},
        {DAYS, "{\"start_time\":\"20260228\"}", "start_time", "20260228",
         "must not be earlier than the create, nor later than now"},
        {DAYS, "{\"start_time\":\"20260302\"}", "start_time", "20260302",
         "must not be earlier than the create, nor later than now"},
        {ACCEPTED, "{\"start_time\":\"20260301090000\",\"end_time\":\"20260301103000\"}",
         "start_time", "20260301090000", "must not be earlier than the create, nor later than now"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        refuse(&refusals[i]);
}

static void times_are_as_precise_as_the_create_gave_them(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {SECONDS, "{\"start_time\":\"20260301\"}", "start_time", "20260301",
         "as at create: by day, or to the second"},
        {SECONDS, "{\"start_time\":\"20260301\",\"end_time\":\"20260301103000\"}", "start_time",
         "20260301", "as at create: by day, or to the second"},
        {SECONDS, "{\"end_time\":\"20260301\"}", "end_time", "20260301",
         "as at create: by day, or to the second"},
        {DAYS, "{\"start_time\":\"20260301100000\"}", "start_time", "20260301100000",
         "as at create: by day, or to the second"},
        {DAYS, "{\"end_time\":\"20260301100000\"}", "end_time", "20260301100000",
         "as at create: by day, or to the second"},
        {ACCEPTED, "{\"end_time\":\"20260301\"}", "end_time", "20260301",
         "as at create: by day, or to the second"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        refuse(&refusals[i]);
}

/* A service that starts when it is accepted cannot end before its order was made. */
static void an_end_lies_after_the_start(void **state)
{
    (void)state;
    static const struct refusal refusals[] = {
        {ACCEPTED, "{\"end_time\":\"20200101000000\"}", "end_time", "20200101000000",
         "must be later than the start of the service"},
        {ACCEPTED, "{\"end_time\":\"20260301095000\"}", "end_time", "20260301095000",
         "must be later than the start of the service"},
        {SECONDS, "{\"end_time\":\"20260301100500\"}", "end_time", "20260301100500",
         "must be later than the start of the service"},
        {DAYS, "{\"end_time\":\"20260228\"}", "end_time", "20260228",
         "must be later than the start of the service"},
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        refuse(&refusals[i]);
}

static void what_keeps_the_rules_is_taken(void **state)
{
    (void)state;
    static const char *const taken[][2] = {
        {SECONDS, "{\"start_time\":\"20260301100500\",\"end_time\":\"20260301105500\"}"},
        {SECONDS, "{\"start_time\":\"20260301101000\"}"},
        {SECONDS, "{\"end_time\":\"20260301105500\"}"},
        {DAYS, "{\"start_time\":\"20260301\",\"end_time\":\"20260301\"}"},
        {ACCEPTED, "{\"end_time\":\"20260301103000\"}"},
        {ACCEPTED, "{\"start_time\":\"20260301101000\",\"end_time\":\"20260301103000\"}"},
    };
    for (size_t i = 0; i < sizeof taken / sizeof taken[0]; i++) {
        struct trial t;
        serving(&t, taken[i][0]);
        order_command(&t, "complete", complete_with(taken[i][1]));
        trial_await(&t, "complete_order");
        order_end(&t);
    }
}

static void a_payment_lies_between_the_start_and_now(void **state)
{
    (void)state;
    struct trial t;
    serving(&t, SECONDS);
    order_command(&t, "complete", complete_with("{\"end_time\":\"20260301105500\"}"));
    trial_answer(&t, "complete_order", 200, order_paying(800));
    order_expect(&t, "COLLECTING", "");
    static const char *const refused[][2] = {
        {"20270301100000", "detail.paid_time must not be later than now"},
        {"20260301100459", "detail.paid_time must not lie before the start of the service"},
    };
    for (size_t i = 0; i < 2; i++) {
        order_refuses(&t, "sync", body_sync(ORDER, refused[i][0]), refused[i][0]);
        order_refuses(&t, "sync", body_sync(ORDER, refused[i][0]), refused[i][1]);
    }
    order_command(&t, "sync", body_sync(ORDER, "20260301105500"));
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_lies_between_the_create_and_the_complete),
        cmocka_unit_test(times_are_as_precise_as_the_create_gave_them),
        cmocka_unit_test(an_end_lies_after_the_start),
        cmocka_unit_test(what_keeps_the_rules_is_taken),
        cmocka_unit_test(a_payment_lies_between_the_start_and_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
