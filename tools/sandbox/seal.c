#include "seal.h"

#include <inttypes.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

enum { TAG_SIZE = 16 };

static enum payscore_status sign(const struct ps_keyring *ring, struct payscore_text body,
                                 struct sandbox_seal *out)
{
    size_t room = sizeof out->timestamp + sizeof out->nonce + body.size + 4;
    char *message = sandbox_alloc(room);
    int head = snprintf(message, room, "%s\n%s\n", out->timestamp, out->nonce);
    enum payscore_status status;

    if (body.size > 0) memcpy(message + head, body.data, body.size);
    message[(size_t)head + body.size] = '\n';
    status = ps_keyring_sign(ring, (struct payscore_text){message, (size_t)head + body.size + 1},
                             out->signature);
    free(message);
    return status;
}

enum payscore_status sandbox_seal(const struct ps_keyring *ring, struct payscore_text body,
                                  int64_t now_ms, enum sandbox_sealing sealing,
                                  struct sandbox_seal *out)
{
    static const struct payscore_text another = PAYSCORE_TEXT("{\"another\":\"message\"}");
    static const char probe[] = "WECHATPAY/SIGNTEST/";
    enum payscore_status status;

    snprintf(out->timestamp, sizeof out->timestamp, "%" PRId64, now_ms / 1000);
    sandbox_random_letters(out->nonce, SANDBOX_NONCE_SIZE);
    out->serial = ps_keyring_serial(ring);
    status = sign(ring, sealing == SANDBOX_SEAL_OF_ANOTHER ? another : body, out);
    if (sealing == SANDBOX_SEAL_PROBE) memcpy(out->signature, probe, sizeof probe - 1);
    return status;
}

static bool encrypt(EVP_CIPHER_CTX *context, const char *key, const char *nonce,
                    struct payscore_text aad, struct payscore_text plaintext, unsigned char *out)
{
    const unsigned char *in = (const unsigned char *)plaintext.data;
    int size = 0, rest = 0;

    return EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), (const unsigned char *)key,
                               (const unsigned char *)nonce, NULL) == 1 &&
           EVP_EncryptUpdate(context, NULL, &size, (const unsigned char *)aad.data,
                             (int)aad.size) == 1 &&
           EVP_EncryptUpdate(context, out, &size, in, (int)plaintext.size) == 1 &&
           EVP_EncryptFinal_ex(context, out + size, &rest) == 1 &&
           EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, TAG_SIZE, out + plaintext.size) == 1;
}

cJSON *sandbox_resource(const char apiv3_key[PAYSCORE_APIV3_KEY_SIZE], const char *plaintext)
{
    static const char associated_data[] = "payscore";
    struct payscore_text text = ps_text_of(plaintext);
    char nonce[SANDBOX_RESOURCE_NONCE_SIZE + 1];
    unsigned char *sealed = sandbox_alloc(text.size + TAG_SIZE);
    unsigned char *base64 = sandbox_alloc((text.size + TAG_SIZE + 2) / 3 * 4 + 1);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    cJSON *json = NULL;

    sandbox_random_letters(nonce, SANDBOX_RESOURCE_NONCE_SIZE);
    if (context != NULL &&
        encrypt(context, apiv3_key, nonce, ps_text_of(associated_data), text, sealed)) {
        EVP_EncodeBlock(base64, sealed, (int)(text.size + TAG_SIZE));
        json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "original_type", "payscore");
        cJSON_AddStringToObject(json, "algorithm", "AEAD_AES_256_GCM");
        cJSON_AddStringToObject(json, "ciphertext", (const char *)base64);
        cJSON_AddStringToObject(json, "associated_data", associated_data);
        cJSON_AddStringToObject(json, "nonce", nonce);
    }
    EVP_CIPHER_CTX_free(context);
    free(base64);
    free(sealed);
    return json;
}
