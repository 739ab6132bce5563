/*
 * Notifications: verified, then opened, in one function; there is no way to open one unverified.
 * Source: reference apiv3.md 3, 6, 11; payscore.md 7.
 */
#ifndef PS_WECHAT_NOTICE_H
#define PS_WECHAT_NOTICE_H

#include "payscore/exchange.h"
#include "wechat/keyring.h"
#include "wechat/view.h"

enum { PS_NOTICE_ID_MAX = 64, PS_EVENT_TYPE_MAX = 64 };

/** A notification that was verified, opened and read. Owns its plaintext. */
struct ps_opened_notice {
    char id[PS_NOTICE_ID_MAX + 1];
    char event_type[PS_EVENT_TYPE_MAX + 1];
    char *plaintext; /* The resource as decrypted. */
    size_t plaintext_size;
    cJSON *resource;             /* Parsed plaintext; `sighting` points into it. */
    bool of_order;               /* It speaks of an order; else of an authorization. */
    bool understood;             /* false: a verified event of a type payscore has no row for. */
    struct ps_sighting sighting; /* Where understood. */
};

/**
 * Check size, verify, parse the envelope, decrypt, parse the resource; in this order, stopping at
 * the first fault.
 *
 * Errors     E_TOO_LARGE, E_FORGED, E_STALE (nothing was parsed); E_INPUT (verified, but not the
 *            documented form), E_SEALED (no APIv3 key opens it), E_MEMORY; `error` says why.
 * Ownership  On success the caller calls ps_notice_close(); on failure *out is empty.
 */
PAYSCORE_MUST_USE enum payscore_status ps_notice_open(const struct ps_keyring *ring,
                                                      const struct payscore_notice *notice,
                                                      int64_t now_ms, struct ps_opened_notice *out,
                                                      struct payscore_error *error);

/** Wipe and free what open made; a zeroed struct is allowed. */
void ps_notice_close(struct ps_opened_notice *notice);

#endif
