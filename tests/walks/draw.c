/*
 * What may come: headers and inputs drawn so that every guard holds now and then.
 */
#include <string.h>

#include "walks.h"

enum { DAY_MS = 86400000, VERSIONS = 1000 };

static const char openid[] = "oabc";
static const char other_openid[] = "odef";
static const char code[] = "AUTH20260301000001";
static const char transaction_id[] = "4200000001202603010000000001";

uint32_t walk_dice(struct walk *walk, uint32_t sides)
{
    walk->seed ^= walk->seed << 13;
    walk->seed ^= walk->seed >> 7;
    walk->seed ^= walk->seed << 17;
    return (uint32_t)(walk->seed >> 32) % sides;
}

static bool coin(struct walk *walk)
{
    return walk_dice(walk, 2) == 0;
}

static int64_t amount(struct walk *walk)
{
    static const int64_t amounts_fen[] = {0, 800, 900};
    return amounts_fen[walk_dice(walk, 3)];
}

/* Before now by one of the spans that rows lean on, or after it. */
static int64_t moment(struct walk *walk)
{
    static const int64_t ago_ms[] = {0,
                                     1,
                                     1000,
                                     PS_LIMIT_token_grace_ms + 1,
                                     PS_LIMIT_unanswered_ms + 1,
                                     PS_LIMIT_watch_ms + 1,
                                     30 * (int64_t)DAY_MS,
                                     -PS_LIMIT_token_ms};
    uint32_t which = walk_dice(walk, sizeof ago_ms / sizeof ago_ms[0] + 1);
    return which == 0 ? 0 : walk->now_ms - ago_ms[which - 1];
}

static struct payscore_text text(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static struct payscore_id some_record(struct walk *walk)
{
    return (struct payscore_id){.birth_ms = 1 + walk_dice(walk, 1000), .counter = 7, .home = 3};
}

/* Ids of a table that may have holes. */
static uint16_t named(struct walk *walk, const char *(*name)(uint16_t))
{
    for (int tries = 0; tries < 100; tries++) {
        uint16_t id = (uint16_t)walk_dice(walk, 64);
        if (name(id)[0] != '\0') return id;
    }
    return 0;
}

bool walk_is_leaf(const struct ps_chart *chart, uint16_t state)
{
    const struct ps_state *found = ps_chart_state(chart, state);
    return found != NULL && found->kind != PS_STATE_COMPOSITE;
}

static struct ps_wish any_wish(struct walk *walk)
{
    return (struct ps_wish){.terms = (uint16_t)(walk_dice(walk, 1 << 16) & PS_FLAGS_OF_TERMS),
                            .end_by_day = coin(walk),
                            .has_end_place = coin(walk),
                            .risk_fen = amount(walk),
                            .start_ms = moment(walk),
                            .end_ms = moment(walk),
                            .paid_ms = moment(walk)};
}

static uint8_t put_text(char *to, const char *from)
{
    size_t size = strlen(from);
    memcpy(to, from, size);
    return (uint8_t)size;
}

/* What only one chart's records have. */
static void draw_own(struct walk *walk, struct ps_record *record)
{
    if (record->chart == PS_CHART_authorization) {
        if (coin(walk)) record->asker = some_record(walk);
        if (coin(walk)) record->number_size = put_text(record->number, code);
        record->orders = walk_dice(walk, 3);
        return;
    }
    record->number_size = put_text(record->number, code);
    if (record->chart != PS_CHART_service_order) return;
    record->risk_fen = amount(walk);
    record->wanted_fen = amount(walk);
    record->start_ms = moment(walk);
}

void walk_begin(struct walk *walk)
{
    memset(&walk->record, 0, sizeof walk->record);
    walk->now_ms = INT64_C(1772330400000);
    walk->record.chart = walk->chart->id;
    walk->record.state = walk->chart->initial;
}

void walk_begin_in(struct walk *walk, uint16_t state)
{
    struct ps_record *record = &walk->record;
    walk_begin(walk);
    record->state = state;
    record->version = 1 + walk_dice(walk, VERSIONS);
    record->effects = walk_dice(walk, 3);
    record->attempts = (uint16_t)walk_dice(walk, 10);
    record->doubts = (uint16_t)(walk_dice(walk, 16) == 0 ? UINT16_MAX : walk_dice(walk, 3));
    record->since_ms = moment(walk);
    record->due_lane = ps_owes(walk->chart, record)->lane;
    record->call = ps_owes(walk->chart, record)->call;
    if (record->due_lane != PAYSCORE_LANE_NONE) record->due_at_ms = 1 + walk_dice(walk, 1000);
    record->call_entry = walk_dice(walk, 3);
    record->hold = coin(walk) ? 0 : named(walk, ps_hold_name);
    record->held_since_ms = record->hold == 0 ? 0 : moment(walk);
    record->reason = coin(walk) ? PS_REASON_not_authorized : named(walk, ps_reason_name);
    record->flags = (uint16_t)(walk_dice(walk, UINT16_MAX + 1));
    record->paid_type = (uint8_t)walk_dice(walk, 4);
    record->asked_fen = amount(walk);
    record->total_fen = amount(walk);
    record->paid_fen = amount(walk);
    record->platform_ms = moment(walk);
    record->expires_ms = moment(walk);
    if (coin(walk)) record->openid_size = put_text(record->openid, openid);
    if (coin(walk)) record->transaction_id_size = put_text(record->transaction_id, transaction_id);
    draw_own(walk, record);
}

uint16_t walk_event(struct walk *walk)
{
    return walk->chart->events[walk_dice(walk, walk->chart->event_count)];
}

static uint8_t carrier_of(struct walk *walk, uint8_t lane, enum ps_event_kind kind)
{
    uint8_t answer = lane == PAYSCORE_LANE_EFFECT ? PAYSCORE_CARRIER_REPLY : PAYSCORE_CARRIER_QUERY;
    switch (kind) {
    case PS_KIND_COMMAND: return PAYSCORE_CARRIER_COMMAND;
    case PS_KIND_VIEW:
        if (walk_dice(walk, 4) == 0) return PAYSCORE_CARRIER_NOTICE;
        return walk_dice(walk, 4) == 0 ? PAYSCORE_CARRIER_QUERY : answer;
    case PS_KIND_ANSWER:
    case PS_KIND_LOOK: return answer;
    case PS_KIND_TIME: return PAYSCORE_CARRIER_TIME;
    case PS_KIND_TELL: return PAYSCORE_CARRIER_TELL;
    }
    return PAYSCORE_CARRIER_NONE;
}

static struct ps_view any_view(struct walk *walk, enum ps_event_kind kind)
{
    struct ps_view view = {.platform_ms = moment(walk)};
    if (kind != PS_KIND_VIEW) return view; /* A tell has a time and nothing else. */
    view.has_total = coin(walk);
    view.has_paid = coin(walk);
    view.paid_type = (uint8_t)walk_dice(walk, 4);
    if (view.has_total) view.total_fen = amount(walk);
    if (view.has_paid) view.paid_fen = amount(walk);
    if (coin(walk)) view.openid = text(coin(walk) ? openid : other_openid);
    if (coin(walk)) view.transaction_id = text(transaction_id);
    return view;
}

struct ps_input walk_input(struct walk *walk, uint16_t event)
{
    const struct ps_record *record = &walk->record;
    const struct ps_owes *owes = ps_owes(walk->chart, record);
    enum ps_event_kind kind = ps_event_kind(event);
    bool late = walk_dice(walk, 6) == 0;
    walk->now_ms += walk_dice(walk, 8) == 0 ? DAY_MS + 1 : walk_dice(walk, 120000);
    struct ps_input in = {.event = event,
                          .carrier = carrier_of(walk, owes->lane, kind),
                          .call = owes->call,
                          .attempt = record->attempts,
                          .begun_version = record->version,
                          .begun_ms = walk->now_ms - (coin(walk) ? 0 : DAY_MS + 1),
                          .call_entry = record->call_entry,
                          .now_ms = walk->now_ms,
                          .cooldown_ms = walk_dice(walk, 8) == 0 ? 180000 : 0,
                          .chance = walk_dice(walk, UINT32_MAX),
                          .view = any_view(walk, kind)};
    if (late && record->version > 0) in.begun_version--;
    if (late && coin(walk)) in.attempt++;
    if (kind == PS_KIND_ANSWER) in.reason = named(walk, ps_reason_name);
    if (kind == PS_KIND_COMMAND) {
        in.asked_fen = amount(walk);
        in.wish = any_wish(walk);
        in.code = text(code);
    }
    in.hands_over = kind != PS_KIND_COMMAND && coin(walk);
    if (in.hands_over) in.expires_ms = walk->now_ms + PS_LIMIT_token_ms;
    if (kind == PS_KIND_TELL) in.sender = some_record(walk);
    return in;
}
