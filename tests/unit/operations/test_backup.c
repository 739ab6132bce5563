/*
 * A backup is the store as it was at one moment, to a directory or a stream; what cannot be written
 * leaves nothing behind; nobody drives a backup in the store's place.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/restored.h"
#include "support/walk.h"

static struct restored places;
static struct trial trial;
static struct payscore_error error;

static int set_up(void **state)
{
    (void)state;
    restored_begin(&places);
    trial_open(&trial, places.lost);
    walk_to_collecting(&trial, TRIAL_ORDER, 800);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    restored_end(&places);
    return 0;
}

static void path_in(char path[128], const char *directory, const char *name)
{
    assert_in_range(snprintf(path, 128, "%s/%s", directory, name), 1, 127);
}

static void a_backup_reads_as_the_store_did(void **state)
{
    (void)state;
    struct payscore_report report;
    restored_backup(&places, &trial);
    uint64_t entries = trial_verify(&trial);
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800)); /* It goes on. */
    struct payscore_options options = trial_options(&trial);
    struct payscore *backup = NULL;
    options.path = places.backup;
    options.role = PAYSCORE_READER;
    assert_int_equal(payscore_open(&backup, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_verify(backup, &report), PAYSCORE_OK);
    assert_int_equal(report.faults, 0);
    assert_int_equal(report.entries, entries);
    payscore_close(backup);
}

static void a_directory_that_is_not_there_is_made_for_its_owner_alone(void **state)
{
    (void)state;
    char made[128], file[128];
    struct stat found;
    path_in(made, places.again, "new");
    assert_int_equal(payscore_backup(trial.engine, made, &error), PAYSCORE_OK);
    assert_int_equal(stat(made, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0700);
    path_in(file, made, "data.mdb");
    assert_int_equal(stat(file, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    directory_remove(made);
}

static void a_directory_that_holds_something_is_left_alone(void **state)
{
    (void)state;
    restored_backup(&places, &trial);
    assert_int_equal(payscore_backup(trial.engine, places.backup, &error), PAYSCORE_E_EXISTS);
    assert_non_null(strstr(error.text, places.backup));
    assert_int_equal(payscore_backup(trial.engine, places.lost, &error), PAYSCORE_E_EXISTS);
    char path[128];
    path_in(path, places.lost, "data.mdb");
    assert_int_equal(payscore_backup(trial.engine, path, &error), PAYSCORE_E_EXISTS);
    trial_verify(&trial);
}

static void a_directory_needs_a_name_and_a_place(void **state)
{
    (void)state;
    char path[128];
    assert_int_equal(payscore_backup(trial.engine, NULL, &error), PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_backup(trial.engine, "", NULL), PAYSCORE_E_ARGUMENT);
    path_in(path, places.again, "not/there");
    assert_int_equal(payscore_backup(trial.engine, path, &error), PAYSCORE_E_IO);
    assert_non_null(strstr(error.text, path));
}

static void a_store_in_memory_has_no_backup(void **state)
{
    (void)state;
    struct trial memory;
    char path[128];
    path_in(path, places.again, "new");
    trial_open(&memory, NULL);
    assert_int_equal(payscore_backup(memory.engine, path, &error), PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(error.text, "memory"));
    assert_int_not_equal(access(path, F_OK), 0); /* It was taken away again. */
    assert_int_equal(payscore_backup_stream(memory.engine, 1, &error), PAYSCORE_E_ARGUMENT);
    trial_close(&memory);
}

/* No file may grow: as good as a disk that is full. */
static void what_was_copied_to_a_full_disk_is_removed(void **state)
{
    (void)state;
    char path[128];
    struct rlimit before, tight;
    path_in(path, places.again, "new");
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight = before;
    tight.rlim_cur = 16384;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    enum payscore_status made = payscore_backup(trial.engine, path, &error);
    enum payscore_status filled = payscore_backup(trial.engine, places.backup, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(made, PAYSCORE_E_FULL);
    assert_int_equal(filled, PAYSCORE_E_FULL);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_int_equal(rmdir(places.backup), 0); /* It is empty. */
    assert_int_equal(mkdir(places.backup, 0700), 0);
    int full = open("/dev/full", O_WRONLY);
    assert_true(full >= 0);
    assert_int_equal(payscore_backup_stream(trial.engine, full, &error), PAYSCORE_E_FULL);
    (void)close(full);
}

static void a_descriptor_that_cannot_be_written_is_told(void **state)
{
    (void)state;
    int null = open("/dev/null", O_RDONLY);
    assert_int_equal(payscore_backup_stream(trial.engine, null, &error), PAYSCORE_E_IO);
    assert_true(strlen(error.text) > 0);
    (void)close(null);
    assert_int_equal(payscore_backup_stream(trial.engine, null, NULL), PAYSCORE_E_IO);
}

/* A SIGPIPE would end this program. */
static void the_other_side_may_close(void **state)
{
    (void)state;
    int pair[2];
    (void)signal(SIGPIPE, SIG_DFL);
    assert_int_equal(pipe(pair), 0);
    (void)close(pair[0]);
    assert_int_equal(payscore_backup_stream(trial.engine, pair[1], &error), PAYSCORE_E_IO);
    (void)close(pair[1]);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    (void)close(pair[0]);
    assert_int_equal(payscore_backup_stream(trial.engine, pair[1], &error), PAYSCORE_E_IO);
    (void)close(pair[1]);
    sigset_t pending;
    assert_int_equal(sigpending(&pending), 0);
    assert_int_equal(sigismember(&pending, SIGPIPE), 0);
}

struct writing {
    int descriptor;
    enum payscore_status status;
};

static void *write_stream(void *context)
{
    struct writing *writing = context;
    writing->status = payscore_backup_stream(trial.engine, writing->descriptor, NULL);
    (void)close(writing->descriptor);
    return NULL;
}

static void a_stream_restores_as_a_directory_does(void **state)
{
    (void)state;
    int pair[2];
    pthread_t writer;
    assert_int_equal(pipe(pair), 0);
    struct writing writing = {pair[1], PAYSCORE_E_IO};
    struct payscore_restoring how = restored_how(&places, &trial);
    how.backup = NULL;
    how.descriptor = pair[0];
    assert_int_equal(pthread_create(&writer, NULL, write_stream, &writing), 0);
    enum payscore_status rc = payscore_restore(&how, &error);
    assert_int_equal(pthread_join(writer, NULL), 0);
    (void)close(pair[0]);
    assert_int_equal(writing.status, PAYSCORE_OK);
    assert_int_equal(rc, PAYSCORE_OK);
    trial.path = places.again;
    trial_reopen(&trial);
    trial_turn(&trial);
    assert_string_equal(trial_state(&trial, "service_order", TRIAL_ORDER), "COLLECTING");
    trial_verify(&trial);
}

static void nobody_drives_a_backup(void **state)
{
    (void)state;
    struct payscore_options options = trial_options(&trial);
    struct payscore *driver = NULL;
    restored_backup(&places, &trial);
    options.path = places.backup;
    assert_int_equal(payscore_open(&driver, &options, &error), PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(error.text, "backup"));
    assert_null(driver);
}

static bool child_is_refused(void)
{
    struct payscore_report report;
    char path[128], *json = NULL;
    path_in(path, places.again, "child");
    return payscore_backup(trial.engine, path, &error) == PAYSCORE_E_PROCESS &&
           access(path, F_OK) != 0 &&
           payscore_backup_stream(trial.engine, 1, &error) == PAYSCORE_E_PROCESS &&
           payscore_verify(trial.engine, &report) == PAYSCORE_E_PROCESS &&
           payscore_head(trial.engine, 0, &json) == PAYSCORE_E_PROCESS &&
           payscore_verify_head(trial.engine, PAYSCORE_TEXT("{}"), (struct payscore_text){NULL, 0},
                                &report, &error) == PAYSCORE_E_PROCESS;
}

static void a_forked_child_is_refused(void **state)
{
    (void)state;
    pid_t child = fork();
    if (child == 0) _exit(child_is_refused() ? 0 : 1);
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(a_backup_reads_as_the_store_did),
        T(a_directory_that_is_not_there_is_made_for_its_owner_alone),
        T(a_directory_that_holds_something_is_left_alone),
        T(a_directory_needs_a_name_and_a_place),
        T(a_store_in_memory_has_no_backup),
        T(what_was_copied_to_a_full_disk_is_removed),
        T(a_descriptor_that_cannot_be_written_is_told),
        T(the_other_side_may_close),
        T(a_stream_restores_as_a_directory_does),
        T(nobody_drives_a_backup),
        T(a_forked_child_is_refused),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
