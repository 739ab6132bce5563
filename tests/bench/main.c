/* The command line of the benchmark; tools/bench is how people call it. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "bench/store.h"

static int usage(void)
{
    (void)fputs("usage: payscore-bench store|open|self-test [--directory DIR] [--records N[,N]]\n"
                "       [--alive N] [--rounds N] [--seconds S] [--json FILE] [--judge] [--sqlite]\n"
                "       [--postgres CONNECTION] [--redis SOCKET] [--only ROW]\n",
                stderr);
    return 64;
}

/* "100k", "10m", "3000". */
static uint64_t number_of(const char *text, char **end)
{
    uint64_t number = strtoull(text, end, 10);
    if (**end == 'k' || **end == 'm') {
        number *= **end == 'k' ? 1000 : 1000000;
        (*end)++;
    }
    return number;
}

static bool read_records(const char *text, struct bench_options *options)
{
    char *end = NULL;
    options->sizes = 0;
    for (;;) {
        options->records[options->sizes++] = number_of(text, &end);
        if (*end == '\0') return options->records[0] > 0;
        if (*end != ',' || options->sizes == 2) return false;
        text = end + 1;
    }
}

static bool read_option(int option, const char *value, struct bench_options *options)
{
    char *end = NULL;
    switch (option) {
    case 'd': options->directory = value; return strlen(value) < BENCH_PATH_MAX - 32;
    case 'n': return read_records(value, options);
    case 'a': options->alive = (size_t)number_of(value, &end); return *end == '\0';
    case 'r':
        options->rounds = (size_t)strtoull(value, &end, 10);
        return *end == '\0' && options->rounds > 0 && options->rounds <= BENCH_ROUNDS_MAX;
    case 's': options->seconds = strtod(value, &end); return *end == '\0' && options->seconds > 0;
    case 'j': options->json = value; return true;
    case 'J': options->judge = true; return true;
    case 'q': options->sqlite = true; return true;
    case 'p': options->postgres = value; return true;
    case 'R': options->redis = value; return true;
    case 'o': options->only = value; return true;
    default: return false;
    }
}

static bool read_options(int count, char **arguments, struct bench_options *options)
{
    static const struct option names[] = {
        {"directory", required_argument, NULL, 'd'}, {"records", required_argument, NULL, 'n'},
        {"alive", required_argument, NULL, 'a'},     {"rounds", required_argument, NULL, 'r'},
        {"seconds", required_argument, NULL, 's'},   {"json", required_argument, NULL, 'j'},
        {"judge", no_argument, NULL, 'J'},           {"sqlite", no_argument, NULL, 'q'},
        {"postgres", required_argument, NULL, 'p'},  {"redis", required_argument, NULL, 'R'},
        {"only", required_argument, NULL, 'o'},      {NULL, 0, NULL, 0},
    };
    for (int option; (option = getopt_long(count, arguments, "", names, NULL)) != -1;)
        if (!read_option(option, optarg, options)) return false;
    for (size_t i = 0; i < options->sizes; i++)
        if (options->alive > options->records[i]) return false;
    return true;
}

int main(int count, char **arguments)
{
    struct bench_options options = {.directory = "build/bench",
                                    .records = {100000, 10000000},
                                    .sizes = 2,
                                    .alive = 100000,
                                    .rounds = 5,
                                    .seconds = 4,
                                    .fresh = true};
    if (count == 3 && strcmp(arguments[1], "open-once") == 0) return bench_open_once(arguments[2]);
    if (count < 2 || !read_options(count - 1, arguments + 1, &options)) return usage();
    if (strcmp(arguments[1], "store") == 0) return bench_store(&options);
    if (strcmp(arguments[1], "open") == 0) return bench_open(&options, arguments[0]);
    if (strcmp(arguments[1], "self-test") == 0) return bench_self_test(arguments[0]);
    return usage();
}
