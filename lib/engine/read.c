/* Reading: show, history, list, feed. Every call is one read transaction, bounded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "core/time.h"
#include "engine/describe.h"
#include "engine/handover.h"
#include "engine/left.h"
#include "engine/making.h"
#include "engine/read.h"

enum { HISTORY_MAX = 10000, LIST_DEFAULT = 100, PAGE_MAX = 1000, SCAN_MAX = 50000 };

static const struct ps_chart *chart_named(struct payscore_text name)
{
#define CHART(id, chart_name, revision, en, zh)                                                    \
    if (ps_text_equal(name, PAYSCORE_TEXT(#chart_name))) return &ps_chart_##chart_name;
#include "statecharts/charts.def"
    return NULL;
}

static enum payscore_status find(struct payscore *engine, struct ps_txn *txn,
                                 const struct payscore_name *name, struct ps_record *record)
{
    const struct ps_chart *chart = chart_named(name->chart);
    if (chart == NULL || name->merchant >= engine->merchant_count) return PAYSCORE_E_INPUT;
    const struct ps_merchant *merchant = &engine->merchants[name->merchant];
    char alias[PS_NAME_MAX + 1];
    struct payscore_id id;
    if (!ps_alias_name(chart->id, merchant, name->name, name->name, alias))
        return PAYSCORE_E_NOT_FOUND;
    enum payscore_status rc =
        ps_record_find(txn, chart->id, merchant->merchant, ps_text_of(alias), &id);
    return rc == PAYSCORE_OK ? ps_record_read(txn, &id, record) : rc;
}

enum payscore_status ps_read_json(struct payscore *engine, ps_read_make *make, const void *wanted,
                                  char **json)
{
    struct ps_txn *txn = NULL;
    cJSON *root = NULL;
    *json = NULL;
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc == PAYSCORE_OK) rc = make(engine, txn, wanted, &root);
    ps_txn_abort(txn);
    if (rc == PAYSCORE_OK) return ps_describe_print(root, json);
    cJSON_Delete(root);
    return rc;
}

static enum payscore_status make_record(struct payscore *engine, struct ps_txn *txn,
                                        const void *wanted, cJSON **root)
{
    struct ps_record record = {0};
    struct ps_tomb tomb;
    enum payscore_status rc = find(engine, txn, wanted, &record);
    if (rc == PAYSCORE_E_NOT_FOUND && ps_record_is_retired(&record)) {
        rc = ps_tomb_read(txn, &record.id, &tomb);
        if (rc == PAYSCORE_OK) *root = ps_describe_retired(engine, &record, &tomb);
        return rc;
    }
    if (rc != PAYSCORE_OK) return rc;
    *root = ps_describe_record(engine, &record);
    if (*root != NULL) ps_handover_describe(engine, txn, &record, *root);
    return PAYSCORE_OK;
}

enum payscore_status payscore_show(struct payscore *engine, const struct payscore_name *name,
                                   char **json)
{
    return ps_read_json(engine, make_record, name, json);
}

static enum payscore_status add_evidence(struct ps_txn *txn, uint64_t number, cJSON *object)
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    enum payscore_status rc = ps_evidence_read(txn, number, salt, &raw, &size);
    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_OK; /* Erased: the digest stays. */
    if (rc != PAYSCORE_OK) return rc;
    ps_make_item(object, "evidence", ps_describe_evidence((struct payscore_text){raw, size}));
    free(raw);
    return PAYSCORE_OK;
}

/* Who released a record, and why, is told without asking for all the evidence. */
static enum payscore_status add_release(struct ps_txn *txn, uint64_t number, cJSON *object)
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0;
    enum payscore_status rc = ps_evidence_read(txn, number, salt, &raw, &size);
    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_OK; /* Erased. */
    if (rc != PAYSCORE_OK) return rc;
    ps_describe_release((struct payscore_text){raw, size}, object);
    free(raw);
    return PAYSCORE_OK;
}

/* Walked back along the record's own entries; shown oldest first. */
static enum payscore_status walk_back(struct ps_txn *txn, uint64_t number, bool evidence,
                                      cJSON *array)
{
    for (int i = 0; i < HISTORY_MAX && number != 0; i++) {
        struct ps_entry entry;
        enum payscore_status rc = ps_entry_read(txn, number, &entry);
        if (rc != PAYSCORE_OK) return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_E_CORRUPT : rc;
        cJSON *object = ps_describe_entry(&entry);
        if (object == NULL) return PAYSCORE_E_MEMORY;
        cJSON_InsertItemInArray(array, 0, object);
        if (entry.event == PS_EVENT_cmd_release) rc = add_release(txn, number, object);
        if (rc == PAYSCORE_OK && evidence) rc = add_evidence(txn, number, object);
        if (rc != PAYSCORE_OK) return rc;
        if (entry.previous_entry >= number) return PAYSCORE_E_CORRUPT;
        number = entry.previous_entry;
    }
    return PAYSCORE_OK;
}

static enum payscore_status add_stub(struct ps_txn *txn, uint64_t number, cJSON *array)
{
    struct ps_entry entry;
    enum payscore_status rc = ps_entry_read(txn, number, &entry);
    if (rc != PAYSCORE_OK && rc != PAYSCORE_E_NOT_FOUND) return rc;
    if (entry.layout != PS_ENTRY_STUB) return PAYSCORE_E_CORRUPT;
    cJSON *object = ps_describe_stub(&entry);
    if (object == NULL) return PAYSCORE_E_MEMORY;
    ps_make_last(array, object);
    return PAYSCORE_OK;
}

/* Numbers and hashes of a retired record's moves, and the entry that retired it. */
static enum payscore_status what_is_left(struct ps_txn *txn, const struct ps_record *record,
                                         cJSON *array)
{
    uint8_t salt[PS_SALT_SIZE];
    char *raw = NULL;
    size_t size = 0, at = 0;
    struct payscore_text part;
    struct ps_retired retired;
    struct ps_entry entry;
    enum payscore_status rc = ps_entry_read(txn, record->last_entry, &entry);
    if (rc == PAYSCORE_OK) rc = ps_evidence_read(txn, record->last_entry, salt, &raw, &size);
    if (rc != PAYSCORE_OK) return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_E_CORRUPT : rc;
    bool found = ps_parts_find((struct payscore_text){raw, size}, PS_PART_retired, &part);
    while (found && ps_retired_next(part, &at, &retired))
        for (size_t i = retired.count;
             rc == PAYSCORE_OK && i > 0 && ps_id_equal(&retired.id, &record->id); i--)
            rc = add_stub(txn, ps_retired_entry(&retired, i - 1), array);
    free(raw);
    if (rc == PAYSCORE_OK) ps_make_last(array, ps_describe_entry(&entry));
    return rc;
}

struct history_wanted {
    const struct payscore_name *name;
    bool evidence;
};

static enum payscore_status make_history(struct payscore *engine, struct ps_txn *txn,
                                         const void *wanted, cJSON **root)
{
    const struct history_wanted *history = wanted;
    struct ps_record record = {0};
    enum payscore_status rc = find(engine, txn, history->name, &record);
    bool retired = rc == PAYSCORE_E_NOT_FOUND && ps_record_is_retired(&record);
    if (rc != PAYSCORE_OK && !retired) return rc;
    *root = cJSON_CreateArray();
    if (*root == NULL) return PAYSCORE_E_MEMORY;
    if (retired) return what_is_left(txn, &record, *root);
    return walk_back(txn, record.last_entry, history->evidence, *root);
}

enum payscore_status payscore_history(struct payscore *engine, const struct payscore_name *name,
                                      bool evidence, char **json)
{
    struct history_wanted wanted = {name, evidence};
    return ps_read_json(engine, make_history, &wanted, json);
}

static bool passes(const struct payscore_filter *filter, const struct ps_record *record,
                   int64_t now_ms)
{
    const struct ps_chart *chart = ps_chart_by_id(record->chart);
    const struct ps_state *state = ps_chart_state(chart, record->state);
    bool settled = state->kind == PS_STATE_FINAL || state->kind == PS_STATE_SETTLED;
    return (filter->chart.size == 0 || ps_text_equal(filter->chart, ps_text_of(chart->name))) &&
           (filter->state.size == 0 || ps_text_equal(filter->state, ps_text_of(state->name))) &&
           (!filter->held_only || record->hold != PS_HOLD_none) &&
           (!filter->unsettled_only || !settled) &&
           (filter->older_than_ms == 0 || now_ms - record->since_ms >= filter->older_than_ms);
}

/* Where a page ended is where the next begins: the key itself, in hex. */
static enum payscore_status seek_page(struct ps_txn *txn, struct payscore_text after,
                                      struct payscore_text *key, struct payscore_text *value)
{
    struct ps_id_key from = {{0}};
    if (after.size > 0 && !ps_unhex(after, from.bytes, sizeof from.bytes)) return PAYSCORE_E_INPUT;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_RECORDS, PS_KEY(from), key, value);
    if (rc == PAYSCORE_OK && after.size > 0 && ps_text_equal(*key, PS_KEY(from)))
        rc = ps_txn_next(txn, PS_TABLE_RECORDS, key, value);
    return rc;
}

static size_t page_size(size_t wanted)
{
    if (wanted == 0) return LIST_DEFAULT;
    return wanted < PAGE_MAX ? wanted : PAGE_MAX;
}

/* A name that no chart has would list nothing, and look like "there is nothing". */
bool ps_read_knows(struct payscore_text chart_name, struct payscore_text state_name)
{
    bool chart_known = chart_name.size == 0;
    bool state_known = state_name.size == 0;
    for (uint16_t id = 1; ps_chart_by_id(id) != NULL; id++) {
        const struct ps_chart *chart = ps_chart_by_id(id);
        bool meant = chart_name.size == 0 || ps_text_is(chart_name, chart->name);
        chart_known = chart_known || meant;
        for (uint16_t at = 1; meant && at < chart->state_limit; at++) {
            const struct ps_state *state = ps_chart_state(chart, at);
            if (state != NULL && ps_text_is(state_name, state->name)) state_known = true;
        }
    }
    return chart_known && state_known;
}

static enum payscore_status make_list(struct payscore *engine, struct ps_txn *txn,
                                      const void *wanted, cJSON **root)
{
    const struct payscore_filter *filter = wanted;
    struct payscore_text key, value;
    char next[2 * PS_ID_KEY_SIZE + 1] = "";
    size_t room = page_size(filter->count_max), scanned = 0;
    if (!ps_read_knows(filter->chart, filter->state)) return PAYSCORE_E_INPUT;
    *root = cJSON_CreateObject();
    cJSON *records = ps_make_array(*root, "records");
    enum payscore_status rc = seek_page(txn, filter->after, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value)) {
        if (room == 0 || scanned++ == SCAN_MAX) break;
        struct payscore_id id;
        struct ps_record record;
        if (!ps_id_from_key(key, &id)) return PAYSCORE_E_CORRUPT;
        ps_hex((const uint8_t *)key.data, key.size, next);
        if (ps_record_read(txn, &id, &record) != PAYSCORE_OK) continue; /* verify tells of it. */
        if (!passes(filter, &record, ps_now_ms(engine))) continue;
        ps_make_last(records, ps_describe_record(engine, &record));
        room--;
    }
    if (rc == PAYSCORE_OK)
        ps_make_text(*root, "next", next);
    else
        ps_make_null(*root, "next");
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status payscore_list(struct payscore *engine, const struct payscore_filter *filter,
                                   char **json)
{
    return ps_read_json(engine, make_list, filter, json);
}

enum payscore_status payscore_newest(struct payscore *engine, uint64_t *entry)
{
    struct ps_txn *txn = NULL;
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc == PAYSCORE_OK) rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    *entry = ps_txn_head(txn)->entries;
    ps_txn_abort(txn);
    return PAYSCORE_OK;
}
