/* The feed: entries behind a cursor. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/describe.h"
#include "engine/read.h"
#include "payscore/feed.h"

/* A cursor is (incarnation, number): a restored backup's old cursors must not be taken for its own.
 */
static void write_cursor(const struct ps_head *head, uint64_t number,
                         char cursor[PAYSCORE_CURSOR_SIZE])
{
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%016" PRIx64 "-%" PRIu64, head->incarnation, number);
}

/* Only what write_cursor() writes is a cursor. */
static bool read_cursor(struct payscore_text text, const struct ps_head *head, uint64_t *number)
{
    char copy[PAYSCORE_CURSOR_SIZE], same[PAYSCORE_CURSOR_SIZE];
    *number = 0;
    if (text.size == 0) return true;
    if (text.size >= sizeof copy) return false;
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    const char *dash = strchr(copy, '-');
    if (dash == NULL) return false;
    *number = strtoull(dash + 1, NULL, 10);
    write_cursor(head, *number, same);
    return strcmp(copy, same) == 0 && *number <= head->entries;
}

struct feed_wanted {
    struct payscore_text cursor;
    size_t count_max;
};

static enum payscore_status make_feed(struct payscore *engine, struct ps_txn *txn,
                                      const void *wanted, cJSON **root)
{
    (void)engine;
    const struct feed_wanted *feed = wanted;
    const struct ps_head *head = ps_txn_head(txn);
    uint64_t number;
    if (!read_cursor(feed->cursor, head, &number)) return PAYSCORE_E_INPUT;
    *root = cJSON_CreateObject();
    cJSON *entries = cJSON_AddArrayToObject(*root, "entries");
    size_t room = feed->count_max;
    if (room == 0 || room > PAYSCORE_FEED_MAX) room = PAYSCORE_FEED_MAX;
    for (; room > 0 && number < head->entries; room--) {
        struct ps_entry entry;
        enum payscore_status rc = ps_entry_read(txn, number + 1, &entry);
        if (rc == PAYSCORE_E_NOT_FOUND && entry.layout == PS_ENTRY_STUB) {
            number++;
            continue;
        }
        if (rc != PAYSCORE_OK) return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_E_CORRUPT : rc;
        cJSON_AddItemToArray(entries, ps_describe_entry(&entry));
        number++;
    }
    char next[PAYSCORE_CURSOR_SIZE];
    write_cursor(head, number, next);
    cJSON_AddStringToObject(*root, "cursor", next);
    return PAYSCORE_OK;
}

enum payscore_status payscore_feed(struct payscore *engine, struct payscore_text cursor,
                                   size_t count_max, char **json)
{
    struct feed_wanted wanted = {cursor, count_max};
    return ps_read_json(engine, make_feed, &wanted, json);
}
