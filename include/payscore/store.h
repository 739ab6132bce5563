/*
 * Opening a store, and who may do what with it.
 *
 * A store is a directory. It has one driver: the worker, or a backend that embeds engine and driver
 * in its own process. Other processes submit through the driver, or, while there is none, write
 * for themselves for a moment; the caller's code does not differ. Reading is open to every process
 * of the host.
 */
#ifndef PAYSCORE_STORE_H
#define PAYSCORE_STORE_H

#include <stdbool.h>

#include "payscore/credentials.h"
#include "payscore/status.h"
#include "payscore/types.h"

/** One open store. */
struct payscore;

/**
 * The doors through which time and randomness enter. NULL members mean the system's own. Whoever
 * uses the handle asks them, each on its own thread: with several threads, at once.
 */
struct payscore_world {
    int64_t (*now_ms)(void *context);                        /* Milliseconds since 1970 UTC. */
    void (*random)(void *context, void *bytes, size_t size); /* Unpredictable bytes. */
    void *context;
};

/** A merchant's service, as commands are to be filled in for it. */
struct payscore_merchant {
    struct payscore_text mchid;
    struct payscore_text appid;
    struct payscore_text service_id;
    struct payscore_text notify_url;                /* Base; "/" mchid "/" home is added to it. */
    const struct payscore_credentials *credentials; /* NULL: nothing can be called or verified. */
};

/** What a handle is for. */
enum payscore_role {
    PAYSCORE_READER = 0, /* Reads; any number of processes. */
    PAYSCORE_DRIVER = 1, /* Holds the store's lock; makes the store if there is none. */
    /* Submits and reads; any number of processes. It holds no lock: a command travels through the
     * driver's socket, or, while nobody drives, is written under the lock for that moment. It never
     * changes by which charts the store is governed. */
    PAYSCORE_SUBMITTER = 2,
};

/** How to open a store. Members may be left out: zero means the default. */
struct payscore_options {
    size_t size;      /* Filled in by PAYSCORE_OPTIONS(); the struct grows, never reorders. */
    const char *path; /* The store's directory; NULL: a store in memory (for trials). */
    enum payscore_role role;
    uint64_t map_bytes_max; /* 0: 1 TiB of address space. */
    const struct payscore_merchant *merchants;
    size_t merchant_count;
    struct payscore_world world;
    uint64_t reserve_bytes;      /* Disk and map kept free for evidence; 0: 32 MiB, but no
                                    more than an eighth of the map. */
    uint64_t stuck_growth_bytes; /* So far the store may grow behind one reader that does not let
                                    go, before commands are refused; 0: 1 GiB. */
    int64_t patience_ms;         /* SUBMITTER: how long a submit waits for an answer; 0: 10 s; at
                                    most a day. */
};

#if defined(__cplusplus)
/** C++: options of which every member is the default; set those that shall be otherwise. */
inline payscore_options payscore_options_default()
{
    payscore_options options = payscore_options();
    options.size = sizeof options;
    return options;
}
#else
/** Options with the members named and the default for all others; they live as long as the block
 * does. C++ has payscore_options_default() instead. */
#define PAYSCORE_OPTIONS(...)                                                                      \
    (&(const struct payscore_options){.size = sizeof(struct payscore_options), __VA_ARGS__})
#endif

/**
 * Open a store.
 *
 * A driver makes the store if the directory holds none (the directory itself too, mode 0700, if
 * only its last part is missing), and upgrades one that an older version wrote. What an earlier
 * driver had handed out when it ended counts as sent.
 *
 * Errors     E_BUSY (another process drives it; the message names its pid), E_NOT_FOUND (a reader
 *            or a submitter, and no store there), E_VERSION (the store, or the options, are of a
 *            newer version than this library; a reader, and the store waits for its driver to
 *            upgrade it), E_CORRUPT (a file that is not ours, or is cut short; it is left as it
 *            is), E_KEY (a merchant's key), E_PROCESS (the driver lives in another pid namespace),
 *            E_ARGUMENT (options; a backup, or the target of a restore that did not come to its
 *            end, which only a reader may open; a network file system; the same path opened twice
 *            in one process), E_IO, E_FULL, E_READERS, E_MEMORY, E_CRYPTO.
 * Ownership  Options are copied; payscore_close() ends what *engine holds. Where it fails *engine
 *            is NULL.
 * Thread     Any.
 * Lifetime   The handle belongs to the process that opened it: in a forked child every function
 *            answers E_PROCESS, and only payscore_close() may be called. While a
 *            child lives that neither ran exec nor closed its copy of a driver's handle, nobody
 *            else can drive the store, even if the driver was killed.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_open(struct payscore **engine, const struct payscore_options *options,
              struct payscore_error *error);

/**
 * Close and release the lock; NULL is allowed. Commands that were started and have no answer yet
 * are completed with E_UNSURE; no other can be started from there.
 *
 * Thread     Any; no other call with this handle may be under way.
 */
PAYSCORE_API void payscore_close(struct payscore *engine);

/** Who drives the store of a directory now. */
struct payscore_owner {
    bool driven;
    int64_t pid;
};

/**
 * Look who drives a store, without opening it. A directory that is not there is driven by nobody.
 *
 * Errors     E_ARGUMENT (no path), E_IO.
 * Ownership  The path is borrowed for the time of the call; *owner holds nothing to free.
 * Thread     Any.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_driver(const char *path,
                                                                    struct payscore_owner *owner);

/**
 * The version of the library that runs, as "MAJOR.MINOR.PATCH".
 *
 * Ownership  Static.
 * Thread     Any.
 */
PAYSCORE_API const char *payscore_version(void);

/**
 * The name of a status, as it stands in its row: "E_BUSY".
 *
 * Ownership  Static; never NULL.
 * Thread     Any.
 */
PAYSCORE_API const char *payscore_status_name(enum payscore_status status);

/**
 * A sentence for people about a status.
 *
 * Ownership  Static; never NULL.
 * Thread     Any.
 */
PAYSCORE_API const char *payscore_status_text(enum payscore_status status);

/**
 * What the caller does about a status.
 *
 * Thread     Any.
 */
PAYSCORE_API enum payscore_reaction payscore_status_reaction(enum payscore_status status);

/**
 * Free what a reading function returned; NULL is allowed.
 *
 * Thread     Any.
 */
PAYSCORE_API void payscore_free(void *json);

#endif
