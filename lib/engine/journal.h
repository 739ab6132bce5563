/*
 * The journal: one entry a move, chained by hash. An entry is stored as it stands; its hash covers
 * every byte before it.
 */
#ifndef PS_ENGINE_JOURNAL_H
#define PS_ENGINE_JOURNAL_H

#include "core/step.h"
#include "engine/evidence.h"
#include "engine/keys.h"

enum {
    PS_ENTRY_LAYOUT = 2,    /* 1: without the hints, which are zero there. */
    PS_ENTRY_STUB = 0xffff, /* In memory: of this entry only number and hash are left. */
    PS_HINT_SIZE = 6
};

struct ps_entry {
    uint64_t number;
    int64_t at_ms;             /* Never less than the entry before. */
    struct payscore_id record; /* Zeroes: a stray. */
    uint64_t version;          /* The record's, after the move. */
    uint64_t previous_entry;   /* The record's previous entry; 0: its first. */
    uint32_t merchant, service;
    uint16_t layout;
    uint16_t chart, row, from, to, event;
    uint16_t reason, hold;
    uint8_t carrier; /* enum payscore_carrier */
    uint8_t call;    /* REPLY, QUERY: which. */
    uint16_t flags;  /* The record's. */
    /* Of the command that made the move, the first bytes of its digests (struct ps_asked), so that
       its key is known for as long as the record lives. Zeroes: no command. */
    uint8_t key_hint[PS_HINT_SIZE], content_hint[PS_HINT_SIZE];
    int64_t asked_fen, total_fen, paid_fen; /* The record's, after the move. */
    uint8_t chart_digest[PS_HASH_SIZE];
    uint8_t evidence_digest[PS_HASH_SIZE];
    uint8_t previous_hash[PS_HASH_SIZE];
    uint8_t hash[PS_HASH_SIZE];
};

_Static_assert(sizeof(struct ps_entry) == 8 * 2 + 16 + 8 * 2 + 8 + 32 + 24 + 128,
               "an entry has no padding: its hash covers every byte");

/** What retention leaves of an entry, as it is stored. */
struct ps_stub {
    uint64_t number;
    uint8_t hash[PS_HASH_SIZE];
};

/** Hash of all bytes of an entry before its own hash. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_entry_hash(const struct ps_entry *entry,
                                                     uint8_t hash[PS_HASH_SIZE]);

/**
 * Read an entry. Errors: E_NOT_FOUND (none; or, with the layout PS_ENTRY_STUB, number and hash,
 * what retention left of it), E_CORRUPT (another size), those of the store.
 */
PAYSCORE_MUST_USE enum payscore_status ps_entry_read(struct ps_txn *txn, uint64_t number,
                                                     struct ps_entry *entry);

/** A stored value of the table journal as an entry: OK, or as ps_entry_read(). */
PAYSCORE_MUST_USE enum payscore_status ps_entry_unpack(struct payscore_text value,
                                                       struct ps_entry *entry);

/** Read and unpack an entry's evidence; *raw is allocated. Errors: E_NOT_FOUND (none; or erased),
 * E_CORRUPT, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_evidence_read(struct ps_txn *txn, uint64_t number,
                                                        uint8_t salt[PS_SALT_SIZE], char **raw,
                                                        size_t *raw_size);

/** The number of the entry by which this entry's evidence was erased; 0: it was not. */
uint64_t ps_evidence_erased_by(struct ps_txn *txn, uint64_t number);

/** Write `text` as 2 * size hex digits and a NUL. */
void ps_hex(const uint8_t *bytes, size_t size, char *text);

/** Read back what ps_hex() wrote; false: it is not that, or of another size. */
bool ps_unhex(struct payscore_text text, uint8_t *bytes, size_t size);

#endif
