/*
 * Budgets in millionths of a call, so that any rate and any millisecond is exact in whole numbers.
 */
#include "worker/pace.h"

#include <string.h>

enum { CALL = 1000000 };

static const struct {
    enum payscore_lane lane;
    int64_t percent, flights_max;
} rows[] = {
#define X(lane, percent, flights) {PAYSCORE_LANE_##lane, percent, flights},
    PS_PACE_MAP(X)
#undef X
};

static size_t row_of(enum payscore_lane lane)
{
    for (size_t i = 0; i < PS_PACE_LANES; i++) {
        if (rows[i].lane == lane) return i;
    }
    return PS_PACE_POLL;
}

/** What comes in a millisecond: rate / 1000 calls, of these the lane's percent. */
static int64_t share_per_ms(const struct ps_pace *pace, size_t lane)
{
    return pace->rate * rows[lane].percent * (CALL / 1000 / 100);
}

/** A second's share, but room for one call at the least. */
static int64_t budget_max(const struct ps_pace *pace, size_t lane)
{
    int64_t second = share_per_ms(pace, lane) * 1000;
    return second < CALL ? CALL : second;
}

void ps_pace_init(struct ps_pace *pace, int64_t rate, int64_t now_ms)
{
    memset(pace, 0, sizeof *pace);
    pace->rate = rate;
    pace->refilled_ms = now_ms;
    for (size_t i = 0; i < PS_PACE_LANES; i++) {
        pace->lanes[i].budget = budget_max(pace, i);
    }
}

static void refill(struct ps_pace *pace, int64_t now_ms)
{
    int64_t over = 0;
    int64_t elapsed_ms = now_ms - pace->refilled_ms;
    if (elapsed_ms <= 0) return;
    if (elapsed_ms > 60000) elapsed_ms = 60000;
    pace->refilled_ms = now_ms;
    for (size_t i = 0; i < PS_PACE_LANES; i++) {
        int64_t budget = pace->lanes[i].budget + elapsed_ms * share_per_ms(pace, i);
        int64_t excess = budget - budget_max(pace, i);
        if (excess > 0) over += excess;
        pace->lanes[i].budget = excess > 0 ? budget_max(pace, i) : budget;
    }
    for (size_t i = 0; i < PS_PACE_LANES && over > 0; i++) {
        int64_t room = budget_max(pace, i) - pace->lanes[i].budget;
        int64_t part = over < room ? over : room;
        pace->lanes[i].budget += part;
        over -= part;
    }
}

static size_t lane_wants(const struct ps_pace *pace, size_t lane)
{
    int64_t calls = pace->lanes[lane].budget / CALL;
    int64_t slots = rows[lane].flights_max - pace->lanes[lane].in_flight;
    int64_t wants = calls < slots ? calls : slots;
    if (pace->stopped) {
        bool due = !pace->probing && pace->refilled_ms >= pace->probe_at_ms;
        if (!due || pace->probe_lane != (int)lane) return 0;
        wants = wants > 1 ? 1 : wants;
    }
    return wants > 0 ? (size_t)wants : 0;
}

struct payscore_wants ps_pace_wants(struct ps_pace *pace, int64_t now_ms)
{
    refill(pace, now_ms);
    return (struct payscore_wants){
        .effects_max = lane_wants(pace, PS_PACE_EFFECT),
        .asks_max = lane_wants(pace, PS_PACE_ASK),
        .polls_max = lane_wants(pace, PS_PACE_POLL),
    };
}

bool ps_pace_started(struct ps_pace *pace, enum payscore_lane lane)
{
    size_t row = row_of(lane);
    pace->lanes[row].budget -= CALL;
    pace->lanes[row].in_flight++;
    if (pace->stopped) pace->probing = true;
    return pace->stopped;
}

void ps_pace_unused(struct ps_pace *pace, int64_t now_ms)
{
    if (!pace->stopped || pace->probing || now_ms < pace->probe_at_ms) return;
    pace->probe_lane = (pace->probe_lane + 1) % PS_PACE_LANES;
    /* Once round and nothing was owed: look again after the next wait. */
    if (pace->probe_lane == PS_PACE_EFFECT) pace->probe_at_ms = now_ms + pace->stop_ms;
}

/** The next try, and how long the one after it will wait. */
static void postpone(struct ps_pace *pace, int64_t now_ms)
{
    pace->probe_at_ms = now_ms + pace->stop_ms;
    pace->probe_lane = PS_PACE_EFFECT;
}

bool ps_pace_ended(struct ps_pace *pace, enum payscore_lane lane, bool probe, enum ps_pace_end end,
                   int64_t now_ms)
{
    bool was_stopped = pace->stopped;
    pace->lanes[row_of(lane)].in_flight--;
    if (probe) pace->probing = false;
    if (end == PS_PACE_FAULT && !was_stopped) {
        pace->stopped = true;
        pace->stop_ms = PS_PACE_STOP_MIN_MS;
        postpone(pace, now_ms);
    } else if (was_stopped && probe) {
        /* Calls that left before the stop prove nothing about it. */
        if (end == PS_PACE_FINE) pace->stopped = false;
        if (end == PS_PACE_FAULT) pace->stop_ms *= 2;
        if (pace->stop_ms > PS_PACE_STOP_MAX_MS) pace->stop_ms = PS_PACE_STOP_MAX_MS;
        if (end != PS_PACE_FINE) postpone(pace, now_ms);
    }
    return pace->stopped != was_stopped;
}

struct ps_pace_used ps_pace_used(const struct payscore_wants *wants,
                                 const struct payscore_call *calls, size_t call_count)
{
    size_t left[] = {wants->effects_max, wants->asks_max, wants->polls_max};
    struct ps_pace_used used;
    for (size_t i = 0; i < call_count; i++) {
        left[row_of(calls[i].lane)]--;
    }
    for (size_t i = 0; i < PS_PACE_LANES; i++) {
        used.lanes[i] = left[i] == 0;
    }
    return used;
}

int64_t ps_pace_wake_ms(struct ps_pace *pace, const struct ps_pace_used *used, int64_t now_ms)
{
    int64_t wake_ms = INT64_MAX;
    refill(pace, now_ms);
    if (pace->stopped) {
        if (pace->probing) return INT64_MAX;
        return pace->probe_at_ms > now_ms ? pace->probe_at_ms : now_ms;
    }
    for (size_t i = 0; i < PS_PACE_LANES; i++) {
        int64_t missing = CALL - pace->lanes[i].budget;
        int64_t share = share_per_ms(pace, i);
        int64_t wait_ms = missing > 0 ? (missing + share - 1) / share : 0;
        bool slot = pace->lanes[i].in_flight < rows[i].flights_max;
        if (used->lanes[i] && slot && now_ms + wait_ms < wake_ms) wake_ms = now_ms + wait_ms;
    }
    return wake_ms;
}
