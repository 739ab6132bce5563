/*
 * What the store's tests share: a directory of their own, stores of both kinds behind one fixture,
 * and short words for reading and writing. Static, because every test is one program.
 */
#ifndef TEST_STORE_FIXTURE_H
#define TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "store/store.h"
#include "support/directory.h"

#define UNUSED_ALLOWED __attribute__((unused))

/* Small enough for every sanitizer. */
enum { MAP_BYTES = 64 * 1024 * 1024, INCARNATION = 77 };

struct directory {
    char path[DIRECTORY_PATH_SIZE];
};

UNUSED_ALLOWED static struct directory directory_new(void)
{
    struct directory directory;
    directory_make(directory.path);
    return directory;
}

UNUSED_ALLOWED static void file_path(const struct directory *directory, const char *name,
                                     char path[128])
{
    (void)snprintf(path, 128, "%s/%s", directory->path, name);
}

/* For tests whose state is a directory of their own. */
UNUSED_ALLOWED static int directory_setup(void **state)
{
    struct directory *directory = malloc(sizeof *directory);

    assert_non_null(directory);
    *directory = directory_new();
    *state = directory;
    return 0;
}

UNUSED_ALLOWED static int directory_teardown(void **state)
{
    directory_remove(((struct directory *)*state)->path);
    free(*state);
    return 0;
}

UNUSED_ALLOWED static enum payscore_status lmdb_try(const struct directory *directory,
                                                    enum ps_access access, struct ps_store **store)
{
    struct payscore_error error = {""};
    struct ps_lmdb_options options = {.path = directory->path,
                                      .map_bytes_max = MAP_BYTES,
                                      .access = access,
                                      .incarnation = INCARNATION,
                                      .upgrades = access == PS_WRITE};
    enum payscore_status rc = ps_store_open_lmdb(store, &options, &error);

    /* Whoever is refused is told where and why. */
    assert_int_equal(rc == PAYSCORE_OK, error.text[0] == '\0');
    if (rc != PAYSCORE_OK) assert_non_null(strstr(error.text, directory->path));
    return rc;
}

UNUSED_ALLOWED static struct ps_store *lmdb_open(const struct directory *directory,
                                                 enum ps_access access)
{
    struct ps_store *store = NULL;
    assert_int_equal(lmdb_try(directory, access, &store), PAYSCORE_OK);
    return store;
}

/* A child that does not outlive a test that fails. */
UNUSED_ALLOWED static pid_t fork_child(void)
{
    pid_t parent = getpid();
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)) _exit(1);
    return child;
}

UNUSED_ALLOWED static struct ps_txn *begin(struct ps_store *store, enum ps_access access)
{
    struct ps_txn *txn = NULL;
    assert_int_equal(ps_txn_begin(store, access, &txn), PAYSCORE_OK);
    return txn;
}

/* Commits with one more entry in the head. */
UNUSED_ALLOWED static enum payscore_status commit(struct ps_txn *txn)
{
    struct ps_head head = *ps_txn_head(txn);
    head.entries++;
    return ps_txn_commit(txn, &head);
}

UNUSED_ALLOWED static struct payscore_text text(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

UNUSED_ALLOWED static bool text_is(struct payscore_text actual, const char *expected)
{
    return actual.size == strlen(expected) && memcmp(actual.data, expected, actual.size) == 0;
}

/* Eight bytes, so that keys sort as their numbers do. */
UNUSED_ALLOWED static struct payscore_text number_write(uint64_t value, char bytes[8])
{
    for (int i = 7; i >= 0; i--, value >>= 8)
        bytes[i] = (char)(unsigned char)value;
    return (struct payscore_text){bytes, 8};
}

UNUSED_ALLOWED static uint64_t number_read(struct payscore_text bytes)
{
    uint64_t value = 0;
    assert_int_equal(bytes.size, 8);
    for (int i = 0; i < 8; i++)
        value = value << 8 | (unsigned char)bytes.data[i];
    return value;
}

/* The text lives to the end of the enclosing block. */
#define NUMBER(value) number_write((value), (char[8]){0})

/* Deterministic chance (xorshift). */
UNUSED_ALLOWED static uint64_t chance(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

UNUSED_ALLOWED static void assert_value(struct ps_txn *txn, enum ps_table table, const char *key,
                                        const char *expected)
{
    struct payscore_text value;
    assert_int_equal(ps_txn_get(txn, table, text(key), &value), PAYSCORE_OK);
    assert_true(text_is(value, expected));
}

UNUSED_ALLOWED static void assert_absent(struct ps_txn *txn, enum ps_table table, const char *key)
{
    struct payscore_text value;
    assert_int_equal(ps_txn_get(txn, table, text(key), &value), PAYSCORE_E_NOT_FOUND);
}

#endif
