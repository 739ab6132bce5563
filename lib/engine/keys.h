/*
 * The keys of the store's tables. Numbers are big-endian, so that bytes sort as numbers do.
 */
#ifndef PS_ENGINE_KEYS_H
#define PS_ENGINE_KEYS_H

#include <stdbool.h>

#include "core/record.h"
#include "store/store.h"
#include "wechat/text.h"

enum {
    PS_ID_KEY_SIZE = 14,
    PS_DUE_KEY_SIZE = 28,
    PS_HOMES = 256, /* A fixed number: homes map to shards. */
    PS_NAME_MAX = PS_NUMBER_MAX + 1 + PS_OPENID_MAX,
};

struct ps_id_key {
    uint8_t bytes[PS_ID_KEY_SIZE];
};

struct ps_entry_key {
    uint8_t bytes[8];
};

struct ps_alias_key {
    size_t size;
    uint8_t bytes[2 + 4 + PS_NAME_MAX];
};

struct ps_due_key {
    uint8_t bytes[PS_DUE_KEY_SIZE];
};

/** A due entry's place: whose, in which lane, when, for which record; `part` tells tells apart. */
struct ps_due {
    uint32_t merchant;
    uint8_t lane;
    uint8_t part;
    int64_t at_ms;
    struct payscore_id id;
};

struct ps_id_key ps_id_key(const struct payscore_id *id);
bool ps_id_from_key(struct payscore_text key, struct payscore_id *id);
bool ps_id_equal(const struct payscore_id *a, const struct payscore_id *b);
bool ps_id_is_none(const struct payscore_id *id);

struct ps_entry_key ps_entry_key(uint64_t number);
bool ps_entry_number(struct payscore_text key, uint64_t *number);

/** False if the name is too long. */
bool ps_alias_key(uint16_t chart, uint32_t merchant, struct payscore_text name,
                  struct ps_alias_key *key);

struct ps_due_key ps_due_key(const struct ps_due *due);
bool ps_due_from_key(struct payscore_text key, struct ps_due *due);

struct payscore_text ps_key_text(const void *bytes, size_t size);
#define PS_KEY(k) ps_key_text((k).bytes, sizeof(k).bytes)

#endif
