/*
 * Calls that were handed out and not answered yet. In memory only: after a crash the stored due
 * entries say what was owed.
 */
#ifndef PS_ENGINE_FLIGHT_H
#define PS_ENGINE_FLIGHT_H

#include <stdbool.h>

#include "core/record.h"

enum { PS_FLIGHTS_MAX = 256 };

struct ps_flight {
    uint64_t token; /* 0: a free place. */
    struct payscore_id id;
    uint64_t begun_version;
    int64_t begun_ms;
    uint64_t call_entry; /* An effect: whose bytes left. */
    size_t merchant;     /* Index into the engine's merchants. */
    uint16_t attempt;
    uint8_t call;
    bool effect;
    bool lost;    /* Its answer could not be stored: that its outcome is unknown is still owed. */
    bool settled; /* That was written in the transaction under way. */
    char number[PS_NUMBER_MAX + 1]; /* What an answer must speak of. */
    char openid[PS_OPENID_MAX + 1];
};

struct ps_flights {
    uint64_t last_token;
    struct ps_flight places[PS_FLIGHTS_MAX];
};

/** A free place, or NULL when all are in use. */
struct ps_flight *ps_flight_new(struct ps_flights *flights);

/** The call with this token, if its answer is still to come; else NULL. */
struct ps_flight *ps_flight_by_token(struct ps_flights *flights, uint64_t token);

/** Whether a call of this kind is under way for the record. */
bool ps_flight_under_way(const struct ps_flights *flights, const struct payscore_id *id,
                         bool effect);
void ps_flight_end(struct ps_flight *flight);

/** Its answer could not be stored. A question is asked again; an effect stays under way until it is
 * written down as unknown. */
void ps_flight_lose(struct ps_flight *flight);

/** The next lost call behind `*at`, which starts at 0; NULL at the end. */
struct ps_flight *ps_flight_next_lost(struct ps_flights *flights, size_t *at);

/** The transaction that settled lost calls is durable, or did not take place. */
void ps_flight_end_settled(struct ps_flights *flights, bool durable);

#endif
