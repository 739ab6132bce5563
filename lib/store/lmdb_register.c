/*
 * The process's register of open directories: LMDB's file locks belong to the process, and a second
 * environment on the same files would lose them.
 */
#include <pthread.h>

#include "store/lmdb.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct ps_lmdb *first;

bool ps_lmdb_join(struct ps_lmdb *store)
{
    struct ps_lmdb *other;

    (void)pthread_mutex_lock(&mutex);
    for (other = first; other != NULL; other = other->other) {
        /* What the parent of this process opened is not open here. */
        if (other->pid != store->pid) continue;
        if (other->device == store->device && other->inode == store->inode) break;
    }
    if (other == NULL) {
        store->other = first;
        first = store;
    }
    (void)pthread_mutex_unlock(&mutex);
    return other == NULL;
}

void ps_lmdb_leave(struct ps_lmdb *store)
{
    (void)pthread_mutex_lock(&mutex);
    struct ps_lmdb **link = &first;
    while (*link != NULL && *link != store)
        link = &(*link)->other;
    if (*link != NULL) *link = store->other;
    (void)pthread_mutex_unlock(&mutex);
}
