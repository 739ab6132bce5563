/* Every line of the log is one JSON object, whatever was put into it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cJSON.h>
#include <string.h>

#include "worker/log.h"
#include "worker/metrics.h"

#include <stdlib.h>

/** Format one event with one text; the parsed line, after checking that it is one line. */
static cJSON *line_with(struct payscore_text text)
{
    char line[PS_LOG_LINE_MAX];
    const struct ps_log_field field = ps_log_bytes("reason", text);
    size_t size = ps_log_format(line, 1779254975123, PS_LOG_notice_refused, &field, 1);
    assert_true(size > 0 && size < PS_LOG_LINE_MAX);
    assert_int_equal(line[size - 1], '\n');
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
    cJSON *json = cJSON_Parse(line);
    assert_non_null(json);
    return json;
}

static const char *member(const cJSON *json, const char *name)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(json, name));
    assert_non_null(text);
    return text;
}

static void a_line_says_when_what_and_how_bad(void **state)
{
    (void)state;
    cJSON *json = line_with(PAYSCORE_TEXT("why"));
    assert_string_equal(member(json, "time"), "2026-05-20T05:29:35.123Z");
    assert_string_equal(member(json, "level"), "warning");
    assert_string_equal(member(json, "event"), "notice_refused");
    assert_string_equal(member(json, "reason"), "why");
    cJSON_Delete(json);
}

static void hostile_text_cannot_break_a_line(void **state)
{
    (void)state;
    static const struct {
        struct payscore_text in;
        const char *out;
    } rows[] = {
        {PAYSCORE_TEXT("a\"b\\c"), "a\"b\\c"},
        {PAYSCORE_TEXT("a\nb\r\t\x01"), "a\nb\r\t\x01"},
        {PAYSCORE_TEXT("签名错误"), "签名错误"},
        {PAYSCORE_TEXT("a\0b"), "a?b"},
        {PAYSCORE_TEXT("\xff\xfe"), "??"},
        {PAYSCORE_TEXT("\xc0\xaf"), "??"},
        {PAYSCORE_TEXT("\xe7\xad"), "??"},
        {PAYSCORE_TEXT("\xed\xa0\x80"), "???"},
        {PAYSCORE_TEXT("\xf4\x90\x80\x80"), "????"},
        {PAYSCORE_TEXT("\xf0\x9f\x98\x80"), "\xf0\x9f\x98\x80"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cJSON *json = line_with(rows[i].in);
        assert_string_equal(member(json, "reason"), rows[i].out);
        cJSON_Delete(json);
    }
}

static void long_text_is_cut_between_characters(void **state)
{
    (void)state;
    char text[3 * 1000];
    for (size_t i = 0; i < sizeof text; i += 3) {
        memcpy(text + i, "\xe7\xad\xbe", 3);
    }
    cJSON *json = line_with((struct payscore_text){text, sizeof text});
    assert_int_equal(strlen(member(json, "reason")), PS_LOG_TEXT_MAX / 3 * 3);
    cJSON_Delete(json);
}

static void metrics_are_prometheus_text(void **state)
{
    (void)state;
    size_t size = 0;
    struct ps_metrics metrics = {{0}};
    ps_metrics_add(&metrics, PS_METRIC_notices_forged, 2);
    ps_metrics_set(&metrics, PS_METRIC_skew_ms, -40);
    char *text = ps_metrics_print(&metrics, &size);
    assert_non_null(text);
    assert_int_equal(strlen(text), size);
    assert_non_null(strstr(text, "\npayscore_notices_total{result=\"forged\"} 2\n"));
    assert_non_null(strstr(text, "\npayscore_clock_skew_milliseconds -40\n"));
    const char *type = strstr(text, "# TYPE payscore_notices_total counter\n");
    assert_non_null(type);
    assert_null(strstr(type + 1, "# TYPE payscore_notices_total"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_when_what_and_how_bad),
        cmocka_unit_test(hostile_text_cannot_break_a_line),
        cmocka_unit_test(long_text_is_cut_between_characters),
        cmocka_unit_test(metrics_are_prometheus_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
