/*
 * Small files: read whole, written whole with mode 0600. An error names the file and the remedy.
 */
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include <stdbool.h>

#include "payscore/status.h"
#include "payscore/types.h"

enum { SANDBOX_PATH_MAX = 4096, SANDBOX_FILE_MAX = 65536 };

/** DIR/NAME; false when that is longer than SANDBOX_PATH_MAX - 1. */
PAYSCORE_MUST_USE bool sandbox_path(const char *dir, const char *name, char path[SANDBOX_PATH_MAX]);

/** Whether DIR/NAME is there. */
bool sandbox_file_exists(const char *dir, const char *name);

/** Read DIR/NAME; *content (NUL-terminated) is to be freed. Errors: E_INPUT, E_TOO_LARGE, E_IO. */
PAYSCORE_MUST_USE enum payscore_status
sandbox_file_read(const char *dir, const char *name, char **content, struct payscore_error *error);

/** As above, for one line: white space at the end is cut off. */
PAYSCORE_MUST_USE enum payscore_status sandbox_line_read(const char *dir, const char *name,
                                                         char **line, struct payscore_error *error);

/** Write DIR/NAME beside its place and rename it into it. Errors: E_IO. */
PAYSCORE_MUST_USE enum payscore_status sandbox_file_write(const char *dir, const char *name,
                                                          struct payscore_text content,
                                                          struct payscore_error *error);

#endif
