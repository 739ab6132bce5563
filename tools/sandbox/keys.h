/*
 * The keys of the trial, as files in one folder: what the platform signs and seals with, and the
 * merchant's public key. Nothing here is fit for anything but a trial.
 */
#ifndef SANDBOX_KEYS_H
#define SANDBOX_KEYS_H

#include "wechat/keyring.h"

/* FILE(name, file): the files of the folder. */
#define SANDBOX_KEY_FILES(X)                                                                       \
    X(merchant_key, "merchant_key.pem")                                                            \
    X(merchant_pub, "merchant_pub.pem")                                                            \
    X(merchant_serial, "merchant_serial")                                                          \
    X(apiv3_key, "apiv3_key")                                                                      \
    X(platform_key, "platform_key.pem")                                                            \
    X(platform_pub, "platform_pub.pem")                                                            \
    X(platform_id, "platform_pub.id")                                                              \
    X(platform_cert_key, "platform_cert_key.pem")                                                  \
    X(platform_cert, "platform_cert.pem")                                                          \
    X(platform_cert_id, "platform_cert.id")

enum {
#define X(name, file) SANDBOX_FILE_##name,
    SANDBOX_KEY_FILES(X)
#undef X
};

/** The name of a file of the folder, by SANDBOX_FILE_…. */
const char *sandbox_key_file(int file);

/** Two keyrings, opened from the platform's side: they sign as it does and verify the merchant. */
struct sandbox_keys {
    struct ps_keyring *by_public_key;
    struct ps_keyring *by_certificate;
    char merchant_serial[PAYSCORE_SERIAL_MAX + 1];
    char apiv3_key[PAYSCORE_APIV3_KEY_SIZE + 1];
};

/** Make all keys of a trial. Existing files are replaced. Errors: E_IO, E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status sandbox_keys_make(const char *dir,
                                                         struct payscore_error *error);

/** Make what the platform signs with, unless it is there already. Errors: E_IO, E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status sandbox_keys_make_platform(const char *dir,
                                                                  struct payscore_error *error);

/**
 * Load what the sandbox needs. `serial` NULL: the one in the folder.
 * Errors: E_IO, E_INPUT, E_KEY, E_CRYPTO. Ownership: sandbox_keys_close() afterwards, always.
 */
PAYSCORE_MUST_USE enum payscore_status sandbox_keys_open(const char *dir, const char *mchid,
                                                         const char *serial,
                                                         struct sandbox_keys *keys,
                                                         struct payscore_error *error);
void sandbox_keys_close(struct sandbox_keys *keys);

#endif
