#include "support/altered.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "engine/internal.h"

static struct ps_txn *begin(struct trial *trial, struct ps_store **store)
{
    struct ps_txn *txn = NULL;
    struct payscore_error error;
    struct ps_lmdb_options options = {
        .path = trial->path, .map_bytes_max = 64 << 20, .access = PS_WRITE, .incarnation = 1};
    payscore_close(trial->engine);
    assert_int_equal(ps_store_open_lmdb(store, &options, &error), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(*store, PS_WRITE, &txn), PAYSCORE_OK);
    return txn;
}

static void end(struct trial *trial, struct ps_store *store)
{
    struct payscore_options options = trial_options(trial);
    struct payscore_error error;
    ps_store_close(store);
    assert_int_equal(payscore_open(&trial->engine, &options, &error), PAYSCORE_OK);
}

uint8_t *altered_copy(struct trial *trial, enum ps_table table, struct payscore_text key,
                      size_t *size)
{
    struct ps_txn *txn = NULL;
    struct payscore_text value;
    uint8_t *copy = NULL;
    assert_int_equal(ps_txn_begin(trial->engine->store, PS_READ, &txn), PAYSCORE_OK);
    if (ps_txn_get(txn, table, key, &value) == PAYSCORE_OK) {
        copy = malloc(value.size + 1);
        assert_non_null(copy);
        memcpy(copy, value.data, value.size);
        *size = value.size;
    }
    ps_txn_abort(txn);
    return copy;
}

void altered_put(struct trial *trial, enum ps_table table, struct payscore_text key,
                 const void *bytes, size_t size)
{
    struct ps_store *store = NULL;
    struct ps_txn *txn = begin(trial, &store);
    struct ps_head head = *ps_txn_head(txn);
    if (bytes == NULL)
        ps_txn_delete(txn, table, key);
    else
        ps_txn_put(txn, table, key, ps_key_text(bytes, size));
    assert_int_equal(ps_txn_commit(txn, &head), PAYSCORE_OK);
    end(trial, store);
}

struct ps_record altered_record(struct trial *trial, enum ps_chart_id chart, const char *name)
{
    struct payscore *engine = trial->engine;
    struct ps_txn *txn = NULL;
    struct ps_record record;
    struct payscore_id id;
    char alias[PS_NAME_MAX + 1];
    struct payscore_text text = ps_text_of(name);
    assert_true(ps_alias_name((uint16_t)chart, &engine->merchants[0], text, text, alias));
    assert_int_equal(ps_txn_begin(engine->store, PS_READ, &txn), PAYSCORE_OK);
    assert_int_equal(
        ps_record_find(txn, (uint16_t)chart, engine->merchants[0].merchant, ps_text_of(alias), &id),
        PAYSCORE_OK);
    assert_int_equal(ps_record_read(txn, &id, &record), PAYSCORE_OK);
    ps_txn_abort(txn);
    return record;
}

struct payscore_report altered_verify(struct trial *trial)
{
    struct payscore_report report;
    assert_int_equal(payscore_verify(trial->engine, &report), PAYSCORE_OK);
    return report;
}
