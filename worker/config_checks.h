/*
 * What a value of the configuration must look like, by the type its row names. Looks at the text
 * alone; whether a file is there or a port is free shows when it is used.
 */
#ifndef PS_WORKER_CONFIG_CHECKS_H
#define PS_WORKER_CONFIG_CHECKS_H

#include <stdint.h>

/* X(TYPE, remedy): what to do when the check fails. */
#define PS_CONFIG_TYPE_MAP(X)                                                                      \
    X(TEXT, "must be letters, digits, '_' or '-', at most 64")                                     \
    X(DIGITS, "must be 1 to 32 digits; copy it from the merchant platform")                        \
    X(SERIAL, "must be the certificate's serial number, 40 hex digits")                            \
    X(PATH, "must be a path")                                                                      \
    X(FILE, "must be a path")                                                                      \
    X(FILES, "must be paths with commas between them, at most 7")                                  \
    X(SECRET_FILE, "must be a path")                                                               \
    X(URL, "must be https://host[:port] without a path; http only for a loopback host")            \
    X(NOTIFY_URL, "must be https://host/path without a query, at most 200 bytes; http only for a " \
                  "loopback host")                                                                 \
    X(TIMEOUT, "must be 100 to 120000 milliseconds")                                               \
    X(RATE, "must be 1 to 10000 calls a second")                                                   \
    X(BYTES, "must be 1048576 (1 MiB) or more, in bytes")                                          \
    X(DAYS, "must be 0 to 36500 days; 0 means never")                                              \
    X(TCP, "must be host:port, such as 127.0.0.1:8080")                                            \
    X(LISTEN, "must be unix:/path (at most 107 bytes) or host:port")                               \
    X(LEVEL, "must be debug, info, warning or error")

enum ps_config_type {
#define PS_CONFIG_X(type, remedy) PS_CONFIG_##type,
    PS_CONFIG_TYPE_MAP(PS_CONFIG_X)
#undef PS_CONFIG_X
};

/** NULL if `text` is fine (*number is set where it is one), else the remedy. */
const char *ps_config_check(enum ps_config_type type, const char *text, int64_t *number);

#endif
