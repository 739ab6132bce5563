/*
 * The rows of fields.def, each on both sides of its bounds, and the requests that are made from
 * them. Values come from the rows themselves, so that a new row is tested as it is written.
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
#include "wechat/rules.h"
#include "wechat/text.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define NAMES "\"appid\":\"wx1\",\"service_id\":\"1\""
#define ITEMS                                                                                      \
    "\"post_payments\":[{\"name\":\"a\",\"amount\":9,\"description\":\"b\",\"count\":1}],"         \
    "\"post_discounts\":[{\"name\":\"c\",\"amount\":4,\"description\":\"d\",\"count\":1}]"
#define RANGE                                                                                      \
    "\"time_range\":{\"start_time\":\"20260301100600\",\"start_time_remark\":\"a\","               \
    "\"end_time\":\"20260301100700\",\"end_time_remark\":\"b\"},"                                  \
    "\"location\":{\"start_location\":\"a\",\"end_location\":\"b\"}"
#define DEVICE                                                                                     \
    "\"device\":{\"start_device_id\":\"a\",\"end_device_id\":\"b\",\"materiel_no\":\"c\"}"

static const char whole_create[] =
    "{\"out_order_no\":\"A\"," NAMES ",\"service_introduction\":\"a\"," ITEMS "," RANGE
    ",\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":9,\"description\":\"a\"},"
    "\"attach\":\"a\",\"notify_url\":\"https://a.example.com/x\",\"openid\":\"o\","
    "\"need_user_confirm\":false," DEVICE "}";
static const char whole_complete[] = "{" NAMES "," ITEMS ",\"total_amount\":5," RANGE
                                     ",\"profit_sharing\":false,\"goods_tag\":\"a\"," DEVICE "}";

/** Every member that the form has, each of them right. */
static const char *const whole[] = {
    [PS_FORM_create_order] = whole_create,
    [PS_FORM_complete_order] = whole_complete,
    [PS_FORM_modify_order] = "{" NAMES "," ITEMS ",\"total_amount\":5,\"reason\":\"a\"," DEVICE "}",
    [PS_FORM_cancel_order] = "{" NAMES ",\"reason\":\"a\"}",
    [PS_FORM_sync_order] =
        "{" NAMES ",\"type\":\"Order_Paid\",\"detail\":{\"paid_time\":\"20260301130500\"}}",
    [PS_FORM_pay_order] = "{" NAMES "}",
    [PS_FORM_preauthorize] =
        "{" NAMES ",\"authorization_code\":\"A\",\"notify_url\":\"https://a.example.com/x\"}",
    [PS_FORM_terminate_authorization] = "{" NAMES ",\"reason\":\"a\"}",
    [PS_FORM_terminate_authorization_by_code] = "{\"service_id\":\"1\",\"reason\":\"a\"}",
    [PS_FORM_check] = "{}",
    [PS_FORM_adopt] = "{}",
    [PS_FORM_release] = "{\"person\":\"a\",\"reason\":\"b\"}",
    [PS_FORM_release_authorization] = "{\"person\":\"a\",\"reason\":\"b\"}",
    [PS_FORM_release_preauthorization] = "{\"person\":\"a\",\"reason\":\"b\"}",
};

static cJSON *whole_of(const struct ps_field *field)
{
    const char *text = field->form < COUNT(whole) ? whole[field->form] : NULL;
    if (text == NULL) fail_msg("form %d has no whole body", field->form);
    cJSON *body = cJSON_Parse(text);
    if (body == NULL) fail_msg("the test's own JSON is wrong: %s", text);
    return body;
}

/** The place of a row as a person counts it: its first item, where it is of an array. */
static void place_of(const struct ps_field *field, char *out, size_t size)
{
    const char *brackets = strstr(field->path, "[]");
    if (brackets == NULL)
        (void)snprintf(out, size, "%s: ", field->path);
    else
        (void)snprintf(out, size, "%.*s[0]%s: ", (int)(brackets - field->path), field->path,
                       brackets + 2);
}

/** Put `value` (NULL: nothing) where the row's path leads. */
static void set_at(cJSON *body, const char *path, cJSON *value)
{
    char name[64];
    cJSON *at = body;
    for (const char *dot = NULL; (dot = strchr(path, '.')) != NULL; path = dot + 1) {
        bool array = dot[-1] == ']';
        (void)snprintf(name, sizeof name, "%.*s", (int)(dot - path) - (array ? 2 : 0), path);
        at = cJSON_GetObjectItemCaseSensitive(at, name);
        if (array) at = cJSON_GetArrayItem(at, 0);
        assert_non_null(at);
    }
    cJSON_DeleteItemFromObjectCaseSensitive(at, path);
    if (value != NULL) cJSON_AddItemToObject(at, path, value);
}

/** What the table says of the whole body with one member changed, or of the member by itself. */
static enum payscore_status judge(const struct ps_field *field, cJSON *value, bool as_platform,
                                  struct payscore_error *error)
{
    enum payscore_status rc = PAYSCORE_OK;
    error->text[0] = '\0';
    if (field->place == PS_FIELD_PATH) {
        rc = ps_field_check(field, value, as_platform, error);
        cJSON_Delete(value);
        return rc;
    }
    cJSON *body = whole_of(field);
    set_at(body, field->path, value);
    rc = ps_form_check((enum ps_form)field->form, body, as_platform, error);
    cJSON_Delete(body);
    return rc;
}

static void assert_refused(const struct ps_field *field, cJSON *value, bool as_platform,
                           const char *rule)
{
    char place[80];
    struct payscore_error error;
    place_of(field, place, sizeof place);
    enum payscore_status rc = judge(field, value, as_platform, &error);
    if (rc != PAYSCORE_E_INPUT || strncmp(error.text, place, strlen(place)) != 0 ||
        strstr(error.text, rule) == NULL)
        fail_msg("form %d, %s must be refused with '%s': %d '%s'", field->form, place, rule, rc,
                 error.text);
}

/** Another rule may still refuse it: a sum that does not fit, a name that is none. */
static void assert_not_refused(const struct ps_field *field, cJSON *value, bool as_platform,
                               const char *rule)
{
    struct payscore_error error;
    enum payscore_status rc = judge(field, value, as_platform, &error);
    if (rc != PAYSCORE_OK && strstr(error.text, rule) != NULL)
        fail_msg("form %d, %s: '%s'", field->form, field->path, error.text);
}

/** So many characters; where any text will do, of three bytes each. */
static cJSON *string_of(const struct ps_field *field, int64_t points)
{
    static char text[3 * 2048 + 1];
    const char *unit = field->format == PS_FORMAT_text ? "元" : "a";
    size_t size = strlen(unit);
    assert_true((size_t)points * size < sizeof text);
    for (size_t i = 0; i < (size_t)points; i++)
        memcpy(text + i * size, unit, size);
    text[(size_t)points * size] = '\0';
    return cJSON_CreateString(text);
}

static cJSON *array_of(const struct ps_field *field, int64_t count)
{
    cJSON *body = whole_of(field);
    cJSON *array = cJSON_CreateArray();
    const cJSON *item = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(body, field->path), 0);
    for (int64_t i = 0; i < count; i++)
        cJSON_AddItemToArray(array, cJSON_Duplicate(item, true));
    cJSON_Delete(body);
    return array;
}

/** A value of the row's type of this size; NULL: there is none. *rule: what bounds it. */
static cJSON *value_of(const struct ps_field *field, int64_t size, const char **rule)
{
    switch ((enum ps_field_type)field->type) {
    case PS_FIELD_STRING: *rule = " characters"; return size < 0 ? NULL : string_of(field, size);
    case PS_FIELD_FEN:
    case PS_FIELD_INT: *rule = "a whole number"; return cJSON_CreateNumber((double)size);
    case PS_FIELD_ARRAY: *rule = "an array of"; return size < 0 ? NULL : array_of(field, size);
    default: return NULL;
    }
}

static void check_bounds(const struct ps_field *field, bool as_platform)
{
    int64_t max = as_platform ? field->accept_max : field->max;
    const struct {
        int64_t size;
        bool good;
    } rows[] = {{field->min - 1, false}, {field->min, true}, {max, true}, {max + 1, false}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *rule = "";
        cJSON *value = value_of(field, rows[i].size, &rule);
        if (value == NULL) continue;
        if (rows[i].good)
            assert_not_refused(field, value, as_platform, rule);
        else
            assert_refused(field, value, as_platform, rule);
    }
}

static void every_bound_holds_on_both_sides(void **state)
{
    (void)state;
    size_t count = 0;
    const struct ps_field *fields = ps_fields(&count);
    for (size_t i = 0; i < count; i++) {
        check_bounds(&fields[i], false);
        check_bounds(&fields[i], true);
    }
}

static void every_member_is_needed_as_its_row_says(void **state)
{
    (void)state;
    size_t count = 0;
    const struct ps_field *fields = ps_fields(&count);
    for (size_t i = 0; i < count; i++) {
        bool required = fields[i].need == PS_FIELD_REQUIRED;
        static const char rule[] = ": missing; must be: given";
        const char *given = rule + 2;
        if (required || fields[i].need == PS_FIELD_WITH_US)
            assert_refused(&fields[i], NULL, false, given);
        else
            assert_not_refused(&fields[i], NULL, false, rule);
        if (required)
            assert_refused(&fields[i], NULL, true, given);
        else
            assert_not_refused(&fields[i], NULL, true, rule);
    }
}

static void every_member_has_the_type_of_its_row(void **state)
{
    (void)state;
    static const struct {
        const char *json, *rule;
    } wrong[] = {
        [PS_FIELD_STRING] = {"7", "a string"},
        [PS_FIELD_FEN] = {"\"7\"", "a whole number of fen"},
        [PS_FIELD_INT] = {"1.5", "a whole number from"},
        [PS_FIELD_BOOL] = {"\"true\"", "true or false"},
        [PS_FIELD_OBJECT] = {"[]", "an object"},
        [PS_FIELD_ARRAY] = {"{}", "an array of"},
        [PS_FIELD_START] = {"\"onaccept\"", "yyyyMMddHHmmss, yyyyMMdd or OnAccept"},
        [PS_FIELD_END] = {"\"OnAccept\"", "yyyyMMddHHmmss or yyyyMMdd"},
        [PS_FIELD_MOMENT] = {"\"2026-03-01T10:06:00+08:00\"", "yyyyMMddHHmmss"},
    };
    size_t count = 0;
    const struct ps_field *fields = ps_fields(&count);
    for (size_t i = 0; i < count; i++) {
        for (int as_platform = 0; as_platform < 2; as_platform++) {
            assert_refused(&fields[i], cJSON_Parse(wrong[fields[i].type].json), as_platform != 0,
                           wrong[fields[i].type].rule);
            assert_refused(&fields[i], cJSON_CreateNull(), as_platform != 0, "null; must be: ");
        }
    }
}

static void whole_bodies_are_right_and_an_unknown_member_is_not(void **state)
{
    (void)state;
    size_t count = 0;
    size_t bodies = 0;
    const struct ps_field *fields = ps_fields(&count);
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && fields[i].form == fields[i - 1].form) continue;
        struct payscore_error error = {""};
        cJSON *body = whole_of(&fields[i]);
        enum ps_form form = (enum ps_form)fields[i].form;
        if (ps_form_check(form, body, false, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
        assert_int_equal(ps_form_check(form, body, true, &error), PAYSCORE_OK);
        cJSON_AddNumberToObject(body, "extra", 1);
        assert_int_equal(ps_form_check(form, body, true, &error), PAYSCORE_E_INPUT);
        assert_string_equal(error.text, "extra: 1; must be: left out: no such member");
        cJSON_Delete(body);
        bodies++;
    }
    assert_int_equal(bodies, 14);
}

/* The day of a payment would mean 00:00 or 23:59 of it, as the page has it: we send the moment. */
static void a_time_of_payment_is_sent_to_the_second(void **state)
{
    (void)state;
    const struct ps_field *field = ps_field_find(PS_FORM_sync_order, "detail.paid_time");
    assert_refused(field, cJSON_CreateString("20260301"), false, "must be: yyyyMMddHHmmss");
    assert_refused(field, cJSON_CreateString("20260229130500"), false, "must be: yyyyMMddHHmmss");
    assert_refused(field, cJSON_CreateString("20260229"), true, "yyyyMMddHHmmss or yyyyMMdd");
    assert_not_refused(field, cJSON_CreateString("20260301"), true, "");
    assert_not_refused(field, cJSON_CreateString("20260301235959"), false, "");
}

static void what_a_sync_tells_has_one_name(void **state)
{
    (void)state;
    static const char *const wrong[] = {"order_paid", "ORDER_PAID", "Order_Paid ", "x"};
    const struct ps_field *field = ps_field_find(PS_FORM_sync_order, "type");
    for (size_t i = 0; i < COUNT(wrong); i++) {
        assert_refused(field, cJSON_CreateString(wrong[i]), false, "must be: Order_Paid");
        assert_refused(field, cJSON_CreateString(wrong[i]), true, "must be: Order_Paid");
    }
}

static void a_modify_keeps_the_rules_between_its_members(void **state)
{
    (void)state;
    static const struct {
        const char *path, *json;
        enum ps_rule rule;
    } rows[] = {
        {"total_amount", "5", PS_RULE_none},
        {"total_amount", "6", PS_RULE_total_of_modify_order},
        {"total_amount", "4", PS_RULE_total_of_modify_order},
        {"post_discounts", "[]", PS_RULE_total_of_modify_order},
        {"post_payments", "[{\"name\":\"a\",\"amount\":3},{\"name\":\"a\",\"amount\":6}]",
         PS_RULE_payment_names_of_modify_order},
        {"post_payments",
         "[{\"name\":\"商品信息\",\"amount\":3},{\"name\":\"商品信息\",\"amount\":6}]",
         PS_RULE_none},
        {"post_payments", "[{\"name\":\"a\",\"amount\":9},{\"name\":\"b\"}]",
         PS_RULE_payment_says_of_modify_order},
        {"post_payments", "[{\"name\":\"a\",\"amount\":9},{\"name\":\"b\",\"description\":\"c\"}]",
         PS_RULE_none},
        {"post_discounts", "[{\"name\":\"a\",\"amount\":1},{\"name\":\"a\",\"amount\":3}]",
         PS_RULE_discount_names_of_modify_order},
        {"post_discounts", "[{\"name\":\"a\",\"amount\":1},{\"name\":\"b\",\"amount\":3}]",
         PS_RULE_none},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct payscore_error error = {""};
        cJSON *body = cJSON_Parse(whole[PS_FORM_modify_order]);
        set_at(body, rows[i].path, cJSON_Parse(rows[i].json));
        assert_int_equal(ps_rule_broken(PS_FORM_modify_order, body, &error), rows[i].rule);
        assert_int_equal(ps_fields_check(PS_CALL_modify_order, body, false, &error),
                         rows[i].rule == PS_RULE_none ? PAYSCORE_OK : PAYSCORE_E_INPUT);
        cJSON_Delete(body);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_bound_holds_on_both_sides),
        cmocka_unit_test(every_member_is_needed_as_its_row_says),
        cmocka_unit_test(every_member_has_the_type_of_its_row),
        cmocka_unit_test(whole_bodies_are_right_and_an_unknown_member_is_not),
        cmocka_unit_test(a_time_of_payment_is_sent_to_the_second),
        cmocka_unit_test(what_a_sync_tells_has_one_name),
        cmocka_unit_test(a_modify_keeps_the_rules_between_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
