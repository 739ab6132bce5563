/*
 * Operating a store that is in use: verify, backup and restore, export, erasure, retention, who
 * reads and how much room there is. All of them run beside the driver.
 */
#ifndef PAYSCORE_OPERATIONS_H
#define PAYSCORE_OPERATIONS_H

#include "payscore/submit.h"

/** What verification found. */
struct payscore_report {
    uint64_t entries, records;   /* Read. */
    uint64_t retired;            /* Entries of which retention left number and hash. */
    uint64_t erased;             /* Entries whose evidence was erased. */
    uint64_t faults;             /* 0: the journal is as it was written. */
    uint64_t first_entry;        /* The first entry with a fault. */
    struct payscore_error first; /* What and where, in a sentence. */
};

/**
 * Walk the whole journal: chain of hashes, evidence against its digests, records against their last
 * entries, what is owed against the records.
 *
 * Of a record that is its names, state, version, amounts, flags and hold, and what it answers to
 * repeated commands. What no entry repeats it is believed: of an order the openid and the
 * platform's transaction id (both stand in its evidence), and when it came to its state.
 *
 * Errors     E_IO, E_MEMORY, E_CRYPTO, E_READERS, E_PROCESS, E_CORRUPT (the store's own structure
 *            cannot be read). Faults of the journal are no error: see the report.
 * Ownership  *report holds nothing to free.
 * Thread     Any, any number at once. It holds one snapshot for as long as it takes.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_verify(struct payscore *engine,
                                                                    struct payscore_report *report);

/**
 * A report as a JSON object: ok, entries, records, retired, erased, faults, first_entry, first.
 *
 * Errors     E_MEMORY.
 * Ownership  *json is the caller's: payscore_free(). NULL where it fails.
 * Thread     Any.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_report_json(const struct payscore_report *report, char **json);

/**
 * Where the chain of hashes stands now, signed with a merchant's key, as a JSON object. Whoever
 * keeps it elsewhere can prove with payscore_verify_head() that nothing up to here was altered or
 * cut off. The signed text begins with "payscore head", which no request to the platform does.
 *
 * Errors     E_ARGUMENT (no such merchant), E_KEY (it has no credentials), E_NOT_FOUND (the journal
 *            is empty), E_CRYPTO, E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  *json is the caller's: payscore_free(). NULL where it fails.
 * Thread     Any, any number at once. About 0.2 ms of CPU.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_head(struct payscore *engine,
                                                                  size_t merchant, char **json);

/**
 * Verify as payscore_verify(), and that the journal still holds the entry that a head names, with
 * the hash that it names. A head of an earlier incarnation holds in a restored store as far as its
 * backup went.
 *
 * An empty `public_key_pem` means the key of the merchant whom the head names, which must have been
 * given at open.
 *
 * Errors     E_INPUT (no head), E_TOO_LARGE, E_FORGED (its signature does not verify with
 *            `public_key_pem`; nothing was read), E_KEY (no public key or certificate), and those
 *            of payscore_verify(). An entry that is cut off or another is a fault in the report.
 * Ownership  Texts are borrowed for the time of the call; *report holds nothing to free.
 * Thread     As payscore_verify().
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_verify_head(struct payscore *engine, struct payscore_text head,
                     struct payscore_text public_key_pem, struct payscore_report *report,
                     struct payscore_error *error);

/**
 * Copy the store, as it is at this moment, into a directory, which is made, or is empty. What is
 * erased is not in the copy.
 *
 * Errors     E_EXISTS (the directory holds something), E_FULL, E_IO, E_ARGUMENT (no path; a store
 *            in memory), E_READERS, E_PROCESS, E_MEMORY. What was copied so far is removed.
 * Ownership  The path is borrowed for the time of the call.
 * Thread     Any. It holds one snapshot for as long as it takes; commits go on.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_backup(struct payscore *engine, const char *directory, struct payscore_error *error);

/**
 * Write the same copy to a descriptor: a file, a pipe, a socket.
 *
 * Errors     E_IO (the other side closed; the descriptor cannot be written), E_FULL, E_ARGUMENT (a
 *            store in memory), E_READERS, E_PROCESS, E_MEMORY. What was written so far is no
 *            backup.
 * Ownership  The descriptor stays the caller's, and open.
 * Thread     As payscore_backup(). SIGPIPE is not raised.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_backup_stream(struct payscore *engine, int descriptor, struct payscore_error *error);

/** What to restore, and whereto. */
struct payscore_restoring {
    size_t size;            /* sizeof(struct payscore_restoring). */
    const char *backup;     /* Of payscore_backup(); NULL: read `descriptor`. */
    int descriptor;         /* What payscore_backup_stream() wrote. */
    const char *directory;  /* The new store: made, or empty. */
    uint64_t map_bytes_max; /* As at payscore_open(). */
    struct payscore_world world;
};

/**
 * Make a store of a backup, as a new incarnation: cursors of the store before are none of it, and
 * it asks before it acts. What was owed counts as sent; of every record that is open the platform
 * is asked first, and until it has answered, commands about that record are answered with
 * E_RESTORED and nothing is sent for it but the question. Since the backup orders may have been
 * made that it does not know: their notices become strays, to be adopted. Whether the journal is
 * as it was written is not looked at: payscore_verify() tells, of the backup or of the new store.
 *
 * Errors     E_NOT_FOUND (no backup; a store's own directory is none), E_CORRUPT (it is none, is
 *            cut short or damaged), E_VERSION (of a newer version), E_EXISTS (the target holds
 *            something), E_ARGUMENT (no source, no target, `size` is not filled in), E_FULL, E_IO,
 *            E_MEMORY, E_CRYPTO. What was made so far is removed.
 * Ownership  What `restoring` names is borrowed for the time of the call; its descriptor stays the
 *            caller's, and open.
 * Thread     Any. Never restore into the directory of a store that still runs elsewhere: two stores
 *            with the same orders would both act.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_restore(const struct payscore_restoring *restoring, struct payscore_error *error);

/** What to export. Empty texts and zeroes do not restrict. */
struct payscore_export_filter {
    struct payscore_text mchid, chart, state; /* The state: that a move led to. */
    int64_t since_ms, until_ms;               /* Time of the entry; until_ms itself is not in. */
    bool evidence;                            /* With the bytes kept for each. */
};

/** Takes one line, which ends in a line break; false ends the export. */
typedef bool payscore_line(void *user, struct payscore_text line);

/**
 * Export the journal as JSON lines: one object an entry, oldest first, with the names of merchant
 * and record. It reads in bounded batches and holds no snapshot between them, so that it may take
 * hours.
 *
 * Errors     E_INPUT (no such chart or state), E_IO (`line` answered false), E_CORRUPT, E_READERS,
 *            E_PROCESS, E_MEMORY.
 * Ownership  A line is borrowed to `line` for the time of its call.
 * Thread     Any, any number at once; `line` is called on the same thread.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_export(struct payscore *engine, const struct payscore_export_filter *filter,
                payscore_line *line, void *user);

/** Whom to erase, who asked for it, and why. */
struct payscore_erasure {
    size_t merchant;
    struct payscore_text openid;
    struct payscore_text person; /* Who does it; stands in the journal. */
    struct payscore_text reason; /* Stands in the journal. */
};

/**
 * Erase a person: destroy the evidence (with its salt) of every entry of every record of this user,
 * the openid in them, and the strays that name it. What stays are numbers, amounts, states and
 * hashes (among them those of what was asked, by which a repeated command is known), and an entry
 * that says that, when, by whom and why something was erased. In the place of the openid stands a
 * random pseudonym. The chain still verifies. Pages that held the bytes are written over. Backups
 * made before still hold it all.
 *
 * A later command for the same openid begins a new authorization. What the platform tells later of
 * an erased order is evidence again, and does not bring the openid back into the record; another
 * call erases that, too.
 *
 * Errors     E_NOT_FOUND (nothing names this user), E_OPEN (an order or a code of the user is not
 *            at its end or is held, or something is asked or sent for the user's authorization; the
 *            message names it), E_INPUT (no openid, person (1 to 64 characters) or reason (1 to
 *            200); one of them names the openid), E_ARGUMENT (a reader; no such merchant), and
 *            those of payscore_submit() but E_TOO_LARGE and E_RESTORED; E_STUCK also where a reader
 *            still shows pages that hold the bytes. What was not reached is reached by another
 *            call.
 * Ownership  Texts are borrowed for the time of the call. *entries: of which evidence was
 *            destroyed; `error` may be NULL.
 * Thread     Any. Nothing is kept by openid: it walks all records and all entries once, in
 *            short snapshots on the caller's thread, beside the writer (about a second for each
 *            five million that are in memory); the writer takes as long as the user has entries.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_erase(struct payscore *engine, const struct payscore_erasure *erasure, uint64_t *entries,
               struct payscore_error *error);

/**
 * Retire orders that came to their end at least so many days ago: of each a tombstone stays
 * (number, paid, refunded; the number is never used again), of each of its entries number and hash.
 * The rest of the journal still verifies. A held order is not retired; its days begin with its
 * release. Authorizations, codes and strays stay: later orders lean on them.
 *
 * Commands that name a retired order are refused, what the platform still tells of it is ignored.
 * payscore_show() gives its tombstone, payscore_history() what is left of its moves; lists, feed
 * and export pass over it.
 *
 * Errors     E_INPUT (less than 1 day, or more than 36500), E_ARGUMENT (a reader), and those of
 *            payscore_submit() but E_TOO_LARGE and E_RESTORED.
 * Ownership  `error` may be NULL.
 * Thread     Any. One call does a bounded part, at most 200 orders: call it again while *left is
 *            true. A pass walks all records once, on the caller's thread, beside the writer; one
 *            that was interrupted goes on where it stood.
 * Units      days: of 24 hours. *records: retired by this call.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_retain(struct payscore *engine,
                                                                    uint32_t days,
                                                                    uint64_t *records, bool *left,
                                                                    struct payscore_error *error);

/**
 * Who reads the store and holds it back, and how much room there is, as a JSON object:
 * {"file_bytes", "used_bytes", "free_bytes", "map_bytes", "reserve_bytes", "disk_free_bytes",
 * "commands_refused": null or a status' name, "readers": [{"pid", "behind", "grown_bytes",
 * "stuck"}]}.
 * A reader that died is taken off.
 *
 * Errors     E_READERS, E_PROCESS, E_MEMORY, E_IO.
 * Ownership  *json is the caller's: payscore_free(). NULL where it fails.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_usage(struct payscore *engine,
                                                                   char **json);

#endif
