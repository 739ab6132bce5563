/*
 * Writing over what is gone. LMDB leaves the bytes of rows that were removed in two places: in
 * pages that are free, and in pages in use between slots and nodes and behind the end of a long
 * value. It reads neither, so that zeroes may be written there beside it: into pages in use while a
 * snapshot keeps them from being used anew, into free ones while nobody else can take them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/lmdb.h"
#include "store/pages.h"

enum {
    LEVELS_MAX = 2 * PS_TREE_DEPTH_MAX,
    PAGES_A_TURN = 8192, /* Writers wait for no more than these take. */
    FREE_TREE = 0,       /* LMDB's number of the tree of free pages. */
};

struct scrub {
    struct ps_store *store;
    struct ps_pages pages;
    struct ps_meta meta;
    unsigned char *levels[LEVELS_MAX]; /* A page each, made when it is needed. */
    unsigned char *scratch;
    const unsigned char *zeroes; /* A page of them. */
    uint64_t *numbers;           /* Of free pages. */
    size_t count, room;
    uint64_t done;       /* The greatest page that was written over as free. */
    uint64_t oldest;     /* Snapshot that somebody reads; UINT64_MAX: nobody does. */
    long long oldest_by; /* Process. */
    bool withheld;       /* Pages that were freed before this began are still shown. */
};

static enum payscore_status wipe(struct scrub *scrub, uint64_t offset, size_t size)
{
    while (size > 0) {
        size_t part = size < scrub->pages.page_bytes ? size : scrub->pages.page_bytes;
        ssize_t written = pwrite(scrub->pages.file, scrub->zeroes, part, (off_t)offset);
        if (written <= 0) return PAYSCORE_E_IO;
        offset += (uint64_t)written;
        size -= (size_t)written;
    }
    return PAYSCORE_OK;
}

/* Most of it is zero already: nothing is written that need not be. */
static enum payscore_status wipe_part(struct scrub *scrub, uint64_t number,
                                      const unsigned char *page, size_t begin, size_t end)
{
    if (memcmp(page + begin, scrub->zeroes, end - begin) == 0) return PAYSCORE_OK;
    return wipe(scrub, number * scrub->pages.page_bytes + begin, end - begin);
}

static enum payscore_status read_bare(const struct scrub *scrub, uint64_t number,
                                      unsigned char *page)
{
    size_t size = scrub->pages.page_bytes;
    ssize_t got = pread(scrub->pages.file, page, size, (off_t)(number * size));
    return got == (ssize_t)size ? PAYSCORE_OK : PAYSCORE_E_IO;
}

/* Behind the end of a long value. */
static enum payscore_status wipe_long(struct scrub *scrub, const struct ps_node *node)
{
    size_t size = scrub->pages.page_bytes;
    uint64_t last = ps_pages_of_long(&scrub->pages, node->value_size) - 1;
    size_t used = PS_PAGE_HEAD + node->value_size - (size_t)last * size;

    if (node->child + last >= scrub->pages.count || used > size) return PAYSCORE_E_CORRUPT;
    enum payscore_status rc = read_bare(scrub, node->child + last, scrub->scratch);
    return rc == PAYSCORE_OK ? wipe_part(scrub, node->child + last, scrub->scratch, used, size)
                             : rc;
}

static enum payscore_status wipe_tree(struct scrub *scrub, uint64_t root, unsigned level);

static enum payscore_status wipe_node(struct scrub *scrub, const unsigned char *page, size_t slot,
                                      unsigned level)
{
    struct ps_tree_row row;
    struct ps_node node;

    if (!ps_page_node(&scrub->pages, page, slot, &node)) return PAYSCORE_E_CORRUPT;
    if (ps_page_is_branch(page)) return wipe_tree(scrub, node.child, level + 1);
    if (node.flags & PS_NODE_LONG) return wipe_long(scrub, &node);
    if ((node.flags & PS_NODE_TREE) == 0) return PAYSCORE_OK;
    ps_tree_row_read(page + node.value_offset, &row);
    return wipe_tree(scrub, row.root, level + 1);
}

/* Between slots and nodes of every page below. */
static enum payscore_status wipe_tree(struct scrub *scrub, uint64_t root, unsigned level)
{
    size_t begin;
    size_t end;

    if (root == PS_PAGE_NONE) return PAYSCORE_OK;
    if (level == LEVELS_MAX) return PAYSCORE_E_CORRUPT;
    if (scrub->levels[level] == NULL) scrub->levels[level] = malloc(scrub->pages.page_bytes);
    unsigned char *page = scrub->levels[level];
    if (page == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc =
        ps_page_read(&scrub->pages, root, PS_PAGE_BRANCH | PS_PAGE_LEAF, page);
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++)
        rc = wipe_node(scrub, page, i, level);
    if (rc != PAYSCORE_OK) return rc;
    ps_page_gap(page, &begin, &end);
    return wipe_part(scrub, root, page, begin, end);
}

static enum payscore_status wipe_pages_in_use(struct scrub *scrub)
{
    struct ps_txn *txn = NULL;

    enum payscore_status rc =
        ps_lmdb_begin_with_meta(scrub->store, &scrub->pages, &scrub->meta, &txn);
    if (rc != PAYSCORE_OK) return rc;
    scrub->scratch = malloc(scrub->pages.page_bytes);
    unsigned char *zeroes = calloc(1, scrub->pages.page_bytes);
    scrub->zeroes = zeroes;
    if (scrub->scratch == NULL || zeroes == NULL) rc = PAYSCORE_E_MEMORY;
    if (rc == PAYSCORE_OK) rc = wipe_tree(scrub, scrub->meta.free.root, 0);
    if (rc == PAYSCORE_OK) rc = wipe_tree(scrub, scrub->meta.main.root, 0);
    ps_txn_abort(txn);
    return rc;
}

/* Free pages. */

static int note_reader(const char *line, void *context)
{
    struct scrub *scrub = context;
    struct ps_slot slot;

    if (ps_slot_read(line, &slot) && slot.commit < scrub->oldest) {
        scrub->oldest = slot.commit;
        scrub->oldest_by = slot.pid;
    }
    return 0;
}

static bool note_page(struct scrub *scrub, uint64_t number)
{
    if (number <= scrub->done) return true;
    if (scrub->count == scrub->room) {
        size_t room = scrub->room == 0 ? 4096 : 2 * scrub->room;
        uint64_t *larger = realloc(scrub->numbers, room * sizeof *larger);
        if (larger == NULL) return false;
        scrub->numbers = larger;
        scrub->room = room;
    }
    scrub->numbers[scrub->count++] = number;
    return true;
}

/* Pages that one commit freed, as LMDB lists them: how many, then their numbers. */
static enum payscore_status note_freed(struct scrub *scrub, const MDB_val *data)
{
    uint64_t count = 0;
    uint64_t number;
    const char *at = data->mv_data;

    if (data->mv_size >= sizeof count) memcpy(&count, at, sizeof count);
    if (count >= data->mv_size / sizeof count) return PAYSCORE_E_CORRUPT;
    for (uint64_t i = 1; i <= count; i++) {
        memcpy(&number, at + i * sizeof number, sizeof number);
        if (!note_page(scrub, number)) return PAYSCORE_E_MEMORY;
    }
    return PAYSCORE_OK;
}

/*
 * What the newest commit freed, the one before it shows: it is what is left if the newest should
 * turn out not to be whole. What a commit freed that is no newer than a reader's snapshot, that
 * reader does not see.
 */
static enum payscore_status note_free(struct scrub *scrub, MDB_txn *txn)
{
    MDB_cursor *cursor = NULL;
    MDB_val key;
    MDB_val data;
    uint64_t newest = mdb_txn_id(txn);
    enum payscore_status rc = PAYSCORE_OK;

    if (mdb_cursor_open(txn, FREE_TREE, &cursor) != MDB_SUCCESS) return PAYSCORE_E_IO;
    int code = mdb_cursor_get(cursor, &key, &data, MDB_FIRST);
    for (; code == MDB_SUCCESS && rc == PAYSCORE_OK;
         code = mdb_cursor_get(cursor, &key, &data, MDB_NEXT)) {
        uint64_t commit;
        if (key.mv_size != sizeof commit) break;
        memcpy(&commit, key.mv_data, sizeof commit);
        if (commit < newest && commit <= scrub->oldest)
            rc = note_freed(scrub, &data);
        else if (commit <= scrub->meta.commit)
            scrub->withheld = true;
    }
    mdb_cursor_close(cursor);
    return rc;
}

/* Pages behind the last one: of a commit that did not take place. */
static enum payscore_status note_tail(struct scrub *scrub)
{
    struct ps_meta metas[PS_METAS];

    enum payscore_status rc = ps_pages_open(&scrub->pages, scrub->pages.file, metas);
    if (rc != PAYSCORE_OK) return rc;
    for (uint64_t i = ps_pages_newest(metas)->last_page + 1; i < scrub->pages.count; i++)
        if (!note_page(scrub, i)) return PAYSCORE_E_MEMORY;
    return PAYSCORE_OK;
}

static int by_number(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static enum payscore_status wipe_noted(struct scrub *scrub)
{
    size_t size = scrub->pages.page_bytes;

    if (scrub->count == 0) return PAYSCORE_OK;
    qsort(scrub->numbers, scrub->count, sizeof *scrub->numbers, by_number);
    for (size_t i = 0; i < scrub->count && i < PAGES_A_TURN; i++) {
        uint64_t number = scrub->numbers[i];
        scrub->done = number;
        if (number >= scrub->pages.count) continue; /* The file does not reach so far yet. */
        enum payscore_status rc = read_bare(scrub, number, scrub->scratch);
        if (rc == PAYSCORE_OK) rc = wipe_part(scrub, number, scrub->scratch, 0, size);
        if (rc != PAYSCORE_OK) return rc;
    }
    return PAYSCORE_OK;
}

/* LMDB shows its free pages to readers only. Who reads is looked at first: not this one. */
static enum payscore_status note_all(struct scrub *scrub)
{
    MDB_env *env = ((struct ps_lmdb *)scrub->store)->env;
    MDB_txn *txn = NULL;
    int dead;

    scrub->count = 0;
    scrub->withheld = false;
    scrub->oldest = UINT64_MAX;
    (void)mdb_reader_check(env, &dead);
    if (mdb_reader_list(env, note_reader, scrub) < 0) return PAYSCORE_E_READERS;
    int code = mdb_txn_begin(env, NULL, MDB_RDONLY, &txn);
    if (code != MDB_SUCCESS) return ps_lmdb_status(code);
    enum payscore_status rc = note_free(scrub, txn);
    mdb_txn_abort(txn);
    return rc == PAYSCORE_OK ? note_tail(scrub) : rc;
}

/* While nobody else writes, nobody can take a free page into use. */
static enum payscore_status wipe_free_pages(struct scrub *scrub)
{
    enum payscore_status rc = PAYSCORE_OK;

    do {
        struct ps_txn *txn = NULL;
        rc = ps_txn_begin(scrub->store, PS_WRITE, &txn);
        if (rc != PAYSCORE_OK) return rc;
        rc = note_all(scrub);
        if (rc == PAYSCORE_OK) rc = wipe_noted(scrub);
        ps_txn_abort(txn);
    } while (rc == PAYSCORE_OK && scrub->count > PAGES_A_TURN);
    return rc;
}

static enum payscore_status explain(const struct scrub *scrub, enum payscore_status rc,
                                    struct payscore_error *error)
{
    if (rc == PAYSCORE_OK && scrub->withheld) {
        rc = PAYSCORE_E_STUCK;
        if (error != NULL)
            (void)snprintf(error->text, sizeof error->text,
                           "Process %lld still reads pages whose bytes are to be written over: end "
                           "it, or wait, and try again.",
                           scrub->oldest_by);
    } else if (rc != PAYSCORE_OK && error != NULL) {
        (void)snprintf(error->text, sizeof error->text,
                       "Writing over pages of the store failed: try again.");
    }
    return rc;
}

static enum payscore_status wipe_all(struct scrub *scrub)
{
    enum payscore_status rc = wipe_pages_in_use(scrub);
    /* What the snapshot's own commit freed can be written over behind another one. */
    if (rc == PAYSCORE_OK) rc = ps_scrub_touch(scrub->store, NULL);
    if (rc == PAYSCORE_OK) rc = wipe_free_pages(scrub);
    if (rc == PAYSCORE_OK && fdatasync(scrub->pages.file) != 0) rc = PAYSCORE_E_IO;
    return rc;
}

enum payscore_status ps_lmdb_scrub(struct ps_store *store, struct payscore_error *error)
{
    struct scrub scrub = {.store = store};

    enum payscore_status rc = wipe_all(&scrub);
    for (size_t i = 0; i < LEVELS_MAX; i++)
        free(scrub.levels[i]);
    free(scrub.scratch);
    free((void *)(uintptr_t)scrub.zeroes);
    free(scrub.numbers);
    return explain(&scrub, rc, error);
}
