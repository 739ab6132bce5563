/*
 * Handing out calls that are due. They leave only from what is durable: this reads after the
 * commit.
 */
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/due.h"
#include "engine/due_scan.h"
#include "engine/marks.h"
#include "wechat/request.h"

/* A call whose bytes cannot be had waits this long before it is looked at again. */
enum { UNSENDABLE_WAIT_MS = 60000, STALE_MAX = 4096 };

struct hand_out {
    struct payscore *engine;
    struct payscore_turn *turn;
    struct ps_txn *txn;
    size_t room;
    int64_t now_ms;
};

static struct payscore_text own_copy(struct payscore_text text)
{
    char *copy = malloc(text.size + 1);
    if (copy == NULL) return (struct payscore_text){NULL, 0};
    if (text.size > 0) memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return (struct payscore_text){copy, text.size};
}

static enum payscore_status body_of(struct ps_txn *txn, const struct ps_record *record,
                                    struct payscore_text *body)
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    struct payscore_text found;
    enum payscore_status rc = ps_evidence_read(txn, record->call_entry, salt, &raw, &size);
    if (rc != PAYSCORE_OK) return rc;
    rc = PAYSCORE_E_CORRUPT;
    if (ps_parts_find((struct payscore_text){raw, size}, PS_PART_request_body, &found)) {
        *body = own_copy(found);
        rc = body->data == NULL ? PAYSCORE_E_MEMORY : PAYSCORE_OK;
    }
    free(raw);
    return rc;
}

static enum payscore_status build(const struct ps_record *record,
                                  const struct ps_merchant *merchant, struct ps_txn *txn,
                                  struct payscore_call *call)
{
    enum ps_call id = ps_mark_call(record);
    struct payscore_text number = {record->number, record->number_size};
    struct payscore_text openid = {record->openid, record->openid_size};
    struct ps_path_values values = {number, openid, ps_text_of(merchant->service_id),
                                    ps_text_of(merchant->appid)};
    char url[PS_URL_MAX];
    enum payscore_status rc = ps_call_url(id, &values, url);
    if (rc != PAYSCORE_OK) return rc;
    call->lane = (enum payscore_lane)record->due_lane;
    call->name = ps_call_name((uint8_t)id);
    call->method = ps_call_method(id);
    call->attempt = record->attempts;
    call->once = ps_call_repeat((uint8_t)id) == PS_REPEAT_NEVER;
    call->url = own_copy(ps_text_of(url));
    call->subject = own_copy(number);
    if (ps_call_is_effect(id)) rc = body_of(txn, record, &call->body);
    if (call->url.data == NULL || call->subject.data == NULL) rc = PAYSCORE_E_MEMORY;
    return rc;
}

static void free_call(struct payscore_call *call)
{
    free((void *)(uintptr_t)call->url.data);
    free((void *)(uintptr_t)call->body.data);
    free((void *)(uintptr_t)call->subject.data);
    memset(call, 0, sizeof *call);
}

static void note_flight(struct ps_flight *flight, const struct ps_record *record,
                        const struct payscore_call *call, int64_t now_ms)
{
    flight->begun_ms = now_ms;
    flight->id = record->id;
    flight->begun_version = record->version;
    flight->call_entry = record->call_entry;
    flight->merchant = call->merchant;
    flight->attempt = record->attempts;
    flight->call = (uint8_t)ps_mark_call(record);
    flight->effect = call->lane == PAYSCORE_LANE_EFFECT;
    memset(flight->number, 0, sizeof flight->number);
    memset(flight->openid, 0, sizeof flight->openid);
    memcpy(flight->number, record->number, record->number_size);
    memcpy(flight->openid, record->openid, record->openid_size);
}

static enum payscore_status hand_out_one(struct hand_out *out, const struct ps_record *record,
                                         const struct ps_merchant *merchant)
{
    struct payscore_turn *turn = out->turn;
    if (turn->calls == NULL) turn->calls = calloc(out->room, sizeof *turn->calls);
    if (turn->calls == NULL) return PAYSCORE_E_MEMORY;
    struct payscore_call *call = &turn->calls[turn->call_count];
    enum payscore_status rc = build(record, merchant, out->txn, call);
    struct ps_flight *flight = rc == PAYSCORE_OK ? ps_flight_new(&out->engine->flights) : NULL;
    if (flight == NULL) {
        free_call(call);
        return rc != PAYSCORE_OK ? rc : PAYSCORE_E_MEMORY;
    }
    call->token = flight->token;
    call->merchant = (size_t)(merchant - out->engine->merchants);
    note_flight(flight, record, call, out->now_ms);
    turn->call_count++;
    return PAYSCORE_OK;
}

static void due_at(struct payscore_turn *turn, int64_t at_ms)
{
    if (at_ms < turn->next_due_ms) turn->next_due_ms = at_ms;
}

/* Whether the entry can be called now; `*stale`: it is meant no more, and the next turn drops it.
 */
static bool callable(struct hand_out *out, const struct ps_due_scan *scan, struct ps_record *record,
                     const struct ps_merchant **merchant, bool *stale)
{
    *stale = false;
    if (ps_flight_under_way(&out->engine->flights, &scan->due.id,
                            scan->lane == PAYSCORE_LANE_EFFECT))
        return false;
    enum payscore_status rc = ps_due_read(out->engine, scan, record, merchant);
    if (ps_due_waits(rc)) return false;
    *stale = rc != PAYSCORE_OK || !ps_due_is_meant(&scan->due, record);
    return !*stale && (*merchant)->ring != NULL && !ps_due_is_held(&scan->due, record);
}

static void hand_out_lane(struct hand_out *out, uint32_t merchant_number, uint8_t lane,
                          size_t *want)
{
    struct ps_due_scan scan = {.txn = out->txn, .now_ms = out->now_ms};
    ps_due_scan_begin(&scan, merchant_number, lane);
    for (int stale_count = 0; stale_count < STALE_MAX && ps_due_scan_next(&scan);) {
        struct ps_record record;
        const struct ps_merchant *merchant = NULL;
        bool stale = false;
        bool now = callable(out, &scan, &record, &merchant, &stale);
        stale_count += stale ? 1 : 0;
        if (stale) due_at(out->turn, out->now_ms);
        if (!now) continue;
        if (*want == 0) return; /* The caller knows that it could take no more. */
        if (ps_due_is_inherited(out->engine, &scan, &record))
            due_at(out->turn, out->now_ms); /* The next turn settles it. */
        else if (hand_out_one(out, &record, merchant) == PAYSCORE_OK)
            --*want;
        else
            due_at(out->turn, out->now_ms + UNSENDABLE_WAIT_MS);
    }
    due_at(out->turn, ps_due_ahead(out->engine, &scan));
}

/* Tells and wakes that are left, or lie ahead; not those that this process cannot work on. */
static void next_inside(struct hand_out *out, uint32_t merchant_number, uint8_t lane)
{
    struct ps_due_scan scan = {.txn = out->txn, .now_ms = out->now_ms};
    ps_due_scan_begin(&scan, merchant_number, lane);
    while (ps_due_scan_next(&scan)) {
        struct ps_record record;
        const struct ps_merchant *merchant = NULL;
        if (ps_due_waits(ps_due_read(out->engine, &scan, &record, &merchant))) continue;
        due_at(out->turn, out->now_ms);
        return;
    }
    due_at(out->turn, ps_due_ahead(out->engine, &scan));
}

/* More than can be under way is never handed out, whatever is wanted. */
static size_t no_more(size_t want)
{
    return want < PS_FLIGHTS_MAX ? want : PS_FLIGHTS_MAX;
}

/* The merchants take turns at being the first, so that none waits for the end of another's. */
static void walk(struct hand_out *out, struct payscore_wants *want)
{
    struct payscore *engine = out->engine;
    size_t count = engine->merchant_count;
    size_t before = 0;
    size_t first = engine->hand_out_from;
    for (size_t k = 0; k < count; k++) {
        size_t i = (first + k) % count;
        if (!ps_due_first_of_mchid(engine, i)) continue;
        uint32_t merchant = engine->merchants[i].merchant;
        hand_out_lane(out, merchant, PAYSCORE_LANE_EFFECT, &want->effects_max);
        hand_out_lane(out, merchant, PAYSCORE_LANE_ASK, &want->asks_max);
        hand_out_lane(out, merchant, PAYSCORE_LANE_POLL, &want->polls_max);
        next_inside(out, merchant, PAYSCORE_LANE_TELL);
        next_inside(out, merchant, PAYSCORE_LANE_WAKE);
        if (out->turn->call_count > before) engine->hand_out_from = (i + 1) % count;
        before = out->turn->call_count;
    }
}

enum payscore_status ps_due_hand_out(struct payscore *engine, struct payscore_turn *turn)
{
    struct hand_out out = {.engine = engine, .turn = turn, .now_ms = ps_now_ms(engine)};
    struct payscore_wants want = {no_more(turn->wants.effects_max), no_more(turn->wants.asks_max),
                                  no_more(turn->wants.polls_max)};
    out.room = want.effects_max + want.asks_max + want.polls_max;
    turn->next_due_ms = INT64_MAX;
    enum payscore_status rc = ps_txn_begin(engine->store, PS_READ, &out.txn);
    if (rc != PAYSCORE_OK) return rc;
    size_t lost = 0;
    if (ps_txn_head(out.txn)->epoch == engine->epoch)
        walk(&out, &want);
    else
        rc = PAYSCORE_E_BUSY; /* Another process drives the store now. */
    if (ps_flight_next_lost(&engine->flights, &lost) != NULL) due_at(turn, out.now_ms);
    /* What could not be read to the end may have hidden what is due. */
    if (rc == PAYSCORE_OK) rc = ps_txn_status(out.txn);
    ps_txn_abort(out.txn);
    return rc;
}

void payscore_calls_free(struct payscore_call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_call(&calls[i]);
    free(calls);
}
