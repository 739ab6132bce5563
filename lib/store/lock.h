/*
 * Who may write a store: whoever holds the lock of its file `driver.lock`. The kernel drops the
 * lock with its process, however that ends, unless a child that it forked, without exec, still has
 * the file open: then with that child. The file also says where the holder listens, so that another
 * process can submit through it.
 */
#ifndef PS_STORE_LOCK_H
#define PS_STORE_LOCK_H

#include <stdbool.h>

#include "payscore/status.h"
#include "payscore/types.h"

enum { PS_SOCKET_PATH_MAX = 107 }; /* sun_path, less its NUL. */
enum { PS_BOOT_SIZE = 40 };

struct ps_lock;

/** For how long somebody takes the lock. */
enum ps_lock_hold {
    PS_LOCK_STAYS,  /* A driver: for its life. Whoever meets it submits through its socket. */
    PS_LOCK_MOMENT, /* A submitter: for one commit. Whoever meets it waits. */
};

struct ps_lock_owner {
    int64_t pid;
    char socket[PS_SOCKET_PATH_MAX + 1]; /* "": the holder does not listen. */
    enum ps_lock_hold hold;
    uint64_t pid_namespace;  /* Inode of its pid namespace; 0: not known. */
    char boot[PS_BOOT_SIZE]; /* The kernel's boot id as the holder saw it; "": not known. */
    bool foreign; /* It lives in another pid namespace or under another kernel: its pid means
                     nothing here. */
};

/** How the lock is wanted. */
struct ps_lock_wish {
    enum ps_lock_hold hold;
    const char *socket;  /* Where others can submit; "" or NULL: nowhere. */
    int64_t patience_ms; /* To wait at most; 0: not at all. */
    const char *way;     /* To a directory that is there, where the path may lead elsewhere by now;
                            NULL: the path, and the directory is made. */
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

/**
 * Take the lock as ps_lock_take() does, and wait for it while it is held for a moment. Who waits
 * stands in line with the waiters of all processes and is served in his turn; one that is killed or
 * stopped in the line does not keep the others. Whoever meets a holder that stays is not kept
 * waiting: E_BUSY at once.
 *
 * Errors     E_BUSY (the holder stays, or the patience is over: *owner says who has it), and those
 *            of ps_lock_take().
 * Ownership  The caller releases *lock; a lock taken for a moment by the same thread.
 * Thread     Any, any number at once.
 */
PAYSCORE_MUST_USE enum payscore_status ps_lock_take_timed(struct ps_lock **lock, const char *path,
                                                          const struct ps_lock_wish *wish,
                                                          struct ps_lock_owner *owner,
                                                          struct payscore_error *error);

/** Whether somebody holds the lock now, and who. Never takes it, never creates a file. */
PAYSCORE_MUST_USE enum payscore_status ps_lock_peek(const char *path, bool *held,
                                                    struct ps_lock_owner *owner);

/** Release; NULL is allowed. */
void ps_lock_release(struct ps_lock *lock);

#endif
