/*
 * What retention and erasure leave in the tables. Of a record that was retired a tombstone stays,
 * of each of its entries a stub; of evidence that was erased a marker. Of a user who was erased a
 * pseudonym stands where the openid stood.
 */
#ifndef PS_ENGINE_LEFT_H
#define PS_ENGINE_LEFT_H

#include "engine/internal.h"

enum { PS_TOMB_LAYOUT = 1001 }; /* No header has it. */

struct ps_tomb {
    uint32_t layout;
    uint16_t chart, state; /* The last one. */
    struct payscore_id id;
    uint32_t merchant, service;
    int64_t paid_fen, refunded_fen;
    int64_t ended_ms;
    uint64_t retired_by; /* Number of the entry that retired it. */
    char number[PS_NUMBER_MAX];
    uint8_t number_size;
    uint8_t zero[7];
};

_Static_assert(sizeof(struct ps_tomb) == 4 + 2 * 2 + 16 + 2 * 4 + 4 * 8 + PS_NUMBER_MAX + 8,
               "a tombstone has no padding: its digest covers every byte");

/** Whether a value of the table records is a tombstone; a copy of it. */
bool ps_tomb_unpack(struct payscore_text value, struct ps_tomb *tomb);

/** Read a tombstone. Errors: E_NOT_FOUND (none; the record stands whole), those of the store. */
PAYSCORE_MUST_USE enum payscore_status
ps_tomb_read(struct ps_txn *txn, const struct payscore_id *id, struct ps_tomb *tomb);

/** Whether ps_record_read() or ps_record_unpack() met a tombstone, having answered E_NOT_FOUND. */
bool ps_record_is_retired(const struct ps_record *record);

/** One record in the part `retired` of the evidence of the entry that retired it. */
struct ps_retired {
    struct payscore_id id;
    size_t count;              /* Of its entries, newest first. */
    struct payscore_text part; /* Their numbers lie in here, */
    size_t at;                 /* from here on. */
};

/** Walk the part: `*at` starts at 0; false at the end, where its digest begins. */
bool ps_retired_next(struct payscore_text part, size_t *at, struct ps_retired *retired);

/** The number of the entry at this place. */
uint64_t ps_retired_entry(const struct ps_retired *retired, size_t index);

enum { PS_PSEUDONYM_SIZE = 7 + 32 };

/** A name that stands for a user who was erased: random, and nobody's. */
void ps_pseudonym(const struct payscore *engine, char name[PS_PSEUDONYM_SIZE + 1]);

/** Whether an openid is such a name. */
bool ps_is_pseudonym(struct payscore_text openid);

/** Whether a record's user was erased. */
bool ps_record_is_erased(const struct ps_record *record);

#endif
