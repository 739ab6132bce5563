/*
 * Bounded texts. Knows nothing of JSON, HTTP or the platform.
 */
#include "wechat/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct payscore_text ps_text_of(const char *string)
{
    if (string == NULL) return (struct payscore_text){"", 0};
    return (struct payscore_text){string, strlen(string)};
}

bool ps_text_equal(struct payscore_text a, struct payscore_text b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool ps_text_is(struct payscore_text text, const char *string)
{
    return ps_text_equal(text, ps_text_of(string));
}

bool ps_text_starts(struct payscore_text text, const char *prefix)
{
    size_t size = strlen(prefix);
    return text.size >= size && (size == 0 || memcmp(text.data, prefix, size) == 0);
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool ps_text_same(struct payscore_text a, struct payscore_text b)
{
    if (a.size != b.size) return false;
    for (size_t i = 0; i < a.size; i++) {
        if (lower(a.data[i]) != lower(b.data[i])) return false;
    }
    return true;
}

bool ps_text_contains(struct payscore_text text, const char *part)
{
    size_t size = strlen(part);
    if (size == 0) return true;
    for (size_t i = 0; i + size <= text.size; i++) {
        if (memcmp(text.data + i, part, size) == 0) return true;
    }
    return false;
}

bool ps_text_all_of(struct payscore_text text, const char *also)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = lower(text.data[i]);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) continue;
        if (c == '\0' || strchr(also, text.data[i]) == NULL) return false;
    }
    return true;
}

/** How many bytes follow this first byte; -1: no character begins with it. */
static int bytes_after(uint8_t first)
{
    if (first < 0x80) return 0;
    if (first >= 0xC2 && first <= 0xDF) return 1;
    if (first >= 0xE0 && first <= 0xEF) return 2;
    if (first >= 0xF0 && first <= 0xF4) return 3;
    return -1;
}

size_t ps_utf8_step(struct payscore_text text, size_t at, uint32_t *point)
{
    static const uint8_t payload[] = {0x7F, 0x1F, 0x0F, 0x07};
    static const uint32_t lowest[] = {0, 0x80, 0x800, 0x10000};
    uint8_t first = at < text.size ? (uint8_t)text.data[at] : 0xFF;
    int more = bytes_after(first);
    if (more < 0 || text.size - at <= (size_t)more) return 0;
    uint32_t value = first & payload[more];
    for (size_t i = 1; i <= (size_t)more; i++) {
        uint8_t next = (uint8_t)text.data[at + i];
        if ((next & 0xC0) != 0x80) return 0;
        value = value << 6 | (next & 0x3F);
    }
    if (value < lowest[more] || value > 0x10FFFF) return 0;
    if (value >= 0xD800 && value <= 0xDFFF) return 0;
    *point = value;
    return (size_t)more + 1;
}

bool ps_utf8_count(struct payscore_text text, size_t *points, uint32_t *highest)
{
    *points = 0;
    *highest = 0;
    for (size_t at = 0; at < text.size;) {
        uint32_t point = 0;
        size_t step = ps_utf8_step(text, at, &point);
        if (step == 0) return false;
        at += step;
        *points += 1;
        if (point > *highest) *highest = point;
    }
    return true;
}

bool ps_text_copy(char *out, size_t out_size, struct payscore_text text)
{
    size_t size = text.size < out_size ? text.size : out_size - 1;
    /* A cut in the middle of a character leaves it out: 10xxxxxx is never the first byte. */
    while (size > 0 && size < text.size && ((uint8_t)text.data[size] & 0xC0) == 0x80)
        size--;
    if (size > 0) memcpy(out, text.data, size);
    out[size] = '\0';
    return size == text.size;
}

struct payscore_text ps_header(const struct payscore_header *headers, size_t count,
                               const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (ps_text_same(headers[i].name, ps_text_of(name))) return headers[i].value;
    }
    return (struct payscore_text){"", 0};
}

static void make_printable(char *string)
{
    struct payscore_text text = ps_text_of(string);
    for (size_t at = 0; at < text.size;) {
        uint32_t point = 0;
        size_t step = ps_utf8_step(text, at, &point);
        if (step == 0 || point < 0x20 || point == 0x7F) string[at] = '?';
        at += step == 0 ? 1 : step;
    }
}

enum payscore_status ps_fail(struct payscore_error *error, enum payscore_status status,
                             const char *format, ...)
{
    if (error == NULL) return status;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    if (size < 0) error->text[0] = '\0';
    make_printable(error->text);
    return status;
}
