#include "engine/making.h"

#include <stdlib.h>
#include <string.h>

/* A bit of cJSON's `type` that cJSON does not look at. */
enum { LACKS = 1 << 20 };

void ps_make_lacks(cJSON *item)
{
    if (item != NULL) item->type |= LACKS;
}

static cJSON *made(cJSON *to, cJSON *item)
{
    if (item == NULL) ps_make_lacks(to);
    return item;
}

void ps_make_text(cJSON *to, const char *name, const char *text)
{
    (void)made(to, cJSON_AddStringToObject(to, name, text));
}

void ps_make_bytes(cJSON *to, const char *name, struct payscore_text text)
{
    char *copy = malloc(text.size + 1);
    if (copy == NULL) {
        ps_make_lacks(to);
        return;
    }
    if (text.size > 0) memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    ps_make_text(to, name, copy);
    free(copy);
}

void ps_make_number(cJSON *to, const char *name, double value)
{
    (void)made(to, cJSON_AddNumberToObject(to, name, value));
}

void ps_make_bool(cJSON *to, const char *name, bool value)
{
    (void)made(to, cJSON_AddBoolToObject(to, name, value));
}

void ps_make_null(cJSON *to, const char *name)
{
    (void)made(to, cJSON_AddNullToObject(to, name));
}

cJSON *ps_make_object(cJSON *to, const char *name)
{
    return made(to, cJSON_AddObjectToObject(to, name));
}

cJSON *ps_make_array(cJSON *to, const char *name)
{
    return made(to, cJSON_AddArrayToObject(to, name));
}

void ps_make_item(cJSON *to, const char *name, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToObject(to, name, item)) return;
    cJSON_Delete(item);
    ps_make_lacks(to);
}

void ps_make_last(cJSON *to, cJSON *item)
{
    if (item != NULL && cJSON_AddItemToArray(to, item)) return;
    cJSON_Delete(item);
    ps_make_lacks(to);
}

/* Nothing is nested deeper here than what ps_json_parse() takes. */
static bool lacks(const cJSON *item)
{
    if ((item->type & LACKS) != 0) return true;
    for (const cJSON *child = item->child; child != NULL; child = child->next)
        if (lacks(child)) return true;
    return false;
}

char *ps_make_print(const cJSON *item)
{
    return item == NULL || lacks(item) ? NULL : cJSON_PrintUnformatted(item);
}
