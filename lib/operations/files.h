/* Files and directories of backups: made, filled, synced, and taken away again on failure. */
#ifndef PS_OPERATIONS_FILES_H
#define PS_OPERATIONS_FILES_H

#include <stdbool.h>

#include "payscore/status.h"
#include "payscore/types.h"

/** A directory that is being filled. Zero it to begin; ps_place_close() at the end. */
struct ps_place {
    const char *path;
    int directory; /* Open. */
    bool open;
    bool made; /* It was not there before. */
};

/**
 * Make a directory, mode 0700, or take one that is empty.
 *
 * Errors  E_EXISTS (it holds something), E_FULL, E_IO, E_ARGUMENT (no path).
 */
PAYSCORE_MUST_USE enum payscore_status ps_place_take(struct ps_place *place, const char *path,
                                                     struct payscore_error *error);

/** Sync the directory, and the one that holds it where it was made. Errors: E_IO. */
PAYSCORE_MUST_USE enum payscore_status ps_place_sync(const struct ps_place *place);

/** Close; on failure also remove the directory if it was made here. It must be empty then. */
void ps_place_close(struct ps_place *place, bool failed);

/** Remove the files of a store that lies in a folder; this needs no memory. */
void ps_folder_clear(int folder);

/** What errno says about a file: E_FULL, E_NOT_FOUND, E_EXISTS, E_MEMORY, else E_IO. */
enum payscore_status ps_file_status(int code);

/** Write all bytes. Errors: E_FULL, E_IO. */
PAYSCORE_MUST_USE enum payscore_status ps_file_write(int descriptor, const void *bytes,
                                                     size_t size);

/** Copy from where `from` stands to its end. Errors: E_FULL, E_IO, E_MEMORY. */
PAYSCORE_MUST_USE enum payscore_status ps_file_copy(int from, int to, uint64_t *size);

#endif
