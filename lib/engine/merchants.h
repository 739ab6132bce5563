/* The merchants of a handle: copied at opening, their names interned as numbers in the store. */
#ifndef PS_ENGINE_MERCHANTS_H
#define PS_ENGINE_MERCHANTS_H

#include "engine/internal.h"

/** Copy the options' merchants and load their keys. Errors: E_ARGUMENT, E_MEMORY, E_KEY. */
PAYSCORE_MUST_USE enum payscore_status ps_merchants_copy(struct payscore *engine,
                                                         const struct payscore_options *options,
                                                         struct payscore_error *error);

void ps_merchants_free(struct payscore *engine);

/**
 * Look the merchants' numbers up in a transaction. Those that have none get one where `anew` is not
 * NULL, and *anew tells so; else they stay 0.
 */
void ps_merchants_intern(struct payscore *engine, struct ps_txn *txn, bool *anew);

/** Look them up. Errors: those of the store. */
PAYSCORE_MUST_USE enum payscore_status ps_merchants_read(struct payscore *engine);

/** The same, as far as it can be done, where some are not known yet: another process may have met
 * them since. */
void ps_merchants_refresh(struct payscore *engine);

#endif
