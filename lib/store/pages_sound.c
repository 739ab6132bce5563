/*
 * Whether LMDB can be let near a file that somebody else may have written: every tree is walked,
 * past LMDB, which follows numbers of a damaged page blindly and ends the process where they lead
 * nowhere. It says that the pages are pages, not that the rows in them are ours.
 */
#include <stdlib.h>
#include <string.h>

#include "store/pages.h"

enum { KEY_MAX = 511, FLAGS_AT = 10, COUNT_AT = 12, NODE_HEAD = 8 };

struct sound {
    struct ps_pages pages;
    uint64_t end;           /* Behind the last page that the newest commit counts. */
    unsigned char *used;    /* A bit a page: it was met. */
    unsigned char *levels;  /* A page each: the main tree's, below it those of a table. */
    unsigned char *covered; /* A byte a byte of the page that is looked at: a node lies there. */
    struct ps_tree_row found;
    bool numbers; /* The tree is the list of free pages. */
};

static bool take_page(struct sound *sound, uint64_t number)
{
    if (number < PS_METAS || number >= sound->end) return false;
    unsigned char bit = (unsigned char)(1U << (number % 8));
    if (sound->used[number / 8] & bit) return false; /* It belongs to something else. */
    sound->used[number / 8] |= bit;
    return true;
}

/* Of a page as it lies in the file no flag is set but its kind. */
static bool is_only(const unsigned char *page, unsigned kind)
{
    uint16_t flags;
    memcpy(&flags, page + FLAGS_AT, sizeof flags);
    return flags == kind;
}

/* A page's number, how many are listed, and the list, whose order falls. */
static bool list_is_sound(struct sound *sound, const unsigned char *bytes, size_t size)
{
    uint64_t count, page, before = UINT64_MAX;
    if (size < sizeof count) return false;
    memcpy(&count, bytes, sizeof count);
    if (count > size / sizeof page - 1) return false;
    for (uint64_t i = 1; i <= count; i++) {
        memcpy(&page, bytes + i * sizeof page, sizeof page);
        if (page >= before || !take_page(sound, page)) return false;
        before = page;
    }
    return true;
}

static enum payscore_status look_at_long(struct sound *sound, const struct ps_node *node)
{
    uint64_t count = ps_pages_of_long(&sound->pages, node->value_size);
    uint32_t said;
    if (count == 0 || count > sound->end) return PAYSCORE_E_CORRUPT;
    for (uint64_t i = 0; i < count; i++)
        if (!take_page(sound, node->child + i)) return PAYSCORE_E_CORRUPT;
    unsigned char *bytes = malloc((size_t)count * sound->pages.page_bytes);
    if (bytes == NULL) return PAYSCORE_E_MEMORY;
    enum payscore_status rc = ps_page_read(&sound->pages, node->child, PS_PAGE_LONG, bytes);
    memcpy(&said, bytes + COUNT_AT, sizeof said);
    if (rc == PAYSCORE_OK && (!is_only(bytes, PS_PAGE_LONG) || said != count))
        rc = PAYSCORE_E_CORRUPT;
    if (rc == PAYSCORE_OK) rc = ps_pages_read_run(&sound->pages, node->child, count, bytes);
    if (rc == PAYSCORE_OK && sound->numbers &&
        !list_is_sound(sound, bytes + PS_PAGE_HEAD, node->value_size))
        rc = PAYSCORE_E_CORRUPT;
    free(bytes);
    sound->found.longs += count;
    return rc;
}

/* Nodes lie beside each other, and fill what is behind the gap. */
static bool lies_free(struct sound *sound, const struct ps_node *node, bool branch)
{
    size_t inside = branch ? 0 : node->flags & PS_NODE_LONG ? sizeof(uint64_t) : node->value_size;
    size_t begin = node->key_offset - NODE_HEAD;
    size_t end = node->value_offset + inside;
    end += end % 2;
    if (begin % 2 != 0 || end > sound->pages.page_bytes ||
        memchr(sound->covered + begin, 1, end - begin) != NULL)
        return false;
    memset(sound->covered + begin, 1, end - begin);
    return true;
}

static bool comes_behind(const unsigned char *page, const struct ps_node *before,
                         const struct ps_node *node, bool numbers)
{
    uint64_t a, b;
    if (numbers) {
        if (before->key_size != sizeof a || node->key_size != sizeof b) return false;
        memcpy(&a, page + before->key_offset, sizeof a);
        memcpy(&b, page + node->key_offset, sizeof b);
        return a < b;
    }
    size_t common = before->key_size < node->key_size ? before->key_size : node->key_size;
    int order = memcmp(page + before->key_offset, page + node->key_offset, common);
    return order < 0 || (order == 0 && before->key_size < node->key_size);
}

/* A page's nodes among themselves. The first key of a branch is not looked at by anybody. */
static bool nodes_are_sound(struct sound *sound, const unsigned char *page, bool branch)
{
    struct ps_node before = {0}, node;
    size_t count = ps_page_nodes(page), begin, end;
    ps_page_gap(page, &begin, &end);
    memset(sound->covered, 0, sound->pages.page_bytes);
    for (size_t i = 0; i < count; i++) {
        bool nameless = branch && i == 0;
        if (!ps_page_node(&sound->pages, page, i, &node) || node.key_size > KEY_MAX ||
            (node.key_size == 0 && !nameless) || !lies_free(sound, &node, branch))
            return false;
        if (i > (branch ? 1U : 0U) && !comes_behind(page, &before, &node, sound->numbers))
            return false;
        if (sound->numbers && !nameless && node.key_size != sizeof(uint64_t)) return false;
        before = node;
    }
    return memchr(sound->covered + end, 0, sound->pages.page_bytes - end) == NULL;
}

static enum payscore_status look_at_tree(struct sound *sound, const struct ps_tree_row *row,
                                         unsigned level, bool main);

static enum payscore_status look_at_leaf(struct sound *sound, const unsigned char *page,
                                         unsigned level, bool main)
{
    enum payscore_status rc = PAYSCORE_OK;
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++) {
        struct ps_node node;
        struct ps_tree_row row;
        if (!ps_page_node(&sound->pages, page, i, &node)) return PAYSCORE_E_CORRUPT;
        sound->found.entries++;
        if (((node.flags & PS_NODE_TREE) != 0) != main) return PAYSCORE_E_CORRUPT;
        if (main) {
            struct ps_tree_row found = sound->found;
            if (node.flags != PS_NODE_TREE) return PAYSCORE_E_CORRUPT;
            ps_tree_row_read(page + node.value_offset, &row);
            rc = look_at_tree(sound, &row, level + 1, false);
            sound->found = found;
        } else if (node.flags & PS_NODE_LONG) {
            rc = look_at_long(sound, &node);
        } else if (sound->numbers &&
                   !list_is_sound(sound, page + node.value_offset, node.value_size)) {
            rc = PAYSCORE_E_CORRUPT;
        }
    }
    return rc;
}

/* `depth`: levels that are left, this one among them. */
static enum payscore_status look_at_page(struct sound *sound, uint64_t number, unsigned depth,
                                         unsigned level, bool main)
{
    unsigned char *page = sound->levels + level * sound->pages.page_bytes;
    bool branch = depth > 1;
    if (!take_page(sound, number)) return PAYSCORE_E_CORRUPT;
    enum payscore_status rc =
        ps_page_read(&sound->pages, number, branch ? PS_PAGE_BRANCH : PS_PAGE_LEAF, page);
    if (rc != PAYSCORE_OK) return rc;
    if (!is_only(page, branch ? PS_PAGE_BRANCH : PS_PAGE_LEAF) ||
        ps_page_nodes(page) < (branch ? 2U : 1U) || !nodes_are_sound(sound, page, branch))
        return PAYSCORE_E_CORRUPT;
    if (!branch) {
        sound->found.leaves++;
        return look_at_leaf(sound, page, level, main);
    }
    sound->found.branches++;
    for (size_t i = 0; rc == PAYSCORE_OK && i < ps_page_nodes(page); i++) {
        struct ps_node node;
        if (!ps_page_node(&sound->pages, page, i, &node)) return PAYSCORE_E_CORRUPT;
        rc = look_at_page(sound, node.child, depth - 1, level + 1, main);
    }
    return rc;
}

static enum payscore_status look_at_tree(struct sound *sound, const struct ps_tree_row *row,
                                         unsigned level, bool main)
{
    bool none = row->root == PS_PAGE_NONE;
    if (none != (row->depth == 0) || row->depth >= PS_TREE_DEPTH_MAX || (level > 0 && row->flags))
        return PAYSCORE_E_CORRUPT;
    sound->found = (struct ps_tree_row){0};
    enum payscore_status rc =
        none ? PAYSCORE_OK : look_at_page(sound, row->root, row->depth, level, main);
    if (rc != PAYSCORE_OK) return rc;
    const struct ps_tree_row *found = &sound->found;
    bool counted = found->branches == row->branches && found->leaves == row->leaves &&
                   found->longs == row->longs && found->entries == row->entries;
    return counted ? PAYSCORE_OK : PAYSCORE_E_CORRUPT;
}

static enum payscore_status look_at_all(struct sound *sound, const struct ps_meta *meta)
{
    sound->end = meta->last_page + 1;
    sound->used = calloc((size_t)(sound->end / 8 + 1), 1);
    sound->levels = malloc((size_t)2 * PS_TREE_DEPTH_MAX * sound->pages.page_bytes);
    sound->covered = malloc(sound->pages.page_bytes);
    if (sound->used == NULL || sound->levels == NULL || sound->covered == NULL)
        return PAYSCORE_E_MEMORY;
    enum payscore_status rc = look_at_tree(sound, &meta->main, 0, true);
    sound->numbers = true;
    return rc == PAYSCORE_OK ? look_at_tree(sound, &meta->free, 0, false) : rc;
}

enum payscore_status ps_pages_sound(int file)
{
    struct ps_meta metas[PS_METAS];
    struct sound sound = {.used = NULL};
    struct payscore_text why;
    enum payscore_status rc = ps_pages_check(file, &why);
    if (rc == PAYSCORE_OK) rc = ps_pages_open(&sound.pages, file, metas);
    if (rc == PAYSCORE_OK) rc = look_at_all(&sound, ps_pages_newest(metas));
    free(sound.used);
    free(sound.levels);
    free(sound.covered);
    return rc;
}
