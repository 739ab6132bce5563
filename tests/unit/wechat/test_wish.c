/*
 * The requests of both modes and of a running order equal the documented ones, and what the chart's
 * rules look at is read from them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/vectors.h"
#include "wechat/command.h"
#include "wechat/fields.h"
#include "wechat/text.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct ps_service service = {
    .mchid = {"1900000109", 10},
    .appid = {"wx8888888888888888", 18},
    .service_id = {"00002000000000158728912345678901", 32},
    .notify_url = {"https://pay.example.com/wx/payscore/order", 41},
};

/** The service whose users confirm their orders. */
static struct ps_service confirming(void)
{
    struct ps_service other = service;
    other.service_id = PAYSCORE_TEXT("00003000000000158728912345678902");
    return other;
}

static enum payscore_status render_text(enum ps_command_id command, const char *json,
                                        struct ps_rendered *out, struct payscore_error *error)
{
    error->text[0] = '\0';
    return ps_command_render(command, &service, ps_text_of(json), out, error);
}

static void render(enum ps_command_id command, const char *json, struct ps_rendered *out)
{
    struct payscore_error error;
    if (render_text(command, json, out, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
}

static void assert_refused(enum ps_command_id command, const char *json, const char *words)
{
    struct ps_rendered rendered;
    struct payscore_error error;
    if (render_text(command, json, &rendered, &error) != PAYSCORE_E_INPUT ||
        strstr(error.text, words) == NULL)
        fail_msg("%s must be refused with '%s': '%s'", json, words, error.text);
    assert_null(rendered.body);
}

/** The example without the members named, with `name` set to `value`, as a command. */
static char *command_of(const char *vector, const char *const *without, const char *name,
                        const char *value)
{
    cJSON *body = vector_json(vector);
    for (; *without != NULL; without++)
        cJSON_DeleteItemFromObject(body, *without);
    if (name != NULL) cJSON_AddStringToObject(body, name, value);
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    return text;
}

static void requests_equal_the_documented_ones(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL};
    static const char *const known[] = {"appid", "service_id", "type", NULL};
    static const struct {
        enum ps_command_id command;
        const char *vector, *name, *number;
        const char *const *without;
    } rows[] = {
        {PS_COMMAND_modify, "modify_request", "out_order_no", "PS20260301A0000017", nothing},
        {PS_COMMAND_modify, "modify_request", "out_order_no", "PS20260301A0000017", known},
        {PS_COMMAND_sync, "sync_request", "out_order_no", "PS20260301A0000017", nothing},
        {PS_COMMAND_sync, "sync_request", "out_order_no", "PS20260301A0000017", known},
        {PS_COMMAND_pay, "pay_request", "out_order_no", "PS20260301A0000017", nothing},
        {PS_COMMAND_pay, "pay_request", "out_order_no", "PS20260301A0000017", known},
        {PS_COMMAND_terminate_by_code, "terminate_by_code_request", "authorization_code",
         "AUTH20260301000001", nothing},
        {PS_COMMAND_terminate_by_code, "terminate_by_code_request", "authorization_code",
         "AUTH20260301000001", known},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char vector[64];
        struct ps_rendered rendered;
        (void)snprintf(vector, sizeof vector, "payscore/%s.json", rows[i].vector);
        char *json = command_of(vector, rows[i].without, rows[i].name, rows[i].number);
        char *expected = vector_compact(vector);
        render(rows[i].command, json, &rendered);
        assert_string_equal(rendered.body, expected);
        assert_int_equal(rendered.body_size, strlen(expected));
        assert_string_equal(rendered.number, rows[i].number);
        assert_string_equal(rendered.openid, "");
        assert_int_equal(rendered.asked_fen, rows[i].command == PS_COMMAND_modify ? 300 : 0);
        ps_rendered_free(&rendered);
        cJSON_free(json);
        cJSON_free(expected);
    }
}

static void an_order_to_be_confirmed_equals_the_documented_one(void **state)
{
    (void)state;
    static const char vector[] = "payscore/create_confirm_request.json";
    static const char *const variants[][5] = {
        {NULL},
        {"appid", "service_id", "notify_url", "need_user_confirm", NULL},
    };
    char *expected = vector_compact(vector);
    struct ps_service other = confirming();
    for (size_t i = 0; i < COUNT(variants); i++) {
        struct ps_rendered rendered;
        struct payscore_error error = {""};
        char *json = command_of(vector, variants[i], NULL, NULL);
        enum payscore_status rc =
            ps_command_render(PS_COMMAND_create, &other, ps_text_of(json), &rendered, &error);
        if (rc != PAYSCORE_OK) fail_msg("%s", error.text);
        assert_string_equal(rendered.body, expected);
        assert_string_equal(rendered.openid, "");
        assert_int_equal(rendered.wish.terms, PS_FLAG_TERMS | PS_FLAG_CONFIRM | PS_FLAG_EXEMPT |
                                                  PS_FLAG_BY_DAY | PS_FLAG_END_GIVEN);
        assert_int_equal(rendered.wish.risk_fen, 50000);
        ps_rendered_free(&rendered);
        cJSON_free(json);
    }
    cJSON_free(expected);
}

/** A create with these members beside those that it cannot do without. */
static const char *create(const char *fund, const char *members)
{
    static char text[1024];
    (void)snprintf(text, sizeof text,
                   "{\"out_order_no\":\"A\",\"service_introduction\":\"a\","
                   "\"risk_fund\":{\"name\":\"%s\",\"amount\":100}%s}",
                   fund, members);
    return text;
}

static void who_is_named_need_not_confirm(void **state)
{
    (void)state;
    static const struct {
        const char *fund, *members;
        const char *refusal; /* NULL: rendered, in the mode that `confirm` tells. */
        bool confirm;
    } rows[] = {
        {"ESTIMATE_ORDER_COST", ",\"openid\":\"o\"", NULL, false},
        {"ESTIMATE_ORDER_COST", ",\"openid\":\"o\",\"need_user_confirm\":false", NULL, false},
        {"ESTIMATE_ORDER_COST", "", NULL, true},
        {"ESTIMATE_ORDER_COST", ",\"need_user_confirm\":true", NULL, true},
        {"DEPOSIT", "", NULL, true},
        {"ADVANCE", "", NULL, true},
        {"CASH_DEPOSIT", ",\"need_user_confirm\":true", NULL, true},
        {"ESTIMATE_ORDER_COST", ",\"need_user_confirm\":false",
         "openid: missing; must be: openid is given exactly when need_user_confirm is false",
         false},
        {"ESTIMATE_ORDER_COST", ",\"openid\":\"o\",\"need_user_confirm\":true",
         "openid: 'o'; must be: openid is given exactly when", false},
        {"DEPOSIT", ",\"openid\":\"o\"",
         "risk_fund.name: 'DEPOSIT'; must be: without confirmation the name is ESTIMATE", false},
        {"ADVANCE", ",\"openid\":\"o\",\"need_user_confirm\":false", "risk_fund.name: 'ADVANCE'",
         false},
        {"PLEDGE", "", "risk_fund.name: \"PLEDGE\"; must be: ESTIMATE_ORDER_COST, DEPOSIT", true},
        {"DEPOSIT", ",\"need_user_confirm\":1", "need_user_confirm: 1; must be: true or false",
         true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_rendered rendered;
        const char *json = create(rows[i].fund, rows[i].members);
        if (rows[i].refusal != NULL) {
            assert_refused(PS_COMMAND_create, json, rows[i].refusal);
            continue;
        }
        render(PS_COMMAND_create, json, &rendered);
        assert_non_null(strstr(rendered.body, rows[i].confirm ? "\"need_user_confirm\":true"
                                                              : "\"need_user_confirm\":false"));
        assert_non_null(strstr(rendered.body, "\"time_range\":{\"start_time\":\"OnAccept\"}"));
        assert_int_equal((rendered.wish.terms & PS_FLAG_CONFIRM) != 0, rows[i].confirm);
        assert_int_equal((rendered.wish.terms & PS_FLAG_EXEMPT) != 0,
                         strcmp(rows[i].fund, "ESTIMATE_ORDER_COST") != 0);
        ps_rendered_free(&rendered);
    }
}

/* 1772330760000 is 2026-03-01 10:06:00, 1772294400000 that day's 00:00, both in Beijing. */
static void a_create_tells_its_terms(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        unsigned terms;
        int64_t start_ms, end_ms;
        bool end_by_day, has_end_place;
    } rows[] = {
        {"", PS_FLAG_ON_ACCEPT, 0, 0, false, false},
        {",\"time_range\":{\"start_time\":\"OnAccept\"}", PS_FLAG_ON_ACCEPT, 0, 0, false, false},
        {",\"time_range\":{\"start_time\":\"20260301100600\"}", 0, INT64_C(1772330760000), 0, false,
         false},
        {",\"time_range\":{\"start_time\":\"20260301\"}", PS_FLAG_BY_DAY, INT64_C(1772294400000), 0,
         false, false},
        {",\"time_range\":{\"start_time\":\"20260301\",\"end_time\":\"20260302\"}",
         PS_FLAG_BY_DAY | PS_FLAG_END_GIVEN, INT64_C(1772294400000), INT64_C(1772380800000), true,
         false},
        {",\"time_range\":{\"start_time\":\"20260301100600\",\"end_time\":\"20260301100601\"}",
         PS_FLAG_END_GIVEN, INT64_C(1772330760000), INT64_C(1772330761000), false, false},
        {",\"time_range\":{\"start_time\":\"OnAccept\",\"end_time\":\"20260302\"}",
         PS_FLAG_ON_ACCEPT | PS_FLAG_END_GIVEN, 0, INT64_C(1772380800000), true, false},
        {",\"location\":{\"start_location\":\"a\"}", PS_FLAG_ON_ACCEPT | PS_FLAG_PLACE_GIVEN, 0, 0,
         false, false},
        {",\"location\":{\"start_location\":\"a\",\"end_location\":\"b\"}",
         PS_FLAG_ON_ACCEPT | PS_FLAG_PLACE_GIVEN, 0, 0, false, true},
        {",\"location\":{}", PS_FLAG_ON_ACCEPT, 0, 0, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_rendered rendered;
        render(PS_COMMAND_create, create("ESTIMATE_ORDER_COST", rows[i].members), &rendered);
        assert_int_equal(rendered.wish.terms, PS_FLAG_TERMS | PS_FLAG_CONFIRM | rows[i].terms);
        assert_int_equal(rendered.wish.risk_fen, 100);
        assert_int_equal(rendered.wish.start_ms, rows[i].start_ms);
        assert_int_equal(rendered.wish.end_ms, rows[i].end_ms);
        assert_int_equal(rendered.wish.end_by_day, rows[i].end_by_day);
        assert_int_equal(rendered.wish.has_end_place, rows[i].has_end_place);
        assert_int_equal(rendered.wish.paid_ms, 0);
        assert_int_equal(rendered.asked_fen, 0);
        ps_rendered_free(&rendered);
    }
}

static void a_complete_tells_its_end(void **state)
{
    (void)state;
    static const struct {
        const char *members;
        unsigned terms;
        int64_t start_ms, end_ms;
        bool end_by_day, has_end_place;
    } rows[] = {
        {"", 0, 0, 0, false, false},
        {",\"time_range\":{\"end_time\":\"20260301100600\"}", 0, 0, INT64_C(1772330760000), false,
         false},
        {",\"time_range\":{\"end_time\":\"20260301\"}", 0, 0, INT64_C(1772294400000), true, false},
        {",\"time_range\":{\"start_time\":\"20260301\",\"end_time\":\"20260302\"}", PS_FLAG_BY_DAY,
         INT64_C(1772294400000), INT64_C(1772380800000), true, false},
        {",\"time_range\":{\"start_time\":\"20260301100600\"}", 0, INT64_C(1772330760000), 0, false,
         false},
        {",\"location\":{\"end_location\":\"b\"}", 0, 0, 0, false, true},
        {",\"location\":{\"start_location\":\"a\"}", 0, 0, 0, false, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_rendered rendered;
        char json[512];
        (void)snprintf(json, sizeof json,
                       "{\"out_order_no\":\"A\",\"post_payments\":[{\"name\":\"a\",\"amount\":7}],"
                       "\"total_amount\":7%s}",
                       rows[i].members);
        render(PS_COMMAND_complete, json, &rendered);
        assert_int_equal(rendered.wish.terms, rows[i].terms);
        assert_int_equal(rendered.wish.start_ms, rows[i].start_ms);
        assert_int_equal(rendered.wish.end_ms, rows[i].end_ms);
        assert_int_equal(rendered.wish.end_by_day, rows[i].end_by_day);
        assert_int_equal(rendered.wish.has_end_place, rows[i].has_end_place);
        assert_int_equal(rendered.wish.risk_fen, 0);
        assert_int_equal(rendered.asked_fen, 7);
        ps_rendered_free(&rendered);
    }
}

static void a_sync_tells_when_the_user_paid(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    render(PS_COMMAND_sync,
           "{\"out_order_no\":\"A\",\"detail\":{\"paid_time\":\"20260301100600\"}}", &rendered);
    assert_int_equal(rendered.wish.paid_ms, INT64_C(1772330760000));
    assert_int_equal(rendered.wish.terms, 0);
    assert_non_null(strstr(rendered.body, "\"type\":\"Order_Paid\""));
    ps_rendered_free(&rendered);
    assert_refused(PS_COMMAND_sync,
                   "{\"out_order_no\":\"A\",\"detail\":{\"paid_time\":\"20260301\"}}",
                   "detail.paid_time: \"20260301\"; must be: yyyyMMddHHmmss");
    assert_refused(PS_COMMAND_sync, "{\"out_order_no\":\"A\",\"detail\":{}}",
                   "detail.paid_time: missing; must be: given");
    assert_refused(PS_COMMAND_sync, "{\"out_order_no\":\"A\"}", "detail: missing");
    assert_refused(PS_COMMAND_sync,
                   "{\"out_order_no\":\"A\",\"type\":\"Order_Done\","
                   "\"detail\":{\"paid_time\":\"20260301100600\"}}",
                   "type: 'Order_Done'; must be: 'Order_Paid' or left out");
}

/* What has no call is checked, names its record, and is never sent. */
static void commands_without_a_call_are_not_rendered(void **state)
{
    (void)state;
    static const struct {
        enum ps_command_id command;
        const char *json, *number, *openid;
        const char *refusal;
    } rows[] = {
        {PS_COMMAND_adopt, "{\"out_order_no\":\"A\"}", "A", "", NULL},
        {PS_COMMAND_adopt, "{}", "", "", "out_order_no: missing"},
        {PS_COMMAND_adopt, "{\"out_order_no\":\"A\",\"appid\":\"x\"}", "", "", "appid: \"x\""},
        {PS_COMMAND_release, "{\"out_order_no\":\"A\",\"person\":\"p\",\"reason\":\"r\"}", "A", "",
         NULL},
        {PS_COMMAND_release, "{\"out_order_no\":\"A\",\"reason\":\"r\"}", "", "",
         "person: missing; must be: given"},
        {PS_COMMAND_release, "{\"out_order_no\":\"A\",\"person\":\"p\"}", "", "",
         "reason: missing; must be: given"},
        {PS_COMMAND_release, "{\"out_order_no\":\"A\",\"person\":\"\",\"reason\":\"r\"}", "", "",
         "person: \"\"; must be: 1 to 64 characters"},
        {PS_COMMAND_release, "{\"out_order_no\":\"A\",\"person\":\"p\",\"reason\":\"\"}", "", "",
         "reason: \"\"; must be: 1 to 200 characters"},
        {PS_COMMAND_release_authorization, "{\"openid\":\"o\",\"person\":\"p\",\"reason\":\"r\"}",
         "", "o", NULL},
        {PS_COMMAND_release_authorization,
         "{\"out_order_no\":\"A\",\"person\":\"p\",\"reason\":\"r\"}", "", "", "openid: missing"},
        {PS_COMMAND_release_preauthorization,
         "{\"authorization_code\":\"C\",\"person\":\"p\",\"reason\":\"r\"}", "C", "", NULL},
        {PS_COMMAND_terminate_by_code, "{\"reason\":\"r\"}", "", "", "authorization_code: missing"},
        {PS_COMMAND_terminate_by_code, "{\"authorization_code\":\"C\"}", "", "", "reason: missing"},
        {PS_COMMAND_pay, "{}", "", "", "out_order_no: missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_rendered rendered;
        if (rows[i].refusal != NULL) {
            assert_refused(rows[i].command, rows[i].json, rows[i].refusal);
            continue;
        }
        render(rows[i].command, rows[i].json, &rendered);
        assert_null(rendered.body);
        assert_int_equal(rendered.body_size, 0);
        assert_string_equal(rendered.number, rows[i].number);
        assert_string_equal(rendered.openid, rows[i].openid);
        assert_int_equal(rendered.wish.terms, 0);
        ps_rendered_free(&rendered);
    }
}

/* The limits of the reference, written down once more: what is sent, and what the platform takes.
 */
static void limits_are_those_of_the_reference(void **state)
{
    (void)state;
    static const struct {
        enum ps_form form;
        const char *path;
        int64_t min, max, accept_max;
    } rows[] = {
        {PS_FORM_modify_order, "out_order_no", 1, 32, 32},
        {PS_FORM_modify_order, "post_payments", 1, 100, 100},
        {PS_FORM_modify_order, "post_payments[].name", 1, 20, 20},
        {PS_FORM_modify_order, "post_payments[].description", 1, 30, 30},
        {PS_FORM_modify_order, "post_payments[].count", 1, 100, 100},
        {PS_FORM_modify_order, "post_discounts", 0, 30, 30},
        {PS_FORM_modify_order, "post_discounts[].name", 1, 20, 20},
        {PS_FORM_modify_order, "post_discounts[].description", 1, 30, 30},
        {PS_FORM_modify_order, "reason", 1, 50, 50},
        {PS_FORM_modify_order, "device.start_device_id", 1, 50, 50},
        {PS_FORM_modify_order, "device.end_device_id", 1, 50, 50},
        {PS_FORM_modify_order, "device.materiel_no", 1, 100, 100},
        {PS_FORM_sync_order, "out_order_no", 1, 32, 32},
        {PS_FORM_pay_order, "out_order_no", 1, 32, 32},
        {PS_FORM_terminate_authorization_by_code, "authorization_code", 1, 32, 32},
        {PS_FORM_terminate_authorization_by_code, "service_id", 1, 32, 32},
        {PS_FORM_terminate_authorization_by_code, "reason", 1, 50, 50},
        {PS_FORM_adopt, "out_order_no", 1, 32, 32},
        {PS_FORM_release, "person", 1, 64, 64},
        {PS_FORM_release, "reason", 1, 200, 200},
        {PS_FORM_release_authorization, "openid", 1, 128, 128},
        {PS_FORM_release_authorization, "person", 1, 64, 64},
        {PS_FORM_release_preauthorization, "reason", 1, 200, 200},
        {PS_FORM_cancel_order, "reason", 1, 50, 50},
        {PS_FORM_create_order, "location.start_location", 1, 20, 50},
        {PS_FORM_create_order, "attach", 0, 256, 256},
        {PS_FORM_create_order, "notify_url", 1, 255, 255},
        {PS_FORM_create_order, "risk_fund.name", 1, 30, 64},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct ps_field *field = ps_field_find(rows[i].form, rows[i].path);
        assert_non_null(field);
        assert_int_equal(field->min, rows[i].min);
        assert_int_equal(field->max, rows[i].max);
        assert_int_equal(field->accept_max, rows[i].accept_max);
    }
    assert_null(ps_field_find(PS_FORM_terminate_authorization_by_code, "appid"));
    assert_null(ps_field_find(PS_FORM_modify_order, "time_range"));
    assert_null(ps_field_find(PS_FORM_modify_order, "location"));
    assert_null(ps_field_find(PS_FORM_modify_order, "profit_sharing"));
}

static void every_command_has_the_form_of_its_call(void **state)
{
    (void)state;
#define COMMAND(id, name, event, chart, call, form, name_field, en, zh)                            \
    {                                                                                              \
        const struct ps_field *names = ps_field_find(PS_FORM_##form, name_field);                  \
        assert_int_equal(ps_command_by_name(PAYSCORE_TEXT(#name)), PS_COMMAND_##name);             \
        if (PS_CALL_##call != PS_CALL_none)                                                        \
            assert_int_equal((int)PS_FORM_##form, (int)PS_CALL_##call);                            \
        else                                                                                       \
            assert_true(PS_FORM_##form > PS_FORMS_OF_CALLS);                                       \
        assert_non_null(names);                                                                    \
        assert_int_equal(names->need, PS_FIELD_REQUIRED);                                          \
    }
#include "statecharts/commands.def"
}

static void a_refusal_by_the_chart_is_told_with_the_value(void **state)
{
    (void)state;
    static const char late[] = "time_range.end_time must not be later than now.";
    static const char json[] =
        "{\"out_order_no\":\"A\",\"time_range\":{\"end_time\":\"20260301100600\"},"
        "\"total_amount\":800,\"detail\":{\"paid_time\":\"20260301\"}}";
    static const struct {
        enum ps_command_id command;
        const char *json, *text, *told;
    } rows[] = {
        {PS_COMMAND_complete, json, late,
         "time_range.end_time: \"20260301100600\"; time_range.end_time must not be later than "
         "now."},
        {PS_COMMAND_modify, json, "total_amount must be lower.",
         "total_amount: 800; total_amount must be lower."},
        {PS_COMMAND_sync, json, "detail.paid_time must be later.",
         "detail.paid_time: \"20260301\"; detail.paid_time must be later."},
        {PS_COMMAND_complete, "{}", "time_range.end_time is required.",
         "time_range.end_time: missing; time_range.end_time is required."},
        {PS_COMMAND_complete, "{\"time_range\":{}}", "time_range.end_time is required.",
         "time_range.end_time: missing; time_range.end_time is required."},
        {PS_COMMAND_complete, "{\"time_range\":7}", "time_range.end_time is required.",
         "time_range.end_time: missing; time_range.end_time is required."},
        {PS_COMMAND_complete, json, "The order has ended.", "The order has ended."},
        {PS_COMMAND_cancel, json, late, late},
        {PS_COMMAND_complete, "no JSON", late, late},
        {PS_COMMAND_complete, json, "", ""},
        {(enum ps_command_id)99, json, late, late},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct payscore_error error = {"x"};
        ps_command_explain(rows[i].command, ps_text_of(rows[i].json), rows[i].text, &error);
        assert_string_equal(error.text, rows[i].told);
    }
    ps_command_explain(PS_COMMAND_complete, ps_text_of(json), late, NULL);
}

/* A row of the chart that begins with a member's path must name one that its command has. */
static void rows_of_the_chart_name_members_that_exist(void **state)
{
    (void)state;
    static const struct {
        const char *event, *text;
    } rows[] = {
#define REJECT(id, from, event, guard, en, zh, source) {#event, en},
#include "statecharts/service_order.def"
    };
    static const struct {
        const char *event;
        enum ps_command_id command;
    } commands[] = {
#define COMMAND(id, name, event, chart, call, form, name_field, en, zh) {#event, PS_COMMAND_##name},
#include "statecharts/commands.def"
    };
    size_t named = 0;
    for (size_t i = 0; i < COUNT(rows); i++) {
        if (rows[i].text[0] < 'a' || rows[i].text[0] > 'z') continue;
        size_t found = 0;
        for (size_t j = 0; j < COUNT(commands); j++) {
            struct payscore_error error = {""};
            if (strcmp(commands[j].event, rows[i].event) != 0) continue;
            ps_command_explain(commands[j].command, PAYSCORE_TEXT("{}"), rows[i].text, &error);
            found += strstr(error.text, ": missing; ") != NULL ? 1 : 0;
        }
        if (found == 0) fail_msg("no member at the beginning of: %s", rows[i].text);
        named++;
    }
    assert_true(named >= 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_equal_the_documented_ones),
        cmocka_unit_test(an_order_to_be_confirmed_equals_the_documented_one),
        cmocka_unit_test(who_is_named_need_not_confirm),
        cmocka_unit_test(a_create_tells_its_terms),
        cmocka_unit_test(a_complete_tells_its_end),
        cmocka_unit_test(a_sync_tells_when_the_user_paid),
        cmocka_unit_test(commands_without_a_call_are_not_rendered),
        cmocka_unit_test(limits_are_those_of_the_reference),
        cmocka_unit_test(every_command_has_the_form_of_its_call),
        cmocka_unit_test(a_refusal_by_the_chart_is_told_with_the_value),
        cmocka_unit_test(rows_of_the_chart_name_members_that_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
