/* Walking one lane of one merchant in order of time. */
#include "engine/due_scan.h"

#include <string.h>

void ps_due_scan_begin(struct ps_due_scan *scan, struct ps_txn *txn, uint32_t merchant,
                       uint8_t lane)
{
    memset(scan, 0, sizeof *scan);
    scan->txn = txn;
    scan->merchant = merchant;
    scan->lane = lane;
    struct ps_due first = {.merchant = merchant, .lane = lane};
    scan->from = ps_due_key(&first);
}

/* The smallest key above this one: the number that its bytes are, plus one. */
static void step_over(struct ps_due_key *key)
{
    for (size_t i = sizeof key->bytes; i > 0; i--)
        if (++key->bytes[i - 1] != 0) return;
}

bool ps_due_scan_next(struct ps_due_scan *scan)
{
    struct payscore_text key, value;
    if (ps_txn_seek(scan->txn, PS_TABLE_DUE, PS_KEY(scan->from), &key, &value) != PAYSCORE_OK)
        return false;
    if (!ps_due_from_key(key, &scan->due) || scan->due.merchant != scan->merchant ||
        scan->due.lane != scan->lane || value.size > sizeof scan->value)
        return false;
    memcpy(scan->from.bytes, key.data, sizeof scan->from.bytes);
    scan->value_size = value.size;
    if (value.size > 0) memcpy(scan->value, value.data, value.size);
    step_over(&scan->from);
    return true;
}

bool ps_due_has_come(const struct ps_due *due, int64_t now_ms)
{
    return due->at_ms <= now_ms || due->at_ms > now_ms + PS_LIMIT_wait_max_ms;
}

bool ps_due_is_meant(const struct ps_due *due, const struct ps_record *record)
{
    if (record->due_lane != due->lane || record->due_at_ms != due->at_ms) return false;
    return due->lane != PAYSCORE_LANE_EFFECT || record->hold == PS_HOLD_none;
}

bool ps_due_is_inherited(const struct payscore *engine, const struct ps_due_scan *scan)
{
    uint64_t epoch = 0;
    if (scan->value_size == sizeof epoch) memcpy(&epoch, scan->value, sizeof epoch);
    return scan->lane == PAYSCORE_LANE_EFFECT && epoch != engine->epoch;
}

bool ps_due_first_of_mchid(const struct payscore *engine, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (engine->merchants[i].merchant == engine->merchants[index].merchant) return false;
    return engine->merchants[index].merchant != 0;
}
