/* A directory of a test's own, for a store that is to outlive one opening. */
#ifndef TEST_SUPPORT_DIRECTORY_H
#define TEST_SUPPORT_DIRECTORY_H

enum { DIRECTORY_PATH_SIZE = 64 };

/** Make an empty directory; the test fails if it cannot be had. */
void directory_make(char path[DIRECTORY_PATH_SIZE]);

/** Remove it and a store's files in it; the test fails if anything else is left there. */
void directory_remove(const char *path);

#endif
