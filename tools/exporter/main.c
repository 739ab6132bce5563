/*
 * payscore-charts: the build's own view of the charts. Writes a chart's text, or the name of each
 * file that statecharts/generated holds.
 */
#include <stdlib.h>
#include <string.h>

#include "exporter.h"

enum { USAGE = 64 };

static int usage(void)
{
    fputs("Usage: payscore-charts files                  the files of statecharts/generated\n"
          "       payscore-charts export FORMAT [CHART]  write one to standard output\n",
          stderr);
    return USAGE;
}

/* One line for each file: format, scope, chart ("-": all), name. */
static void print_files(void)
{
    static const char *const scopes[] = {"chart", "all", "drawn"};
    for (int i = PS_FORMAT_NONE + 1; i < PS_FORMAT_COUNT; i++) {
        enum ps_scope scope = ps_format_scope((enum ps_format)i);
        for (size_t c = 0; c < (scope == PS_SCOPE_ALL ? 1 : PS_CHART_COUNT); c++) {
            char file[128];
            ps_format_file((enum ps_format)i, ps_charts[c], file, sizeof file);
            printf("%s %s %s %s\n", ps_format_name((enum ps_format)i), scopes[scope],
                   scope == PS_SCOPE_ALL ? "-" : ps_charts[c]->name, file);
        }
    }
}

static int export_one(const char *format_name, const char *chart_name)
{
    enum ps_format format = ps_format_named(format_name);
    const struct ps_chart *chart = chart_name == NULL ? NULL : ps_chart_named(chart_name);
    if (format == PS_FORMAT_NONE) return usage();
    if (chart == NULL && ps_format_scope(format) != PS_SCOPE_ALL) return usage();
    ps_format_write(format, stdout, chart);
    return fflush(stdout) == 0 && ferror(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";
    if (argc == 2 && strcmp(verb, "files") == 0) {
        print_files();
        return EXIT_SUCCESS;
    }
    if ((argc == 3 || argc == 4) && strcmp(verb, "export") == 0)
        return export_one(argv[2], argc == 4 ? argv[3] : NULL);
    return usage();
}
