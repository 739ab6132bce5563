/*
 * Walking one lane of one merchant in order of time. Shared by the work inside the store (due.c)
 * and by the handing out of calls (hand_out.c).
 */
#ifndef PS_ENGINE_DUE_SCAN_H
#define PS_ENGINE_DUE_SCAN_H

#include "engine/change.h"

struct ps_due_scan {
    struct ps_txn *txn;
    uint32_t merchant;
    uint8_t lane;
    struct ps_due_key from; /* Where the next search begins. */
    struct ps_due due;      /* The entry found; its value is copied. */
    size_t value_size;
    uint8_t value[sizeof(struct ps_told)];
};

void ps_due_scan_begin(struct ps_due_scan *scan, struct ps_txn *txn, uint32_t merchant,
                       uint8_t lane);

/** The next entry of the lane; false at its end. Writes between two calls are allowed. */
bool ps_due_scan_next(struct ps_due_scan *scan);

/**
 * Whether an entry's time has come. One that lies further ahead than any wait is due now: the clock
 * went back.
 */
bool ps_due_has_come(const struct ps_due *due, int64_t now_ms);

/** Whether the record still means this entry. */
bool ps_due_is_meant(const struct ps_due *due, const struct ps_record *record);

/** Whether an earlier process may have handed this out. */
bool ps_due_is_inherited(const struct payscore *engine, const struct ps_due_scan *scan);

/** Whether merchants[index] is the first of its mchid: each lane is walked once. */
bool ps_due_first_of_mchid(const struct payscore *engine, size_t index);

#endif
