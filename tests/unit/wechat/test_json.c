/* JSON from outside is read whole and as it stands, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wechat/text.h"
#include "wechat/view.h"

static void good_json_is_read(void **state)
{
    (void)state;
    static const char *const rows[] = {"{}", " [1, 2]\r\n\t", "\"元\"", "{\"a\":\"\\\\u0000\"}",
                                       "null"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *json = NULL;
        struct payscore_error error = {""};
        enum payscore_status rc = ps_json_parse(ps_text_of(rows[i]), 100, &json, &error);
        if (rc != PAYSCORE_OK) fail_msg("%s: %s", rows[i], error.text);
        assert_non_null(json);
        cJSON_Delete(json);
    }
}

static void bad_json_is_refused(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT(""),
        PAYSCORE_TEXT("{"),
        PAYSCORE_TEXT("{} {}"),
        PAYSCORE_TEXT("{}x"),
        PAYSCORE_TEXT("{}\0"),
        PAYSCORE_TEXT("{\"a\":\"b\0c\"}"),
        PAYSCORE_TEXT("{\"a\":\"b\\u0000c\"}"),
        PAYSCORE_TEXT("{\"a\":\"\\\\\\u0000c\"}"),
        PAYSCORE_TEXT("{\"a\":\"\x01\"}"),
        PAYSCORE_TEXT("{\"a\":\"\xFF\"}"),
        PAYSCORE_TEXT("{'a':1}"),
        PAYSCORE_TEXT("{\"a\":NaN}"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *json = NULL;
        struct payscore_error error = {""};
        assert_int_equal(ps_json_parse(rows[i], 100, &json, &error), PAYSCORE_E_INPUT);
        assert_null(json);
        assert_true(strlen(error.text) > 0);
    }
}

static void depth_and_size_are_bounded(void **state)
{
    (void)state;
    char deep[200];
    cJSON *json = NULL;
    memset(deep, '[', 33);
    memset(deep + 33, ']', 33);
    assert_int_equal(ps_json_parse((struct payscore_text){deep, 66}, 100, &json, NULL),
                     PAYSCORE_E_INPUT);
    assert_int_equal(ps_json_parse((struct payscore_text){deep + 1, 64}, 64, &json, NULL),
                     PAYSCORE_OK);
    cJSON_Delete(json);
    assert_int_equal(ps_json_parse((struct payscore_text){deep + 1, 64}, 63, &json, NULL),
                     PAYSCORE_E_TOO_LARGE);
    assert_null(json);
}

static void members_are_read_by_type(void **state)
{
    (void)state;
    bool present = true;
    int64_t fen = 7;
    cJSON *json = cJSON_Parse("{\"a\":\"x\",\"b\":5,\"c\":\"5\",\"d\":null}");
    assert_true(ps_text_is(ps_json_text(json, "a"), "x"));
    assert_int_equal(ps_json_text(json, "b").size, 0);
    assert_int_equal(ps_json_text(json, "z").size, 0);
    assert_int_equal(ps_json_text(NULL, "a").size, 0);
    assert_int_equal(ps_json_fen(json, "z", false, &present, &fen, NULL), PAYSCORE_OK);
    assert_false(present);
    assert_int_equal(ps_json_fen(json, "d", false, &present, &fen, NULL), PAYSCORE_OK);
    assert_false(present);
    assert_int_equal(ps_json_fen(json, "b", false, &present, &fen, NULL), PAYSCORE_OK);
    assert_true(present);
    assert_int_equal(fen, 5);
    assert_int_equal(ps_json_fen(json, "c", false, &present, &fen, NULL), PAYSCORE_E_INPUT);
    assert_int_equal(ps_json_fen(json, "c", true, &present, &fen, NULL), PAYSCORE_OK);
    assert_int_equal(fen, 5);
    assert_int_equal(ps_json_fen(json, "a", true, &present, &fen, NULL), PAYSCORE_E_INPUT);
    assert_false(present);
    cJSON_Delete(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_json_is_read),
        cmocka_unit_test(bad_json_is_refused),
        cmocka_unit_test(depth_and_size_are_bounded),
        cmocka_unit_test(members_are_read_by_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
