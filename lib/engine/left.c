/* Tombstones and pseudonyms. Stubs are journal.c's, markers evidence.c's. */
#include "engine/left.h"

#include <string.h>

#define PSEUDONYM "erased:"

bool ps_tomb_unpack(struct payscore_text value, struct ps_tomb *tomb)
{
    if (value.size != sizeof *tomb) return false;
    memcpy(tomb, value.data, sizeof *tomb);
    return tomb->layout == PS_TOMB_LAYOUT && tomb->number_size <= PS_NUMBER_MAX;
}

enum payscore_status ps_tomb_read(struct ps_txn *txn, const struct payscore_id *id,
                                  struct ps_tomb *tomb)
{
    struct ps_id_key key = ps_id_key(id);
    struct payscore_text value;
    enum payscore_status rc = ps_txn_get(txn, PS_TABLE_RECORDS, PS_KEY(key), &value);
    if (rc != PAYSCORE_OK) return rc;
    return ps_tomb_unpack(value, tomb) ? PAYSCORE_OK : PAYSCORE_E_NOT_FOUND;
}

bool ps_record_is_retired(const struct ps_record *record)
{
    return record->layout == PS_TOMB_LAYOUT;
}

bool ps_retired_next(struct payscore_text part, size_t *at, struct ps_retired *retired)
{
    uint32_t count = 0;
    if (part.size < PS_HASH_SIZE) return false;
    size_t end = part.size - PS_HASH_SIZE;
    if (*at + PS_ID_KEY_SIZE + sizeof count > end) return false;
    if (!ps_id_from_key(ps_key_text(part.data + *at, PS_ID_KEY_SIZE), &retired->id)) return false;
    memcpy(&count, part.data + *at + PS_ID_KEY_SIZE, sizeof count);
    size_t begin = *at + PS_ID_KEY_SIZE + sizeof count;
    if (count > (end - begin) / sizeof(uint64_t)) return false;
    retired->count = count;
    retired->part = part;
    retired->at = begin;
    *at = begin + count * sizeof(uint64_t);
    return true;
}

uint64_t ps_retired_entry(const struct ps_retired *retired, size_t index)
{
    uint64_t number;
    memcpy(&number, retired->part.data + retired->at + index * sizeof number, sizeof number);
    return number;
}

void ps_pseudonym(const struct payscore *engine, char name[PS_PSEUDONYM_SIZE + 1])
{
    uint8_t random[(PS_PSEUDONYM_SIZE - (sizeof PSEUDONYM - 1)) / 2];
    ps_random(engine, random, sizeof random);
    memcpy(name, PSEUDONYM, sizeof PSEUDONYM - 1);
    ps_hex(random, sizeof random, name + sizeof PSEUDONYM - 1);
}

bool ps_is_pseudonym(struct payscore_text openid)
{
    return openid.size == PS_PSEUDONYM_SIZE && ps_text_starts(openid, PSEUDONYM);
}

bool ps_record_is_erased(const struct ps_record *record)
{
    return ps_is_pseudonym((struct payscore_text){record->openid, record->openid_size});
}
