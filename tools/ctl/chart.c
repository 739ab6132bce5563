/*
 * The verbs that show the charts. They read the compiled tables alone: no store, no configuration.
 */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ctl.h"
#include "tools/exporter/exporter.h"

extern char **environ;

static const struct ps_chart *find_chart(const char *name)
{
    const struct ps_chart *chart = ps_chart_named(name);
    if (chart != NULL) return chart;
    fprintf(stderr, "payscorectl: no such chart: %s: see payscorectl chart list\n", name);
    return NULL;
}

int ctl_chart_list(const struct ctl *ctl)
{
    (void)ctl;
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        printf("%-18s %3u rows  %s\n", ps_charts[i]->name, ps_charts[i]->row_count,
               ps_chart_words(ps_charts[i], PS_ENGLISH));
    return CTL_FINE;
}

int ctl_chart_show(const struct ctl *ctl)
{
    const struct ps_chart *chart = find_chart(ctl->arguments[0]);
    if (chart == NULL) return CTL_INPUT;
    ps_show(stdout, chart, PS_ENGLISH);
    return CTL_FINE;
}

/* Export. */

static enum ps_format find_format(const char *name)
{
    enum ps_format format = ps_format_named(name == NULL ? "" : name);
    if (format != PS_FORMAT_NONE) return format;
    fprintf(stderr, "payscorectl: %s: give --format, one of:\n",
            name == NULL ? "no format" : "no such format");
    for (int i = PS_FORMAT_NONE + 1; i < PS_FORMAT_COUNT; i++)
        fprintf(stderr, "  %-8s  %s\n", ps_format_name((enum ps_format)i),
                ps_format_help((enum ps_format)i));
    return PS_FORMAT_NONE;
}

/* Graphviz, with `text` as its standard input; it writes to our standard output. */
static bool run_dot(FILE *text)
{
    static char dot[] = "dot";
    static char as_svg[] = "-Tsvg";
    char *arguments[] = {dot, as_svg, NULL};
    posix_spawn_file_actions_t files;
    pid_t child;
    int status = -1;
    if (posix_spawn_file_actions_init(&files) != 0) return false;
    bool started = posix_spawn_file_actions_adddup2(&files, fileno(text), STDIN_FILENO) == 0 &&
                   posix_spawnp(&child, dot, &files, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    return started && waitpid(child, &status, 0) == child && status == 0;
}

static bool draw(enum ps_format format, const struct ps_chart *chart, uint16_t part)
{
    FILE *text = tmpfile();
    if (text == NULL) return false;
    ps_format_write(format, text, chart, part);
    bool drawn = fseek(text, 0, SEEK_SET) == 0 && run_dot(text);
    fclose(text);
    return drawn;
}

/* The composite whose own picture is asked for; without a name the whole chart. */
static bool find_part(enum ps_format format, const struct ps_chart *chart, const char *name,
                      uint16_t *part)
{
    uint16_t parts[PS_STATES_MAX];
    *part = 0;
    if (name == NULL || ps_format_part_named(format, chart, name, part)) return true;
    size_t count = ps_format_parts(format, chart, parts);
    fprintf(stderr, "payscorectl: %s is no part of %s in this format%s", name, chart->name,
            count > 1 ? ", which has:" : ", which is one whole");
    for (size_t i = 1; i < count; i++)
        fprintf(stderr, " %s", ps_chart_state(chart, parts[i])->name);
    fputc('\n', stderr);
    return false;
}

int ctl_chart_export(const struct ctl *ctl)
{
    const struct ps_chart *chart = NULL;
    uint16_t part = 0;
    enum ps_format format = find_format(ctl->format);
    if (format == PS_FORMAT_NONE) return CTL_USAGE;
    if (ps_format_scope(format) != PS_SCOPE_ALL) {
        if (ctl->arguments[0] == NULL) {
            fprintf(stderr, "payscorectl: %s is written for one chart: name it\n", ctl->format);
            return CTL_USAGE;
        }
        chart = find_chart(ctl->arguments[0]);
        if (chart == NULL || !find_part(format, chart, ctl->arguments[1], &part)) return CTL_INPUT;
    }
    if (ps_format_scope(format) != PS_SCOPE_DRAWN) {
        ps_format_write(format, stdout, chart, part);
        return CTL_FINE;
    }
    if (draw(format, chart, part)) return CTL_FINE;
    fputs("payscorectl: Graphviz's dot could not draw it: is graphviz installed?\n", stderr);
    return CTL_FAILED;
}

/* Stepping. */

static bool find_event(const struct ps_chart *chart, const char *name, size_t length,
                       uint16_t *event)
{
    for (uint16_t i = 0; i < chart->event_count; i++) {
        const char *known = ps_event_name(chart->events[i]);
        if (strlen(known) != length || strncmp(known, name, length) != 0) continue;
        *event = chart->events[i];
        return true;
    }
    fprintf(stderr, "payscorectl: %.*s is no event of %s, which has:\n ", (int)length, name,
            chart->name);
    for (uint16_t i = 0; i < chart->event_count; i++)
        fprintf(stderr, " %s", ps_event_name(chart->events[i]));
    fputc('\n', stderr);
    return false;
}

static bool find_guard(const char *name, size_t length, uint8_t *guard)
{
    for (unsigned i = 0; i < PS_GUARD_COUNT; i++) {
        const char *known = ps_guard_name((uint8_t)i);
        if (strlen(known) != length || strncmp(known, name, length) != 0) continue;
        *guard = (uint8_t)i;
        return true;
    }
    fprintf(stderr, "payscorectl: no such guard: %.*s\n", (int)length, name);
    return false;
}

/* GUARD, GUARD=true or GUARD=false; what comes later stands. */
static bool take_fact(const char *text, size_t length, uint64_t *facts)
{
    const char *equals = memchr(text, '=', length);
    size_t name_length = equals == NULL ? length : (size_t)(equals - text);
    size_t value_length = equals == NULL ? 0 : length - name_length - 1;
    bool no = value_length == strlen("false") && strncmp(equals + 1, "false", value_length) == 0;
    bool yes = value_length == strlen("true") && strncmp(equals + 1, "true", value_length) == 0;
    uint8_t guard = 0;
    if (!find_guard(text, name_length, &guard)) return false;
    if (equals != NULL && !yes && !no) {
        fprintf(stderr, "payscorectl: %.*s: a guard is true or false\n", (int)length, text);
        return false;
    }
    uint64_t bit = UINT64_C(1) << guard;
    *facts = no ? *facts & ~bit : *facts | bit;
    return true;
}

/* EVENT or EVENT:FACT,FACT… */
static bool take_event(const struct ps_chart *chart, const char *word, uint16_t *event,
                       uint64_t *facts)
{
    size_t length = strcspn(word, ":");
    if (!find_event(chart, word, length, event)) return false;
    const char *fact = word + length;
    while (*fact != '\0') {
        fact++;
        length = strcspn(fact, ",");
        if (!take_fact(fact, length, facts)) return false;
        fact += length;
    }
    return true;
}

static const char *verdict_of(const struct ps_row *row)
{
    if (row == NULL) return "no row";
    switch ((enum ps_row_kind)row->kind) {
    case PS_ROW_TRAN:
    case PS_ROW_STAY: return "taken";
    case PS_ROW_IGNORE: return "ignored";
    case PS_ROW_REJECT: return "rejected";
    }
    return "";
}

static void print_step(const struct ps_chart *chart, const char *word, const struct ps_row *row,
                       uint16_t state)
{
    printf("%s: %s", word, verdict_of(row));
    if (row != NULL) printf(", row %u: %s", row->id, row->en);
    fputs("\n  ", stdout);
    ps_write_path(stdout, chart, state);
    fputc('\n', stdout);
}

int ctl_chart_step(const struct ctl *ctl)
{
    const struct ps_chart *chart = find_chart(ctl->arguments[0]);
    uint64_t everywhere = 0;
    if (chart == NULL) return CTL_INPUT;
    for (size_t i = 0; i < ctl->guard_count; i++)
        if (!take_fact(ctl->guards[i], strlen(ctl->guards[i]), &everywhere)) return CTL_INPUT;

    uint16_t state = chart->initial;
    ps_write_path(stdout, chart, state);
    fputc('\n', stdout);
    for (char *const *word = ctl->arguments + 1; *word != NULL; word++) {
        uint64_t facts = everywhere;
        uint16_t event = 0;
        if (!take_event(chart, *word, &event, &facts)) return CTL_INPUT;
        const struct ps_row *row = ps_choose(chart, state, event, facts);
        if (row != NULL && row->kind == PS_ROW_TRAN) state = row->to;
        print_step(chart, *word, row, state);
    }
    return CTL_FINE;
}
