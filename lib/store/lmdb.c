/*
 * Transactions of the durable store, over LMDB. Commits are synced before they answer; readers run
 * beside the writer and keep their snapshot. Which files these are is lmdb_open.c's business; what
 * the bytes mean is nobody's here.
 */
#include "store/lmdb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { SNAPSHOT_TRIES_MAX = 64 };

/* Codes that are not here are the operating system's about the file: E_IO. */
/* Less room than this is none: a commit writes several pages. */
enum { ROOM_MIN_BYTES = 1 << 20 };

static const struct {
    int code;
    enum payscore_status status;
} statuses[] = {
    {MDB_SUCCESS, PAYSCORE_OK},
    {MDB_NOTFOUND, PAYSCORE_E_NOT_FOUND},
    {MDB_KEYEXIST, PAYSCORE_E_ARGUMENT},
    {MDB_BAD_VALSIZE, PAYSCORE_E_ARGUMENT},
    {MDB_BAD_TXN, PAYSCORE_E_ARGUMENT},
    {EINVAL, PAYSCORE_E_ARGUMENT},
    {MDB_MAP_FULL, PAYSCORE_E_FULL},
    {MDB_MAP_RESIZED, PAYSCORE_E_FULL}, /* Another process's map is larger, and in use. */
    {MDB_TXN_FULL, PAYSCORE_E_FULL},
    {ENOSPC, PAYSCORE_E_FULL},
    {EDQUOT, PAYSCORE_E_FULL},
    {EFBIG, PAYSCORE_E_FULL},
    {MDB_CORRUPTED, PAYSCORE_E_CORRUPT},
    {MDB_PAGE_NOTFOUND, PAYSCORE_E_CORRUPT},
    {MDB_INVALID, PAYSCORE_E_CORRUPT},
    {MDB_INCOMPATIBLE, PAYSCORE_E_CORRUPT},
    {MDB_CURSOR_FULL, PAYSCORE_E_CORRUPT},
    {MDB_PAGE_FULL, PAYSCORE_E_CORRUPT},
    {MDB_VERSION_MISMATCH, PAYSCORE_E_VERSION},
    {MDB_READERS_FULL, PAYSCORE_E_READERS},
    {ENOMEM, PAYSCORE_E_MEMORY},
};

enum payscore_status ps_lmdb_status(int code)
{
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        if (statuses[i].code == code) return statuses[i].status;
    }
    return PAYSCORE_E_IO;
}

MDB_val ps_lmdb_value(struct payscore_text text)
{
    MDB_val value = {.mv_size = text.size};

    if (text.data == NULL) text.data = "";
    memcpy(&value.mv_data, &text.data, sizeof value.mv_data); /* LMDB's type lacks const. */
    return value;
}

static struct payscore_text text_of(MDB_val value)
{
    return (struct payscore_text){value.mv_data, value.mv_size};
}

static struct ps_lmdb *lmdb_of(struct ps_store *store)
{
    return (struct ps_lmdb *)store;
}

static struct ps_lmdb_txn *txn_of(struct ps_txn *txn)
{
    return (struct ps_lmdb_txn *)txn;
}

static MDB_dbi table_of(struct ps_txn *txn, enum ps_table table)
{
    return lmdb_of(txn->store)->tables[table];
}

static void lmdb_close(struct ps_store *base)
{
    struct ps_lmdb *store = lmdb_of(base);

    ps_news_end(&store->feed);
    if (store->env != NULL) mdb_env_close(store->env);
    if (store->directory >= 0) (void)close(store->directory);
    ps_room_fini(store);
    ps_lmdb_leave(store); /* Last: until here, LMDB's file locks belong to this process. */
    ps_store_fini(base);
    free(store);
}

/*
 * LMDB reads the number of the newest commit first and that commit's meta page after. A reader that
 * is held up in between for two commits would read the page of the second while it is being
 * written, and see what is not durable yet. That cannot have begun while the number that readers
 * get still is the same: a commit raises it when its meta page is written and synced.
 */
static bool snapshot_is_settled(MDB_env *env, MDB_txn *txn)
{
    MDB_envinfo info;
    MDB_txn *probe = NULL;

    if (mdb_env_info(env, &info) != MDB_SUCCESS) return false;
    if (info.me_last_txnid <= mdb_txn_id(txn)) return true;
    if (mdb_txn_begin(env, NULL, MDB_RDONLY, &probe) != MDB_SUCCESS) return false;
    bool settled = mdb_txn_id(probe) == mdb_txn_id(txn);
    mdb_txn_abort(probe);
    return settled;
}

uint64_t ps_lmdb_commit_of(struct ps_txn *txn)
{
    return mdb_txn_id(txn_of(txn)->txn);
}

bool ps_lmdb_is_settled(struct ps_txn *txn)
{
    return snapshot_is_settled(lmdb_of(txn->store)->env, txn_of(txn)->txn);
}

static int begin_reader(MDB_env *env, MDB_txn **txn)
{
    for (int try = 0; try < SNAPSHOT_TRIES_MAX; try++) {
        int code = mdb_txn_begin(env, NULL, MDB_RDONLY, txn);
        if (code != MDB_SUCCESS || snapshot_is_settled(env, *txn)) return code;
        mdb_txn_abort(*txn);
    }
    return MDB_READERS_FULL; /* Writers were faster every time: as with slots, try later. */
}

static enum payscore_status lmdb_begin(struct ps_store *base, enum ps_access access,
                                       struct ps_txn **out)
{
    MDB_env *env = lmdb_of(base)->env;
    struct ps_lmdb_txn *self = calloc(1, sizeof *self);
    int code;

    if (self == NULL) return PAYSCORE_E_MEMORY;
    if (access == PS_WRITE) {
        code = mdb_txn_begin(env, NULL, 0, &self->txn);
    } else {
        code = begin_reader(env, &self->txn);
    }
    if (code == MDB_READERS_FULL) {
        /* Slots of processes that died come back only when somebody looks. */
        int dead;
        (void)mdb_reader_check(env, &dead);
        code = begin_reader(env, &self->txn);
    }
    if (code != MDB_SUCCESS) {
        free(self);
        return ps_lmdb_status(code);
    }
    self->base.store = base;
    *out = &self->base;
    return PAYSCORE_OK;
}

/*
 * A record that a writer reads is most often the next one that it writes: the way down the tree is
 * kept for that.
 */
static int get_record(struct ps_lmdb_txn *self, MDB_val *key, MDB_val *data)
{
    if (self->record == NULL) {
        MDB_dbi records = table_of(&self->base, PS_TABLE_RECORDS);
        int code = mdb_cursor_open(self->txn, records, &self->record);
        if (code != MDB_SUCCESS) return code;
    }
    return mdb_cursor_get(self->record, key, data, MDB_SET);
}

static bool stands_at(MDB_cursor *cursor, const MDB_val *key)
{
    MDB_val at, data;

    return cursor != NULL && mdb_cursor_get(cursor, &at, &data, MDB_GET_CURRENT) == MDB_SUCCESS &&
           at.mv_size == key->mv_size && memcmp(at.mv_data, key->mv_data, at.mv_size) == 0;
}

static enum payscore_status lmdb_get(struct ps_txn *base, enum ps_table table,
                                     struct payscore_text key, struct payscore_text *value)
{
    struct ps_lmdb_txn *self = txn_of(base);
    MDB_val lmdb_key = ps_lmdb_value(key);
    MDB_val lmdb_data;
    int code;

    if (table == PS_TABLE_RECORDS && base->access == PS_WRITE) {
        code = get_record(self, &lmdb_key, &lmdb_data);
    } else {
        code = mdb_get(self->txn, table_of(base, table), &lmdb_key, &lmdb_data);
    }
    if (code == MDB_SUCCESS) *value = text_of(lmdb_data);
    return ps_lmdb_status(code);
}

static enum payscore_status lmdb_seek(struct ps_txn *base, enum ps_table table, enum ps_seek how,
                                      struct payscore_text key, struct ps_row *row)
{
    struct ps_lmdb_txn *self = txn_of(base);
    MDB_cursor **cursor = &self->cursors[table];
    MDB_val found = ps_lmdb_value(key);
    MDB_val data;
    MDB_cursor_op op = how == PS_SEEK_NEXT ? MDB_NEXT : key.size == 0 ? MDB_FIRST : MDB_SET_RANGE;

    if (*cursor == NULL) {
        int code = mdb_cursor_open(self->txn, table_of(base, table), cursor);
        if (code != MDB_SUCCESS) return ps_lmdb_status(code);
    }
    int code = mdb_cursor_get(*cursor, &found, &data, op);
    if (code == MDB_SUCCESS && how == PS_SEEK_AFTER && found.mv_size == key.size && key.size > 0 &&
        memcmp(found.mv_data, key.data, key.size) == 0) {
        code = mdb_cursor_get(*cursor, &found, &data, MDB_NEXT);
    }
    if (code == MDB_SUCCESS) *row = (struct ps_row){text_of(found), text_of(data)};
    return ps_lmdb_status(code);
}

/* LMDB 0.9.24 calls a write that the disk cut short EIO: it is full if there is no room left. */
static bool disk_is_full(MDB_env *env)
{
    struct statvfs disk;
    int fd = -1;
    return mdb_env_get_fd(env, &fd) == MDB_SUCCESS && fstatvfs(fd, &disk) == 0 &&
           (uint64_t)disk.f_bavail * disk.f_frsize < ROOM_MIN_BYTES;
}

/* A write of the transaction; a large one writes pages before its commit. */
static enum payscore_status status_of_write(struct ps_lmdb *store, int code)
{
    enum payscore_status rc = ps_lmdb_status(code);

    if (code == EIO && disk_is_full(store->env)) rc = PAYSCORE_E_FULL;
    if (rc == PAYSCORE_E_FULL && code != MDB_MAP_FULL) ps_room_keep(store, rc);
    return rc;
}

static enum payscore_status lmdb_put(struct ps_txn *base, enum ps_table table, enum ps_put how,
                                     const struct ps_row *row)
{
    MDB_val key = ps_lmdb_value(row->key);
    MDB_val data = ps_lmdb_value(row->value);
    unsigned flags = how == PS_PUT_LAST ? MDB_APPEND : 0;
    MDB_cursor *record = txn_of(base)->record;
    struct ps_lmdb *store = lmdb_of(base->store);

    int code = table == PS_TABLE_RECORDS && stands_at(record, &key)
                   ? mdb_cursor_put(record, &key, &data, MDB_CURRENT)
                   : mdb_put(txn_of(base)->txn, table_of(base, table), &key, &data, flags);
    return status_of_write(store, code);
}

static enum payscore_status lmdb_remove(struct ps_txn *base, enum ps_table table,
                                        struct payscore_text text)
{
    struct ps_lmdb *store = lmdb_of(base->store);
    MDB_val key = ps_lmdb_value(text);

    int code = mdb_del(txn_of(base)->txn, table_of(base, table), &key, NULL);
    if (code == MDB_NOTFOUND) return PAYSCORE_E_NOT_FOUND;
    return status_of_write(store, code);
}

static void close_cursors(struct ps_lmdb_txn *self)
{
    for (int table = 0; table < PS_TABLE_COUNT; table++) {
        if (self->cursors[table] != NULL) mdb_cursor_close(self->cursors[table]);
    }
    if (self->record != NULL) mdb_cursor_close(self->record);
}

/* LMDB closes its environment for good once it could not write a meta page. */
static bool environment_lives(MDB_env *env)
{
    MDB_txn *probe;

    int code = mdb_txn_begin(env, NULL, MDB_RDONLY, &probe);
    if (code == MDB_SUCCESS) mdb_txn_abort(probe);
    return code != MDB_PANIC;
}

/*
 * LMDB writes and syncs the pages first, and points the meta page at them last. A failure before
 * the meta page leaves nothing but unused pages: the transaction did not take place. A failure of
 * the meta page itself says nothing about what reached the disk, and closes the environment.
 */
static enum payscore_status lmdb_commit(struct ps_txn *base)
{
    struct ps_lmdb_txn *self = txn_of(base);
    struct ps_lmdb *store = lmdb_of(base->store);
    MDB_env *env = store->env;

    close_cursors(self);
    int code = mdb_txn_commit(self->txn);
    free(self);
    if (code != MDB_SUCCESS && !environment_lives(env)) return PAYSCORE_E_UNSURE;
    enum payscore_status rc = status_of_write(store, code);
    if (rc == PAYSCORE_OK && store->base.access == PS_WRITE) ps_room_keep(store, rc);
    return rc;
}

static void lmdb_abort(struct ps_txn *base)
{
    struct ps_lmdb_txn *self = txn_of(base);

    close_cursors(self);
    mdb_txn_abort(self->txn);
    free(self);
}

static void lmdb_announce(struct ps_store *base, uint64_t entries)
{
    ps_news_announce(&lmdb_of(base)->feed, entries);
}

static int lmdb_directory(const struct ps_store *base)
{
    return ((const struct ps_lmdb *)base)->directory;
}

const struct ps_backend ps_lmdb_backend = {
    .close = lmdb_close,
    .begin = lmdb_begin,
    .get = lmdb_get,
    .seek = lmdb_seek,
    .put = lmdb_put,
    .remove = lmdb_remove,
    .commit = lmdb_commit,
    .abort = lmdb_abort,
    .announce = lmdb_announce,
    .directory = lmdb_directory,
};
