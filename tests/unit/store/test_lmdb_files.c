/* What only the durable store can promise: about its files, and about being opened. */
#include <lmdb.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "fixture.h"

static enum payscore_status open_and_close(const struct directory *directory, enum ps_access access)
{
    struct ps_store *store = NULL;
    enum payscore_status rc = lmdb_try(directory, access, &store);
    ps_store_close(store);
    return rc;
}

static void put_and_commit(struct ps_store *store, const char *key, const char *value)
{
    struct ps_txn *txn = begin(store, PS_WRITE);
    ps_txn_put(txn, PS_TABLE_RECORDS, text(key), text(value));
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

struct content {
    char *bytes;
    size_t size;
};

static struct content file_read(const struct directory *directory, const char *name)
{
    char path[128];
    struct stat status;
    struct content content = {NULL, 0};

    file_path(directory, name, path);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fstat(fileno(file), &status), 0);
    content.size = (size_t)status.st_size;
    content.bytes = malloc(content.size + 1);
    assert_non_null(content.bytes);
    assert_int_equal(fread(content.bytes, 1, content.size, file), content.size);
    assert_int_equal(fclose(file), 0);
    return content;
}

static void file_write(const struct directory *directory, const char *name, const char *bytes,
                       size_t size)
{
    char path[128];

    file_path(directory, name, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static bool file_exists(const struct directory *directory, const char *name)
{
    char path[128];
    file_path(directory, name, path);
    return access(path, F_OK) == 0;
}

static void assert_refused_untouched(const struct directory *directory,
                                     enum payscore_status expected)
{
    static const enum ps_access accesses[] = {PS_READ, PS_WRITE};
    struct content before = file_read(directory, "data.mdb");
    bool locked = file_exists(directory, "lock.mdb");

    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(open_and_close(directory, accesses[i]), expected);
        struct content after = file_read(directory, "data.mdb");
        assert_int_equal(after.size, before.size);
        assert_memory_equal(after.bytes, before.bytes, before.size);
        assert_int_equal(file_exists(directory, "lock.mdb"), locked);
        free(after.bytes);
    }
    free(before.bytes);
}

/* Writes a row with LMDB itself, into `table` or (NULL) beside the tables. */
static void lmdb_write(const struct directory *directory, const char *table, const char *name,
                       const void *bytes, size_t size)
{
    MDB_env *env;
    MDB_txn *txn;
    MDB_dbi dbi;
    char key_bytes[32];
    char value_bytes[32];
    MDB_val key = {strlen(name), key_bytes};
    MDB_val value = {size, value_bytes};

    memcpy(key_bytes, name, strlen(name));
    memcpy(value_bytes, bytes, size);
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 8), 0);
    assert_int_equal(mdb_env_open(env, directory->path, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
    assert_int_equal(mdb_dbi_open(txn, table, table != NULL ? MDB_CREATE : 0, &dbi), 0);
    assert_int_equal(mdb_put(txn, dbi, &key, &value, 0), 0);
    assert_int_equal(mdb_txn_commit(txn), 0);
    mdb_env_close(env);
}

static void test_what_was_committed_is_there_after_reopening(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    put_and_commit(store, "a", "1");
    ps_store_close(store);

    store = lmdb_open(*state, PS_WRITE);
    put_and_commit(store, "b", "2");
    ps_store_close(store);

    store = lmdb_open(*state, PS_READ);
    struct ps_txn *txn = begin(store, PS_READ);
    assert_int_equal(ps_txn_head(txn)->entries, 2);
    assert_int_equal(ps_txn_head(txn)->incarnation, INCARNATION);
    assert_value(txn, PS_TABLE_RECORDS, "a", "1");
    assert_value(txn, PS_TABLE_RECORDS, "b", "2");
    ps_txn_abort(txn);
    ps_store_close(store);
}

static void test_only_the_owner_may_read_the_files(void **state)
{
    static const char *const names[] = {"data.mdb", "lock.mdb"};

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    for (size_t i = 0; i < 2; i++) {
        char path[128];
        struct stat status;
        file_path(*state, names[i], path);
        assert_int_equal(stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
}

/* A page without a block, on a full disk, ends the process that takes a reader's slot in it. */
static void test_the_readers_table_has_its_blocks(void **state)
{
    char path[128];
    struct stat status;

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    file_path(*state, "lock.mdb", path);
    for (int made = 0; made < 2; made++) {
        assert_int_equal(stat(path, &status), 0);
        assert_true(status.st_size >= 32768);
        assert_true(status.st_blocks * 512 >= status.st_size);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(open_and_close(*state, PS_READ), PAYSCORE_OK);
    }
}

static void test_nothing_is_inherited_by_what_is_executed(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);

    for (int file = 3; file < 64; file++) {
        char link[32];
        char target[256] = "";
        snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        if (readlink(link, target, sizeof target - 1) <= 0) continue;
        if (strstr(target, "data.mdb") == NULL && strstr(target, "lock.mdb") == NULL) continue;
        assert_true((fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
    }
    ps_store_close(store);
}

static void test_reading_makes_no_store(void **state)
{
    assert_int_equal(open_and_close(*state, PS_READ), PAYSCORE_E_NOT_FOUND);
    assert_false(file_exists(*state, "data.mdb"));
    assert_false(file_exists(*state, "lock.mdb"));
}

static void test_a_reading_store_refuses_writers(void **state)
{
    struct ps_txn *txn = NULL;

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    struct ps_store *store = lmdb_open(*state, PS_READ);
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_E_ARGUMENT);
    assert_null(txn);
    ps_store_close(store);
}

static void test_a_store_is_made_only_where_and_as_allowed(void **state)
{
    const struct directory *directory = *state;
    struct payscore_error error;
    struct ps_store *store = NULL;
    char missing[128];
    char plain[128];

    file_path(directory, "missing", missing);
    file_path(directory, "driver.lock", plain);
    file_write(directory, "driver.lock", "", 0);
    const struct {
        const char *path;
        uint64_t map_bytes_max;
        enum ps_access access;
        bool upgrades;
        uint64_t incarnation;
        enum payscore_status expected;
    } rows[] = {
        {missing, MAP_BYTES, PS_WRITE, true, 1, PAYSCORE_E_NOT_FOUND},
        {missing, MAP_BYTES, PS_READ, false, 1, PAYSCORE_E_NOT_FOUND},
        {plain, MAP_BYTES, PS_WRITE, true, 1, PAYSCORE_E_ARGUMENT},
        {"", MAP_BYTES, PS_WRITE, true, 1, PAYSCORE_E_ARGUMENT},
        {NULL, MAP_BYTES, PS_WRITE, true, 1, PAYSCORE_E_ARGUMENT},
        {directory->path, MAP_BYTES, PS_READ, true, 1, PAYSCORE_E_ARGUMENT},
        {directory->path, MAP_BYTES, PS_WRITE, true, 0, PAYSCORE_E_ARGUMENT},
        {directory->path, UINT64_MAX, PS_WRITE, true, 1, PAYSCORE_E_ARGUMENT},
        {directory->path, UINT64_MAX / 2, PS_WRITE, true, 1, PAYSCORE_E_MEMORY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct ps_lmdb_options options = {.path = rows[i].path,
                                                .map_bytes_max = rows[i].map_bytes_max,
                                                .access = rows[i].access,
                                                .upgrades = rows[i].upgrades,
                                                .incarnation = rows[i].incarnation};
        error.text[0] = '\0';
        assert_int_equal(ps_store_open_lmdb(&store, &options, &error), rows[i].expected);
        assert_null(store);
        assert_true(error.text[0] != '\0');
        assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), rows[i].expected);
    }
    assert_int_equal(open_and_close(directory, PS_WRITE), PAYSCORE_OK);
}

static void test_a_foreign_file_is_refused_and_untouched(void **state)
{
    static char page[16384];

    memset(page, 'x', sizeof page);
    file_write(*state, "data.mdb", "not a store", 11);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
    file_write(*state, "data.mdb", page, sizeof page);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
}

static void test_a_foreign_environment_is_refused_and_untouched(void **state)
{
    lmdb_write(*state, NULL, "row", "beside the tables", 17);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
    lmdb_write(*state, "meta", "row", "no schema", 9);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
    lmdb_write(*state, "meta", "schema", "of another size", 15);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
}

static void test_a_foreign_environment_without_a_lock_file_gets_none(void **state)
{
    char path[128];

    lmdb_write(*state, "theirs", "row", "value", 5);
    file_path(*state, "lock.mdb", path);
    assert_int_equal(unlink(path), 0);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
}

static void test_a_newer_schema_is_refused_by_its_number(void **state)
{
    uint32_t version = PS_SCHEMA_VERSION + 1;
    struct payscore_error error = {""};
    struct ps_store *store = NULL;
    struct ps_lmdb_options options = {.path = ((struct directory *)*state)->path,
                                      .map_bytes_max = MAP_BYTES,
                                      .access = PS_WRITE,
                                      .upgrades = true};

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    lmdb_write(*state, "meta", "schema", &version, sizeof version);
    assert_refused_untouched(*state, PAYSCORE_E_VERSION);
    assert_int_equal(ps_store_open_lmdb(&store, &options, &error), PAYSCORE_E_VERSION);
    assert_non_null(strstr(error.text, "schema is 3, this build reads 1 to 2"));
    version = 0;
    lmdb_write(*state, "meta", "schema", &version, sizeof version);
    assert_refused_untouched(*state, PAYSCORE_E_VERSION);
}

/* Who does not upgrade: a reader, and a writer for a moment. */
static void assert_waits_for_its_driver(const struct directory *directory)
{
    for (int access = PS_READ; access <= PS_WRITE; access++) {
        struct payscore_error error = {""};
        struct ps_store *store = NULL;
        struct ps_lmdb_options options = {.path = directory->path,
                                          .map_bytes_max = MAP_BYTES,
                                          .access = (enum ps_access)access,
                                          .incarnation = 1};
        assert_int_equal(ps_store_open_lmdb(&store, &options, &error), PAYSCORE_E_VERSION);
        assert_non_null(strstr(error.text, "schema is 1, this build writes 2"));
    }
}

static void test_an_older_schema_is_upgraded_by_the_first_commit(void **state)
{
    uint32_t version = 1;

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    lmdb_write(*state, "meta", "schema", &version, sizeof version);
    assert_waits_for_its_driver(*state);
    /* What opens it and commits nothing, or is interrupted, leaves it as it was. */
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    ps_txn_abort(begin(store, PS_WRITE));
    ps_store_close(store);
    assert_waits_for_its_driver(*state);

    store = lmdb_open(*state, PS_WRITE);
    put_and_commit(store, "a", "1");
    ps_store_close(store);
    store = lmdb_open(*state, PS_READ);
    struct ps_txn *txn = begin(store, PS_READ);
    assert_value(txn, PS_TABLE_RECORDS, "a", "1");
    ps_txn_abort(txn);
    ps_store_close(store);
}

static void test_a_store_that_lacks_a_table_is_corrupt(void **state)
{
    uint32_t version = PS_SCHEMA_VERSION;

    lmdb_write(*state, "meta", "schema", &version, sizeof version);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
}

static void put_rows(struct ps_store *store, uint64_t rows)
{
    static const char bytes[3000] = {1};
    struct ps_txn *txn = begin(store, PS_WRITE);

    for (uint64_t i = 0; i < rows; i++)
        ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(i), (struct payscore_text){bytes, 3000});
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

/* LMDB would meet the end by SIGBUS, sooner or later. */
static void test_a_file_that_is_cut_short_is_refused_and_untouched(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    char path[128];

    put_rows(store, 30);
    ps_store_close(store);
    file_path(*state, "data.mdb", path);
    struct content whole = file_read(*state, "data.mdb");
    for (size_t size = 1; size < whole.size; size += size < 9000 ? 1000 : 4096) {
        assert_int_equal(truncate(path, (off_t)size), 0);
        assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
        file_write(*state, "data.mdb", whole.bytes, whole.size);
    }
    assert_int_equal(truncate(path, (off_t)whole.size - 1), 0);
    assert_refused_untouched(*state, PAYSCORE_E_CORRUPT);
    file_write(*state, "data.mdb", whole.bytes, whole.size);
    assert_int_equal(open_and_close(*state, PS_READ), PAYSCORE_OK);
    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    free(whole.bytes);
}

/* Any number in a meta page may be damaged: the store is refused, or opens; nothing else. */
static void test_damaged_meta_pages_are_refused_or_harmless(void **state)
{
    enum { META_BYTES = 152, PAGE = 4096 };
    unsigned refused = 0;

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    struct content whole = file_read(*state, "data.mdb");
    char *bad = malloc(whole.size);
    assert_non_null(bad);
    for (size_t at = 0; at < META_BYTES; at++) {
        memcpy(bad, whole.bytes, whole.size);
        bad[at] = (char)~bad[at];
        bad[PAGE + at] = (char)~bad[PAGE + at];
        file_write(*state, "data.mdb", bad, whole.size);
        enum payscore_status rc = open_and_close(*state, PS_READ);
        if (rc == PAYSCORE_OK) continue;
        assert_true(rc == PAYSCORE_E_CORRUPT || rc == PAYSCORE_E_VERSION ||
                    rc == PAYSCORE_E_NOT_FOUND || rc == PAYSCORE_E_MEMORY || rc == PAYSCORE_E_IO);
        refused++;
    }
    assert_in_range(refused, 20, META_BYTES);
    file_write(*state, "data.mdb", whole.bytes, whole.size);
    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    free(bad);
    free(whole.bytes);
}

/* What a process leaves that dies before the first commit: an empty file, or an empty environment.
 */
static void test_a_store_that_was_begun_and_never_made_is_made(void **state)
{
    MDB_env *env;

    file_write(*state, "data.mdb", "", 0);
    assert_int_equal(open_and_close(*state, PS_READ), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    assert_int_equal(open_and_close(*state, PS_READ), PAYSCORE_OK);
    char path[128];
    file_path(*state, "data.mdb", path);
    assert_int_equal(unlink(path), 0);

    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_open(env, ((struct directory *)*state)->path, 0, 0600), 0);
    mdb_env_close(env);
    assert_int_equal(open_and_close(*state, PS_READ), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
}

static void test_a_process_opens_a_directory_once_at_a_time(void **state)
{
    struct directory alias = {"/tmp/payscore-alias-XXXXXX"};
    struct ps_store *store = lmdb_open(*state, PS_WRITE);

    assert_non_null(mkdtemp(alias.path));
    assert_int_equal(rmdir(alias.path), 0);
    assert_int_equal(symlink(((struct directory *)*state)->path, alias.path), 0);
    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_E_ARGUMENT);
    assert_int_equal(open_and_close(&alias, PS_READ), PAYSCORE_E_ARGUMENT);
    put_and_commit(store, "a", "still works");
    ps_store_close(store);
    assert_int_equal(open_and_close(&alias, PS_READ), PAYSCORE_OK);
    assert_int_equal(unlink(alias.path), 0);
}

/* Puts until the transaction fails, and commits: the status. */
static enum payscore_status fill(struct ps_store *store, const char *bytes, size_t size)
{
    struct ps_txn *txn = begin(store, PS_WRITE);

    for (uint64_t i = 0; i < 10000 && ps_txn_status(txn) == PAYSCORE_OK; i++) {
        ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(i), (struct payscore_text){bytes, size});
    }
    return commit(txn);
}

static void assert_full_and_usable(struct ps_store *store)
{
    static char bytes[20000];

    put_and_commit(store, "before", "1");
    memset(bytes, 'f', sizeof bytes);
    assert_int_equal(fill(store, bytes, sizeof bytes), PAYSCORE_E_FULL);
    put_and_commit(store, "after", "2");
    struct ps_txn *txn = begin(store, PS_READ);
    assert_int_equal(ps_txn_head(txn)->entries, 2);
    assert_value(txn, PS_TABLE_RECORDS, "before", "1");
    assert_value(txn, PS_TABLE_RECORDS, "after", "2");
    struct payscore_text key;
    struct payscore_text value;
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_EVIDENCE, text(""), &key, &value),
                     PAYSCORE_E_NOT_FOUND);
    ps_txn_abort(txn);
}

static void test_a_full_map_refuses_and_the_store_works_on(void **state)
{
    const struct directory *directory = *state;
    struct ps_lmdb_options options = {.path = directory->path,
                                      .map_bytes_max = 1024 * 1024,
                                      .access = PS_WRITE,
                                      .incarnation = 1};
    struct ps_store *store = NULL;

    assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), PAYSCORE_OK);
    assert_full_and_usable(store);
    ps_store_close(store);
}

/* Needs the right to mount; is skipped without. */
static void test_a_full_disk_refuses_and_the_store_works_on(void **state)
{
    struct directory disk = directory_new();

    (void)state;
    if (mount("tmpfs", disk.path, "tmpfs", 0, "size=1m") != 0) {
        directory_remove(disk.path);
        skip();
    }
    struct ps_store *store = lmdb_open(&disk, PS_WRITE);
    assert_full_and_usable(store);
    ps_store_close(store);
    assert_int_equal(umount(disk.path), 0);
    directory_remove(disk.path);
}

enum { READERS_BOUND = 5000 };

/* Begins readers until that is refused: how many, and why. */
static size_t take_all_readers(struct ps_store *store, struct ps_txn **readers,
                               enum payscore_status *rc)
{
    size_t count = 0;
    while (count < READERS_BOUND) {
        *rc = ps_txn_begin(store, PS_READ, &readers[count]);
        if (*rc != PAYSCORE_OK) break;
        count++;
    }
    return count;
}

static void test_readers_beyond_the_table_are_told_so(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    struct ps_txn **readers = calloc(READERS_BOUND, sizeof(struct ps_txn *));
    enum payscore_status rc;

    assert_non_null(readers);
    size_t count = take_all_readers(store, readers, &rc);
    assert_in_range(count, 126, READERS_BOUND - 1);
    assert_int_equal(rc, PAYSCORE_E_READERS);
    put_and_commit(store, "a", "a writer needs no slot");
    ps_txn_abort(readers[--count]);
    ps_txn_abort(begin(store, PS_READ));
    while (count > 0)
        ps_txn_abort(readers[--count]);
    free(readers);
    ps_store_close(store);
}

/* The child: takes every slot once it is asked to, says whether it did, and stays. */
_Noreturn static void hold_all_readers(const struct directory *directory, int ask, int answer)
{
    static struct ps_txn *readers[READERS_BOUND];
    struct ps_store *store = NULL;
    enum payscore_status rc;
    char byte;

    if (read(ask, &byte, 1) != 1 || lmdb_try(directory, PS_READ, &store) != PAYSCORE_OK) _exit(1);
    (void)take_all_readers(store, readers, &rc);
    byte = rc == PAYSCORE_E_READERS;
    if (write(answer, &byte, 1) == 1) (void)pause();
    _exit(1);
}

/* Opening frees dead slots too, so the store is opened before the child takes them. */
static void test_slots_of_killed_readers_come_back(void **state)
{
    int ask[2];
    int answer[2];
    char full = 0;
    struct ps_txn *txn = NULL;

    assert_int_equal(open_and_close(*state, PS_WRITE), PAYSCORE_OK);
    assert_int_equal(pipe(ask), 0);
    assert_int_equal(pipe(answer), 0);
    pid_t child = fork_child();
    if (child == 0) hold_all_readers(*state, ask[0], answer[1]);
    assert_int_equal(close(answer[1]), 0); /* So that a child that dies is seen to. */
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    assert_int_equal(write(ask[1], "?", 1), 1);
    assert_int_equal(read(answer[0], &full, 1), 1);
    assert_int_equal(full, 1);
    assert_int_equal(ps_txn_begin(store, PS_READ, &txn), PAYSCORE_E_READERS);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    ps_txn_abort(begin(store, PS_READ));
    ps_store_close(store);
    (void)close(ask[0]);
    (void)close(ask[1]);
    (void)close(answer[0]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_was_committed_is_there_after_reopening),
        TEST(test_only_the_owner_may_read_the_files),
        TEST(test_the_readers_table_has_its_blocks),
        TEST(test_nothing_is_inherited_by_what_is_executed),
        TEST(test_reading_makes_no_store),
        TEST(test_a_reading_store_refuses_writers),
        TEST(test_a_store_is_made_only_where_and_as_allowed),
        TEST(test_a_foreign_file_is_refused_and_untouched),
        TEST(test_a_foreign_environment_is_refused_and_untouched),
        TEST(test_a_foreign_environment_without_a_lock_file_gets_none),
        TEST(test_a_newer_schema_is_refused_by_its_number),
        TEST(test_an_older_schema_is_upgraded_by_the_first_commit),
        TEST(test_a_store_that_lacks_a_table_is_corrupt),
        TEST(test_a_file_that_is_cut_short_is_refused_and_untouched),
        TEST(test_damaged_meta_pages_are_refused_or_harmless),
        TEST(test_a_store_that_was_begun_and_never_made_is_made),
        TEST(test_a_process_opens_a_directory_once_at_a_time),
        TEST(test_a_full_map_refuses_and_the_store_works_on),
        TEST(test_a_full_disk_refuses_and_the_store_works_on),
        TEST(test_readers_beyond_the_table_are_told_so),
        TEST(test_slots_of_killed_readers_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
