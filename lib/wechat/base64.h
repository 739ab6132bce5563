/*
 * Base64 as RFC 4648 section 4 has it: that alphabet, padding, no white space, no spare bits.
 */
#ifndef PS_WECHAT_BASE64_H
#define PS_WECHAT_BASE64_H

#include <stdbool.h>

#include "payscore/types.h"

/** Bytes that a buffer for the decoded form of `size` characters must have. */
#define PS_BASE64_ROOM(size) ((size) / 4 * 3)

/** Decode into `out` of PS_BASE64_ROOM(text.size) bytes; false if `text` is not strict base64. */
bool ps_base64_decode(struct payscore_text text, uint8_t *out, size_t *out_size);

#endif
