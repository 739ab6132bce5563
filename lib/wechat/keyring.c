/*
 * Loading, using and wiping a merchant's keys with OpenSSL's EVP. Knows no file, no clock and no
 * HTTP. Refuses what could only be a mistake (a key of the wrong kind, size or side) when the keys
 * are loaded, and never puts a byte of a key into an error text.
 */
#include "wechat/keyring.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "wechat/base64.h"
#include "wechat/keyring_private.h"
#include "wechat/text.h"

enum {
    MCHID_MAX = 32,
    PEM_SIZE_MAX = 65536,
    RSA_BITS_MIN = 2048,
    RSA_BITS_MAX = 4096,
    RSA_SIGNATURE_MAX = RSA_BITS_MAX / 8,
    TIMESTAMP_DIGITS_MAX = 12, /* Its milliseconds fit an int64_t with room to spare. */
    WHO_SIZE = 40,
};

_Static_assert(PS_SIGNATURE_MAX > (RSA_SIGNATURE_MAX + 2) / 3 * 4, "base64 of a signature fits");

static const char public_key_prefix[] = "PUB_KEY_ID_";

struct platform_key {
    char id[PAYSCORE_SERIAL_MAX + 1];
    EVP_PKEY *key;
};

struct ps_keyring {
    char mchid[MCHID_MAX + 1];
    char serial[PAYSCORE_SERIAL_MAX + 1];
    EVP_PKEY *key;
    EVP_MD *sha256;
    size_t apiv3_key_count;
    uint8_t apiv3_keys[PAYSCORE_APIV3_KEYS_MAX][PAYSCORE_APIV3_KEY_SIZE];
    size_t platform_key_count;
    struct platform_key platform_keys[PAYSCORE_PLATFORM_KEYS_MAX];
};

static bool is_hex(struct payscore_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (strchr("0123456789abcdefABCDEF", text.data[i]) == NULL || text.data[i] == '\0')
            return false;
    }
    return text.size > 0;
}

/** Two ids name the same key: hex digits are taken without case, PUB_KEY_ID_… is taken exactly. */
static bool same_id(struct payscore_text a, struct payscore_text b)
{
    return is_hex(a) ? ps_text_same(a, b) : ps_text_equal(a, b);
}

static enum payscore_status copy_id(char out[PAYSCORE_SERIAL_MAX + 1], struct payscore_text id,
                                    const char *who, struct payscore_error *error)
{
    bool of_public_key = ps_text_starts(id, public_key_prefix) && ps_text_all_of(id, "_");
    if (id.size == 0) return ps_fail(error, PAYSCORE_E_KEY, "%s: the serial is missing", who);
    if (!is_hex(id) && !of_public_key)
        return ps_fail(error, PAYSCORE_E_KEY,
                       "%s: serial '%.*s' is neither hex digits nor PUB_KEY_ID_ and digits", who,
                       PS_SHOWN(id));
    if (!ps_text_copy(out, PAYSCORE_SERIAL_MAX + 1, id))
        return ps_fail(error, PAYSCORE_E_KEY,
                       "%s: the serial has %zu characters; at most %d are allowed", who, id.size,
                       PAYSCORE_SERIAL_MAX);
    return PAYSCORE_OK;
}

/** Without this OpenSSL would ask for a pass phrase on the terminal. */
static int no_pass_phrase(char *buffer, int size, int writing, void *context)
{
    (void)buffer, (void)size, (void)writing, (void)context;
    return -1;
}

static enum payscore_status check_rsa(EVP_PKEY *key, const char *who, struct payscore_error *error)
{
    if (EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: not an RSA key; APIv3 signs with RSA", who);
    int bits = EVP_PKEY_get_bits(key);
    if (bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: RSA with %d bits; %d to %d are allowed", who,
                       bits, RSA_BITS_MIN, RSA_BITS_MAX);
    return PAYSCORE_OK;
}

static enum payscore_status open_pem(BIO **pem, struct payscore_text text, const char *who,
                                     struct payscore_error *error)
{
    if (text.size == 0 || text.size > PEM_SIZE_MAX)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: %zu bytes of PEM; 1 to %d are allowed", who,
                       text.size, PEM_SIZE_MAX);
    *pem = BIO_new_mem_buf(text.data, (int)text.size);
    return *pem == NULL ? ps_fail(error, PAYSCORE_E_MEMORY, "%s: no memory", who) : PAYSCORE_OK;
}

static enum payscore_status load_merchant_key(struct ps_keyring *ring, struct payscore_text text,
                                              struct payscore_error *error)
{
    static const char who[] = "merchant key";
    BIO *pem = NULL;
    if (ps_text_contains(text, "BEGIN CERTIFICATE") || ps_text_contains(text, "BEGIN PUBLIC KEY"))
        return ps_fail(error, PAYSCORE_E_KEY,
                       "%s: holds a certificate or public key; give apiclient_key.pem", who);
    if (ps_text_contains(text, "ENCRYPTED"))
        return ps_fail(error, PAYSCORE_E_KEY, "%s: is encrypted; give it without a pass phrase",
                       who);
    enum payscore_status rc = open_pem(&pem, text, who, error);
    if (rc != PAYSCORE_OK) return rc;
    ring->key = PEM_read_bio_PrivateKey(pem, NULL, no_pass_phrase, NULL);
    BIO_free(pem);
    if (ring->key == NULL)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: not a readable PEM private key", who);
    return check_rsa(ring->key, who, error);
}

static enum payscore_status load_apiv3_keys(struct ps_keyring *ring,
                                            const struct payscore_credentials *keys,
                                            struct payscore_error *error)
{
    for (size_t i = 0; i < PAYSCORE_APIV3_KEYS_MAX; i++) {
        struct payscore_text key = keys->apiv3_keys[i];
        if (key.size == 0 && i > 0) continue;
        if (key.size != PAYSCORE_APIV3_KEY_SIZE)
            return ps_fail(error, PAYSCORE_E_KEY, "APIv3 key %zu: has %zu bytes instead of %d",
                           i + 1, key.size, PAYSCORE_APIV3_KEY_SIZE);
        memcpy(ring->apiv3_keys[ring->apiv3_key_count++], key.data, key.size);
    }
    return PAYSCORE_OK;
}

/** The serial of a certificate as its owner prints it: upper-case hex. */
static enum payscore_status certificate_id(X509 *certificate, char out[PAYSCORE_SERIAL_MAX + 1],
                                           const char *who, struct payscore_error *error)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = number == NULL ? NULL : BN_bn2hex(number);
    enum payscore_status rc =
        hex == NULL ? ps_fail(error, PAYSCORE_E_CRYPTO, "%s: serial cannot be read", who)
                    : copy_id(out, ps_text_of(hex), who, error);
    OPENSSL_free(hex);
    BN_free(number);
    return rc;
}

static enum payscore_status load_certificate(struct platform_key *out, BIO *pem,
                                             struct payscore_text id, const char *who,
                                             struct payscore_error *error)
{
    X509 *certificate = PEM_read_bio_X509(pem, NULL, no_pass_phrase, NULL);
    if (certificate == NULL)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: not a readable PEM certificate", who);
    enum payscore_status rc = certificate_id(certificate, out->id, who, error);
    if (rc == PAYSCORE_OK && id.size > 0 && !same_id(id, ps_text_of(out->id)))
        rc = ps_fail(error, PAYSCORE_E_KEY, "%s: id '%.*s' given, but its serial is %s", who,
                     PS_SHOWN(id), out->id);
    if (rc == PAYSCORE_OK) out->key = X509_get_pubkey(certificate);
    X509_free(certificate);
    if (rc == PAYSCORE_OK && out->key == NULL)
        rc = ps_fail(error, PAYSCORE_E_KEY, "%s: the certificate's key cannot be read", who);
    return rc;
}

static enum payscore_status load_public_key(struct platform_key *out, BIO *pem,
                                            struct payscore_text id, const char *who,
                                            struct payscore_error *error)
{
    enum payscore_status rc = copy_id(out->id, id, who, error);
    if (rc != PAYSCORE_OK) return rc;
    out->key = PEM_read_bio_PUBKEY(pem, NULL, no_pass_phrase, NULL);
    if (out->key == NULL)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: not a readable PEM public key", who);
    return PAYSCORE_OK;
}

static const struct platform_key *find_key(const struct ps_keyring *ring, struct payscore_text id)
{
    for (size_t i = 0; i < ring->platform_key_count; i++) {
        if (same_id(id, ps_text_of(ring->platform_keys[i].id))) return &ring->platform_keys[i];
    }
    return NULL;
}

static enum payscore_status load_platform_key(struct ps_keyring *ring,
                                              const struct payscore_platform_key *given,
                                              const char *who, struct payscore_error *error)
{
    struct platform_key *out = &ring->platform_keys[ring->platform_key_count];
    BIO *pem = NULL;
    if (ps_text_contains(given->pem, "PRIVATE KEY"))
        return ps_fail(error, PAYSCORE_E_KEY,
                       "%s: holds a private key; give the platform's public key or certificate",
                       who);
    enum payscore_status rc = open_pem(&pem, given->pem, who, error);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_text_contains(given->pem, "BEGIN CERTIFICATE")
             ? load_certificate(out, pem, given->id, who, error)
             : load_public_key(out, pem, given->id, who, error);
    BIO_free(pem);
    if (rc == PAYSCORE_OK) rc = check_rsa(out->key, who, error);
    if (rc == PAYSCORE_OK && find_key(ring, ps_text_of(out->id)) != NULL)
        rc = ps_fail(error, PAYSCORE_E_KEY, "%s: serial %s is given twice", who, out->id);
    /* A key that was refused is counted too, so that closing the ring frees it. */
    ring->platform_key_count++;
    return rc;
}

static enum payscore_status load_platform_keys(struct ps_keyring *ring,
                                               const struct payscore_credentials *keys,
                                               struct payscore_error *error)
{
    enum payscore_status rc = PAYSCORE_OK;
    if (keys->platform_key_count == 0 || keys->platform_key_count > PAYSCORE_PLATFORM_KEYS_MAX)
        return ps_fail(error, PAYSCORE_E_KEY, "platform keys: %zu given; 1 to %d are allowed",
                       keys->platform_key_count, PAYSCORE_PLATFORM_KEYS_MAX);
    for (size_t i = 0; rc == PAYSCORE_OK && i < keys->platform_key_count; i++) {
        char who[WHO_SIZE];
        (void)BIO_snprintf(who, sizeof who, "platform key %zu", i + 1);
        rc = load_platform_key(ring, &keys->platform_keys[i], who, error);
    }
    return rc;
}

static enum payscore_status load_all(struct ps_keyring *ring,
                                     const struct payscore_credentials *keys,
                                     struct payscore_error *error)
{
    if (keys->mchid.size == 0 || !ps_text_all_of(keys->mchid, "") ||
        !ps_text_copy(ring->mchid, sizeof ring->mchid, keys->mchid))
        return ps_fail(error, PAYSCORE_E_KEY, "mchid: '%.*s' is not 1 to %d letters and digits",
                       PS_SHOWN(keys->mchid), MCHID_MAX);
    enum payscore_status rc =
        copy_id(ring->serial, keys->merchant_serial, "merchant serial", error);
    if (rc == PAYSCORE_OK) rc = load_merchant_key(ring, keys->merchant_key_pem, error);
    if (rc == PAYSCORE_OK) rc = load_apiv3_keys(ring, keys, error);
    if (rc == PAYSCORE_OK) rc = load_platform_keys(ring, keys, error);
    if (rc != PAYSCORE_OK) return rc;
    ring->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (ring->sha256 == NULL) rc = ps_fail(error, PAYSCORE_E_CRYPTO, "SHA-256 is not available");
    return rc;
}

enum payscore_status ps_keyring_open(struct ps_keyring **ring,
                                     const struct payscore_credentials *keys,
                                     struct payscore_error *error)
{
    *ring = NULL;
    struct ps_keyring *made = OPENSSL_zalloc(sizeof *made);
    if (made == NULL) return ps_fail(error, PAYSCORE_E_MEMORY, "keyring: no memory");
    enum payscore_status rc = load_all(made, keys, error);
    /* What OpenSSL remembers of a refused key must not surface in an unrelated call. */
    ERR_clear_error();
    if (rc == PAYSCORE_OK)
        *ring = made;
    else
        ps_keyring_close(made);
    return rc;
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
        if (ps_text_starts(id, public_key_prefix)) return id;
    }
    return (struct payscore_text){"", 0};
}

size_t ps_keyring_apiv3_key_count(const struct ps_keyring *ring)
{
    return ring->apiv3_key_count;
}

const uint8_t *ps_keyring_apiv3_key(const struct ps_keyring *ring, size_t index)
{
    return ring->apiv3_keys[index];
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
static enum payscore_status check_signature(const struct ps_keyring *ring, EVP_PKEY *key,
                                            const struct payscore_text *parts, size_t count,
                                            struct payscore_text raw)
{
    enum payscore_status rc = PAYSCORE_OK;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestVerifyInit(context, NULL, ring->sha256, NULL, key) != 1)
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
    const struct platform_key *key = find_key(ring, headers->serial);
    if (key == NULL)
        return ps_fail(error, PAYSCORE_E_FORGED, "Wechatpay-Serial: no key with serial '%.*s'",
                       PS_SHOWN(headers->serial));
    if (PS_BASE64_ROOM(headers->signature.size) > sizeof raw ||
        !ps_base64_decode(headers->signature, raw, &raw_size))
        return ps_fail(error, PAYSCORE_E_FORGED, "Wechatpay-Signature: not base64");
    struct payscore_text signature = {(const char *)raw, raw_size};
    enum payscore_status rc = check_signature(ring, key->key, parts, count, signature);
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
