/* What was measured, for people, for programs, and held against what must be. */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include <cJSON.h>

#include "bench/bench.h"
#include "bench/parts.h"

enum { BENCH_SIZES_MAX = 2 };

enum bench_row {
#define ROW(name, sizes, threads, batch, text) BENCH_ROW_##name,
#include "bench/rows.def"
    BENCH_ROWS,
};

/** All rounds of one row at one number of records. */
struct bench_series {
    bool present;
    size_t count;
    struct bench_round rounds[BENCH_ROUNDS_MAX];
};

struct bench_results {
    size_t size_count;
    uint64_t records[BENCH_SIZES_MAX], alive;
    double record_bytes, history_bytes;
    struct bench_series series[BENCH_SIZES_MAX][BENCH_ROWS];
    bool has_parts;
    struct parts parts;
};

const char *bench_row_text(enum bench_row row);

/** Print the tables. */
void bench_report(const struct bench_results *results);
/** Print what is judged, a line each with PASS or MISS; how many missed. */
int bench_judge(const struct bench_results *results);
/** All of it as JSON. False: the file cannot be written. */
bool bench_report_json(const struct bench_results *results, const char *path);

#endif
