/* Finding a person: records by their headers, strays by their evidence. */
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/marks.h"
#include "operations/erase.h"
#include "wechat/view.h"

void ps_search_end(struct ps_search *search)
{
    free(search->records);
    free(search->strays);
    search->records = NULL;
    search->strays = NULL;
}

/* Room for one more in an array that doubles. */
static bool make_room(void **array, size_t *room, size_t count, size_t size)
{
    if (count < *room) return true;
    size_t more = *room == 0 ? 64 : 2 * *room;
    void *larger = realloc(*array, more * size);
    if (larger == NULL) return false;
    *array = larger;
    *room = more;
    return true;
}

static enum payscore_status add_record(struct ps_search *search, const struct payscore_id *id)
{
    for (size_t i = 0; i < search->record_count; i++)
        if (ps_id_equal(&search->records[i], id)) return PAYSCORE_OK;
    void *array = search->records;
    if (!make_room(&array, &search->record_room, search->record_count, sizeof *search->records))
        return PAYSCORE_E_MEMORY;
    search->records = array;
    search->records[search->record_count++] = *id;
    return PAYSCORE_OK;
}

static enum payscore_status add_stray(struct ps_search *search, uint64_t number)
{
    for (size_t i = 0; i < search->stray_count; i++)
        if (search->strays[i] == number) return PAYSCORE_OK;
    void *array = search->strays;
    if (!make_room(&array, &search->stray_room, search->stray_count, sizeof *search->strays))
        return PAYSCORE_E_MEMORY;
    search->strays = array;
    search->strays[search->stray_count++] = number;
    return PAYSCORE_OK;
}

/* A string somewhere in a tree; ps_json_parse() bounds how deep it is. */
static bool tree_says(const cJSON *item, const char *text)
{
    if (cJSON_IsString(item) && strcmp(item->valuestring, text) == 0) return true;
    for (const cJSON *child = item->child; child != NULL; child = child->next)
        if (tree_says(child, text)) return true;
    return false;
}

/* JSON can write a letter in more than one way: the resource is read, too. */
static enum payscore_status says(struct payscore_text raw, const char *openid, bool *yes)
{
    struct payscore_text resource;
    cJSON *tree = NULL;
    *yes = ps_text_contains(raw, openid);
    if (*yes || !ps_parts_find(raw, PS_PART_resource, &resource)) return PAYSCORE_OK;
    enum payscore_status rc = ps_json_parse(resource, PS_EVIDENCE_MAX, &tree, NULL);
    if (rc == PAYSCORE_OK) *yes = tree_says(tree, openid);
    cJSON_Delete(tree);
    return rc == PAYSCORE_E_MEMORY ? rc : PAYSCORE_OK;
}

/* Evidence that cannot be read names nobody: verification tells of it. */
static enum payscore_status evidence_says(struct ps_search *search, uint64_t number, bool *yes)
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    *yes = false;
    enum payscore_status rc = ps_evidence_read(search->txn, number, salt, &raw, &size);
    if (rc == PAYSCORE_OK) rc = says((struct payscore_text){raw, size}, search->openid, yes);
    free(raw);
    if (rc == PAYSCORE_E_MEMORY) return rc;
    return ps_txn_status(search->txn);
}

/* What came to a record since its user was erased lies in front of what was erased. */
static enum payscore_status came_again(struct ps_search *search, const struct ps_record *record,
                                       bool *yes)
{
    struct ps_entry entry;
    *yes = false;
    for (uint64_t number = record->last_entry;
         number != 0 && ps_evidence_erased_by(search->txn, number) == 0;
         number = entry.previous_entry) {
        enum payscore_status rc = evidence_says(search, number, yes);
        if (rc != PAYSCORE_OK || *yes) return rc;
        if (ps_entry_read(search->txn, number, &entry) != PAYSCORE_OK ||
            entry.previous_entry >= number)
            break;
    }
    return ps_txn_status(search->txn);
}

static enum payscore_status look_at(struct ps_search *search, const struct ps_record *record)
{
    struct payscore_text openid = {record->openid, record->openid_size};
    bool yes = ps_text_is(openid, search->openid);
    if (record->merchant != search->merchant) return PAYSCORE_OK;
    if (ps_is_pseudonym(openid)) {
        enum payscore_status rc = came_again(search, record, &yes);
        if (rc != PAYSCORE_OK) return rc;
    }
    return yes ? add_record(search, &record->id) : PAYSCORE_OK;
}

static enum payscore_status look_at_value(struct ps_search *search, struct payscore_text value)
{
    struct ps_record record;
    if (ps_record_unpack(value, &record) != PAYSCORE_OK) return PAYSCORE_OK;
    if (record.openid_size > PS_OPENID_MAX) return PAYSCORE_OK;
    return look_at(search, &record);
}

enum payscore_status ps_search_record(struct ps_search *search, const struct payscore_id *id)
{
    struct ps_record record;
    if (ps_record_read(search->txn, id, &record) != PAYSCORE_OK) return ps_txn_status(search->txn);
    return look_at(search, &record);
}

/* The key behind this one: the number that its bytes are, plus one. */
static void step_over(struct ps_id_key *key)
{
    for (size_t i = sizeof key->bytes; i > 0; i--)
        if (++key->bytes[i - 1] != 0) return;
}

enum payscore_status ps_search_records(struct ps_search *search, struct ps_id_key *from,
                                       size_t count)
{
    struct payscore_text key, value;
    enum payscore_status rc =
        ps_txn_seek(search->txn, PS_TABLE_RECORDS, PS_KEY(*from), &key, &value);
    for (; rc == PAYSCORE_OK && count > 0; count--) {
        if (key.size != sizeof from->bytes) return PAYSCORE_E_CORRUPT;
        memcpy(from->bytes, key.data, key.size);
        step_over(from);
        rc = look_at_value(search, value);
        if (rc == PAYSCORE_OK) rc = ps_txn_next(search->txn, PS_TABLE_RECORDS, &key, &value);
    }
    return rc;
}

/* A stray has no record, and a chart: chores have neither. */
static enum payscore_status look_at_entry(struct ps_search *search, const struct ps_entry *entry)
{
    bool yes = false;
    if (entry->merchant != search->merchant) return PAYSCORE_OK;
    if (!ps_id_is_none(&entry->record))
        return search->moved ? ps_search_record(search, &entry->record) : PAYSCORE_OK;
    if (entry->chart == 0) return PAYSCORE_OK;
    enum payscore_status rc = evidence_says(search, entry->number, &yes);
    return rc == PAYSCORE_OK && yes ? add_stray(search, entry->number) : rc;
}

enum payscore_status ps_search_stray(struct ps_search *search, uint64_t number)
{
    struct ps_entry entry;
    if (ps_entry_read(search->txn, number, &entry) != PAYSCORE_OK)
        return ps_txn_status(search->txn);
    return look_at_entry(search, &entry);
}

enum payscore_status ps_search_entries(struct ps_search *search, uint64_t *from, size_t count)
{
    struct ps_entry_key begin = ps_entry_key(*from);
    struct payscore_text key, value;
    enum payscore_status rc =
        ps_txn_seek(search->txn, PS_TABLE_JOURNAL, PS_KEY(begin), &key, &value);
    for (; rc == PAYSCORE_OK && count > 0; count--) {
        struct ps_entry entry;
        if (!ps_entry_number(key, from)) return PAYSCORE_E_CORRUPT;
        ++*from;
        if (ps_entry_unpack(value, &entry) == PAYSCORE_OK) rc = look_at_entry(search, &entry);
        if (rc == PAYSCORE_OK) rc = ps_txn_next(search->txn, PS_TABLE_JOURNAL, &key, &value);
    }
    return rc;
}

/* An authorization has no end of its own: it may be erased while nothing is asked or sent for it.
 */
static bool may_go(const struct ps_record *record)
{
    const struct ps_state *state = ps_chart_state(ps_chart_by_id(record->chart), record->state);
    bool user = record->chart == PS_CHART_authorization;
    return record->hold == PS_HOLD_none && !ps_mark_asks_first(record) &&
           (state->kind == PS_STATE_FINAL || (user && state->kind == PS_STATE_SETTLED));
}

enum payscore_status ps_search_settled(struct ps_search *search, struct payscore_error *why)
{
    for (size_t i = 0; i < search->record_count; i++) {
        struct ps_record record;
        enum payscore_status rc = ps_record_read(search->txn, &search->records[i], &record);
        if (rc == PAYSCORE_E_NOT_FOUND) continue; /* Retired meanwhile. */
        if (rc != PAYSCORE_OK) return rc;
        if (may_go(&record)) continue;
        const struct ps_chart *chart = ps_chart_by_id(record.chart);
        const char *state = ps_chart_state(chart, record.state)->name;
        const char *held = record.hold != PS_HOLD_none   ? ", held"
                           : ps_mark_asks_first(&record) ? ", restored, and not asked about yet"
                                                         : "";
        if (record.number_size == 0)
            return ps_fail(why, PAYSCORE_E_OPEN, "the user's %s is in %s%s: end it first",
                           chart->name, state, held);
        return ps_fail(why, PAYSCORE_E_OPEN, "%s %.*s is in %s%s: end it first", chart->name,
                       (int)record.number_size, record.number, state, held);
    }
    return PAYSCORE_OK;
}
