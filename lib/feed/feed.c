/* The feed: entries behind a cursor. */
#include "engine/describe.h"
#include "engine/making.h"
#include "engine/read.h"
#include "feed/cursor.h"

/* So many entries that retention removed are passed over in one page. */
enum { PASSED_MAX = 50000 };

struct feed_wanted {
    struct payscore_text cursor;
    size_t count_max;
};

static size_t page_size(size_t wanted)
{
    return wanted == 0 || wanted > PAYSCORE_FEED_MAX ? PAYSCORE_FEED_MAX : wanted;
}

/* An entry with the names that its record has now; one without a record that is known has none. */
static enum payscore_status add_entry(struct payscore *engine, struct ps_txn *txn,
                                      const struct ps_entry *entry, cJSON *entries)
{
    struct ps_record record;
    enum payscore_status rc = ps_record_read(txn, &entry->record, &record);
    bool named = rc == PAYSCORE_OK;
    if (!named && rc != PAYSCORE_E_NOT_FOUND && rc != PAYSCORE_E_CHART) return rc;
    cJSON *object = ps_describe_entry(entry);
    if (object == NULL) return PAYSCORE_E_MEMORY;
    if (named) ps_describe_names(object, engine, &record);
    ps_make_last(entries, object);
    return PAYSCORE_OK;
}

/* *number moves on behind what was put on the page, and what retention removed. */
static enum payscore_status fill(struct payscore *engine, struct ps_txn *txn, size_t count_max,
                                 uint64_t *number, cJSON *entries)
{
    const struct ps_head *head = ps_txn_head(txn);
    size_t room = page_size(count_max), passed = 0;
    for (; room > 0 && passed < PASSED_MAX && *number < head->entries; (*number)++) {
        struct ps_entry entry;
        enum payscore_status rc = ps_entry_read(txn, *number + 1, &entry);
        if (rc == PAYSCORE_E_NOT_FOUND && entry.layout == PS_ENTRY_STUB) {
            passed++;
            continue;
        }
        if (rc != PAYSCORE_OK) return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_E_CORRUPT : rc;
        rc = add_entry(engine, txn, &entry, entries);
        if (rc != PAYSCORE_OK) return rc;
        room--;
    }
    return PAYSCORE_OK;
}

static enum payscore_status make_feed(struct payscore *engine, struct ps_txn *txn,
                                      const void *wanted, cJSON **root)
{
    const struct feed_wanted *feed = wanted;
    const struct ps_head *head = ps_txn_head(txn);
    char next[PAYSCORE_CURSOR_SIZE];
    uint64_t number;
    if (!ps_cursor_read(feed->cursor, head, &number)) return PAYSCORE_E_INPUT;
    *root = cJSON_CreateObject();
    cJSON *entries = ps_make_array(*root, "entries");
    if (entries == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc = fill(engine, txn, feed->count_max, &number, entries);
    if (rc != PAYSCORE_OK) return rc;
    ps_cursor_write(head, number, next);
    return cJSON_AddStringToObject(*root, "cursor", next) == NULL ? PAYSCORE_E_MEMORY : PAYSCORE_OK;
}

enum payscore_status payscore_feed(struct payscore *engine, struct payscore_text cursor,
                                   size_t count_max, char **json)
{
    struct feed_wanted wanted = {cursor, count_max};
    *json = NULL;
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc != PAYSCORE_OK) return rc;
    ps_watch_quiet(&engine->watch); /* What comes from here on makes it readable again. */
    return ps_read_json(engine, make_feed, &wanted, json);
}
