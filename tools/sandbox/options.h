/*
 * The command line, checked. Refuses to listen anywhere but on loopback: what comes from here
 * must not be mistaken for the platform.
 */
#ifndef SANDBOX_OPTIONS_H
#define SANDBOX_OPTIONS_H

#include <stdbool.h>

#include "payscore/status.h"
#include "payscore/types.h"
#include "worker/address.h"

struct sandbox_options {
    bool make_keys; /* The sub-command: make keys in `dir` and leave. */
    bool help;
    bool verbose; /* A line to stderr for each request and each delivery. */
    const char *dir;
    const char *mchid, *appid;
#define SERVICE(option, letter, target, id, confirms, exempt, meaning) const char *target;
#include "tools/sandbox/services.def"
    const char *merchant_serial; /* NULL: the one in the folder. */
    const char *ready_file;      /* NULL: none. */
    int64_t ready_fd;            /* -1: none. */
    double notify_scale;         /* Every wait between deliveries is multiplied by it. */
    int64_t deduct_ms;           /* From an accepted completion to its payment. */
    int64_t risk_max_fen;        /* The ceiling of each service. */
    int64_t time_slack_ms;       /* How far a time in a body may be on the wrong side. */
    struct ps_address listen;
};

/** Read the command line. Errors: E_INPUT; `error` names the option, its value and the rule. */
PAYSCORE_MUST_USE enum payscore_status sandbox_options_read(int argc, char **argv,
                                                            struct sandbox_options *options,
                                                            struct payscore_error *error);

/** The usage, for --help. */
const char *sandbox_usage(void);

#endif
