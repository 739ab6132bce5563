/*
 * payscore-charts: the build's own view of the charts. Writes a chart's texts, names the files that
 * statecharts/generated holds, holds the ids against their lock, and counts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "exporter.h"
#include "lock.h"

enum { USAGE = 64 };

static int usage(void)
{
    fputs(
        "Usage: payscore-charts files                         the files of statecharts/generated\n"
        "       payscore-charts export FORMAT [CHART [PART]]  write one to standard output\n"
        "       payscore-charts lock check FILE               hold ids against their lock\n"
        "       payscore-charts lock append FILE              append ids that it has not yet\n"
        "       payscore-charts count                         rows, states, events, cells\n",
        stderr);
    return USAGE;
}

/* One line for each file: format, scope, chart ("-": all), name, part ("-": the whole). */
static void print_parts(enum ps_format format, const struct ps_chart *chart)
{
    static const char *const scopes[] = {"chart", "all", "picture", "drawn"};
    bool of_all = ps_format_scope(format) == PS_SCOPE_ALL;
    uint16_t parts[PS_STATES_MAX];
    size_t count = ps_format_parts(format, chart, parts);
    for (size_t i = 0; i < count; i++) {
        const struct ps_state *part = ps_chart_state(chart, parts[i]);
        char file[128];
        ps_format_file(format, chart, parts[i], file, sizeof file);
        printf("%s %s %s %s %s\n", ps_format_name(format), scopes[ps_format_scope(format)],
               of_all ? "-" : chart->name, file, part == NULL ? "-" : part->name);
    }
}

static void print_files(void)
{
    for (int i = PS_FORMAT_NONE + 1; i < PS_FORMAT_COUNT; i++) {
        bool of_all = ps_format_scope((enum ps_format)i) == PS_SCOPE_ALL;
        for (size_t c = 0; c < (of_all ? 1 : PS_CHART_COUNT); c++)
            print_parts((enum ps_format)i, ps_charts[c]);
    }
}

static int export_one(const char *format_name, const char *chart_name, const char *part_name)
{
    enum ps_format format = ps_format_named(format_name);
    const struct ps_chart *chart = chart_name == NULL ? NULL : ps_chart_named(chart_name);
    uint16_t part = 0;
    if (format == PS_FORMAT_NONE) return usage();
    if (chart == NULL && ps_format_scope(format) != PS_SCOPE_ALL) return usage();
    if (part_name != NULL && !ps_format_part_named(format, chart, part_name, &part)) return usage();
    ps_format_write(format, stdout, chart, part);
    return EXIT_SUCCESS;
}

static FILE *open_lock(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);
    if (file == NULL) fprintf(stderr, "payscore-charts: %s: %s\n", path, strerror(errno));
    return file;
}

static int check_lock(const char *path)
{
    FILE *lock = open_lock(path, "re");
    if (lock == NULL) return EXIT_FAILURE;
    bool fine = ps_lock_check(lock, stderr);
    fclose(lock);
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int append_lock(const char *path)
{
    FILE *lock = open_lock(path, "re");
    FILE *to = lock == NULL ? NULL : open_lock(path, "ae");
    bool fine = to != NULL && ps_lock_append(lock, to, stderr);
    if (lock != NULL) fclose(lock);
    if (to != NULL && fclose(to) != 0) fine = false;
    return fine ? EXIT_SUCCESS : EXIT_FAILURE;
}

struct counts {
    unsigned rows, states, events, cells;
};

/* A cell is a leaf and an event of the alphabet. */
static struct counts count_chart(const struct ps_chart *chart)
{
    struct counts counts = {.rows = chart->row_count, .events = chart->event_count};
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        if (state == NULL) continue;
        counts.states++;
        if (state->kind != PS_STATE_COMPOSITE) counts.cells += chart->event_count;
    }
    return counts;
}

static void print_counts(const char *name, const struct counts *counts)
{
    printf("%s: %u rows, %u states, %u events, %u matrix cells\n", name, counts->rows,
           counts->states, counts->events, counts->cells);
}

static void print_count(void)
{
    struct counts all = {0};
    for (size_t i = 0; i < PS_CHART_COUNT; i++) {
        struct counts one = count_chart(ps_charts[i]);
        print_counts(ps_charts[i]->name, &one);
        all.rows += one.rows;
        all.states += one.states;
        all.cells += one.cells;
    }
    /* Charts share events. */
    /* clang-format off */
#define EVENT(id, name, kind, en, zh) all.events++;
#include "statecharts/events.def"
    /* clang-format on */
    print_counts("charts", &all);
}

static int run(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (argc == 2 && strcmp(verb, "files") == 0) {
        print_files();
        return EXIT_SUCCESS;
    }
    if (argc == 2 && strcmp(verb, "count") == 0) {
        print_count();
        return EXIT_SUCCESS;
    }
    if (argc >= 3 && argc <= 5 && strcmp(verb, "export") == 0)
        return export_one(argv[2], argc > 3 ? argv[3] : NULL, argc > 4 ? argv[4] : NULL);
    if (argc == 4 && strcmp(verb, "lock") == 0 && strcmp(argv[2], "check") == 0)
        return check_lock(argv[3]);
    if (argc == 4 && strcmp(verb, "lock") == 0 && strcmp(argv[2], "append") == 0)
        return append_lock(argv[3]);
    return usage();
}

int main(int argc, char **argv)
{
    int code = run(argc, argv);
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
    fprintf(stderr, "payscore-charts: standard output: %s\n", strerror(errno));
    return EXIT_FAILURE;
}
