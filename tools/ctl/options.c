/* The options, from the rows of options.def. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum kind { TEXT, COUNT, LIST, FLAG };

static const struct {
    const char *word;
    enum kind kind;
    size_t member;
    const char *argument, *help;
} rows[] = {
#define OPTION(word, kind, member, argument, help)                                                 \
    {word, kind, offsetof(struct ctl, member), argument, help},
#include "options.def"
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0], OPT_ROW = 256, OPT_HELP = 512, OPT_VERSION };

void ctl_options_help(FILE *out)
{
    for (size_t i = 0; i < ROW_COUNT; i++) {
        char words[64];
        snprintf(words, sizeof words, "--%s%s%s", rows[i].word, rows[i].kind == FLAG ? "" : " ",
                 rows[i].argument);
        fprintf(out, "  %-28s %s\n", words, rows[i].help);
    }
    fputs("  --help, --version\n", out);
}

static bool read_count(const char *text, int64_t *value)
{
    char *end = NULL;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= 0 && *value <= INT32_MAX;
}

static bool take(struct ctl *ctl, size_t row, const char *argument)
{
    void *member = (char *)ctl + rows[row].member;
    switch (rows[row].kind) {
    case TEXT: *(const char **)member = argument; return true;
    case COUNT: return read_count(argument, member);
    case FLAG: *(bool *)member = true; return true;
    case LIST: break;
    }
    if (ctl->guard_count == CTL_GUARDS_MAX) return false;
    ctl->guards[ctl->guard_count++] = argument;
    return true;
}

enum ctl_asked ctl_options_read(struct ctl *ctl, int argc, char **argv)
{
    struct option options[ROW_COUNT + 3] = {{"help", no_argument, NULL, OPT_HELP},
                                            {"version", no_argument, NULL, OPT_VERSION}};
    for (size_t i = 0; i < ROW_COUNT; i++) {
        int argument = rows[i].kind == FLAG ? no_argument : required_argument;
        options[2 + i] = (struct option){rows[i].word, argument, NULL, OPT_ROW + (int)i};
    }
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPT_HELP) return CTL_ASKED_HELP;
        if (option == OPT_VERSION) return CTL_ASKED_VERSION;
        if (option == '?') {
            fputs("payscorectl: the command line is wrong: see --help\n", stderr);
            return CTL_ASKED_WRONG;
        }
        if (!take(ctl, (size_t)(option - OPT_ROW), optarg)) {
            fprintf(stderr, "payscorectl: not a whole number, or too many: %s: see --help\n",
                    optarg);
            return CTL_ASKED_WRONG;
        }
    }
    return CTL_ASKED_VERB;
}
