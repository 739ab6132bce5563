/*
 * The lookup in errors.def. Knows no call's meaning; what a class leads to is decided elsewhere.
 */
#include "wechat/errors.h"

#include "wechat/text.h"

/* clang-format off */
/** Sets of calls, one bit each. */
enum {
#define EFFECT(bit) (bit)
#define QUERY(bit) 0
#define CALL(id, name, kind, repeat, method, path, en, zh) CALLS_##name = 1 << (id),
#include "statecharts/calls.def"
    CALLS_effects = 0
#define CALL(id, name, kind, repeat, method, path, en, zh) | kind(1 << (id))
#include "statecharts/calls.def"
    ,
#undef EFFECT
#undef QUERY
#define EFFECT(bit) 0
#define QUERY(bit) (bit)
    CALLS_queries = 0
#define CALL(id, name, kind, repeat, method, path, en, zh) | kind(1 << (id))
#include "statecharts/calls.def"
    ,
#undef EFFECT
#undef QUERY
    CALLS_any = CALLS_effects | CALLS_queries,
};

static const struct ps_error_row rows[] = {
#define ERROR(id, status, code, number, fragment, class, reason, cooldown_ms, calls, source) \
    {id, status, code, number, fragment, PS_CLASS_##class, PS_REASON_##reason, cooldown_ms,   \
     CALLS_##calls, source},
#include "wechat/errors.def"
};

/* A repeated id does not compile: the enumerator would be named twice. */
enum {
#define ERROR(id, status, code, number, fragment, class, reason, cooldown_ms, calls, source) \
    ROW_##id,
#include "wechat/errors.def"
};
/* clang-format on */

/** How well a row fits; the orders of size keep the kinds of match apart. 0: not at all. */
enum {
    FITS_NUMBER = 1000,
    FITS_FRAGMENT = 100,
    FITS_CODE = 10,
    FITS_STATUS = 2,
    FITS_STATUS_CLASS = 1,
};

static int fit_of_status(const struct ps_error_row *row, const struct ps_error_answer *answer)
{
    if (row->status == answer->status) return FITS_STATUS;
    return row->status == answer->status / 100 * 100 ? FITS_STATUS_CLASS : 0;
}

static int fit_of_words(const struct ps_error_row *row, const struct ps_error_answer *answer)
{
    int fit = 0;
    if (row->status / 100 != answer->status / 100) return 0;
    if (row->code[0] != '\0') {
        if (!ps_text_is(answer->code, row->code)) return 0;
        fit += FITS_CODE;
    }
    if (row->fragment[0] != '\0') {
        if (!ps_text_contains(answer->message, row->fragment)) return 0;
        fit += FITS_FRAGMENT;
    }
    return fit;
}

static int fit_of(const struct ps_error_row *row, const struct ps_error_answer *answer)
{
    bool bare = row->code[0] == '-';
    bool words = row->code[0] != '\0' || row->fragment[0] != '\0';
    if ((row->calls >> answer->call & 1) == 0) return 0;
    if (bare || !answer->platform)
        return bare && !answer->platform ? fit_of_status(row, answer) : 0;
    if (row->number != 0 && row->number == answer->number) return FITS_NUMBER;
    if (words) return fit_of_words(row, answer);
    return row->number == 0 ? fit_of_status(row, answer) : 0;
}

const struct ps_error_row *ps_error_find(const struct ps_error_answer *answer)
{
    const struct ps_error_row *best = NULL;
    int best_fit = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int fit = fit_of(&rows[i], answer);
        if (fit <= best_fit) continue;
        best = &rows[i];
        best_fit = fit;
    }
    return best;
}

const struct ps_error_row *ps_error_rows(size_t *count)
{
    *count = sizeof rows / sizeof rows[0];
    return rows;
}
