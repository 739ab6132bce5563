/* The names behind interned numbers. */
#include "operations/names.h"

#include <stdlib.h>
#include <string.h>

void ps_names_free(struct ps_names *names)
{
    free(names->services);
    free(names->merchants);
    memset(names, 0, sizeof *names);
}

/* One name out of a key, up to its NUL or the key's end. */
static bool take(struct payscore_text *key, char name[PS_INTERNED_MAX + 1])
{
    const char *end = memchr(key->data, '\0', key->size);
    size_t size = end == NULL ? key->size : (size_t)(end - key->data);
    if (size == 0 || size > PS_INTERNED_MAX) return false;
    memcpy(name, key->data, size);
    name[size] = '\0';
    size_t passed = end == NULL ? size : size + 1;
    *key = (struct payscore_text){key->data + passed, key->size - passed};
    return true;
}

static enum payscore_status add_merchant(struct ps_names *names, struct payscore_text key,
                                         uint32_t number)
{
    size_t size = (names->merchant_count + 1) * sizeof *names->merchants;
    struct ps_merchant_name *more = realloc(names->merchants, size);
    if (more == NULL) return PAYSCORE_E_MEMORY;
    names->merchants = more;
    more[names->merchant_count].merchant = number;
    if (!take(&key, more[names->merchant_count].mchid)) return PAYSCORE_E_CORRUPT;
    names->merchant_count++;
    return PAYSCORE_OK;
}

static enum payscore_status add_service(struct ps_names *names, struct payscore_text key,
                                        uint32_t number)
{
    size_t size = (names->service_count + 1) * sizeof *names->services;
    struct ps_service_names *more = realloc(names->services, size);
    if (more == NULL) return PAYSCORE_E_MEMORY;
    names->services = more;
    struct ps_service_names *service = &more[names->service_count];
    service->service = number;
    if (!take(&key, service->mchid) || !take(&key, service->appid) ||
        !take(&key, service->service_id))
        return PAYSCORE_E_CORRUPT;
    names->service_count++;
    return PAYSCORE_OK;
}

/* "m" mchid, or "s" mchid NUL appid NUL service_id; the store's own row "schema" has no NUL. */
static enum payscore_status load_kind(struct ps_txn *txn, char kind, struct ps_names *names)
{
    struct payscore_text from = {&kind, 1}, key, value;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_META, from, &key, &value);
    for (; rc == PAYSCORE_OK && key.data[0] == kind;
         rc = ps_txn_next(txn, PS_TABLE_META, &key, &value)) {
        uint32_t number;
        struct payscore_text name = {key.data + 1, key.size - 1};
        bool service = memchr(name.data, '\0', name.size) != NULL;
        if (value.size != sizeof number || service != (kind == 's')) continue;
        memcpy(&number, value.data, sizeof number);
        rc = service ? add_service(names, name, number) : add_merchant(names, name, number);
        if (rc != PAYSCORE_OK) return rc;
    }
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status ps_names_load(struct ps_txn *txn, struct ps_names *names)
{
    ps_names_free(names);
    enum payscore_status rc = load_kind(txn, 'm', names);
    return rc == PAYSCORE_OK ? load_kind(txn, 's', names) : rc;
}

const struct ps_service_names *ps_names_of_service(const struct ps_names *names, uint32_t service)
{
    for (size_t i = 0; i < names->service_count; i++)
        if (names->services[i].service == service) return &names->services[i];
    return NULL;
}

const char *ps_names_of_merchant(const struct ps_names *names, uint32_t merchant)
{
    for (size_t i = 0; i < names->merchant_count; i++)
        if (names->merchants[i].merchant == merchant) return names->merchants[i].mchid;
    return "";
}
