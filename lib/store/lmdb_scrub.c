/*
 * Scrubbing: nothing of rows that are gone stays in the file. Two places keep such bytes: free
 * pages, and the gap between slots and nodes of pages in use, where LMDB leaves whatever its buffer
 * held. Both are overwritten in place. That is as safe as a commit: nobody reads these bytes, and a
 * crash in between leaves them as they were or zero.
 *
 * Free pages are written under the writer's lock, those only that LMDB itself might take for its
 * next commit. Gaps are written under a snapshot: its pages are nobody's to write while it is held.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/lmdb.h"
#include "store/pages.h"

enum { LIST_FREE = 0, LEVELS_MAX = 2 * PS_TREE_DEPTH_MAX };
/* Of one call: so long the writer's lock is held, so many buffers of LMDB are washed. */
enum { PAGES_MAX = 4096, WASH_BYTES = 4000, WASH_MIN = 256, WASH_MAX = 16384, WASH_PER_WRITE = 4 };

struct scrub {
    struct ps_pages pages;
    unsigned char *zeroes, *scratch;   /* A page each. */
    unsigned char *levels[LEVELS_MAX]; /* A page each, made when it is needed. */
    struct ps_scrubbed *done;
};

static enum payscore_status zero(struct scrub *scrub, uint64_t offset, size_t size)
{
    while (size > 0) {
        ssize_t written = pwrite(scrub->pages.file, scrub->zeroes, size, (off_t)offset);
        if (written <= 0) return PAYSCORE_E_IO;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
    return PAYSCORE_OK;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

static unsigned char *level_page(struct scrub *scrub, unsigned level)
{
    if (scrub->levels[level] == NULL) scrub->levels[level] = malloc(scrub->pages.page_bytes);
    return scrub->levels[level];
}

/* Gaps. */

static enum payscore_status scrub_tree(struct scrub *scrub, uint64_t root, unsigned level);

/* Behind the bytes of a long value. */
static enum payscore_status scrub_tail(struct scrub *scrub, const struct ps_node *node)
{
    size_t page_bytes = scrub->pages.page_bytes;
    uint64_t count = ps_pages_of_long(&scrub->pages, node->value_size);
    size_t begin = PS_PAGE_HEAD + node->value_size - (size_t)(count - 1) * page_bytes;
    uint64_t last = node->child + count - 1;

    if (last >= scrub->pages.count) return PAYSCORE_E_CORRUPT;
    enum payscore_status rc = ps_pages_read_run(&scrub->pages, last, 1, scrub->scratch);
    if (rc != PAYSCORE_OK || is_zero(scrub->scratch + begin, page_bytes - begin)) return rc;
    return zero(scrub, last * page_bytes + begin, page_bytes - begin);
}

static enum payscore_status scrub_node(struct scrub *scrub, const unsigned char *page, size_t slot,
                                       unsigned level)
{
    struct ps_tree_row row;
    struct ps_node node;

    if (!ps_page_node(&scrub->pages, page, slot, &node)) return PAYSCORE_E_CORRUPT;
    if (ps_page_is_branch(page)) return scrub_tree(scrub, node.child, level + 1);
    if (node.flags & PS_NODE_LONG) return scrub_tail(scrub, &node);
    if ((node.flags & PS_NODE_TREE) == 0) return PAYSCORE_OK;
    ps_tree_row_read(page + node.value_offset, &row);
    return row.root == PS_PAGE_NONE ? PAYSCORE_OK : scrub_tree(scrub, row.root, level + 1);
}

static enum payscore_status scrub_tree(struct scrub *scrub, uint64_t root, unsigned level)
{
    size_t begin;
    size_t end;

    if (level == LEVELS_MAX) return PAYSCORE_E_CORRUPT;
    unsigned char *page = level_page(scrub, level);
    if (page == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc =
        ps_page_read(&scrub->pages, root, PS_PAGE_BRANCH | PS_PAGE_LEAF, page);
    if (rc != PAYSCORE_OK) return rc;
    ps_page_gap(page, &begin, &end);
    if (!is_zero(page + begin, end - begin))
        rc = zero(scrub, root * scrub->pages.page_bytes + begin, end - begin);
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++)
        rc = scrub_node(scrub, page, i, level);
    return rc;
}

static enum payscore_status scrub_gaps(struct ps_store *store, struct scrub *scrub)
{
    struct ps_meta meta;
    struct ps_txn *txn = NULL;

    enum payscore_status rc = ps_lmdb_begin_with_meta(store, &scrub->pages, &meta, &txn);
    if (rc != PAYSCORE_OK) return rc;
    if (meta.main.root != PS_PAGE_NONE) rc = scrub_tree(scrub, meta.main.root, 0);
    if (rc == PAYSCORE_OK && meta.free.root != PS_PAGE_NONE)
        rc = scrub_tree(scrub, meta.free.root, 0);
    ps_txn_abort(txn);
    return rc;
}

/* Free pages. */

static enum payscore_status scrub_page(struct scrub *scrub, uint64_t page)
{
    size_t page_bytes = scrub->pages.page_bytes;

    if (page < PS_METAS) return PAYSCORE_E_CORRUPT;
    if (page >= scrub->pages.count) return PAYSCORE_OK; /* It was never written. */
    enum payscore_status rc = ps_pages_read_run(&scrub->pages, page, 1, scrub->scratch);
    if (rc != PAYSCORE_OK || is_zero(scrub->scratch, page_bytes)) return rc;
    if (scrub->done->pages == PAGES_MAX) {
        scrub->done->more = true;
        return PAYSCORE_OK;
    }
    scrub->done->pages++;
    return zero(scrub, page * page_bytes, page_bytes);
}

/* One record of the list: a count, and so many pages. */
static enum payscore_status scrub_record(struct scrub *scrub, MDB_val data)
{
    enum payscore_status rc = PAYSCORE_OK;
    const unsigned char *bytes = data.mv_data;
    uint64_t count;
    uint64_t page;

    memcpy(&count, bytes, sizeof count);
    if (data.mv_size < sizeof count || count > data.mv_size / sizeof page - 1)
        return PAYSCORE_E_CORRUPT;
    for (uint64_t i = 1; rc == PAYSCORE_OK && !scrub->done->more && i <= count; i++) {
        memcpy(&page, bytes + i * sizeof page, sizeof page);
        rc = scrub_page(scrub, page);
    }
    return rc;
}

/* The list as the reader sees it, up to what `oldest` may still look at. */
static enum payscore_status scrub_list(struct scrub *scrub, MDB_txn *reader, uint64_t oldest)
{
    enum payscore_status rc = PAYSCORE_OK;
    MDB_cursor *cursor;
    MDB_val key;
    MDB_val data;

    int code = mdb_cursor_open(reader, LIST_FREE, &cursor);
    if (code != MDB_SUCCESS) return ps_lmdb_status(code);
    while (rc == PAYSCORE_OK && !scrub->done->more &&
           (code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) == MDB_SUCCESS) {
        uint64_t commit;
        uint64_t count;
        memcpy(&commit, key.mv_data, sizeof commit);
        memcpy(&count, data.mv_data, sizeof count);
        if (commit < oldest) {
            rc = scrub_record(scrub, data);
        } else {
            scrub->done->held += count;
        }
    }
    mdb_cursor_close(cursor);
    if (rc == PAYSCORE_OK && code != MDB_SUCCESS && code != MDB_NOTFOUND) rc = ps_lmdb_status(code);
    return rc;
}

/* Under the writer's lock, which an aborted transaction holds. */
static enum payscore_status scrub_free(struct ps_store *store, struct scrub *scrub)
{
    struct ps_slot slots[PS_SLOTS_MAX];
    struct ps_meta meta;
    struct ps_txn *writer = NULL;
    struct ps_txn *reader = NULL;

    enum payscore_status rc = ps_txn_begin(store, PS_WRITE, &writer);
    if (rc != PAYSCORE_OK) return rc;
    size_t count = ps_lmdb_slots(((struct ps_lmdb *)store)->env, slots, PS_SLOTS_MAX);
    rc = ps_lmdb_begin_with_meta(store, &scrub->pages, &meta, &reader);
    if (rc == PAYSCORE_OK) {
        uint64_t oldest = ps_lmdb_commit_of(reader);
        if (count > 0 && slots[0].commit < oldest) oldest = slots[0].commit;
        rc = scrub_list(scrub, ((struct ps_lmdb_txn *)reader)->txn, oldest);
        ps_txn_abort(reader);
    }
    ps_txn_abort(writer);
    return rc;
}

/* LMDB writes from buffers that it uses again: what they held would come back in new gaps. */
static enum payscore_status wash_buffers(struct ps_store *base)
{
    static const char zeroes[WASH_BYTES];
    struct ps_lmdb *store = (struct ps_lmdb *)base;
    struct ps_txn *txn = NULL;

    enum payscore_status rc = ps_txn_begin(base, PS_WRITE, &txn);
    if (rc != PAYSCORE_OK) return rc;
    uint64_t writes_max = store->writes_max;
    uint64_t count = writes_max * WASH_PER_WRITE;
    if (count < WASH_MIN) count = WASH_MIN;
    if (count > WASH_MAX) count = WASH_MAX;
    for (uint64_t i = 0; i < count && ps_txn_status(txn) == PAYSCORE_OK; i++) {
        struct payscore_text key = {(const char *)&i, sizeof i};
        ps_txn_put(txn, PS_TABLE_META, key, (struct payscore_text){zeroes, WASH_BYTES});
    }
    store->writes_max = writes_max; /* These were none of the store's work. */
    ps_txn_abort(txn);
    return PAYSCORE_OK;
}

/* What a commit freed cannot be used before the next; the second frees what the first wrote over.
 */
static enum payscore_status commit_nothing(struct ps_store *store)
{
    struct ps_txn *txn = NULL;

    enum payscore_status rc = ps_txn_begin(store, PS_WRITE, &txn);
    return rc == PAYSCORE_OK ? ps_txn_commit(txn, ps_txn_head(txn)) : rc;
}

static enum payscore_status scrub_all(struct ps_store *store, struct scrub *scrub)
{
    enum payscore_status rc = wash_buffers(store);

    if (rc == PAYSCORE_OK) rc = commit_nothing(store);
    if (rc == PAYSCORE_OK) rc = commit_nothing(store);
    if (rc == PAYSCORE_OK) rc = scrub_free(store, scrub);
    if (rc == PAYSCORE_OK && !scrub->done->more) rc = scrub_gaps(store, scrub);
    if (rc == PAYSCORE_OK && fdatasync(scrub->pages.file) != 0) rc = PAYSCORE_E_IO;
    return rc;
}

enum payscore_status ps_store_scrub(struct ps_store *store, struct ps_scrubbed *done)
{
    struct scrub scrub = {.done = done};

    *done = (struct ps_scrubbed){0};
    if (store->access != PS_WRITE) return PAYSCORE_E_ARGUMENT;
    if (store->backend != &ps_lmdb_backend) return PAYSCORE_OK; /* Memory that is freed is gone. */
    scrub.zeroes = calloc(1, PS_PAGE_BYTES_MAX);
    scrub.scratch = malloc(PS_PAGE_BYTES_MAX);
    enum payscore_status rc = scrub.zeroes != NULL && scrub.scratch != NULL
                                  ? scrub_all(store, &scrub)
                                  : PAYSCORE_E_MEMORY;
    for (size_t i = 0; i < LEVELS_MAX; i++)
        free(scrub.levels[i]);
    free(scrub.scratch);
    free(scrub.zeroes);
    return rc;
}
