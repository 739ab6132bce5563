/* Making keys: RSA-2048 pairs, ids, a self-signed certificate. OpenSSL does the work. */
#include <errno.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "keys.h"
#include "support.h"

enum { KEY_BITS = 2048, SERIAL_SIZE = 40, ID_DIGITS = 31, CERTIFICATE_DAYS = 5 * 365 };

static enum payscore_status crypto_failed(struct payscore_error *error, const char *what)
{
    snprintf(error->text, sizeof error->text, "OpenSSL could not make %s", what);
    return PAYSCORE_E_CRYPTO;
}

static enum payscore_status write_text(const char *dir, int file, const char *text,
                                       struct payscore_error *error)
{
    return sandbox_file_write(dir, sandbox_key_file(file), ps_text_of(text), error);
}

static enum payscore_status write_memory(const char *dir, int file, BIO *memory,
                                         struct payscore_error *error)
{
    char *data = NULL;
    long size = BIO_get_mem_data(memory, &data);
    struct payscore_text content = {data, size < 0 ? 0 : (size_t)size};
    return sandbox_file_write(dir, sandbox_key_file(file), content, error);
}

/* PKCS#8, as the platform's own tools write merchant keys. */
static enum payscore_status write_private(const char *dir, int file, EVP_PKEY *pair,
                                          struct payscore_error *error)
{
    enum payscore_status status = crypto_failed(error, "a private key's text");
    BIO *memory = BIO_new(BIO_s_mem());

    if (memory != NULL && PEM_write_bio_PKCS8PrivateKey(memory, pair, NULL, NULL, 0, NULL, NULL)) {
        status = write_memory(dir, file, memory, error);
    }
    BIO_free(memory);
    return status;
}

static enum payscore_status write_public(const char *dir, int file, EVP_PKEY *pair,
                                         struct payscore_error *error)
{
    enum payscore_status status = crypto_failed(error, "a public key's text");
    BIO *memory = BIO_new(BIO_s_mem());

    if (memory != NULL && PEM_write_bio_PUBKEY(memory, pair)) {
        status = write_memory(dir, file, memory, error);
    }
    BIO_free(memory);
    return status;
}

static enum payscore_status make_pair(const char *dir, int private_file, int public_file,
                                      struct payscore_error *error)
{
    enum payscore_status status = crypto_failed(error, "an RSA pair");
    EVP_PKEY *pair = EVP_RSA_gen(KEY_BITS);

    if (pair != NULL) status = write_private(dir, private_file, pair, error);
    if (status == PAYSCORE_OK) status = write_public(dir, public_file, pair, error);
    EVP_PKEY_free(pair);
    return status;
}

/* A first digit of 1 to 7 keeps the serial positive and its text 40 digits long. */
static void make_serial(char serial[SERIAL_SIZE + 1])
{
    sandbox_random_hex(serial, SERIAL_SIZE);
    serial[0] = (char)('1' + (serial[0] % 7));
}

static bool set_serial(X509 *certificate, const char *hex)
{
    BIGNUM *number = NULL;
    bool good;

    good = BN_hex2bn(&number, hex) == SERIAL_SIZE &&
           BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
    BN_free(number);
    return good;
}

static bool fill_certificate(X509 *certificate, EVP_PKEY *pair, const char *serial)
{
    static const unsigned char name[] = "payscore sandbox, not WeChat Pay";
    X509_NAME *subject = X509_get_subject_name(certificate);

    return set_serial(certificate, serial) && X509_set_version(certificate, X509_VERSION_3) &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != NULL &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), CERTIFICATE_DAYS * 86400L) != NULL &&
           X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) &&
           X509_set_issuer_name(certificate, subject) && X509_set_pubkey(certificate, pair) &&
           X509_sign(certificate, pair, EVP_sha256()) > 0;
}

static enum payscore_status make_certificate(const char *dir, struct payscore_error *error)
{
    enum payscore_status status = crypto_failed(error, "a certificate");
    char serial[SERIAL_SIZE + 1];
    EVP_PKEY *pair = EVP_RSA_gen(KEY_BITS);
    X509 *certificate = X509_new();
    BIO *memory = BIO_new(BIO_s_mem());

    make_serial(serial);
    if (pair != NULL && certificate != NULL && memory != NULL &&
        fill_certificate(certificate, pair, serial) && PEM_write_bio_X509(memory, certificate)) {
        status = write_private(dir, SANDBOX_FILE_platform_cert_key, pair, error);
        if (status == PAYSCORE_OK) {
            status = write_memory(dir, SANDBOX_FILE_platform_cert, memory, error);
        }
        if (status == PAYSCORE_OK) {
            status = write_text(dir, SANDBOX_FILE_platform_cert_id, serial, error);
        }
    }
    BIO_free(memory);
    X509_free(certificate);
    EVP_PKEY_free(pair);
    return status;
}

static bool is_there(const char *dir, int file)
{
    return sandbox_file_exists(dir, sandbox_key_file(file));
}

static enum payscore_status make_public_key(const char *dir, struct payscore_error *error)
{
    char id[sizeof "PUB_KEY_ID_011" + ID_DIGITS] = "PUB_KEY_ID_011";
    enum payscore_status status =
        make_pair(dir, SANDBOX_FILE_platform_key, SANDBOX_FILE_platform_pub, error);

    sandbox_random_digits(id + strlen(id), ID_DIGITS);
    return status != PAYSCORE_OK ? status : write_text(dir, SANDBOX_FILE_platform_id, id, error);
}

enum payscore_status sandbox_keys_make_platform(const char *dir, struct payscore_error *error)
{
    enum payscore_status status = PAYSCORE_OK;

    if (!is_there(dir, SANDBOX_FILE_platform_key) || !is_there(dir, SANDBOX_FILE_platform_id)) {
        status = make_public_key(dir, error);
    }
    if (status == PAYSCORE_OK && (!is_there(dir, SANDBOX_FILE_platform_cert_id) ||
                                  !is_there(dir, SANDBOX_FILE_platform_cert_key))) {
        status = make_certificate(dir, error);
    }
    return status;
}

enum payscore_status sandbox_keys_make(const char *dir, struct payscore_error *error)
{
    char serial[SERIAL_SIZE + 1];
    char apiv3_key[PAYSCORE_APIV3_KEY_SIZE + 1];
    enum payscore_status status;

    if (mkdir(dir, S_IRWXU) != 0 && errno != EEXIST) {
        snprintf(error->text, sizeof error->text, "folder %.300s cannot be made: %s", dir,
                 strerror(errno));
        return PAYSCORE_E_IO;
    }
    make_serial(serial);
    sandbox_random_letters(apiv3_key, PAYSCORE_APIV3_KEY_SIZE);
    status = make_pair(dir, SANDBOX_FILE_merchant_key, SANDBOX_FILE_merchant_pub, error);
    if (status == PAYSCORE_OK) {
        status = write_text(dir, SANDBOX_FILE_merchant_serial, serial, error);
    }
    if (status == PAYSCORE_OK) status = write_text(dir, SANDBOX_FILE_apiv3_key, apiv3_key, error);
    if (status == PAYSCORE_OK) status = make_public_key(dir, error);
    return status != PAYSCORE_OK ? status : make_certificate(dir, error);
}
