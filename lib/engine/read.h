/* What reading functions share: one bounded read transaction that ends as JSON. */
#ifndef PS_ENGINE_READ_H
#define PS_ENGINE_READ_H

#include <cJSON.h>

#include "engine/internal.h"

/** Fills *root within the transaction; on failure *root may still be something. */
typedef enum payscore_status ps_read_make(struct payscore *engine, struct ps_txn *txn,
                                          const void *wanted, cJSON **root);

/** Begin, make, end, print. Errors: those of `make` and of the store, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_read_json(struct payscore *engine, ps_read_make *make,
                                                    const void *wanted, char **json);

/** Whether a filter's names are those of a chart, and of a state in it; empty ones always are. */
bool ps_read_knows(struct payscore_text chart, struct payscore_text state);

#endif
