/*
 * The sandbox's one door to the clock and to chance, and small things every part of it uses.
 * Knows nothing of HTTP or of the platform.
 */
#ifndef SANDBOX_SUPPORT_H
#define SANDBOX_SUPPORT_H

#include <cJSON.h>
#include <stdbool.h>

#include "wechat/text.h"

enum { SANDBOX_UUID_SIZE = 36, SANDBOX_REQUEST_ID_SIZE = 64 };

/** Wall clock, milliseconds since 1970 UTC. */
int64_t sandbox_now_ms(void);

/** Write `size` random characters and a NUL: digits, or 0-9 A-Z a-z, or upper-case hex. */
void sandbox_random_digits(char *out, size_t size);
void sandbox_random_letters(char *out, size_t size);
void sandbox_random_hex(char *out, size_t size);
void sandbox_random_uuid(char out[SANDBOX_UUID_SIZE + 1]);

/** A Request-ID, NUL-terminated, that ends in the platform's number for what came out. */
void sandbox_request_id(int64_t number, char out[SANDBOX_REQUEST_ID_SIZE]);

/**
 * Memory that is there or ends the process: a sandbox without memory has nothing left to promise.
 * sandbox_strict_json() puts cJSON under the same rule.
 */
void *sandbox_alloc(size_t size);
char *sandbox_copy(struct payscore_text text);
void sandbox_strict_json(void);

/** Percent-decode; `*out` is to be freed. False: a NUL was hidden inside. */
bool sandbox_percent_decode(struct payscore_text text, char **out);

/** A duplicate of the member, added to `to` under the same name; nothing when it is not there. */
void sandbox_json_carry(cJSON *to, const cJSON *from, const char *member);

/** A member that is an object, or NULL. */
const cJSON *sandbox_json_object(const cJSON *object, const char *member);

#endif
