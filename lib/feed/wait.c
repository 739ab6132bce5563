/* Waiting for entries behind a cursor, blocking or by a descriptor. */
#include "feed/cursor.h"

/* Where a cursor stands, and where the journal does. */
static enum payscore_status look(struct payscore *engine, struct payscore_text cursor,
                                 uint64_t *number, uint64_t *entries)
{
    struct ps_txn *txn = NULL;
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc == PAYSCORE_OK) rc = ps_txn_begin(engine->store, PS_READ, &txn);
    if (rc != PAYSCORE_OK) return rc;
    const struct ps_head *head = ps_txn_head(txn);
    if (!ps_cursor_read(cursor, head, number)) rc = PAYSCORE_E_INPUT;
    *entries = head->entries;
    ps_txn_abort(txn);
    return rc;
}

static int64_t end_of(int64_t timeout_ms)
{
    int64_t now_ms = ps_watch_now_ms();
    return timeout_ms < 0 || timeout_ms > INT64_MAX - now_ms ? INT64_MAX : now_ms + timeout_ms;
}

enum payscore_status payscore_feed_wait(struct payscore *engine, struct payscore_text cursor,
                                        int64_t timeout_ms)
{
    uint64_t number, entries;
    enum payscore_status rc = look(engine, cursor, &number, &entries);
    int64_t until_ms = end_of(timeout_ms);
    while (rc == PAYSCORE_OK && entries <= number) {
        uint64_t mark;
        if (timeout_ms == 0) return PAYSCORE_E_NOT_FOUND;
        rc = ps_watch_mark(&engine->watch, engine->store, &mark);
        /* What came before the mark is seen here, what comes after it ends the wait. */
        if (rc == PAYSCORE_OK) rc = payscore_newest(engine, &entries);
        if (rc != PAYSCORE_OK || entries > number) break;
        rc = ps_watch_wait(&engine->watch, mark, until_ms);
        bool late = rc == PAYSCORE_E_NOT_FOUND;
        if (rc == PAYSCORE_OK || late) rc = payscore_newest(engine, &entries);
        if (rc == PAYSCORE_OK && late && entries <= number) rc = PAYSCORE_E_NOT_FOUND;
    }
    return rc;
}

enum payscore_status payscore_feed_descriptor(struct payscore *engine, int *descriptor)
{
    *descriptor = -1;
    enum payscore_status rc = ps_process_check(engine, NULL);
    if (rc != PAYSCORE_OK) return rc;
    return ps_watch_show(&engine->watch, engine->store, descriptor);
}
