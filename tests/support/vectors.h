/*
 * The files under tests/vectors: published and computed examples, one JSON text each.
 */
#ifndef TEST_SUPPORT_VECTORS_H
#define TEST_SUPPORT_VECTORS_H

#include <stddef.h>

#include <cJSON.h>

/** The bytes of tests/vectors/`name` and a NUL; the test fails if it cannot be read. free() it. */
char *vector_text(const char *name, size_t *size);

/** The same, parsed. cJSON_Delete() it. */
cJSON *vector_json(const char *name);

/** The same, printed again without white space. cJSON_free() it. */
char *vector_compact(const char *name);

/** A string member that must be there. */
const char *vector_string(const cJSON *object, const char *member);

#endif
