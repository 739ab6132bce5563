/* Room that is kept for evidence, and readers that make the store grow. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"

enum { KIB = 1024, MIB = 1024 * 1024, VALUE_BYTES = 16000 };

static struct ps_store *open_with(const struct directory *directory, uint64_t map, uint64_t reserve,
                                  uint64_t stuck)
{
    const struct ps_lmdb_options options = {.path = directory->path,
                                            .map_bytes_max = map,
                                            .access = PS_WRITE,
                                            .incarnation = INCARNATION,
                                            .reserve_bytes = reserve,
                                            .stuck_growth_bytes = stuck};
    struct ps_store *store = NULL;
    assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), PAYSCORE_OK);
    return store;
}

/* One entry of a page and a little. */
static enum payscore_status add(struct ps_store *store)
{
    static const char bytes[VALUE_BYTES] = {1};
    struct ps_txn *txn = begin(store, PS_WRITE);
    uint64_t next = ps_txn_head(txn)->entries + 1;
    ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(next), (struct payscore_text){bytes, VALUE_BYTES});
    return commit(txn);
}

/* The same place again and again: nothing is added, pages are freed and used. */
static void churn(struct ps_store *store)
{
    static const char bytes[VALUE_BYTES] = {2};
    struct ps_txn *txn = begin(store, PS_WRITE);
    ps_txn_put(txn, PS_TABLE_RECORDS, text("a"), (struct payscore_text){bytes, VALUE_BYTES});
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

static struct ps_usage usage_of(struct ps_store *store)
{
    struct ps_reader readers[8];
    struct ps_usage usage;
    size_t count;
    assert_int_equal(ps_store_usage(store, &usage, readers, 8, &count), PAYSCORE_OK);
    return usage;
}

static uint64_t allocated(const struct directory *directory)
{
    char path[128];
    struct stat status;
    file_path(directory, "data.mdb", path);
    assert_int_equal(stat(path, &status), 0);
    return (uint64_t)status.st_blocks * 512;
}

static void test_the_reserve_is_kept_as_the_store_grows(void **state)
{
    struct ps_store *store = open_with(*state, MAP_BYTES, MIB, 0);

    for (int i = 0; i < 120; i++) {
        assert_int_equal(add(store), PAYSCORE_OK);
        struct ps_usage usage = usage_of(store);
        assert_int_equal(usage.reserve_bytes, MIB);
        assert_true(allocated(*state) >= usage.used_bytes + usage.free_bytes + MIB);
        assert_int_equal(usage.refused, PAYSCORE_OK);
    }
    ps_store_close(store);
}

static bool mount_disk(const struct directory *directory, const char *size)
{
    return mount("tmpfs", directory->path, "tmpfs", 0, size) == 0;
}

/* Takes all that is left of the disk. */
static void fill_disk(const struct directory *directory)
{
    static const char bytes[4 * KIB] = {3};
    char path[128];

    file_path(directory, "line", path);
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    while (write(file, bytes, sizeof bytes) > 0) {
    }
    assert_int_equal(errno, ENOSPC);
    (void)close(file);
}

static void free_disk(const struct directory *directory)
{
    char path[128];
    file_path(directory, "line", path);
    assert_int_equal(unlink(path), 0);
}

static void assert_entries(struct ps_store *store, uint64_t expected)
{
    struct ps_txn *txn = begin(store, PS_READ);
    struct payscore_text value;
    assert_int_equal(ps_txn_head(txn)->entries, expected);
    for (uint64_t i = 1; i <= expected; i++)
        assert_int_equal(ps_txn_get(txn, PS_TABLE_EVIDENCE, NUMBER(i), &value), PAYSCORE_OK);
    ps_txn_abort(txn);
}

/* Needs the right to mount; is skipped without. */
static void test_a_full_disk_is_told_and_the_reserve_is_there(void **state)
{
    struct directory disk = directory_new();
    struct payscore_error error = {""};
    uint64_t entries = 0;

    (void)state;
    if (!mount_disk(&disk, "size=8m")) {
        directory_remove(disk.path);
        skip();
    }
    struct ps_store *store = open_with(&disk, MAP_BYTES, MIB, 0);
    for (int round = 0; round < 3; round++) {
        assert_int_equal(ps_store_room(store, &error), PAYSCORE_OK);
        for (int i = 0; i < 5; i++, entries++)
            assert_int_equal(add(store), PAYSCORE_OK);
        fill_disk(&disk);
        /* What is allocated is used up to the reserve; then commands are refused ... */
        for (; ps_store_room(store, &error) == PAYSCORE_OK; entries++)
            assert_int_equal(add(store), PAYSCORE_OK);
        assert_int_equal(ps_store_room(store, &error), PAYSCORE_E_FULL);
        assert_non_null(strstr(error.text, "free some"));
        assert_int_equal(usage_of(store).refused, PAYSCORE_E_FULL);
        /* ... but evidence finds room: half of the reserve at least is rows. */
        for (int i = 0; i < MIB / 2 / (2 * VALUE_BYTES); i++, entries++)
            assert_int_equal(add(store), PAYSCORE_OK);
        while (add(store) == PAYSCORE_OK) {
            entries++;
            assert_in_range(entries, 0, 10000);
        }
        assert_int_equal(add(store), PAYSCORE_E_FULL);
        assert_int_equal(ps_store_room(store, &error), PAYSCORE_E_FULL);
        assert_entries(store, entries);
        free_disk(&disk);
        assert_int_equal(ps_store_room(store, &error), PAYSCORE_OK);
        assert_entries(store, entries);
        assert_int_equal(add(store), PAYSCORE_OK);
        assert_entries(store, ++entries);
    }
    ps_store_close(store);
    store = open_with(&disk, MAP_BYTES, MIB, 0);
    assert_entries(store, entries);
    ps_store_close(store);
    assert_int_equal(umount(disk.path), 0);
    directory_remove(disk.path);
}

static void test_the_end_of_the_map_is_told_before_it_is_reached(void **state)
{
    struct payscore_error error = {""};
    struct ps_store *store = open_with(*state, 4 * MIB, MIB, 0);
    uint64_t entries = 0;

    while (ps_store_room(store, &error) == PAYSCORE_OK) {
        assert_int_equal(add(store), PAYSCORE_OK);
        assert_in_range(++entries, 0, 2000);
    }
    assert_int_equal(ps_store_room(store, &error), PAYSCORE_E_FULL);
    assert_non_null(strstr(error.text, "map_bytes_max"));
    for (int i = 0; i < MIB / 2 / (2 * VALUE_BYTES); i++, entries++)
        assert_int_equal(add(store), PAYSCORE_OK);

    /* Pages that become free inside are room as well. */
    struct ps_txn *txn = begin(store, PS_WRITE);
    for (uint64_t i = 1; i <= entries; i++)
        ps_txn_delete(txn, PS_TABLE_EVIDENCE, NUMBER(i));
    assert_int_equal(commit(txn), PAYSCORE_OK);
    churn(store);
    assert_int_equal(ps_store_room(store, &error), PAYSCORE_OK);
    ps_store_close(store);

    store = open_with(*state, MAP_BYTES, MIB, 0);
    assert_int_equal(ps_store_room(store, &error), PAYSCORE_OK);
    ps_store_close(store);
}

static void test_a_reader_of_this_process_is_named_and_let_go(void **state)
{
    struct payscore_error error = {""};
    struct ps_reader readers[2];
    struct ps_usage usage;
    char name[32];
    size_t count;
    struct ps_store *store = open_with(*state, MAP_BYTES, 64 * KIB, 256 * KIB);

    churn(store);
    struct ps_txn *reader = begin(store, PS_READ);
    for (int i = 0; ps_store_room(store, &error) == PAYSCORE_OK; i++) {
        assert_in_range(i, 0, 1000);
        churn(store);
    }
    assert_int_equal(ps_store_room(store, &error), PAYSCORE_E_STUCK);
    (void)snprintf(name, sizeof name, "Process %d ", (int)getpid());
    assert_non_null(strstr(error.text, name));
    assert_int_equal(ps_store_usage(store, &usage, readers, 2, &count), PAYSCORE_OK);
    assert_int_equal(usage.refused, PAYSCORE_E_STUCK);
    assert_int_equal(count, 1);
    assert_int_equal(readers[0].pid, getpid());
    assert_true(readers[0].stuck);
    assert_in_range(readers[0].grown_bytes, 256 * KIB, MIB);
    assert_in_range(readers[0].behind, 5, 1000);
    churn(store); /* Evidence goes on. */
    ps_txn_abort(reader);
    assert_int_equal(ps_store_room(store, &error), PAYSCORE_OK);

    /* Without a reader the same goes on for ever, in the same place. */
    uint64_t before = usage_of(store).file_bytes;
    for (int i = 0; i < 100; i++)
        churn(store);
    assert_in_range(usage_of(store).file_bytes, before, before + 256 * KIB);
    ps_store_close(store);
}

static pid_t fork_reader(const struct directory *directory, int ask, int answer)
{
    pid_t child = fork_child();
    char byte;

    if (child != 0) return child;
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    if (read(ask, &byte, 1) != 1) _exit(1);
    if (lmdb_try(directory, PS_READ, &store) != PAYSCORE_OK) _exit(1);
    if (ps_txn_begin(store, PS_READ, &txn) != PAYSCORE_OK) _exit(1);
    if (write(answer, "r", 1) == 1) (void)pause();
    _exit(1);
}

static void test_another_process_is_named_until_it_ends(void **state)
{
    struct payscore_error error = {""};
    struct ps_reader readers[2];
    struct ps_usage usage;
    char name[32];
    char byte;
    size_t count;
    int ask[2];
    int answer[2];

    assert_int_equal(pipe(ask), 0);
    assert_int_equal(pipe(answer), 0);
    pid_t child = fork_reader(*state, ask[0], answer[1]);
    struct ps_store *store = open_with(*state, MAP_BYTES, 64 * KIB, 256 * KIB);
    churn(store);
    assert_int_equal(write(ask[1], "?", 1), 1);
    assert_int_equal(read(answer[0], &byte, 1), 1);
    for (int i = 0; ps_store_room(store, &error) == PAYSCORE_OK; i++) {
        assert_in_range(i, 0, 1000);
        churn(store);
    }
    (void)snprintf(name, sizeof name, "Process %d ", (int)child);
    assert_non_null(strstr(error.text, name));
    assert_int_equal(ps_store_usage(store, &usage, readers, 2, &count), PAYSCORE_OK);
    assert_int_equal(count, 1);
    assert_int_equal(readers[0].pid, child);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    /* It cannot let go any more: its slot is cleared. */
    assert_int_equal(ps_store_room(store, &error), PAYSCORE_OK);
    assert_int_equal(ps_store_usage(store, &usage, readers, 2, &count), PAYSCORE_OK);
    assert_int_equal(count, 0);
    ps_store_close(store);
    for (int i = 0; i < 2; i++) {
        (void)close(ask[i]);
        (void)close(answer[i]);
    }
}

static void test_a_reading_store_judges_by_sight(void **state)
{
    struct ps_store *store = open_with(*state, 4 * MIB, MIB, 0);
    struct ps_usage written;
    struct ps_usage seen;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; ps_store_room(store, NULL) == PAYSCORE_OK && i < 20 + round * 1000; i++)
            assert_int_equal(add(store), PAYSCORE_OK);
        written = usage_of(store);
        assert_int_equal(written.refused, round == 0 ? PAYSCORE_OK : PAYSCORE_E_FULL);
        ps_store_close(store);
        const struct ps_lmdb_options options = {.path = ((struct directory *)*state)->path,
                                                .map_bytes_max = 4 * MIB,
                                                .access = PS_READ,
                                                .reserve_bytes = MIB};
        assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), PAYSCORE_OK);
        seen = usage_of(store);
        assert_int_equal(seen.refused, written.refused);
        assert_int_equal(seen.file_bytes, written.file_bytes);
        assert_int_equal(seen.used_bytes, written.used_bytes);
        assert_int_equal(seen.free_bytes, written.free_bytes);
        ps_store_close(store);
        store = open_with(*state, 4 * MIB, MIB, 0);
    }
    ps_store_close(store);
    assert_int_equal(ps_store_open_memory(&store, 1), PAYSCORE_OK);
    assert_int_equal(usage_of(store).refused, PAYSCORE_OK);
    assert_int_equal(ps_store_room(store, NULL), PAYSCORE_OK);
    ps_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_the_reserve_is_kept_as_the_store_grows),
        TEST(test_a_full_disk_is_told_and_the_reserve_is_there),
        TEST(test_the_end_of_the_map_is_told_before_it_is_reached),
        TEST(test_a_reader_of_this_process_is_named_and_let_go),
        TEST(test_another_process_is_named_until_it_ends),
        TEST(test_a_reading_store_judges_by_sight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
