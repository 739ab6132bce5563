/*
 * A merchant's keys, loaded once (loading a key costs more than using it): sign with ours, verify
 * with the platform's, chosen by serial. Signatures are RSASSA-PKCS1-v1_5 with SHA-256, base64.
 * Source: reference apiv3.md 2, 3, 4.
 */
#ifndef PS_WECHAT_KEYRING_H
#define PS_WECHAT_KEYRING_H

#include "payscore/credentials.h"
#include "payscore/exchange.h"
#include "payscore/status.h"

enum {
    PS_SIGNATURE_MAX = 1024,     /* base64 of an RSA-4096 signature is 684 characters. */
    PS_CLOCK_WINDOW_MS = 300000, /* A timestamp further off than 5 minutes is refused. */
};

struct ps_keyring;

/**
 * Load the keys.
 *
 * Errors     E_KEY: `error` names the key (merchant key, serial, APIv3 key, platform key number n)
 *            and what is wrong with it, never its bytes; RSA below 2048 bits and APIv3 keys of
 *            another length than 32 are refused; E_MEMORY, E_CRYPTO.
 * Ownership  Everything is copied; the caller closes *ring.
 * Thread     After opening, read only: any thread, also several at once.
 */
PAYSCORE_MUST_USE enum payscore_status ps_keyring_open(struct ps_keyring **ring,
                                                       const struct payscore_credentials *keys,
                                                       struct payscore_error *error);

/** Wipe and free; NULL is allowed. */
void ps_keyring_close(struct ps_keyring *ring);

struct payscore_text ps_keyring_mchid(const struct ps_keyring *ring);
struct payscore_text ps_keyring_serial(const struct ps_keyring *ring);

/** The PUB_KEY_ID_… to send as Wechatpay-Serial; empty when only certificates are loaded. */
struct payscore_text ps_keyring_public_key_id(const struct ps_keyring *ring);

/** Sign; `signature` gets NUL-terminated base64. Errors: E_CRYPTO. */
PAYSCORE_MUST_USE enum payscore_status ps_keyring_sign(const struct ps_keyring *ring,
                                                       struct payscore_text message,
                                                       char signature[PS_SIGNATURE_MAX]);

/** The five headers that sign a message of the platform; empty where one did not come. */
struct ps_signature_headers {
    struct payscore_text timestamp, nonce, signature, serial;
};

/** Find them among the headers of a message. Borrowed from these. */
struct ps_signature_headers ps_signature_headers_of(const struct payscore_header *headers,
                                                    size_t count);

/**
 * Verify a message of the platform (a response or a notification): all headers there, timestamp
 * within PS_CLOCK_WINDOW_MS of `now_ms`, serial known, base64 strict, signature right; in this
 * order.
 *
 * Errors  E_STALE (timestamp outside the window), E_FORGED (anything else that is wrong), E_CRYPTO;
 *         `error` says which header and why.
 */
PAYSCORE_MUST_USE enum payscore_status ps_keyring_verify(const struct ps_keyring *ring,
                                                         const struct ps_signature_headers *headers,
                                                         struct payscore_text body, int64_t now_ms,
                                                         struct payscore_error *error);

/**
 * Verify base64 `signature` over `message` with the key of this serial (compared without case for
 * hex serials). No clock. Errors: E_FORGED (serial unknown, base64 or signature wrong), E_CRYPTO.
 */
PAYSCORE_MUST_USE enum payscore_status ps_keyring_verify_message(const struct ps_keyring *ring,
                                                                 struct payscore_text serial,
                                                                 struct payscore_text message,
                                                                 struct payscore_text signature,
                                                                 struct payscore_error *error);

/**
 * Verify base64 `signature` over `message` with the merchant's own key. Errors: E_FORGED (base64 or
 * signature wrong), E_CRYPTO, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_keyring_verify_own(const struct ps_keyring *ring,
                                                             struct payscore_text message,
                                                             struct payscore_text signature);

/**
 * The same with a public key or a certificate in PEM, without a keyring. Errors: as above; E_KEY
 * (`error` says what is wrong with it, never its bytes).
 */
PAYSCORE_MUST_USE enum payscore_status ps_public_key_verify(struct payscore_text pem,
                                                            struct payscore_text message,
                                                            struct payscore_text signature,
                                                            struct payscore_error *error);

#endif
