/*
 * Who reads the store, and what that costs: pages that were freed after a reader's snapshot began
 * cannot be used again before it ends. How many these are stands in LMDB's own list of free pages,
 * by the commit that freed them.
 */
#define _GNU_SOURCE /* fallocate */

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/lmdb.h"
#include "store/names.h"

enum { LIST_FREE = 0 }; /* LMDB's number of the tree of free pages. */

/* Of lock.mdb, as LMDB makes it: a head of two cache lines, and one for each reader. */
enum { LOCK_FILE_MODE = 0600, LOCK_FILE_BYTES = (2 + PS_SLOTS_MAX) * 64 };

enum payscore_status ps_lmdb_reserve_slots(int directory)
{
    struct stat status;
    int file = openat(directory, PS_LOCK_NAME, O_RDWR | O_CREAT | O_CLOEXEC, LOCK_FILE_MODE);
    if (file < 0) return PAYSCORE_OK; /* LMDB says why, or does without it. */
    bool got = fallocate(file, 0, 0, LOCK_FILE_BYTES) == 0;
    bool full = !got && ps_lmdb_status(errno) == PAYSCORE_E_FULL;
    if (full && fstat(file, &status) == 0 && status.st_blocks * 512 >= LOCK_FILE_BYTES)
        full = false;
    (void)close(file);
    return full ? PAYSCORE_E_FULL : PAYSCORE_OK;
}

struct collecting {
    struct ps_slot *slots;
    size_t count, max;
};

bool ps_slot_read(const char *line, struct ps_slot *slot)
{
    char *thread;
    char *commit;
    char *end;

    *slot = (struct ps_slot){.pid = strtoll(line, &thread, 10)};
    if (thread == line) return false;
    (void)strtoull(thread, &commit, 16);
    if (commit == thread) return false;
    slot->commit = strtoull(commit, &end, 10);
    return end != commit;
}

static int collect(const char *line, void *context)
{
    struct collecting *collecting = context;
    struct ps_slot slot;

    if (!ps_slot_read(line, &slot) || collecting->count == collecting->max) return 0;
    collecting->slots[collecting->count++] = slot;
    return 0;
}

static int by_commit(const void *a, const void *b)
{
    const struct ps_slot *left = a;
    const struct ps_slot *right = b;
    return (left->commit > right->commit) - (left->commit < right->commit);
}

size_t ps_lmdb_slots(MDB_env *env, struct ps_slot *slots, size_t max)
{
    struct collecting collecting = {slots, 0, max};
    int dead;

    (void)mdb_reader_check(env, &dead);
    if (mdb_reader_list(env, collect, &collecting) < 0) return 0;
    qsort(slots, collecting.count, sizeof *slots, by_commit);
    return collecting.count;
}

/* Adds up the list of free pages; what was freed after a snapshot began, that holds back. */
static int add_up(MDB_cursor *cursor, struct ps_slot *slots, size_t count, struct ps_free *free)
{
    MDB_val key;
    MDB_val data;
    size_t begun = 0; /* Slots whose snapshot is no younger than the record. */
    int code;

    while ((code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == MDB_SUCCESS) {
        uint64_t commit;
        uint64_t pages;
        memcpy(&commit, key.mv_data, sizeof commit);
        memcpy(&pages, data.mv_data, sizeof pages);
        free->pages += pages;
        while (begun < count && slots[begun].commit <= commit)
            begun++;
        if (begun == 0) {
            free->usable += pages;
        } else {
            slots[begun - 1].held += pages;
        }
    }
    for (size_t i = count; i > 1; i--)
        slots[i - 2].held += slots[i - 1].held;
    return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

enum payscore_status ps_lmdb_free(struct ps_store *store, struct ps_slot *slots, size_t count,
                                  struct ps_free *free)
{
    struct ps_txn *txn = NULL;
    MDB_cursor *cursor = NULL;

    *free = (struct ps_free){0};
    enum payscore_status rc = ps_txn_begin(store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    free->commit = ps_lmdb_commit_of(txn);
    int code = mdb_cursor_open(((struct ps_lmdb_txn *)txn)->txn, LIST_FREE, &cursor);
    if (code == MDB_SUCCESS) {
        code = add_up(cursor, slots, count, free);
        mdb_cursor_close(cursor);
    }
    ps_txn_abort(txn);
    return ps_lmdb_status(code);
}
