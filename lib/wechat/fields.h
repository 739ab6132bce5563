/*
 * The rows of fields.def: check a request body against them, and write one in their order. The
 * same table serves both sides: what we may send (the narrower bounds), and what the platform
 * takes (the wider ones).
 */
#ifndef PS_WECHAT_FIELDS_H
#define PS_WECHAT_FIELDS_H

#include <cJSON.h>

#include "core/chart.h"
#include "payscore/status.h"
#include "wechat/formats.h"

/* The commands without a call, whose forms are their own. */
#define PS_FORMS_WITHOUT_CALL(FORM)                                                                \
    FORM(check)                                                                                    \
    FORM(adopt)                                                                                    \
    FORM(release)                                                                                  \
    FORM(release_authorization)                                                                    \
    FORM(release_preauthorization)

/** Whose rows of fields.def apply. A call's form has the call's number. */
enum ps_form {
    PS_FORM_none = 0,
#define CALL(id, name, kind, repeat, method, path, en, zh) PS_FORM_##name = (id),
#include "statecharts/calls.def"
    PS_FORMS_OF_CALLS = 64, /* The others stand behind. */
#define PS_X(name) PS_FORM_##name,
    PS_FORMS_WITHOUT_CALL(PS_X)
#undef PS_X
};

enum ps_field_place { PS_FIELD_BODY, PS_FIELD_PATH };
enum ps_field_need { PS_FIELD_REQUIRED, PS_FIELD_OPTIONAL, PS_FIELD_WITH_US };
enum ps_field_type {
    PS_FIELD_STRING,
    PS_FIELD_FEN,
    PS_FIELD_INT,
    PS_FIELD_BOOL,
    PS_FIELD_OBJECT,
    PS_FIELD_ARRAY,
    PS_FIELD_START,
    PS_FIELD_END,
    PS_FIELD_MOMENT,
};

struct ps_field {
    uint8_t form; /* enum ps_form. */
    uint8_t place, type, need, format;
    const char *path;
    int64_t min, max, accept_max;
    const char *source;
};

/** All rows, in the table's order. */
const struct ps_field *ps_fields(size_t *count);

/** The row of this form with this path, or NULL. */
const struct ps_field *ps_field_find(enum ps_form form, const char *path);

/**
 * Check a body of this form: no unknown or repeated member, none missing, each of its type, length,
 * range and format, and the rules between members (rules.h). `as_platform`: with the bounds that
 * the platform takes instead of those that we keep to.
 * Errors: E_INPUT; `error` names the member, its value and the rule.
 */
PAYSCORE_MUST_USE enum payscore_status
ps_form_check(enum ps_form form, const cJSON *body, bool as_platform, struct payscore_error *error);

/** The same for the body of a call. */
PAYSCORE_MUST_USE enum payscore_status ps_fields_check(enum ps_call call, const cJSON *body,
                                                       bool as_platform,
                                                       struct payscore_error *error);

/**
 * Check one value, which need not stand in a body: one that goes into the path.
 * Errors: E_INPUT, also where `item` is NULL and the field required.
 */
PAYSCORE_MUST_USE enum payscore_status ps_field_check(const struct ps_field *field,
                                                      const cJSON *item, bool as_platform,
                                                      struct payscore_error *error);

/**
 * Write a checked body: its members in the table's order, amounts and counts as plain digits.
 * Ownership: cJSON_free() *out. Errors: E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_form_print(enum ps_form form, const cJSON *body,
                                                     char **out);

#endif
