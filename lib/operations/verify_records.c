/*
 * Verifying what the journal led to: each record against its last entry, its name, its receipts,
 * its mark, what it owes; and what the other tables say of records.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/due_scan.h"
#include "engine/marks.h"
#include "engine/receipts.h"
#include "operations/asking.h"
#include "operations/verify.h"

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
static bool answers_rightly(struct ps_verification *v, const struct ps_record *record)
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

/* The name that a record bears: its number, or its service and its user. */
static bool own_name(const struct ps_verification *v, const struct ps_record *record,
                     struct ps_alias_key *alias)
{
    const struct ps_service_names *service = ps_names_of_service(&v->names, record->service);
    char name[PS_NAME_MAX + 1], service_id[PS_INTERNED_MAX + 1] = "";
    if (record->number_size > PS_NUMBER_MAX || record->openid_size > PS_OPENID_MAX ||
        memchr(record->number, '\0', record->number_size) != NULL ||
        memchr(record->openid, '\0', record->openid_size) != NULL)
        return false;
    if (service == NULL ||
        strcmp(service->mchid, ps_names_of_merchant(&v->names, record->merchant)) != 0)
        return false;
    memcpy(service_id, service->service_id, sizeof service_id);
    struct ps_merchant merchant = {.service_id = service_id};
    return ps_alias_name(record->chart, &merchant,
                         (struct payscore_text){record->number, record->number_size},
                         (struct payscore_text){record->openid, record->openid_size}, name) &&
           ps_alias_key(record->chart, record->merchant, ps_text_of(name), alias);
}

static bool bears(const struct ps_verification *v, const struct ps_record *record,
                  struct payscore_text key)
{
    struct ps_alias_key alias;
    return own_name(v, record, &alias) && ps_text_equal(key, ps_key_text(alias.bytes, alias.size));
}

/* Each of these says what is wrong with a record; NULL: nothing. */

static const char *wrong_name(struct ps_verification *v, const struct ps_record *record)
{
    struct ps_alias_key alias;
    struct payscore_text value;
    struct payscore_id id;
    if (!own_name(v, record, &alias)) return "its record is of a merchant without a name";
    enum payscore_status rc =
        ps_txn_get(v->txn, PS_TABLE_ALIASES, ps_key_text(alias.bytes, alias.size), &value);
    bool led = rc == PAYSCORE_OK && ps_id_from_key(value, &id) && ps_id_equal(&id, &record->id);
    return led ? NULL : "its record cannot be found by its name";
}

/* A mark is of a record that the backup knew, and it owes the question and nothing else. */
static const char *wrong_mark(struct ps_verification *v, const struct ps_record *record)
{
    struct ps_restored restored;
    uint32_t failed = record->marks >> PS_MARK_FAILED_SHIFT;
    if (record->marks == 0) return NULL;
    bool known = (record->marks & ((1u << PS_MARK_FAILED_SHIFT) - 1)) == PS_MARK_ASKS_FIRST &&
                 failed <= PS_MARK_FAILED_MAX;
    bool asks = record->due_lane == PAYSCORE_LANE_POLL && record->due_at_ms != 0;
    bool before = ps_restored_read(v->txn, &restored) && record->first_entry <= restored.entries;
    return known && asks && before ? NULL : "its record has a mark that no restore made";
}

/* By births: a bit for each record, whether an entry of the table of what is due leads to it. */
static bool is_owed(const struct ps_verification *v, const struct ps_record *record)
{
    size_t byte = record->id.counter / 8;
    return byte < v->owed_size && (v->owed[byte] >> (record->id.counter % 8) & 1) != 0;
}

/* The head's count of births may be one that somebody altered: there is room for those met. */
static bool make_room(struct ps_verification *v, size_t size)
{
    if (size <= v->owed_size) return true;
    size += size / 2;
    uint8_t *larger = realloc(v->owed, size);
    if (larger == NULL) return false;
    memset(larger + v->owed_size, 0, size - v->owed_size);
    v->owed = larger;
    v->owed_size = size;
    return true;
}

/* What a held record owes as an effect waits without an entry until it is released. */
static const char *wrong_due(struct ps_verification *v, const struct ps_record *record)
{
    struct ps_due due = {.lane = record->due_lane, .at_ms = record->due_at_ms};
    if (record->due_at_ms == 0) {
        bool nothing = record->due_lane == PAYSCORE_LANE_NONE;
        return nothing ? NULL : "its record owes something, but never";
    }
    if (due.lane == PAYSCORE_LANE_NONE || due.lane == PAYSCORE_LANE_TELL)
        return "its record is due, but owes nothing";
    if (ps_due_is_held(&due, record)) return NULL;
    return is_owed(v, record)
               ? NULL
               : "what its record owes is not in the table of what is due: nobody would do it";
}

enum payscore_status ps_verify_records(struct ps_verification *v)
{
    const struct ps_head *head = ps_txn_head(v->txn);
    struct ps_id_key none = {{0}};
    struct payscore_text key, value;
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_RECORDS, PS_KEY(none), &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_RECORDS, &key, &value)) {
        struct ps_record record;
        struct ps_entry entry;
        struct ps_tomb tomb;
        v->report->records++;
        if (ps_tomb_unpack(value, &tomb)) {
            ps_verify_fault_if(v, tomb.retired_by, ps_left_tomb(v->txn, &tomb, key, &v->left));
            continue;
        }
        if (ps_record_unpack(value, &record) != PAYSCORE_OK) {
            ps_verify_fault(v, 0, "a record has another size or layout: bytes were altered");
            continue;
        }
        struct ps_id_key own = ps_id_key(&record.id);
        if (!ps_text_equal(key, PS_KEY(own)) ||
            ps_entry_read(v->txn, record.last_entry, &entry) != PAYSCORE_OK ||
            !folds(&record, &entry))
            ps_verify_fault(v, record.last_entry, "its record is not what the entry left");
        else if (!answers_rightly(v, &record))
            ps_verify_fault(v, record.last_entry,
                            "its record answers repeated commands with other moves");
        ps_verify_fault_if(v, record.last_entry, wrong_name(v, &record));
        ps_verify_fault_if(v, record.last_entry, wrong_mark(v, &record));
        ps_verify_fault_if(v, record.last_entry, wrong_due(v, &record));
    }
    ps_verify_fault_if(v, head->entries, ps_left_sum(&v->left));
    if (head->births != v->report->records)
        ps_verify_fault(v, head->entries, "the head counts other records than there are");
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status ps_verify_names(struct ps_verification *v)
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
        if (!led || !bears(v, &record, key))
            ps_verify_fault(v, record.first_entry, "the name of its record leads to another");
    }
    if (found != v->report->records)
        ps_verify_fault(v, 0, "there are not as many names as records");
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* What is wrong with an entry of the table of what is due; NULL: nothing. */
static const char *wrong_entry_due(struct payscore_text key, struct payscore_text value,
                                   struct ps_due *due)
{
    if (!ps_due_from_key(key, due)) return "something is due that nobody can read";
    bool tell = due->lane == PAYSCORE_LANE_TELL;
    if (due->lane < PAYSCORE_LANE_TELL || due->lane > PAYSCORE_LANE_WAKE)
        return "something is due in a lane that there is not";
    if (!tell && due->part != 0) return "what its record owes is owed twice";
    return value.size == (tell ? sizeof(struct ps_told) : sizeof(uint64_t))
               ? NULL
               : "what is due for its record was altered";
}

/* An entry leads to its record in time: then, or before then. */
static bool note_owed(struct ps_verification *v, const struct ps_due *due,
                      const struct ps_record *record)
{
    size_t byte = record->id.counter / 8;
    bool leads = due->merchant == record->merchant && ps_id_equal(&due->id, &record->id) &&
                 (ps_due_is_meant(due, record) || ps_due_is_early(due, record));
    if (!leads) return true;
    if (!make_room(v, byte + 1)) return false;
    v->owed[byte] |= (uint8_t)(1u << (record->id.counter % 8));
    return true;
}

/* Entries that their records mean no more are dropped when they come up; that is no fault. */
enum payscore_status ps_verify_due(struct ps_verification *v)
{
    struct payscore_text key, value, first = {NULL, 0};
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_DUE, first, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_DUE, &key, &value)) {
        struct ps_due due = {0};
        struct ps_record record = {0};
        const char *wrong = wrong_entry_due(key, value, &due);
        enum payscore_status read = ps_record_read(v->txn, &due.id, &record);
        if (wrong == NULL && read == PAYSCORE_E_NOT_FOUND && !ps_record_is_retired(&record))
            wrong = "something is due for a record that there is not";
        if (wrong == NULL && read == PAYSCORE_OK && !note_owed(v, &due, &record))
            return PAYSCORE_E_MEMORY;
        ps_verify_fault_if(v, record.last_entry, wrong);
    }
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status ps_verify_handovers(struct ps_verification *v)
{
    struct payscore_text key, value, first = {NULL, 0};
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_HANDOVERS, first, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_HANDOVERS, &key, &value)) {
        struct payscore_id id;
        struct ps_record record = {0};
        bool owned = ps_id_from_key(key, &id) &&
                     ps_record_read(v->txn, &id, &record) == PAYSCORE_OK && record.expires_ms != 0;
        if (!owned)
            ps_verify_fault(v, record.last_entry, "what was handed over belongs to no record");
    }
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}
