/* The merchants of a handle: copied at opening, their names interned as numbers in the store. */
#include "engine/merchants.h"

#include <stdlib.h>
#include <string.h>

static char *copy_text(struct payscore_text text)
{
    char *copy = malloc(text.size + 1);
    if (copy == NULL) return NULL;
    if (text.size > 0) memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return copy;
}

void ps_merchants_free(struct payscore *engine)
{
    for (size_t i = 0; i < engine->merchant_count; i++) {
        struct ps_merchant *merchant = &engine->merchants[i];
        free(merchant->mchid);
        free(merchant->appid);
        free(merchant->service_id);
        free(merchant->notify_url);
        ps_keyring_close(merchant->ring);
    }
    free(engine->merchants);
}

static enum payscore_status copy_merchant(struct ps_merchant *to,
                                          const struct payscore_merchant *from,
                                          struct payscore_error *error)
{
    if (from->mchid.size == 0 || from->mchid.size > 32 || from->appid.size == 0 ||
        from->appid.size > 32 || from->service_id.size == 0 || from->service_id.size > 32 ||
        from->notify_url.size > PS_URL_BASE_MAX) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT,
                       "a merchant's mchid, appid or service_id is empty or over 32 "
                       "characters, or its notify_url is over %d",
                       PS_URL_BASE_MAX);
    }
    to->mchid = copy_text(from->mchid);
    to->appid = copy_text(from->appid);
    to->service_id = copy_text(from->service_id);
    to->notify_url = copy_text(from->notify_url);
    if (to->mchid == NULL || to->appid == NULL || to->service_id == NULL || to->notify_url == NULL)
        return PAYSCORE_E_MEMORY;
    if (from->credentials == NULL) return PAYSCORE_OK;
    return ps_keyring_open(&to->ring, from->credentials, error);
}

enum payscore_status ps_merchants_copy(struct payscore *engine,
                                       const struct payscore_options *options,
                                       struct payscore_error *error)
{
    if (options->merchant_count > PS_MERCHANTS_MAX) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT,
                       "%zu merchants are more than the %d that one store serves",
                       options->merchant_count, PS_MERCHANTS_MAX);
    }
    engine->merchants = calloc(options->merchant_count + 1, sizeof *engine->merchants);
    if (engine->merchants == NULL) return PAYSCORE_E_MEMORY;
    for (size_t i = 0; i < options->merchant_count; i++) {
        engine->merchant_count = i + 1;
        enum payscore_status rc =
            copy_merchant(&engine->merchants[i], &options->merchants[i], error);
        if (rc != PAYSCORE_OK) return rc;
    }
    return PAYSCORE_OK;
}

/* Names become numbers once: "m" mchid, or "s" mchid NUL appid NUL service_id. */
static size_t intern_key(char key[128], char kind, const struct ps_merchant *merchant)
{
    size_t size = 0;
    key[size++] = kind;
    size_t length = strlen(merchant->mchid);
    memcpy(key + size, merchant->mchid, length);
    size += length;
    if (kind == 'm') return size;
    key[size++] = '\0';
    length = strlen(merchant->appid);
    memcpy(key + size, merchant->appid, length);
    size += length;
    key[size++] = '\0';
    length = strlen(merchant->service_id);
    memcpy(key + size, merchant->service_id, length);
    return size + length;
}

static uint32_t number_of(struct ps_txn *txn, struct payscore_text key)
{
    struct payscore_text value;
    uint32_t number = 0;
    if (ps_txn_get(txn, PS_TABLE_META, key, &value) == PAYSCORE_OK && value.size == sizeof number)
        memcpy(&number, value.data, sizeof number);
    return number;
}

static uint32_t intern(struct ps_txn *txn, struct payscore_text key, bool *anew)
{
    uint32_t number = number_of(txn, key);
    if (number != 0 || anew == NULL) return number;
    number = number_of(txn, PAYSCORE_TEXT("interned")) + 1;
    struct payscore_text value = {(const char *)&number, sizeof number};
    ps_txn_put(txn, PS_TABLE_META, PAYSCORE_TEXT("interned"), value);
    ps_txn_put(txn, PS_TABLE_META, key, value);
    *anew = true;
    return number;
}

/* An older snapshot than another thread's does not know what that one has learnt. */
static void learn(_Atomic uint32_t *known, uint32_t number)
{
    if (number != 0) *known = number;
}

void ps_merchants_intern(struct payscore *engine, struct ps_txn *txn, bool *anew)
{
    for (size_t i = 0; i < engine->merchant_count; i++) {
        struct ps_merchant *merchant = &engine->merchants[i];
        char key[128];
        struct payscore_text name = {key, intern_key(key, 'm', merchant)};
        learn(&merchant->merchant, intern(txn, name, anew));
        name.size = intern_key(key, 's', merchant);
        learn(&merchant->service, intern(txn, name, anew));
    }
}

enum payscore_status ps_merchants_read(struct payscore *engine)
{
    struct ps_txn *txn = NULL;
    enum payscore_status rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    ps_merchants_intern(engine, txn, NULL);
    ps_txn_abort(txn);
    return PAYSCORE_OK;
}

static bool are_known(const struct payscore *engine)
{
    for (size_t i = 0; i < engine->merchant_count; i++)
        if (engine->merchants[i].merchant == 0 || engine->merchants[i].service == 0) return false;
    return true;
}

void ps_merchants_refresh(struct payscore *engine)
{
    if (are_known(engine)) return;
    enum payscore_status rc = ps_merchants_read(engine);
    (void)rc; /* They are looked up again next time. */
}
