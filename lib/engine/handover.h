/*
 * Handovers: what a reply hands over to be used once or for an hour, a token or a package. Kept
 * outside state and journal, so that it can end.
 */
#ifndef PS_ENGINE_HANDOVER_H
#define PS_ENGINE_HANDOVER_H

#include <cJSON.h>

#include "engine/internal.h"

/** Whether a body has a member whose value is handed over. */
bool ps_handover_is_in(struct payscore_text body);

/**
 * The body without the values that are handed over, in an allocated string (cJSON_free); NULL: it
 * cannot be read, or memory could not be had.
 */
char *ps_handover_blank(struct payscore_text body);

/**
 * Add to a record as it is shown: `handover`, while that is good, and `launch`, while the client
 * side can use it (reference payscore.md 8).
 */
void ps_handover_describe(const struct payscore *engine, struct ps_txn *txn,
                          const struct ps_record *record, cJSON *object);

#endif
