/*
 * Requests: the path with its values, the message that is signed, the headers that go out.
 * Source: reference apiv3.md 1.1, 2; payscore.md 3.1.
 */
#ifndef PS_WECHAT_REQUEST_H
#define PS_WECHAT_REQUEST_H

#include "core/chart.h"
#include "wechat/keyring.h"

enum {
    PS_URL_MAX = 2048,
    PS_AUTHORIZATION_MAX = 1536,
    PS_NONCE_SIZE = 32,
    PS_BODY_MAX = 65536, /* Of a request that we build. */
};

/** The values that may stand in a call's path. */
struct ps_path_values {
    struct payscore_text number, openid, service_id, appid;
};

/** The HTTP method of a call: "GET" or "POST". */
const char *ps_call_method(enum ps_call call);

/** Whether the call changes something at the platform. */
bool ps_call_is_effect(enum ps_call call);

/**
 * Write path and query of `call` (NUL-terminated), every value percent-encoded: all bytes outside
 * A-Z a-z 0-9 - _ . ~ * with upper-case hex.
 * Errors: E_INPUT (a value that the path needs is empty), E_TOO_LARGE, E_ARGUMENT (no such call).
 */
PAYSCORE_MUST_USE enum payscore_status
ps_call_url(enum ps_call call, const struct ps_path_values *values, char url[PS_URL_MAX]);

struct ps_signable {
    struct payscore_text method; /* GET, POST */
    struct payscore_text url;    /* Path and query, exactly as on the request line. */
    struct payscore_text body;   /* Exactly as sent; empty for GET. */
    int64_t timestamp_s;
    struct payscore_text nonce; /* At most PS_NONCE_SIZE of 0-9 A-Z a-z. */
};

/**
 * The message that is signed: five lines, each closed by a newline.
 * Ownership: `*message` is allocated, free() it. Errors: E_MEMORY, E_TOO_LARGE.
 */
PAYSCORE_MUST_USE enum payscore_status ps_signable_message(const struct ps_signable *request,
                                                           char **message, size_t *size);

/**
 * The value of the Authorization header, NUL-terminated.
 * Errors: E_CRYPTO, E_MEMORY, E_TOO_LARGE.
 */
PAYSCORE_MUST_USE enum payscore_status ps_authorization(const struct ps_keyring *ring,
                                                        const struct ps_signable *request,
                                                        char authorization[PS_AUTHORIZATION_MAX]);

/** Turn random bytes into a nonce of PS_NONCE_SIZE characters and a NUL. Pure. */
void ps_nonce_from_random(const uint8_t random[PS_NONCE_SIZE], char nonce[PS_NONCE_SIZE + 1]);

#endif
