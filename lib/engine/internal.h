/*
 * What the files of the engine share. One struct payscore is one open store with the merchants it
 * works for; nothing of it is visible outside lib/engine.
 */
#ifndef PS_ENGINE_INTERNAL_H
#define PS_ENGINE_INTERNAL_H

#include <sys/types.h>

#include "engine/flight.h"
#include "engine/journal.h"
#include "engine/watch.h"
#include "payscore/payscore.h"
#include "store/lock.h"
#include "wechat/command.h"
#include "wechat/keyring.h"

enum { PS_MERCHANTS_MAX = 64, PS_URL_BASE_MAX = 240 };

struct ps_merchant {
    char *mchid, *appid, *service_id, *notify_url;
    struct ps_keyring *ring; /* NULL: no calls, no notices. */
    /* Interned; 0: no driver and no submitter told the store yet. A submitter's leader may learn
     * them while others read. */
    _Atomic uint32_t merchant, service;
};

/* Chances drawn ahead: to draw one alone takes longer than the step that it is for. */
struct ps_chances {
    uint32_t values[64];
    size_t left;
};

/* lib/submit's: */
struct ps_queue;  /* Who waits for a commit. */
struct ps_socket; /* Who submits from other processes. */
struct ps_client; /* The way to whoever writes. */

struct payscore {
    pid_t pid; /* Of the process that opened it. */
    struct ps_store *store;
    struct ps_queue *queue;   /* NULL: a reader. */
    char *path;               /* NULL: a store in memory. */
    char way[32];             /* To its directory, wherever that is moved, or the process goes. */
    struct ps_lock *lock;     /* A driver's; a submitter's in its moment. */
    struct ps_socket *socket; /* A driver's; NULL: a store in memory. */
    struct ps_client *client; /* A submitter's. */
    enum payscore_role role;
    bool closing; /* No command may be started any more. */
    struct payscore_world world;
    struct ps_merchant *merchants;
    size_t merchant_count;
    uint64_t epoch;
    uint64_t sent_epoch;      /* Effects of a later one were written while nobody drove. */
    int64_t driving_since_ms; /* What falls due later was not handed out by an earlier process. */
    uint8_t chart_digest[PS_HASH_SIZE];
    struct ps_flights flights;
    size_t hand_out_from;      /* The merchant whose calls are looked for first. */
    struct ps_chances chances; /* The writer's. */
    struct ps_watch watch;
};

/** Whether this process opened the handle: it does not live through fork. */
bool ps_process_is_ours(const struct payscore *engine);

/** The same as a status, with the reason. Every public function asks first. Errors: E_PROCESS. */
PAYSCORE_MUST_USE enum payscore_status ps_process_check(const struct payscore *engine,
                                                        struct payscore_error *error);

/** The system's own doors where none are given. */
void ps_world_complete(struct payscore_world *world);

int64_t ps_now_ms(const struct payscore *engine);
void ps_random(const struct payscore *engine, void *bytes, size_t size);

/** One chance for a step; inside the write transaction only. */
uint32_t ps_chance(struct payscore *engine);

/** Make and end the queue of a handle: lib/submit's (see submit/queue.h). Errors: E_MEMORY, E_IO.
 */
PAYSCORE_MUST_USE enum payscore_status ps_queue_open(struct payscore *engine);
void ps_queue_close(struct payscore *engine);

/** The merchant with this interned service, or NULL. */
const struct ps_merchant *ps_merchant_of_service(const struct payscore *engine, uint32_t service);

/** The merchant with these names, or NULL. `appid` is not looked at where it is empty. */
const struct ps_merchant *ps_merchant_named(const struct payscore *engine,
                                            struct payscore_text mchid, struct payscore_text appid,
                                            struct payscore_text service_id);

/** A record's name among the aliases: its number, or service_id "/" openid. */
PAYSCORE_MUST_USE bool ps_alias_name(uint16_t chart, const struct ps_merchant *merchant,
                                     struct payscore_text number, struct payscore_text openid,
                                     char name[PS_NAME_MAX + 1]);

/** Which home a name belongs to: spread evenly, and the same for ever. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_home_of(const struct ps_merchant *merchant,
                                                  const char *name, uint16_t *home);

/**
 * Read a record. Errors: E_NOT_FOUND (none; or, with as much of it as a tombstone keeps, retired:
 * ps_record_is_retired()), E_CORRUPT, E_CHART, those of the store.
 */
PAYSCORE_MUST_USE enum payscore_status
ps_record_read(struct ps_txn *txn, const struct payscore_id *id, struct ps_record *record);

/** Find a record by its alias. Errors: E_NOT_FOUND, E_CORRUPT, those of the store. */
PAYSCORE_MUST_USE enum payscore_status ps_record_find(struct ps_txn *txn, uint16_t chart,
                                                      uint32_t merchant, struct payscore_text name,
                                                      struct payscore_id *id);

/** A stored header as a record, whatever layout it was written in. Errors: E_NOT_FOUND (a
 * tombstone, as above), E_CORRUPT, E_VERSION. */
PAYSCORE_MUST_USE enum payscore_status ps_record_unpack(struct payscore_text value,
                                                        struct ps_record *record);

enum { PS_CHART_KEY_SIZE = 6 + 2 * PS_HASH_SIZE + 1 };

/** The name under which META keeps the charts of this digest. */
void ps_chart_key(const uint8_t digest[PS_HASH_SIZE], char key[PS_CHART_KEY_SIZE]);

/** The governing text of all charts (allocated) and its digest. Errors: E_MEMORY, E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_charts_text(char **text, size_t *size,
                                                      uint8_t digest[PS_HASH_SIZE]);

#endif
