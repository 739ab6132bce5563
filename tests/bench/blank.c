/* A store that keeps nothing. */
#include "bench/blank.h"

#include <stdlib.h>
#include <string.h>

#include "engine/keys.h"
#include "store/backend.h"

struct blank {
    struct ps_store base;
    struct ps_head head;
    bool has_record;
    struct ps_record record, put;
    struct ps_id_key id;
    struct ps_txn txn; /* One at a time. */
};

static struct blank *blank_of(struct ps_txn *txn)
{
    return (struct blank *)txn->store;
}

static void blank_close(struct ps_store *store)
{
    ps_store_fini(store);
    free(store);
}

static enum payscore_status blank_begin(struct ps_store *store, enum ps_access access,
                                        struct ps_txn **txn)
{
    struct blank *blank = (struct blank *)store;
    memset(&blank->txn, 0, sizeof blank->txn);
    blank->txn.store = store;
    blank->txn.access = access;
    *txn = &blank->txn;
    return PAYSCORE_OK;
}

static enum payscore_status blank_get(struct ps_txn *txn, enum ps_table table,
                                      struct payscore_text key, struct payscore_text *value)
{
    struct blank *blank = blank_of(txn);
    if (table == PS_TABLE_META && key.size == 4) {
        *value = (struct payscore_text){(const char *)&blank->head, sizeof blank->head};
        return PAYSCORE_OK;
    }
    if (!blank->has_record) return PAYSCORE_E_NOT_FOUND;
    if (table == PS_TABLE_ALIASES)
        *value = PS_KEY(blank->id);
    else if (table == PS_TABLE_RECORDS)
        *value = (struct payscore_text){(const char *)&blank->record, sizeof blank->record};
    else
        return PAYSCORE_E_NOT_FOUND;
    return PAYSCORE_OK;
}

static enum payscore_status blank_seek(struct ps_txn *txn, enum ps_table table, enum ps_seek how,
                                       struct payscore_text key, struct ps_row *row)
{
    (void)txn;
    (void)table;
    (void)how;
    (void)key;
    (void)row;
    return PAYSCORE_E_NOT_FOUND;
}

static enum payscore_status blank_write(struct ps_txn *txn, enum ps_table table, enum ps_put how,
                                        const struct ps_row *row)
{
    (void)how;
    if (table == PS_TABLE_RECORDS && row->value.size == sizeof(struct ps_record))
        memcpy(&blank_of(txn)->put, row->value.data, sizeof(struct ps_record));
    return PAYSCORE_OK;
}

static enum payscore_status blank_remove(struct ps_txn *txn, enum ps_table table,
                                         struct payscore_text key)
{
    (void)txn;
    (void)table;
    (void)key;
    return PAYSCORE_OK;
}

static enum payscore_status blank_commit(struct ps_txn *txn)
{
    (void)txn;
    return PAYSCORE_OK;
}

static void blank_abort(struct ps_txn *txn)
{
    (void)txn;
}

static void blank_announce(struct ps_store *store, uint64_t entries)
{
    (void)store;
    (void)entries;
}

static const struct ps_backend backend = {
    .close = blank_close,
    .begin = blank_begin,
    .get = blank_get,
    .seek = blank_seek,
    .put = blank_write,
    .remove = blank_remove,
    .commit = blank_commit,
    .abort = blank_abort,
    .announce = blank_announce,
};

struct blank *blank_make(struct ps_store **store, uint64_t epoch)
{
    struct blank *blank = calloc(1, sizeof *blank);
    if (blank == NULL) return NULL;
    blank->head.epoch = epoch;
    if (ps_store_init(&blank->base, &backend, PS_WRITE) != PAYSCORE_OK) {
        free(blank);
        return NULL;
    }
    *store = &blank->base;
    return blank;
}

void blank_set(struct blank *blank, const struct ps_record *record)
{
    blank->has_record = record != NULL;
    if (record == NULL) return;
    blank->record = *record;
    blank->id = ps_id_key(&record->id);
}

const struct ps_record *blank_put(const struct blank *blank)
{
    return &blank->put;
}
