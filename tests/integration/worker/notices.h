/*
 * Notifications as the platform sends them, with the keys of the stage, and as it would never send
 * them.
 */
#ifndef TEST_WORKER_NOTICES_H
#define TEST_WORKER_NOTICES_H

#include "support/stage.h"
#include "tools/sandbox/seal.h"

struct notices {
    const struct stage *stage;
    struct ps_keyring *platform; /* Signs as the platform. */
    struct ps_keyring *stranger; /* Signs with a key of another, under the platform's serial. */
    char apiv3_key[PAYSCORE_APIV3_KEY_SIZE + 1];
};

/** Read the keys of the stage's folder; closed by notices_close(). */
void notices_open(struct notices *notices, const struct stage *stage);
void notices_close(struct notices *notices);

/** An envelope around a resource, sealed under a key of 32 characters. Valid until the next. */
const char *notices_envelope(const char *event_type, const char *key, const char *resource);

/** Envelopes of the stage's own APIv3 key: an order paid, a user who closes the service. */
const char *notices_paid(const struct notices *notices, const char *number, int total_fen);
const char *notices_closed(const struct notices *notices, const char *openid);

/** How a notification is sent where it is not right; NULL or 0: right. */
struct notice_twist {
    const char *method, *path;
    const char *sent;   /* The body, where another one was signed. */
    const char *serial; /* Wechatpay-Serial. */
    const char *header; /* One more. */
    int64_t ahead_ms;   /* The clock of who signs, less ours. */
    enum sandbox_sealing sealing;
    bool by_stranger;
    bool bare; /* None of the headers that sign it. */
};

/** Sign `body` and send it; `twist` NULL: as it should be. */
const struct http_reply *notices_send(const struct notices *notices, const char *body,
                                      const struct notice_twist *twist);

#endif
