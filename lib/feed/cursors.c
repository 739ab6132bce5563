/* Named cursors: rows of META, stored and dropped as chores. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/time.h"
#include "engine/chores.h"
#include "engine/describe.h"
#include "engine/making.h"
#include "engine/read.h"
#include "feed/cursor.h"
#include "wechat/view.h"

/* As it is stored. */
struct named_cursor {
    uint64_t incarnation, number;
    int64_t stored_ms;
};

#define PREFIX "cursor "
enum { PREFIX_SIZE = sizeof PREFIX - 1 };

struct cursor_key {
    size_t size;
    char bytes[PREFIX_SIZE + PAYSCORE_CURSOR_NAME_MAX];
};

static struct payscore_text key_text(const struct cursor_key *key)
{
    return (struct payscore_text){key->bytes, key->size};
}

static bool is_name(struct payscore_text name)
{
    return name.size > 0 && name.size <= PAYSCORE_CURSOR_NAME_MAX && ps_text_all_of(name, "-_.");
}

static bool key_of(struct payscore_text name, struct cursor_key *key)
{
    if (!is_name(name)) return false;
    memcpy(key->bytes, PREFIX, PREFIX_SIZE);
    memcpy(key->bytes + PREFIX_SIZE, name.data, name.size);
    key->size = PREFIX_SIZE + name.size;
    return true;
}

static enum payscore_status unpack(struct payscore_text value, struct named_cursor *cursor)
{
    if (value.size != sizeof *cursor) return PAYSCORE_E_CORRUPT;
    memcpy(cursor, value.data, sizeof *cursor);
    return PAYSCORE_OK;
}

static bool is_row(struct payscore_text key)
{
    return ps_text_starts(key, PREFIX);
}

/* Storing and dropping. */

static enum payscore_status count_rows(struct ps_txn *txn, size_t *count)
{
    struct payscore_text key, value;
    *count = 0;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_META, PAYSCORE_TEXT(PREFIX), &key, &value);
    for (; rc == PAYSCORE_OK && is_row(key); rc = ps_txn_next(txn, PS_TABLE_META, &key, &value))
        (*count)++;
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* A name that is there may move whatever their number. */
static enum payscore_status find_room(struct ps_txn *txn, const struct cursor_key *key,
                                      struct payscore_error *why)
{
    struct payscore_text value;
    size_t count;
    enum payscore_status rc = ps_txn_get(txn, PS_TABLE_META, key_text(key), &value);
    if (rc != PAYSCORE_E_NOT_FOUND) return rc;
    rc = count_rows(txn, &count);
    if (rc != PAYSCORE_OK || count < PAYSCORE_CURSORS_MAX) return rc;
    return ps_fail(why, PAYSCORE_E_INPUT,
                   "there are %d named cursors already: drop one that nobody uses",
                   PAYSCORE_CURSORS_MAX);
}

static bool name_of(struct ps_chore_work *work, struct cursor_key *key)
{
    struct payscore_text name = ps_json_text(work->body, "name");
    if (key_of(name, key)) return true;
    ps_fail(&work->why, PAYSCORE_OK,
            "name: \"%.*s\" is no name of a cursor: 1 to %d letters, digits, '-', '_' or '.'",
            PS_SHOWN(name), PAYSCORE_CURSOR_NAME_MAX);
    return false;
}

enum payscore_status ps_chore_cursor_store(struct ps_change *change, struct ps_chore_work *work)
{
    struct cursor_key key;
    struct named_cursor cursor = {.incarnation = change->head.incarnation,
                                  .stored_ms = change->now_ms};
    struct payscore_text text = ps_json_text(work->body, "cursor");
    if (!name_of(work, &key)) return PAYSCORE_E_INPUT;
    if (!ps_cursor_read(text, &change->head, &cursor.number)) {
        return ps_fail(&work->why, PAYSCORE_E_INPUT, "cursor: \"%.*s\" is no cursor of this store",
                       PS_SHOWN(text));
    }
    enum payscore_status rc = find_room(change->txn, &key, &work->why);
    if (rc != PAYSCORE_OK) return rc;
    ps_txn_put(change->txn, PS_TABLE_META, key_text(&key),
               (struct payscore_text){(const char *)&cursor, sizeof cursor});
    work->count = 1;
    return ps_txn_status(change->txn);
}

enum payscore_status ps_chore_cursor_drop(struct ps_change *change, struct ps_chore_work *work)
{
    struct cursor_key key;
    struct payscore_text value;
    if (!name_of(work, &key)) return PAYSCORE_E_INPUT;
    enum payscore_status rc = ps_txn_get(change->txn, PS_TABLE_META, key_text(&key), &value);
    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_OK;
    if (rc != PAYSCORE_OK) return rc;
    ps_txn_delete(change->txn, PS_TABLE_META, key_text(&key));
    work->count = 1;
    return ps_txn_status(change->txn);
}

/* A chore travels as a command does. */
static enum payscore_status submit(struct payscore *engine, struct payscore_text chore, cJSON *body,
                                   struct payscore_error *error)
{
    struct payscore_result result;
    char *json;
    enum payscore_status rc = ps_describe_print(body, &json);
    if (rc != PAYSCORE_OK) return ps_fail(error, rc, "%s", payscore_status_text(rc));
    struct payscore_command command = {.name = chore, .body = ps_text_of(json)};
    rc = payscore_submit(engine, &command, &result, error);
    payscore_free(json);
    return rc;
}

/* Text that JSON cannot hold is neither a name nor a cursor. */
static bool add_text(cJSON *body, const char *member, struct payscore_text text, size_t max)
{
    char copy[PAYSCORE_CURSOR_NAME_MAX + 1];
    if (text.size > max || !ps_text_all_of(text, "-_.")) return false;
    (void)ps_text_copy(copy, sizeof copy, text);
    ps_make_text(body, member, copy);
    return true;
}

enum payscore_status payscore_cursor_store(struct payscore *engine, struct payscore_text name,
                                           struct payscore_text cursor,
                                           struct payscore_error *error)
{
    cJSON *body = cJSON_CreateObject();
    if (is_name(name) && add_text(body, "name", name, PAYSCORE_CURSOR_NAME_MAX) &&
        add_text(body, "cursor", cursor, PAYSCORE_CURSOR_SIZE - 1))
        return submit(engine, PAYSCORE_TEXT("cursor_store"), body, error);
    cJSON_Delete(body);
    return ps_fail(error, PAYSCORE_E_INPUT, "\"%.*s\" is no name, or \"%.*s\" no cursor",
                   PS_SHOWN(name), PS_SHOWN(cursor));
}

enum payscore_status payscore_cursor_drop(struct payscore *engine, struct payscore_text name,
                                          struct payscore_error *error)
{
    cJSON *body = cJSON_CreateObject();
    if (is_name(name) && add_text(body, "name", name, PAYSCORE_CURSOR_NAME_MAX))
        return submit(engine, PAYSCORE_TEXT("cursor_drop"), body, error);
    cJSON_Delete(body);
    return ps_fail(error, PAYSCORE_E_INPUT, "\"%.*s\" is no name of a cursor", PS_SHOWN(name));
}

/* Reading. */

enum payscore_status payscore_cursor_load(struct payscore *engine, struct payscore_text name,
                                          char cursor[PAYSCORE_CURSOR_SIZE])
{
    struct cursor_key key;
    struct named_cursor stored;
    struct payscore_text value;
    struct ps_txn *txn = NULL;
    cursor[0] = '\0';
    if (!key_of(name, &key)) return PAYSCORE_E_INPUT;
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc == PAYSCORE_OK) rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    const struct ps_head *head = ps_txn_head(txn);
    rc = ps_txn_get(txn, PS_TABLE_META, key_text(&key), &value);
    if (rc == PAYSCORE_OK) rc = unpack(value, &stored);
    if (rc == PAYSCORE_OK && stored.incarnation != head->incarnation) rc = PAYSCORE_E_INPUT;
    if (rc == PAYSCORE_OK) ps_cursor_write(head, stored.number, cursor);
    ps_txn_abort(txn);
    return rc;
}

/* Of the incarnation before a restore: it says neither where it stands nor how far behind. */
static void add_place(cJSON *object, const struct ps_head *head, const struct named_cursor *stored)
{
    char text[PAYSCORE_CURSOR_SIZE];
    ps_cursor_write(head, stored->number, text);
    if (stored->incarnation != head->incarnation) {
        ps_make_null(object, "cursor");
        ps_make_null(object, "behind");
        return;
    }
    ps_make_text(object, "cursor", text);
    ps_make_number(object, "behind", (double)(head->entries - stored->number));
}

static cJSON *describe(const struct ps_head *head, struct payscore_text key,
                       const struct named_cursor *stored)
{
    char name[PAYSCORE_CURSOR_NAME_MAX + 1], time[PS_RFC3339_SIZE + 1];
    struct payscore_text own = {key.data + PREFIX_SIZE, key.size - PREFIX_SIZE};
    cJSON *object = cJSON_CreateObject();
    (void)ps_text_copy(name, sizeof name, own);
    ps_time_to_rfc3339(stored->stored_ms, time);
    ps_make_text(object, "name", name);
    add_place(object, head, stored);
    ps_make_text(object, "stored", time);
    return object;
}

static enum payscore_status make_cursors(struct payscore *engine, struct ps_txn *txn,
                                         const void *wanted, cJSON **root)
{
    struct payscore_text key, value;
    (void)engine;
    (void)wanted;
    *root = cJSON_CreateArray();
    if (*root == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_META, PAYSCORE_TEXT(PREFIX), &key, &value);
    for (; rc == PAYSCORE_OK && is_row(key); rc = ps_txn_next(txn, PS_TABLE_META, &key, &value)) {
        struct named_cursor stored;
        rc = unpack(value, &stored);
        if (rc != PAYSCORE_OK) return rc;
        ps_make_last(*root, describe(ps_txn_head(txn), key, &stored));
    }
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

enum payscore_status payscore_cursors(struct payscore *engine, char **json)
{
    return ps_read_json(engine, make_cursors, NULL, json);
}
