/*
 * Driving a store: a driver calls payscore_turn() again and again. Commands, replies and
 * notifications go in; moves become durable; the calls that are owed come out. The library opens no
 * connection to the platform and starts no thread: that is the driver's, the worker or your own
 * loop.
 */
#ifndef PAYSCORE_TURN_H
#define PAYSCORE_TURN_H

#include "payscore/exchange.h"
#include "payscore/submit.h"

/** What came back from a call that payscore_turn() handed out. */
struct payscore_reply {
    uint64_t token; /* Of the call. */
    struct payscore_exchange exchange;
};

enum payscore_item_kind { PAYSCORE_COMMAND = 1, PAYSCORE_REPLY = 2, PAYSCORE_NOTICE = 3 };

/** One input of a turn. */
struct payscore_item {
    enum payscore_item_kind kind;
    struct payscore_command command;
    struct payscore_reply reply;
    struct payscore_notice notice;
    struct payscore_result result; /* Out. */
    void *user;                    /* The caller's; not looked at. */
};

/** A call that is owed to the platform. Valid until payscore_calls_free(). */
struct payscore_call {
    uint64_t token;          /* Give it back with the reply; exactly one reply per call. */
    enum payscore_lane lane; /* EFFECT, ASK or POLL. */
    size_t merchant;
    const char *name;             /* "create_order", …; static. */
    const char *method;           /* "GET", "POST"; static. */
    struct payscore_text url;     /* Path and query, to be sent byte for byte. */
    struct payscore_text body;    /* To be sent byte for byte; empty for GET. */
    struct payscore_text subject; /* The record's number or openid's alias, for the log. */
    uint32_t attempt;             /* 0: the first. */
    bool once; /* It must not reach the platform twice: nothing below may repeat it either. */
};

/** How many calls the caller will take now, by lane (0: none); what is not taken stays owed. */
struct payscore_wants {
    size_t effects_max, asks_max, polls_max;
};

struct payscore_turn {
    struct payscore_item *items; /* In and out. */
    size_t item_count;           /* At most PAYSCORE_ITEMS_MAX. */
    struct payscore_wants wants;
    struct payscore_call *calls; /* Out: an array to free with payscore_calls_free(); or NULL. */
    size_t call_count;           /* Out. */
    int64_t next_due_ms;         /* Out: when to call again at the latest; INT64_MAX: never. */
};

enum { PAYSCORE_ITEMS_MAX = 1024 };

/**
 * One turn of the driver: read and verify the items, step their records and everything that is due
 * inside the store in one durable transaction, then hand out calls that are due.
 *
 * A call is handed out once; its record's next effect waits until payscore_turn() has been given
 * its reply (use PAYSCORE_LOST for a call that was never carried out to an end). A call that was
 * handed out by a process that died counts as sent.
 *
 * Commands that other threads and processes submit meanwhile are taken along, and those that
 * payscore_submit_start() began are completed. Where the disk is all but full (E_FULL) or a reader
 * holds the store back (E_STUCK), commands are answered with that status, and everything else is
 * taken: the room that is kept free is for it.
 *
 * Where the whole turn fails every item has its status, and no call is handed out; an effect whose
 * reply was among the items counts as sent with an unknown outcome, a question is asked again.
 *
 * Errors     Of the whole turn: E_FULL, E_IO, E_MEMORY, E_CRYPTO, E_UNSURE (close, open again, and
 *            give the items again), E_ARGUMENT (no driver; too many items), E_CORRUPT, E_PROCESS,
 *            E_BUSY (another process drives the store now). Of one item, in its result:
 *            E_INPUT, E_TOO_LARGE, E_ARGUMENT (a reply without a call; no such merchant), E_KEY,
 *            E_FORGED, E_STALE, E_SEALED, E_CHART, E_VERSION, E_FULL, E_STUCK, E_RESTORED, and
 *            of one that erases E_NOT_FOUND and E_OPEN.
 * Ownership  Items are borrowed for the time of the call; turn->calls is the caller's:
 *            payscore_calls_free().
 * Thread     One at a time; payscore_submit() and reading may run beside it.
 * Units      next_due_ms: milliseconds since 1970 UTC.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_turn(struct payscore *engine, struct payscore_turn *turn, struct payscore_error *error);

/**
 * Free what a turn handed out; NULL is allowed.
 *
 * Thread     Any.
 */
PAYSCORE_API void payscore_calls_free(struct payscore_call *calls, size_t count);

enum { PAYSCORE_HEADER_LINES_MAX = 8, PAYSCORE_HEADER_LINE_MAX = 1600 };

/** The header lines of a signed request, each NUL-terminated: "Name: value". */
struct payscore_signed {
    size_t count;
    char lines[PAYSCORE_HEADER_LINES_MAX][PAYSCORE_HEADER_LINE_MAX];
};

/**
 * Sign a call, now: the header lines that go with its url and body.
 *
 * Errors     E_KEY (the merchant has no credentials), E_ARGUMENT (no such merchant), E_CRYPTO,
 *            E_MEMORY, E_PROCESS.
 * Ownership  *headers holds nothing to free.
 * Thread     Any, any number at once. About 0.2 ms of CPU.
 * Source     reference apiv3.md 2.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_call_sign(struct payscore *engine, const struct payscore_call *call,
                   struct payscore_signed *headers);

#endif
