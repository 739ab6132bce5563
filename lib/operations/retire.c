/*
 * Retention. The chore retires the orders that its body names, if they are past it, and notes where
 * the pass stands; payscore_retain() walks the records beside the writer and submits the chore.
 */
#include "operations/retire.h"

#include <openssl/evp.h>
#include <string.h>

#include "core/charts.h"
#include "core/panic.h"
#include "engine/chores.h"
#include "engine/making.h"
#include "wechat/view.h"

enum { TELLS_LOOKED_AT = 64, DAY_MS = 86400000 };

static const struct payscore_text pass_key = {"retain", 6};

struct retirement {
    struct ps_change *change;
    struct ps_chore_work *work;
    struct ps_parts *list; /* The bytes of the part `retired`. */
    EVP_MD_CTX *digest;    /* Over what is left of each record, as listed. */
    uint64_t by;
    int64_t before_ms;
    bool failed;
};

int64_t ps_retire_before(int64_t now_ms, uint32_t days)
{
    return now_ms - (int64_t)days * DAY_MS;
}

bool ps_pass_read(struct ps_txn *txn, struct ps_pass *pass)
{
    struct payscore_text value;
    if (ps_txn_get(txn, PS_TABLE_META, pass_key, &value) != PAYSCORE_OK) return false;
    if (value.size != sizeof *pass) return false;
    memcpy(pass, value.data, sizeof *pass);
    return true;
}

/*
 * What an order told its user's authorization must have arrived, or that would count it for ever.
 * Tells seldom wait; where many do, the next pass comes in time.
 */
static bool has_told(struct ps_txn *txn, const struct ps_record *record)
{
    struct ps_due due = {.merchant = record->merchant, .lane = PAYSCORE_LANE_TELL};
    struct ps_due_key from = ps_due_key(&due);
    struct payscore_text key, value;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_DUE, PS_KEY(from), &key, &value);
    for (int i = 0; i < TELLS_LOOKED_AT; i++) {
        if (rc != PAYSCORE_OK || !ps_due_from_key(key, &due) || due.merchant != record->merchant ||
            due.lane != PAYSCORE_LANE_TELL)
            return rc == PAYSCORE_OK || rc == PAYSCORE_E_NOT_FOUND;
        if (ps_id_equal(&due.id, &record->id)) return false;
        rc = ps_txn_next(txn, PS_TABLE_DUE, &key, &value);
    }
    return false;
}

bool ps_retire_may(struct ps_txn *txn, const struct ps_record *record, int64_t before_ms)
{
    if (record->chart != PS_CHART_service_order || record->hold != PS_HOLD_none ||
        record->since_ms > before_ms || record->number_size > PS_NUMBER_MAX)
        return false;
    const struct ps_state *state = ps_chart_state(&ps_chart_service_order, record->state);
    return state != NULL && state->kind == PS_STATE_FINAL && has_told(txn, record);
}

/* A history that breaks off is left as it is: verification tells of it. */
static bool is_whole(struct ps_txn *txn, const struct ps_record *record)
{
    struct ps_entry entry;
    uint64_t count = 0;
    for (uint64_t number = record->last_entry; number != 0; number = entry.previous_entry) {
        if (ps_entry_read(txn, number, &entry) != PAYSCORE_OK || entry.previous_entry >= number)
            return false;
        count++;
    }
    return count == record->version;
}

static void list(struct retirement *r, const void *bytes, size_t size)
{
    ps_parts_append(r->list, ps_key_text(bytes, size));
}

static void leave(struct retirement *r, enum ps_table table, struct payscore_text key,
                  struct payscore_text value)
{
    ps_txn_put(r->change->txn, table, key, value);
    if (EVP_DigestUpdate(r->digest, value.data, value.size) != 1) r->failed = true;
}

static void leave_tomb(struct retirement *r, const struct ps_record *record)
{
    struct ps_id_key key = ps_id_key(&record->id);
    struct ps_tomb tomb = {.layout = PS_TOMB_LAYOUT,
                           .chart = record->chart,
                           .state = record->state,
                           .id = record->id,
                           .merchant = record->merchant,
                           .service = record->service,
                           .paid_fen = record->paid_fen,
                           .ended_ms = record->since_ms,
                           .retired_by = r->by,
                           .number_size = record->number_size};
    memcpy(tomb.number, record->number, record->number_size);
    leave(r, PS_TABLE_RECORDS, PS_KEY(key), ps_key_text(&tomb, sizeof tomb));
}

static void leave_stub(struct retirement *r, const struct ps_entry *entry)
{
    struct ps_entry_key key = ps_entry_key(entry->number);
    struct ps_stub stub = {.number = entry->number};
    memcpy(stub.hash, entry->hash, sizeof stub.hash);
    list(r, &entry->number, sizeof entry->number);
    leave(r, PS_TABLE_JOURNAL, PS_KEY(key), ps_key_text(&stub, sizeof stub));
    ps_txn_delete(r->change->txn, PS_TABLE_EVIDENCE, PS_KEY(key));
}

/* What it owed: only what it still means lies in the table; what is stale is dropped there. */
static void drop_owed(struct retirement *r, const struct ps_record *record)
{
    struct ps_id_key key = ps_id_key(&record->id);
    struct ps_due due = {.merchant = record->merchant,
                         .lane = record->due_lane,
                         .at_ms = record->due_at_ms,
                         .id = record->id};
    struct ps_due_key due_key = ps_due_key(&due);
    ps_txn_delete(r->change->txn, PS_TABLE_HANDOVERS, PS_KEY(key));
    ps_txn_delete(r->change->txn, PS_TABLE_DUE, PS_KEY(due_key));
}

static void retire(struct retirement *r, const struct ps_record *record)
{
    struct ps_id_key key = ps_id_key(&record->id);
    uint32_t count = (uint32_t)record->version;
    struct ps_entry entry;
    drop_owed(r, record);
    list(r, key.bytes, sizeof key.bytes);
    list(r, &count, sizeof count);
    leave_tomb(r, record);
    for (uint64_t number = record->last_entry; number != 0; number = entry.previous_entry) {
        if (ps_entry_read(r->change->txn, number, &entry) != PAYSCORE_OK) return;
        leave_stub(r, &entry);
    }
    r->work->count++;
}

static void retire_named(struct retirement *r, const struct payscore_id *id, uint64_t *entries)
{
    struct ps_record record;
    struct ps_txn *txn = r->change->txn;
    if (ps_record_read(txn, id, &record) != PAYSCORE_OK ||
        !ps_retire_may(txn, &record, r->before_ms) || !is_whole(txn, &record))
        return;
    bool fits = *entries == 0 || *entries + record.version <= PS_RETIRE_ENTRIES_MAX;
    if (!fits || r->work->count == PS_RETIRE_RECORDS_MAX) return; /* The next pass meets it. */
    *entries += record.version;
    retire(r, &record);
}

static bool read_id(const cJSON *item, struct payscore_id *id)
{
    struct ps_id_key key;
    return cJSON_IsString(item) &&
           ps_unhex(ps_text_of(item->valuestring), key.bytes, sizeof key.bytes) &&
           ps_id_from_key(PS_KEY(key), id);
}

static void note_pass(struct retirement *r, const cJSON *at, uint32_t days)
{
    struct ps_pass pass = {.days = days};
    struct payscore_id id;
    r->work->more = read_id(at, &id);
    if (!r->work->more) {
        ps_txn_delete(r->change->txn, PS_TABLE_META, pass_key);
        return;
    }
    pass.at = ps_id_key(&id);
    ps_txn_put(r->change->txn, PS_TABLE_META, pass_key, ps_key_text(&pass, sizeof pass));
}

static enum payscore_status append_entry(struct retirement *r, uint32_t days)
{
    uint8_t digest[PS_HASH_SIZE];
    struct ps_parts parts = {0};
    if (r->failed || EVP_DigestFinal_ex(r->digest, digest, NULL) != 1) return PAYSCORE_E_CRYPTO;
    list(r, digest, sizeof digest);
    if (r->list->status != PAYSCORE_OK) return PAYSCORE_E_MEMORY;
    cJSON *said = cJSON_CreateObject();
    ps_make_number(said, "days", days);
    ps_make_number(said, "before_ms", (double)r->before_ms);
    ps_make_number(said, "records", (double)r->work->count);
    char *text = ps_make_print(said);
    cJSON_Delete(said);
    if (text == NULL) return PAYSCORE_E_MEMORY;
    ps_parts_add(&parts, PS_PART_command, ps_text_of(text));
    ps_parts_add(&parts, PS_PART_retired, ps_key_text(r->list->bytes, r->list->size));
    cJSON_free(text);
    enum payscore_status rc =
        ps_chore_entry(r->change, r->work, PS_CHORE_retire, &parts, &r->work->entry);
    ps_parts_free(&parts);
    return rc;
}

static enum payscore_status check(const struct ps_chore_work *work, uint32_t *days)
{
    const cJSON *given = cJSON_GetObjectItemCaseSensitive(work->body, "days");
    const cJSON *records = cJSON_GetObjectItemCaseSensitive(work->body, "records");
    const cJSON *item;
    struct payscore_id id;
    if (!cJSON_IsNumber(given) || given->valuedouble < 1 || given->valuedouble > PS_RETIRE_DAYS_MAX)
        return PAYSCORE_E_INPUT;
    *days = (uint32_t)given->valuedouble;
    if (!cJSON_IsArray(records)) return PAYSCORE_E_INPUT;
    cJSON_ArrayForEach(item, records)
    {
        if (!read_id(item, &id)) return PAYSCORE_E_INPUT;
    }
    return PAYSCORE_OK;
}

enum payscore_status ps_chore_retire(struct ps_change *change, struct ps_chore_work *work)
{
    struct ps_parts bytes = {0};
    struct retirement r = {
        .change = change, .work = work, .list = &bytes, .by = change->head.entries + 1};
    uint32_t days;
    uint64_t entries = 0;
    if (check(work, &days) != PAYSCORE_OK)
        return ps_fail(&work->why, PAYSCORE_E_INPUT,
                       "days: 1 to %d, and records: keys of orders; payscore_retain() finds them",
                       PS_RETIRE_DAYS_MAX);
    r.before_ms = ps_retire_before(change->now_ms, days);
    r.digest = EVP_MD_CTX_new();
    if (r.digest == NULL || EVP_DigestInit_ex(r.digest, EVP_sha256(), NULL) != 1) {
        EVP_MD_CTX_free(r.digest);
        return PAYSCORE_E_CRYPTO;
    }
    const cJSON *item;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(work->body, "records"))
    {
        struct payscore_id id;
        if (read_id(item, &id)) retire_named(&r, &id, &entries);
    }
    note_pass(&r, cJSON_GetObjectItemCaseSensitive(work->body, "at"), days);
    enum payscore_status rc = work->count > 0 ? append_entry(&r, days) : PAYSCORE_OK;
    EVP_MD_CTX_free(r.digest);
    ps_parts_free(&bytes);
    return rc;
}
