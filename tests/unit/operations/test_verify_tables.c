/*
 * Verification finds what was altered in the tables beside the journal: what is due, names,
 * handovers, marks, and entries of what was done to the store.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/change.h"
#include "engine/chores.h"
#include "store/store.h"
#include "support/bodies.h"
#include "support/restored.h"
#include "support/walk.h"

static struct restored places;
static struct trial trial;
static struct ps_store *store;
static struct ps_txn *txn;
static struct payscore_report report;

static int set_up(void **state)
{
    (void)state;
    restored_begin(&places);
    trial_open(&trial, places.lost);
    walk_to_confirming(&trial, TRIAL_ORDER); /* It owes a poll and has a handover. */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    restored_end(&places);
    return 0;
}

static void take_store(void)
{
    struct ps_lmdb_options options = {
        .path = trial.path, .map_bytes_max = 64 << 20, .access = PS_WRITE};
    payscore_close(trial.engine);
    assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_OK);
}

static void give_back(const struct ps_head *head)
{
    struct payscore_options options = trial_options(&trial);
    struct ps_head same = *ps_txn_head(txn);
    assert_int_equal(ps_txn_commit(txn, head != NULL ? head : &same), PAYSCORE_OK);
    ps_store_close(store);
    options.role = PAYSCORE_READER;
    assert_int_equal(payscore_open(&trial.engine, &options, NULL), PAYSCORE_OK);
}

static void assert_found(const char *words)
{
    assert_int_equal(payscore_verify(trial.engine, &report), PAYSCORE_OK);
    assert_true(report.faults > 0);
    if (strstr(report.first.text, words) == NULL) fail_msg("%s", report.first.text);
}

static struct ps_record read_order(void)
{
    struct ps_record record;
    struct payscore_text key, value;
    enum payscore_status rc =
        ps_txn_seek(txn, PS_TABLE_RECORDS, (struct payscore_text){NULL, 0}, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value)) {
        assert_int_equal(value.size, sizeof record);
        memcpy(&record, value.data, sizeof record);
        if (record.chart == PS_CHART_service_order) return record;
    }
    fail_msg("there is no order");
    return (struct ps_record){0};
}

static void put_order(const struct ps_record *record)
{
    struct ps_id_key key = ps_id_key(&record->id);
    ps_txn_put(txn, PS_TABLE_RECORDS, PS_KEY(key), ps_key_text(record, sizeof *record));
}

static struct ps_due due_of(const struct ps_record *record)
{
    return (struct ps_due){.merchant = record->merchant,
                           .lane = record->due_lane,
                           .at_ms = record->due_at_ms,
                           .id = record->id};
}

static void put_due(const struct ps_due *due, size_t size)
{
    static const char bytes[sizeof(struct ps_told)];
    struct ps_due_key key = ps_due_key(due);
    ps_txn_put(txn, PS_TABLE_DUE, PS_KEY(key), ps_key_text(bytes, size));
}

static void what_is_owed_and_not_due_is_found(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    struct ps_due due = due_of(&record);
    struct ps_due_key key = ps_due_key(&due);
    assert_int_equal(record.due_lane, PAYSCORE_LANE_POLL);
    ps_txn_delete(txn, PS_TABLE_DUE, PS_KEY(key));
    give_back(NULL);
    assert_found("nobody would do it");
}

static void move_due(struct ps_due *due, int64_t by_ms, uint8_t lane)
{
    take_store();
    struct ps_due_key key = ps_due_key(due);
    ps_txn_delete(txn, PS_TABLE_DUE, PS_KEY(key));
    due->at_ms += by_ms;
    due->lane = lane;
    put_due(due, sizeof(uint64_t));
    give_back(NULL);
}

/* The driver meets it before the record's deadline, and moves it there. */
static void what_is_due_too_early_leads_to_its_record(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    struct ps_due due = due_of(&record);
    give_back(NULL);
    move_due(&due, -4711, PAYSCORE_LANE_POLL);
    trial_verify(&trial);
    move_due(&due, 4712, PAYSCORE_LANE_POLL);
    assert_found("nobody would do it");
    move_due(&due, -2, PAYSCORE_LANE_ASK);
    assert_found("nobody would do it");
    move_due(&due, -2, PAYSCORE_LANE_EFFECT);
    assert_found("nobody would do it");
    move_due(&due, 3, PAYSCORE_LANE_POLL);
    trial_verify(&trial);
}

static void what_is_due_twice_or_in_no_lane_is_found(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    struct ps_due due = due_of(&record);
    due.part = 1;
    put_due(&due, sizeof(uint64_t));
    give_back(NULL);
    assert_found("owed twice");
    take_store();
    struct ps_due_key key = ps_due_key(&due);
    ps_txn_delete(txn, PS_TABLE_DUE, PS_KEY(key));
    due.part = 0;
    due.lane = 9;
    put_due(&due, sizeof(uint64_t));
    give_back(NULL);
    assert_found("lane");
}

static void what_is_due_for_nobody_or_was_altered_is_found(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    struct ps_due due = due_of(&record);
    put_due(&due, 3);
    give_back(NULL);
    assert_found("was altered");
    take_store();
    put_due(&due, sizeof(uint64_t));
    due.id.counter += 1000;
    put_due(&due, sizeof(uint64_t));
    give_back(NULL);
    assert_found("for a record that there is not");
}

/* An entry that its record means no more is dropped when it comes up. */
static void what_is_due_no_more_is_no_fault(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    struct ps_due due = due_of(&record);
    due.at_ms += 4711;
    put_due(&due, sizeof(uint64_t));
    give_back(NULL);
    trial_verify(&trial);
}

static void a_handover_of_nobody_is_found(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    assert_true(record.expires_ms != 0);
    record.id.counter += 1000;
    struct ps_id_key key = ps_id_key(&record.id);
    ps_txn_put(txn, PS_TABLE_HANDOVERS, PS_KEY(key), PAYSCORE_TEXT("package"));
    give_back(NULL);
    assert_found("handed over");
}

static void a_user_under_another_name_is_found(void **state)
{
    (void)state;
    struct payscore_text key, value;
    char bytes[PS_KEY_MAX], id[PS_ID_KEY_SIZE];
    trial_submit(&trial, "check", NULL, body_check(TRIAL_OPENID));
    take_store();
    uint8_t chart[2] = {0, PS_CHART_authorization};
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_ALIASES, ps_key_text(chart, 2), &key, &value),
                     PAYSCORE_OK);
    size_t size = key.size;
    memcpy(bytes, key.data, size);
    memcpy(id, value.data, sizeof id);
    assert_int_equal(bytes[1], PS_CHART_authorization);
    ps_txn_delete(txn, PS_TABLE_ALIASES, ps_key_text(bytes, size));
    bytes[6] ^= 1; /* Of the service: the openid at its end is as it was. */
    ps_txn_put(txn, PS_TABLE_ALIASES, ps_key_text(bytes, size), ps_key_text(id, sizeof id));
    give_back(NULL);
    assert_found("found by its name");
}

static void a_mark_that_no_restore_made_is_found(void **state)
{
    (void)state;
    take_store();
    struct ps_record record = read_order();
    record.marks = PS_MARK_ASKS_FIRST;
    put_order(&record);
    give_back(NULL);
    assert_found("mark");
}

static void a_mark_is_of_a_record_that_the_backup_knew(void **state)
{
    (void)state;
    restored_backup(&places, &trial);
    restored_open(&places, &trial);
    trial_verify(&trial);
    take_store();
    struct ps_record record = read_order();
    assert_int_equal(record.marks, PS_MARK_ASKS_FIRST);
    record.marks |= 2;
    put_order(&record);
    give_back(NULL);
    assert_found("mark");
    take_store();
    record.marks = PS_MARK_ASKS_FIRST;
    record.due_lane = PAYSCORE_LANE_EFFECT;
    put_order(&record);
    give_back(NULL);
    assert_found("mark");
}

/* A chain that is whole, and says what cannot be. */
static void put_ownerless(struct ps_entry made)
{
    take_store();
    struct ps_head head = *ps_txn_head(txn);
    struct payscore engine = {.store = store, .world = trial_options(&trial).world};
    struct ps_entry last;
    struct ps_parts parts = {0};
    struct ps_change change = {.engine = &engine, .txn = txn, .head = head};
    assert_int_equal(ps_entry_read(txn, head.entries, &last), PAYSCORE_OK);
    memcpy(engine.chart_digest, last.chart_digest, sizeof engine.chart_digest);
    ps_parts_add(&parts, PS_PART_note, PAYSCORE_TEXT("made up"));
    assert_int_equal(ps_change_append(&change, &made, &parts), PAYSCORE_OK);
    ps_parts_free(&parts);
    give_back(&change.head);
}

static void a_chore_that_there_is_not_is_found(void **state)
{
    (void)state;
    put_ownerless((struct ps_entry){.event = PS_CHORE_restored});
    trial_verify(&trial);
    put_ownerless((struct ps_entry){.event = 4711});
    assert_found("of this kind");
}

static void a_move_of_no_record_is_found(void **state)
{
    (void)state;
    put_ownerless((struct ps_entry){.chart = PS_CHART_service_order, .row = 1, .to = 4});
    assert_found("names none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(what_is_owed_and_not_due_is_found),
        T(what_is_due_too_early_leads_to_its_record),
        T(what_is_due_twice_or_in_no_lane_is_found),
        T(what_is_due_for_nobody_or_was_altered_is_found),
        T(what_is_due_no_more_is_no_fault),
        T(a_handover_of_nobody_is_found),
        T(a_user_under_another_name_is_found),
        T(a_mark_that_no_restore_made_is_found),
        T(a_mark_is_of_a_record_that_the_backup_knew),
        T(a_chore_that_there_is_not_is_found),
        T(a_move_of_no_record_is_found),
#undef T
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
