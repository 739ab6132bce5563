/*
 * Erasing a person. The chore destroys what stands in the records and strays that its body names,
 * and in those that came since the caller looked; payscore_erase() looks, and submits the chore.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/panic.h"
#include "engine/chores.h"
#include "engine/making.h"
#include "operations/erase.h"
#include "wechat/view.h"

enum {
    PERSON_MAX = 64, /* Characters; as of a release. */
    REASON_MAX = 200,
    STRAYS_MAX = 100000, /* The entry lists them. */
};

struct erasure {
    struct ps_change *change;
    struct ps_chore_work *work;
    struct ps_search search;
    uint64_t by; /* The entry that will tell of it. */
    char pseudonym[PS_PSEUDONYM_SIZE + 1];
};

/* Reading the body. */

/* Whoever erases must not leave the name in the journal for good. */
static enum payscore_status check_said(const cJSON *body, const char *name, size_t max,
                                       const char *openid, struct payscore_error *why)
{
    struct payscore_text text = ps_json_text(body, name);
    size_t points = 0;
    uint32_t highest;
    if (text.size == 0 || !ps_utf8_count(text, &points, &highest) || points > max)
        return ps_fail(why, PAYSCORE_E_INPUT, "%s: 1 to %zu characters", name, max);
    if (ps_text_contains(text, openid))
        return ps_fail(why, PAYSCORE_E_INPUT, "%s: names the openid that is to be erased", name);
    return PAYSCORE_OK;
}

static enum payscore_status read_person(struct erasure *erasure)
{
    const cJSON *body = erasure->work->body;
    struct payscore_error *why = &erasure->work->why;
    struct payscore_text openid = ps_json_text(body, "openid");
    char *copy = erasure->search.openid;
    if (openid.size == 0 || openid.size > PS_OPENID_MAX || ps_is_pseudonym(openid))
        return ps_fail(why, PAYSCORE_E_INPUT, "openid: 1 to %d bytes, as the platform gave it",
                       PS_OPENID_MAX);
    memcpy(copy, openid.data, openid.size);
    copy[openid.size] = '\0';
    enum payscore_status rc = check_said(body, "person", PERSON_MAX, copy, why);
    return rc == PAYSCORE_OK ? check_said(body, "reason", REASON_MAX, copy, why) : rc;
}

static bool read_number(const cJSON *item, uint64_t *number)
{
    if (!cJSON_IsNumber(item) || item->valuedouble < 0 || item->valuedouble > 9007199254740992.0)
        return false;
    *number = (uint64_t)item->valuedouble;
    return true;
}

/* 0 where it is left out: then everything is walked here. */
static uint64_t seen_up_to(const cJSON *body, const char *name)
{
    uint64_t number = 0;
    return read_number(cJSON_GetObjectItemCaseSensitive(body, name), &number) ? number : 0;
}

static enum payscore_status read_list(struct erasure *erasure)
{
    const cJSON *item;
    struct ps_id_key key;
    struct payscore_id id;
    uint64_t number;
    enum payscore_status rc = PAYSCORE_OK;
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(erasure->work->body, "records"))
    {
        bool good = cJSON_IsString(item) &&
                    ps_unhex(ps_text_of(item->valuestring), key.bytes, sizeof key.bytes) &&
                    ps_id_from_key(PS_KEY(key), &id);
        if (!good) return ps_fail(&erasure->work->why, PAYSCORE_E_INPUT, "records: not keys");
        rc = ps_search_record(&erasure->search, &id);
        if (rc != PAYSCORE_OK) return rc;
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(erasure->work->body, "strays"))
    {
        if (!read_number(item, &number))
            return ps_fail(&erasure->work->why, PAYSCORE_E_INPUT, "strays: not numbers");
        rc = ps_search_stray(&erasure->search, number);
        if (rc != PAYSCORE_OK) return rc;
    }
    return rc;
}

/*
 * What came after the caller looked, or, if he did not look, all there is. Every record that was
 * born since, or has learned since whose it is, was moved by one of these entries; its time of
 * birth says nothing, since a commit lasts and clocks go back.
 */
static enum payscore_status search_rest(struct erasure *erasure)
{
    const struct ps_head *head = &erasure->change->head;
    enum payscore_status rc = PAYSCORE_OK;
    uint64_t next = seen_up_to(erasure->work->body, "entries") + 1;
    erasure->search.moved = true;
    while (rc == PAYSCORE_OK && next <= head->entries)
        rc = ps_search_entries(&erasure->search, &next, SIZE_MAX);
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* The service of a record, which need not be among those that are configured now. */
static bool service_of(struct erasure *erasure, const struct ps_record *record,
                       char service_id[PS_NUMBER_MAX + 1])
{
    char prefix[PS_NUMBER_MAX + 2];
    int size = snprintf(prefix, sizeof prefix, "s%s", erasure->work->merchant->mchid) + 1;
    struct payscore_text from = {prefix, (size_t)size}, key, value; /* Its NUL is part of it. */
    struct ps_txn *txn = erasure->change->txn;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_META, from, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_META, &key, &value)) {
        if (key.size <= from.size || memcmp(key.data, from.data, from.size) != 0) return false;
        const char *at = memchr(key.data + from.size, '\0', key.size - from.size);
        if (at == NULL || value.size != sizeof record->service) continue;
        if (memcmp(value.data, &record->service, value.size) != 0) continue;
        size_t length = key.size - (size_t)(at + 1 - key.data);
        if (length > PS_NUMBER_MAX) return false;
        memcpy(service_id, at + 1, length);
        service_id[length] = '\0';
        return true;
    }
    return false;
}

static bool user_alias(const struct ps_record *record, char *service_id, const char *openid,
                       struct ps_alias_key *alias)
{
    const struct ps_merchant merchant = {.service_id = service_id};
    char name[PS_NAME_MAX + 1];
    return ps_alias_name(record->chart, &merchant, ps_text_of(""), ps_text_of(openid), name) &&
           ps_alias_key(record->chart, record->merchant, ps_text_of(name), alias);
}

/* A history that breaks off would leave behind what cannot be reached: nothing is erased then. */
static enum payscore_status check_history(struct erasure *erasure, const struct payscore_id *id)
{
    struct ps_txn *txn = erasure->change->txn;
    struct payscore_error *why = &erasure->work->why;
    struct ps_record record;
    struct ps_entry entry;
    char service_id[PS_NUMBER_MAX + 1];
    enum payscore_status rc = ps_record_read(txn, id, &record);
    if (rc != PAYSCORE_OK) return rc;
    if (!service_of(erasure, &record, service_id) && ps_txn_status(txn) == PAYSCORE_OK)
        return ps_fail(why, PAYSCORE_E_CORRUPT, "a record's service has no name in the store");
    for (uint64_t number = record.last_entry; number != 0; number = entry.previous_entry) {
        rc = ps_entry_read(txn, number, &entry);
        if (ps_txn_status(txn) != PAYSCORE_OK) break;
        if (rc != PAYSCORE_OK || entry.previous_entry >= number)
            return ps_fail(why, PAYSCORE_E_CORRUPT,
                           "journal entry %" PRIu64 " cannot be read: verify tells more", number);
    }
    return ps_txn_status(txn);
}

static enum payscore_status find(struct erasure *erasure)
{
    struct payscore_error *why = &erasure->work->why;
    enum payscore_status rc = read_list(erasure);
    if (rc == PAYSCORE_OK) rc = search_rest(erasure);
    if (rc == PAYSCORE_OK) rc = ps_search_settled(&erasure->search, why);
    for (size_t i = 0; rc == PAYSCORE_OK && i < erasure->search.record_count; i++)
        rc = check_history(erasure, &erasure->search.records[i]);
    if (rc != PAYSCORE_OK) return rc;
    if (erasure->search.stray_count > STRAYS_MAX)
        return ps_fail(why, PAYSCORE_E_TOO_LARGE, "strays: at most %d at once", STRAYS_MAX);
    if (erasure->search.record_count + erasure->search.stray_count == 0)
        return ps_fail(why, PAYSCORE_E_NOT_FOUND, "no record names this user");
    return PAYSCORE_OK;
}

/* Destroying. From here on every failure ends the transaction. */

static void erase_evidence(struct erasure *erasure, uint64_t number)
{
    struct ps_txn *txn = erasure->change->txn;
    struct ps_entry_key key = ps_entry_key(number);
    struct ps_marker marker = ps_marker_pack(erasure->by);
    struct payscore_text stored;
    uint64_t before;
    if (ps_txn_get(txn, PS_TABLE_EVIDENCE, PS_KEY(key), &stored) != PAYSCORE_OK) return;
    if (ps_marker_unpack(stored, &before)) return;
    ps_txn_put(txn, PS_TABLE_EVIDENCE, PS_KEY(key), ps_key_text(marker.bytes, sizeof marker.bytes));
    erasure->work->count++;
}

static void erase_history(struct erasure *erasure, const struct ps_record *record)
{
    struct ps_entry entry;
    for (uint64_t number = record->last_entry; number != 0; number = entry.previous_entry) {
        erase_evidence(erasure, number);
        if (ps_entry_read(erasure->change->txn, number, &entry) != PAYSCORE_OK) return;
    }
}

/* An authorization is found by its user's name. */
static void rename_user(struct erasure *erasure, const struct ps_record *record)
{
    char service_id[PS_NUMBER_MAX + 1];
    struct ps_alias_key old, next;
    struct ps_id_key key = ps_id_key(&record->id);
    struct ps_txn *txn = erasure->change->txn;
    if (record->chart != PS_CHART_authorization) return;
    bool known = service_of(erasure, record, service_id) &&
                 user_alias(record, service_id, erasure->search.openid, &old) &&
                 user_alias(record, service_id, erasure->pseudonym, &next);
    if (ps_txn_status(txn) != PAYSCORE_OK) return; /* It could not be read: nothing is written. */
    PS_ASSERT(known); /* It was looked at before anything was written. */
    ps_txn_delete(txn, PS_TABLE_ALIASES, ps_key_text(old.bytes, old.size));
    ps_txn_put(txn, PS_TABLE_ALIASES, ps_key_text(next.bytes, next.size), PS_KEY(key));
}

static enum payscore_status erase_record(struct erasure *erasure, const struct payscore_id *id)
{
    struct ps_txn *txn = erasure->change->txn;
    struct ps_record record;
    struct ps_id_key key = ps_id_key(id);
    enum payscore_status rc = ps_record_read(txn, id, &record);
    if (rc != PAYSCORE_OK) return rc;
    erase_history(erasure, &record);
    if (!ps_record_is_erased(&record)) {
        rename_user(erasure, &record);
        memset(record.openid, 0, sizeof record.openid);
        memcpy(record.openid, erasure->pseudonym, PS_PSEUDONYM_SIZE);
        record.openid_size = PS_PSEUDONYM_SIZE;
    }
    record.expires_ms = 0;
    ps_txn_delete(txn, PS_TABLE_HANDOVERS, PS_KEY(key));
    ps_txn_put(txn, PS_TABLE_RECORDS, PS_KEY(key), ps_key_text(&record, sizeof record));
    return rc;
}

/* Whose evidence may bear this erasure's markers: the chain holds the list. */
static void list_records(const struct erasure *erasure, struct ps_parts *list)
{
    for (size_t i = 0; i < erasure->search.record_count; i++) {
        struct ps_id_key key = ps_id_key(&erasure->search.records[i]);
        ps_parts_append(list, PS_KEY(key));
    }
}

static enum payscore_status append_entry(struct erasure *erasure)
{
    const cJSON *body = erasure->work->body;
    struct ps_parts parts = {0}, records = {0};
    cJSON *said = cJSON_CreateObject();
    for (size_t i = 0; i < 2; i++) {
        const char *name = i == 0 ? "person" : "reason";
        const cJSON *text = cJSON_GetObjectItemCaseSensitive(body, name);
        ps_make_text(said, name, text->valuestring);
    }
    ps_make_number(said, "records", (double)erasure->search.record_count);
    ps_make_number(said, "entries", (double)erasure->work->count);
    char *text = ps_make_print(said);
    cJSON_Delete(said);
    if (text == NULL) return PAYSCORE_E_MEMORY;
    ps_parts_add(&parts, PS_PART_command, ps_text_of(text));
    ps_parts_add(&parts, PS_PART_erased,
                 ps_key_text(erasure->search.strays,
                             erasure->search.stray_count * sizeof *erasure->search.strays));
    list_records(erasure, &records);
    ps_parts_add(&parts, PS_PART_erased_records, ps_key_text(records.bytes, records.size));
    cJSON_free(text);
    enum payscore_status rc = records.status;
    if (rc == PAYSCORE_OK)
        rc = ps_chore_entry(erasure->change, erasure->work, PS_CHORE_erase, &parts,
                            &erasure->work->entry);
    ps_parts_free(&records);
    ps_parts_free(&parts);
    return rc;
}

static enum payscore_status destroy(struct erasure *erasure)
{
    enum payscore_status rc = PAYSCORE_OK;
    erasure->by = erasure->change->head.entries + 1;
    ps_pseudonym(erasure->change->engine, erasure->pseudonym);
    for (size_t i = 0; rc == PAYSCORE_OK && i < erasure->search.record_count; i++)
        rc = erase_record(erasure, &erasure->search.records[i]);
    for (size_t i = 0; i < erasure->search.stray_count; i++)
        erase_evidence(erasure, erasure->search.strays[i]);
    ps_txn_owe_scrub(erasure->change->txn, erasure->by);
    return rc == PAYSCORE_OK ? append_entry(erasure) : rc;
}

enum payscore_status ps_chore_erase(struct ps_change *change, struct ps_chore_work *work)
{
    struct erasure erasure = {
        .change = change,
        .work = work,
        .search = {.txn = change->txn, .merchant = work->merchant->merchant},
    };
    enum payscore_status rc = read_person(&erasure);
    if (rc == PAYSCORE_OK) rc = find(&erasure);
    if (rc == PAYSCORE_OK) rc = destroy(&erasure);
    ps_search_end(&erasure.search);
    return rc;
}
