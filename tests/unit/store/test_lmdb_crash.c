/* Two processes at one store: what a killed writer reported is there, and readers see commits. */
#include <sys/wait.h>

#include "fixture.h"

enum { ROUNDS = 30, ROWS_EACH = 4, VALUE_BYTES = 3000 };

/* Every row of a transaction says which one it was, at more than one page each. */
static void put_numbered(struct ps_txn *txn, uint64_t n)
{
    char value[VALUE_BYTES];

    memset(value, (int)(n % 251), sizeof value);
    for (uint64_t row = 0; row < ROWS_EACH; row++) {
        struct payscore_text bytes = {value, sizeof value};
        ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(n * ROWS_EACH + row), bytes);
    }
    ps_txn_put(txn, PS_TABLE_RECORDS, text("newest"), NUMBER(n));
    if (n > 1) ps_txn_delete(txn, PS_TABLE_DUE, NUMBER(n - 1));
    ps_txn_put(txn, PS_TABLE_DUE, NUMBER(n), text("due"));
}

/* The child: commits without end and reports each number once its commit has answered. */
_Noreturn static void write_until_killed(const struct directory *directory, int reports)
{
    struct ps_store *store = NULL;

    if (lmdb_try(directory, PS_WRITE, &store) != PAYSCORE_OK) _exit(1);
    for (;;) {
        struct ps_txn *txn = NULL;
        if (ps_txn_begin(store, PS_WRITE, &txn) != PAYSCORE_OK) _exit(1);
        uint64_t n = ps_txn_head(txn)->entries + 1;
        put_numbered(txn, n);
        if (commit(txn) != PAYSCORE_OK) _exit(1);
        if (write(reports, &n, sizeof n) != sizeof n) _exit(1);
    }
}

static void assert_whole(struct ps_txn *txn)
{
    uint64_t entries = ps_txn_head(txn)->entries;
    uint64_t rows = 0;
    struct payscore_text key;
    struct payscore_text value;

    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_EVIDENCE, text(""), &key, &value);
    for (; rc == PAYSCORE_OK; rows++) {
        uint64_t n = number_read(key) / ROWS_EACH;
        assert_int_equal(number_read(key), rows + ROWS_EACH);
        assert_int_equal(value.size, VALUE_BYTES);
        assert_int_equal((unsigned char)value.data[0], n % 251);
        assert_memory_equal(value.data, value.data + 1, VALUE_BYTES - 1);
        rc = ps_txn_next(txn, PS_TABLE_EVIDENCE, &key, &value);
    }
    assert_int_equal(rc, PAYSCORE_E_NOT_FOUND);
    assert_int_equal(rows, entries * ROWS_EACH);
    if (entries == 0) return;
    assert_int_equal(ps_txn_get(txn, PS_TABLE_RECORDS, text("newest"), &value), PAYSCORE_OK);
    assert_int_equal(number_read(value), entries);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value), PAYSCORE_OK);
    assert_int_equal(number_read(key), entries);
    assert_int_equal(ps_txn_next(txn, PS_TABLE_DUE, &key, &value), PAYSCORE_E_NOT_FOUND);
}

/* One writer's life: it is killed after a number of reports drawn by chance. What was reported? */
static uint64_t kill_a_writer(const struct directory *directory, uint64_t reports)
{
    int ends[2];
    uint64_t n;
    uint64_t last = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork_child();
    if (child == 0) write_until_killed(directory, ends[1]);
    assert_int_equal(close(ends[1]), 0);
    for (uint64_t i = 0; i < reports; i++) {
        assert_int_equal(read(ends[0], &n, sizeof n), sizeof n);
        last = n;
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(ends[0], &n, sizeof n) == sizeof n)
        last = n;
    assert_int_equal(close(ends[0]), 0);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return last;
}

static void test_what_a_killed_writer_reported_is_there_and_nothing_half(void **state)
{
    struct directory directory = directory_new();
    uint64_t seed = 4711;
    uint64_t entries = 0;

    (void)state;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t reported = kill_a_writer(&directory, chance(&seed) % 12);
        struct ps_store *store = lmdb_open(&directory, PS_WRITE);
        struct ps_txn *txn = begin(store, PS_READ);
        uint64_t found = ps_txn_head(txn)->entries;
        assert_true(found >= entries);
        if (reported > 0) assert_in_range(found, reported, reported + 1);
        entries = found;
        assert_whole(txn);
        ps_txn_abort(txn);
        ps_store_close(store);
    }
    assert_true(entries >= ROUNDS);
    directory_remove(directory.path);
}

/* A writer killed inside a transaction holds LMDB's mutex: a writer that waits must get it. */
static void test_a_writer_goes_on_when_another_is_killed_inside_a_transaction(void **state)
{
    struct directory directory = directory_new();
    int ends[2];
    char inside = 0;

    (void)state;
    ps_store_close(lmdb_open(&directory, PS_WRITE));
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork_child();
    if (child == 0) {
        struct ps_store *store = NULL;
        struct ps_txn *txn = NULL;
        if (lmdb_try(&directory, PS_WRITE, &store) != PAYSCORE_OK) _exit(1);
        if (ps_txn_begin(store, PS_WRITE, &txn) != PAYSCORE_OK) _exit(1);
        put_numbered(txn, 1);
        if (write(ends[1], "i", 1) == 1) (void)pause();
        _exit(1);
    }
    assert_int_equal(read(ends[0], &inside, 1), 1);
    struct ps_store *store = lmdb_open(&directory, PS_WRITE);
    assert_int_equal(kill(child, SIGKILL), 0);
    struct ps_txn *txn = begin(store, PS_WRITE);
    assert_int_equal(ps_txn_head(txn)->entries, 0);
    assert_whole(txn);
    put_numbered(txn, 1);
    assert_int_equal(commit(txn), PAYSCORE_OK);
    assert_int_equal(waitpid(child, NULL, 0), child);
    ps_store_close(store);
    (void)close(ends[0]);
    (void)close(ends[1]);
    directory_remove(directory.path);
}

/* The child: answers each byte with the entries a new reader sees, beside a snapshot of the first.
 */
_Noreturn static void answer_reads(const struct directory *directory, int asks, int answers)
{
    struct ps_store *store = NULL;
    struct ps_txn *first = NULL;
    char ask;

    while (read(asks, &ask, 1) == 1) {
        struct ps_txn *txn = NULL;
        if (store == NULL && lmdb_try(directory, PS_READ, &store) != PAYSCORE_OK) _exit(1);
        if (first == NULL && ps_txn_begin(store, PS_READ, &first) != PAYSCORE_OK) _exit(1);
        if (ps_txn_begin(store, PS_READ, &txn) != PAYSCORE_OK) _exit(1);
        assert_whole(txn);
        assert_whole(first);
        uint64_t seen[2] = {ps_txn_head(txn)->entries, ps_txn_head(first)->entries};
        ps_txn_abort(txn);
        if (write(answers, seen, sizeof seen) != sizeof seen) _exit(1);
    }
    ps_txn_abort(first);
    ps_store_close(store);
    _exit(0);
}

static void test_a_reader_in_another_process_sees_commits_and_keeps_its_snapshot(void **state)
{
    struct directory directory = directory_new();
    int asks[2];
    int answers[2];
    int status;

    (void)state;
    assert_int_equal(pipe(asks), 0);
    assert_int_equal(pipe(answers), 0);
    pid_t child = fork_child();
    if (child == 0) {
        (void)close(asks[1]);
        answer_reads(&directory, asks[0], answers[1]);
    }
    assert_int_equal(close(answers[1]), 0); /* So that a child that dies is seen to. */
    struct ps_store *store = lmdb_open(&directory, PS_WRITE);
    for (uint64_t n = 1; n <= 20; n++) {
        uint64_t seen[2];
        struct ps_txn *txn = begin(store, PS_WRITE);
        put_numbered(txn, n);
        assert_int_equal(commit(txn), PAYSCORE_OK);
        assert_int_equal(write(asks[1], "?", 1), 1);
        assert_int_equal(read(answers[0], seen, sizeof seen), sizeof seen);
        assert_int_equal(seen[0], n);
        assert_int_equal(seen[1], 1);
    }
    (void)close(asks[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ps_store_close(store);
    (void)close(asks[0]);
    (void)close(answers[0]);
    directory_remove(directory.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_a_killed_writer_reported_is_there_and_nothing_half),
        cmocka_unit_test(test_a_writer_goes_on_when_another_is_killed_inside_a_transaction),
        cmocka_unit_test(test_a_reader_in_another_process_sees_commits_and_keeps_its_snapshot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
