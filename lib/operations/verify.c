/*
 * Verification: the chain of hashes from the first entry to the head, the evidence against its
 * digests, each record against its last entry, each record's own chain against its versions, each
 * name against the record that bears it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/describe.h"
#include "engine/receipts.h"
#include "operations/left.h"

struct verification {
    struct ps_txn *txn;
    struct payscore_report *report;
    uint8_t hash[PS_HASH_SIZE]; /* Of the entry before. */
    int64_t last_ms;
    uint8_t charts[PS_HASH_SIZE]; /* Whose text was found and right: that of the entry before. */
    struct ps_left left;
};

static void fault(struct verification *v, uint64_t number, const char *what)
{
    if (v->report->faults++ > 0) return;
    v->report->first_entry = number;
    ps_fail(&v->report->first, PAYSCORE_OK, "journal entry %" PRIu64 ": %s", number, what);
}

static void fault_if(struct verification *v, uint64_t number, const char *what)
{
    if (what != NULL) fault(v, number, what);
}

static bool same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, PS_HASH_SIZE) == 0;
}

/* There is none: erased, or gone. */
static void check_erased(struct verification *v, const struct ps_entry *entry)
{
    uint64_t erased_by = ps_evidence_erased_by(v->txn, entry->number);
    if (erased_by == 0) {
        fault(v, entry->number, "its evidence is missing");
        return;
    }
    v->report->erased++;
    fault_if(v, entry->number, ps_left_marker(v->txn, entry, erased_by));
}

static void check_stub(struct verification *v, const struct ps_entry *stub, uint64_t number)
{
    v->report->retired++;
    fault_if(v, number, ps_left_stub(v->txn, stub, number, &v->left));
    memcpy(v->hash, stub->hash, PS_HASH_SIZE);
}

static enum payscore_status check_evidence(struct verification *v, const struct ps_entry *entry)
{
    uint8_t salt[PS_SALT_SIZE], digest[PS_HASH_SIZE];
    char *raw = NULL;
    size_t size = 0;
    enum payscore_status rc = ps_evidence_read(v->txn, entry->number, salt, &raw, &size);
    if (rc == PAYSCORE_E_MEMORY) return rc;
    if (rc == PAYSCORE_OK) rc = ps_evidence_digest(salt, (struct payscore_text){raw, size}, digest);
    free(raw);
    if (rc == PAYSCORE_E_CRYPTO) return rc;
    if (rc == PAYSCORE_E_NOT_FOUND)
        check_erased(v, entry);
    else if (rc != PAYSCORE_OK)
        fault(v, entry->number, "its evidence cannot be unpacked: bytes were altered");
    else if (!same(digest, entry->evidence_digest))
        fault(v, entry->number, "its evidence does not match its digest: bytes were altered");
    return PAYSCORE_OK;
}

/* The charts by which it was moved are in the store, as they were. */
static enum payscore_status check_charts(struct verification *v, const struct ps_entry *entry)
{
    char key[PS_CHART_KEY_SIZE];
    struct payscore_text text;
    uint8_t digest[PS_HASH_SIZE];
    if (same(entry->chart_digest, v->charts)) return PAYSCORE_OK;
    ps_chart_key(entry->chart_digest, key);
    if (ps_txn_get(v->txn, PS_TABLE_META, ps_text_of(key), &text) != PAYSCORE_OK) {
        fault(v, entry->number, "the text of the charts that it names is missing");
        return PAYSCORE_OK;
    }
    enum payscore_status rc = ps_sha256(text, digest);
    if (rc != PAYSCORE_OK) return rc;
    if (!same(digest, entry->chart_digest))
        fault(v, entry->number, "the text of the charts that it names was altered");
    memcpy(v->charts, entry->chart_digest, PS_HASH_SIZE);
    return PAYSCORE_OK;
}

/* A record's entries count its versions without a gap. */
static void check_predecessor(struct verification *v, const struct ps_entry *entry)
{
    struct ps_entry before;
    if (ps_id_is_none(&entry->record)) return;
    if (entry->previous_entry == 0) {
        if (entry->version != 1) fault(v, entry->number, "its record's earlier moves are missing");
        return;
    }
    if (entry->previous_entry >= entry->number ||
        ps_entry_read(v->txn, entry->previous_entry, &before) != PAYSCORE_OK ||
        !ps_id_equal(&before.record, &entry->record) || before.version + 1 != entry->version ||
        before.to != entry->from)
        fault(v, entry->number, "it does not follow from its record's previous move");
}

/* Its record has this move behind it: a record cannot be put back to what it was before. */
static void check_owner(struct verification *v, const struct ps_entry *entry)
{
    struct ps_record record;
    if (ps_id_is_none(&entry->record)) return;
    if (ps_record_read(v->txn, &entry->record, &record) != PAYSCORE_OK)
        fault(v, entry->number, "its record is missing or cannot be read");
    else if (record.last_entry < entry->number || record.version < entry->version)
        fault(v, entry->number, "its record does not know it: an earlier one was put in its place");
}

static enum payscore_status check_entry(struct verification *v, const struct ps_entry *entry,
                                        uint64_t number)
{
    uint8_t hash[PS_HASH_SIZE];
    enum payscore_status rc = ps_entry_hash(entry, hash);
    if (rc != PAYSCORE_OK) return rc;
    if (entry->number != number) fault(v, number, "it carries another number");
    if (!same(entry->hash, hash)) fault(v, number, "its hash does not match: bytes were altered");
    if (!same(entry->previous_hash, v->hash))
        fault(v, number, "it does not follow the entry before it");
    if (entry->at_ms < v->last_ms) fault(v, number, "it is older than the entry before it");
    check_predecessor(v, entry);
    check_owner(v, entry);
    fault_if(v, number, ps_left_listed(v->txn, entry, &v->left));
    memcpy(v->hash, entry->hash, PS_HASH_SIZE);
    v->last_ms = entry->at_ms;
    rc = check_charts(v, entry);
    return rc != PAYSCORE_OK ? rc : check_evidence(v, entry);
}

static void check_head(struct verification *v, const struct ps_head *head, uint64_t last)
{
    if (head->entries > last) {
        fault(v, last + 1, "it is missing");
        return;
    }
    if (head->entries < last) fault(v, head->entries + 1, "it stands behind the head");
    if (!same(v->hash, head->hash) || v->last_ms != head->last_ms)
        fault(v, last, "the head names another entry as the newest");
}

/* By what is there, not by what the head counts: that may be as altered as anything else. */
static enum payscore_status check_journal(struct verification *v, const struct ps_head *head)
{
    struct ps_entry_key first = {{0}};
    struct payscore_text key, value;
    uint64_t last = 0;
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_JOURNAL, PS_KEY(first), &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_JOURNAL, &key, &value)) {
        struct ps_entry entry;
        struct ps_entry_key expected = ps_entry_key(last + 1);
        v->report->entries++;
        if (!ps_text_equal(key, PS_KEY(expected))) fault(v, last + 1, "it is missing");
        bool known = ps_entry_number(key, &last);
        rc = ps_entry_unpack(value, &entry);
        if (known && entry.layout == PS_ENTRY_STUB && rc == PAYSCORE_E_NOT_FOUND) {
            check_stub(v, &entry, last);
            continue;
        }
        if (!known || rc != PAYSCORE_OK) {
            fault(v, last, "its key or size is another: bytes were altered");
            continue;
        }
        rc = check_entry(v, &entry, last);
        if (rc != PAYSCORE_OK) return rc;
    }
    if (rc != PAYSCORE_E_NOT_FOUND) return rc;
    check_head(v, head, last);
    return PAYSCORE_OK;
}

/* What the last entry says of the record is what the record says of itself. */
static bool folds(const struct ps_record *record, const struct ps_entry *entry)
{
    return memcmp(&record->id, &entry->record, sizeof record->id) == 0 &&
           record->chart == entry->chart && record->merchant == entry->merchant &&
           record->service == entry->service && record->state == entry->to &&
           record->version == entry->version && record->asked_fen == entry->asked_fen &&
           record->total_fen == entry->total_fen && record->paid_fen == entry->paid_fen &&
           record->hold == entry->hold && record->reason == entry->reason &&
           record->flags == entry->flags;
}

/* What it answers to repeated commands are moves of its own that commands made. */
static bool answers_rightly(struct verification *v, const struct ps_record *record)
{
    for (int i = 0; i < PS_RECEIPTS; i++) {
        const struct ps_receipt *receipt = &record->receipts[i];
        struct ps_entry entry;
        if (receipt->entry == 0) continue;
        if (ps_entry_read(v->txn, receipt->entry, &entry) != PAYSCORE_OK ||
            !ps_id_equal(&entry.record, &record->id) || !ps_receipt_fits(receipt, &entry))
            return false;
    }
    return true;
}

static enum payscore_status check_records(struct verification *v, const struct ps_head *head)
{
    struct ps_id_key none = {{0}};
    struct payscore_text key, value;
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_RECORDS, PS_KEY(none), &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_RECORDS, &key, &value)) {
        struct ps_record record;
        struct ps_entry entry;
        struct ps_tomb tomb;
        v->report->records++;
        if (ps_tomb_unpack(value, &tomb)) {
            fault_if(v, tomb.retired_by, ps_left_tomb(v->txn, &tomb, key, &v->left));
            continue;
        }
        if (ps_record_unpack(value, &record) != PAYSCORE_OK) {
            fault(v, 0, "a record has another size or layout: bytes were altered");
            continue;
        }
        struct ps_id_key own = ps_id_key(&record.id);
        if (!ps_text_equal(key, PS_KEY(own)) ||
            ps_entry_read(v->txn, record.last_entry, &entry) != PAYSCORE_OK ||
            !folds(&record, &entry))
            fault(v, record.last_entry, "its record is not what the entry left");
        else if (!answers_rightly(v, &record))
            fault(v, record.last_entry, "its record answers repeated commands with other moves");
    }
    fault_if(v, head->entries, ps_left_sum(&v->left));
    if (head->births != v->report->records)
        fault(v, head->entries, "the head counts other records than there are");
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* A name ends with the number or the openid of the record that it leads to. */
static bool names(struct payscore_text key, const struct ps_record *record)
{
    bool user = record->chart == PS_CHART_authorization;
    struct payscore_text own = {user ? record->openid : record->number,
                                user ? record->openid_size : record->number_size};
    struct ps_alias_key alias;
    if (own.size == 0 || own.size > key.size) return false;
    if (user) return memcmp(key.data + key.size - own.size, own.data, own.size) == 0;
    return ps_alias_key(record->chart, record->merchant, own, &alias) &&
           ps_text_equal(key, ps_key_text(alias.bytes, alias.size));
}

static enum payscore_status check_names(struct verification *v)
{
    struct payscore_text key, value;
    uint64_t found = 0;
    struct payscore_text first = {NULL, 0};
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_ALIASES, first, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_ALIASES, &key, &value)) {
        struct payscore_id id;
        struct ps_record record = {0};
        found++;
        bool led =
            ps_id_from_key(value, &id) &&
            (ps_record_read(v->txn, &id, &record) == PAYSCORE_OK || ps_record_is_retired(&record));
        if (!led || !names(key, &record))
            fault(v, record.first_entry, "the name of its record leads to another");
    }
    if (found != v->report->records) fault(v, 0, "there are not as many names as records");
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status payscore_verify(struct payscore *engine, struct payscore_report *report)
{
    struct verification v = {.report = report};
    memset(report, 0, sizeof *report);
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc == PAYSCORE_OK) rc = ps_txn_begin(engine->store, PS_READ, &v.txn);
    if (rc != PAYSCORE_OK) return rc;
    rc = check_journal(&v, ps_txn_head(v.txn));
    if (rc == PAYSCORE_OK) rc = check_records(&v, ps_txn_head(v.txn));
    if (rc == PAYSCORE_OK) rc = check_names(&v);
    ps_txn_abort(v.txn);
    return rc;
}

enum payscore_status payscore_report_json(const struct payscore_report *report, char **json)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddBoolToObject(object, "ok", report->faults == 0);
    cJSON_AddNumberToObject(object, "entries", (double)report->entries);
    cJSON_AddNumberToObject(object, "records", (double)report->records);
    cJSON_AddNumberToObject(object, "retired", (double)report->retired);
    cJSON_AddNumberToObject(object, "erased", (double)report->erased);
    cJSON_AddNumberToObject(object, "faults", (double)report->faults);
    cJSON_AddNumberToObject(object, "first_entry", (double)report->first_entry);
    cJSON_AddStringToObject(object, "first", report->first.text);
    return ps_describe_print(object, json);
}
