/*
 * What the end of a transfer means for the call: was a byte of it sent, and was it answered? And
 * which address a call goes to. Pure, apart from knowing libcurl's codes.
 */
#ifndef PS_WORKER_DELIVERY_H
#define PS_WORKER_DELIVERY_H

#include <curl/curl.h>
#include <stdbool.h>

#include "payscore/exchange.h"

/** `sent`: bytes of the request that left, over all tries. */
enum payscore_delivery ps_delivery_of(CURLcode code, long sent);

/** "answered", "not_sent", …, for the log. */
const char *ps_delivery_name(enum payscore_delivery delivery);

/** Whether a header of a reply is kept for the engine. */
bool ps_delivery_keeps(const char *header);

enum { PS_ROUTE_RETRY_MS = 60000 }; /* So long the main address rests after it failed. */

/** Main and backup address; main is preferred except for a while after it could not be reached. */
struct ps_route {
    bool has_backup;
    int64_t main_rests_until_ms;
};

/** Whether a call that begins now goes to the backup. */
bool ps_route_backup(const struct ps_route *route, int64_t now_ms);

/**
 * A try ended. Whether the call tries the other address: only where no byte of it was sent, and
 * only once (`attempt` counts from 0).
 */
bool ps_route_again(struct ps_route *route, bool backup, int attempt,
                    enum payscore_delivery delivery, int64_t now_ms);

#endif
