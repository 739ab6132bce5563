/*
 * The platform's half of the cryptography that lib/wechat has no use for: seal a notification,
 * sign an outgoing message. Source: reference apiv3.md 3, 6, 11.
 */
#ifndef SANDBOX_SEAL_H
#define SANDBOX_SEAL_H

#include <cJSON.h>

#include "wechat/keyring.h"

enum { SANDBOX_NONCE_SIZE = 32, SANDBOX_RESOURCE_NONCE_SIZE = 12 };

/** The headers that sign a message. */
struct sandbox_seal {
    char timestamp[24];
    char nonce[SANDBOX_NONCE_SIZE + 1];
    char signature[PS_SIGNATURE_MAX];
    struct payscore_text serial; /* Borrowed from the ring. */
};

/** How the signature is to come out. */
enum sandbox_sealing { SANDBOX_SEAL_RIGHT, SANDBOX_SEAL_OF_ANOTHER, SANDBOX_SEAL_PROBE };

/** Sign `body` as of `now_ms`. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status sandbox_seal(const struct ps_keyring *ring,
                                                    struct payscore_text body, int64_t now_ms,
                                                    enum sandbox_sealing sealing,
                                                    struct sandbox_seal *out);

/** The `resource` of a notification: AES-256-GCM under the APIv3 key. NULL: OpenSSL failed. */
cJSON *sandbox_resource(const char apiv3_key[PAYSCORE_APIV3_KEY_SIZE], const char *plaintext);

#endif
