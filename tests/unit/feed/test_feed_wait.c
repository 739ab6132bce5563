/* Waiting for entries: blocking and by a descriptor, in one process and across them. */
#include <cJSON.h>
#include <poll.h>
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/trial.h"

enum { ROUNDS = 100, THREADS = 16, SHORT_MS = 60, FOREVER = -1 };

#define NEWEST PAYSCORE_TEXT(PAYSCORE_CURSOR_NEWEST)
#define START  PAYSCORE_TEXT("")

struct place {
    struct trial trial;
    char path[DIRECTORY_PATH_SIZE]; /* "": in memory. */
};

static struct place place;

static int set_up_files(void **state)
{
    (void)state;
    directory_make(place.path);
    trial_open(&place.trial, place.path);
    return 0;
}

static int set_up_memory(void **state)
{
    (void)state;
    place.path[0] = '\0';
    trial_open(&place.trial, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_verify(&place.trial);
    trial_close(&place.trial);
    if (place.path[0] != '\0') directory_remove(place.path);
    return 0;
}

/* One entry more: a create that is taken. */
static void write_entry(int number)
{
    char order[32];
    snprintf(order, sizeof order, "PSWAIT%05d", number);
    place.trial.wants = (struct payscore_wants){0, 0, 0};
    struct payscore_result result =
        trial_submit(&place.trial, "create", NULL, body_create_confirmed(order));
    assert_int_equal(result.verdict, PAYSCORE_TAKEN);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The cursor behind what is there. */
static void newest(struct payscore *engine, char cursor[PAYSCORE_CURSOR_SIZE])
{
    char *json = NULL;
    assert_int_equal(payscore_feed(engine, NEWEST, 0, &json), PAYSCORE_OK);
    cJSON *page = cJSON_Parse(json);
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%s",
             cJSON_GetObjectItemCaseSensitive(page, "cursor")->valuestring);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(page, "entries")), 0);
    cJSON_Delete(page);
    payscore_free(json);
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

/* One process. */

static void what_is_there_ends_a_wait_at_once(void **state)
{
    (void)state;
    assert_int_equal(payscore_feed_wait(place.trial.engine, START, 0), PAYSCORE_E_NOT_FOUND);
    write_entry(1);
    assert_int_equal(payscore_feed_wait(place.trial.engine, START, 0), PAYSCORE_OK);
    assert_int_equal(payscore_feed_wait(place.trial.engine, START, FOREVER), PAYSCORE_OK);
    assert_int_equal(payscore_feed_wait(place.trial.engine, NEWEST, 0), PAYSCORE_E_NOT_FOUND);
}

static void a_wait_ends_when_its_time_is_over(void **state)
{
    (void)state;
    write_entry(1);
    int64_t began_ms = now_ms();
    assert_int_equal(payscore_feed_wait(place.trial.engine, NEWEST, SHORT_MS),
                     PAYSCORE_E_NOT_FOUND);
    assert_true(now_ms() - began_ms >= SHORT_MS);
}

static void a_cursor_of_no_store_is_refused(void **state)
{
    (void)state;
    write_entry(1);
    assert_int_equal(payscore_feed_wait(place.trial.engine, PAYSCORE_TEXT("x"), FOREVER),
                     PAYSCORE_E_INPUT);
    assert_int_equal(
        payscore_feed_wait(place.trial.engine, PAYSCORE_TEXT("0000000000000001-0"), FOREVER),
        PAYSCORE_E_INPUT);
}

struct waiter {
    pthread_t thread;
    pthread_barrier_t *begun;
    char cursor[PAYSCORE_CURSOR_SIZE];
    int64_t timeout_ms;
    enum payscore_status status;
};

static void *wait_there(void *argument)
{
    struct waiter *waiter = argument;
    (void)pthread_barrier_wait(waiter->begun);
    waiter->status =
        payscore_feed_wait(place.trial.engine, text_of(waiter->cursor), waiter->timeout_ms);
    return NULL;
}

static void begin_waiters(struct waiter *waiters, int count, pthread_barrier_t *begun)
{
    assert_int_equal(pthread_barrier_init(begun, NULL, (unsigned)count + 1), 0);
    for (int i = 0; i < count; i++) {
        waiters[i].begun = begun;
        newest(place.trial.engine, waiters[i].cursor);
        assert_int_equal(pthread_create(&waiters[i].thread, NULL, wait_there, &waiters[i]), 0);
    }
    (void)pthread_barrier_wait(begun);
}

static void end_waiters(struct waiter *waiters, int count, pthread_barrier_t *begun)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
    assert_int_equal(pthread_barrier_destroy(begun), 0);
}

static void one_entry_frees_all_that_wait(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        struct waiter waiters[THREADS] = {{.timeout_ms = FOREVER}};
        pthread_barrier_t begun;
        for (int i = 0; i < THREADS; i++)
            waiters[i].timeout_ms = FOREVER;
        begin_waiters(waiters, THREADS, &begun);
        write_entry(round);
        end_waiters(waiters, THREADS, &begun);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(waiters[i].status, PAYSCORE_OK);
    }
}

/* Whoever looks out for all leaves first: the others must not stay without one who does. */
static void those_who_wait_longer_are_not_left_alone(void **state)
{
    (void)state;
    struct waiter waiters[THREADS] = {{.timeout_ms = 1}};
    pthread_barrier_t begun;
    for (int i = 0; i < THREADS; i++)
        waiters[i].timeout_ms = i % 2 == 0 ? 1 + i : FOREVER;
    begin_waiters(waiters, THREADS, &begun);
    for (int i = 0; i < THREADS; i += 2)
        assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
    write_entry(1);
    for (int i = 1; i < THREADS; i += 2)
        assert_int_equal(pthread_join(waiters[i].thread, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(waiters[i].status, i % 2 == 0 ? PAYSCORE_E_NOT_FOUND : PAYSCORE_OK);
    assert_int_equal(pthread_barrier_destroy(&begun), 0);
}

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
    (void)number;
    interrupted++;
}

static void a_signal_does_not_end_a_wait(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_signal}; /* No SA_RESTART. */
    struct itimerspec often = {{0, 5000000}, {0, 5000000}};
    timer_t timer;
    interrupted = 0;
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
    assert_int_equal(timer_create(CLOCK_MONOTONIC, NULL, &timer), 0);
    assert_int_equal(timer_settime(timer, 0, &often, NULL), 0);
    int64_t began_ms = now_ms();
    assert_int_equal(payscore_feed_wait(place.trial.engine, NEWEST, SHORT_MS),
                     PAYSCORE_E_NOT_FOUND);
    assert_true(now_ms() - began_ms >= SHORT_MS);
    assert_int_equal(timer_delete(timer), 0);
    assert_true(interrupted > 0);
}

/* The descriptor. */

static bool is_readable(int descriptor)
{
    struct pollfd look = {.fd = descriptor, .events = POLLIN};
    return poll(&look, 1, 0) == 1;
}

static void a_descriptor_is_readable_until_the_feed_is_read(void **state)
{
    (void)state;
    int descriptor = -1, same = -1;
    char *json = NULL;
    assert_int_equal(payscore_feed_descriptor(place.trial.engine, &descriptor), PAYSCORE_OK);
    assert_int_equal(payscore_feed_descriptor(place.trial.engine, &same), PAYSCORE_OK);
    assert_int_equal(same, descriptor);
    assert_false(is_readable(descriptor));
    for (int i = 0; i < 3; i++) {
        write_entry(i);
        assert_true(is_readable(descriptor));
        /* Who waits takes nothing from the descriptor. */
        assert_int_equal(payscore_feed_wait(place.trial.engine, START, 0), PAYSCORE_OK);
        assert_true(is_readable(descriptor));
        assert_int_equal(payscore_feed(place.trial.engine, START, 0, &json), PAYSCORE_OK);
        payscore_free(json);
        assert_false(is_readable(descriptor));
    }
}

/* Two processes. */

/* A forked child opens a handle of its own: those of its parent are none of its. */
static struct payscore *open_reader(struct trial *trial, const char *path)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    *trial = (struct trial){.now_ms = 1, .seed = 7, .path = path, .map_bytes_max = 64 << 20};
    struct payscore_options options = trial_options(trial);
    options.role = PAYSCORE_READER;
    return payscore_open(&engine, &options, &error) == PAYSCORE_OK ? engine : NULL;
}

static bool say(int to)
{
    return write(to, "x", 1) == 1;
}

static bool hear(int from)
{
    char byte;
    return read(from, &byte, 1) == 1;
}

/* Says "ready" and then, each time, waits for the next entry and says that it came. */
static int wait_in_turn(int from, int to, const char *path, bool by_descriptor)
{
    struct trial trial;
    char cursor[PAYSCORE_CURSOR_SIZE];
    if (!hear(from)) return 1; /* The store is there. */
    struct payscore *engine = open_reader(&trial, path);
    int descriptor = -1;
    if (engine == NULL) return 2;
    if (by_descriptor && payscore_feed_descriptor(engine, &descriptor) != PAYSCORE_OK) return 3;
    for (int i = 0; i < ROUNDS; i++) {
        newest(engine, cursor);
        if (!say(to)) return 4;
        struct pollfd look = {.fd = descriptor, .events = POLLIN};
        if (by_descriptor && poll(&look, 1, -1) != 1) return 5;
        if (payscore_feed_wait(engine, text_of(cursor), by_descriptor ? 0 : FOREVER) != PAYSCORE_OK)
            return 6;
    }
    payscore_close(engine);
    return 0;
}

static void ping_pong(bool by_descriptor)
{
    int there[2], back[2], status = -1;
    assert_int_equal(pipe(there), 0);
    assert_int_equal(pipe(back), 0);
    directory_make(place.path);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(wait_in_turn(there[0], back[1], place.path, by_descriptor));
    }
    close(back[1]);
    trial_open(&place.trial, place.path);
    assert_true(say(there[1]));
    for (int i = 0; i < ROUNDS && hear(back[0]); i++)
        write_entry(i);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), 0);
    close(back[0]);
    close(there[0]);
    close(there[1]);
}

static void another_process_entries_end_a_wait(void **state)
{
    (void)state;
    ping_pong(false);
}

static void another_process_entries_make_a_descriptor_readable(void **state)
{
    (void)state;
    ping_pong(true);
}

/* E_IO where the system gives no look-out. */
static int wait_without_descriptors(const char *path)
{
    struct trial trial;
    int descriptor = 7;
    struct payscore *engine = open_reader(&trial, path);
    if (engine == NULL) return 1;
    struct rlimit usual, none;
    if (getrlimit(RLIMIT_NOFILE, &usual) != 0) return 2;
    none = (struct rlimit){3, usual.rlim_max};
    if (setrlimit(RLIMIT_NOFILE, &none) != 0) return 2;
    if (payscore_feed_descriptor(engine, &descriptor) != PAYSCORE_E_IO) return 3;
    if (descriptor != -1) return 4;
    if (payscore_feed_wait(engine, NEWEST, FOREVER) != PAYSCORE_E_IO) return 5;
    payscore_close(engine);
    /* At the end a sanitizer opens files of its own. */
    return setrlimit(RLIMIT_NOFILE, &usual) == 0 ? 0 : 6;
}

static void a_system_without_room_for_it_is_told(void **state)
{
    (void)state;
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(60);
        _exit(execl("/proc/self/exe", "test_feed_wait", place.path, (char *)NULL));
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), 0);
}

#define IN_FILES(name) cmocka_unit_test_setup_teardown(name, set_up_files, tear_down)
#define IN_MEMORY(name)                                                                            \
    {                                                                                              \
#name " in memory", name, set_up_memory, tear_down, NULL                                   \
    }

int main(int argc, char **argv)
{
    if (argc == 2) return wait_without_descriptors(argv[1]);
    const struct CMUnitTest tests[] = {
        IN_FILES(what_is_there_ends_a_wait_at_once),
        IN_MEMORY(what_is_there_ends_a_wait_at_once),
        IN_FILES(a_wait_ends_when_its_time_is_over),
        IN_MEMORY(a_wait_ends_when_its_time_is_over),
        IN_FILES(a_cursor_of_no_store_is_refused),
        IN_FILES(one_entry_frees_all_that_wait),
        IN_MEMORY(one_entry_frees_all_that_wait),
        IN_FILES(those_who_wait_longer_are_not_left_alone),
        IN_MEMORY(those_who_wait_longer_are_not_left_alone),
        IN_FILES(a_signal_does_not_end_a_wait),
        IN_FILES(a_descriptor_is_readable_until_the_feed_is_read),
        IN_MEMORY(a_descriptor_is_readable_until_the_feed_is_read),
        cmocka_unit_test_teardown(another_process_entries_end_a_wait, tear_down),
        cmocka_unit_test_teardown(another_process_entries_make_a_descriptor_readable, tear_down),
        IN_FILES(a_system_without_room_for_it_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
