/*
 * Retention: which orders go and when, what is left of them, what their numbers answer afterwards,
 * and what verification says.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "core/charts.h"
#include "engine/left.h"
#include "support/altered.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/walk.h"

#define DAY   INT64_C(86400000)
#define OTHER "PS20260301A0000018"

enum { RETIRE_RECORDS_MAX = 200 }; /* As the operation bounds a call. */

static char directory[DIRECTORY_PATH_SIZE];
static struct trial trial;
static struct payscore_error error;

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    trial_open(&trial, directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    directory_remove(directory);
    return 0;
}

static const char *of_order(const char *number, const char *member)
{
    return trial_member(&trial, "service_order", number, member);
}

static uint64_t retain_part(uint32_t days, bool *left)
{
    uint64_t records = 0;
    enum payscore_status rc = payscore_retain(trial.engine, days, &records, left, &error);
    if (rc != PAYSCORE_OK) fail_msg("%s", error.text);
    return records;
}

static uint64_t retain(uint32_t days)
{
    uint64_t records = 0;
    bool left = true;
    while (left)
        records += retain_part(days, &left);
    return records;
}

/* Nothing is due for days, so that no turn is needed on the way. */
static void let_days_pass(int64_t days)
{
    trial.now_ms += days * DAY;
}

static void assert_stubs(uint64_t count)
{
    struct payscore_report report = altered_verify(&trial);
    if (report.faults != 0) fail_msg("%s", report.first.text);
    assert_int_equal(report.retired, count);
}

static void walk_to_revoked(const char *number)
{
    walk_to_serving(&trial, number);
    trial_submit(&trial, "cancel", NULL, body_cancel(number));
    trial_answer(&trial, "cancel_order", 200, seen_order(number, "REVOKED", "", "", -1));
    assert_string_equal(of_order(number, "state"), "REVOKED");
}

static uint64_t retire_paid(void)
{
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    uint64_t entries = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER).version;
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    return entries;
}

static char *json_of(bool history, const char *number)
{
    struct payscore_name which = {0, PAYSCORE_TEXT("service_order"), {number, strlen(number)}};
    char *json = NULL;
    assert_int_equal(history ? payscore_history(trial.engine, &which, true, &json)
                             : payscore_show(trial.engine, &which, &json),
                     PAYSCORE_OK);
    return json;
}

static void an_order_is_retired_when_its_days_are_over(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    uint64_t entries = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER).version;
    assert_int_equal(retain(1), 0);
    let_days_pass(30);
    trial.now_ms -= 1;
    assert_int_equal(retain(30), 0);
    assert_stubs(0);
    trial.now_ms += 1;
    assert_int_equal(retain(30), 1);
    assert_stubs(entries);
    assert_int_equal(retain(30), 0);
    trial_reopen(&trial);
    assert_stubs(entries);
}

static void what_is_left_is_shown(void **state)
{
    (void)state;
    uint64_t entries = retire_paid();
    assert_string_equal(of_order(TRIAL_ORDER, "state"), "DONE");
    assert_string_equal(of_order(TRIAL_ORDER, "out_order_no"), TRIAL_ORDER);
    assert_string_equal(of_order(TRIAL_ORDER, "retired.number"), TRIAL_ORDER);
    assert_string_equal(of_order(TRIAL_ORDER, "retired.paid_fen"), "800");
    assert_string_equal(of_order(TRIAL_ORDER, "retired.refunded_fen"), "0");
    assert_int_equal(strncmp(of_order(TRIAL_ORDER, "retired.ended"), "2026-03-01T10:0", 15), 0);
    assert_string_equal(of_order(TRIAL_ORDER, "openid"), "");
    char *json = json_of(true, TRIAL_ORDER);
    uint64_t stubs = 0;
    for (const char *at = json; (at = strstr(at, "\"retired\":true")) != NULL; at++)
        stubs++;
    assert_int_equal(stubs, entries);
    assert_non_null(strstr(json, "\"event\":\"retire\""));
    assert_null(strstr(json, TRIAL_OPENID));
    payscore_free(json);
}

static void lists_and_feeds_pass_over_it(void **state)
{
    (void)state;
    struct payscore_filter filter = {.chart = PAYSCORE_TEXT("service_order")};
    char *json = NULL;
    retire_paid();
    assert_int_equal(payscore_list(trial.engine, &filter, &json), PAYSCORE_OK);
    assert_string_equal(json, "{\"records\":[],\"next\":null}");
    payscore_free(json);
    assert_int_equal(payscore_feed(trial.engine, PAYSCORE_TEXT(""), 0, &json), PAYSCORE_OK);
    assert_null(strstr(json, "\"service_order\""));
    assert_non_null(strstr(json, "\"event\":\"retire\""));
    payscore_free(json);
}

/* However small its pages: whoever reads on meets every entry that is left, once. */
static void the_feed_moves_on_over_what_was_retired(void **state)
{
    (void)state;
    char cursor[PAYSCORE_CURSOR_SIZE] = "", next[PAYSCORE_CURSOR_SIZE] = "";
    uint64_t newest = 0, entries = 0;
    retire_paid();
    assert_int_equal(payscore_newest(trial.engine, &newest), PAYSCORE_OK);
    for (uint64_t pages = 0; pages <= newest; pages++) {
        char *json = NULL;
        struct payscore_text from = {cursor, strlen(cursor)};
        assert_int_equal(payscore_feed(trial.engine, from, 1, &json), PAYSCORE_OK);
        const char *at = strstr(json, "\"cursor\":\"");
        assert_non_null(at);
        at += strlen("\"cursor\":\"");
        snprintf(next, sizeof next, "%.*s", (int)strcspn(at, "\""), at);
        entries += strstr(json, "\"hash\":") != NULL ? 1 : 0;
        payscore_free(json);
        if (strcmp(next, cursor) == 0) break; /* The end. */
        memcpy(cursor, next, sizeof cursor);
    }
    assert_int_equal(entries, newest - altered_verify(&trial).retired);
}

static void its_number_is_never_used_again(void **state)
{
    (void)state;
    retire_paid();
    static const char *const commands[] = {"create", "complete", "cancel", "adopt", "release"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        const char *body = i == 0   ? body_create(TRIAL_ORDER, TRIAL_OPENID)
                           : i == 1 ? body_complete(TRIAL_ORDER, 800)
                           : i == 2 ? body_cancel(TRIAL_ORDER)
                           : i == 3 ? body_number(TRIAL_ORDER)
                                    : body_release("out_order_no", TRIAL_ORDER);
        struct payscore_result r = trial_submit(&trial, commands[i], NULL, body);
        assert_int_equal(r.status, PAYSCORE_OK);
        assert_int_equal(r.verdict, PAYSCORE_REFUSED);
        assert_non_null(strstr(r.error.text, "was retired"));
        assert_string_equal(r.state, "DONE");
    }
    assert_int_equal(trial_calls(&trial, NULL), 0);
}

static void notices_about_it_are_ignored(void **state)
{
    (void)state;
    retire_paid();
    uint64_t entries = trial_verify(&trial);
    struct payscore_result r = trial_notice(&trial, "PAYSCORE.USER_PAID",
                                            seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800));
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_non_null(strstr(r.row_text, "retired"));
    assert_int_equal(trial_verify(&trial), entries);
}

/* An answer that was under way for longer than the order was kept. */
static void a_late_answer_about_it_is_ignored(void **state)
{
    (void)state;
    walk_to_completing(&trial, TRIAL_ORDER, 800);
    trial_notice(&trial, "PAYSCORE.USER_PAID",
                 seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800));
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    struct payscore_result r = trial_answer(&trial, "complete_order", 200,
                                            seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800));
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    trial_turn(&trial);
    trial_verify(&trial);
}

static void what_is_open_or_held_stays(void **state)
{
    (void)state;
    walk_to_collecting(&trial, TRIAL_ORDER, 800);
    walk_to_revoked(OTHER);
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_settled(OTHER, 800, "NEWTON"));
    assert_string_not_equal(of_order(OTHER, "held"), "");
    let_days_pass(400);
    assert_int_equal(retain(1), 0);
    struct payscore_result r =
        trial_submit(&trial, "release", NULL, body_release("out_order_no", OTHER));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_int_equal(retain(1), 0); /* Its days begin with the release. */
    let_days_pass(1);
    assert_int_equal(retain(1), 1);
    assert_string_equal(of_order(OTHER, "retired.paid_fen"), "800");
    assert_string_equal(of_order(TRIAL_ORDER, "state"), "COLLECTING");
    trial_verify(&trial);
}

/* Authorizations and codes stay whole, and count what is alive. */
static void the_users_authorization_is_not_disturbed(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    trial_turn(&trial);
    walk_to_serving(&trial, OTHER);
    trial_turn(&trial);
    assert_string_equal(trial_member(&trial, "authorization", TRIAL_OPENID, "orders"), "1");
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    assert_string_equal(trial_member(&trial, "authorization", TRIAL_OPENID, "orders"), "1");
    trial_submit(&trial, "cancel", NULL, body_cancel(OTHER));
    trial_answer(&trial, "cancel_order", 200, seen_order(OTHER, "REVOKED", "", "", -1));
    trial_turn(&trial);
    assert_string_equal(trial_member(&trial, "authorization", TRIAL_OPENID, "orders"), "0");
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    struct payscore_result r =
        trial_submit(&trial, "terminate", NULL, body_terminate(TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    trial_verify(&trial);
}

/* An order whose end its authorization has not been told yet. */
static void an_order_that_has_something_to_tell_waits(void **state)
{
    (void)state;
    walk_to_revoked(TRIAL_ORDER);
    trial_turn(&trial);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_due due = {.merchant = record.merchant,
                         .lane = PAYSCORE_LANE_TELL,
                         .at_ms = trial.now_ms + 400 * DAY, /* Not yet: no turn delivers it. */
                         .id = record.id};
    struct ps_due_key key = ps_due_key(&due);
    let_days_pass(30);
    altered_put(&trial, PS_TABLE_DUE, PS_KEY(key), "", 0);
    uint64_t retired = 0;
    bool left;
    trial.now_ms = (int64_t)record.id.birth_ms; /* So that the tell is far ahead, and stays. */
    assert_int_equal(payscore_retain(trial.engine, 1, &retired, &left, &error), PAYSCORE_OK);
    assert_int_equal(retired, 0);
}

static void one_call_does_a_bounded_part(void **state)
{
    (void)state;
    enum { ORDERS = RETIRE_RECORDS_MAX + 15 };
    char number[32];
    bool left = false;
    uint64_t stubs = 0;
    for (int i = 0; i < ORDERS; i++) {
        snprintf(number, sizeof number, "MANY%04d", i);
        walk_to_revoked(number);
        stubs += altered_record(&trial, PS_CHART_service_order, number).version;
    }
    walk_to_serving(&trial, TRIAL_ORDER);
    let_days_pass(7);
    assert_int_equal(retain_part(7, &left), RETIRE_RECORDS_MAX);
    assert_true(left);
    assert_true(altered_verify(&trial).faults == 0);
    trial_reopen(&trial); /* The process ended: the pass goes on where it stood. */
    assert_int_equal(retain(7), ORDERS - RETIRE_RECORDS_MAX);
    assert_stubs(stubs);
    assert_int_equal(retain(7), 0);
    assert_string_equal(of_order(TRIAL_ORDER, "state"), "SERVING");
}

static void what_is_asked_is_checked(void **state)
{
    (void)state;
    uint64_t records;
    bool left;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    let_days_pass(30);
    assert_int_equal(payscore_retain(trial.engine, 0, &records, &left, &error), PAYSCORE_E_INPUT);
    assert_int_equal(payscore_retain(trial.engine, 0, &records, &left, NULL), PAYSCORE_E_INPUT);
    static const char *const bodies[] = {
        "{}",
        "{\"days\":0,\"records\":[]}",
        "{\"days\":30}",
        "{\"days\":30,\"records\":[\"00\"]}",
        "{\"days\":30,\"records\":[1]}",
        "{\"days\":1e9,\"records\":[]}",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
        assert_int_equal(trial_submit(&trial, "retire", NULL, bodies[i]).status, PAYSCORE_E_INPUT);
    assert_stubs(0);
}

/* What a caller names is looked at once more, where it is written. */
static void an_order_that_is_named_too_early_stays(void **state)
{
    (void)state;
    char body[256], key_text[2 * PS_ID_KEY_SIZE + 1];
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_id_key key = ps_id_key(&record.id);
    ps_hex(key.bytes, sizeof key.bytes, key_text);
    snprintf(body, sizeof body, "{\"days\":1,\"records\":[\"%s\",\"%s\"]}", key_text, key_text);
    struct payscore_result r = trial_submit(&trial, "retire", NULL, body);
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.count, 0);
    assert_stubs(0);
    let_days_pass(1);
    r = trial_submit(&trial, "retire", NULL, body);
    assert_int_equal(r.count, 1); /* Once, however often it is named. */
    assert_stubs(record.version);
}

static void a_reader_retires_nothing(void **state)
{
    (void)state;
    struct payscore_options options = trial_options(&trial);
    uint64_t records;
    bool left;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    let_days_pass(30);
    payscore_close(trial.engine);
    options.role = PAYSCORE_READER;
    assert_int_equal(payscore_open(&trial.engine, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_retain(trial.engine, 30, &records, &left, &error),
                     PAYSCORE_E_ARGUMENT);
}

static void what_was_erased_is_retired_as_anything_else(void **state)
{
    (void)state;
    struct payscore_erasure erasure = {0, PAYSCORE_TEXT(TRIAL_OPENID), PAYSCORE_TEXT("王芳"),
                                       PAYSCORE_TEXT("用户注销账户")};
    uint64_t erased = 0;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    uint64_t entries = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER).version;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &erased, &error), PAYSCORE_OK);
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    struct payscore_report report = altered_verify(&trial);
    assert_int_equal(report.faults, 0);
    assert_int_equal(report.retired, entries);
    assert_int_equal(report.erased, erased - entries);
    assert_int_equal(payscore_erase(trial.engine, &erasure, &erased, &error), PAYSCORE_E_NOT_FOUND);
}

/* Of whom everything was retired but the authorization, that alone is erased. */
static void who_is_retired_can_be_erased(void **state)
{
    (void)state;
    struct payscore_erasure erasure = {0, PAYSCORE_TEXT(TRIAL_OPENID), PAYSCORE_TEXT("王芳"),
                                       PAYSCORE_TEXT("用户注销账户")};
    uint64_t erased = 0;
    retire_paid();
    uint64_t of_user = altered_record(&trial, PS_CHART_authorization, TRIAL_OPENID).version;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &erased, &error), PAYSCORE_OK);
    assert_int_equal(erased, of_user);
    trial_verify(&trial);
}

/* Tampering. */

static void every_byte_is_guarded(enum ps_table table, struct payscore_text key)
{
    size_t size;
    uint8_t *bytes = altered_copy(&trial, table, key, &size);
    assert_non_null(bytes);
    for (size_t at = 0; at < size; at++) {
        bytes[at] ^= 0x01;
        altered_put(&trial, table, key, bytes, size);
        if (altered_verify(&trial).faults == 0) fail_msg("byte %zu was altered unseen", at);
        bytes[at] ^= 0x01;
    }
    altered_put(&trial, table, key, NULL, 0);
    assert_int_not_equal(altered_verify(&trial).faults, 0);
    altered_put(&trial, table, key, bytes, size);
    assert_int_equal(altered_verify(&trial).faults, 0);
    free(bytes);
}

static void a_stub_that_was_altered_is_found(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    const uint64_t stubs[] = {record.first_entry, record.last_entry - 1, record.last_entry};
    for (size_t i = 0; i < sizeof stubs / sizeof stubs[0]; i++) {
        struct ps_entry_key key = ps_entry_key(stubs[i]);
        every_byte_is_guarded(PS_TABLE_JOURNAL, PS_KEY(key));
    }
}

static void a_tombstone_that_was_altered_is_found(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_id_key key = ps_id_key(&record.id);
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    every_byte_is_guarded(PS_TABLE_RECORDS, PS_KEY(key));
}

static void an_entry_that_was_made_a_stub_is_found(void **state)
{
    (void)state;
    retire_paid();
    walk_to_revoked(OTHER);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, OTHER);
    struct ps_entry_key key = ps_entry_key(record.last_entry);
    size_t size;
    struct ps_entry entry;
    uint8_t *bytes = altered_copy(&trial, PS_TABLE_JOURNAL, PS_KEY(key), &size);
    memcpy(&entry, bytes, sizeof entry);
    struct ps_stub stub = {.number = entry.number};
    memcpy(stub.hash, entry.hash, sizeof stub.hash);
    altered_put(&trial, PS_TABLE_JOURNAL, PS_KEY(key), &stub, sizeof stub);
    assert_int_equal(altered_verify(&trial).first_entry, record.last_entry);
    altered_put(&trial, PS_TABLE_JOURNAL, PS_KEY(key), bytes, size);
    assert_int_equal(altered_verify(&trial).faults, 0);
    free(bytes);
}

/* A record and all it left, put back from a copy, beside the entry that retired it. */
static void a_record_that_was_dug_up_is_found(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_id_key key = ps_id_key(&record.id);
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    altered_put(&trial, PS_TABLE_RECORDS, PS_KEY(key), &record, sizeof record);
    assert_int_not_equal(altered_verify(&trial).faults, 0);
}

static void evidence_that_comes_back_is_found(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_entry_key key = ps_entry_key(record.first_entry);
    let_days_pass(30);
    assert_int_equal(retain(30), 1);
    altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), "bytes", 5);
    assert_int_equal(altered_verify(&trial).first_entry, record.first_entry);
}

/* A history that breaks off is left to verification. */
static void a_broken_history_is_not_retired(void **state)
{
    (void)state;
    size_t size;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_entry_key key = ps_entry_key(record.first_entry);
    uint8_t *bytes = altered_copy(&trial, PS_TABLE_JOURNAL, PS_KEY(key), &size);
    let_days_pass(30);
    altered_put(&trial, PS_TABLE_JOURNAL, PS_KEY(key), bytes, size - 1);
    assert_int_equal(retain(30), 0);
    altered_put(&trial, PS_TABLE_JOURNAL, PS_KEY(key), bytes, size);
    assert_int_equal(retain(30), 1);
    trial_verify(&trial);
    free(bytes);
}

/* A store that the first charts left behind: headers of an older layout. */

#define FIRST_STORE TEST_SOURCE_DIR "/vectors/stores/first.mdb.gz"

static void unpack(const char *from, const char *to)
{
    char bytes[65536];
    int size;
    gzFile in = gzopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((size = gzread(in, bytes, sizeof bytes)) > 0)
        assert_int_equal(fwrite(bytes, 1, (size_t)size, out), size);
    assert_int_equal(size, 0);
    assert_int_equal(gzclose(in), Z_OK);
    assert_int_equal(fclose(out), 0);
}

static void orders_of_an_older_version_are_retired_and_erased(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE + 16];
    static const char *const ended[] = {"DONE", "REVOKED", "REFUSED"};
    struct payscore_erasure erasure = {0, PAYSCORE_TEXT(TRIAL_OPENID), PAYSCORE_TEXT("王芳"),
                                       PAYSCORE_TEXT("用户注销账户")};
    uint64_t entries = 0;
    payscore_close(trial.engine);
    snprintf(path, sizeof path, "%s/data.mdb", directory);
    unpack(FIRST_STORE, path);
    trial_open(&trial, directory);
    trial.now_ms += 60000;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_OPEN);
    let_days_pass(30);
    assert_true(retain(30) >= sizeof ended / sizeof ended[0]);
    for (size_t i = 0; i < sizeof ended / sizeof ended[0]; i++) {
        assert_string_equal(of_order(ended[i], "state"), ended[i]);
        assert_string_equal(of_order(ended[i], "retired.number"), ended[i]);
    }
    assert_string_equal(of_order("SERVING", "state"), "SERVING");
    trial_verify(&trial);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_order_is_retired_when_its_days_are_over),
        TEST(what_is_left_is_shown),
        TEST(lists_and_feeds_pass_over_it),
        TEST(the_feed_moves_on_over_what_was_retired),
        TEST(its_number_is_never_used_again),
        TEST(notices_about_it_are_ignored),
        TEST(a_late_answer_about_it_is_ignored),
        TEST(what_is_open_or_held_stays),
        TEST(the_users_authorization_is_not_disturbed),
        TEST(an_order_that_has_something_to_tell_waits),
        TEST(one_call_does_a_bounded_part),
        TEST(what_is_asked_is_checked),
        TEST(an_order_that_is_named_too_early_stays),
        TEST(a_reader_retires_nothing),
        TEST(what_was_erased_is_retired_as_anything_else),
        TEST(who_is_retired_can_be_erased),
        TEST(a_stub_that_was_altered_is_found),
        TEST(a_tombstone_that_was_altered_is_found),
        TEST(an_entry_that_was_made_a_stub_is_found),
        TEST(a_record_that_was_dug_up_is_found),
        TEST(evidence_that_comes_back_is_found),
        TEST(a_broken_history_is_not_retired),
        TEST(orders_of_an_older_version_are_retired_and_erased),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
