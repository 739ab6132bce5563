/*
 * The feed: the journal as whoever keeps books by it reads it. Ordered, resumable from any cursor,
 * in any process. A consumer reads entries behind its cursor, does its work, and stores the new
 * cursor under its name: it then meets every entry at least once.
 */
#ifndef PAYSCORE_FEED_H
#define PAYSCORE_FEED_H

#include "payscore/read.h"

enum {
    PAYSCORE_CURSOR_SIZE = 48,     /* Bytes of a cursor with its NUL. */
    PAYSCORE_CURSOR_NAME_MAX = 64, /* Letters, digits, "-", "_", ".". */
    PAYSCORE_CURSORS_MAX = 256,    /* Named cursors of one store. */
    PAYSCORE_FEED_MAX = 1000       /* Entries of one page. */
};

/** Wherever a cursor is wanted: behind all that is there now. */
#define PAYSCORE_CURSOR_NEWEST "newest"

/**
 * Entries behind a cursor ("" = the beginning): {"entries":[…],"cursor":"…"}. At most
 * PAYSCORE_FEED_MAX, oldest first. Entries that retention removed are passed over: a page may be
 * empty though its cursor moved on. Whoever reads until the cursor stays has read everything.
 *
 * An entry is an object: `entry` (its number), `time`, `chart`, the names of its record
 * (`out_order_no` or `authorization_code`, `openid`, `mchid`, `service_id`: those that it has now),
 * `from` and `to` (states), `input` and `event` (what moved it), `row_text` (why), and, where they
 * are known at that move, `asked_fen`, `total_fen`, `paid_fen`, `reason`, `held`. One that is about
 * no record, such as that of an erasure, has an empty `chart`.
 *
 * Errors     E_INPUT (no cursor of this store: a restored store begins a new incarnation, and its
 *            consumers read from the beginning or from where they know to have been), E_CORRUPT,
 *            E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  The cursor is borrowed for the time of the call; *json is the caller's:
 *            payscore_free(). NULL where it fails.
 * Thread     Any, any number at once.
 * Units      count_max: entries; 0: PAYSCORE_FEED_MAX.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_feed(struct payscore *engine, struct payscore_text cursor, size_t count_max, char **json);

/**
 * Wait until there is an entry behind a cursor, whichever process writes it. An entry of a process
 * that was killed in the moment of its commit may be told of 5 s late.
 *
 * Errors     E_INPUT (no cursor of this store), E_NOT_FOUND (none came in time), E_READERS,
 *            E_PROCESS, E_MEMORY, E_CORRUPT, E_IO (also: no inotify instance is left).
 * Ownership  The cursor is borrowed for the time of the call.
 * Thread     Any, any number at once. A signal handler's return does not end it early.
 * Units      timeout_ms: milliseconds; 0: only look; negative: for ever.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_feed_wait(struct payscore *engine, struct payscore_text cursor, int64_t timeout_ms);

/**
 * A descriptor that polls readable when there may be new entries, whichever process wrote them.
 * payscore_feed() makes it quiet again before it reads, so that nothing is missed between the two.
 * Poll it with a time-out of some seconds, and read then as well: an entry of a process that was
 * killed in the moment of its commit is told of with the next one only.
 *
 * Errors     *descriptor is -1, and the status says why: E_IO (the system has no inotify instance
 *            left: raise fs.inotify.max_user_instances), E_PROCESS, E_MEMORY.
 * Ownership  The handle's; do not read from it or close it.
 * Thread     Any; whoever shares it with another consumer may be woken for nothing.
 * Lifetime   Until payscore_close().
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_feed_descriptor(struct payscore *engine, int *descriptor);

/**
 * Store a cursor under a name; durable on return. It travels as a command does: from a driver or a
 * submitter, which was opened with at least one merchant.
 *
 * Errors     E_INPUT (no name, no cursor of this store, PAYSCORE_CURSORS_MAX are there), and those
 *            of payscore_submit() but E_TOO_LARGE, E_RESTORED and
 *            E_CRYPTO.
 * Ownership  Name and cursor are borrowed for the time of the call.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_cursor_store(struct payscore *engine, struct payscore_text name,
                      struct payscore_text cursor, struct payscore_error *error);

/**
 * Read the cursor of a name.
 *
 * Errors     E_NOT_FOUND (nobody stored one), E_INPUT (no name; a cursor of the incarnation before
 *            a restore), E_CORRUPT, E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  The name is borrowed for the time of the call; `cursor` is the caller's, and "" where
 *            it fails.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_cursor_load(struct payscore *engine, struct payscore_text name,
                     char cursor[PAYSCORE_CURSOR_SIZE]);

/**
 * Forget the cursor of a name; one that nobody stored is forgotten already.
 *
 * Errors     E_INPUT (no name), and those of payscore_submit() but E_TOO_LARGE, E_RESTORED and
 *            E_CRYPTO.
 * Ownership  The name is borrowed for the time of the call.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_cursor_drop(struct payscore *engine, struct payscore_text name,
                     struct payscore_error *error);

/**
 * All named cursors, and how far each is behind: [{"name": …, "cursor": …, "behind": …,
 * "stored": …}]. `cursor` and `behind` are null of a cursor of the incarnation before a restore.
 *
 * Errors     E_CORRUPT, E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  *json is the caller's: payscore_free(). NULL where it fails.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_cursors(struct payscore *engine,
                                                                     char **json);

#endif
