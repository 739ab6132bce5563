/*
 * The disk fails at the first, second, ... write or sync of a transaction, once or for good, until
 * a run has none left to fail. LMDB's calls are met by this program's own pwrite and friends.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "fixture.h"

/* The functions below have no other way to be told. */
static struct {
    unsigned left; /* Calls to go until the one that fails; 0: none will. */
    bool lasting;
    int code;
    unsigned fired;
} fault;

/* Whether everything that was written so far is on the disk, as far as calls can tell. */
static bool synced;

static bool fails(void)
{
    if (fault.left == 0) return false;
    if (fault.left > 1) {
        fault.left--;
        return false;
    }
    if (!fault.lasting) fault.left = 0;
    fault.fired++;
    errno = fault.code;
    return true;
}

#define MET_BY_LMDB __attribute__((visibility("default")))

/* News are told after the commit and need not reach the disk. */
static bool is_news(int file)
{
    char name[64];
    char target[256];

    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t size = readlink(name, target, sizeof target);
    return size > 5 && memcmp(target + size - 5, "/feed", 5) == 0;
}

MET_BY_LMDB ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset)
{
    if (is_news(file)) return (ssize_t)syscall(SYS_pwrite64, file, bytes, size, offset);
    synced = synced && (fcntl(file, F_GETFL) & O_DSYNC) != 0;
    return fails() ? -1 : (ssize_t)syscall(SYS_pwrite64, file, bytes, size, offset);
}

MET_BY_LMDB ssize_t writev(int file, const struct iovec *parts, int count)
{
    synced = synced && (fcntl(file, F_GETFL) & O_DSYNC) != 0;
    return fails() ? -1 : (ssize_t)syscall(SYS_writev, file, parts, count);
}

MET_BY_LMDB int fdatasync(int file)
{
    if (fails()) return -1;
    synced = true;
    return (int)syscall(SYS_fdatasync, file);
}

static void put_numbered(struct ps_txn *txn, uint64_t n)
{
    static const char bytes[9000];

    ps_txn_put(txn, PS_TABLE_RECORDS, text("newest"), NUMBER(n));
    ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(n), (struct payscore_text){bytes, sizeof bytes});
    ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(n), text("entry"));
}

static enum payscore_status write_entry(struct ps_store *store)
{
    struct ps_txn *txn = begin(store, PS_WRITE);
    put_numbered(txn, ps_txn_head(txn)->entries + 1);
    return commit(txn);
}

/* All tables agree on how many entries there are: that many. */
static uint64_t entries_found(struct ps_store *store)
{
    struct payscore_text value;
    struct ps_txn *txn = begin(store, PS_READ);
    uint64_t n = ps_txn_head(txn)->entries;

    assert_int_equal(ps_txn_get(txn, PS_TABLE_RECORDS, text("newest"), &value), PAYSCORE_OK);
    assert_int_equal(number_read(value), n);
    assert_int_equal(ps_txn_get(txn, PS_TABLE_EVIDENCE, NUMBER(n), &value), PAYSCORE_OK);
    assert_int_equal(ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(n + 1), &value),
                     PAYSCORE_E_NOT_FOUND);
    ps_txn_abort(txn);
    return n;
}

static void test_a_commit_is_on_the_disk_before_it_answers(void **state)
{
    struct directory directory = directory_new();
    struct ps_store *store = lmdb_open(&directory, PS_WRITE);

    (void)state;
    for (int i = 0; i < 3; i++) {
        synced = false;
        assert_int_equal(write_entry(store), PAYSCORE_OK);
        assert_true(synced);
    }
    ps_store_close(store);
    directory_remove(directory.path);
}

struct outcome {
    bool fired;
    bool unsure;
};

static struct outcome write_with_fault(unsigned nth, bool lasting, int code)
{
    struct directory directory = directory_new();
    struct ps_store *store = lmdb_open(&directory, PS_WRITE);
    struct ps_txn *txn = NULL;
    uint64_t found;

    for (int i = 0; i < 3; i++)
        assert_int_equal(write_entry(store), PAYSCORE_OK);
    fault.left = nth;
    fault.lasting = lasting;
    fault.code = code;
    fault.fired = 0;
    enum payscore_status rc = write_entry(store);
    fault.left = 0;
    struct outcome outcome = {fault.fired > 0, rc == PAYSCORE_E_UNSURE};
    if (!outcome.fired) {
        assert_int_equal(rc, PAYSCORE_OK);
        assert_int_equal(entries_found(store), 4);
    } else if (!outcome.unsure) {
        /* Not taken, and the store works on as if it had not been tried. */
        assert_int_equal(rc, code == ENOSPC ? PAYSCORE_E_FULL : PAYSCORE_E_IO);
        assert_int_equal(entries_found(store), 3);
        assert_int_equal(write_entry(store), PAYSCORE_OK);
        assert_int_equal(entries_found(store), 4);
    } else {
        /* The handle refuses everything; a new one tells, and works on. */
        assert_int_equal(ps_txn_begin(store, PS_READ, &txn), PAYSCORE_E_IO);
        ps_store_close(store);
        store = lmdb_open(&directory, PS_WRITE);
        found = entries_found(store);
        assert_in_range(found, 3, 4);
        assert_int_equal(write_entry(store), PAYSCORE_OK);
        assert_int_equal(entries_found(store), found + 1);
    }
    ps_store_close(store);
    directory_remove(directory.path);
    return outcome;
}

static void test_a_failing_disk_never_leaves_a_wrong_answer(void **state)
{
    static const int codes[] = {EIO, ENOSPC};
    unsigned certain = 0;
    unsigned unsure = 0;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct outcome outcome = {.fired = true};
        for (unsigned nth = 1; outcome.fired; nth++) {
            assert_in_range(nth, 1, 1000);
            outcome = write_with_fault(nth, i % 2 == 1, codes[i / 2]);
            if (outcome.unsure) unsure++;
            if (outcome.fired && !outcome.unsure) certain++;
        }
    }
    /* Both kinds were met: pages and their sync on one side, the meta page on the other. */
    assert_in_range(certain, 8, 1000);
    assert_in_range(unsure, 4, 1000);
}

static void test_a_store_that_could_not_be_made_can_be_made_later(void **state)
{
    bool fired = true;

    (void)state;
    for (unsigned nth = 1; fired; nth++) {
        struct directory directory = directory_new();
        struct ps_store *store = NULL;
        assert_in_range(nth, 1, 1000);
        fault.left = nth;
        fault.lasting = true;
        fault.code = ENOSPC;
        fault.fired = 0;
        enum payscore_status rc = lmdb_try(&directory, PS_WRITE, &store);
        fault.left = 0;
        fired = fault.fired > 0;
        assert_int_equal(rc == PAYSCORE_OK, !fired);
        ps_store_close(store);
        store = lmdb_open(&directory, PS_WRITE);
        assert_int_equal(write_entry(store), PAYSCORE_OK);
        assert_int_equal(entries_found(store), 1);
        ps_store_close(store);
        directory_remove(directory.path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_commit_is_on_the_disk_before_it_answers),
        cmocka_unit_test(test_a_failing_disk_never_leaves_a_wrong_answer),
        cmocka_unit_test(test_a_store_that_could_not_be_made_can_be_made_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
