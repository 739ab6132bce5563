/*
 * SHA-256 as the journal needs it: often, of a few hundred bytes, on any thread. The algorithm is
 * looked up once a process, and each thread keeps the memory to work in; both take longer than the
 * hashing.
 */
#ifndef PS_ENGINE_HASH_H
#define PS_ENGINE_HASH_H

#include "payscore/status.h"
#include "payscore/types.h"
#include "store/store.h"

/** SHA-256 of one text behind another. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status
ps_sha256_two(struct payscore_text head, struct payscore_text tail, uint8_t digest[PS_HASH_SIZE]);

/** SHA-256 of one text. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_sha256(struct payscore_text text,
                                                 uint8_t digest[PS_HASH_SIZE]);

#endif
