/*
 * A SUBMITTER's commands find whoever writes: a driver in another process, or, where there is none,
 * the submitter itself; and what it is told where neither can be had.
 */
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/lock.h"
#include "submit/address.h"
#include "submit/client.h"
#include "submit/socket.h"
#include "support/directory.h"
#include "support/driving.h"

static char directory[DIRECTORY_PATH_SIZE];

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    driving_make(directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    directory_remove(directory);
    return 0;
}

static struct payscore *open_patient(int64_t patience_ms)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct payscore_options options = driving_options(directory, PAYSCORE_SUBMITTER);
    options.patience_ms = patience_ms;
    if (payscore_open(&engine, &options, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    return engine;
}

static struct payscore *open_submitter(void)
{
    return open_patient(0);
}

static struct payscore_result submit(struct payscore *engine, const char *number, const char *key)
{
    struct payscore_result result;
    struct payscore_error error = {""};
    struct payscore_command command = driving_create(number, key);
    enum payscore_status rc = payscore_submit(engine, &command, &result, &error);
    assert_int_equal(rc, result.status);
    assert_int_equal(rc == PAYSCORE_OK, error.text[0] == '\0');
    return result;
}

static void assert_taken(const struct payscore_result *result)
{
    if (result->status != PAYSCORE_OK) fail_msg("%s", result->error.text);
    assert_int_equal(result->verdict, PAYSCORE_TAKEN);
    assert_string_equal(result->chart, "service_order");
    assert_true(result->state[0] != '\0');
    assert_true(result->entry > 0);
    assert_true(result->row_text[0] != '\0');
}

static void assert_is_there(struct payscore *engine, const char *number)
{
    char *json = NULL;
    struct payscore_name name = {0, PAYSCORE_TEXT("service_order"), {number, strlen(number)}};
    assert_int_equal(payscore_show(engine, &name, &json), PAYSCORE_OK);
    payscore_free(json);
}

static void it_writes_for_itself_where_nobody_drives(void **state)
{
    (void)state;
    struct payscore *engine = open_submitter();
    struct payscore_owner owner;
    struct payscore_result first = submit(engine, "A1", "k1");
    assert_taken(&first);
    struct payscore_result again = submit(engine, "A1", "k1");
    assert_int_equal(again.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(again.entry, first.entry);
    assert_is_there(engine, "A1");
    assert_int_equal(payscore_driver(directory, &owner), PAYSCORE_OK);
    assert_false(owner.driven);
    payscore_close(engine);
}

static void it_submits_through_the_driver(void **state)
{
    (void)state;
    struct payscore_owner owner;
    pid_t driver = driving_start(directory);
    struct payscore *engine = open_submitter();
    assert_int_equal(payscore_driver(directory, &owner), PAYSCORE_OK);
    assert_true(owner.driven);
    assert_int_equal(owner.pid, driver);
    struct payscore_result result = submit(engine, "B1", "k1");
    assert_taken(&result);
    assert_is_there(engine, "B1");
    result = submit(engine, "B1", "k1");
    assert_int_equal(result.verdict, PAYSCORE_DUPLICATE);
    result = submit(engine, "B1", "k2");
    assert_int_equal(result.verdict, PAYSCORE_DUPLICATE); /* The same content. */
    result = submit(engine, "B2", "k1");                  /* Keys belong to a record. */
    assert_taken(&result);
    payscore_close(engine);
    driving_stop(driver);
}

static void it_goes_on_when_the_driver_ends_and_when_one_comes(void **state)
{
    (void)state;
    struct payscore *engine = open_submitter();
    for (int i = 0; i < 3; i++) {
        char number[16];
        struct payscore_result result;
        pid_t driver = driving_start(directory);
        snprintf(number, sizeof number, "C%d", i);
        result = submit(engine, number, "");
        assert_taken(&result);
        if (i == 1)
            driving_kill(driver);
        else
            driving_stop(driver);
        snprintf(number, sizeof number, "D%d", i);
        result = submit(engine, number, ""); /* The connection that was kept leads nowhere. */
        assert_taken(&result);
    }
    payscore_close(engine);
}

static void a_batch_keeps_its_order(void **state)
{
    (void)state;
    enum { COUNT = 600 };
    static struct payscore_command commands[COUNT];
    static struct payscore_result results[PAYSCORE_BATCH_MAX + 1]; /* Each is told, however many. */
    static char bodies[COUNT][1024], numbers[COUNT][32];
    struct payscore_error error;
    struct payscore *engine = open_submitter();
    for (int round = 0; round < 2; round++) {
        pid_t driver = round == 0 ? driving_start(directory) : 0;
        for (int i = 0; i < COUNT; i++) {
            snprintf(numbers[i], sizeof numbers[i], "E%d_%d", round, i);
            commands[i] = driving_create(numbers[i], "");
            memcpy(bodies[i], commands[i].body.data, commands[i].body.size);
            commands[i].body.data = bodies[i];
        }
        commands[7].body = PAYSCORE_TEXT("{"); /* Each stands for itself. */
        commands[8].merchant = 9;
        assert_int_equal(payscore_submit_batch(engine, commands, COUNT, results, &error),
                         PAYSCORE_OK);
        uint64_t last = 0;
        for (int i = 0; i < COUNT; i++) {
            if (i == 7 || i == 8) continue;
            assert_taken(&results[i]);
            assert_true(results[i].entry > last);
            last = results[i].entry;
        }
        assert_int_equal(results[7].status, PAYSCORE_E_INPUT);
        assert_int_equal(results[8].status, PAYSCORE_E_ARGUMENT);
        if (driver != 0) driving_stop(driver);
    }
    assert_int_equal(
        payscore_submit_batch(engine, commands, PAYSCORE_BATCH_MAX + 1, results, &error),
        PAYSCORE_E_ARGUMENT);
    payscore_close(engine);
}

static void what_breaks_a_rule_is_refused_on_both_ways(void **state)
{
    (void)state;
    static char large[PS_FRAME_BODY_MAX + 1];
    struct payscore *engine = open_submitter();
    memset(large, ' ', sizeof large);
    for (int round = 0; round < 2; round++) {
        pid_t driver = round == 1 ? driving_start(directory) : 0;
        struct payscore_result result;
        struct payscore_error error;
        struct payscore_command command = driving_create("F1", "");
        command.body = (struct payscore_text){large, sizeof large};
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_TOO_LARGE);
        command.body = PAYSCORE_TEXT("{}");
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_INPUT);
        assert_non_null(strstr(error.text, "out_order_no"));
        command.name = PAYSCORE_TEXT("no_such_command");
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_INPUT);
        command.name = (struct payscore_text){large, 65};
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_INPUT);
        command = driving_create("F1", "");
        command.key = (struct payscore_text){large, PAYSCORE_KEY_MAX + 1};
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_INPUT);
        command = driving_create("F1", "");
        command.merchant = 1;
        assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_ARGUMENT);
        if (driver != 0) driving_stop(driver);
    }
    payscore_close(engine);
}

static void the_driver_must_serve_the_merchant(void **state)
{
    (void)state;
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options(directory, PAYSCORE_SUBMITTER);
    struct payscore_merchant other = options.merchants[0];
    other.service_id = PAYSCORE_TEXT("another");
    options.merchants = &other;
    pid_t driver = driving_start(directory);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    struct payscore_result result = submit(engine, "G1", "");
    assert_int_equal(result.status, PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(result.error.text, "the same merchants"));
    driving_stop(driver);
    result = submit(engine, "G1", ""); /* Nobody else speaks for it now. */
    assert_taken(&result);
    assert_is_there(engine, "G1");
    payscore_close(engine);
}

static void a_driver_that_does_not_turn_has_taken_nothing(void **state)
{
    (void)state;
    pid_t driver = driving_start_idle(directory);
    struct payscore *engine = open_patient(150);
    struct payscore_result result = submit(engine, "H1", "");
    assert_int_equal(result.status, PAYSCORE_E_BUSY);
    driving_kill(driver);
    result = submit(engine, "H1", "");
    assert_taken(&result);
    payscore_close(engine);
}

static void keep_job(void *context, struct ps_job *job)
{
    (void)context;
    (void)job; /* Its answer never comes. */
}

/* Holds the lock and takes commands, and answers none. */
static pid_t start_mute_driver(void)
{
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct ps_lock *lock = NULL;
        struct ps_socket *socket = NULL;
        const struct ps_socket_options options = {
            .path = directory, .place = ps_place_here(), .take = keep_job};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (ps_lock_take(&lock, directory, "submit.sock", NULL, NULL) != PAYSCORE_OK ||
            ps_socket_open(&socket, &options, NULL) != PAYSCORE_OK || write(ready[1], "r", 1) != 1)
            _exit(1);
        struct pollfd file = {ps_socket_descriptor(socket), POLLIN, 0};
        while (poll(&file, 1, -1) >= 0)
            ps_socket_serve(socket);
        _exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

static void a_driver_that_does_not_answer_leaves_it_unsure(void **state)
{
    (void)state;
    pid_t driver = start_mute_driver();
    struct payscore *engine = open_patient(150);
    struct payscore_result result = submit(engine, "I1", "k");
    assert_int_equal(result.status, PAYSCORE_E_UNSURE);
    assert_non_null(strstr(result.error.text, "same key"));
    driving_kill(driver);
    result = submit(engine, "I1", "k");
    assert_taken(&result);
    payscore_close(engine);
}

/* A driver of a later version greets in its own words. */
static void a_driver_of_another_version_is_named(void **state)
{
    (void)state;
    struct sockaddr_un address;
    int unused;
    pid_t driver = driving_start_idle(directory);
    assert_int_equal(ps_address_of_socket(directory, &address, &unused), 0);
    assert_int_equal(unlink(address.sun_path), 0);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    pid_t greeter = fork();
    if (greeter == 0) {
        uint8_t hello[PS_FRAME_HELLO_SIZE];
        struct ps_place place = ps_place_here();
        int fd = accept(listener, NULL, NULL);
        size_t size = ps_frame_put_hello(&place, hello);
        hello[4] = PS_FRAME_VERSION + 1;
        _exit(send(fd, hello, size, 0) == (ssize_t)size ? 0 : 1);
    }
    struct payscore *engine = open_submitter();
    struct payscore_result result = submit(engine, "V1", "");
    assert_int_equal(result.status, PAYSCORE_E_VERSION);
    payscore_close(engine);
    driving_join(greeter);
    close(listener);
    driving_kill(driver);
}

/* Of a store that is moved, and of another that stands in its place then. */
static void it_stays_with_its_store_wherever_that_is_moved(void **state)
{
    (void)state;
    char moved[DIRECTORY_PATH_SIZE + 8];
    struct stat there;
    pid_t driver = driving_start(directory);
    struct payscore *engine = open_submitter();
    snprintf(moved, sizeof moved, "%s.moved", directory);
    assert_int_equal(rename(directory, moved), 0);
    struct payscore_result result = submit(engine, "W1", "");
    assert_taken(&result);
    assert_int_equal(stat(directory, &there), -1); /* Nothing was made where it was. */
    driving_stop(driver);                          /* It drove until now. */
    result = submit(engine, "W2", "");
    assert_taken(&result);
    assert_int_equal(stat(directory, &there), -1);
    assert_int_equal(rename(moved, directory), 0);
    payscore_close(engine);
}

/* Somebody removed the lock's file, so that a second driver could come. */
static void a_driver_leaves_the_socket_of_the_next_alone(void **state)
{
    (void)state;
    char lock[DIRECTORY_PATH_SIZE + 16];
    pid_t first = driving_start_idle(directory);
    snprintf(lock, sizeof lock, "%s/driver.lock", directory);
    assert_int_equal(unlink(lock), 0);
    pid_t second = driving_start(directory);
    driving_stop(first);
    struct payscore *engine = open_submitter();
    struct payscore_result result = submit(engine, "X1", "");
    assert_taken(&result);
    payscore_close(engine);
    driving_stop(second);
}

/* Who may have been taken by the driver before is not told otherwise by one that did not look. */
static void what_may_have_been_taken_is_unsure_until_its_key_was_looked_for(void **state)
{
    (void)state;
    static const enum payscore_status others[] = {PAYSCORE_E_ARGUMENT, PAYSCORE_E_INPUT,
                                                  PAYSCORE_E_TOO_LARGE, PAYSCORE_E_IO};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct ps_errand errand = {.parcel = {.risked = true}};
        const struct payscore_result answer = {.status = others[i]};
        assert_true(ps_errand_settle(&errand, &answer));
        assert_int_equal(errand.result.status, PAYSCORE_E_UNSURE);
    }
}

/* Started commands. */

struct told {
    struct payscore *engine;
    int count, taken;
    enum payscore_status last;
    bool starts_more;
};

static void done(void *user, const struct payscore_result *result)
{
    struct told *told = user;
    told->count++;
    told->last = result->status;
    if (result->status == PAYSCORE_OK && result->verdict == PAYSCORE_TAKEN) told->taken++;
    if (!told->starts_more) return;
    struct payscore_error error;
    struct payscore_command command = driving_create("FROM_WITHIN", "");
    told->starts_more = false;
    assert_int_equal(payscore_submit_start(told->engine, &command, done, told, &error),
                     PAYSCORE_OK);
}

static void start(struct payscore *engine, const char *number, struct told *told)
{
    struct payscore_error error = {""};
    struct payscore_command command = driving_create(number, "");
    enum payscore_status rc = payscore_submit_start(engine, &command, done, told, &error);
    if (rc != PAYSCORE_OK) fail_msg("%s", error.text);
}

/* As a loop would: by the descriptor, and every 100 ms. */
static void poll_until(struct payscore *engine, const struct told *told, int count)
{
    for (int rounds = 0; told->count < count && rounds < 2000; rounds++)
        driving_poll(engine);
    assert_int_equal(told->count, count);
}

static void started_commands_go_both_ways(void **state)
{
    (void)state;
    struct payscore *engine = open_submitter();
    struct told told = {.engine = engine};
    char number[16];
    for (int i = 0; i < 40; i++) {
        snprintf(number, sizeof number, "J%d", i);
        start(engine, number, &told);
    }
    assert_int_equal(told.count, 0); /* From within payscore_poll() only. */
    poll_until(engine, &told, 40);
    assert_int_equal(told.taken, 40);
    pid_t driver = driving_start(directory);
    for (int i = 40; i < 700; i++) {
        snprintf(number, sizeof number, "J%d", i);
        start(engine, number, &told);
    }
    poll_until(engine, &told, 700);
    assert_int_equal(told.taken, 700);
    driving_kill(driver); /* The connection that was kept has ended. */
    told.starts_more = true;
    start(engine, "J700", &told);
    poll_until(engine, &told, 702);
    assert_int_equal(told.taken, 702);
    payscore_close(engine);
}

struct ending {
    struct payscore *engine;
    int told;
    enum payscore_status restarted;
};

static void start_again(void *user, const struct payscore_result *result)
{
    struct ending *ending = user;
    struct payscore_error error;
    struct payscore_command command = driving_create("TOO_LATE", "");
    ending->told++;
    assert_int_equal(result->status, PAYSCORE_E_UNSURE);
    ending->restarted =
        payscore_submit_start(ending->engine, &command, start_again, ending, &error);
}

static void nothing_is_started_by_what_closing_ends(void **state)
{
    (void)state;
    for (int role = PAYSCORE_DRIVER; role <= PAYSCORE_SUBMITTER; role++) {
        struct payscore_options options = driving_options(directory, (enum payscore_role)role);
        struct payscore_error error = {""};
        struct payscore_command command = driving_create("AT_THE_END", "");
        struct ending ending = {.told = 0};
        assert_int_equal(payscore_open(&ending.engine, &options, &error), PAYSCORE_OK);
        assert_int_equal(
            payscore_submit_start(ending.engine, &command, start_again, &ending, &error),
            PAYSCORE_OK);
        payscore_close(ending.engine);
        assert_int_equal(ending.told, 1);
        assert_int_equal(ending.restarted, PAYSCORE_E_ARGUMENT);
    }
}

static void a_started_command_is_given_up_in_time(void **state)
{
    (void)state;
    struct payscore *engine = open_patient(150);
    struct told told = {.engine = engine};
    pid_t driver = driving_start_idle(directory);
    start(engine, "K1", &told);
    poll_until(engine, &told, 1);
    assert_int_equal(told.last, PAYSCORE_E_BUSY);
    driving_kill(driver);
    driver = start_mute_driver();
    start(engine, "K1", &told);
    poll_until(engine, &told, 2);
    assert_int_equal(told.last, PAYSCORE_E_UNSURE);
    driving_kill(driver);
    payscore_close(engine);
}

static void a_started_command_that_cannot_be_used_is_told_at_once(void **state)
{
    (void)state;
    struct payscore *engine = open_submitter();
    struct told told = {.engine = engine};
    struct payscore_error error;
    struct payscore_command command = driving_create("L1", "");
    assert_int_equal(payscore_submit_start(engine, &command, NULL, &told, &error),
                     PAYSCORE_E_ARGUMENT);
    command.merchant = 3;
    assert_int_equal(payscore_submit_start(engine, &command, done, &told, &error),
                     PAYSCORE_E_ARGUMENT);
    command = driving_create("L1", "");
    command.body = PAYSCORE_TEXT("{}");
    assert_int_equal(payscore_submit_start(engine, &command, done, &told, &error),
                     PAYSCORE_E_INPUT);
    static char large[PS_FRAME_BODY_MAX + 1];
    command.body = (struct payscore_text){large, sizeof large};
    assert_int_equal(payscore_submit_start(engine, &command, done, &told, &error),
                     PAYSCORE_E_TOO_LARGE);
    assert_int_equal(payscore_poll(engine, &error), PAYSCORE_OK);
    assert_int_equal(told.count, 0);
    start(engine, "L1", &told);
    payscore_close(engine); /* Nobody polled: it is told that nobody knows. */
    assert_int_equal(told.count, 1);
    assert_int_equal(told.last, PAYSCORE_E_UNSURE);
}

static void there_are_so_many_at_a_time(void **state)
{
    (void)state;
    struct payscore *engine = open_submitter();
    struct told told = {.engine = engine};
    struct payscore_error error;
    struct payscore_command command = driving_create("M", "");
    for (int i = 0; i < PAYSCORE_STARTED_MAX; i++)
        assert_int_equal(payscore_submit_start(engine, &command, done, &told, &error), PAYSCORE_OK);
    assert_int_equal(payscore_submit_start(engine, &command, done, &told, &error), PAYSCORE_E_BUSY);
    payscore_close(engine);
    assert_int_equal(told.count, PAYSCORE_STARTED_MAX);
}

/* Roles and processes. */

static void a_reader_submits_nothing(void **state)
{
    (void)state;
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options(directory, PAYSCORE_READER);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    struct payscore_result result = submit(engine, "N1", "");
    assert_int_equal(result.status, PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_poll(engine, &error), PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_descriptor(engine), -1);
    payscore_close(engine);
}

static void a_submitter_drives_nothing(void **state)
{
    (void)state;
    struct payscore *engine = open_submitter();
    struct payscore_turn turn = {.items = NULL};
    struct payscore_error error;
    assert_int_equal(payscore_turn(engine, &turn, &error), PAYSCORE_E_ARGUMENT);
    payscore_close(engine);
}

static void a_store_must_be_there(void **state)
{
    (void)state;
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options("/nowhere/at/all", PAYSCORE_SUBMITTER);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_NOT_FOUND);
    char empty[DIRECTORY_PATH_SIZE];
    directory_make(empty);
    options.path = empty;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_NOT_FOUND);
    assert_null(engine);
    directory_remove(empty);
}

static void two_do_not_drive(void **state)
{
    (void)state;
    struct payscore *engine = NULL, *other = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options(directory, PAYSCORE_DRIVER);
    char pid[32];
    pid_t driver = driving_start(directory);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_BUSY);
    snprintf(pid, sizeof pid, "%d", (int)driver);
    assert_non_null(strstr(error.text, pid));
    driving_stop(driver);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_open(&other, &options, &error), PAYSCORE_E_ARGUMENT);
    options.role = PAYSCORE_SUBMITTER;
    assert_int_equal(payscore_open(&other, &options, &error), PAYSCORE_E_ARGUMENT);
    payscore_close(engine);
}

/* A submitter's moment is no reason to give up. */
static void a_driver_waits_for_a_moment(void **state)
{
    (void)state;
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        const struct ps_lock_wish wish = {.hold = PS_LOCK_MOMENT};
        const struct timespec moment = {0, 200000000};
        struct ps_lock *lock = NULL;
        if (ps_lock_take_timed(&lock, directory, &wish, NULL, NULL) != PAYSCORE_OK) _exit(1);
        if (write(ready[1], "r", 1) != 1) _exit(2);
        nanosleep(&moment, NULL);
        ps_lock_release(lock);
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    struct payscore_owner owner;
    assert_int_equal(payscore_driver(directory, &owner), PAYSCORE_OK);
    assert_false(owner.driven);
    driving_make(directory);
    driving_join(child);
}

static void a_handle_does_not_live_through_fork(void **state)
{
    (void)state;
    for (int role = PAYSCORE_DRIVER; role <= PAYSCORE_SUBMITTER; role++) {
        struct payscore *engine = NULL;
        struct payscore_error error;
        struct payscore_options options = driving_options(directory, (enum payscore_role)role);
        assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
        pid_t child = fork();
        if (child == 0) {
            struct payscore_result result;
            struct payscore_turn turn = {.items = NULL};
            struct payscore_command command = driving_create("O1", "");
            struct told told = {.count = 0};
            struct payscore_signed headers;
            struct payscore_report report;
            bool refused =
                payscore_submit(engine, &command, &result, &error) == PAYSCORE_E_PROCESS &&
                payscore_submit_batch(engine, &command, 1, &result, &error) == PAYSCORE_E_PROCESS &&
                payscore_submit_start(engine, &command, done, &told, &error) ==
                    PAYSCORE_E_PROCESS &&
                payscore_poll(engine, &error) == PAYSCORE_E_PROCESS &&
                payscore_turn(engine, &turn, &error) == PAYSCORE_E_PROCESS &&
                payscore_verify(engine, &report) == PAYSCORE_E_PROCESS &&
                payscore_call_sign(engine, &(struct payscore_call){.merchant = 0}, &headers) ==
                    PAYSCORE_E_PROCESS &&
                payscore_descriptor(engine) == -1 && strstr(error.text, "fork") != NULL;
            payscore_close(engine);
            _exit(refused ? 0 : 1);
        }
        driving_join(child);
        struct payscore_owner owner; /* The child's end did not end the parent's handle. */
        assert_int_equal(payscore_driver(directory, &owner), PAYSCORE_OK);
        assert_int_equal(owner.driven, role == PAYSCORE_DRIVER);
        char number[] = {'O', (char)('0' + role), '\0'};
        struct payscore_result result = submit(engine, number, "");
        assert_taken(&result);
        payscore_close(engine);
    }
}

static void *submit_many(void *context)
{
    static atomic_int next;
    for (int i = 0; i < 40; i++) {
        char number[32];
        snprintf(number, sizeof number, "P%d", next++);
        struct payscore_result result = submit(context, number, "");
        assert_taken(&result);
    }
    return NULL;
}

static void many_threads_share_a_handle(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    pthread_t threads[THREADS];
    struct payscore *engine = open_submitter();
    for (int round = 0; round < 2; round++) {
        pid_t driver = round == 0 ? 0 : driving_start(directory);
        struct told told = {.engine = engine};
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, submit_many, engine), 0);
        for (int i = 0; i < 20; i++) {
            char number[32];
            snprintf(number, sizeof number, "Q%d_%d", round, i);
            start(engine, number, &told);
        }
        poll_until(engine, &told, 20);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(told.taken, 20);
        if (driver != 0) driving_kill(driver);
    }
    struct payscore_report report;
    assert_int_equal(payscore_verify(engine, &report), PAYSCORE_OK);
    assert_int_equal(report.faults, 0);
    payscore_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(it_writes_for_itself_where_nobody_drives),
        TEST(it_submits_through_the_driver),
        TEST(it_goes_on_when_the_driver_ends_and_when_one_comes),
        TEST(a_batch_keeps_its_order),
        TEST(what_breaks_a_rule_is_refused_on_both_ways),
        TEST(the_driver_must_serve_the_merchant),
        TEST(a_driver_that_does_not_turn_has_taken_nothing),
        TEST(a_driver_that_does_not_answer_leaves_it_unsure),
        TEST(a_driver_of_another_version_is_named),
        TEST(it_stays_with_its_store_wherever_that_is_moved),
        TEST(a_driver_leaves_the_socket_of_the_next_alone),
        TEST(what_may_have_been_taken_is_unsure_until_its_key_was_looked_for),
        TEST(started_commands_go_both_ways),
        TEST(nothing_is_started_by_what_closing_ends),
        TEST(a_started_command_is_given_up_in_time),
        TEST(a_started_command_that_cannot_be_used_is_told_at_once),
        TEST(there_are_so_many_at_a_time),
        TEST(a_reader_submits_nothing),
        TEST(a_submitter_drives_nothing),
        TEST(a_store_must_be_there),
        TEST(two_do_not_drive),
        TEST(a_driver_waits_for_a_moment),
        TEST(a_handle_does_not_live_through_fork),
        TEST(many_threads_share_a_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
