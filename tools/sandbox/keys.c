#include "keys.h"

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "support.h"

const char *sandbox_key_file(int file)
{
    static const char *const names[] = {
#define X(name, file) file,
        SANDBOX_KEY_FILES(X)
#undef X
    };
    return names[file];
}

/* The texts of the folder while the keyrings are made; wiped afterwards. */
struct texts {
    char *merchant_pub, *merchant_serial, *apiv3_key;
    char *platform_key, *platform_id, *platform_cert_key, *platform_cert;
    char certificate_serial[PAYSCORE_SERIAL_MAX + 1];
};

static void wipe(char *text)
{
    if (text != NULL) OPENSSL_cleanse(text, strlen(text));
    free(text);
}

static void forget(struct texts *texts)
{
    wipe(texts->merchant_pub);
    wipe(texts->merchant_serial);
    wipe(texts->apiv3_key);
    wipe(texts->platform_key);
    wipe(texts->platform_id);
    wipe(texts->platform_cert_key);
    wipe(texts->platform_cert);
}

static enum payscore_status read_certificate_serial(struct texts *texts,
                                                    struct payscore_error *error)
{
    enum payscore_status status = PAYSCORE_E_KEY;
    BIO *memory = BIO_new_mem_buf(texts->platform_cert, -1);
    X509 *certificate = memory == NULL ? NULL : PEM_read_bio_X509(memory, NULL, NULL, NULL);
    BIGNUM *number =
        certificate == NULL ? NULL : ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), NULL);
    char *hex = number == NULL ? NULL : BN_bn2hex(number);

    snprintf(error->text, sizeof error->text, "%s holds no certificate with a serial",
             sandbox_key_file(SANDBOX_FILE_platform_cert));
    if (hex != NULL && sandbox_text_put(sandbox_text(hex), texts->certificate_serial,
                                        sizeof texts->certificate_serial)) {
        status = PAYSCORE_OK;
    }
    OPENSSL_free(hex);
    BN_free(number);
    X509_free(certificate);
    BIO_free(memory);
    return status;
}

static enum payscore_status read_texts(const char *dir, const char *serial, struct texts *texts,
                                       struct payscore_error *error)
{
    struct {
        char **text;
        int file;
    } wanted[] = {
        {&texts->merchant_pub, SANDBOX_FILE_merchant_pub},
        {&texts->merchant_serial, SANDBOX_FILE_merchant_serial},
        {&texts->apiv3_key, SANDBOX_FILE_apiv3_key},
        {&texts->platform_key, SANDBOX_FILE_platform_key},
        {&texts->platform_id, SANDBOX_FILE_platform_id},
        {&texts->platform_cert_key, SANDBOX_FILE_platform_cert_key},
        {&texts->platform_cert, SANDBOX_FILE_platform_cert},
    };
    enum payscore_status status = PAYSCORE_OK;

    if (serial != NULL) texts->merchant_serial = sandbox_copy(sandbox_text(serial));
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && status == PAYSCORE_OK; i++) {
        if (*wanted[i].text != NULL) continue;
        status = sandbox_line_read(dir, sandbox_key_file(wanted[i].file), wanted[i].text, error);
    }
    return status != PAYSCORE_OK ? status : read_certificate_serial(texts, error);
}

static enum payscore_status open_ring(const char *mchid, const struct texts *texts,
                                      bool by_certificate, struct ps_keyring **ring,
                                      struct payscore_error *error)
{
    struct payscore_credentials keys = {
        .mchid = sandbox_text(mchid),
        .merchant_key_pem =
            sandbox_text(by_certificate ? texts->platform_cert_key : texts->platform_key),
        .merchant_serial =
            sandbox_text(by_certificate ? texts->certificate_serial : texts->platform_id),
        .apiv3_keys = {sandbox_text(texts->apiv3_key)},
        .platform_keys = {{sandbox_text(texts->merchant_serial), sandbox_text(texts->merchant_pub)}},
        .platform_key_count = 1,
    };
    return ps_keyring_open(ring, &keys, error);
}

enum payscore_status sandbox_keys_open(const char *dir, const char *mchid, const char *serial,
                                       struct sandbox_keys *keys, struct payscore_error *error)
{
    struct texts texts = {0};
    enum payscore_status status;

    *keys = (struct sandbox_keys){0};
    status = read_texts(dir, serial, &texts, error);
    if (status == PAYSCORE_OK) {
        status = open_ring(mchid, &texts, false, &keys->by_public_key, error);
    }
    if (status == PAYSCORE_OK) {
        status = open_ring(mchid, &texts, true, &keys->by_certificate, error);
    }
    /* The ring has refused every other length. */
    if (status == PAYSCORE_OK) {
        memcpy(keys->apiv3_key, texts.apiv3_key, PAYSCORE_APIV3_KEY_SIZE);
    }
    forget(&texts);
    return status;
}

void sandbox_keys_close(struct sandbox_keys *keys)
{
    ps_keyring_close(keys->by_public_key);
    ps_keyring_close(keys->by_certificate);
    OPENSSL_cleanse(keys, sizeof *keys);
}
