/* `bench store`: every contender opened, rounds in which each runs once, and the report. */
#include "bench/store.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/ours.h"
#include "bench/peers.h"
#include "bench/raw.h"
#include "bench/report.h"
#include "bench/whole.h"

enum sizes { EACH, ONCE };
enum { FRESH_MAX = 1000000 };

/* clang-format off */
static const struct {
    const char *name;
    enum sizes sizes;
    size_t threads, batch;
} rows[BENCH_ROWS] = {
#define ROW(name, sizes, threads, batch, text) [BENCH_ROW_##name] = {#name, sizes, threads, batch},
#include "bench/rows.def"
};
/* clang-format on */

struct run {
    const struct bench_options *options;
    struct ours *ours[BENCH_SIZES_MAX];
    struct raw *raw[BENCH_SIZES_MAX];
    struct peer_bytes bytes;
    struct bench_load loads[BENCH_ROWS]; /* Of the peers. */
    struct bench_contender contenders[BENCH_SIZES_MAX][BENCH_ROWS];
    struct bench_results results;
};

void bench_store_path(const struct bench_options *options, const char *whose, uint64_t records,
                      char path[BENCH_PATH_MAX])
{
    (void)snprintf(path, BENCH_PATH_MAX, "%s/%s-%llu", options->directory, whose,
                   (unsigned long long)records);
}

static bool wanted(const struct run *run, enum bench_row row)
{
    const struct bench_options *options = run->options;
    if (options->only != NULL) return strcmp(options->only, rows[row].name) == 0;
    switch (row) {
    case BENCH_ROW_sqlite: return options->sqlite;
    case BENCH_ROW_postgres_8:
    case BENCH_ROW_postgres_32: return options->postgres != NULL;
    case BENCH_ROW_redis:
    case BENCH_ROW_redis_pipelined: return options->redis != NULL;
    default: return true;
    }
}

static void forget(const char *path)
{
    static const char *const files[] = {"data.mdb", "lock.mdb", "orders"};
    char file[BENCH_PATH_MAX + 16];
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        (void)snprintf(file, sizeof file, "%s/%s", path, files[i]);
        (void)unlink(file);
    }
}

static bool open_stores(struct run *run, size_t size)
{
    const struct bench_options *options = run->options;
    uint64_t records = options->records[size];
    bool anew = options->fresh && records <= FRESH_MAX;
    char path[BENCH_PATH_MAX];
    bench_store_path(options, "ours", records, path);
    if (anew) forget(path);
    if (!ours_open(&run->ours[size], path, records, options->alive)) return false;
    run->results.history_bytes = prepared_history_bytes(&run->ours[size]->pool);
    bench_store_path(options, "raw", records, path);
    if (anew) forget(path);
    return raw_open(&run->raw[size], path, records, options->alive,
                    (size_t)run->results.history_bytes);
}

static void contend_ours(struct run *run, size_t size, struct bench_contender *contender)
{
    contender->load = &run->ours[size]->load;
    contender->store = run->ours[size];
    contender->prepare = ours_prepare;
    contender->each = ours_each;
    contender->commits = ours_commits;
}

static void contend_raw(struct run *run, size_t size, struct bench_contender *contender)
{
    contender->load = &run->raw[size]->load;
    contender->store = run->raw[size];
    contender->prepare = raw_prepare;
    contender->commit = raw_commit;
}

static bool contend_peer(struct run *run, enum bench_row row, struct bench_contender *contender)
{
    const struct bench_options *options = run->options;
    contender->load = &run->loads[row];
    if (row == BENCH_ROW_whole) return whole_open(contender, run->ours[0]);
    if (!peer_load(contender->load, options->alive)) return false;
    switch (row) {
    case BENCH_ROW_sqlite: return peer_sqlite_open(contender, options->directory, &run->bytes);
    case BENCH_ROW_postgres_8:
    case BENCH_ROW_postgres_32:
        return peer_postgres_open(contender, options->postgres, &run->bytes);
    default: return peer_redis_open(contender, options->redis, &run->bytes);
    }
}

static bool contend(struct run *run, size_t size, enum bench_row row)
{
    struct bench_contender *contender = &run->contenders[size][row];
    if (!wanted(run, row) || (rows[row].sizes == ONCE && size > 0)) return true;
    *contender = (struct bench_contender){
        .name = rows[row].name, .threads = rows[row].threads, .batch = rows[row].batch};
    run->results.series[size][row].present = true;
    switch (row) {
    case BENCH_ROW_ours:
    case BENCH_ROW_ours_1000: contend_ours(run, size, contender); return true;
    case BENCH_ROW_raw:
    case BENCH_ROW_raw_1000: contend_raw(run, size, contender); return true;
    default: return contend_peer(run, row, contender);
    }
}

static bool open_all(struct run *run)
{
    const struct bench_options *options = run->options;
    run->results.size_count = options->sizes;
    run->results.alive = options->alive;
    run->results.record_bytes = sizeof(struct ps_record);
    for (size_t size = 0; size < options->sizes; size++) {
        run->results.records[size] = options->records[size];
        if (!open_stores(run, size)) return false;
    }
    run->bytes.record = sizeof(struct ps_record);
    run->bytes.history = (size_t)run->results.history_bytes;
    for (size_t size = 0; size < options->sizes; size++)
        for (unsigned row = 0; row < BENCH_ROWS; row++)
            if (!contend(run, size, (enum bench_row)row)) return false;
    return true;
}

static void close_all(struct run *run)
{
    peer_sqlite_close(&run->contenders[0][BENCH_ROW_sqlite]);
    peer_postgres_close(&run->contenders[0][BENCH_ROW_postgres_8]);
    peer_postgres_close(&run->contenders[0][BENCH_ROW_postgres_32]);
    peer_redis_close(&run->contenders[0][BENCH_ROW_redis]);
    peer_redis_close(&run->contenders[0][BENCH_ROW_redis_pipelined]);
    for (size_t size = 0; size < run->options->sizes; size++) {
        ours_close(run->ours[size]);
        raw_close(run->raw[size]);
    }
    for (unsigned row = 0; row < BENCH_ROWS; row++)
        bench_load_free(&run->loads[row]);
}

/* Each contender once; every second round the other way about, so that none always follows the
 * same one. */
static bool one_round(struct run *run, size_t round)
{
    size_t places = run->options->sizes * BENCH_ROWS;
    for (size_t i = 0; i < places; i++) {
        size_t place = round % 2 == 0 ? i : places - 1 - i;
        size_t size = place / BENCH_ROWS, row = place % BENCH_ROWS;
        struct bench_series *series = &run->results.series[size][row];
        struct bench_contender *contender = &run->contenders[size][row];
        if (!series->present) continue;
        if (!bench_round(contender, run->options->seconds, &series->rounds[round])) {
            return bench_fail("%s: the round failed", rows[row].name);
        }
        series->count = round + 1;
        (void)fprintf(stderr, "round %zu: %-34s %9llu records %8.0f moves/s\n", round + 1,
                      bench_row_text((enum bench_row)row),
                      (unsigned long long)run->results.records[size], series->rounds[round].rate);
    }
    return true;
}

static bool run_all(struct run *run)
{
    if (!open_all(run)) return false;
    bench_clock_run(bench_clock_ms());
    for (size_t round = 0; round < run->options->rounds; round++)
        if (!one_round(run, round)) return false;
    if (run->options->only != NULL) return true;
    run->results.has_parts = parts_measure(run->ours[0], &run->results.parts);
    return run->results.has_parts;
}

int bench_store(const struct bench_options *options)
{
    struct run *run = calloc(1, sizeof *run);
    if (run == NULL) return EXIT_FAILURE;
    run->options = options;
    (void)mkdir(options->directory, 0700);
    bench_disk_watch(options->directory);
    bool good = run_all(run);
    close_all(run);
    int missed = 0;
    if (good) {
        bench_report(&run->results);
        missed = bench_judge(&run->results);
        if (options->json != NULL) good = bench_report_json(&run->results, options->json);
    }
    free(run);
    return good && (!options->judge || missed == 0) ? EXIT_SUCCESS : EXIT_FAILURE;
}
