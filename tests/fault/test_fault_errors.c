/*
 * What each public function answers when LMDB, memory or the crypto library fails it: the status
 * that its header names, whichever call it is that fails; and what it says is right where it says
 * OK. The same function answers again as soon as nothing fails.
 */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <lmdb.h>

#include "fault/faults.h"
#include "fault/stage.h"

enum { CALLS_MAX = 20000 };

/* What fails, and what a function that meets it says. */
enum trouble {
    IO = 1 << 0,
    CORRUPT = 1 << 1,
    READERS = 1 << 2,
    FULL = 1 << 3,
    UNSURE = 1 << 4,
    MEMORY = 1 << 5,
    CRYPTO = 1 << 6,
    VERSION = 1 << 7,
    READING = IO | CORRUPT | READERS | MEMORY,
    WRITING = IO | CORRUPT | FULL | UNSURE | MEMORY | CRYPTO,
};

static const struct {
    enum trouble trouble;
    enum payscore_status status;
    struct fault_plan plan;
} troubles[] = {
    {IO, PAYSCORE_E_IO, {.kind = FAULT_LMDB, .code = EIO}},
    {CORRUPT,
     PAYSCORE_E_CORRUPT,
     {.kind = FAULT_LMDB, .calls = FAULT_READS, .code = MDB_CORRUPTED}},
    {READERS,
     PAYSCORE_E_READERS,
     {.kind = FAULT_LMDB, .calls = FAULT_BEGINS, .code = MDB_READERS_FULL}},
    {FULL, PAYSCORE_E_FULL, {.kind = FAULT_LMDB, .calls = FAULT_WRITES, .code = ENOSPC}},
    {UNSURE, PAYSCORE_E_UNSURE, {.kind = FAULT_LMDB, .calls = FAULT_COMMITS, .code = MDB_PANIC}},
    {MEMORY, PAYSCORE_E_MEMORY, {.kind = FAULT_MEMORY}},
    {CRYPTO, PAYSCORE_E_CRYPTO, {.kind = FAULT_CRYPTO}},
    {VERSION, PAYSCORE_E_VERSION, {.kind = FAULT_LMDB, .code = MDB_VERSION_MISMATCH}},
};
enum { TROUBLES = sizeof troubles / sizeof troubles[0] };

static const struct {
    const char *name;
    unsigned meets;
} expected[] = {
    {"submit", WRITING},
    {"submit_batch", WRITING},
    {"submit_start", WRITING},
    {"turn", WRITING},
    {"call_sign", CRYPTO},
    {"feed", READING},
    {"feed_wait", READING},
    {"feed_descriptor", MEMORY},
    {"cursor_store", WRITING & ~CRYPTO},
    {"cursor_load", READING},
    {"cursor_drop", WRITING & ~CRYPTO},
    {"cursors", READING},
    {"head", (READING & ~CORRUPT) | CRYPTO},
    {"verify", READING | CRYPTO},
    {"verify_head", READING | CRYPTO},
    {"report_json", MEMORY},
    {"backup", READING & ~CORRUPT},
    {"backup_stream", READING & ~CORRUPT},
    {"restore", IO | CORRUPT | FULL | MEMORY | CRYPTO | VERSION},
    {"export", READING},
    {"erase", WRITING},
    {"retain", WRITING},
    {"usage", READING & ~CORRUPT},
    {"show", READING},
    {"history", READING},
    {"list", READING},
    {"newest", READING & ~CORRUPT},
    {"open", READING | FULL},
};

/* Lets each call behind the other fail, until none is left. */
static bool meets(stage_deed *deed, const char *name, size_t which)
{
    struct stage stage;
    struct fault_plan plan = troubles[which].plan;
    bool met = false;
    stage_open(&stage, false);
    plan.lasting = true;
    for (plan.at = 1; plan.at <= CALLS_MAX && !met; plan.at++) {
        faults_plan(plan);
        met = deed(&stage) == troubles[which].status;
        if (!faults_fired()) break;
    }
    faults_plan((struct fault_plan){.kind = FAULT_NONE});
    if (stage.trial.engine == NULL)
        assert_int_equal(stage_reopen(&stage, PAYSCORE_DRIVER), PAYSCORE_OK);
    enum payscore_status rc = deed(&stage);
    /* What was erased is erased. */
    bool again = rc == PAYSCORE_OK || (rc == PAYSCORE_E_NOT_FOUND && strcmp(name, "erase") == 0);
    if (!again) fail_msg("%s: %s afterwards", name, payscore_status_name(rc));
    (void)trial_verify(&stage.trial);
    stage_close(&stage);
    return met;
}

static void each_function_says_what_failed(void **state)
{
    (void)state;
    unsigned lacking = 0;
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        stage_deed *deed = stage_deed_of(expected[i].name);
        for (size_t j = 0; j < TROUBLES; j++) {
            if ((expected[i].meets & troubles[j].trouble) == 0) continue;
            if (meets(deed, expected[i].name, j)) continue;
            lacking++;
            print_message("%s: never %s\n", expected[i].name,
                          payscore_status_name(troubles[j].status));
        }
    }
    assert_int_equal(lacking, 0);
}

/* What is read by these does not change from one moment to the next. */
static const char *const readers[] = {"feed", "cursors", "head", "report_json",
                                      "show", "history", "list", "export"};

/* No part of an answer is left out because there was no memory for it. */
static void an_answer_is_whole_or_none(void **state)
{
    (void)state;
    struct stage stage;
    unsigned lacking = 0;
    stage_open(&stage, true);
    for (size_t i = 0; i < sizeof readers / sizeof readers[0]; i++) {
        struct fault_plan plan = {.kind = FAULT_MEMORY};
        stage_deed *deed = stage_deed_of(readers[i]);
        faults_plan(plan);
        assert_int_equal(deed(&stage), PAYSCORE_OK);
        char *whole = stage.json;
        stage.json = NULL;
        for (plan.at = 1; plan.at < CALLS_MAX; plan.at++) {
            faults_plan(plan);
            enum payscore_status rc = deed(&stage);
            if (rc == PAYSCORE_OK && strcmp(stage.json, whole) != 0) {
                if (lacking++ < 20)
                    print_message("%s, allocation %u: %.300s\n", readers[i], plan.at, stage.json);
            }
            if (!faults_fired()) break;
        }
        payscore_free(whole);
    }
    faults_plan((struct fault_plan){.kind = FAULT_NONE});
    stage_close(&stage);
    assert_int_equal(lacking, 0);
}

/* What could not be looked at is no fault of the journal: the deed fails the test where it is. */
static void a_short_memory_is_no_tampering(void **state)
{
    (void)state;
    static const enum fault_kind kinds[] = {FAULT_LMDB, FAULT_MEMORY, FAULT_CRYPTO};
    struct stage stage;
    stage_deed *verify = stage_deed_of("verify");
    stage_open(&stage, false);
    assert_int_equal(stage_deed_of("erase")(&stage), PAYSCORE_OK);
    assert_int_equal(stage_deed_of("retain")(&stage), PAYSCORE_OK);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct fault_plan plan = {.kind = kinds[i]};
        enum payscore_status rc = PAYSCORE_OK;
        for (plan.at = 1; plan.at < CALLS_MAX; plan.at++) {
            faults_plan(plan);
            rc = verify(&stage);
            if (!faults_fired()) break;
        }
        assert_int_equal(rc, PAYSCORE_OK);
        assert_true(plan.at > 3);
    }
    faults_plan((struct fault_plan){.kind = FAULT_NONE});
    stage_close(&stage);
}

/* OpenSSL wants memory for each thread that it has not seen. Nothing here may fail the test. */
static void *submit_elsewhere(void *context)
{
    struct payscore_result result;
    struct payscore_error error;
    const struct payscore_command command = {0, PAYSCORE_TEXT("create"), PAYSCORE_TEXT(""),
                                             PAYSCORE_TEXT("{}")};
    struct payscore_call call = {.method = "GET", .url = PAYSCORE_TEXT("/v3/payscore")};
    struct payscore_signed headers;
    struct payscore *engine = context;
    ARMED((void)!payscore_submit(engine, &command, &result, &error);
          (void)!payscore_call_sign(engine, &call, &headers));
    return NULL;
}

static void a_new_thread_without_memory_is_told_so(void **state)
{
    (void)state;
    struct trial unused = {0};
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = trial_options(&unused);
    struct fault_plan plan = {.kind = FAULT_MEMORY, .lasting = true};
    options.world = (struct payscore_world){NULL, NULL, NULL}; /* The system's own chance. */
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    for (plan.at = 1; plan.at < CALLS_MAX; plan.at++) {
        pthread_t thread;
        faults_plan(plan);
        assert_int_equal(pthread_create(&thread, NULL, submit_elsewhere, engine), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        if (!faults_fired()) break;
    }
    assert_true(plan.at > 3);
    faults_plan((struct fault_plan){.kind = FAULT_NONE});
    payscore_close(engine);
}

static void a_forked_child_is_told_so(void **state)
{
    (void)state;
    struct stage stage;
    stage_open(&stage, false);
    pid_t child = fork();
    if (child == 0) {
        for (size_t i = 0; i < stage_function_count; i++) {
            const char *name = stage_functions[i].name;
            bool free = strcmp(name, "open") == 0 || strcmp(name, "restore") == 0 ||
                        strcmp(name, "report_json") == 0;
            if (!free && stage_functions[i].deed(&stage) != PAYSCORE_E_PROCESS) {
                fprintf(stderr, "%s does not say E_PROCESS\n", name);
                _exit(1);
            }
        }
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    stage_close(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function_says_what_failed),
        cmocka_unit_test(an_answer_is_whole_or_none),
        cmocka_unit_test(a_short_memory_is_no_tampering),
        cmocka_unit_test(a_new_thread_without_memory_is_told_so),
        cmocka_unit_test(a_forked_child_is_told_so),
    };
    if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
