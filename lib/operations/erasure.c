/*
 * payscore_erase(): the caller's thread walks the store beside the writer, in short snapshots, and
 * hands the chore what it found, in portions that a transaction can carry.
 */
#include <string.h>

#include "engine/journal.h"
#include "engine/making.h"
#include "operations/erase.h"
#include "payscore/operations.h"
#include "store/store.h"

enum {
    RECORDS_A_LOOK = 8192, /* A snapshot is held no longer than these take. */
    ENTRIES_A_LOOK = 32768,
    RECORDS_A_CALL = 512,
    STRAYS_A_CALL = 2048,
};

struct task {
    struct payscore *engine;
    const struct payscore_erasure *erasure;
    struct ps_search search;
    uint64_t entries; /* How many there were when the walk began. */
    size_t records_done, strays_done;
};

static bool holds_nul(struct payscore_text text)
{
    return memchr(text.data, '\0', text.size) != NULL;
}

static enum payscore_status check(const struct payscore *engine,
                                  const struct payscore_erasure *erasure,
                                  struct payscore_error *error)
{
    if (engine->role == PAYSCORE_READER || erasure->merchant >= engine->merchant_count)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "a reader, or no such merchant");
    if (erasure->openid.size == 0 || erasure->openid.size > PS_OPENID_MAX)
        return ps_fail(error, PAYSCORE_E_INPUT, "openid: 1 to %d bytes", PS_OPENID_MAX);
    if (erasure->person.size == 0 || erasure->reason.size == 0)
        return ps_fail(error, PAYSCORE_E_INPUT, "person and reason: who erases, and why");
    if (holds_nul(erasure->openid) || holds_nul(erasure->person) || holds_nul(erasure->reason))
        return ps_fail(error, PAYSCORE_E_INPUT, "openid, person, reason: a NUL is in one of them");
    return PAYSCORE_OK;
}

static enum payscore_status walk_records(struct task *task)
{
    struct ps_id_key from = {{0}};
    enum payscore_status rc = PAYSCORE_OK;
    while (rc == PAYSCORE_OK) {
        rc = ps_txn_begin(task->engine->store, PS_READ, &task->search.txn);
        if (rc != PAYSCORE_OK) return rc;
        rc = ps_search_records(&task->search, &from, RECORDS_A_LOOK);
        ps_txn_abort(task->search.txn);
    }
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* Up to where the journal stood at the beginning: the chore looks at the rest. */
static enum payscore_status walk_entries(struct task *task)
{
    uint64_t next = 1;
    enum payscore_status rc = PAYSCORE_OK;
    while (rc == PAYSCORE_OK && next <= task->entries) {
        rc = ps_txn_begin(task->engine->store, PS_READ, &task->search.txn);
        if (rc != PAYSCORE_OK) return rc;
        rc = ps_search_entries(&task->search, &next, ENTRIES_A_LOOK);
        ps_txn_abort(task->search.txn);
    }
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* All of them are looked at before the first is touched. */
static enum payscore_status find_all(struct task *task, struct payscore_error *error)
{
    enum payscore_status rc = ps_txn_begin(task->engine->store, PS_READ, &task->search.txn);
    if (rc != PAYSCORE_OK) return rc;
    task->entries = ps_txn_head(task->search.txn)->entries;
    ps_txn_abort(task->search.txn);
    rc = walk_records(task);
    if (rc == PAYSCORE_OK) rc = walk_entries(task);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_txn_begin(task->engine->store, PS_READ, &task->search.txn);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_search_settled(&task->search, error);
    ps_txn_abort(task->search.txn);
    return rc;
}

static bool add_records(struct task *task, cJSON *body)
{
    cJSON *records = ps_make_array(body, "records");
    bool added = records != NULL;
    for (size_t i = 0;
         added && i < RECORDS_A_CALL && task->records_done < task->search.record_count; i++) {
        struct ps_id_key key = ps_id_key(&task->search.records[task->records_done++]);
        char text[2 * sizeof key.bytes + 1];
        ps_hex(key.bytes, sizeof key.bytes, text);
        added = cJSON_AddItemToArray(records, cJSON_CreateString(text));
    }
    return added;
}

static bool add_strays(struct task *task, cJSON *body)
{
    cJSON *strays = ps_make_array(body, "strays");
    bool added = strays != NULL;
    for (size_t i = 0; added && i < STRAYS_A_CALL && task->strays_done < task->search.stray_count;
         i++) {
        uint64_t number = task->search.strays[task->strays_done++];
        added = cJSON_AddItemToArray(strays, cJSON_CreateNumber((double)number));
    }
    return added;
}

static char *next_body(struct task *task)
{
    cJSON *body = cJSON_CreateObject();
    ps_make_bytes(body, "openid", task->erasure->openid);
    ps_make_bytes(body, "person", task->erasure->person);
    ps_make_bytes(body, "reason", task->erasure->reason);
    bool whole = add_records(task, body) && add_strays(task, body);
    ps_make_number(body, "entries", (double)task->entries);
    char *text = whole ? ps_make_print(body) : NULL;
    cJSON_Delete(body);
    return text;
}

static enum payscore_status submit_next(struct task *task, uint64_t *entries,
                                        struct payscore_error *error)
{
    struct payscore_result result = {0};
    char *body = next_body(task);
    if (body == NULL) return PAYSCORE_E_MEMORY;
    struct payscore_command command = {
        task->erasure->merchant, PAYSCORE_TEXT("erase"), {NULL, 0}, ps_text_of(body)};
    enum payscore_status rc = payscore_submit(task->engine, &command, &result, error);
    cJSON_free(body);
    if (rc == PAYSCORE_OK) *entries += result.count;
    /* Repeated behind a connection that broke, or done by somebody else meanwhile. */
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status payscore_erase(struct payscore *engine, const struct payscore_erasure *erasure,
                                    uint64_t *entries, struct payscore_error *error)
{
    struct payscore_error unused;
    struct task task = {.engine = engine, .erasure = erasure};
    *entries = 0;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc == PAYSCORE_OK) rc = check(engine, erasure, error);
    if (rc != PAYSCORE_OK) return rc;
    task.search.merchant = engine->merchants[erasure->merchant].merchant;
    memcpy(task.search.openid, erasure->openid.data, erasure->openid.size);
    rc = find_all(&task, error);
    if (rc == PAYSCORE_OK && task.search.record_count + task.search.stray_count == 0)
        rc = ps_fail(error, PAYSCORE_E_NOT_FOUND, "no record names this user");
    while (rc == PAYSCORE_OK && (task.records_done < task.search.record_count ||
                                 task.strays_done < task.search.stray_count))
        rc = submit_next(&task, entries, error);
    ps_search_end(&task.search);
    if (rc == PAYSCORE_OK || rc == PAYSCORE_E_NOT_FOUND) {
        /* Also what an earlier call left: its process may have ended before it came to that. */
        enum payscore_status scrubbed = ps_store_scrub(engine->store, error);
        if (scrubbed != PAYSCORE_OK) rc = scrubbed;
    }
    if (rc != PAYSCORE_OK && error->text[0] == '\0')
        ps_fail(error, rc, "%s", payscore_status_text(rc));
    return rc;
}
