/*
 * The command line.
 */
#ifndef PS_WORKER_OPTIONS_H
#define PS_WORKER_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum ps_exit {
    PS_EXIT_FINE = 0,
    PS_EXIT_USAGE = 64,
    PS_EXIT_FAILED = 70,
    PS_EXIT_BUSY = 75,
    PS_EXIT_CONFIG = 78,
};

enum ps_action {
    PS_ACTION_NONE,
    PS_ACTION_RUN,
    PS_ACTION_CHECK,
    PS_ACTION_EXAMPLE,
    PS_ACTION_VERSION,
    PS_ACTION_HELP,
};

struct ps_options {
    enum ps_action action;
    const char *config; /* RUN, CHECK: the file. */
    bool wait_lock;
    int ready_fd; /* -1: none. */
};

/** False: the command line is wrong and `errors` was told why. */
bool ps_options_parse(struct ps_options *options, int argc, char *const *argv, FILE *errors);

void ps_options_help(FILE *out);

#endif
