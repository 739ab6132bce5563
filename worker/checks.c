/*
 * A folded header (RFC 9112, 5.2: obs-fold) is not seen in its value any more, since the server
 * joins the lines. It is seen in the size of the head: between the parts that were
 * parsed there may be nothing else than colons, spaces and ends of lines.
 */
#include "worker/checks.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { GAP_MAX = 16 }; /* The colon and the spaces behind it. */

static bool named(const struct ps_head_line *line, const char *name)
{
    return line->name.size == strlen(name) &&
           strncasecmp(line->name.data, name, line->name.size) == 0;
}

static size_t count_of(const struct ps_head *head, const char *name, struct payscore_text *value)
{
    size_t count = 0;
    for (size_t i = 0; i < head->line_count; i++) {
        if (!named(&head->lines[i], name)) continue;
        *value = head->lines[i].value;
        count++;
    }
    return count;
}

/** Name, colon and spaces, value, line's end: their sizes must add up to the whole. */
static bool is_unfolded(const struct ps_head *head)
{
    size_t size = head->method.size + head->target.size + head->version.size + 6;
    for (size_t i = 0; i < head->line_count; i++) {
        const struct ps_head_line *line = &head->lines[i];
        uintptr_t gap = (uintptr_t)line->value.data - (uintptr_t)line->name.data - line->name.size;
        if (gap < 1 || gap > GAP_MAX) return false;
        size += line->name.size + gap + line->value.size + 2;
    }
    return size == head->size;
}

static bool content_length(struct payscore_text text, size_t *size)
{
    *size = 0;
    if (text.size == 0 || text.size > 10) return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9') return false;
        *size = *size * 10 + (size_t)(text.data[i] - '0');
    }
    return true;
}

struct ps_head_check ps_head_check(const struct ps_head *head)
{
    struct payscore_text length = {NULL, 0};
    struct payscore_text coding = {NULL, 0};
    struct ps_head_check check = {0, NULL, 0};
    size_t lengths = count_of(head, "Content-Length", &length);
    size_t codings = count_of(head, "Transfer-Encoding", &coding);
    if (head->line_count == PS_REQUEST_HEADERS_MAX) {
        check = (struct ps_head_check){431, "too many headers", 0};
    } else if (lengths > 1) {
        check = (struct ps_head_check){400, "Content-Length is given twice", 0};
    } else if (lengths == 1 && codings > 0) {
        check = (struct ps_head_check){400, "Content-Length beside Transfer-Encoding", 0};
    } else if (codings > 0) {
        check = (struct ps_head_check){411, "a chunked body is not taken; send Content-Length", 0};
    } else if (lengths == 1 && !content_length(length, &check.body_size)) {
        check = (struct ps_head_check){400, "Content-Length is no number", 0};
    } else if (check.body_size > PS_REQUEST_BODY_MAX) {
        check = (struct ps_head_check){413, "the body is larger than 65536 bytes", check.body_size};
    } else if (head->size != 0 && !is_unfolded(head)) {
        check = (struct ps_head_check){400, "a header is folded, or spaced oddly", check.body_size};
    }
    return check;
}

bool ps_target_is_plain(const char *target)
{
    for (const char *at = target; (at = strchr(at, '%')) != NULL; at++) {
        if (strncasecmp(at, "%2f", 3) == 0 || strncmp(at, "%00", 3) == 0) return false;
        if (strspn(at + 1, "0123456789ABCDEFabcdef") < 2) return false;
    }
    return true;
}
