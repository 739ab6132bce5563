/*
 * payscorectl: the command line, from the rows of verbs.def.
 */
#include <errno.h>
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
    fputs("\nOptions:\n"
          "  --config FILE    the worker's configuration (default: $PAYSCORE_CONFIG, then\n"
          "                   /etc/payscore/payscore.conf)\n"
          "  --json           print JSON\n"
          "  --key KEY        idempotency key of a command: the same key gets the first answer "
          "again\n"
          "  --reason TEXT    why (cancel, terminate, release)\n"
          "  --person NAME    release: who has looked\n"
          "  --paid-time T    sync: when the user paid, yyyyMMddHHmmss in Beijing\n"
          "  --evidence       history: with the bytes that each move rests on\n"
          "  --timeout S      wait: give up after S seconds (default 60)\n"
          "  --chart NAME --state NAME --held --unsettled --older-than S --limit N --after CURSOR\n"
          "                   list: only these\n"
          "  --format F       chart export: ",
          out);
    for (int i = PS_FORMAT_NONE + 1; i < PS_FORMAT_COUNT; i++)
        fprintf(out, "%s%s", i == PS_FORMAT_NONE + 1 ? "" : ", ",
                ps_format_name((enum ps_format)i));
    fputs("\n"
          "  --guard NAME[=true|false]\n"
          "                   chart step: this guard holds, or does not, for every event\n"
          "  --help, --version\n"
          "Exit: 0 done, 1 refused, 2 no, 64 usage, 65 input, 70 failed, 75 unreachable, 78 "
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

static bool read_count(const char *text, int64_t *value)
{
    char *end = NULL;
    errno = 0;
    *value = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *value >= 0 && *value <= INT32_MAX;
}

enum {
    OPT_CONFIG = 256,
    OPT_KEY,
    OPT_REASON,
    OPT_PERSON,
    OPT_PAID_TIME,
    OPT_CHART,
    OPT_STATE,
    OPT_AFTER,
    OPT_OLDER,
    OPT_LIMIT,
    OPT_TIMEOUT,
    OPT_FORMAT,
    OPT_GUARD,
    OPT_HELP,
    OPT_VERSION
};

static bool take_guard(struct ctl *ctl, const char *guard)
{
    if (ctl->guard_count == CTL_GUARDS_MAX) return false;
    ctl->guards[ctl->guard_count++] = guard;
    return true;
}

static bool take_option(struct ctl *ctl, int option, const char **config)
{
    switch (option) {
    case 0: return true; /* A flag, set already. */
    case OPT_CONFIG: *config = optarg; return true;
    case OPT_KEY: ctl->key = optarg; return true;
    case OPT_REASON: ctl->reason = optarg; return true;
    case OPT_PERSON: ctl->person = optarg; return true;
    case OPT_PAID_TIME: ctl->paid_time = optarg; return true;
    case OPT_CHART: ctl->chart = optarg; return true;
    case OPT_STATE: ctl->state = optarg; return true;
    case OPT_AFTER: ctl->after = optarg; return true;
    case OPT_FORMAT: ctl->format = optarg; return true;
    case OPT_GUARD: return take_guard(ctl, optarg);
    case OPT_OLDER: return read_count(optarg, &ctl->older_than_s);
    case OPT_LIMIT: return read_count(optarg, &ctl->limit);
    case OPT_TIMEOUT: return read_count(optarg, &ctl->timeout_s);
    default: return false;
    }
}

/* -1: go on; else the exit code. */
static int read_options(struct ctl *ctl, int argc, char **argv, const char **config)
{
    static int json, evidence, held, unsettled;
    static const struct option options[] = {{"config", required_argument, NULL, OPT_CONFIG},
                                            {"json", no_argument, &json, 1},
                                            {"key", required_argument, NULL, OPT_KEY},
                                            {"reason", required_argument, NULL, OPT_REASON},
                                            {"person", required_argument, NULL, OPT_PERSON},
                                            {"paid-time", required_argument, NULL, OPT_PAID_TIME},
                                            {"evidence", no_argument, &evidence, 1},
                                            {"held", no_argument, &held, 1},
                                            {"unsettled", no_argument, &unsettled, 1},
                                            {"chart", required_argument, NULL, OPT_CHART},
                                            {"state", required_argument, NULL, OPT_STATE},
                                            {"after", required_argument, NULL, OPT_AFTER},
                                            {"older-than", required_argument, NULL, OPT_OLDER},
                                            {"limit", required_argument, NULL, OPT_LIMIT},
                                            {"timeout", required_argument, NULL, OPT_TIMEOUT},
                                            {"format", required_argument, NULL, OPT_FORMAT},
                                            {"guard", required_argument, NULL, OPT_GUARD},
                                            {"help", no_argument, NULL, OPT_HELP},
                                            {"version", no_argument, NULL, OPT_VERSION},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == OPT_HELP) {
            help(stdout);
            return CTL_FINE;
        }
        if (option == OPT_VERSION) {
            puts("payscorectl " PAYSCORE_VERSION);
            return CTL_FINE;
        }
        if (option == '?' || !take_option(ctl, option, config)) {
            fprintf(stderr, "payscorectl: %s%s: see --help\n",
                    option == '?' ? "the command line is wrong"
                                  : "not a whole number, or too many: ",
                    option == '?' ? "" : optarg);
            return CTL_USAGE;
        }
    }
    ctl->json = json != 0;
    ctl->evidence = evidence != 0;
    ctl->held = held != 0;
    ctl->unsettled = unsettled != 0;
    return -1;
}

static const char *default_config(void)
{
    const char *named = getenv("PAYSCORE_CONFIG");
    return named != NULL && named[0] != '\0' ? named : "/etc/payscore/payscore.conf";
}

static int run(struct ctl *ctl, const struct verb *verb, const char *config)
{
    struct payscore_error error = {""};
    int code = CTL_CONFIG;
    if (verb->bare) return verb->run(ctl);
    if (ps_config_read(&ctl->config, config, &error))
        code = verb->run(ctl);
    else
        fprintf(stderr, "payscorectl: %s\n", error.text);
    ps_config_clear(&ctl->config);
    return code;
}

int main(int argc, char **argv)
{
    struct ctl ctl = {.timeout_s = WAIT_DEFAULT_S};
    const char *config = default_config();
    int code = read_options(&ctl, argc, argv, &config);
    if (code >= 0) return code;

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
    code = run(&ctl, verb, config);
    if (fflush(stdout) == 0 && ferror(stdout) == 0) return code;
    fputs("payscorectl: standard output cannot be written\n", stderr);
    return code == 0 ? CTL_FAILED : code;
}
