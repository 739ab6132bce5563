/*
 * The log: one line of JSON per event on stderr; the events are the rows of log.def. It never gets
 * keys, bodies or an openid: who logs does not hand them over.
 */
#ifndef PS_WORKER_LOG_H
#define PS_WORKER_LOG_H

#include <stdbool.h>

#include "payscore/types.h"

enum ps_log_level { PS_LOG_DEBUG, PS_LOG_INFO, PS_LOG_WARNING, PS_LOG_ERROR };

enum ps_log_event {
#define EVENT(name, level, text) PS_LOG_##name,
#include "worker/log.def"
    PS_LOG_EVENT_COUNT
};

enum { PS_LOG_LINE_MAX = 2048, PS_LOG_TEXT_MAX = 512 };

/** One member of a line: a text, or a number where `text.data` is NULL. */
struct ps_log_field {
    const char *name;
    struct payscore_text text;
    int64_t number;
};

/** Write an event: ps_log(ready, ps_log_text("api", address), ps_log_number("pid", pid)). */
#define ps_log(event, ...)                                                                         \
    ps_log_write(PS_LOG_##event, (const struct ps_log_field[]){__VA_ARGS__},                       \
                 sizeof((const struct ps_log_field[]){__VA_ARGS__}) / sizeof(struct ps_log_field))

struct ps_log_field ps_log_text(const char *name, const char *text);
struct ps_log_field ps_log_bytes(const char *name, struct payscore_text text);
struct ps_log_field ps_log_number(const char *name, int64_t number);

/** The level of this name ("info"); -1: there is none. */
int ps_log_level_by_name(const char *name);

/** Events below `level` are left out from now on. The start is PS_LOG_INFO. */
void ps_log_set_level(enum ps_log_level level);

void ps_log_write(enum ps_log_event event, const struct ps_log_field *fields, size_t count);

/**
 * One line, newline and NUL included, into `line`; 0 if it does not fit or memory is short. Bytes
 * that are not UTF-8 become '?', texts are cut at PS_LOG_TEXT_MAX bytes.
 */
size_t ps_log_format(char line[PS_LOG_LINE_MAX], int64_t now_ms, enum ps_log_event event,
                     const struct ps_log_field *fields, size_t count);

#endif
