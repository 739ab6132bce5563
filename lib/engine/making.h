/*
 * JSON that is made here. cJSON leaves out what there was no memory for; here the object or array
 * that lacks something knows it, and is never printed. `to` may be NULL: what it was to be is then
 * lacking one level up.
 */
#ifndef PS_ENGINE_MAKING_H
#define PS_ENGINE_MAKING_H

#include <cJSON.h>
#include <stdbool.h>

#include "payscore/types.h"

void ps_make_text(cJSON *to, const char *name, const char *text);
void ps_make_bytes(cJSON *to, const char *name, struct payscore_text text);
void ps_make_number(cJSON *to, const char *name, double value);
void ps_make_bool(cJSON *to, const char *name, bool value);
void ps_make_null(cJSON *to, const char *name);

/** An object or array inside `to`. Borrowed; NULL where it is lacking. */
cJSON *ps_make_object(cJSON *to, const char *name);
cJSON *ps_make_array(cJSON *to, const char *name);

/** Take an item over as a member, or as the last of an array. NULL: it is lacking. */
void ps_make_item(cJSON *to, const char *name, cJSON *item);
void ps_make_last(cJSON *to, cJSON *item);

/** Something that belongs in here could not be had. */
void ps_make_lacks(cJSON *item);

/** The string that it prints as; NULL where memory could not be had for it, or for a part of it.
 * free() it. */
char *ps_make_print(const cJSON *item);

#endif
