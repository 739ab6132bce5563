/*
 * Evidence: the bytes that an entry rests on, as typed parts, salted and deflated. The journal
 * holds a digest of salt and bytes, so that bytes and salt can be destroyed and the chain still
 * stands.
 */
#ifndef PS_ENGINE_EVIDENCE_H
#define PS_ENGINE_EVIDENCE_H

#include <stdbool.h>

#include "engine/hash.h"

enum ps_part {
#define EVIDENCE(id, name, en) PS_PART_##name = (id),
#include "engine/evidence.def"
};

enum { PS_SALT_SIZE = 16, PS_EVIDENCE_MAX = 4194304 };

/**
 * Parts being gathered. Zero it to begin; ps_parts_free() at the end. Failures stick.
 *
 * They are packed (deflated) and sealed (salted, digested) once they are whole, which is best done
 * before the transaction that stores them. A part that is added afterwards undoes both.
 */
struct ps_parts {
    char *bytes;
    size_t size, capacity;
    char *packed; /* The stored form, with room for the salt; NULL: not packed. */
    size_t packed_size;
    bool sealed; /* `packed` holds its salt, and `digest` stands. */
    uint8_t digest[PS_HASH_SIZE];
    enum payscore_status status;
};

void ps_parts_add(struct ps_parts *parts, enum ps_part part, struct payscore_text bytes);
/** The same, of bytes that lie in two places. */
void ps_parts_add_two(struct ps_parts *parts, enum ps_part part, struct payscore_text head,
                      struct payscore_text tail);
/** Bytes that are no part of their own: for the insides of one. */
void ps_parts_append(struct ps_parts *parts, struct payscore_text bytes);
/** Bring them into their stored form, all but the salt; nothing where that is done. */
void ps_parts_pack(struct ps_parts *parts);

/** Salt and digest them, packing them first where that is not done. */
void ps_parts_seal(struct ps_parts *parts, const uint8_t salt[PS_SALT_SIZE]);

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

/** Unpack the stored form. *raw is allocated. Errors: E_CORRUPT, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_evidence_unpack(struct payscore_text packed,
                                                          uint8_t salt[PS_SALT_SIZE], char **raw,
                                                          size_t *raw_size);

/** What stands in the place of evidence that was erased: which entry tells of the erasure. */
struct ps_marker {
    uint8_t bytes[1 + 8];
};

struct ps_marker ps_marker_pack(uint64_t erased_by);
bool ps_marker_unpack(struct payscore_text stored, uint64_t *erased_by);

#endif
