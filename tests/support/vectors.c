/* Reading of the files under tests/vectors. */
#include "support/vectors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { VECTOR_SIZE_MAX = 1048576, PATH_SIZE = 512 };

char *vector_text(const char *name, size_t *size)
{
    char path[PATH_SIZE];
    char *text = malloc(VECTOR_SIZE_MAX);
    assert_non_null(text);
    (void)snprintf(path, sizeof path, "%s/vectors/%s", TEST_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail_msg("cannot open %s", path);
    *size = fread(text, 1, VECTOR_SIZE_MAX - 1, file);
    assert_true(feof(file));
    (void)fclose(file);
    text[*size] = '\0';
    return text;
}

cJSON *vector_json(const char *name)
{
    size_t size = 0;
    char *text = vector_text(name, &size);
    cJSON *json = cJSON_ParseWithLength(text, size);
    free(text);
    if (json == NULL) fail_msg("%s is not JSON", name);
    return json;
}

char *vector_compact(const char *name)
{
    cJSON *json = vector_json(name);
    char *text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    assert_non_null(text);
    return text;
}

const char *vector_string(const cJSON *object, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, member));
    if (text == NULL) fail_msg("a vector lacks '%s'", member);
    return text;
}
