/* A store's data file, looked at before it is opened. */
#ifndef PS_STORE_WHOLE_H
#define PS_STORE_WHOLE_H

#include "payscore/status.h"
#include "payscore/types.h"

/**
 * Whether every page that the newest commit counts lies in the data file of a directory: LMDB would
 * find out by SIGBUS. `file_bytes`: the file's size.
 *
 * Errors  E_CORRUPT (no data file of LMDB's, one that is cut short or was never written to),
 * E_VERSION, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_store_check_whole(const char *path, uint64_t file_bytes);

#endif
