/* The functions that stand before libc's and LMDB's. */
#define _GNU_SOURCE
#include "fault/faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <lmdb.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* The functions below have no other way to be told. */
static struct {
    struct fault_plan plan;
    unsigned counted;
    bool armed, fired;
} faults;

void faults_plan(struct fault_plan plan)
{
    faults.plan = plan;
    faults.counted = 0;
    faults.armed = faults.fired = false;
}

void faults_arm(void)
{
    faults.armed = true;
}

void faults_disarm(void)
{
    faults.armed = false;
}

unsigned faults_counted(void)
{
    return faults.counted;
}

bool faults_fired(void)
{
    return faults.fired;
}

static bool fails(enum fault_kind kind)
{
    if (!faults.armed || faults.plan.kind != kind) return false;
    faults.counted++;
    bool now = faults.plan.at != 0 && (faults.counted == faults.plan.at ||
                                       (faults.plan.lasting && faults.counted > faults.plan.at));
    faults.fired = faults.fired || now;
    return now;
}

#define MET_BY_ALL __attribute__((visibility("default")))

/* glibc's own, under the names by which a program that brings its own can reach them. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *bytes, size_t size);

static bool no_memory(void)
{
    if (!fails(FAULT_MEMORY)) return false;
    errno = ENOMEM;
    return true;
}

MET_BY_ALL void *malloc(size_t size)
{
    return no_memory() ? NULL : __libc_malloc(size);
}

MET_BY_ALL void *calloc(size_t count, size_t size)
{
    return no_memory() ? NULL : __libc_calloc(count, size);
}

MET_BY_ALL void *realloc(void *bytes, size_t size)
{
    return no_memory() ? NULL : __libc_realloc(bytes, size);
}

/* LMDB's own function of this name, as a pointer of this type. */
#define REAL(name)                                                                                 \
    __typeof__(&(name)) real;                                                                      \
    void *found = dlsym(RTLD_NEXT, #name);                                                         \
    memcpy(&real, &found, sizeof real)

#define MEET(name, parameters, arguments)                                                          \
    MET_BY_ALL int name parameters                                                                 \
    {                                                                                              \
        REAL(name);                                                                                \
        return fails(FAULT_LMDB) ? EIO : real arguments;                                           \
    }

MEET(mdb_env_create, (MDB_env * *env), (env))
MEET(mdb_env_open, (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
     (env, path, flags, mode))
MEET(mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi count), (env, count))
MEET(mdb_env_set_maxreaders, (MDB_env * env, unsigned count), (env, count))
MEET(mdb_env_set_mapsize, (MDB_env * env, size_t size), (env, size))
MEET(mdb_env_info, (MDB_env * env, MDB_envinfo *info), (env, info))
MEET(mdb_env_stat, (MDB_env * env, MDB_stat *stat), (env, stat))
MEET(mdb_env_get_fd, (MDB_env * env, mdb_filehandle_t *fd), (env, fd))
MEET(mdb_env_copyfd2, (MDB_env * env, mdb_filehandle_t fd, unsigned flags), (env, fd, flags))
MEET(mdb_reader_check, (MDB_env * env, int *dead), (env, dead))
MEET(mdb_reader_list, (MDB_env * env, MDB_msg_func *say, void *context), (env, say, context))
MEET(mdb_txn_begin, (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **txn),
     (env, parent, flags, txn))
MEET(mdb_txn_renew, (MDB_txn * txn), (txn))
MEET(mdb_dbi_open, (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *table),
     (txn, name, flags, table))
MEET(mdb_stat, (MDB_txn * txn, MDB_dbi table, MDB_stat *stat), (txn, table, stat))
MEET(mdb_get, (MDB_txn * txn, MDB_dbi table, MDB_val *key, MDB_val *data), (txn, table, key, data))
MEET(mdb_put, (MDB_txn * txn, MDB_dbi table, MDB_val *key, MDB_val *data, unsigned flags),
     (txn, table, key, data, flags))
MEET(mdb_del, (MDB_txn * txn, MDB_dbi table, MDB_val *key, MDB_val *data), (txn, table, key, data))
MEET(mdb_cursor_open, (MDB_txn * txn, MDB_dbi table, MDB_cursor **cursor), (txn, table, cursor))
MEET(mdb_cursor_renew, (MDB_txn * txn, MDB_cursor *cursor), (txn, cursor))
MEET(mdb_cursor_get, (MDB_cursor * cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op),
     (cursor, key, data, op))
MEET(mdb_cursor_put, (MDB_cursor * cursor, MDB_val *key, MDB_val *data, unsigned flags),
     (cursor, key, data, flags))
MEET(mdb_cursor_del, (MDB_cursor * cursor, unsigned flags), (cursor, flags))

/* Where it fails the transaction is over, too. */
MET_BY_ALL int mdb_txn_commit(MDB_txn *txn)
{
    REAL(mdb_txn_commit);
    if (!fails(FAULT_LMDB)) return real(txn);
    mdb_txn_abort(txn);
    return EIO;
}
