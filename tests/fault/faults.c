/* The functions that stand before libc's and LMDB's. */
#define _GNU_SOURCE
#include "fault/faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <lmdb.h>
#include <openssl/evp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ALL_UNTIL = 40, ONE_OF = 29 };

/* The functions below have no other way to be told. */
static struct {
    struct fault_plan plan;
    unsigned counted;
    bool armed, fired, dead;
} faults;

void faults_plan(struct fault_plan plan)
{
    faults.plan = plan;
    faults.counted = 0;
    faults.armed = faults.fired = faults.dead = false;
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

bool faults_pass_over(unsigned at)
{
    const char *which = getenv("PAYSCORE_FAULTS");
    if (at <= ALL_UNTIL || (which != NULL && strcmp(which, "all") == 0)) return false;
    return at % ONE_OF != 0;
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

static bool lmdb_fails(enum fault_calls calls, int *code)
{
    *code = faults.plan.code != 0 ? faults.plan.code : EIO;
    if (faults.armed && faults.dead && calls == FAULT_BEGINS) return true;
    if (faults.plan.calls != FAULT_ALL && faults.plan.calls != calls) return false;
    return fails(FAULT_LMDB);
}

/* The function of this name that stands behind the one here, as a pointer of this type. */
#define REAL(name)                                                                                 \
    __typeof__(&(name)) real;                                                                      \
    void *found = dlsym(RTLD_NEXT, #name);                                                         \
    memcpy(&real, &found, sizeof real)

#define MEET(calls, name, parameters, arguments)                                                   \
    MET_BY_ALL int name parameters                                                                 \
    {                                                                                              \
        int code;                                                                                  \
        REAL(name);                                                                                \
        return lmdb_fails(calls, &code) ? code : real arguments;                                   \
    }

MEET(FAULT_ALL, mdb_env_create, (MDB_env * *env), (env))
MEET(FAULT_ALL, mdb_env_open, (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
     (env, path, flags, mode))
MEET(FAULT_ALL, mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi count), (env, count))
MEET(FAULT_ALL, mdb_env_set_maxreaders, (MDB_env * env, unsigned count), (env, count))
MEET(FAULT_ALL, mdb_env_set_mapsize, (MDB_env * env, size_t size), (env, size))
MEET(FAULT_ALL, mdb_env_info, (MDB_env * env, MDB_envinfo *info), (env, info))
MEET(FAULT_ALL, mdb_env_stat, (MDB_env * env, MDB_stat *stat), (env, stat))
MEET(FAULT_ALL, mdb_env_get_fd, (MDB_env * env, mdb_filehandle_t *fd), (env, fd))
MEET(FAULT_ALL, mdb_env_copyfd2, (MDB_env * env, mdb_filehandle_t fd, unsigned flags),
     (env, fd, flags))
MEET(FAULT_ALL, mdb_reader_check, (MDB_env * env, int *dead), (env, dead))
MEET(FAULT_ALL, mdb_reader_list, (MDB_env * env, MDB_msg_func *say, void *context),
     (env, say, context))
MEET(FAULT_BEGINS, mdb_txn_begin, (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **txn),
     (env, parent, flags, txn))
MEET(FAULT_BEGINS, mdb_txn_renew, (MDB_txn * txn), (txn))
MEET(FAULT_ALL, mdb_dbi_open, (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *table),
     (txn, name, flags, table))
MEET(FAULT_ALL, mdb_stat, (MDB_txn * txn, MDB_dbi table, MDB_stat *stat), (txn, table, stat))
MEET(FAULT_READS, mdb_get, (MDB_txn * txn, MDB_dbi table, MDB_val *key, MDB_val *data),
     (txn, table, key, data))
MEET(FAULT_WRITES, mdb_put,
     (MDB_txn * txn, MDB_dbi table, MDB_val *key, MDB_val *data, unsigned flags),
     (txn, table, key, data, flags))
MEET(FAULT_WRITES, mdb_del, (MDB_txn * txn, MDB_dbi table, MDB_val *key, MDB_val *data),
     (txn, table, key, data))
MEET(FAULT_READS, mdb_cursor_open, (MDB_txn * txn, MDB_dbi table, MDB_cursor **cursor),
     (txn, table, cursor))
MEET(FAULT_ALL, mdb_cursor_renew, (MDB_txn * txn, MDB_cursor *cursor), (txn, cursor))
MEET(FAULT_READS, mdb_cursor_get,
     (MDB_cursor * cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op), (cursor, key, data, op))
MEET(FAULT_WRITES, mdb_cursor_put,
     (MDB_cursor * cursor, MDB_val *key, MDB_val *data, unsigned flags), (cursor, key, data, flags))
MEET(FAULT_WRITES, mdb_cursor_del, (MDB_cursor * cursor, unsigned flags), (cursor, flags))

/* Where it fails the transaction is over, too. */
MET_BY_ALL int mdb_txn_commit(MDB_txn *txn)
{
    int code;
    REAL(mdb_txn_commit);
    if (!lmdb_fails(FAULT_COMMITS, &code)) return real(txn);
    faults.dead = code == MDB_PANIC;
    mdb_txn_abort(txn);
    return faults.dead ? EIO : code;
}

/* OpenSSL: 1 is success. */

#define MEET_CRYPTO(name, parameters, arguments)                                                   \
    MET_BY_ALL int name parameters                                                                 \
    {                                                                                              \
        REAL(name);                                                                                \
        return fails(FAULT_CRYPTO) ? 0 : real arguments;                                           \
    }

MEET_CRYPTO(EVP_DigestInit_ex, (EVP_MD_CTX * context, const EVP_MD *type, ENGINE *engine),
            (context, type, engine))
MEET_CRYPTO(EVP_DigestInit_ex2, (EVP_MD_CTX * context, const EVP_MD *type, const OSSL_PARAM *how),
            (context, type, how))
MEET_CRYPTO(EVP_DigestUpdate, (EVP_MD_CTX * context, const void *bytes, size_t size),
            (context, bytes, size))
MEET_CRYPTO(EVP_DigestSignInit,
            (EVP_MD_CTX * context, EVP_PKEY_CTX **key_context, const EVP_MD *type, ENGINE *engine,
             EVP_PKEY *key),
            (context, key_context, type, engine, key))
MEET_CRYPTO(EVP_DigestVerifyInit,
            (EVP_MD_CTX * context, EVP_PKEY_CTX **key_context, const EVP_MD *type, ENGINE *engine,
             EVP_PKEY *key),
            (context, key_context, type, engine, key))
