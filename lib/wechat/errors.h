/*
 * The rows of errors.def and their lookup: what an error answer of the platform amounts to.
 */
#ifndef PS_WECHAT_ERRORS_H
#define PS_WECHAT_ERRORS_H

#include "core/chart.h"

enum ps_error_class {
    PS_CLASS_refused, /* The platform said no. */
    PS_CLASS_busy,    /* Not now: the same bytes later. */
    PS_CLASS_unknown, /* It may have happened. */
    PS_CLASS_ours,    /* A person must mend something on our side. */
    PS_CLASS_absent,  /* A question's answer: there is no such number. */
};

struct ps_error_row {
    uint16_t id;
    int status;
    const char *code;
    uint32_t number;
    const char *fragment;
    enum ps_error_class class;
    enum ps_reason reason;
    int64_t cooldown_ms;
    uint32_t calls; /* Bit n: it may answer the call with id n. */
    const char *source;
};

/** What is known of an error answer. */
struct ps_error_answer {
    enum ps_call call;
    int status;                   /* 300 to 599. */
    bool platform;                /* The body is an error body of the platform's own. */
    struct payscore_text code;    /* Where `platform`. */
    struct payscore_text message; /* Where `platform`. */
    uint32_t number;              /* Behind the last hyphen of Request-ID; 0: none. */
};

/** The row that fits best; never NULL for a status from 300 to 599. */
const struct ps_error_row *ps_error_find(const struct ps_error_answer *answer);

/** All rows, in the table's order. */
const struct ps_error_row *ps_error_rows(size_t *count);

#endif
