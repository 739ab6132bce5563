/*
 * Whether a data file is whole. A commit may end with pages that it took and gave back before it
 * ever wrote them: a file may end before these, and only these. They stand in the list of free
 * pages, which is read for it, past LMDB, in the rare case that the file is short at all.
 */
#include <stdlib.h>
#include <string.h>

#include "store/pages.h"

enum { TRIES_MAX = 4 };
enum { MISSING_MAX = 4096 }; /* Pages at the end of a file that one commit gave back. */

static const struct payscore_text cut_short = {"is cut short", 12};
static const struct payscore_text damaged = {"has damaged meta pages", 22};

struct missing {
    const struct ps_pages *pages;
    uint64_t first, count;
    uint64_t found;
    unsigned char *levels;
};

static bool root_is_possible(uint64_t root, uint64_t last)
{
    return root == PS_PAGE_NONE || (root >= PS_METAS && root <= last);
}

static bool meta_is_possible(const struct ps_meta *meta)
{
    return meta->last_page >= 1 && meta->last_page < UINT64_MAX / PS_PAGE_BYTES_MAX / 2 &&
           root_is_possible(meta->free.root, meta->last_page) &&
           root_is_possible(meta->main.root, meta->last_page) &&
           meta->main.depth <= PS_TREE_DEPTH_MAX && meta->free.depth <= PS_TREE_DEPTH_MAX;
}

static void count_listed(struct missing *missing, const unsigned char *bytes, size_t size)
{
    uint64_t count;
    uint64_t page;

    if (size < sizeof count) return;
    memcpy(&count, bytes, sizeof count);
    for (uint64_t i = 1; i <= count && (i + 1) * sizeof page <= size; i++) {
        memcpy(&page, bytes + i * sizeof page, sizeof page);
        if (page >= missing->first && page < missing->first + missing->count) missing->found++;
    }
}

static enum payscore_status count_long(struct missing *missing, const struct ps_node *node)
{
    const struct ps_pages *pages = missing->pages;
    uint64_t count = ps_pages_of_long(pages, node->value_size);
    enum payscore_status rc = PAYSCORE_OK;

    if (node->child >= pages->count || count > pages->count - node->child)
        return PAYSCORE_E_CORRUPT;
    unsigned char *bytes = malloc((size_t)count * pages->page_bytes);
    if (bytes == NULL) return PAYSCORE_E_MEMORY;
    rc = ps_pages_read_run(pages, node->child, count, bytes);
    if (rc == PAYSCORE_OK) count_listed(missing, bytes + PS_PAGE_HEAD, node->value_size);
    free(bytes);
    return rc;
}

static enum payscore_status count_free(struct missing *missing, uint64_t root, unsigned level)
{
    const struct ps_pages *pages = missing->pages;
    unsigned char *page = missing->levels + level * pages->page_bytes;
    struct ps_node node;

    if (level == PS_TREE_DEPTH_MAX) return PAYSCORE_E_CORRUPT;
    enum payscore_status rc = ps_page_read(pages, root, PS_PAGE_BRANCH | PS_PAGE_LEAF, page);
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++) {
        if (!ps_page_node(pages, page, i, &node)) return PAYSCORE_E_CORRUPT;
        if (ps_page_is_branch(page)) {
            rc = count_free(missing, node.child, level + 1);
        } else if (node.flags & PS_NODE_LONG) {
            rc = count_long(missing, &node);
        } else {
            count_listed(missing, page + node.value_offset, node.value_size);
        }
    }
    return rc;
}

/* Whether all pages behind the file's end are free ones. */
static enum payscore_status check_missing(const struct ps_pages *pages, const struct ps_meta *meta)
{
    struct missing missing = {.pages = pages, .first = pages->count};

    missing.count = meta->last_page + 1 - pages->count;
    if (missing.count > MISSING_MAX || meta->free.root == PS_PAGE_NONE) return PAYSCORE_E_CORRUPT;
    missing.levels = malloc((size_t)PS_TREE_DEPTH_MAX * pages->page_bytes);
    if (missing.levels == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc = count_free(&missing, meta->free.root, 0);
    free(missing.levels);
    if (rc != PAYSCORE_OK) return rc;
    return missing.found == missing.count ? PAYSCORE_OK : PAYSCORE_E_CORRUPT;
}

static enum payscore_status check_once(int file, struct payscore_text *why)
{
    struct ps_meta metas[PS_METAS];
    struct ps_pages pages;

    *why = (struct payscore_text){NULL, 0};
    enum payscore_status rc = ps_pages_open(&pages, file, metas);
    if (rc != PAYSCORE_OK) return rc;
    const struct ps_meta *newest = ps_pages_newest(metas);
    if (!meta_is_possible(newest)) {
        *why = damaged;
        return PAYSCORE_E_CORRUPT;
    }
    if (newest->last_page < pages.count) return PAYSCORE_OK;
    rc = check_missing(&pages, newest);
    if (rc == PAYSCORE_E_CORRUPT) *why = cut_short;
    return rc;
}

enum payscore_status ps_pages_check(int file, struct payscore_text *why)
{
    enum payscore_status rc = check_once(file, why);

    /* Beside a writer, what was read may be of two commits: a file that is damaged stays so. */
    for (int try = 1; rc == PAYSCORE_E_CORRUPT && try < TRIES_MAX; try++)
        rc = check_once(file, why);
    return rc;
}
