/* Only keys of the right kind, size and side load; only a right signature at a right time counts.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "support/platform_side.h"
#include "support/vectors.h"
#include "wechat/keyring.h"
#include "wechat/text.h"

static struct ps_keyring *open_ring(const struct payscore_credentials *keys)
{
    struct ps_keyring *ring = NULL;
    struct payscore_error error = {""};
    enum payscore_status rc = ps_keyring_open(&ring, keys, &error);
    if (rc != PAYSCORE_OK) fail_msg("%s", error.text);
    return ring;
}

/** Opening fails with E_KEY and a message that holds `names`, but no part of a key. */
static void assert_refused(const struct payscore_credentials *keys, const char *names)
{
    struct ps_keyring *ring = NULL;
    struct payscore_error error = {""};
    assert_int_equal(ps_keyring_open(&ring, keys, &error), PAYSCORE_E_KEY);
    assert_null(ring);
    if (strstr(error.text, names) == NULL) fail_msg("'%s' lacks '%s'", error.text, names);
    assert_null(strstr(error.text, "-----"));
    assert_null(strstr(error.text, TEST_APIV3_KEY));
}

static void a_ring_tells_whose_it_is(void **state)
{
    (void)state;
    struct payscore_credentials keys = test_credentials();
    struct ps_keyring *ring = open_ring(&keys);
    assert_true(ps_text_is(ps_keyring_mchid(ring), TEST_MCHID));
    assert_true(ps_text_is(ps_keyring_serial(ring), TEST_MERCHANT_SERIAL));
    assert_true(ps_text_is(ps_keyring_public_key_id(ring), TEST_PUBLIC_KEY_ID));
    ps_keyring_close(ring);
    ps_keyring_close(NULL);
}

static void the_platforms_side_may_hold_the_ids_the_other_way_round(void **state)
{
    (void)state;
    const struct test_keys *pems = test_keys();
    struct payscore_credentials keys = test_credentials();
    keys.merchant_key_pem = ps_text_of(pems->platform_private);
    keys.merchant_serial = ps_text_of(TEST_PUBLIC_KEY_ID);
    keys.platform_keys[0].id = ps_text_of(TEST_MERCHANT_SERIAL);
    keys.platform_keys[0].pem = ps_text_of(pems->merchant_public);
    struct ps_keyring *platform = open_ring(&keys);
    keys = test_credentials();
    struct ps_keyring *merchant = open_ring(&keys);
    struct payscore_text message = PAYSCORE_TEXT("what was sent");
    char signature[PS_SIGNATURE_MAX];
    assert_int_equal(ps_keyring_sign(merchant, message, signature), PAYSCORE_OK);
    assert_int_equal(ps_keyring_verify_message(platform, ps_keyring_serial(merchant), message,
                                               ps_text_of(signature), NULL),
                     PAYSCORE_OK);
    assert_int_equal(ps_keyring_public_key_id(platform).size, 0);
    ps_keyring_close(platform);
    ps_keyring_close(merchant);
}

static void unusable_merchant_keys_are_refused(void **state)
{
    (void)state;
    char weak[TEST_PEM_SIZE];
    char strong[TEST_PEM_SIZE];
    const struct test_keys *pems = test_keys();
    struct payscore_credentials keys = test_credentials();
    test_rsa_private(1024, weak);
    test_rsa_private(4104, strong);
    keys.merchant_key_pem = ps_text_of(weak);
    assert_refused(&keys, "merchant key: RSA with 1024 bits");
    keys.merchant_key_pem = ps_text_of(strong);
    assert_refused(&keys, "merchant key: RSA with 4104 bits");
    keys.merchant_key_pem = ps_text_of(pems->merchant_public);
    assert_refused(&keys, "merchant key: holds a certificate or public key");
    keys.merchant_key_pem = ps_text_of("");
    assert_refused(&keys, "merchant key: 0 bytes");
    keys.merchant_key_pem = ps_text_of("not PEM at all");
    assert_refused(&keys, "merchant key: not a readable");
}

static void an_encrypted_key_is_refused_without_asking(void **state)
{
    (void)state;
    static char pkcs8[TEST_PEM_SIZE];
    static char pkcs1[TEST_PEM_SIZE];
    struct payscore_credentials keys = test_credentials();
    EVP_PKEY *key = EVP_RSA_gen(2048);
    unsigned char pass[] = "pass";
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(
        PEM_write_bio_PrivateKey(bio, key, EVP_aes_256_cbc(), pass, sizeof pass - 1, NULL, NULL),
        1);
    assert_true(BIO_read(bio, pkcs8, sizeof pkcs8 - 1) > 0);
    assert_int_equal(PEM_write_bio_PrivateKey_traditional(bio, key, EVP_aes_256_cbc(), pass,
                                                          sizeof pass - 1, NULL, NULL),
                     1);
    assert_true(BIO_read(bio, pkcs1, sizeof pkcs1 - 1) > 0);
    BIO_free(bio);
    EVP_PKEY_free(key);
    keys.merchant_key_pem = ps_text_of(pkcs8);
    assert_refused(&keys, "merchant key: is encrypted");
    keys.merchant_key_pem = ps_text_of(pkcs1);
    assert_refused(&keys, "merchant key: is encrypted");
}

static void keys_that_are_not_rsa_are_refused(void **state)
{
    (void)state;
    static char private_pem[TEST_PEM_SIZE];
    static char public_pem[TEST_PEM_SIZE];
    struct payscore_credentials keys = test_credentials();
    EVP_PKEY *key = EVP_EC_gen("P-256");
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_true(BIO_read(bio, private_pem, sizeof private_pem - 1) > 0);
    assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
    assert_true(BIO_read(bio, public_pem, sizeof public_pem - 1) > 0);
    BIO_free(bio);
    EVP_PKEY_free(key);
    keys.merchant_key_pem = ps_text_of(private_pem);
    assert_refused(&keys, "merchant key: not an RSA key");
    keys = test_credentials();
    keys.platform_keys[0].pem = ps_text_of(public_pem);
    assert_refused(&keys, "platform key 1: not an RSA key");
}

static void unusable_platform_keys_are_refused(void **state)
{
    (void)state;
    const struct test_keys *pems = test_keys();
    struct payscore_credentials keys = test_credentials();
    keys.platform_key_count = 0;
    assert_refused(&keys, "platform keys: 0 given");
    keys.platform_key_count = PAYSCORE_PLATFORM_KEYS_MAX + 1;
    assert_refused(&keys, "platform keys: 9 given");
    keys = test_credentials();
    keys.platform_keys[0].pem = ps_text_of(pems->platform_private);
    assert_refused(&keys, "platform key 1: holds a private key");
    keys.platform_keys[0].pem = ps_text_of("-----BEGIN CERTIFICATE-----\nAAAA\n");
    assert_refused(&keys, "platform key 1: not a readable PEM certificate");
    keys.platform_keys[0].pem = ps_text_of("-----BEGIN PUBLIC KEY-----\nAAAA\n");
    assert_refused(&keys, "platform key 1: not a readable PEM public key");
    keys.platform_keys[0].pem = ps_text_of("");
    assert_refused(&keys, "platform key 1: 0 bytes");
    keys = test_credentials();
    keys.platform_keys[1] = keys.platform_keys[0];
    keys.platform_key_count = 2;
    assert_refused(&keys, "platform key 2: serial " TEST_PUBLIC_KEY_ID " is given twice");
    keys.platform_keys[1].id = ps_text_of("");
    assert_refused(&keys, "platform key 2: the serial is missing");
    keys.platform_keys[1].id = ps_text_of("PUB-1");
    assert_refused(&keys, "platform key 2: serial 'PUB-1' is neither");
    keys.platform_keys[1].id = ps_text_of("PUB_KEY_ID_\"x");
    assert_refused(&keys, "is neither");
    keys.platform_keys[1].id =
        ps_text_of("0123456789012345678901234567890123456789012345678901234567890123456789");
    assert_refused(&keys, "platform key 2: the serial has 70 characters");
}

static void other_identities_are_refused(void **state)
{
    (void)state;
    struct payscore_credentials keys = test_credentials();
    keys.mchid = ps_text_of("");
    assert_refused(&keys, "mchid: ''");
    keys.mchid = ps_text_of("1900\"");
    assert_refused(&keys, "mchid: '1900\"'");
    keys.mchid = ps_text_of("190000010919000001091900000109123");
    assert_refused(&keys, "is not 1 to 32");
    keys = test_credentials();
    keys.merchant_serial = ps_text_of("");
    assert_refused(&keys, "merchant serial: the serial is missing");
}

static void apiv3_keys_of_another_length_are_refused(void **state)
{
    (void)state;
    struct payscore_credentials keys = test_credentials();
    keys.apiv3_keys[0] = ps_text_of("");
    assert_refused(&keys, "APIv3 key 1: has 0 bytes");
    keys.apiv3_keys[0] = ps_text_of("0123456789012345678901234567890");
    assert_refused(&keys, "APIv3 key 1: has 31 bytes");
    keys.apiv3_keys[0] = ps_text_of(TEST_APIV3_KEY);
    keys.apiv3_keys[1] = ps_text_of("012345678901234567890123456789012");
    assert_refused(&keys, "APIv3 key 2: has 33 bytes");
    keys.apiv3_keys[1] = ps_text_of("abcdefghijklmnopqrstuvwxyz012345");
    ps_keyring_close(open_ring(&keys));
}

static struct ps_signature_headers headers_of(const struct test_signed *how)
{
    return ps_signature_headers_of(how->headers, how->header_count);
}

static enum payscore_status verify_at(const struct ps_signature_headers *headers, int64_t now_ms)
{
    struct payscore_credentials keys = test_credentials();
    struct ps_keyring *ring = open_ring(&keys);
    enum payscore_status rc =
        ps_keyring_verify(ring, headers, PAYSCORE_TEXT("{\"a\":1}"), now_ms, NULL);
    ps_keyring_close(ring);
    return rc;
}

static void messages_count_within_five_minutes(void **state)
{
    (void)state;
    struct test_signed how;
    test_sign_body(PAYSCORE_TEXT("{\"a\":1}"), TEST_NOW_MS, &how);
    struct ps_signature_headers headers = headers_of(&how);
    assert_int_equal(verify_at(&headers, TEST_NOW_MS), PAYSCORE_OK);
    assert_int_equal(verify_at(&headers, TEST_NOW_MS + 300000), PAYSCORE_OK);
    assert_int_equal(verify_at(&headers, TEST_NOW_MS - 300000), PAYSCORE_OK);
    assert_int_equal(verify_at(&headers, TEST_NOW_MS + 300001), PAYSCORE_E_STALE);
    assert_int_equal(verify_at(&headers, TEST_NOW_MS - 300001), PAYSCORE_E_STALE);
    headers.timestamp = ps_text_of("999999999999");
    assert_int_equal(verify_at(&headers, TEST_NOW_MS), PAYSCORE_E_STALE);
}

static void messages_with_anything_wrong_are_forged(void **state)
{
    (void)state;
    struct test_signed how;
    test_sign_body(PAYSCORE_TEXT("{\"a\":1}"), TEST_NOW_MS, &how);
    const struct ps_signature_headers good = headers_of(&how);
    struct ps_signature_headers bad[12];
    size_t count = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        bad[i] = good;
    bad[count++].timestamp = ps_text_of("");
    bad[count++].nonce = ps_text_of("");
    bad[count++].signature = ps_text_of("");
    bad[count++].serial = ps_text_of("");
    bad[count++].timestamp = ps_text_of("17723307l4");
    bad[count++].timestamp = ps_text_of("1772330714000");
    bad[count++].nonce = ps_text_of("d824f2e086d3c1df967785d13fcd22ef\nx");
    bad[count++].nonce = ps_text_of("d824f2e086d3c1df967785d13fcd22ee");
    bad[count++].serial = ps_text_of("PUB_KEY_ID_0119000000012026051500326400001235");
    bad[count++].serial = ps_text_of("pub_key_id_0119000000012026051500326400001234");
    bad[count++].signature = ps_text_of("WECHATPAY/SIGNTEST/9VzNrAGpgGn2pNNUvJWsDPF1Q3hR3WbKe");
    bad[count++].signature = (struct payscore_text){how.signature, 340};
    for (size_t i = 0; i < count; i++)
        assert_int_equal(verify_at(&bad[i], TEST_NOW_MS), PAYSCORE_E_FORGED);
}

static void a_probe_signature_is_forged_even_if_it_is_long(void **state)
{
    (void)state;
    static char probe[5000] = "WECHATPAY/SIGNTEST/";
    struct test_signed how;
    test_sign_body(PAYSCORE_TEXT("{\"a\":1}"), TEST_NOW_MS, &how);
    struct ps_signature_headers headers = headers_of(&how);
    memset(probe + 19, 'A', sizeof probe - 20);
    headers.signature = ps_text_of(probe);
    assert_int_equal(verify_at(&headers, TEST_NOW_MS), PAYSCORE_E_FORGED);
}

static void an_empty_body_is_signed_too(void **state)
{
    (void)state;
    struct test_signed how;
    struct payscore_credentials keys = test_credentials();
    struct ps_keyring *ring = open_ring(&keys);
    test_sign_body(PAYSCORE_TEXT(""), TEST_NOW_MS, &how);
    struct ps_signature_headers headers = headers_of(&how);
    struct payscore_text none = {NULL, 0};
    assert_int_equal(ps_keyring_verify(ring, &headers, none, TEST_NOW_MS, NULL), PAYSCORE_OK);
    assert_int_equal(ps_keyring_verify(ring, &headers, PAYSCORE_TEXT("{}"), TEST_NOW_MS, NULL),
                     PAYSCORE_E_FORGED);
    ps_keyring_close(ring);
}

static void the_border_between_nonce_and_body_cannot_be_moved(void **state)
{
    (void)state;
    struct test_signed how;
    struct payscore_credentials keys = test_credentials();
    struct ps_keyring *ring = open_ring(&keys);
    test_sign_body(PAYSCORE_TEXT("first\nsecond"), TEST_NOW_MS, &how);
    struct ps_signature_headers headers = headers_of(&how);
    headers.nonce = PAYSCORE_TEXT("d824f2e086d3c1df967785d13fcd22ef\nfirst");
    assert_int_equal(ps_keyring_verify(ring, &headers, PAYSCORE_TEXT("second"), TEST_NOW_MS, NULL),
                     PAYSCORE_E_FORGED);
    ps_keyring_close(ring);
}

/** A ring whose only platform key is the one of a vector. */
static struct ps_keyring *ring_of_vector(const cJSON *vector)
{
    struct payscore_credentials keys = test_credentials();
    const cJSON *certificate = cJSON_GetObjectItem(vector, "certificate");
    if (certificate != NULL) {
        keys.platform_keys[0].id = ps_text_of("");
        keys.platform_keys[0].pem = ps_text_of(certificate->valuestring);
    } else {
        const cJSON *serial = cJSON_GetObjectItem(vector, "serial");
        keys.platform_keys[0].id = ps_text_of(serial == NULL ? "ABCD0123" : serial->valuestring);
        keys.platform_keys[0].pem = ps_text_of(vector_string(vector, "public_key"));
    }
    return open_ring(&keys);
}

static void check_signing(const cJSON *vector)
{
    char signature[PS_SIGNATURE_MAX];
    struct payscore_credentials keys = test_credentials();
    keys.merchant_key_pem = ps_text_of(vector_string(vector, "private_key"));
    struct ps_keyring *ring = open_ring(&keys);
    struct payscore_text message = ps_text_of(vector_string(vector, "message"));
    assert_int_equal(ps_keyring_sign(ring, message, signature), PAYSCORE_OK);
    assert_string_equal(signature, vector_string(vector, "signature"));
    ps_keyring_close(ring);
}

static void check_verifying(const cJSON *vector)
{
    struct ps_keyring *ring = ring_of_vector(vector);
    bool valid = cJSON_IsTrue(cJSON_GetObjectItem(vector, "valid"));
    enum payscore_status rc =
        ps_keyring_verify_message(ring, ps_text_of(vector_string(vector, "serial")),
                                  ps_text_of(vector_string(vector, "message")),
                                  ps_text_of(vector_string(vector, "signature")), NULL);
    assert_int_equal(rc, valid ? PAYSCORE_OK : PAYSCORE_E_FORGED);
    ps_keyring_close(ring);
}

static void published_signatures_are_made_and_verified(void **state)
{
    (void)state;
    size_t checked = 0;
    cJSON *file = vector_json("apiv3.json");
    const cJSON *vector = NULL;
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(file, "vectors"))
    {
        const char *kind = vector_string(vector, "kind");
        if (strcmp(kind, "rsa-sha256-sign") == 0) check_signing(vector), checked++;
        if (strcmp(kind, "rsa-sha256-verify") == 0) check_verifying(vector), checked++;
    }
    assert_int_equal(checked, 9);
    cJSON_Delete(file);
}

static void published_keys_of_sixteen_bytes_are_refused(void **state)
{
    (void)state;
    size_t refused = 0;
    cJSON *file = vector_json("apiv3.json");
    const cJSON *vector = NULL;
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(file, "vectors"))
    {
        struct payscore_credentials keys = test_credentials();
        const cJSON *key = cJSON_GetObjectItem(vector, "key");
        if (key == NULL) key = cJSON_GetObjectItem(vector, "apiv3_key");
        if (key == NULL || strlen(key->valuestring) == PAYSCORE_APIV3_KEY_SIZE) continue;
        keys.apiv3_keys[0] = ps_text_of(key->valuestring);
        assert_refused(&keys, "APIv3 key 1: has 16 bytes");
        refused++;
    }
    assert_int_equal(refused, 5);
    cJSON_Delete(file);
}

static void the_worked_examples_verify(void **state)
{
    (void)state;
    size_t checked = 0;
    cJSON *file = vector_json("worked.json");
    const cJSON *vector = NULL;
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(file, "signatures"))
    {
        struct ps_keyring *ring = ring_of_vector(vector);
        struct payscore_text message = ps_text_of(vector_string(vector, "message"));
        struct payscore_text signature = ps_text_of(vector_string(vector, "signature"));
        assert_int_equal(
            ps_keyring_verify_message(ring, ps_text_of("abcd0123"), message, signature, NULL),
            PAYSCORE_OK);
        message.size--;
        assert_int_equal(
            ps_keyring_verify_message(ring, ps_text_of("ABCD0123"), message, signature, NULL),
            PAYSCORE_E_FORGED);
        ps_keyring_close(ring);
        checked++;
    }
    assert_int_equal(checked, 5);
    cJSON_Delete(file);
}

static void the_worked_response_verifies_at_its_time(void **state)
{
    (void)state;
    cJSON *file = vector_json("worked.json");
    const cJSON *vector = cJSON_GetArrayItem(cJSON_GetObjectItem(file, "signatures"), 4);
    struct ps_keyring *ring = ring_of_vector(vector);
    struct ps_signature_headers headers = {
        .timestamp = ps_text_of(vector_string(vector, "timestamp")),
        .nonce = ps_text_of(vector_string(vector, "nonce")),
        .signature = ps_text_of(vector_string(vector, "signature")),
        .serial = ps_text_of("abcd0123"),
    };
    struct payscore_text body = ps_text_of(vector_string(vector, "body"));
    int64_t then_ms = INT64_C(1722850421000);
    assert_string_equal(vector_string(vector, "id"), "V5");
    assert_int_equal(ps_keyring_verify(ring, &headers, body, then_ms, NULL), PAYSCORE_OK);
    assert_int_equal(ps_keyring_verify(ring, &headers, body, TEST_NOW_MS, NULL), PAYSCORE_E_STALE);
    ps_keyring_close(ring);
    cJSON_Delete(file);
}

static void certificates_are_found_by_their_own_serial(void **state)
{
    (void)state;
    cJSON *file = vector_json("apiv3.json");
    const cJSON *vector = cJSON_GetArrayItem(cJSON_GetObjectItem(file, "vectors"), 1);
    struct payscore_credentials keys = test_credentials();
    keys.platform_keys[1].pem = ps_text_of(vector_string(vector, "certificate"));
    keys.platform_key_count = 2;
    keys.platform_keys[1].id = ps_text_of("f5765756002fdd77");
    struct ps_keyring *ring = open_ring(&keys);
    assert_int_equal(
        ps_keyring_verify_message(ring, ps_text_of("f5765756002Fdd77"), ps_text_of("source"),
                                  ps_text_of(vector_string(vector, "signature")), NULL),
        PAYSCORE_OK);
    ps_keyring_close(ring);
    keys.platform_keys[1].id = ps_text_of("F5765756002FDD78");
    assert_refused(&keys, "its serial is F5765756002FDD77");
    cJSON_Delete(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_tells_whose_it_is),
        cmocka_unit_test(the_platforms_side_may_hold_the_ids_the_other_way_round),
        cmocka_unit_test(unusable_merchant_keys_are_refused),
        cmocka_unit_test(an_encrypted_key_is_refused_without_asking),
        cmocka_unit_test(keys_that_are_not_rsa_are_refused),
        cmocka_unit_test(unusable_platform_keys_are_refused),
        cmocka_unit_test(other_identities_are_refused),
        cmocka_unit_test(apiv3_keys_of_another_length_are_refused),
        cmocka_unit_test(messages_count_within_five_minutes),
        cmocka_unit_test(messages_with_anything_wrong_are_forged),
        cmocka_unit_test(a_probe_signature_is_forged_even_if_it_is_long),
        cmocka_unit_test(an_empty_body_is_signed_too),
        cmocka_unit_test(the_border_between_nonce_and_body_cannot_be_moved),
        cmocka_unit_test(published_signatures_are_made_and_verified),
        cmocka_unit_test(published_keys_of_sixteen_bytes_are_refused),
        cmocka_unit_test(the_worked_examples_verify),
        cmocka_unit_test(the_worked_response_verifies_at_its_time),
        cmocka_unit_test(certificates_are_found_by_their_own_serial),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
