#include "engine/writing.h"

#include <string.h>

#include "engine/merchants.h"

static const struct payscore_text driver_epoch = {"driver_epoch", 12};

/*
 * The epoch of the last driver: what entries of a later one are about was written by submitters
 * while nobody drove, so that nobody can have sent it. A store from before this was told counts all
 * of its entries as possibly sent.
 */
static uint64_t last_driver(struct ps_txn *txn, const struct ps_head *head)
{
    struct payscore_text value;
    uint64_t epoch = head->epoch;
    if (ps_txn_get(txn, PS_TABLE_META, driver_epoch, &value) == PAYSCORE_OK &&
        value.size == sizeof epoch)
        memcpy(&epoch, value.data, sizeof epoch);
    return epoch;
}

void ps_writing_count_as_sent(struct ps_txn *txn, uint64_t epoch)
{
    struct payscore_text value = {(const char *)&epoch, sizeof epoch};
    ps_txn_put(txn, PS_TABLE_META, driver_epoch, value);
}

static void raise(struct payscore *engine, struct ps_txn *txn, struct ps_head *head)
{
    engine->sent_epoch = last_driver(txn, head);
    engine->epoch = ++head->epoch;
    engine->driving_since_ms = ps_now_ms(engine);
    if (head->last_ms > engine->driving_since_ms) engine->driving_since_ms = head->last_ms;
}

static bool is_governed_otherwise(struct ps_txn *txn, const char *key)
{
    struct payscore_text governing;
    return ps_txn_get(txn, PS_TABLE_META, PAYSCORE_TEXT("governing"), &governing) == PAYSCORE_OK &&
           !ps_text_is(governing, key);
}

static void store_charts(struct ps_txn *txn, const char *key, struct payscore_text text)
{
    struct payscore_text value;
    if (ps_txn_get(txn, PS_TABLE_META, ps_text_of(key), &value) != PAYSCORE_OK)
        ps_txn_put(txn, PS_TABLE_META, ps_text_of(key), text);
    ps_txn_put(txn, PS_TABLE_META, PAYSCORE_TEXT("governing"), ps_text_of(key));
}

enum payscore_status ps_writing_drive(struct payscore *engine, struct payscore_text charts)
{
    struct ps_txn *txn = NULL;
    char key[PS_CHART_KEY_SIZE];
    bool anew = false;
    ps_chart_key(engine->chart_digest, key);
    enum payscore_status rc = ps_txn_begin(engine->store, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_head head = *ps_txn_head(txn);
    raise(engine, txn, &head);
    ps_writing_count_as_sent(txn, engine->epoch);
    ps_merchants_intern(engine, txn, &anew);
    store_charts(txn, key, charts);
    return ps_txn_commit(txn, &head);
}

enum payscore_status ps_writing_check(struct payscore *engine, struct payscore_error *error)
{
    struct ps_txn *txn = NULL;
    char key[PS_CHART_KEY_SIZE];
    ps_chart_key(engine->chart_digest, key);
    enum payscore_status rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    bool otherwise = is_governed_otherwise(txn, key);
    rc = ps_txn_status(txn);
    ps_txn_abort(txn);
    if (rc != PAYSCORE_OK || !otherwise) return rc;
    return ps_fail(error, PAYSCORE_E_CHART,
                   "the charts that govern this store are of another version: start its worker and "
                   "submit through that, or use the program of the worker's version");
}

enum payscore_status ps_writing_begin(struct ps_change *change)
{
    struct payscore *engine = change->engine;
    bool anew = false;
    if (engine->role != PAYSCORE_SUBMITTER)
        return change->head.epoch == engine->epoch ? PAYSCORE_OK : PAYSCORE_E_BUSY;
    raise(engine, change->txn, &change->head);
    ps_merchants_intern(engine, change->txn, &anew);
    if (anew) change->dirty = true;
    return PAYSCORE_OK;
}
