/*
 * A merchant's pre-authorization under one code, through the whole library: the token that is
 * handed over, what is done when it is lost, and the user who accepts it.
 */
#include <cJSON.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/trial.h"

#define CODE   TRIAL_CODE
#define USER   TRIAL_OPENID
#define ASK    "preauthorize"
#define QUERY  "query_authorization_by_code"
#define TOKEN  "{\"apply_permissions_token\":\"1230000109\"}"
#define MINUTE INT64_C(60000)

static const char *code_state(struct trial *t)
{
    return trial_state(t, "preauthorization", CODE);
}

static const char *user_state(struct trial *t)
{
    return trial_state(t, "authorization", USER);
}

/* The token that is shown for the code; "" when none is. Valid until the next call. */
static const char *shown_token(struct trial *t)
{
    static char token[64];
    struct payscore_name name = {0, PAYSCORE_TEXT("preauthorization"), PAYSCORE_TEXT(CODE)};
    char *json = NULL;
    assert_int_equal(payscore_show(t->engine, &name, &json), PAYSCORE_OK);
    cJSON *record = cJSON_Parse(json);
    const cJSON *handover = cJSON_GetObjectItemCaseSensitive(record, "handover");
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(handover, "apply_permissions_token");
    token[0] = '\0';
    if (cJSON_IsString(item)) {
        assert_true(strlen(item->valuestring) < sizeof token);
        strcpy(token, item->valuestring);
        assert_non_null(cJSON_GetObjectItemCaseSensitive(handover, "expires"));
    }
    cJSON_Delete(record);
    payscore_free(json);
    return token;
}

static void asking(struct trial *t)
{
    trial_open(t, NULL);
    struct payscore_result r = trial_submit(t, "preauthorize", "k-1", body_preauthorize(CODE));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.state, "ASK_SENDING");
    assert_int_equal(trial_calls(t, ASK), 1);
}

static void handed_over(struct trial *t)
{
    asking(t);
    trial_answer(t, ASK, 200, TOKEN);
    assert_string_equal(code_state(t), "UNBOUND");
}

static void end(struct trial *t)
{
    trial_verify(t);
    trial_close(t);
}

static const char *unbound(void)
{
    return seen_authorization("UNBINDUSER", CODE, "", "", "");
}

static const char *accepted_by_user(void)
{
    return seen_authorization("AVAILABLE", CODE, USER, "2026-03-01T10:00:30+08:00", "");
}

static struct payscore_result opened(struct trial *t, const char *at)
{
    return trial_notice(t, "PAYSCORE.USER_OPEN_SERVICE",
                        service_notice("USER_OPEN_SERVICE", USER, CODE, at));
}

static void the_token_is_shown_until_its_hour_is_over(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    assert_string_equal(shown_token(&t), "1230000109");
    t.now_ms += 60 * MINUTE - 1;
    assert_string_equal(shown_token(&t), "1230000109");
    t.now_ms += 1;
    assert_string_equal(shown_token(&t), "");
    end(&t);
}

static void the_token_stands_in_no_entry_of_the_feed(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    char *json = NULL;
    assert_int_equal(payscore_feed(t.engine, PAYSCORE_TEXT(""), 0, &json), PAYSCORE_OK);
    assert_null(strstr(json, "1230000109"));
    payscore_free(json);
    end(&t);
}

static void a_lost_token_is_asked_for_again_with_the_same_bytes(void **state)
{
    (void)state;
    static const char *const shown[] = {NULL, "UNBINDUSER"};
    for (size_t i = 0; i < 2; i++) {
        struct trial t;
        asking(&t);
        char first[512] = "";
        struct payscore_text body = trial_call(&t, ASK)->body;
        memcpy(first, body.data, body.size);
        trial_lose(&t, ASK, PAYSCORE_LOST);
        assert_string_equal(code_state(&t), "ASK_UNKNOWN");
        trial_advance_to_due(&t);
        trial_answer(&t, QUERY, shown[i] == NULL ? 404 : 200,
                     shown[i] == NULL ? BODY_ABSENT : unbound());
        assert_string_equal(code_state(&t), "ASK_SENDING");
        trial_advance_to_due(&t);
        assert_string_equal(trial_call(&t, ASK)->body.data, first);
        trial_answer(&t, ASK, 200, TOKEN);
        assert_string_equal(shown_token(&t), "1230000109");
        end(&t);
    }
}

static void a_success_without_a_token_proves_nothing(void **state)
{
    (void)state;
    struct trial t;
    asking(&t);
    trial_answer(&t, ASK, 200, "{}");
    assert_string_equal(code_state(&t), "ASK_UNKNOWN");
    assert_string_equal(shown_token(&t), "");
    end(&t);
}

static void a_refusal_ends_the_code_once_a_query_agrees(void **state)
{
    (void)state;
    struct trial t;
    asking(&t);
    trial_answer(&t, ASK, 400, error_body("PARAM_ERROR", "参数错误"));
    assert_string_equal(code_state(&t), "ASK_REFUSED");
    trial_answer(&t, QUERY, 404, BODY_ABSENT);
    assert_string_equal(code_state(&t), "REFUSED");
    assert_string_equal(trial_member(&t, "preauthorization", CODE, "reason"), "parameter");
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);
    end(&t);
}

static void a_refused_repeat_of_a_code_that_exists_lapses(void **state)
{
    (void)state;
    struct trial t;
    asking(&t);
    trial_lose(&t, ASK, PAYSCORE_LOST);
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200, unbound());
    trial_advance_to_due(&t);
    trial_answer(&t, ASK, 400, error_body("INVALID_REQUEST", "授权协议号重复"));
    trial_answer(&t, QUERY, 200, unbound());
    assert_string_equal(code_state(&t), "LAPSED");
    assert_string_equal(trial_member(&t, "preauthorization", CODE, "reason"), "token_lost");
    end(&t);
}

static void a_user_who_accepts_binds_the_code_and_is_open(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    struct payscore_result r = opened(&t, "20260301100030");
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(r.chart, "preauthorization");
    assert_string_equal(code_state(&t), "BOUND");
    assert_string_equal(trial_member(&t, "preauthorization", CODE, "openid"), USER);
    assert_string_equal(user_state(&t), "OPEN");
    r = opened(&t, "20260301100030");
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    end(&t);
}

static void a_lost_notice_is_made_good_by_a_poll(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200, unbound());
    assert_string_equal(code_state(&t), "UNBOUND");
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200, accepted_by_user());
    assert_string_equal(code_state(&t), "BOUND");
    assert_string_equal(user_state(&t), "OPEN");
    end(&t);
}

static void a_user_who_came_and_left_is_known_as_closed(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, QUERY, 200,
                 seen_authorization("UNAVAILABLE", CODE, USER, "2026-03-01T10:00:30+08:00",
                                    "2026-03-01T10:00:40+08:00"));
    assert_string_equal(code_state(&t), "BOUND");
    assert_string_equal(user_state(&t), "CLOSED");
    end(&t);
}

/* Until the hour and its grace are over, a look that shows nobody is only a look. */
static void a_code_that_nobody_takes_lapses_after_its_hour(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    int64_t born_ms = t.now_ms;
    for (int i = 0; i < 200 && strcmp(code_state(&t), "UNBOUND") == 0; i++) {
        trial_advance_to_due(&t);
        trial_answer(&t, QUERY, 200, unbound());
    }
    assert_string_equal(code_state(&t), "LAPSED");
    assert_true(t.now_ms - born_ms >= 65 * MINUTE);
    assert_true(t.now_ms - born_ms < 80 * MINUTE);
    end(&t);
}

static void a_user_who_accepts_a_lapsed_code_is_still_known(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    t.now_ms += 70 * MINUTE;
    trial_turn(&t);
    trial_answer(&t, QUERY, 200, unbound());
    assert_string_equal(code_state(&t), "LAPSED");
    opened(&t, "20260301111500");
    assert_string_equal(code_state(&t), "LAPSED");
    assert_string_equal(user_state(&t), "OPEN");
    end(&t);
}

static void a_user_who_opens_again_under_a_bound_code_is_open_again(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    opened(&t, "20260301100030");
    trial_notice(&t, "PAYSCORE.USER_CLOSE_SERVICE",
                 service_notice("USER_CLOSE_SERVICE", USER, CODE, "20260301100100"));
    assert_string_equal(user_state(&t), "CLOSED");
    struct payscore_result r = opened(&t, "20260301100200");
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(user_state(&t), "OPEN");
    end(&t);
}

static void an_order_that_waits_for_a_user_goes_on_once_he_accepts(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    trial_submit(&t, "create", NULL, body_create(TRIAL_ORDER, USER));
    assert_string_equal(trial_state(&t, "service_order", TRIAL_ORDER), "AUTHORIZING");
    assert_string_equal(user_state(&t), "ASKING");
    opened(&t, "20260301100030");
    assert_string_equal(user_state(&t), "OPEN");
    assert_string_equal(trial_state(&t, "service_order", TRIAL_ORDER), "CREATE_SENDING");
    end(&t);
}

static void a_code_is_used_once(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    struct payscore_result r = trial_submit(&t, "preauthorize", "k-1", body_preauthorize(CODE));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    r = trial_submit(&t, "preauthorize", NULL, body_preauthorize(CODE));
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE);
    r = trial_submit(&t, "preauthorize", NULL,
                     "{\"authorization_code\":\"" CODE "\",\"appid\":\"" TRIAL_APPID "\"}");
    assert_int_equal(r.verdict, PAYSCORE_DUPLICATE); /* Filled in, it is the same. */
    assert_int_equal(trial_calls(&t, ASK), 0);
    end(&t);
}

static void a_value_that_no_text_describes_holds_the_code(void **state)
{
    (void)state;
    struct trial t;
    handed_over(&t);
    for (int i = 0; i < 3; i++) {
        trial_advance_to_due(&t);
        trial_answer(&t, QUERY, 200, seen_authorization("FROZEN", CODE, "", "", ""));
    }
    assert_string_equal(code_state(&t), "UNBOUND");
    assert_string_equal(trial_member(&t, "preauthorization", CODE, "held"), "strange");
    assert_int_equal(trial_verify(&t), 3); /* Held once. */
    trial_advance_to_due(&t);              /* Looks go on; only effects would wait. */
    trial_answer(&t, QUERY, 200, accepted_by_user());
    assert_string_equal(code_state(&t), "BOUND");
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_token_is_shown_until_its_hour_is_over),
        cmocka_unit_test(the_token_stands_in_no_entry_of_the_feed),
        cmocka_unit_test(a_lost_token_is_asked_for_again_with_the_same_bytes),
        cmocka_unit_test(a_success_without_a_token_proves_nothing),
        cmocka_unit_test(a_refusal_ends_the_code_once_a_query_agrees),
        cmocka_unit_test(a_refused_repeat_of_a_code_that_exists_lapses),
        cmocka_unit_test(a_user_who_accepts_binds_the_code_and_is_open),
        cmocka_unit_test(a_lost_notice_is_made_good_by_a_poll),
        cmocka_unit_test(a_user_who_came_and_left_is_known_as_closed),
        cmocka_unit_test(a_code_that_nobody_takes_lapses_after_its_hour),
        cmocka_unit_test(a_user_who_accepts_a_lapsed_code_is_still_known),
        cmocka_unit_test(a_user_who_opens_again_under_a_bound_code_is_open_again),
        cmocka_unit_test(an_order_that_waits_for_a_user_goes_on_once_he_accepts),
        cmocka_unit_test(a_code_is_used_once),
        cmocka_unit_test(a_value_that_no_text_describes_holds_the_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
