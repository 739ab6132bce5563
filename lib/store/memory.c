/*
 * The store in memory, for tests and trials: seven trees. A transaction works on versions of its
 * own (see tree.h), so readers keep their snapshot beside the writer, an abort has nothing to undo,
 * and nobody waits but a second writer. Nothing survives the process.
 */
#include <stdlib.h>

#include "store/tree.h"

struct memory_store {
    struct ps_store base;
    pthread_mutex_t mutex; /* Guards roots, for the moment it takes to copy them. */
    struct ps_tree *roots[PS_TABLE_COUNT];
};

struct memory_txn {
    struct ps_txn base;
    struct ps_tree *roots[PS_TABLE_COUNT];
};

static struct memory_store *memory_of(struct ps_store *store)
{
    return (struct memory_store *)store;
}

static struct memory_txn *txn_of(struct ps_txn *txn)
{
    return (struct memory_txn *)txn;
}

static void release(struct ps_tree **roots)
{
    for (int table = 0; table < PS_TABLE_COUNT; table++)
        ps_tree_release(roots[table]);
}

static void memory_close(struct ps_store *base)
{
    struct memory_store *store = memory_of(base);

    release(store->roots);
    (void)pthread_mutex_destroy(&store->mutex);
    ps_store_fini(base);
    free(store);
}

static enum payscore_status memory_begin(struct ps_store *base, enum ps_access access,
                                         struct ps_txn **out)
{
    struct memory_store *store = memory_of(base);
    struct memory_txn *self = calloc(1, sizeof *self);

    (void)access; /* The writer's turn is kept in store.c. */
    if (self == NULL) return PAYSCORE_E_MEMORY;
    (void)pthread_mutex_lock(&store->mutex);
    for (int table = 0; table < PS_TABLE_COUNT; table++) {
        self->roots[table] = ps_tree_share(store->roots[table]);
    }
    (void)pthread_mutex_unlock(&store->mutex);
    self->base.store = base;
    *out = &self->base;
    return PAYSCORE_OK;
}

static enum payscore_status memory_seek(struct ps_txn *base, enum ps_table table, enum ps_seek how,
                                        struct payscore_text key, struct ps_row *row)
{
    bool after = how != PS_SEEK_FROM;
    bool found = ps_tree_seek(txn_of(base)->roots[table], key, after, row);
    return found ? PAYSCORE_OK : PAYSCORE_E_NOT_FOUND;
}

static enum payscore_status memory_get(struct ps_txn *base, enum ps_table table,
                                       struct payscore_text key, struct payscore_text *value)
{
    struct ps_row row;

    if (!ps_tree_seek(txn_of(base)->roots[table], key, false, &row)) return PAYSCORE_E_NOT_FOUND;
    if (ps_tree_compare(row.key, key) != 0) return PAYSCORE_E_NOT_FOUND;
    *value = row.value;
    return PAYSCORE_OK;
}

static enum payscore_status memory_put(struct ps_txn *base, enum ps_table table, enum ps_put how,
                                       const struct ps_row *row)
{
    struct ps_tree **root = &txn_of(base)->roots[table];
    struct ps_row last;

    if (how == PS_PUT_LAST && ps_tree_last(*root, &last) &&
        ps_tree_compare(last.key, row->key) >= 0) {
        return PAYSCORE_E_ARGUMENT;
    }
    return ps_tree_put(root, row) ? PAYSCORE_OK : PAYSCORE_E_MEMORY;
}

static enum payscore_status memory_remove(struct ps_txn *base, enum ps_table table,
                                          struct payscore_text key)
{
    return ps_tree_remove(&txn_of(base)->roots[table], key) ? PAYSCORE_OK : PAYSCORE_E_MEMORY;
}

static void memory_abort(struct ps_txn *base)
{
    release(txn_of(base)->roots);
    free(base);
}

static enum payscore_status memory_commit(struct ps_txn *base)
{
    struct memory_store *store = memory_of(base->store);
    struct memory_txn *self = txn_of(base);

    (void)pthread_mutex_lock(&store->mutex);
    for (int table = 0; table < PS_TABLE_COUNT; table++) {
        struct ps_tree *old = store->roots[table];
        store->roots[table] = self->roots[table];
        self->roots[table] = old;
    }
    (void)pthread_mutex_unlock(&store->mutex);
    memory_abort(base); /* What it holds now is the version before. */
    return PAYSCORE_OK;
}

static void memory_announce(struct ps_store *base, uint64_t entries)
{
    (void)entries;
    ps_news_ring(base);
}

static const struct ps_backend memory_backend = {
    .close = memory_close,
    .begin = memory_begin,
    .get = memory_get,
    .seek = memory_seek,
    .put = memory_put,
    .remove = memory_remove,
    .commit = memory_commit,
    .abort = memory_abort,
    .announce = memory_announce,
};

/* The first rows go through a transaction like any others. */
static enum payscore_status found(struct memory_store *store, uint64_t incarnation)
{
    struct ps_txn *txn = NULL;

    enum payscore_status rc = memory_begin(&store->base, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_store_found(&memory_backend, txn, incarnation);
    if (rc == PAYSCORE_OK) return memory_commit(txn);
    memory_abort(txn);
    return rc;
}

enum payscore_status ps_store_open_memory(struct ps_store **store, uint64_t incarnation)
{
    struct memory_store *self = calloc(1, sizeof *self);

    *store = NULL;
    if (self == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc = ps_store_init(&self->base, &memory_backend, PS_WRITE);
    if (rc != PAYSCORE_OK) {
        free(self);
        return rc;
    }
    if (pthread_mutex_init(&self->mutex, NULL) != 0) {
        ps_store_fini(&self->base);
        free(self);
        return PAYSCORE_E_MEMORY;
    }
    rc = found(self, incarnation);
    if (rc != PAYSCORE_OK) {
        memory_close(&self->base);
        return rc;
    }
    *store = &self->base;
    return PAYSCORE_OK;
}
