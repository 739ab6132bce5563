/*
 * The platform's side of the wire, written without the code under test: keys made for the run,
 * signing of messages, sealing of notifications.
 */
#ifndef TEST_SUPPORT_PLATFORM_SIDE_H
#define TEST_SUPPORT_PLATFORM_SIDE_H

#include "payscore/credentials.h"
#include "payscore/exchange.h"

#define TEST_MCHID           "1900000109"
#define TEST_MERCHANT_SERIAL "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB"
#define TEST_PUBLIC_KEY_ID   "PUB_KEY_ID_0119000000012026051500326400001234"
#define TEST_APIV3_KEY       "ApiV3KeyForDocExamples0123456789"
#define TEST_NOW_MS          INT64_C(1772330714000) /* 2026-03-01T10:05:14+08:00 */

enum { TEST_PEM_SIZE = 4096, TEST_SIGNATURE_SIZE = 1024 };

/** Two RSA pairs, made at the first call and the same from then on. */
struct test_keys {
    char merchant_private[TEST_PEM_SIZE], merchant_public[TEST_PEM_SIZE];
    char platform_private[TEST_PEM_SIZE], platform_public[TEST_PEM_SIZE];
};

const struct test_keys *test_keys(void);

/** What a merchant configures: his key, the APIv3 key, the platform's public key. */
struct payscore_credentials test_credentials(void);

/** The private half of a new RSA key of `bits`, as PEM. */
void test_rsa_private(unsigned bits, char pem[TEST_PEM_SIZE]);

/** base64 of the RSA-SHA256 signature of `message`. */
void test_sign(const char *private_pem, struct payscore_text message,
               char signature[TEST_SIGNATURE_SIZE]);

/** The headers that sign a body; they point into the struct, which must stay where it is. */
struct test_signed {
    char timestamp[24];
    char signature[TEST_SIGNATURE_SIZE];
    struct payscore_header headers[5];
    size_t header_count;
};

/** Sign `body` as the platform does at `now_ms`. */
void test_sign_body(struct payscore_text body, int64_t now_ms, struct test_signed *out);

/** A notification as the platform would send it at `now_ms`. `body` is borrowed by *out. */
void test_sign_notice(struct payscore_text body, int64_t now_ms, struct test_signed *how,
                      struct payscore_notice *out);

/** What is sealed, and how. */
struct test_seal {
    const char *key;   /* 32 bytes. */
    const char *nonce; /* 12 bytes. */
    const char *associated_data;
    const char *plaintext;
};

/** base64 of AES-256-GCM's ciphertext and tag. free() it. */
char *test_ciphertext(const struct test_seal *seal);

/** The JSON of a notification whose resource is sealed so. free() it. */
char *test_envelope(const char *event_type, const struct test_seal *seal);

#endif
