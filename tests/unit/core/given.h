/*
 * The words of cell_given.def, read: "held stale total=800" becomes an old header and an input.
 * Part of the programs that include it, each of which tells its cases in these words.
 */
#ifndef TEST_UNIT_CORE_GIVEN_H
#define TEST_UNIT_CORE_GIVEN_H

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/step.h"

#define NOW      INT64_C(1772330400000)
#define PLATFORM (NOW - 5000)
enum { VERSION = 4, CALL_ENTRY = 90, WORD_MAX = 32 };
enum { MINUTE = 60000, HOUR = 3600000, DAY = 86400000 };

struct scene {
    struct ps_record old;
    struct ps_input in;
    bool late;
};

/* Words. */

struct word {
    char name[WORD_MAX];
    bool has_value;
    int64_t value;
};

static int64_t unit_of(char suffix)
{
    switch (suffix) {
    case 's': return 1000;
    case 'm': return MINUTE;
    case 'h': return HOUR;
    case 'd': return DAY;
    default: return 1;
    }
}

/* A number, a span of time as "-5m", or the name of a reason, a hold, a call or an event. */
static int64_t value_of(const char *text)
{
    if (isdigit((unsigned char)text[strspn(text, "-")]) != 0) {
        char *end;
        int64_t number = strtoll(text, &end, 10);
        return number * unit_of(*end);
    }
    for (uint16_t id = 1; id < UINT8_MAX; id++) {
        if (strcmp(ps_reason_name(id), text) == 0 || strcmp(ps_hold_name(id), text) == 0 ||
            strcmp(ps_call_name((uint8_t)id), text) == 0 || strcmp(ps_event_name(id), text) == 0)
            return id;
    }
    fail_msg("nothing is called %s", text);
    return 0;
}

/* The next word of `*text`, which moves on; false: there is none. */
static bool next_word(const char **text, struct word *word)
{
    *text += strspn(*text, " ");
    size_t size = strcspn(*text, " ");
    if (size == 0) return false;
    assert_true(size < sizeof word->name);
    memcpy(word->name, *text, size);
    word->name[size] = '\0';
    *text += size;
    char *value = strchr(word->name, '=');
    word->has_value = value != NULL;
    if (value == NULL) return true;
    *value = '\0';
    word->value = value_of(value + 1);
    return true;
}

static bool is(const struct word *word, const char *name)
{
    return strcmp(word->name, name) == 0;
}

static void set_given(struct scene *s, const struct word *word)
{
    bool known = false;
    int64_t v = 0;
#define GIVEN(name, v_, place, value_)                                                             \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        v = word->has_value ? word->value : (v_);                                                  \
        s->place = (value_);                                                                       \
    }
#define FLAG(name, flag)                                                                           \
    if (is(word, #name)) {                                                                         \
        known = true;                                                                              \
        s->old.flags |= PS_FLAG_##flag;                                                            \
    }
#include "unit/core/cell_given.def"
    (void)v;
    if (!known) fail_msg("no cell can begin with \"%s\"", word->name);
}

#endif
