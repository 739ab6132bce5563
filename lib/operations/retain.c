/* payscore_retain(): one bounded part of a pass over the records. */
#include <string.h>

#include "engine/journal.h"
#include "engine/making.h"
#include "operations/retire.h"
#include "payscore/operations.h"

enum {
    RECORDS_A_LOOK = 8192,       /* A snapshot is held no longer than these take. */
    RECORDS_A_CALL = 128 * 8192, /* A pass over many that stay is interrupted, too. */
};

struct part {
    struct payscore *engine;
    struct ps_id_key from;  /* Where to look next. */
    struct ps_pass pass;    /* Where the pass stands. */
    bool resumed, ended;    /* It was under way already; there is no record behind. */
    cJSON *records;         /* What was found. */
    uint64_t entries, seen; /* Of those; how many were looked at. */
    int64_t before_ms;
};

static void step_over(struct ps_id_key *key)
{
    for (size_t i = sizeof key->bytes; i > 0; i--)
        if (++key->bytes[i - 1] != 0) return;
}

static bool is_full(const struct part *part)
{
    return cJSON_GetArraySize(part->records) == PS_RETIRE_RECORDS_MAX ||
           part->entries >= PS_RETIRE_ENTRIES_MAX;
}

/* False: it is past its time, and does not fit into this call any more. */
static enum payscore_status look_at(struct part *part, struct ps_txn *txn,
                                    struct payscore_text value, bool *fits)
{
    struct ps_record record;
    *fits = true;
    if (ps_record_unpack(value, &record) != PAYSCORE_OK) return PAYSCORE_OK;
    if (!ps_retire_may(txn, &record, part->before_ms)) return ps_txn_status(txn);
    *fits = part->entries == 0 || part->entries + record.version <= PS_RETIRE_ENTRIES_MAX;
    if (!*fits) return PAYSCORE_OK;
    struct ps_id_key key = ps_id_key(&record.id);
    char text[2 * sizeof key.bytes + 1];
    ps_hex(key.bytes, sizeof key.bytes, text);
    part->entries += record.version;
    return cJSON_AddItemToArray(part->records, cJSON_CreateString(text)) ? PAYSCORE_OK
                                                                         : PAYSCORE_E_MEMORY;
}

/* One snapshot's share. E_NOT_FOUND: there are no more records. */
static enum payscore_status look(struct part *part, struct ps_txn *txn, bool *full)
{
    struct payscore_text key, value;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_RECORDS, PS_KEY(part->from), &key, &value);
    for (int i = 0; rc == PAYSCORE_OK && i < RECORDS_A_LOOK; i++) {
        bool fits;
        if (key.size != sizeof part->from.bytes) return PAYSCORE_E_CORRUPT;
        rc = look_at(part, txn, value, &fits);
        if (rc != PAYSCORE_OK) return rc;
        *full = !fits;
        if (*full) return PAYSCORE_OK;
        memcpy(part->pass.at.bytes, key.data, key.size);
        part->from = part->pass.at;
        step_over(&part->from);
        part->seen++;
        *full = is_full(part);
        if (*full) return PAYSCORE_OK;
        rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value);
    }
    return rc;
}

static enum payscore_status begin(struct part *part, uint32_t days)
{
    struct ps_txn *txn = NULL;
    struct ps_pass pass;
    enum payscore_status rc = ps_txn_begin(part->engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    part->resumed = ps_pass_read(txn, &pass);
    if (part->resumed && pass.days == days) {
        part->from = pass.at;
        step_over(&part->from);
        part->pass = pass;
    }
    ps_txn_abort(txn);
    part->pass.days = days;
    part->before_ms = ps_retire_before(ps_now_ms(part->engine), days);
    return PAYSCORE_OK;
}

static enum payscore_status find(struct part *part)
{
    bool full = false;
    while (!full && part->seen < RECORDS_A_CALL) {
        struct ps_txn *txn = NULL;
        enum payscore_status rc = ps_txn_begin(part->engine->store, PS_READ, &txn);
        if (rc != PAYSCORE_OK) return rc;
        rc = look(part, txn, &full);
        ps_txn_abort(txn);
        part->ended = rc == PAYSCORE_E_NOT_FOUND;
        if (rc != PAYSCORE_OK) return part->ended ? PAYSCORE_OK : rc;
    }
    return PAYSCORE_OK;
}

static enum payscore_status submit(struct part *part, struct payscore_result *result,
                                   struct payscore_error *error)
{
    char at[2 * sizeof part->pass.at.bytes + 1] = "";
    if (!part->ended) ps_hex(part->pass.at.bytes, sizeof part->pass.at.bytes, at);
    cJSON *body = cJSON_CreateObject();
    ps_make_number(body, "days", part->pass.days);
    if (!cJSON_AddItemReferenceToObject(body, "records", part->records)) ps_make_lacks(body);
    ps_make_text(body, "at", at);
    char *text = ps_make_print(body);
    cJSON_Delete(body);
    if (text == NULL) return PAYSCORE_E_MEMORY;
    struct payscore_command command = {0, PAYSCORE_TEXT("retire"), {NULL, 0}, ps_text_of(text)};
    enum payscore_status rc = payscore_submit(part->engine, &command, result, error);
    cJSON_free(text);
    return rc;
}

enum payscore_status payscore_retain(struct payscore *engine, uint32_t days, uint64_t *records,
                                     bool *left, struct payscore_error *error)
{
    struct payscore_error unused;
    struct payscore_result result = {0};
    struct part part = {.engine = engine};
    *records = 0;
    *left = false;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc != PAYSCORE_OK) return rc;
    if (engine->role == PAYSCORE_READER)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "a reader retires nothing");
    if (days < 1 || days > PS_RETIRE_DAYS_MAX)
        return ps_fail(error, PAYSCORE_E_INPUT, "days: 1 to %d", PS_RETIRE_DAYS_MAX);
    part.records = cJSON_CreateArray();
    rc = part.records == NULL ? PAYSCORE_E_MEMORY : begin(&part, days);
    if (rc == PAYSCORE_OK) rc = find(&part);
    /* A pass that began at the first record and met nothing up to the last writes nothing. */
    bool nothing = part.ended && !part.resumed && cJSON_GetArraySize(part.records) == 0;
    if (rc == PAYSCORE_OK && !nothing) rc = submit(&part, &result, error);
    cJSON_Delete(part.records);
    *records = result.count;
    *left = result.more;
    if (rc != PAYSCORE_OK && error->text[0] == '\0')
        ps_fail(error, rc, "%s", payscore_status_text(rc));
    return rc;
}
