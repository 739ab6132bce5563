/*
 * Blocking submits of a SUBMITTER. A thread takes a connection out of the pool, or makes one; where
 * nobody listens its commands go into the process's own queue, whose leader passes the door: it
 * takes the lock, and lets go of it after one commit.
 */
#include "submit/client.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "engine/merchants.h"
#include "engine/writing.h"
#include "submit/queue.h"

enum { IDLE_MAX = 64, PAUSE_MS = 3, PATIENCE_MS = 10000, PATIENCE_MAX_MS = 24 * 3600 * 1000 };

struct ps_client {
    struct ps_place here;
    int64_t patience_ms;
    pthread_mutex_t mutex; /* Guards the pool. */
    struct ps_link idle[IDLE_MAX];
    size_t idle_count;
    struct ps_poller *poller;
};

int64_t ps_client_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const struct ps_place *ps_client_here(const struct payscore *engine)
{
    return &engine->client->here;
}

int64_t ps_client_patience_ms(const struct payscore *engine)
{
    return engine->client->patience_ms;
}

struct ps_poller *ps_client_poller(const struct payscore *engine)
{
    return engine->client->poller;
}

/* The door. */

static _Thread_local int64_t door_until_ms;

void ps_door_patience(int64_t until_ms)
{
    door_until_ms = until_ms;
}

static enum payscore_status enter(struct payscore *engine, struct payscore_error *error)
{
    int64_t left_ms = door_until_ms - ps_client_now_ms();
    const struct ps_lock_wish wish = {
        .hold = PS_LOCK_MOMENT, .patience_ms = left_ms > 0 ? left_ms : 0, .way = engine->way};
    struct ps_lock_owner owner;
    enum payscore_status rc = ps_lock_take_timed(&engine->lock, engine->path, &wish, &owner, error);
    if (rc == PAYSCORE_E_BUSY && owner.foreign) return PAYSCORE_E_PROCESS;
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_writing_check(engine, error);
    if (rc == PAYSCORE_OK) return rc;
    ps_lock_release(engine->lock);
    engine->lock = NULL;
    return rc;
}

static void leave(struct payscore *engine)
{
    ps_lock_release(engine->lock);
    engine->lock = NULL;
}

const struct ps_door ps_client_door = {enter, leave};

/* The pool. */

static bool take_idle(struct ps_client *client, struct ps_link *link)
{
    pthread_mutex_lock(&client->mutex);
    bool found = client->idle_count > 0;
    if (found) {
        *link = client->idle[--client->idle_count];
        ps_parcels_clear(&link->out); /* Their ends point into the place it was kept in. */
        ps_parcels_clear(&link->arrived);
    }
    pthread_mutex_unlock(&client->mutex);
    return found;
}

static void give_back(struct ps_client *client, struct ps_link *link)
{
    struct ps_parcels none;
    ps_parcels_clear(&none);
    pthread_mutex_lock(&client->mutex);
    bool room = client->idle_count < IDLE_MAX;
    if (room) client->idle[client->idle_count++] = *link;
    pthread_mutex_unlock(&client->mutex);
    if (!room) ps_link_close(link, &none);
}

static void drop_idle(struct ps_client *client)
{
    struct ps_link link;
    struct ps_parcels none;
    ps_parcels_clear(&none);
    while (take_idle(client, &link))
        ps_link_close(&link, &none);
}

/* Through the driver. */

static void pause_a_little(void)
{
    (void)poll(NULL, 0, PAUSE_MS);
}

/* False: the time is over. */
static bool wait_for(const struct ps_link *link, int64_t until_ms)
{
    struct pollfd file = {link->fd, ps_link_wants(link), 0};
    for (;;) {
        int64_t left_ms = until_ms - ps_client_now_ms();
        if (left_ms <= 0) return false;
        int count = poll(&file, 1, (int)left_ms);
        if (count > 0 || (count < 0 && errno != EINTR)) return true;
    }
}

/* What is to be carried on goes into `again`. */
static void settle_arrived(struct ps_link *link, struct ps_parcels *again)
{
    struct ps_parcel *parcel;
    while ((parcel = ps_parcels_take(&link->arrived)) != NULL) {
        struct ps_errand *errand = (struct ps_errand *)parcel;
        if (!ps_errand_settle(errand, &parcel->result)) ps_parcels_add(again, parcel);
    }
}

static void move_all(struct ps_parcels *from, struct ps_parcels *to)
{
    struct ps_parcel *parcel;
    while ((parcel = ps_parcels_take(from)) != NULL)
        ps_parcels_add(to, parcel);
}

static enum payscore_status exchange(struct payscore *engine, struct ps_link *link,
                                     struct ps_parcels *pending, int64_t until_ms)
{
    struct ps_parcel *parcel;
    while ((parcel = ps_parcels_take(pending)) != NULL)
        ps_link_add(link, parcel);
    for (;;) {
        enum payscore_status rc = ps_link_pump(link, &engine->client->here);
        settle_arrived(link, pending);
        if (rc != PAYSCORE_OK || link->out.first == NULL) return rc;
        if (!wait_for(link, until_ms)) return PAYSCORE_E_BUSY;
    }
}

/* Errors: E_NOT_FOUND (nobody listens), E_BUSY (try again), what ps_link_pump() found. */
static enum payscore_status travel(struct payscore *engine, struct ps_parcels *pending,
                                   int64_t until_ms)
{
    struct ps_client *client = engine->client;
    struct ps_link link;
    struct ps_parcels unanswered;
    bool kept = take_idle(client, &link);
    enum payscore_status rc = PAYSCORE_OK;
    if (!kept) {
        ps_link_init(&link);
        rc = ps_link_open(&link, engine->way);
    }
    if (rc != PAYSCORE_OK) return rc;
    rc = exchange(engine, &link, pending, until_ms);
    if (rc == PAYSCORE_OK) {
        give_back(client, &link);
        return rc;
    }
    ps_parcels_clear(&unanswered);
    ps_link_close(&link, &unanswered);
    move_all(pending, &unanswered); /* They were answered "later", behind those before them. */
    *pending = unanswered;
    if (pending->first == NULL) ps_parcels_clear(pending);
    if (kept) drop_idle(client); /* They lead to the same driver. */
    return rc;
}

/* Through the lock. */

static size_t read_all(struct payscore *engine, struct ps_parcels *pending,
                       struct ps_submission *submissions)
{
    struct ps_parcel *parcel;
    size_t good = 0;
    while ((parcel = ps_parcels_take(pending)) != NULL) {
        struct ps_errand *errand = (struct ps_errand *)parcel;
        struct ps_submission *submission = &submissions[good];
        submission->user = errand;
        if (ps_submission_read(engine, &errand->command, submission)) {
            good++;
            continue;
        }
        ps_errand_settle(errand, &submission->reading.result); /* It can never be used. */
        ps_submission_end(submission);
        *submission = (struct ps_submission){.user = NULL};
    }
    return good;
}

/* Why the door did not open: the queue knows the status alone. */
static void explain(struct payscore *engine, struct payscore_result *result)
{
    struct payscore_error why;
    if (result->status != PAYSCORE_E_CHART) return;
    if (ps_writing_check(engine, &why) == PAYSCORE_E_CHART) result->error = why;
}

static enum payscore_status write_here(struct payscore *engine, struct ps_parcels *pending,
                                       int64_t until_ms)
{
    struct ps_source batch = {0};
    size_t count = 0;
    for (struct ps_parcel *parcel = pending->first; parcel != NULL; parcel = parcel->next)
        count++;
    struct ps_submission *submissions = calloc(count, sizeof *submissions);
    if (submissions == NULL) return PAYSCORE_E_MEMORY;
    size_t good = read_all(engine, pending, submissions);
    ps_door_patience(until_ms);
    ps_queue_submit(engine, count > 1 ? &batch : NULL, submissions, good);
    for (size_t i = 0; i < good; i++) {
        struct ps_errand *errand = submissions[i].user;
        explain(engine, &submissions[i].reading.result);
        if (!ps_errand_settle(errand, &submissions[i].reading.result))
            ps_parcels_add(pending, &errand->parcel);
        ps_submission_end(&submissions[i]);
    }
    free(submissions);
    return pending->first == NULL ? PAYSCORE_OK : PAYSCORE_E_BUSY;
}

/* Until all of them are answered, or the time is over. */
static void deliver(struct payscore *engine, struct ps_parcels *pending, int64_t until_ms)
{
    enum payscore_status rc = PAYSCORE_OK;
    while (pending->first != NULL) {
        rc = travel(engine, pending, until_ms);
        if (rc == PAYSCORE_E_NOT_FOUND) rc = write_here(engine, pending, until_ms);
        bool hopeless = rc != PAYSCORE_OK && rc != PAYSCORE_E_BUSY;
        if (hopeless || ps_client_now_ms() >= until_ms) break;
        if (pending->first != NULL) pause_a_little();
    }
    struct ps_parcel *parcel;
    while ((parcel = ps_parcels_take(pending)) != NULL)
        ps_errand_give_up((struct ps_errand *)parcel, rc == PAYSCORE_OK ? PAYSCORE_E_BUSY : rc);
}

void ps_client_submit(struct payscore *engine, const struct payscore_command *commands,
                      size_t count, struct payscore_result *results)
{
    struct ps_parcels pending;
    struct ps_errand one;
    struct ps_errand *errands = count == 1 ? &one : malloc(count * sizeof *errands);
    int64_t until_ms = ps_client_now_ms() + engine->client->patience_ms;
    ps_parcels_clear(&pending);
    for (size_t i = 0; errands == NULL && i < count; i++) {
        results[i] = (struct payscore_result){
            .status = PAYSCORE_E_MEMORY, .chart = "", .state = "", .row_text = ""};
    }
    if (errands == NULL) return;
    for (size_t i = 0; i < count; i++)
        if (ps_errand_begin(engine, &errands[i], &commands[i]))
            ps_parcels_add(&pending, &errands[i].parcel);
    deliver(engine, &pending, until_ms);
    for (size_t i = 0; i < count; i++) {
        results[i] = errands[i].result;
        ps_errand_end(&errands[i]);
    }
    if (errands != &one) free(errands);
    /* The driver may have met our merchants before this handle did. */
    ps_merchants_refresh(engine);
}

enum payscore_status ps_client_open(struct payscore *engine, const struct payscore_options *options)
{
    struct ps_client *self = calloc(1, sizeof *self);
    if (self == NULL) return PAYSCORE_E_MEMORY;
    if (pthread_mutex_init(&self->mutex, NULL) != 0) {
        free(self);
        return PAYSCORE_E_MEMORY;
    }
    self->here = ps_place_here();
    self->patience_ms = options->patience_ms > 0 ? options->patience_ms : PATIENCE_MS;
    if (self->patience_ms > PATIENCE_MAX_MS) self->patience_ms = PATIENCE_MAX_MS;
    engine->client = self; /* From here on ps_client_close() ends it. */
    ps_queue_set_door(engine, &ps_client_door);
    return ps_poller_open(&self->poller);
}

void ps_client_close(struct payscore *engine)
{
    struct ps_client *client = engine->client;
    if (client == NULL) return;
    ps_poller_close(engine, client->poller);
    for (size_t i = 0; i < client->idle_count; i++) {
        struct ps_parcels none;
        ps_parcels_clear(&none);
        ps_link_close(&client->idle[i], &none);
    }
    if (ps_process_is_ours(engine)) pthread_mutex_destroy(&client->mutex);
    free(client);
    engine->client = NULL;
}
