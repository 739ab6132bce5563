/* What a merchant asks for is checked member by member and written as the platform documents it. */
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
#include "wechat/request.h"
#include "wechat/rules.h"
#include "wechat/text.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct ps_service service = {
    .mchid = {"1900000109", 10},
    .appid = {"wx8888888888888888", 18},
    .service_id = {"00002000000000158728912345678901", 32},
    .notify_url = {"https://pay.example.com/wx/payscore/order", 41},
};

static enum payscore_status render_text(enum ps_command_id command, const char *json,
                                        struct ps_rendered *out, struct payscore_error *error)
{
    return ps_command_render(command, &service, ps_text_of(json), out, error);
}

static void render(enum ps_command_id command, const char *json, struct ps_rendered *out)
{
    struct payscore_error error = {""};
    if (render_text(command, json, out, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
}

/** An example of the reference, changed: `edit` sees it before it is rendered. */
static char *edited(const char *name, void (*edit)(cJSON *body))
{
    cJSON *body = vector_json(name);
    edit(body);
    char *text = cJSON_PrintUnformatted(body);
    cJSON_Delete(body);
    return text;
}

static void keep(cJSON *body)
{
    (void)body;
}

static void drop_what_is_filled_in(cJSON *body)
{
    cJSON_DeleteItemFromObject(body, "appid");
    cJSON_DeleteItemFromObject(body, "service_id");
    cJSON_DeleteItemFromObject(body, "notify_url");
    cJSON_DeleteItemFromObject(body, "need_user_confirm");
}

static void turn_round(cJSON *body)
{
    for (int i = cJSON_GetArraySize(body) - 1; i >= 0; i--) {
        cJSON *item = cJSON_DetachItemFromArray(body, i);
        cJSON_AddItemToObject(body, item->string, item);
    }
}

static void add_order_number(cJSON *body)
{
    cJSON_AddStringToObject(body, "out_order_no", "PS20260301A0000017");
}

static void add_openid(cJSON *body)
{
    cJSON_AddStringToObject(body, "openid", "oDoc0001ExampleOpenId_abcdef");
}

static void use_our_service(cJSON *body)
{
    cJSON_ReplaceItemInObject(body, "service_id", cJSON_CreateString(service.service_id.data));
    add_order_number(body);
}

/** The example, edited into a command, renders to the example itself, byte for byte. */
static void assert_renders(enum ps_command_id command, const char *name, void (*edit)(cJSON *body))
{
    struct ps_rendered rendered;
    char *json = edited(name, edit);
    char *expected = vector_compact(name);
    render(command, json, &rendered);
    assert_string_equal(rendered.body, expected);
    assert_int_equal(rendered.body_size, strlen(expected));
    ps_rendered_free(&rendered);
    cJSON_free(json);
    cJSON_free(expected);
}

static void a_create_equals_the_documented_request(void **state)
{
    (void)state;
    static const char name[] = "payscore/create_request.json";
    assert_renders(PS_COMMAND_create, name, keep);
    assert_renders(PS_COMMAND_create, name, drop_what_is_filled_in);
    assert_renders(PS_COMMAND_create, name, turn_round);
}

static void a_complete_equals_the_documented_request(void **state)
{
    (void)state;
    assert_renders(PS_COMMAND_complete, "payscore/complete_request.json", add_order_number);
    assert_renders(PS_COMMAND_complete, "payscore/complete_zero_request.json", add_order_number);
}

static void a_pre_authorization_equals_the_documented_request(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    struct payscore_error error;
    struct ps_service other = service;
    char *expected = vector_compact("payscore/preauthorize_request.json");
    other.notify_url = PAYSCORE_TEXT("https://pay.example.com/wx/payscore/auth");
    assert_int_equal(ps_command_render(PS_COMMAND_preauthorize, &other,
                                       PAYSCORE_TEXT("{\"authorization_code\":"
                                                     "\"AUTH20260301000001\"}"),
                                       &rendered, &error),
                     PAYSCORE_OK);
    assert_string_equal(rendered.body, expected);
    assert_string_equal(rendered.number, "AUTH20260301000001");
    assert_string_equal(rendered.openid, "");
    ps_rendered_free(&rendered);
    cJSON_free(expected);
}

static void a_termination_equals_the_documented_request(void **state)
{
    (void)state;
    static const char name[] = "payscore/terminate_by_openid_request.json";
    assert_renders(PS_COMMAND_terminate, name, add_openid);
}

static void a_cancel_equals_the_documented_request(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    char *json = edited("payscore/cancel_request.json", use_our_service);
    render(PS_COMMAND_cancel, json, &rendered);
    assert_string_equal(rendered.body,
                        "{\"appid\":\"wx8888888888888888\",\"service_id\":"
                        "\"00002000000000158728912345678901\",\"reason\":\"用户取消预订\"}");
    assert_string_equal(rendered.number, "PS20260301A0000017");
    ps_rendered_free(&rendered);
    cJSON_free(json);
}

static void what_names_the_record_is_kept_beside_the_body(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    char *json = edited("payscore/create_request.json", keep);
    render(PS_COMMAND_create, json, &rendered);
    assert_string_equal(rendered.number, "PS20260301A0000017");
    assert_string_equal(rendered.openid, "oDoc0001ExampleOpenId_abcdef");
    assert_int_equal(rendered.asked_fen, 0);
    ps_rendered_free(&rendered);
    cJSON_free(json);
    json = edited("payscore/complete_request.json", add_order_number);
    render(PS_COMMAND_complete, json, &rendered);
    assert_string_equal(rendered.number, "PS20260301A0000017");
    assert_int_equal(rendered.asked_fen, 800);
    ps_rendered_free(&rendered);
    cJSON_free(json);
    json = edited("payscore/terminate_by_openid_request.json", add_openid);
    render(PS_COMMAND_terminate, json, &rendered);
    assert_string_equal(rendered.openid, "oDoc0001ExampleOpenId_abcdef");
    assert_string_equal(rendered.number, "");
    ps_rendered_free(&rendered);
    cJSON_free(json);
}

static void a_check_needs_only_its_user(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    struct payscore_error error;
    render(PS_COMMAND_check, "{\"openid\":\"oDoc\"}", &rendered);
    assert_string_equal(rendered.openid, "oDoc");
    assert_null(rendered.body);
    ps_rendered_free(&rendered);
    assert_int_equal(render_text(PS_COMMAND_check, "{}", &rendered, &error), PAYSCORE_E_INPUT);
    assert_string_equal(error.text, "openid: missing; must be: given");
    assert_int_equal(
        render_text(PS_COMMAND_check, "{\"openid\":\"o\",\"appid\":\"a\"}", &rendered, &error),
        PAYSCORE_E_INPUT);
}

static void drop_time_range(cJSON *body)
{
    cJSON_DeleteItemFromObject(body, "time_range");
}

static void a_create_without_times_starts_on_acceptance(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    char *json = edited("payscore/create_request.json", drop_time_range);
    render(PS_COMMAND_create, json, &rendered);
    assert_non_null(strstr(rendered.body, "\"time_range\":{\"start_time\":\"OnAccept\"}"));
    ps_rendered_free(&rendered);
    cJSON_free(json);
}

static void use_the_largest_amount(cJSON *body)
{
    cJSON *fund = cJSON_GetObjectItem(body, "risk_fund");
    cJSON_ReplaceItemInObject(fund, "amount", cJSON_CreateNumber(1e15));
}

static void amounts_are_written_as_digits(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    char *json = edited("payscore/create_request.json", use_the_largest_amount);
    render(PS_COMMAND_create, json, &rendered);
    assert_non_null(strstr(rendered.body, "\"amount\":1000000000000000,"));
    ps_rendered_free(&rendered);
    cJSON_free(json);
}

/** A member of an example set to a JSON text (NULL: taken out), and the words of the refusal. */
struct change {
    const char *path, *json, *refusal;
};

/** The object that holds the last name of a path such as "post_payments.1.amount". */
static cJSON *holder(cJSON *body, const char *path, char *leaf, size_t leaf_size)
{
    cJSON *at = body;
    const char *dot = NULL;
    while ((dot = strchr(path, '.')) != NULL) {
        char name[64];
        (void)snprintf(name, sizeof name, "%.*s", (int)(dot - path), path);
        at = cJSON_IsArray(at) ? cJSON_GetArrayItem(at, atoi(name)) : cJSON_GetObjectItem(at, name);
        assert_non_null(at);
        path = dot + 1;
    }
    (void)snprintf(leaf, leaf_size, "%s", path);
    return at;
}

static void apply(cJSON *body, const struct change *change)
{
    char leaf[64];
    cJSON *at = holder(body, change->path, leaf, sizeof leaf);
    cJSON_DeleteItemFromObject(at, leaf);
    if (change->json == NULL) return;
    cJSON *value = cJSON_Parse(change->json);
    assert_non_null(value);
    cJSON_AddItemToObject(at, leaf, value);
}

static void check_change(enum ps_command_id command, cJSON *body, const struct change *change)
{
    struct ps_rendered rendered;
    struct payscore_error error = {""};
    apply(body, change);
    char *json = cJSON_PrintUnformatted(body);
    enum payscore_status rc = render_text(command, json, &rendered, &error);
    if (change->refusal == NULL && rc != PAYSCORE_OK)
        fail_msg("%s = %s: %s", change->path, change->json, error.text);
    if (change->refusal != NULL) {
        if (rc != PAYSCORE_E_INPUT) fail_msg("%s = %s was taken", change->path, change->json);
        if (strstr(error.text, change->refusal) == NULL)
            fail_msg("'%s' lacks '%s'", error.text, change->refusal);
        assert_null(rendered.body);
    }
    ps_rendered_free(&rendered);
    cJSON_free(json);
}

#define S20  "\"元元元元元元元元元元元元元元元元元元元元\""
#define S21  "\"元元元元元元元元元元元元元元元元元元元元元\""
#define A32  "\"12345678901234567890123456789012\""
#define A33  "\"123456789012345678901234567890123\""
#define ITEM "{\"name\":\"a\",\"amount\":1}"

static const struct change create_changes[] = {
    {"out_order_no", NULL, "out_order_no: missing; must be: given"},
    {"out_order_no", A32, NULL},
    {"out_order_no", A33, "out_order_no: " A33 "; must be: 1 to 32 characters"},
    {"out_order_no", "\"\"", "1 to 32 characters"},
    {"out_order_no", "\"aZ0_-|\"", NULL},
    {"out_order_no", "\"a*\"", "digits, letters, '_', '-' and '|' only"},
    {"out_order_no", "\"元\"", "digits, letters"},
    {"out_order_no", "7", "out_order_no: 7; must be: a string"},
    {"out_order_no", "null", "must be: a string"},
    {"appid", "\"wx1\"", "appid: 'wx1'; must be: 'wx8888888888888888' or left out"},
    {"appid", "5", "must be: 'wx8888888888888888'"},
    {"service_id", "\"1\"", "service_id: '1'"},
    {"notify_url", "\"https://other.example.com/x\"", "notify_url"},
    {"service_introduction", NULL, "service_introduction: missing"},
    {"service_introduction", S20, NULL},
    {"service_introduction", S21, "1 to 20 characters"},
    {"service_introduction", "\"\"", "1 to 20 characters"},
    {"service_introduction", "\"\xF0\x9F\x98\x80\"", "without characters from U+10000 on"},
    {"openid", NULL, "openid: missing; must be: openid is given exactly when"},
    {"openid", "\"o o\"", "visible ASCII"},
    {"need_user_confirm", "true", "openid: 'oDoc0001ExampleOpenId_abcdef'; must be: openid"},
    {"need_user_confirm", "0", "need_user_confirm: 0; must be: true or false"},
    {"need_user_confirm", "null", "need_user_confirm: null; must be: true or false"},
    {"post_payments", NULL, NULL},
    {"post_payments", "[]", NULL},
    {"post_payments", "{}", "post_payments: {}; must be: an array of 0 to 100 objects"},
    {"post_payments", "[7]", "must be: an array of 0 to 100 objects"},
    {"post_payments.0.name", NULL, "post_payments[0].name: missing"},
    {"post_payments.0.name", S20, NULL},
    {"post_payments.0.name", S21, "post_payments[0].name"},
    {"post_payments.0.amount", "0", NULL},
    {"post_payments.0.amount", "-1",
     "post_payments[0].amount: -1; must be: a whole number of "
     "fen from 0 to 1000000000000000"},
    {"post_payments.0.amount", "1.5", "post_payments[0].amount: 1.5"},
    {"post_payments.0.amount", "\"900\"", "a whole number of fen"},
    {"post_payments.0.amount", "1000000000000001", "a whole number of fen"},
    {"post_payments.0.count", "100", NULL},
    {"post_payments.0.count", "0", "post_payments[0].count: 0; must be: a whole number from 1"},
    {"post_payments.0.count", "101", "a whole number from 1 to 100"},
    {"post_payments.0.unit", "1", "post_payments[0].unit: 1; must be: left out"},
    {"post_discounts", "[{\"name\":\"a\",\"description\":\"b\",\"amount\":5,\"count\":1}]", NULL},
    {"post_discounts", "[{\"name\":\"a\"}]", "post_discounts[0].description: missing"},
    {"time_range", "7", "time_range: 7; must be: an object"},
    {"time_range.start_time", NULL, "time_range.start_time: missing"},
    {"time_range.start_time", "\"20260301100600\"", NULL},
    {"time_range.start_time", "\"20260301\"", NULL},
    {"time_range.start_time", "\"onaccept\"", "yyyyMMddHHmmss, yyyyMMdd or OnAccept"},
    {"time_range.start_time", "\"2026-03-01T10:06:00+08:00\"", "yyyyMMddHHmmss, yyyyMMdd"},
    {"time_range.start_time", "\"20260229\"", "time_range.start_time: \"20260229\""},
    {"time_range.start_time", "5", "time_range.start_time: 5"},
    {"time_range.end_time", "\"20260302\"", NULL},
    {"time_range.end_time", "\"OnAccept\"", "yyyyMMddHHmmss or yyyyMMdd"},
    {"time_range.start_time_remark", S21, "time_range.start_time_remark"},
    {"location.start_location", S20, NULL},
    {"location.start_location", S21, "location.start_location"},
    {"risk_fund", NULL, "risk_fund: missing"},
    {"risk_fund.amount", NULL, "risk_fund.amount: missing"},
    {"risk_fund.amount", "0", "risk_fund.amount: 0; must be: a whole number of fen from 1"},
    {"risk_fund.name", "\"DEPOSIT\"", "risk_fund.name: 'DEPOSIT'; must be: without confirm"},
    {"risk_fund.name", "\"PLEDGE\"", "risk_fund.name: \"PLEDGE\"; must be: ESTIMATE_ORDER_COST, "},
    {"attach", "\"\"", NULL},
    {"attach", "\"a+b%20-c\"", NULL},
    {"attach", "\"a b\"", "URL-encoded before it is given"},
    {"attach", "\"100%\"", "URL-encoded before"},
    {"attach", "\"%zz\"", "URL-encoded before"},
    {"attach", "\"%1z\"", "URL-encoded before"},
    {"device.start_device_id", "\"\"", "device.start_device_id"},
    {"device.other", "1", "device.other: 1; must be: left out: no such member"},
    {"total_amount", "1", "total_amount: 1; must be: left out: no such member"},
    {"mchid", "\"1900000109\"", "mchid"},
};

static void members_of_a_create_are_held_to_their_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(create_changes); i++) {
        cJSON *body = vector_json("payscore/create_request.json");
        check_change(PS_COMMAND_create, body, &create_changes[i]);
        cJSON_Delete(body);
    }
}

static void members_of_a_create_must_agree(void **state)
{
    (void)state;
    static const struct change rows[] = {
        {"post_payments", "[" ITEM "," ITEM "]",
         "post_payments: 'a'; must be: each name but 商品信息 occurs once"},
        {"post_payments",
         "[{\"name\":\"商品信息\",\"amount\":1},{\"name\":\"商品信息\",\"amount\":1}]", NULL},
        {"post_payments", "[{\"name\":\"a\"}]",
         "post_payments: 'a'; must be: a payment has an amount or a description"},
        {"post_discounts",
         "[{\"name\":\"a\",\"description\":\"b\"},{\"name\":\"a\",\"description\":\"b\"}]",
         "post_discounts: 'a'; must be: each name occurs once"},
        {"time_range.end_time_remark", "\"x\"",
         "time_range.end_time_remark: 'x'; must be: a remark stands only beside its time"},
        {"time_range", "{\"start_time\":\"20260301100600\",\"end_time\":\"20260301100600\"}",
         "time_range.end_time: '20260301100600'; must be: end_time is after start_time"},
        {"time_range", "{\"start_time\":\"20260301100600\",\"end_time\":\"20260301100601\"}", NULL},
        {"time_range", "{\"start_time\":\"20260301\",\"end_time\":\"20260301\"}", NULL},
        {"time_range", "{\"start_time\":\"20260302\",\"end_time\":\"20260301\"}", "end_time"},
        {"time_range", "{\"start_time\":\"OnAccept\",\"end_time\":\"20260301\"}", NULL},
        {"location", "{\"end_location\":\"x\"}",
         "location.end_location: 'x'; must be: end_location stands only beside start_location"},
        {"location", "{\"start_location\":\"y\",\"end_location\":\"x\"}", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *body = vector_json("payscore/create_request.json");
        check_change(PS_COMMAND_create, body, &rows[i]);
        cJSON_Delete(body);
    }
}

static void members_of_a_complete_are_held_to_their_rows(void **state)
{
    (void)state;
    static const struct change rows[] = {
        {"out_order_no", NULL, "out_order_no: missing"},
        {"out_order_no", "\"a/b\"", "out_order_no: \"a/b\""},
        {"post_payments", NULL, "post_payments: missing"},
        {"post_payments", "[]", "an array of 1 to 100 objects"},
        {"total_amount", NULL, "total_amount: missing"},
        {"total_amount", "801",
         "total_amount: 801, but payments of 900 less discounts of 100 are "},
        {"post_payments.1.amount", "50", "are -50; must be: total_amount is the sum"},
        {"post_discounts", NULL, "less discounts of 0 are 900"},
        {"post_discounts.0.amount", NULL, "post_discounts[0].amount: missing"},
        {"time_range.end_time", NULL, "time_range.end_time_remark"},
        {"time_range.start_time", "\"OnAccept\"", "yyyyMMddHHmmss or yyyyMMdd"},
        {"time_range.start_time", "\"20260301100600\"", NULL},
        {"time_range.start_time_remark", "\"x\"", "time_range.start_time_remark: 'x'"},
        {"profit_sharing", "1", "profit_sharing: 1; must be: true or false"},
        {"profit_sharing", NULL, NULL},
        {"goods_tag", A32, NULL},
        {"goods_tag", A33, "goods_tag"},
        {"openid", "\"o\"", "openid"},
        {"notify_url", "\"https://a.example.com/x\"", "notify_url"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cJSON *body = vector_json("payscore/complete_request.json");
        add_order_number(body);
        check_change(PS_COMMAND_complete, body, &rows[i]);
        cJSON_Delete(body);
    }
}

static void arrays_have_their_documented_size(void **state)
{
    (void)state;
    for (int count = 100; count <= 101; count++) {
        struct ps_rendered rendered;
        struct payscore_error error;
        cJSON *body = vector_json("payscore/create_request.json");
        cJSON *payments = cJSON_CreateArray();
        for (int i = 0; i < count; i++) {
            char name[16];
            cJSON *item = cJSON_CreateObject();
            (void)snprintf(name, sizeof name, "%d", i);
            cJSON_AddStringToObject(item, "name", name);
            cJSON_AddNumberToObject(item, "amount", i);
            cJSON_AddItemToArray(payments, item);
        }
        cJSON_ReplaceItemInObject(body, "post_payments", payments);
        char *json = cJSON_PrintUnformatted(body);
        assert_int_equal(render_text(PS_COMMAND_create, json, &rendered, &error),
                         count == 100 ? PAYSCORE_OK : PAYSCORE_E_INPUT);
        ps_rendered_free(&rendered);
        cJSON_free(json);
        cJSON_Delete(body);
    }
}

static void notify_urls_reach_the_public_or_this_host(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        bool good;
    } rows[] = {
        {"https://pay.example.com/x", true},
        {"https://pay.example.com:8443/x/y", true},
        {"https://pay.example.com/", true},
        {"http://127.0.0.1:8080/x", true},
        {"http://localhost/x", true},
        {"http://[::1]:8080/x", true},
        {"https://pay.example.com", false},
        {"https:///x", false},
        {"http://pay.example.com/x", false},
        {"http://localhost.example.com/x", false},
        {"http://127.0.0.1.example.com/x", false},
        {"http://127.0.0.1@example.com/x", false},
        {"https://pay.example.com/x?y=1", false},
        {"https://pay.example.com/x#y", false},
        {"https://pay.example.com?x/y", false},
        {"https://pay.example.com/a b", false},
        {"ftp://pay.example.com/x", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct ps_rendered rendered;
        struct payscore_error error = {""};
        struct ps_service other = service;
        other.notify_url = ps_text_of(rows[i].url);
        enum payscore_status rc =
            ps_command_render(PS_COMMAND_preauthorize, &other,
                              PAYSCORE_TEXT("{\"authorization_code\":\"A\"}"), &rendered, &error);
        if ((rc == PAYSCORE_OK) != rows[i].good) fail_msg("%s: %s", rows[i].url, error.text);
        ps_rendered_free(&rendered);
    }
}

static void a_configuration_that_is_too_long_is_refused(void **state)
{
    (void)state;
    static char url[PS_URL_MAX + 8] = "https://a/";
    struct ps_rendered rendered;
    struct payscore_error error;
    struct ps_service other = service;
    memset(url + 10, 'a', sizeof url - 11);
    other.notify_url = ps_text_of(url);
    assert_int_equal(ps_command_render(PS_COMMAND_preauthorize, &other,
                                       PAYSCORE_TEXT("{\"authorization_code\":\"A\"}"), &rendered,
                                       &error),
                     PAYSCORE_E_INPUT);
    url[256] = '\0';
    other.notify_url = ps_text_of(url);
    assert_int_equal(ps_command_render(PS_COMMAND_preauthorize, &other,
                                       PAYSCORE_TEXT("{\"authorization_code\":\"A\"}"), &rendered,
                                       &error),
                     PAYSCORE_E_INPUT);
}

static void commands_that_are_no_objects_are_refused(void **state)
{
    (void)state;
    static char big[PS_BODY_MAX + 2];
    struct ps_rendered rendered;
    struct payscore_error error;
    assert_int_equal(render_text(PS_COMMAND_check, "[]", &rendered, &error), PAYSCORE_E_INPUT);
    assert_int_equal(render_text(PS_COMMAND_check, "{", &rendered, &error), PAYSCORE_E_INPUT);
    memset(big, ' ', sizeof big - 1);
    assert_int_equal(render_text(PS_COMMAND_check, big, &rendered, &error), PAYSCORE_E_TOO_LARGE);
    assert_int_equal(render_text((enum ps_command_id)99, "{}", &rendered, &error),
                     PAYSCORE_E_ARGUMENT);
}

static void a_member_given_twice_is_refused(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    struct payscore_error error;
    assert_int_equal(render_text(PS_COMMAND_preauthorize,
                                 "{\"authorization_code\":\"A\",\"authorization_code\":\"B\"}",
                                 &rendered, &error),
                     PAYSCORE_E_INPUT);
    assert_string_equal(error.text, "authorization_code: \"B\"; must be: given once");
    assert_int_equal(
        render_text(PS_COMMAND_check, "{\"openid\":\"A\",\"openid\":\"B\"}", &rendered, &error),
        PAYSCORE_E_INPUT);
}

static void a_cancel_of_our_own_is_rendered(void **state)
{
    (void)state;
    struct ps_rendered rendered;
    struct payscore_error error;
    assert_int_equal(ps_render_cancel(&service, PAYSCORE_TEXT("无人需要"), &rendered, &error),
                     PAYSCORE_OK);
    assert_string_equal(rendered.body,
                        "{\"appid\":\"wx8888888888888888\",\"service_id\":"
                        "\"00002000000000158728912345678901\",\"reason\":\"无人需要\"}");
    ps_rendered_free(&rendered);
    assert_int_equal(ps_render_cancel(&service,
                                      PAYSCORE_TEXT("元元元元元元元元元元元元元元元元元元"
                                                    "元元元元元元元元元元元元"),
                                      &rendered, &error),
                     PAYSCORE_OK);
    ps_rendered_free(&rendered);
    static const struct payscore_text bad[] = {
        PAYSCORE_TEXT(""),
        PAYSCORE_TEXT("\xFF"),
        PAYSCORE_TEXT("元元元元元元元元元元元元元元元元元元元元元元元元元元元元元元元"),
        PAYSCORE_TEXT("\xF0\x9F\x98\x80"),
    };
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_int_equal(ps_render_cancel(&service, bad[i], &rendered, &error), PAYSCORE_E_INPUT);
}

static void commands_are_found_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum ps_command_id id;
        uint16_t chart;
        enum ps_event event;
        enum ps_call call;
    } rows[] = {
        {"preauthorize", PS_COMMAND_preauthorize, PS_CHART_preauthorization,
         PS_EVENT_cmd_preauthorize, PS_CALL_preauthorize},
        {"check", PS_COMMAND_check, PS_CHART_authorization, PS_EVENT_cmd_check, PS_CALL_none},
        {"terminate", PS_COMMAND_terminate, PS_CHART_authorization, PS_EVENT_cmd_terminate,
         PS_CALL_terminate_authorization},
        {"create", PS_COMMAND_create, PS_CHART_service_order, PS_EVENT_cmd_create,
         PS_CALL_create_order},
        {"complete", PS_COMMAND_complete, PS_CHART_service_order, PS_EVENT_cmd_complete,
         PS_CALL_complete_order},
        {"cancel", PS_COMMAND_cancel, PS_CHART_service_order, PS_EVENT_cmd_cancel,
         PS_CALL_cancel_order},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_int_equal(ps_command_by_name(ps_text_of(rows[i].name)), rows[i].id);
        assert_string_equal(ps_command_name(rows[i].id), rows[i].name);
        assert_int_equal(ps_command_chart(rows[i].id), rows[i].chart);
        assert_int_equal(ps_command_event(rows[i].id), rows[i].event);
        assert_int_equal(ps_command_call(rows[i].id), rows[i].call);
    }
    assert_int_equal(ps_command_by_name(PAYSCORE_TEXT("refund")), 0);
    assert_string_equal(ps_command_name((enum ps_command_id)99), "");
    assert_int_equal(ps_command_chart((enum ps_command_id)0), 0);
}

/** What the platform takes of a changed create. */
static enum payscore_status platform_takes(const struct change *change,
                                           struct payscore_error *error)
{
    cJSON *body = vector_json("payscore/create_request.json");
    apply(body, change);
    enum payscore_status rc = ps_fields_check(PS_CALL_create_order, body, true, error);
    cJSON_Delete(body);
    return rc;
}

static void the_platform_takes_more_than_we_send(void **state)
{
    (void)state;
    static const struct change rows[] = {
        {"out_order_no", "\"a*\"", NULL},
        {"out_order_no", A33, "out_order_no"},
        {"location.start_location", S21, NULL},
        {"risk_fund.name", "\"DEPOSIT\"", "risk_fund.name: 'DEPOSIT'; must be: without confirm"},
        {"risk_fund.name", "\"PLEDGE\"", "risk_fund.name: \"PLEDGE\""},
        {"need_user_confirm", "true", "openid: 'oDoc0001ExampleOpenId_abcdef'; must be: openid"},
        {"need_user_confirm", NULL, "openid"},
        {"need_user_confirm", "\"no\"", "need_user_confirm: \"no\"; must be: true or false"},
        {"openid", NULL, "openid: missing; must be: openid is given exactly when"},
        {"total_amount", "1", "total_amount: 1; must be: left out"},
        {"notify_url", NULL, "notify_url: missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct payscore_error error = {""};
        enum payscore_status rc = platform_takes(&rows[i], &error);
        assert_int_equal(rc, rows[i].refusal == NULL ? PAYSCORE_OK : PAYSCORE_E_INPUT);
        if (rows[i].refusal != NULL && strstr(error.text, rows[i].refusal) == NULL)
            fail_msg("'%s' lacks '%s'", error.text, rows[i].refusal);
    }
}

static void the_platform_knows_which_rule_was_broken(void **state)
{
    (void)state;
    struct payscore_error error;
    cJSON *body = vector_json("payscore/complete_request.json");
    assert_int_equal(ps_rule_broken(PS_FORM_complete_order, body, &error), PS_RULE_none);
    cJSON_ReplaceItemInObject(body, "total_amount", cJSON_CreateNumber(1));
    assert_int_equal(ps_rule_broken(PS_FORM_complete_order, body, &error),
                     PS_RULE_total_of_complete_order);
    assert_int_equal(ps_rule_broken(PS_FORM_cancel_order, body, &error), PS_RULE_none);
    cJSON_Delete(body);
    assert_int_equal(ps_fields_check(PS_CALL_create_order, NULL, true, &error), PAYSCORE_E_INPUT);
    body = vector_json("payscore/cancel_request.json");
    cJSON_DeleteItemFromObject(body, "service_id");
    assert_int_equal(ps_fields_check(PS_CALL_cancel_order, body, true, &error), PAYSCORE_OK);
    assert_int_equal(ps_fields_check(PS_CALL_cancel_order, body, false, &error), PAYSCORE_E_INPUT);
    cJSON_Delete(body);
}

static void rows_of_fields_are_sound(void **state)
{
    (void)state;
    size_t count = 0;
    const struct ps_field *fields = ps_fields(&count);
    for (size_t i = 0; i < count; i++) {
        const struct ps_field *field = &fields[i];
        assert_ptr_equal(ps_field_find((enum ps_form)field->form, field->path), field);
        assert_true(field->min <= field->max && field->max <= field->accept_max);
        assert_true(strlen(field->source) > 0);
        const char *dot = strrchr(field->path, '.');
        if (dot == NULL) continue;
        char parent[64];
        (void)snprintf(parent, sizeof parent, "%.*s", (int)(dot - field->path), field->path);
        char *brackets = strstr(parent, "[]");
        if (brackets != NULL) *brackets = '\0';
        const struct ps_field *above = ps_field_find((enum ps_form)field->form, parent);
        assert_non_null(above);
        assert_int_equal(above->type, brackets != NULL ? PS_FIELD_ARRAY : PS_FIELD_OBJECT);
    }
    assert_true(count > 60);
}

static int allocations_left;

static void *scarce_malloc(size_t size)
{
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

/* Fail the 1st, 2nd, … allocation of cJSON, until a whole rendering gets through. */
static void want_of_memory_is_told_and_leaks_nothing(void **state)
{
    (void)state;
    cJSON_Hooks scarce = {scarce_malloc, free};
    char *json = edited("payscore/create_request.json", drop_what_is_filled_in);
    enum payscore_status rc = PAYSCORE_E_MEMORY;
    int failures = 0;
    for (int room = 0; rc != PAYSCORE_OK && room < 10000; room++) {
        struct ps_rendered rendered;
        allocations_left = room;
        cJSON_InitHooks(&scarce);
        rc = render_text(PS_COMMAND_create, json, &rendered, NULL);
        allocations_left = 1;
        ps_rendered_free(&rendered);
        cJSON_InitHooks(NULL);
        /* While it parses cJSON does not tell want of memory from text that is no JSON. */
        assert_true(rc == PAYSCORE_OK || rc == PAYSCORE_E_MEMORY || rc == PAYSCORE_E_INPUT);
        failures += rc == PAYSCORE_E_MEMORY ? 1 : 0;
    }
    assert_int_equal(rc, PAYSCORE_OK);
    assert_true(failures > 20);
    cJSON_free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_equals_the_documented_request),
        cmocka_unit_test(a_complete_equals_the_documented_request),
        cmocka_unit_test(a_pre_authorization_equals_the_documented_request),
        cmocka_unit_test(a_termination_equals_the_documented_request),
        cmocka_unit_test(a_cancel_equals_the_documented_request),
        cmocka_unit_test(what_names_the_record_is_kept_beside_the_body),
        cmocka_unit_test(a_check_needs_only_its_user),
        cmocka_unit_test(a_create_without_times_starts_on_acceptance),
        cmocka_unit_test(amounts_are_written_as_digits),
        cmocka_unit_test(members_of_a_create_are_held_to_their_rows),
        cmocka_unit_test(members_of_a_create_must_agree),
        cmocka_unit_test(members_of_a_complete_are_held_to_their_rows),
        cmocka_unit_test(arrays_have_their_documented_size),
        cmocka_unit_test(notify_urls_reach_the_public_or_this_host),
        cmocka_unit_test(a_configuration_that_is_too_long_is_refused),
        cmocka_unit_test(commands_that_are_no_objects_are_refused),
        cmocka_unit_test(a_member_given_twice_is_refused),
        cmocka_unit_test(a_cancel_of_our_own_is_rendered),
        cmocka_unit_test(commands_are_found_by_name),
        cmocka_unit_test(the_platform_takes_more_than_we_send),
        cmocka_unit_test(the_platform_knows_which_rule_was_broken),
        cmocka_unit_test(rows_of_fields_are_sound),
        cmocka_unit_test(want_of_memory_is_told_and_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
