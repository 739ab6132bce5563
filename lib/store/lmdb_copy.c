/*
 * A copy of one snapshot, as another data.mdb: its pages in the order in which they are met, each
 * tree from the bottom up, numbered anew. Only what the snapshot shows is copied: no page that is
 * free, and nothing of what lies between a page's slots and nodes, where LMDB leaves bytes of rows
 * that are gone.
 *
 * LMDB's own mdb_env_copyfd2(MDB_CP_COMPACT) is not used: it begins its snapshot by itself, without
 * the check of ps_lmdb_settled(), copies those gaps, refuses a store whose list of free pages lacks
 * one, and follows numbers of a damaged page blindly.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "store/lmdb.h"
#include "store/pages.h"

enum { BUFFER_BYTES = 256 * 1024, LEVELS_MAX = 2 * PS_TREE_DEPTH_MAX, META_TRIES_MAX = 64 };

struct copy {
    struct ps_pages pages;
    int out;
    int code; /* errno of what failed in writing. */
    unsigned char *buffer;
    size_t used;
    unsigned char *levels[LEVELS_MAX]; /* A page each, made when it is needed. */
    unsigned char *scratch;            /* A page of a long value. */
    uint64_t next, end; /* The number of the next page, and the one behind the last. */
};

static enum payscore_status write_out(struct copy *copy)
{
    size_t done = 0;

    while (done < copy->used) {
        ssize_t written = write(copy->out, copy->buffer + done, copy->used - done);
        if (written >= 0) {
            done += (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd poller = {.fd = copy->out, .events = POLLOUT};
            (void)poll(&poller, 1, -1);
        } else if (errno != EINTR) {
            copy->code = errno;
            return ps_lmdb_status(errno) == PAYSCORE_E_FULL ? PAYSCORE_E_FULL : PAYSCORE_E_IO;
        }
    }
    copy->used = 0;
    return PAYSCORE_OK;
}

/* A page of the copy; its number is the next one. */
static enum payscore_status add_page(struct copy *copy, const unsigned char *page)
{
    if (copy->next++ >= copy->end) return PAYSCORE_E_CORRUPT; /* More than the trees say. */
    memcpy(copy->buffer + copy->used, page, copy->pages.page_bytes);
    copy->used += copy->pages.page_bytes;
    return copy->used == BUFFER_BYTES ? write_out(copy) : PAYSCORE_OK;
}

static unsigned char *level_page(struct copy *copy, unsigned level)
{
    if (copy->levels[level] == NULL) copy->levels[level] = malloc(copy->pages.page_bytes);
    return copy->levels[level];
}

/* The rest of a long value's pages are bytes only: they have no head. */
static enum payscore_status read_tail(const struct copy *copy, uint64_t number, unsigned char *page)
{
    const struct ps_pages *pages = &copy->pages;
    if (number >= pages->count) return PAYSCORE_E_CORRUPT;
    ssize_t got = pread(pages->file, page, pages->page_bytes, (off_t)(number * pages->page_bytes));
    return got == (ssize_t)pages->page_bytes ? PAYSCORE_OK : PAYSCORE_E_IO;
}

static enum payscore_status copy_long(struct copy *copy, unsigned char *leaf,
                                      const struct ps_node *node)
{
    size_t page_bytes = copy->pages.page_bytes;
    uint64_t count = ps_pages_of_long(&copy->pages, node->value_size);
    size_t used_in_last = PS_PAGE_HEAD + node->value_size - (size_t)(count - 1) * page_bytes;

    ps_page_set_long(leaf, node, copy->next);
    for (uint64_t i = 0; i < count; i++) {
        enum payscore_status rc =
            i == 0 ? ps_page_read(&copy->pages, node->child, PS_PAGE_LONG, copy->scratch)
                   : read_tail(copy, node->child + i, copy->scratch);
        if (rc != PAYSCORE_OK) return rc;
        if (i == 0) ps_page_set_number(copy->scratch, copy->next);
        if (i == count - 1) memset(copy->scratch + used_in_last, 0, page_bytes - used_in_last);
        rc = add_page(copy, copy->scratch);
        if (rc != PAYSCORE_OK) return rc;
    }
    return PAYSCORE_OK;
}

static enum payscore_status copy_tree(struct copy *copy, uint64_t *root, unsigned level);

static enum payscore_status copy_node(struct copy *copy, unsigned char *page, size_t slot,
                                      unsigned level)
{
    struct ps_tree_row row;
    struct ps_node node;

    if (!ps_page_node(&copy->pages, page, slot, &node)) return PAYSCORE_E_CORRUPT;
    if (ps_page_is_branch(page)) {
        enum payscore_status rc = copy_tree(copy, &node.child, level + 1);
        if (rc == PAYSCORE_OK) ps_page_set_child(page, slot, node.child);
        return rc;
    }
    if (node.flags & PS_NODE_LONG) return copy_long(copy, page, &node);
    if ((node.flags & PS_NODE_TREE) == 0) return PAYSCORE_OK;
    ps_tree_row_read(page + node.value_offset, &row);
    if (row.root == PS_PAGE_NONE) return PAYSCORE_OK;
    enum payscore_status rc = copy_tree(copy, &row.root, level + 1);
    if (rc == PAYSCORE_OK) ps_tree_row_write(page + node.value_offset, &row);
    return rc;
}

/* The pages below, then the page itself; *root is its number in the copy. */
static enum payscore_status copy_tree(struct copy *copy, uint64_t *root, unsigned level)
{
    size_t begin;
    size_t end;

    if (level == LEVELS_MAX) return PAYSCORE_E_CORRUPT;
    unsigned char *page = level_page(copy, level);
    if (page == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc =
        ps_page_read(&copy->pages, *root, PS_PAGE_BRANCH | PS_PAGE_LEAF, page);
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++)
        rc = copy_node(copy, page, i, level);
    if (rc != PAYSCORE_OK) return rc;
    ps_page_gap(page, &begin, &end);
    memset(page + begin, 0, end - begin);
    *root = copy->next;
    ps_page_set_number(page, *root);
    return add_page(copy, page);
}

static uint64_t pages_of(const struct ps_tree_row *row)
{
    return row->branches + row->leaves + row->longs;
}

/* Pages of the trees that stand in the main tree. */
static enum payscore_status count_trees(struct copy *copy, uint64_t root, unsigned level,
                                        uint64_t *count)
{
    struct ps_node node;
    struct ps_tree_row row;

    if (level == PS_TREE_DEPTH_MAX) return PAYSCORE_E_CORRUPT;
    unsigned char *page = level_page(copy, level);
    if (page == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc = ps_page_read(&copy->pages, root, PS_PAGE_BRANCH | PS_PAGE_LEAF, page);
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++) {
        if (!ps_page_node(&copy->pages, page, i, &node)) return PAYSCORE_E_CORRUPT;
        if (ps_page_is_branch(page)) {
            rc = count_trees(copy, node.child, level + 1, count);
        } else if (node.flags & PS_NODE_TREE) {
            ps_tree_row_read(page + node.value_offset, &row);
            *count += pages_of(&row);
        }
    }
    return rc;
}

/* The meta pages come first, and say how many there will be. */
static enum payscore_status add_metas(struct copy *copy, struct ps_meta *meta)
{
    struct ps_meta first = *meta;
    uint64_t count = pages_of(&meta->main);

    enum payscore_status rc = count_trees(copy, meta->main.root, 0, &count);
    if (rc != PAYSCORE_OK) return rc;
    if (count == 0 || count > copy->pages.count) return PAYSCORE_E_CORRUPT;
    copy->end = PS_METAS + count;
    meta->address = first.address = 0;
    meta->free = (struct ps_tree_row){
        .pad = meta->free.pad, .flags = meta->free.flags, .root = PS_PAGE_NONE};
    first.free = meta->free;
    first.main = (struct ps_tree_row){.flags = meta->main.flags, .root = PS_PAGE_NONE};
    first.last_page = 1;
    first.commit = 0;
    meta->main.root = meta->last_page = copy->end - 1;
    meta->commit = 1;
    for (uint64_t i = 0; rc == PAYSCORE_OK && i < PS_METAS; i++) {
        memset(copy->scratch, 0, copy->pages.page_bytes);
        ps_meta_write(copy->scratch, i, i == 0 ? &first : meta);
        rc = add_page(copy, copy->scratch);
    }
    return rc;
}

static enum payscore_status copy_all(struct copy *copy, struct ps_meta *meta)
{
    uint64_t root = meta->main.root;

    copy->buffer = malloc(BUFFER_BYTES);
    copy->scratch = malloc(copy->pages.page_bytes);
    if (copy->buffer == NULL || copy->scratch == NULL) return PAYSCORE_E_MEMORY;
    copy->end = PS_METAS;
    enum payscore_status rc = add_metas(copy, meta);
    if (rc == PAYSCORE_OK) rc = copy_tree(copy, &root, 0);
    if (rc == PAYSCORE_OK && copy->next != copy->end) rc = PAYSCORE_E_CORRUPT;
    return rc == PAYSCORE_OK ? write_out(copy) : rc;
}

static void copy_end(struct copy *copy)
{
    for (size_t i = 0; i < LEVELS_MAX; i++)
        free(copy->levels[i]);
    free(copy->scratch);
    free(copy->buffer);
}

/* The meta page of a snapshot, and its file. E_READERS: it was overtaken; begin anew. */
static enum payscore_status meta_of(struct ps_txn *txn, struct ps_pages *pages,
                                    struct ps_meta *meta)
{
    struct ps_meta metas[PS_METAS];
    int file = -1;

    if (mdb_env_get_fd(((struct ps_lmdb *)txn->store)->env, &file) != MDB_SUCCESS)
        return PAYSCORE_E_IO;
    enum payscore_status rc = ps_pages_open(pages, file, metas);
    if (rc != PAYSCORE_OK) return rc;
    uint64_t commit = ps_lmdb_commit_of(txn);
    *meta = metas[commit % PS_METAS];
    /* Still the newest: so nobody has begun to write over the page that was read. */
    return meta->commit == commit && ps_lmdb_is_settled(txn) ? PAYSCORE_OK : PAYSCORE_E_READERS;
}

enum payscore_status ps_lmdb_begin_with_meta(struct ps_store *store, struct ps_pages *pages,
                                             struct ps_meta *meta, struct ps_txn **txn)
{
    enum payscore_status rc = PAYSCORE_E_READERS;

    for (int try = 0; rc == PAYSCORE_E_READERS && try < META_TRIES_MAX; try++) {
        rc = ps_txn_begin(store, PS_READ, txn);
        if (rc != PAYSCORE_OK) return rc;
        rc = meta_of(*txn, pages, meta);
        if (rc == PAYSCORE_OK) return rc;
        ps_txn_abort(*txn);
        *txn = NULL;
    }
    return rc;
}

/* The signal of a pipe that nobody reads is for programs that write to their output. */
struct hush {
    sigset_t before;
    bool pending;
};

static void hush_begin(struct hush *hush)
{
    sigset_t set;

    (void)sigpending(&set);
    hush->pending = sigismember(&set, SIGPIPE) == 1;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &set, &hush->before);
}

static void hush_end(const struct hush *hush)
{
    const struct timespec now = {0};
    sigset_t set;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGPIPE);
    if (!hush->pending) (void)sigtimedwait(&set, NULL, &now);
    (void)pthread_sigmask(SIG_SETMASK, &hush->before, NULL);
}

static enum payscore_status explain(struct payscore_error *error, enum payscore_status rc,
                                    const struct copy *copy)
{
    const char *why = rc == PAYSCORE_E_ARGUMENT ? "it is in memory"
                      : rc == PAYSCORE_E_CORRUPT
                          ? "its pages contradict each other; restore a backup"
                      : rc == PAYSCORE_E_READERS ? "too many processes read it; try again"
                      : rc == PAYSCORE_E_MEMORY  ? "memory is short"
                                                 : "it could not be read; check the disk";

    if (error == NULL || rc == PAYSCORE_OK) return rc;
    if (copy->code != 0) {
        (void)snprintf(error->text, sizeof error->text, "Copying the store failed: %s.",
                       strerror(copy->code));
    } else {
        (void)snprintf(error->text, sizeof error->text, "Copying the store failed: %s.", why);
    }
    return rc;
}

enum payscore_status ps_store_copy(struct ps_store *store, int descriptor, struct ps_head *head,
                                   struct payscore_error *error)
{
    struct copy copy = {.out = descriptor};
    struct ps_meta meta;
    struct ps_txn *txn = NULL;
    struct hush hush;

    if (store->backend != &ps_lmdb_backend) return explain(error, PAYSCORE_E_ARGUMENT, &copy);
    enum payscore_status rc = ps_lmdb_begin_with_meta(store, &copy.pages, &meta, &txn);
    if (rc != PAYSCORE_OK) return explain(error, rc, &copy);
    if (head != NULL) *head = *ps_txn_head(txn);
    hush_begin(&hush);
    rc = copy_all(&copy, &meta);
    hush_end(&hush);
    ps_txn_abort(txn);
    copy_end(&copy);
    return explain(error, rc, &copy);
}
