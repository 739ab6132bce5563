/* One file a process; forked children have their own. */
#define _GNU_SOURCE
#include "support/noted.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PLACES = 4096, TRIES = 8 };

/* Pairs that were written already, by a hash; a lost race writes a line twice, which is harmless.
 */
static _Atomic uint32_t written[PLACES];

static uint32_t hash_of(const char *function, enum payscore_status status)
{
    uint32_t hash = (uint32_t)status ^ (uint32_t)getpid() * 2654435761u;
    for (; *function != '\0'; function++)
        hash = (hash ^ (uint8_t)*function) * 16777619u;
    return hash | 1;
}

static bool is_new(uint32_t hash)
{
    for (uint32_t i = 0; i < TRIES; i++) {
        uint32_t before = atomic_load(&written[(hash + i) % PLACES]);
        if (before == hash) return false;
        if (before != 0) continue;
        atomic_store(&written[(hash + i) % PLACES], hash);
        return true;
    }
    return true;
}

/* Until a file can be opened for it: a test may have taken all descriptors away. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char kept[4096];
static atomic_size_t kept_size;

static void keep(const char *line, size_t size)
{
    (void)pthread_mutex_lock(&lock);
    if (kept_size + size <= sizeof kept) {
        memcpy(kept + kept_size, line, size);
        kept_size += size;
    }
    (void)pthread_mutex_unlock(&lock);
}

void noted(const char *function, enum payscore_status status)
{
    char path[512], line[128];
    const char *directory = getenv("PAYSCORE_NOTED");
    if (directory == NULL) return;
    int size = snprintf(line, sizeof line, "%s %s\n", function, payscore_status_name(status));
    if (is_new(hash_of(function, status))) keep(line, (size_t)size);
    if (atomic_load(&kept_size) == 0) return;
    snprintf(path, sizeof path, "%s/%ld", directory, (long)getpid());
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return;
    (void)pthread_mutex_lock(&lock);
    if (write(file, kept, kept_size) != (ssize_t)kept_size) abort();
    kept_size = 0;
    (void)pthread_mutex_unlock(&lock);
    (void)close(file);
}

static _Thread_local int depth;

void noted_enter(void)
{
    depth++;
}

void noted_leave(const char *function, enum payscore_status status)
{
    if (--depth == 0) noted(function, status);
}

struct noted_done {
    payscore_done *done;
    void *user;
};

struct noted_done *noted_done(payscore_done *done, void *user)
{
    struct noted_done *told = done != NULL ? malloc(sizeof *told) : NULL;
    if (told != NULL) *told = (struct noted_done){done, user};
    return told;
}

void noted_done_free(struct noted_done *told)
{
    free(told);
}

void noted_tell(void *user, const struct payscore_result *result)
{
    struct noted_done told = *(struct noted_done *)user;
    free(user);
    noted("payscore_submit_start", result->status);
    told.done(told.user, result);
}
