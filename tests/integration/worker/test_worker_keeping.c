/* What payscorectl does to a store that is in use: follow, keep cursors, back up, restore, erase,
 * retire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/stage.h"

#define ORDER  "KEEPING01"
#define OPENID "oKEEPING01"

static int ctl(const struct stage *stage, const char *const *arguments)
{
    return stage_ctl(stage, NULL, arguments);
}

#define CTL(...) ctl(stage, (const char *const[]){__VA_ARGS__, NULL})

/* What it said must hold this. */
static void expect_said(const struct stage *stage, const char *words)
{
    char *output = stage_ctl_output(stage);
    if (strstr(output, words) == NULL) fail_msg("\"%s\" is not in: %s", words, output);
    free(output);
}

static void call_off(struct stage *stage, const char *number)
{
    char body[128];
    snprintf(body, sizeof body, "{\"out_order_no\":\"%s\",\"reason\":\"用户取消\"}", number);
    stage_serve(stage, number);
    stage_command(stage, "cancel", body);
    stage_await(stage, "service_order", number, "REVOKED");
}

/* The feed. */

/* Pages, one a line; how many entries they hold, which follow each other from `first` on. */
static int count_entries(const struct stage *stage, int first)
{
    int count = 0;
    char *output = stage_ctl_output(stage);
    char *rest = NULL;
    for (char *line = strtok_r(output, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        cJSON *page = cJSON_Parse(line);
        const cJSON *entry;
        assert_non_null(page);
        cJSON_ArrayForEach(entry, cJSON_GetObjectItem(page, "entries"))
        {
            assert_int_equal((int)http_number(entry, "entry"), first + count++);
        }
        cJSON_Delete(page);
    }
    free(output);
    return count;
}

static void test_a_cursor_goes_on_where_it_stood(void **state)
{
    struct stage *stage = *state;
    stage_serve(stage, ORDER);
    int newest = (int)stage_newest(stage);
    assert_int_equal(CTL("--json", "--limit", "3", "--cursor", "books", "feed"), 0);
    assert_int_equal(count_entries(stage, 1), 3);
    cJSON *cursors =
        stage_ctl_json(stage, 0, (const char *const[]){"--json", "cursor", "list", NULL});
    assert_int_equal(cJSON_GetArraySize(cursors), 1);
    assert_string_equal(http_text(cJSON_GetArrayItem(cursors, 0), "name"), "books");
    assert_true(http_number(cJSON_GetArrayItem(cursors, 0), "behind") >= newest - 3);
    cJSON_Delete(cursors);
    assert_int_equal(CTL("--json", "--cursor", "books", "feed"), 0);
    assert_true(count_entries(stage, 4) >= newest - 3);
    assert_int_equal(CTL("cursor", "list"), 0);
    expect_said(stage, "books");
    expect_said(stage, "0 behind");
    assert_int_equal(CTL("cursor", "drop", "books"), 0);
    assert_int_equal(CTL("--json", "--limit", "1", "--cursor", "books", "feed"), 0);
    assert_int_equal(count_entries(stage, 1), 1);
    assert_int_equal(CTL("feed"), 0);
    expect_said(stage, "more: --after ");
    assert_int_equal(CTL("--after", "nonsense", "feed"), 65);
    assert_int_equal(CTL("cursor", "drop", "a b"), 65);
    assert_int_equal(CTL("--cursor", "a b", "feed"), 65);
}

/* Whoever follows prints what comes while it is there. */
static void test_who_follows_sees_what_comes(void **state)
{
    struct stage *stage = *state;
    char line[8192];
    const char *fifo = stage_path(stage, "feed.fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    const char *const arguments[] = {"--config", stage->conf, "--json", "--follow",
                                     "--after",  "newest",    "feed",   NULL};
    const struct process_plan plan = {.program = "payscorectl",
                                      .arguments = arguments,
                                      .output = fifo,
                                      .log = stage_path(stage, "follow.log")};
    /* Both ends: the child's opening does not wait for us. */
    int both = open(fifo, O_RDWR | O_CLOEXEC);
    assert_true(both >= 0);
    process_start(&stage->other, &plan);
    FILE *out = fdopen(both, "r");
    assert_non_null(out);
    /* Until it looks, what comes is behind it: orders are made until it has seen one. */
    struct pollfd look = {.fd = both, .events = POLLIN};
    for (int i = 0; poll(&look, 1, 20) == 0; i++) {
        char body[64];
        snprintf(body, sizeof body, "{\"authorization_code\":\"FOLLOW%04d\"}", i);
        stage_command(stage, "preauthorize", body);
    }
    assert_non_null(fgets(line, sizeof line, out));
    cJSON *page = cJSON_Parse(line);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(page, "entries")) >= 1);
    cJSON_Delete(page);
    fclose(out);
    assert_int_equal(process_stop(&stage->other, SIGKILL), 128 + SIGKILL);
}

static void test_a_wait_that_is_not_met_says_so(void **state)
{
    struct stage *stage = *state;
    stage_serve(stage, ORDER);
    assert_int_equal(CTL("order", "wait", ORDER, "DONE,SERVING"), 0);
    assert_int_equal(CTL("--timeout", "0", "order", "wait", ORDER, "DONE"), 2);
    expect_said(stage, "did not reach DONE");
    call_off(stage, "KEEPING02");
    assert_int_equal(CTL("order", "wait", "KEEPING02", "DONE"), 2); /* It ended elsewhere. */
}

/* Backup and restore. */

static void restored_is_whole(struct stage *stage, const char *folder)
{
    const struct stage_key keys[] = {{"store", "path", folder}};
    struct stage another = *stage;
    snprintf(another.conf, sizeof another.conf, "%s", stage_path(stage, "restored.conf"));
    stage_write_config(&another, another.conf, keys, 1);
    assert_int_equal(ctl(&another, (const char *const[]){"verify", NULL}), 0);
    expect_said(&another, "verified:");
    assert_int_equal(ctl(&another, (const char *const[]){"--json", "order", "show", ORDER, NULL}),
                     0);
    expect_said(&another, "\"SERVING\"");
    assert_int_equal(ctl(&another, (const char *const[]){"--cursor", "books", "feed", NULL}), 65);
    expect_said(&another, "--after");
}

static void test_a_backup_is_restored_from_a_folder_and_from_a_stream(void **state)
{
    struct stage *stage = *state;
    char backup[STAGE_TEXT_SIZE], restored[STAGE_TEXT_SIZE];
    stage_serve(stage, ORDER);
    assert_int_equal(CTL("--limit", "1", "--cursor", "books", "feed"), 0);
    snprintf(backup, sizeof backup, "%s", stage_path(stage, "backup"));
    snprintf(restored, sizeof restored, "%s", stage_path(stage, "restored"));
    assert_int_equal(CTL("backup", backup), 0);
    assert_int_equal(CTL("backup", backup), 65); /* Something is there. */
    assert_int_equal(CTL("restore", backup, restored), 0);
    restored_is_whole(stage, restored);
    assert_int_equal(CTL("restore", backup, restored), 65);
    assert_int_equal(CTL("restore", stage_path(stage, "nothing"), stage_path(stage, "r2")), 2);

    assert_int_equal(CTL("backup", "-"), 0);
    char file[STAGE_TEXT_SIZE];
    snprintf(file, sizeof file, "%s", stage_path(stage, "stream"));
    assert_int_equal(rename(stage_path(stage, "ctl.out"), file), 0);
    snprintf(restored, sizeof restored, "%s", stage_path(stage, "streamed"));
    assert_int_equal(stage_ctl(stage, file, (const char *const[]){"restore", "-", restored, NULL}),
                     0);
    restored_is_whole(stage, restored);
}

/* Erasure and retention. */

static void test_a_person_is_erased_once_all_orders_have_ended(void **state)
{
    struct stage *stage = *state;
    stage_serve(stage, ORDER);
    assert_int_equal(CTL("erase", OPENID), 65); /* Nobody said who and why. */
    assert_int_equal(CTL("--person", "王芳", "--reason", "用户要求", "erase", OPENID), 1);
    expect_said(stage, ORDER);
    assert_int_equal(CTL("--person", "王芳", "--reason", "用户要求", "erase", "oNobody"), 2);
    stage_command(stage, "cancel", "{\"out_order_no\":\"" ORDER "\",\"reason\":\"用户取消\"}");
    stage_await(stage, "service_order", ORDER, "REVOKED");
    cJSON *erased = stage_ctl_json(stage, 0,
                                   (const char *const[]){"--json", "--person", "王芳", "--reason",
                                                         "用户要求", "erase", OPENID, NULL});
    assert_true(http_number(erased, "erased") >= 3);
    cJSON_Delete(erased);
    assert_int_equal(CTL("--json", "--evidence", "order", "history", ORDER), 0);
    char *history = stage_ctl_output(stage);
    assert_null(strstr(history, OPENID));
    free(history);
    stage_verify(stage);
}

static void test_what_ended_today_is_not_retired(void **state)
{
    struct stage *stage = *state;
    call_off(stage, ORDER);
    assert_int_equal(CTL("retain"), 65); /* No days. */
    cJSON *retired =
        stage_ctl_json(stage, 0, (const char *const[]){"--json", "--days", "1", "retain", NULL});
    assert_int_equal((int)http_number(retired, "retired"), 0);
    cJSON_Delete(retired);
    stage_verify(stage);
}

/* The journal written out, its head held against it, and how much room there is. */
static void test_a_journal_is_written_out_and_its_head_holds(void **state)
{
    struct stage *stage = *state;
    char head[STAGE_TEXT_SIZE];
    stage_serve(stage, ORDER);
    snprintf(head, sizeof head, "%s", stage_path(stage, "head"));
    assert_int_equal(CTL("head"), 0);
    assert_int_equal(rename(stage_path(stage, "ctl.out"), head), 0);
    assert_int_equal(CTL("--head", head, "verify"), 0);
    expect_said(stage, "verified:");
    assert_int_equal(CTL("--head", stage_path(stage, "nothing"), "verify"), 65);
    assert_int_equal(CTL("--chart", "service_order", "--state", "SERVING", "export"), 0);
    expect_said(stage, ORDER);
    assert_int_equal(CTL("--since", "2000-01-01", "--until", "2000-01-02", "export"), 0);
    char *none = stage_ctl_output(stage);
    assert_string_equal(none, "");
    free(none);
    assert_int_equal(CTL("--state", "NOWHERE", "export"), 65);
    assert_int_equal(CTL("--since", "yesterday", "export"), 65);
    cJSON *usage = stage_ctl_json(stage, 0, (const char *const[]){"--json", "usage", NULL});
    assert_true(http_number(usage, "file_bytes") > 0);
    cJSON_Delete(usage);
    assert_true(stage_metric(stage, "payscore_disk_free_bytes") > 0);
    assert_true(stage_metric(stage, "payscore_map_left_bytes") > 0);
    assert_int_equal((int)stage_metric(stage, "payscore_stuck_reader_pid"), 0);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, stage_setup, stage_teardown)
    const struct CMUnitTest tests[] = {
        ROW(test_a_cursor_goes_on_where_it_stood),
        ROW(test_who_follows_sees_what_comes),
        ROW(test_a_wait_that_is_not_met_says_so),
        ROW(test_a_backup_is_restored_from_a_folder_and_from_a_stream),
        ROW(test_a_person_is_erased_once_all_orders_have_ended),
        ROW(test_what_ended_today_is_not_retired),
        ROW(test_a_journal_is_written_out_and_its_head_holds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
