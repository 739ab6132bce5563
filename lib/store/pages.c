/*
 * The layout of LMDB's pages (see pages.h). Bytes are moved by memcpy(): hosts are little-endian,
 * as everywhere in the store.
 */
#include "store/pages.h"

#include <string.h>
#include <unistd.h>

enum { MAGIC_OFFSET = PS_PAGE_HEAD, META_READ_BYTES = PS_PAGE_HEAD + PS_META_BYTES };
enum { FLAGS_AT = 10, LOWER_AT = 12, UPPER_AT = 14, NODE_HEAD = 8 };
/* In a meta, behind the two trees. */
enum { LAST_PAGE_AT = 24 + 2 * PS_TREE_ROW_BYTES, COMMIT_AT = LAST_PAGE_AT + 8 };
static const uint32_t magic = 0xBEEFC0DE;
static const uint32_t data_version = 1;

static uint16_t get16(const unsigned char *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static uint32_t get32(const unsigned char *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static uint64_t get64(const unsigned char *bytes)
{
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static void put16(unsigned char *bytes, uint16_t value)
{
    memcpy(bytes, &value, sizeof value);
}

static void put32(unsigned char *bytes, uint32_t value)
{
    memcpy(bytes, &value, sizeof value);
}

static void put64(unsigned char *bytes, uint64_t value)
{
    memcpy(bytes, &value, sizeof value);
}

void ps_tree_row_read(const unsigned char *bytes, struct ps_tree_row *row)
{
    *row = (struct ps_tree_row){get32(bytes),      get16(bytes + 4),  get16(bytes + 6),
                                get64(bytes + 8),  get64(bytes + 16), get64(bytes + 24),
                                get64(bytes + 32), get64(bytes + 40)};
}

void ps_tree_row_write(unsigned char *bytes, const struct ps_tree_row *row)
{
    put32(bytes, row->pad);
    put16(bytes + 4, row->flags);
    put16(bytes + 6, row->depth);
    put64(bytes + 8, row->branches);
    put64(bytes + 16, row->leaves);
    put64(bytes + 24, row->longs);
    put64(bytes + 32, row->entries);
    put64(bytes + 40, row->root);
}

static void meta_read(const unsigned char *page, struct ps_meta *meta)
{
    const unsigned char *bytes = page + PS_PAGE_HEAD;

    meta->magic = get32(bytes);
    meta->version = get32(bytes + 4);
    meta->address = get64(bytes + 8);
    meta->map_bytes = get64(bytes + 16);
    ps_tree_row_read(bytes + 24, &meta->free);
    ps_tree_row_read(bytes + 24 + PS_TREE_ROW_BYTES, &meta->main);
    meta->last_page = get64(bytes + LAST_PAGE_AT);
    meta->commit = get64(bytes + COMMIT_AT);
}

void ps_meta_write(unsigned char *page, uint64_t number, const struct ps_meta *meta)
{
    unsigned char *bytes = page + PS_PAGE_HEAD;

    put64(page, number);
    put16(page + FLAGS_AT, PS_PAGE_META);
    put32(bytes, magic);
    put32(bytes + 4, data_version);
    put64(bytes + 8, meta->address);
    put64(bytes + 16, meta->map_bytes);
    ps_tree_row_write(bytes + 24, &meta->free);
    ps_tree_row_write(bytes + 24 + PS_TREE_ROW_BYTES, &meta->main);
    put64(bytes + LAST_PAGE_AT, meta->last_page);
    put64(bytes + COMMIT_AT, meta->commit);
}

static bool page_bytes_possible(uint32_t bytes)
{
    return bytes >= PS_PAGE_BYTES_MIN && bytes <= PS_PAGE_BYTES_MAX && (bytes & (bytes - 1)) == 0;
}

static enum payscore_status read_all(int file, void *bytes, size_t size, uint64_t offset)
{
    unsigned char *at = bytes;

    while (size > 0) {
        ssize_t got = pread(file, at, size, (off_t)offset);
        if (got < 0) return PAYSCORE_E_IO;
        if (got == 0) return PAYSCORE_E_CORRUPT; /* The file ends before. */
        at += got;
        offset += (uint64_t)got;
        size -= (size_t)got;
    }
    return PAYSCORE_OK;
}

static enum payscore_status read_meta(int file, uint64_t offset, uint64_t number,
                                      struct ps_meta *meta)
{
    unsigned char bytes[META_READ_BYTES];

    enum payscore_status rc = read_all(file, bytes, sizeof bytes, offset);
    if (rc != PAYSCORE_OK) return rc;
    meta_read(bytes, meta);
    if (meta->magic != magic || (get16(bytes + FLAGS_AT) & PS_PAGE_META) == 0 ||
        get64(bytes) != number)
        return PAYSCORE_E_CORRUPT;
    if (meta->version != data_version) return PAYSCORE_E_VERSION;
    return page_bytes_possible(meta->free.pad) ? PAYSCORE_OK : PAYSCORE_E_CORRUPT;
}

enum payscore_status ps_pages_open(struct ps_pages *pages, int file, struct ps_meta metas[PS_METAS])
{
    *pages = (struct ps_pages){.file = file};
    enum payscore_status rc = read_meta(file, 0, 0, &metas[0]);
    if (rc != PAYSCORE_OK) return rc;
    pages->page_bytes = metas[0].free.pad;
    rc = read_meta(file, pages->page_bytes, 1, &metas[1]);
    if (rc != PAYSCORE_OK) return rc;
    if (metas[1].free.pad != metas[0].free.pad) return PAYSCORE_E_CORRUPT;
    off_t end = lseek(file, 0, SEEK_END);
    if (end < 0) return PAYSCORE_E_IO;
    pages->count = (uint64_t)end / pages->page_bytes;
    return PAYSCORE_OK;
}

const struct ps_meta *ps_pages_newest(const struct ps_meta metas[PS_METAS])
{
    return &metas[metas[1].commit > metas[0].commit ? 1 : 0];
}

static bool gap_is_sound(const struct ps_pages *pages, const unsigned char *page)
{
    size_t lower = get16(page + LOWER_AT);
    size_t upper = get16(page + UPPER_AT);
    return lower >= PS_PAGE_HEAD && lower <= upper && upper <= pages->page_bytes && lower % 2 == 0;
}

enum payscore_status ps_page_read(const struct ps_pages *pages, uint64_t number, unsigned flags,
                                  unsigned char *page)
{
    if (number < PS_METAS || number > INT64_MAX / PS_PAGE_BYTES_MAX) return PAYSCORE_E_CORRUPT;
    enum payscore_status rc =
        read_all(pages->file, page, pages->page_bytes, number * pages->page_bytes);
    if (rc != PAYSCORE_OK) return rc;
    unsigned found = get16(page + FLAGS_AT) & 0xffU;
    if (get64(page) != number || (found & flags) == 0 || (found & ~flags & 0x6fU) != 0)
        return PAYSCORE_E_CORRUPT;
    if (found & PS_PAGE_LONG) return PAYSCORE_OK;
    return gap_is_sound(pages, page) ? PAYSCORE_OK : PAYSCORE_E_CORRUPT;
}

enum payscore_status ps_pages_read_run(const struct ps_pages *pages, uint64_t first, uint64_t count,
                                       unsigned char *bytes)
{
    return read_all(pages->file, bytes, (size_t)count * pages->page_bytes,
                    first * pages->page_bytes);
}

bool ps_page_is_branch(const unsigned char *page)
{
    return (get16(page + FLAGS_AT) & PS_PAGE_BRANCH) != 0;
}

size_t ps_page_nodes(const unsigned char *page)
{
    return (get16(page + LOWER_AT) - (size_t)PS_PAGE_HEAD) / 2;
}

void ps_page_gap(const unsigned char *page, size_t *begin, size_t *end)
{
    *begin = get16(page + LOWER_AT);
    *end = get16(page + UPPER_AT);
}

static size_t node_offset(const unsigned char *page, size_t slot)
{
    return get16(page + PS_PAGE_HEAD + 2 * slot);
}

bool ps_page_node(const struct ps_pages *pages, const unsigned char *page, size_t slot,
                  struct ps_node *node)
{
    size_t offset = node_offset(page, slot);
    size_t upper = get16(page + UPPER_AT);

    if (offset < upper || offset + NODE_HEAD > pages->page_bytes) return false;
    const unsigned char *head = page + offset;
    uint64_t low = (uint64_t)get16(head) | (uint64_t)get16(head + 2) << 16;
    uint16_t flags = get16(head + 4);
    *node = (struct ps_node){.key_offset = offset + NODE_HEAD, .key_size = get16(head + 6)};
    node->value_offset = node->key_offset + node->key_size;
    if (get16(page + FLAGS_AT) & PS_PAGE_BRANCH) {
        node->child = low | (uint64_t)flags << 32; /* A branch's node has no flags. */
        return node->value_offset <= pages->page_bytes;
    }
    node->flags = flags;
    node->value_size = (size_t)low;
    size_t inside = flags & PS_NODE_LONG ? sizeof(uint64_t) : node->value_size;
    if (node->value_offset + inside > pages->page_bytes) return false;
    if (flags & ~(PS_NODE_LONG | PS_NODE_TREE)) return false; /* Duplicates: not ours. */
    if ((flags & PS_NODE_TREE) && node->value_size != PS_TREE_ROW_BYTES) return false;
    if (flags & PS_NODE_LONG) node->child = get64(page + node->value_offset);
    return true;
}

uint64_t ps_pages_of_long(const struct ps_pages *pages, size_t value_size)
{
    return (PS_PAGE_HEAD - 1 + value_size) / pages->page_bytes + 1;
}

void ps_page_set_child(unsigned char *page, size_t slot, uint64_t child)
{
    unsigned char *head = page + node_offset(page, slot);

    put16(head, (uint16_t)child);
    put16(head + 2, (uint16_t)(child >> 16));
    put16(head + 4, (uint16_t)(child >> 32));
}

void ps_page_set_long(unsigned char *page, const struct ps_node *node, uint64_t first)
{
    put64(page + node->value_offset, first);
}

void ps_page_set_number(unsigned char *page, uint64_t number)
{
    put64(page, number);
}
