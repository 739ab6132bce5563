/*
 * What the library answered in this run of the tests: a line for each function and status, in a
 * file of the directory that PAYSCORE_NOTED names. tools/lib/errors holds it against the headers.
 */
#ifndef TEST_SUPPORT_NOTED_H
#define TEST_SUPPORT_NOTED_H

#include "payscore/payscore.h"

/** Note it, once a process. */
void noted(const char *function, enum payscore_status status);

/** Around a call: what one public function is told by another is not noted. */
void noted_enter(void);
void noted_leave(const char *function, enum payscore_status status);

/** Whom to tell of a started command, with a note in between; NULL: there is nothing to do so. */
struct noted_done;
struct noted_done *noted_done(payscore_done *done, void *user);
void noted_done_free(struct noted_done *told);
void noted_tell(void *told, const struct payscore_result *result);

#endif
