/*
 * Heads: where the chain of hashes stands, signed. What is signed is a text of lines, so that the
 * form of the JSON around it says nothing.
 */
#include <cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/time.h"
#include "engine/describe.h"
#include "engine/making.h"
#include "operations/asking.h"
#include "payscore/operations.h"
#include "wechat/view.h"

enum { HEAD_SIZE_MAX = 8192, HEAD_TEXT_SIZE = 512, INCARNATION_SIZE = 16, NAME_MAX_SIZE = 32 };
static const double entries_max = 9007199254740991.0; /* All that a JSON number holds exactly. */

struct head {
    char mchid[NAME_MAX_SIZE + 1];
    char incarnation[INCARNATION_SIZE + 1];
    uint64_t entries;
    char hash[2 * PS_HASH_SIZE + 1];
    char time[PS_RFC3339_SIZE + 1];
};

static struct payscore_text signed_text(const struct head *head, char text[HEAD_TEXT_SIZE])
{
    int size = snprintf(text, HEAD_TEXT_SIZE, "payscore head 1\n%s\n%s\n%" PRIu64 "\n%s\n%s\n",
                        head->mchid, head->incarnation, head->entries, head->hash, head->time);
    return (struct payscore_text){text, (size_t)size};
}

static enum payscore_status read_head(struct payscore *engine, struct head *head)
{
    struct ps_txn *txn = NULL;
    enum payscore_status rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_head stands = *ps_txn_head(txn);
    ps_txn_abort(txn);
    if (stands.entries == 0) return PAYSCORE_E_NOT_FOUND;
    head->entries = stands.entries;
    snprintf(head->incarnation, sizeof head->incarnation, "%016" PRIx64, stands.incarnation);
    ps_hex(stands.hash, PS_HASH_SIZE, head->hash);
    ps_time_to_rfc3339(ps_now_ms(engine), head->time);
    return PAYSCORE_OK;
}

enum payscore_status payscore_head(struct payscore *engine, size_t merchant, char **json)
{
    struct head head;
    char text[HEAD_TEXT_SIZE], signature[PS_SIGNATURE_MAX];
    *json = NULL;
    if (!ps_process_is_ours(engine)) return PAYSCORE_E_PROCESS;
    if (merchant >= engine->merchant_count) return PAYSCORE_E_ARGUMENT;
    const struct ps_merchant *own = &engine->merchants[merchant];
    if (own->ring == NULL) return PAYSCORE_E_KEY;
    enum payscore_status rc = read_head(engine, &head);
    if (rc != PAYSCORE_OK) return rc;
    snprintf(head.mchid, sizeof head.mchid, "%s", own->mchid);
    rc = ps_keyring_sign(own->ring, signed_text(&head, text), signature);
    if (rc != PAYSCORE_OK) return rc;
    char serial[PAYSCORE_SERIAL_MAX + 1];
    (void)ps_text_copy(serial, sizeof serial, ps_keyring_serial(own->ring));
    cJSON *object = cJSON_CreateObject();
    ps_make_text(object, "mchid", head.mchid);
    ps_make_text(object, "incarnation", head.incarnation);
    ps_make_number(object, "entries", (double)head.entries);
    ps_make_text(object, "hash", head.hash);
    ps_make_text(object, "time", head.time);
    ps_make_text(object, "serial", serial);
    ps_make_text(object, "signature", signature);
    return ps_describe_print(object, json);
}

/* A member of at most `size` - 1 bytes that cannot hold a line break. */
static bool take(const cJSON *object, const char *member, const char *also, char *to, size_t size)
{
    struct payscore_text text = ps_json_text(object, member);
    return text.size > 0 && text.size < size && ps_text_all_of(text, also) &&
           ps_text_copy(to, size, text);
}

static bool take_all(const cJSON *object, struct head *head)
{
    const cJSON *entries = cJSON_GetObjectItemCaseSensitive(object, "entries");
    if (!cJSON_IsNumber(entries) || !(entries->valuedouble >= 1) ||
        entries->valuedouble > entries_max)
        return false;
    head->entries = (uint64_t)entries->valuedouble;
    return (double)head->entries == entries->valuedouble &&
           take(object, "mchid", "_-", head->mchid, sizeof head->mchid) &&
           take(object, "incarnation", "", head->incarnation, sizeof head->incarnation) &&
           take(object, "hash", "", head->hash, sizeof head->hash) &&
           take(object, "time", "+-:.", head->time, sizeof head->time);
}

static const struct ps_keyring *ring_of(const struct payscore *engine, const char *mchid)
{
    for (size_t i = 0; i < engine->merchant_count; i++)
        if (engine->merchants[i].ring != NULL && strcmp(engine->merchants[i].mchid, mchid) == 0)
            return engine->merchants[i].ring;
    return NULL;
}

static enum payscore_status check_signature(const struct payscore *engine, const struct head *head,
                                            struct payscore_text signature,
                                            struct payscore_text pem, struct payscore_error *error)
{
    char text[HEAD_TEXT_SIZE];
    struct payscore_text message = signed_text(head, text);
    enum payscore_status rc;
    if (pem.size > 0) {
        rc = ps_public_key_verify(pem, message, signature, error);
    } else {
        const struct ps_keyring *ring = ring_of(engine, head->mchid);
        if (ring == NULL)
            return ps_fail(error, PAYSCORE_E_KEY,
                           "no key of merchant %s is at hand: give its public key or certificate",
                           head->mchid);
        rc = ps_keyring_verify_own(ring, message, signature);
    }
    if (rc == PAYSCORE_E_FORGED)
        return ps_fail(error, rc, "the head's signature does not verify with this key");
    return rc;
}

static enum payscore_status open_head(const struct payscore *engine, struct payscore_text json,
                                      struct payscore_text pem, struct head *head,
                                      struct payscore_error *error)
{
    cJSON *object = NULL;
    enum payscore_status rc = ps_json_parse(json, HEAD_SIZE_MAX, &object, error);
    if (rc != PAYSCORE_OK) return rc;
    struct payscore_text signature = ps_json_text(object, "signature");
    if (!take_all(object, head) || signature.size == 0)
        rc = ps_fail(error, PAYSCORE_E_INPUT,
                     "this is no head: mchid, incarnation, entries, hash, time and signature");
    else
        rc = check_signature(engine, head, signature, pem, error);
    cJSON_Delete(object);
    return rc;
}

/* Whether the store was restored from less than this head saw. */
static bool is_beyond_backup(struct ps_txn *txn, const struct head *head)
{
    struct ps_restored restored;
    char own[INCARNATION_SIZE + 1];
    snprintf(own, sizeof own, "%016" PRIx64, ps_txn_head(txn)->incarnation);
    return strcmp(own, head->incarnation) != 0 && ps_restored_read(txn, &restored) &&
           head->entries > restored.entries;
}

/* What is wrong with the entry that it names; NULL: nothing. An entry ends with its hash, whatever
 * is left of it. */
static enum payscore_status look_up(struct payscore *engine, const struct head *head,
                                    const char **wrong)
{
    struct ps_txn *txn = NULL;
    struct payscore_text value;
    char hash[2 * PS_HASH_SIZE + 1] = "";
    struct ps_entry_key key = ps_entry_key(head->entries);
    enum payscore_status rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_txn_get(txn, PS_TABLE_JOURNAL, PS_KEY(key), &value);
    if (rc == PAYSCORE_OK && value.size >= PS_HASH_SIZE)
        ps_hex((const uint8_t *)value.data + value.size - PS_HASH_SIZE, PS_HASH_SIZE, hash);
    *wrong = NULL;
    if (rc == PAYSCORE_OK || rc == PAYSCORE_E_NOT_FOUND) {
        if (strcmp(hash, head->hash) != 0)
            *wrong = is_beyond_backup(txn, head)
                         ? "a signed head names it, and lies behind the backup that was restored"
                     : rc == PAYSCORE_OK
                         ? "a signed head names another hash: it was put in its place"
                         : "a signed head names it, and it is cut off";
        rc = PAYSCORE_OK;
    }
    ps_txn_abort(txn);
    return rc;
}

enum payscore_status payscore_verify_head(struct payscore *engine, struct payscore_text head,
                                          struct payscore_text public_key_pem,
                                          struct payscore_report *report,
                                          struct payscore_error *error)
{
    struct payscore_error unused;
    struct head opened = {0};
    const char *wrong = NULL;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    memset(report, 0, sizeof *report);
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc == PAYSCORE_OK) rc = open_head(engine, head, public_key_pem, &opened, error);
    /* In this order: what the first snapshot holds, the second walks through. */
    if (rc == PAYSCORE_OK) rc = look_up(engine, &opened, &wrong);
    if (rc == PAYSCORE_OK) rc = payscore_verify(engine, report);
    if (rc != PAYSCORE_OK) {
        return error->text[0] != '\0' ? rc : ps_fail(error, rc, "%s", payscore_status_text(rc));
    }
    if (wrong != NULL && report->faults++ == 0) {
        report->first_entry = opened.entries;
        ps_fail(&report->first, PAYSCORE_OK, "journal entry %" PRIu64 ": %s", opened.entries,
                wrong);
    }
    return PAYSCORE_OK;
}
