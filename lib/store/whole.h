/* A store's data file, looked at before it is opened. */
#ifndef PS_STORE_WHOLE_H
#define PS_STORE_WHOLE_H

#include "payscore/status.h"
#include "payscore/types.h"

/**
 * Whether the data file of a directory is one that LMDB can be let near: all that the newest commit
 * counts lies in it, and its pages are sound. It may be of anybody's making; nobody writes it.
 *
 * Errors  E_CORRUPT (no data file of LMDB's, one that is cut short or damaged), E_VERSION, E_IO,
 * E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_check_whole(int directory);

#endif
