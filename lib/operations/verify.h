/* Verifying: what the walks through the tables share. */
#ifndef PS_OPERATIONS_VERIFY_H
#define PS_OPERATIONS_VERIFY_H

#include "engine/internal.h"
#include "operations/left.h"
#include "operations/names.h"
#include "payscore/operations.h"

struct ps_verification {
    struct ps_txn *txn;
    struct payscore_report *report;
    uint8_t hash[PS_HASH_SIZE]; /* Of the entry before. */
    int64_t last_ms;
    uint8_t charts[PS_HASH_SIZE]; /* Whose text was found and right: that of the entry before. */
    struct ps_left left;
    struct ps_names names;
    uint8_t *owed; /* Bits: whose deadline an entry of what is due leads to. */
    size_t owed_size;
};

/** Count a fault; the first one is told. `number`: of the entry that shows it. */
void ps_verify_fault(struct ps_verification *v, uint64_t number, const char *what);

/** The same unless `what` is NULL. */
void ps_verify_fault_if(struct ps_verification *v, uint64_t number, const char *what);

/*
 * Each walks one table, or two; due before records, which are held against it. Errors: those of the
 * store, E_MEMORY, E_CRYPTO.
 */
PAYSCORE_MUST_USE enum payscore_status ps_verify_journal(struct ps_verification *v);
PAYSCORE_MUST_USE enum payscore_status ps_verify_due(struct ps_verification *v);
PAYSCORE_MUST_USE enum payscore_status ps_verify_records(struct ps_verification *v);
PAYSCORE_MUST_USE enum payscore_status ps_verify_names(struct ps_verification *v);
PAYSCORE_MUST_USE enum payscore_status ps_verify_handovers(struct ps_verification *v);

#endif
