/*
 * payscorectl: the command line, from the rows of verbs.def.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "tools/exporter/exporter.h"

struct verb {
    const char *first, *second, *arguments;
    int least, most;
    const char *help;
    bool bare;
    int (*run)(const struct ctl *ctl);
};

static const struct verb verbs[] = {
#define VERB(function, first, second, arguments, least, most, help)                                \
    {first, second, arguments, least, most, help, false, ctl_##function},
#define BARE_VERB(function, first, second, arguments, least, most, help)                           \
    {first, second, arguments, least, most, help, true, ctl_##function},
#include "verbs.def"
};
enum { VERB_COUNT = sizeof verbs / sizeof verbs[0], WAIT_DEFAULT_S = 60 };

static void help(FILE *out)
{
    fputs("Usage: payscorectl [OPTIONS] VERB ...\n\n", out);
    for (size_t i = 0; i < VERB_COUNT; i++) {
        char words[64];
        snprintf(words, sizeof words, "%s%s%s %s", verbs[i].first,
                 verbs[i].second[0] == '\0' ? "" : " ", verbs[i].second, verbs[i].arguments);
        fprintf(out, "  %-46s %s\n", words, verbs[i].help);
    }
    fputs("\nOptions:\n", out);
    ctl_options_help(out);
    fputs("Formats: ", out);
    for (int i = PS_FORMAT_NONE + 1; i < PS_FORMAT_COUNT; i++)
        fprintf(out, "%s%s", i == PS_FORMAT_NONE + 1 ? "" : ", ",
                ps_format_name((enum ps_format)i));
    fputs("\nExit: 0 done, 1 refused, 2 no, 64 usage, 65 input, 70 failed, 75 unreachable, 78 "
          "configuration\n",
          out);
}

static const struct verb *find_verb(int count, char *const *words, int *used)
{
    for (size_t i = 0; i < VERB_COUNT; i++) {
        const struct verb *verb = &verbs[i];
        bool two = verb->second[0] != '\0';
        if (count < 1 || strcmp(words[0], verb->first) != 0) continue;
        if (two && (count < 2 || strcmp(words[1], verb->second) != 0)) continue;
        *used = two ? 2 : 1;
        return verb;
    }
    return NULL;
}

static const char *default_config(void)
{
    const char *named = getenv("PAYSCORE_CONFIG");
    return named != NULL && named[0] != '\0' ? named : "/etc/payscore/payscore.conf";
}

static int run(struct ctl *ctl, const struct verb *verb)
{
    struct payscore_error error = {""};
    int code = CTL_CONFIG;
    if (verb->bare) return verb->run(ctl);
    if (ps_config_read(&ctl->config, ctl->config_file, &error))
        code = verb->run(ctl);
    else
        fprintf(stderr, "payscorectl: %s\n", error.text);
    ps_config_clear(&ctl->config);
    return code;
}

int main(int argc, char **argv)
{
    struct ctl ctl = {.timeout_s = WAIT_DEFAULT_S, .config_file = default_config()};
    switch (ctl_options_read(&ctl, argc, argv)) {
    case CTL_ASKED_VERB: break;
    case CTL_ASKED_HELP: help(stdout); return CTL_FINE;
    case CTL_ASKED_VERSION: puts("payscorectl " PAYSCORE_VERSION); return CTL_FINE;
    case CTL_ASKED_WRONG: return CTL_USAGE;
    }

    int used = 0;
    const struct verb *verb = find_verb(argc - optind, argv + optind, &used);
    int count = argc - optind - used;
    if (verb == NULL || count < verb->least || count > verb->most) {
        if (verb == NULL)
            fputs("payscorectl: no such verb: see --help\n", stderr);
        else
            fprintf(stderr, "payscorectl: usage: payscorectl %s%s%s %s\n", verb->first,
                    verb->second[0] == '\0' ? "" : " ", verb->second, verb->arguments);
        return CTL_USAGE;
    }
    ctl.arguments = argv + optind + used;
    int code = run(&ctl, verb);
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
    fputs("payscorectl: standard output cannot be written\n", stderr);
    return code == 0 ? CTL_FAILED : code;
}
