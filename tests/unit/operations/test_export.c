/* The journal as lines: all of it or what a filter says, with names, while the store goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cJSON.h>
#include <cmocka.h>

#include "engine/journal.h"
#include "store/store.h"
#include "support/bodies.h"
#include "support/restored.h"
#include "support/walk.h"

enum { MANY = 100000 };

static struct restored places;
static struct trial trial;
static struct payscore_error error;

/* What came. */
static struct {
    size_t count, stop_at; /* 0: never. */
    bool writes;           /* Each line is answered by a commit. */
    uint64_t last;
    size_t bytes;
    cJSON *lines; /* NULL: they are only counted. */
} got;

static int set_up(void **state)
{
    (void)state;
    memset(&got, 0, sizeof got);
    got.lines = cJSON_CreateArray();
    restored_begin(&places);
    trial_open(&trial, places.lost);
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    cJSON_Delete(got.lines);
    trial_close(&trial);
    restored_end(&places);
    return 0;
}

static bool take(void *user, struct payscore_text line)
{
    assert_ptr_equal(user, &got);
    got.count++;
    got.bytes += line.size;
    assert_int_equal(line.data[line.size - 1], '\n');
    assert_null(memchr(line.data, '\n', line.size - 1));
    if (got.writes)
        trial_notice(&trial, "PAYSCORE.USER_PAID",
                     seen_order("PS20260301Z0000001", "DONE", "", "USER_PAID", 800));
    if (got.lines == NULL) return got.count != got.stop_at;
    cJSON *object = cJSON_ParseWithLength(line.data, line.size);
    assert_non_null(object);
    double number = cJSON_GetObjectItem(object, "entry")->valuedouble;
    assert_true((uint64_t)number > got.last);
    got.last = (uint64_t)number;
    cJSON_AddItemToArray(got.lines, object);
    return got.count != got.stop_at;
}

static enum payscore_status export(const struct payscore_export_filter *filter) {
    got.count = got.last = 0; cJSON_Delete(got.lines); got.lines = cJSON_CreateArray();
    return payscore_export(trial.engine, filter, take, &got);
}

static const char *text(size_t line, const char *member)
{
    const cJSON *item = cJSON_GetObjectItem(cJSON_GetArrayItem(got.lines, (int)line), member);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static void every_entry_is_a_line_with_names(void **state)
{
    (void)state;
    char *feed = NULL;
    assert_int_equal(export(NULL), PAYSCORE_OK);
    assert_int_equal(got.count, trial_verify(&trial));
    assert_int_equal(payscore_feed(trial.engine, PAYSCORE_TEXT(""), 0, &feed), PAYSCORE_OK);
    cJSON *page = cJSON_Parse(feed);
    const cJSON *entry;
    size_t line = 0;
    cJSON_ArrayForEach(entry, cJSON_GetObjectItem(page, "entries"))
    {
        cJSON *shown = cJSON_Duplicate(cJSON_GetArrayItem(got.lines, (int)line), true);
        bool order = strcmp(text(line, "chart"), "service_order") == 0;
        assert_string_equal(text(line, "mchid"), TRIAL_MCHID);
        assert_string_equal(text(line, "appid"), TRIAL_APPID);
        assert_string_equal(text(line, "service_id"), TRIAL_SERVICE);
        assert_string_equal(text(line, "out_order_no"), order ? TRIAL_ORDER : "");
        assert_string_equal(text(line, "openid"), TRIAL_OPENID);
        cJSON_DeleteItemFromObject(shown, "appid"); /* The feed leaves it out. */
        assert_true(cJSON_Compare(shown, entry, true));
        cJSON_Delete(shown);
        line++;
    }
    assert_int_equal(line, got.count);
    cJSON_Delete(page);
    payscore_free(feed);
}

static void names_are_the_stores_own(void **state)
{
    (void)state;
    struct payscore_options options = trial_options(&trial);
    payscore_close(trial.engine);
    options.role = PAYSCORE_READER;
    options.merchant_count = 0;
    assert_int_equal(payscore_open(&trial.engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(export(NULL), PAYSCORE_OK);
    assert_true(got.count > 4);
    assert_string_equal(text(0, "mchid"), TRIAL_MCHID);
}

static void a_filter_lets_its_own_through(void **state)
{
    (void)state;
    struct payscore_export_filter filter = {.chart = PAYSCORE_TEXT("authorization")};
    assert_int_equal(export(NULL), PAYSCORE_OK);
    size_t all = got.count;
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_in_range(got.count, 1, all - 1);
    for (size_t i = 0; i < got.count; i++)
        assert_string_equal(text(i, "chart"), "authorization");
    filter = (struct payscore_export_filter){.chart = PAYSCORE_TEXT("service_order"),
                                             .state = PAYSCORE_TEXT("DONE")};
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_int_equal(got.count, 1);
    assert_string_equal(text(0, "to"), "DONE");
    filter = (struct payscore_export_filter){.mchid = PAYSCORE_TEXT(TRIAL_MCHID)};
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_int_equal(got.count, all);
    filter.mchid = PAYSCORE_TEXT("1900000999");
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_int_equal(got.count, 0);
}

static void a_time_lets_its_own_through(void **state)
{
    (void)state;
    struct payscore_export_filter filter = {.until_ms = 0};
    assert_int_equal(export(NULL), PAYSCORE_OK);
    size_t before = got.count;
    int64_t later_ms = trial.now_ms + 60000;
    trial.now_ms = later_ms;
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order("PS20260301Z0000001", "DONE", "", "USER_PAID", 800));
    filter.until_ms = later_ms;
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_int_equal(got.count, before);
    filter = (struct payscore_export_filter){.since_ms = later_ms};
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_int_equal(got.count, 1);
    filter.since_ms++;
    assert_int_equal(export(&filter), PAYSCORE_OK);
    assert_int_equal(got.count, 0);
}

static void a_name_that_no_chart_has_is_refused(void **state)
{
    (void)state;
    struct payscore_export_filter filter = {.chart = PAYSCORE_TEXT("orders")};
    assert_int_equal(export(&filter), PAYSCORE_E_INPUT);
    filter = (struct payscore_export_filter){.state = PAYSCORE_TEXT("FINISHED")};
    assert_int_equal(export(&filter), PAYSCORE_E_INPUT);
    filter = (struct payscore_export_filter){.chart = PAYSCORE_TEXT("authorization"),
                                             .state = PAYSCORE_TEXT("SERVING")};
    assert_int_equal(export(&filter), PAYSCORE_E_INPUT);
    assert_int_equal(got.count, 0);
}

static void evidence_comes_when_it_is_asked_for(void **state)
{
    (void)state;
    struct payscore_export_filter filter = {.evidence = true};
    assert_int_equal(export(&filter), PAYSCORE_OK);
    for (size_t i = 0; i < got.count; i++)
        assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(cJSON_GetArrayItem(got.lines, (int)i),
                                                           "evidence")) > 0);
}

static void whoever_takes_the_lines_may_end_it(void **state)
{
    (void)state;
    got.stop_at = 3;
    assert_int_equal(export(NULL), PAYSCORE_E_IO);
    assert_int_equal(got.count, 3);
}

/* It ends although each line makes another entry, and holds no snapshot meanwhile. */
static void the_store_goes_on_and_the_export_ends(void **state)
{
    (void)state;
    uint64_t before = trial_verify(&trial);
    got.writes = true;
    assert_int_equal(export(NULL), PAYSCORE_OK);
    assert_int_equal(got.count, before);
    assert_int_equal(trial_verify(&trial), 2 * before);
}

static void what_was_done_to_the_store_is_a_line_too(void **state)
{
    (void)state;
    restored_backup(&places, &trial);
    restored_open(&places, &trial);
    assert_int_equal(export(NULL), PAYSCORE_OK);
    assert_string_equal(text(got.count - 1, "event"), "restored");
    assert_string_equal(text(got.count - 1, "mchid"), "");
}

static void a_forked_child_is_refused(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0)
        _exit(payscore_export(trial.engine, NULL, take, &got) == PAYSCORE_E_PROCESS ? 1 : 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 1);
}

static struct ps_txn *take_store(struct ps_store **store)
{
    struct ps_lmdb_options options = {
        .path = places.lost, .map_bytes_max = 1 << 30, .access = PS_WRITE};
    struct ps_txn *txn = NULL;
    payscore_close(trial.engine);
    assert_int_equal(ps_store_open_lmdb(store, &options, &error), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(*store, PS_WRITE, &txn), PAYSCORE_OK);
    return txn;
}

static void give_back(struct ps_store *store, struct ps_txn *txn, const struct ps_head *head)
{
    struct payscore_options options = trial_options(&trial);
    options.role = PAYSCORE_READER;
    options.map_bytes_max = 1 << 30;
    assert_int_equal(ps_txn_commit(txn, head), PAYSCORE_OK);
    ps_store_close(store);
    assert_int_equal(payscore_open(&trial.engine, &options, &error), PAYSCORE_OK);
}

static void a_missing_entry_is_told(void **state)
{
    (void)state;
    struct ps_store *store = NULL;
    struct ps_txn *txn = take_store(&store);
    struct ps_head head = *ps_txn_head(txn);
    struct ps_entry_key key = ps_entry_key(3);
    ps_txn_delete(txn, PS_TABLE_JOURNAL, PS_KEY(key));
    give_back(store, txn, &head);
    assert_int_equal(export(NULL), PAYSCORE_E_CORRUPT);
}

/* Copies of one entry; who reads them asks for no more. */
static void a_hundred_thousand_take_a_few_seconds(void **state)
{
    (void)state;
    struct ps_store *store = NULL;
    struct ps_txn *txn = take_store(&store);
    struct ps_head head = *ps_txn_head(txn);
    struct ps_entry entry;
    struct timespec begun, ended;
    assert_int_equal(ps_entry_read(txn, head.entries, &entry), PAYSCORE_OK);
    while (head.entries < MANY) {
        entry.number = ++head.entries;
        struct ps_entry_key key = ps_entry_key(entry.number);
        ps_txn_append(txn, PS_TABLE_JOURNAL, PS_KEY(key), ps_key_text(&entry, sizeof entry));
    }
    give_back(store, txn, &head);
    cJSON_Delete(got.lines);
    got.lines = NULL;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begun);
    assert_int_equal(payscore_export(trial.engine, NULL, take, &got), PAYSCORE_OK);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ended);
    assert_int_equal(got.count, MANY);
    double seconds =
        (double)(ended.tv_sec - begun.tv_sec) + (double)(ended.tv_nsec - begun.tv_nsec) / 1e9;
    print_message("%d lines, %zu bytes, %.2f s of CPU\n", MANY, got.bytes, seconds);
    assert_true(seconds < 60); /* Whatever it is built with. */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(every_entry_is_a_line_with_names),
        T(names_are_the_stores_own),
        T(a_filter_lets_its_own_through),
        T(a_time_lets_its_own_through),
        T(a_name_that_no_chart_has_is_refused),
        T(evidence_comes_when_it_is_asked_for),
        T(whoever_takes_the_lines_may_end_it),
        T(the_store_goes_on_and_the_export_ends),
        T(what_was_done_to_the_store_is_a_line_too),
        T(a_forked_child_is_refused),
        T(a_missing_entry_is_told),
        T(a_hundred_thousand_take_a_few_seconds),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
