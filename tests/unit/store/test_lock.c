/* Who may write: one holder at a time, known by pid and socket, gone with his process. */
#define _GNU_SOURCE /* F_OFD_SETLK */

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

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

static enum payscore_status take_for(struct ps_lock **lock, const char *path,
                                     enum ps_lock_hold hold, int64_t patience_ms,
                                     struct ps_lock_owner *owner, struct payscore_error *error)
{
    const struct ps_lock_wish wish = {.hold = hold, .patience_ms = patience_ms};
    return ps_lock_take_timed(lock, path, &wish, owner, error);
}

/* A child that takes the lock for a moment, says so, and stays as it is. */
static pid_t fork_lingerer(const char *path)
{
    int ends[2];
    char said = 0;

    assert_int_equal(pipe(ends), 0);
    pid_t child = fork_child();
    if (child == 0) {
        struct ps_lock *lock = NULL;
        if (take_for(&lock, path, PS_LOCK_MOMENT, 1000, NULL, NULL) != PAYSCORE_OK) _exit(1);
        if (write(ends[1], "t", 1) == 1) (void)pause();
        _exit(1);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &said, 1), 1);
    (void)close(ends[0]);
    return child;
}

static void test_a_holder_says_for_how_long_and_where_it_lives(void **state)
{
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;
    bool held;

    for (int hold = PS_LOCK_STAYS; hold <= PS_LOCK_MOMENT; hold++) {
        assert_int_equal(
            take_for(&lock, path_of(state), (enum ps_lock_hold)hold, 1000, &owner, NULL),
            PAYSCORE_OK);
        assert_int_equal(ps_lock_peek(path_of(state), &held, &owner), PAYSCORE_OK);
        assert_true(held);
        assert_int_equal(owner.hold, hold);
        assert_int_equal(owner.pid, getpid());
        assert_int_not_equal(owner.pid_namespace, 0);
        assert_int_equal(strlen(owner.boot), 36);
        assert_false(owner.foreign);
        ps_lock_release(lock);
    }
}

/* A version before wrote less: who is met there stays, and nothing more is known of it. */
static void test_what_an_older_version_wrote_is_understood(void **state)
{
    char block[256];
    char file[128];
    struct ps_lock_owner owner;
    bool held;

    memset(block, '\n', sizeof block);
    memcpy(block, "pid=4711\nsocket=/old\n", 21);
    ps_lock_release(take(path_of(state), ""));
    file_path(*state, "driver.lock", file);
    int descriptor = open(file, O_RDWR | O_CLOEXEC);
    struct flock bytes = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 2};
    assert_int_equal(pwrite(descriptor, block, sizeof block, 0), sizeof block);
    assert_int_equal(fcntl(descriptor, F_OFD_SETLK, &bytes), 0);
    assert_int_equal(ps_lock_peek(path_of(state), &held, &owner), PAYSCORE_OK);
    assert_int_equal(owner.pid, 4711);
    assert_string_equal(owner.socket, "/old");
    assert_int_equal(owner.hold, PS_LOCK_STAYS);
    assert_string_equal(owner.boot, "");
    assert_false(owner.foreign);
    memcpy(block + 21, "boot=of another kernel\n", 23);
    assert_int_equal(pwrite(descriptor, block, sizeof block, 0), sizeof block);
    assert_int_equal(ps_lock_peek(path_of(state), &held, &owner), PAYSCORE_OK);
    assert_true(owner.foreign);
    (void)close(descriptor);
}

static void test_nobody_waits_for_a_holder_that_stays(void **state)
{
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;

    pid_t child = fork_holder(path_of(state), "/run/child.sock");
    /* It would wait an hour. */
    assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 3600000, &owner, NULL),
                     PAYSCORE_E_BUSY);
    assert_null(lock);
    assert_int_equal(owner.pid, child);
    assert_string_equal(owner.socket, "/run/child.sock");
    end_child(child);
}

static void test_a_stopped_holder_is_named_when_patience_is_over(void **state)
{
    struct payscore_error error = {""};
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;
    char pid[32];

    pid_t child = fork_lingerer(path_of(state));
    assert_int_equal(kill(child, SIGSTOP), 0);
    (void)snprintf(pid, sizeof pid, "process %d ", (int)child);
    assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 150, &owner, &error),
                     PAYSCORE_E_BUSY);
    assert_int_equal(owner.pid, child);
    assert_int_equal(owner.hold, PS_LOCK_MOMENT);
    assert_non_null(strstr(error.text, pid));
    end_child(child);
    assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 3600000, &owner, &error),
                     PAYSCORE_OK);
    ps_lock_release(lock);
}

/* The child: waits in the line for a lock that is held; says when it begins. */
static pid_t fork_waiter(const char *path, int said)
{
    pid_t child = fork_child();
    if (child == 0) {
        struct ps_lock *lock = NULL;
        if (write(said, "w", 1) != 1) _exit(1);
        _exit(take_for(&lock, path, PS_LOCK_MOMENT, 3600000, NULL, NULL) == PAYSCORE_OK ? 0 : 1);
    }
    return child;
}

static bool has_line_mapped(pid_t child)
{
    char path[64];
    char line[512];
    bool found = false;

    (void)snprintf(path, sizeof path, "/proc/%d/maps", (int)child);
    FILE *maps = fopen(path, "r");
    assert_non_null(maps);
    while (!found && fgets(line, sizeof line, maps) != NULL)
        found = strstr(line, "/line\n") != NULL;
    (void)fclose(maps);
    return found;
}

static bool sleeps(pid_t child)
{
    char path[64];
    char state = 0;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
    FILE *stat = fopen(path, "r");
    assert_non_null(stat);
    assert_int_equal(fscanf(stat, "%*d %*s %c", &state), 1);
    (void)fclose(stat);
    return state == 'S';
}

/* Whoever stood in the line and is killed, or does not move, keeps nobody. */
static void test_who_fell_out_of_the_line_keeps_nobody(void **state)
{
    static const int signals[] = {SIGKILL, SIGSTOP};
    int ends[2];
    char said;

    assert_int_equal(pipe(ends), 0);
    for (size_t i = 0; i < 2; i++) {
        struct ps_lock *lock = NULL;
        assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 1000, NULL, NULL),
                         PAYSCORE_OK);
        pid_t waiter = fork_waiter(path_of(state), ends[1]);
        assert_int_equal(read(ends[0], &said, 1), 1);
        while (!has_line_mapped(waiter) || !sleeps(waiter))
            (void)sched_yield();
        assert_int_equal(kill(waiter, signals[i]), 0);
        ps_lock_release(lock);
        assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 3600000, NULL, NULL),
                         PAYSCORE_OK);
        ps_lock_release(lock);
        (void)kill(waiter, SIGKILL);
        assert_int_equal(waitpid(waiter, NULL, 0), waiter);
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* What a crash of the host or a copy of the directory leaves behind: mutexes that nobody holds. */
static void test_a_line_of_another_boot_is_made_anew(void **state)
{
    char file[128];
    char bytes[4096];
    struct ps_lock *lock = NULL;

    memset(bytes, 0xff, sizeof bytes);
    file_path(*state, "line", file);
    int descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_int_equal(pwrite(descriptor, bytes, sizeof bytes, 0), sizeof bytes);
    (void)close(descriptor);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 3600000, NULL, NULL),
                         PAYSCORE_OK);
        ps_lock_release(lock);
    }
}

/* Where no line can be had one still gets the lock, and only when it is free. */
static void test_without_a_line_one_looks_again_and_again(void **state)
{
    char file[128];
    struct ps_lock *lock = NULL;
    struct ps_lock_owner owner;

    file_path(*state, "line", file);
    assert_int_equal(symlink("/dev/null", file), 0);
    pid_t child = fork_lingerer(path_of(state));
    assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 20, &owner, NULL),
                     PAYSCORE_E_BUSY);
    assert_int_equal(owner.pid, child);
    end_child(child);
    assert_int_equal(take_for(&lock, path_of(state), PS_LOCK_MOMENT, 3600000, &owner, NULL),
                     PAYSCORE_OK);
    ps_lock_release(lock);
}

enum { TURN_TAKERS = 6, TURNS_EACH = 400, TURNS_BEFORE = 20 };

/* Counted by whoever holds the lock. */
struct turns {
    uint32_t begun, inside, total;
    uint32_t of[TURN_TAKERS];
    uint32_t longest_wait[TURN_TAKERS]; /* Turns of others between two of its own. */
    uint32_t last[TURN_TAKERS];
    bool failed;
};

static void take_a_turn(struct turns *turns, uint32_t self)
{
    if (turns->inside++ != 0) turns->failed = true;
    uint32_t now = turns->total++;
    uint32_t waited = now - turns->last[self];
    if (turns->of[self]++ > 0 && turns->begun == TURN_TAKERS && waited > turns->longest_wait[self])
        turns->longest_wait[self] = waited;
    turns->last[self] = now;
    /* As long as a commit: who lets go and comes back at once must not find it free. */
    const struct timespec pause = {.tv_nsec = 200 * 1000};
    (void)nanosleep(&pause, NULL);
    turns->inside--;
}

_Noreturn static void take_turns(const char *path, struct turns *turns, uint32_t self)
{
    struct ps_lock *lock = NULL;

    while (turns->total < TURN_TAKERS * TURNS_EACH && !turns->failed) {
        if (take_for(&lock, path, PS_LOCK_MOMENT, 60000, NULL, NULL) != PAYSCORE_OK) _exit(1);
        if (turns->of[self] == TURNS_BEFORE) turns->begun++;
        take_a_turn(turns, self);
        ps_lock_release(lock);
    }
    _exit(turns->failed ? 1 : 0);
}

static void test_who_waits_is_served_in_turn(void **state)
{
    int zero = open("/dev/zero", O_RDWR | O_CLOEXEC);
    assert_true(zero >= 0);
    struct turns *turns = mmap(NULL, sizeof *turns, PROT_READ | PROT_WRITE, MAP_SHARED, zero, 0);
    (void)close(zero);
    pid_t children[TURN_TAKERS];
    int status;

    assert_ptr_not_equal(turns, MAP_FAILED);
    for (uint32_t i = 0; i < TURN_TAKERS; i++) {
        children[i] = fork_child();
        if (children[i] == 0) take_turns(path_of(state), turns, i);
    }
    for (uint32_t i = 0; i < TURN_TAKERS; i++) {
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    for (uint32_t i = 0; i < TURN_TAKERS; i++) {
        print_message("turns %u, longest wait %u turns\n", (unsigned)turns->of[i],
                      (unsigned)turns->longest_wait[i]);
        /* An even share is TURNS_EACH; unfair locks leave somebody a few per cent of it. */
        assert_in_range(turns->of[i], TURNS_EACH / 2, TURNS_EACH * 2);
    }
    assert_int_equal(munmap(turns, sizeof *turns), 0);
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
        TEST(test_a_holder_says_for_how_long_and_where_it_lives),
        TEST(test_what_an_older_version_wrote_is_understood),
        TEST(test_nobody_waits_for_a_holder_that_stays),
        TEST(test_a_stopped_holder_is_named_when_patience_is_over),
        TEST(test_who_fell_out_of_the_line_keeps_nobody),
        TEST(test_a_line_of_another_boot_is_made_anew),
        TEST(test_without_a_line_one_looks_again_and_again),
        TEST(test_who_waits_is_served_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
