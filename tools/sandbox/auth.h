/*
 * Who calls: the Authorization header, strictly. On a wrong signature the answer says what was
 * verified here and, where one changed line explains it, which line differs.
 * Source: reference apiv3.md 2, 8.3, 8.4.
 */
#ifndef SANDBOX_AUTH_H
#define SANDBOX_AUTH_H

#include "exchange.h"
#include "wechat/keyring.h"

struct sandbox_merchant {
    const struct ps_keyring *ring; /* Holds its public key. */
    const char *mchid, *serial;
};

/** Whether the request is the merchant's; if not, the reply is the refusal. */
bool sandbox_authenticate(const struct sandbox_merchant *merchant,
                          const struct sandbox_request *request, int64_t now_ms,
                          struct sandbox_reply *reply);

#endif
