/*
 * What the merchant wants. A command is durable when its answer is there, and idempotent by the
 * caller's key. Those who wait at the same time, threads and processes alike, share a commit.
 */
#ifndef PAYSCORE_SUBMIT_H
#define PAYSCORE_SUBMIT_H

#include "payscore/store.h"

/** What the merchant wants. */
struct payscore_command {
    size_t merchant;           /* Index into the options' merchants. */
    struct payscore_text name; /* "create", "complete", …: all of them stand in payscore(7). */
    struct payscore_text key;  /* The caller's idempotency key; empty: the content is the key. */
    struct payscore_text body; /* A JSON object of the platform's own field names. */
};

/** What became of a command or another item. */
struct payscore_result {
    enum payscore_status status; /* OK: `verdict` holds. Else nothing of this item was taken. */
    enum payscore_verdict verdict;
    uint64_t entry; /* The journal entry; of a duplicate, the first one's. */
    struct payscore_id id;
    const char *chart, *state; /* Names; static. State after the input; "" where unknown. */
    const char *row_text;      /* TAKEN, IGNORED, REFUSED: the row's meaning; static. */
    uint16_t row;
    struct payscore_error
        error;       /* For people and the log: why; "" where there is nothing to say. */
    bool stops_lane; /* REPLY: a fault on our side; call no more until it is mended. */
    int64_t skew_ms; /* REPLY: our clock less the platform's; 0: not known. */
    uint64_t count;  /* Of a chore (see operations.h): how many it reached. */
    bool more;       /* Of a chore: some are left for another call. */
};

enum {
    PAYSCORE_KEY_MAX = 255,      /* Bytes of an idempotency key. */
    PAYSCORE_BATCH_MAX = 1024,   /* Commands of one payscore_submit_batch(). */
    PAYSCORE_STARTED_MAX = 65536 /* Commands that were started and have no answer yet. */
};

/**
 * Submit one command and wait until it is durable.
 *
 * The same key with the same content gets the first answer again (verdict DUPLICATE, the first
 * entry), whenever it comes; the same key with other content is refused. A driver that comes, goes
 * or dies meanwhile is no concern of the caller: the command is given to whoever writes next. A
 * driver submits, too, on any thread: it waits for no turn, and the next one sends what is owed.
 *
 * Errors     E_INPUT (the command itself; result->error names field and rule), E_TOO_LARGE,
 *            E_ARGUMENT (a reader; no such merchant), E_CHART (nobody drives, and the store is
 *            governed by charts of another version), E_BUSY (a SUBMITTER, and nobody answered in
 *            `patience_ms`; nothing was taken), E_UNSURE (whether it was taken is not known:
 *            repeat it with the same key; where later calls fail too, close the handle and open
 *            it again first), E_VERSION (the driver's library speaks another
 *            version of the socket's frames), E_FULL, E_STUCK, E_RESTORED, E_IO, E_MEMORY,
 *            E_CRYPTO, E_CORRUPT, E_PROCESS (also: the driver lives in another pid namespace).
 *            A refusal is no error: see result->verdict.
 * Ownership  The command is borrowed for the time of the call; *result holds nothing to free. Its
 *            static texts live as long as the library.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_submit(struct payscore *engine, const struct payscore_command *command,
                struct payscore_result *result, struct payscore_error *error);

/**
 * Submit up to PAYSCORE_BATCH_MAX commands and wait until all of them are durable. Each stands for
 * itself: one may be refused or be bad while others are taken. They reach the store in their order.
 *
 * Errors     E_ARGUMENT (more than PAYSCORE_BATCH_MAX; a reader), and as payscore_submit() where
 *            that befell the batch as a whole; else OK, and results[i].status says what befell
 *            each.
 * Ownership  As payscore_submit(); `results` has `count` places.
 * Thread     Any, any number at once.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_submit_batch(struct payscore *engine, const struct payscore_command *commands,
                      size_t count, struct payscore_result *results, struct payscore_error *error);

/** Called once when a started command has its answer. It may start others; it must not block. */
typedef void payscore_done(void *user, const struct payscore_result *result);

/**
 * Start a command and return at once. `done` is called from within payscore_poll() or
 * payscore_turn() of this handle, once the command is durable, or has failed.
 *
 * Errors     E_ARGUMENT (a reader; no such merchant; `done` is NULL; from a `done` that
 *            payscore_close() calls), E_INPUT, E_TOO_LARGE, E_BUSY (PAYSCORE_STARTED_MAX have no
 *            answer yet), E_MEMORY, E_CRYPTO, E_PROCESS: then `done` is never called. Else it is
 *            told, in result->status, what befell the command: OK, or as payscore_submit() would
 *            have answered; E_UNSURE also where the handle is closed before there is an answer.
 * Ownership  The command is copied.
 * Thread     Any.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_submit_start(struct payscore *engine, const struct payscore_command *command,
                      payscore_done *done, void *user, struct payscore_error *error);

/**
 * Move started commands on, without waiting for anything but the disk, and call `done` of those
 * that have their answer. For a SUBMITTER; a driver's payscore_turn() does the same.
 *
 * Errors     E_ARGUMENT (a reader), E_PROCESS. What befell a command is told to its `done`.
 * Thread     One at a time.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_poll(struct payscore *engine,
                                                                  struct payscore_error *error);

/**
 * A descriptor that polls readable when there is something to do: for a SUBMITTER call
 * payscore_poll(); for a driver call payscore_turn(), because somebody submitted. A SUBMITTER calls
 * payscore_poll() every 100 ms besides while commands of it are without an answer.
 *
 * Ownership  The handle's; do not read from it or close it. -1: a reader has none, a store in
 *            memory only in its driver's process.
 * Thread     Any.
 * Lifetime   Until payscore_close().
 */
PAYSCORE_API PAYSCORE_MUST_USE int payscore_descriptor(struct payscore *engine);

#endif
