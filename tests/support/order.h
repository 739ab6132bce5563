/* The order TRIAL_ORDER of an opened trial: what is seen of it, and what becomes of it. */
#ifndef TEST_SUPPORT_ORDER_H
#define TEST_SUPPORT_ORDER_H

#include "support/trial.h"

/** As the record says. Valid until the next call. */
const char *order_state(struct trial *trial);
const char *order_member(struct trial *trial, const char *member);

/** As the platform shows it. Valid until the next body is made. */
const char *order_in_service(void);
const char *order_paying(int64_t total_fen);

/** The next query, as soon as it is handed out, shows this. */
void order_look(struct trial *trial, const char *body);
/** The next query is told that there is none. */
void order_deny(struct trial *trial);

/** A command that is taken. */
void order_command(struct trial *trial, const char *command, const char *body);
/** A command that is refused in these words: nothing is stored, moved or sent. */
void order_refuses(struct trial *trial, const char *command, const char *body, const char *words);

/** A notification of a value that no text describes. */
void order_hold(struct trial *trial);
/** A person releases it. */
void order_release(struct trial *trial);

/** Fails the test unless the record stands in this state and is held so; "": not held. */
void order_expect(struct trial *trial, const char *state, const char *held);

/** Verify and close. */
void order_end(struct trial *trial);

#endif
