/*
 * Walking one lane of one merchant in order of time. Shared by the work inside the store (due.c)
 * and by the handing out of calls (hand_out.c).
 */
#ifndef PS_ENGINE_DUE_SCAN_H
#define PS_ENGINE_DUE_SCAN_H

#include "engine/change.h"

/** How often the bytes of a call may leave; the column of calls.def. */
enum ps_repeat {
    PS_REPEAT_IDENTICAL,  /* Again and again. */
    PS_REPEAT_AFTER_VIEW, /* Again after a view that shows the effect undone. */
    PS_REPEAT_NEVER,
};

enum ps_repeat ps_call_repeat(uint8_t call);

struct ps_due_scan {
    struct ps_txn *txn;
    uint32_t merchant;
    uint8_t lane;
    int64_t now_ms;
    int64_t ahead_ms;       /* At the end: the first entry still ahead; INT64_MAX: none. */
    struct ps_due_key from; /* Where the next search begins. */
    struct ps_due due;      /* The entry found; its value is copied. */
    size_t value_size;
    uint8_t value[sizeof(struct ps_told)];
};

/** Begin; `scan->txn` and `scan->now_ms` are set by the caller. */
void ps_due_scan_begin(struct ps_due_scan *scan, uint32_t merchant, uint8_t lane);

/**
 * The next entry of the lane whose time has come; false when there is none. One that lies further
 * ahead than any wait of its lane has come too: the clock went back. Writes between two calls are
 * allowed.
 */
bool ps_due_scan_next(struct ps_due_scan *scan);

/**
 * Once the scan is at its end: the first deadline ahead that its record still means; INT64_MAX:
 * none. Behind many that are meant no more it answers an earlier one.
 */
int64_t ps_due_ahead(const struct payscore *engine, struct ps_due_scan *scan);

/**
 * The record of the entry found, and its merchant.
 *
 * Errors  E_NOT_FOUND, E_CORRUPT: nothing that could be worked on. E_CHART, E_VERSION, E_ARGUMENT
 *         (no such merchant is served here): the entry waits for a build or a configuration that
 *         knows it, see ps_due_waits(). Those of the store.
 */
PAYSCORE_MUST_USE enum payscore_status ps_due_read(const struct payscore *engine,
                                                   const struct ps_due_scan *scan,
                                                   struct ps_record *record,
                                                   const struct ps_merchant **merchant);

bool ps_due_waits(enum payscore_status status);

/** Whether the record still means this entry, now or once it is released. */
bool ps_due_is_meant(const struct ps_due *due, const struct ps_record *record);

/** Whether the record's deadline moved on since: when the entry comes up it goes where that is. */
bool ps_due_is_early(const struct ps_due *due, const struct ps_record *record);

/** Whether it is an effect that waits until a person releases the record. */
bool ps_due_is_held(const struct ps_due *due, const struct ps_record *record);

/** Whether an earlier process may have handed this out, which `record` still means. */
bool ps_due_is_inherited(const struct payscore *engine, const struct ps_due_scan *scan,
                         const struct ps_record *record);

/** Whether merchants[index] is the first of its mchid: each lane is walked once. */
bool ps_due_first_of_mchid(const struct payscore *engine, size_t index);

#endif
