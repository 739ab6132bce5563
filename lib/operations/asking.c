/* What a restored store is to begin with. */
#include "operations/asking.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "engine/change.h"
#include "engine/chores.h"
#include "engine/left.h"
#include "engine/marks.h"
#include "engine/writing.h"

enum { RECORDS_PER_TRANSACTION = 10000 };

static const struct payscore_text restored_key = PAYSCORE_TEXT("restored");
_Static_assert(sizeof(struct ps_restored) == 3 * 8 + PS_HASH_SIZE, "stored as it is");

static enum payscore_status refuse(const struct ps_asking *asking, enum payscore_status rc,
                                   const char *why)
{
    return ps_fail(asking->error, rc, "the backup is not sound: %s", why);
}

/* One record as it lies in the copy. */
static enum payscore_status read_record(const struct ps_asking *asking, struct payscore_text key,
                                        struct payscore_text value, struct ps_record *record)
{
    enum payscore_status rc = ps_record_unpack(value, record);
    if (rc == PAYSCORE_E_NOT_FOUND && ps_record_is_retired(record)) rc = PAYSCORE_OK;
    if (rc == PAYSCORE_E_VERSION) return refuse(asking, rc, "a record is of another layout");
    struct ps_id_key own = ps_id_key(&record->id);
    if (rc != PAYSCORE_OK || !ps_text_equal(key, PS_KEY(own)))
        return refuse(asking, PAYSCORE_E_CORRUPT, "a record's bytes were altered");
    const struct ps_chart *chart = ps_chart_by_id(record->chart);
    if (chart == NULL || ps_chart_state(chart, record->state) == NULL)
        return refuse(asking, PAYSCORE_E_VERSION, "a record is of a chart that is not known here");
    return PAYSCORE_OK;
}

/* Of an authorization whose user was erased nothing can be asked. */
static bool is_open(const struct ps_record *record)
{
    const struct ps_chart *chart = ps_chart_by_id(record->chart);
    return !ps_record_is_retired(record) && !ps_record_is_erased(record) &&
           ps_chart_state(chart, record->state)->kind != PS_STATE_FINAL;
}

static bool waits(const struct ps_record *record)
{
    return ps_owes(ps_chart_by_id(record->chart), record)->lane != PAYSCORE_LANE_NONE;
}

/* The head's newest entry is there, and is what the head says. */
static enum payscore_status check_newest(const struct ps_asking *asking, struct ps_txn *txn)
{
    const struct ps_head *head = ps_txn_head(txn);
    struct payscore_text key, value;
    struct ps_entry_key newest = ps_entry_key(head->entries);
    if (head->entries == 0) return PAYSCORE_OK;
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_JOURNAL, PS_KEY(newest), &key, &value);
    if (rc != PAYSCORE_OK && rc != PAYSCORE_E_NOT_FOUND) return rc;
    bool sound = rc == PAYSCORE_OK && ps_text_equal(key, PS_KEY(newest)) &&
                 value.size >= PS_HASH_SIZE &&
                 memcmp(value.data + value.size - PS_HASH_SIZE, head->hash, PS_HASH_SIZE) == 0;
    return sound ? PAYSCORE_OK
                 : refuse(asking, PAYSCORE_E_CORRUPT, "its newest entry is missing or another");
}

enum payscore_status ps_asking_survey(struct ps_asking *asking)
{
    struct ps_txn *txn = NULL;
    struct payscore_text key, value, first = {NULL, 0};
    enum payscore_status rc = ps_txn_begin(asking->engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    rc = check_newest(asking, txn);
    if (rc == PAYSCORE_OK) rc = ps_txn_seek(txn, PS_TABLE_RECORDS, first, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value)) {
        struct ps_record record;
        rc = read_record(asking, key, value, &record);
        if (rc != PAYSCORE_OK) break;
        if (is_open(&record)) *(waits(&record) ? &asking->waiting : &asking->resting) += 1;
    }
    ps_txn_abort(txn);
    return rc == PAYSCORE_E_NOT_FOUND ? PAYSCORE_OK : rc;
}

/* The charts of this build have moved nothing here, but the entry names them. */
static enum payscore_status put_charts(struct payscore *engine, struct ps_txn *txn)
{
    char *charts = NULL, key[PS_CHART_KEY_SIZE];
    size_t size = 0;
    struct payscore_text value;
    enum payscore_status rc = ps_charts_text(&charts, &size, engine->chart_digest);
    if (rc != PAYSCORE_OK) return rc;
    ps_chart_key(engine->chart_digest, key);
    if (ps_txn_get(txn, PS_TABLE_META, ps_text_of(key), &value) == PAYSCORE_E_NOT_FOUND)
        ps_txn_put(txn, PS_TABLE_META, ps_text_of(key), (struct payscore_text){charts, size});
    free(charts);
    return PAYSCORE_OK;
}

static enum payscore_status put_entry(const struct ps_asking *asking, struct ps_change *change,
                                      const struct ps_restored *restored)
{
    char hash[2 * PS_HASH_SIZE + 1], note[512];
    struct ps_parts parts = {0};
    struct ps_entry entry = {.event = PS_CHORE_restored, .carrier = PAYSCORE_CARRIER_COMMAND};
    ps_hex(restored->hash, PS_HASH_SIZE, hash);
    int size =
        snprintf(note, sizeof note,
                 "restored from a backup of incarnation %016" PRIx64 ", which stood at entry "
                 "%" PRIu64 " with hash %s; the platform is asked first about %" PRIu64 " records",
                 restored->incarnation, restored->entries, hash, asking->waiting + asking->resting);
    ps_parts_add(&parts, PS_PART_note, (struct payscore_text){note, (size_t)size});
    enum payscore_status rc = ps_change_append(change, &entry, &parts);
    ps_parts_free(&parts);
    return rc;
}

enum payscore_status ps_asking_begin(struct ps_asking *asking, uint64_t incarnation)
{
    struct ps_change change = {.engine = asking->engine, .now_ms = ps_now_ms(asking->engine)};
    enum payscore_status rc = ps_txn_begin(asking->engine->store, PS_WRITE, &change.txn);
    if (rc != PAYSCORE_OK) return rc;
    asking->now_ms = change.now_ms;
    change.head = *ps_txn_head(change.txn);
    struct ps_restored restored = {.incarnation = change.head.incarnation,
                                   .entries = change.head.entries,
                                   .at_ms = change.now_ms};
    memcpy(restored.hash, change.head.hash, PS_HASH_SIZE);
    change.head.incarnation = incarnation;
    asking->engine->epoch = ++change.head.epoch;
    ps_writing_count_as_sent(change.txn, change.head.epoch);
    rc = put_charts(asking->engine, change.txn);
    if (rc == PAYSCORE_OK) rc = put_entry(asking, &change, &restored);
    if (rc != PAYSCORE_OK) {
        ps_txn_abort(change.txn);
        return rc;
    }
    ps_txn_put(change.txn, PS_TABLE_META, restored_key, ps_key_text(&restored, sizeof restored));
    return ps_txn_commit(change.txn, &change.head);
}

/* Those that wait for something first; all of them spread, and within a day. */
static int64_t question_at_ms(struct ps_asking *asking, const struct ps_record *record)
{
    bool wait = waits(record);
    uint64_t all = asking->waiting + asking->resting;
    uint64_t place = asking->asked[wait]++ + (wait ? 0 : asking->waiting);
    if (all <= PS_MARK_SPREAD_MAX_MS / PS_MARK_SPREAD_MS)
        return asking->now_ms + (int64_t)(place * PS_MARK_SPREAD_MS);
    return asking->now_ms + (int64_t)((double)place / (double)all * PS_MARK_SPREAD_MAX_MS);
}

static void mark(struct ps_asking *asking, struct ps_change *change, struct ps_record *record)
{
    struct ps_due due = {.merchant = record->merchant,
                         .lane = record->due_lane,
                         .at_ms = record->due_at_ms,
                         .id = record->id};
    struct ps_due_key key = ps_due_key(&due);
    struct ps_record old = *record;
    if (record->due_at_ms != 0) ps_txn_delete(change->txn, PS_TABLE_DUE, PS_KEY(key));
    old.due_at_ms = 0;
    ps_mark_set(record, question_at_ms(asking, record));
    ps_change_put(change, &old, record);
}

static enum payscore_status mark_some(struct ps_asking *asking, struct ps_change *change)
{
    struct payscore_text key, value;
    enum payscore_status rc =
        ps_txn_seek(change->txn, PS_TABLE_RECORDS, PS_KEY(asking->from), &key, &value);
    for (int i = 0; rc == PAYSCORE_OK && i < RECORDS_PER_TRANSACTION; i++) {
        struct ps_record record;
        rc = read_record(asking, key, value, &record);
        if (rc != PAYSCORE_OK) return rc;
        if (is_open(&record)) mark(asking, change, &record);
        rc = ps_txn_next(change->txn, PS_TABLE_RECORDS, &key, &value);
    }
    asking->done = rc == PAYSCORE_E_NOT_FOUND;
    if (rc == PAYSCORE_OK) memcpy(asking->from.bytes, key.data, sizeof asking->from.bytes);
    return asking->done ? PAYSCORE_OK : rc;
}

enum payscore_status ps_asking_go_on(struct ps_asking *asking)
{
    struct ps_change change = {.engine = asking->engine, .now_ms = asking->now_ms};
    enum payscore_status rc = ps_txn_begin(asking->engine->store, PS_WRITE, &change.txn);
    if (rc != PAYSCORE_OK) return rc;
    change.head = *ps_txn_head(change.txn);
    rc = mark_some(asking, &change);
    if (rc == PAYSCORE_OK) return ps_txn_commit(change.txn, &change.head);
    ps_txn_abort(change.txn);
    return rc;
}

bool ps_restored_read(struct ps_txn *txn, struct ps_restored *restored)
{
    struct payscore_text value;
    if (ps_txn_get(txn, PS_TABLE_META, restored_key, &value) != PAYSCORE_OK ||
        value.size != sizeof *restored)
        return false;
    memcpy(restored, value.data, sizeof *restored);
    return true;
}
