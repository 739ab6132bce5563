/*
 * Lines of the log, made with cJSON and written with one write() each.
 */
#include "worker/log.h"

#include <cJSON.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const level_names[] = {"debug", "info", "warning", "error"};

static const struct {
    const char *name;
    enum ps_log_level level;
    const char *text;
} events[] = {
#define EVENT(name, level, text) {#name, PS_LOG_##level, text},
#include "worker/log.def"
};

static enum ps_log_level lowest_level = PS_LOG_INFO;

struct ps_log_field ps_log_text(const char *name, const char *text)
{
    return ps_log_bytes(name, (struct payscore_text){text, strlen(text)});
}

struct ps_log_field ps_log_bytes(const char *name, struct payscore_text text)
{
    if (text.data == NULL) text = PAYSCORE_TEXT("");
    return (struct ps_log_field){.name = name, .text = text};
}

struct ps_log_field ps_log_number(const char *name, int64_t number)
{
    return (struct ps_log_field){.name = name, .number = number};
}

int ps_log_level_by_name(const char *name)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(name, level_names[i]) == 0) return (int)i;
    }
    return -1;
}

void ps_log_set_level(enum ps_log_level level)
{
    lowest_level = level;
}

void ps_log_write(enum ps_log_event event, const struct ps_log_field *fields, size_t count)
{
    char line[PS_LOG_LINE_MAX];
    struct timespec now;
    if (events[event].level < lowest_level) return;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t now_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    size_t size = ps_log_format(line, now_ms, event, fields, count);
    if (size == 0) return;
    /* One write a line, so that lines of several processes do not mix. A log that cannot be
     * written must not stop the service. */
    ssize_t written = write(STDERR_FILENO, line, size);
    (void)written;
}

/** How many bytes at `at` make one character of UTF-8; 0: they make none. */
static size_t utf8_length(const unsigned char *at, size_t size)
{
    static const struct {
        unsigned char first_min, first_max, second_min, second_max;
        size_t length;
    } rows[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (at[0] < rows[i].first_min || at[0] > rows[i].first_max) continue;
        if (size < rows[i].length) return 0;
        if (rows[i].length == 1) return 1;
        if (at[1] < rows[i].second_min || at[1] > rows[i].second_max) return 0;
        for (size_t k = 2; k < rows[i].length; k++) {
            if (at[k] < 0x80 || at[k] > 0xbf) return 0;
        }
        return rows[i].length;
    }
    return 0;
}

/** `text` as a C string of whole UTF-8 characters. */
static void clean_text(struct payscore_text text, char out[PS_LOG_TEXT_MAX + 1])
{
    size_t length = 0;
    for (size_t i = 0; i < text.size;) {
        const unsigned char *at = (const unsigned char *)text.data + i;
        size_t step = utf8_length(at, text.size - i);
        size_t room = step == 0 ? 1 : step;
        if (length + room > PS_LOG_TEXT_MAX) break;
        if (step == 0) {
            out[length] = '?';
        } else {
            memcpy(out + length, at, step);
        }
        length += room;
        i += room;
    }
    out[length] = '\0';
}

static bool add_field(cJSON *object, const struct ps_log_field *field)
{
    char text[PS_LOG_TEXT_MAX + 1];
    if (field->text.data == NULL) {
        return cJSON_AddNumberToObject(object, field->name, (double)field->number) != NULL;
    }
    clean_text(field->text, text);
    return cJSON_AddStringToObject(object, field->name, text) != NULL;
}

static bool add_head(cJSON *object, int64_t now_ms, enum ps_log_event event)
{
    char second[32];
    char moment[48];
    struct tm at;
    time_t seconds = (time_t)(now_ms / 1000);
    gmtime_r(&seconds, &at);
    strftime(second, sizeof second, "%Y-%m-%dT%H:%M:%S", &at);
    snprintf(moment, sizeof moment, "%s.%03dZ", second, (int)(now_ms % 1000));
    return cJSON_AddStringToObject(object, "time", moment) != NULL &&
           cJSON_AddStringToObject(object, "level", level_names[events[event].level]) != NULL &&
           cJSON_AddStringToObject(object, "event", events[event].name) != NULL &&
           cJSON_AddStringToObject(object, "text", events[event].text) != NULL;
}

size_t ps_log_format(char line[PS_LOG_LINE_MAX], int64_t now_ms, enum ps_log_event event,
                     const struct ps_log_field *fields, size_t count)
{
    size_t size = 0;
    cJSON *object = cJSON_CreateObject();
    bool whole = object != NULL && add_head(object, now_ms, event);
    for (size_t i = 0; whole && i < count; i++) {
        whole = add_field(object, &fields[i]);
    }
    /* Two bytes stay for the newline and the NUL behind it. */
    if (whole && cJSON_PrintPreallocated(object, line, PS_LOG_LINE_MAX - 2, false)) {
        size = strlen(line);
        line[size++] = '\n';
        line[size] = '\0';
    }
    cJSON_Delete(object);
    return size;
}
