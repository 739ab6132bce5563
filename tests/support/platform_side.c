/* Keys, signatures and sealed resources, straight from OpenSSL. */
#include "support/platform_side.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static void take_pem(BIO *bio, char pem[TEST_PEM_SIZE])
{
    int size = BIO_read(bio, pem, TEST_PEM_SIZE - 1);
    assert_true(size > 0);
    pem[size] = '\0';
    BIO_free(bio);
}

static void print_private(EVP_PKEY *key, char pem[TEST_PEM_SIZE])
{
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    take_pem(bio, pem);
}

static void make_pair(char private_pem[TEST_PEM_SIZE], char public_pem[TEST_PEM_SIZE])
{
    EVP_PKEY *key = EVP_RSA_gen(2048);
    BIO *bio = BIO_new(BIO_s_mem());
    assert_non_null(key);
    print_private(key, private_pem);
    assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
    take_pem(bio, public_pem);
    EVP_PKEY_free(key);
}

const struct test_keys *test_keys(void)
{
    static struct test_keys keys;
    if (keys.merchant_private[0] == '\0') {
        make_pair(keys.merchant_private, keys.merchant_public);
        make_pair(keys.platform_private, keys.platform_public);
    }
    return &keys;
}

struct payscore_credentials test_credentials(void)
{
    const struct test_keys *keys = test_keys();
    return (struct payscore_credentials){
        .mchid = text_of(TEST_MCHID),
        .merchant_key_pem = text_of(keys->merchant_private),
        .merchant_serial = text_of(TEST_MERCHANT_SERIAL),
        .apiv3_keys = {text_of(TEST_APIV3_KEY)},
        .platform_keys = {{text_of(TEST_PUBLIC_KEY_ID), text_of(keys->platform_public)}},
        .platform_key_count = 1,
    };
}

void test_rsa_private(unsigned bits, char pem[TEST_PEM_SIZE])
{
    EVP_PKEY *key = EVP_RSA_gen(bits);
    assert_non_null(key);
    print_private(key, pem);
    EVP_PKEY_free(key);
}

void test_sign(const char *private_pem, struct payscore_text message,
               char signature[TEST_SIGNATURE_SIZE])
{
    unsigned char raw[TEST_SIGNATURE_SIZE / 2];
    size_t raw_size = sizeof raw;
    BIO *bio = BIO_new_mem_buf(private_pem, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_non_null(key);
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(
        EVP_DigestSign(context, raw, &raw_size, (const unsigned char *)message.data, message.size),
        1);
    assert_true(EVP_EncodeBlock((unsigned char *)signature, raw, (int)raw_size) > 0);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(bio);
}

void test_sign_body(struct payscore_text body, int64_t now_ms, struct test_signed *out)
{
    static const char nonce[] = "d824f2e086d3c1df967785d13fcd22ef";
    size_t room = body.size + sizeof nonce + sizeof out->timestamp + 4;
    char *message = malloc(room);
    assert_non_null(message);
    (void)snprintf(out->timestamp, sizeof out->timestamp, "%lld", (long long)(now_ms / 1000));
    int head = snprintf(message, room, "%s\n%s\n", out->timestamp, nonce);
    if (body.size > 0) memcpy(message + head, body.data, body.size);
    message[(size_t)head + body.size] = '\n';
    struct payscore_text whole = {message, (size_t)head + body.size + 1};
    test_sign(test_keys()->platform_private, whole, out->signature);
    free(message);
    const struct payscore_header headers[] = {
        {text_of("Content-Type"), text_of("application/json")},
        {text_of("wechatpay-timestamp"), text_of(out->timestamp)},
        {text_of("Wechatpay-Nonce"), text_of(nonce)},
        {text_of("Wechatpay-Signature"), text_of(out->signature)},
        {text_of("Wechatpay-Serial"), text_of(TEST_PUBLIC_KEY_ID)},
    };
    memcpy(out->headers, headers, sizeof headers);
    out->header_count = sizeof headers / sizeof headers[0];
}

void test_sign_notice(struct payscore_text body, int64_t now_ms, struct test_signed *how,
                      struct payscore_notice *out)
{
    test_sign_body(body, now_ms, how);
    memset(out, 0, sizeof *out);
    memcpy(out->headers, how->headers, sizeof how->headers);
    out->header_count = how->header_count;
    out->body = body;
}

char *test_ciphertext(const struct test_seal *seal)
{
    int made = 0;
    int size = (int)strlen(seal->plaintext);
    int aad_size = (int)strlen(seal->associated_data);
    unsigned char *sealed = malloc((size_t)size + 16);
    char *base64 = malloc(((size_t)size + 16) * 2 + 8);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    assert_true(sealed != NULL && base64 != NULL && context != NULL);
    assert_int_equal(EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), NULL,
                                        (const unsigned char *)seal->key,
                                        (const unsigned char *)seal->nonce),
                     1);
    if (aad_size > 0)
        assert_int_equal(EVP_EncryptUpdate(context, NULL, &made,
                                           (const unsigned char *)seal->associated_data, aad_size),
                         1);
    assert_int_equal(
        EVP_EncryptUpdate(context, sealed, &made, (const unsigned char *)seal->plaintext, size), 1);
    assert_int_equal(EVP_EncryptFinal_ex(context, sealed + size, &made), 1);
    assert_int_equal(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, sealed + size), 1);
    (void)EVP_EncodeBlock((unsigned char *)base64, sealed, size + 16);
    EVP_CIPHER_CTX_free(context);
    free(sealed);
    return base64;
}

char *test_envelope(const char *event_type, const struct test_seal *seal)
{
    static const char form[] =
        "{\"id\":\"6f1d7c1e-8f1b-5d0a-9a53-2b7c0f3f9d11\","
        "\"create_time\":\"2026-03-01T10:05:13+08:00\",\"event_type\":\"%s\","
        "\"resource_type\":\"encrypt-resource\",\"summary\":\"通知\",\"resource\":{"
        "\"original_type\":\"payscore\",\"algorithm\":\"AEAD_AES_256_GCM\",\"nonce\":\"%s\","
        "\"associated_data\":\"%s\",\"ciphertext\":\"%s\"}}";
    char *ciphertext = test_ciphertext(seal);
    size_t room = sizeof form + strlen(event_type) + strlen(ciphertext) + 64;
    char *envelope = malloc(room);
    assert_non_null(envelope);
    int size =
        snprintf(envelope, room, form, event_type, seal->nonce, seal->associated_data, ciphertext);
    assert_true(size > 0 && (size_t)size < room);
    free(ciphertext);
    return envelope;
}
