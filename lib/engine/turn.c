/* One transaction: readings are applied in their order, and what is due inside the store is done.
 */
#include "engine/turn.h"

#include <string.h>

#include "engine/due.h"
#include "engine/strays.h"
#include "engine/subject.h"
#include "engine/writing.h"

/*
 * An adoption takes up what was seen of its number before. Any other command that would bear the
 * record is refused: the platform has an order of this number that is none of ours.
 */
static enum payscore_status apply_named(struct ps_change *change, struct ps_matter *matter)
{
    uint64_t stray = ps_stray_of(change, &matter->subject);
    if (stray != 0 && matter->in.event != PS_EVENT_cmd_adopt) {
        memset(&matter->outcome, 0, sizeof matter->outcome);
        matter->outcome.verdict = PAYSCORE_REFUSED;
        matter->outcome.why = "The platform notified of an order of this number that was not made "
                              "here: adopt it, or take a new out_order_no.";
        return PAYSCORE_OK;
    }
    if (stray != 0) ps_stray_note(matter, stray);
    enum payscore_status rc = ps_change_apply(change, matter);
    bool taken = matter->status == PAYSCORE_OK && matter->outcome.verdict == PAYSCORE_TAKEN;
    if (rc == PAYSCORE_OK && stray != 0 && taken) rc = ps_stray_adopt(change, matter, stray);
    return rc;
}

static enum payscore_status apply_stray(struct ps_change *change, struct ps_matter *matter)
{
    enum payscore_status rc = ps_change_stray(change, matter);
    if (rc == PAYSCORE_OK) ps_stray_remember(change, matter);
    return rc;
}

/* A chore's own trouble is its own: others go on. */
static enum payscore_status apply_chore(struct ps_change *change, struct ps_reading *reading)
{
    struct ps_matter *matter = &reading->matter;
    memset(&matter->outcome, 0, sizeof matter->outcome);
    matter->status = ps_chore_apply(change, reading->chore, &reading->work);
    matter->outcome.verdict =
        matter->status == PAYSCORE_OK ? PAYSCORE_TAKEN : PAYSCORE_VERDICT_NONE;
    matter->outcome.entry = reading->work.entry;
    enum payscore_status rc = ps_txn_status(change->txn);
    if (rc != PAYSCORE_OK || ps_chore_is_own(matter->status)) return rc;
    return matter->status;
}

static enum payscore_status apply(struct ps_change *change, struct ps_reading *reading)
{
    struct ps_matter *matter = &reading->matter;
    if (reading->chore != PS_CHORE_none) return apply_chore(change, reading);
    if (!ps_subject_resolve(change, reading)) return ps_txn_status(change->txn);
    if (reading->of_another_service) return ps_change_stray(change, matter);
    enum payscore_status rc = apply_named(change, matter);
    bool notice = matter->in.carrier == PAYSCORE_CARRIER_NOTICE;
    if (rc == PAYSCORE_OK && notice && ps_subject_is_unknown(matter))
        rc = apply_stray(change, matter);
    return rc;
}

/* Where there is no room commands and chores wait; evidence has room of its own. */
static void refuse_without_room(struct payscore *engine, const struct ps_group *group)
{
    struct payscore_error why = {""};
    enum payscore_status room = ps_store_room(engine->store, &why);
    for (size_t i = 0; room != PAYSCORE_OK && i < group->count; i++) {
        struct ps_reading *reading = group->readings[i];
        bool command = reading->chore != PS_CHORE_none || reading->command != 0;
        if (reading->done || !command) continue;
        reading->result.status = room;
        reading->result.error = why;
        reading->done = true;
    }
}

static enum payscore_status apply_all(struct ps_change *change, const struct ps_group *group)
{
    for (size_t i = 0; i < group->count; i++) {
        if (group->readings[i]->done) continue;
        enum payscore_status rc = apply(change, group->readings[i]);
        if (rc != PAYSCORE_OK) return rc;
    }
    return group->drives ? ps_due_work(change) : PAYSCORE_OK;
}

enum payscore_status ps_turn_apply(struct payscore *engine, const struct ps_group *group)
{
    struct ps_change change = {.engine = engine, .now_ms = ps_now_ms(engine)};
    refuse_without_room(engine, group);
    enum payscore_status rc = ps_txn_begin(engine->store, PS_WRITE, &change.txn);
    if (rc != PAYSCORE_OK) return rc;
    change.head = *ps_txn_head(change.txn);
    rc = ps_writing_begin(&change);
    if (rc == PAYSCORE_OK) rc = apply_all(&change, group);
    if (rc == PAYSCORE_OK && change.dirty) return ps_txn_commit(change.txn, &change.head);
    ps_txn_abort(change.txn);
    return rc;
}
