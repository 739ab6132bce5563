/* Cursors as texts. */
#include "feed/cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A restored store's cursors before must not be taken for its own: the incarnation is in them. */
void ps_cursor_write(const struct ps_head *head, uint64_t number, char cursor[PAYSCORE_CURSOR_SIZE])
{
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%016" PRIx64 "-%" PRIu64, head->incarnation, number);
}

/* Only what ps_cursor_write() writes is a cursor. */
bool ps_cursor_read(struct payscore_text text, const struct ps_head *head, uint64_t *number)
{
    char copy[PAYSCORE_CURSOR_SIZE], same[PAYSCORE_CURSOR_SIZE];
    *number = 0;
    if (text.size == 0) return true;
    if (ps_text_is(text, PAYSCORE_CURSOR_NEWEST)) {
        *number = head->entries;
        return true;
    }
    if (text.size >= sizeof copy) return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    const char *dash = strchr(copy, '-');
    if (dash == NULL) return false;
    *number = strtoull(dash + 1, NULL, 10);
    ps_cursor_write(head, *number, same);
    return strcmp(copy, same) == 0 && *number <= head->entries;
}
