/* One input, one record, inside a transaction. */
#include "engine/change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "core/panic.h"
#include "engine/left.h"
#include "engine/marks.h"
#include "engine/receipts.h"
#include "wechat/request.h"

static struct payscore_text bytes_of(const void *bytes, size_t size)
{
    return (struct payscore_text){bytes, size};
}

/* A record that does not exist yet, as the chart's initial state sees it. */
static enum payscore_status blank(const struct ps_subject *subject, struct ps_record *record)
{
    if (subject->number.size > PS_NUMBER_MAX || subject->openid.size > PS_OPENID_MAX)
        return PAYSCORE_E_TOO_LARGE;
    memset(record, 0, sizeof *record);
    record->layout = PS_RECORD_LAYOUT;
    record->chart = subject->chart;
    record->state = ps_chart_by_id(subject->chart)->initial;
    record->merchant = subject->merchant->merchant;
    record->service = subject->merchant->service;
    record->number_size = (uint8_t)subject->number.size;
    record->openid_size = (uint8_t)subject->openid.size;
    if (subject->number.size > 0)
        memcpy(record->number, subject->number.data, subject->number.size);
    if (subject->openid.size > 0)
        memcpy(record->openid, subject->openid.data, subject->openid.size);
    return PAYSCORE_OK;
}

static enum payscore_status find(struct ps_change *change, const struct ps_subject *subject,
                                 struct ps_record *record)
{
    struct payscore_id id = subject->id;
    if (!ps_id_is_none(&id)) return ps_record_read(change->txn, &id, record);
    char name[PS_NAME_MAX + 1];
    if (!ps_alias_name(subject->chart, subject->merchant, subject->number, subject->openid, name))
        return PAYSCORE_E_TOO_LARGE;
    enum payscore_status rc = ps_record_find(change->txn, subject->chart,
                                             subject->merchant->merchant, ps_text_of(name), &id);
    if (rc == PAYSCORE_E_NOT_FOUND) return blank(subject, record);
    if (rc == PAYSCORE_OK) rc = ps_record_read(change->txn, &id, record);
    if (rc != PAYSCORE_OK || subject->asked == NULL) return rc;
    return ps_mark_asks_first(record) ? PAYSCORE_E_RESTORED : PAYSCORE_OK;
}

static enum payscore_status bear(struct ps_change *change, const struct ps_subject *subject,
                                 struct ps_record *record)
{
    char name[PS_NAME_MAX + 1];
    struct ps_alias_key alias;
    if (!ps_alias_name(subject->chart, subject->merchant, subject->number, subject->openid, name) ||
        !ps_alias_key(subject->chart, subject->merchant->merchant, ps_text_of(name), &alias))
        return PAYSCORE_E_TOO_LARGE;
    enum payscore_status rc = ps_home_of(subject->merchant, name, &record->id.home);
    if (rc != PAYSCORE_OK) return rc;
    record->id.birth_ms = (uint64_t)change->now_ms;
    record->id.counter = (uint32_t)++change->head.births;
    record->first_entry = change->head.entries + 1;
    /* What has a number is made once; a user can be asked about again and again. */
    if (subject->asked != NULL && subject->number.size > 0)
        memcpy(record->birth_content, subject->asked->content, PS_DIGEST_SHORT);
    struct ps_id_key key = ps_id_key(&record->id);
    ps_txn_put(change->txn, PS_TABLE_ALIASES, bytes_of(alias.bytes, alias.size), PS_KEY(key));
    return PAYSCORE_OK;
}

static void put_due(struct ps_change *change, const struct ps_due *due, struct payscore_text value)
{
    struct ps_due_key key = ps_due_key(due);
    ps_txn_put(change->txn, PS_TABLE_DUE, PS_KEY(key), value);
}

bool ps_due_lane_waits(uint8_t lane)
{
    return lane == PAYSCORE_LANE_ASK || lane == PAYSCORE_LANE_POLL;
}

/*
 * Whether an entry stands for what `next` owes already: at its own time, or before it, from where
 * the driver moves it on. To put one each time would cost a page a look.
 */
static bool is_due_by_then(const struct ps_record *old, const struct ps_record *next)
{
    /* What a held record owes was dropped from the table. */
    bool released = old->hold != PS_HOLD_none && next->hold == PS_HOLD_none;
    if (old->due_at_ms == 0 || old->due_lane != next->due_lane || released) return false;
    return old->due_at_ms == next->due_at_ms ||
           (old->due_at_ms < next->due_at_ms && ps_due_lane_waits(next->due_lane));
}

/* The epoch tells a later process that it did not hand this out itself. */
void ps_change_put(struct ps_change *change, const struct ps_record *old,
                   const struct ps_record *next)
{
    struct ps_id_key key = ps_id_key(&next->id);
    ps_txn_put(change->txn, PS_TABLE_RECORDS, PS_KEY(key), bytes_of(next, sizeof *next));
    change->dirty = true;
    if (next->due_at_ms == 0 || is_due_by_then(old, next)) return;
    struct ps_due due = {.merchant = next->merchant,
                         .lane = next->due_lane,
                         .at_ms = next->due_at_ms,
                         .id = next->id};
    put_due(change, &due, bytes_of(&change->engine->epoch, sizeof change->engine->epoch));
}

/* Two moves of one record in one millisecond must not tell over each other. */
static void find_room(struct ps_change *change, struct ps_due *due)
{
    struct payscore_text value;
    struct ps_due_key key = ps_due_key(due);
    while (ps_txn_get(change->txn, PS_TABLE_DUE, PS_KEY(key), &value) == PAYSCORE_OK) {
        if (++due->part == 0) due->at_ms++;
        key = ps_due_key(due);
    }
}

static void put_tells(struct ps_change *change, const struct ps_step *step)
{
    for (uint8_t i = 0; i < step->tell_count; i++) {
        const struct ps_tell *tell = &step->tells[i];
        struct ps_told told = {.target = tell->target,
                               .platform_ms = tell->platform_ms,
                               .sender_version = step->next.version * PS_TELLS_PER_STEP_MAX + i,
                               .chart = tell->chart,
                               .event = tell->event};
        struct ps_due due = {.merchant = step->next.merchant,
                             .lane = PAYSCORE_LANE_TELL,
                             .at_ms = change->now_ms,
                             .id = step->next.id};
        find_room(change, &due);
        put_due(change, &due, bytes_of(&told, sizeof told));
    }
}

/* What was not sealed before is sealed here. */
static enum payscore_status put_evidence(struct ps_change *change, struct ps_parts *parts,
                                         uint64_t number, uint8_t digest[PS_HASH_SIZE])
{
    if (!parts->sealed) {
        uint8_t salt[PS_SALT_SIZE];
        ps_random(change->engine, salt, sizeof salt);
        ps_parts_seal(parts, salt);
    }
    if (parts->status != PAYSCORE_OK) return parts->status;
    struct ps_entry_key key = ps_entry_key(number);
    ps_txn_append(change->txn, PS_TABLE_EVIDENCE, PS_KEY(key),
                  bytes_of(parts->packed, parts->packed_size));
    memcpy(digest, parts->digest, PS_HASH_SIZE);
    return PAYSCORE_OK;
}

enum payscore_status ps_change_append(struct ps_change *change, struct ps_entry *entry,
                                      struct ps_parts *parts)
{
    struct ps_head *head = &change->head;
    entry->layout = PS_ENTRY_LAYOUT;
    entry->number = head->entries + 1;
    entry->at_ms = change->now_ms > head->last_ms ? change->now_ms : head->last_ms;
    memcpy(entry->chart_digest, change->engine->chart_digest, PS_HASH_SIZE);
    memcpy(entry->previous_hash, head->hash, PS_HASH_SIZE);
    enum payscore_status rc = put_evidence(change, parts, entry->number, entry->evidence_digest);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_entry_hash(entry, entry->hash);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_entry_key key = ps_entry_key(entry->number);
    ps_txn_append(change->txn, PS_TABLE_JOURNAL, PS_KEY(key), bytes_of(entry, sizeof *entry));
    head->entries = entry->number;
    head->last_ms = entry->at_ms;
    memcpy(head->hash, entry->hash, PS_HASH_SIZE);
    change->dirty = true;
    return PAYSCORE_OK;
}

static void entry_from(struct ps_entry *entry, const struct ps_step *step, uint16_t from,
                       const struct ps_input *in)
{
    const struct ps_record *next = &step->next;
    *entry = (struct ps_entry){.record = next->id,
                               .version = next->version,
                               .previous_entry = next->last_entry,
                               .merchant = next->merchant,
                               .service = next->service,
                               .chart = next->chart,
                               .row = step->row->id,
                               .from = from,
                               .to = next->state,
                               .event = in->event,
                               .reason = next->reason,
                               .hold = next->hold,
                               .carrier = in->carrier,
                               .call = in->call,
                               .flags = next->flags,
                               .asked_fen = next->asked_fen,
                               .total_fen = next->total_fen,
                               .paid_fen = next->paid_fen};
}

/* A call of our own making: its bytes are rendered here, once. */
static enum payscore_status render_own(const struct ps_merchant *merchant,
                                       const struct ps_step *step, struct ps_parts *parts)
{
    PS_ASSERT(step->render == PS_CALL_cancel_order);
    struct ps_service service = {ps_text_of(merchant->mchid),
                                 ps_text_of(merchant->appid),
                                 ps_text_of(merchant->service_id),
                                 {NULL, 0}};
    struct ps_rendered rendered = {0};
    struct payscore_error error;
    enum payscore_status rc =
        ps_render_cancel(&service, PAYSCORE_TEXT("订单创建未成功，撤销"), &rendered, &error);
    if (rc == PAYSCORE_OK)
        ps_parts_add(parts, PS_PART_request_body, bytes_of(rendered.body, rendered.body_size));
    ps_rendered_free(&rendered);
    return rc;
}

static void put_handover(struct ps_change *change, const struct ps_record *next,
                         struct payscore_text handover)
{
    struct ps_id_key key = ps_id_key(&next->id);
    ps_txn_put(change->txn, PS_TABLE_HANDOVERS, PS_KEY(key), handover);
}

/*
 * What was handed over is of no more use once the platform moved on, or the record ended: it must
 * not lie about for longer than that.
 */
static void drop_handover(struct ps_change *change, const struct ps_record *old,
                          struct ps_record *next)
{
    const struct ps_state *state = ps_chart_state(ps_chart_by_id(next->chart), next->state);
    bool moved_on = next->effects != old->effects || state->kind == PS_STATE_FINAL;
    if (old->expires_ms == 0 || !moved_on) return;
    struct ps_id_key key = ps_id_key(&next->id);
    next->expires_ms = 0;
    ps_txn_delete(change->txn, PS_TABLE_HANDOVERS, PS_KEY(key));
}

static enum payscore_status store_move(struct ps_change *change, struct ps_matter *matter,
                                       const struct ps_record *old, struct ps_step *step)
{
    const struct ps_subject *subject = &matter->subject;
    enum payscore_status rc = PAYSCORE_OK;
    struct ps_record *next = &step->next;
    if (ps_id_is_none(&next->id)) rc = bear(change, subject, next);
    if (rc == PAYSCORE_OK && step->render != PS_CALL_none)
        rc = render_own(subject->merchant, step, &matter->evidence);
    if (rc != PAYSCORE_OK) return rc;

    struct ps_entry entry;
    entry_from(&entry, step, old->state, &matter->in);
    if (subject->asked != NULL) ps_receipt_hint(&entry, subject->asked);
    rc = ps_change_append(change, &entry, &matter->evidence);
    if (rc != PAYSCORE_OK) return rc;
    next->last_entry = entry.number;
    if (step->keep_request || step->render != PS_CALL_none) next->call_entry = entry.number;
    if (subject->asked != NULL) ps_receipt_put(next, subject->asked, &entry);
    if (matter->in.carrier == PAYSCORE_CARRIER_TELL) {
        next->told_by = matter->in.sender;
        next->told_version = matter->in.sender_version;
    }
    if (!step->hand_over) drop_handover(change, old, next);
    ps_change_put(change, old, next);
    put_tells(change, step);
    if (step->hand_over) put_handover(change, next, matter->handover);
    matter->outcome.entry = entry.number;
    return PAYSCORE_OK;
}

static bool told_before(const struct ps_record *record, const struct ps_input *in)
{
    return in->carrier == PAYSCORE_CARRIER_TELL && ps_id_equal(&record->told_by, &in->sender) &&
           in->sender_version <= record->told_version;
}

static enum payscore_status step(struct ps_change *change, struct ps_matter *matter,
                                 const struct ps_record *old)
{
    struct ps_outcome *outcome = &matter->outcome;
    struct ps_step out;
    ps_step(ps_chart_by_id(old->chart), old, &matter->in, &out);
    ps_mark_keep(old, &matter->in, &out);
    outcome->verdict = out.verdict;
    outcome->row = out.row;
    enum payscore_status rc = PAYSCORE_OK;
    if (out.verdict == PAYSCORE_TAKEN)
        rc = store_move(change, matter, old, &out);
    else if (out.moved_look)
        ps_change_put(change, old, &out.next);
    if (out.verdict == PAYSCORE_TAKEN || out.moved_look) outcome->record = out.next;
    if (out.verdict == PAYSCORE_REFUSED && matter->subject.asked != NULL)
        ps_receipt_of_content(old, matter->subject.asked, outcome);
    return rc != PAYSCORE_OK ? rc : ps_txn_status(change->txn);
}

/* Of a retired order nothing is left that an input could move; its number stays taken. */
static void leave_retired(struct ps_matter *matter, const struct ps_record *old)
{
    bool command = matter->subject.asked != NULL;
    matter->status = PAYSCORE_OK;
    matter->outcome.record = *old;
    matter->outcome.verdict = command ? PAYSCORE_REFUSED : PAYSCORE_IGNORED;
    matter->outcome.why = command ? "This number was used, and its order came to its end and was "
                                    "retired: take a new out_order_no."
                                  : "The order came to its end and was retired.";
}

/* Nothing may be asked of the platform by a name that it never gave. */
static bool leave_erased(const struct ps_asked *asked, const struct ps_record *old,
                         struct ps_outcome *outcome)
{
    if (asked == NULL || old->chart != PS_CHART_authorization || !ps_record_is_erased(old))
        return false;
    outcome->verdict = PAYSCORE_REFUSED;
    outcome->why = "This user was erased.";
    return true;
}

enum payscore_status ps_change_apply(struct ps_change *change, struct ps_matter *matter)
{
    struct ps_outcome *outcome = &matter->outcome;
    memset(outcome, 0, sizeof *outcome);
    struct ps_record old;
    matter->status = find(change, &matter->subject, &old);
    if (matter->status == PAYSCORE_E_NOT_FOUND && ps_record_is_retired(&old))
        leave_retired(matter, &old);
    if (matter->status != PAYSCORE_OK || ps_record_is_retired(&old)) return PAYSCORE_OK;
    outcome->record = old;
    matter->in.now_ms = change->now_ms;
    matter->in.chance = ps_chance(change->engine);
    const struct ps_asked *asked = matter->subject.asked;
    if (asked != NULL && old.service != matter->subject.merchant->service) {
        outcome->verdict = PAYSCORE_REFUSED;
        outcome->why = "This name belongs to another appid or service of the merchant.";
        return PAYSCORE_OK;
    }
    if (leave_erased(asked, &old, outcome)) return PAYSCORE_OK;
    enum payscore_status rc = PAYSCORE_OK;
    if (asked != NULL && asked->keyed) rc = ps_receipt_of_key(change, &old, asked, outcome);
    if (rc != PAYSCORE_OK || outcome->verdict != PAYSCORE_VERDICT_NONE) return rc;
    if (asked != NULL && asked->once && change->engine->role == PAYSCORE_SUBMITTER) {
        outcome->verdict = PAYSCORE_REFUSED;
        outcome->why =
            "This call leaves at once or not at all, and no worker runs: start it first.";
        return PAYSCORE_OK;
    }
    if (told_before(&old, &matter->in)) {
        outcome->verdict = PAYSCORE_IGNORED;
        return PAYSCORE_OK;
    }
    rc = ps_change_before(change, matter, &old);
    if (rc != PAYSCORE_OK) return rc;
    outcome->record = old;
    return step(change, matter, &old);
}

enum payscore_status ps_change_stray(struct ps_change *change, struct ps_matter *matter)
{
    const struct ps_subject *subject = &matter->subject;
    const struct ps_input *in = &matter->in;
    memset(&matter->outcome, 0, sizeof matter->outcome);
    struct ps_entry entry = {.merchant = subject->merchant->merchant,
                             .service = subject->merchant->service,
                             .chart = subject->chart,
                             .event = in->event,
                             .carrier = in->carrier,
                             .total_fen = in->view.total_fen,
                             .paid_fen = in->view.paid_fen};
    enum payscore_status rc = ps_change_append(change, &entry, &matter->evidence);
    if (rc != PAYSCORE_OK) return rc;
    matter->outcome.verdict = PAYSCORE_STRAY;
    matter->outcome.entry = entry.number;
    return ps_txn_status(change->txn);
}
