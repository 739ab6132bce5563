/*
 * Every call of LMDB and every allocation of the store fails in turn, once and for good. What comes
 * back is a documented status, and the store opens and is whole after. The calls are met by
 * functions of this program in their place (the linker's --wrap).
 */
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>

#include "fixture.h"

enum { CALLS_MAX = 3000, ENTRIES = 3 };

static struct {
    unsigned left; /* Calls to go until the one that fails; 0: none will. */
    bool lasting;
    int code;    /* Of LMDB's calls. */
    bool memory; /* Allocations fail, else LMDB's calls. */
    unsigned fired;
} fault;

static bool fails(bool memory)
{
    if (fault.left == 0 || fault.memory != memory) return false;
    if (fault.left > 1) {
        fault.left--;
        return false;
    }
    if (!fault.lasting) fault.left = 0;
    fault.fired++;
    return true;
}

/* A call of LMDB that fails before it did anything. */
#define FAILING(name, parameters, arguments)                                                       \
    int __real_##name parameters;                                                                  \
    int __wrap_##name parameters;                                                                  \
    int __wrap_##name parameters                                                                   \
    {                                                                                              \
        return fails(false) ? fault.code : __real_##name arguments;                                \
    }

FAILING(mdb_env_create, (MDB_env * *env), (env))
FAILING(mdb_env_set_maxdbs, (MDB_env * env, MDB_dbi dbs), (env, dbs))
FAILING(mdb_env_set_maxreaders, (MDB_env * env, unsigned readers), (env, readers))
FAILING(mdb_env_set_mapsize, (MDB_env * env, size_t size), (env, size))
FAILING(mdb_env_open, (MDB_env * env, const char *path, unsigned flags, mdb_mode_t mode),
        (env, path, flags, mode))
FAILING(mdb_env_info, (MDB_env * env, MDB_envinfo *info), (env, info))
FAILING(mdb_env_stat, (MDB_env * env, MDB_stat *stat), (env, stat))
FAILING(mdb_env_get_fd, (MDB_env * env, mdb_filehandle_t *fd), (env, fd))
FAILING(mdb_reader_check, (MDB_env * env, int *dead), (env, dead))
FAILING(mdb_reader_list, (MDB_env * env, MDB_msg_func *func, void *context), (env, func, context))
FAILING(mdb_txn_begin, (MDB_env * env, MDB_txn *parent, unsigned flags, MDB_txn **txn),
        (env, parent, flags, txn))
FAILING(mdb_dbi_open, (MDB_txn * txn, const char *name, unsigned flags, MDB_dbi *dbi),
        (txn, name, flags, dbi))
FAILING(mdb_stat, (MDB_txn * txn, MDB_dbi dbi, MDB_stat *stat), (txn, dbi, stat))
FAILING(mdb_get, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data), (txn, dbi, key, data))
FAILING(mdb_put, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data, unsigned flags),
        (txn, dbi, key, data, flags))
FAILING(mdb_del, (MDB_txn * txn, MDB_dbi dbi, MDB_val *key, MDB_val *data), (txn, dbi, key, data))
FAILING(mdb_cursor_open, (MDB_txn * txn, MDB_dbi dbi, MDB_cursor **cursor), (txn, dbi, cursor))
FAILING(mdb_cursor_get, (MDB_cursor * cursor, MDB_val *key, MDB_val *data, MDB_cursor_op op),
        (cursor, key, data, op))

FAILING(mdb_cursor_put, (MDB_cursor * cursor, MDB_val *key, MDB_val *data, unsigned flags),
        (cursor, key, data, flags))

/* A commit that fails ends the transaction as well. */
int __real_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn);
int __wrap_mdb_txn_commit(MDB_txn *txn)
{
    if (!fails(false)) return __real_mdb_txn_commit(txn);
    mdb_txn_abort(txn);
    return fault.code;
}

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_malloc(size_t size)
{
    return fails(true) ? NULL : __real_malloc(size);
}

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size)
{
    return fails(true) ? NULL : __real_calloc(count, size);
}

/* What may come back of each of these. */
static bool is_documented(enum payscore_status rc)
{
    static const enum payscore_status documented[] = {
        PAYSCORE_OK,        PAYSCORE_E_IO,      PAYSCORE_E_FULL,      PAYSCORE_E_MEMORY,
        PAYSCORE_E_READERS, PAYSCORE_E_CORRUPT, PAYSCORE_E_NOT_FOUND,
    };
    for (size_t i = 0; i < sizeof documented / sizeof documented[0]; i++) {
        if (documented[i] == rc) return true;
    }
    return false;
}

static enum payscore_status write_entry(struct ps_store *store)
{
    static const char bytes[9000];
    struct payscore_text key;
    struct payscore_text value;
    struct ps_txn *txn = NULL;

    enum payscore_status rc = ps_txn_begin(store, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_head head = *ps_txn_head(txn);
    uint64_t n = ++head.entries;
    ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(n), (struct payscore_text){bytes, sizeof bytes});
    ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(n), text("entry"));
    if (ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value) == PAYSCORE_OK)
        ps_txn_delete(txn, PS_TABLE_DUE, key);
    ps_txn_put(txn, PS_TABLE_DUE, NUMBER(n), text("due"));
    ps_txn_owe_scrub(txn, n);
    return ps_txn_commit(txn, &head);
}

/* All tables agree on how many entries there are: that many. */
static uint64_t entries_found(struct ps_store *store)
{
    struct payscore_text key;
    struct payscore_text value;
    struct ps_txn *txn = begin(store, PS_READ);
    uint64_t n = ps_txn_head(txn)->entries;

    for (uint64_t i = 1; i <= n; i++) {
        assert_int_equal(ps_txn_get(txn, PS_TABLE_EVIDENCE, NUMBER(i), &value), PAYSCORE_OK);
        assert_int_equal(ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(i), &value), PAYSCORE_OK);
    }
    assert_int_equal(ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(n + 1), &value),
                     PAYSCORE_E_NOT_FOUND);
    if (n > 0) {
        assert_int_equal(ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value), PAYSCORE_OK);
        assert_int_equal(number_read(key), n);
        assert_int_equal(ps_txn_next(txn, PS_TABLE_DUE, &key, &value), PAYSCORE_E_NOT_FOUND);
    }
    ps_txn_abort(txn);
    return n;
}

/* All that can be done with a store. Entries that were acknowledged are counted. */
static void use(const struct directory *directory, uint64_t *acknowledged)
{
    const struct ps_lmdb_options options = {.path = directory->path,
                                            .map_bytes_max = MAP_BYTES,
                                            .access = PS_WRITE,
                                            .incarnation = INCARNATION,
                                            .upgrades = true};
    struct ps_store *store = NULL;
    struct ps_usage usage;
    struct ps_reader readers[2];
    size_t count;

    enum payscore_status rc = ps_store_open_lmdb(&store, &options, NULL);
    assert_true(is_documented(rc));
    if (rc != PAYSCORE_OK) return;
    for (int i = 0; i < ENTRIES; i++) {
        rc = write_entry(store);
        assert_true(is_documented(rc));
        if (rc == PAYSCORE_OK) ++*acknowledged;
    }
    rc = ps_store_room(store, NULL);
    assert_true(is_documented(rc));
    rc = ps_store_usage(store, &usage, readers, 2, &count);
    assert_true(is_documented(rc));
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    rc = ps_store_copy(store, nowhere, NULL, NULL);
    assert_true(is_documented(rc));
    (void)close(nowhere);
    rc = ps_store_scrub(store, NULL);
    assert_true(is_documented(rc));
    ps_store_close(store);
}

/* Whether a call was left to fail. */
static bool use_with_fault(unsigned nth, bool lasting, bool memory, int code)
{
    struct directory directory = directory_new();
    uint64_t acknowledged = 0;

    fault.fired = 0;
    fault.lasting = lasting;
    fault.memory = memory;
    fault.code = code;
    fault.left = nth;
    use(&directory, &acknowledged);
    fault.left = 0;
    bool fired = fault.fired > 0;
    struct ps_store *store = lmdb_open(&directory, PS_WRITE);
    uint64_t found = entries_found(store);
    assert_int_equal(found, acknowledged);
    assert_int_equal(write_entry(store), PAYSCORE_OK);
    assert_int_equal(entries_found(store), found + 1);
    ps_store_close(store);
    directory_remove(directory.path);
    return fired;
}

static void fail_in_turn(bool lasting, bool memory, int code, unsigned least)
{
    unsigned nth = 1;

    while (use_with_fault(nth, lasting, memory, code))
        assert_in_range(++nth, 1, CALLS_MAX);
    print_message("%u calls failed in turn\n", nth - 1);
    assert_in_range(nth, least, CALLS_MAX);
}

static void test_each_call_of_lmdb_may_fail_once(void **state)
{
    (void)state;
    fail_in_turn(false, false, EIO, 60);
}

static void test_each_call_of_lmdb_may_fail_for_good(void **state)
{
    (void)state;
    fail_in_turn(true, false, ENOMEM, 60);
}

static void test_each_allocation_may_fail_once_or_for_good(void **state)
{
    (void)state;
    fail_in_turn(false, true, 0, 10);
    fail_in_turn(true, true, 0, 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_call_of_lmdb_may_fail_once),
        cmocka_unit_test(test_each_call_of_lmdb_may_fail_for_good),
        cmocka_unit_test(test_each_allocation_may_fail_once_or_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
