/* Tables, and what is judged. */
#include "bench/report.h"

#include <stdlib.h>
#include <string.h>

enum { JUDGED_STEP_US = 3 };

/* clang-format off */
static const char *const row_texts[BENCH_ROWS] = {
#define ROW(name, sizes, threads, batch, text) [BENCH_ROW_##name] = (text),
#include "bench/rows.def"
};

static const struct judged {
    const char *name;
    enum bench_row row;
    size_t size;
    enum bench_row to;
    size_t to_size;
    double least;
    const char *text;
} judged[] = {
#define JUDGED(name, row, size, to, to_size, least, text) \
    {#name, BENCH_ROW_##row, size, BENCH_ROW_##to, to_size, least, text},
#include "bench/judged.def"
};
/* clang-format on */

enum { JUDGED_COUNT = sizeof judged / sizeof judged[0] };

/** The least, the middle and the most of some values. */
struct spread {
    double least, middle, most;
};

const char *bench_row_text(enum bench_row row)
{
    return row_texts[row];
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct spread spread_of(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    double middle =
        count % 2 == 1 ? values[count / 2] : (values[count / 2 - 1] + values[count / 2]) / 2;
    return (struct spread){values[0], middle, values[count - 1]};
}

/* Of one member of a series' rounds, which lies `offset` bytes into each. */
static struct spread spread_at(const struct bench_series *series, size_t offset)
{
    double values[BENCH_ROUNDS_MAX];
    for (size_t i = 0; i < series->count; i++)
        memcpy(&values[i], (const char *)&series->rounds[i] + offset, sizeof values[i]);
    return spread_of(values, series->count);
}

#define SPREAD(series, member) spread_at((series), offsetof(struct bench_round, member))

static bool ratio_of(const struct bench_results *results, const struct judged *line,
                     struct spread *ratio)
{
    const struct bench_series *above = &results->series[line->size][line->row];
    const struct bench_series *below = &results->series[line->to_size][line->to];
    double values[BENCH_ROUNDS_MAX];
    if (above->count == 0 || above->count != below->count) return false;
    for (size_t i = 0; i < above->count; i++)
        values[i] = above->rounds[i].rate / below->rounds[i].rate;
    *ratio = spread_of(values, above->count);
    return true;
}

static void print_series(const struct bench_series *series, enum bench_row row)
{
    struct spread rate = SPREAD(series, rate);
    printf("  %-34s %8.0f %8.0f %8.0f  %7.0f %7.0f %7.0f  ", row_texts[row], rate.least,
           rate.middle, rate.most, SPREAD(series, p50_us).middle, SPREAD(series, p99_us).middle,
           SPREAD(series, p999_us).middle);
    double bytes = SPREAD(series, bytes_per_move).middle;
    if (bytes < 0)
        printf("%7s", "?");
    else
        printf("%7.0f", bytes);
    printf(" %7.1f %6.0f\n", SPREAD(series, cpu_us_per_move).middle, SPREAD(series, group).middle);
}

static void print_parts(const struct parts *parts)
{
    printf("\nCPU of one move, averaged over a life, in µs (loops that repeat one part)\n"
           "  chart step %.2f, SHA-256 of the entry %.2f, finding and encoding %.2f, LMDB %.2f "
           "(groups of 64, without syncing)\n",
           parts->step_us, parts->hash_us, parts->encode_us, parts->lmdb_us);
    printf(
        "Preparing one input, by the submitter, in µs (JSON, signature, evidence; not judged)\n");
    for (unsigned kind = 0; kind < BENCH_MOVES; kind++)
        printf("  %-44s %6.1f\n", bench_move_text((enum bench_move_kind)kind),
               parts->prepare_us[kind]);
}

void bench_report(const struct bench_results *results)
{
    printf("Disk %s (its counters count what others write meanwhile, too). A move leaves a record "
           "of %.0f bytes and on average %.0f bytes of history.\n",
           bench_disk_name(), results->record_bytes, results->history_bytes);
    for (size_t size = 0; size < results->size_count; size++) {
        printf("\n%llu records, %llu of them alive\n  %-34s %26s  %23s  %7s %7s %6s\n",
               (unsigned long long)results->records[size], (unsigned long long)results->alive, "",
               "moves/s min  median     max", "p50     p99   p99.9 µs", "B/move", "CPU µs",
               "group");
        for (unsigned row = 0; row < BENCH_ROWS; row++)
            if (results->series[size][row].count > 0)
                print_series(&results->series[size][row], (enum bench_row)row);
    }
    if (results->has_parts) print_parts(&results->parts);
}

int bench_judge(const struct bench_results *results)
{
    int missed = 0;
    printf("\nRatios of the same round: min, median, max\n");
    for (size_t i = 0; i < JUDGED_COUNT; i++) {
        const struct judged *line = &judged[i];
        struct spread ratio;
        if (line->size >= results->size_count || line->to_size >= results->size_count ||
            !ratio_of(results, line, &ratio))
            continue;
        bool miss = ratio.middle < line->least;
        printf("  %-6s", line->least <= 0 ? "" : miss ? "MISS" : "PASS");
        printf(" %5.2f %5.2f %5.2f", ratio.least, ratio.middle, ratio.most);
        if (line->least > 0)
            printf("  >= %.2f", line->least);
        else
            printf("  %7s", "");
        printf("  %s\n", line->text);
        missed += line->least > 0 && miss ? 1 : 0;
    }
    if (!results->has_parts) return missed;
    bool miss = results->parts.judged_us > JUDGED_STEP_US;
    printf("  %-6s %17.2f  <= %d µs  step, encoding and hash of one move\n", miss ? "MISS" : "PASS",
           results->parts.judged_us, JUDGED_STEP_US);
    return missed + (miss ? 1 : 0);
}

static void add_spread(cJSON *to, const char *name, struct spread spread)
{
    const double values[] = {spread.least, spread.middle, spread.most};
    cJSON_AddItemToObject(to, name, cJSON_CreateDoubleArray(values, 3));
}

static cJSON *series_json(const struct bench_results *results, size_t size, enum bench_row row)
{
    const struct bench_series *series = &results->series[size][row];
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "row", row_texts[row]);
    cJSON_AddNumberToObject(item, "records", (double)results->records[size]);
    cJSON_AddNumberToObject(item, "rounds", (double)series->count);
    add_spread(item, "rate", SPREAD(series, rate));
    add_spread(item, "p50_us", SPREAD(series, p50_us));
    add_spread(item, "p99_us", SPREAD(series, p99_us));
    add_spread(item, "p999_us", SPREAD(series, p999_us));
    add_spread(item, "bytes_per_move", SPREAD(series, bytes_per_move));
    add_spread(item, "cpu_us_per_move", SPREAD(series, cpu_us_per_move));
    return item;
}

static cJSON *judged_json(const struct judged *line, struct spread ratio)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "name", line->name);
    cJSON_AddStringToObject(item, "text", line->text);
    add_spread(item, "ratio", ratio);
    if (line->least <= 0) return item;
    cJSON_AddNumberToObject(item, "least", line->least);
    cJSON_AddBoolToObject(item, "pass", ratio.middle >= line->least);
    return item;
}

static cJSON *parts_json(const struct parts *parts)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddNumberToObject(item, "step_us", parts->step_us);
    cJSON_AddNumberToObject(item, "hash_us", parts->hash_us);
    cJSON_AddNumberToObject(item, "encode_us", parts->encode_us);
    cJSON_AddNumberToObject(item, "sum_us", parts->judged_us);
    cJSON_AddNumberToObject(item, "lmdb_us", parts->lmdb_us);
    return item;
}

static cJSON *whole_json(const struct bench_results *results)
{
    cJSON *whole = cJSON_CreateObject();
    cJSON *rows = cJSON_AddArrayToObject(whole, "rows");
    cJSON *ratios = cJSON_AddArrayToObject(whole, "judged");
    struct spread ratio;
    for (size_t size = 0; size < results->size_count; size++)
        for (unsigned row = 0; row < BENCH_ROWS; row++)
            if (results->series[size][row].count > 0)
                cJSON_AddItemToArray(rows, series_json(results, size, (enum bench_row)row));
    for (size_t i = 0; i < JUDGED_COUNT; i++)
        if (judged[i].size < results->size_count && judged[i].to_size < results->size_count &&
            ratio_of(results, &judged[i], &ratio))
            cJSON_AddItemToArray(ratios, judged_json(&judged[i], ratio));
    if (results->has_parts) cJSON_AddItemToObject(whole, "parts", parts_json(&results->parts));
    return whole;
}

bool bench_report_json(const struct bench_results *results, const char *path)
{
    cJSON *whole = whole_json(results);
    char *text = cJSON_Print(whole);
    cJSON_Delete(whole);
    FILE *file = text == NULL ? NULL : fopen(path, "w");
    bool good = file != NULL && fprintf(file, "%s\n", text) > 0;
    if (file != NULL) good = fclose(file) == 0 && good;
    cJSON_free(text);
    return good || bench_fail("%s cannot be written", path);
}
