/* What is due inside the store. */
#include "engine/due.h"

#include <string.h>

#include "core/charts.h"
#include "engine/due_scan.h"
#include "engine/left.h"

static void drop(struct ps_change *change, const struct ps_due *due)
{
    struct ps_due_key key = ps_due_key(due);
    ps_txn_delete(change->txn, PS_TABLE_DUE, PS_KEY(key));
    change->dirty = true;
}

static enum payscore_status apply(struct ps_change *change, struct ps_matter *matter)
{
    enum payscore_status rc = ps_change_apply(change, matter);
    ps_parts_free(&matter->evidence);
    return rc;
}

/* The target may be the authorization of the sender's user, which may not exist yet. */
static enum payscore_status deliver_tell(struct ps_change *change, const struct ps_due_scan *scan,
                                         const struct ps_merchant *merchant,
                                         const struct ps_record *sender)
{
    struct ps_told told;
    struct ps_matter matter = {0};
    if (scan->value_size != sizeof told) return PAYSCORE_OK;
    memcpy(&told, scan->value, sizeof told);
    if (ps_chart_by_id(told.chart) == NULL) return PAYSCORE_OK;
    /* Whose user was erased has nobody to tell: no authorization may be born of a pseudonym. */
    if (ps_id_is_none(&told.target) && ps_record_is_erased(sender)) return PAYSCORE_OK;
    matter.subject.merchant = merchant;
    matter.subject.chart = told.chart;
    matter.subject.id = told.target;
    matter.subject.openid = (struct payscore_text){sender->openid, sender->openid_size};
    matter.in.event = told.event;
    matter.in.carrier = PAYSCORE_CARRIER_TELL;
    matter.in.sender = scan->due.id;
    matter.in.sender_version = told.sender_version;
    matter.in.view.platform_ms = told.platform_ms;
    ps_parts_add(&matter.evidence, PS_PART_note, PAYSCORE_TEXT("told by another record"));
    return apply(change, &matter);
}

/* The record moved its deadline on, past this entry, which stood for it until now. */
static void move_on(struct ps_change *change, const struct ps_due_scan *scan,
                    const struct ps_record *record)
{
    struct ps_due due = scan->due;
    due.at_ms = record->due_at_ms;
    struct ps_due_key key = ps_due_key(&due);
    drop(change, &scan->due);
    ps_txn_put(change->txn, PS_TABLE_DUE, PS_KEY(key), ps_key_text(scan->value, scan->value_size));
}

/* An input that time brings to one record. */
static struct ps_matter matter_of_time(const struct ps_merchant *merchant,
                                       const struct payscore_id *id, enum ps_event event,
                                       struct payscore_text note)
{
    struct ps_matter matter = {0};
    matter.subject.merchant = merchant;
    matter.subject.id = *id;
    matter.in.event = (uint16_t)event;
    matter.in.carrier = PAYSCORE_CARRIER_TIME;
    ps_parts_add(&matter.evidence, PS_PART_note, note);
    return matter;
}

static enum payscore_status wake(struct ps_change *change, const struct ps_merchant *merchant,
                                 const struct ps_record *record)
{
    struct ps_matter matter = matter_of_time(merchant, &record->id, PS_EVENT_wake,
                                             PAYSCORE_TEXT("the deadline has come"));
    return apply(change, &matter);
}

/* Calls whose answer came in a turn that failed: what the answer said is gone. */
static enum payscore_status settle_lost(struct ps_change *change)
{
    struct payscore *engine = change->engine;
    enum payscore_status rc = PAYSCORE_OK;
    size_t at = 0;
    for (struct ps_flight *flight;
         rc == PAYSCORE_OK && (flight = ps_flight_next_lost(&engine->flights, &at)) != NULL;) {
        flight->settled = true;
        rc = ps_change_settle(change, &engine->merchants[flight->merchant], flight,
                              PAYSCORE_TEXT("its answer could not be stored"));
    }
    return rc;
}

/*
 * What a held record owes is armed anew when it is released. While it is under way its entry stays:
 * should this process end, it tells the next one that it left.
 */
static bool drop_held(struct ps_change *change, const struct ps_due_scan *scan,
                      const struct ps_record *record)
{
    if (!ps_due_is_held(&scan->due, record)) return false;
    if (!ps_flight_under_way(&change->engine->flights, &record->id, true)) drop(change, &scan->due);
    return true;
}

/* `*passed`: nobody here can work on it, so that it does not count as work. */
static enum payscore_status work_on(struct ps_change *change, const struct ps_due_scan *scan,
                                    bool *passed)
{
    struct ps_record record;
    const struct ps_merchant *merchant = NULL;
    bool tell = scan->lane == PAYSCORE_LANE_TELL;
    enum payscore_status rc = ps_due_read(change->engine, scan, &record, &merchant);
    *passed = ps_due_waits(rc);
    if (*passed) return PAYSCORE_OK;
    if (rc == PAYSCORE_OK && ps_due_is_early(&scan->due, &record)) {
        move_on(change, scan, &record);
        return PAYSCORE_OK;
    }
    if (rc != PAYSCORE_OK || (!tell && !ps_due_is_meant(&scan->due, &record))) {
        drop(change, &scan->due);
        return PAYSCORE_OK;
    }
    bool wakes = scan->lane == PAYSCORE_LANE_WAKE;
    if (!tell && !wakes && !ps_due_is_inherited(change->engine, scan, &record)) {
        *passed = !drop_held(change, scan, &record) && merchant->ring == NULL;
        return PAYSCORE_OK;
    }
    drop(change, &scan->due);
    if (tell) return deliver_tell(change, scan, merchant, &record);
    return wakes ? wake(change, merchant, &record)
                 : ps_change_settle_inherited(change, merchant, &record);
}

static enum payscore_status work_lane(struct ps_change *change, uint32_t merchant, uint8_t lane)
{
    struct ps_due_scan scan = {.txn = change->txn, .now_ms = change->now_ms};
    ps_due_scan_begin(&scan, merchant, lane);
    for (int worked = 0; worked < PS_DUE_WORK_MAX && ps_due_scan_next(&scan);) {
        bool passed = false;
        enum payscore_status rc = work_on(change, &scan, &passed);
        if (rc == PAYSCORE_OK) rc = ps_txn_status(change->txn);
        if (rc != PAYSCORE_OK) return rc;
        worked += passed ? 0 : 1;
    }
    return PAYSCORE_OK;
}

enum payscore_status ps_due_work(struct ps_change *change)
{
    /* Tells twice: what the first round tells is often answered at once. */
    static const uint8_t lanes[] = {PAYSCORE_LANE_WAKE, PAYSCORE_LANE_EFFECT, PAYSCORE_LANE_ASK,
                                    PAYSCORE_LANE_POLL, PAYSCORE_LANE_TELL,   PAYSCORE_LANE_TELL};
    enum payscore_status rc = settle_lost(change);
    if (rc != PAYSCORE_OK) return rc;
    for (size_t i = 0; i < change->engine->merchant_count; i++) {
        if (!ps_due_first_of_mchid(change->engine, i)) continue;
        for (size_t lane = 0; lane < sizeof lanes; lane++) {
            uint32_t merchant = change->engine->merchants[i].merchant;
            rc = work_lane(change, merchant, lanes[lane]);
            if (rc != PAYSCORE_OK) return rc;
        }
    }
    return PAYSCORE_OK;
}
