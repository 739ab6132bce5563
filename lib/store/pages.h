/*
 * The pages of data.mdb, read past LMDB: what it cannot be asked, and what must be known before it
 * is let near a file. Pages that a snapshot shows are written by nobody while the snapshot lives,
 * so they may be read from the file; every number in them is doubted.
 *
 * Source  LMDB 0.9 (mdb.c: MDB_page, MDB_node, MDB_db, MDB_meta), data version 1, 64 bits,
 *         little-endian.
 */
#ifndef PS_STORE_PAGES_H
#define PS_STORE_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "payscore/status.h"
#include "payscore/types.h"

#define PS_PAGE_NONE UINT64_MAX /* The root of an empty tree. */

enum {
    PS_PAGE_HEAD = 16,       /* Bytes before a page's slots. */
    PS_PAGE_BYTES_MIN = 512, /* Of a page. */
    PS_PAGE_BYTES_MAX = 32768,
    PS_TREE_DEPTH_MAX = 32,
    PS_METAS = 2, /* Pages at the beginning of the file. */
};

enum ps_page_flag {
    PS_PAGE_BRANCH = 0x01,
    PS_PAGE_LEAF = 0x02,
    PS_PAGE_LONG = 0x04, /* The first of the pages of one long value. */
    PS_PAGE_META = 0x08,
};

enum ps_node_flag { PS_NODE_LONG = 0x01, PS_NODE_TREE = 0x02 };

/** A tree, as it stands in a meta page or in the main tree. */
struct ps_tree_row {
    uint32_t pad; /* In a meta page's first tree: bytes of a page. */
    uint16_t flags, depth;
    uint64_t branches, leaves, longs, entries, root;
};

/** What a meta page says. */
struct ps_meta {
    uint32_t magic, version;
    uint64_t address, map_bytes;
    struct ps_tree_row free, main;
    uint64_t last_page, commit;
};

/** An open file of pages. */
struct ps_pages {
    int file;
    size_t page_bytes;
    uint64_t count; /* Whole pages in the file. */
};

/** A node of a branch or leaf. */
struct ps_node {
    uint16_t flags;
    uint64_t child; /* Of a branch: the page below. Of a long value: its first page. */
    size_t key_offset, key_size;
    size_t value_offset, value_size; /* In the page; of a long value: value_size only is its own. */
};

/**
 * Read the meta pages of a file, unchecked but for what makes them meta pages.
 *
 * Errors  E_CORRUPT (none), E_VERSION (of another version of LMDB's format), E_IO.
 */
PAYSCORE_MUST_USE enum payscore_status ps_pages_open(struct ps_pages *pages, int file,
                                                     struct ps_meta metas[PS_METAS]);

/** The meta of the newest commit. */
const struct ps_meta *ps_pages_newest(const struct ps_meta metas[PS_METAS]);

/**
 * Look at a data file before LMDB does: its meta pages, and whether the pages that the newest
 * commit uses lie in it. `why` says what is wrong with one that was LMDB's; else it is NULL.
 *
 * Errors  E_CORRUPT, E_VERSION, E_IO, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_pages_check(int file, struct payscore_text *why);

/**
 * Walk every tree of a file that nobody writes: LMDB can follow it wherever it leads.
 *
 * Errors  E_CORRUPT, E_VERSION, E_IO, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_pages_sound(int file);

/**
 * Read one page into `page` (page_bytes). Errors: E_CORRUPT (it is not in the file, or bears
 * another number or kind than `flags` allow), E_IO.
 */
PAYSCORE_MUST_USE enum payscore_status ps_page_read(const struct ps_pages *pages, uint64_t number,
                                                    unsigned flags, unsigned char *page);

/** Read pages as they are. Errors: E_CORRUPT (they are not in the file), E_IO. */
PAYSCORE_MUST_USE enum payscore_status ps_pages_read_run(const struct ps_pages *pages,
                                                         uint64_t first, uint64_t count,
                                                         unsigned char *bytes);

bool ps_page_is_branch(const unsigned char *page);

/** Nodes of a branch or leaf that ps_page_read() has read. */
size_t ps_page_nodes(const unsigned char *page);

/** One of them. False: it does not lie within the page. */
PAYSCORE_MUST_USE bool ps_page_node(const struct ps_pages *pages, const unsigned char *page,
                                    size_t slot, struct ps_node *node);

/** Pages of a long value of so many bytes. */
uint64_t ps_pages_of_long(const struct ps_pages *pages, size_t value_size);

/** Where the part between slots and nodes begins and ends, that holds nothing. */
void ps_page_gap(const unsigned char *page, size_t *begin, size_t *end);

/** Change what a node says: the page below a branch, or where a long value is. */
void ps_page_set_child(unsigned char *page, size_t slot, uint64_t child);
void ps_page_set_long(unsigned char *page, const struct ps_node *node, uint64_t first);
void ps_page_set_number(unsigned char *page, uint64_t number);

/** Trees as they stand in pages. */
void ps_tree_row_read(const unsigned char *bytes, struct ps_tree_row *row);
void ps_tree_row_write(unsigned char *bytes, const struct ps_tree_row *row);

enum { PS_TREE_ROW_BYTES = 48, PS_META_BYTES = 136 };

/** A meta page: `page` is page_bytes of zeroes. */
void ps_meta_write(unsigned char *page, uint64_t number, const struct ps_meta *meta);

#endif
