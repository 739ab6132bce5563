/* Verifying what retention and erasure left. Each answers what is wrong, or NULL. */
#ifndef PS_OPERATIONS_LEFT_H
#define PS_OPERATIONS_LEFT_H

#include "engine/left.h"

/** What was met, and what the entries of retention say there is. */
struct ps_left {
    uint64_t stubs, tombs;
    uint64_t listed_stubs, listed_tombs;
    enum payscore_status status; /* Not OK: something could not be looked at, and is no fault. */
};

/** Whether the evidence of an entry was erased by that entry. */
const char *ps_left_marker(struct ps_txn *txn, const struct ps_entry *entry, uint64_t erased_by,
                           struct ps_left *left);

/** Whether a stub is whole; `number`: its key's. */
const char *ps_left_stub(struct ps_txn *txn, const struct ps_entry *stub, uint64_t number,
                         struct ps_left *left);

/** Whether all that an entry of retention left is as it left it. Of other entries: NULL. */
const char *ps_left_listed(struct ps_txn *txn, const struct ps_entry *entry, struct ps_left *left);

/** Whether a tombstone is in its place. */
const char *ps_left_tomb(struct ps_txn *txn, const struct ps_tomb *tomb, struct payscore_text key,
                         struct ps_left *left);

/** Once all of it was met: whether there is more than what retention left. */
const char *ps_left_sum(const struct ps_left *left);

#endif
