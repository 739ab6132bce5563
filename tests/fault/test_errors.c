/*
 * Errors that need no failing call: a store, a handle or an input that is not as the function wants
 * it. Each function says what its header promises for that.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/charts.h"
#include "engine/internal.h"
#include "fault/stage.h"
#include "submit/address.h"
#include "submit/frame.h"
#include "support/altered.h"
#include "support/bodies.h"
#include "support/driving.h"

static struct stage stage;
static struct payscore_error error;

static const char *const submitting[] = {"submit", "submit_batch", "submit_start"};
static const char *const writing[] = {"submit",      "submit_batch", "submit_start", "cursor_store",
                                      "cursor_drop", "erase",        "retain"};
enum { SUBMITTING = 3, WRITING = 7 };

static int set_up(void **state)
{
    (void)state;
    stage_open(&stage, false);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    stage_close(&stage);
    return 0;
}

static void assert_answers(const char *name, enum payscore_status status)
{
    enum payscore_status rc = stage_deed_of(name)(&stage);
    if (rc != status)
        fail_msg("%s: %s, not %s", name, payscore_status_name(rc), payscore_status_name(status));
}

static void assert_all_answer(const char *const *names, size_t count, enum payscore_status status)
{
    for (size_t i = 0; i < count; i++)
        assert_answers(names[i], status);
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static void leave_to(enum payscore_role role)
{
    enum payscore_status rc = stage_reopen(&stage, role);
    if (rc != PAYSCORE_OK) fail_msg("%s", payscore_status_name(rc));
}

static void abandon(void)
{
    payscore_close(stage.trial.engine);
    stage.trial.engine = NULL;
}

/* Who may write. */

static void a_reader_writes_nothing(void **state)
{
    (void)state;
    leave_to(PAYSCORE_READER);
    assert_all_answer(writing, WRITING, PAYSCORE_E_ARGUMENT);
    assert_answers("poll", PAYSCORE_E_ARGUMENT);
    assert_answers("turn", PAYSCORE_E_ARGUMENT);
}

static void a_driver_that_takes_no_turn_is_busy(void **state)
{
    (void)state;
    abandon();
    pid_t driver = driving_start_idle(stage.path);
    leave_to(PAYSCORE_SUBMITTER);
    assert_all_answer(writing, WRITING, PAYSCORE_E_BUSY);
    driving_kill(driver);
}

/* Greets whoever comes as a later version would. */
static _Noreturn void greet_all(int listener)
{
    uint8_t hello[PS_FRAME_HELLO_SIZE];
    struct ps_place place = ps_place_here();
    size_t size = ps_frame_put_hello(&place, hello);
    hello[4] = PS_FRAME_VERSION + 1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd >= 0) (void)!send(fd, hello, size, MSG_NOSIGNAL);
    }
}

static void a_driver_of_another_version_is_named(void **state)
{
    (void)state;
    struct sockaddr_un address;
    int unused;
    abandon();
    pid_t driver = driving_start_idle(stage.path);
    assert_int_equal(ps_address_of_socket(stage.path, &address, &unused), 0);
    assert_int_equal(unlink(address.sun_path), 0);
    int listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 8), 0);
    pid_t greeter = fork();
    if (greeter == 0) greet_all(listener);
    leave_to(PAYSCORE_SUBMITTER);
    assert_all_answer(writing, WRITING, PAYSCORE_E_VERSION);
    driving_kill(greeter);
    close(listener);
    driving_kill(driver);
}

static void govern_otherwise(void)
{
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    const struct ps_lmdb_options options = {
        .path = stage.path, .map_bytes_max = 64 << 20, .access = PS_WRITE};
    abandon();
    assert_int_equal(ps_store_open_lmdb(&store, &options, &error), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_OK);
    struct ps_head head = *ps_txn_head(txn);
    ps_txn_put(txn, PS_TABLE_META, PAYSCORE_TEXT("governing"), PAYSCORE_TEXT("charts of others"));
    assert_int_equal(ps_txn_commit(txn, &head), PAYSCORE_OK);
    ps_store_close(store);
}

static void other_charts_are_not_written_by(void **state)
{
    (void)state;
    govern_otherwise();
    leave_to(PAYSCORE_SUBMITTER);
    assert_all_answer(writing, WRITING, PAYSCORE_E_CHART);
}

static void a_store_that_grows_behind_a_reader_takes_no_command(void **state)
{
    (void)state;
    struct ps_txn *reader = NULL;
    stage.stuck_growth_bytes = 1;
    leave_to(PAYSCORE_DRIVER);
    assert_int_equal(ps_txn_begin(stage.trial.engine->store, PS_READ, &reader), PAYSCORE_OK);
    enum payscore_status rc = PAYSCORE_OK;
    for (int i = 0; i < 1000 && rc == PAYSCORE_OK; i++)
        rc = stage_deed_of("submit")(&stage);
    assert_int_equal(rc, PAYSCORE_E_STUCK);
    assert_all_answer(submitting, SUBMITTING, PAYSCORE_E_STUCK);
    assert_answers("cursor_store", PAYSCORE_E_STUCK);
    assert_answers("cursor_drop", PAYSCORE_E_STUCK);
    assert_answers("retain", PAYSCORE_E_STUCK);
    assert_answers("turn", PAYSCORE_E_STUCK);
    ps_txn_abort(reader);
    assert_answers("submit", PAYSCORE_OK);
}

static void what_was_restored_asks_first(void **state)
{
    (void)state;
    stage_close(&stage);
    stage_open(&stage, true);
    const struct payscore_command complete = {0, PAYSCORE_TEXT("complete"), PAYSCORE_TEXT(""),
                                              text_of(body_complete(STAGE_OPEN_ORDER, 800))};
    assert_answers("restore", PAYSCORE_OK);
    stage.trial.path = stage.target;
    leave_to(PAYSCORE_DRIVER);
    stage.command = &complete;
    assert_all_answer(submitting, SUBMITTING, PAYSCORE_E_RESTORED);
    assert_answers("turn", PAYSCORE_E_RESTORED);
}

/* Commands that cannot be used. */

static void a_bad_command_is_told_alone(void **state)
{
    (void)state;
    static char large[1 << 17];
    memset(large, ' ', sizeof large - 1);
    const struct payscore_command nothing = {.name = PAYSCORE_TEXT("nothing"),
                                             .body = PAYSCORE_TEXT("{}")};
    const struct payscore_command nobody = {9, PAYSCORE_TEXT("create"), PAYSCORE_TEXT(""),
                                            PAYSCORE_TEXT("{}")};
    const struct payscore_command too_large = {0, PAYSCORE_TEXT("create"), PAYSCORE_TEXT(""),
                                               text_of(large)};
    for (int role = PAYSCORE_DRIVER; role <= PAYSCORE_SUBMITTER; role++) {
        leave_to((enum payscore_role)role);
        stage.command = &nothing;
        assert_all_answer(submitting, SUBMITTING, PAYSCORE_E_INPUT);
        stage.command = &nobody;
        assert_all_answer(submitting, SUBMITTING, PAYSCORE_E_ARGUMENT);
        stage.command = &too_large;
        assert_all_answer(submitting, SUBMITTING, PAYSCORE_E_TOO_LARGE);
    }
    leave_to(PAYSCORE_DRIVER);
    assert_answers("turn", PAYSCORE_E_TOO_LARGE);
    stage.command = &nobody;
    assert_answers("turn", PAYSCORE_E_ARGUMENT);
}

static void a_chore_wants_its_arguments(void **state)
{
    (void)state;
    struct payscore *engine = stage.trial.engine;
    const struct payscore_text bad = PAYSCORE_TEXT("no name");
    const struct payscore_erasure nobody = {0, PAYSCORE_TEXT(""), bad, bad};
    const struct payscore_erasure stranger = {0, PAYSCORE_TEXT("oStranger"), bad, bad};
    uint64_t count;
    bool left;
    char cursor[PAYSCORE_CURSOR_SIZE];
    assert_int_equal(payscore_cursor_store(engine, bad, bad, &error), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_cursor_drop(engine, bad, &error), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_cursor_load(engine, bad, cursor), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_retain(engine, 0, &count, &left, &error), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_erase(engine, &nobody, &count, &error), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_erase(engine, &stranger, &count, &error), PAYSCORE_E_NOT_FOUND);
    assert_answers("submit", PAYSCORE_OK);
    assert_answers("erase", PAYSCORE_E_OPEN);
}

/* Records that this library cannot read. */

struct told {
    enum payscore_status show, turn;
};
static const struct told by_chart = {PAYSCORE_E_CHART, PAYSCORE_E_CHART};
static const struct told by_layout = {PAYSCORE_E_VERSION, PAYSCORE_E_VERSION};
static const struct told by_size = {PAYSCORE_E_CORRUPT, PAYSCORE_E_CORRUPT};

/* The paid order's header, with two bytes of it as another library might write them. */
static void assert_unreadable(size_t offset, size_t shorter, const struct told *expected)
{
    const struct payscore_command cancel = {0, PAYSCORE_TEXT("cancel"), PAYSCORE_TEXT(""),
                                            text_of(body_cancel(TRIAL_ORDER))};
    size_t size = 0;
    const uint16_t strange = 999;
    struct ps_record record = altered_record(&stage.trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_id_key key = ps_id_key(&record.id);
    uint8_t *bytes = altered_copy(&stage.trial, PS_TABLE_RECORDS, PS_KEY(key), &size);
    uint8_t *whole = altered_copy(&stage.trial, PS_TABLE_RECORDS, PS_KEY(key), &size);
    memcpy(bytes + offset, &strange, sizeof strange);
    altered_put(&stage.trial, PS_TABLE_RECORDS, PS_KEY(key), bytes, size - shorter);
    assert_answers("show", expected->show);
    assert_answers("history", expected->show);
    stage.command = &cancel;
    assert_answers("turn", expected->turn);
    altered_put(&stage.trial, PS_TABLE_RECORDS, PS_KEY(key), whole, size);
    free(bytes);
    free(whole);
}

static void a_record_of_another_library_is_not_read(void **state)
{
    (void)state;
    assert_unreadable(offsetof(struct ps_record, state), 0, &by_chart);
    assert_unreadable(offsetof(struct ps_record, layout), 0, &by_layout);
    assert_unreadable(sizeof(struct ps_record) - 2, 8, &by_size);
}

static void names_that_nobody_has_are_not_read(void **state)
{
    (void)state;
    struct payscore *engine = stage.trial.engine;
    char *json = NULL;
    const struct payscore_name no_chart = {0, PAYSCORE_TEXT("chair"), PAYSCORE_TEXT("A")};
    const struct payscore_name no_order = {0, PAYSCORE_TEXT("service_order"), PAYSCORE_TEXT("A")};
    const struct payscore_filter filter = {.chart = PAYSCORE_TEXT("chair")};
    const struct payscore_export_filter lines = {.chart = PAYSCORE_TEXT("chair")};
    assert_int_equal(payscore_show(engine, &no_chart, &json), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_history(engine, &no_chart, true, &json), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_show(engine, &no_order, &json), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(payscore_history(engine, &no_order, true, &json), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(payscore_list(engine, &filter, &json), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_export(engine, &lines, NULL, NULL), PAYSCORE_E_INPUT);
    assert_null(json);
}

/* Notices. */

static void assert_notice(const char *key, int64_t late_ms, size_t size_min,
                          enum payscore_status expected)
{
    static char padded[PAYSCORE_NOTICE_BODY_MAX + 2];
    const struct test_seal seal = {key, "Zk3Q9vT1mXw7", "payscore",
                                   seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800)};
    char *envelope = test_envelope("PAYSCORE.USER_PAID", &seal);
    struct test_signed how;
    struct payscore_item item = {.kind = PAYSCORE_NOTICE};
    memset(padded, ' ', sizeof padded);
    memcpy(padded, envelope, strlen(envelope));
    size_t size = size_min > 0 ? size_min : strlen(envelope);
    test_sign_notice((struct payscore_text){padded, size}, stage.trial.now_ms - late_ms, &how,
                     &item.notice);
    if (expected == PAYSCORE_E_FORGED) padded[size - 2] = '!';
    trial_run(&stage.trial, &item, 1);
    assert_int_equal(item.result.status, expected);
    free(envelope);
}

static void a_notice_is_ours_and_of_now(void **state)
{
    (void)state;
    static const char other[] = "9876543210ApiV3KeyForDocExamples";
    assert_notice(TEST_APIV3_KEY, 0, 0, PAYSCORE_OK);
    assert_notice(TEST_APIV3_KEY, INT64_C(3600000), 0, PAYSCORE_E_STALE);
    assert_notice(TEST_APIV3_KEY, 0, 0, PAYSCORE_E_FORGED);
    assert_notice(TEST_APIV3_KEY, 0, PAYSCORE_NOTICE_BODY_MAX + 1, PAYSCORE_E_TOO_LARGE);
    assert_notice(other, 0, 0, PAYSCORE_E_SEALED);
    stage.keyless = true;
    leave_to(PAYSCORE_DRIVER);
    assert_notice(TEST_APIV3_KEY, 0, 0, PAYSCORE_E_KEY);
    assert_answers("head", PAYSCORE_E_KEY);
    assert_answers("call_sign", PAYSCORE_E_KEY);
    assert_answers("verify_head", PAYSCORE_E_KEY);
}

/* Opening and looking. */

static void a_key_that_is_none_is_told(void **state)
{
    (void)state;
    struct payscore *engine = NULL;
    struct payscore_options options = trial_options(&stage.trial);
    struct payscore_credentials credentials = *options.merchants->credentials;
    struct payscore_merchant merchant = *options.merchants;
    abandon();
    credentials.merchant_key_pem = PAYSCORE_TEXT("no key");
    merchant.credentials = &credentials;
    options.merchants = &merchant;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_KEY);
    assert_null(engine);
}

static void who_drives_a_path_that_is_none(void **state)
{
    (void)state;
    struct payscore_owner owner;
    char lock[DIRECTORY_PATH_SIZE + 16];
    (void)snprintf(lock, sizeof lock, "%s/driver.lock", stage.target);
    assert_int_equal(symlink(lock, lock), 0);
    assert_int_equal(payscore_driver(NULL, &owner), PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_driver(stage.target, &owner), PAYSCORE_E_IO);
    assert_int_equal(unlink(lock), 0);
}

static void a_head_is_of_a_journal_and_a_merchant(void **state)
{
    (void)state;
    struct payscore *empty = NULL;
    struct payscore_report report;
    struct payscore_options options = trial_options(&stage.trial);
    const struct payscore_text none = {NULL, 0};
    char *json = NULL, *large = calloc(1, 1 << 16);
    assert_non_null(large);
    memset(large, ' ', (1 << 16) - 1);
    options.path = NULL;
    assert_int_equal(payscore_open(&empty, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_head(empty, 0, &json), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(payscore_head(empty, 9, &json), PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_verify_head(empty, text_of("{}"), none, &report, &error),
                     PAYSCORE_E_INPUT);
    assert_int_equal(payscore_verify_head(empty, text_of(large), none, &report, &error),
                     PAYSCORE_E_TOO_LARGE);
    assert_int_equal(payscore_verify_head(empty, text_of(stage.head),
                                          text_of(test_keys()->platform_public), &report, &error),
                     PAYSCORE_E_FORGED);
    payscore_close(empty);
    free(large);
}

static void no_descriptor_is_left(void **state)
{
    (void)state;
    struct rlimit before, none;
    int descriptor = 0;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 0;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum payscore_status rc = payscore_feed_descriptor(stage.trial.engine, &descriptor);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_int_equal(rc, PAYSCORE_E_IO);
    assert_int_equal(descriptor, -1);
    assert_answers("feed_descriptor", PAYSCORE_OK);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_reader_writes_nothing),
        TEST(a_driver_that_takes_no_turn_is_busy),
        TEST(a_driver_of_another_version_is_named),
        TEST(other_charts_are_not_written_by),
        TEST(a_store_that_grows_behind_a_reader_takes_no_command),
        TEST(what_was_restored_asks_first),
        TEST(a_bad_command_is_told_alone),
        TEST(a_chore_wants_its_arguments),
        TEST(a_record_of_another_library_is_not_read),
        TEST(names_that_nobody_has_are_not_read),
        TEST(a_notice_is_ours_and_of_now),
        TEST(a_key_that_is_none_is_told),
        TEST(who_drives_a_path_that_is_none),
        TEST(a_head_is_of_a_journal_and_a_merchant),
        TEST(no_descriptor_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
