/*
 * What lmdb.c (transactions) and lmdb_open.c (files) share: the store over one LMDB environment,
 * and the one table that turns LMDB's codes into the library's.
 */
#ifndef PS_STORE_LMDB_H
#define PS_STORE_LMDB_H

#include <lmdb.h>
#include <sys/types.h>

#include "store/backend.h"
#include "store/pages.h"

struct ps_lmdb {
    struct ps_store base;
    MDB_env *env;
    MDB_dbi tables[PS_TABLE_COUNT];
    int directory;
    struct ps_feed_file feed; /* Of a writer. */
    /* Its place in the process's register of open directories. */
    struct ps_lmdb *other;
    dev_t device;
    ino_t inode;
};

struct ps_lmdb_txn {
    struct ps_txn base;
    MDB_txn *txn;
    MDB_cursor *cursors[PS_TABLE_COUNT];
    MDB_cursor *record; /* Of a writer: at the record that was read last, which is written next. */
};

extern const struct ps_backend ps_lmdb_backend;

/** The status of a code of LMDB or of errno. */
enum payscore_status ps_lmdb_status(int code);

/** A text as LMDB takes it; LMDB does not write through it. */
MDB_val ps_lmdb_value(struct payscore_text text);

/** The number of the commit that a transaction of this backend shows. */
uint64_t ps_lmdb_commit_of(struct ps_txn *txn);

/**
 * Whether a snapshot is of a commit that was durable, and its meta page is whole still: nobody has
 * begun to write over it until now.
 */
bool ps_lmdb_is_settled(struct ps_txn *txn);

/** The meta page of a snapshot, and its file. E_READERS: it was overtaken; begin anew. */
PAYSCORE_MUST_USE enum payscore_status ps_lmdb_meta_of(struct ps_txn *txn, struct ps_pages *pages,
                                                       struct ps_meta *meta);

/** Forget that this process has the store's directory open. */
void ps_lmdb_leave(struct ps_lmdb *store);

#endif
