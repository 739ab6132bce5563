/*
 * The files with keys, read into memory for the moment in which a store is opened, then wiped.
 * A private key, an APIv3 key or a token that others than its owner can read is refused.
 */
#ifndef PS_WORKER_SECRETS_H
#define PS_WORKER_SECRETS_H

#include "payscore/credentials.h"
#include "worker/config.h"

enum { PS_SECRET_FILES_MAX = 16, PS_SECRET_SIZE_MAX = 65536, PS_TOKEN_SIZE_MIN = 16 };

struct ps_secrets {
    struct payscore_credentials credentials; /* Points into `files` and into the configuration. */
    struct payscore_text token;              /* Of the api; empty: none is asked for. */
    struct {
        char *data;
        size_t size;
    } files[PS_SECRET_FILES_MAX];
    size_t file_count;
};

/** On false `error` is the one line. Ownership: ps_secrets_wipe() in either case. */
bool ps_secrets_read(struct ps_secrets *secrets, const struct ps_config *config,
                     struct payscore_error *error);

void ps_secrets_wipe(struct ps_secrets *secrets);

#endif
