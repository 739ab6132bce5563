/*
 * One turn of the driver: read the items, apply them and what is due in one transaction, then hand
 * out calls.
 */
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/due.h"
#include "engine/item.h"
#include "engine/strays.h"
#include "engine/subject.h"
#include "engine/writing.h"

enum { HAND_OUT_AGAIN_MS = 1000 };

static void explain_refusal(struct payscore_item *item, const struct ps_reading *reading)
{
    const struct ps_outcome *outcome = &reading->matter.outcome;
    struct payscore_error *error = &item->result.error;
    if (outcome->why == NULL && outcome->row != NULL && item->kind == PAYSCORE_COMMAND)
        ps_command_explain(reading->command, item->command.body, outcome->row->en, error);
    else if (error->text[0] == '\0')
        ps_fail(error, PAYSCORE_OK, "%s",
                outcome->why != NULL ? outcome->why : item->result.row_text);
}

static void fill_chore(struct payscore_result *result, const struct ps_reading *reading)
{
    const struct ps_chore_work *work = &reading->work;
    result->status = reading->matter.status;
    result->error = work->why;
    if (result->status != PAYSCORE_OK) {
        if (work->why.text[0] == '\0')
            ps_fail(&result->error, PAYSCORE_OK, "%s", payscore_status_text(result->status));
        return;
    }
    result->verdict = PAYSCORE_TAKEN;
    result->entry = work->entry;
    result->count = work->count;
    result->more = work->more;
    result->row_text = ps_chore_meaning(reading->chore);
}

static void fill(struct payscore_item *item, const struct ps_reading *reading)
{
    struct payscore_result *result = &item->result;
    const struct ps_matter *matter = &reading->matter;
    const struct ps_outcome *outcome = &matter->outcome;
    if (reading->chore != PS_CHORE_none) {
        fill_chore(result, reading);
        return;
    }
    result->status = matter->status;
    if (matter->status != PAYSCORE_OK) {
        ps_fail(&result->error, PAYSCORE_OK, "%s", payscore_status_text(matter->status));
        return;
    }
    const struct ps_chart *chart = ps_chart_by_id(outcome->record.chart);
    const struct ps_state *state =
        chart == NULL ? NULL : ps_chart_state(chart, outcome->record.state);
    result->verdict = outcome->verdict;
    result->entry = outcome->entry;
    result->id = outcome->record.id;
    result->chart = chart == NULL ? "" : chart->name;
    result->state = state == NULL || state->kind == PS_STATE_INITIAL ? "" : state->name;
    if (outcome->row != NULL) {
        result->row = outcome->row->id;
        result->row_text = outcome->row->en;
    }
    if (outcome->verdict == PAYSCORE_REFUSED) explain_refusal(item, reading);
}

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

static enum payscore_status apply_all(struct ps_change *change, const struct payscore_turn *turn,
                                      struct ps_reading *readings)
{
    for (size_t i = 0; i < turn->item_count; i++) {
        if (readings[i].done) continue;
        enum payscore_status rc = apply(change, &readings[i]);
        if (rc != PAYSCORE_OK) return rc;
    }
    return ps_due_work(change);
}

static enum payscore_status run(struct payscore *engine, const struct payscore_turn *turn,
                                struct ps_reading *readings)
{
    struct ps_change change = {.engine = engine, .now_ms = ps_now_ms(engine)};
    enum payscore_status rc = ps_txn_begin(engine->store, PS_WRITE, &change.txn);
    if (rc != PAYSCORE_OK) return rc;
    change.head = *ps_txn_head(change.txn);
    rc = ps_writing_begin(&change);
    if (rc == PAYSCORE_OK) rc = apply_all(&change, turn, readings);
    if (rc == PAYSCORE_OK && change.dirty) return ps_txn_commit(change.txn, &change.head);
    ps_txn_abort(change.txn);
    return rc;
}

/* A call whose answer was applied is not under way any more. */
static void finish(struct payscore *engine, const struct payscore_turn *turn,
                   struct ps_reading *readings, enum payscore_status rc)
{
    ps_flight_end_settled(&engine->flights, rc == PAYSCORE_OK);
    for (size_t i = 0; i < turn->item_count; i++) {
        struct payscore_result *result = &turn->items[i].result;
        if (!readings[i].done && rc == PAYSCORE_OK) fill(&turn->items[i], &readings[i]);
        if (rc != PAYSCORE_OK) result->status = rc;
        if (readings[i].flight != NULL && result->status == PAYSCORE_OK)
            ps_flight_end(readings[i].flight);
        else if (readings[i].flight != NULL)
            ps_flight_lose(readings[i].flight);
        ps_reading_end(&readings[i]);
    }
}

/* Not even one item was looked at. */
static enum payscore_status refuse(struct payscore *engine, struct payscore_turn *turn,
                                   enum payscore_status rc)
{
    for (size_t i = 0; i < turn->item_count; i++) {
        struct payscore_item *item = &turn->items[i];
        struct ps_flight *flight = NULL;
        if (item->kind == PAYSCORE_REPLY)
            flight = ps_flight_by_token(&engine->flights, item->reply.token);
        if (flight != NULL) ps_flight_lose(flight);
        item->result =
            (struct payscore_result){.status = rc, .chart = "", .state = "", .row_text = ""};
    }
    return rc;
}

static bool usable(const struct payscore *engine, const struct payscore_turn *turn)
{
    return engine->role != PAYSCORE_READER && turn->item_count <= PAYSCORE_ITEMS_MAX;
}

enum payscore_status payscore_turn(struct payscore *engine, struct payscore_turn *turn,
                                   struct payscore_error *error)
{
    turn->calls = NULL;
    turn->call_count = 0;
    turn->next_due_ms = INT64_MAX;
    if (!usable(engine, turn)) {
        ps_fail(error, PAYSCORE_OK, "a turn needs a driver and at most %d items",
                PAYSCORE_ITEMS_MAX);
        return refuse(engine, turn, PAYSCORE_E_ARGUMENT);
    }
    struct ps_reading *readings = calloc(turn->item_count + 1, sizeof *readings);
    if (readings == NULL) {
        ps_fail(error, PAYSCORE_OK, "%s", payscore_status_text(PAYSCORE_E_MEMORY));
        return refuse(engine, turn, PAYSCORE_E_MEMORY);
    }
    for (size_t i = 0; i < turn->item_count; i++)
        ps_reading_begin(engine, &turn->items[i], &readings[i]);
    enum payscore_status rc = run(engine, turn, readings);
    finish(engine, turn, readings, rc);
    free(readings);
    if (rc != PAYSCORE_OK) {
        return ps_fail(error, rc, "%s", payscore_status_text(rc));
    }
    /* The items are durable: that nothing can be handed out now does not undo them. */
    if (ps_due_hand_out(engine, turn) != PAYSCORE_OK)
        turn->next_due_ms = ps_now_ms(engine) + HAND_OUT_AGAIN_MS;
    return PAYSCORE_OK;
}
