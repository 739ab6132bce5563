/*
 * The store as the engine sees it: one shard, seven tables of bytes, one head, one writer at a
 * time. Two implementations stand behind it, LMDB (durable) and memory (for tests and trials); one
 * suite tests both. Nothing here knows what the bytes mean, except the head.
 *
 * Lifetime: texts returned by reads are the store's memory, valid until the transaction's next
 * write or its end.
 * Thread: a transaction belongs to the thread that began it. Any number of read transactions may
 * run beside the one write transaction.
 * Writes are sticky: after the first failure every further call of the transaction is a no-op that
 * answers the same status, and commit answers it too, having changed nothing.
 */
#ifndef PS_STORE_STORE_H
#define PS_STORE_STORE_H

#include <stdbool.h>

#include "payscore/status.h"
#include "payscore/types.h"

enum ps_table {
    PS_TABLE_RECORDS,   /* home, birth time, counter -> header */
    PS_TABLE_ALIASES,   /* chart, merchant, name -> record */
    PS_TABLE_JOURNAL,   /* entry number -> entry */
    PS_TABLE_EVIDENCE,  /* entry number -> salt and bytes */
    PS_TABLE_DUE,       /* merchant, lane, time, record -> what is owed then */
    PS_TABLE_META,      /* name -> schema, head, charts, merchants, cursors */
    PS_TABLE_HANDOVERS, /* record -> what an answer handed over, until when */
    PS_TABLE_COUNT,
};

/* A store of an older schema than this, down to the oldest, is upgraded by its driver. */
enum { PS_SCHEMA_VERSION = 2, PS_SCHEMA_OLDEST = 1 };
enum { PS_HASH_SIZE = 32, PS_KEY_MAX = 480 };

/** Where the shard's chain stands. Stored in META under "head", as it is. */
struct ps_head {
    uint64_t entries;           /* Entries so far; the next one has this number plus 1. */
    int64_t last_ms;            /* Time of the newest entry: times never decrease. */
    uint64_t incarnation;       /* Random; a restored backup begins a new one. */
    uint64_t epoch;             /* Raised by each process that takes the writer's lock. */
    uint64_t births;            /* Records ever born: the counter in their ids. */
    uint8_t hash[PS_HASH_SIZE]; /* Of the newest entry; zeroes before the first. */
};

struct ps_store;
struct ps_txn;

enum ps_access { PS_READ, PS_WRITE };

struct ps_lmdb_options {
    const char *path;       /* A directory; must exist. */
    uint64_t map_bytes_max; /* 0: 1 TiB. Reserved address space, not disk. */
    enum ps_access access;  /* PS_READ changes nothing on disk but LMDB's reader table. */
    uint64_t incarnation;   /* Used when the store is made; 0 is not allowed then. */
    bool upgrades; /* PS_WRITE: an older schema is upgraded by the first commit; else E_VERSION. */
    uint64_t
        reserve_bytes; /* Kept allocated beyond what is used; 0: 32 MiB, or an eighth of the map. */
    uint64_t stuck_growth_bytes; /* One reader may hold back so much; 0: 1 GiB. */
};

/**
 * Open the store of a directory, making it when `access` is PS_WRITE and there is none.
 *
 * Errors     E_NOT_FOUND (no such directory; PS_READ: no store there), E_VERSION (a newer schema;
 *            an older one that is not to be upgraded now, or is older than the oldest known),
 *            E_CORRUPT (a file that is not ours; it is left as it is), E_ARGUMENT (not a directory,
 *            or one on a network file system), E_BUSY (another process made the store at this very
 *            moment), E_IO, E_FULL, E_MEMORY (also: no address space for the map), E_READERS;
 *            `error` (may be NULL) says why.
 * Ownership  The caller closes *store.
 * Thread     One process opens one path once at a time; a second open answers E_ARGUMENT. A store
 *            does not live through fork: open it in the process that uses it.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_open_lmdb(struct ps_store **store,
                                                          const struct ps_lmdb_options *options,
                                                          struct payscore_error *error);

/** Open an empty store in memory. Errors: E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_store_open_memory(struct ps_store **store,
                                                            uint64_t incarnation);

/** Close; NULL is allowed. No transaction may be open. */
void ps_store_close(struct ps_store *store);

/** The store's directory, held open and borrowed; -1: it is in memory. */
int ps_store_directory(const struct ps_store *store);

/**
 * Begin a transaction at the head. A writer waits for the writer before it; a thread that has a
 * write open already, or a store opened with PS_READ, answers E_ARGUMENT.
 *
 * Errors  E_READERS, E_MEMORY, E_IO (also: after E_UNSURE; close the store and open it again),
 *         E_FULL (another process uses a larger map), E_ARGUMENT, E_CORRUPT (no head).
 */
PAYSCORE_MUST_USE enum payscore_status ps_txn_begin(struct ps_store *store, enum ps_access access,
                                                    struct ps_txn **txn);

/** The head as this transaction began with it. */
const struct ps_head *ps_txn_head(const struct ps_txn *txn);

/** The first failure of the transaction so far. */
enum payscore_status ps_txn_status(const struct ps_txn *txn);

/** Read one value. E_NOT_FOUND is an answer and does not stick; other failures of reads do. */
PAYSCORE_MUST_USE enum payscore_status ps_txn_get(struct ps_txn *txn, enum ps_table table,
                                                  struct payscore_text key,
                                                  struct payscore_text *value);

/**
 * The entry with the smallest key >= `from` (bytes compared as unsigned); an empty `from` means the
 * first. E_NOT_FOUND: none.
 */
PAYSCORE_MUST_USE enum payscore_status ps_txn_seek(struct ps_txn *txn, enum ps_table table,
                                                   struct payscore_text from,
                                                   struct payscore_text *key,
                                                   struct payscore_text *value);

/**
 * The entry after the last one that seek or next returned in this table, also when that one was
 * deleted or others were written since. E_NOT_FOUND: none. Before any seek: E_ARGUMENT, sticky.
 */
PAYSCORE_MUST_USE enum payscore_status ps_txn_next(struct ps_txn *txn, enum ps_table table,
                                                   struct payscore_text *key,
                                                   struct payscore_text *value);

/**
 * Write, replacing. The key is 1 to PS_KEY_MAX bytes; "head" and "schema" in META are the store's
 * own. The key may be a text that this transaction read, the value may not. Sticky.
 */
void ps_txn_put(struct ps_txn *txn, enum ps_table table, struct payscore_text key,
                struct payscore_text value);

/** Write behind the table's greatest key; E_ARGUMENT (sticky) if the key is not greater. */
void ps_txn_append(struct ps_txn *txn, enum ps_table table, struct payscore_text key,
                   struct payscore_text value);

/** Remove; nothing happens if the key is not there. Sticky. */
void ps_txn_delete(struct ps_txn *txn, enum ps_table table, struct payscore_text key);

/**
 * Make the transaction durable if the head still is what it was at begin, and move it to `head`.
 * Ends the transaction in every case. Once it is durable, whoever waits for news is told of the
 * head's entries (see news.h), if there are new ones.
 *
 * Errors  the sticky failure; E_CONFLICT (the head has moved); E_FULL; E_IO; E_UNSURE (whether the
 *         change took place is not known: close the store, open it again and read the head).
 */
PAYSCORE_MUST_USE enum payscore_status ps_txn_commit(struct ps_txn *txn,
                                                     const struct ps_head *head);

/** End without a trace; NULL is allowed. Ends read transactions too. */
void ps_txn_abort(struct ps_txn *txn);

/**
 * Write a copy of the store, as it is at this moment, to a descriptor: the bytes of a data.mdb that
 * holds what the snapshot shows and nothing else, no free pages and none of their bytes. `head`
 * (may be NULL) is the copy's. Nothing is synced.
 *
 * Errors     E_ARGUMENT (a store in memory), E_FULL (no room where it is written), E_IO (also: the
 *            other side closed), E_CORRUPT (its pages contradict each other), E_READERS, E_MEMORY;
 *            `error` (may be NULL) says why.
 * Ownership  The descriptor stays the caller's, and open; it may be one that does not block.
 * Thread     Any, any number at once; commits go on. It holds one snapshot for as long as it takes.
 *            SIGPIPE is not raised.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_copy(struct ps_store *store, int descriptor,
                                                     struct ps_head *head,
                                                     struct payscore_error *error);

/**
 * Note in this transaction that it destroys bytes which are to be written over: ps_store_scrub() is
 * owed from then on, across processes. `mark` differs from transaction to transaction.
 */
void ps_txn_owe_scrub(struct ps_txn *txn, uint64_t mark);

/**
 * If that is owed, write zeroes over all bytes of the store's file that no row holds any more:
 * pages that are free, and what removed rows left in pages that are in use.
 *
 * Errors     E_STUCK (a reader's snapshot still shows pages that were freed; `error` names its
 *            process), E_IO, E_READERS, E_CORRUPT, E_MEMORY, E_FULL, E_ARGUMENT (opened with
 *            PS_READ), those of a commit. It stays owed then.
 * Thread     Any. It reads the whole file, under one snapshot; writers wait for parts of a few
 *            milliseconds.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_scrub(struct ps_store *store,
                                                      struct payscore_error *error);

/**
 * Whether there is room for what is not evidence: ask before commands are applied.
 *
 * The reserve is what evidence goes into when the disk, or the map, has no more. It is topped up by
 * commits, and by this call as soon as there is room again.
 *
 * Errors     E_FULL (the reserve cannot be had; `error`, may be NULL, says what helps), E_STUCK (a
 *            reader holds back more than stuck_growth_bytes; the text names its pid).
 * Thread     Any. No call of the system while there is room, but for one look at the readers each
 *            time that the store has grown a good deal.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_room(struct ps_store *store,
                                                     struct payscore_error *error);

/** One snapshot that somebody holds. */
struct ps_reader {
    int64_t pid;
    uint64_t behind;      /* Commits since it began. */
    uint64_t grown_bytes; /* Freed since, and not to be used again before it ends: so much the
                             store grows for it. */
    bool stuck;           /* That is more than stuck_growth_bytes. */
};

/** What a store takes, and has. All zeroes for a store in memory. */
struct ps_usage {
    uint64_t file_bytes;
    uint64_t used_bytes, free_bytes; /* Of the file: rows and their trees; pages free to use. */
    uint64_t map_bytes, reserve_bytes, disk_free_bytes;
    enum payscore_status refused; /* What ps_store_room() says; a store opened with PS_READ judges
                                     by what it sees. */
};

/**
 * Look at room and readers. Slots of processes that died are cleared. `readers` takes up to `max`
 * of them, oldest first; *count is how many.
 *
 * Errors     E_READERS, E_MEMORY, E_IO.
 * Thread     Any, any number at once. It takes as long as the list of free pages is long.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_usage(struct ps_store *store,
                                                      struct ps_usage *usage,
                                                      struct ps_reader *readers, size_t max,
                                                      size_t *count);

#endif
