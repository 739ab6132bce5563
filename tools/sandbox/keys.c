#include "keys.h"

#include <openssl/crypto.h>
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
    char *platform_key, *platform_id, *platform_cert_key, *platform_cert_id;
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
    wipe(texts->platform_cert_id);
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
        {&texts->platform_cert_id, SANDBOX_FILE_platform_cert_id},
    };
    enum payscore_status status = PAYSCORE_OK;

    if (serial != NULL) texts->merchant_serial = sandbox_copy(ps_text_of(serial));
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && status == PAYSCORE_OK; i++) {
        if (*wanted[i].text != NULL) continue;
        status = sandbox_line_read(dir, sandbox_key_file(wanted[i].file), wanted[i].text, error);
    }
    return status;
}

static enum payscore_status open_ring(const char *mchid, const struct texts *texts,
                                      bool by_certificate, struct ps_keyring **ring,
                                      struct payscore_error *error)
{
    struct payscore_credentials keys = {
        .mchid = ps_text_of(mchid),
        .merchant_key_pem =
            ps_text_of(by_certificate ? texts->platform_cert_key : texts->platform_key),
        .merchant_serial =
            ps_text_of(by_certificate ? texts->platform_cert_id : texts->platform_id),
        .apiv3_keys = {ps_text_of(texts->apiv3_key)},
        .platform_keys = {{ps_text_of(texts->merchant_serial), ps_text_of(texts->merchant_pub)}},
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
    if (status == PAYSCORE_OK &&
        (!ps_text_copy(keys->apiv3_key, sizeof keys->apiv3_key, ps_text_of(texts.apiv3_key)) ||
         !ps_text_copy(keys->merchant_serial, sizeof keys->merchant_serial,
                       ps_text_of(texts.merchant_serial)))) {
        snprintf(error->text, sizeof error->text, "%s or %s is too long",
                 sandbox_key_file(SANDBOX_FILE_apiv3_key),
                 sandbox_key_file(SANDBOX_FILE_merchant_serial));
        status = PAYSCORE_E_KEY;
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
