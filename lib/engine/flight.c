/* Calls under way: a small table, looked through. */
#include "engine/flight.h"

#include <string.h>

#include "engine/keys.h"

struct ps_flight *ps_flight_new(struct ps_flights *flights)
{
    for (size_t i = 0; i < PS_FLIGHTS_MAX; i++) {
        if (flights->places[i].token != 0) continue;
        flights->places[i].token = ++flights->last_token;
        return &flights->places[i];
    }
    return NULL;
}

struct ps_flight *ps_flight_by_token(struct ps_flights *flights, uint64_t token)
{
    if (token == 0) return NULL;
    for (size_t i = 0; i < PS_FLIGHTS_MAX; i++)
        if (flights->places[i].token == token && !flights->places[i].lost)
            return &flights->places[i];
    return NULL;
}

bool ps_flight_under_way(const struct ps_flights *flights, const struct payscore_id *id,
                         bool effect)
{
    for (size_t i = 0; i < PS_FLIGHTS_MAX; i++) {
        const struct ps_flight *flight = &flights->places[i];
        if (flight->token != 0 && flight->effect == effect && ps_id_equal(&flight->id, id))
            return true;
    }
    return false;
}

void ps_flight_end(struct ps_flight *flight)
{
    memset(flight, 0, sizeof *flight);
}

void ps_flight_lose(struct ps_flight *flight)
{
    if (!flight->effect)
        ps_flight_end(flight);
    else
        flight->lost = true;
}

struct ps_flight *ps_flight_next_lost(struct ps_flights *flights, size_t *at)
{
    while (*at < PS_FLIGHTS_MAX) {
        struct ps_flight *flight = &flights->places[(*at)++];
        if (flight->token != 0 && flight->lost) return flight;
    }
    return NULL;
}

void ps_flight_end_settled(struct ps_flights *flights, bool durable)
{
    size_t at = 0;
    for (struct ps_flight *flight; (flight = ps_flight_next_lost(flights, &at)) != NULL;) {
        if (flight->settled && durable) ps_flight_end(flight);
        flight->settled = false;
    }
}
