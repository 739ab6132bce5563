/*
 * News of commits: inotify on the store's file `feed`, and on its directory for the moment that the
 * file is made; an eventfd where the store is in memory.
 */
#include "store/news.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/backend.h"
#include "store/names.h"

enum { FILE_MODE = 0600, PATH_SIZE = 64, EVENTS_SIZE = 4096 };
static const char file_name[] = PS_FEED_NAME;

struct ps_news {
    struct ps_store *store;
    struct ps_news *next; /* In the list of a store in memory. */
    int descriptor;
    int directory; /* Of the store; -1: it is in memory. */
    int watch;     /* Of the file; -1: it is not there. */
};

/* Opens the file for writing, with a block of its own: it is there when the disk is full. */
static int open_file(int directory)
{
    int file = openat(directory, file_name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
    if (file >= 0) (void)posix_fallocate(file, 0, sizeof(uint64_t));
    return file;
}

static bool is_removed(int file)
{
    struct stat status;
    return fstat(file, &status) != 0 || status.st_nlink == 0;
}

void ps_news_prepare(struct ps_feed_file *feed, int directory)
{
    feed->directory = directory;
    feed->file = open_file(directory);
}

void ps_news_announce(struct ps_feed_file *feed, uint64_t entries)
{
    if (feed->file >= 0 && is_removed(feed->file)) {
        (void)close(feed->file);
        feed->file = -1;
    }
    if (feed->file < 0) feed->file = open_file(feed->directory);
    if (feed->file < 0) return; /* Who waits looks by itself now and then. */
    if (pwrite(feed->file, &entries, sizeof entries, 0) == sizeof entries) return;
    (void)futimens(feed->file, NULL); /* No room for eight bytes: this needs none. */
}

void ps_news_end(struct ps_feed_file *feed)
{
    if (feed->file >= 0) (void)close(feed->file);
    feed->file = -1;
}

static int watch(const struct ps_news *news, const char *name, uint32_t events)
{
    char path[PATH_SIZE];

    (void)snprintf(path, sizeof path, "/proc/self/fd/%d/%s", news->directory, name);
    return inotify_add_watch(news->descriptor, path, events);
}

static void watch_file(struct ps_news *news)
{
    news->watch = watch(news, file_name, IN_MODIFY | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF);
}

static enum payscore_status open_durable(struct ps_news *news)
{
    news->descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (news->descriptor < 0) return errno == ENOMEM ? PAYSCORE_E_MEMORY : PAYSCORE_E_IO;
    if (watch(news, ".", IN_CREATE | IN_MOVED_TO) < 0)
        return errno == ENOMEM ? PAYSCORE_E_MEMORY : PAYSCORE_E_IO;
    watch_file(news);
    if (news->watch >= 0 || errno == ENOENT) return PAYSCORE_OK;
    return errno == ENOMEM ? PAYSCORE_E_MEMORY : PAYSCORE_E_IO;
}

static enum payscore_status open_in_memory(struct ps_news *news)
{
    struct ps_store *store = news->store;

    news->descriptor = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (news->descriptor < 0) return errno == ENOMEM ? PAYSCORE_E_MEMORY : PAYSCORE_E_IO;
    (void)pthread_mutex_lock(&store->listening);
    news->next = store->news;
    store->news = news;
    (void)pthread_mutex_unlock(&store->listening);
    return PAYSCORE_OK;
}

enum payscore_status ps_news_open(struct ps_news **out, struct ps_store *store)
{
    struct ps_news *news = malloc(sizeof *news);

    *out = NULL;
    if (news == NULL) return PAYSCORE_E_MEMORY;
    *news = (struct ps_news){.store = store, .descriptor = -1, .watch = -1};
    news->directory = ps_store_directory(store);
    enum payscore_status rc = news->directory < 0 ? open_in_memory(news) : open_durable(news);
    if (rc == PAYSCORE_OK) {
        *out = news;
    } else {
        ps_news_close(news);
    }
    return rc;
}

int ps_news_descriptor(const struct ps_news *news)
{
    return news->descriptor;
}

void ps_news_drain(struct ps_news *news)
{
    char events[EVENTS_SIZE];

    while (read(news->descriptor, events, sizeof events) > 0 && news->directory >= 0) {
    }
    /* The same file again is the same watch; another file of the name is another. */
    if (news->directory < 0) return;
    int before = news->watch;
    watch_file(news);
    if (before >= 0 && before != news->watch) (void)inotify_rm_watch(news->descriptor, before);
}

void ps_news_close(struct ps_news *news)
{
    if (news == NULL) return;
    if (news->directory < 0) {
        (void)pthread_mutex_lock(&news->store->listening);
        struct ps_news **link = &news->store->news;
        while (*link != NULL && *link != news)
            link = &(*link)->next;
        if (*link != NULL) *link = news->next;
        (void)pthread_mutex_unlock(&news->store->listening);
    }
    if (news->descriptor >= 0) (void)close(news->descriptor);
    free(news);
}

void ps_news_ring(struct ps_store *store)
{
    const uint64_t one = 1;

    (void)pthread_mutex_lock(&store->listening);
    for (const struct ps_news *news = store->news; news != NULL; news = news->next) {
        ssize_t written = write(news->descriptor, &one, sizeof one);
        (void)written; /* It fails only where it is readable already. */
    }
    (void)pthread_mutex_unlock(&store->listening);
}
