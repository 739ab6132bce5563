/*
 * Reading. Every function here returns JSON that the caller frees with payscore_free(). Reading
 * never waits for a writer and never makes one wait; a handle of any role, and any thread, may.
 */
#ifndef PAYSCORE_READ_H
#define PAYSCORE_READ_H

#include "payscore/store.h"

/** Which record: a chart's name and the record's number (order, code) or openid (authorization). */
struct payscore_name {
    size_t merchant;
    struct payscore_text chart;
    struct payscore_text name;
};

/**
 * One record as a JSON object: names, state, amounts, why it is held, what is due; `handover` while
 * a token or package is good, `launch` while the client side can use it, `refund` of an order that
 * was paid twice; `retired` of one of which retention left a tombstone; `restored` of one that asks
 * the platform first; `erased`, a pseudonym, where `openid` stood before the user was erased.
 *
 * Errors     E_NOT_FOUND, E_INPUT (no such chart), E_CORRUPT, E_CHART, E_VERSION (a newer library
 *            wrote the record), E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  *json is the caller's: payscore_free(). NULL where it fails.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_show(struct payscore *engine, const struct payscore_name *name, char **json);

/**
 * A record's moves, oldest first, as a JSON array; a release says who and why. `evidence`: with the
 * bytes kept for each.
 *
 * Errors     As payscore_show(); E_CORRUPT also where a move that it names is missing.
 * Ownership  As payscore_show().
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_history(struct payscore *engine, const struct payscore_name *name, bool evidence,
                 char **json);

/** Which records to list. Empty texts and zeroes do not restrict. */
struct payscore_filter {
    struct payscore_text chart, state;
    bool held_only;
    bool unsettled_only;        /* Those that wait for something. */
    int64_t older_than_ms;      /* In their state for at least this long. */
    size_t count_max;           /* 0: 100; at most 1000. */
    struct payscore_text after; /* The `next` of the page before. */
};

/**
 * A page of records: {"records":[…],"next":"…"}; `next` is null on the last page, and may follow an
 * empty page, since one call looks at a bounded number of records.
 *
 * Errors     E_INPUT (no such chart or state; `after` is no `next` of this function), E_CORRUPT,
 *            E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  As payscore_show(); the filter is borrowed for the time of the call.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_list(struct payscore *engine, const struct payscore_filter *filter, char **json);

/**
 * Number of the newest entry of the journal; 0: there is none.
 *
 * Errors     E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_newest(struct payscore *engine,
                                                                    uint64_t *entry);

#endif
