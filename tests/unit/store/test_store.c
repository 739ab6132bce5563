/* The promises of store.h, kept by both implementations: one suite, run over each. */
#include <pthread.h>

#include "fixture.h"
#include "store/backend.h"

struct fixture {
    bool durable;
    struct directory directory;
    struct ps_store *store;
};

static int use_memory(void **state)
{
    static bool durable = false;
    *state = &durable;
    return 0;
}

static int use_lmdb(void **state)
{
    static bool durable = true;
    *state = &durable;
    return 0;
}

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->durable = *(const bool *)*state;
    if (fixture->durable) {
        fixture->directory = directory_new();
        fixture->store = lmdb_open(&fixture->directory, PS_WRITE);
    } else {
        assert_int_equal(ps_store_open_memory(&fixture->store, INCARNATION), PAYSCORE_OK);
    }
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    ps_store_close(fixture->store);
    if (fixture->durable) directory_remove(fixture->directory.path);
    free(fixture);
    return 0;
}

static struct ps_store *store_of(void **state)
{
    return ((struct fixture *)*state)->store;
}

static void put_and_commit(struct ps_store *store, const char *key, const char *value)
{
    struct ps_txn *txn = begin(store, PS_WRITE);
    ps_txn_put(txn, PS_TABLE_RECORDS, text(key), text(value));
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

static void test_a_new_store_has_a_head_and_no_entries(void **state)
{
    struct ps_head expected = {.incarnation = INCARNATION};
    struct payscore_text key;
    struct payscore_text value;
    struct ps_txn *txn = begin(store_of(state), PS_READ);

    assert_memory_equal(ps_txn_head(txn), &expected, sizeof expected);
    for (int table = 0; table < PS_TABLE_COUNT; table++) {
        if (table == PS_TABLE_META) continue;
        assert_int_equal(ps_txn_seek(txn, (enum ps_table)table, text(""), &key, &value),
                         PAYSCORE_E_NOT_FOUND);
    }
    ps_txn_abort(txn);
}

static void test_a_value_is_read_as_it_was_put(void **state)
{
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);

    ps_txn_put(txn, PS_TABLE_RECORDS, text("a"), text("one"));
    ps_txn_put(txn, PS_TABLE_ALIASES, text("a"), text("other table"));
    assert_value(txn, PS_TABLE_RECORDS, "a", "one");
    ps_txn_put(txn, PS_TABLE_RECORDS, text("a"), text("two, and longer"));
    assert_value(txn, PS_TABLE_RECORDS, "a", "two, and longer");
    assert_value(txn, PS_TABLE_ALIASES, "a", "other table");
    assert_absent(txn, PS_TABLE_RECORDS, "b");
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

static void test_a_deleted_key_is_gone_and_an_absent_one_is_no_failure(void **state)
{
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);

    ps_txn_put(txn, PS_TABLE_DUE, text("a"), text("1"));
    ps_txn_put(txn, PS_TABLE_DUE, text("b"), text("2"));
    ps_txn_delete(txn, PS_TABLE_DUE, text("a"));
    ps_txn_delete(txn, PS_TABLE_DUE, text("never there"));
    assert_absent(txn, PS_TABLE_DUE, "a");
    assert_value(txn, PS_TABLE_DUE, "b", "2");
    assert_int_equal(ps_txn_status(txn), PAYSCORE_OK);
    assert_int_equal(commit(txn), PAYSCORE_OK);
}

static void test_seek_and_next_go_by_unsigned_bytes(void **state)
{
    static const char *const keys[] = {"a", "a\x01", "ab", "b", "b\x7f", "b\x80", "\xff"};
    enum { KEYS = sizeof keys / sizeof keys[0] };
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    struct payscore_text key;
    struct payscore_text value;

    for (size_t i = 0; i < KEYS; i++) {
        const char *mixed = keys[(i * 3) % KEYS];
        ps_txn_put(txn, PS_TABLE_RECORDS, text(mixed), text(mixed));
    }
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, text(""), &key, &value), PAYSCORE_OK);
    for (size_t i = 0; i < KEYS; i++) {
        assert_true(text_is(key, keys[i]) && text_is(value, keys[i]));
        assert_int_equal(ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value),
                         i + 1 < KEYS ? PAYSCORE_OK : PAYSCORE_E_NOT_FOUND);
    }
    assert_int_equal(ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, text("aa"), &key, &value), PAYSCORE_OK);
    assert_true(text_is(key, "ab"));
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, text("ab"), &key, &value), PAYSCORE_OK);
    assert_true(text_is(key, "ab"));
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, text("\xff\x01"), &key, &value),
                     PAYSCORE_E_NOT_FOUND);
    assert_int_equal(ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(ps_txn_status(txn), PAYSCORE_OK);
    ps_txn_abort(txn);
}

static void test_next_goes_on_from_where_it_was_through_writes(void **state)
{
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    struct payscore_text key;
    struct payscore_text value;

    for (uint64_t i = 0; i < 2000; i += 2) {
        ps_txn_append(txn, PS_TABLE_DUE, NUMBER(i), text("due"));
    }
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value), PAYSCORE_OK);
    for (uint64_t i = 0; i < 1000; i += 2) {
        assert_int_equal(number_read(key), i);
        ps_txn_delete(txn, PS_TABLE_DUE, key); /* The text that the read lent. */
        if (i > 0) ps_txn_put(txn, PS_TABLE_DUE, NUMBER(i - 1), text("behind"));
        assert_int_equal(ps_txn_next(txn, PS_TABLE_DUE, &key, &value), PAYSCORE_OK);
    }
    ps_txn_put(txn, PS_TABLE_DUE, NUMBER(1001), text("ahead"));
    assert_int_equal(ps_txn_next(txn, PS_TABLE_DUE, &key, &value), PAYSCORE_OK);
    assert_int_equal(number_read(key), 1001);
    ps_txn_put(txn, PS_TABLE_DUE, key, text("rewritten under the text that was lent"));
    assert_int_equal(ps_txn_next(txn, PS_TABLE_DUE, &key, &value), PAYSCORE_OK);
    assert_int_equal(number_read(key), 1002);
    ps_txn_abort(txn);
}

static void append_up_to(struct ps_txn *txn, uint64_t *n, uint64_t last)
{
    static const char bytes[5000];
    while (*n < last) {
        size_t size = *n % 50 == 7 ? sizeof bytes : 200; /* Some do not fit a page. */
        ++*n;
        ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(*n), (struct payscore_text){bytes, size});
    }
}

/* The end of a table moves when rows of it go, or are written elsewhere. */
static void test_appends_go_on_behind_what_is_there(void **state)
{
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    struct payscore_text key;
    struct payscore_text value;
    uint64_t n = 0;

    for (uint64_t round = 1; round <= 20; round++) {
        append_up_to(txn, &n, round * 100);
        for (uint64_t gone = n; gone > n - 30; gone--)
            ps_txn_delete(txn, PS_TABLE_EVIDENCE, NUMBER(gone));
        n -= 30;
        append_up_to(txn, &n, n + 5);
        for (uint64_t i = n; i > n - 20; i -= 2)
            ps_txn_put(txn, PS_TABLE_EVIDENCE, NUMBER(i), text("another"));
        assert_int_equal(ps_txn_get(txn, PS_TABLE_EVIDENCE, NUMBER(n), &value), PAYSCORE_OK);
        assert_true(text_is(value, "another"));
    }
    append_up_to(txn, &n, n + 1);
    uint64_t count = 0;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_EVIDENCE, text(""), &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_EVIDENCE, &key, &value))
        assert_int_equal(number_read(key), ++count);
    assert_int_equal(count, n);
    assert_int_equal(ps_txn_status(txn), PAYSCORE_OK);
    ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(n), text("not behind"));
    assert_int_equal(ps_txn_status(txn), PAYSCORE_E_ARGUMENT);
    ps_txn_abort(txn);
}

/* Each write moves what lies beside the key that was lent. */
static void test_a_key_that_was_read_may_be_written(void **state)
{
    enum { KEYS = 60 };
    static const char longer[64] = "longer";
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    struct payscore_text key;
    struct payscore_text value;

    for (uint64_t i = 0; i < KEYS; i++)
        ps_txn_put(txn, PS_TABLE_DUE, NUMBER(i), text("short"));
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value);
    while (rc == PAYSCORE_OK) {
        ps_txn_put(txn, PS_TABLE_DUE, key, (struct payscore_text){longer, sizeof longer});
        rc = ps_txn_next(txn, PS_TABLE_DUE, &key, &value);
    }
    rc = ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value);
    for (uint64_t i = 0; i < KEYS; i++) {
        assert_int_equal(rc, PAYSCORE_OK);
        assert_int_equal(number_read(key), i);
        assert_int_equal(value.size, sizeof longer);
        rc = ps_txn_next(txn, PS_TABLE_DUE, &key, &value);
    }
    assert_int_equal(rc, PAYSCORE_E_NOT_FOUND);
    ps_txn_abort(txn);
}

static void test_each_table_keeps_its_own_position(void **state)
{
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    struct payscore_text key;
    struct payscore_text value;

    for (uint64_t i = 0; i < 3; i++) {
        ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(i), text("j"));
        ps_txn_append(txn, PS_TABLE_EVIDENCE, NUMBER(i + 10), text("e"));
    }
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_JOURNAL, text(""), &key, &value), PAYSCORE_OK);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_EVIDENCE, text(""), &key, &value), PAYSCORE_OK);
    assert_int_equal(ps_txn_next(txn, PS_TABLE_JOURNAL, &key, &value), PAYSCORE_OK);
    assert_int_equal(number_read(key), 1);
    assert_int_equal(ps_txn_next(txn, PS_TABLE_EVIDENCE, &key, &value), PAYSCORE_OK);
    assert_int_equal(number_read(key), 11);
    assert_int_equal(ps_txn_next(txn, PS_TABLE_DUE, &key, &value), PAYSCORE_E_ARGUMENT);
    ps_txn_abort(txn);
}

static void test_append_refuses_a_key_that_is_not_greater(void **state)
{
    static const uint64_t refused[] = {5, 4};

    for (size_t i = 0; i < 2; i++) {
        struct ps_txn *txn = begin(store_of(state), PS_WRITE);
        ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(3), text("3"));
        ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(5), text("5"));
        assert_int_equal(ps_txn_status(txn), PAYSCORE_OK);
        ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(refused[i]), text("again"));
        assert_int_equal(ps_txn_status(txn), PAYSCORE_E_ARGUMENT);
        assert_int_equal(commit(txn), PAYSCORE_E_ARGUMENT);
    }
}

static void test_the_first_failure_sticks_and_nothing_changes(void **state)
{
    struct payscore_text value;
    struct payscore_text key;

    put_and_commit(store_of(state), "before", "here");
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    ps_txn_put(txn, PS_TABLE_RECORDS, text("mine"), text("1"));
    ps_txn_put(txn, PS_TABLE_RECORDS, text(""), text("no key"));
    ps_txn_put(txn, PS_TABLE_RECORDS, text("after"), text("2"));
    ps_txn_delete(txn, PS_TABLE_RECORDS, text("before"));
    ps_txn_append(txn, PS_TABLE_RECORDS, text("z"), text("3"));
    assert_int_equal(ps_txn_get(txn, PS_TABLE_RECORDS, text("before"), &value),
                     PAYSCORE_E_ARGUMENT);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, text(""), &key, &value),
                     PAYSCORE_E_ARGUMENT);
    assert_int_equal(ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value), PAYSCORE_E_ARGUMENT);
    assert_int_equal(ps_txn_status(txn), PAYSCORE_E_ARGUMENT);
    assert_int_equal(commit(txn), PAYSCORE_E_ARGUMENT);

    txn = begin(store_of(state), PS_READ);
    assert_int_equal(ps_txn_head(txn)->entries, 1);
    assert_value(txn, PS_TABLE_RECORDS, "before", "here");
    assert_absent(txn, PS_TABLE_RECORDS, "mine");
    assert_absent(txn, PS_TABLE_RECORDS, "after");
    ps_txn_abort(txn);
}

static void test_an_abort_leaves_nothing(void **state)
{
    put_and_commit(store_of(state), "a", "old");
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    ps_txn_put(txn, PS_TABLE_RECORDS, text("a"), text("new"));
    ps_txn_put(txn, PS_TABLE_RECORDS, text("b"), text("new"));
    ps_txn_abort(txn);
    txn = begin(store_of(state), PS_WRITE);
    ps_txn_delete(txn, PS_TABLE_RECORDS, text("a"));
    ps_txn_abort(txn);
    ps_txn_abort(NULL);

    txn = begin(store_of(state), PS_READ);
    assert_value(txn, PS_TABLE_RECORDS, "a", "old");
    assert_absent(txn, PS_TABLE_RECORDS, "b");
    ps_txn_abort(txn);
}

static void test_a_reader_keeps_its_snapshot_beside_commits(void **state)
{
    struct payscore_text old;
    struct payscore_text key;
    struct payscore_text value;

    put_and_commit(store_of(state), "a", "old");
    struct ps_txn *reader = begin(store_of(state), PS_READ);
    assert_int_equal(ps_txn_get(reader, PS_TABLE_RECORDS, text("a"), &old), PAYSCORE_OK);
    for (int i = 0; i < 20; i++)
        put_and_commit(store_of(state), "a", "new");
    put_and_commit(store_of(state), "b", "new");
    assert_true(text_is(old, "old"));
    assert_value(reader, PS_TABLE_RECORDS, "a", "old");
    assert_int_equal(ps_txn_seek(reader, PS_TABLE_RECORDS, text(""), &key, &value), PAYSCORE_OK);
    assert_int_equal(ps_txn_next(reader, PS_TABLE_RECORDS, &key, &value), PAYSCORE_E_NOT_FOUND);
    assert_int_equal(ps_txn_head(reader)->entries, 1);

    struct ps_txn *later = begin(store_of(state), PS_READ);
    assert_value(later, PS_TABLE_RECORDS, "a", "new");
    assert_value(later, PS_TABLE_RECORDS, "b", "new");
    assert_int_equal(ps_txn_head(later)->entries, 22);
    ps_txn_abort(later);
    ps_txn_abort(reader);
}

static void test_the_head_moves_by_commit_alone(void **state)
{
    struct ps_head head = {5, -6, 7, 8, 9, {1, 2, 3}};
    static const char *const reserved[] = {"head", "schema"};

    assert_int_equal(ps_txn_commit(begin(store_of(state), PS_WRITE), &head), PAYSCORE_OK);
    for (size_t i = 0; i < 2; i++) {
        struct ps_txn *txn = begin(store_of(state), PS_WRITE);
        ps_txn_put(txn, PS_TABLE_META, text(reserved[i]), text("mine"));
        assert_int_equal(commit(txn), PAYSCORE_E_ARGUMENT);
        txn = begin(store_of(state), PS_WRITE);
        ps_txn_delete(txn, PS_TABLE_META, text(reserved[i]));
        assert_int_equal(commit(txn), PAYSCORE_E_ARGUMENT);
    }
    assert_int_equal(ps_txn_commit(begin(store_of(state), PS_WRITE), NULL), PAYSCORE_E_ARGUMENT);
    assert_int_equal(ps_txn_commit(begin(store_of(state), PS_READ), &head), PAYSCORE_E_ARGUMENT);
    struct ps_txn *txn = begin(store_of(state), PS_READ);
    assert_memory_equal(ps_txn_head(txn), &head, sizeof head);
    ps_txn_abort(txn);
}

/* Nothing can move the head beneath a writer here, so the test does it behind the interface. */
static void test_a_head_that_has_moved_is_a_conflict(void **state)
{
    struct ps_store *store = store_of(state);
    struct ps_head moved = {.entries = 99};
    struct ps_row row = {text("head"), {(const char *)&moved, sizeof moved}};

    struct ps_txn *txn = begin(store, PS_WRITE);
    ps_txn_put(txn, PS_TABLE_RECORDS, text("a"), text("1"));
    assert_int_equal(store->backend->put(txn, PS_TABLE_META, PS_PUT_ANYWHERE, &row), PAYSCORE_OK);
    assert_int_equal(commit(txn), PAYSCORE_E_CONFLICT);

    txn = begin(store, PS_READ);
    assert_int_equal(ps_txn_head(txn)->entries, 0);
    assert_absent(txn, PS_TABLE_RECORDS, "a");
    ps_txn_abort(txn);
}

static void test_a_store_without_a_whole_head_is_corrupt(void **state)
{
    struct ps_store *store = store_of(state);
    struct ps_row row = {text("head"), text("short")};
    struct ps_txn *txn = begin(store, PS_WRITE);

    assert_int_equal(store->backend->put(txn, PS_TABLE_META, PS_PUT_ANYWHERE, &row), PAYSCORE_OK);
    assert_int_equal(commit(txn), PAYSCORE_E_CORRUPT);
    txn = begin(store, PS_WRITE);
    assert_int_equal(store->backend->remove(txn, PS_TABLE_META, text("head")), PAYSCORE_OK);
    assert_int_equal(commit(txn), PAYSCORE_E_CORRUPT);
}

static void test_values_may_be_empty_and_large(void **state)
{
    enum { LARGE = 100 * 1024 };
    char *large = malloc(LARGE);
    struct payscore_text value;

    assert_non_null(large);
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (char)(i * 7 % 251);
    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    ps_txn_put(txn, PS_TABLE_EVIDENCE, text("large"), (struct payscore_text){large, LARGE});
    ps_txn_put(txn, PS_TABLE_EVIDENCE, text("empty"), (struct payscore_text){NULL, 0});
    ps_txn_put(txn, PS_TABLE_EVIDENCE, text("shrunk"), (struct payscore_text){large, LARGE});
    ps_txn_put(txn, PS_TABLE_EVIDENCE, text("shrunk"), text(""));
    assert_int_equal(commit(txn), PAYSCORE_OK);

    txn = begin(store_of(state), PS_READ);
    assert_value(txn, PS_TABLE_EVIDENCE, "empty", "");
    assert_value(txn, PS_TABLE_EVIDENCE, "shrunk", "");
    assert_int_equal(ps_txn_get(txn, PS_TABLE_EVIDENCE, text("large"), &value), PAYSCORE_OK);
    assert_int_equal(value.size, LARGE);
    assert_memory_equal(value.data, large, LARGE);
    ps_txn_abort(txn);
    free(large);
}

static void test_arguments_out_of_bounds_are_refused(void **state)
{
    static const char long_key[PS_KEY_MAX + 1] = "k";
    static const struct {
        int table;
        struct payscore_text key;
        struct payscore_text value;
        enum payscore_status expected;
    } rows[] = {
        {PS_TABLE_RECORDS, {long_key, 1}, {"v", 1}, PAYSCORE_OK},
        {PS_TABLE_RECORDS, {long_key, PS_KEY_MAX}, {"v", 1}, PAYSCORE_OK},
        {PS_TABLE_RECORDS, {long_key, PS_KEY_MAX + 1}, {"v", 1}, PAYSCORE_E_ARGUMENT},
        {PS_TABLE_RECORDS, {long_key, 0}, {"v", 1}, PAYSCORE_E_ARGUMENT},
        {PS_TABLE_RECORDS, {NULL, 1}, {"v", 1}, PAYSCORE_E_ARGUMENT},
        {PS_TABLE_RECORDS, {long_key, 1}, {NULL, 1}, PAYSCORE_E_ARGUMENT},
        {PS_TABLE_COUNT, {long_key, 1}, {"v", 1}, PAYSCORE_E_ARGUMENT},
        {-1, {long_key, 1}, {"v", 1}, PAYSCORE_E_ARGUMENT},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ps_txn *txn = begin(store_of(state), PS_WRITE);
        struct payscore_text value;
        ps_txn_put(txn, (enum ps_table)rows[i].table, rows[i].key, rows[i].value);
        assert_int_equal(ps_txn_status(txn), rows[i].expected);
        if (rows[i].expected == PAYSCORE_OK) {
            assert_int_equal(ps_txn_get(txn, PS_TABLE_RECORDS, rows[i].key, &value), PAYSCORE_OK);
            assert_int_equal(value.size, 1);
        }
        ps_txn_abort(txn);
    }
}

static void test_reads_check_their_arguments_and_writes_need_a_writer(void **state)
{
    static const char long_key[PS_KEY_MAX + 1] = "k";
    struct payscore_text too_long = {long_key, sizeof long_key};
    struct payscore_text key;
    struct payscore_text value;

    struct ps_txn *txn = begin(store_of(state), PS_READ);
    assert_int_equal(ps_txn_get(txn, PS_TABLE_DUE, too_long, &value), PAYSCORE_E_ARGUMENT);
    ps_txn_abort(txn);
    txn = begin(store_of(state), PS_READ);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_DUE, too_long, &key, &value), PAYSCORE_E_ARGUMENT);
    ps_txn_abort(txn);
    txn = begin(store_of(state), PS_READ);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_COUNT, text(""), &key, &value), PAYSCORE_E_ARGUMENT);
    ps_txn_abort(txn);
    txn = begin(store_of(state), PS_READ);
    ps_txn_put(txn, PS_TABLE_DUE, text("a"), text("b"));
    assert_int_equal(ps_txn_status(txn), PAYSCORE_E_ARGUMENT);
    ps_txn_abort(txn);
}

static void test_a_thread_is_refused_a_second_write_at_once(void **state)
{
    struct ps_txn *second = NULL;
    struct ps_txn *first = begin(store_of(state), PS_WRITE);

    assert_int_equal(ps_txn_begin(store_of(state), PS_WRITE, &second), PAYSCORE_E_ARGUMENT);
    assert_null(second);
    ps_txn_put(first, PS_TABLE_RECORDS, text("a"), text("1"));
    assert_int_equal(commit(first), PAYSCORE_OK);
}

static void test_a_hundred_thousand_entries_keep_their_order(void **state)
{
    enum { ENTRIES = 100000, STEP = 61803 }; /* Coprime: every number comes once. */
    struct payscore_text key;
    struct payscore_text value;

    struct ps_txn *txn = begin(store_of(state), PS_WRITE);
    for (uint64_t i = 0; i < ENTRIES; i++) {
        uint64_t n = i * STEP % ENTRIES;
        ps_txn_put(txn, PS_TABLE_RECORDS, NUMBER(n), NUMBER(n * n));
    }
    assert_int_equal(commit(txn), PAYSCORE_OK);
    txn = begin(store_of(state), PS_WRITE);
    for (uint64_t i = 0; i < ENTRIES; i++) {
        if (i % 3 != 0) ps_txn_delete(txn, PS_TABLE_RECORDS, NUMBER(i));
    }
    assert_int_equal(commit(txn), PAYSCORE_OK);

    txn = begin(store_of(state), PS_READ);
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_RECORDS, text(""), &key, &value);
    for (uint64_t i = 0; i < ENTRIES; i += 3) {
        assert_int_equal(rc, PAYSCORE_OK);
        assert_int_equal(number_read(key), i);
        assert_int_equal(number_read(value), i * i);
        rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value);
    }
    assert_int_equal(rc, PAYSCORE_E_NOT_FOUND);
    ps_txn_abort(txn);
}

enum { MODEL_KEYS = 300, MODEL_ABSENT = UINT16_MAX };

/* What a table should hold: the value of each key, told by its size. */
struct model {
    uint16_t sizes[MODEL_KEYS];
};

static void assert_like_model(struct ps_txn *txn, const struct model *model)
{
    struct payscore_text key;
    struct payscore_text value;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_DUE, text(""), &key, &value);

    for (uint64_t i = 0; i < MODEL_KEYS; i++) {
        if (model->sizes[i] == MODEL_ABSENT) continue;
        assert_int_equal(rc, PAYSCORE_OK);
        assert_int_equal(number_read(key), i);
        assert_int_equal(value.size, model->sizes[i]);
        rc = ps_txn_next(txn, PS_TABLE_DUE, &key, &value);
    }
    assert_int_equal(rc, PAYSCORE_E_NOT_FOUND);
}

static void write_at_random(struct ps_txn *txn, struct model *model, uint64_t *seed)
{
    static const char bytes[2500];

    for (uint64_t i = chance(seed) % 40; i > 0; i--) {
        uint64_t key = chance(seed) % MODEL_KEYS;
        uint16_t size = (uint16_t)(chance(seed) % sizeof bytes);
        if (chance(seed) % 3 == 0) {
            ps_txn_delete(txn, PS_TABLE_DUE, NUMBER(key));
            model->sizes[key] = MODEL_ABSENT;
        } else {
            ps_txn_put(txn, PS_TABLE_DUE, NUMBER(key), (struct payscore_text){bytes, size});
            model->sizes[key] = size;
        }
    }
}

/* Random transactions against a model, with a reader of an older version held beside them. */
static void test_random_transactions_end_as_a_model_says(void **state)
{
    uint64_t seed = 20260101;
    struct model committed;
    struct model seen;
    struct ps_txn *reader = begin(store_of(state), PS_READ);

    memset(&committed, 0xff, sizeof committed);
    seen = committed;
    for (int round = 0; round < 300; round++) {
        struct model working = committed;
        struct ps_txn *txn = begin(store_of(state), PS_WRITE);
        write_at_random(txn, &working, &seed);
        assert_like_model(txn, &working);
        if (chance(&seed) % 4 == 0) {
            ps_txn_abort(txn);
        } else {
            assert_int_equal(commit(txn), PAYSCORE_OK);
            committed = working;
        }
        assert_like_model(reader, &seen);
        if (chance(&seed) % 5 == 0) {
            ps_txn_abort(reader);
            reader = begin(store_of(state), PS_READ);
            seen = committed;
        }
    }
    ps_txn_abort(reader);
}

enum { WRITERS = 3, WRITES_EACH = 200 };

static void *write_pairs(void *argument)
{
    struct ps_store *store = argument;

    for (int i = 0; i < WRITES_EACH; i++) {
        struct ps_txn *txn = NULL;
        if (ps_txn_begin(store, PS_WRITE, &txn) != PAYSCORE_OK) return NULL;
        uint64_t next = ps_txn_head(txn)->entries + 1;
        ps_txn_append(txn, PS_TABLE_JOURNAL, NUMBER(next), NUMBER(next));
        ps_txn_put(txn, PS_TABLE_RECORDS, text("newest"), NUMBER(next));
        if (commit(txn) != PAYSCORE_OK) return NULL;
    }
    return store;
}

/* Reads until the last write is there; every version on the way must agree with itself. */
static void *read_pairs(void *argument)
{
    struct ps_store *store = argument;
    uint64_t entries = 0;

    while (entries < (uint64_t)WRITERS * WRITES_EACH) {
        struct ps_txn *txn = NULL;
        struct payscore_text newest;
        struct payscore_text value;
        if (ps_txn_begin(store, PS_READ, &txn) != PAYSCORE_OK) return NULL;
        uint64_t now = ps_txn_head(txn)->entries;
        bool whole = now >= entries;
        if (now > 0) {
            whole =
                whole &&
                ps_txn_get(txn, PS_TABLE_RECORDS, text("newest"), &newest) == PAYSCORE_OK &&
                ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(now), &value) == PAYSCORE_OK &&
                newest.size == 8 && memcmp(newest.data, value.data, 8) == 0 &&
                ps_txn_get(txn, PS_TABLE_JOURNAL, NUMBER(now + 1), &value) == PAYSCORE_E_NOT_FOUND;
        }
        ps_txn_abort(txn);
        if (!whole) return NULL;
        entries = now;
    }
    return store;
}

static void test_threads_write_one_after_another_and_read_whole_versions(void **state)
{
    pthread_t threads[WRITERS + 2];

    for (int i = 0; i < WRITERS + 2; i++) {
        void *(*work)(void *) = i < WRITERS ? write_pairs : read_pairs;
        assert_int_equal(pthread_create(&threads[i], NULL, work, store_of(state)), 0);
    }
    for (int i = 0; i < WRITERS + 2; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, store_of(state));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest both[] = {
        TEST(test_a_new_store_has_a_head_and_no_entries),
        TEST(test_a_value_is_read_as_it_was_put),
        TEST(test_a_deleted_key_is_gone_and_an_absent_one_is_no_failure),
        TEST(test_seek_and_next_go_by_unsigned_bytes),
        TEST(test_next_goes_on_from_where_it_was_through_writes),
        TEST(test_appends_go_on_behind_what_is_there),
        TEST(test_a_key_that_was_read_may_be_written),
        TEST(test_each_table_keeps_its_own_position),
        TEST(test_append_refuses_a_key_that_is_not_greater),
        TEST(test_the_first_failure_sticks_and_nothing_changes),
        TEST(test_an_abort_leaves_nothing),
        TEST(test_a_reader_keeps_its_snapshot_beside_commits),
        TEST(test_the_head_moves_by_commit_alone),
        TEST(test_a_head_that_has_moved_is_a_conflict),
        TEST(test_a_store_without_a_whole_head_is_corrupt),
        TEST(test_values_may_be_empty_and_large),
        TEST(test_arguments_out_of_bounds_are_refused),
        TEST(test_reads_check_their_arguments_and_writes_need_a_writer),
        TEST(test_a_thread_is_refused_a_second_write_at_once),
        TEST(test_a_hundred_thousand_entries_keep_their_order),
        TEST(test_random_transactions_end_as_a_model_says),
        TEST(test_threads_write_one_after_another_and_read_whole_versions),
    };
    int failed = cmocka_run_group_tests_name("memory", both, use_memory, NULL);
    return failed + cmocka_run_group_tests_name("lmdb", both, use_lmdb, NULL);
}
