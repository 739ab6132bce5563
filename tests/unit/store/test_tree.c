/*
 * The versions of the tree: balance, sharing, and memory that fails at every allocation. The
 * tree's source is taken in under other names, so that its allocations are this program's.
 */
#include "fixture.h"

/* Allocations to go until the one that fails; 0: none will. The renamed malloc has no context. */
static unsigned fail_in;

static void *fallible_malloc(size_t size)
{
    if (fail_in > 0 && --fail_in == 0) return NULL;
    return malloc(size);
}

#define malloc          fallible_malloc
#define ps_tree_share   tree_share
#define ps_tree_release tree_release
#define ps_tree_put     tree_put
#define ps_tree_remove  tree_remove
#define ps_tree_seek    tree_seek
#define ps_tree_last    tree_last
#define ps_tree_compare tree_compare
#include "store/tree.c"
#undef malloc

enum { KEYS = 64 };

static bool put(struct ps_tree **root, uint64_t key, uint64_t value)
{
    struct ps_row row = {NUMBER(key), NUMBER(value)};
    return tree_put(root, &row);
}

/* The tree's height, its shape having been checked on the way. */
static int assert_sound(const struct ps_tree *node)
{
    if (node == NULL) return 0;
    int left = assert_sound(node->left);
    int right = assert_sound(node->right);
    assert_in_range(left - right + 1, 0, 2);
    assert_int_equal(node->height, 1 + (left > right ? left : right));
    if (node->left != NULL) assert_true(tree_compare(key_of(node->left), key_of(node)) < 0);
    if (node->right != NULL) assert_true(tree_compare(key_of(node->right), key_of(node)) > 0);
    return node->height;
}

/* Bit n of `keys` tells whether key n is there; its value is the key's square. */
static void assert_holds(const struct ps_tree *root, uint64_t keys)
{
    struct ps_row row = {text(""), text("")};
    bool after = false;

    (void)assert_sound(root);
    for (uint64_t n = 0; n < KEYS; n++) {
        if ((keys >> n & 1) == 0) continue;
        assert_true(tree_seek(root, row.key, after, &row));
        assert_int_equal(number_read(row.key), n);
        assert_int_equal(number_read(row.value), n * n);
        after = true;
    }
    assert_false(tree_seek(root, row.key, after, &row));
}

static void test_the_tree_stays_balanced_in_any_order_of_writes(void **state)
{
    enum { ROWS = 4096, STEP = 2531, HEIGHT_MAX = 17 }; /* 1.44 log2(4096) */
    struct ps_tree *rising = NULL;
    struct ps_tree *mixed = NULL;

    (void)state;
    for (uint64_t i = 0; i < ROWS; i++) {
        assert_true(put(&rising, i, i));
        assert_true(put(&mixed, i * STEP % ROWS, i));
    }
    assert_in_range(assert_sound(rising), 12, HEIGHT_MAX);
    assert_in_range(assert_sound(mixed), 12, HEIGHT_MAX);
    for (uint64_t i = 0; i < ROWS; i++) {
        assert_true(tree_remove(&rising, NUMBER(i)));
        assert_true(tree_remove(&mixed, NUMBER(i * 3 % ROWS)));
        if (i % 64 == 0) (void)(assert_sound(rising) + assert_sound(mixed));
    }
    assert_null(rising);
    assert_null(mixed);
}

static void test_each_version_stays_as_it_was(void **state)
{
    enum { VERSIONS = 200 };
    struct ps_tree *versions[VERSIONS] = {NULL};
    uint64_t keys[VERSIONS] = {0};
    uint64_t seed = 99;

    (void)state;
    for (int i = 1; i < VERSIONS; i++) {
        versions[i] = tree_share(versions[i - 1]);
        keys[i] = keys[i - 1];
        for (int j = 0; j < 5; j++) {
            uint64_t n = chance(&seed) % KEYS;
            bool there = chance(&seed) % 2 == 0;
            keys[i] = there ? keys[i] | (uint64_t)1 << n : keys[i] & ~((uint64_t)1 << n);
            assert_true(there ? put(&versions[i], n, n * n) : tree_remove(&versions[i], NUMBER(n)));
        }
    }
    for (int i = 0; i < VERSIONS; i++)
        assert_holds(versions[i], keys[i]);
    for (int i = 0; i < VERSIONS; i += 2)
        tree_release(versions[i]);
    for (int i = 1; i < VERSIONS; i += 2) {
        assert_holds(versions[i], keys[i]);
        tree_release(versions[i]);
    }
}

/* Fails the n-th allocation of one change, for every n, until a change has none left to fail. */
static void test_a_change_without_memory_leaves_the_shared_version_whole(void **state)
{
    struct ps_tree *shared = NULL;
    uint64_t even = 0;
    unsigned failures = 0;

    (void)state;
    for (uint64_t n = 0; n < KEYS; n += 2) {
        assert_true(put(&shared, n, n * n));
        even |= (uint64_t)1 << n;
    }
    for (uint64_t n = 0; n < 2 * KEYS; n++) {
        bool done = false;
        for (unsigned nth = 1; !done; nth++) {
            struct ps_tree *working = tree_share(shared);
            assert_in_range(nth, 1, 100);
            fail_in = nth;
            done = n % 2 == 0 ? tree_remove(&working, NUMBER(n / 2)) : put(&working, n / 2, 0);
            fail_in = 0;
            if (!done) failures++;
            if (done) (void)assert_sound(working);
            tree_release(working);
            assert_holds(shared, even);
        }
    }
    assert_in_range(failures, KEYS, 100 * KEYS);
    tree_release(shared);
}

static void test_no_value_is_too_large_to_be_refused(void **state)
{
    struct ps_tree *root = NULL;
    struct ps_row row = {text("key"), {"", SIZE_MAX - 8}};

    (void)state;
    assert_false(tree_put(&root, &row));
    tree_release(root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_tree_stays_balanced_in_any_order_of_writes),
        cmocka_unit_test(test_each_version_stays_as_it_was),
        cmocka_unit_test(test_a_change_without_memory_leaves_the_shared_version_whole),
        cmocka_unit_test(test_no_value_is_too_large_to_be_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
