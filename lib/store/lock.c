/*
 * The driver's lock: a write lock on the first byte of `driver.lock`. A lock of the open file
 * (OFD) is used: the kernel drops it with the process, a second take in the same process meets it
 * too, closing another descriptor of the file does not lose it, and looking at it takes nothing.
 *
 * The file's content says who holds it. It is true only while the second byte is locked as well,
 * which the holder does after writing: what a killed holder left is never taken for the living.
 *
 * Who waits stands in the line of line.h; that is for fairness only, this lock decides.
 */
#define _GNU_SOURCE /* F_OFD_SETLK */

#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/line.h"

enum { BYTE_HELD = 0, BYTE_SIGNED = 1 };
enum { BLOCK_SIZE = 256, FILE_MODE = 0600, TRIES_MAX = 8 };
/* Between two looks at a lock that nobody in the line holds. */
enum { LOOK_FIRST_MS = 1, LOOK_LAST_MS = 8 };

static const char file_name[] = "driver.lock";

/* The socket is the rest of its line, so a path with a line break cannot be announced. */
#define WRITE_FORMAT "pid=%" PRId64 "\nsocket=%s\nhold=%s\nnamespace=%" PRIu64 "\nboot=%s\n"
_Static_assert(BLOCK_SIZE >= PS_SOCKET_PATH_MAX + PS_BOOT_SIZE + 96, "a block holds all of it");

struct ps_lock {
    int file;
    pid_t pid;
    struct ps_line *line; /* Whose front it keeps while it holds the lock for a moment; or NULL. */
};

/* A request under way. */
struct asking {
    const char *path;
    int directory;
    const struct ps_lock_wish *wish;
    struct ps_lock *lock;
    struct ps_lock_owner *owner;
    struct payscore_error *error;
};

static enum payscore_status refuse(struct payscore_error *error, enum payscore_status status,
                                   const char *path, const char *reason)
{
    if (error != NULL) {
        (void)snprintf(error->text, sizeof error->text, "Lock '%s/%s': %s", path, file_name,
                       reason);
    }
    return status;
}

static enum payscore_status refuse_busy(const struct asking *asking)
{
    const struct ps_lock_owner *owner = asking->owner;
    char reason[256] = "another process drives this store; try again.";

    if (owner->pid != 0 && owner->hold == PS_LOCK_MOMENT) {
        (void)snprintf(reason, sizeof reason,
                       "process %" PRId64 " writes to this store and has not let go for %" PRId64
                       " ms; look whether it is stopped.",
                       owner->pid, asking->wish->patience_ms);
    } else if (owner->pid != 0 && owner->socket[0] != '\0') {
        (void)snprintf(reason, sizeof reason,
                       "process %" PRId64 " drives this store; submit through its socket %s.",
                       owner->pid, owner->socket);
    } else if (owner->pid != 0) {
        (void)snprintf(reason, sizeof reason,
                       "process %" PRId64 " drives this store and does not listen; stop it first.",
                       owner->pid);
    }
    return refuse(asking->error, PAYSCORE_E_BUSY, asking->path, reason);
}

static struct flock range(short type, off_t start, off_t size)
{
    return (struct flock){.l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = size};
}

static int set_byte(int file, int byte)
{
    struct flock lock = range(F_WRLCK, byte, 1);
    int code;

    do {
        code = fcntl(file, F_OFD_SETLK, &lock);
    } while (code != 0 && errno == EINTR);
    return code;
}

/* Whether somebody else has the byte: 1, 0, or -1 and errno. */
static int test_byte(int file, int byte)
{
    struct flock lock = range(F_RDLCK, byte, 1);

    if (fcntl(file, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

static bool read_block(int file, char block[BLOCK_SIZE + 1])
{
    memset(block, 0, BLOCK_SIZE + 1);
    return pread(file, block, BLOCK_SIZE, 0) == BLOCK_SIZE && test_byte(file, BYTE_SIGNED) == 1;
}

/* The rest of the line that begins with `name`, as far as it fits; "" where there is none. */
static void parse_line(const char *block, const char *name, char *value, size_t size)
{
    value[0] = '\0';
    const char *line = strstr(block, name);
    if (line == NULL) return;
    line += strlen(name);
    size_t length = strcspn(line, "\n");
    if (length >= size) return;
    memcpy(value, line, length);
    value[length] = '\0';
}

/* What WRITE_FORMAT wrote, or nobody. A version before wrote pid and socket only, and stayed. */
static void parse_owner(const char *block, struct ps_lock_owner *owner)
{
    static const char pid[] = "pid=", socket[] = "\nsocket=";
    char *end = NULL;
    char word[24];
    if (strncmp(block, pid, sizeof pid - 1) != 0) return;
    int64_t number = strtoll(block + sizeof pid - 1, &end, 10);
    if (strncmp(end, socket, sizeof socket - 1) != 0) return;
    const char *path = end + sizeof socket - 1;
    size_t size = strcspn(path, "\n");
    if (size > PS_SOCKET_PATH_MAX) return;
    owner->pid = number;
    memcpy(owner->socket, path, size);
    path += size;
    parse_line(path, "\nhold=", word, sizeof word);
    owner->hold = strcmp(word, "moment") == 0 ? PS_LOCK_MOMENT : PS_LOCK_STAYS;
    parse_line(path, "\nnamespace=", word, sizeof word);
    owner->pid_namespace = strtoull(word, NULL, 10);
    parse_line(path, "\nboot=", owner->boot, sizeof owner->boot);
}

static uint64_t pid_namespace(void)
{
    struct stat status;
    return stat("/proc/self/ns/pid", &status) == 0 ? (uint64_t)status.st_ino : 0;
}

static void judge_owner(struct ps_lock_owner *owner)
{
    char boot[PS_BOOT_SIZE];
    uint64_t ours = pid_namespace();

    ps_line_boot(boot);
    bool elsewhere = owner->boot[0] != '\0' && boot[0] != '\0' && strcmp(owner->boot, boot) != 0;
    bool other = owner->pid_namespace != 0 && ours != 0 && owner->pid_namespace != ours;
    owner->foreign = elsewhere || other;
}

/* Reads until two readings agree, while the holder's signature stands; else names nobody. */
static void read_owner(int file, struct ps_lock_owner *owner)
{
    char first[BLOCK_SIZE + 1];
    char second[BLOCK_SIZE + 1];

    if (owner == NULL) return;
    *owner = (struct ps_lock_owner){0};
    for (int try = 0; try < TRIES_MAX; try++) {
        if (test_byte(file, BYTE_SIGNED) != 1) return;
        if (!read_block(file, first) || !read_block(file, second)) continue;
        if (memcmp(first, second, sizeof first) != 0) continue;
        parse_owner(first, owner);
        judge_owner(owner);
        return;
    }
}

static bool sign(int file, const struct ps_lock_wish *wish)
{
    char block[BLOCK_SIZE];
    char boot[PS_BOOT_SIZE];
    const char *hold = wish->hold == PS_LOCK_MOMENT ? "moment" : "stays";

    ps_line_boot(boot);
    memset(block, '\n', sizeof block);
    int size = snprintf(block, sizeof block, WRITE_FORMAT, (int64_t)getpid(), wish->socket, hold,
                        pid_namespace(), boot);
    if (size < 0 || (size_t)size >= sizeof block) return false;
    block[size] = '\n';
    if (pwrite(file, block, sizeof block, 0) != (ssize_t)sizeof block) return false;
    return set_byte(file, BYTE_SIGNED) == 0;
}

/* A lock counts only on the file that others will find under the name. */
static bool is_named(int directory, int file)
{
    struct stat ours;
    struct stat named;

    if (fstat(file, &ours) != 0 || fstatat(directory, file_name, &named, AT_SYMLINK_NOFOLLOW) != 0)
        return false;
    return ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

/* Opens the file and locks it: the descriptor, or -1 with `*rc` and, if somebody has it, owner. */
static int open_locked(int directory, struct ps_lock_owner *owner, enum payscore_status *rc)
{
    *rc = PAYSCORE_E_BUSY;
    for (int try = 0; try < TRIES_MAX; try++) {
        int file =
            openat(directory, file_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
        bool locked = file >= 0 && set_byte(file, BYTE_HELD) == 0;
        if (locked && is_named(directory, file)) {
            *rc = PAYSCORE_OK;
            return file;
        }
        if (!locked) {
            bool held = file >= 0 && (errno == EAGAIN || errno == EACCES);
            if (held) {
                read_owner(file, owner);
            } else {
                *rc = PAYSCORE_E_IO;
            }
        }
        if (file >= 0) (void)close(file);
        if (!locked) return -1;
    }
    return -1;
}

/* Once, without waiting; E_BUSY explains nothing yet. */
static enum payscore_status try_once(const struct asking *asking)
{
    struct ps_lock *lock = asking->lock;
    enum payscore_status rc;

    *asking->owner = (struct ps_lock_owner){0};
    lock->file = open_locked(asking->directory, asking->owner, &rc);
    if (rc == PAYSCORE_E_BUSY) return rc;
    if (rc != PAYSCORE_OK) return refuse(asking->error, rc, asking->path, strerror(errno));
    lock->pid = getpid();
    if (!sign(lock->file, asking->wish)) {
        return refuse(asking->error, PAYSCORE_E_IO, asking->path,
                      "it could not be written; check the disk.");
    }
    return PAYSCORE_OK;
}

static bool try_again(void *context, enum payscore_status *rc)
{
    const struct asking *asking = context;

    *rc = try_once(asking);
    bool stays = asking->owner->pid != 0 && asking->owner->hold == PS_LOCK_STAYS;
    return *rc != PAYSCORE_E_BUSY || stays;
}

/* Looks until the patience is over: nobody wakes us who does not stand in the line. */
static enum payscore_status look_until(struct asking *asking, int64_t deadline_ns)
{
    int pause_ms = LOOK_FIRST_MS;
    enum payscore_status rc;

    while (!try_again(asking, &rc) && ps_line_now_ns() < deadline_ns) {
        (void)poll(NULL, 0, pause_ms);
        if (pause_ms < LOOK_LAST_MS) pause_ms *= 2;
    }
    return rc;
}

static enum payscore_status take(struct asking *asking)
{
    const struct ps_lock_wish *wish = asking->wish;
    struct ps_lock *lock = asking->lock;
    enum payscore_status rc = PAYSCORE_E_BUSY;

    if (wish->patience_ms <= 0) {
        rc = try_once(asking);
    } else {
        int64_t deadline = ps_line_now_ns() + wish->patience_ms * 1000000;
        bool done = false;
        lock->line = ps_line_open(asking->directory);
        if (lock->line != NULL) done = ps_line_wait(lock->line, deadline, try_again, asking, &rc);
        if (!done) rc = look_until(asking, deadline);
    }
    if (rc == PAYSCORE_E_BUSY) return refuse_busy(asking);
    if (rc == PAYSCORE_OK && wish->hold == PS_LOCK_STAYS) {
        ps_line_leave(lock->line); /* Who comes next finds one that stays. */
        lock->line = NULL;
    }
    return rc;
}

static enum payscore_status check(struct payscore_error *error, const char *path,
                                  const struct ps_lock_wish *wish)
{
    if (strlen(wish->socket) > PS_SOCKET_PATH_MAX || strchr(wish->socket, '\n') != NULL) {
        return refuse(error, PAYSCORE_E_ARGUMENT, path,
                      "the socket's path is over 107 bytes or holds a line break; shorten it.");
    }
    if (wish->way == NULL && mkdir(path, 0700) != 0 && errno != EEXIST) {
        return refuse(error, PAYSCORE_E_IO, path,
                      "the directory is not there and cannot be made; make it, or name another.");
    }
    return PAYSCORE_OK;
}

enum payscore_status ps_lock_take_timed(struct ps_lock **lock, const char *path,
                                        const struct ps_lock_wish *wish,
                                        struct ps_lock_owner *owner, struct payscore_error *error)
{
    struct ps_lock_owner unasked;
    struct ps_lock_wish whole = *wish;

    *lock = NULL;
    if (owner == NULL) owner = &unasked;
    *owner = (struct ps_lock_owner){0};
    if (whole.socket == NULL) whole.socket = "";
    enum payscore_status rc = check(error, path, &whole);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_lock *self = malloc(sizeof *self);
    if (self == NULL) return refuse(error, PAYSCORE_E_MEMORY, path, "memory is short.");
    *self = (struct ps_lock){.file = -1};
    struct asking asking = {path, -1, &whole, self, owner, error};
    asking.directory =
        open(whole.way != NULL ? whole.way : path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (asking.directory < 0) {
        rc = refuse(error, PAYSCORE_E_IO, path, strerror(errno));
    } else {
        rc = take(&asking);
        (void)close(asking.directory);
    }
    if (rc == PAYSCORE_OK) {
        *lock = self;
    } else {
        ps_lock_release(self);
    }
    return rc;
}

enum payscore_status ps_lock_take(struct ps_lock **lock, const char *path, const char *socket,
                                  struct ps_lock_owner *owner, struct payscore_error *error)
{
    const struct ps_lock_wish wish = {.hold = PS_LOCK_STAYS, .socket = socket};
    return ps_lock_take_timed(lock, path, &wish, owner, error);
}

enum payscore_status ps_lock_peek(const char *path, bool *held, struct ps_lock_owner *owner)
{
    *held = false;
    if (owner != NULL) *owner = (struct ps_lock_owner){0};
    int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) return errno == ENOENT ? PAYSCORE_OK : PAYSCORE_E_IO;
    int file = openat(directory, file_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int code = errno;
    (void)close(directory);
    if (file < 0) return code == ENOENT ? PAYSCORE_OK : PAYSCORE_E_IO;
    int found = test_byte(file, BYTE_HELD);
    if (found == 1) {
        *held = true;
        read_owner(file, owner);
    }
    (void)close(file);
    return found < 0 ? PAYSCORE_E_IO : PAYSCORE_OK;
}

void ps_lock_release(struct ps_lock *lock)
{
    if (lock == NULL) return;
    if (lock->file >= 0) {
        /* A forked child may hold the file open still; in such a child the lock is the parent's. */
        struct flock all = range(F_UNLCK, 0, 0);
        if (lock->pid == getpid()) (void)fcntl(lock->file, F_OFD_SETLK, &all);
        (void)close(lock->file);
    }
    ps_line_leave(lock->line); /* Now: whoever stands first in it finds the lock free. */
    free(lock);
}
