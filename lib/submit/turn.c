/*
 * One turn of the driver: read the items, commit them with what is queued and what is due, answer,
 * then hand out calls.
 */
#include <stdlib.h>

#include "engine/due.h"
#include "submit/drive.h"
#include "submit/queue.h"

enum { HAND_OUT_AGAIN_MS = 1000 };

/* A call whose answer was applied is not under way any more. */
static void finish(struct payscore *engine, const struct payscore_turn *turn,
                   struct ps_reading *readings, enum payscore_status rc)
{
    ps_flight_end_settled(&engine->flights, rc == PAYSCORE_OK);
    for (size_t i = 0; i < turn->item_count; i++) {
        struct ps_reading *reading = &readings[i];
        ps_reading_finish(reading, rc);
        turn->items[i].result = reading->result;
        if (reading->flight != NULL && reading->result.status == PAYSCORE_OK)
            ps_flight_end(reading->flight);
        else if (reading->flight != NULL)
            ps_flight_lose(reading->flight);
        ps_reading_end(reading);
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

static enum payscore_status check(const struct payscore *engine, const struct payscore_turn *turn,
                                  struct payscore_error *error)
{
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->role == PAYSCORE_DRIVER && turn->item_count <= PAYSCORE_ITEMS_MAX)
        return PAYSCORE_OK;
    return ps_fail(error, PAYSCORE_E_ARGUMENT, "a turn needs a driver and at most %d items",
                   PAYSCORE_ITEMS_MAX);
}

/* What is read, and where the queue finds it: two arrays in one block. */
static struct ps_reading *read_items(struct payscore *engine, const struct payscore_turn *turn,
                                     struct ps_reading ***pointers)
{
    size_t count = turn->item_count;
    struct ps_reading *readings = calloc(count + 1, sizeof *readings + sizeof(struct ps_reading *));
    if (readings == NULL) return NULL;
    *pointers = (struct ps_reading **)(void *)&readings[count + 1];
    for (size_t i = 0; i < count; i++) {
        (*pointers)[i] = &readings[i];
        ps_reading_begin(engine, &turn->items[i], &readings[i]);
    }
    return readings;
}

enum payscore_status payscore_turn(struct payscore *engine, struct payscore_turn *turn,
                                   struct payscore_error *error)
{
    turn->calls = NULL;
    turn->call_count = 0;
    turn->next_due_ms = INT64_MAX;
    enum payscore_status rc = check(engine, turn, error);
    if (rc != PAYSCORE_OK) return refuse(engine, turn, rc);
    struct ps_reading **pointers = NULL;
    struct ps_reading *readings = read_items(engine, turn, &pointers);
    if (readings == NULL) {
        ps_fail(error, PAYSCORE_OK, "%s", payscore_status_text(PAYSCORE_E_MEMORY));
        return refuse(engine, turn, PAYSCORE_E_MEMORY);
    }
    ps_drive_serve(engine);
    rc = ps_queue_turn(engine, pointers, turn->item_count);
    finish(engine, turn, readings, rc);
    free(readings);
    ps_queue_deliver(engine);
    if (rc != PAYSCORE_OK) return ps_fail(error, rc, "%s", payscore_status_text(rc));
    /* The items are durable: that nothing can be handed out now does not undo them. */
    if (ps_due_hand_out(engine, turn) != PAYSCORE_OK)
        turn->next_due_ms = ps_now_ms(engine) + HAND_OUT_AGAIN_MS;
    return PAYSCORE_OK;
}
