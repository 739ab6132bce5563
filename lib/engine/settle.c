/*
 * What a record must be told before anything else: that a call left whose end is not known, so that
 * it counts as sent and its outcome as unknown; that its chart was revised; that a restored record
 * has its answer.
 */
#include <string.h>

#include "core/charts.h"
#include "engine/due_scan.h"
#include "engine/marks.h"

enum payscore_status ps_change_settle(struct ps_change *change, const struct ps_merchant *merchant,
                                      const struct ps_flight *sent, struct payscore_text note)
{
    struct ps_matter matter = {0};
    matter.subject.merchant = merchant;
    matter.subject.id = sent->id;
    matter.in.event = PS_EVENT_unknown;
    matter.in.carrier = PAYSCORE_CARRIER_REPLY;
    matter.in.reason = PS_REASON_lost;
    matter.in.call = sent->call;
    matter.in.attempt = sent->attempt;
    matter.in.begun_version = sent->begun_version;
    matter.in.call_entry = sent->call_entry;
    ps_parts_add(&matter.evidence, PS_PART_note, note);
    enum payscore_status rc = ps_change_apply(change, &matter);
    ps_parts_free(&matter.evidence);
    return rc;
}

/* What it owes counts as sent. */
static enum payscore_status settle_owed(struct ps_change *change,
                                        const struct ps_merchant *merchant,
                                        const struct ps_record *record, struct payscore_text note)
{
    struct ps_flight sent = {.id = record->id,
                             .call = record->call,
                             .attempt = record->attempts,
                             .begun_version = record->version,
                             .call_entry = record->call_entry};
    return ps_change_settle(change, merchant, &sent, note);
}

enum payscore_status ps_change_settle_inherited(struct ps_change *change,
                                                const struct ps_merchant *merchant,
                                                const struct ps_record *record)
{
    return settle_owed(change, merchant, record,
                       PAYSCORE_TEXT("owed when another process ended: it counts as sent"));
}

/*
 * What a submitter wrote while nobody drove, nobody can have sent: its epoch is younger than that
 * of the last driver before this process.
 * What fell due only after this process began cannot have left before; by a clock that went back
 * meanwhile that proves nothing, so that a call that must not be repeated never leans on it.
 */
bool ps_change_inherits(const struct payscore *engine, const struct ps_due *due,
                        const struct ps_record *record, struct payscore_text value)
{
    uint64_t epoch = 0;
    if (value.size == sizeof epoch) memcpy(&epoch, value.data, sizeof epoch);
    return due->lane == PAYSCORE_LANE_EFFECT && epoch <= engine->sent_epoch &&
           (due->at_ms <= engine->driving_since_ms ||
            ps_call_repeat(record->call) != PS_REPEAT_IDENTICAL);
}

/*
 * A command that moves the deadline of an effect (a release) would hide that an earlier process may
 * have sent it: that is written down first.
 */
static enum payscore_status settle_first(struct ps_change *change, const struct ps_matter *matter,
                                         const struct ps_record *record)
{
    struct payscore_text value;
    struct ps_due due = {.merchant = record->merchant,
                         .lane = record->due_lane,
                         .at_ms = record->due_at_ms,
                         .id = record->id};
    struct ps_due_key key = ps_due_key(&due);
    if (matter->in.carrier != PAYSCORE_CARRIER_COMMAND || due.lane != PAYSCORE_LANE_EFFECT ||
        ps_txn_get(change->txn, PS_TABLE_DUE, PS_KEY(key), &value) != PAYSCORE_OK ||
        !ps_change_inherits(change->engine, &due, record, value))
        return PAYSCORE_OK;
    return ps_change_settle_inherited(change, matter->subject.merchant, record);
}

/* The first input that reaches a record after its chart was revised: the record is told of that. */
static enum payscore_status revise(struct ps_change *change, const struct ps_matter *matter,
                                   const struct ps_record *record)
{
    uint16_t moved_by = record->revision == 0 ? 1 : record->revision;
    if (moved_by >= ps_chart_by_id(record->chart)->revision) return PAYSCORE_OK;
    struct ps_matter told = {0};
    told.subject.merchant = matter->subject.merchant;
    told.subject.id = record->id;
    told.in.event = PS_EVENT_chart_changed;
    told.in.carrier = PAYSCORE_CARRIER_TIME;
    ps_parts_add(&told.evidence, PS_PART_note,
                 PAYSCORE_TEXT("an older revision of the chart moved it last"));
    enum payscore_status rc = ps_change_apply(change, &told);
    ps_parts_free(&told.evidence);
    return rc;
}

/*
 * A restored record has its answer: what it owed as an effect counts as sent by the store before,
 * and it acts again from here on. The answer itself is applied after this.
 */
static enum payscore_status lift(struct ps_change *change, const struct ps_matter *matter,
                                 struct ps_record *record)
{
    if (!ps_mark_is_lifted(record, &matter->in)) return PAYSCORE_OK;
    if (ps_owes(ps_chart_by_id(record->chart), record)->lane == PAYSCORE_LANE_EFFECT) {
        enum payscore_status rc =
            settle_owed(change, matter->subject.merchant, record,
                        PAYSCORE_TEXT("owed when the backup was made: it counts as sent"));
        if (rc == PAYSCORE_OK) rc = ps_record_read(change->txn, &record->id, record);
        if (rc != PAYSCORE_OK) return rc;
    }
    struct ps_record old = *record;
    ps_mark_lift(record, change->now_ms);
    ps_change_put(change, &old, record);
    return ps_txn_status(change->txn);
}

enum payscore_status ps_change_before(struct ps_change *change, const struct ps_matter *matter,
                                      struct ps_record *record)
{
    if (ps_id_is_none(&record->id) || matter->in.event == PS_EVENT_chart_changed)
        return PAYSCORE_OK;
    uint64_t entries = change->head.entries;
    enum payscore_status rc = settle_first(change, matter, record);
    if (rc == PAYSCORE_OK) rc = revise(change, matter, record);
    if (rc == PAYSCORE_OK && change->head.entries != entries)
        rc = ps_record_read(change->txn, &record->id, record);
    return rc != PAYSCORE_OK ? rc : lift(change, matter, record);
}
