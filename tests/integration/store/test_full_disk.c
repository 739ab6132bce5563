/*
 * A disk that really is full, to the last block, and is freed again: nothing that was acknowledged
 * is lost, evidence finds the room that was kept for it, and service resumes by itself. Disks are
 * mounted for it; where that is not permitted the test says so and is skipped.
 */
#define _GNU_SOURCE /* memmem, unshare */

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/trial.h"

enum {
    KIB = 1024,
    MIB = 1024 * 1024,
    RESERVE_BYTES = 2 * MIB,
    ORDERS_MAX = 4000,
    ROUNDS = 2,
    ANSWERS = 20
};

struct disk {
    char mounted[DIRECTORY_PATH_SIZE];   /* Where. */
    char image[DIRECTORY_PATH_SIZE + 8]; /* Of a disk in a file; "": in memory. */
    char store[DIRECTORY_PATH_SIZE + 8];
    char filler[DIRECTORY_PATH_SIZE + 8];
};

static bool run(const char *const arguments[])
{
    pid_t child;
    int status;

    if (posix_spawnp(&child, arguments[0], NULL, NULL, (char *const *)(uintptr_t)arguments,
                     environ) != 0)
        return false;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void name_files(struct disk *disk)
{
    (void)snprintf(disk->store, sizeof disk->store, "%s/store", disk->mounted);
    (void)snprintf(disk->filler, sizeof disk->filler, "%s/filler", disk->mounted);
}

/* A file system in memory, with its blocks counted as any other's. */
static bool mount_memory(struct disk *disk)
{
    directory_make(disk->mounted);
    disk->image[0] = '\0';
    name_files(disk);
    if (mount("tmpfs", disk->mounted, "tmpfs", 0, "size=16m") == 0) return true;
    print_message("skipped: mounting a tmpfs is not permitted here (%s)\n", strerror(errno));
    directory_remove(disk->mounted);
    return false;
}

/* ext4 in a file, as a disk of its own. */
static bool mount_image(struct disk *disk)
{
    directory_make(disk->mounted);
    name_files(disk);
    (void)snprintf(disk->image, sizeof disk->image, "%s.img", disk->mounted);
    int file = open(disk->image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, 24 * MIB), 0);
    (void)close(file);
    const char *const make[] = {"mkfs.ext4", "-q", "-F", "-m", "0", disk->image, NULL};
    const char *const join[] = {"mount", "-o", "loop", disk->image, disk->mounted, NULL};
    if (run(make) && run(join)) return true;
    print_message("skipped: an ext4 in a file cannot be made and mounted here\n");
    (void)unlink(disk->image);
    directory_remove(disk->mounted);
    return false;
}

static void unmount(const struct disk *disk)
{
    const char *const leave[] = {"umount", disk->mounted, NULL};
    assert_true(run(leave));
    if (disk->image[0] != '\0') assert_int_equal(unlink(disk->image), 0);
    assert_int_equal(rmdir(disk->mounted), 0);
}

/* Takes every block that is left. */
static void fill_disk(const struct disk *disk)
{
    static const char bytes[256 * KIB] = {1};
    int file = open(disk->filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    assert_true(file >= 0);
    for (size_t size = sizeof bytes; size > 0; size /= 2) {
        while (write(file, bytes, size) > 0) {
        }
        assert_int_equal(errno, ENOSPC);
        (void)fsync(file);
    }
    (void)close(file);
}

/* What became of the orders, as it was acknowledged. */
struct book {
    struct trial trial;
    unsigned orders;           /* Acknowledged: numbers 0 to orders - 1. */
    bool answered[ORDERS_MAX]; /* The platform's answer to its create was taken. */
};

static const char *number_of(unsigned order)
{
    static char number[32];
    (void)snprintf(number, sizeof number, "FULL%08u", order);
    return number;
}

static struct payscore_result create(struct book *book, unsigned order)
{
    char key[32];
    (void)snprintf(key, sizeof key, "key-%u", order);
    return trial_submit(&book->trial, "create", key, body_create_confirmed(number_of(order)));
}

static void create_some(struct book *book, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct payscore_result result = create(book, book->orders);
        if (result.status != PAYSCORE_OK) fail_msg("%s", result.error.text);
        assert_int_equal(result.verdict, PAYSCORE_TAKEN);
        book->orders++;
    }
}

static void create_until_refused(struct book *book)
{
    struct payscore_result result;

    while ((result = create(book, book->orders)).status == PAYSCORE_OK) {
        assert_int_equal(result.verdict, PAYSCORE_TAKEN);
        assert_in_range(++book->orders, 0, ORDERS_MAX - 1);
    }
    assert_int_equal(result.status, PAYSCORE_E_FULL);
    assert_int_equal(result.verdict, PAYSCORE_VERDICT_NONE);
    assert_non_null(strstr(result.error.text, "free some"));
}

/* The platform is asked about some, and answers. */
static unsigned answer_calls(struct book *book)
{
    unsigned count = 0;

    book->trial.wants = (struct payscore_wants){ANSWERS, 0, 0};
    trial_turn(&book->trial);
    book->trial.wants = (struct payscore_wants){0};
    for (; trial_calls(&book->trial, "create_order") > 0; count++) {
        unsigned order = 0;
        const struct payscore_call *call = trial_call(&book->trial, "create_order");
        const char *number = memmem(call->body.data, call->body.size, "FULL", 4);
        assert_non_null(number);
        assert_int_equal(sscanf(number, "FULL%8u", &order), 1);
        struct payscore_result result = trial_answer(&book->trial, "create_order", 200,
                                                     seen_created(number_of(order), "package"));
        assert_int_equal(result.status, PAYSCORE_OK);
        assert_int_equal(result.verdict, PAYSCORE_TAKEN);
        book->answered[order] = true;
    }
    return count;
}

static void assert_all_there(struct book *book)
{
    unsigned answered = 0;

    (void)trial_verify(&book->trial);
    for (unsigned i = 0; i < book->orders; i++) {
        const char *state = trial_state(&book->trial, "service_order", number_of(i));
        assert_string_not_equal(state, "");
        if (!book->answered[i]) continue;
        assert_string_equal(state, "CONFIRMING");
        answered++;
    }
    assert_string_equal(trial_state(&book->trial, "service_order", number_of(book->orders)), "");
    print_message("%u orders acknowledged, %u answered\n", book->orders, answered);
}

static void fill_and_free(const struct disk *disk, struct book *book)
{
    create_some(book, 20);
    fill_disk(disk);
    create_until_refused(book);
    unsigned refused = book->orders;
    assert_int_equal(answer_calls(book), ANSWERS);
    assert_int_equal(create(book, refused).status, PAYSCORE_E_FULL);
    assert_int_equal(create(book, 0).status, PAYSCORE_E_FULL);
    assert_all_there(book);

    assert_int_equal(unlink(disk->filler), 0);
    create_some(book, 5); /* The first of these is the one that was refused. */
    assert_int_equal(answer_calls(book), ANSWERS);
    assert_int_equal(create(book, 0).entry, 1); /* A key's receipt was not lost either. */
    assert_all_there(book);
}

static void survive(const struct disk *disk)
{
    struct book *book = calloc(1, sizeof *book);

    assert_non_null(book);
    book->trial = (struct trial){.now_ms = INT64_C(1772330400000),
                                 .seed = 4711,
                                 .path = disk->store,
                                 .map_bytes_max = 64 * MIB,
                                 .reserve_bytes = RESERVE_BYTES,
                                 .wants = {0}};
    trial_reopen(&book->trial);
    for (int round = 0; round < ROUNDS; round++)
        fill_and_free(disk, book);
    /* And once more, with the process ending while the disk is full. */
    fill_disk(disk);
    create_until_refused(book);
    trial_reopen(&book->trial);
    assert_all_there(book);
    assert_int_equal(create(book, book->orders).status, PAYSCORE_E_FULL);
    assert_int_equal(unlink(disk->filler), 0);
    create_some(book, 5);
    assert_all_there(book);
    trial_close(&book->trial);
    free(book);
}

static void a_full_disk_in_memory_loses_nothing(void **state)
{
    struct disk disk;
    (void)state;
    if (!mount_memory(&disk)) skip();
    survive(&disk);
    unmount(&disk);
}

static void a_full_ext4_loses_nothing(void **state)
{
    struct disk disk;
    (void)state;
    if (!mount_image(&disk)) skip();
    survive(&disk);
    unmount(&disk);
}

/* Whoever is not root may mount in a user namespace of his own; mounts end with this process. */
static void may_mount(void)
{
    if (geteuid() != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return;
    if (geteuid() == 0 && unshare(CLONE_NEWNS) != 0) return;
    (void)mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_in_memory_loses_nothing),
        cmocka_unit_test(a_full_ext4_loses_nothing),
    };
    may_mount();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
