/*
 * The engine: a store of authorizations and orders, each an explicit statechart, every move durable
 * with its evidence.
 *
 * A driver calls payscore_turn() again and again: commands, replies and notifications go in; moves
 * become durable; the calls that are owed come out. The engine opens no connection and starts no
 * thread. All texts handed in are borrowed for the time of the call.
 *
 * Threads: one thread at a time calls payscore_turn() (the driver's). payscore_call_sign() and the
 * reading functions may run beside it, on any thread.
 */
#ifndef PAYSCORE_ENGINE_H
#define PAYSCORE_ENGINE_H

#include <stdbool.h>

#include "payscore/credentials.h"
#include "payscore/exchange.h"
#include "payscore/status.h"
#include "payscore/types.h"

struct payscore;

/** The doors through which time and randomness enter. NULL members mean the system's own. */
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

enum payscore_role {
    PAYSCORE_READER = 0, /* Reads; any number of processes. */
    PAYSCORE_DRIVER = 1, /* Takes the store's lock; makes the store if there is none. */
    /* As a driver, for a moment, but it never changes by which charts the store is governed: where
     * they are of another version it is refused. */
    PAYSCORE_SUBMITTER = 2,
};

struct payscore_options {
    size_t size;      /* Filled in by PAYSCORE_OPTIONS(); the struct grows, never reorders. */
    const char *path; /* The store's directory; NULL: a store in memory (for trials). */
    enum payscore_role role;
    uint64_t map_bytes_max; /* 0: 1 TiB of address space. */
    const char *socket;     /* DRIVER: where others can submit; NULL: nowhere. */
    const struct payscore_merchant *merchants;
    size_t merchant_count;
    struct payscore_world world;
};
#define PAYSCORE_OPTIONS(...)                                                                      \
    (&(const struct payscore_options){.size = sizeof(struct payscore_options), __VA_ARGS__})

/**
 * Open a store.
 *
 * Errors     E_BUSY (another process drives it; `error` names its pid and socket), E_NOT_FOUND (a
 *            reader, and no store there), E_VERSION, E_CHART (a submitter, and the charts that
 *            govern the store are of another version), E_CORRUPT, E_KEY, E_IO, E_FULL, E_MEMORY,
 *            E_ARGUMENT (options; the same path opened twice in one process).
 * Ownership  Options are copied; payscore_close() ends what *engine holds.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_open(struct payscore **engine, const struct payscore_options *options,
              struct payscore_error *error);

/** Close and release the lock; NULL is allowed. No other call may be under way. */
PAYSCORE_API void payscore_close(struct payscore *engine);

/** What the merchant wants. */
struct payscore_command {
    size_t merchant;           /* Index into the options' merchants. */
    struct payscore_text name; /* Of a row of statecharts/commands.def: "create", "complete", … */
    struct payscore_text key;  /* The caller's idempotency key; empty: the content is the key. */
    struct payscore_text body; /* A JSON object of the platform's own field names. */
};

/** What came back from a call that payscore_turn() handed out. */
struct payscore_reply {
    uint64_t token; /* Of the call. */
    struct payscore_exchange exchange;
};

enum payscore_item_kind { PAYSCORE_COMMAND = 1, PAYSCORE_REPLY = 2, PAYSCORE_NOTICE = 3 };

/** What became of one item. Valid once payscore_turn() has returned. */
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
};

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

/** How many calls the caller will take now, by lane; what is not taken stays owed. */
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
 * Errors     of the whole turn: E_FULL, E_IO, E_MEMORY, E_CONFLICT, E_UNSURE, E_ARGUMENT, E_CHART,
 *            E_CORRUPT, E_BUSY (another process drives the store now). Then every item has that
 *            status and no call is handed out; an effect whose reply was among the items counts as
 *            sent with an unknown outcome, a question is asked again.
 * Thread     One at a time.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_turn(struct payscore *engine, struct payscore_turn *turn, struct payscore_error *error);

/** Free what a turn handed out; NULL is allowed. */
PAYSCORE_API void payscore_calls_free(struct payscore_call *calls, size_t count);

enum { PAYSCORE_HEADER_LINES_MAX = 8, PAYSCORE_HEADER_LINE_MAX = 1600 };

/** The header lines of a signed request, each NUL-terminated: "Name: value". */
struct payscore_signed {
    size_t count;
    char lines[PAYSCORE_HEADER_LINES_MAX][PAYSCORE_HEADER_LINE_MAX];
};

/** Sign a call, now. About 0.2 ms of CPU. Any thread. Errors: E_KEY (no credentials), E_CRYPTO. */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_call_sign(struct payscore *engine, const struct payscore_call *call,
                   struct payscore_signed *headers);

/** Submit one command outside a driver's loop: one turn, no calls. Errors: as payscore_turn(). */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_submit(struct payscore *engine, const struct payscore_command *command,
                struct payscore_result *result, struct payscore_error *error);

/* Reading. Every function below returns JSON that the caller frees with payscore_free(). */

/** Which record: a chart's name and the record's number (order, code) or openid (authorization). */
struct payscore_name {
    size_t merchant;
    struct payscore_text chart;
    struct payscore_text name;
};

/**
 * One record as a JSON object: names, state, amounts, why it is held, what is due; `handover` while
 * a token or package is good, `launch` while the client side can use it, `refund` of an order that
 * was paid twice. Errors: E_NOT_FOUND, E_INPUT (no such chart), E_MEMORY, E_IO.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_show(struct payscore *engine, const struct payscore_name *name, char **json);

/**
 * A record's moves, oldest first, as a JSON array; a release says who and why. `evidence`: with the
 * bytes kept for each.
 * Errors: as payscore_show(), E_CORRUPT (a move it names is missing).
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_history(struct payscore *engine, const struct payscore_name *name, bool evidence,
                 char **json);

/** Which records to list. Empty texts and zeroes do not restrict. */
struct payscore_filter {
    struct payscore_text chart, state;
    bool held_only;
    bool unsettled_only;        /* Those that wait for something. */
    int64_t older_than_ms;      /* In their state for at least this long. */
    size_t count_max;           /* 0: 100; at most 1000. */
    struct payscore_text after; /* The `next` of the page before. */
};

/**
 * A page of records: {"records":[…],"next":"…"}; `next` is null on the last page, and may follow an
 * empty page, since one call looks at a bounded number of records.
 * Errors: E_INPUT (no such chart or state; `after` is no `next` of this function), E_CORRUPT,
 * E_MEMORY, E_IO.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_list(struct payscore *engine, const struct payscore_filter *filter, char **json);

/**
 * Entries behind a cursor ("" = the beginning): {"entries":[…],"cursor":"…"}. At most 1000.
 * Errors: E_INPUT (no cursor of this store: a restored store begins a new one), E_CORRUPT,
 * E_MEMORY, E_IO.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_feed(struct payscore *engine, struct payscore_text cursor, size_t count_max, char **json);

/** What verification found. */
struct payscore_report {
    uint64_t entries, records;   /* Read. */
    uint64_t faults;             /* 0: the journal is as it was written. */
    uint64_t first_entry;        /* The first entry with a fault. */
    struct payscore_error first; /* What and where, in a sentence. */
};

/**
 * Walk the whole journal: chain of hashes, evidence against its digests, records against their last
 * entries. Errors: E_IO, E_MEMORY, E_CORRUPT (the store's own structure cannot be read).
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_verify(struct payscore *engine,
                                                                    struct payscore_report *report);

/** A report as a JSON object: ok, entries, records, faults, first_entry, first. Errors: E_MEMORY.
 */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status
payscore_report_json(const struct payscore_report *report, char **json);

/** Number of the newest entry; 0: there is none. Errors: E_READERS, E_MEMORY, E_IO. */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_newest(struct payscore *engine,
                                                                    uint64_t *entry);

/** Who drives the store of a directory now. */
struct payscore_owner {
    bool driven;
    int64_t pid;
    char socket[108]; /* "": it listens nowhere. */
};

/** Look who drives a store, without opening it. Errors: E_NOT_FOUND, E_IO. */
PAYSCORE_API PAYSCORE_MUST_USE enum payscore_status payscore_driver(const char *path,
                                                                    struct payscore_owner *owner);

/** Free what a reading function returned; NULL is allowed. */
PAYSCORE_API void payscore_free(void *json);

/** The row of a status: its name, text and what to do. */
PAYSCORE_API const char *payscore_status_name(enum payscore_status status);
PAYSCORE_API const char *payscore_status_text(enum payscore_status status);

#endif
