/*
 * A SUBMITTER's way to the store: through the driver's socket, or, where nobody drives, through the
 * lock, for a moment. Which of the two may change between any two steps; a command is carried on
 * with the same key until somebody answers it, or its patience is over.
 */
#ifndef PS_SUBMIT_CLIENT_H
#define PS_SUBMIT_CLIENT_H

#include "engine/internal.h"
#include "submit/link.h"

struct ps_client;

/** A command under way. */
struct ps_errand {
    struct ps_parcel parcel; /* First: a parcel is its errand. */
    struct payscore_command command;
    struct payscore_result result; /* Once it is done. */
    bool done;
    char made_key[2 * 16 + 1]; /* Of a command without a key, so that it can be repeated. */
};

/** Make a SUBMITTER's client. Errors: E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_client_open(struct payscore *engine,
                                                      const struct payscore_options *options);

/** End it; started commands are completed with E_UNSURE unless this is a forked child. */
void ps_client_close(struct payscore *engine);

/** payscore_submit_batch() of a SUBMITTER: every result is filled in. */
void ps_client_submit(struct payscore *engine, const struct payscore_command *commands,
                      size_t count, struct payscore_result *results);

/** payscore_submit_start() of a SUBMITTER. */
PAYSCORE_MUST_USE enum payscore_status ps_client_start(struct payscore *engine,
                                                       const struct payscore_command *command,
                                                       payscore_done *done, void *user,
                                                       struct payscore_error *error);

/* What client.c and poll.c share. */

/** The clock that patience is measured by. */
int64_t ps_client_now_ms(void);

/** Where the process lives, and how long it is patient. */
const struct ps_place *ps_client_here(const struct payscore *engine);
int64_t ps_client_patience_ms(const struct payscore *engine);

/** Begin an errand: check it and make its frame. False: its result says why not. */
PAYSCORE_MUST_USE bool ps_errand_begin(struct payscore *engine, struct ps_errand *errand,
                                       const struct payscore_command *command);
void ps_errand_end(struct ps_errand *errand);

/** An answer came: true if it is the errand's last; else it is to be carried on. */
bool ps_errand_settle(struct ps_errand *errand, const struct payscore_result *result);

/** It ends without an answer: with this status, or E_UNSURE if it may have been taken. */
void ps_errand_give_up(struct ps_errand *errand, enum payscore_status status);

/** Until when whoever leads on this thread may wait for the lock; 0: not at all. */
void ps_door_patience(int64_t until_ms);

/** The lock's door in front of the queue. */
extern const struct ps_door ps_client_door;

/* Started commands. */
struct ps_poller;
PAYSCORE_MUST_USE enum payscore_status ps_poller_open(struct ps_poller **poller);
void ps_poller_close(struct payscore *engine, struct ps_poller *poller);
struct ps_poller *ps_client_poller(const struct payscore *engine);

#endif
