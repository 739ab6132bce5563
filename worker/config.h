/*
 * The configuration file: an INI file whose keys are the rows of config.def. From the rows come the
 * parsing, the checks, the defaults and the example file. Nothing here opens a file that a key
 * names (secrets.h does).
 */
#ifndef PS_WORKER_CONFIG_H
#define PS_WORKER_CONFIG_H

#include <stdbool.h>
#include <stdio.h>

#include "payscore/types.h"

enum ps_key {
#define KEY(section, key, type, required, default_text, help) PS_KEY_##section##_##key,
#include "worker/config.def"
    PS_KEY_COUNT
};

enum { PS_CONFIG_FILE_MAX = 65536 };

struct ps_config {
    char *file;
    char *texts[PS_KEY_COUNT];     /* "" where not given; single paths are settled. */
    int64_t numbers[PS_KEY_COUNT]; /* Of keys that hold a number. */
};

/**
 * Read and check a file. On false `error` is one line: file, section, key, value and remedy.
 * Ownership: ps_config_clear() in either case.
 */
bool ps_config_read(struct ps_config *config, const char *file, struct payscore_error *error);

void ps_config_clear(struct ps_config *config);

/** The same line for a fault that is found later, when what the key names is used. */
void ps_config_fault(const struct ps_config *config, enum ps_key key, struct payscore_error *error,
                     const char *remedy);

/**
 * A path as it is meant: a relative one from the folder of the file. Settled already for keys that
 * hold one path. NULL if memory is short; the caller frees it.
 */
char *ps_config_path(const struct ps_config *config, const char *path);

/** Write the commented example that documents every key. */
void ps_config_example(FILE *out);

#endif
