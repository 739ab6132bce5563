/* The raw reference. */
#include "bench/raw.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "bench/clock.h"
#include "engine/keys.h"

enum { HISTORY_MAX = 16384, GROUP = 16384, READERS_MAX = 510, FILE_MODE = 0600 };
static const size_t map_bytes = (size_t)1 << 40;
static const int64_t span_ms = (int64_t)90 * 24 * 3600 * 1000;

static bool check(int code, const char *what)
{
    return code == MDB_SUCCESS || bench_fail("raw: %s: %s", what, mdb_strerror(code));
}

static bool open_environment(struct raw *raw)
{
    MDB_txn *txn = NULL;
    MDB_stat stat = {0};
    (void)mkdir(raw->path, 0700);
    if (!check(mdb_env_create(&raw->env), "create") ||
        !check(mdb_env_set_maxdbs(raw->env, 2), "maxdbs") ||
        !check(mdb_env_set_maxreaders(raw->env, READERS_MAX), "maxreaders") ||
        !check(mdb_env_set_mapsize(raw->env, map_bytes), "mapsize") ||
        !check(mdb_env_open(raw->env, raw->path, MDB_NOTLS | MDB_NORDAHEAD, FILE_MODE), "open") ||
        !check(mdb_txn_begin(raw->env, NULL, 0, &txn), "begin"))
        return false;
    if (!check(mdb_dbi_open(txn, "records", MDB_CREATE, &raw->records), "records") ||
        !check(mdb_dbi_open(txn, "history", MDB_CREATE, &raw->history), "history") ||
        !check(mdb_stat(txn, raw->history, &stat), "stat"))
        return false;
    raw->entries = stat.ms_entries;
    return check(mdb_txn_commit(txn), "commit");
}

static int put(struct raw *raw, MDB_txn *txn, const struct bench_order *order)
{
    static const char zeroes[HISTORY_MAX];
    char record[sizeof(struct ps_record)] = {0};
    struct ps_id_key id = ps_id_key(&order->id);
    struct ps_entry_key entry = ps_entry_key(++raw->entries);
    memcpy(record, order->number, sizeof order->number);
    memcpy(record + sizeof record - sizeof raw->entries, &raw->entries, sizeof raw->entries);
    MDB_val key = {sizeof id.bytes, id.bytes};
    MDB_val value = {sizeof record, record};
    int code = mdb_put(txn, raw->records, &key, &value, 0);
    key = (MDB_val){sizeof entry.bytes, entry.bytes};
    value = (MDB_val){raw->history_bytes, NULL};
    if (code == MDB_SUCCESS)
        code = mdb_put(txn, raw->history, &key, &value, MDB_APPEND | MDB_RESERVE);
    if (code == MDB_SUCCESS) memcpy(value.mv_data, zeroes, raw->history_bytes);
    return code;
}

/* A place among the homes, by birth, as the engine gives it. */
static void bear(struct raw *raw, struct bench_order *order, uint64_t chance)
{
    bench_order_name(&raw->load, order, chance);
    order->id = (struct payscore_id){.birth_ms = (uint64_t)bench_clock_ms(),
                                     .counter = order->serial,
                                     .home = (uint16_t)((chance >> 32) % PS_HOMES)};
}

bool raw_prepare(void *store, struct bench_move *move, size_t thread, size_t place)
{
    struct raw *raw = store;
    uint64_t seed = move->order->serial * 2654435761u + thread + place + 1;
    if (move->kind == BENCH_create)
        move->order->id = (struct payscore_id){.birth_ms = (uint64_t)raw->load.now_ms(),
                                               .counter = move->order->serial,
                                               .home = (uint16_t)(bench_chance(&seed) % PS_HOMES)};
    return true;
}

bool raw_commit(void *store, struct bench_move *const *moves, size_t count)
{
    struct raw *raw = store;
    MDB_txn *txn = NULL;
    if (!check(mdb_txn_begin(raw->env, NULL, 0, &txn), "begin")) return false;
    for (size_t i = 0; i < count; i++) {
        int code = put(raw, txn, moves[i]->order);
        if (code == MDB_SUCCESS) continue;
        mdb_txn_abort(txn);
        return check(code, "put");
    }
    return check(mdb_txn_commit(txn), "commit");
}

/* As many entries of history as the engine's store has: two of one that ended. */
static bool build_group(struct raw *raw, struct bench_order *orders, size_t count, int times,
                        uint64_t *seed)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(raw->env, NULL, 0, &txn);
    if (code != MDB_SUCCESS) return check(code, "begin");
    for (size_t i = 0; i < count; i++)
        bear(raw, &orders[i], bench_chance(seed));
    for (size_t i = 0; i < count * (size_t)times && code == MDB_SUCCESS; i++)
        code = put(raw, txn, &orders[i % count]);
    if (code == MDB_SUCCESS) return check(mdb_txn_commit(txn), "commit");
    mdb_txn_abort(txn);
    return check(code, "put");
}

static bool fill(struct raw *raw, struct bench_order *dead, uint64_t records, size_t alive)
{
    uint64_t seed = 88172645463325252u, ended = records - alive;
    int64_t until_ms = bench_world_ms();
    for (uint64_t done = 0; done < ended;) {
        size_t group = ended - done < GROUP ? (size_t)(ended - done) : GROUP;
        double share = (double)done / (double)ended;
        bench_clock_hold(until_ms - span_ms + (int64_t)(share * (double)span_ms));
        if (!build_group(raw, dead, group, 2, &seed)) return false;
        done += group;
    }
    bench_clock_hold(until_ms);
    for (size_t done = 0; done < alive;) {
        size_t group = alive - done < GROUP ? alive - done : GROUP;
        if (!build_group(raw, &raw->load.orders[done], group, 3, &seed)) return false;
        done += group;
    }
    for (size_t i = 0; i < alive; i++)
        raw->load.orders[i].next = (uint8_t)(BENCH_poll + i % 3);
    return true;
}

static bool build(struct raw *raw, uint64_t records, size_t alive)
{
    int64_t began = bench_monotonic_ns();
    struct bench_order *dead = calloc(GROUP, sizeof *dead);
    (void)mdb_env_set_flags(raw->env, MDB_NOSYNC, 1);
    bool good =
        dead != NULL && bench_load_make(&raw->load, alive) && fill(raw, dead, records, alive);
    free(dead);
    (void)mdb_env_set_flags(raw->env, MDB_NOSYNC, 0);
    if (good) good = check(mdb_env_sync(raw->env, 1), "sync");
    (void)fprintf(stderr, "built %s: %llu records in %.1f s\n", raw->path,
                  (unsigned long long)records, (double)(bench_monotonic_ns() - began) / 1e9);
    return good;
}

static void orders_path(const struct raw *raw, char path[BENCH_PATH_MAX + 16])
{
    (void)snprintf(path, BENCH_PATH_MAX + 16, "%s/orders", raw->path);
}

bool raw_open(struct raw **raw, const char *path, uint64_t records, size_t alive,
              size_t history_bytes)
{
    char orders[BENCH_PATH_MAX + 16];
    uint64_t entries = 0;
    struct raw *self = calloc(1, sizeof *self);
    *raw = self;
    if (self == NULL) return bench_fail("memory is short");
    (void)snprintf(self->path, sizeof self->path, "%s", path);
    self->history_bytes = history_bytes < HISTORY_MAX ? history_bytes : HISTORY_MAX;
    self->load.now_ms = bench_clock_ms;
    if (!open_environment(self)) return false;
    orders_path(self, orders);
    if (self->entries == 0) return build(self, records, alive);
    if (!bench_load_restore(&self->load, orders, &entries) || entries != self->entries ||
        self->load.count != alive)
        return bench_fail("%s holds another store than the one that is wanted: remove it", path);
    return true;
}

void raw_close(struct raw *raw)
{
    char orders[BENCH_PATH_MAX + 16];
    if (raw == NULL) return;
    orders_path(raw, orders);
    if (raw->load.orders != NULL) (void)bench_load_save(&raw->load, orders, raw->entries);
    if (raw->env != NULL) mdb_env_close(raw->env);
    bench_load_free(&raw->load);
    free(raw);
}
