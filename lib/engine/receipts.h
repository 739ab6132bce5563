/*
 * Receipts: the answer that a repeated command gets. The last ones stand in the header; of older
 * ones the record's own entries hold hints.
 */
#ifndef PS_ENGINE_RECEIPTS_H
#define PS_ENGINE_RECEIPTS_H

#include "engine/change.h"

/** The move of `entry` answers this command. */
void ps_receipt_put(struct ps_record *next, const struct ps_asked *asked,
                    const struct ps_entry *entry);

/** What an entry keeps of the command that makes it. */
void ps_receipt_hint(struct ps_entry *entry, const struct ps_asked *asked);

/**
 * A caller's key that this record has seen before, however long ago: the first answer, or a refusal
 * if the content changed. Else the outcome keeps its verdict. Errors: the store's.
 */
PAYSCORE_MUST_USE enum payscore_status ps_receipt_of_key(struct ps_change *change,
                                                         const struct ps_record *record,
                                                         const struct ps_asked *asked,
                                                         struct ps_outcome *outcome);

/**
 * A command that the chart refuses now, though it is the very one that was taken last: a repeat. An
 * earlier one is none: what it asked for was settled before another was taken.
 */
void ps_receipt_of_content(const struct ps_record *record, const struct ps_asked *asked,
                           struct ps_outcome *outcome);

/** Whether an entry can have left this receipt. */
bool ps_receipt_fits(const struct ps_receipt *receipt, const struct ps_entry *entry);

#endif
