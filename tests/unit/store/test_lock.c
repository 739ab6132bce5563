/* Who may write: one holder at a time, known by pid and socket, gone with his process. */
#define _GNU_SOURCE /* F_OFD_SETLK */

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

#include "fixture.h"
#include "store/lock.h"

static const char *path_of(void **state)
{
    return ((struct directory *)*state)->path;
}

static struct ps_lock *take(const char *path, const char *socket)
{
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;
    assert_int_equal(ps_lock_take(&lock, path, socket, &owner, NULL), PAYSCORE_OK);
    return lock;
}

static void assert_busy(const char *path, int64_t pid, const char *socket)
{
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;
    struct payscore_error error = {""};
    bool held = false;

    assert_int_equal(ps_lock_take(&lock, path, "/mine", &owner, &error), PAYSCORE_E_BUSY);
    assert_null(lock);
    assert_int_equal(owner.pid, pid);
    assert_string_equal(owner.socket, socket);
    assert_non_null(strstr(error.text, path));
    assert_non_null(strstr(error.text, socket));
    assert_int_equal(ps_lock_peek(path, &held, &owner), PAYSCORE_OK);
    assert_true(held);
    assert_int_equal(owner.pid, pid);
    assert_string_equal(owner.socket, socket);
}

static void assert_free(const char *path)
{
    struct ps_lock_owner owner = {.pid = 1};
    bool held = true;

    assert_int_equal(ps_lock_peek(path, &held, &owner), PAYSCORE_OK);
    assert_false(held);
    assert_int_equal(owner.pid, 0);
    assert_string_equal(owner.socket, "");
}

/* A child that takes the lock, says so, and stays until it is killed. */
static pid_t fork_holder(const char *path, const char *socket)
{
    int ends[2];
    char said = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork_child();
    if (child == 0) {
        struct ps_lock *lock = NULL;
        struct ps_lock_owner owner;
        if (ps_lock_take(&lock, path, socket, &owner, NULL) != PAYSCORE_OK) _exit(1);
        if (write(ends[1], "t", 1) == 1) (void)pause();
        _exit(1);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &said, 1), 1);
    (void)close(ends[0]);
    return child;
}

static void end_child(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void test_a_second_taker_is_told_who_has_it(void **state)
{
    struct ps_lock *lock = take(path_of(state), "/run/payscore.sock");

    assert_busy(path_of(state), getpid(), "/run/payscore.sock");
    assert_busy(path_of(state), getpid(), "/run/payscore.sock");
    ps_lock_release(lock);
    assert_free(path_of(state));
    lock = take(path_of(state), NULL);
    assert_busy(path_of(state), getpid(), "");
    ps_lock_release(lock);
    ps_lock_release(NULL);
}

static void test_another_process_holds_it_until_it_is_killed(void **state)
{
    pid_t child = fork_holder(path_of(state), "/run/child.sock");

    assert_busy(path_of(state), child, "/run/child.sock");
    end_child(child);
    assert_free(path_of(state));
    struct ps_lock *lock = take(path_of(state), " a path with spaces ");
    assert_busy(path_of(state), getpid(), " a path with spaces ");
    ps_lock_release(lock);
}

static void test_peeking_makes_and_takes_nothing(void **state)
{
    char file[128];

    file_path(*state, "driver.lock", file);
    assert_free(path_of(state));
    assert_int_not_equal(access(file, F_OK), 0);
    assert_free("/nowhere/at/all");

    ps_lock_release(take(path_of(state), ""));
    assert_free(path_of(state));
    pid_t child = fork_holder(path_of(state), "");
    assert_busy(path_of(state), child, "");
    end_child(child);
}

enum { TAKES = 300 };

struct peeker {
    const char *path;
    pthread_mutex_t mutex;
    bool done;
};

static bool is_done(struct peeker *peeker)
{
    (void)pthread_mutex_lock(&peeker->mutex);
    bool done = peeker->done;
    (void)pthread_mutex_unlock(&peeker->mutex);
    return done;
}

/* A peeker may meet the moment before the holder has signed, but never another's name. */
static void *peek_until_done(void *argument)
{
    struct peeker *peeker = argument;

    while (!is_done(peeker)) {
        struct ps_lock_owner owner;
        bool held;
        if (ps_lock_peek(peeker->path, &held, &owner) != PAYSCORE_OK) return NULL;
        bool named = owner.pid == getpid() &&
                     (strcmp(owner.socket, "/even") == 0 || strcmp(owner.socket, "/odd") == 0);
        bool nobody = owner.pid == 0 && owner.socket[0] == '\0';
        if (!nobody && !(held && named)) return NULL;
    }
    return peeker;
}

static void test_a_peeker_never_makes_a_taker_fail(void **state)
{
    struct peeker peeker = {.path = path_of(state), .mutex = PTHREAD_MUTEX_INITIALIZER};
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, peek_until_done, &peeker), 0);
    }
    for (int i = 0; i < TAKES; i++) {
        ps_lock_release(take(path_of(state), i % 2 == 0 ? "/even" : "/odd"));
    }
    (void)pthread_mutex_lock(&peeker.mutex);
    peeker.done = true;
    (void)pthread_mutex_unlock(&peeker.mutex);
    for (int i = 0; i < 2; i++) {
        void *result = NULL;
        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_ptr_equal(result, &peeker);
    }
}

/* The holder has locked and not yet signed; the file still tells of one who was killed. */
static void test_what_a_killed_holder_wrote_is_not_taken_for_the_next(void **state)
{
    struct flock first_byte = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};
    char file[128];

    end_child(fork_holder(path_of(state), "/run/dead.sock"));
    file_path(*state, "driver.lock", file);
    int descriptor = open(file, O_RDWR | O_CLOEXEC);
    assert_true(descriptor >= 0);
    assert_int_equal(fcntl(descriptor, F_OFD_SETLK, &first_byte), 0);
    assert_busy(path_of(state), 0, "");
    assert_int_equal(close(descriptor), 0);
    assert_free(path_of(state));
}

/* A child inherits the open file. It neither keeps the lock from a parent who let go ... */
static void test_a_forked_child_neither_keeps_nor_loses_the_lock(void **state)
{
    int ends[2];
    int status;
    char end;

    assert_int_equal(pipe(ends), 0);
    struct ps_lock *lock = take(path_of(state), "");
    pid_t child = fork_child();
    if (child == 0) {
        (void)close(ends[1]);
        _exit(read(ends[0], &end, 1) == 0 ? 0 : 1);
    }
    ps_lock_release(lock);
    assert_free(path_of(state));
    (void)close(ends[1]);
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)close(ends[0]);

    /* ... nor takes it from a parent who has not. */
    lock = take(path_of(state), "");
    child = fork_child();
    if (child == 0) {
        ps_lock_release(lock);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_busy(path_of(state), getpid(), "");
    ps_lock_release(lock);
}

static void test_a_socket_that_cannot_be_announced_is_refused(void **state)
{
    char longest[PS_SOCKET_PATH_MAX + 2];
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;
    struct payscore_error error = {""};

    memset(longest, 's', sizeof longest);
    longest[PS_SOCKET_PATH_MAX + 1] = '\0';
    assert_int_equal(ps_lock_take(&lock, path_of(state), longest, &owner, &error),
                     PAYSCORE_E_ARGUMENT);
    assert_true(error.text[0] != '\0');
    assert_int_equal(ps_lock_take(&lock, path_of(state), "/a\n/b", &owner, NULL),
                     PAYSCORE_E_ARGUMENT);
    assert_int_equal(ps_lock_take(&lock, "/nowhere/at/all", "", &owner, &error), PAYSCORE_E_IO);
    assert_null(lock);
    longest[PS_SOCKET_PATH_MAX] = '\0';
    lock = take(path_of(state), longest);
    assert_busy(path_of(state), getpid(), longest);
    ps_lock_release(lock);
}

/* Someone removes or replaces the file beneath a holder: the name decides for all who come. */
static void test_a_lock_counts_on_the_file_that_has_the_name(void **state)
{
    char file[128];

    struct ps_lock *old = take(path_of(state), "/old");
    file_path(*state, "driver.lock", file);
    assert_int_equal(unlink(file), 0);
    assert_free(path_of(state));
    struct ps_lock *new = take(path_of(state), "/new");
    ps_lock_release(old);
    assert_busy(path_of(state), getpid(), "/new");
    ps_lock_release(new);
    assert_int_equal(unlink(file), 0);
    assert_int_equal(symlink("/dev/null", file), 0);
    struct ps_lock *none = NULL;
    struct ps_lock_owner owner;
    assert_int_equal(ps_lock_take(&none, path_of(state), "", &owner, NULL), PAYSCORE_E_IO);
    assert_null(none);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, directory_setup, directory_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_second_taker_is_told_who_has_it),
        TEST(test_another_process_holds_it_until_it_is_killed),
        TEST(test_peeking_makes_and_takes_nothing),
        TEST(test_a_peeker_never_makes_a_taker_fail),
        TEST(test_what_a_killed_holder_wrote_is_not_taken_for_the_next),
        TEST(test_a_forked_child_neither_keeps_nor_loses_the_lock),
        TEST(test_a_socket_that_cannot_be_announced_is_refused),
        TEST(test_a_lock_counts_on_the_file_that_has_the_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
