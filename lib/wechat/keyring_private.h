/*
 * What a keyring is inside. Only its own two files and the opening of a notification (which needs
 * the APIv3 keys) may look.
 */
#ifndef PS_WECHAT_KEYRING_PRIVATE_H
#define PS_WECHAT_KEYRING_PRIVATE_H

#include <stdbool.h>

#include <openssl/evp.h>

#include "wechat/keyring.h"

#define PS_PUBLIC_KEY_PREFIX "PUB_KEY_ID_"

enum {
    PS_KEYRING_MCHID_MAX = 32,
    PS_RSA_BITS_MIN = 2048,
    PS_RSA_BITS_MAX = 4096,
};

struct ps_keyring_key {
    char id[PAYSCORE_SERIAL_MAX + 1];
    EVP_PKEY *key;
};

struct ps_keyring {
    char mchid[PS_KEYRING_MCHID_MAX + 1];
    char serial[PAYSCORE_SERIAL_MAX + 1];
    EVP_PKEY *key;
    EVP_MD *sha256;
    size_t apiv3_key_count;
    uint8_t apiv3_keys[PAYSCORE_APIV3_KEYS_MAX][PAYSCORE_APIV3_KEY_SIZE];
    size_t platform_key_count;
    struct ps_keyring_key platform_keys[PAYSCORE_PLATFORM_KEYS_MAX];
};

/** The platform's key with this id, or NULL. Hex is compared without case, PUB_KEY_ID_… exactly. */
const struct ps_keyring_key *ps_keyring_find(const struct ps_keyring *ring,
                                             struct payscore_text id);

/** Whether two ids name the same key. */
bool ps_keyring_same_id(struct payscore_text a, struct payscore_text b);

/** Whether it is one hex digit or more, and nothing else. */
bool ps_keyring_is_hex(struct payscore_text text);

/**
 * Load a public key, or that of a certificate; *key is to be freed. Errors: E_KEY, E_MEMORY;
 * `error` says what is wrong with it.
 */
PAYSCORE_MUST_USE enum payscore_status
ps_keyring_load_public(struct payscore_text text, EVP_PKEY **key, struct payscore_error *error);

#endif
