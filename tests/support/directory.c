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
    const char *parent = getenv("TMPDIR");
    int size = snprintf(path, DIRECTORY_PATH_SIZE, "%s/payscore-test-XXXXXX",
                        parent == NULL ? "/tmp" : parent);
    assert_in_range(size, 1, DIRECTORY_PATH_SIZE - 1);
    assert_non_null(mkdtemp(path));
}

void directory_remove(const char *path)
{
    static const char *const names[] = {"data.mdb", "lock.mdb", "driver.lock", "line",
                                        "feed",     "backup",   "submit.sock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char file[DIRECTORY_PATH_SIZE + 16];
        snprintf(file, sizeof file, "%s/%s", path, names[i]);
        (void)unlink(file);
    }
    assert_int_equal(rmdir(path), 0);
}
