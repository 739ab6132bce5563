/*
 * Using and wiping a merchant's keys with OpenSSL's EVP: sign, find the platform's key, verify.
 * Knows no clock and no HTTP.
 */
#include "wechat/keyring.h"

#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "wechat/base64.h"
#include "wechat/keyring_private.h"
#include "wechat/text.h"

enum {
    RSA_SIGNATURE_MAX = PS_RSA_BITS_MAX / 8,
    TIMESTAMP_DIGITS_MAX = 12, /* Its milliseconds fit an int64_t with room to spare. */
};

_Static_assert(PS_SIGNATURE_MAX > (RSA_SIGNATURE_MAX + 2) / 3 * 4, "base64 of a signature fits");

bool ps_keyring_is_hex(struct payscore_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (strchr("0123456789abcdefABCDEF", text.data[i]) == NULL || text.data[i] == '\0')
            return false;
    }
    return text.size > 0;
}

bool ps_keyring_same_id(struct payscore_text a, struct payscore_text b)
{
    return ps_keyring_is_hex(a) ? ps_text_same(a, b) : ps_text_equal(a, b);
}

const struct ps_keyring_key *ps_keyring_find(const struct ps_keyring *ring, struct payscore_text id)
{
    for (size_t i = 0; i < ring->platform_key_count; i++) {
        if (ps_keyring_same_id(id, ps_text_of(ring->platform_keys[i].id)))
            return &ring->platform_keys[i];
    }
    return NULL;
}

void ps_keyring_close(struct ps_keyring *ring)
{
    if (ring == NULL) return;
    for (size_t i = 0; i < ring->platform_key_count; i++)
        EVP_PKEY_free(ring->platform_keys[i].key);
    EVP_MD_free(ring->sha256);
    EVP_PKEY_free(ring->key);
    OPENSSL_clear_free(ring, sizeof *ring);
}

struct payscore_text ps_keyring_mchid(const struct ps_keyring *ring)
{
    return ps_text_of(ring->mchid);
}

struct payscore_text ps_keyring_serial(const struct ps_keyring *ring)
{
    return ps_text_of(ring->serial);
}

struct payscore_text ps_keyring_public_key_id(const struct ps_keyring *ring)
{
    for (size_t i = 0; i < ring->platform_key_count; i++) {
        struct payscore_text id = ps_text_of(ring->platform_keys[i].id);
        if (ps_text_starts(id, PS_PUBLIC_KEY_PREFIX)) return id;
    }
    return (struct payscore_text){"", 0};
}

enum payscore_status ps_keyring_sign(const struct ps_keyring *ring, struct payscore_text message,
                                     char signature[PS_SIGNATURE_MAX])
{
    unsigned char raw[RSA_SIGNATURE_MAX];
    size_t raw_size = sizeof raw;
    signature[0] = '\0';
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool signed_it = context != NULL &&
                     EVP_DigestSignInit(context, NULL, ring->sha256, NULL, ring->key) == 1 &&
                     EVP_DigestSign(context, raw, &raw_size, (const unsigned char *)message.data,
                                    message.size) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    if (!signed_it) return PAYSCORE_E_CRYPTO;
    (void)EVP_EncodeBlock((unsigned char *)signature, raw, (int)raw_size);
    return PAYSCORE_OK;
}

/** Whether `raw` signs the parts, one after the other. Anything but a plain yes is E_FORGED. */
static enum payscore_status check_signature(const EVP_MD *sha256, EVP_PKEY *key,
                                            const struct payscore_text *parts, size_t count,
                                            struct payscore_text raw)
{
    enum payscore_status rc = PAYSCORE_OK;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestVerifyInit(context, NULL, sha256, NULL, key) != 1)
        rc = PAYSCORE_E_CRYPTO;
    for (size_t i = 0; rc == PAYSCORE_OK && i < count; i++) {
        if (EVP_DigestVerifyUpdate(context, parts[i].data, parts[i].size) != 1)
            rc = PAYSCORE_E_CRYPTO;
    }
    if (rc == PAYSCORE_OK &&
        EVP_DigestVerifyFinal(context, (const unsigned char *)raw.data, raw.size) != 1)
        rc = PAYSCORE_E_FORGED;
    EVP_MD_CTX_free(context);
    ERR_clear_error();
    return rc;
}

static enum payscore_status verify_parts(const struct ps_keyring *ring,
                                         const struct ps_signature_headers *headers,
                                         const struct payscore_text *parts, size_t count,
                                         struct payscore_error *error)
{
    uint8_t raw[RSA_SIGNATURE_MAX + 3];
    size_t raw_size = 0;
    const struct ps_keyring_key *key = ps_keyring_find(ring, headers->serial);
    if (key == NULL)
        return ps_fail(error, PAYSCORE_E_FORGED, "Wechatpay-Serial: no key with serial '%.*s'",
                       PS_SHOWN(headers->serial));
    if (PS_BASE64_ROOM(headers->signature.size) > sizeof raw ||
        !ps_base64_decode(headers->signature, raw, &raw_size))
        return ps_fail(error, PAYSCORE_E_FORGED, "Wechatpay-Signature: not base64");
    struct payscore_text signature = {(const char *)raw, raw_size};
    enum payscore_status rc = check_signature(ring->sha256, key->key, parts, count, signature);
    if (rc == PAYSCORE_E_FORGED)
        return ps_fail(error, rc, "Wechatpay-Signature: does not verify with the key of serial %s",
                       key->id);
    if (rc != PAYSCORE_OK) return ps_fail(error, rc, "Wechatpay-Signature: could not be verified");
    return rc;
}

/** Unix seconds as digits, and no further from our clock than the window. */
static enum payscore_status check_timestamp(struct payscore_text text, int64_t now_ms,
                                            struct payscore_error *error)
{
    int64_t seconds = 0;
    bool digits = text.size <= TIMESTAMP_DIGITS_MAX;
    for (size_t i = 0; digits && i < text.size; i++) {
        digits = text.data[i] >= '0' && text.data[i] <= '9';
        seconds = seconds * 10 + (text.data[i] - '0');
    }
    if (!digits)
        return ps_fail(error, PAYSCORE_E_FORGED, "Wechatpay-Timestamp: '%.*s' is not Unix seconds",
                       PS_SHOWN(text));
    int64_t off_ms = now_ms - seconds * 1000;
    if (off_ms > PS_CLOCK_WINDOW_MS || off_ms < -PS_CLOCK_WINDOW_MS)
        return ps_fail(error, PAYSCORE_E_STALE,
                       "Wechatpay-Timestamp: %.*s is %lld s from our clock; at most %d are allowed",
                       PS_SHOWN(text), (long long)(off_ms / 1000), PS_CLOCK_WINDOW_MS / 1000);
    return PAYSCORE_OK;
}

struct ps_signature_headers ps_signature_headers_of(const struct payscore_header *headers,
                                                    size_t count)
{
    return (struct ps_signature_headers){
        .timestamp = ps_header(headers, count, "Wechatpay-Timestamp"),
        .nonce = ps_header(headers, count, "Wechatpay-Nonce"),
        .signature = ps_header(headers, count, "Wechatpay-Signature"),
        .serial = ps_header(headers, count, "Wechatpay-Serial"),
    };
}

static const char *missing_header(const struct ps_signature_headers *headers)
{
    if (headers->timestamp.size == 0) return "Wechatpay-Timestamp";
    if (headers->nonce.size == 0) return "Wechatpay-Nonce";
    if (headers->signature.size == 0) return "Wechatpay-Signature";
    if (headers->serial.size == 0) return "Wechatpay-Serial";
    return NULL;
}

enum payscore_status ps_keyring_verify(const struct ps_keyring *ring,
                                       const struct ps_signature_headers *headers,
                                       struct payscore_text body, int64_t now_ms,
                                       struct payscore_error *error)
{
    static const struct payscore_text newline = {"\n", 1};
    const char *missing = missing_header(headers);
    if (missing != NULL)
        return ps_fail(error, PAYSCORE_E_FORGED, "%s: the header is missing", missing);
    /* A newline inside it would let the border between nonce and body be moved. */
    if (memchr(headers->nonce.data, '\n', headers->nonce.size) != NULL)
        return ps_fail(error, PAYSCORE_E_FORGED, "Wechatpay-Nonce: holds a newline");
    enum payscore_status rc = check_timestamp(headers->timestamp, now_ms, error);
    if (rc != PAYSCORE_OK) return rc;
    const struct payscore_text parts[] = {
        headers->timestamp, newline, headers->nonce, newline, body, newline};
    return verify_parts(ring, headers, parts, sizeof parts / sizeof parts[0], error);
}

enum payscore_status ps_keyring_verify_message(const struct ps_keyring *ring,
                                               struct payscore_text serial,
                                               struct payscore_text message,
                                               struct payscore_text signature,
                                               struct payscore_error *error)
{
    struct ps_signature_headers headers = {.serial = serial, .signature = signature};
    return verify_parts(ring, &headers, &message, 1, error);
}

static enum payscore_status verify_with(const EVP_MD *sha256, EVP_PKEY *key,
                                        struct payscore_text message,
                                        struct payscore_text signature)
{
    uint8_t raw[RSA_SIGNATURE_MAX + 3];
    size_t raw_size = 0;
    if (PS_BASE64_ROOM(signature.size) > sizeof raw || !ps_base64_decode(signature, raw, &raw_size))
        return PAYSCORE_E_FORGED;
    return check_signature(sha256, key, &message, 1,
                           (struct payscore_text){(const char *)raw, raw_size});
}

enum payscore_status ps_keyring_verify_own(const struct ps_keyring *ring,
                                           struct payscore_text message,
                                           struct payscore_text signature)
{
    return verify_with(ring->sha256, ring->key, message, signature);
}

enum payscore_status ps_public_key_verify(struct payscore_text pem, struct payscore_text message,
                                          struct payscore_text signature,
                                          struct payscore_error *error)
{
    EVP_PKEY *key = NULL;
    enum payscore_status rc = ps_keyring_load_public(pem, &key, error);
    if (rc != PAYSCORE_OK) return rc;
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    rc = sha256 == NULL ? PAYSCORE_E_CRYPTO : verify_with(sha256, key, message, signature);
    EVP_MD_free(sha256);
    EVP_PKEY_free(key);
    return rc;
}
