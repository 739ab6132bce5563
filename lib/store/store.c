/*
 * The store's interface over its backends: checks what callers give, keeps the first failure of a
 * transaction, compares and sets the head, remembers where each table was read last. It knows no
 * file, no tree and no meaning of bytes but the head's and the schema's.
 */
#include <errno.h>
#include <string.h>

#include "store/backend.h"

static const struct payscore_text head_key = {"head", 4};
static const struct payscore_text schema_key = {"schema", 6};

/* The head is stored as it is: it must not hold padding, and its size is part of the schema. */
_Static_assert(sizeof(struct ps_head) == 5 * sizeof(uint64_t) + PS_HASH_SIZE,
               "the head is stored as it is and has no padding");

static bool same(struct payscore_text a, struct payscore_text b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Notes the first failure. An entry that is not there is an answer, not a failure. */
static enum payscore_status note(struct ps_txn *txn, enum payscore_status status)
{
    if (txn->status == PAYSCORE_OK && status != PAYSCORE_E_NOT_FOUND) txn->status = status;
    return status;
}

static bool key_allowed(enum ps_table table, struct payscore_text key)
{
    return (unsigned)table < PS_TABLE_COUNT && key.data != NULL && key.size >= 1 &&
           key.size <= PS_KEY_MAX;
}

/* The store's own rows move by commit only. */
static bool write_allowed(const struct ps_txn *txn, enum ps_table table, struct payscore_text key)
{
    if (txn->access != PS_WRITE || !key_allowed(table, key)) return false;
    return table != PS_TABLE_META || (!same(key, head_key) && !same(key, schema_key));
}

enum payscore_status ps_store_init(struct ps_store *store, const struct ps_backend *backend,
                                   enum ps_access access)
{
    pthread_mutexattr_t attributes;

    store->backend = backend;
    store->access = access;
    if (pthread_mutexattr_init(&attributes) != 0) return PAYSCORE_E_MEMORY;
    (void)pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
    int code = pthread_mutex_init(&store->writer, &attributes);
    (void)pthread_mutexattr_destroy(&attributes);
    if (code == 0 && pthread_mutex_init(&store->listening, NULL) != 0) {
        (void)pthread_mutex_destroy(&store->writer);
        code = ENOMEM;
    }
    return code == 0 ? PAYSCORE_OK : PAYSCORE_E_MEMORY;
}

void ps_store_fini(struct ps_store *store)
{
    (void)pthread_mutex_destroy(&store->listening);
    (void)pthread_mutex_destroy(&store->writer);
}

struct payscore_text ps_store_schema_key(void)
{
    return schema_key;
}

enum payscore_status ps_store_schema(struct payscore_text row, uint32_t *found)
{
    *found = 0;
    if (row.size != sizeof *found) return PAYSCORE_E_CORRUPT;
    memcpy(found, row.data, sizeof *found);
    bool known = *found >= PS_SCHEMA_OLDEST && *found <= PS_SCHEMA_VERSION;
    return known ? PAYSCORE_OK : PAYSCORE_E_VERSION;
}

static enum payscore_status put_schema(const struct ps_backend *backend, struct ps_txn *txn)
{
    uint32_t version = PS_SCHEMA_VERSION;
    struct ps_row row = {schema_key, {(const char *)&version, sizeof version}};
    return backend->put(txn, PS_TABLE_META, PS_PUT_ANYWHERE, &row);
}

static enum payscore_status put_head(const struct ps_backend *backend, struct ps_txn *txn,
                                     const struct ps_head *head)
{
    struct ps_row row = {head_key, {(const char *)head, sizeof *head}};
    return backend->put(txn, PS_TABLE_META, PS_PUT_ANYWHERE, &row);
}

static enum payscore_status get_head(struct ps_txn *txn, struct ps_head *head)
{
    struct payscore_text value;
    enum payscore_status rc = txn->store->backend->get(txn, PS_TABLE_META, head_key, &value);

    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_E_CORRUPT;
    if (rc != PAYSCORE_OK) return rc;
    if (value.size != sizeof *head) return PAYSCORE_E_CORRUPT;
    memcpy(head, value.data, sizeof *head);
    return PAYSCORE_OK;
}

enum payscore_status ps_store_found(const struct ps_backend *backend, struct ps_txn *txn,
                                    uint64_t incarnation)
{
    struct ps_head head = {.incarnation = incarnation};

    enum payscore_status rc = put_schema(backend, txn);
    return rc == PAYSCORE_OK ? put_head(backend, txn, &head) : rc;
}

void ps_store_close(struct ps_store *store)
{
    if (store != NULL) store->backend->close(store);
}

int ps_store_directory(const struct ps_store *store)
{
    return store->backend->directory != NULL ? store->backend->directory(store) : -1;
}

/* Ends the transaction without a trace, and with it the writer's turn. */
static void end(struct ps_txn *txn)
{
    struct ps_store *store = txn->store;
    bool writes = txn->access == PS_WRITE;

    store->backend->abort(txn);
    if (writes) (void)pthread_mutex_unlock(&store->writer);
}

/* The same by a commit. */
static enum payscore_status end_durably(struct ps_txn *txn, const struct ps_head *head)
{
    struct ps_store *store = txn->store;
    bool news = head->entries != txn->head.entries;
    uint64_t entries = head->entries;

    enum payscore_status rc = store->backend->commit(txn);
    if (rc == PAYSCORE_OK) store->outdated = false;
    if (rc == PAYSCORE_OK && news) store->backend->announce(store, entries);
    (void)pthread_mutex_unlock(&store->writer);
    return rc;
}

enum payscore_status ps_txn_begin(struct ps_store *store, enum ps_access access,
                                  struct ps_txn **txn)
{
    *txn = NULL;
    if (access == PS_WRITE) {
        if (store->access != PS_WRITE) return PAYSCORE_E_ARGUMENT;
        if (pthread_mutex_lock(&store->writer) != 0) return PAYSCORE_E_ARGUMENT;
    }
    struct ps_txn *self = NULL;
    enum payscore_status rc = store->backend->begin(store, access, &self);
    if (rc != PAYSCORE_OK) {
        if (access == PS_WRITE) (void)pthread_mutex_unlock(&store->writer);
        return rc;
    }
    self->store = store;
    self->access = access;
    rc = get_head(self, &self->head);
    if (rc != PAYSCORE_OK) {
        end(self);
        return rc;
    }
    *txn = self;
    return PAYSCORE_OK;
}

const struct ps_head *ps_txn_head(const struct ps_txn *txn)
{
    return &txn->head;
}

enum payscore_status ps_txn_status(const struct ps_txn *txn)
{
    return txn->status;
}

enum payscore_status ps_txn_get(struct ps_txn *txn, enum ps_table table, struct payscore_text key,
                                struct payscore_text *value)
{
    if (txn->status != PAYSCORE_OK) return txn->status;
    if (!key_allowed(table, key)) return note(txn, PAYSCORE_E_ARGUMENT);
    return note(txn, txn->store->backend->get(txn, table, key, value));
}

static void remember(struct ps_position *position, struct payscore_text key, bool found)
{
    if (key.size > 0) memcpy(position->key, key.data, key.size);
    position->size = key.size;
    position->known = true;
    position->moved = !found;
}

enum payscore_status ps_txn_seek(struct ps_txn *txn, enum ps_table table, struct payscore_text from,
                                 struct payscore_text *key, struct payscore_text *value)
{
    struct ps_row row;

    if (txn->status != PAYSCORE_OK) return txn->status;
    if (from.size > 0 && !key_allowed(table, from)) return note(txn, PAYSCORE_E_ARGUMENT);
    if ((unsigned)table >= PS_TABLE_COUNT) return note(txn, PAYSCORE_E_ARGUMENT);
    enum payscore_status rc = txn->store->backend->seek(txn, table, PS_SEEK_FROM, from, &row);
    if (rc == PAYSCORE_OK) {
        remember(&txn->positions[table], row.key, true);
        *key = row.key;
        *value = row.value;
    } else if (rc == PAYSCORE_E_NOT_FOUND) {
        remember(&txn->positions[table], from, false);
    }
    return note(txn, rc);
}

enum payscore_status ps_txn_next(struct ps_txn *txn, enum ps_table table, struct payscore_text *key,
                                 struct payscore_text *value)
{
    struct ps_row row;

    if (txn->status != PAYSCORE_OK) return txn->status;
    if ((unsigned)table >= PS_TABLE_COUNT) return note(txn, PAYSCORE_E_ARGUMENT);
    struct ps_position *position = &txn->positions[table];
    if (!position->known) return note(txn, PAYSCORE_E_ARGUMENT);
    struct payscore_text last = {(const char *)position->key, position->size};
    enum ps_seek how = position->moved ? PS_SEEK_AFTER : PS_SEEK_NEXT;
    enum payscore_status rc = txn->store->backend->seek(txn, table, how, last, &row);
    if (rc == PAYSCORE_OK) {
        remember(position, row.key, true);
        *key = row.key;
        *value = row.value;
    } else {
        position->moved = true;
    }
    return note(txn, rc);
}

static void put(struct ps_txn *txn, enum ps_table table, enum ps_put how, struct ps_row row)
{
    char key[PS_KEY_MAX];

    if (txn->status != PAYSCORE_OK) return;
    if (!write_allowed(txn, table, row.key) || (row.value.data == NULL && row.value.size > 0)) {
        txn->status = PAYSCORE_E_ARGUMENT;
        return;
    }
    /* The key may be one that this transaction read, and lie where the write is about to move. */
    memcpy(key, row.key.data, row.key.size);
    row.key.data = key;
    txn->positions[table].moved = true;
    (void)note(txn, txn->store->backend->put(txn, table, how, &row));
}

void ps_txn_put(struct ps_txn *txn, enum ps_table table, struct payscore_text key,
                struct payscore_text value)
{
    put(txn, table, PS_PUT_ANYWHERE, (struct ps_row){key, value});
}

void ps_txn_append(struct ps_txn *txn, enum ps_table table, struct payscore_text key,
                   struct payscore_text value)
{
    put(txn, table, PS_PUT_LAST, (struct ps_row){key, value});
}

void ps_txn_delete(struct ps_txn *txn, enum ps_table table, struct payscore_text key)
{
    char copy[PS_KEY_MAX];

    if (txn->status != PAYSCORE_OK) return;
    if (!write_allowed(txn, table, key)) {
        txn->status = PAYSCORE_E_ARGUMENT;
        return;
    }
    memcpy(copy, key.data, key.size);
    txn->positions[table].moved = true;
    (void)note(txn,
               txn->store->backend->remove(txn, table, (struct payscore_text){copy, key.size}));
}

enum payscore_status ps_txn_commit(struct ps_txn *txn, const struct ps_head *head)
{
    struct ps_head now;

    if (txn->access != PS_WRITE || head == NULL) (void)note(txn, PAYSCORE_E_ARGUMENT);
    if (txn->status == PAYSCORE_OK) (void)note(txn, get_head(txn, &now));
    if (txn->status == PAYSCORE_OK && memcmp(&now, &txn->head, sizeof now) != 0) {
        txn->status = PAYSCORE_E_CONFLICT;
    }
    if (txn->status == PAYSCORE_OK) (void)note(txn, put_head(txn->store->backend, txn, head));
    if (txn->status == PAYSCORE_OK && txn->store->outdated)
        (void)note(txn, put_schema(txn->store->backend, txn));
    enum payscore_status rc = txn->status;
    if (rc == PAYSCORE_OK) return end_durably(txn, head);
    end(txn);
    return rc;
}

void ps_txn_abort(struct ps_txn *txn)
{
    if (txn != NULL) end(txn);
}
