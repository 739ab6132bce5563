/* Everything in small: that the tool still does what it says, and that what it writes is whole. */
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/ours.h"
#include "bench/store.h"

enum { RECORDS = 1500, RECORDS_MORE = 3000, ALIVE = 1500 };

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

/* The engine's own word on what the bench wrote through it. */
static bool verify(const struct bench_options *options, size_t size)
{
    struct payscore *engine = NULL;
    struct payscore_report report;
    char path[BENCH_PATH_MAX];
    bench_store_path(options, "ours", options->records[size], path);
    if (!ours_engine(&engine, path)) return false;
    enum payscore_status rc = payscore_verify(engine, &report);
    payscore_close(engine);
    if (rc != PAYSCORE_OK) return bench_fail("verify: %s", payscore_status_text(rc));
    if (report.faults != 0) return bench_fail("verify: %s", report.first.text);
    printf("verified: %llu entries, %llu records\n", (unsigned long long)report.entries,
           (unsigned long long)report.records);
    return report.records >= options->records[size] && report.entries > options->records[size];
}

int bench_self_test(const char *program)
{
    char directory[] = "/tmp/payscore-bench-XXXXXX";
    char json[sizeof directory + 8];
    struct bench_options options = {.records = {RECORDS, RECORDS_MORE},
                                    .sizes = 2,
                                    .alive = ALIVE,
                                    .rounds = 1,
                                    .seconds = 0.1,
                                    .sqlite = true,
                                    .directory = directory,
                                    .json = json};
    if (mkdtemp(directory) == NULL) return EXIT_FAILURE;
    (void)snprintf(json, sizeof json, "%s/json", directory);
    bool good = bench_store(&options) == EXIT_SUCCESS && access(json, R_OK) == 0;
    /* Once more: what is there already is taken up again. */
    good = good && bench_store(&options) == EXIT_SUCCESS && verify(&options, 0) &&
           verify(&options, 1) && bench_open(&options, program) == EXIT_SUCCESS;
    (void)nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
