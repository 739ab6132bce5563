/*
 * One transaction of the writer. What goes in was read before, by any thread; whose turn it is to
 * write, lib/submit decides.
 */
#ifndef PS_ENGINE_TURN_H
#define PS_ENGINE_TURN_H

#include "engine/item.h"

/** Readings that are applied together, in their order. */
struct ps_group {
    struct ps_reading *const *readings;
    size_t count;
    bool drives; /* Do what is due inside the store too: payscore_turn() only, whose the calls under
                    way are. */
};

/**
 * Apply a group in one durable transaction; ps_reading_finish() of each says what became of it.
 * One thread at a time.
 *
 * Errors  E_BUSY (another process drives the store now), E_MEMORY, E_CRYPTO, E_TOO_LARGE
 *         (evidence), those of the store: nothing was applied.
 */
PAYSCORE_MUST_USE enum payscore_status ps_turn_apply(struct payscore *engine,
                                                     const struct ps_group *group);

#endif
