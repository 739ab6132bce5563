/*
 * Every public function, in every role that may call it, with each allocation, each call of LMDB
 * and each digest or signature failing in turn, once and for good. Whatever fails: it ends, what
 * was acknowledged is there, the store verifies, the function works again, no descriptor is lost.
 *
 *   test_fault_functions [ROLE]     driver, submitter, client (a submitter whose commands travel to
 *                                   a driver), reader; PAYSCORE_FAULTS=all: leave none out
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/faults.h"
#include "fault/stage.h"
#include "support/driving.h"

enum { CALLS_MAX = 200000, RUN_SECONDS_MAX = 30 };

struct cast {
    enum payscore_role role;
    bool driven; /* By a child. */
    const char *const *names;
    size_t count;
};

static const char *const writing[] = {"submit",      "submit_batch", "submit_start", "cursor_store",
                                      "cursor_drop", "erase",        "retain",       "open"};
static const char *const reading[] = {"feed",          "feed_wait", "cursor_load", "cursors",
                                      "head",          "verify",    "verify_head", "backup",
                                      "backup_stream", "export",    "usage",       "show",
                                      "history",       "list",      "newest",      "open"};

static unsigned descriptors(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static void begin(struct stage *stage, const struct cast *cast, pid_t *driver)
{
    stage_open(stage, false);
    stage->patience_ms = 4;
    *driver = 0;
    if (cast->driven) {
        payscore_close(stage->trial.engine);
        stage->trial.engine = NULL;
        *driver = driving_start(stage->path);
    }
    assert_int_equal(stage_reopen(stage, cast->role), PAYSCORE_OK);
}

static void end(struct stage *stage, pid_t driver)
{
    stage_close(stage);
    if (driver != 0) driving_stop(driver);
}

/* What each run leaves. The next one begins where it may have ended for good. */
static void look(struct stage *stage, const struct cast *cast, const char *name)
{
    if (stage->trial.engine == NULL) assert_int_equal(stage_reopen(stage, cast->role), PAYSCORE_OK);
    uint64_t entries = trial_verify(&stage->trial);
    if (entries < stage->acknowledged)
        fail_msg("%s: entry %lu was acknowledged, and there are %lu", name,
                 (unsigned long)stage->acknowledged, (unsigned long)entries);
}

static bool works(enum payscore_status rc, const char *name)
{
    return rc == PAYSCORE_OK || (rc == PAYSCORE_E_NOT_FOUND && strcmp(name, "erase") == 0);
}

static void restart(struct stage *stage, const struct cast *cast, pid_t *driver)
{
    end(stage, *driver);
    begin(stage, cast, driver);
}

/* All calls of one kind; returns how many there are. */
static unsigned fail_each(const struct cast *cast, const char *name, struct fault_plan plan)
{
    struct stage stage;
    pid_t driver;
    unsigned runs = 0, before = descriptors();
    /* These find nothing to do where they were done. */
    bool spends = strcmp(name, "erase") == 0 || strcmp(name, "retain") == 0 ||
                  strcmp(name, "feed_descriptor") == 0 || strcmp(name, "cursor_drop") == 0;
    stage_deed *deed = stage_deed_of(name);
    begin(&stage, cast, &driver);
    for (plan.at = 1; plan.at < CALLS_MAX; plan.at++) {
        if (faults_pass_over(plan.at)) continue;
        (void)alarm(RUN_SECONDS_MAX);
        faults_plan(plan);
        enum payscore_status rc = deed(&stage);
        bool fired = faults_fired();
        faults_plan((struct fault_plan){.kind = FAULT_NONE});
        if (!fired) break;
        runs++;
        look(&stage, cast, name);
        if (rc == PAYSCORE_OK && spends) restart(&stage, cast, &driver);
    }
    stage.patience_ms = 5000;
    assert_int_equal(stage_reopen(&stage, cast->role), PAYSCORE_OK);
    enum payscore_status rc = deed(&stage);
    if (!works(rc, name)) fail_msg("%s: %s afterwards", name, payscore_status_name(rc));
    end(&stage, driver);
    (void)alarm(0);
    if (descriptors() != before)
        fail_msg("%s: %u descriptors, then %u", name, before, descriptors());
    return runs;
}

static void play(const struct cast *cast)
{
    static const enum fault_kind kinds[] = {FAULT_LMDB, FAULT_MEMORY, FAULT_CRYPTO};
    unsigned runs = 0;
    for (size_t i = 0; i < cast->count; i++) {
        for (size_t kind = 0; kind < sizeof kinds / sizeof kinds[0]; kind++) {
            struct fault_plan plan = {.kind = kinds[kind]};
            runs += fail_each(cast, cast->names[i], plan);
            plan.lasting = true;
            runs += fail_each(cast, cast->names[i], plan);
        }
    }
    print_message("%u runs\n", runs);
}

static void a_driver(void **state)
{
    (void)state;
    const char *names[64];
    struct cast cast = {PAYSCORE_DRIVER, false, names, stage_function_count};
    for (size_t i = 0; i < stage_function_count; i++)
        names[i] = stage_functions[i].name;
    play(&cast);
}

static void a_submitter_while_nobody_drives(void **state)
{
    (void)state;
    const struct cast cast = {PAYSCORE_SUBMITTER, false, writing,
                              sizeof writing / sizeof writing[0]};
    play(&cast);
}

static void a_submitter_through_a_driver(void **state)
{
    (void)state;
    const struct cast cast = {PAYSCORE_SUBMITTER, true, writing,
                              sizeof writing / sizeof writing[0]};
    play(&cast);
}

static void a_reader(void **state)
{
    (void)state;
    const struct cast cast = {PAYSCORE_READER, false, reading, sizeof reading / sizeof reading[0]};
    play(&cast);
}

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        struct CMUnitTest test;
    } roles[] = {
        {"driver", cmocka_unit_test(a_driver)},
        {"submitter", cmocka_unit_test(a_submitter_while_nobody_drives)},
        {"client", cmocka_unit_test(a_submitter_through_a_driver)},
        {"reader", cmocka_unit_test(a_reader)},
    };
    int failed = 0;
    if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 1);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        if (argc > 1 && strcmp(argv[1], roles[i].name) != 0) continue;
        const struct CMUnitTest tests[] = {roles[i].test};
        failed += cmocka_run_group_tests(tests, NULL, NULL);
    }
    return failed;
}
