/* inotify on the file `feed`. */
#include "store/news.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "store/lmdb.h"

struct ps_news {
    int descriptor;
};

enum payscore_status ps_news_open(struct ps_store *store, struct ps_news **news)
{
    char file[4096];
    const char *path = "";
    if (store->backend != &ps_lmdb_backend) return PAYSCORE_E_ARGUMENT;
    (void)mdb_env_get_path(((struct ps_lmdb *)store)->env, &path);
    snprintf(file, sizeof file, "%s/feed", path);
    int made = open(file, O_RDONLY | O_CREAT | O_CLOEXEC, 0600);
    if (made >= 0) close(made);
    struct ps_news *self = malloc(sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    self->descriptor = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (self->descriptor >= 0 && inotify_add_watch(self->descriptor, file, IN_MODIFY) >= 0) {
        *news = self;
        return PAYSCORE_OK;
    }
    if (self->descriptor >= 0) close(self->descriptor);
    free(self);
    return PAYSCORE_E_IO;
}

int ps_news_descriptor(const struct ps_news *news)
{
    return news->descriptor;
}

void ps_news_drain(struct ps_news *news)
{
    char events[4096] __attribute__((aligned(8)));
    while (read(news->descriptor, events, sizeof events) > 0) {
    }
}

void ps_news_close(struct ps_news *news)
{
    if (news == NULL) return;
    close(news->descriptor);
    free(news);
}
