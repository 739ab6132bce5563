/* A notification is opened only behind a right signature, and then read as documented. */
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
#include "wechat/notice.h"
#include "wechat/text.h"

#define ORDER_NONCE "Zk3Q9vT1mXw7"

static struct ps_keyring *ring;

static int open_ring(void **state)
{
    (void)state;
    struct payscore_credentials keys = test_credentials();
    keys.apiv3_keys[1] = keys.apiv3_keys[0];
    keys.apiv3_keys[0] = ps_text_of("0123456789abcdefghijklmnopqrstuv");
    return ps_keyring_open(&ring, &keys, NULL) == PAYSCORE_OK ? 0 : -1;
}

static int close_ring(void **state)
{
    (void)state;
    ps_keyring_close(ring);
    return 0;
}

/** Sign `body` and open it. */
static enum payscore_status open_signed(struct payscore_text body, struct ps_opened_notice *out,
                                        struct payscore_error *error)
{
    struct test_signed how;
    struct payscore_notice notice;
    test_sign_notice(body, TEST_NOW_MS, &how, &notice);
    return ps_notice_open(ring, &notice, TEST_NOW_MS, out, error);
}

/** Seal `plaintext`, sign the envelope and open it. */
static enum payscore_status open_sealed(const char *event_type, const char *plaintext,
                                        struct ps_opened_notice *out, struct payscore_error *error)
{
    struct test_seal seal = {TEST_APIV3_KEY, ORDER_NONCE, "payscore", plaintext};
    char *envelope = test_envelope(event_type, &seal);
    enum payscore_status rc = open_signed(ps_text_of(envelope), out, error);
    free(envelope);
    return rc;
}

static void open_example(const char *event_type, const char *name, struct ps_opened_notice *out)
{
    struct payscore_error error = {""};
    char *plaintext = vector_compact(name);
    enum payscore_status rc = open_sealed(event_type, plaintext, out, &error);
    if (rc != PAYSCORE_OK) fail_msg("%s: %s", name, error.text);
    assert_int_equal(out->plaintext_size, strlen(plaintext));
    assert_memory_equal(out->plaintext, plaintext, out->plaintext_size);
    cJSON_free(plaintext);
}

static void the_printed_envelope_opens(void **state)
{
    (void)state;
    size_t size = 0;
    struct ps_opened_notice opened;
    char *envelope = vector_text("payscore/notice_open_service.json", &size);
    char *plain = vector_compact("payscore/notice_open_service_plain.json");
    struct payscore_text body = {envelope, size};
    assert_int_equal(open_signed(body, &opened, NULL), PAYSCORE_OK);
    assert_string_equal(opened.plaintext, plain);
    assert_int_equal(opened.plaintext_size, 259);
    assert_string_equal(opened.id, "6f1d7c1e-8f1b-5d0a-9a53-2b7c0f3f9d11");
    assert_string_equal(opened.event_type, "PAYSCORE.USER_OPEN_SERVICE");
    assert_true(opened.understood);
    assert_false(opened.of_order);
    assert_int_equal(opened.sighting.event, PS_EVENT_seen_available);
    assert_int_equal(opened.sighting.view.platform_ms, INT64_C(1772330712000));
    assert_true(ps_text_is(opened.sighting.view.openid, "oDoc0001ExampleOpenId_abcdef"));
    assert_true(ps_text_is(opened.sighting.authorization_code, "AUTH20260301000001"));
    assert_true(ps_text_is(opened.sighting.mchid, TEST_MCHID));
    assert_true(ps_text_is(opened.sighting.service_id, "00002000000000158728912345678901"));
    ps_notice_close(&opened);
    free(envelope);
    cJSON_free(plain);
}

static void a_closed_service_is_seen_unavailable(void **state)
{
    (void)state;
    struct ps_opened_notice opened;
    open_example("PAYSCORE.USER_CLOSE_SERVICE", "payscore/notice_close_service_plain.json",
                 &opened);
    assert_int_equal(opened.sighting.event, PS_EVENT_seen_unavailable);
    assert_int_equal(opened.sighting.view.platform_ms, INT64_C(1774003201000));
    ps_notice_close(&opened);
}

static void a_confirmed_order_is_seen_in_service(void **state)
{
    (void)state;
    struct ps_opened_notice opened;
    open_example("PAYSCORE.USER_CONFIRM", "payscore/notice_confirm_plain.json", &opened);
    assert_true(opened.of_order);
    assert_int_equal(opened.sighting.event, PS_EVENT_seen_in_service);
    assert_false(opened.sighting.view.has_total);
    assert_true(ps_text_is(opened.sighting.out_order_no, "PS20260301B0000042"));
    ps_notice_close(&opened);
}

static void a_paid_order_is_seen_done(void **state)
{
    (void)state;
    static const char *const names[] = {"payscore/notice_paid_plain.json",
                                        "payscore/notice_paid_coupon_plain.json"};
    for (size_t i = 0; i < 2; i++) {
        struct ps_opened_notice opened;
        open_example("PAYSCORE.USER_PAID", names[i], &opened);
        const struct ps_view *view = &opened.sighting.view;
        assert_int_equal(opened.sighting.event, PS_EVENT_seen_done);
        assert_true(view->has_total && view->has_paid);
        assert_int_equal(view->total_fen, 800);
        assert_int_equal(view->paid_fen, 800);
        assert_int_equal(view->paid_type, PS_PAID_NEWTON);
        assert_int_equal(view->platform_ms, INT64_C(1772340271000));
        assert_true(ps_text_is(view->transaction_id, "4200002600202603010123456789"));
        ps_notice_close(&opened);
    }
}

static void other_events_are_opened_but_not_understood(void **state)
{
    (void)state;
    struct ps_opened_notice opened;
    open_example("REFUND.SUCCESS", "payscore/notice_refund_plain.json", &opened);
    assert_false(opened.understood);
    assert_int_equal(opened.sighting.event, PS_EVENT_none);
    assert_non_null(opened.resource);
    ps_notice_close(&opened);
    ps_notice_close(&opened);
}

/** Open a computed vector through a signed notification. */
static void check_vector(const cJSON *vector)
{
    struct payscore_credentials keys = test_credentials();
    struct test_signed how;
    struct payscore_notice notice;
    struct ps_opened_notice opened;
    struct ps_keyring *own = NULL;
    char envelope[2048];
    keys.apiv3_keys[0] = ps_text_of(vector_string(vector, "key"));
    assert_int_equal(ps_keyring_open(&own, &keys, NULL), PAYSCORE_OK);
    (void)snprintf(envelope, sizeof envelope,
                   "{\"id\":\"1\",\"event_type\":\"TEST\",\"resource\":{\"algorithm\":"
                   "\"AEAD_AES_256_GCM\",\"nonce\":\"%s\",\"associated_data\":\"%s\","
                   "\"ciphertext\":\"%s\"}}",
                   vector_string(vector, "nonce"), vector_string(vector, "associated_data"),
                   vector_string(vector, "ciphertext"));
    test_sign_notice(ps_text_of(envelope), TEST_NOW_MS, &how, &notice);
    const cJSON *plaintext = cJSON_GetObjectItem(vector, "plaintext");
    enum payscore_status rc = ps_notice_open(own, &notice, TEST_NOW_MS, &opened, NULL);
    if (cJSON_IsNull(plaintext)) {
        assert_int_equal(rc, PAYSCORE_E_SEALED);
    } else if (plaintext != NULL && plaintext->valuestring[0] == '{') {
        assert_int_equal(rc, PAYSCORE_OK);
        assert_string_equal(opened.plaintext, plaintext->valuestring);
    } else {
        /* It opened: only then can what it holds be found not to be JSON. */
        assert_int_equal(rc, PAYSCORE_E_INPUT);
    }
    ps_notice_close(&opened);
    ps_keyring_close(own);
}

static void computed_and_published_ciphertexts_open(void **state)
{
    (void)state;
    size_t checked = 0;
    const cJSON *vector = NULL;
    cJSON *worked = vector_json("worked.json");
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(worked, "aead"))
    {
        check_vector(vector);
        checked++;
    }
    cJSON *published = vector_json("apiv3.json");
    cJSON_ArrayForEach(vector, cJSON_GetObjectItem(published, "vectors"))
    {
        if (strcmp(vector_string(vector, "kind"), "aead-decrypt") != 0) continue;
        if (strlen(vector_string(vector, "key")) != PAYSCORE_APIV3_KEY_SIZE) continue;
        /* A nonce of another length is refused before a key is tried. */
        if (strlen(vector_string(vector, "nonce")) != 12) continue;
        check_vector(vector);
        checked++;
    }
    cJSON_Delete(worked);
    cJSON_Delete(published);
    assert_int_equal(checked, 8);
}

static void the_published_notification_verifies_at_its_time(void **state)
{
    (void)state;
    cJSON *file = vector_json("apiv3.json");
    const cJSON *vector = cJSON_GetArrayItem(cJSON_GetObjectItem(file, "vectors"), 9);
    const cJSON *headers = cJSON_GetObjectItem(vector, "headers");
    struct payscore_credentials keys = test_credentials();
    struct payscore_notice notice = {.body = ps_text_of(vector_string(vector, "body"))};
    struct ps_opened_notice opened;
    struct ps_keyring *own = NULL;
    const cJSON *header = NULL;
    keys.platform_keys[0].id = ps_text_of("");
    keys.platform_keys[0].pem = ps_text_of(vector_string(vector, "certificate"));
    assert_int_equal(ps_keyring_open(&own, &keys, NULL), PAYSCORE_OK);
    cJSON_ArrayForEach(header, headers)
    {
        notice.headers[notice.header_count++] =
            (struct payscore_header){ps_text_of(header->string), ps_text_of(header->valuestring)};
    }
    int64_t then_ms = strtoll(vector_string(headers, "Wechatpay-Timestamp"), NULL, 10) * 1000;
    /* Its APIv3 key has 16 bytes and cannot be loaded: the signature holds, the seal does not open.
     */
    assert_int_equal(ps_notice_open(own, &notice, then_ms, &opened, NULL), PAYSCORE_E_SEALED);
    assert_int_equal(ps_notice_open(own, &notice, TEST_NOW_MS, &opened, NULL), PAYSCORE_E_STALE);
    ps_keyring_close(own);
    cJSON_Delete(file);
}

static void unsigned_and_altered_notices_are_not_parsed(void **state)
{
    (void)state;
    static char junk[] = "this is not JSON";
    struct test_signed how;
    struct payscore_notice notice;
    struct ps_opened_notice opened;
    struct payscore_error error;
    struct payscore_text body = ps_text_of(junk);
    test_sign_notice(body, TEST_NOW_MS, &how, &notice);
    notice.body.size--;
    assert_int_equal(ps_notice_open(ring, &notice, TEST_NOW_MS, &opened, &error),
                     PAYSCORE_E_FORGED);
    notice.body = body;
    assert_int_equal(ps_notice_open(ring, &notice, TEST_NOW_MS + 301000, &opened, &error),
                     PAYSCORE_E_STALE);
    notice.headers[3].value = ps_text_of("WECHATPAY/SIGNTEST/abcdefgh");
    assert_int_equal(ps_notice_open(ring, &notice, TEST_NOW_MS, &opened, &error),
                     PAYSCORE_E_FORGED);
    notice.header_count = 0;
    assert_int_equal(ps_notice_open(ring, &notice, TEST_NOW_MS, &opened, &error),
                     PAYSCORE_E_FORGED);
    assert_string_equal(error.text, "Wechatpay-Timestamp: the header is missing");
    assert_null(opened.plaintext);
}

static void oversized_notices_are_refused_before_they_are_verified(void **state)
{
    (void)state;
    static char big[PAYSCORE_NOTICE_BODY_MAX + 1];
    struct payscore_notice notice = {.body = {big, sizeof big}};
    struct ps_opened_notice opened;
    assert_int_equal(ps_notice_open(ring, &notice, TEST_NOW_MS, &opened, NULL),
                     PAYSCORE_E_TOO_LARGE);
}

static void signed_bodies_that_are_no_notification_are_refused(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "",
        "not JSON",
        "[]",
        "{}",
        "{\"id\":\"\",\"event_type\":\"A\"}",
        "{\"id\":\"01234567890123456789012345678901234567890123456789012345678901234\"}",
        "{\"id\":\"1\"}",
        "{\"id\":\"1\",\"event_type\":\"A\"}",
        "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":[]}",
        "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":{}}",
        "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":{\"algorithm\":\"AEAD_SM4_GCM\","
        "\"nonce\":\"Zk3Q9vT1mXw7\",\"ciphertext\":\"AAAA\"}}",
        "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":{\"algorithm\":\"AEAD_AES_256_GCM\","
        "\"nonce\":\"short\",\"ciphertext\":\"AAAAAAAAAAAAAAAAAAAAAAAA\"}}",
        "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":{\"algorithm\":\"AEAD_AES_256_GCM\","
        "\"nonce\":\"Zk3Q9vT1mXw7\",\"ciphertext\":\"AAA\"}}",
        "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":{\"algorithm\":\"AEAD_AES_256_GCM\","
        "\"nonce\":\"Zk3Q9vT1mXw7\",\"ciphertext\":\"AAAA\"}}",
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ps_opened_notice opened;
        struct payscore_error error = {""};
        assert_int_equal(open_signed(ps_text_of(rows[i]), &opened, &error), PAYSCORE_E_INPUT);
        assert_true(strlen(error.text) > 0);
    }
}

static void long_associated_data_is_refused(void **state)
{
    (void)state;
    char envelope[2048];
    char filler[1100];
    struct ps_opened_notice opened;
    memset(filler, 'a', sizeof filler);
    (void)snprintf(envelope, sizeof envelope,
                   "{\"id\":\"1\",\"event_type\":\"A\",\"resource\":{\"algorithm\":"
                   "\"AEAD_AES_256_GCM\",\"nonce\":\"Zk3Q9vT1mXw7\",\"associated_data\":\"%.*s\"}}",
                   (int)sizeof filler, filler);
    assert_int_equal(open_signed(ps_text_of(envelope), &opened, NULL), PAYSCORE_E_INPUT);
}

static void seals_of_another_key_or_text_do_not_open(void **state)
{
    (void)state;
    struct ps_opened_notice opened;
    struct test_seal seal = {"ANOTHERKEYANOTHERKEYANOTHERKEYAA", ORDER_NONCE, "payscore", "{}"};
    char *envelope = test_envelope("PAYSCORE.USER_PAID", &seal);
    assert_int_equal(open_signed(ps_text_of(envelope), &opened, NULL), PAYSCORE_E_SEALED);
    free(envelope);
    seal.key = TEST_APIV3_KEY;
    envelope = test_envelope("PAYSCORE.USER_PAID", &seal);
    memcpy(strstr(envelope, "\"associated_data\":\"payscore\""), "\"associated_data\":\"paysCore\"",
           28);
    assert_int_equal(open_signed(ps_text_of(envelope), &opened, NULL), PAYSCORE_E_SEALED);
    assert_null(opened.plaintext);
    free(envelope);
}

static void sealed_texts_that_are_not_the_documented_form_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *event_type, *plaintext;
    } rows[] = {
        {"PAYSCORE.USER_PAID", "not JSON"},
        {"PAYSCORE.USER_PAID", ""},
        {"PAYSCORE.USER_PAID", "[]"},
        {"PAYSCORE.USER_PAID", "{}"},
        {"PAYSCORE.USER_CONFIRM", "{\"total_amount\":\"12\"}"},
        {"PAYSCORE.USER_OPEN_SERVICE", "{\"mchid\":\"1\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ps_opened_notice opened;
        assert_int_equal(open_sealed(rows[i].event_type, rows[i].plaintext, &opened, NULL),
                         PAYSCORE_E_INPUT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_printed_envelope_opens),
        cmocka_unit_test(a_closed_service_is_seen_unavailable),
        cmocka_unit_test(a_confirmed_order_is_seen_in_service),
        cmocka_unit_test(a_paid_order_is_seen_done),
        cmocka_unit_test(other_events_are_opened_but_not_understood),
        cmocka_unit_test(computed_and_published_ciphertexts_open),
        cmocka_unit_test(the_published_notification_verifies_at_its_time),
        cmocka_unit_test(unsigned_and_altered_notices_are_not_parsed),
        cmocka_unit_test(oversized_notices_are_refused_before_they_are_verified),
        cmocka_unit_test(signed_bodies_that_are_no_notification_are_refused),
        cmocka_unit_test(long_associated_data_is_refused),
        cmocka_unit_test(seals_of_another_key_or_text_do_not_open),
        cmocka_unit_test(sealed_texts_that_are_not_the_documented_form_are_refused),
    };
    return cmocka_run_group_tests(tests, open_ring, close_ring);
}
