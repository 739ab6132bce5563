#include "support/directory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

void directory_make(char path[DIRECTORY_PATH_SIZE])
{
    snprintf(path, DIRECTORY_PATH_SIZE, "/tmp/payscore-test-XXXXXX");
    assert_non_null(mkdtemp(path));
}

void directory_remove(const char *path)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "driver.lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char file[DIRECTORY_PATH_SIZE + 16];
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        (void)unlink(file);
    }
    assert_int_equal(rmdir(path), 0);
}
