/*
 * The copies that stand in the place of the compiled charts. They are made, and changed if
 * PAYSCORE_MUTANT says so, once and before main(): no test can tell when.
 */
#include "mutants/mutant.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/chart.h"

enum { ROWS_MAX = 1024, NAME_MAX_SIZE = 64, EXIT_USAGE = 64 };

/* The linker's names for what it exchanges: the chart itself, and what others take for it. */
#define CHART(id, name, revision, en, zh)                                                          \
    extern const struct ps_chart __real_ps_chart_##name;                                           \
    extern struct ps_chart __wrap_ps_chart_##name;                                                 \
    struct ps_chart __wrap_ps_chart_##name;
#include "statecharts/charts.def"

static struct ps_row rows[ROWS_MAX]; /* Of the chart that is changed. */

struct wanted {
    char chart[NAME_MAX_SIZE];
    unsigned row;
    char kind[NAME_MAX_SIZE];
    char detail[NAME_MAX_SIZE]; /* "" when there is none. */
};

static bool read_wanted(const char *name, struct wanted *wanted)
{
    int end = 0;
    memset(wanted, 0, sizeof *wanted);
    if (sscanf(name, "%63[a-z_]:%5u:%63[a-z]%n", wanted->chart, &wanted->row, wanted->kind, &end) <
        3)
        return false;
    if (name[end] == '\0') return true;
    const char *detail = name + end;
    end = 0;
    return sscanf(detail, ":%63[a-z_0-9]%n", wanted->detail, &end) == 1 && detail[end] == '\0';
}

static struct ps_chart *chart_named(const char *name)
{
#define CHART(id, name_, revision, en, zh)                                                         \
    if (strcmp(name, #name_) == 0) return &__wrap_ps_chart_##name_;
#include "statecharts/charts.def"
    return NULL;
}

/* Rows are edited in place: those of the chart, from `row` to the last. */
static bool drop(struct ps_chart *chart, struct ps_row *row)
{
    size_t behind = (size_t)(rows + chart->row_count - row) - 1;
    memmove(row, row + 1, behind * sizeof *row);
    chart->row_count--;
    return true;
}

static bool redirect(const struct ps_chart *chart, struct ps_row *row, const char *detail)
{
    char *end;
    unsigned long id = strtoul(detail, &end, 10);
    if (row->kind != PS_ROW_TRAN || *end != '\0' || id > UINT16_MAX || id == row->to) return false;
    const struct ps_state *target = ps_chart_state(chart, (uint16_t)id);
    if (target == NULL || target->kind == PS_STATE_COMPOSITE) return false;
    row->to = (uint16_t)id;
    return true;
}

static bool forgo(struct ps_row *row, const char *detail)
{
    for (size_t i = 0; i < PS_ACTIONS_PER_ROW_MAX && row->actions[i] != PS_ACTION_none; i++) {
        if (strcmp(ps_action_name(row->actions[i]), detail) != 0) continue;
        memmove(row->actions + i, row->actions + i + 1, PS_ACTIONS_PER_ROW_MAX - i - 1);
        row->actions[PS_ACTIONS_PER_ROW_MAX - 1] = PS_ACTION_none;
        return true;
    }
    return false;
}

static bool unguard(struct ps_row *row)
{
    if (row->guard == PS_GUARD_always) return false;
    row->guard = PS_GUARD_always;
    return true;
}

static bool change(struct ps_chart *chart, struct ps_row *row, const struct wanted *wanted)
{
    if (strcmp(wanted->kind, "redirect") == 0) return redirect(chart, row, wanted->detail);
    if (strcmp(wanted->kind, "noaction") == 0) return forgo(row, wanted->detail);
    if (wanted->detail[0] != '\0') return false;
    if (strcmp(wanted->kind, "delete") == 0) return drop(chart, row);
    return strcmp(wanted->kind, "always") == 0 && unguard(row);
}

bool mutant_make(const char *name)
{
    struct wanted wanted;
    struct ps_chart *chart = read_wanted(name, &wanted) ? chart_named(wanted.chart) : NULL;
    if (chart == NULL || chart->row_count > ROWS_MAX) return false;
    memcpy(rows, chart->rows, chart->row_count * sizeof rows[0]);
    for (uint16_t i = 0; i < chart->row_count; i++) {
        if (rows[i].id != wanted.row) continue;
        if (!change(chart, &rows[i], &wanted)) return false;
        chart->rows = rows;
        return true;
    }
    return false;
}

void mutant_undo(void)
{
#define CHART(id, name, revision, en, zh) __wrap_ps_chart_##name = __real_ps_chart_##name;
#include "statecharts/charts.def"
}

__attribute__((constructor)) static void before_main(void)
{
    mutant_undo();
    const char *name = getenv("PAYSCORE_MUTANT");
    if (name == NULL || mutant_make(name)) return;
    (void)fprintf(stderr, "no such mutant: %s\n", name);
    exit(EXIT_USAGE);
}
