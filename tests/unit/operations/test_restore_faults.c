/*
 * What is no backup is not restored, what holds something is not restored into, and a restore that
 * did not come to its end leaves nothing that would act.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/record.h"
#include "engine/keys.h"
#include "store/store.h"
#include "support/bodies.h"
#include "support/restored.h"
#include "support/walk.h"

static struct restored places;
static struct trial trial;
static struct payscore_error error;
static char data[128];   /* Of the backup. */
static char target[128]; /* It is not there. */

static int set_up(void **state)
{
    (void)state;
    restored_begin(&places);
    trial_open(&trial, places.lost);
    walk_to_collecting(&trial, TRIAL_ORDER, 800);
    restored_backup(&places, &trial);
    snprintf(data, sizeof data, "%s/data.mdb", places.backup);
    snprintf(target, sizeof target, "%s/new", places.again);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    restored_end(&places);
    return 0;
}

static enum payscore_status restore(const char *directory)
{
    struct payscore_restoring how = restored_how(&places, &trial);
    how.directory = directory;
    return payscore_restore(&how, &error);
}

/* It fails so, says why, and leaves nothing where nothing was. */
static void assert_fails(enum payscore_status expected)
{
    assert_int_equal(restore(target), expected);
    assert_true(strlen(error.text) > 0);
    assert_int_not_equal(access(target, F_OK), 0);
    assert_int_equal(restore(places.again), expected);
    assert_int_equal(rmdir(places.again), 0); /* It is empty. */
    assert_int_equal(mkdir(places.again, 0700), 0);
}

static void there_must_be_a_backup(void **state)
{
    (void)state;
    assert_int_equal(unlink(data), 0);
    assert_fails(PAYSCORE_E_NOT_FOUND);
    assert_non_null(strstr(error.text, places.backup));
}

static void a_store_is_no_backup(void **state)
{
    (void)state;
    struct payscore_restoring how = restored_how(&places, &trial);
    how.backup = places.lost;
    assert_int_equal(payscore_restore(&how, &error), PAYSCORE_E_NOT_FOUND);
    assert_non_null(strstr(error.text, "holds a store"));
}

static void what_restores_must_be_said(void **state)
{
    (void)state;
    struct payscore_restoring how = restored_how(&places, &trial);
    how.size--;
    assert_int_equal(payscore_restore(&how, &error), PAYSCORE_E_ARGUMENT);
    how = restored_how(&places, &trial);
    how.backup = NULL;
    how.descriptor = -1;
    assert_int_equal(payscore_restore(&how, NULL), PAYSCORE_E_ARGUMENT);
    assert_int_equal(restore(NULL), PAYSCORE_E_ARGUMENT);
    assert_int_equal(restore(""), PAYSCORE_E_ARGUMENT);
}

static void the_target_must_be_empty(void **state)
{
    (void)state;
    assert_int_equal(restore(places.lost), PAYSCORE_E_EXISTS);
    assert_int_equal(restore(places.backup), PAYSCORE_E_EXISTS);
    assert_int_equal(restore(data), PAYSCORE_E_EXISTS);
    trial_verify(&trial);
    assert_int_equal(restore(places.again), PAYSCORE_OK);
    assert_int_equal(restore(places.again), PAYSCORE_E_EXISTS);
}

static void cut(off_t size)
{
    assert_int_equal(truncate(data, size), 0);
}

static void a_backup_that_is_cut_short_is_found_at_any_length(void **state)
{
    (void)state;
    struct stat whole;
    assert_int_equal(stat(data, &whole), 0);
    for (off_t size = whole.st_size - 1; size > 0; size -= 2049) {
        cut(size);
        assert_int_equal(restore(target), PAYSCORE_E_CORRUPT);
        assert_int_not_equal(access(target, F_OK), 0);
    }
    cut(100);
    assert_fails(PAYSCORE_E_CORRUPT);
    cut(0);
    assert_fails(PAYSCORE_E_CORRUPT);
}

/* Written over are the head of each page, the first of its nodes' places, and its last bytes; pages
 * in the midst of a long value have none of these, and are bytes like any others. */
static void a_damaged_page_does_no_harm(void **state)
{
    (void)state;
    static const struct {
        off_t at;
        size_t size;
    } places_of_a_page[] = {{0, 8}, {10, 2}, {12, 4}, {16, 2}, {4080, 16}};
    char bytes[16], before[16];
    struct stat whole;
    size_t found = 0;
    int file = open(data, O_RDWR);
    memset(bytes, 0xee, sizeof bytes);
    assert_int_equal(fstat(file, &whole), 0);
    for (off_t page = 2 * 4096; page < whole.st_size; page += 4096)
        for (size_t i = 0; i < sizeof places_of_a_page / sizeof *places_of_a_page; i++) {
            off_t at = page + places_of_a_page[i].at;
            size_t size = places_of_a_page[i].size;
            assert_int_equal(pread(file, before, size, at), size);
            assert_int_equal(pwrite(file, bytes, size, at), size);
            enum payscore_status rc = restore(target);
            if (rc == PAYSCORE_OK) directory_remove(target);
            assert_true(rc == PAYSCORE_OK || rc == PAYSCORE_E_CORRUPT || rc == PAYSCORE_E_VERSION);
            if (rc != PAYSCORE_OK) found++;
            assert_int_equal(pwrite(file, before, size, at), size);
        }
    assert_int_equal(close(file), 0);
    assert_in_range(found, 24, 5 * whole.st_size / 4096);
    assert_int_equal(restore(target), PAYSCORE_OK);
    directory_remove(target);
}

static void a_file_of_somebody_else_is_no_backup(void **state)
{
    (void)state;
    char bytes[65536];
    memset(bytes, 'x', sizeof bytes);
    int file = open(data, O_WRONLY | O_TRUNC);
    assert_int_equal(write(file, bytes, sizeof bytes), sizeof bytes);
    (void)close(file);
    assert_fails(PAYSCORE_E_CORRUPT);
}

static void a_descriptor_that_ends_at_once_is_no_backup(void **state)
{
    (void)state;
    struct payscore_restoring how = restored_how(&places, &trial);
    how.backup = NULL;
    how.descriptor = open("/dev/null", O_RDONLY);
    assert_int_equal(payscore_restore(&how, &error), PAYSCORE_E_CORRUPT);
    (void)close(how.descriptor);
    assert_int_equal(payscore_restore(&how, &error), PAYSCORE_E_IO); /* It is closed. */
}

/* Write one value of the backup, or the head. */
static void alter(enum ps_table table, struct payscore_text key, struct payscore_text value,
                  const struct ps_head *head)
{
    struct ps_lmdb_options options = {.path = places.backup,
                                      .map_bytes_max = 64 << 20,
                                      .access = PS_WRITE,
                                      .incarnation = 1,
                                      .upgrades = true};
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    char mark[128];
    snprintf(mark, sizeof mark, "%s/backup", places.backup);
    assert_int_equal(unlink(mark), 0);
    assert_int_equal(ps_store_open_lmdb(&store, &options, &error), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_OK);
    struct ps_head same = *ps_txn_head(txn);
    if (head == NULL) ps_txn_put(txn, table, key, value);
    assert_int_equal(ps_txn_commit(txn, head == NULL ? &same : head), PAYSCORE_OK);
    ps_store_close(store);
    assert_int_equal(close(open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)), 0);
}

static struct ps_record first_record(void)
{
    struct ps_lmdb_options options = {
        .path = places.backup, .map_bytes_max = 64 << 20, .access = PS_READ};
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    struct ps_record record;
    struct payscore_text key, value, first = {NULL, 0};
    assert_int_equal(ps_store_open_lmdb(&store, &options, &error), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(store, PS_READ, &txn), PAYSCORE_OK);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, first, &key, &value), PAYSCORE_OK);
    assert_int_equal(value.size, sizeof record);
    memcpy(&record, value.data, sizeof record);
    ps_txn_abort(txn);
    ps_store_close(store);
    return record;
}

static void put_record(const struct ps_record *record, size_t size)
{
    struct ps_id_key key = ps_id_key(&record->id);
    alter(PS_TABLE_RECORDS, PS_KEY(key), ps_key_text(record, size), NULL);
}

static void a_record_of_a_chart_of_tomorrow_is_another_version(void **state)
{
    (void)state;
    struct ps_record record = first_record();
    record.chart = 99;
    put_record(&record, sizeof record);
    assert_fails(PAYSCORE_E_VERSION);
}

static void a_record_of_a_layout_of_tomorrow_is_another_version(void **state)
{
    (void)state;
    struct ps_record record = first_record();
    record.layout = 99;
    put_record(&record, sizeof record);
    assert_fails(PAYSCORE_E_VERSION);
}

static void an_altered_record_is_found(void **state)
{
    (void)state;
    struct ps_record record = first_record();
    put_record(&record, sizeof record - 8);
    assert_fails(PAYSCORE_E_CORRUPT);
}

static void a_head_without_its_entry_is_found(void **state)
{
    (void)state;
    struct ps_head head = {.entries = 4711, .incarnation = 5, .epoch = 9};
    alter(PS_TABLE_META, (struct payscore_text){NULL, 0}, (struct payscore_text){NULL, 0}, &head);
    assert_fails(PAYSCORE_E_CORRUPT);
}

static void a_full_disk_is_told_and_left_as_it_was(void **state)
{
    (void)state;
    struct rlimit before, tight;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 16384;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    enum payscore_status rc = restore(target);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, PAYSCORE_E_FULL);
    assert_int_not_equal(access(target, F_OK), 0);
}

/* A sanitizer's own memory does not fit under such a limit. */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
static void a_map_without_address_space_is_told(void **state)
{
    (void)state;
    struct rlimit before, tight;
    struct payscore_restoring how = restored_how(&places, &trial);
    how.directory = target;
    how.map_bytes_max = UINT64_C(1) << 42;
    assert_int_equal(getrlimit(RLIMIT_AS, &before), 0);
    tight = before;
    tight.rlim_cur = UINT64_C(1) << 32;
    assert_int_equal(setrlimit(RLIMIT_AS, &tight), 0);
    enum payscore_status rc = payscore_restore(&how, &error);
    assert_int_equal(setrlimit(RLIMIT_AS, &before), 0);
    assert_int_equal(rc, PAYSCORE_E_MEMORY);
    assert_int_not_equal(access(target, F_OK), 0);
}
#endif

/* Killed in the middle of its stream: what is there is no store to anybody. */
static void a_restore_that_was_killed_leaves_nothing_that_acts(void **state)
{
    (void)state;
    int stream[2];
    char half[8192];
    char path[160];
    struct payscore *engine = NULL;
    int file = open(data, O_RDONLY);
    assert_int_equal(read(file, half, sizeof half), sizeof half);
    (void)close(file);
    assert_int_equal(pipe(stream), 0);
    pid_t child = fork();
    if (child == 0) {
        struct payscore_restoring how = restored_how(&places, &trial);
        (void)close(stream[1]);
        how.backup = NULL;
        how.descriptor = stream[0];
        _exit(payscore_restore(&how, &error) == PAYSCORE_OK ? 1 : 0);
    }
    (void)close(stream[0]);
    assert_int_equal(write(stream[1], half, sizeof half), sizeof half);
    snprintf(path, sizeof path, "%s/restoring/data.mdb", places.again);
    struct stat found = {0};
    while (stat(path, &found) != 0 || found.st_size < (off_t)sizeof half)
        (void)usleep(1000); /* Until it took what there is, and waits for more. */
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)close(stream[1]);

    struct payscore_options options = trial_options(&trial);
    options.path = places.again;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(error.text, "restore"));
    options.role = PAYSCORE_READER;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(restore(places.again), PAYSCORE_E_EXISTS);
    assert_int_equal(unlink(path), 0);
    *strrchr(path, '/') = '\0';
    assert_int_equal(rmdir(path), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(there_must_be_a_backup),
        T(a_store_is_no_backup),
        T(what_restores_must_be_said),
        T(the_target_must_be_empty),
        T(a_backup_that_is_cut_short_is_found_at_any_length),
        T(a_damaged_page_does_no_harm),
        T(a_file_of_somebody_else_is_no_backup),
        T(a_descriptor_that_ends_at_once_is_no_backup),
        T(a_record_of_a_chart_of_tomorrow_is_another_version),
        T(a_record_of_a_layout_of_tomorrow_is_another_version),
        T(an_altered_record_is_found),
        T(a_head_without_its_entry_is_found),
        T(a_full_disk_is_told_and_left_as_it_was),
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        T(a_map_without_address_space_is_told),
#endif
        T(a_restore_that_was_killed_leaves_nothing_that_acts),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
