/*
 * What only the opening of a notification may see of a keyring: the APIv3 keys.
 */
#ifndef PS_WECHAT_KEYRING_PRIVATE_H
#define PS_WECHAT_KEYRING_PRIVATE_H

#include "wechat/keyring.h"

size_t ps_keyring_apiv3_key_count(const struct ps_keyring *ring);

/** PAYSCORE_APIV3_KEY_SIZE bytes, alive as long as the ring. */
const uint8_t *ps_keyring_apiv3_key(const struct ps_keyring *ring, size_t index);

#endif
