/*
 * A line of the lock: [retired] KEY MEANING. The key is what an id is looked up by (`event 22`,
 * `row service_order 25`), the meaning what must never change: a name; of a row, the state it
 * stands in, its event and its kind. Its guard, target and texts may change.
 */
#include "lock.h"

#include <string.h>

#include "exporter.h"

enum { LINES_MAX = 8192, KEY_MAX = 96, MEANING_MAX = 160, LINE_MAX_SIZE = 512 };

struct line {
    char key[KEY_MAX];
    char meaning[MEANING_MAX];
    bool retired;
};

struct lines {
    struct line line[LINES_MAX];
    size_t count;
};

static struct line *find(struct lines *lines, const char *key)
{
    for (size_t i = 0; i < lines->count; i++)
        if (strcmp(lines->line[i].key, key) == 0) return &lines->line[i];
    return NULL;
}

/* What the charts say. */

static struct line *add(struct lines *lines)
{
    struct line *line = &lines->line[lines->count];
    if (lines->count == LINES_MAX) return NULL;
    lines->count++;
    memset(line, 0, sizeof *line);
    return line;
}

static void add_shared(struct lines *lines, const char *kind, unsigned id, const char *name)
{
    struct line *line = add(lines);
    if (line == NULL) return;
    snprintf(line->key, sizeof line->key, "%s %u", kind, id);
    snprintf(line->meaning, sizeof line->meaning, "%s", name);
}

static void add_row(struct lines *lines, const struct ps_chart *chart, const struct ps_row *row)
{
    struct line *line = add(lines);
    if (line == NULL) return;
    snprintf(line->key, sizeof line->key, "row %s %u", chart->name, row->id);
    snprintf(line->meaning, sizeof line->meaning, "%s %s %s", chart->states[row->from].name,
             ps_event_name(row->event), ps_row_kind_name((enum ps_row_kind)row->kind));
}

static void add_chart(struct lines *lines, const struct ps_chart *chart)
{
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        struct line *line = state == NULL ? NULL : add(lines);
        if (line == NULL) continue;
        snprintf(line->key, sizeof line->key, "state %s %u", chart->name, id);
        snprintf(line->meaning, sizeof line->meaning, "%s", state->name);
    }
    for (uint16_t i = 0; i < chart->row_count; i++)
        add_row(lines, chart, &chart->rows[i]);
}

static void read_charts(struct lines *lines)
{
    lines->count = 0;
    /* clang-format off */
#define CHART(id, name, revision, en, zh) add_shared(lines, "chart", (id), #name);
#include "statecharts/charts.def"
#define EVENT(id, name, kind, en, zh) add_shared(lines, "event", (id), #name);
#include "statecharts/events.def"
#define CALL(id, name, kind, repeat, method, path, en, zh) add_shared(lines, "call", (id), #name);
#include "statecharts/calls.def"
#define COMMAND(id, name, ...) add_shared(lines, "command", (id), #name);
#include "statecharts/commands.def"
#define REASON(id, name, en, zh) add_shared(lines, "reason", (id), #name);
#define HOLD(id, name, weight, en, zh)   add_shared(lines, "hold", (id), #name);
#include "statecharts/reasons.def"
    /* clang-format on */
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        add_chart(lines, ps_charts[i]);
}

/* What the lock says. */

/* The length of the key, which ends behind the number. */
static size_t key_length(const char *text)
{
    bool of_chart = strncmp(text, "state ", 6) == 0 || strncmp(text, "row ", 4) == 0;
    size_t length = 0;
    for (int words = of_chart ? 3 : 2; words > 0; words--) {
        if (length > 0 && text[length] == ' ') length++;
        length += strcspn(text + length, " ");
    }
    return length;
}

static bool read_line(struct lines *lines, char *text)
{
    static const char retired[] = "retired ";
    bool is_retired = strncmp(text, retired, sizeof retired - 1) == 0;
    text[strcspn(text, "\n")] = '\0';
    if (text[0] == '\0' || text[0] == '#') return true;
    if (is_retired) text += sizeof retired - 1;
    size_t length = key_length(text);
    if (text[length] != ' ' || length >= KEY_MAX || strlen(text + length) > MEANING_MAX)
        return false;
    struct line *line = add(lines);
    if (line == NULL) return false;
    line->retired = is_retired;
    memcpy(line->key, text, length);
    snprintf(line->meaning, sizeof line->meaning, "%s", text + length + 1);
    return true;
}

static bool read_lock(struct lines *lines, FILE *lock, FILE *out)
{
    char text[LINE_MAX_SIZE];
    bool fine = true;
    lines->count = 0;
    while (fgets(text, sizeof text, lock) != NULL) {
        size_t before = lines->count;
        if (!read_line(lines, text)) {
            fprintf(out, "ids.lock: not a line of the lock: %s\n", text);
            fine = false;
        } else if (lines->count > before &&
                   find(lines, lines->line[before].key) != &lines->line[before]) {
            fprintf(out, "ids.lock: %s has two lines\n", lines->line[before].key);
            fine = false;
        }
    }
    return fine && ferror(lock) == 0;
}

/* Both. */

static struct lines locked, present;

/* Records rest in states and entries name events; only of a row nothing but its text is looked up.
 */
static bool may_retire(const struct line *line)
{
    return strncmp(line->key, "row ", 4) == 0 || strncmp(line->key, "command ", 8) == 0;
}

static const char *way_out(const struct line *line)
{
    return may_retire(line) ? "or if it is gone for good, mark its line in ids.lock `retired`"
                            : "and keep it: records rest in it or entries name it";
}

static bool check_present(const struct line *line, FILE *out)
{
    const struct line *old = find(&locked, line->key);
    if (old == NULL)
        fprintf(out,
                "%s: not in ids.lock yet; the charts say %s. Run tools/charts --write to append "
                "it.\n",
                line->key, line->meaning);
    else if (old->retired)
        fprintf(out,
                "%s: retired in ids.lock, where it was %s; the charts say %s. An id is never used "
                "again: append a new one.\n",
                line->key, old->meaning, line->meaning);
    else if (strcmp(old->meaning, line->meaning) != 0)
        fprintf(
            out,
            "%s: ids.lock says %s; the charts say %s. Stores hold this id: append a new one, and "
            "give this one its meaning back, %s.\n",
            line->key, old->meaning, line->meaning, way_out(line));
    else
        return true;
    return false;
}

static bool check_locked(const struct line *line, FILE *out)
{
    if (find(&present, line->key) != NULL || (line->retired && may_retire(line))) return true;
    fprintf(out, "%s: ids.lock says %s; the charts do not have it. Put it back, %s.\n", line->key,
            line->meaning, way_out(line));
    return false;
}

/* What is gone or means something else; then what is new. */
static bool check_old(FILE *out)
{
    bool fine = true;
    for (size_t i = 0; i < locked.count; i++)
        fine = check_locked(&locked.line[i], out) && fine;
    for (size_t i = 0; i < present.count; i++)
        if (find(&locked, present.line[i].key) != NULL)
            fine = check_present(&present.line[i], out) && fine;
    return fine;
}

static bool check_new(FILE *out)
{
    bool fine = true;
    for (size_t i = 0; i < present.count; i++)
        if (find(&locked, present.line[i].key) == NULL)
            fine = check_present(&present.line[i], out) && fine;
    return fine;
}

bool ps_lock_check(FILE *lock, FILE *out)
{
    bool fine = read_lock(&locked, lock, out);
    read_charts(&present);
    fine = check_old(out) && fine;
    return check_new(out) && fine;
}

/* A slip must not be written down: nothing is appended before all that is locked stands. */
bool ps_lock_append(FILE *lock, FILE *to, FILE *out)
{
    if (!read_lock(&locked, lock, out)) return false;
    read_charts(&present);
    if (!check_old(out)) return false;
    for (size_t i = 0; i < present.count; i++) {
        const struct line *line = &present.line[i];
        if (find(&locked, line->key) == NULL) fprintf(to, "%s %s\n", line->key, line->meaning);
    }
    return fflush(to) == 0 && ferror(to) == 0;
}
