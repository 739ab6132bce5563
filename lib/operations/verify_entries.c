/*
 * Verifying the journal: the chain of hashes from the first entry to the head, the evidence against
 * its digests, each record's own chain against its versions, the charts by which it was moved.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/chores.h"
#include "operations/verify.h"

static bool same(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, PS_HASH_SIZE) == 0;
}

/* There is none: erased, or gone. */
static void check_erased(struct ps_verification *v, const struct ps_entry *entry)
{
    uint64_t erased_by = ps_evidence_erased_by(v->txn, entry->number);
    if (erased_by == 0) {
        ps_verify_fault(v, entry->number, "its evidence is missing");
        return;
    }
    v->report->erased++;
    ps_verify_fault_if(v, entry->number, ps_left_marker(v->txn, entry, erased_by, &v->left));
}

static void check_stub(struct ps_verification *v, const struct ps_entry *stub, uint64_t number)
{
    v->report->retired++;
    ps_verify_fault_if(v, number, ps_left_stub(v->txn, stub, number, &v->left));
    memcpy(v->hash, stub->hash, PS_HASH_SIZE);
}

static enum payscore_status check_evidence(struct ps_verification *v, const struct ps_entry *entry)
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
        ps_verify_fault(v, entry->number, "its evidence cannot be unpacked: bytes were altered");
    else if (!same(digest, entry->evidence_digest))
        ps_verify_fault(v, entry->number,
                        "its evidence does not match its digest: bytes were altered");
    return PAYSCORE_OK;
}

/* The charts by which it was moved are in the store, as they were. */
static enum payscore_status check_charts(struct ps_verification *v, const struct ps_entry *entry)
{
    char key[PS_CHART_KEY_SIZE];
    struct payscore_text text;
    uint8_t digest[PS_HASH_SIZE];
    if (same(entry->chart_digest, v->charts)) return PAYSCORE_OK;
    ps_chart_key(entry->chart_digest, key);
    if (ps_txn_get(v->txn, PS_TABLE_META, ps_text_of(key), &text) != PAYSCORE_OK) {
        ps_verify_fault(v, entry->number, "the text of the charts that it names is missing");
        return PAYSCORE_OK;
    }
    enum payscore_status rc = ps_sha256(text, digest);
    if (rc != PAYSCORE_OK) return rc;
    if (!same(digest, entry->chart_digest))
        ps_verify_fault(v, entry->number, "the text of the charts that it names was altered");
    memcpy(v->charts, entry->chart_digest, PS_HASH_SIZE);
    return PAYSCORE_OK;
}

/* A record's entries count its versions without a gap. */
static void check_predecessor(struct ps_verification *v, const struct ps_entry *entry)
{
    struct ps_entry before;
    if (ps_id_is_none(&entry->record)) return;
    if (entry->previous_entry == 0) {
        if (entry->version != 1)
            ps_verify_fault(v, entry->number, "its record's earlier moves are missing");
        return;
    }
    if (entry->previous_entry >= entry->number ||
        ps_entry_read(v->txn, entry->previous_entry, &before) != PAYSCORE_OK ||
        !ps_id_equal(&before.record, &entry->record) || before.version + 1 != entry->version ||
        before.to != entry->from)
        ps_verify_fault(v, entry->number, "it does not follow from its record's previous move");
}

/* Its record has this move behind it: a record cannot be put back to what it was before. */
static void check_owner(struct ps_verification *v, const struct ps_entry *entry)
{
    struct ps_record record;
    if (ps_id_is_none(&entry->record)) return;
    if (ps_record_read(v->txn, &entry->record, &record) != PAYSCORE_OK)
        ps_verify_fault(v, entry->number, "its record is missing or cannot be read");
    else if (record.last_entry < entry->number || record.version < entry->version)
        ps_verify_fault(v, entry->number,
                        "its record does not know it: an earlier one was put in its place");
}

/* What belongs to no record is a stray, or was done to the store, and moved nothing. */
static void check_ownerless(struct ps_verification *v, const struct ps_entry *entry)
{
    bool chore = entry->chart == 0;
    if (!ps_id_is_none(&entry->record)) {
        if (chore) ps_verify_fault(v, entry->number, "it moves a record, but by no chart");
        return;
    }
    if (entry->row != 0 || entry->from != 0 || entry->to != 0 || entry->version != 0)
        ps_verify_fault(v, entry->number, "it moves a record, but names none");
    if (chore && ps_chore_name((enum ps_chore)entry->event)[0] == '\0')
        ps_verify_fault(v, entry->number, "nothing of this kind is done to a store");
}

static enum payscore_status check_entry(struct ps_verification *v, const struct ps_entry *entry,
                                        uint64_t number)
{
    uint8_t hash[PS_HASH_SIZE];
    enum payscore_status rc = ps_entry_hash(entry, hash);
    if (rc != PAYSCORE_OK) return rc;
    if (entry->number != number) ps_verify_fault(v, number, "it carries another number");
    if (!same(entry->hash, hash))
        ps_verify_fault(v, number, "its hash does not match: bytes were altered");
    if (!same(entry->previous_hash, v->hash))
        ps_verify_fault(v, number, "it does not follow the entry before it");
    if (entry->at_ms < v->last_ms)
        ps_verify_fault(v, number, "it is older than the entry before it");
    check_predecessor(v, entry);
    check_owner(v, entry);
    check_ownerless(v, entry);
    ps_verify_fault_if(v, number, ps_left_listed(v->txn, entry, &v->left));
    memcpy(v->hash, entry->hash, PS_HASH_SIZE);
    v->last_ms = entry->at_ms;
    rc = check_charts(v, entry);
    return rc != PAYSCORE_OK ? rc : check_evidence(v, entry);
}

static void check_head(struct ps_verification *v, const struct ps_head *head, uint64_t last)
{
    if (head->entries > last) {
        ps_verify_fault(v, last + 1, "it is missing");
        return;
    }
    if (head->entries < last) ps_verify_fault(v, head->entries + 1, "it stands behind the head");
    if (!same(v->hash, head->hash) || v->last_ms != head->last_ms)
        ps_verify_fault(v, last, "the head names another entry as the newest");
}

/* By what is there, not by what the head counts: that may be as altered as anything else. */
enum payscore_status ps_verify_journal(struct ps_verification *v)
{
    struct ps_entry_key first = {{0}};
    struct payscore_text key, value;
    uint64_t last = 0;
    enum payscore_status rc = ps_txn_seek(v->txn, PS_TABLE_JOURNAL, PS_KEY(first), &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(v->txn, PS_TABLE_JOURNAL, &key, &value)) {
        struct ps_entry entry;
        struct ps_entry_key expected = ps_entry_key(last + 1);
        v->report->entries++;
        if (!ps_text_equal(key, PS_KEY(expected))) ps_verify_fault(v, last + 1, "it is missing");
        bool known = ps_entry_number(key, &last);
        rc = ps_entry_unpack(value, &entry);
        if (known && entry.layout == PS_ENTRY_STUB && rc == PAYSCORE_E_NOT_FOUND) {
            check_stub(v, &entry, last);
            continue;
        }
        if (!known || rc != PAYSCORE_OK) {
            ps_verify_fault(v, last, "its key or size is another: bytes were altered");
            continue;
        }
        rc = check_entry(v, &entry, last);
        if (rc != PAYSCORE_OK) return rc;
    }
    if (rc != PAYSCORE_E_NOT_FOUND) return rc;
    check_head(v, ps_txn_head(v->txn), last);
    return PAYSCORE_OK;
}
