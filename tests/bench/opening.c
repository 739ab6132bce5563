/* `bench open`: a process of its own opens a store, finds what is due next, and looks at its own
 * memory; so often that a median can be told. */
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/clock.h"
#include "bench/ours.h"
#include "bench/store.h"

enum { TIMES_MAX = BENCH_ROUNDS_MAX, LEAST_MS = 50, MOST_MB = 64, LINE_SIZE = 256 };

extern char **environ;

struct opened {
    double ms, own_mb, mapped_mb;
    long long due_ms;
};

/* In KiB; 0 where the line is not there. */
static unsigned long memory_of(const char *file_name, const char *name)
{
    char line[LINE_SIZE];
    unsigned long kib = 0;
    FILE *file = fopen(file_name, "r");
    if (file == NULL) return 0;
    while (kib == 0 && fgets(line, sizeof line, file) != NULL)
        if (strncmp(line, name, strlen(name)) == 0) kib = strtoul(line + strlen(name), NULL, 10);
    (void)fclose(file);
    return kib;
}

int bench_open_once(const char *path)
{
    struct payscore *engine = NULL;
    struct payscore_turn turn = {.wants = {0, 0, 0}};
    struct payscore_error error;
    bench_clock_hold(bench_world_ms());
    (void)prepared_merchant(); /* Keys are made for the run: not part of opening. */
    int64_t began = bench_monotonic_ns();
    if (!ours_engine(&engine, path)) return EXIT_FAILURE;
    if (payscore_turn(engine, &turn, &error) != PAYSCORE_OK) {
        (void)bench_fail("%s", error.text);
        return EXIT_FAILURE;
    }
    double ms = (double)(bench_monotonic_ns() - began) / 1e6;
    static const char status[] = "/proc/self/status";
    unsigned long own = memory_of(status, "RssAnon:") + memory_of(status, "RssShmem:");
    printf("%.3f %.1f %.1f %lld\n", ms, (double)own / 1024,
           (double)memory_of(status, "RssFile:") / 1024, (long long)turn.next_due_ms);
    payscore_calls_free(turn.calls, turn.call_count);
    payscore_close(engine);
    return EXIT_SUCCESS;
}

static bool open_apart(const char *program, const char *path, struct opened *out)
{
    int ends[2], status = 1;
    pid_t child = 0;
    posix_spawn_file_actions_t actions;
    char name[BENCH_PATH_MAX], verb[] = "open-once", where[BENCH_PATH_MAX];
    char *const arguments[] = {name, verb, where, NULL};
    (void)snprintf(name, sizeof name, "%s", program);
    (void)snprintf(where, sizeof where, "%s", path);
    if (pipe(ends) != 0) return bench_fail("no pipe can be had");
    (void)posix_spawn_file_actions_init(&actions);
    (void)posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    (void)posix_spawn_file_actions_addclose(&actions, ends[0]);
    int code = posix_spawn(&child, program, &actions, NULL, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)close(ends[1]);
    FILE *answer = fdopen(ends[0], "r");
    bool good = code == 0 && answer != NULL &&
                fscanf(answer, "%lf %lf %lf %lld", &out->ms, &out->own_mb, &out->mapped_mb,
                       &out->due_ms) == 4;
    if (answer != NULL) (void)fclose(answer);
    if (code == 0) (void)waitpid(child, &status, 0);
    return (good && status == 0) || bench_fail("opening %s failed", path);
}

static int compare(const void *a, const void *b)
{
    double x = ((const struct opened *)a)->ms, y = ((const struct opened *)b)->ms;
    return (x > y) - (x < y);
}

int bench_open(const struct bench_options *options, const char *program)
{
    int missed = 0;
    size_t count = options->rounds;
    for (size_t size = 0; size < options->sizes; size++) {
        struct opened times[TIMES_MAX] = {{0}};
        char path[BENCH_PATH_MAX];
        double most_mb = 0;
        bench_store_path(options, "ours", options->records[size], path);
        for (size_t i = 0; i < count; i++) {
            if (!open_apart(program, path, &times[i])) return EXIT_FAILURE;
            if (times[i].own_mb > most_mb) most_mb = times[i].own_mb;
        }
        qsort(times, count, sizeof times[0], compare);
        bool slow = times[count / 2].ms > LEAST_MS, large = most_mb > MOST_MB;
        printf("%llu records, %zu processes one after the other\n",
               (unsigned long long)options->records[size], count);
        printf("  %s  open and find what is due next: min %.1f, median %.1f, max %.1f ms  <= %d\n",
               slow ? "MISS" : "PASS", times[0].ms, times[count / 2].ms, times[count - 1].ms,
               LEAST_MS);
        printf("  %s  memory of its own (anonymous and shared): %.1f MB  <= %d; mapped pages of "
               "files: %.1f MB\n",
               large ? "MISS" : "PASS", most_mb, MOST_MB, times[0].mapped_mb);
        missed += (slow ? 1 : 0) + (large ? 1 : 0);
    }
    return options->judge && missed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
