/* Whoever waits for news hears of every commit with new entries, and of nothing else. */
#include <poll.h>
#include <sys/wait.h>

#include "fixture.h"
#include "store/news.h"

static bool is_readable(const struct ps_news *news)
{
    struct pollfd poller = {.fd = ps_news_descriptor(news), .events = POLLIN};
    int count = poll(&poller, 1, 0);

    assert_in_range(count, 0, 1);
    return count == 1;
}

/* Test programs end by their own time limit where this never comes. */
static void await_readable(const struct ps_news *news)
{
    struct pollfd poller = {.fd = ps_news_descriptor(news), .events = POLLIN};
    assert_int_equal(poll(&poller, 1, -1), 1);
}

static void write_row(struct ps_store *store, uint64_t new_entries)
{
    struct ps_txn *txn = begin(store, PS_WRITE);
    struct ps_head head = *ps_txn_head(txn);

    head.entries += new_entries;
    ps_txn_put(txn, PS_TABLE_RECORDS, text("a"), text("1"));
    assert_int_equal(ps_txn_commit(txn, &head), PAYSCORE_OK);
}

static struct ps_news *news_open(struct ps_store *store)
{
    struct ps_news *news = NULL;
    assert_int_equal(ps_news_open(&news, store), PAYSCORE_OK);
    return news;
}

static void assert_tells(struct ps_store *store)
{
    struct ps_news *news = news_open(store);
    struct ps_news *other = news_open(store);

    assert_false(is_readable(news));
    for (int i = 0; i < 3; i++) {
        write_row(store, 1);
        write_row(store, 2);
        assert_true(is_readable(news));
        ps_news_drain(news);
        assert_false(is_readable(news));
    }
    assert_true(is_readable(other));
    ps_news_drain(news);
    write_row(store, 0);
    ps_txn_abort(begin(store, PS_WRITE));
    assert_false(is_readable(news));
    ps_news_close(other);
    write_row(store, 1);
    assert_true(is_readable(news));
    ps_news_close(news);
    ps_news_close(NULL);
    write_row(store, 1);
}

static void test_new_entries_are_told_and_nothing_else(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    assert_tells(store);
    ps_store_close(store);
    assert_int_equal(ps_store_open_memory(&store, INCARNATION), PAYSCORE_OK);
    assert_tells(store);
    ps_store_close(store);
}

/* Removed by a tidy hand, moved, or never made: whoever waits is told again after the next. */
static void test_a_file_that_went_away_is_found_again(void **state)
{
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    struct ps_news *news = news_open(store);
    char file[128];
    char moved[128];

    file_path(*state, "feed", file);
    file_path(*state, "driver.lock", moved);
    for (int i = 0; i < 6; i++) {
        assert_int_equal(i % 2 == 0 ? unlink(file) : rename(file, moved), 0);
        if (i % 3 == 0) ps_news_drain(news);
        if (i % 2 == 1) assert_int_equal(unlink(moved), 0);
        write_row(store, 1);
        assert_true(is_readable(news));
        ps_news_drain(news);
        assert_false(is_readable(news));
        write_row(store, 1);
        assert_true(is_readable(news));
        ps_news_drain(news);
    }
    ps_news_close(news);
    ps_store_close(store);
}

/* The child: a reader that tells what it sees whenever it is told that there is something. */
_Noreturn static void follow(const struct directory *directory, int answers)
{
    struct ps_store *store = NULL;
    struct ps_news *news = NULL;
    uint64_t seen = 0;

    if (lmdb_try(directory, PS_READ, &store) != PAYSCORE_OK) _exit(1);
    if (ps_news_open(&news, store) != PAYSCORE_OK) _exit(1);
    while (write(answers, &seen, sizeof seen) == sizeof seen) {
        struct ps_txn *txn = NULL;
        await_readable(news);
        ps_news_drain(news);
        if (ps_txn_begin(store, PS_READ, &txn) != PAYSCORE_OK) _exit(1);
        seen = ps_txn_head(txn)->entries;
        ps_txn_abort(txn);
    }
    _exit(1);
}

static void test_another_process_hears_of_commits(void **state)
{
    int answers[2];
    uint64_t seen;
    char file[128];

    ps_store_close(lmdb_open(*state, PS_WRITE));
    file_path(*state, "feed", file);
    assert_int_equal(unlink(file), 0); /* A store of a version that told nobody. */
    assert_int_equal(pipe(answers), 0);
    pid_t child = fork_child();
    if (child == 0) follow(*state, answers[1]);
    assert_int_equal(close(answers[1]), 0);
    assert_int_equal(read(answers[0], &seen, sizeof seen), sizeof seen);
    struct ps_store *store = lmdb_open(*state, PS_WRITE);
    for (uint64_t i = 1; i <= 20; i++) {
        write_row(store, 1);
        do {
            assert_int_equal(read(answers[0], &seen, sizeof seen), sizeof seen);
        } while (seen < i);
        assert_int_equal(seen, i);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    (void)close(answers[0]);
    ps_store_close(store);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new_entries_are_told_and_nothing_else),
        TEST(test_a_file_that_went_away_is_found_again),
        TEST(test_another_process_hears_of_commits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
