/* Receipts: in the header, and along the record's entries. */
#include "engine/receipts.h"

#include <string.h>

#include "core/charts.h"

void ps_receipt_put(struct ps_record *next, const struct ps_asked *asked,
                    const struct ps_entry *entry)
{
    memmove(&next->receipts[1], &next->receipts[0], (PS_RECEIPTS - 1) * sizeof next->receipts[0]);
    struct ps_receipt *receipt = &next->receipts[0];
    *receipt = (struct ps_receipt){.entry = entry->number, .row = entry->row, .state = entry->to};
    memcpy(receipt->key, asked->key, PS_DIGEST_SHORT);
    memcpy(receipt->content, asked->content, PS_DIGEST_SHORT);
}

void ps_receipt_hint(struct ps_entry *entry, const struct ps_asked *asked)
{
    memcpy(entry->key_hint, asked->key, PS_HINT_SIZE);
    memcpy(entry->content_hint, asked->content, PS_HINT_SIZE);
}

static bool same_digest(const uint8_t *a, const uint8_t *b)
{
    return memcmp(a, b, PS_DIGEST_SHORT) == 0;
}

static bool same_hint(const uint8_t *hint, const uint8_t *digest)
{
    return memcmp(hint, digest, PS_HINT_SIZE) == 0;
}

/* What an entry of an older layout, or without a command, hints at is nothing. */
static bool has_hints(const struct ps_entry *entry)
{
    return entry->layout >= 2 && entry->carrier == PAYSCORE_CARRIER_COMMAND;
}

static void repeat_answer(struct ps_outcome *outcome, const struct ps_record *record,
                          uint64_t entry, uint16_t row)
{
    outcome->verdict = PAYSCORE_DUPLICATE;
    outcome->entry = entry;
    outcome->row = ps_chart_row(ps_chart_by_id(record->chart), row);
}

static void refuse_key(struct ps_outcome *outcome)
{
    outcome->verdict = PAYSCORE_REFUSED;
    outcome->why = "This key was used for a command with other content: take a new key.";
}

/* Back along the record's entries, from the one before `number`. */
static enum payscore_status look_back(struct ps_change *change, const struct ps_record *record,
                                      uint64_t number, const struct ps_asked *asked,
                                      struct ps_outcome *outcome)
{
    struct ps_entry entry;
    enum payscore_status rc = ps_entry_read(change->txn, number, &entry);
    while (rc == PAYSCORE_OK && entry.previous_entry != 0 && entry.previous_entry < number) {
        number = entry.previous_entry;
        rc = ps_entry_read(change->txn, number, &entry);
        if (rc != PAYSCORE_OK || !has_hints(&entry) || !same_hint(entry.key_hint, asked->key))
            continue;
        if (same_hint(entry.content_hint, asked->content))
            repeat_answer(outcome, record, number, entry.row);
        else
            refuse_key(outcome);
        break;
    }
    /* An entry that is missing or altered is told of by verify; no command is lost on it. */
    return rc == PAYSCORE_E_NOT_FOUND || rc == PAYSCORE_E_CORRUPT ? ps_txn_status(change->txn) : rc;
}

enum payscore_status ps_receipt_of_key(struct ps_change *change, const struct ps_record *record,
                                       const struct ps_asked *asked, struct ps_outcome *outcome)
{
    for (int i = 0; i < PS_RECEIPTS; i++) {
        const struct ps_receipt *receipt = &record->receipts[i];
        if (receipt->entry == 0 || !same_digest(receipt->key, asked->key)) continue;
        if (same_digest(receipt->content, asked->content))
            repeat_answer(outcome, record, receipt->entry, receipt->row);
        else
            refuse_key(outcome);
        return PAYSCORE_OK;
    }
    uint64_t oldest = record->receipts[PS_RECEIPTS - 1].entry;
    if (oldest == 0 || oldest == record->first_entry) return PAYSCORE_OK; /* None is older. */
    return look_back(change, record, oldest, asked, outcome);
}

void ps_receipt_of_content(const struct ps_record *record, const struct ps_asked *asked,
                           struct ps_outcome *outcome)
{
    const struct ps_receipt *last = &record->receipts[0];
    if (last->entry != 0 && same_digest(last->content, asked->content))
        repeat_answer(outcome, record, last->entry, last->row);
    else if (record->first_entry != 0 && same_digest(record->birth_content, asked->content))
        repeat_answer(outcome, record, record->first_entry, 0);
}

bool ps_receipt_fits(const struct ps_receipt *receipt, const struct ps_entry *entry)
{
    if (entry->carrier != PAYSCORE_CARRIER_COMMAND || entry->row != receipt->row) return false;
    return !has_hints(entry) || (same_hint(entry->key_hint, receipt->key) &&
                                 same_hint(entry->content_hint, receipt->content));
}
