/* What is due inside the store. */
#include "engine/due.h"

#include <string.h>

#include "engine/due_scan.h"

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
static enum payscore_status deliver_tell(struct ps_change *change, const struct ps_due_scan *scan)
{
    struct ps_told told;
    struct ps_record sender;
    struct ps_matter matter = {0};
    if (scan->value_size != sizeof told) return PAYSCORE_OK;
    memcpy(&told, scan->value, sizeof told);
    if (ps_record_read(change->txn, &scan->due.id, &sender) != PAYSCORE_OK) return PAYSCORE_OK;
    const struct ps_merchant *merchant = ps_merchant_of_service(change->engine, sender.service);
    if (merchant == NULL) return PAYSCORE_OK;

    matter.subject.merchant = merchant;
    matter.subject.chart = told.chart;
    matter.subject.id = told.target;
    matter.subject.openid = (struct payscore_text){sender.openid, sender.openid_size};
    matter.in.event = told.event;
    matter.in.carrier = PAYSCORE_CARRIER_TELL;
    matter.in.sender = scan->due.id;
    matter.in.sender_version = told.sender_version;
    matter.in.view.platform_ms = told.platform_ms;
    ps_parts_add(&matter.evidence, PS_PART_note, PAYSCORE_TEXT("told by another record"));
    return apply(change, &matter);
}

static enum payscore_status wake(struct ps_change *change, const struct ps_merchant *merchant,
                                 const struct ps_record *record)
{
    struct ps_matter matter = {0};
    matter.subject.merchant = merchant;
    matter.subject.id = record->id;
    matter.in.event = PS_EVENT_wake;
    matter.in.carrier = PAYSCORE_CARRIER_TIME;
    ps_parts_add(&matter.evidence, PS_PART_note, PAYSCORE_TEXT("the deadline has come"));
    return apply(change, &matter);
}

static enum payscore_status settle_inherited(struct ps_change *change,
                                             const struct ps_merchant *merchant,
                                             const struct ps_record *record)
{
    struct ps_matter matter = {0};
    matter.subject.merchant = merchant;
    matter.subject.id = record->id;
    matter.in.event = PS_EVENT_unknown;
    matter.in.carrier = PAYSCORE_CARRIER_REPLY;
    matter.in.reason = PS_REASON_lost;
    matter.in.call = record->call;
    matter.in.attempt = record->attempts;
    matter.in.begun_version = record->version;
    ps_parts_add(&matter.evidence, PS_PART_note,
                 PAYSCORE_TEXT("owed when another process ended: it counts as sent"));
    return apply(change, &matter);
}

static enum payscore_status work_on(struct ps_change *change, const struct ps_due_scan *scan)
{
    if (scan->lane == PAYSCORE_LANE_TELL) {
        drop(change, &scan->due);
        return deliver_tell(change, scan);
    }
    struct ps_record record;
    enum payscore_status rc = ps_record_read(change->txn, &scan->due.id, &record);
    if (rc == PAYSCORE_E_CHART || rc == PAYSCORE_E_VERSION) return PAYSCORE_OK;
    if (rc != PAYSCORE_OK || !ps_due_is_meant(&scan->due, &record)) {
        drop(change, &scan->due);
        return PAYSCORE_OK;
    }
    const struct ps_merchant *merchant = ps_merchant_of_service(change->engine, record.service);
    if (merchant == NULL) return PAYSCORE_OK;
    if (scan->lane == PAYSCORE_LANE_WAKE) {
        drop(change, &scan->due);
        return wake(change, merchant, &record);
    }
    if (!ps_due_is_inherited(change->engine, scan)) return PAYSCORE_OK;
    drop(change, &scan->due);
    return settle_inherited(change, merchant, &record);
}

static enum payscore_status work_lane(struct ps_change *change, uint32_t merchant, uint8_t lane,
                                      size_t *left)
{
    struct ps_due_scan scan;
    ps_due_scan_begin(&scan, change->txn, merchant, lane);
    while (*left > 0 && ps_due_scan_next(&scan) && ps_due_has_come(&scan.due, change->now_ms)) {
        --*left;
        enum payscore_status rc = work_on(change, &scan);
        if (rc == PAYSCORE_OK) rc = ps_txn_status(change->txn);
        if (rc != PAYSCORE_OK) return rc;
    }
    return PAYSCORE_OK;
}

enum payscore_status ps_due_work(struct ps_change *change)
{
    /* Tells twice: what the first round tells is often answered at once. */
    static const uint8_t lanes[] = {PAYSCORE_LANE_WAKE, PAYSCORE_LANE_EFFECT, PAYSCORE_LANE_ASK,
                                    PAYSCORE_LANE_POLL, PAYSCORE_LANE_TELL,   PAYSCORE_LANE_TELL};
    for (size_t i = 0; i < change->engine->merchant_count; i++) {
        if (!ps_due_first_of_mchid(change->engine, i)) continue;
        for (size_t lane = 0; lane < sizeof lanes; lane++) {
            size_t left = PS_DUE_WORK_MAX;
            enum payscore_status rc =
                work_lane(change, change->engine->merchants[i].merchant, lanes[lane], &left);
            if (rc != PAYSCORE_OK) return rc;
        }
    }
    return PAYSCORE_OK;
}
