/*
 * Opening and closing a handle: the merchants with their keys, the lock, the store, the governing
 * charts, and by its role what it submits or is submitted to by.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/merchants.h"
#include "engine/writing.h"
#include "submit/client.h"
#include "submit/drive.h"
#include "submit/queue.h"

/* So long a driver waits for the moments of submitters; they last as long as a commit. */
enum { DRIVER_PATIENCE_MS = 5000 };

/* Options as an embedder's build knew them: the struct only grows. */
static enum payscore_status read_options(const struct payscore_options *given,
                                         struct payscore_options *options,
                                         struct payscore_error *error)
{
    memset(options, 0, sizeof *options);
    if (given->size < offsetof(struct payscore_options, reserve_bytes) || given->size % 8 != 0) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "options of %zu bytes: use PAYSCORE_OPTIONS()",
                       given->size);
    }
    if (given->size > sizeof *options) {
        return ps_fail(error, PAYSCORE_E_VERSION,
                       "options of %zu bytes, of which this library knows %zu: it is older than "
                       "the headers that the program was built with",
                       given->size, sizeof *options);
    }
    memcpy(options, given, given->size);
    if (options->role > PAYSCORE_SUBMITTER || options->patience_ms < 0)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "no such role, or a patience below 0");
    if (options->path != NULL && options->path[0] == '\0')
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "an empty path: name the store's directory");
    return PAYSCORE_OK;
}

static enum payscore_status refuse_foreign(const char *path, const struct ps_lock_owner *owner,
                                           struct payscore_error *error)
{
    return ps_fail(error, PAYSCORE_E_PROCESS,
                   "store '%s' is driven from another pid namespace or machine (there its pid is "
                   "%lld): share the driver's pid namespace, or reach it another way",
                   path, (long long)owner->pid);
}

/*
 * Who reads or submits from another pid namespace than the driver's would be taken for dead, and
 * what it still reads would be written over.
 */
static enum payscore_status meet_driver(const char *path, struct payscore_error *error)
{
    bool held = false;
    struct ps_lock_owner owner;
    enum payscore_status rc = ps_lock_peek(path, &held, &owner);
    if (rc != PAYSCORE_OK || !held || !owner.foreign) return PAYSCORE_OK; /* Opening says why. */
    return refuse_foreign(path, &owner, error);
}

static enum payscore_status take_lock(struct payscore *engine, struct payscore_error *error)
{
    const struct ps_lock_wish wish = {
        .hold = PS_LOCK_STAYS, .socket = PS_DRIVE_SOCKET, .patience_ms = DRIVER_PATIENCE_MS};
    struct ps_lock_owner owner;
    if (engine->path == NULL) return PAYSCORE_OK;
    if (engine->role != PAYSCORE_DRIVER) return meet_driver(engine->path, error);
    enum payscore_status rc = ps_lock_take_timed(&engine->lock, engine->path, &wish, &owner, error);
    if (rc != PAYSCORE_E_BUSY) return rc;
    if (owner.foreign) return refuse_foreign(engine->path, &owner, error);
    if (owner.pid == engine->pid) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT,
                       "this process has store '%s' open already: share that handle", engine->path);
    }
    return rc;
}

static enum payscore_status open_store(struct payscore *engine,
                                       const struct payscore_options *options,
                                       struct payscore_error *error)
{
    uint64_t incarnation = 0;
    while (incarnation == 0)
        ps_random(engine, &incarnation, sizeof incarnation);
    if (engine->path == NULL) return ps_store_open_memory(&engine->store, incarnation);
    struct ps_lmdb_options lmdb = {
        .path = engine->path,
        .map_bytes_max = options->map_bytes_max,
        .access = engine->role == PAYSCORE_READER ? PS_READ : PS_WRITE,
        .incarnation = engine->role == PAYSCORE_DRIVER ? incarnation : 0,
        .reserve_bytes = options->reserve_bytes,
        .stuck_growth_bytes = options->stuck_growth_bytes,
        .upgrades = engine->role == PAYSCORE_DRIVER,
    };
    enum payscore_status rc = ps_store_open_lmdb(&engine->store, &lmdb, error);
    if (rc != PAYSCORE_OK) return rc;
    /* A path that led here may lead elsewhere later: what is open does not. */
    snprintf(engine->way, sizeof engine->way, "/proc/self/fd/%d",
             ps_store_directory(engine->store));
    return PAYSCORE_OK;
}

static enum payscore_status begin(struct payscore *engine)
{
    char *charts = NULL;
    size_t size = 0;
    enum payscore_status rc = ps_charts_text(&charts, &size, engine->chart_digest);
    if (rc != PAYSCORE_OK) return rc;
    rc = engine->role == PAYSCORE_DRIVER
             ? ps_writing_drive(engine, (struct payscore_text){charts, size})
             : ps_merchants_read(engine);
    free(charts);
    return rc;
}

/* How others reach it, or it reaches others. */
static enum payscore_status connect_roles(struct payscore *engine,
                                          const struct payscore_options *options,
                                          struct payscore_error *error)
{
    if (engine->role == PAYSCORE_READER) return PAYSCORE_OK;
    enum payscore_status rc = ps_queue_open(engine);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->role == PAYSCORE_SUBMITTER) return ps_client_open(engine, options);
    return engine->path == NULL ? PAYSCORE_OK : ps_drive_open(engine, error);
}

static enum payscore_status open_engine(struct payscore *engine,
                                        const struct payscore_options *options,
                                        struct payscore_error *error)
{
    engine->role = options->path == NULL ? PAYSCORE_DRIVER : options->role;
    engine->pid = getpid();
    engine->world = options->world;
    ps_world_complete(&engine->world);
    if (options->path != NULL && (engine->path = strdup(options->path)) == NULL)
        return PAYSCORE_E_MEMORY;
    enum payscore_status rc = ps_merchants_copy(engine, options, error);
    if (rc == PAYSCORE_OK) rc = take_lock(engine, error);
    if (rc == PAYSCORE_OK) rc = open_store(engine, options, error);
    if (rc == PAYSCORE_OK) rc = begin(engine);
    if (rc == PAYSCORE_OK) rc = connect_roles(engine, options, error);
    return rc;
}

enum payscore_status payscore_open(struct payscore **engine, const struct payscore_options *options,
                                   struct payscore_error *error)
{
    struct payscore_error unused;
    struct payscore_options known;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    *engine = NULL;
    enum payscore_status rc = read_options(options, &known, error);
    if (rc != PAYSCORE_OK) return rc;
    struct payscore *self = calloc(1, sizeof *self);
    rc = self == NULL ? PAYSCORE_E_MEMORY : ps_watch_begin(&self->watch);
    if (rc != PAYSCORE_OK) {
        free(self);
        return ps_fail(error, rc, "%s", payscore_status_text(rc));
    }
    rc = open_engine(self, &known, error);
    if (rc == PAYSCORE_OK) {
        *engine = self;
        return rc;
    }
    if (error->text[0] == '\0') ps_fail(error, PAYSCORE_OK, "%s", payscore_status_text(rc));
    payscore_close(self);
    return rc;
}

/*
 * In a forked child what is mapped and locked is the parent's: it is left alone, and its memory
 * stays with the child.
 */
void payscore_close(struct payscore *engine)
{
    if (engine == NULL) return;
    bool ours = ps_process_is_ours(engine);
    engine->closing = true;
    ps_queue_close(engine);
    ps_client_close(engine);
    ps_drive_close(engine);
    if (ours) ps_watch_end(&engine->watch);
    if (ours) ps_store_close(engine->store);
    ps_lock_release(engine->lock); /* Last: whoever takes it next finds the store closed. */
    ps_merchants_free(engine);
    free(engine->path);
    free(engine);
}

enum payscore_status payscore_driver(const char *path, struct payscore_owner *owner)
{
    struct ps_lock_owner holder = {0};
    bool held = false;
    memset(owner, 0, sizeof *owner);
    if (path == NULL || path[0] == '\0') return PAYSCORE_E_ARGUMENT;
    enum payscore_status rc = ps_lock_peek(path, &held, &holder);
    owner->driven = held && holder.hold == PS_LOCK_STAYS;
    if (owner->driven) owner->pid = holder.pid;
    return rc;
}
