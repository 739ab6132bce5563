/*
 * What the files of payscorectl share: the command line as understood, and the verbs.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <stdbool.h>

#include "payscore/payscore.h"
#include "worker/config.h"

enum ctl_exit {
    CTL_FINE = 0,
    CTL_REFUSED = 1, /* The chart refused; nothing changed. */
    CTL_NO = 2,      /* Verification found faults; a wait ran out; no such record. */
    CTL_USAGE = 64,
    CTL_INPUT = 65, /* A body breaks a rule. */
    CTL_FAILED = 70,
    CTL_BUSY = 75, /* Neither the worker nor the store could be reached. */
    CTL_CONFIG = 78,
};

enum { CTL_GUARDS_MAX = 64 };

struct ctl {
    struct ps_config config;
    bool json, evidence, held, unsettled;
    const char *key, *reason, *person, *paid_time, *chart, *state, *after, *format;
    const char *guards[CTL_GUARDS_MAX]; /* Of --guard. */
    size_t guard_count;
    int64_t older_than_s, limit, timeout_s;
    char *const *arguments;
};

/** The one merchant of the configuration, without keys: enough to submit and to read. */
struct payscore_merchant ctl_merchant(const struct ctl *ctl);

/** Open the store to read. On failure says why on standard error and returns NULL. */
struct payscore *ctl_open_reader(const struct ctl *ctl, int *exit_code);

/** Submit one command, whoever writes the store. Prints the outcome; returns the exit code. */
int ctl_submit(const struct ctl *ctl, const char *command, const char *body);

/** Print an error of the library; returns the exit code for it. */
int ctl_fail(enum payscore_status status, const char *what, const char *detail);

/** Time that passes, for waits; its zero means nothing. */
int64_t ctl_now_ms(void);

/** The verbs of verbs.def. */
#define VERB(function, first, second, arguments, least, most, help)                                \
    int ctl_##function(const struct ctl *ctl);
#include "verbs.def"

#endif
