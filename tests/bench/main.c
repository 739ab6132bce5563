/* Temporary. */
#include <stdlib.h>
#include <sys/stat.h>
#include "bench/clock.h"
#include "bench/ours.h"
#include "bench/raw.h"

int main(int argc, char **argv)
{
    const char *dir = argv[1];
    uint64_t records = strtoull(argv[2], NULL, 10);
    size_t alive = (size_t)strtoull(argv[3], NULL, 10);
    int rounds = atoi(argv[4]);
    double seconds = atof(argv[5]);
    char path[BENCH_PATH_MAX];
    (void)argc;
    (void)mkdir(dir, 0700);
    bench_disk_watch(dir);
    struct ours *ours = NULL;
    struct raw *raw = NULL;
    snprintf(path, sizeof path, "%s/ours-%s", dir, argv[2]);
    if (!ours_open(&ours, path, records, alive)) return 1;
    size_t bytes = (size_t)prepared_history_bytes(&ours->pool);
    printf("history bytes %zu\n", bytes);
    snprintf(path, sizeof path, "%s/raw-%s", dir, argv[2]);
    if (!raw_open(&raw, path, records, alive, bytes)) return 1;
    bench_clock_run(bench_world_ms() + 86400000);
    size_t threads = 64;
    for (int batch = 1; batch <= 16; batch *= 16) {
        struct bench_contender c[2] = {
            {.name = "ours", .threads = threads, .batch = (size_t)batch, .load = &ours->load, .store = ours, .prepare = ours_prepare, .commit = ours_commit},
            {.name = "raw", .threads = threads, .batch = (size_t)batch, .load = &raw->load, .store = raw, .prepare = raw_prepare, .commit = raw_commit}};
        for (int r = 0; r < rounds; r++) {
            struct bench_round out[2];
            for (int i = 0; i < 2; i++) {
                if (argc > 6 && argv[6][0] != c[i].name[0]) continue;
                if (!bench_round(&c[i], seconds, &out[i])) return 1;
                printf("%d %-5s %8.0f/s p50 %.0f p99 %.0f p99.9 %.0f us, %.0f B, cpu %.1f us, group %.0f\n", batch, c[i].name, out[i].rate, out[i].p50_us, out[i].p99_us, out[i].p999_us, out[i].bytes_per_move, out[i].cpu_us_per_move, out[i].group);
            }
            printf("   ratio %.3f\n", out[0].rate / out[1].rate);
            fflush(stdout);
        }
    }
    ours_close(ours);
    raw_close(raw);
}
