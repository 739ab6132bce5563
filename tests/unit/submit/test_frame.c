/* Frames: what is written is read back; whatever else comes is refused, or is a frame of its own.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "submit/frame.h"

static const struct ps_frame_command sample = {
    PAYSCORE_TEXT("1900000109"), PAYSCORE_TEXT("wx8888888888888888"),
    PAYSCORE_TEXT("500001"),     PAYSCORE_TEXT("create"),
    PAYSCORE_TEXT("order-17"),   PAYSCORE_TEXT("{\"out_order_no\":\"A\"}")};

static struct ps_frame_answer sample_answer(void)
{
    return (struct ps_frame_answer){.status = PAYSCORE_OK,
                                    .verdict = PAYSCORE_TAKEN,
                                    .more = true,
                                    .row = 101,
                                    .entry = 0x1122334455667788,
                                    .count = 7,
                                    .id = {1772330400000, 3, 512, 0},
                                    .chart = PAYSCORE_TEXT("service_order"),
                                    .state = PAYSCORE_TEXT("CREATE_SENDING"),
                                    .error = PAYSCORE_TEXT("nothing")};
}

static bool same(struct payscore_text a, struct payscore_text b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* A copy of exact size, so that a sanitizer sees a byte read behind it. */
static uint8_t *exact(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    if (size > 0) memcpy(copy, bytes, size);
    return copy;
}

/* Whatever reads as a frame is written as it came: nothing hides in it. */
static void read_as_any(const uint8_t *bytes, size_t size, size_t *read)
{
    struct payscore_text frame = {(const char *)bytes, size};
    struct ps_frame_head head = {.request = 0};
    struct ps_frame_command command;
    struct ps_frame_answer answer;
    struct ps_place place;
    uint8_t *again = malloc(PS_FRAME_COMMAND_MAX);
    size_t written = 0;
    assert_non_null(again);
    enum payscore_status rc = ps_frame_look(frame, &head);
    assert_true(rc == PAYSCORE_OK || rc == PAYSCORE_E_INPUT || rc == PAYSCORE_E_VERSION);
    if (ps_frame_get_hello(frame, &place) == PAYSCORE_OK)
        written = ps_frame_put_hello(&place, again);
    if (ps_frame_get_command(frame, &command) == PAYSCORE_OK)
        written = ps_frame_put_command(head.request, &command, again);
    if (ps_frame_get_answer(frame, &answer) == PAYSCORE_OK)
        written = ps_frame_put_answer(head.request, &answer, again);
    if (written > 0) {
        assert_int_equal(rc, PAYSCORE_OK);
        assert_int_equal(written, size);
        assert_memory_equal(again, bytes, size);
        ++*read;
    }
    free(again);
}

static void every_truncation_and_flip(const uint8_t *frame, size_t size)
{
    size_t read = 0;
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *copy = exact(frame, cut);
        read_as_any(copy, cut, &read);
        assert_int_equal(read, 0);
        free(copy);
    }
    for (size_t at = 0; at < size; at++) {
        for (unsigned flip = 1; flip < 256; flip++) {
            uint8_t *copy = exact(frame, size);
            copy[at] = (uint8_t)(copy[at] ^ flip);
            read_as_any(copy, size, &read);
            free(copy);
        }
    }
    assert_true(read > 0); /* Texts and numbers may be others. */
    uint8_t *longer = malloc(size + 1);
    assert_non_null(longer);
    memcpy(longer, frame, size);
    longer[size] = 0;
    read = 0;
    read_as_any(longer, size + 1, &read);
    assert_int_equal(read, 0);
    free(longer);
}

static void a_command_is_read_back(void **state)
{
    (void)state;
    uint8_t out[512];
    struct ps_frame_head head;
    struct ps_frame_command read;
    size_t size = ps_frame_put_command(42, &sample, out);
    assert_int_equal(size, ps_frame_command_size(&sample));
    struct payscore_text frame = {(const char *)out, size};
    assert_int_equal(ps_frame_look(frame, &head), PAYSCORE_OK);
    assert_int_equal(head.kind, PS_FRAME_COMMAND);
    assert_int_equal(head.request, 42);
    assert_int_equal(ps_frame_get_command(frame, &read), PAYSCORE_OK);
    assert_true(same(read.mchid, sample.mchid) && same(read.appid, sample.appid) &&
                same(read.service_id, sample.service_id) && same(read.name, sample.name) &&
                same(read.key, sample.key) && same(read.body, sample.body));
    every_truncation_and_flip(out, size);
}

static void an_answer_is_read_back(void **state)
{
    (void)state;
    uint8_t out[PS_FRAME_ANSWER_MAX];
    struct ps_frame_answer answer = sample_answer();
    struct ps_frame_answer read;
    size_t size = ps_frame_put_answer(9, &answer, out);
    struct payscore_text frame = {(const char *)out, size};
    assert_int_equal(ps_frame_get_answer(frame, &read), PAYSCORE_OK);
    struct payscore_result result = ps_frame_result_of(&read);
    assert_int_equal(result.status, PAYSCORE_OK);
    assert_int_equal(result.verdict, PAYSCORE_TAKEN);
    assert_int_equal(result.entry, 0x1122334455667788);
    assert_int_equal(result.id.birth_ms, 1772330400000);
    assert_int_equal(result.id.home, 512);
    assert_int_equal(result.count, 7);
    assert_true(result.more);
    assert_string_equal(result.chart, "service_order");
    assert_string_equal(result.state, "CREATE_SENDING");
    assert_true(result.row_text[0] != '\0');
    assert_string_equal(result.error.text, "nothing");
    every_truncation_and_flip(out, size);
}

static void every_status_is_read_back(void **state)
{
    (void)state;
    uint8_t out[PS_FRAME_ANSWER_MAX];
    struct ps_frame_answer answer = sample_answer();
    struct ps_frame_answer read;
#define STATUS(name, number, reaction, text)                                                       \
    answer.status = PAYSCORE_##name;                                                               \
    {                                                                                              \
        struct payscore_text frame = {(const char *)out, ps_frame_put_answer(1, &answer, out)};    \
        assert_int_equal(ps_frame_get_answer(frame, &read), PAYSCORE_OK);                          \
        assert_int_equal(read.status, PAYSCORE_##name);                                            \
    }
    PAYSCORE_STATUS_MAP(STATUS)
#undef STATUS
}

static void a_hello_is_read_back(void **state)
{
    (void)state;
    uint8_t out[PS_FRAME_HELLO_SIZE];
    struct ps_place read;
    struct ps_place here = ps_place_here();
    assert_int_not_equal(here.pid_namespace, 0);
    size_t size = ps_frame_put_hello(&here, out);
    struct payscore_text frame = {(const char *)out, size};
    assert_int_equal(ps_frame_get_hello(frame, &read), PAYSCORE_OK);
    assert_true(ps_place_same(&read, &here));
    read.pid_namespace++;
    assert_false(ps_place_same(&read, &here));
    read = here;
    read.boot[3] ^= 1;
    assert_false(ps_place_same(&read, &here));
    read = (struct ps_place){0}; /* What is not known stands in nobody's way. */
    assert_true(ps_place_same(&read, &here));
    every_truncation_and_flip(out, size);
}

static void names_of_another_version_are_left_out(void **state)
{
    (void)state;
    struct ps_frame_answer answer = sample_answer();
    answer.state = PAYSCORE_TEXT("A_STATE_OF_TOMORROW");
    answer.row = 60000;
    struct payscore_result result = ps_frame_result_of(&answer);
    assert_string_equal(result.chart, "service_order");
    assert_string_equal(result.state, "");
    assert_string_equal(result.row_text, "");
    answer.chart = PAYSCORE_TEXT("a_chart_of_tomorrow");
    result = ps_frame_result_of(&answer);
    assert_string_equal(result.chart, "");
    struct ps_frame_answer back = ps_frame_answer_of(&result);
    assert_int_equal(back.entry, answer.entry);
    assert_int_equal(back.chart.size, 0);
}

static void a_head_of_another_version_says_so(void **state)
{
    (void)state;
    uint8_t out[512];
    struct ps_frame_head head;
    struct ps_frame_command command;
    struct payscore_text frame = {(const char *)out, ps_frame_put_command(77, &sample, out)};
    out[4] = PS_FRAME_VERSION + 1;
    assert_int_equal(ps_frame_look(frame, &head), PAYSCORE_E_VERSION);
    assert_int_equal(head.request, 77);
    assert_int_equal(head.version, PS_FRAME_VERSION + 1);
    assert_int_equal(ps_frame_get_command(frame, &command), PAYSCORE_E_VERSION);
}

static void texts_over_their_limits_are_not_written(void **state)
{
    (void)state;
    static char long_text[PS_FRAME_BODY_MAX + 1];
    struct ps_frame_command command = sample;
    memset(long_text, 'x', sizeof long_text);
    command.body = (struct payscore_text){long_text, PS_FRAME_BODY_MAX};
    assert_true(ps_frame_command_size(&command) > PS_FRAME_BODY_MAX);
    command.body.size++;
    assert_int_equal(ps_frame_command_size(&command), 0);
    command = sample;
    command.key = (struct payscore_text){long_text, PAYSCORE_KEY_MAX + 1};
    assert_int_equal(ps_frame_command_size(&command), 0);
    command = sample;
    command.mchid = (struct payscore_text){long_text, PS_FRAME_MERCHANT_MAX + 1};
    assert_int_equal(ps_frame_command_size(&command), 0);
    command = sample;
    command.name = (struct payscore_text){long_text, PS_FRAME_NAME_MAX + 1};
    assert_int_equal(ps_frame_command_size(&command), 0);
}

static void a_long_error_is_cut(void **state)
{
    (void)state;
    uint8_t out[PS_FRAME_ANSWER_MAX];
    char long_text[2000];
    struct ps_frame_answer answer = sample_answer();
    struct ps_frame_answer read;
    memset(long_text, 'e', sizeof long_text);
    answer.error = (struct payscore_text){long_text, sizeof long_text};
    size_t size = ps_frame_put_answer(1, &answer, out);
    assert_true(size <= sizeof out);
    assert_int_equal(ps_frame_get_answer((struct payscore_text){(const char *)out, size}, &read),
                     PAYSCORE_OK);
    assert_int_equal(read.error.size, sizeof(struct payscore_error) - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_command_is_read_back),
        cmocka_unit_test(an_answer_is_read_back),
        cmocka_unit_test(every_status_is_read_back),
        cmocka_unit_test(a_hello_is_read_back),
        cmocka_unit_test(names_of_another_version_are_left_out),
        cmocka_unit_test(a_head_of_another_version_says_so),
        cmocka_unit_test(texts_over_their_limits_are_not_written),
        cmocka_unit_test(a_long_error_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
