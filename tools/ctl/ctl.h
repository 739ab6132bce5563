/*
 * What the files of payscorectl share: the command line as understood, and the verbs.
 */
#ifndef CTL_CTL_H
#define CTL_CTL_H

#include <cJSON.h>
#include <stdbool.h>
#include <stdio.h>

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
    const char *config_file;
    bool json, evidence, held, unsettled, follow;
    const char *key, *reason, *person, *paid_time, *chart, *state, *after, *format;
    const char *cursor, *since, *until, *mchid, *head, *public_key;
    const char *guards[CTL_GUARDS_MAX]; /* Of --guard. */
    size_t guard_count;
    int64_t older_than_s, limit, timeout_s, days;
    char *const *arguments;
};

/** What the command line asks for, its options apart. */
enum ctl_asked { CTL_ASKED_VERB, CTL_ASKED_HELP, CTL_ASKED_VERSION, CTL_ASKED_WRONG };

/** Read the options; what is wrong was said on standard error. */
enum ctl_asked ctl_options_read(struct ctl *ctl, int argc, char **argv);
void ctl_options_help(FILE *out);

struct payscore_text ctl_text(const char *string);

/** The one merchant of the configuration, without keys: enough to submit and to read. */
struct payscore_merchant ctl_merchant(const struct ctl *ctl);

/** Open the store. On failure says why on standard error and returns NULL. */
struct payscore *ctl_open(const struct ctl *ctl, enum payscore_role role, int *exit_code);

/** The same to read, with the merchant's keys, so that it can sign and check. */
struct payscore *ctl_open_signing(const struct ctl *ctl, int *exit_code);

/** A file, or standard input for "-", of at most `max` bytes; free() it. NULL: it was said why. */
char *ctl_read_file(const char *name, size_t max);

/** Print JSON of the library as it is, or for people; frees it. Returns CTL_FINE. */
int ctl_print(const struct ctl *ctl, char *json, void (*people)(const cJSON *json));

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
