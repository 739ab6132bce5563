/*
 * Evidence: the bytes that an entry rests on, as typed parts, salted and deflated. The journal
 * holds a digest of salt and bytes, so that bytes and salt can be destroyed and the chain still
 * stands.
 */
#ifndef PS_ENGINE_EVIDENCE_H
#define PS_ENGINE_EVIDENCE_H

#include "payscore/status.h"
#include "payscore/types.h"
#include "store/store.h"

enum ps_part {
#define EVIDENCE(id, name, en) PS_PART_##name = (id),
#include "engine/evidence.def"
};

enum { PS_SALT_SIZE = 16, PS_EVIDENCE_MAX = 4194304 };

/** Parts being gathered. Zero it to begin; ps_parts_free() at the end. Failures stick. */
struct ps_parts {
    char *bytes;
    size_t size, capacity;
    enum payscore_status status;
};

void ps_parts_add(struct ps_parts *parts, enum ps_part part, struct payscore_text bytes);
/** The same, of bytes that lie in two places. */
void ps_parts_add_two(struct ps_parts *parts, enum ps_part part, struct payscore_text head,
                      struct payscore_text tail);
void ps_parts_free(struct ps_parts *parts);

/** The first part of this kind in `raw`; false if there is none. Borrowed from `raw`. */
bool ps_parts_find(struct payscore_text raw, enum ps_part part, struct payscore_text *bytes);

/** Walk the parts: `*at` starts at 0; false at the end or where the bytes are broken. */
bool ps_parts_next(struct payscore_text raw, size_t *at, enum ps_part *part,
                   struct payscore_text *bytes);

const char *ps_part_name(enum ps_part part);

/** SHA-256 over salt and raw parts. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_evidence_digest(const uint8_t salt[PS_SALT_SIZE],
                                                          struct payscore_text raw,
                                                          uint8_t digest[PS_HASH_SIZE]);

/** Pack into the stored form. *packed is allocated. Errors: E_MEMORY, E_TOO_LARGE. */
PAYSCORE_MUST_USE enum payscore_status ps_evidence_pack(const uint8_t salt[PS_SALT_SIZE],
                                                        struct payscore_text raw, char **packed,
                                                        size_t *packed_size);

/** Unpack the stored form. *raw is allocated. Errors: E_CORRUPT, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_evidence_unpack(struct payscore_text packed,
                                                          uint8_t salt[PS_SALT_SIZE], char **raw,
                                                          size_t *raw_size);

/** SHA-256 of one text. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_sha256(struct payscore_text text,
                                                 uint8_t digest[PS_HASH_SIZE]);

#endif
