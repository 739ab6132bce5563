/*
 * The courier: takes news, seals each into a notice, and delivers it until it is acknowledged or
 * the platform's schedule has run out. Source: reference payscore.md 7, apiv3.md 11.
 */
#ifndef SANDBOX_COURIER_H
#define SANDBOX_COURIER_H

#include "world.h"

enum {
    SANDBOX_NOTICES_MAX = 4096, /* Undelivered at once; what comes beyond is counted and dropped. */
    SANDBOX_IN_FLIGHT_MAX = 64,
    SANDBOX_DELIVERY_LIMIT_MS = 5000,
    SANDBOX_RESENDS_MAX = 15,
};

/** Something to tell the merchant; everything is copied. */
struct sandbox_news {
    const char *event_type, *summary;
    struct payscore_text url; /* Empty: nobody asked to be told. */
    const char *openid, *authorization_code;
    struct sandbox_order *order; /* NULL: it is about an authorization. */
    const cJSON *resource;
};

struct sandbox_counts {
    int64_t made, attempts, acknowledged, lost, given_up, dropped;
};

struct sandbox_courier *sandbox_courier_open(struct sandbox *sandbox);

/** Stop: what is under way ends, nothing else is sent; _close() once the loop has run out. */
void sandbox_courier_stop(struct sandbox_courier *courier);
void sandbox_courier_close(struct sandbox_courier *courier);

void sandbox_courier_take(struct sandbox *sandbox, const struct sandbox_news *news);

/** The same for an order as it stands. */
void sandbox_courier_order(struct sandbox_order *order, const char *event_type,
                           const char *summary);

const struct sandbox_counts *sandbox_courier_counts(const struct sandbox_courier *courier);

#endif
