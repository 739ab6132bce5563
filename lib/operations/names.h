/* The names behind the store's interned numbers: also of merchants that nobody configures now. */
#ifndef PS_OPERATIONS_NAMES_H
#define PS_OPERATIONS_NAMES_H

#include "engine/internal.h"

enum { PS_INTERNED_MAX = 32 };

struct ps_service_names {
    uint32_t service;
    char mchid[PS_INTERNED_MAX + 1], appid[PS_INTERNED_MAX + 1], service_id[PS_INTERNED_MAX + 1];
};

struct ps_merchant_name {
    uint32_t merchant;
    char mchid[PS_INTERNED_MAX + 1];
};

/** Zero it to begin; ps_names_free() at the end. */
struct ps_names {
    struct ps_service_names *services;
    struct ps_merchant_name *merchants;
    size_t service_count, merchant_count;
};

/** Read them anew. Errors: E_MEMORY, E_CORRUPT (names that were not written here), the store's. */
PAYSCORE_MUST_USE enum payscore_status ps_names_load(struct ps_txn *txn, struct ps_names *names);

void ps_names_free(struct ps_names *names);

/** The names of a service; NULL: it has none. */
const struct ps_service_names *ps_names_of_service(const struct ps_names *names, uint32_t service);

/** The mchid of a merchant; "": he has none. */
const char *ps_names_of_merchant(const struct ps_names *names, uint32_t merchant);

#endif
