/*
 * What is handed over once, a package: while it is of use it is shown; then it is shown no more,
 * and it stands nowhere in the store's bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER   TRIAL_ORDER
#define PACKAGE "AAQTmZoASecretPackageOfThisOrder"

enum { STORE_MAX = 64 << 20 };

static bool has(const char *bytes, size_t size, const char *secret)
{
    size_t length = strlen(secret);
    for (const char *at = bytes; at + length <= bytes + size; at++) {
        at = memchr(at, secret[0], (size_t)(bytes + size - at));
        if (at == NULL || at + length > bytes + size) return false;
        if (memcmp(at, secret, length) == 0) return true;
    }
    return false;
}

/* Is it anywhere in the store's file? */
static bool is_stored(const char *directory, const char *secret)
{
    char path[DIRECTORY_PATH_SIZE + 16];
    snprintf(path, sizeof path, "%s/data.mdb", directory);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    char *bytes = malloc(STORE_MAX);
    assert_non_null(bytes);
    size_t size = fread(bytes, 1, STORE_MAX, file);
    assert_in_range(size, 1, STORE_MAX - 1);
    fclose(file);
    bool found = has(bytes, size, secret);
    free(bytes);
    return found;
}

static void confirming(struct trial *t, const char *directory)
{
    trial_open(t, directory);
    order_command(t, "create", body_create_confirmed(ORDER));
    trial_answer(t, "create_order", 200, seen_created(ORDER, PACKAGE));
    order_expect(t, "CONFIRMING", "");
    assert_string_equal(order_member(t, "handover.package"), PACKAGE);
    assert_true(is_stored(directory, PACKAGE)); /* Else the search proves nothing. */
}

static void expect_gone(struct trial *t)
{
    assert_string_equal(order_member(t, "handover.package"), "");
    assert_string_equal(order_member(t, "launch.package"), "");
}

/* Other moves take the pages that are free now. */
static void a_package_is_destroyed_once_the_user_confirmed(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE];
    directory_make(directory);
    confirming(&t, directory);
    trial_notice(&t, "PAYSCORE.USER_CONFIRM", order_in_service());
    order_expect(&t, "SERVING", "");
    expect_gone(&t);
    for (int i = 0; i < 4; i++)
        order_look(&t, order_in_service());
    order_command(&t, "complete", body_complete(ORDER, 800));
    trial_answer(&t, "complete_order", 200, order_paying(800));
    order_look(&t, seen_settled(ORDER, 800, "NEWTON"));
    order_expect(&t, "DONE", "");
    order_end(&t);
    assert_false(is_stored(directory, PACKAGE));
    directory_remove(directory);
}

static void a_package_is_destroyed_with_the_end_of_its_order(void **state)
{
    (void)state;
    static const char *const ends[] = {"REVOKED", "EXPIRED"};
    for (size_t i = 0; i < 2; i++) {
        struct trial t;
        char directory[DIRECTORY_PATH_SIZE];
        directory_make(directory);
        confirming(&t, directory);
        order_look(&t, seen_order(ORDER, ends[i], "", "", -1));
        order_expect(&t, ends[i], "");
        expect_gone(&t);
        for (int k = 0; k < 4; k++) { /* Another order takes the place. */
            char number[32];
            snprintf(number, sizeof number, "ANOTHER%d", k);
            order_command(&t, "create", body_create_confirmed(number));
            trial_answer(&t, "create_order", 200, seen_created(number, "AAQTanother"));
        }
        order_end(&t);
        assert_false(is_stored(directory, PACKAGE));
        directory_remove(directory);
    }
}

/* A question changes nothing of it. */
static void a_package_stays_while_the_user_has_not_confirmed(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE];
    directory_make(directory);
    confirming(&t, directory);
    order_look(&t, seen_created(ORDER, ""));
    trial_reopen(&t);
    assert_string_equal(order_member(&t, "handover.package"), PACKAGE);
    order_end(&t);
    directory_remove(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_package_is_destroyed_once_the_user_confirmed),
        cmocka_unit_test(a_package_is_destroyed_with_the_end_of_its_order),
        cmocka_unit_test(a_package_stays_while_the_user_has_not_confirmed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
