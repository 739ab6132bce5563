/*
 * The line of line.h. Both mutexes are robust. What stands in the file is of use only to processes
 * under one kernel: a stamp says for which boot and which file it was made, so that what a crash
 * or a copy left behind is made anew.
 */
#define _GNU_SOURCE /* F_OFD_SETLK, pthread_mutex_clocklock */

#include "store/line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_MODE = 0600, MAKE_TRIES_MAX = 20, MAKE_PAUSE_MS = 1 };
/* So long one waits before one looks whether who stands before one still moves. */
static const int64_t slice_ns = 100000000;
static const char file_name[] = "line";

struct shared {
    atomic_uint_fast64_t stamp; /* Written last; 0: not made. */
    pthread_mutex_t door;
    pthread_mutex_t front;
};

struct ps_line {
    struct shared *shared;
    pid_t pid;
    bool has_front;
};

int64_t ps_line_now_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void ps_line_boot(char boot[PS_BOOT_SIZE])
{
    memset(boot, 0, PS_BOOT_SIZE);
    int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t size = read(file, boot, PS_BOOT_SIZE - 1);
    (void)close(file);
    boot[size < 0 ? 0 : size] = '\0';
    boot[strcspn(boot, "\n")] = '\0';
}

/* FNV-1a: it tells one boot and file from another, no more. */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
    const unsigned char *byte = bytes;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ byte[i]) * 1099511628211U;
    return hash;
}

static uint64_t stamp_of(const struct stat *status)
{
    char boot[PS_BOOT_SIZE];
    uint64_t size = sizeof(struct shared);
    uint64_t hash = 14695981039346656037U;

    ps_line_boot(boot);
    hash = mix(hash, boot, sizeof boot);
    hash = mix(hash, &status->st_dev, sizeof status->st_dev);
    hash = mix(hash, &status->st_ino, sizeof status->st_ino);
    return mix(hash, &size, sizeof size) | 1;
}

static bool make_mutex(pthread_mutex_t *mutex)
{
    pthread_mutexattr_t attributes;

    if (pthread_mutexattr_init(&attributes) != 0) return false;
    memset(mutex, 0, sizeof(pthread_mutex_t));
    bool made = pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0 &&
                pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0 &&
                pthread_mutex_init(mutex, &attributes) == 0;
    (void)pthread_mutexattr_destroy(&attributes);
    return made;
}

/* One process makes the mutexes; the others wait a little, and then do without. */
static bool make(int file, struct shared *shared, uint64_t stamp)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

    for (int try = 0; try < MAKE_TRIES_MAX; try++) {
        if (fcntl(file, F_OFD_SETLK, &lock) == 0) {
            bool made = atomic_load(&shared->stamp) == stamp ||
                        (make_mutex(&shared->door) && make_mutex(&shared->front));
            if (made) atomic_store(&shared->stamp, stamp);
            return made; /* The lock ends with the file's descriptor. */
        }
        (void)poll(NULL, 0, MAKE_PAUSE_MS);
        if (atomic_load(&shared->stamp) == stamp) return true;
    }
    return false;
}

static struct shared *map(int file)
{
    struct stat status;

    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
    /* Blocks first: a page without one, on a full disk, would end the process. */
    if (status.st_size < (off_t)sizeof(struct shared) &&
        posix_fallocate(file, 0, (off_t)sizeof(struct shared)) != 0)
        return NULL;
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED) return NULL;
    uint64_t stamp = stamp_of(&status);
    if (atomic_load(&shared->stamp) == stamp || make(file, shared, stamp)) return shared;
    (void)munmap(shared, sizeof *shared);
    return NULL;
}

struct ps_line *ps_line_open(int directory)
{
    struct ps_line *line = calloc(1, sizeof *line);

    if (line == NULL) return NULL;
    int file = openat(directory, file_name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (file >= 0) {
        line->shared = map(file);
        (void)close(file);
    }
    line->pid = getpid();
    if (line->shared != NULL) return line;
    free(line);
    return NULL;
}

/* ThreadSanitizer of gcc 12 does not know pthread_mutex_clocklock(), and finds fault with it. */
static int lock_within(pthread_mutex_t *mutex, int64_t until_ns)
{
#ifdef __SANITIZE_THREAD__
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    int64_t ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + until_ns - ps_line_now_ns();
    struct timespec until = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return pthread_mutex_timedlock(mutex, &until);
#else
    struct timespec until = {.tv_sec = until_ns / 1000000000, .tv_nsec = until_ns % 1000000000};
    return pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC, &until);
#endif
}

/* Until then: 0, or ETIMEDOUT. */
static int lock_until(pthread_mutex_t *mutex, int64_t until_ns)
{
    int code = lock_within(mutex, until_ns);

    if (code == EOWNERDEAD) code = pthread_mutex_consistent(mutex); /* It guards no data. */
    return code;
}

/* Takes the mutex: 0. Else the attempt, or the deadline, has decided. */
static int stand(pthread_mutex_t *mutex, int64_t deadline_ns, ps_line_try *attempt, void *context,
                 enum payscore_status *rc)
{
    for (;;) {
        int64_t until = ps_line_now_ns() + slice_ns;
        if (until > deadline_ns) until = deadline_ns;
        int code = lock_until(mutex, until);
        if (code == 0) return 0;
        if (attempt(context, rc)) return code;
        if (code != ETIMEDOUT || until == deadline_ns) return code;
    }
}

bool ps_line_wait(struct ps_line *line, int64_t deadline_ns, ps_line_try *attempt, void *context,
                  enum payscore_status *rc)
{
    struct shared *shared = line->shared;

    if (stand(&shared->door, deadline_ns, attempt, context, rc) != 0) return true;
    line->has_front = stand(&shared->front, deadline_ns, attempt, context, rc) == 0;
    (void)pthread_mutex_unlock(&shared->door);
    if (!line->has_front) return true;
    return attempt(context, rc);
}

void ps_line_leave(struct ps_line *line)
{
    if (line == NULL) return;
    if (line->has_front && line->pid == getpid()) {
        (void)pthread_mutex_unlock(&line->shared->front);
    }
    (void)munmap(line->shared, sizeof *line->shared);
    free(line);
}
