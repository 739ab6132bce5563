/*
 * Notifications as the platform sends them, with the keys of the stage, and as it would never send
 * them.
 */
#ifndef TEST_WORKER_NOTICES_H
#define TEST_WORKER_NOTICES_H

#include "support/platform_side.h"
#include "support/stage.h"

struct notices {
    const struct stage *stage;
    char platform_key[TEST_PEM_SIZE]; /* Private, of the public key that the worker knows. */
    char stranger_key[TEST_PEM_SIZE];
    char serial[PAYSCORE_SERIAL_MAX + 1];
    char apiv3_key[PAYSCORE_APIV3_KEY_SIZE + 1];
};

/** Read the keys of the stage's folder. */
void notices_open(struct notices *notices, const struct stage *stage);

/** Envelopes under the stage's APIv3 key: an order paid, a user who closes the service. free(). */
char *notices_paid(const struct notices *notices, const char *number, int total_fen);
char *notices_closed(const struct notices *notices, const char *openid);

/** An order paid, sealed under another APIv3 key. free() it. */
char *notices_sealed_otherwise(const char *number, int total_fen);

enum notice_signature { SIGNED_RIGHT, SIGNED_ANOTHER_MESSAGE, SIGNED_BY_STRANGER, SIGNED_AS_PROBE };

/** How a notification is sent where it is not right; NULL or 0: right. */
struct notice_twist {
    const char *method, *path;
    const char *sent;   /* The body, where another one was signed. */
    const char *serial; /* Wechatpay-Serial. */
    const char *header; /* One more. */
    int64_t ahead_ms;   /* The clock of who signs, less ours. */
    enum notice_signature signature;
    bool bare; /* None of the headers that sign it. */
};

/** Sign `body` and send it; `twist` NULL: as it should be. */
const struct http_reply *notices_send(const struct notices *notices, const char *body,
                                      const struct notice_twist *twist);

#endif
