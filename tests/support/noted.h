/*
 * What the library answered in this run of the tests: a line for each function and status, in a
 * file of the directory that PAYSCORE_NOTED names. tools/lib/errors holds it against the headers.
 */
#ifndef TEST_SUPPORT_NOTED_H
#define TEST_SUPPORT_NOTED_H

#include "payscore/payscore.h"

/** Note it, once a process. */
void noted(const char *function, enum payscore_status status);

#endif
