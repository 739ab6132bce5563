/*
 * One input applied to one record inside a transaction: find or bear the record, step it, write
 * what the step says. The only place that writes records, journal, evidence and due entries.
 */
#ifndef PS_ENGINE_CHANGE_H
#define PS_ENGINE_CHANGE_H

#include "engine/internal.h"

/** A transaction under way, with the head that it will commit. */
struct ps_change {
    struct payscore *engine;
    struct ps_txn *txn;
    struct ps_head head;
    int64_t now_ms;
    bool dirty; /* Something was written: worth a commit. */
};

/** A command's own marks, by which a repeat is known. */
struct ps_asked {
    bool keyed; /* The caller gave a key; else the content stands for it. */
    bool once;  /* Its call is never repeated. */
    uint8_t key[PS_DIGEST_SHORT];
    uint8_t content[PS_DIGEST_SHORT];
};

/** Whom an input is about: a record by id, or by name (found, or born if a row says so). */
struct ps_subject {
    const struct ps_merchant *merchant;
    uint16_t chart;
    struct payscore_id id; /* None: look by name. */
    struct payscore_text number, openid;
    const struct ps_asked *asked; /* Commands. */
};

struct ps_outcome {
    enum payscore_verdict verdict;
    uint64_t entry;
    const struct ps_row *row;
    const char *why;         /* Where no row says it. */
    struct ps_record record; /* After the input; zeroes where there is none. */
};

/** What a `tell` carries, as it is stored in its due entry. */
struct ps_told {
    struct payscore_id target; /* None: the authorization of the sender's user. */
    int64_t platform_ms;
    uint64_t sender_version;
    uint16_t chart;
    uint16_t event;
    uint32_t zero;
};

/** One input on its way: whom it is about, what it says, what it rests on, what became of it. */
struct ps_matter {
    struct ps_subject subject;
    struct ps_input in;
    struct ps_parts evidence;
    struct payscore_text handover; /* What the answer hands over; empty: nothing. */
    enum payscore_status status;   /* Out: OK, or why this one record could not be looked at. */
    struct ps_outcome outcome;     /* Out, where status is OK. */
};

/**
 * Apply one input. Its `now_ms` and `chance` are filled in here.
 *
 * A record that cannot be read (E_CHART, E_CORRUPT, E_VERSION, a name that is too long) is this
 * input's own trouble: `matter->status` says so, nothing was written, others go on.
 *
 * Errors  E_MEMORY, E_CRYPTO, E_TOO_LARGE (evidence) and those of the store: nothing of the whole
 *         transaction may then be committed.
 */
PAYSCORE_MUST_USE enum payscore_status ps_change_apply(struct ps_change *change,
                                                       struct ps_matter *matter);

/**
 * An effect that left, and of whose end nothing is known: its record takes `unknown`. Errors: as
 * ps_change_apply().
 */
PAYSCORE_MUST_USE enum payscore_status ps_change_settle(struct ps_change *change,
                                                        const struct ps_merchant *merchant,
                                                        const struct ps_flight *sent,
                                                        struct payscore_text note);

/** The same, of what a record owed when an earlier process ended: it counts as sent. */
PAYSCORE_MUST_USE enum payscore_status
ps_change_settle_inherited(struct ps_change *change, const struct ps_merchant *merchant,
                           const struct ps_record *record);

/**
 * What a record must be told before this input reaches it: that its chart was revised, that an
 * effect of it may have left, that the platform answered what a restored record asks first.
 * `record` is read again where that moved it. Errors: as
 * ps_change_apply().
 */
PAYSCORE_MUST_USE enum payscore_status ps_change_before(struct ps_change *change,
                                                        const struct ps_matter *matter,
                                                        struct ps_record *record);

/** Whether a due entry with this value is an effect that an earlier process may have handed out. */
bool ps_change_inherits(const struct payscore *engine, const struct ps_due *due,
                        const struct ps_record *record, struct payscore_text value);

/**
 * Append an entry that rests on `parts`: number, time, digests and hash are filled in here. Errors:
 * as ps_change_apply(), those of the store among them only in the transaction's status.
 */
PAYSCORE_MUST_USE enum payscore_status
ps_change_append(struct ps_change *change, struct ps_entry *entry, struct ps_parts *parts);

/**
 * Whether what is owed in this lane may have its entry too early, since its deadline moved on. Not
 * effects: by their entry a process knows who may have sent them; not deadlines of the store's own,
 * whose entry goes before what it is for is done.
 */
bool ps_due_lane_waits(uint8_t lane);

/** Write a header, and a due entry unless one stands for what it owes: at that time, or earlier. */
void ps_change_put(struct ps_change *change, const struct ps_record *old,
                   const struct ps_record *next);

/** Journal a verified notice about a number that the store does not know. Same errors. */
PAYSCORE_MUST_USE enum payscore_status ps_change_stray(struct ps_change *change,
                                                       struct ps_matter *matter);

#endif
