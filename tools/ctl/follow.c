/* The verbs that go along with the feed: feed, cursor, wait. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "timeline.h"

static const char *member(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(item) ? item->valuestring : "";
}

/* The feed. */

struct following {
    const struct ctl *ctl;
    struct payscore *engine;
    char cursor[PAYSCORE_CURSOR_SIZE];
    int64_t left; /* Entries still wanted; negative: all. */
    bool ended;   /* Nothing is behind the cursor now, or nothing more is wanted. */
};

/* Where to begin: --after, else where the name stands, else the beginning. */
static int begin(struct following *f)
{
    const struct ctl *ctl = f->ctl;
    if (ctl->after != NULL) {
        if (strlen(ctl->after) >= sizeof f->cursor)
            return ctl_fail(PAYSCORE_E_INPUT, ctl->after, "is no cursor");
        memcpy(f->cursor, ctl->after, strlen(ctl->after) + 1);
        return CTL_FINE;
    }
    if (ctl->cursor == NULL) return CTL_FINE;
    enum payscore_status rc = payscore_cursor_load(f->engine, ctl_text(ctl->cursor), f->cursor);
    if (rc == PAYSCORE_OK || rc == PAYSCORE_E_NOT_FOUND) return CTL_FINE;
    return ctl_fail(rc, ctl->cursor,
                    rc == PAYSCORE_E_INPUT
                        ? "is no name of a cursor, or stands in the store as it was before it was "
                          "restored: say with --after where to begin"
                        : "");
}

static size_t print_page(const struct ctl *ctl, const char *json, const cJSON *entries)
{
    size_t count = (size_t)cJSON_GetArraySize(entries);
    if (count == 0) return 0;
    if (ctl->json)
        puts(json);
    else
        ctl_print_timeline(entries);
    return count;
}

/* What was printed is printed before the cursor says so. */
static int store(struct following *f)
{
    struct payscore_error error = {""};
    if (f->ctl->cursor == NULL) return CTL_FINE;
    if (fflush(stdout) != 0) return CTL_FAILED;
    enum payscore_status rc =
        payscore_cursor_store(f->engine, ctl_text(f->ctl->cursor), ctl_text(f->cursor), &error);
    return rc == PAYSCORE_OK ? CTL_FINE : ctl_fail(rc, f->ctl->cursor, error.text);
}

static int take_page(struct following *f)
{
    char *json = NULL;
    size_t most = f->left < 0 || f->left > PAYSCORE_FEED_MAX ? PAYSCORE_FEED_MAX : (size_t)f->left;
    enum payscore_status rc = payscore_feed(f->engine, ctl_text(f->cursor), most, &json);
    if (rc != PAYSCORE_OK)
        return ctl_fail(rc, "feed", rc == PAYSCORE_E_INPUT ? "not a cursor of this store" : "");
    cJSON *page = cJSON_Parse(json);
    const char *next = member(page, "cursor");
    size_t count = print_page(f->ctl, json, cJSON_GetObjectItemCaseSensitive(page, "entries"));
    bool moved = strcmp(next, f->cursor) != 0 && next[0] != '\0';
    if (moved) snprintf(f->cursor, sizeof f->cursor, "%s", next);
    cJSON_Delete(page);
    payscore_free(json);
    if (f->left >= 0) f->left -= (int64_t)count;
    f->ended = !moved || f->left == 0;
    return moved ? store(f) : CTL_FINE;
}

static int follow(struct following *f)
{
    for (;;) {
        int code = take_page(f);
        if (code != CTL_FINE || f->left == 0) return code;
        if (!f->ended) continue;
        if (!f->ctl->follow) return CTL_FINE;
        if (fflush(stdout) != 0) return CTL_FAILED;
        enum payscore_status rc = payscore_feed_wait(f->engine, ctl_text(f->cursor), -1);
        if (rc != PAYSCORE_OK) return ctl_fail(rc, "feed", "");
    }
}

int ctl_feed(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    struct following f = {.ctl = ctl, .left = ctl->limit == 0 ? -1 : ctl->limit};
    enum payscore_role role = ctl->cursor == NULL ? PAYSCORE_READER : PAYSCORE_SUBMITTER;
    f.engine = ctl_open(ctl, role, &code);
    if (f.engine == NULL) return code;
    code = begin(&f);
    if (code == CTL_FINE) code = follow(&f);
    if (code == CTL_FINE && !ctl->json && !ctl->follow && f.cursor[0] != '\0')
        printf("more: --after %s\n", f.cursor);
    payscore_close(f.engine);
    return code;
}

static void print_cursors(const cJSON *cursors)
{
    const cJSON *cursor;
    cJSON_ArrayForEach(cursor, cursors)
    {
        const cJSON *behind = cJSON_GetObjectItemCaseSensitive(cursor, "behind");
        printf("%-24s stored %s  ", member(cursor, "name"), member(cursor, "stored"));
        if (cJSON_IsNumber(behind))
            printf("%.0f behind\n", behind->valuedouble);
        else
            puts("of the store as it was before it was restored");
    }
}

int ctl_cursor_list(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_cursors(engine, &json);
    payscore_close(engine);
    return rc == PAYSCORE_OK ? ctl_print(ctl, json, print_cursors) : ctl_fail(rc, "cursor", "");
}

int ctl_cursor_drop(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    struct payscore_error error = {""};
    struct payscore *engine = ctl_open(ctl, PAYSCORE_SUBMITTER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_cursor_drop(engine, ctl_text(ctl->arguments[0]), &error);
    payscore_close(engine);
    return rc == PAYSCORE_OK ? CTL_FINE : ctl_fail(rc, ctl->arguments[0], error.text);
}

/* Waiting. */

static bool listed(const char *states, const char *state)
{
    size_t length = strlen(state);
    for (const char *at = states; at != NULL; at = strchr(at, ',')) {
        if (*at == ',') at++;
        if (strncmp(at, state, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

enum arrival { ON_THE_WAY, ARRIVED, ENDED_ELSEWHERE };

/* Where the record is; `*json` is its description. */
static enum payscore_status look(const struct ctl *ctl, struct payscore *engine, const char *chart,
                                 enum arrival *arrival, char **json)
{
    struct payscore_name name = {0, ctl_text(chart), ctl_text(ctl->arguments[0])};
    *arrival = ON_THE_WAY;
    enum payscore_status rc = payscore_show(engine, &name, json);
    if (rc != PAYSCORE_OK) return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
    cJSON *object = cJSON_Parse(*json);
    const cJSON *final = cJSON_GetObjectItemCaseSensitive(object, "final");
    if (cJSON_IsTrue(final)) *arrival = ENDED_ELSEWHERE;
    if (listed(ctl->arguments[1], member(object, "state"))) *arrival = ARRIVED;
    cJSON_Delete(object);
    return PAYSCORE_OK;
}

static enum payscore_status newest(struct payscore *engine, char cursor[PAYSCORE_CURSOR_SIZE])
{
    char *json = NULL;
    enum payscore_status rc =
        payscore_feed(engine, PAYSCORE_TEXT(PAYSCORE_CURSOR_NEWEST), 0, &json);
    if (rc != PAYSCORE_OK) return rc;
    cJSON *page = cJSON_Parse(json);
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%s", member(page, "cursor"));
    cJSON_Delete(page);
    payscore_free(json);
    return PAYSCORE_OK;
}

int64_t ctl_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The journal is looked at first: what moves the record after its look lies behind the cursor. */
static int wait_in(const struct ctl *ctl, struct payscore *engine, const char *chart)
{
    int64_t until_ms = ctl_now_ms() + ctl->timeout_s * 1000;
    enum arrival arrival = ON_THE_WAY;
    enum payscore_status rc = PAYSCORE_OK;
    while (rc == PAYSCORE_OK) {
        char cursor[PAYSCORE_CURSOR_SIZE];
        char *json = NULL;
        rc = newest(engine, cursor);
        if (rc == PAYSCORE_OK) rc = look(ctl, engine, chart, &arrival, &json);
        if (arrival != ON_THE_WAY) ctl_print(ctl, json, ctl_print_record);
        if (arrival == ON_THE_WAY) payscore_free(json);
        if (arrival != ON_THE_WAY || rc != PAYSCORE_OK) break;
        int64_t left_ms = until_ms - ctl_now_ms();
        rc = payscore_feed_wait(engine, ctl_text(cursor), left_ms > 0 ? left_ms : 0);
    }
    if (arrival == ARRIVED) return CTL_FINE;
    if (rc != PAYSCORE_OK && rc != PAYSCORE_E_NOT_FOUND) return ctl_fail(rc, ctl->arguments[0], "");
    fprintf(stderr, "payscorectl: %s did not reach %s\n", ctl->arguments[0], ctl->arguments[1]);
    return CTL_NO;
}

static int wait_for(const struct ctl *ctl, const char *chart)
{
    int code = CTL_FAILED;
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    code = wait_in(ctl, engine, chart);
    payscore_close(engine);
    return code;
}

int ctl_preauthorization_wait(const struct ctl *ctl)
{
    return wait_for(ctl, "preauthorization");
}

int ctl_authorization_wait(const struct ctl *ctl)
{
    return wait_for(ctl, "authorization");
}

int ctl_order_wait(const struct ctl *ctl)
{
    return wait_for(ctl, "service_order");
}
