/*
 * Bounded texts: compare, copy, count characters, find a header, phrase an error. What comes from
 * outside may hold any bytes; what goes into a message for people is well-formed UTF-8.
 */
#ifndef PS_WECHAT_TEXT_H
#define PS_WECHAT_TEXT_H

#include <stdbool.h>

#include "payscore/exchange.h"
#include "payscore/status.h"

/** The whole of a NUL-terminated string; NULL gives an empty text. */
struct payscore_text ps_text_of(const char *string);

bool ps_text_equal(struct payscore_text a, struct payscore_text b);
bool ps_text_is(struct payscore_text text, const char *string);
bool ps_text_starts(struct payscore_text text, const char *prefix);

/** Equal when letters of the ASCII alphabet are taken without case. */
bool ps_text_same(struct payscore_text a, struct payscore_text b);

/** Whether `part` stands somewhere in `text`; an empty part always does. */
bool ps_text_contains(struct payscore_text text, const char *part);

/** Whether every byte is a letter or digit of ASCII, or stands in `also`. */
bool ps_text_all_of(struct payscore_text text, const char *also);

/** Bytes of the well-formed UTF-8 character at `at`, and its code point; 0: it is not well-formed.
 */
size_t ps_utf8_step(struct payscore_text text, size_t at, uint32_t *point);

/** Count code points, and tell the highest; false if the text is not well-formed UTF-8. */
bool ps_utf8_count(struct payscore_text text, size_t *points, uint32_t *highest);

/** Copy as much as fits, whole characters only, and end it with a NUL. True if all of it fitted. */
bool ps_text_copy(char *out, size_t out_size, struct payscore_text text);

/** The value of the first header of this name, compared without case; empty if there is none. */
struct payscore_text ps_header(const struct payscore_header *headers, size_t count,
                               const char *name);

/**
 * Phrase `error` (NULL is allowed) and return `status`, so that a fault is one statement. Control
 * characters and broken UTF-8, which can only come from outside, are written as '?'.
 */
__attribute__((format(printf, 3, 4))) enum payscore_status
ps_fail(struct payscore_error *error, enum payscore_status status, const char *format, ...);

/** For "%.*s": at most 96 bytes of a text that came from outside. */
#define PS_SHOWN_MAX   96
#define PS_SHOWN(text) (int)((text).size < PS_SHOWN_MAX ? (text).size : PS_SHOWN_MAX), (text).data

#endif
