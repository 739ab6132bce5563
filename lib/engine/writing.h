/*
 * Who may write, as the store's head says: each writer's epoch is its own. A driver raises it when
 * it opens, a submitter with the first thing it writes in its moment.
 */
#ifndef PS_ENGINE_WRITING_H
#define PS_ENGINE_WRITING_H

#include "engine/change.h"

/**
 * A driver's first transaction: it raises the epoch, remembers its own as the newest driver's, and
 * says by which charts the store is governed from now on. Errors: those of the store.
 */
PAYSCORE_MUST_USE enum payscore_status ps_writing_drive(struct payscore *engine,
                                                        struct payscore_text charts);

/** What was written up to this epoch counts as sent, from the next driver on. */
void ps_writing_count_as_sent(struct ps_txn *txn, uint64_t epoch);

/**
 * Whether the charts of this build govern the store, before a submitter's moment. Errors: E_CHART,
 * those of the store.
 */
PAYSCORE_MUST_USE enum payscore_status ps_writing_check(struct payscore *engine,
                                                        struct payscore_error *error);

/**
 * The beginning of every transaction that applies something. Errors: E_BUSY (somebody removed the
 * lock's file, and another process drives the store now).
 */
PAYSCORE_MUST_USE enum payscore_status ps_writing_begin(struct ps_change *change);

#endif
