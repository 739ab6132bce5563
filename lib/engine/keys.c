/* The keys of the store's tables. */
#include "engine/keys.h"

#include <string.h>

static uint8_t *put_number(uint8_t *to, uint64_t value, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--)
        *to++ = (uint8_t)(value >> (8 * (i - 1)));
    return to;
}

static uint64_t get_number(const uint8_t *from, unsigned bytes)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | from[i];
    return value;
}

struct payscore_text ps_key_text(const void *bytes, size_t size)
{
    return (struct payscore_text){bytes, size};
}

struct ps_id_key ps_id_key(const struct payscore_id *id)
{
    struct ps_id_key key;
    uint8_t *to = put_number(key.bytes, id->home, 2);
    to = put_number(to, id->birth_ms, 8);
    put_number(to, id->counter, 4);
    return key;
}

bool ps_id_from_key(struct payscore_text key, struct payscore_id *id)
{
    if (key.size != PS_ID_KEY_SIZE) return false;
    const uint8_t *from = (const uint8_t *)key.data;
    *id = (struct payscore_id){.home = (uint16_t)get_number(from, 2),
                               .birth_ms = get_number(from + 2, 8),
                               .counter = (uint32_t)get_number(from + 10, 4)};
    return true;
}

bool ps_id_equal(const struct payscore_id *a, const struct payscore_id *b)
{
    return a->birth_ms == b->birth_ms && a->counter == b->counter && a->home == b->home;
}

bool ps_id_is_none(const struct payscore_id *id)
{
    return id->birth_ms == 0 && id->counter == 0 && id->home == 0;
}

struct ps_entry_key ps_entry_key(uint64_t number)
{
    struct ps_entry_key key;
    put_number(key.bytes, number, 8);
    return key;
}

bool ps_entry_number(struct payscore_text key, uint64_t *number)
{
    if (key.size != sizeof(struct ps_entry_key)) return false;
    *number = get_number((const uint8_t *)key.data, 8);
    return true;
}

bool ps_alias_key(uint16_t chart, uint32_t merchant, struct payscore_text name,
                  struct ps_alias_key *key)
{
    if (name.size == 0 || name.size > PS_NAME_MAX) return false;
    uint8_t *to = put_number(key->bytes, chart, 2);
    to = put_number(to, merchant, 4);
    memcpy(to, name.data, name.size);
    key->size = 6 + name.size;
    return true;
}

struct ps_due_key ps_due_key(const struct ps_due *due)
{
    struct ps_due_key key;
    struct ps_id_key id = ps_id_key(&due->id);
    uint8_t *to = put_number(key.bytes, due->merchant, 4);
    *to++ = due->lane;
    to = put_number(to, (uint64_t)due->at_ms, 8);
    memcpy(to, id.bytes, sizeof id.bytes);
    to[sizeof id.bytes] = due->part;
    return key;
}

bool ps_due_from_key(struct payscore_text key, struct ps_due *due)
{
    if (key.size != PS_DUE_KEY_SIZE) return false;
    const uint8_t *from = (const uint8_t *)key.data;
    due->merchant = (uint32_t)get_number(from, 4);
    due->lane = from[4];
    due->at_ms = (int64_t)get_number(from + 5, 8);
    due->part = from[27];
    return ps_id_from_key(ps_key_text(from + 13, PS_ID_KEY_SIZE), &due->id);
}
