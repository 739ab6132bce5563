/*
 * The platform as table.def describes it, on the other side of an opened trial: an order led to one
 * of the table's states, what a query shows there, what a merchant asks for, how a cell answers.
 */
#ifndef TEST_SUPPORT_COUNTERPART_H
#define TEST_SUPPORT_COUNTERPART_H

#include <stdbool.h>

#include "support/trial.h"

/* No row of errors.def knows it: the engine must go by code and message. */
#define UNLISTED "271300000"
#include "integration/sandbox/table.h"

enum { FULL_FEN = 500, OTHER_FEN = 600, LESS_FEN = 300 };

/** The order TRIAL_ORDER as the platform holds it. */
struct counterpart {
    bool confirmed; /* By its user. */
    enum state state;
    int64_t total_fen;
    const char *paid_type; /* Of S4: "NEWTON" or "MCH". */
};

/** Lead engine and platform to a state, with a completion for FULL_FEN, or 0 for S5. */
void counterpart_lead(struct trial *trial, struct counterpart *platform, enum state state,
                      bool confirmed);

/** The body of a query's answer. Valid until the next call. */
const char *counterpart_view(const struct counterpart *platform);

/** The engine's state that shows the same; "": none. */
const char *counterpart_state(enum state state);

/** The cell of this state and operation; there is one. */
const struct cell *counterpart_cell(enum state state, enum operation operation);

/** What a merchant says to have it done; query is adopt, the command that asks. */
struct payscore_result counterpart_submit(struct trial *trial, enum operation operation,
                                          enum state state, bool confirmed);

/** The call that carries it to the platform. */
const char *counterpart_call(enum operation operation);

/** The platform does what an operation asks, if the cell allows it; the engine hears nothing. */
const struct cell *counterpart_act(struct counterpart *platform, enum operation operation);

/** Answer the open call of an operation as the cell does; the platform moves with it. */
void counterpart_answer(struct trial *trial, struct counterpart *platform,
                        enum operation operation);

/** Answer the next query. */
void counterpart_look(struct trial *trial, const struct counterpart *platform);

#endif
