/*
 * Both modes over processes, by payscorectl as an operator gives it: an order that its user
 * confirms, and everything that can be asked for while the platform collects.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/time.h"
#include "support/stage.h"

#define ORDER           "MODE0001"
#define USER            "oMODE0001"
#define CODE            "AUTHMODE0001" /* As stage_serve() names it. */
#define CONFIRM_SERVICE "00003000000000158728912345678903"

enum { DONE = 0, REFUSED = 1, INPUT = 65, BODY_SIZE = 1024 };

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void give(const struct stage *stage, int status, const char *const *words)
{
    if (stage_ctl(stage, NULL, words) == status) return;
    char *output = stage_ctl_output(stage);
    fail_msg("%s %s: %s", words[0], words[1], output);
}

static const char *now_text(void)
{
    static char text[PS_COMPACT_SIZE + 1];
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    ps_time_to_compact((int64_t)now.tv_sec * 1000, text);
    return text;
}

static void await(struct stage *stage, const char *state)
{
    stage_await(stage, "service_order", ORDER, state);
}

/* The order as payscorectl shows it. cJSON_Delete() it. */
static cJSON *show(const struct stage *stage)
{
    return stage_ctl_json(stage, DONE, WORDS("--json", "order", "show", ORDER));
}

static double fen(const struct stage *stage, const char *member)
{
    cJSON *order = show(stage);
    double value = http_number(order, member);
    cJSON_Delete(order);
    return value;
}

/* Collecting. */

static void test_a_lower_amount_then_the_user_pays_by_another_way(void **state)
{
    struct stage *stage = *state;
    char body[BODY_SIZE];
    /* No deduction of the platform's own crosses the commands. */
    (void)stage_control(stage, "switches", "{\"deducts_by_itself\":false}");
    stage_collect(stage, ORDER, 800);
    snprintf(body, sizeof body,
             "{\"out_order_no\":\"" ORDER "\",\"post_payments\":[{\"name\":\"使用时长\","
             "\"amount\":500}],\"total_amount\":500,\"reason\":\"用户投诉\"}");
    give(stage, DONE, WORDS("order", "modify", body));
    await(stage, "COLLECTING");
    assert_int_equal((int)fen(stage, "asked_fen"), 500);
    assert_int_equal(stage_count(stage, ORDER, "modified_count"), 1);
    give(stage, DONE, WORDS("order", "modify", body, "--key", "again")); /* A duplicate. */

    give(stage, DONE, WORDS("order", "pay", ORDER)); /* The user cannot: collecting goes on. */
    await(stage, "URGE_UNKNOWN");
    await(stage, "COLLECTING");
    assert_int_equal(stage_requests(stage, ORDER, "pay_order"), 1);

    give(stage, INPUT, WORDS("order", "sync", ORDER));
    give(stage, DONE, WORDS("order", "sync", ORDER, "--paid-time", now_text()));
    await(stage, "DONE");
    cJSON *order = show(stage);
    assert_string_equal(http_text(order, "paid_type"), "MCH");
    assert_int_equal((int)http_number(order, "paid_fen"), 500);
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(order, "held")));
    cJSON_Delete(order);
    assert_int_equal(stage_count(stage, ORDER, "synced_count"), 1);
    stage_verify(stage);
}

/* That it is over after a minute of denials is for the tests of the engine, which hold the clock.
 */
static void test_an_order_that_is_denied_is_asked_for_again(void **state)
{
    struct stage *stage = *state;
    give(stage, DONE, WORDS("order", "adopt", ORDER));
    await(stage, "ADOPTING");
    give(stage, REFUSED, WORDS("order", "cancel", ORDER, "--reason", "不要了"));
    give(stage, REFUSED, WORDS("order", "release", ORDER, "--person", "王芳", "--reason", "看过"));
    give(stage, INPUT, WORDS("order", "release", ORDER, "--reason", "看过"));
    stage_verify(stage);
}

static void test_a_held_order_is_listed_with_its_reason_and_released(void **state)
{
    struct stage *stage = *state;
    stage_serve(stage, ORDER);
    (void)stage_control(stage, "users/" USER, "{\"can_pay\":false}");
    stage_fault(stage, "strange_state", "query_order", ORDER, 1);
    stage_fault(stage, "status_500_after", "complete_order", ORDER, 1);
    give(stage, DONE, WORDS("order", "complete", stage_complete_body(ORDER, 800)));
    await(stage, "COMPLETE_UNKNOWN");
    await(stage, "COLLECTING"); /* What is seen moves a held order on. */
    assert_int_equal(stage_ctl(stage, NULL, WORDS("list", "--held")), DONE);
    char *listed = stage_ctl_output(stage);
    assert_non_null(strstr(listed, ORDER));
    assert_non_null(strstr(listed, "The platform sent a value that no text describes."));
    free(listed);
    give(stage, DONE, WORDS("order", "release", ORDER, "--person", "王芳", "--reason", "已核对"));
    assert_int_equal(stage_ctl(stage, NULL, WORDS("order", "history", ORDER)), DONE);
    char *history = stage_ctl_output(stage);
    assert_non_null(strstr(history, "released by 王芳: 已核对"));
    free(history);
    (void)stage_control(stage, "users/" USER, "{\"can_pay\":true}");
    await(stage, "DONE");
    stage_verify(stage);
}

/* Authorizations. */

static void test_a_code_ends_the_authorization_once_no_order_is_open(void **state)
{
    struct stage *stage = *state;
    stage_serve(stage, ORDER);
    const char *const *end = WORDS("authorization", "terminate-code", CODE, "--reason", "注销");
    give(stage, REFUSED, end);
    give(stage, DONE, WORDS("order", "cancel", ORDER, "--reason", "不用了"));
    await(stage, "REVOKED");
    give(stage, DONE, end);
    stage_await(stage, "authorization", USER, "CLOSED");
    stage_verify(stage);
}

/* Confirmed by the user. */

static int setup_confirming(void **state)
{
    struct stage *stage = stage_open();
    const struct stage_key key = {"merchant", "service_id", CONFIRM_SERVICE};
    *state = stage;
    stage_write_config(stage, stage->conf, &key, 1);
    stage_start_worker(stage);
    return 0;
}

static void test_an_order_that_its_user_confirms(void **state)
{
    struct stage *stage = *state;
    char body[BODY_SIZE];
    stage_fault(stage, "status_500_after", "create_order", ORDER, 1);
    give(stage, DONE,
         WORDS("order", "create",
               "{\"out_order_no\":\"" ORDER "\",\"service_introduction\":\"共享充电宝租借\","
               "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"3元/60分钟\"}],"
               "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000}}"));
    await(stage, "CONFIRMING");
    assert_int_equal(stage_count(stage, ORDER, "created_count"), 1);
    assert_int_equal(stage_requests(stage, ORDER, "create_order"), 2);
    cJSON *order = show(stage);
    const cJSON *launch = cJSON_GetObjectItemCaseSensitive(order, "launch");
    assert_string_equal(http_text(launch, "businessType"), "wxpayScoreUse");
    snprintf(body, sizeof body, "{\"openid\":\"" USER "\",\"package\":\"%s\"}",
             http_text(launch, "package"));
    cJSON_Delete(order);
    (void)stage_control(stage, "orders/" ORDER "/confirm", body);
    await(stage, "SERVING");
    give(stage, DONE, WORDS("order", "complete", stage_complete_body(ORDER, 800)));
    await(stage, "DONE");
    order = show(stage);
    assert_null(cJSON_GetObjectItemCaseSensitive(order, "launch"));
    assert_string_equal(http_text(order, "openid"), USER);
    cJSON_Delete(order);
    assert_int_equal(stage_count(stage, ORDER, "charged_count"), 1);
    stage_verify(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_lower_amount_then_the_user_pays_by_another_way,
                                        stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(test_an_order_that_is_denied_is_asked_for_again,
                                        stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(test_a_held_order_is_listed_with_its_reason_and_released,
                                        stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(test_a_code_ends_the_authorization_once_no_order_is_open,
                                        stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(test_an_order_that_its_user_confirms, setup_confirming,
                                        stage_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
