/*
 * Finding a person in the store. Neither records nor strays are kept by openid: they are walked.
 * The caller's thread walks them beside the writer; inside the transaction only what came since is
 * walked again.
 */
#ifndef PS_OPERATIONS_ERASE_H
#define PS_OPERATIONS_ERASE_H

#include "engine/left.h"

/** Who is looked for, and what was found of them. ps_search_end() at the end. */
struct ps_search {
    struct ps_txn *txn;
    uint32_t merchant;
    bool moved; /* Records that entries moved are looked at, too. */
    char openid[PS_OPENID_MAX + 1];
    struct payscore_id *records;
    size_t record_count, record_room;
    uint64_t *strays; /* Numbers of their entries. */
    size_t stray_count, stray_room;
};

void ps_search_end(struct ps_search *search);

/** Look at up to `count` records from *from on; *from moves behind the last one. E_NOT_FOUND: there
 * are no more. Other errors: E_MEMORY, those of the store. */
PAYSCORE_MUST_USE enum payscore_status ps_search_records(struct ps_search *search,
                                                         struct ps_id_key *from, size_t count);

/** Look at up to `count` entries from *from on for strays, and, if `moved`, at the record of each.
 * As ps_search_records(). */
PAYSCORE_MUST_USE enum payscore_status ps_search_entries(struct ps_search *search, uint64_t *from,
                                                         size_t count);

/** Note a record, or the entry of a stray, unless it is none of this person's. */
PAYSCORE_MUST_USE enum payscore_status ps_search_record(struct ps_search *search,
                                                        const struct payscore_id *id);
PAYSCORE_MUST_USE enum payscore_status ps_search_stray(struct ps_search *search, uint64_t number);

/** OK, or E_OPEN: one of the records found is not at its end; the message names it. */
PAYSCORE_MUST_USE enum payscore_status ps_search_settled(struct ps_search *search,
                                                         struct payscore_error *why);

#endif
