/*
 * Notifications. Decrypting stands in this file alone and is reached only behind a signature that
 * verified: whoever cannot sign cannot make us parse, let alone decrypt.
 */
#include "wechat/notice.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "wechat/base64.h"
#include "wechat/keyring_private.h"
#include "wechat/text.h"

enum { GCM_NONCE_SIZE = 12, GCM_TAG_SIZE = 16, ASSOCIATED_DATA_MAX = 1024 };

/** What the envelope says of its resource, decoded. */
struct sealed {
    struct payscore_text nonce, associated_data;
    uint8_t *bytes; /* Ciphertext, then the tag. */
    size_t size;
};

enum subject { SUBJECT_UNKNOWN, SUBJECT_ORDER, SUBJECT_AUTHORIZATION };

static enum subject subject_of(struct payscore_text event_type)
{
    static const struct {
        const char *event_type;
        enum subject subject;
    } rows[] = {
        {"PAYSCORE.USER_OPEN_SERVICE", SUBJECT_AUTHORIZATION},
        {"PAYSCORE.USER_CLOSE_SERVICE", SUBJECT_AUTHORIZATION},
        {"PAYSCORE.USER_CONFIRM", SUBJECT_ORDER},
        {"PAYSCORE.USER_PAID", SUBJECT_ORDER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (ps_text_is(event_type, rows[i].event_type)) return rows[i].subject;
    }
    return SUBJECT_UNKNOWN;
}

static enum payscore_status verify(const struct ps_keyring *ring,
                                   const struct payscore_notice *notice, int64_t now_ms,
                                   struct payscore_error *error)
{
    struct ps_signature_headers headers =
        ps_signature_headers_of(notice->headers, notice->header_count);
    return ps_keyring_verify(ring, &headers, notice->body, now_ms, error);
}

static enum payscore_status decode(struct payscore_text ciphertext, struct sealed *out,
                                   struct payscore_error *error)
{
    out->bytes = malloc(PS_BASE64_ROOM(ciphertext.size) + 1);
    if (out->bytes == NULL) return ps_fail(error, PAYSCORE_E_MEMORY, "notification: no memory");
    if (!ps_base64_decode(ciphertext, out->bytes, &out->size))
        return ps_fail(error, PAYSCORE_E_INPUT, "resource.ciphertext: not base64");
    if (out->size < GCM_TAG_SIZE)
        return ps_fail(error, PAYSCORE_E_INPUT,
                       "resource.ciphertext: %zu bytes; a tag alone has %d", out->size,
                       GCM_TAG_SIZE);
    return PAYSCORE_OK;
}

static enum payscore_status read_resource(const cJSON *envelope, struct sealed *out,
                                          struct payscore_error *error)
{
    const cJSON *resource = cJSON_GetObjectItemCaseSensitive(envelope, "resource");
    struct payscore_text algorithm = ps_json_text(resource, "algorithm");
    out->nonce = ps_json_text(resource, "nonce");
    out->associated_data = ps_json_text(resource, "associated_data");
    if (!cJSON_IsObject(resource))
        return ps_fail(error, PAYSCORE_E_INPUT, "resource: missing or not an object");
    if (!ps_text_is(algorithm, "AEAD_AES_256_GCM"))
        return ps_fail(error, PAYSCORE_E_INPUT,
                       "resource.algorithm: '%.*s' instead of AEAD_AES_256_GCM",
                       PS_SHOWN(algorithm));
    if (out->nonce.size != GCM_NONCE_SIZE)
        return ps_fail(error, PAYSCORE_E_INPUT, "resource.nonce: %zu bytes instead of %d",
                       out->nonce.size, GCM_NONCE_SIZE);
    if (out->associated_data.size > ASSOCIATED_DATA_MAX)
        return ps_fail(error, PAYSCORE_E_INPUT,
                       "resource.associated_data: %zu bytes; at most %d are allowed",
                       out->associated_data.size, ASSOCIATED_DATA_MAX);
    return decode(ps_json_text(resource, "ciphertext"), out, error);
}

static const uint8_t *bytes_of(struct payscore_text text)
{
    return (const uint8_t *)text.data;
}

/** The part that the tag vouches for; its bytes are worth nothing before the tag was checked. */
static bool decrypt_with(EVP_CIPHER_CTX *context, const uint8_t *key, const struct sealed *sealed,
                         uint8_t *plain)
{
    int made = 0;
    int size = (int)(sealed->size - GCM_TAG_SIZE);
    uint8_t *tag = sealed->bytes + size;
    struct payscore_text aad = sealed->associated_data;
    if (EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), NULL, key, bytes_of(sealed->nonce)) != 1)
        return false;
    if (aad.size > 0 && EVP_DecryptUpdate(context, NULL, &made, bytes_of(aad), (int)aad.size) != 1)
        return false;
    if (size > 0 && EVP_DecryptUpdate(context, plain, &made, sealed->bytes, size) != 1)
        return false;
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, GCM_TAG_SIZE, tag) != 1) return false;
    return EVP_DecryptFinal_ex(context, plain + size, &made) == 1;
}

/** Try each APIv3 key: during a change of keys notifications come under both. */
static enum payscore_status decrypt(const struct ps_keyring *ring, const struct sealed *sealed,
                                    struct ps_opened_notice *out, struct payscore_error *error)
{
    bool opened = false;
    size_t size = sealed->size - GCM_TAG_SIZE;
    out->plaintext = malloc(size + 1);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (out->plaintext == NULL || context == NULL) {
        EVP_CIPHER_CTX_free(context);
        return ps_fail(error, PAYSCORE_E_MEMORY, "notification: no memory");
    }
    for (size_t i = 0; !opened && i < ring->apiv3_key_count; i++)
        opened = decrypt_with(context, ring->apiv3_keys[i], sealed, (uint8_t *)out->plaintext);
    EVP_CIPHER_CTX_free(context);
    ERR_clear_error();
    out->plaintext_size = size;
    out->plaintext[size] = '\0';
    if (opened) return PAYSCORE_OK;
    return ps_fail(error, PAYSCORE_E_SEALED,
                   "resource.ciphertext: no APIv3 key opens it; was the key changed?");
}

static enum payscore_status read_head(const cJSON *envelope, struct ps_opened_notice *out,
                                      struct payscore_error *error)
{
    struct payscore_text id = ps_json_text(envelope, "id");
    struct payscore_text event_type = ps_json_text(envelope, "event_type");
    if (id.size == 0 || !ps_text_copy(out->id, sizeof out->id, id))
        return ps_fail(error, PAYSCORE_E_INPUT, "id: %zu bytes; 1 to %d are allowed", id.size,
                       PS_NOTICE_ID_MAX);
    if (event_type.size == 0 || !ps_text_copy(out->event_type, sizeof out->event_type, event_type))
        return ps_fail(error, PAYSCORE_E_INPUT, "event_type: %zu bytes; 1 to %d are allowed",
                       event_type.size, PS_EVENT_TYPE_MAX);
    return PAYSCORE_OK;
}

static enum payscore_status sight(struct ps_opened_notice *out, struct payscore_error *error)
{
    struct payscore_text event_type = ps_text_of(out->event_type);
    enum subject subject = subject_of(event_type);
    out->of_order = subject == SUBJECT_ORDER;
    out->understood = subject != SUBJECT_UNKNOWN;
    if (subject == SUBJECT_ORDER)
        return ps_view_of_order(out->resource, true, &out->sighting, error);
    if (subject == SUBJECT_AUTHORIZATION)
        return ps_view_of_service_notice(out->resource, event_type, &out->sighting, error);
    return PAYSCORE_OK;
}

enum payscore_status ps_notice_open(const struct ps_keyring *ring,
                                    const struct payscore_notice *notice, int64_t now_ms,
                                    struct ps_opened_notice *out, struct payscore_error *error)
{
    cJSON *envelope = NULL;
    struct sealed sealed = {0};
    memset(out, 0, sizeof *out);
    if (notice->body.size > PAYSCORE_NOTICE_BODY_MAX)
        return ps_fail(error, PAYSCORE_E_TOO_LARGE, "notification: %zu bytes; at most %d are read",
                       notice->body.size, PAYSCORE_NOTICE_BODY_MAX);
    enum payscore_status rc = verify(ring, notice, now_ms, error);
    if (rc == PAYSCORE_OK)
        rc = ps_json_parse(notice->body, PAYSCORE_NOTICE_BODY_MAX, &envelope, error);
    if (rc == PAYSCORE_OK) rc = read_head(envelope, out, error);
    if (rc == PAYSCORE_OK) rc = read_resource(envelope, &sealed, error);
    if (rc == PAYSCORE_OK) rc = decrypt(ring, &sealed, out, error);
    struct payscore_text plaintext = {out->plaintext, out->plaintext_size};
    if (rc == PAYSCORE_OK)
        rc = ps_json_parse(plaintext, PAYSCORE_NOTICE_BODY_MAX, &out->resource, error);
    if (rc == PAYSCORE_OK) rc = sight(out, error);
    free(sealed.bytes);
    cJSON_Delete(envelope);
    if (rc != PAYSCORE_OK) ps_notice_close(out);
    return rc;
}

void ps_notice_close(struct ps_opened_notice *notice)
{
    /* cJSON frees without wiping, so that only the plaintext itself is wiped. */
    cJSON_Delete(notice->resource);
    if (notice->plaintext != NULL) OPENSSL_cleanse(notice->plaintext, notice->plaintext_size);
    free(notice->plaintext);
    memset(notice, 0, sizeof *notice);
}
