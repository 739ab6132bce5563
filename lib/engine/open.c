/*
 * Opening and closing: the lock, the store, the merchants with their keys, the governing charts.
 */
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/panic.h"
#include "engine/internal.h"

static int64_t system_now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void system_random(void *context, void *bytes, size_t size)
{
    (void)context;
    PS_ASSERT(size <= 4096 && RAND_bytes(bytes, (int)size) == 1);
}

int64_t ps_now_ms(const struct payscore *engine)
{
    return engine->world.now_ms(engine->world.context);
}

bool ps_process_is_ours(const struct payscore *engine)
{
    return engine->pid == getpid();
}

enum payscore_status ps_process_check(const struct payscore *engine, struct payscore_error *error)
{
    if (ps_process_is_ours(engine)) return PAYSCORE_OK;
    return ps_fail(error, PAYSCORE_E_PROCESS,
                   "process %ld uses a handle that process %ld opened: a handle does not live "
                   "through fork; open the store again in the child",
                   (long)getpid(), (long)engine->pid);
}

void ps_random(const struct payscore *engine, void *bytes, size_t size)
{
    engine->world.random(engine->world.context, bytes, size);
}

/* A world of the caller's own is asked for each by itself, so that what it gives is repeatable. */
uint32_t ps_chance(struct payscore *engine)
{
    struct ps_chances *chances = &engine->chances;
    uint32_t chance;
    if (engine->world.random != system_random) {
        ps_random(engine, &chance, sizeof chance);
        return chance;
    }
    if (chances->left == 0) {
        ps_random(engine, chances->values, sizeof chances->values);
        chances->left = sizeof chances->values / sizeof chances->values[0];
    }
    return chances->values[--chances->left];
}

void ps_world_complete(struct payscore_world *world)
{
    if (world->now_ms == NULL) world->now_ms = system_now_ms;
    if (world->random == NULL) world->random = system_random;
}

static char *copy_text(struct payscore_text text)
{
    char *copy = malloc(text.size + 1);
    if (copy == NULL) return NULL;
    if (text.size > 0) memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    return copy;
}

static void free_merchants(struct payscore *engine)
{
    for (size_t i = 0; i < engine->merchant_count; i++) {
        struct ps_merchant *merchant = &engine->merchants[i];
        free(merchant->mchid);
        free(merchant->appid);
        free(merchant->service_id);
        free(merchant->notify_url);
        ps_keyring_close(merchant->ring);
    }
    free(engine->merchants);
}

static enum payscore_status copy_merchant(struct ps_merchant *to,
                                          const struct payscore_merchant *from,
                                          struct payscore_error *error)
{
    if (from->mchid.size == 0 || from->mchid.size > 32 || from->appid.size == 0 ||
        from->appid.size > 32 || from->service_id.size == 0 || from->service_id.size > 32 ||
        from->notify_url.size > PS_URL_BASE_MAX) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT,
                       "a merchant's mchid, appid or service_id is empty or over 32 "
                       "characters, or its notify_url is over %d",
                       PS_URL_BASE_MAX);
    }
    to->mchid = copy_text(from->mchid);
    to->appid = copy_text(from->appid);
    to->service_id = copy_text(from->service_id);
    to->notify_url = copy_text(from->notify_url);
    if (to->mchid == NULL || to->appid == NULL || to->service_id == NULL || to->notify_url == NULL)
        return PAYSCORE_E_MEMORY;
    if (from->credentials == NULL) return PAYSCORE_OK;
    return ps_keyring_open(&to->ring, from->credentials, error);
}

static enum payscore_status copy_merchants(struct payscore *engine,
                                           const struct payscore_options *options,
                                           struct payscore_error *error)
{
    if (options->merchant_count > PS_MERCHANTS_MAX) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT,
                       "%zu merchants are more than the %d that one store serves",
                       options->merchant_count, PS_MERCHANTS_MAX);
    }
    engine->merchants = calloc(options->merchant_count + 1, sizeof *engine->merchants);
    if (engine->merchants == NULL) return PAYSCORE_E_MEMORY;
    for (size_t i = 0; i < options->merchant_count; i++) {
        engine->merchant_count = i + 1;
        enum payscore_status rc =
            copy_merchant(&engine->merchants[i], &options->merchants[i], error);
        if (rc != PAYSCORE_OK) return rc;
    }
    return PAYSCORE_OK;
}

/* Names become numbers once: "m" mchid, or "s" mchid NUL appid NUL service_id. */
static size_t intern_key(char key[128], char kind, const struct ps_merchant *merchant)
{
    size_t size = 0;
    key[size++] = kind;
    size_t length = strlen(merchant->mchid);
    memcpy(key + size, merchant->mchid, length);
    size += length;
    if (kind == 'm') return size;
    key[size++] = '\0';
    length = strlen(merchant->appid);
    memcpy(key + size, merchant->appid, length);
    size += length;
    key[size++] = '\0';
    length = strlen(merchant->service_id);
    memcpy(key + size, merchant->service_id, length);
    return size + length;
}

static uint32_t number_of(struct ps_txn *txn, struct payscore_text key)
{
    struct payscore_text value;
    uint32_t number = 0;
    if (ps_txn_get(txn, PS_TABLE_META, key, &value) == PAYSCORE_OK && value.size == sizeof number)
        memcpy(&number, value.data, sizeof number);
    return number;
}

static uint32_t intern(struct ps_txn *txn, struct payscore_text key, bool write)
{
    uint32_t number = number_of(txn, key);
    if (number != 0 || !write) return number;
    number = number_of(txn, PAYSCORE_TEXT("interned")) + 1;
    struct payscore_text value = {(const char *)&number, sizeof number};
    ps_txn_put(txn, PS_TABLE_META, PAYSCORE_TEXT("interned"), value);
    ps_txn_put(txn, PS_TABLE_META, key, value);
    return number;
}

static void intern_merchants(struct payscore *engine, struct ps_txn *txn, bool write)
{
    for (size_t i = 0; i < engine->merchant_count; i++) {
        struct ps_merchant *merchant = &engine->merchants[i];
        char key[128];
        merchant->merchant =
            intern(txn, (struct payscore_text){key, intern_key(key, 'm', merchant)}, write);
        merchant->service =
            intern(txn, (struct payscore_text){key, intern_key(key, 's', merchant)}, write);
    }
}

static bool is_governed_otherwise(struct ps_txn *txn, const char *key)
{
    struct payscore_text governing;
    return ps_txn_get(txn, PS_TABLE_META, PAYSCORE_TEXT("governing"), &governing) == PAYSCORE_OK &&
           !ps_text_is(governing, key);
}

static void store_charts(struct ps_txn *txn, const char *key, struct payscore_text text)
{
    struct payscore_text value;
    if (ps_txn_get(txn, PS_TABLE_META, ps_text_of(key), &value) != PAYSCORE_OK)
        ps_txn_put(txn, PS_TABLE_META, ps_text_of(key), text);
    ps_txn_put(txn, PS_TABLE_META, PAYSCORE_TEXT("governing"), ps_text_of(key));
}

/*
 * A driver raises the epoch: what an earlier process handed out counts as sent from here on. Only a
 * driver that stays changes by which charts the store is governed.
 */
static enum payscore_status begin_driving(struct payscore *engine, struct payscore_text charts,
                                          struct payscore_error *error)
{
    struct ps_txn *txn = NULL;
    char key[PS_CHART_KEY_SIZE];
    ps_chart_key(engine->chart_digest, key);
    enum payscore_status rc = ps_txn_begin(engine->store, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->role == PAYSCORE_SUBMITTER && is_governed_otherwise(txn, key)) {
        ps_txn_abort(txn);
        return ps_fail(error, PAYSCORE_E_CHART,
                       "the charts that govern this store are of another version: start its worker "
                       "and submit through that, or use the program of the worker's version");
    }
    struct ps_head head = *ps_txn_head(txn);
    engine->epoch = ++head.epoch;
    engine->driving_since_ms = ps_now_ms(engine);
    if (head.last_ms > engine->driving_since_ms) engine->driving_since_ms = head.last_ms;
    intern_merchants(engine, txn, true);
    store_charts(txn, key, charts);
    return ps_txn_commit(txn, &head);
}

static enum payscore_status begin_reading(struct payscore *engine)
{
    struct ps_txn *txn = NULL;
    enum payscore_status rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    engine->epoch = ps_txn_head(txn)->epoch;
    intern_merchants(engine, txn, false);
    ps_txn_abort(txn);
    return PAYSCORE_OK;
}

static enum payscore_status take_lock(struct payscore *engine,
                                      const struct payscore_options *options,
                                      struct payscore_error *error)
{
    if (options->path == NULL || options->role == PAYSCORE_READER) return PAYSCORE_OK;
    struct ps_lock_owner owner;
    return ps_lock_take(&engine->lock, options->path, options->socket, &owner, error);
}

static enum payscore_status open_store(struct payscore *engine,
                                       const struct payscore_options *options,
                                       struct payscore_error *error)
{
    uint64_t incarnation = 0;
    while (incarnation == 0)
        ps_random(engine, &incarnation, sizeof incarnation);
    if (options->path == NULL) return ps_store_open_memory(&engine->store, incarnation);
    struct ps_lmdb_options lmdb = {
        .path = options->path,
        .map_bytes_max = options->map_bytes_max,
        .access = options->role == PAYSCORE_READER ? PS_READ : PS_WRITE,
        .incarnation = incarnation,
        .reserve_bytes = options->reserve_bytes,
        .stuck_growth_bytes = options->stuck_growth_bytes,
        .upgrades = options->role == PAYSCORE_DRIVER,
    };
    return ps_store_open_lmdb(&engine->store, &lmdb, error);
}

static enum payscore_status begin(struct payscore *engine, struct payscore_error *error)
{
    char *charts = NULL;
    size_t size = 0;
    enum payscore_status rc = ps_charts_text(&charts, &size, engine->chart_digest);
    if (rc != PAYSCORE_OK) return rc;
    rc = engine->role == PAYSCORE_READER
             ? begin_reading(engine)
             : begin_driving(engine, (struct payscore_text){charts, size}, error);
    free(charts);
    return rc;
}

enum payscore_status payscore_open(struct payscore **engine, const struct payscore_options *options,
                                   struct payscore_error *error)
{
    struct payscore_error unused;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    if (options->size != sizeof *options) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "options of %zu bytes: use PAYSCORE_OPTIONS()",
                       options->size);
    }
    struct payscore *self = calloc(1, sizeof *self);
    enum payscore_status rc = self == NULL ? PAYSCORE_E_MEMORY : ps_watch_begin(&self->watch);
    if (rc != PAYSCORE_OK) {
        free(self);
        self = NULL;
        goto out;
    }
    self->pid = getpid();
    self->role = options->path == NULL ? PAYSCORE_DRIVER : options->role;
    self->world = options->world;
    ps_world_complete(&self->world);

    rc = copy_merchants(self, options, error);
    if (rc != PAYSCORE_OK) goto out;
    rc = take_lock(self, options, error);
    if (rc != PAYSCORE_OK) goto out;
    rc = open_store(self, options, error);
    if (rc != PAYSCORE_OK) goto out;
    rc = begin(self, error);
    if (rc != PAYSCORE_OK) goto out;
    if (self->role != PAYSCORE_READER) rc = ps_queue_open(self);
    if (rc != PAYSCORE_OK) goto out;
    *engine = self;
    self = NULL;
out:
    if (rc != PAYSCORE_OK && error->text[0] == '\0')
        ps_fail(error, PAYSCORE_OK, "%s", payscore_status_text(rc));
    payscore_close(self);
    return rc;
}

void payscore_close(struct payscore *engine)
{
    if (engine == NULL) return;
    ps_queue_close(engine);
    ps_watch_end(&engine->watch);
    ps_store_close(engine->store);
    ps_lock_release(engine->lock); /* Last: whoever takes it next finds the store closed. */
    free_merchants(engine);
    free(engine);
}

enum payscore_status payscore_driver(const char *path, struct payscore_owner *owner)
{
    struct ps_lock_owner holder = {0};
    memset(owner, 0, sizeof *owner);
    enum payscore_status rc = ps_lock_peek(path, &owner->driven, &holder);
    if (rc != PAYSCORE_OK || !owner->driven) return rc;
    owner->pid = holder.pid;
    memcpy(owner->socket, holder.socket, sizeof owner->socket);
    return rc;
}
