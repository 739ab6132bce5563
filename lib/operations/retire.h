/* Retention: which orders are retired, and where a pass over the records stands. */
#ifndef PS_OPERATIONS_RETIRE_H
#define PS_OPERATIONS_RETIRE_H

#include "engine/left.h"

enum {
    PS_RETIRE_DAYS_MAX = 36500,
    PS_RETIRE_RECORDS_MAX = 200,  /* Of one call: */
    PS_RETIRE_ENTRIES_MAX = 5000, /* no commit waits for longer than these take. */
};

/** Where a pass stands; stored under a name of its own in META while one is under way. */
struct ps_pass {
    struct ps_id_key at; /* The last record that was looked at. */
    uint16_t zero;
    uint32_t days; /* A pass of other days begins anew. */
};

/** Whether a pass is under way. */
bool ps_pass_read(struct ps_txn *txn, struct ps_pass *pass);

/** Whether an order came to its end at that time or earlier, and nobody need look at it again. */
bool ps_retire_may(struct ps_txn *txn, const struct ps_record *record, int64_t before_ms);

int64_t ps_retire_before(int64_t now_ms, uint32_t days);

#endif
