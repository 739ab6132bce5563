#include "options.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * OPTION(letter, name, takes, target, value, meaning); `takes` is TEXT, WHOLE, SCALE, LISTEN, MARK.
 * Letters are internal numbers, not short options. The options of services.def follow these.
 */
#define OPTIONS(X)                                                                                 \
    X('l', "listen", LISTEN, listen, "HOST:PORT", "loopback address to listen on; port 0 is any")  \
    X('d', "dir", TEXT, dir, "DIR", "folder of the keys")                                          \
    X('m', "mchid", TEXT, mchid, "ID", "the merchant (1900000109)")                                \
    X('a', "appid", TEXT, appid, "ID", "its appid (wx8888888888888888)")                           \
    X('h', "merchant-serial", TEXT, merchant_serial, "HEX", "instead of DIR/merchant_serial")      \
    X('n', "notify-scale", SCALE, notify_scale, "F", "multiplies the waits of re-sends (1.0)")     \
    X('p', "deduct-ms", WHOLE, deduct_ms, "N", "from completion to payment (300)")                 \
    X('r', "risk-max", WHOLE, risk_max_fen, "FEN", "the service's risk ceiling (30000)")           \
    X('t', "time-slack-ms", WHOLE, time_slack_ms, "N", "tolerance of checks on times (2000)")      \
    X('f', "ready-file", TEXT, ready_file, "FILE", "gets the port, by rename, once listening")     \
    X('F', "ready-fd", WHOLE, ready_fd, "N", "descriptor that gets the port and a newline")        \
    X('v', "verbose", MARK, verbose, "", "a line on stderr for each request and delivery")         \
    X('?', "help", MARK, help, "", "this text")

const char *sandbox_usage(void)
{
#define LINE(letter, name, takes, target, value, meaning)                                          \
    "  --" name " " value "\n        " meaning "\n"
    return "payscore-sandbox --dir DIR [options]   plays WeChat Pay Payscore on loopback\n"
           "payscore-sandbox keys DIR              makes throw-away keys for a trial\n" OPTIONS(
               LINE)
#define SERVICE(option, letter, target, id, confirms, exempt, meaning)                             \
    LINE(letter, option, TEXT, target, "ID", meaning " (" id ")")
#include "tools/sandbox/services.def"
               ;
#undef LINE
}

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)address;
        return ntohl(four->sin_addr.s_addr) >> 24 == 127;
    }
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)address;
        return IN6_IS_ADDR_LOOPBACK(&six->sin6_addr);
    }
    return false;
}

/* How each kind of value is read; the address must be on loopback. */
static bool take_TEXT(const char *text, const char **out)
{
    *out = text;
    return text[0] != '\0';
}

static bool take_WHOLE(const char *text, int64_t *out)
{
    char *end = NULL;
    errno = 0;
    *out = strtoll(text, &end, 10);
    return errno == 0 && end != text && *end == '\0' && *out >= 0 && *out <= INT32_MAX;
}

static bool take_SCALE(const char *text, double *out)
{
    char *end = NULL;
    *out = strtod(text, &end);
    return end != text && *end == '\0' && isfinite(*out) && *out >= 0 && *out <= 1000;
}

static bool take_LISTEN(const char *text, struct ps_address *out)
{
    return ps_address_parse(out, text) && !out->local &&
           is_loopback((const struct sockaddr *)&out->where);
}

static bool take_MARK(const char *text, bool *out)
{
    (void)text;
    *out = true;
    return true;
}

static bool take(int letter, const char *text, struct sandbox_options *options)
{
    switch (letter) {
#define TAKE(letter, name, takes, target, value, meaning)                                          \
    case letter: return take_##takes(text, &options->target);
        OPTIONS(TAKE)
#define SERVICE(option, letter, target, id, confirms, exempt, meaning)                             \
    TAKE(letter, option, TEXT, target, "ID", meaning)
#include "tools/sandbox/services.def"
#undef TAKE
    default: return false;
    }
}

#define HAS_VALUE_TEXT   required_argument
#define HAS_VALUE_WHOLE  required_argument
#define HAS_VALUE_SCALE  required_argument
#define HAS_VALUE_LISTEN required_argument
#define HAS_VALUE_MARK   no_argument

static const struct option long_options[] = {
#define LONG(letter, name, takes, target, value, meaning) {name, HAS_VALUE_##takes, NULL, letter},
    OPTIONS(LONG)
#define SERVICE(option, letter, target, id, confirms, exempt, meaning)                             \
    LONG(letter, option, TEXT, target, "ID", meaning)
#include "tools/sandbox/services.def"
#undef LONG
        {NULL, 0, NULL, 0},
};

static enum payscore_status refuse(struct payscore_error *error, const char *what,
                                   const char *value)
{
    snprintf(error->text, sizeof error->text, "%.200s: \"%.200s\" will not do; see --help", what,
             value);
    return PAYSCORE_E_INPUT;
}

enum payscore_status sandbox_options_read(int argc, char **argv, struct sandbox_options *options,
                                          struct payscore_error *error)
{
    int letter, index = -1;

    *options = (struct sandbox_options){.mchid = "1900000109",
                                        .appid = "wx8888888888888888",
#define SERVICE(option, letter, target, id, confirms, exempt, meaning) .target = (id),
#include "tools/sandbox/services.def"
                                        .ready_fd = -1,
                                        .notify_scale = 1.0,
                                        .deduct_ms = 300,
                                        .risk_max_fen = 30000,
                                        .time_slack_ms = 2000};
    if (!take_LISTEN("127.0.0.1:0", &options->listen))
        return refuse(error, "listen", "127.0.0.1:0");
    opterr = 0;
    while ((letter = getopt_long(argc, argv, "", long_options, &index)) != -1) {
        if (index < 0) return refuse(error, "unknown or incomplete option", argv[optind - 1]);
        if (!take(letter, optarg, options)) {
            return refuse(error, long_options[index].name, optarg == NULL ? "" : optarg);
        }
        index = -1;
    }
    if (options->help) return PAYSCORE_OK;
    if (optind + 2 == argc && strcmp(argv[optind], "keys") == 0) {
        options->make_keys = true;
        options->dir = argv[optind + 1];
        optind += 2;
    }
    if (optind != argc) return refuse(error, "what is this for?", argv[optind]);
    if (options->dir == NULL) return refuse(error, "--dir is missing", "");
    return PAYSCORE_OK;
}
