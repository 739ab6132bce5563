/*
 * Reads of the store for the api. They run in the loop's thread pool, since a read may wait for the
 * disk; the request waits meanwhile.
 */
#ifndef PS_WORKER_API_READS_H
#define PS_WORKER_API_READS_H

#include "worker/api.h"
#include "worker/routes.h"

enum ps_api_read_kind {
    PS_READ_NONE,
    PS_READ_SHOW,
    PS_READ_HISTORY,
    PS_READ_LIST,
    PS_READ_FEED,
    PS_READ_CURSORS,
    PS_READ_VERIFY,
    PS_READ_METRICS,
};

enum { PS_FEED_WAIT_MAX_MS = 60000 };

/** Read and answer, later; a feed may wait for an entry. */
void ps_api_read(struct ps_api *api, struct ps_request *request, enum ps_api_read_kind kind,
                 const struct ps_route_match *match);

/** A commit brought entries: feeds that wait read again. */
void ps_api_news(struct ps_api *api);

/** Answer every feed that waits, with the empty page it has. */
void ps_api_release(struct ps_api *api);

#endif
