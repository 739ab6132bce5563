/* Every triple becomes the one event that the reference gives it; nothing unknown is guessed at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/money.h"
#include "support/vectors.h"
#include "wechat/text.h"
#include "wechat/view.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static cJSON *json_of(const char *text)
{
    cJSON *json = cJSON_Parse(text);
    if (json == NULL) fail_msg("the test's own JSON is wrong: %s", text);
    return json;
}

static void triples_become_events(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        enum ps_event reply, notice;
    } rows[] = {
        {"{\"state\":\"CREATED\"}", PS_EVENT_seen_created, PS_EVENT_seen_created},
        {"{\"state\":\"CREATED\",\"state_description\":\"MCH_COMPLETE\"}", PS_EVENT_seen_created,
         PS_EVENT_seen_created},
        {"{\"state\":\"DOING\",\"state_description\":\"USER_CONFIRM\"}", PS_EVENT_seen_in_service,
         PS_EVENT_seen_in_service},
        {"{\"state\":\"DOING\",\"state_description\":\"USER_CONFIRM\",\"collection\":{}}",
         PS_EVENT_seen_in_service, PS_EVENT_seen_in_service},
        {"{\"state\":\"DOING\",\"state_description\":\"USER_CONFIRM\","
         "\"collection\":{\"state\":\"USER_PAYING\"}}",
         PS_EVENT_seen_unclear, PS_EVENT_seen_unclear},
        {"{\"state\":\"DOING\",\"state_description\":\"MCH_COMPLETE\"}", PS_EVENT_seen_paying,
         PS_EVENT_seen_paying},
        {"{\"state\":\"DOING\",\"state_description\":\"MCH_COMPLETE\",\"collection\":null}",
         PS_EVENT_seen_paying, PS_EVENT_seen_paying},
        {"{\"state\":\"DOING\",\"state_description\":\"MCH_COMPLETE\","
         "\"collection\":{\"state\":\"USER_PAYING\",\"details\":[]}}",
         PS_EVENT_seen_paying, PS_EVENT_seen_paying},
        {"{\"state\":\"DOING\",\"state_description\":\"MCH_COMPLETE\","
         "\"collection\":{\"state\":\"USER_PAID\"}}",
         PS_EVENT_seen_unclear, PS_EVENT_seen_unclear},
        {"{\"state\":\"DOING\"}", PS_EVENT_seen_unclear, PS_EVENT_seen_unclear},
        {"{\"state\":\"DOING\",\"state_description\":\"\"}", PS_EVENT_seen_unclear,
         PS_EVENT_seen_unclear},
        {"{\"state\":\"DOING\",\"collection\":{\"state\":\"USER_PAID\"}}", PS_EVENT_seen_unclear,
         PS_EVENT_seen_unclear},
        {"{\"state\":\"DONE\"}", PS_EVENT_seen_done, PS_EVENT_seen_unclear},
        {"{\"state\":\"DONE\",\"total_amount\":0}", PS_EVENT_seen_done, PS_EVENT_seen_done},
        {"{\"state\":\"DONE\",\"total_amount\":5}", PS_EVENT_seen_done, PS_EVENT_seen_unclear},
        {"{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\"}}", PS_EVENT_seen_done,
         PS_EVENT_seen_done},
        {"{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAYING\"}}", PS_EVENT_seen_unclear,
         PS_EVENT_seen_unclear},
        {"{\"state\":\"REVOKED\",\"collection\":{\"state\":\"USER_PAYING\"}}",
         PS_EVENT_seen_revoked, PS_EVENT_seen_revoked},
        {"{\"state\":\"EXPIRED\"}", PS_EVENT_seen_expired, PS_EVENT_seen_expired},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        cJSON *body = json_of(rows[i].body);
        assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, rows[i].reply);
        assert_int_equal(ps_view_of_order(body, true, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, rows[i].notice);
        assert_string_equal(seen.strange, "");
        cJSON_Delete(body);
    }
}

static void unknown_values_are_strange_and_kept_verbatim(void **state)
{
    (void)state;
    static const struct {
        const char *body, *strange;
    } rows[] = {
        {"{\"state\":\"WAIT_PAY\"}", "state=WAIT_PAY"},
        {"{\"state\":\"done\"}", "state=done"},
        {"{\"state\":\"DOING\",\"state_description\":\"MCH_LOADING\"}",
         "state_description=MCH_LOADING"},
        {"{\"state\":\"DOING\",\"state_description\":\"新\"}", "state_description=新"},
        {"{\"state\":\"DONE\",\"collection\":{\"state\":\"PARTLY\"}}", "collection.state=PARTLY"},
        {"{\"state\":\"CLOSED\",\"collection\":{\"state\":\"PARTLY\"}}", "state=CLOSED"},
        {"{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\",\"details\":[{\"amount\":1,"
         "\"paid_type\":\"NEWTON\",\"transaction_id\":\"123456789012345678901234567890123\"}]}}",
         "transaction_id=123456789012345678901234567890123"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        cJSON *body = json_of(rows[i].body);
        assert_int_equal(ps_view_of_order(body, true, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, PS_EVENT_seen_strange);
        assert_string_equal(seen.strange, rows[i].strange);
        assert_int_equal(seen.view.transaction_id.size, 0);
        cJSON_Delete(body);
    }
}

static void a_long_strange_value_is_cut_at_a_character(void **state)
{
    (void)state;
    struct ps_sighting seen;
    char text[400];
    size_t points = 0;
    uint32_t highest = 0;
    memset(text, 0, sizeof text);
    for (size_t i = 0; i < 100; i++)
        strcat(text, "元");
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "state", text);
    assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
    assert_true(ps_utf8_count(ps_text_of(seen.strange), &points, &highest));
    assert_true(strlen(seen.strange) > sizeof seen.strange - 4);
    cJSON_Delete(body);
}

/** Read an order and compare its amounts; -1: not given. */
static void assert_amounts(const char *text, bool notice, int64_t total_fen, int64_t paid_fen)
{
    struct ps_sighting seen;
    struct payscore_error error = {""};
    cJSON *body = json_of(text);
    if (ps_view_of_order(body, notice, &seen, &error) != PAYSCORE_OK)
        fail_msg("%s: %s", text, error.text);
    assert_int_equal(seen.view.has_total, total_fen >= 0);
    assert_int_equal(seen.view.has_paid, paid_fen >= 0);
    assert_int_equal(seen.view.total_fen, total_fen < 0 ? 0 : total_fen);
    assert_int_equal(seen.view.paid_fen, paid_fen < 0 ? 0 : paid_fen);
    cJSON_Delete(body);
}

static void totals_come_from_the_collection_first(void **state)
{
    (void)state;
    assert_amounts("{\"state\":\"DONE\",\"total_amount\":700}", false, 700, -1);
    assert_amounts("{\"state\":\"DONE\",\"total_amount\":700,\"collection\":"
                   "{\"state\":\"USER_PAID\",\"total_amount\":800,\"paid_amount\":750}}",
                   false, 800, 750);
    assert_amounts("{\"state\":\"REVOKED\",\"total_amount\":0}", false, 0, -1);
    assert_amounts("{\"state\":\"DONE\",\"total_amount\":null}", false, -1, -1);
}

static void a_total_before_completion_is_not_even_read(void **state)
{
    (void)state;
    assert_amounts("{\"state\":\"CREATED\",\"total_amount\":700}", false, -1, -1);
    assert_amounts("{\"state\":\"DOING\",\"state_description\":\"USER_CONFIRM\","
                   "\"total_amount\":\"anything\"}",
                   false, -1, -1);
}

static void collected_money_is_summed_where_paid_amount_is_missing(void **state)
{
    (void)state;
    assert_amounts("{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\",\"details\":"
                   "[{\"amount\":300},{},{\"amount\":500}]}}",
                   false, -1, 800);
    assert_amounts("{\"state\":\"DOING\",\"state_description\":\"MCH_COMPLETE\",\"collection\":"
                   "{\"state\":\"USER_PAYING\",\"details\":[{\"amount\":300}]}}",
                   false, -1, -1);
    assert_amounts("{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\"}}", false, -1, 0);
}

static void amounts_may_be_strings_in_notices_only(void **state)
{
    (void)state;
    struct ps_sighting seen;
    static const char text[] = "{\"state\":\"DONE\",\"total_amount\":\"40000\",\"collection\":"
                               "{\"state\":\"USER_PAID\",\"paid_amount\":\"40000\"}}";
    assert_amounts(text, true, 40000, 40000);
    cJSON *body = json_of(text);
    assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.event, PS_EVENT_seen_strange);
    cJSON_Delete(body);
}

static void details_tell_how_it_was_paid(void **state)
{
    (void)state;
    static const struct {
        const char *details;
        enum ps_paid_type type;
        const char *transaction_id;
        int64_t platform_ms;
    } rows[] = {
        {"[]", PS_PAID_NONE, "", 0},
        {"[{}]", PS_PAID_NONE, "", 0},
        {"[{\"amount\":0,\"paid_type\":\"NEWTON\"},{\"amount\":5,\"paid_type\":\"MCH\","
         "\"paid_time\":\"20260301130500\"}]",
         PS_PAID_MCH, "", INT64_C(1772341500000)},
        {"[{\"amount\":5,\"paid_type\":\"MCH\"},{\"amount\":5,\"paid_type\":\"NEWTON\","
         "\"transaction_id\":\"42\",\"paid_time\":\"20260301\"},"
         "{\"amount\":5,\"paid_type\":\"NEWTON\",\"transaction_id\":\"43\"}]",
         PS_PAID_NEWTON, "42", INT64_C(1772294400000)},
        {"[{\"amount\":5,\"paid_type\":\"MCH\",\"transaction_id\":\"41\"},"
         "{\"amount\":0,\"paid_type\":\"NEWTON\",\"transaction_id\":\"42\"}]",
         PS_PAID_MCH, "42", 0},
        {"[{\"amount\":5,\"paid_type\":\"MCH\"},{\"amount\":5,\"paid_type\":\"NEWTON\"}]",
         PS_PAID_MCH, "", 0},
        {"[{\"amount\":5}]", PS_PAID_OTHER, "", 0},
        {"[{\"amount\":5,\"paid_type\":\"ADVANCE\"}]", PS_PAID_OTHER, "", 0},
        {"[{\"amount\":5,\"paid_type\":\"BALANCE\",\"transaction_id\":\"42\","
         "\"paid_time\":\"soon\"}]",
         PS_PAID_OTHER, "", 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char text[512];
        struct ps_sighting seen;
        (void)snprintf(text, sizeof text,
                       "{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\","
                       "\"details\":%s}}",
                       rows[i].details);
        cJSON *body = json_of(text);
        assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.view.paid_type, rows[i].type);
        assert_true(ps_text_is(seen.view.transaction_id, rows[i].transaction_id));
        assert_int_equal(seen.view.platform_ms, rows[i].platform_ms);
        cJSON_Delete(body);
    }
}

static void orders_that_cannot_be_read_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "[]",
        "{}",
        "{\"state\":\"\"}",
        "{\"state\":7}",
        "{\"state\":\"DONE\",\"out_order_no\":\"123456789012345678901234567890123\"}",
        "{\"state\":\"DONE\",\"authorization_code\":\"123456789012345678901234567890123\"}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        struct payscore_error error = {""};
        cJSON *body = json_of(rows[i]);
        assert_int_equal(ps_view_of_order(body, false, &seen, &error), PAYSCORE_E_INPUT);
        assert_true(strlen(error.text) > 0);
        cJSON_Delete(body);
    }
}

static void a_description_is_looked_at_only_while_doing(void **state)
{
    (void)state;
    struct ps_sighting seen;
    cJSON *body = json_of("{\"state\":\"DONE\",\"state_description\":\"ODD\",\"collection\":"
                          "{\"state\":\"USER_PAID\",\"paid_amount\":800}}");
    assert_int_equal(ps_view_of_order(body, true, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.event, PS_EVENT_seen_done);
    assert_int_equal(seen.view.paid_fen, 800);
    cJSON_Delete(body);
}

static void an_amount_that_cannot_be_read_is_strange_and_not_guessed(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{\"state\":\"DONE\",\"total_amount\":-1}",
        "{\"state\":\"DONE\",\"total_amount\":0.5}",
        "{\"state\":\"DONE\",\"total_amount\":1000000000000001}",
        "{\"state\":\"DONE\",\"total_amount\":1e300}",
        "{\"state\":\"DONE\",\"total_amount\":true}",
        "{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\",\"total_amount\":{}}}",
        "{\"state\":\"DONE\",\"collection\":{\"state\":\"USER_PAID\",\"paid_amount\":[]}}",
        "{\"state\":\"DONE\",\"collection\":{\"details\":[{\"amount\":\"x\"}]}}",
        "{\"state\":\"DONE\",\"collection\":{\"details\":[{\"amount\":1e15},{\"amount\":1}]}}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        cJSON *body = json_of(rows[i]);
        assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, PS_EVENT_seen_strange);
        assert_true(strncmp(seen.strange, "amount=", 7) == 0);
        assert_false(seen.view.has_total);
        assert_false(seen.view.has_paid);
        cJSON_Delete(body);
    }
}

static void the_largest_amount_is_read_exactly(void **state)
{
    (void)state;
    assert_amounts("{\"state\":\"DONE\",\"total_amount\":1000000000000000}", false, PS_FEN_MAX, -1);
    assert_amounts("{\"state\":\"DONE\",\"total_amount\":999999999999999}", false, PS_FEN_MAX - 1,
                   -1);
}

static void captured_orders_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum ps_event event;
        int64_t total_fen, paid_fen;
        const char *transaction_id, *openid;
    } rows[] = {
        {"payscore/create_reply.json", PS_EVENT_seen_in_service, -1, -1, "", ""},
        {"payscore/complete_reply.json", PS_EVENT_seen_paying, 800, -1, "", ""},
        {"payscore/query_paying.json", PS_EVENT_seen_paying, 800, 0, "",
         "oDoc0001ExampleOpenId_abcdef"},
        {"payscore/query_done.json", PS_EVENT_seen_done, 800, 800, "4200002600202603010123456789",
         "oDoc0001ExampleOpenId_abcdef"},
        {"payscore/query_revoked.json", PS_EVENT_seen_revoked, 0, -1, "",
         "oDoc0001ExampleOpenId_abcdef"},
        {"payscore/modify_reply.json", PS_EVENT_seen_paying, 300, 0, "", ""},
        {"payscore/sync_reply.json", PS_EVENT_seen_done, 800, 800, "",
         "oDoc0001ExampleOpenId_abcdef"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        cJSON *body = vector_json(rows[i].name);
        assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, rows[i].event);
        assert_int_equal(seen.view.has_total ? seen.view.total_fen : -1, rows[i].total_fen);
        assert_int_equal(seen.view.has_paid ? seen.view.paid_fen : -1, rows[i].paid_fen);
        assert_true(ps_text_is(seen.view.transaction_id, rows[i].transaction_id));
        assert_true(ps_text_is(seen.view.openid, rows[i].openid));
        assert_true(ps_text_is(seen.out_order_no, "PS20260301A0000017"));
        assert_true(ps_text_is(seen.mchid, "1900000109"));
        assert_true(ps_text_is(seen.appid, "wx8888888888888888"));
        cJSON_Delete(body);
    }
}

static void a_sync_is_seen_as_paid_elsewhere(void **state)
{
    (void)state;
    struct ps_sighting seen;
    cJSON *body = vector_json("payscore/sync_reply.json");
    assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.view.paid_type, PS_PAID_MCH);
    assert_int_equal(seen.view.platform_ms, INT64_C(1772341500000));
    cJSON_Delete(body);
    body = vector_json("payscore/query_done.json");
    assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.view.paid_type, PS_PAID_NEWTON);
    cJSON_Delete(body);
}

/* Amounts before a completion mean nothing, whether numbers or strings, and are not read. */
static void a_confirmation_is_seen_with_its_user(void **state)
{
    (void)state;
    static const char *const totals[] = {"0", "40000", "\"40000\"", "\"x\"", "null"};
    for (size_t i = 0; i < COUNT(totals); i++) {
        struct ps_sighting seen;
        cJSON *body = vector_json("payscore/notice_confirm_plain.json");
        cJSON_ReplaceItemInObject(body, "total_amount", json_of(totals[i]));
        assert_int_equal(ps_view_of_order(body, true, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, PS_EVENT_seen_in_service);
        assert_false(seen.view.has_total);
        assert_false(seen.view.has_paid);
        assert_true(ps_text_is(seen.out_order_no, "PS20260301B0000042"));
        assert_true(ps_text_is(seen.view.openid, "oDoc0001ExampleOpenId_abcdef"));
        assert_string_equal(seen.strange, "");
        cJSON_Delete(body);
    }
}

static void an_order_to_be_confirmed_is_seen_created(void **state)
{
    (void)state;
    struct ps_sighting seen;
    cJSON *body = vector_json("payscore/create_confirm_reply.json");
    assert_int_equal(ps_view_of_order(body, false, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.event, PS_EVENT_seen_created);
    assert_false(seen.view.has_total);
    assert_int_equal(seen.view.openid.size, 0);
    assert_string_equal(seen.strange, "");
    cJSON_Delete(body);
}

static void authorizations_become_events_with_their_own_time(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum ps_event event;
        int64_t platform_ms;
    } rows[] = {
        {"payscore/authorization_unbound.json", PS_EVENT_seen_unbound, 0},
        {"payscore/authorization_available.json", PS_EVENT_seen_available, INT64_C(1772330712000)},
        {"payscore/authorization_unavailable.json", PS_EVENT_seen_unavailable,
         INT64_C(1774003201000)},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        cJSON *body = vector_json(rows[i].name);
        assert_int_equal(ps_view_of_authorization(body, &seen, NULL), PAYSCORE_OK);
        assert_int_equal(seen.event, rows[i].event);
        assert_int_equal(seen.view.platform_ms, rows[i].platform_ms);
        assert_true(ps_text_is(seen.authorization_code, "AUTH20260301000001"));
        cJSON_Delete(body);
    }
}

static void odd_authorizations_are_strange_or_refused(void **state)
{
    (void)state;
    char text[256];
    struct ps_sighting seen;
    cJSON *body = json_of("{\"authorization_state\":\"PAUSED\"}");
    assert_int_equal(ps_view_of_authorization(body, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.event, PS_EVENT_seen_strange);
    assert_string_equal(seen.strange, "authorization_state=PAUSED");
    cJSON_Delete(body);
    (void)snprintf(text, sizeof text,
                   "{\"authorization_state\":\"AVAILABLE\",\"openid\":\"%0129d\"}", 7);
    body = json_of(text);
    assert_int_equal(ps_view_of_authorization(body, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.event, PS_EVENT_seen_strange);
    assert_int_equal(seen.view.openid.size, 0);
    cJSON_Delete(body);
    body = json_of("{\"authorization_state\":\"AVAILABLE\",\"authorization_success_time\":\"x\"}");
    assert_int_equal(ps_view_of_authorization(body, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.view.platform_ms, 0);
    cJSON_Delete(body);
    body = json_of("{}");
    assert_int_equal(ps_view_of_authorization(body, &seen, NULL), PAYSCORE_E_INPUT);
    cJSON_Delete(body);
    assert_int_equal(ps_view_of_authorization(NULL, &seen, NULL), PAYSCORE_E_INPUT);
}

static void service_notices_are_trusted_only_when_they_agree_with_themselves(void **state)
{
    (void)state;
    static const char opened[] = "PAYSCORE.USER_OPEN_SERVICE";
    static const char closed[] = "PAYSCORE.USER_CLOSE_SERVICE";
    static const struct {
        const char *event_type, *status;
        enum ps_event event;
    } rows[] = {
        {opened, "USER_OPEN_SERVICE", PS_EVENT_seen_available},
        {closed, "USER_CLOSE_SERVICE", PS_EVENT_seen_unavailable},
        {opened, "", PS_EVENT_seen_available},
        {closed, "", PS_EVENT_seen_unavailable},
        {opened, "USER_CLOSE_SERVICE", PS_EVENT_seen_unclear},
        {closed, "USER_OPEN_SERVICE", PS_EVENT_seen_unclear},
        {closed, "USER_PAUSE_SERVICE", PS_EVENT_seen_strange},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_sighting seen;
        char text[256];
        (void)snprintf(text, sizeof text,
                       "{\"openid\":\"o\",\"user_service_status\":\"%s\","
                       "\"openorclose_time\":\"20260301100512\"}",
                       rows[i].status);
        cJSON *body = json_of(text);
        assert_int_equal(
            ps_view_of_service_notice(body, ps_text_of(rows[i].event_type), &seen, NULL),
            PAYSCORE_OK);
        assert_int_equal(seen.event, rows[i].event);
        assert_int_equal(seen.view.platform_ms, INT64_C(1772330712000));
        cJSON_Delete(body);
    }
}

static void a_service_notice_needs_its_user_but_not_its_time(void **state)
{
    (void)state;
    struct ps_sighting seen;
    struct payscore_text type = PAYSCORE_TEXT("PAYSCORE.USER_OPEN_SERVICE");
    cJSON *body = json_of("{\"openid\":\"o\"}");
    assert_int_equal(ps_view_of_service_notice(body, type, &seen, NULL), PAYSCORE_OK);
    assert_int_equal(seen.view.platform_ms, 0);
    cJSON_Delete(body);
    body = json_of("{}");
    assert_int_equal(ps_view_of_service_notice(body, type, &seen, NULL), PAYSCORE_E_INPUT);
    cJSON_Delete(body);
    assert_int_equal(ps_view_of_service_notice(NULL, type, &seen, NULL), PAYSCORE_E_INPUT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triples_become_events),
        cmocka_unit_test(unknown_values_are_strange_and_kept_verbatim),
        cmocka_unit_test(a_long_strange_value_is_cut_at_a_character),
        cmocka_unit_test(totals_come_from_the_collection_first),
        cmocka_unit_test(a_total_before_completion_is_not_even_read),
        cmocka_unit_test(collected_money_is_summed_where_paid_amount_is_missing),
        cmocka_unit_test(amounts_may_be_strings_in_notices_only),
        cmocka_unit_test(details_tell_how_it_was_paid),
        cmocka_unit_test(orders_that_cannot_be_read_are_refused),
        cmocka_unit_test(a_description_is_looked_at_only_while_doing),
        cmocka_unit_test(an_amount_that_cannot_be_read_is_strange_and_not_guessed),
        cmocka_unit_test(the_largest_amount_is_read_exactly),
        cmocka_unit_test(captured_orders_are_read),
        cmocka_unit_test(a_sync_is_seen_as_paid_elsewhere),
        cmocka_unit_test(a_confirmation_is_seen_with_its_user),
        cmocka_unit_test(an_order_to_be_confirmed_is_seen_created),
        cmocka_unit_test(authorizations_become_events_with_their_own_time),
        cmocka_unit_test(odd_authorizations_are_strange_or_refused),
        cmocka_unit_test(service_notices_are_trusted_only_when_they_agree_with_themselves),
        cmocka_unit_test(a_service_notice_needs_its_user_but_not_its_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
