/*
 * Loading a merchant's keys. Refuses what could only be a mistake: a key of the wrong kind, size or
 * side. Knows no file, and never puts a byte of a key into an error text.
 */
#include <string.h>

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "wechat/keyring_private.h"
#include "wechat/text.h"

enum { PEM_SIZE_MAX = 65536, WHO_SIZE = 40 };

static enum payscore_status copy_id(char out[PAYSCORE_SERIAL_MAX + 1], struct payscore_text id,
                                    const char *who, struct payscore_error *error)
{
    bool of_public_key = ps_text_starts(id, PS_PUBLIC_KEY_PREFIX) && ps_text_all_of(id, "_");
    if (id.size == 0) return ps_fail(error, PAYSCORE_E_KEY, "%s: the serial is missing", who);
    if (!ps_keyring_is_hex(id) && !of_public_key)
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
    if (bits < PS_RSA_BITS_MIN || bits > PS_RSA_BITS_MAX)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: RSA with %d bits; %d to %d are allowed", who,
                       bits, PS_RSA_BITS_MIN, PS_RSA_BITS_MAX);
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

static enum payscore_status load_certificate(struct ps_keyring_key *out, BIO *pem,
                                             struct payscore_text id, const char *who,
                                             struct payscore_error *error)
{
    X509 *certificate = PEM_read_bio_X509(pem, NULL, no_pass_phrase, NULL);
    if (certificate == NULL)
        return ps_fail(error, PAYSCORE_E_KEY, "%s: not a readable PEM certificate", who);
    enum payscore_status rc = certificate_id(certificate, out->id, who, error);
    if (rc == PAYSCORE_OK && id.size > 0 && !ps_keyring_same_id(id, ps_text_of(out->id)))
        rc = ps_fail(error, PAYSCORE_E_KEY, "%s: id '%.*s' given, but its serial is %s", who,
                     PS_SHOWN(id), out->id);
    if (rc == PAYSCORE_OK) out->key = X509_get_pubkey(certificate);
    X509_free(certificate);
    if (rc == PAYSCORE_OK && out->key == NULL)
        rc = ps_fail(error, PAYSCORE_E_KEY, "%s: the certificate's key cannot be read", who);
    return rc;
}

static enum payscore_status load_public_key(struct ps_keyring_key *out, BIO *pem,
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

enum payscore_status ps_keyring_load_public(struct payscore_text text, EVP_PKEY **key,
                                            struct payscore_error *error)
{
    static const char who[] = "public key";
    BIO *pem = NULL;
    *key = NULL;
    if (ps_text_contains(text, "PRIVATE KEY"))
        return ps_fail(error, PAYSCORE_E_KEY, "%s: holds a private key; give the public one", who);
    enum payscore_status rc = open_pem(&pem, text, who, error);
    if (rc != PAYSCORE_OK) return rc;
    if (ps_text_contains(text, "BEGIN CERTIFICATE")) {
        X509 *certificate = PEM_read_bio_X509(pem, NULL, no_pass_phrase, NULL);
        if (certificate != NULL) *key = X509_get_pubkey(certificate);
        X509_free(certificate);
    } else {
        *key = PEM_read_bio_PUBKEY(pem, NULL, no_pass_phrase, NULL);
    }
    BIO_free(pem);
    ERR_clear_error();
    if (*key == NULL)
        return ps_fail(error, PAYSCORE_E_KEY,
                       "%s: neither a readable PEM public key nor a certificate", who);
    rc = check_rsa(*key, who, error);
    if (rc == PAYSCORE_OK) return rc;
    EVP_PKEY_free(*key);
    *key = NULL;
    return rc;
}

static enum payscore_status load_platform_key(struct ps_keyring *ring,
                                              const struct payscore_platform_key *given,
                                              const char *who, struct payscore_error *error)
{
    struct ps_keyring_key *out = &ring->platform_keys[ring->platform_key_count];
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
    if (rc == PAYSCORE_OK && ps_keyring_find(ring, ps_text_of(out->id)) != NULL)
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
                       PS_SHOWN(keys->mchid), PS_KEYRING_MCHID_MAX);
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
