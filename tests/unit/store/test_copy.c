/* A copy is one snapshot, whole, and holds nothing of what is gone. */
#define _GNU_SOURCE /* memmem */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "fixture.h"

enum { ROUNDS = 40, ROWS_PER_ROUND = 60, VALUE_MAX = 20000 };

static const char mark[] = "TO BE GONE";

/* Rows of all sizes, in every table but the store's own; a third of them goes again. */
static void fill_round(struct ps_store *store, uint64_t *seed)
{
    static char bytes[VALUE_MAX];
    struct ps_txn *txn = begin(store, PS_WRITE);

    for (int i = 0; i < ROWS_PER_ROUND; i++) {
        enum ps_table table = (enum ps_table)(chance(seed) % PS_TABLE_COUNT);
        size_t size = chance(seed) % (i % 10 == 0 ? VALUE_MAX : 500);
        uint64_t key = chance(seed) % 1000;
        for (size_t at = 0; at + sizeof mark < size; at += sizeof mark)
            memcpy(bytes + at, mark, sizeof mark);
        if (chance(seed) % 3 == 0) {
            ps_txn_delete(txn, table, NUMBER(key));
        } else {
            ps_txn_put(txn, table, NUMBER(key), (struct payscore_text){bytes, size});
        }
    }
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

static void fill(struct ps_store *store, int rounds)
{
    uint64_t seed = 4711;
    for (int i = 0; i < rounds; i++)
        fill_round(store, &seed);
}

static void assert_same_rows(struct ps_txn *a, struct ps_txn *b)
{
    struct payscore_text keys[2];
    struct payscore_text values[2];

    for (int i = 0; i < PS_TABLE_COUNT; i++) {
        enum ps_table table = (enum ps_table)i;
        enum payscore_status rc = ps_txn_seek(a, table, text(""), &keys[0], &values[0]);
        assert_int_equal(ps_txn_seek(b, table, text(""), &keys[1], &values[1]), rc);
        while (rc == PAYSCORE_OK) {
            assert_int_equal(keys[0].size, keys[1].size);
            assert_memory_equal(keys[0].data, keys[1].data, keys[0].size);
            assert_int_equal(values[0].size, values[1].size);
            assert_memory_equal(values[0].data, values[1].data, values[0].size);
            rc = ps_txn_next(a, table, &keys[0], &values[0]);
            assert_int_equal(ps_txn_next(b, table, &keys[1], &values[1]), rc);
        }
    }
}

static int create(const struct directory *directory)
{
    char path[128];

    file_path(directory, "data.mdb", path);
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    return file;
}

/* The copy of a store that stays as it is: row by row the same, and it can be written. */
static void assert_copies(struct ps_store *store)
{
    struct directory target = directory_new();
    struct ps_head head;
    struct payscore_error error = {""};
    int file = create(&target);

    assert_int_equal(ps_store_copy(store, file, &head, &error), PAYSCORE_OK);
    assert_string_equal(error.text, "");
    (void)close(file);
    struct ps_store *copy = lmdb_open(&target, PS_WRITE);
    struct ps_txn *txns[2] = {begin(store, PS_READ), begin(copy, PS_READ)};
    assert_memory_equal(ps_txn_head(txns[0]), &head, sizeof head);
    assert_memory_equal(ps_txn_head(txns[1]), &head, sizeof head);
    assert_same_rows(txns[0], txns[1]);
    ps_txn_abort(txns[0]);
    ps_txn_abort(txns[1]);
    fill(copy, 3);
    ps_store_close(copy);
    directory_remove(target.path);
}

static void test_a_copy_holds_the_same_rows_and_goes_on(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);

    assert_copies(store);
    fill(store, 1);
    assert_copies(store);
    fill(store, ROUNDS);
    assert_copies(store);
    ps_store_close(store);
    store = lmdb_open(*state, PS_READ);
    assert_copies(store);
    ps_store_close(store);
}

static void delete_all(struct ps_store *store)
{
    struct ps_txn *txn = begin(store, PS_WRITE);

    for (int i = 0; i < PS_TABLE_COUNT; i++) {
        for (uint64_t key = 0; key < 1000; key++)
            ps_txn_delete(txn, (enum ps_table)i, NUMBER(key));
    }
    ps_txn_put(txn, PS_TABLE_RECORDS, text("stays"), text("here"));
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

static bool file_holds(int file, const char *bytes, size_t size)
{
    struct stat status;

    assert_int_equal(fstat(file, &status), 0);
    char *all = malloc((size_t)status.st_size);
    assert_non_null(all);
    assert_int_equal(pread(file, all, (size_t)status.st_size, 0), status.st_size);
    bool found = memmem(all, (size_t)status.st_size, bytes, size) != NULL;
    free(all);
    return found;
}

static void test_what_is_gone_is_not_in_the_copy(void **state)
{
    struct directory target = directory_new();
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    char path[128];

    fill(store, ROUNDS);
    delete_all(store);
    file_path(*state, "data.mdb", path);
    int source = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file_holds(source, mark, sizeof mark)); /* It still is in the store's free pages. */
    int file = create(&target);
    assert_int_equal(ps_store_copy(store, file, NULL, NULL), PAYSCORE_OK);
    assert_false(file_holds(file, mark, sizeof mark));
    assert_true(file_holds(file, "here", 4));
    (void)close(file);
    (void)close(source);
    ps_store_close(store);
    directory_remove(target.path);
}

struct writer {
    struct ps_store *store;
    atomic_bool done;
};

/* Every version says in two places which one it is. */
static void *write_until_done(void *argument)
{
    struct writer *writer = argument;

    while (!atomic_load(&writer->done)) {
        struct ps_txn *txn = begin(writer->store, PS_WRITE);
        uint64_t next = ps_txn_head(txn)->entries + 1;
        ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(next), NUMBER(next));
        ps_txn_put(txn, PS_TABLE_RECORDS, text("newest"), NUMBER(next));
        if (commit(txn) != PAYSCORE_OK) return NULL;
    }
    return writer;
}

static void test_copies_beside_commits_are_one_version_each(void **state)
{
    struct writer writer = {.store = lmdb_open(*state, PS_WRITE)};
    struct payscore_text value;
    pthread_t thread;
    void *result = NULL;

    assert_int_equal(pthread_create(&thread, NULL, write_until_done, &writer), 0);
    for (int i = 0; i < 30; i++) {
        struct directory target = directory_new();
        struct ps_head head;
        int file = create(&target);
        assert_int_equal(ps_store_copy(writer.store, file, &head, NULL), PAYSCORE_OK);
        (void)close(file);
        struct ps_store *copy = lmdb_open(&target, PS_READ);
        struct ps_txn *txn = begin(copy, PS_READ);
        assert_memory_equal(ps_txn_head(txn), &head, sizeof head);
        if (head.entries > 0) {
            assert_int_equal(ps_txn_get(txn, PS_TABLE_RECORDS, text("newest"), &value),
                             PAYSCORE_OK);
            assert_int_equal(number_read(value), head.entries);
            assert_int_equal(ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(head.entries), &value),
                             PAYSCORE_OK);
        }
        assert_int_equal(ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(head.entries + 1), &value),
                         PAYSCORE_E_NOT_FOUND);
        ps_txn_abort(txn);
        ps_store_close(copy);
        directory_remove(target.path);
    }
    atomic_store(&writer.done, true);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &writer);
    ps_store_close(writer.store);
}

static void *read_all(void *argument)
{
    int *pipe_end = argument;
    char bytes[3000];
    size_t total = 0;
    ssize_t size;

    while ((size = read(*pipe_end, bytes, sizeof bytes)) > 0)
        total += (size_t)size;
    return (void *)(uintptr_t)total;
}

static void test_a_pipe_takes_the_same_bytes(void **state)
{
    struct directory target = directory_new();
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    struct stat status;
    pthread_t thread;
    void *total = NULL;
    int ends[2];
    int file = create(&target);

    fill(store, ROUNDS);
    assert_int_equal(ps_store_copy(store, file, NULL, NULL), PAYSCORE_OK);
    assert_int_equal(fstat(file, &status), 0);
    for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
        assert_int_equal(pipe(ends), 0);
        assert_int_equal(fcntl(ends[1], F_SETFL, flags), 0);
        assert_int_equal(pthread_create(&thread, NULL, read_all, &ends[0]), 0);
        assert_int_equal(ps_store_copy(store, ends[1], NULL, NULL), PAYSCORE_OK);
        (void)close(ends[1]);
        assert_int_equal(pthread_join(thread, &total), 0);
        assert_int_equal((uintptr_t)total, status.st_size);
        (void)close(ends[0]);
    }
    (void)close(file);
    ps_store_close(store);
    directory_remove(target.path);
}

static void test_a_copy_that_cannot_be_written_says_why(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    struct ps_store *memory = NULL;
    struct payscore_error error = {""};
    int ends[2];

    fill(store, 5);
    assert_int_equal(pipe(ends), 0);
    (void)close(ends[0]);
    assert_int_equal(ps_store_copy(store, ends[1], NULL, &error), PAYSCORE_E_IO);
    assert_non_null(strstr(error.text, strerror(EPIPE)));
    (void)close(ends[1]);
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(ps_store_copy(store, full, NULL, &error), PAYSCORE_E_FULL);
    (void)close(full);
    assert_int_equal(ps_store_copy(store, -1, NULL, NULL), PAYSCORE_E_IO);
    assert_int_equal(ps_store_open_memory(&memory, 1), PAYSCORE_OK);
    assert_int_equal(ps_store_copy(memory, 1, NULL, &error), PAYSCORE_E_ARGUMENT);
    ps_store_close(memory);
    ps_txn_abort(begin(store, PS_READ)); /* No slot is kept. */
    ps_store_close(store);
}

/* Any one page of the file in turn: it is found out or was not used; nothing else happens. */
static void test_a_damaged_page_is_found_out(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    struct payscore_error error;
    char path[128];
    unsigned char page[4096];
    unsigned found = 0;
    struct stat status;

    fill(store, 20);
    file_path(*state, "data.mdb", path);
    int file = open(path, O_RDWR | O_CLOEXEC);
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_int_equal(fstat(file, &status), 0);
    for (off_t at = 2 * (off_t)sizeof page; at < status.st_size; at += (off_t)sizeof page) {
        uint64_t seed = (uint64_t)at;
        unsigned char bad[sizeof page];
        assert_int_equal(pread(file, page, sizeof page, at), sizeof page);
        for (size_t i = 0; i < sizeof bad; i++)
            bad[i] = (unsigned char)chance(&seed);
        if (at % 3 != 0) memcpy(bad, page, 12); /* A page whose first bytes are good. */
        assert_int_equal(pwrite(file, bad, sizeof bad, at), sizeof bad);
        enum payscore_status rc = ps_store_copy(store, nowhere, NULL, &error);
        assert_true(rc == PAYSCORE_OK || rc == PAYSCORE_E_CORRUPT || rc == PAYSCORE_E_IO);
        found += rc == PAYSCORE_E_CORRUPT;
        assert_int_equal(pwrite(file, page, sizeof page, at), sizeof page);
    }
    assert_in_range(found, 20, 1000000);
    assert_int_equal(ps_store_copy(store, nowhere, NULL, NULL), PAYSCORE_OK);
    (void)close(file);
    (void)close(nowhere);
    ps_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_copy_holds_the_same_rows_and_goes_on),
        TEST(test_what_is_gone_is_not_in_the_copy),
        TEST(test_copies_beside_commits_are_one_version_each),
        TEST(test_a_pipe_takes_the_same_bytes),
        TEST(test_a_copy_that_cannot_be_written_says_why),
        TEST(test_a_damaged_page_is_found_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
