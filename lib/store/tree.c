/*
 * The balanced tree of tree.h (AVL). A node with one holder is changed in place; a node with more
 * is copied first. When memory fails the tree under change is still sound to release, though not
 * to read: the caller drops it and keeps the version it began with.
 */
#include "store/tree.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* One row's bytes, key before value. Never changed; shared by the nodes of all versions. */
struct item {
    atomic_size_t holders;
    size_t key_size;
    size_t value_size;
    char bytes[];
};

struct ps_tree {
    atomic_size_t holders;
    int height;
    struct item *item;
    struct ps_tree *left;
    struct ps_tree *right;
};

static struct payscore_text key_of(const struct ps_tree *node)
{
    return (struct payscore_text){node->item->bytes, node->item->key_size};
}

static struct ps_row row_of(const struct ps_tree *node)
{
    const struct item *item = node->item;
    return (struct ps_row){key_of(node), {item->bytes + item->key_size, item->value_size}};
}

int ps_tree_compare(struct payscore_text a, struct payscore_text b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common > 0 ? memcmp(a.data, b.data, common) : 0;

    if (order != 0) return order;
    return a.size < b.size ? -1 : a.size > b.size ? 1 : 0;
}

static struct item *item_new(const struct ps_row *row)
{
    if (row->value.size > SIZE_MAX - sizeof(struct item) - row->key.size) return NULL;
    struct item *item = malloc(sizeof *item + row->key.size + row->value.size);

    if (item == NULL) return NULL;
    atomic_init(&item->holders, 1);
    item->key_size = row->key.size;
    item->value_size = row->value.size;
    memcpy(item->bytes, row->key.data, row->key.size);
    if (row->value.size > 0) {
        memcpy(item->bytes + row->key.size, row->value.data, row->value.size);
    }
    return item;
}

static struct item *item_share(struct item *item)
{
    atomic_fetch_add_explicit(&item->holders, 1, memory_order_relaxed);
    return item;
}

static void item_release(struct item *item)
{
    if (atomic_fetch_sub_explicit(&item->holders, 1, memory_order_acq_rel) == 1) free(item);
}

struct ps_tree *ps_tree_share(struct ps_tree *root)
{
    if (root != NULL) atomic_fetch_add_explicit(&root->holders, 1, memory_order_relaxed);
    return root;
}

void ps_tree_release(struct ps_tree *root)
{
    if (root == NULL) return;
    if (atomic_fetch_sub_explicit(&root->holders, 1, memory_order_acq_rel) != 1) return;
    ps_tree_release(root->left); /* As deep as the tree is high. */
    ps_tree_release(root->right);
    item_release(root->item);
    free(root);
}

/* Takes the item, even when it fails. */
static struct ps_tree *node_new(struct item *item, bool *failed)
{
    struct ps_tree *node = malloc(sizeof *node);

    if (node == NULL) {
        *failed = true;
        item_release(item);
        return NULL;
    }
    *node = (struct ps_tree){.height = 1, .item = item};
    atomic_init(&node->holders, 1);
    return node;
}

/* Takes a node and gives one back that nobody else holds: itself or a copy. NULL: no memory. */
static struct ps_tree *own(struct ps_tree *node, bool *failed)
{
    if (atomic_load_explicit(&node->holders, memory_order_acquire) == 1) return node;
    struct ps_tree *copy = node_new(item_share(node->item), failed);
    if (copy != NULL) {
        copy->height = node->height;
        copy->left = ps_tree_share(node->left);
        copy->right = ps_tree_share(node->right);
    }
    ps_tree_release(node);
    return copy;
}

static int height_of(const struct ps_tree *node)
{
    return node != NULL ? node->height : 0;
}

static void measure(struct ps_tree *node)
{
    int left = height_of(node->left);
    int right = height_of(node->right);
    node->height = 1 + (left > right ? left : right);
}

static struct ps_tree *lift_left(struct ps_tree *node, bool *failed)
{
    struct ps_tree *left = own(node->left, failed);

    node->left = left != NULL ? left->right : NULL;
    measure(node);
    if (left == NULL) return node;
    left->right = node;
    measure(left);
    return left;
}

static struct ps_tree *lift_right(struct ps_tree *node, bool *failed)
{
    struct ps_tree *right = own(node->right, failed);

    node->right = right != NULL ? right->left : NULL;
    measure(node);
    if (right == NULL) return node;
    right->left = node;
    measure(right);
    return right;
}

static struct ps_tree *lean_right(struct ps_tree *node, bool *failed)
{
    node->left = own(node->left, failed);
    if (node->left == NULL) return node;
    if (height_of(node->left->left) < height_of(node->left->right)) {
        node->left = lift_right(node->left, failed);
    }
    return lift_left(node, failed);
}

static struct ps_tree *lean_left(struct ps_tree *node, bool *failed)
{
    node->right = own(node->right, failed);
    if (node->right == NULL) return node;
    if (height_of(node->right->right) < height_of(node->right->left)) {
        node->right = lift_left(node->right, failed);
    }
    return lift_right(node, failed);
}

/* Takes a node of our own whose sides differ by two at most. */
static struct ps_tree *balance(struct ps_tree *node, bool *failed)
{
    int slope = height_of(node->left) - height_of(node->right);

    if (*failed) return node;
    if (slope > 1) return lean_right(node, failed);
    if (slope < -1) return lean_left(node, failed);
    measure(node);
    return node;
}

/* Takes tree and item. */
static struct ps_tree *insert(struct ps_tree *tree, struct item *item, bool *failed)
{
    if (tree == NULL) return node_new(item, failed);
    tree = own(tree, failed);
    if (tree == NULL) {
        item_release(item);
        return NULL;
    }
    int order = ps_tree_compare((struct payscore_text){item->bytes, item->key_size}, key_of(tree));
    if (order == 0) {
        item_release(tree->item);
        tree->item = item;
        return tree;
    }
    if (order < 0) {
        tree->left = insert(tree->left, item, failed);
    } else {
        tree->right = insert(tree->right, item, failed);
    }
    return balance(tree, failed);
}

/* Takes the tree out of its top node, which has one side at most, and frees that. */
static struct ps_tree *without_top(struct ps_tree *tree)
{
    struct ps_tree *rest = tree->left != NULL ? tree->left : tree->right;

    tree->left = tree->right = NULL;
    ps_tree_release(tree);
    return rest;
}

/* Takes the tree, which holds the key. */
static struct ps_tree *erase(struct ps_tree *tree, struct payscore_text key, bool *failed)
{
    tree = tree != NULL ? own(tree, failed) : NULL;
    if (tree == NULL) return NULL;
    int order = ps_tree_compare(key, key_of(tree));
    if (order < 0) {
        tree->left = erase(tree->left, key, failed);
    } else if (order > 0) {
        tree->right = erase(tree->right, key, failed);
    } else if (tree->left == NULL || tree->right == NULL) {
        return without_top(tree);
    } else {
        const struct ps_tree *next = tree->right;
        while (next->left != NULL)
            next = next->left;
        struct item *item = item_share(next->item);
        item_release(tree->item);
        tree->item = item;
        tree->right = erase(tree->right, key_of(tree), failed);
    }
    return balance(tree, failed);
}

bool ps_tree_put(struct ps_tree **root, const struct ps_row *row)
{
    bool failed = false;
    struct item *item = item_new(row);

    if (item == NULL) return false;
    *root = insert(*root, item, &failed);
    return !failed;
}

bool ps_tree_remove(struct ps_tree **root, struct payscore_text key)
{
    bool failed = false;
    struct ps_row row;

    if (!ps_tree_seek(*root, key, false, &row) || ps_tree_compare(row.key, key) != 0) return true;
    *root = erase(*root, key, &failed);
    return !failed;
}

bool ps_tree_seek(const struct ps_tree *root, struct payscore_text key, bool after,
                  struct ps_row *row)
{
    const struct ps_tree *best = NULL;

    while (root != NULL) {
        int order = ps_tree_compare(key_of(root), key);
        if (order > 0 || (order == 0 && !after)) {
            best = root;
            root = root->left;
        } else {
            root = root->right;
        }
    }
    if (best != NULL) *row = row_of(best);
    return best != NULL;
}

bool ps_tree_last(const struct ps_tree *root, struct ps_row *row)
{
    if (root == NULL) return false;
    while (root->right != NULL)
        root = root->right;
    *row = row_of(root);
    return true;
}
