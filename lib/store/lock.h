/*
 * Who may write a store: whoever holds the lock of its file `driver.lock`. The kernel drops the
 * lock with its process, however that ends. The file also says where the holder listens, so that
 * another process can submit through it.
 */
#ifndef PS_STORE_LOCK_H
#define PS_STORE_LOCK_H

#include <stdbool.h>

#include "payscore/status.h"
#include "payscore/types.h"

enum { PS_SOCKET_PATH_MAX = 107 }; /* sun_path, less its NUL. */

struct ps_lock;

struct ps_lock_owner {
    int64_t pid;
    char socket[PS_SOCKET_PATH_MAX + 1]; /* "": the holder does not listen. */
};

/**
 * Take the lock of the store in directory `path` (made, mode 0700, if only its last part is
 * missing), without waiting. `socket` is where others can
 * submit ("" or NULL: nowhere).
 *
 * Errors     E_BUSY (held; *owner says by whom where that can be read, else its pid is 0), E_IO,
 *            E_MEMORY, E_ARGUMENT (a socket path over PS_SOCKET_PATH_MAX or with a line break).
 * Ownership  The caller releases *lock.
 * Thread     Any; not inherited over fork: a release in a forked child frees memory only.
 */
PAYSCORE_MUST_USE enum payscore_status ps_lock_take(struct ps_lock **lock, const char *path,
                                                    const char *socket, struct ps_lock_owner *owner,
                                                    struct payscore_error *error);

/** Whether somebody holds the lock now, and who. Never takes it, never creates a file. */
PAYSCORE_MUST_USE enum payscore_status ps_lock_peek(const char *path, bool *held,
                                                    struct ps_lock_owner *owner);

/** Release; NULL is allowed. */
void ps_lock_release(struct ps_lock *lock);

#endif
