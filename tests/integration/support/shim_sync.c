/*
 * Loaded into a worker with LD_PRELOAD: ends it with SIGKILL at one moment of a commit, once the
 * file that SHIM_ARMED names is there. LMDB 0.9 writes the pages of a commit, syncs them with
 * fdatasync(), and then writes one page head with pwrite() through a descriptor that syncs at each
 * write: this write is what makes the commit durable.
 *
 * SHIM_MOMENT  pages   before the pages are synced
 *              head    before the head is written: the commit is not durable
 *              durable after the head was written, before anybody is told
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int fdatasync_function(int fd);
typedef ssize_t pwrite_function(int fd, const void *bytes, size_t size, off_t at);

/* A data pointer holds a function by POSIX; a union says so to the compiler. */
union symbol {
    void *data;
    fdatasync_function *fdatasync;
    pwrite_function *pwrite;
};

static void end_if(const char *moment)
{
    const char *armed = getenv("SHIM_ARMED");
    const char *wanted = getenv("SHIM_MOMENT");
    if (armed == NULL || wanted == NULL || strcmp(wanted, moment) != 0) return;
    if (access(armed, F_OK) == 0) kill(getpid(), SIGKILL);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    union symbol next = {dlsym(RTLD_NEXT, "fdatasync")};
    end_if("pages");
    return next.fdatasync(fd);
}

__attribute__((visibility("default"))) ssize_t pwrite(int fd, const void *bytes, size_t size,
                                                      off_t at)
{
    union symbol next = {dlsym(RTLD_NEXT, "pwrite")};
    int flags = fcntl(fd, F_GETFL);
    int is_head = flags >= 0 && (flags & O_DSYNC) != 0;
    if (is_head) end_if("head");
    ssize_t written = next.pwrite(fd, bytes, size, at);
    if (is_head) end_if("durable");
    return written;
}
