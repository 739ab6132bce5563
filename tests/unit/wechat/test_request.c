/* What is signed is what is sent, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/platform_side.h"
#include "support/vectors.h"
#include "wechat/request.h"
#include "wechat/text.h"

static const struct ps_path_values values = {
    .number = {"PS20260301A0000017", 18},
    .openid = {"oDoc0001ExampleOpenId_abcdef", 28},
    .service_id = {"00002000000000158728912345678901", 32},
    .appid = {"wx8888888888888888", 18},
};

static void every_call_has_its_documented_url(void **state)
{
    (void)state;
    static const struct {
        enum ps_call call;
        const char *method;
        bool effect;
        const char *url;
    } rows[] = {
        {PS_CALL_create_order, "POST", true, "/v3/payscore/serviceorder"},
        {PS_CALL_query_order, "GET", false,
         "/v3/payscore/serviceorder?service_id=00002000000000158728912345678901"
         "&out_order_no=PS20260301A0000017&appid=wx8888888888888888"},
        {PS_CALL_cancel_order, "POST", true, "/v3/payscore/serviceorder/PS20260301A0000017/cancel"},
        {PS_CALL_complete_order, "POST", true,
         "/v3/payscore/serviceorder/PS20260301A0000017/complete"},
        {PS_CALL_preauthorize, "POST", true, "/v3/payscore/permissions"},
        {PS_CALL_query_authorization_by_code, "GET", false,
         "/v3/payscore/permissions/authorization-code/PS20260301A0000017"
         "?service_id=00002000000000158728912345678901"},
        {PS_CALL_query_authorization_by_openid, "GET", false,
         "/v3/payscore/permissions/openid/oDoc0001ExampleOpenId_abcdef"
         "?service_id=00002000000000158728912345678901&appid=wx8888888888888888"},
        {PS_CALL_terminate_authorization, "POST", true,
         "/v3/payscore/permissions/openid/oDoc0001ExampleOpenId_abcdef/terminate"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char url[PS_URL_MAX];
        assert_int_equal(ps_call_url(rows[i].call, &values, url), PAYSCORE_OK);
        assert_string_equal(url, rows[i].url);
        assert_string_equal(ps_call_method(rows[i].call), rows[i].method);
        assert_int_equal(ps_call_is_effect(rows[i].call), rows[i].effect);
    }
}

static void values_are_percent_encoded(void **state)
{
    (void)state;
    char url[PS_URL_MAX];
    struct ps_path_values odd = values;
    odd.number = PAYSCORE_TEXT("a|b*c/d?e&f=g h~i.j-k_l元%");
    assert_int_equal(ps_call_url(PS_CALL_cancel_order, &odd, url), PAYSCORE_OK);
    assert_string_equal(url, "/v3/payscore/serviceorder/"
                             "a%7Cb*c%2Fd%3Fe%26f%3Dg%20h~i.j-k_l%E5%85%83%25/cancel");
}

static void a_url_without_a_value_or_beyond_its_buffer_is_refused(void **state)
{
    (void)state;
    char url[PS_URL_MAX];
    static char long_text[PS_URL_MAX];
    struct ps_path_values odd = values;
    odd.number = PAYSCORE_TEXT("");
    assert_int_equal(ps_call_url(PS_CALL_cancel_order, &odd, url), PAYSCORE_E_INPUT);
    assert_string_equal(url, "");
    memset(long_text, 'a', sizeof long_text);
    odd.number = (struct payscore_text){long_text, sizeof long_text};
    assert_int_equal(ps_call_url(PS_CALL_cancel_order, &odd, url), PAYSCORE_E_TOO_LARGE);
    assert_string_equal(url, "");
    odd.number.size = PS_URL_MAX - strlen("/v3/payscore/serviceorder//cancel") - 1;
    assert_int_equal(ps_call_url(PS_CALL_cancel_order, &odd, url), PAYSCORE_OK);
    assert_int_equal(strlen(url), PS_URL_MAX - 1);
    odd.number.size++;
    assert_int_equal(ps_call_url(PS_CALL_cancel_order, &odd, url), PAYSCORE_E_TOO_LARGE);
    assert_int_equal(ps_call_url(PS_CALL_none, &values, url), PAYSCORE_E_ARGUMENT);
    assert_string_equal(ps_call_method(PS_CALL_none), "");
    assert_false(ps_call_is_effect(PS_CALL_none));
}

static void check_message(const cJSON *vector)
{
    char *message = NULL;
    size_t size = 0;
    const char *expected = vector_string(vector, "message");
    struct ps_signable request = {
        .method = ps_text_of(vector_string(vector, "method")),
        .url = ps_text_of(vector_string(vector, "url")),
        .body = ps_text_of(vector_string(vector, "body")),
        .timestamp_s = strtoll(vector_string(vector, "timestamp"), NULL, 10),
        .nonce = ps_text_of(vector_string(vector, "nonce")),
    };
    assert_int_equal(ps_signable_message(&request, &message, &size), PAYSCORE_OK);
    assert_int_equal(size, strlen(expected));
    assert_string_equal(message, expected);
    free(message);
}

static void messages_equal_the_published_ones(void **state)
{
    (void)state;
    size_t checked = 0;
    const cJSON *vector = NULL;
    cJSON *published = vector_json("apiv3.json");
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(published, "vectors"))
    {
        if (strcmp(vector_string(vector, "kind"), "request-message") != 0) continue;
        check_message(vector);
        checked++;
    }
    cJSON_Delete(published);
    cJSON *worked = vector_json("worked.json");
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(worked, "signatures"))
    {
        if (cJSON_GetObjectItem(vector, "method") == NULL) continue;
        check_message(vector);
        checked++;
    }
    cJSON_Delete(worked);
    assert_int_equal(checked, 5);
}

static struct ps_signable example(void)
{
    return (struct ps_signable){
        .method = PAYSCORE_TEXT("POST"),
        .url = PAYSCORE_TEXT("/v3/payscore/permissions"),
        .body = PAYSCORE_TEXT("{}"),
        .timestamp_s = 1554208460,
        .nonce = PAYSCORE_TEXT("593BEC0C930BF1AFEB40B4A08C8FB242"),
    };
}

static void the_authorization_header_has_its_documented_form(void **state)
{
    (void)state;
    char header[PS_AUTHORIZATION_MAX];
    char expected[PS_AUTHORIZATION_MAX];
    char signature[PS_SIGNATURE_MAX];
    struct ps_keyring *ring = NULL;
    struct payscore_credentials keys = test_credentials();
    struct ps_signable request = example();
    static const char message[] = "POST\n/v3/payscore/permissions\n1554208460\n"
                                  "593BEC0C930BF1AFEB40B4A08C8FB242\n{}\n";
    assert_int_equal(ps_keyring_open(&ring, &keys, NULL), PAYSCORE_OK);
    assert_int_equal(ps_authorization(ring, &request, header), PAYSCORE_OK);
    test_sign(test_keys()->merchant_private, ps_text_of(message), signature);
    (void)snprintf(expected, sizeof expected,
                   "WECHATPAY2-SHA256-RSA2048 mchid=\"" TEST_MCHID "\","
                   "nonce_str=\"593BEC0C930BF1AFEB40B4A08C8FB242\",signature=\"%s\","
                   "timestamp=\"1554208460\",serial_no=\"" TEST_MERCHANT_SERIAL "\"",
                   signature);
    assert_string_equal(header, expected);
    ps_keyring_close(ring);
}

static void oversized_requests_are_refused(void **state)
{
    (void)state;
    static char big[PS_BODY_MAX + 1];
    char header[PS_AUTHORIZATION_MAX];
    char *message = NULL;
    size_t size = 0;
    struct ps_signable request = example();
    memset(big, 'a', sizeof big);
    request.body = (struct payscore_text){big, sizeof big};
    assert_int_equal(ps_signable_message(&request, &message, &size), PAYSCORE_E_TOO_LARGE);
    assert_null(message);
    request = example();
    request.url = (struct payscore_text){big, PS_URL_MAX};
    assert_int_equal(ps_signable_message(&request, &message, &size), PAYSCORE_E_TOO_LARGE);
    request = example();
    request.nonce = (struct payscore_text){big, PS_NONCE_SIZE + 1};
    assert_int_equal(ps_authorization(NULL, &request, header), PAYSCORE_E_TOO_LARGE);
    assert_string_equal(header, "");
}

static void nonces_are_letters_and_digits_and_differ(void **state)
{
    (void)state;
    uint8_t random[PS_NONCE_SIZE] = {0};
    char nonce[PS_NONCE_SIZE + 1];
    char other[PS_NONCE_SIZE + 1];
    ps_nonce_from_random(random, nonce);
    assert_string_equal(nonce, "00000000000000000000000000000000");
    for (size_t i = 0; i < PS_NONCE_SIZE; i++)
        random[i] = (uint8_t)(i * 37 + 11);
    ps_nonce_from_random(random, nonce);
    assert_int_equal(strlen(nonce), PS_NONCE_SIZE);
    assert_true(ps_text_all_of(ps_text_of(nonce), ""));
    for (size_t i = 0; i < PS_NONCE_SIZE; i++) {
        random[i] ^= 1;
        ps_nonce_from_random(random, other);
        assert_string_not_equal(nonce, other);
        random[i] ^= 1;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_call_has_its_documented_url),
        cmocka_unit_test(values_are_percent_encoded),
        cmocka_unit_test(a_url_without_a_value_or_beyond_its_buffer_is_refused),
        cmocka_unit_test(messages_equal_the_published_ones),
        cmocka_unit_test(the_authorization_header_has_its_documented_form),
        cmocka_unit_test(oversized_requests_are_refused),
        cmocka_unit_test(nonces_are_letters_and_digits_and_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
