/*
 * JSON from outside, through cJSON, with the checks that cJSON leaves out: well-formed UTF-8, no
 * NUL in any spelling (it would cut a string short), a small depth, nothing behind the value.
 */
#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "wechat/text.h"
#include "wechat/view.h"

enum { DEPTH_MAX = 32 };

/** Whether \u0000 stands in the text as an escape, not behind an escaped backslash. */
static bool holds_escaped_nul(struct payscore_text text)
{
    static const char nul[] = "\\u0000";
    size_t size = sizeof nul - 1;
    for (size_t i = 0; i + size <= text.size;) {
        if (memcmp(text.data + i, nul, size) == 0) return true;
        i += text.data[i] == '\\' ? 2 : 1;
    }
    return false;
}

static bool holds_control(struct payscore_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = (uint8_t)text.data[i];
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') return true;
    }
    return false;
}

/** Whether `item` and what it holds fit into `room` levels. */
static bool fits(const cJSON *item, int room)
{
    if (room == 0) return false;
    for (const cJSON *child = item->child; child != NULL; child = child->next) {
        if (!fits(child, room - 1)) return false;
    }
    return true;
}

static bool only_white_space(const char *from, const char *to)
{
    while (from < to && strchr(" \t\n\r", *from) != NULL)
        from++;
    return from == to;
}

/* cJSON does not tell what it cannot read from what it had no memory for. */
static cJSON *parse(struct payscore_text text, const char **end)
{
    cJSON *made = cJSON_ParseWithLengthOpts(text.data, text.size, end, false);
    return made != NULL ? made : cJSON_ParseWithLengthOpts(text.data, text.size, end, false);
}

static bool memory_is_short(struct payscore_text text)
{
    void *probe = malloc(sizeof(cJSON) + text.size);
    free(probe);
    return probe == NULL;
}

enum payscore_status ps_json_parse(struct payscore_text text, size_t size_max, cJSON **json,
                                   struct payscore_error *error)
{
    size_t points = 0;
    uint32_t highest = 0;
    const char *end = NULL;
    *json = NULL;
    if (text.size > size_max)
        return ps_fail(error, PAYSCORE_E_TOO_LARGE, "JSON: %zu bytes; at most %zu are allowed",
                       text.size, size_max);
    if (!ps_utf8_count(text, &points, &highest))
        return ps_fail(error, PAYSCORE_E_INPUT, "JSON: not well-formed UTF-8");
    if (holds_control(text) || holds_escaped_nul(text))
        return ps_fail(error, PAYSCORE_E_INPUT, "JSON: holds a control character");
    cJSON *made = parse(text, &end);
    if (made == NULL && memory_is_short(text))
        return ps_fail(error, PAYSCORE_E_MEMORY, "JSON: memory is short");
    if (made == NULL)
        return ps_fail(error, PAYSCORE_E_INPUT, "JSON: not readable at byte %zu of %zu",
                       end == NULL ? (size_t)0 : (size_t)(end - text.data), text.size);
    enum payscore_status rc = PAYSCORE_OK;
    if (!only_white_space(end, text.data + text.size))
        rc = ps_fail(error, PAYSCORE_E_INPUT, "JSON: something follows the value");
    else if (!fits(made, DEPTH_MAX))
        rc = ps_fail(error, PAYSCORE_E_INPUT, "JSON: nested deeper than %d levels", DEPTH_MAX);
    if (rc == PAYSCORE_OK)
        *json = made;
    else
        cJSON_Delete(made);
    return rc;
}

/*
 * cJSON keeps a number as a double and not as text, and its valueint saturates. Every whole number
 * up to 2^53 is exact in a double and PS_FEN_MAX is far below, so that an integral double within
 * 0 .. PS_FEN_MAX is the number that was written.
 */
_Static_assert(PS_FEN_MAX < INT64_C(1) << 53, "a double holds every amount exactly");

static bool fen_of_number(double value, int64_t *fen)
{
    if (!(value >= 0 && value <= (double)PS_FEN_MAX)) return false;
    *fen = (int64_t)value;
    return (double)*fen == value;
}

enum payscore_status ps_json_fen(const cJSON *object, const char *member, bool strings,
                                 bool *present, int64_t *fen, struct payscore_error *error)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);
    *present = false;
    *fen = 0;
    if (item == NULL || cJSON_IsNull(item)) return PAYSCORE_OK;
    *present =
        (cJSON_IsNumber(item) && fen_of_number(item->valuedouble, fen)) ||
        (strings && cJSON_IsString(item) && ps_fen_parse(ps_text_of(item->valuestring), fen));
    if (*present) return PAYSCORE_OK;
    *fen = 0;
    return ps_fail(error, PAYSCORE_E_INPUT, "%s: not a whole number of fen from 0 to %lld", member,
                   (long long)PS_FEN_MAX);
}

struct payscore_text ps_json_text(const cJSON *object, const char *member)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);
    return ps_text_of(cJSON_GetStringValue(item));
}
