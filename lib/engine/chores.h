/*
 * Writes to the store that are no command of a chart: the rows of chores.def. A chore comes in as a
 * command whose name is the row's; its body is a JSON object.
 */
#ifndef PS_ENGINE_CHORES_H
#define PS_ENGINE_CHORES_H

#include <cJSON.h>

#include "engine/change.h"

enum ps_chore {
    PS_CHORE_none = 0,
#define CHORE(id, name, durable_entry, meaning) PS_CHORE_##name = (id),
#include "engine/chores.def"
};

/** One chore on its way: its merchant (never NULL) and body in, what became of it out. */
struct ps_chore_work {
    const struct ps_merchant *merchant;
    const cJSON *body; /* An object. */
    uint64_t count;    /* Out. */
    bool more;         /* Out. */
    uint64_t entry;    /* Out: the entry it left; 0: none. */
    struct payscore_error why;
};

/*
 * ps_chore_NAME() carries out a chore inside a transaction that is under way.
 *
 * What it returns is this chore's own status (E_INPUT, E_NOT_FOUND, E_OPEN, E_TOO_LARGE, and of
 * what it works on E_CORRUPT, E_CHART; `why` says it to people), provided that nothing was written;
 * a failure of the store sticks to change->txn and ends the whole transaction.
 */
#define CHORE(id, name, durable_entry, meaning)                                                    \
    enum payscore_status ps_chore_##name(struct ps_change *change, struct ps_chore_work *work);
#include "engine/chores.def"

/** The row of a name; PS_CHORE_none: there is none. */
enum ps_chore ps_chore_by_name(struct payscore_text name);

/** The name of a chore; "": there is none. */
const char *ps_chore_name(enum ps_chore chore);

/** What a chore does, in a sentence; "": there is none. */
const char *ps_chore_meaning(enum ps_chore chore);

/** Whether a chore's status is its own, so that others of its transaction go on. */
bool ps_chore_is_own(enum payscore_status status);

/** Carry out the chore of a row; where it says OK, the transaction is worth a commit. */
PAYSCORE_MUST_USE enum payscore_status ps_chore_apply(struct ps_change *change, enum ps_chore chore,
                                                      struct ps_chore_work *work);

/**
 * Append an entry that belongs to no record; it rests on `parts`. Errors: those of
 * ps_change_apply().
 */
PAYSCORE_MUST_USE enum payscore_status ps_chore_entry(struct ps_change *change,
                                                      const struct ps_chore_work *work,
                                                      enum ps_chore chore, struct ps_parts *parts,
                                                      uint64_t *entry);

#endif
