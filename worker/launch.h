/*
 * From a configuration file to an open store: what --check and a start do alike.
 */
#ifndef PS_WORKER_LAUNCH_H
#define PS_WORKER_LAUNCH_H

#include "payscore/payscore.h"
#include "worker/config.h"
#include "worker/options.h"
#include "worker/secrets.h"

struct ps_launch {
    struct ps_config config;
    struct ps_secrets secrets; /* Wiped once the store is open. */
    struct payscore *engine;
};

/**
 * Read the configuration and all key files, and load the keys. On PS_EXIT_CONFIG `error` is the one
 * line that says what to mend. Ownership: ps_launch_end() in any case.
 */
enum ps_exit ps_launch_check(struct ps_launch *launch, const char *file,
                             struct payscore_error *error);

/** Open the store as its driver, after the check. PS_EXIT_BUSY: another process drives it. */
enum ps_exit ps_launch_open(struct ps_launch *launch, struct payscore_error *error);

/** Close the store and forget everything. */
void ps_launch_end(struct ps_launch *launch);

#endif
