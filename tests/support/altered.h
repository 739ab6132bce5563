/*
 * A store altered behind the engine's back: the engine of a trial closes, somebody writes through
 * the store's own interface, the engine opens again.
 */
#ifndef TEST_SUPPORT_ALTERED_H
#define TEST_SUPPORT_ALTERED_H

#include "engine/journal.h"
#include "support/trial.h"

/** A copy of a value; free() it. NULL: there is none. */
uint8_t *altered_copy(struct trial *trial, enum ps_table table, struct payscore_text key,
                      size_t *size);

/** Put a value; NULL: remove it. */
void altered_put(struct trial *trial, enum ps_table table, struct payscore_text key,
                 const void *bytes, size_t size);

/** The header of a record by its name; the test fails if it has none, or a tombstone. */
struct ps_record altered_record(struct trial *trial, enum ps_chart_id chart, const char *name);

/** What verification finds. */
struct payscore_report altered_verify(struct trial *trial);

#endif
