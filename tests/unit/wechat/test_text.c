/* Bounded texts never run over, never cut a character, and never let outside bytes into a log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "wechat/base64.h"
#include "wechat/text.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void texts_compare_by_bytes(void **state)
{
    (void)state;
    struct payscore_text empty = ps_text_of(NULL);
    assert_int_equal(empty.size, 0);
    assert_true(ps_text_equal(empty, ps_text_of("")));
    assert_true(ps_text_is(PAYSCORE_TEXT("abc"), "abc"));
    assert_false(ps_text_is(PAYSCORE_TEXT("abc"), "abd"));
    assert_false(ps_text_is(PAYSCORE_TEXT("abc"), "ab"));
    assert_true(ps_text_same(PAYSCORE_TEXT("aZ09"), PAYSCORE_TEXT("Az09")));
    assert_false(ps_text_same(PAYSCORE_TEXT("aZ"), PAYSCORE_TEXT("aY")));
    assert_false(ps_text_same(PAYSCORE_TEXT("a"), PAYSCORE_TEXT("aa")));
    assert_true(ps_text_starts(PAYSCORE_TEXT("PUB_KEY"), "PUB_"));
    assert_false(ps_text_starts(PAYSCORE_TEXT("PU"), "PUB_"));
    assert_true(ps_text_contains(PAYSCORE_TEXT("单据正在扣款中，请稍后"), "扣款中"));
    assert_false(ps_text_contains(PAYSCORE_TEXT("ab"), "abc"));
    assert_true(ps_text_contains(PAYSCORE_TEXT("ab"), ""));
    assert_true(ps_text_all_of(PAYSCORE_TEXT("aZ0-"), "-"));
    assert_false(ps_text_all_of(PAYSCORE_TEXT("aZ0-"), "_"));
    assert_false(ps_text_all_of(PAYSCORE_TEXT("a\0b"), "-"));
}

static void characters_are_counted_as_code_points(void **state)
{
    (void)state;
    size_t points = 0;
    uint32_t highest = 0;
    assert_true(ps_utf8_count(PAYSCORE_TEXT("a£元\xF0\x9F\x98\x80"), &points, &highest));
    assert_int_equal(points, 4);
    assert_int_equal(highest, 0x1F600);
    assert_true(ps_utf8_count(PAYSCORE_TEXT(""), &points, &highest));
    assert_int_equal(points, 0);
}

static void broken_utf8_is_refused(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT("\x80"),             /* A continuation first. */
        PAYSCORE_TEXT("\xC0\x80"),         /* Overlong. */
        PAYSCORE_TEXT("\xE0\x80\x80"),     /* Overlong. */
        PAYSCORE_TEXT("\xF0\x80\x80\x80"), /* Overlong. */
        PAYSCORE_TEXT("\xED\xA0\x80"),     /* A surrogate. */
        PAYSCORE_TEXT("\xF4\x90\x80\x80"), /* Above U+10FFFF. */
        PAYSCORE_TEXT("\xE5\x85"),         /* Cut. */
        PAYSCORE_TEXT("\xE5\x85\x41"),     /* Broken off. */
        PAYSCORE_TEXT("\xFF"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        size_t points = 0;
        uint32_t highest = 0;
        assert_false(ps_utf8_count(rows[i], &points, &highest));
    }
}

static void copies_end_at_whole_characters(void **state)
{
    (void)state;
    char out[8];
    assert_true(ps_text_copy(out, sizeof out, PAYSCORE_TEXT("元元a")));
    assert_string_equal(out, "元元a");
    assert_false(ps_text_copy(out, sizeof out, PAYSCORE_TEXT("元元元")));
    assert_string_equal(out, "元元");
    assert_false(ps_text_copy(out, 2, PAYSCORE_TEXT("元")));
    assert_string_equal(out, "");
    assert_false(ps_text_copy(out, sizeof out, PAYSCORE_TEXT("12345678")));
    assert_string_equal(out, "1234567");
    assert_true(ps_text_copy(out, sizeof out, (struct payscore_text){NULL, 0}));
    assert_string_equal(out, "");
}

static void headers_are_found_without_case(void **state)
{
    (void)state;
    static const struct payscore_header headers[] = {
        {PAYSCORE_TEXT("Content-Type"), PAYSCORE_TEXT("a")},
        {PAYSCORE_TEXT("REQUEST-id"), PAYSCORE_TEXT("b")},
    };
    assert_true(ps_text_is(ps_header(headers, 2, "Request-ID"), "b"));
    assert_int_equal(ps_header(headers, 1, "Request-ID").size, 0);
}

static void errors_are_printable_whatever_came_in(void **state)
{
    (void)state;
    struct payscore_error error;
    assert_int_equal(ps_fail(&error, PAYSCORE_E_INPUT, "name: '%s'", "a\n\x7F\xFF元"),
                     PAYSCORE_E_INPUT);
    assert_string_equal(error.text, "name: 'a???元'");
    char longer[sizeof error.text * 2];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    assert_int_equal(ps_fail(&error, PAYSCORE_E_INPUT, "%s", longer), PAYSCORE_E_INPUT);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_int_equal(ps_fail(NULL, PAYSCORE_E_KEY, "nobody listens"), PAYSCORE_E_KEY);
}

static void base64_is_decoded(void **state)
{
    (void)state;
    static const struct {
        struct payscore_text text, bytes;
    } rows[] = {
        {PAYSCORE_TEXT(""), PAYSCORE_TEXT("")},
        {PAYSCORE_TEXT("Zg=="), PAYSCORE_TEXT("f")},
        {PAYSCORE_TEXT("Zm8="), PAYSCORE_TEXT("fo")},
        {PAYSCORE_TEXT("Zm9v"), PAYSCORE_TEXT("foo")},
        {PAYSCORE_TEXT("Zm9vYg=="), PAYSCORE_TEXT("foob")},
        {PAYSCORE_TEXT("+/+/"), PAYSCORE_TEXT("\xFB\xFF\xBF")},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t out[16];
        size_t size = 99;
        assert_true(ps_base64_decode(rows[i].text, out, &size));
        assert_int_equal(size, rows[i].bytes.size);
        assert_memory_equal(out, rows[i].bytes.data, size);
    }
}

static void lax_base64_is_refused(void **state)
{
    (void)state;
    static const struct payscore_text rows[] = {
        PAYSCORE_TEXT("Z"),        PAYSCORE_TEXT("Zg="),
        PAYSCORE_TEXT("Zg"),       PAYSCORE_TEXT("===="),
        PAYSCORE_TEXT("Z==="),     PAYSCORE_TEXT("Zg==Zg=="),
        PAYSCORE_TEXT(" Zg== "),   PAYSCORE_TEXT("Zm9v\nZg"),
        PAYSCORE_TEXT("Zm9v\n"),   PAYSCORE_TEXT("Zm9v    "),
        PAYSCORE_TEXT("    Zm9v"), PAYSCORE_TEXT("Zm-_"),
        PAYSCORE_TEXT("Zh=="), /* A spare bit is set. */
        PAYSCORE_TEXT("Zm9="), /* So it is here. */
        PAYSCORE_TEXT("Z=g="),     PAYSCORE_TEXT("WECHATPAY/SIGNTEST/Zm9v"),
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t out[32];
        size_t size = 0;
        assert_false(ps_base64_decode(rows[i], out, &size));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_compare_by_bytes),
        cmocka_unit_test(characters_are_counted_as_code_points),
        cmocka_unit_test(broken_utf8_is_refused),
        cmocka_unit_test(copies_end_at_whole_characters),
        cmocka_unit_test(headers_are_found_without_case),
        cmocka_unit_test(errors_are_printable_whatever_came_in),
        cmocka_unit_test(base64_is_decoded),
        cmocka_unit_test(lax_base64_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
