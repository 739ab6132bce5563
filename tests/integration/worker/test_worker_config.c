/* A worker that is told wrong says in one line what to mend, and starts nothing. */
#define _GNU_SOURCE /* memmem() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/stage.h"

enum { EXIT_USAGE = 64, EXIT_CONFIG = 78 };

static int set_up(void **state)
{
    struct stage *stage = stage_open();
    *state = stage;
    return rmdir(stage->store);
}

static int run(const struct stage *stage, const char *const *arguments, char **output)
{
    const char *path = stage_path(stage, "run.out");
    const struct process_plan plan = {
        .program = "payscore-worker", .arguments = arguments, .output = path, .log = path};
    (void)unlink(path);
    int code = process_run(&plan);
    *output = process_read_file(path, NULL);
    return code;
}

static void put_file(const struct stage *stage, const char *name, const char *text, mode_t mode)
{
    const char *path = stage_path(stage, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_no_secret(const struct stage *stage, const char *output)
{
    char *key = process_read_file(stage_path(stage, "apiv3_key"), NULL);
    key[strcspn(key, "\n")] = '\0';
    assert_null(strstr(output, key));
    assert_null(strstr(output, "PRIVATE KEY"));
    free(key);
}

/* One line, which names the file, the key, the value and the remedy; the same when started. */
static void assert_refused(const struct stage *stage, const struct stage_key *wrong,
                           const char *remedy)
{
    static const char *const options[] = {"--check", "--config"};
    stage_write_config(stage, stage->conf, wrong, 1);
    for (size_t i = 0; i < 2; i++) {
        char *output = NULL;
        int code = run(stage, (const char *const[]){options[i], stage->conf, NULL}, &output);
        size_t length = strcspn(output, "\n");
        bool named = strstr(output, stage->conf) != NULL &&
                     strstr(output, wrong->section) != NULL && strstr(output, wrong->key) != NULL &&
                     strstr(output, remedy) != NULL &&
                     (wrong->value == NULL || strstr(output, wrong->value) != NULL);
        if (code != EXIT_CONFIG || output[length] != '\n' || output[length + 1] != '\0' || !named)
            fail_msg("%s = %s: %d, %s", wrong->key, wrong->value, code, output);
        assert_no_secret(stage, output);
        free(output);
    }
}

static void test_each_wrong_value_is_named_with_its_remedy(void **state)
{
    static const struct {
        struct stage_key wrong;
        const char *remedy;
    } rows[] = {
        {{"merchant", "mchid", NULL}, "missing"},
        {{"merchant", "mchid", "19O0"}, "digits"},
        {{"merchant", "service_id", "x"}, "digits"},
        {{"merchant", "merchant_serial", "1234"}, "40 hex digits"},
        {{"merchant", "merchant_key_file", "none.pem"}, "cannot be opened"},
        {{"merchant", "merchant_key_file", "open.pem"}, "chmod 600"},
        {{"merchant", "apiv3_key_file", "short"}, "32 characters"},
        {{"merchant", "platform_public_key_file", "none.pem"}, "cannot be opened"},
        {{"merchant", "platform_certificate_files", "none.pem"}, "cannot be opened"},
        {{"platform", "base_url", "http://api.mch.weixin.qq.com"}, "loopback"},
        {{"platform", "ca_file", "none.pem"}, "name the right file"},
        {{"platform", "ca_file", "short"}, "name the right file"},
        {{"platform", "timeout_ms", "5s"}, "100 to 120000"},
        {{"notify", "url", "https://a.example/?x=1"}, "https"},
        {{"notify", "listen", "nowhere"}, "host:port"},
        {{"api", "listen", "everywhere"}, "unix:/path"},
        {{"api", "token_file", "short"}, "16 characters"},
        {{"store", "path", NULL}, "missing"},
        {{"store", "map_bytes", "1"}, "1048576"},
        {{"log", "level", "loud"}, "debug, info, warning"},
    };
    const struct stage *stage = *state;
    put_file(stage, "open.pem", "not for all eyes\n", 0644);
    put_file(stage, "short", "0123456789\n", 0600);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(stage, &rows[i].wrong, rows[i].remedy);
    }
    assert_int_equal(access(stage->store, F_OK), -1); /* Nothing was started. */
}

static void assert_told(const struct stage *stage, const char *part)
{
    char *output = NULL;
    int code = run(stage, (const char *const[]){"--check", stage->conf, NULL}, &output);
    size_t length = strcspn(output, "\n");
    if (code != EXIT_CONFIG || strstr(output, part) == NULL || strlen(output) != length + 1)
        fail_msg("%d, %s", code, output);
    assert_no_secret(stage, output);
    free(output);
}

static void append(const struct stage *stage, const char *line)
{
    FILE *file = fopen(stage->conf, "ae");
    assert_non_null(file);
    assert_true(fputs(line, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_a_line_that_means_nothing_is_named(void **state)
{
    const struct stage *stage = *state;
    stage_write_config(stage, stage->conf, NULL, 0);
    append(stage, "colour = blue\n");
    assert_told(stage, "[log] colour");
    stage_write_config(stage, stage->conf, NULL, 0);
    append(stage, "level = error\n");
    assert_told(stage, "twice");
    put_file(stage, "payscore.conf", "", 0600);
    assert_told(stage, stage->conf);
    assert_int_equal(unlink(stage->conf), 0);
    assert_told(stage, stage->conf);
}

static void test_a_key_that_is_no_key_is_named_and_not_shown(void **state)
{
    const struct stage *stage = *state;
    const struct stage_key broken = {"merchant", "merchant_key_file", "broken.pem"};
    put_file(stage, "broken.pem",
             "-----BEGIN PRIVATE KEY-----\nc2VjcmV0IGJ5dGVzIG9mIG1pbmU=\n"
             "-----END PRIVATE KEY-----\n",
             0600);
    stage_write_config(stage, stage->conf, &broken, 1);
    char *output = NULL;
    int code = run(stage, (const char *const[]){"--check", stage->conf, NULL}, &output);
    assert_int_equal(code, EXIT_CONFIG);
    assert_non_null(strstr(output, "merchant"));
    assert_null(strstr(output, "c2VjcmV0IGJ5dGVzIG9mIG1pbmU"));
    free(output);
}

static void test_a_right_configuration_is_fine_and_starts_nothing(void **state)
{
    const struct stage *stage = *state;
    char *output = NULL;
    int code = run(stage, (const char *const[]){"--check", stage->conf, NULL}, &output);
    assert_int_equal(code, 0);
    assert_non_null(strstr(output, "fine"));
    assert_no_secret(stage, output);
    free(output);
    assert_int_equal(access(stage->store, F_OK), -1);
}

static void test_the_example_is_read_up_to_what_only_its_owner_knows(void **state)
{
    const struct stage *stage = *state;
    char *output = NULL;
    assert_int_equal(run(stage, (const char *const[]){"--example", NULL}, &output), 0);
    put_file(stage, "payscore.conf", output, 0600);
    free(output);
    assert_told(stage, "mchid");
}

static void test_a_wrong_command_line_is_told(void **state)
{
    const struct stage *stage = *state;
    char *output = NULL;
    assert_int_equal(run(stage, (const char *const[]){"--nothing", NULL}, &output), EXIT_USAGE);
    free(output);
    assert_int_equal(run(stage, (const char *const[]){NULL}, &output), EXIT_USAGE);
    free(output);
}

static void test_a_worker_without_standard_error_writes_no_log_into_its_store(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "driver.lock", "feed"};
    struct stage *stage = *state;
    char line[256], path[PROCESS_PATH_SIZE];
    const struct process_plan plan = {
        .program = "payscore-worker",
        .arguments =
            (const char *const[]){"--config", stage->conf, "--ready-fd", PROCESS_READY_FD, NULL},
        .bare = true};
    process_start(&stage->other, &plan);
    assert_true(process_ready(&stage->other, line, sizeof line));
    assert_int_equal(process_stop(&stage->other, SIGTERM), 0);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = 0;
        snprintf(path, sizeof path, "%s/%s", stage->store, names[i]);
        char *content = process_read_file(path, &size);
        assert_int_not_equal(size, 0);
        assert_null(memmem(content, size, "\"event\"", strlen("\"event\"")));
        free(content);
    }
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, set_up, stage_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_each_wrong_value_is_named_with_its_remedy),
        ROW(test_a_line_that_means_nothing_is_named),
        ROW(test_a_key_that_is_no_key_is_named_and_not_shown),
        ROW(test_a_right_configuration_is_fine_and_starts_nothing),
        ROW(test_the_example_is_read_up_to_what_only_its_owner_knows),
        ROW(test_a_wrong_command_line_is_told),
        ROW(test_a_worker_without_standard_error_writes_no_log_into_its_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
