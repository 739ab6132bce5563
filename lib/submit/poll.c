/*
 * Started commands of a SUBMITTER. They share one connection; where nobody drives they are pushed
 * into the process's own queue. Nothing here waits for anything but the disk.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "submit/client.h"
#include "submit/queue.h"

enum { TRIES_MAX = 2 };

struct started {
    struct ps_errand errand; /* First: a parcel is its errand is what was started. */
    struct ps_submission submission;
    struct payscore *engine;
    int64_t until_ms;
    payscore_done *done;
    void *user;
    char texts[];
};

struct ps_poller {
    pthread_mutex_t mutex;   /* Guards `fresh` and `count`; the rest is the polling thread's. */
    struct ps_parcels fresh; /* Started since the last poll. */
    size_t count;
    struct ps_parcels waiting; /* For a way. */
    struct ps_link link;
    short watched;
    struct ps_parcels ended; /* To be told. */
    struct ps_source source;
};

static struct started *started_of(struct ps_parcel *parcel)
{
    return (struct started *)parcel;
}

/* Starting. */

static struct payscore_text keep(char **to, struct payscore_text text)
{
    struct payscore_text kept = {*to, text.size};
    if (text.size > 0) memcpy(*to, text.data, text.size);
    *to += text.size;
    return kept;
}

/* What could never be used is said at once. */
static enum payscore_status try_out(struct payscore *engine, const struct started *self,
                                    struct payscore_error *error)
{
    struct ps_reading reading = {.done = false};
    enum payscore_status rc = ps_item_command(engine, &self->errand.command, &reading, error);
    ps_reading_end(&reading);
    return rc;
}

static struct started *make(struct payscore *engine, const struct payscore_command *command,
                            struct payscore_error *error, enum payscore_status *rc)
{
    size_t size = command->name.size + command->key.size + command->body.size;
    struct started *self = calloc(1, sizeof *self + size);
    *rc = PAYSCORE_E_MEMORY;
    if (self == NULL) return NULL;
    char *to = self->texts;
    struct payscore_command copy = {command->merchant, keep(&to, command->name),
                                    keep(&to, command->key), keep(&to, command->body)};
    bool fine = ps_errand_begin(engine, &self->errand, &copy);
    *rc = self->errand.result.status;
    if (!fine) ps_fail(error, *rc, "%s", self->errand.result.error.text);
    if (fine) *rc = try_out(engine, self, error);
    if (*rc == PAYSCORE_OK) return self;
    ps_errand_end(&self->errand);
    free(self);
    return NULL;
}

static bool count_in(struct ps_poller *poller, struct started *self)
{
    pthread_mutex_lock(&poller->mutex);
    bool room = poller->count < PAYSCORE_STARTED_MAX;
    if (room) {
        poller->count++;
        ps_parcels_add(&poller->fresh, &self->errand.parcel);
    }
    pthread_mutex_unlock(&poller->mutex);
    return room;
}

enum payscore_status ps_client_start(struct payscore *engine,
                                     const struct payscore_command *command, payscore_done *done,
                                     void *user, struct payscore_error *error)
{
    enum payscore_status rc = PAYSCORE_OK;
    struct started *self = make(engine, command, error, &rc);
    if (self == NULL) return rc;
    self->engine = engine;
    self->done = done;
    self->user = user;
    self->until_ms = ps_client_now_ms() + ps_client_patience_ms(engine);
    if (!count_in(ps_client_poller(engine), self)) {
        ps_errand_end(&self->errand);
        free(self);
        return ps_fail(error, PAYSCORE_E_BUSY,
                       "%d started commands have no answer yet: call payscore_poll()",
                       PAYSCORE_STARTED_MAX);
    }
    ps_queue_notify(engine);
    return PAYSCORE_OK;
}

/* Ends. */

static void settle(struct ps_poller *poller, struct ps_parcel *parcel,
                   const struct payscore_result *result)
{
    bool ended = ps_errand_settle(&started_of(parcel)->errand, result);
    ps_parcels_add(ended ? &poller->ended : &poller->waiting, parcel);
}

static void give_up(struct ps_poller *poller, struct ps_parcel *parcel, enum payscore_status status)
{
    ps_errand_give_up(&started_of(parcel)->errand, status);
    ps_parcels_add(&poller->ended, parcel);
}

static void give_all_up(struct ps_poller *poller, enum payscore_status status)
{
    struct ps_parcel *parcel;
    while ((parcel = ps_parcels_take(&poller->waiting)) != NULL)
        give_up(poller, parcel, status);
}

/* `done` may start others. */
static void tell_all(struct ps_poller *poller)
{
    struct ps_parcel *parcel;
    while ((parcel = ps_parcels_take(&poller->ended)) != NULL) {
        struct started *self = started_of(parcel);
        pthread_mutex_lock(&poller->mutex);
        poller->count--;
        pthread_mutex_unlock(&poller->mutex);
        self->done(self->user, &self->errand.result);
        ps_errand_end(&self->errand);
        free(self);
    }
}

/* Through the driver. */

static void watch(struct payscore *engine, struct ps_poller *poller)
{
    short wanted = poller->link.fd < 0 ? 0 : ps_link_wants(&poller->link);
    if (wanted == poller->watched) return;
    poller->watched = wanted;
    if (wanted == 0) return; /* What was closed is watched no more. */
    if (ps_queue_watch(engine, poller->link.fd, (uint32_t)wanted, poller) != PAYSCORE_OK)
        poller->watched = 0; /* The next poll tries again; 100 ms is the most that it costs. */
}

static void hang_up(struct payscore *engine, struct ps_poller *poller)
{
    struct ps_parcels back;
    struct ps_parcel *parcel;
    if (poller->link.fd < 0) return;
    ps_parcels_clear(&back);
    if (engine->queue != NULL) ps_queue_unwatch(engine, poller->link.fd);
    poller->watched = 0;
    ps_link_close(&poller->link, &back);
    while ((parcel = ps_parcels_take(&poller->waiting)) != NULL)
        ps_parcels_add(&back, parcel);
    while ((parcel = ps_parcels_take(&back)) != NULL)
        ps_parcels_add(&poller->waiting, parcel);
}

static enum payscore_status travel(struct payscore *engine, struct ps_poller *poller)
{
    struct ps_parcel *parcel;
    enum payscore_status rc = PAYSCORE_OK;
    if (poller->link.fd < 0) rc = ps_link_open(&poller->link, engine->way);
    if (rc != PAYSCORE_OK) return rc;
    while ((parcel = ps_parcels_take(&poller->waiting)) != NULL)
        ps_link_add(&poller->link, parcel);
    rc = ps_link_pump(&poller->link, ps_client_here(engine));
    while ((parcel = ps_parcels_take(&poller->link.arrived)) != NULL)
        settle(poller, parcel, &parcel->result);
    if (rc != PAYSCORE_OK) hang_up(engine, poller);
    return rc;
}

/* Through the lock. */

static void written(struct ps_submission *submission)
{
    struct started *self = submission->user;
    settle(ps_client_poller(self->engine), &self->errand.parcel, &submission->reading.result);
    ps_submission_end(submission);
}

static void write_here(struct payscore *engine, struct ps_poller *poller)
{
    for (int i = 0; i < PS_GROUP_MAX && poller->waiting.first != NULL; i++) {
        struct started *self = started_of(ps_parcels_take(&poller->waiting));
        memset(&self->submission, 0, sizeof self->submission);
        self->submission.user = self;
        self->submission.done = written;
        if (ps_submission_read(engine, &self->errand.command, &self->submission))
            ps_queue_push(engine, &poller->source, &self->submission);
        else
            written(&self->submission);
    }
    ps_door_patience(0);
    ps_queue_run(engine);
}

/* Polling. */

/* Those whose time is over are the first: all are equally patient. */
static void expire(struct payscore *engine, struct ps_poller *poller)
{
    int64_t now_ms = ps_client_now_ms();
    struct ps_parcel *oldest = poller->link.out.first;
    if (oldest != NULL && started_of(oldest)->until_ms <= now_ms) hang_up(engine, poller);
    struct ps_parcels rest;
    struct ps_parcel *parcel;
    ps_parcels_clear(&rest);
    while ((parcel = ps_parcels_take(&poller->waiting)) != NULL) {
        if (started_of(parcel)->until_ms <= now_ms)
            give_up(poller, parcel, PAYSCORE_E_BUSY);
        else
            ps_parcels_add(&rest, parcel);
    }
    while ((parcel = ps_parcels_take(&rest)) != NULL)
        ps_parcels_add(&poller->waiting, parcel);
}

static void take_fresh(struct ps_poller *poller)
{
    struct ps_parcel *parcel;
    pthread_mutex_lock(&poller->mutex);
    while ((parcel = ps_parcels_take(&poller->fresh)) != NULL)
        ps_parcels_add(&poller->waiting, parcel);
    pthread_mutex_unlock(&poller->mutex);
}

static void move_on(struct payscore *engine, struct ps_poller *poller)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        bool queued = poller->source.unfinished > 0; /* Behind a leader who did not take it. */
        if (poller->waiting.first == NULL && poller->link.out.first == NULL &&
            poller->link.fd < 0 && !queued)
            return;
        enum payscore_status rc = travel(engine, poller);
        if (rc == PAYSCORE_E_NOT_FOUND || queued) write_here(engine, poller);
        if (rc == PAYSCORE_E_PROCESS || rc == PAYSCORE_E_VERSION) give_all_up(poller, rc);
        if (rc != PAYSCORE_E_BUSY) return;
    }
}

enum payscore_status payscore_poll(struct payscore *engine, struct payscore_error *error)
{
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->role == PAYSCORE_READER)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "a reader has started nothing");
    if (engine->role == PAYSCORE_DRIVER) {
        ps_queue_deliver(engine);
        return PAYSCORE_OK;
    }
    struct ps_poller *poller = ps_client_poller(engine);
    ps_queue_quiet(engine);
    take_fresh(poller);
    ps_queue_deliver(engine);
    move_on(engine, poller);
    ps_queue_deliver(engine);
    expire(engine, poller);
    watch(engine, poller);
    tell_all(poller);
    return PAYSCORE_OK;
}

enum payscore_status ps_poller_open(struct ps_poller **poller)
{
    struct ps_poller *self = calloc(1, sizeof *self);
    if (self == NULL || pthread_mutex_init(&self->mutex, NULL) != 0) {
        free(self);
        return PAYSCORE_E_MEMORY;
    }
    ps_parcels_clear(&self->fresh);
    ps_parcels_clear(&self->waiting);
    ps_parcels_clear(&self->ended);
    ps_link_init(&self->link);
    *poller = self;
    return PAYSCORE_OK;
}

void ps_poller_close(struct payscore *engine, struct ps_poller *poller)
{
    if (poller == NULL) return;
    hang_up(engine, poller);
    if (ps_process_is_ours(engine)) {
        take_fresh(poller);
        give_all_up(poller, PAYSCORE_E_UNSURE);
        tell_all(poller);
        pthread_mutex_destroy(&poller->mutex);
    }
    free(poller);
}
