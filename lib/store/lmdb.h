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

/* How much room there is; under `mutex`. */
struct ps_room {
    pthread_mutex_t mutex;
    uint64_t reserve_bytes, stuck_bytes;
    uint64_t page_bytes;
    uint64_t ready_until; /* So far the file is allocated, and the map reaches; 0: not looked. */
    bool short_of_disk, short_of_map;
    bool refused;          /* A commit was refused for want of room; cleared when there is some. */
    uint64_t free_at;      /* The commit of which `usable_bytes` tells. */
    uint64_t usable_bytes; /* Of free pages in the file. */
    uint64_t look_at;      /* Where the used part ends when readers are looked at next. */
    int64_t stuck_pid;     /* Of the reader that is stuck; 0: none is. */
    uint64_t stuck_commits, stuck_held;
    uint32_t commits; /* Since readers that died were looked for. */
};

struct ps_lmdb {
    struct ps_store base;
    MDB_env *env;
    MDB_dbi tables[PS_TABLE_COUNT];
    int directory;
    struct ps_feed_file feed; /* Of a writer. */
    struct ps_room room;
    /* Its place in the process's register of open directories. */
    struct ps_lmdb *other;
    dev_t device;
    ino_t inode;
    pid_t pid;
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

/** Begin a snapshot, with its meta page and its file. Errors: those of ps_txn_begin(), E_CORRUPT.
 */
PAYSCORE_MUST_USE enum payscore_status ps_lmdb_begin_with_meta(struct ps_store *store,
                                                               struct ps_pages *pages,
                                                               struct ps_meta *meta,
                                                               struct ps_txn **txn);

/** Commit once more while a scrub is owed; `mark` (may be NULL) is what it was owed with.
 * E_NOT_FOUND: it is not owed. Other errors: those of a commit. */
PAYSCORE_MUST_USE enum payscore_status ps_scrub_touch(struct ps_store *store, uint64_t *mark);

/** Write over what is gone: the part of ps_store_scrub() that is LMDB's. Same errors. */
PAYSCORE_MUST_USE enum payscore_status ps_lmdb_scrub(struct ps_store *store,
                                                     struct payscore_error *error);

enum { PS_SLOTS_MAX = 510 };

/**
 * Give lock.mdb its blocks before LMDB maps it: a page without one, on a full disk, would end the
 * process that writes its slot there. Nobody in this process has it open. Errors: E_FULL.
 */
PAYSCORE_MUST_USE enum payscore_status ps_lmdb_reserve_slots(int directory);

/** One snapshot that somebody holds. */
struct ps_slot {
    int64_t pid;
    uint64_t commit; /* That it shows. */
    uint64_t held;   /* Pages freed since, which cannot be used before it ends. */
};

/** Read a line of mdb_reader_list(): "pid thread commit". False: its heading, or an idle slot. */
bool ps_slot_read(const char *line, struct ps_slot *slot);

/** The list of free pages. */
struct ps_free {
    uint64_t commit;        /* It stands so in. */
    uint64_t pages, usable; /* usable: held by nobody. */
};

/** The snapshots that are held now, oldest first. Slots of processes that died are cleared. */
size_t ps_lmdb_slots(MDB_env *env, struct ps_slot *slots, size_t max);

/** Add up the free pages, and for each slot (oldest first) those that it holds back. */
PAYSCORE_MUST_USE enum payscore_status ps_lmdb_free(struct ps_store *store, struct ps_slot *slots,
                                                    size_t count, struct ps_free *free);

/** Make ready what `options` want. False: memory is short. */
PAYSCORE_MUST_USE bool ps_room_init(struct ps_lmdb *store, const struct ps_lmdb_options *options);
void ps_room_fini(struct ps_lmdb *store);

/** After a commit, under the writer's lock: keep the reserve. No call of the system mostly. */
void ps_room_keep(struct ps_lmdb *store, enum payscore_status committed);

/** Note that this process has the store's directory open. False: it has already. */
PAYSCORE_MUST_USE bool ps_lmdb_join(struct ps_lmdb *store);

/** Forget that this process has the store's directory open. */
void ps_lmdb_leave(struct ps_lmdb *store);

#endif
