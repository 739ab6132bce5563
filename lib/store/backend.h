/*
 * What stands behind the store's interface: a table of operations for each implementation, and the
 * part of a store and of a transaction that store.c keeps for all of them. store.c checks
 * arguments, keeps failures sticky, compares and sets the head and remembers positions; a backend
 * only moves bytes. Everything here is private to lib/store.
 */
#ifndef PS_STORE_BACKEND_H
#define PS_STORE_BACKEND_H

#include <pthread.h>

#include "store/store.h"

/** Where an entry is looked for. */
enum ps_seek {
    PS_SEEK_FROM,  /* The smallest key >= the given one; an empty key means the first. */
    PS_SEEK_AFTER, /* The smallest key > the given one. */
    PS_SEEK_NEXT,  /* As AFTER, and the given key is what this table's last seek returned. */
};

enum ps_put { PS_PUT_ANYWHERE, PS_PUT_LAST };

/** A row on its way in or out. */
struct ps_row {
    struct payscore_text key;
    struct payscore_text value;
};

struct ps_backend {
    void (*close)(struct ps_store *store);
    /* The backend allocates its transaction, zeroed, with a struct ps_txn as its first member. */
    enum payscore_status (*begin)(struct ps_store *store, enum ps_access access,
                                  struct ps_txn **txn);
    enum payscore_status (*get)(struct ps_txn *txn, enum ps_table table, struct payscore_text key,
                                struct payscore_text *value);
    enum payscore_status (*seek)(struct ps_txn *txn, enum ps_table table, enum ps_seek how,
                                 struct payscore_text key, struct ps_row *row);
    enum payscore_status (*put)(struct ps_txn *txn, enum ps_table table, enum ps_put how,
                                const struct ps_row *row);
    enum payscore_status (*remove)(struct ps_txn *txn, enum ps_table table,
                                   struct payscore_text key);
    /* Both end the transaction and free it. */
    enum payscore_status (*commit)(struct ps_txn *txn);
    void (*abort)(struct ps_txn *txn);
    /* After a commit with new entries. */
    void (*announce)(struct ps_store *store, uint64_t entries);
    /* The open directory of the store; NULL: it is in memory. */
    int (*directory)(const struct ps_store *store);
};

struct ps_store {
    const struct ps_backend *backend;
    enum ps_access access;
    pthread_mutex_t writer; /* Error-checking: a second write by the same thread is refused. */
    bool outdated; /* Its schema is an older one; the first commit writes ours. Under `writer`. */
    pthread_mutex_t listening; /* Guards `news`: who waits for news of a store in memory. */
    struct ps_news *news;
};

/** Where the last seek or next of a table ended. */
struct ps_position {
    uint8_t key[PS_KEY_MAX];
    size_t size;
    bool known;
    bool moved; /* The table was written since; the backend's cursor is not to be trusted. */
};

struct ps_txn {
    struct ps_store *store;
    enum ps_access access;
    enum payscore_status status;
    struct ps_head head;
    struct ps_position positions[PS_TABLE_COUNT];
};

/** The file into which a writer writes its news. */
struct ps_feed_file {
    int directory; /* Borrowed. */
    int file;      /* -1: it could not be opened yet. */
};

void ps_news_prepare(struct ps_feed_file *feed, int directory);

/** Tell every process that waits. Never fails: who waits looks by itself now and then. */
void ps_news_announce(struct ps_feed_file *feed, uint64_t entries);

void ps_news_end(struct ps_feed_file *feed);

/** Tell who waits for news of a store in memory. */
void ps_news_ring(struct ps_store *store);

/** Fill in what all stores have. E_MEMORY if the mutex cannot be had. */
PAYSCORE_MUST_USE enum payscore_status
ps_store_init(struct ps_store *store, const struct ps_backend *backend, enum ps_access access);

void ps_store_fini(struct ps_store *store);

/** Write the first rows of a new store: schema and head. */
PAYSCORE_MUST_USE enum payscore_status ps_store_found(const struct ps_backend *backend,
                                                      struct ps_txn *txn, uint64_t incarnation);

/** Whether this build can use the schema: OK (also an older one: see `*found`), E_VERSION (`*found`
 *  says which), E_CORRUPT. */
PAYSCORE_MUST_USE enum payscore_status ps_store_schema(struct payscore_text row, uint32_t *found);

/** The name of the schema's row in META. */
struct payscore_text ps_store_schema_key(void);

#endif
