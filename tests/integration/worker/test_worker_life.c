/* An order's whole life over processes, what its history tells, and what no file ever holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/stage.h"

#define ORDER  "LIFE0001"
#define OPENID "oLifeUser"
#define CODE   "LIFEAUTH01"

/* Commands come from payscorectl, as a person gives them. */
static void give(const struct stage *stage, const char *const *arguments, const char *body)
{
    const char *input = NULL;
    if (body != NULL) {
        input = stage_path(stage, "ctl.in");
        FILE *file = fopen(input, "we");
        assert_non_null(file);
        assert_true(fputs(body, file) >= 0);
        assert_int_equal(fclose(file), 0);
    }
    if (stage_ctl(stage, input, arguments) == 0) return;
    char *output = stage_ctl_output(stage);
    fail_msg("%s: %s", arguments[0], output);
}

static void live(struct stage *stage)
{
    give(stage, (const char *const[]){"authorize", CODE, NULL}, NULL);
    stage_await(stage, "preauthorization", CODE, "UNBOUND");
    (void)stage_control(stage, "authorizations/" CODE "/accept", "{\"openid\":\"" OPENID "\"}");
    stage_await(stage, "authorization", OPENID, "OPEN");
    give(stage, (const char *const[]){"order", "create", "-", NULL},
         stage_create_body(ORDER, OPENID));
    stage_await(stage, "service_order", ORDER, "SERVING");
    give(stage, (const char *const[]){"order", "complete", "-", NULL},
         stage_complete_body(ORDER, 800));
    give(stage, (const char *const[]){"order", "wait", ORDER, "DONE", NULL}, NULL);
}

static cJSON *history_of(const struct stage *stage)
{
    return stage_ctl_json(stage, 0,
                          (const char *const[]){"--json", "order", "history", ORDER, NULL});
}

/* The moves. */

static void assert_digest(const cJSON *entry, const char *member)
{
    const char *text = http_text(entry, member);
    if (strlen(text) != 64 || strspn(text, "0123456789abcdef") != 64 || strspn(text, "0") == 64) {
        fail_msg("%s: '%s'", member, text);
    }
}

static void assert_move(const cJSON *entry, const char *from, double after)
{
    assert_true(http_number(entry, "entry") > after);
    assert_true(http_number(entry, "row") > 0);
    assert_true(strlen(http_text(entry, "time")) > strlen("2026-03-01T10:00:00"));
    assert_string_not_equal(http_text(entry, "row_name"), "");
    assert_string_not_equal(http_text(entry, "row_text"), "");
    assert_string_equal(http_text(entry, "from"), from);
    assert_string_not_equal(http_text(entry, "to"), "");
    assert_string_not_equal(http_text(entry, "input"), "none");
    assert_digest(entry, "evidence_digest");
    assert_digest(entry, "chart_digest");
    assert_digest(entry, "hash");
}

static void test_history_tells_each_move_and_its_grounds(void **state)
{
    struct stage *stage = *state;
    const char *from = "NEW";
    double after = 0;
    const cJSON *entry;
    live(stage);
    cJSON *history = history_of(stage);
    assert_true(cJSON_GetArraySize(history) >= 5);
    cJSON_ArrayForEach(entry, history)
    {
        assert_move(entry, from, after);
        from = http_text(entry, "to");
        after = http_number(entry, "entry");
    }
    assert_string_equal(from, "DONE");
    entry = cJSON_GetArrayItem(history, 0);
    assert_string_equal(http_text(entry, "input"), "command");
    assert_int_equal((int)http_number(entry, "row"), 1);
    cJSON_Delete(history);
    assert_int_equal(stage_count(stage, ORDER, "created_count"), 1);
    assert_int_equal(stage_count(stage, ORDER, "completed_count"), 1);
    assert_int_equal(stage_count(stage, ORDER, "charged_count"), 1);
    stage_verify(stage);
}

/* Altered bytes. */

static size_t read_digest(const char *hex, unsigned char digest[32])
{
    for (size_t i = 0; i < 32; i++) {
        const char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        digest[i] = (unsigned char)strtoul(byte, NULL, 16);
    }
    return 32;
}

/* Change one byte of the file; pages that are not in use any more may hold old copies. */
static void flip(const char *path, long at)
{
    FILE *file = fopen(path, "r+e");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    assert_int_equal(fputc(byte ^ 0x10, file), byte ^ 0x10);
    assert_int_equal(fclose(file), 0);
}

/* Flip the byte `offset` bytes from each place where the digest stands. How many there were. */
static int flip_beside(const struct stage *stage, const unsigned char digest[32], long offset)
{
    size_t size = 0;
    int count = 0;
    const char *path = stage_path(stage, "store/data.mdb");
    char *bytes = process_read_file(path, &size);
    for (size_t at = 0; at + 32 <= size; at++) {
        if (memcmp(bytes + at, digest, 32) != 0) continue;
        flip(path, (long)at + offset);
        count++;
    }
    free(bytes);
    return count;
}

static void assert_found(const struct stage *stage, double number)
{
    cJSON *report = stage_ctl_json(stage, 2, (const char *const[]){"--json", "verify", NULL});
    assert_true(cJSON_IsFalse(cJSON_GetObjectItemCaseSensitive(report, "ok")));
    assert_int_equal((int)http_number(report, "first_entry"), (int)number);
    assert_string_not_equal(http_text(report, "first"), "");
    cJSON_Delete(report);
}

/* An entry as it is stored: its parts before and behind the digest of its evidence. */
enum { ENTRY_HEAD = 144, ENTRY_TAIL = 96, FLIP_STEP = 11 };

static void test_one_flipped_byte_is_found_where_it_is(void **state)
{
    struct stage *stage = *state;
    unsigned char digest[32];
    live(stage);
    stage_stop_worker(stage);
    cJSON *history = history_of(stage);
    const cJSON *entry = cJSON_GetArrayItem(history, 2);
    double number = http_number(entry, "entry");
    read_digest(http_text(entry, "evidence_digest"), digest);
    cJSON_Delete(history);
    for (long offset = -ENTRY_HEAD; offset < ENTRY_TAIL; offset += FLIP_STEP) {
        bool beside = offset < 0 || offset >= (long)sizeof digest;
        if (!beside) continue; /* The place would not be found again. */
        assert_true(flip_beside(stage, digest, offset) >= 1);
        assert_found(stage, number);
        assert_true(flip_beside(stage, digest, offset) >= 1);
    }
    stage_verify(stage);
    assert_true(flip_beside(stage, digest, 7) >= 1);
    assert_found(stage, number);
    int code = stage_ctl(stage, NULL, (const char *const[]){"verify", NULL});
    char *output = stage_ctl_output(stage);
    assert_int_equal(code, 2);
    assert_non_null(strstr(output, "ALTERED"));
    free(output);
}

/* Secrets. */

static void assert_absent(const char *path, const char *bytes, size_t size, const char *secret)
{
    size_t length = strlen(secret);
    for (size_t at = 0; at + length <= size; at++) {
        if (memcmp(bytes + at, secret, length) == 0) fail_msg("%s holds a secret", path);
    }
}

/* A key's file line by line: what stands between BEGIN and END, or the only line. */
static void assert_no_line_of(const struct stage *stage, const char *secret_file, const char *path)
{
    size_t size = 0;
    char *secret = process_read_file(stage_path(stage, secret_file), NULL);
    char *bytes = process_read_file(path, &size);
    assert_true(strlen(secret) >= 32);
    for (char *line = secret; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        bool last = line[length] == '\0';
        line[length] = '\0';
        if (length >= 16 && line[0] != '-') assert_absent(path, bytes, size, line);
        line += length + (last ? 0 : 1);
    }
    free(secret);
    free(bytes);
}

static void write_all_evidence(const struct stage *stage, const char *path)
{
    static const char *const records[][2] = {
        {"order", ORDER}, {"authorization", OPENID}, {"preauthorization", CODE}};
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    for (size_t i = 0; i < 3; i++) {
        cJSON *history = stage_ctl_json(stage, 0,
                                        (const char *const[]){"--json", "--evidence", records[i][0],
                                                              "history", records[i][1], NULL});
        char *text = cJSON_PrintUnformatted(history);
        assert_non_null(strstr(text, "\"part\""));
        assert_true(fputs(text, file) >= 0);
        cJSON_free(text);
        cJSON_Delete(history);
    }
    assert_int_equal(fclose(file), 0);
}

static void test_no_secret_is_in_any_log_or_in_the_store(void **state)
{
    static const char *const secrets[] = {"apiv3_key", "merchant_key.pem", "platform_key.pem",
                                          "platform_cert_key.pem"};
    static const char *const files[] = {"worker.log", "sandbox.log", "evidence.json",
                                        "store/data.mdb"};
    struct stage *stage = *state;
    live(stage);
    stage_stop_worker(stage);
    write_all_evidence(stage, stage_path(stage, "evidence.json"));
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        const char *path = stage_path(stage, files[i]);
        size_t size = 0;
        free(process_read_file(path, &size));
        assert_true(size > 0);
        for (size_t k = 0; k < sizeof secrets / sizeof secrets[0]; k++) {
            assert_no_line_of(stage, secrets[k], stage_path(stage, files[i]));
        }
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_history_tells_each_move_and_its_grounds),
        ROW(test_one_flipped_byte_is_found_where_it_is),
        ROW(test_no_secret_is_in_any_log_or_in_the_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
