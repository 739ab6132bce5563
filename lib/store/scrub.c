/* Whether bytes are to be written over: a row of META says so, until it was done. */
#include <string.h>

#include "store/lmdb.h"

static const struct payscore_text owed_key = {"scrub", 5};

void ps_txn_owe_scrub(struct ps_txn *txn, uint64_t mark)
{
    ps_txn_put(txn, PS_TABLE_META, owed_key,
               (struct payscore_text){(const char *)&mark, sizeof mark});
}

static bool is_owed(struct ps_txn *txn, uint64_t *mark)
{
    struct payscore_text value;
    if (ps_txn_get(txn, PS_TABLE_META, owed_key, &value) != PAYSCORE_OK) return false;
    *mark = 0;
    if (value.size == sizeof *mark) memcpy(mark, value.data, sizeof *mark);
    return true;
}

enum payscore_status ps_scrub_touch(struct ps_store *store, uint64_t *mark)
{
    struct ps_txn *txn = NULL;
    uint64_t found = 0;

    enum payscore_status rc = ps_txn_begin(store, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_head head = *ps_txn_head(txn);
    if (!is_owed(txn, &found)) {
        rc = ps_txn_status(txn);
        ps_txn_abort(txn);
        return rc != PAYSCORE_OK ? rc : PAYSCORE_E_NOT_FOUND;
    }
    if (mark != NULL) *mark = found;
    ps_txn_owe_scrub(txn, found);
    return ps_txn_commit(txn, &head);
}

/* Unless more is owed since. */
static enum payscore_status owe_no_more(struct ps_store *store, uint64_t mark)
{
    struct ps_txn *txn = NULL;
    uint64_t found = 0;

    enum payscore_status rc = ps_txn_begin(store, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_head head = *ps_txn_head(txn);
    if (!is_owed(txn, &found) || found != mark) {
        rc = ps_txn_status(txn);
        ps_txn_abort(txn);
        return rc;
    }
    ps_txn_delete(txn, PS_TABLE_META, owed_key);
    return ps_txn_commit(txn, &head);
}

enum payscore_status ps_store_scrub(struct ps_store *store, struct payscore_error *error)
{
    uint64_t mark;

    enum payscore_status rc = ps_scrub_touch(store, &mark);
    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_OK; /* Nothing is owed. */
    if (rc == PAYSCORE_OK && store->backend == &ps_lmdb_backend) rc = ps_lmdb_scrub(store, error);
    if (rc == PAYSCORE_E_NOT_FOUND) return PAYSCORE_OK; /* Somebody else did it meanwhile. */
    return rc == PAYSCORE_OK ? owe_no_more(store, mark) : rc;
}
