/* How much room there is, and who reads and holds the store back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cJSON.h>
#include <cmocka.h>

#include "store/store.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/walk.h"

enum { READERS_OF_LMDB = 510 };

static char directory[DIRECTORY_PATH_SIZE];
static struct trial trial;

/*
 * Another process, which reads. It is there before the store is opened here: a store does not live
 * through fork. It does as it is told, byte by byte, and answers each with one.
 */
static struct {
    pid_t pid;
    int orders, answers;
} reader;

static void read_as_told(int orders, int answers)
{
    struct ps_lmdb_options options = {
        .path = directory, .map_bytes_max = 64 << 20, .access = PS_READ};
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    for (char order; read(orders, &order, 1) == 1;) {
        bool done = store != NULL || ps_store_open_lmdb(&store, &options, NULL) == PAYSCORE_OK;
        enum payscore_status rc = PAYSCORE_OK;
        for (int i = 0; done && rc == PAYSCORE_OK && i < (order == 'a' ? READERS_OF_LMDB : 1); i++)
            rc = ps_txn_begin(store, PS_READ, &txn);
        char answer = done && (rc == PAYSCORE_OK || order == 'a') ? 'y' : 'n';
        if (write(answers, &answer, 1) != 1) break;
    }
    _exit(0);
}

static void begin_reader(void)
{
    int orders[2], answers[2];
    assert_int_equal(pipe(orders), 0);
    assert_int_equal(pipe(answers), 0);
    reader.pid = fork();
    if (reader.pid == 0) {
        (void)close(orders[1]);
        (void)close(answers[0]);
        read_as_told(orders[0], answers[1]);
    }
    (void)close(orders[0]);
    (void)close(answers[1]);
    reader.orders = orders[1];
    reader.answers = answers[0];
}

/* 'o': it holds one snapshot; 'a': all that there can be. */
static void tell_reader(char order)
{
    char answer = '?';
    assert_int_equal(write(reader.orders, &order, 1), 1);
    assert_int_equal(read(reader.answers, &answer, 1), 1);
    assert_int_equal(answer, 'y');
}

static void end_reader(void)
{
    (void)close(reader.orders);
    (void)close(reader.answers);
    assert_int_equal(waitpid(reader.pid, NULL, 0), reader.pid);
}

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    begin_reader();
    trial_open(&trial, directory);
    walk_to_collecting(&trial, TRIAL_ORDER, 800);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    directory_remove(directory);
    return 0;
}

static cJSON *usage(void)
{
    char *json = NULL;
    assert_int_equal(payscore_usage(trial.engine, &json), PAYSCORE_OK);
    cJSON *object = cJSON_Parse(json);
    assert_non_null(object);
    payscore_free(json);
    return object;
}

static double number(const cJSON *object, const char *member)
{
    const cJSON *item = cJSON_GetObjectItem(object, member);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

static void room_is_told(void **state)
{
    (void)state;
    end_reader();
    cJSON *object = usage();
    assert_true(number(object, "used_bytes") > 0);
    assert_true(number(object, "file_bytes") >=
                number(object, "used_bytes") + number(object, "free_bytes"));
    assert_true(number(object, "map_bytes") == (double)trial.map_bytes_max);
    assert_true(number(object, "reserve_bytes") > 0);
    assert_true(number(object, "disk_free_bytes") > 0);
    assert_true(cJSON_IsNull(cJSON_GetObjectItem(object, "commands_refused")));
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(object, "readers")), 0);
    cJSON_Delete(object);
}

static void who_reads_is_told_and_forgotten_once_he_died(void **state)
{
    (void)state;
    tell_reader('o');
    for (int i = 0; i < 3; i++)
        trial_notice(&trial, "PAYSCORE.USER_PAID",
                     seen_order("PS20260301Z0000001", "DONE", "", "USER_PAID", 800));
    cJSON *object = usage();
    cJSON *readers = cJSON_GetObjectItem(object, "readers");
    assert_int_equal(cJSON_GetArraySize(readers), 1);
    const cJSON *one = cJSON_GetArrayItem(readers, 0);
    assert_true(number(one, "pid") == (double)reader.pid);
    assert_true(number(one, "behind") == 3);
    assert_true(number(one, "grown_bytes") > 0);
    assert_true(cJSON_IsFalse(cJSON_GetObjectItem(one, "stuck")));
    cJSON_Delete(object);
    end_reader();
    object = usage();
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(object, "readers")), 0);
    cJSON_Delete(object);
}

static void too_many_readers_are_told(void **state)
{
    (void)state;
    char *json = NULL;
    tell_reader('a');
    assert_int_equal(payscore_usage(trial.engine, &json), PAYSCORE_E_READERS);
    assert_null(json);
    end_reader();
    assert_int_equal(payscore_usage(trial.engine, &json), PAYSCORE_OK);
    payscore_free(json);
}

static void a_forked_child_is_refused(void **state)
{
    (void)state;
    char *json = NULL;
    end_reader();
    pid_t child = fork();
    if (child == 0) _exit(payscore_usage(trial.engine, &json) == PAYSCORE_E_PROCESS ? 1 : 0);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void a_store_in_memory_takes_no_file(void **state)
{
    (void)state;
    struct trial memory;
    char *json = NULL;
    end_reader();
    trial_open(&memory, NULL);
    assert_int_equal(payscore_usage(memory.engine, &json), PAYSCORE_OK);
    assert_non_null(strstr(json, "\"file_bytes\":0"));
    payscore_free(json);
    trial_close(&memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(room_is_told),
        T(who_reads_is_told_and_forgotten_once_he_died),
        T(too_many_readers_are_told),
        T(a_forked_child_is_refused),
        T(a_store_in_memory_takes_no_file),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
