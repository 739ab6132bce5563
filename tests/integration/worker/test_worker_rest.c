/* A worker with twenty open orders and nothing to do: what it holds in memory, and how it sleeps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "core/time.h"
#include "support/stage.h"

enum { ORDERS = 20, RESIDENT_MAX_KB = 32 * 1024, SETTLE_S_MAX = 20, REST_S = 3 };

static const char openid[] = "oRestUser";

static const char orders_path[] = "/v1/records?chart=service_order&limit=100";

static int set_up(void **state)
{
    stage_setup(state);
    stage_authorize(*state, openid, "RESTAUTH01");
    for (int i = 0; i < ORDERS; i++) {
        char number[32];
        snprintf(number, sizeof number, "REST%04d", i);
        stage_command(*state, "create", stage_create_body(number, openid));
        stage_await(*state, "service_order", number, "SERVING");
    }
    return 0;
}

/* A number behind a name in a file of /proc. */
static long status_of(const char *path, const char *name)
{
    char *text = process_read_file(path, NULL);
    const char *at = strstr(text, name);
    long value = at != NULL ? strtol(at + strlen(name), NULL, 10) : -1;
    free(text);
    if (value < 0) fail_msg("%s has no %s", path, name);
    return value;
}

/* How often the threads of a process have been given a processor. */
static long switches_of(pid_t pid)
{
    char folder[64], path[512];
    long count = 0;
    const struct dirent *entry;
    snprintf(folder, sizeof folder, "/proc/%d/task", (int)pid);
    DIR *tasks = opendir(folder);
    assert_non_null(tasks);
    while ((entry = readdir(tasks)) != NULL) {
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s/status", folder, entry->d_name);
        count += status_of(path, "\nvoluntary_ctxt_switches:");
    }
    closedir(tasks);
    return count;
}

/* Let time pass: it is what is tested here. */
static void pass(time_t seconds)
{
    const struct itimerspec span = {.it_value = {.tv_sec = seconds}};
    uint64_t expired = 0;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    assert_true(timer >= 0);
    assert_int_equal(timerfd_settime(timer, 0, &span, NULL), 0);
    assert_int_equal(read(timer, &expired, sizeof expired), sizeof expired);
    close(timer);
}

/* The earliest deadline of all orders, from now on. */
static int64_t next_due_ms(const struct stage *stage)
{
    int64_t least_ms = INT64_MAX;
    struct timespec now;
    const cJSON *record;
    const struct http_reply *reply = stage_api(stage, orders_path, NULL);
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    cJSON_ArrayForEach(record, cJSON_GetObjectItemCaseSensitive(reply->json, "records"))
    {
        int64_t at_ms = 0;
        const cJSON *due = cJSON_GetObjectItemCaseSensitive(record, "due");
        const char *at = http_text(due, "at");
        assert_true(ps_time_from_rfc3339((struct payscore_text){at, strlen(at)}, &at_ms));
        if (at_ms - now_ms < least_ms) least_ms = at_ms - now_ms;
    }
    return least_ms;
}

static void test_twenty_open_orders_take_little_memory(void **state)
{
    const struct stage *stage = *state;
    char path[64];
    const struct http_reply *reply = stage_api(stage, orders_path, NULL);
    const cJSON *records = cJSON_GetObjectItemCaseSensitive(reply->json, "records");
    assert_int_equal(cJSON_GetArraySize(records), ORDERS);
    snprintf(path, sizeof path, "/proc/%d/status", (int)stage->worker.pid);
    long resident_kb = status_of(path, "\nVmRSS:");
    print_message("resident: %ld kB\n", resident_kb);
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* A sanitizer keeps far more than the worker does. */
#endif
    assert_in_range(resident_kb, 1, RESIDENT_MAX_KB);
}

/* Deadlines that a record no longer means are dropped only when they come: let these pass. */
static void await_rest(const struct stage *stage)
{
    for (int i = 0; i < SETTLE_S_MAX; i++) {
        long before = switches_of(stage->worker.pid);
        pass(1);
        if (switches_of(stage->worker.pid) == before) return;
    }
    fail_msg("the worker is awake every second, for %d s", SETTLE_S_MAX);
}

static void test_at_rest_nothing_wakes_the_worker(void **state)
{
    const struct stage *stage = *state;
#if defined(__SANITIZE_THREAD__)
    skip(); /* Its own thread wakes ten times a second. */
#endif
    assert_true(next_due_ms(stage) > (int64_t)(SETTLE_S_MAX + REST_S) * 1000);
    await_rest(stage);
    long before = switches_of(stage->worker.pid);
    pass(REST_S);
    long after = switches_of(stage->worker.pid);
    print_message("wake-ups in %d s: %ld\n", REST_S, after - before);
    assert_int_equal(after, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twenty_open_orders_take_little_memory),
        cmocka_unit_test(test_at_rest_nothing_wakes_the_worker),
    };
    return cmocka_run_group_tests(tests, set_up, stage_teardown);
}
