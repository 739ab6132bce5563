/*
 * A sorted map from bytes to bytes whose versions share what they have in common: a height-balanced
 * tree with counted nodes. Whoever holds a root sees that version for as long as he holds it;
 * changing a root copies only the nodes on the way down that somebody else holds too. So a
 * snapshot, and a way back, cost one count.
 *
 * Thread: roots may be held, read and released by any thread; one root is changed by one thread.
 */
#ifndef PS_STORE_TREE_H
#define PS_STORE_TREE_H

#include "store/backend.h"

struct ps_tree; /* A node, and the tree below it. NULL is the empty tree. */

/** Hold this version too. */
struct ps_tree *ps_tree_share(struct ps_tree *root);

/** Let go of a version; NULL is allowed. */
void ps_tree_release(struct ps_tree *root);

/** Write, replacing. False: memory was short, and *root can only be released. */
PAYSCORE_MUST_USE bool ps_tree_put(struct ps_tree **root, const struct ps_row *row);

/** Remove; nothing happens if the key is not there. False as in ps_tree_put. */
PAYSCORE_MUST_USE bool ps_tree_remove(struct ps_tree **root, struct payscore_text key);

/** The row with the smallest key > `key`, or >= `key` unless `after`. False: there is none. */
PAYSCORE_MUST_USE bool ps_tree_seek(const struct ps_tree *root, struct payscore_text key,
                                    bool after, struct ps_row *row);

/** The row with the greatest key. False: the tree is empty. */
PAYSCORE_MUST_USE bool ps_tree_last(const struct ps_tree *root, struct ps_row *row);

/** The sign of a - b, bytes compared as unsigned, a prefix before what it begins. */
int ps_tree_compare(struct payscore_text a, struct payscore_text b);

#endif
