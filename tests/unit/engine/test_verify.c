/*
 * Verification finds what was altered behind the engine's back, and names the entry. The store is
 * changed through its own interface while the engine is closed, one byte at a time.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/record.h"
#include "engine/journal.h"
#include "store/store.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/walk.h"

enum { MIDDLE = 4 }; /* An entry with others before and behind it. */

static char directory[DIRECTORY_PATH_SIZE];
static struct trial trial;

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    trial_open(&trial, directory);
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    assert_true(trial_verify(&trial) > MIDDLE + 2);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    directory_remove(directory);
    return 0;
}

static struct payscore_report verify(void)
{
    struct payscore_report report;
    assert_int_equal(payscore_verify(trial.engine, &report), PAYSCORE_OK);
    return report;
}

/* What is found must name the entry, in number and in words. */
static void assert_found(uint64_t entry)
{
    struct payscore_report report = verify();
    char words[32];
    if (report.faults == 0) fail_msg("nothing was found wrong with entry %" PRIu64, entry);
    assert_int_equal(report.first_entry, entry);
    snprintf(words, sizeof words, "entry %" PRIu64 ":", entry);
    assert_non_null(strstr(report.first.text, words));
}

/* The engine closes, somebody has the store, the engine opens again as a reader. */

static struct ps_store *take_store(void)
{
    struct ps_store *store = NULL;
    struct payscore_error error;
    struct ps_lmdb_options options = {
        .path = directory, .map_bytes_max = 64 << 20, .access = PS_WRITE, .incarnation = 1};
    payscore_close(trial.engine);
    assert_int_equal(ps_store_open_lmdb(&store, &options, &error), PAYSCORE_OK);
    return store;
}

static void give_back(struct ps_store *store)
{
    struct payscore_options options = trial_options(&trial);
    struct payscore_error error;
    ps_store_close(store);
    options.role = PAYSCORE_READER;
    assert_int_equal(payscore_open(&trial.engine, &options, &error), PAYSCORE_OK);
}

static struct ps_txn *begin(struct ps_store *store)
{
    struct ps_txn *txn = NULL;
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_OK);
    return txn;
}

static void commit(struct ps_txn *txn, const struct ps_head *head)
{
    struct ps_head same = *ps_txn_head(txn);
    assert_int_equal(ps_txn_commit(txn, head != NULL ? head : &same), PAYSCORE_OK);
}

/* A copy of a value; free() it. */
static uint8_t *copy_value(enum ps_table table, struct payscore_text key, size_t *size)
{
    struct ps_store *store = take_store();
    struct ps_txn *txn = begin(store);
    struct payscore_text value;
    assert_int_equal(ps_txn_get(txn, table, key, &value), PAYSCORE_OK);
    uint8_t *copy = malloc(value.size + 1);
    memcpy(copy, value.data, value.size);
    *size = value.size;
    ps_txn_abort(txn);
    give_back(store);
    return copy;
}

static void put_value(enum ps_table table, struct payscore_text key, const uint8_t *bytes,
                      size_t size)
{
    struct ps_store *store = take_store();
    struct ps_txn *txn = begin(store);
    ps_txn_put(txn, table, key, ps_key_text(bytes, size));
    commit(txn, NULL);
    give_back(store);
}

static void remove_value(enum ps_table table, struct payscore_text key)
{
    struct ps_store *store = take_store();
    struct ps_txn *txn = begin(store);
    ps_txn_delete(txn, table, key);
    commit(txn, NULL);
    give_back(store);
}

static void put_head(const struct ps_head *head)
{
    struct ps_store *store = take_store();
    commit(begin(store), head);
    give_back(store);
}

static struct ps_head read_head(void)
{
    struct ps_store *store = take_store();
    struct ps_txn *txn = begin(store);
    struct ps_head head = *ps_txn_head(txn);
    ps_txn_abort(txn);
    give_back(store);
    return head;
}

/* Every byte of a value, altered in its lowest bit and altogether. */
static void every_byte_is_guarded(enum ps_table table, uint64_t entry)
{
    static const uint8_t masks[] = {0x01, 0xff};
    struct ps_entry_key key = ps_entry_key(entry);
    size_t size;
    uint8_t *bytes = copy_value(table, PS_KEY(key), &size);
    for (size_t at = 0; at < size; at++)
        for (size_t mask = 0; mask < sizeof masks; mask++) {
            bytes[at] ^= masks[mask];
            put_value(table, PS_KEY(key), bytes, size);
            assert_found(entry);
            bytes[at] ^= masks[mask];
        }
    put_value(table, PS_KEY(key), bytes, size);
    assert_int_equal(verify().faults, 0); /* Put back as it was. */
    free(bytes);
}

static void one_altered_byte_of_an_entry_is_found(void **state)
{
    (void)state;
    every_byte_is_guarded(PS_TABLE_JOURNAL, MIDDLE);
}

static void one_altered_byte_of_the_newest_entry_is_found(void **state)
{
    (void)state;
    every_byte_is_guarded(PS_TABLE_JOURNAL, read_head().entries);
}

static void one_altered_byte_of_evidence_is_found(void **state)
{
    (void)state;
    every_byte_is_guarded(PS_TABLE_EVIDENCE, MIDDLE);
}

static void an_entry_or_evidence_of_another_size_is_found(void **state)
{
    (void)state;
    static const enum ps_table tables[] = {PS_TABLE_JOURNAL, PS_TABLE_EVIDENCE};
    struct ps_entry_key key = ps_entry_key(MIDDLE);
    for (size_t i = 0; i < 2; i++) {
        size_t size;
        uint8_t *bytes = copy_value(tables[i], PS_KEY(key), &size);
        put_value(tables[i], PS_KEY(key), bytes, size - 1);
        assert_found(MIDDLE);
        bytes[size] = 0;
        put_value(tables[i], PS_KEY(key), bytes, size + 1);
        assert_found(MIDDLE);
        put_value(tables[i], PS_KEY(key), bytes, 3);
        assert_found(MIDDLE);
        put_value(tables[i], PS_KEY(key), bytes, size);
        free(bytes);
    }
    assert_int_equal(verify().faults, 0);
}

static void what_is_missing_is_found(void **state)
{
    (void)state;
    struct ps_entry_key key = ps_entry_key(MIDDLE);
    size_t size;
    uint8_t *bytes = copy_value(PS_TABLE_EVIDENCE, PS_KEY(key), &size);
    remove_value(PS_TABLE_EVIDENCE, PS_KEY(key));
    assert_found(MIDDLE);
    put_value(PS_TABLE_EVIDENCE, PS_KEY(key), bytes, size);
    free(bytes);
    remove_value(PS_TABLE_JOURNAL, PS_KEY(key));
    assert_found(MIDDLE);
}

static void a_journal_cut_off_at_its_end_is_found(void **state)
{
    (void)state;
    uint64_t newest = read_head().entries;
    struct ps_entry_key key = ps_entry_key(newest);
    remove_value(PS_TABLE_JOURNAL, PS_KEY(key));
    assert_found(newest);
}

/* Cut off, and the head moved back to fit: the record still knows better. */
static void a_journal_cut_off_with_its_head_is_found(void **state)
{
    (void)state;
    struct ps_head head = read_head();
    struct ps_entry_key newest = ps_entry_key(head.entries);
    struct ps_entry_key before = ps_entry_key(head.entries - 1);
    size_t size;
    uint8_t *bytes = copy_value(PS_TABLE_JOURNAL, PS_KEY(before), &size);
    struct ps_entry entry;
    assert_int_equal(size, sizeof entry);
    memcpy(&entry, bytes, sizeof entry);
    free(bytes);
    remove_value(PS_TABLE_JOURNAL, PS_KEY(newest));
    remove_value(PS_TABLE_EVIDENCE, PS_KEY(newest));
    uint64_t cut = head.entries--;
    head.last_ms = entry.at_ms;
    memcpy(head.hash, entry.hash, sizeof head.hash);
    put_head(&head);
    assert_found(cut); /* What the record names as its last. */
}

static void an_entry_behind_the_head_is_found(void **state)
{
    (void)state;
    struct ps_head head = read_head();
    struct ps_entry_key last = ps_entry_key(head.entries), next = ps_entry_key(head.entries + 1);
    size_t size;
    uint8_t *bytes = copy_value(PS_TABLE_JOURNAL, PS_KEY(last), &size);
    put_value(PS_TABLE_JOURNAL, PS_KEY(next), bytes, size);
    free(bytes);
    assert_found(head.entries + 1);
}

static void an_entry_under_a_key_that_is_no_number_is_found(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xff, 0xff, 0xff};
    put_value(PS_TABLE_JOURNAL, ps_key_text(bytes, sizeof bytes), bytes, sizeof bytes);
    assert_int_equal(verify().faults != 0, true);
}

/* Incarnation and epoch name the copy and its driver: the journal says nothing of them. */
static void one_altered_byte_of_the_head_is_found(void **state)
{
    (void)state;
    struct ps_head head = read_head();
    for (size_t at = 0; at < sizeof head; at++) {
        if (at >= offsetof(struct ps_head, incarnation) && at < offsetof(struct ps_head, births))
            continue;
        struct ps_head altered = head;
        ((uint8_t *)&altered)[at] ^= 0x81;
        put_head(&altered);
        struct payscore_report report = verify();
        assert_int_not_equal(report.faults, 0);
        /* The newest entry; or, of a smaller count, the first one behind. */
        assert_int_equal(report.first_entry, altered.entries < head.entries
                                                 ? altered.entries + 1
                                                 : head.entries + (altered.entries > head.entries));
    }
    put_head(&head);
    assert_int_equal(verify().faults, 0);
}

/* Records. */

static uint8_t *order_record(struct ps_id_key *key, struct ps_record *record)
{
    struct ps_store *store = take_store();
    struct ps_txn *txn = begin(store);
    struct payscore_text found, value;
    uint8_t *copy = NULL;
    memset(record, 0, sizeof *record);
    enum payscore_status rc =
        ps_txn_seek(txn, PS_TABLE_RECORDS, (struct payscore_text){NULL, 0}, &found, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_RECORDS, &found, &value)) {
        memcpy(record, value.data, sizeof *record);
        if (record->chart != PS_CHART_service_order) continue;
        memcpy(key->bytes, found.data, found.size);
        copy = malloc(value.size);
        memcpy(copy, value.data, value.size);
        break;
    }
    ps_txn_abort(txn);
    give_back(store);
    assert_non_null(copy);
    return copy;
}

#define FIELD(name)                                                                                \
    {                                                                                              \
        offsetof(struct ps_record, name), sizeof(((struct ps_record *)0)->name)                    \
    }

static void an_altered_record_is_found(void **state)
{
    (void)state;
    static const struct {
        size_t at, size;
    } fields[] = {FIELD(chart),    FIELD(state),       FIELD(id),        FIELD(version),
                  FIELD(merchant), FIELD(service),     FIELD(hold),      FIELD(reason),
                  FIELD(flags),    FIELD(last_entry),  FIELD(asked_fen), FIELD(total_fen),
                  FIELD(paid_fen), FIELD(number_size), FIELD(layout)};
    struct ps_id_key key;
    struct ps_record record;
    uint8_t *bytes = order_record(&key, &record);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        for (size_t at = fields[i].at; at < fields[i].at + fields[i].size; at++) {
            bytes[at] ^= 0x01;
            put_value(PS_TABLE_RECORDS, PS_KEY(key), bytes, sizeof record);
            assert_int_not_equal(verify().faults, 0);
            bytes[at] ^= 0x01;
        }
    for (size_t i = 0; i < record.number_size; i++) {
        size_t at = offsetof(struct ps_record, number) + i;
        bytes[at] ^= 0x01;
        put_value(PS_TABLE_RECORDS, PS_KEY(key), bytes, sizeof record);
        assert_int_not_equal(verify().faults, 0);
        bytes[at] ^= 0x01;
    }
    put_value(PS_TABLE_RECORDS, PS_KEY(key), bytes, sizeof record - 8);
    assert_int_not_equal(verify().faults, 0);
    put_value(PS_TABLE_RECORDS, PS_KEY(key), bytes, sizeof record);
    assert_int_equal(verify().faults, 0);
    free(bytes);
}

static void a_record_or_name_that_was_removed_is_found(void **state)
{
    (void)state;
    struct ps_id_key key;
    struct ps_record record;
    struct ps_alias_key alias;
    uint8_t *bytes = order_record(&key, &record);
    remove_value(PS_TABLE_RECORDS, PS_KEY(key));
    assert_found(record.first_entry);
    put_value(PS_TABLE_RECORDS, PS_KEY(key), bytes, sizeof record);
    assert_int_equal(verify().faults, 0);
    free(bytes);
    assert_true(ps_alias_key(record.chart, record.merchant,
                             ps_key_text(record.number, record.number_size), &alias));
    remove_value(PS_TABLE_ALIASES, ps_key_text(alias.bytes, alias.size));
    assert_int_not_equal(verify().faults, 0);
}

/* A record put back to an earlier move, consistent in itself. */
static void a_record_that_was_put_back_is_found(void **state)
{
    (void)state;
    struct ps_id_key key;
    struct ps_record record;
    struct ps_entry_key last;
    uint8_t *bytes = order_record(&key, &record);
    size_t size;
    last = ps_entry_key(record.last_entry);
    struct ps_entry entry;
    uint8_t *newest = copy_value(PS_TABLE_JOURNAL, PS_KEY(last), &size);
    memcpy(&entry, newest, sizeof entry);
    last = ps_entry_key(entry.previous_entry);
    uint8_t *earlier = copy_value(PS_TABLE_JOURNAL, PS_KEY(last), &size);
    memcpy(&entry, earlier, sizeof entry);
    uint64_t hidden = record.last_entry;
    record.last_entry = entry.number;
    record.version = entry.version;
    record.state = entry.to;
    record.flags = entry.flags;
    record.paid_fen = entry.paid_fen;
    record.total_fen = entry.total_fen;
    record.asked_fen = entry.asked_fen;
    record.reason = entry.reason;
    record.hold = entry.hold;
    put_value(PS_TABLE_RECORDS, PS_KEY(key), (const uint8_t *)&record, sizeof record);
    assert_found(hidden);
    free(newest);
    free(earlier);
    free(bytes);
}

static void a_store_that_nobody_touched_is_found_in_order(void **state)
{
    (void)state;
    struct payscore_report report = verify();
    uint64_t newest = 0;
    assert_int_equal(payscore_newest(trial.engine, &newest), PAYSCORE_OK);
    assert_int_equal(report.faults, 0);
    assert_int_equal(report.entries, newest);
    assert_int_equal(report.records, 2); /* The order and its user. */
    assert_string_equal(report.first.text, "");
}

static void a_report_is_told_as_json(void **state)
{
    (void)state;
    struct ps_entry_key key = ps_entry_key(MIDDLE);
    char *json = NULL;
    struct payscore_report report = verify();
    assert_int_equal(payscore_report_json(&report, &json), PAYSCORE_OK);
    assert_non_null(strstr(json, "\"ok\":true"));
    assert_non_null(strstr(json, "\"records\":2"));
    payscore_free(json);
    remove_value(PS_TABLE_EVIDENCE, PS_KEY(key));
    report = verify();
    assert_int_equal(payscore_report_json(&report, &json), PAYSCORE_OK);
    assert_non_null(strstr(json, "\"ok\":false"));
    assert_non_null(strstr(json, "\"first_entry\":4"));
    assert_non_null(strstr(json, "its evidence is missing"));
    payscore_free(json);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_store_that_nobody_touched_is_found_in_order),
        TEST(one_altered_byte_of_an_entry_is_found),
        TEST(one_altered_byte_of_the_newest_entry_is_found),
        TEST(one_altered_byte_of_evidence_is_found),
        TEST(an_entry_or_evidence_of_another_size_is_found),
        TEST(what_is_missing_is_found),
        TEST(a_journal_cut_off_at_its_end_is_found),
        TEST(a_journal_cut_off_with_its_head_is_found),
        TEST(an_entry_behind_the_head_is_found),
        TEST(an_entry_under_a_key_that_is_no_number_is_found),
        TEST(one_altered_byte_of_the_head_is_found),
        TEST(an_altered_record_is_found),
        TEST(a_record_or_name_that_was_removed_is_found),
        TEST(a_record_that_was_put_back_is_found),
        TEST(a_report_is_told_as_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
