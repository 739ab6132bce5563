/*
 * Service orders through the whole library, with the test as the platform: what each answer, lost
 * answer, refusal and notification does to an order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/order.h"
#include "support/trial.h"

#define ORDER TRIAL_ORDER

static const char *paid(int64_t total_fen)
{
    return seen_order(ORDER, "DONE", "", "USER_PAID", total_fen);
}

static void begin(struct trial *t)
{
    trial_open(t, NULL);
    struct payscore_result r =
        trial_submit(t, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.state, "AUTHORIZING");
}

/* The user authorizes the service; the create is owed. */
static void authorized(struct trial *t)
{
    begin(t);
    trial_answer(
        t, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    assert_string_equal(order_state(t), "CREATE_SENDING");
    trial_turn(t);
}

static void serving(struct trial *t)
{
    authorized(t);
    trial_answer(t, "create_order", 200, order_in_service());
    assert_string_equal(order_state(t), "SERVING");
}

static void completing(struct trial *t)
{
    serving(t);
    struct payscore_result r = trial_submit(t, "complete", "k-complete", body_complete(ORDER, 800));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_int_equal(trial_calls(t, "complete_order"), 1);
}

static void collecting(struct trial *t)
{
    completing(t);
    trial_answer(t, "complete_order", 200, seen_order(ORDER, "DOING", "MCH_COMPLETE", "", 800));
    assert_string_equal(order_state(t), "COLLECTING");
}

static void an_order_walks_from_request_to_paid(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    struct payscore_result r = trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "paid_fen"), "800");
    assert_string_equal(order_member(&t, "transaction_id"), "4200002600202603010123456789");
    assert_string_equal(order_member(&t, "held"), "");
    assert_int_equal(trial_calls(&t, NULL), 0);
    order_end(&t);
}

static void the_same_notice_moves_an_order_once(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    uint64_t entries = trial_verify(&t);
    for (int i = 0; i < 4; i++) {
        struct payscore_result r = trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
        assert_int_equal(r.status, PAYSCORE_OK);
        assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    }
    assert_int_equal(trial_verify(&t), entries);
    order_end(&t);
}

static void a_lost_callback_is_made_good_by_a_poll(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, order_paying(800));
    assert_string_equal(order_state(&t), "COLLECTING");
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, paid(800));
    assert_string_equal(order_state(&t), "DONE");
    order_end(&t);
}

static void paid_before_the_reply_of_complete_is_taken(void **state)
{
    (void)state;
    struct trial t;
    completing(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    assert_string_equal(order_state(&t), "DONE");
    struct payscore_result r = trial_answer(&t, "complete_order", 200,
                                            seen_order(ORDER, "DOING", "MCH_COMPLETE", "", 800));
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    order_end(&t);
}

static void a_lost_create_is_settled_by_a_query_and_the_same_bytes(void **state)
{
    (void)state;
    struct trial t;
    char first[2048];
    authorized(&t);
    struct payscore_text body = trial_call(&t, "create_order")->body;
    assert_true(body.size < sizeof first);
    memcpy(first, body.data, body.size);
    size_t size = body.size;

    trial_lose(&t, "create_order", PAYSCORE_LOST);
    assert_string_equal(order_state(&t), "CREATE_UNKNOWN");
    assert_int_equal(trial_calls(&t, NULL), 0);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(order_state(&t), "CREATE_SENDING");
    trial_advance_to_due(&t);
    body = trial_call(&t, "create_order")->body;
    assert_int_equal(body.size, size);
    assert_memory_equal(body.data, first, size);
    trial_answer(&t, "create_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

static void a_query_that_began_before_the_loss_settles_nothing(void **state)
{
    (void)state;
    struct trial t;
    completing(&t);
    trial_lose(&t, "complete_order", PAYSCORE_LOST);
    trial_advance_to_due(&t);
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    /* While the query is under way a notification moves the order, so the query is old news. */
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "DONE");
    order_end(&t);
}

static void a_lost_complete_that_took_effect_is_not_sent_again(void **state)
{
    (void)state;
    struct trial t;
    completing(&t);
    trial_answer(&t, "complete_order", 500, error_body("SYSTEM_ERROR", "系统错误"));
    assert_string_equal(order_state(&t), "COMPLETE_UNKNOWN");
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, order_paying(800));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_int_equal(trial_calls(&t, "complete_order"), 0);
    order_end(&t);
}

static void a_reply_with_a_wrong_signature_proves_nothing(void **state)
{
    (void)state;
    struct trial t;
    completing(&t);
    t.signs_wrong = true;
    trial_answer(&t, "complete_order", 200, order_paying(800));
    assert_string_equal(order_state(&t), "COMPLETE_UNKNOWN");
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, paid(800));
    assert_string_equal(order_state(&t), "COMPLETE_UNKNOWN");
    t.signs_wrong = false;
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, order_paying(800));
    assert_string_equal(order_state(&t), "COLLECTING");
    order_end(&t);
}

/* A first attempt is lost, the platform refuses the second: the order is given up, in doubt. */
static void given_up(struct trial *t)
{
    authorized(t);
    trial_lose(t, "create_order", PAYSCORE_LOST);
    trial_advance_to_due(t);
    trial_answer(t, "query_order", 404, BODY_ABSENT);
    trial_advance_to_due(t);
    trial_refuse(t, "create_order", 400, error_body("INVALID_REQUEST", "综合评估不通过"),
                 "271300099");
    trial_turn(t);
    trial_answer(t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(order_state(t), "WATCHED");
}

static void a_refused_create_ends_only_when_a_query_agrees(void **state)
{
    (void)state;
    struct trial t;
    authorized(&t);
    trial_refuse(&t, "create_order", 400, error_body("INVALID_REQUEST", "综合评估不通过"),
                 "271300099");
    assert_string_equal(order_state(&t), "CREATE_REFUSED");
    trial_turn(&t);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "reason"), "assessment_failed");
    order_end(&t);
}

static void an_unfinished_order_refuses_with_its_reason(void **state)
{
    (void)state;
    struct trial t;
    authorized(&t);
    trial_answer(&t, "create_order", 400, error_body("INVALID_REQUEST", "存在未完结订单"));
    trial_turn(&t);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "reason"), "unfinished_order");
    order_end(&t);
}

static void a_refusal_after_a_lost_attempt_is_watched_for_a_day(void **state)
{
    (void)state;
    struct trial t;
    given_up(&t);
    assert_string_equal(order_member(&t, "settled"), "true");
    trial_advance(&t, 25 * 3600 * 1000);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    assert_string_equal(order_state(&t), "REFUSED");
    order_end(&t);
}

static void a_create_that_appears_after_all_is_cancelled(void **state)
{
    (void)state;
    struct trial t;
    given_up(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "RECALL_SENDING");
    trial_turn(&t);
    trial_answer(&t, "cancel_order", 200,
                 "{\"appid\":\"" TRIAL_APPID "\",\"mchid\":\"" TRIAL_MCHID
                 "\",\"out_order_no\":\"" ORDER "\",\"service_id\":\"" TRIAL_SERVICE
                 "\",\"order_id\":\"1\"}");
    assert_string_equal(order_state(&t), "REFUSED");
    order_end(&t);
}

static void created_instead_of_doing_is_recalled(void **state)
{
    (void)state;
    struct trial t;
    authorized(&t);
    trial_answer(&t, "create_order", 200, seen_order(ORDER, "CREATED", "", "", -1));
    assert_string_equal(order_state(&t), "RECALL_SENDING");
    trial_turn(&t);
    trial_lose(&t, "cancel_order", PAYSCORE_LOST);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "REVOKED", "", "", 0));
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "reason"), "created_not_doing");
    order_end(&t);
}

static void a_user_who_does_not_authorize_gets_no_order(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    trial_answer(&t, "query_authorization_by_openid", 404,
                 error_body("ORDER_NOT_EXIST", "请求操作的授权记录不存在"));
    assert_string_equal(order_state(&t), "REFUSED");
    assert_string_equal(order_member(&t, "reason"), "not_authorized");
    assert_int_equal(trial_calls(&t, NULL), 0);
    order_end(&t);
}

static void a_cancelled_order_is_revoked(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 200,
                 "{\"out_order_no\":\"" ORDER "\",\"mchid\":\"" TRIAL_MCHID "\"}");
    assert_string_equal(order_state(&t), "REVOKED");
    order_end(&t);
}

static void a_refused_cancel_leaves_the_order_to_the_merchant(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_refuse(&t, "cancel_order", 400,
                 error_body("INVALID_REQUEST", "当前订单状态不满足撤销条件"), "271316592");
    trial_turn(&t);
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    assert_string_equal(order_member(&t, "reason"), "state");
    /* The same cancel without a key is a new wish now, not a repeat of the refused one. */
    struct payscore_result r = trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    order_end(&t);
}

static void busy_waits_as_long_as_the_platform_asks(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_refuse(&t, "cancel_order", 400,
                 error_body("INVALID_REQUEST", "单据正在扣款中，请稍后再试"), "271316754");
    assert_string_equal(order_state(&t), "CANCEL_SENDING");
    trial_advance(&t, 179 * 1000);
    assert_int_equal(trial_calls(&t, "cancel_order"), 0);
    trial_advance(&t, 30 * 1000);
    assert_int_equal(trial_calls(&t, "cancel_order"), 1);
    order_end(&t);
}

static void zero_is_done_at_once(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    trial_submit(&t, "complete", NULL, body_complete(ORDER, 0));
    trial_answer(&t, "complete_order", 200, seen_order(ORDER, "DONE", "", "", 0));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    order_end(&t);
}

static void an_amount_nobody_asked_for_is_booked_and_held(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(900));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "paid_fen"), "900");
    assert_string_equal(order_member(&t, "held"), "unasked_amount");
    order_end(&t);
}

static void money_after_a_cancel_is_booked_and_held(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 200, "{\"out_order_no\":\"" ORDER "\"}");
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    assert_string_equal(order_state(&t), "REVOKED");
    assert_string_equal(order_member(&t, "paid_fen"), "800");
    assert_string_equal(order_member(&t, "held"), "contradiction");
    order_end(&t);
}

static void a_value_that_no_text_describes_holds_the_record(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "WAIT_PAY", "", "", -1));
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_string_equal(order_member(&t, "held"), "strange");
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    assert_string_equal(order_state(&t), "DONE");
    order_end(&t);
}

/* The first attempt is lost, the platform refuses the second: 800 may still be taken. */
static void doubted(struct trial *t)
{
    completing(t);
    trial_lose(t, "complete_order", PAYSCORE_LOST);
    trial_advance_to_due(t);
    trial_answer(t, "query_order", 200, order_in_service());
    trial_advance_to_due(t);
    trial_refuse(t, "complete_order", 400, error_body("INVALID_REQUEST", "当前订单状态不合法"),
                 "271302262");
    trial_turn(t);
    trial_answer(t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(t), "COMPLETE_DOUBTED");
}

static void another_amount_waits_while_an_attempt_is_in_doubt(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 500));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "held"), "");
    order_end(&t);
}

static void a_doubt_ends_after_a_day_or_with_a_cancel(void **state)
{
    (void)state;
    struct trial t;
    doubted(&t);
    trial_advance(&t, 25 * 3600 * 1000);
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
    doubted(&t);
    struct payscore_result r = trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(order_state(&t), "CANCEL_SENDING");
    order_end(&t);
}

static void a_held_order_goes_on_asking_and_sends_nothing(void **state)
{
    (void)state;
    struct trial t;
    completing(&t);
    trial_answer(&t, "complete_order", 200, seen_order(ORDER, "DOING", "STRANGE", "", 800));
    assert_string_equal(order_member(&t, "held"), "strange");
    for (int i = 0; i < 3; i++) {
        trial_advance_to_due(&t);
        trial_answer(&t, "query_order", 200, order_in_service());
        assert_string_equal(order_state(&t), "COMPLETE_UNKNOWN");
        assert_int_equal(trial_calls(&t, "complete_order"), 0);
    }
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, paid(800));
    assert_string_equal(order_state(&t), "DONE");
    order_end(&t);
}

static void an_order_whose_question_is_never_answered_is_held_for_a_person(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    for (int i = 0; i < 200 && strcmp(order_member(&t, "held"), "") == 0; i++) {
        trial_answer(&t, "query_authorization_by_openid", 403,
                     error_body("NO_AUTH", "当前无权限进行此操作"));
        trial_advance_to_due(&t);
    }
    assert_string_equal(order_state(&t), "AUTHORIZING");
    assert_string_equal(order_member(&t, "held"), "unanswered");
    assert_true(trial_verify(&t) < 60);
    /* The user is long gone: an answer that comes now must not make an order by itself. */
    trial_answer(
        &t, "query_authorization_by_openid", 200,
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""));
    trial_turn(&t);
    assert_string_equal(order_state(&t), "AUTHORIZING");
    assert_int_equal(trial_calls(&t, "create_order"), 0);
    struct payscore_result r = trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_string_equal(r.state, "WITHDRAWN");
    order_end(&t);
}

static void what_the_configuration_fills_in_does_not_make_another_command(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    struct payscore_result r =
        trial_submit(&t, "create", "k-create",
                     "{ \"out_order_no\":\"" ORDER "\",\"service_introduction\":\"共享充电宝租借\","
                     "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"3元/60分钟\"}],"
                     "\"time_range\":{\"start_time\":\"OnAccept\"},"
                     "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
                     "\"openid\":\"" TRIAL_OPENID "\",\"appid\":\"" TRIAL_APPID "\" }");
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(r.entry, 1);
    order_end(&t);
}

static void a_repeated_command_gets_its_first_answer(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    struct payscore_result r =
        trial_submit(&t, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(r.entry, 1);
    r = trial_submit(&t, "create", NULL, body_create(ORDER, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(r.entry, 1);
    r = trial_submit(&t, "create", "k-create", body_create(ORDER, "oAnother"));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    r = trial_submit(&t, "create", "k-other", body_create(ORDER, "oAnother"));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    order_end(&t);
}

static void an_earlier_command_is_no_repeat_while_another_is_under_way(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    trial_answer(&t, "cancel_order", 400,
                 error_body("INVALID_REQUEST", "当前订单状态不满足撤销条件"));
    trial_answer(&t, "query_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    r = trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED); /* It would be taken for granted otherwise. */
    order_end(&t);
}

static void a_command_out_of_place_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    uint64_t entries = trial_verify(&t);
    struct payscore_result r = trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_true(strlen(r.error.text) > 0);
    r = trial_submit(&t, "complete", NULL, body_complete("PSOTHER", 800));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    r = trial_submit(&t, "complete", NULL, "{\"out_order_no\":\"" ORDER "\"}");
    assert_int_equal(r.status, PAYSCORE_E_INPUT);
    assert_int_equal(trial_verify(&t), entries);
    order_end(&t);
}

static void a_notice_about_an_unknown_order_is_journalled_as_a_stray(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result r = trial_notice(&t, "PAYSCORE.USER_PAID", paid(800));
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.verdict, PAYSCORE_STRAY);
    assert_int_equal(trial_verify(&t), 1);
    order_end(&t);
}

static void an_answer_about_another_order_is_not_believed(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, seen_order("PSOTHER", "DONE", "", "USER_PAID", 800));
    assert_string_equal(order_state(&t), "COLLECTING");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_walks_from_request_to_paid),
        cmocka_unit_test(the_same_notice_moves_an_order_once),
        cmocka_unit_test(a_lost_callback_is_made_good_by_a_poll),
        cmocka_unit_test(paid_before_the_reply_of_complete_is_taken),
        cmocka_unit_test(a_lost_create_is_settled_by_a_query_and_the_same_bytes),
        cmocka_unit_test(a_query_that_began_before_the_loss_settles_nothing),
        cmocka_unit_test(a_lost_complete_that_took_effect_is_not_sent_again),
        cmocka_unit_test(a_reply_with_a_wrong_signature_proves_nothing),
        cmocka_unit_test(a_refused_create_ends_only_when_a_query_agrees),
        cmocka_unit_test(an_unfinished_order_refuses_with_its_reason),
        cmocka_unit_test(a_refusal_after_a_lost_attempt_is_watched_for_a_day),
        cmocka_unit_test(a_create_that_appears_after_all_is_cancelled),
        cmocka_unit_test(created_instead_of_doing_is_recalled),
        cmocka_unit_test(a_user_who_does_not_authorize_gets_no_order),
        cmocka_unit_test(a_cancelled_order_is_revoked),
        cmocka_unit_test(a_refused_cancel_leaves_the_order_to_the_merchant),
        cmocka_unit_test(busy_waits_as_long_as_the_platform_asks),
        cmocka_unit_test(zero_is_done_at_once),
        cmocka_unit_test(an_amount_nobody_asked_for_is_booked_and_held),
        cmocka_unit_test(money_after_a_cancel_is_booked_and_held),
        cmocka_unit_test(a_value_that_no_text_describes_holds_the_record),
        cmocka_unit_test(another_amount_waits_while_an_attempt_is_in_doubt),
        cmocka_unit_test(a_doubt_ends_after_a_day_or_with_a_cancel),
        cmocka_unit_test(a_held_order_goes_on_asking_and_sends_nothing),
        cmocka_unit_test(an_order_whose_question_is_never_answered_is_held_for_a_person),
        cmocka_unit_test(what_the_configuration_fills_in_does_not_make_another_command),
        cmocka_unit_test(a_repeated_command_gets_its_first_answer),
        cmocka_unit_test(an_earlier_command_is_no_repeat_while_another_is_under_way),
        cmocka_unit_test(a_command_out_of_place_is_refused_and_changes_nothing),
        cmocka_unit_test(a_notice_about_an_unknown_order_is_journalled_as_a_stray),
        cmocka_unit_test(an_answer_about_another_order_is_not_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
