/* Walking one lane of one merchant in order of time. */
#include "engine/due_scan.h"

#include <string.h>

#include "engine/marks.h"

/* How many stale entries are looked past for the next deadline: a turn stays short. */
enum { AHEAD_LOOKS_MAX = 64 };

static void go_to(struct ps_due_scan *scan, int64_t at_ms)
{
    struct ps_due first = {.merchant = scan->merchant, .lane = scan->lane, .at_ms = at_ms};
    scan->from = ps_due_key(&first);
}

void ps_due_scan_begin(struct ps_due_scan *scan, uint32_t merchant, uint8_t lane)
{
    scan->merchant = merchant;
    scan->lane = lane;
    scan->ahead_ms = INT64_MAX;
    go_to(scan, 0);
}

/* The smallest key above this one: the number that its bytes are, plus one. */
static void step_over(struct ps_due_key *key)
{
    for (size_t i = sizeof key->bytes; i > 0; i--)
        if (++key->bytes[i - 1] != 0) return;
}

static bool next_entry(struct ps_due_scan *scan)
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

/* Where the entries begin that only a clock that went back can have left so far ahead. */
static int64_t too_far_ms(const struct ps_due_scan *scan)
{
    bool poll = scan->lane == PAYSCORE_LANE_POLL;
    return scan->now_ms + (poll ? PS_LIMIT_wait_max_ms : PS_LIMIT_short_wait_max_ms) + 1;
}

/* Those in between wait: the first of them is noted, the rest passed over in one leap. */
bool ps_due_scan_next(struct ps_due_scan *scan)
{
    while (next_entry(scan)) {
        int64_t at_ms = scan->due.at_ms;
        if (at_ms <= scan->now_ms || at_ms >= too_far_ms(scan)) return true;
        if (at_ms < scan->ahead_ms) scan->ahead_ms = at_ms;
        go_to(scan, too_far_ms(scan));
    }
    return false;
}

/* When the record of the entry found is due by it; INT64_MAX: never. */
static int64_t meant_ms(const struct payscore *engine, const struct ps_due_scan *scan)
{
    struct ps_record record;
    const struct ps_merchant *merchant = NULL;
    const struct ps_due *due = &scan->due;
    if (ps_due_read(engine, scan, &record, &merchant) != PAYSCORE_OK) return INT64_MAX;
    if (ps_due_is_early(due, &record))
        return record.due_at_ms < too_far_ms(scan) ? record.due_at_ms : due->at_ms;
    bool meant = scan->lane == PAYSCORE_LANE_TELL || ps_due_is_meant(due, &record);
    return meant && !ps_due_is_held(due, &record) ? due->at_ms : INT64_MAX;
}

int64_t ps_due_ahead(const struct payscore *engine, struct ps_due_scan *scan)
{
    int64_t first_ms = INT64_MAX;
    if (scan->ahead_ms == INT64_MAX) return INT64_MAX;
    go_to(scan, scan->ahead_ms);
    for (int looked = 1; looked <= AHEAD_LOOKS_MAX && next_entry(scan); looked++) {
        int64_t at_ms = scan->due.at_ms;
        if (at_ms >= first_ms || at_ms >= too_far_ms(scan)) break;
        if (looked < AHEAD_LOOKS_MAX) at_ms = meant_ms(engine, scan);
        if (at_ms < first_ms) first_ms = at_ms;
    }
    return first_ms;
}

enum payscore_status ps_due_read(const struct payscore *engine, const struct ps_due_scan *scan,
                                 struct ps_record *record, const struct ps_merchant **merchant)
{
    enum payscore_status rc = ps_record_read(scan->txn, &scan->due.id, record);
    if (rc != PAYSCORE_OK) return rc;
    *merchant = ps_merchant_of_service(engine, record->service);
    return *merchant != NULL ? PAYSCORE_OK : PAYSCORE_E_ARGUMENT;
}

bool ps_due_waits(enum payscore_status status)
{
    return status == PAYSCORE_E_CHART || status == PAYSCORE_E_VERSION ||
           status == PAYSCORE_E_ARGUMENT;
}

bool ps_due_is_meant(const struct ps_due *due, const struct ps_record *record)
{
    bool asks_first = ps_mark_asks_first(record) && due->lane == PAYSCORE_LANE_EFFECT;
    return record->due_lane == due->lane && record->due_at_ms == due->at_ms && !asks_first;
}

bool ps_due_is_early(const struct ps_due *due, const struct ps_record *record)
{
    return ps_due_lane_waits(due->lane) && record->due_lane == due->lane &&
           record->due_at_ms > due->at_ms;
}

bool ps_due_is_held(const struct ps_due *due, const struct ps_record *record)
{
    return due->lane == PAYSCORE_LANE_EFFECT && record->hold != PS_HOLD_none;
}

/* clang-format off */
enum ps_repeat ps_call_repeat(uint8_t call)
{
    switch ((enum ps_call)call) {
#define CALL(id, name, kind, repeat, method, path, en, zh) \
    case PS_CALL_##name: return PS_REPEAT_##repeat;
#include "statecharts/calls.def"
    case PS_CALL_none: break;
    }
    return PS_REPEAT_NEVER;
}
/* clang-format on */

bool ps_due_is_inherited(const struct payscore *engine, const struct ps_due_scan *scan,
                         const struct ps_record *record)
{
    struct payscore_text epoch = {(const char *)scan->value, scan->value_size};
    return ps_change_inherits(engine, &scan->due, record, epoch);
}

bool ps_due_first_of_mchid(const struct payscore *engine, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (engine->merchants[i].merchant == engine->merchants[index].merchant) return false;
    return engine->merchants[index].merchant != 0;
}
