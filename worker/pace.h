/*
 * How fast the platform is called: a budget of calls a second split by lane, a number of calls in
 * flight for each, and the stop after a fault of ours with its growing tries. Pure: every function
 * takes the time; nothing here knows a call's content.
 *
 * A lane's budget that is full flows over into the others, effects first: at rest a lane may use
 * the whole rate, under load each has its share, and no lane can starve another.
 */
#ifndef PS_WORKER_PACE_H
#define PS_WORKER_PACE_H

#include <stdbool.h>

#include "payscore/payscore.h"

/* X(LANE, percent of the rate, calls in flight) in order of precedence; sums: 100 and 64. */
#define PS_PACE_MAP(X)                                                                             \
    X(EFFECT, 50, 32)                                                                              \
    X(ASK, 30, 20)                                                                                 \
    X(POLL, 20, 12)

enum {
#define X(lane, percent, flights) PS_PACE_##lane,
    PS_PACE_MAP(X)
#undef X
        PS_PACE_LANES
};

enum {
    PS_PACE_STOP_MIN_MS = 30000, /* The first try after a stop; each failed one doubles it. */
    PS_PACE_STOP_MAX_MS = 300000,
};

struct ps_pace {
    int64_t rate; /* Calls a second. */
    int64_t refilled_ms;
    struct {
        int64_t budget; /* Millionths of a call. */
        int64_t in_flight;
    } lanes[PS_PACE_LANES];
    bool stopped;
    bool probing;    /* The one call of a stopped pace is under way. */
    int probe_lane;  /* Where it is looked for. */
    int64_t stop_ms; /* The wait between two tries. */
    int64_t probe_at_ms;
};

/** How a call came back, as far as the stop is concerned. */
enum ps_pace_end { PS_PACE_FINE, PS_PACE_NEITHER, PS_PACE_FAULT };

/** Begin with full budgets; `rate` is at least 1. `now_ms` is monotonic here and below. */
void ps_pace_init(struct ps_pace *pace, int64_t rate, int64_t now_ms);

/** What may be handed out now. */
struct payscore_wants ps_pace_wants(struct ps_pace *pace, int64_t now_ms);

/** A call was handed out. Answers whether it is the probe of a stopped pace. */
bool ps_pace_started(struct ps_pace *pace, enum payscore_lane lane);

/** Wants were given and no call came of them: a probe looks at the next lane from now on. */
void ps_pace_unused(struct ps_pace *pace, int64_t now_ms);

/** A call ended; `probe` as ps_pace_started() answered. True: the stop began or ended by it. */
bool ps_pace_ended(struct ps_pace *pace, enum payscore_lane lane, bool probe, enum ps_pace_end end,
                   int64_t now_ms);

/** The lanes of which all that was wanted was handed out, so that more may be owed. */
struct ps_pace_used {
    bool lanes[PS_PACE_LANES];
};

/** Compare what was wanted with the calls that came of it. */
struct ps_pace_used ps_pace_used(const struct payscore_wants *wants,
                                 const struct payscore_call *calls, size_t call_count);

/**
 * When a turn can hand out more of the lanes that were used up: now, later, or INT64_MAX where only
 * the end of a call helps.
 */
int64_t ps_pace_wake_ms(struct ps_pace *pace, const struct ps_pace_used *used, int64_t now_ms);

#endif
