/*
 * getopt_long reads; the rows below are both its table and the help text.
 */
#include "worker/options.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* X(name, letter, argument, help) */
#define OPTION_MAP(X)                                                                              \
    X("config", 'c', "FILE", "run with this configuration")                                        \
    X("check", 'k', "FILE", "check a configuration and its keys, start nothing")                   \
    X("example", 'e', NULL, "print an example configuration with every key")                       \
    X("wait-lock", 'w', NULL, "while another process drives the store, wait as its standby")       \
    X("ready-fd", 'r', "N", "when listening, write the addresses to descriptor N and close it")    \
    X("version", 'V', NULL, "print the version")                                                   \
    X("help", 'h', NULL, "print this")

static const struct {
    const char *name;
    int letter;
    const char *argument, *help;
} rows[] = {
#define X(name, letter, argument, help) {name, letter, argument, help},
    OPTION_MAP(X)
#undef X
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

static bool take_descriptor(struct ps_options *options, const char *text, FILE *errors)
{
    char *end = NULL;
    errno = 0;
    long fd = strtol(text, &end, 10);
    /* It is closed afterwards; a connection must not become standard error. */
    bool number = errno == 0 && *text != '\0' && *end == '\0' && fd > 2 && fd <= 65535;
    if (number && fcntl((int)fd, F_GETFD) >= 0) {
        options->ready_fd = (int)fd;
        return true;
    }
    fprintf(errors, "payscore-worker: --ready-fd %s: is no open descriptor from 3 on\n", text);
    return false;
}

static bool take(struct ps_options *options, int letter, FILE *errors)
{
    switch (letter) {
    case 'c': options->action = PS_ACTION_RUN; break;
    case 'k': options->action = PS_ACTION_CHECK; break;
    case 'e': options->action = PS_ACTION_EXAMPLE; break;
    case 'V': options->action = PS_ACTION_VERSION; break;
    case 'h': options->action = PS_ACTION_HELP; break;
    case 'w': options->wait_lock = true; break;
    case 'r': return take_descriptor(options, optarg, errors);
    default: fprintf(errors, "Try: payscore-worker --help\n"); return false;
    }
    if (letter == 'c' || letter == 'k') options->config = optarg;
    return true;
}

bool ps_options_parse(struct ps_options *options, int argc, char *const *argv, FILE *errors)
{
    struct option longs[ROW_COUNT + 1];
    memset(longs, 0, sizeof longs);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        longs[i].name = rows[i].name;
        longs[i].has_arg = rows[i].argument != NULL ? required_argument : no_argument;
        longs[i].val = rows[i].letter;
    }
    *options = (struct ps_options){.ready_fd = -1};
    optind = 1;
    for (int letter; (letter = getopt_long(argc, argv, "", longs, NULL)) != -1;) {
        if (!take(options, letter, errors)) return false;
    }
    if (optind == argc && options->action != PS_ACTION_NONE) return true;
    fprintf(errors, "payscore-worker: say --config FILE. Try: payscore-worker --help\n");
    return false;
}

void ps_options_help(FILE *out)
{
    fprintf(out, "payscore-worker drives WeChat Pay Payscore orders of one store.\n\n");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char left[32];
        snprintf(left, sizeof left, "--%s %s", rows[i].name,
                 rows[i].argument != NULL ? rows[i].argument : "");
        fprintf(out, "  %-16s %s\n", left, rows[i].help);
    }
    fprintf(out,
            "\nExit codes: 0 stopped as asked, 64 usage, 70 failed, 75 the store is driven by\n"
            "another process, 78 the configuration is wrong (one line says what to mend).\n");
}
