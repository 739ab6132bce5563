/* Named cursors: what is stored is met again, by whoever comes after. */
#include <cJSON.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/trial.h"

static struct trial trial;
static char path[DIRECTORY_PATH_SIZE];

enum { ENTRIES = 9, PAGE = 3 };

static int set_up(void **state)
{
    (void)state;
    directory_make(path);
    trial_open(&trial, path);
    trial.wants = (struct payscore_wants){0, 0, 0};
    for (int i = 0; i < ENTRIES; i++) {
        char order[32];
        snprintf(order, sizeof order, "PSCURSOR%05d", i);
        trial_submit(&trial, "create", NULL, body_create_confirmed(order));
    }
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_verify(&trial);
    trial_close(&trial);
    directory_remove(path);
    return 0;
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static enum payscore_status store(const char *name, const char *cursor)
{
    struct payscore_error error = {""};
    enum payscore_status rc =
        payscore_cursor_store(trial.engine, text_of(name), text_of(cursor), &error);
    assert_int_equal(rc == PAYSCORE_OK, error.text[0] == '\0');
    return rc;
}

static enum payscore_status drop(const char *name)
{
    struct payscore_error error = {""};
    return payscore_cursor_drop(trial.engine, text_of(name), &error);
}

static char loaded[PAYSCORE_CURSOR_SIZE];

static enum payscore_status load(const char *name)
{
    snprintf(loaded, sizeof loaded, "not written");
    return payscore_cursor_load(trial.engine, text_of(name), loaded);
}

static cJSON *cursors(void)
{
    char *json = NULL;
    assert_int_equal(payscore_cursors(trial.engine, &json), PAYSCORE_OK);
    cJSON *array = cJSON_Parse(json);
    payscore_free(json);
    assert_true(cJSON_IsArray(array));
    return array;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    assert_non_null(item);
    return item;
}

/* Up to `count` entries behind a cursor, which moves on; the number of the last one, 0: none. */
static uint64_t read_on(struct payscore *engine, char cursor[PAYSCORE_CURSOR_SIZE], size_t count)
{
    char *json = NULL;
    uint64_t last = 0;
    const cJSON *entry;
    if (payscore_feed(engine, text_of(cursor), count, &json) != PAYSCORE_OK) return UINT64_MAX;
    cJSON *page = cJSON_Parse(json);
    payscore_free(json);
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(page, "entries"))
    {
        last = (uint64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(entry, "entry"));
    }
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%s",
             cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(page, "cursor")));
    cJSON_Delete(page);
    return last;
}

static void a_stored_cursor_is_loaded_by_the_next_process(void **state)
{
    (void)state;
    char cursor[PAYSCORE_CURSOR_SIZE] = "";
    assert_int_equal(load("books"), PAYSCORE_E_NOT_FOUND);
    assert_string_equal(loaded, "");
    assert_int_equal(read_on(trial.engine, cursor, PAGE), PAGE);
    assert_int_equal(store("books", cursor), PAYSCORE_OK);
    trial_reopen(&trial);
    assert_int_equal(load("books"), PAYSCORE_OK);
    assert_string_equal(loaded, cursor);
    assert_int_equal(read_on(trial.engine, cursor, PAGE), 2 * PAGE);
    assert_int_equal(store("books", cursor), PAYSCORE_OK);
    assert_int_equal(load("books"), PAYSCORE_OK);
    assert_string_equal(loaded, cursor);
    assert_int_equal(store("books", ""), PAYSCORE_OK); /* From the beginning again. */
    assert_int_equal(load("books"), PAYSCORE_OK);
    assert_int_equal(read_on(trial.engine, loaded, 1), 1);
}

static void newest_is_stored_as_where_the_journal_stands(void **state)
{
    (void)state;
    assert_int_equal(store("live", PAYSCORE_CURSOR_NEWEST), PAYSCORE_OK);
    assert_int_equal(load("live"), PAYSCORE_OK);
    assert_int_equal(read_on(trial.engine, loaded, 0), 0);
    assert_non_null(strstr(loaded, "-9")); /* Storing it left no entry. */
    assert_int_equal(trial_verify(&trial), ENTRIES);
}

static void cursors_are_listed_with_how_far_they_are_behind(void **state)
{
    (void)state;
    char cursor[PAYSCORE_CURSOR_SIZE] = "";
    cJSON *list = cursors();
    assert_int_equal(cJSON_GetArraySize(list), 0);
    cJSON_Delete(list);
    read_on(trial.engine, cursor, PAGE);
    assert_int_equal(store("b.second", cursor), PAYSCORE_OK);
    assert_int_equal(store("a-first", PAYSCORE_CURSOR_NEWEST), PAYSCORE_OK);
    list = cursors();
    assert_int_equal(cJSON_GetArraySize(list), 2);
    const cJSON *first = cJSON_GetArrayItem(list, 0), *second = cJSON_GetArrayItem(list, 1);
    assert_string_equal(cJSON_GetStringValue(member(first, "name")), "a-first");
    assert_int_equal(member(first, "behind")->valueint, 0);
    assert_string_equal(cJSON_GetStringValue(member(second, "name")), "b.second");
    assert_string_equal(cJSON_GetStringValue(member(second, "cursor")), cursor);
    assert_int_equal(member(second, "behind")->valueint, ENTRIES - PAGE);
    assert_string_equal(cJSON_GetStringValue(member(second, "stored")),
                        "2026-03-01T10:00:00.000+08:00");
    cJSON_Delete(list);
    assert_int_equal(drop("b.second"), PAYSCORE_OK);
    assert_int_equal(drop("b.second"), PAYSCORE_OK); /* Forgotten already. */
    assert_int_equal(load("b.second"), PAYSCORE_E_NOT_FOUND);
    list = cursors();
    assert_int_equal(cJSON_GetArraySize(list), 1);
    cJSON_Delete(list);
}

/* Refusals. */

static void what_is_no_name_is_refused(void **state)
{
    (void)state;
    static char longest[PAYSCORE_CURSOR_NAME_MAX + 1], too_long[PAYSCORE_CURSOR_NAME_MAX + 2];
    static const char *const wrong[] = {"", "a b", "a/b", "账", "a\"b", too_long};
    memset(longest, 'x', sizeof longest - 1);
    memset(too_long, 'x', sizeof too_long - 1);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(store(wrong[i], ""), PAYSCORE_E_INPUT);
        assert_int_equal(drop(wrong[i]), PAYSCORE_E_INPUT);
        assert_int_equal(load(wrong[i]), PAYSCORE_E_INPUT);
        assert_string_equal(loaded, "");
    }
    assert_int_equal(store(longest, ""), PAYSCORE_OK);
    assert_int_equal(load(longest), PAYSCORE_OK);
}

static void what_is_no_cursor_is_not_stored(void **state)
{
    (void)state;
    char cursor[PAYSCORE_CURSOR_SIZE] = "", future[PAYSCORE_CURSOR_SIZE + 8];
    static char too_long[PAYSCORE_CURSOR_SIZE + 40];
    memset(too_long, '0', sizeof too_long - 1);
    read_on(trial.engine, cursor, 1);
    snprintf(future, sizeof future, "%s0", cursor); /* 10 of 9. */
    const char *const wrong[] = {"x", "0000000000000001-1", future, too_long, "账"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(store("books", wrong[i]), PAYSCORE_E_INPUT);
    assert_int_equal(load("books"), PAYSCORE_E_NOT_FOUND);
}

/* The chore is a command as well: what it is given is looked at by whoever writes. */
static void a_chore_with_a_bad_body_is_refused(void **state)
{
    (void)state;
    static const char *const bodies[] = {"{}", "{\"name\":\"a b\",\"cursor\":\"\"}", "{\"name\":7}",
                                         "{\"name\":\"a\",\"cursor\":\"x\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct payscore_result result = trial_submit(&trial, "cursor_store", NULL, bodies[i]);
        assert_int_equal(result.status, PAYSCORE_E_INPUT);
        assert_true(strlen(result.error.text) > 5);
    }
    assert_int_equal(trial_submit(&trial, "cursor_drop", NULL, "{\"name\":\"\"}").status,
                     PAYSCORE_E_INPUT);
}

static void there_is_room_for_so_many_and_those_may_move(void **state)
{
    (void)state;
    char name[32];
    for (int i = 0; i < PAYSCORE_CURSORS_MAX; i++) {
        snprintf(name, sizeof name, "c%d", i);
        assert_int_equal(store(name, ""), PAYSCORE_OK);
    }
    assert_int_equal(store("one-more", ""), PAYSCORE_E_INPUT);
    assert_int_equal(store("c0", PAYSCORE_CURSOR_NEWEST), PAYSCORE_OK);
    assert_int_equal(drop("c1"), PAYSCORE_OK);
    assert_int_equal(store("one-more", ""), PAYSCORE_OK);
}

/* Other processes. */

static struct payscore *open_as(enum payscore_role role)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct payscore_options options = trial_options(&trial);
    options.role = role;
    return payscore_open(&engine, &options, &error) == PAYSCORE_OK ? engine : NULL;
}

static int run_child(int (*run)(int to), int to)
{
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(run(to));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int store_as_reader(int to)
{
    (void)to;
    struct payscore_error error = {""};
    struct payscore *engine = open_as(PAYSCORE_READER);
    if (engine == NULL) return 1;
    if (payscore_cursor_store(engine, text_of("a"), text_of(""), &error) != PAYSCORE_E_ARGUMENT)
        return 2;
    if (payscore_cursor_drop(engine, text_of("a"), &error) != PAYSCORE_E_ARGUMENT) return 3;
    payscore_close(engine);
    return 0;
}

static void a_reader_stores_nothing(void **state)
{
    (void)state;
    payscore_close(trial.engine);
    trial.engine = NULL;
    assert_int_equal(run_child(store_as_reader, -1), 0);
    trial_reopen(&trial);
}

static int use_the_parents(int to)
{
    (void)to;
    char *json = NULL;
    char cursor[PAYSCORE_CURSOR_SIZE];
    int descriptor = 7;
    struct payscore_error error = {""};
    struct payscore *engine = trial.engine;
    struct payscore_text name = text_of("a"), start = text_of("");
    if (payscore_feed(engine, start, 0, &json) != PAYSCORE_E_PROCESS || json != NULL) return 1;
    if (payscore_feed_wait(engine, start, -1) != PAYSCORE_E_PROCESS) return 2;
    if (payscore_feed_descriptor(engine, &descriptor) != PAYSCORE_E_PROCESS) return 3;
    if (payscore_cursor_store(engine, name, start, &error) != PAYSCORE_E_PROCESS) return 4;
    if (payscore_cursor_drop(engine, name, &error) != PAYSCORE_E_PROCESS) return 5;
    if (payscore_cursor_load(engine, name, cursor) != PAYSCORE_E_PROCESS) return 6;
    if (payscore_cursors(engine, &json) != PAYSCORE_E_PROCESS || json != NULL) return 7;
    payscore_close(engine);
    return descriptor == -1 ? 0 : 8;
}

static void a_handle_is_none_of_a_forked_childs(void **state)
{
    (void)state;
    int descriptor = -1;
    assert_int_equal(payscore_feed_descriptor(trial.engine, &descriptor), PAYSCORE_OK);
    assert_int_equal(run_child(use_the_parents, -1), 0);
    assert_int_equal(store("a", ""), PAYSCORE_OK); /* The parent's is unharmed. */
}

/* Books a page, stores its cursor, books another page, and dies before it has stored that. */
static int book_and_die(int to)
{
    struct payscore_error error = {""};
    char cursor[PAYSCORE_CURSOR_SIZE] = "";
    struct payscore *engine = open_as(PAYSCORE_SUBMITTER);
    if (engine == NULL) return 1;
    uint64_t last = read_on(engine, cursor, PAGE);
    if (write(to, &last, sizeof last) != sizeof last) return 2;
    if (payscore_cursor_store(engine, text_of("books"), text_of(cursor), &error) != PAYSCORE_OK)
        return 3;
    last = read_on(engine, cursor, PAGE);
    if (write(to, &last, sizeof last) != sizeof last) return 4;
    return raise(SIGKILL);
}

static void what_was_read_and_not_stored_is_met_again(void **state)
{
    (void)state;
    int booked[2];
    uint64_t last = 0;
    payscore_close(trial.engine);
    trial.engine = NULL;
    assert_int_equal(pipe(booked), 0);
    assert_int_equal(run_child(book_and_die, booked[1]), 128 + SIGKILL);
    assert_int_equal(read(booked[0], &last, sizeof last), sizeof last);
    assert_int_equal(last, PAGE);
    assert_int_equal(read(booked[0], &last, sizeof last), sizeof last);
    assert_int_equal(last, 2 * PAGE);
    close(booked[0]);
    close(booked[1]);
    trial_reopen(&trial);
    assert_int_equal(load("books"), PAYSCORE_OK);
    assert_int_equal(read_on(trial.engine, loaded, 1), PAGE + 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stored_cursor_is_loaded_by_the_next_process),
        TEST(newest_is_stored_as_where_the_journal_stands),
        TEST(cursors_are_listed_with_how_far_they_are_behind),
        TEST(what_is_no_name_is_refused),
        TEST(what_is_no_cursor_is_not_stored),
        TEST(a_chore_with_a_bad_body_is_refused),
        TEST(there_is_room_for_so_many_and_those_may_move),
        TEST(a_reader_stores_nothing),
        TEST(a_handle_is_none_of_a_forked_childs),
        TEST(what_was_read_and_not_stored_is_met_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
