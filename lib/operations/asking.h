/*
 * What a restored store is to begin with: a new incarnation, an entry that says so, and the mark on
 * every record that is open, with its question.
 */
#ifndef PS_OPERATIONS_ASKING_H
#define PS_OPERATIONS_ASKING_H

#include "engine/internal.h"

/** What the table META keeps under "restored": where the backup stood. */
struct ps_restored {
    uint64_t incarnation; /* Of the store before. */
    uint64_t entries;
    int64_t at_ms; /* When it was restored. */
    uint8_t hash[PS_HASH_SIZE];
};

/** Zero it, but for engine and error. */
struct ps_asking {
    struct payscore *engine; /* Its store and its world. */
    struct payscore_error *error;
    uint64_t waiting, resting; /* Open records that owe something, and that owe nothing. */
    uint64_t asked[2];         /* Marked so far: those that rest, those that wait. */
    int64_t now_ms;
    struct ps_id_key from; /* Where the next transaction goes on. */
    bool done;
};

/**
 * Look through a copy: head, newest entry, every record; count what is open. Errors: E_CORRUPT,
 * E_VERSION (a chart or a layout that this build does not know), those of the store.
 */
PAYSCORE_MUST_USE enum payscore_status ps_asking_survey(struct ps_asking *asking);

/** The first transaction: incarnation, epoch, entry. Errors: E_MEMORY, E_CRYPTO, the store's. */
PAYSCORE_MUST_USE enum payscore_status ps_asking_begin(struct ps_asking *asking,
                                                       uint64_t incarnation);

/** Mark some more records in a transaction of their own. Errors: as ps_asking_survey(). */
PAYSCORE_MUST_USE enum payscore_status ps_asking_go_on(struct ps_asking *asking);

/** What is noted of the restore that this store began with; false: it is none. */
bool ps_restored_read(struct ps_txn *txn, struct ps_restored *restored);

#endif
