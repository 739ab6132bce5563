/*
 * One walk over the rows of fields.def checks a body, another writes it. Knows no command and no
 * merchant; a value that is wrong is named with its place, its value and the rule.
 */
#include "wechat/fields.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/money.h"
#include "core/time.h"
#include "wechat/formats.h"
#include "wechat/rules.h"
#include "wechat/text.h"
#include "wechat/view.h"

enum { WHERE_SIZE = 64, HIGHEST_POINT = 0xFFFF, DIGITS_SIZE = 24 };

/* clang-format off */
static const struct ps_field fields[] = {
#define FIELD(form, path, place, type, need, min, max, accept_max, format, source)                 \
    {PS_FORM_##form, PS_FIELD_##place, PS_FIELD_##type, PS_FIELD_##need, PS_FORMAT_##format, path, \
     min, max, accept_max, source},
#include "wechat/fields.def"
};
/* clang-format on */

enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

const struct ps_field *ps_fields(size_t *count)
{
    *count = FIELD_COUNT;
    return fields;
}

const struct ps_field *ps_field_find(enum ps_form form, const char *path)
{
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        if (fields[i].form == form && strcmp(fields[i].path, path) == 0) return &fields[i];
    }
    return NULL;
}

/** Where a walk stands: whose rows apply, and how a person would write the place. */
struct walk {
    enum ps_form form;
    bool as_platform;
    struct payscore_error *error;
    char prefix[WHERE_SIZE]; /* As in the rows: "post_payments[]." */
    char where[WHERE_SIZE];  /* As a person counts: "post_payments[2]." */
};

/** The name by which a row is a member right here; NULL: it belongs elsewhere. */
static const char *leaf_of(const struct walk *walk, const struct ps_field *field)
{
    size_t size = strlen(walk->prefix);
    if (field->form != walk->form || field->place != PS_FIELD_BODY) return NULL;
    if (strncmp(field->path, walk->prefix, size) != 0) return NULL;
    return strchr(field->path + size, '.') == NULL ? field->path + size : NULL;
}

static struct walk inside(const struct walk *walk, const char *leaf, int index)
{
    struct walk inner = *walk;
    char item[DIGITS_SIZE] = "";
    if (index >= 0) (void)snprintf(item, sizeof item, "[%d]", index);
    (void)snprintf(inner.prefix, sizeof inner.prefix, "%.24s%.24s%s.", walk->prefix, leaf,
                   index >= 0 ? "[]" : "");
    (void)snprintf(inner.where, sizeof inner.where, "%.24s%.24s%.8s.", walk->where, leaf, item);
    return inner;
}

/* Checks of one value. */

static int64_t bound_of(const struct walk *walk, const struct ps_field *field)
{
    return walk->as_platform ? field->accept_max : field->max;
}

static enum payscore_status refuse(const struct walk *walk, const char *leaf, const cJSON *item,
                                   const char *rule)
{
    char *shown = item == NULL ? NULL : cJSON_PrintUnformatted(item);
    ps_fail(walk->error, PAYSCORE_E_INPUT, "%s%s: %.*s; must be: %s", walk->where, leaf,
            PS_SHOWN(ps_text_of(shown == NULL ? "missing" : shown)), rule);
    cJSON_free(shown);
    return PAYSCORE_E_INPUT;
}

static enum payscore_status check_string(const struct walk *walk, const struct ps_field *field,
                                         const char *leaf, const cJSON *item)
{
    char rule[96];
    size_t points = 0;
    uint32_t highest = 0;
    if (!cJSON_IsString(item)) return refuse(walk, leaf, item, "a string");
    struct payscore_text text = ps_text_of(item->valuestring);
    if (!ps_utf8_count(text, &points, &highest)) return refuse(walk, leaf, item, "UTF-8");
    int64_t max = bound_of(walk, field);
    (void)snprintf(rule, sizeof rule, "%" PRId64 " to %" PRId64 " characters", field->min, max);
    if ((int64_t)points < field->min || (int64_t)points > max)
        return refuse(walk, leaf, item, rule);
    if (highest > HIGHEST_POINT)
        return refuse(walk, leaf, item, "without characters from U+10000 on");
    if (!ps_format_kept(field->format, text, walk->as_platform))
        return refuse(walk, leaf, item, ps_format_rule(field->format));
    return PAYSCORE_OK;
}

/** Amounts and counts are both whole numbers that a double holds exactly. */
static enum payscore_status check_integer(const struct walk *walk, const struct ps_field *field,
                                          const char *leaf, const cJSON *item)
{
    char rule[96];
    int64_t max = bound_of(walk, field);
    (void)snprintf(rule, sizeof rule, "a whole number%s from %" PRId64 " to %" PRId64,
                   field->type == PS_FIELD_FEN ? " of fen" : "", field->min, max);
    if (!cJSON_IsNumber(item)) return refuse(walk, leaf, item, rule);
    double value = item->valuedouble;
    if (!(value >= (double)field->min && value <= (double)max))
        return refuse(walk, leaf, item, rule);
    if ((double)(int64_t)value != value) return refuse(walk, leaf, item, rule);
    return PAYSCORE_OK;
}

static enum payscore_status check_time(const struct walk *walk, const struct ps_field *field,
                                       const char *leaf, const cJSON *item)
{
    int64_t ms = 0;
    struct payscore_text text = ps_text_of(cJSON_GetStringValue(item));
    bool start = field->type == PS_FIELD_START;
    bool exact = field->type == PS_FIELD_MOMENT && !walk->as_platform;
    if (start && ps_text_is(text, "OnAccept")) return PAYSCORE_OK;
    if (ps_time_from_compact(text, &ms) && !(exact && text.size != PS_COMPACT_SIZE))
        return PAYSCORE_OK;
    if (exact) return refuse(walk, leaf, item, "yyyyMMddHHmmss");
    return refuse(walk, leaf, item,
                  start ? "yyyyMMddHHmmss, yyyyMMdd or OnAccept" : "yyyyMMddHHmmss or yyyyMMdd");
}

static enum payscore_status check_object(const struct walk *walk, const cJSON *object);

static enum payscore_status check_array(const struct walk *walk, const struct ps_field *field,
                                        const char *leaf, const cJSON *item)
{
    char rule[96];
    enum payscore_status rc = PAYSCORE_OK;
    int64_t max = bound_of(walk, field);
    int count = cJSON_GetArraySize(item);
    (void)snprintf(rule, sizeof rule, "an array of %" PRId64 " to %" PRId64 " objects", field->min,
                   max);
    if (!cJSON_IsArray(item) || count < field->min || count > max)
        return refuse(walk, leaf, item, rule);
    int index = 0;
    const cJSON *child = NULL;
    cJSON_ArrayForEach(child, item)
    {
        struct walk inner = inside(walk, leaf, index++);
        if (rc == PAYSCORE_OK && !cJSON_IsObject(child)) rc = refuse(walk, leaf, item, rule);
        if (rc == PAYSCORE_OK) rc = check_object(&inner, child);
    }
    return rc;
}

static enum payscore_status check_inner_object(const struct walk *walk, const char *leaf,
                                               const cJSON *item)
{
    struct walk inner = inside(walk, leaf, -1);
    if (!cJSON_IsObject(item)) return refuse(walk, leaf, item, "an object");
    return check_object(&inner, item);
}

static enum payscore_status check_value(const struct walk *walk, const struct ps_field *field,
                                        const char *leaf, const cJSON *item)
{
    switch ((enum ps_field_type)field->type) {
    case PS_FIELD_STRING: return check_string(walk, field, leaf, item);
    case PS_FIELD_FEN:
    case PS_FIELD_INT: return check_integer(walk, field, leaf, item);
    case PS_FIELD_OBJECT: return check_inner_object(walk, leaf, item);
    case PS_FIELD_ARRAY: return check_array(walk, field, leaf, item);
    case PS_FIELD_START:
    case PS_FIELD_MOMENT:
    case PS_FIELD_END: return check_time(walk, field, leaf, item);
    case PS_FIELD_BOOL: break;
    }
    return cJSON_IsBool(item) ? PAYSCORE_OK : refuse(walk, leaf, item, "true or false");
}

static enum payscore_status check_field(const struct walk *walk, const struct ps_field *field,
                                        const char *leaf, const cJSON *item)
{
    bool required =
        field->need == PS_FIELD_REQUIRED || (field->need == PS_FIELD_WITH_US && !walk->as_platform);
    if (item != NULL) return check_value(walk, field, leaf, item);
    return required ? refuse(walk, leaf, NULL, "given") : PAYSCORE_OK;
}

/** Every member has a row, and only one of each name is there. */
static enum payscore_status check_names(const struct walk *walk, const cJSON *object)
{
    const cJSON *member = NULL;
    cJSON_ArrayForEach(member, object)
    {
        bool known = false;
        for (size_t i = 0; i < FIELD_COUNT && !known; i++) {
            const char *leaf = leaf_of(walk, &fields[i]);
            known = leaf != NULL && strcmp(leaf, member->string) == 0;
        }
        if (!known) return refuse(walk, member->string, member, "left out: no such member");
        if (cJSON_GetObjectItemCaseSensitive(object, member->string) != member)
            return refuse(walk, member->string, member, "given once");
    }
    return PAYSCORE_OK;
}

static enum payscore_status check_object(const struct walk *walk, const cJSON *object)
{
    enum payscore_status rc = check_names(walk, object);
    for (size_t i = 0; rc == PAYSCORE_OK && i < FIELD_COUNT; i++) {
        const char *leaf = leaf_of(walk, &fields[i]);
        if (leaf == NULL) continue;
        rc = check_field(walk, &fields[i], leaf, cJSON_GetObjectItemCaseSensitive(object, leaf));
    }
    return rc;
}

enum payscore_status ps_form_check(enum ps_form form, const cJSON *body, bool as_platform,
                                   struct payscore_error *error)
{
    struct walk walk = {.form = form, .as_platform = as_platform, .error = error};
    if (!cJSON_IsObject(body)) return refuse(&walk, "body", body, "an object");
    enum payscore_status rc = check_object(&walk, body);
    if (rc != PAYSCORE_OK) return rc;
    return ps_rule_broken(form, body, error) == PS_RULE_none ? PAYSCORE_OK : PAYSCORE_E_INPUT;
}

enum payscore_status ps_fields_check(enum ps_call call, const cJSON *body, bool as_platform,
                                     struct payscore_error *error)
{
    return ps_form_check((enum ps_form)call, body, as_platform, error);
}

enum payscore_status ps_field_check(const struct ps_field *field, const cJSON *item,
                                    bool as_platform, struct payscore_error *error)
{
    struct walk walk = {
        .form = (enum ps_form)field->form, .as_platform = as_platform, .error = error};
    return check_field(&walk, field, field->path, item);
}

/* Writing. */

static cJSON *copy_object(const struct walk *walk, const cJSON *object);

static cJSON *copy_array(const struct walk *walk, const char *leaf, const cJSON *array)
{
    const cJSON *child = NULL;
    struct walk inner = inside(walk, leaf, 0);
    cJSON *copy = cJSON_CreateArray();
    cJSON_ArrayForEach(child, array)
    {
        cJSON *item = copy_object(&inner, child);
        if (cJSON_AddItemToArray(copy, item)) continue;
        cJSON_Delete(item);
        cJSON_Delete(copy);
        return NULL;
    }
    return copy;
}

/** Digits, whatever cJSON would make of the number: it writes 10^15 as 1e+15. */
static cJSON *copy_integer(const cJSON *item)
{
    char digits[DIGITS_SIZE];
    (void)snprintf(digits, sizeof digits, "%" PRId64, (int64_t)item->valuedouble);
    return cJSON_CreateRaw(digits);
}

static cJSON *copy_value(const struct walk *walk, const struct ps_field *field, const char *leaf,
                         const cJSON *item)
{
    struct walk inner = inside(walk, leaf, -1);
    switch ((enum ps_field_type)field->type) {
    case PS_FIELD_FEN:
    case PS_FIELD_INT: return copy_integer(item);
    case PS_FIELD_OBJECT: return copy_object(&inner, item);
    case PS_FIELD_ARRAY: return copy_array(walk, leaf, item);
    case PS_FIELD_STRING:
    case PS_FIELD_BOOL:
    case PS_FIELD_START:
    case PS_FIELD_MOMENT:
    case PS_FIELD_END: break;
    }
    return cJSON_Duplicate(item, false);
}

static cJSON *copy_object(const struct walk *walk, const cJSON *object)
{
    cJSON *copy = cJSON_CreateObject();
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const char *leaf = leaf_of(walk, &fields[i]);
        const cJSON *item = leaf == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(object, leaf);
        if (item == NULL) continue;
        cJSON *value = copy_value(walk, &fields[i], leaf, item);
        if (cJSON_AddItemToObject(copy, leaf, value)) continue;
        cJSON_Delete(value);
        cJSON_Delete(copy);
        return NULL;
    }
    return copy;
}

enum payscore_status ps_form_print(enum ps_form form, const cJSON *body, char **out)
{
    struct walk walk = {.form = form};
    cJSON *copy = copy_object(&walk, body);
    *out = copy == NULL ? NULL : cJSON_PrintUnformatted(copy);
    cJSON_Delete(copy);
    return *out == NULL ? PAYSCORE_E_MEMORY : PAYSCORE_OK;
}
