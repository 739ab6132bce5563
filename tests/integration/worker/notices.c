#include "notices.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/bodies.h"
#include "tools/sandbox/support.h"

enum { PATH_SIZE = 512, LINE_SIZE = 1280, LINES = 5 };

static char *read_key(const struct stage *stage, const char *name)
{
    char *text = process_read_file(stage_path(stage, name), NULL);
    size_t size = strlen(text);
    assert_true(size > 0);
    if (text[size - 1] == '\n') text[size - 1] = '\0';
    return text;
}

static struct ps_keyring *open_ring(const struct notices *notices, const char *private_file,
                                    const char *serial_file)
{
    struct ps_keyring *ring = NULL;
    struct payscore_error error = {""};
    const struct stage *stage = notices->stage;
    char *key = read_key(stage, private_file), *serial = read_key(stage, serial_file);
    char *merchant = read_key(stage, "merchant_pub.pem");
    char *merchant_serial = read_key(stage, "merchant_serial");
    const struct payscore_credentials keys = {
        .mchid = PAYSCORE_TEXT(STAGE_MCHID),
        .merchant_key_pem = ps_text_of(key),
        .merchant_serial = ps_text_of(serial),
        .apiv3_keys = {ps_text_of(notices->apiv3_key)},
        .platform_keys = {{ps_text_of(merchant_serial), ps_text_of(merchant)}},
        .platform_key_count = 1,
    };
    if (ps_keyring_open(&ring, &keys, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    free(key);
    free(serial);
    free(merchant);
    free(merchant_serial);
    return ring;
}

void notices_open(struct notices *notices, const struct stage *stage)
{
    *notices = (struct notices){.stage = stage};
    char *key = read_key(stage, "apiv3_key");
    assert_int_equal(strlen(key), PAYSCORE_APIV3_KEY_SIZE);
    memcpy(notices->apiv3_key, key, sizeof notices->apiv3_key);
    free(key);
    notices->platform = open_ring(notices, "platform_key.pem", "platform_pub.id");
    notices->stranger = open_ring(notices, "merchant_key.pem", "platform_pub.id");
}

void notices_close(struct notices *notices)
{
    ps_keyring_close(notices->platform);
    ps_keyring_close(notices->stranger);
}

const char *notices_envelope(const char *event_type, const char *key, const char *resource)
{
    static char text[8192];
    char id[SANDBOX_UUID_SIZE + 1];
    cJSON *envelope = cJSON_CreateObject();
    sandbox_random_uuid(id);
    cJSON_AddStringToObject(envelope, "id", id);
    cJSON_AddStringToObject(envelope, "create_time", "2026-03-01T10:05:13+08:00");
    cJSON_AddStringToObject(envelope, "event_type", event_type);
    cJSON_AddStringToObject(envelope, "resource_type", "encrypt-resource");
    cJSON_AddItemToObject(envelope, "resource", sandbox_resource(key, resource));
    assert_true(cJSON_PrintPreallocated(envelope, text, sizeof text, false));
    cJSON_Delete(envelope);
    return text;
}

const char *notices_paid(const struct notices *notices, const char *number, int total_fen)
{
    return notices_envelope("PAYSCORE.USER_PAID", notices->apiv3_key,
                            seen_order(number, "DONE", "", "USER_PAID", total_fen));
}

const char *notices_closed(const struct notices *notices, const char *openid)
{
    return notices_envelope("PAYSCORE.USER_CLOSE_SERVICE", notices->apiv3_key,
                            service_notice("USER_CLOSE_SERVICE", openid, "", "20991231235959"));
}

/* The headers that sign a body, as lines. */
static void sign(const struct notices *notices, const char *body, const struct notice_twist *twist,
                 char lines[LINES][LINE_SIZE])
{
    struct sandbox_seal seal;
    const struct ps_keyring *ring = twist->by_stranger ? notices->stranger : notices->platform;
    int64_t at_ms = sandbox_now_ms() + twist->ahead_ms;
    assert_int_equal(sandbox_seal(ring, ps_text_of(body), at_ms, twist->sealing, &seal),
                     PAYSCORE_OK);
    const char *serial = twist->serial != NULL ? twist->serial : seal.serial.data;
    snprintf(lines[0], LINE_SIZE, "Wechatpay-Timestamp: %s", seal.timestamp);
    snprintf(lines[1], LINE_SIZE, "Wechatpay-Nonce: %s", seal.nonce);
    snprintf(lines[2], LINE_SIZE, "Wechatpay-Signature: %s", seal.signature);
    snprintf(lines[3], LINE_SIZE, "Wechatpay-Serial: %s", serial);
    snprintf(lines[4], LINE_SIZE, "Wechatpay-Signature-Type: WECHATPAY2-SHA256-RSA2048");
}

const struct http_reply *notices_send(const struct notices *notices, const char *body,
                                      const struct notice_twist *twist)
{
    static const struct notice_twist right = {0};
    char url[PATH_SIZE], lines[LINES][LINE_SIZE];
    size_t count = 0;
    if (twist == NULL) twist = &right;
    snprintf(url, sizeof url, "%s", notices->stage->notify_url);
    url[strlen(url) - strlen(STAGE_NOTIFY_PATH)] = '\0';
    size_t used = strlen(url);
    snprintf(url + used, sizeof url - used, "%s",
             twist->path != NULL ? twist->path : STAGE_NOTIFY_PATH "/" STAGE_MCHID "/0");
    struct http_request request = {
        .url = url, .method = twist->method, .body = twist->sent != NULL ? twist->sent : body};
    sign(notices, body, twist, lines);
    request.headers[count++] = "Content-Type: application/json";
    if (twist->header != NULL) request.headers[count++] = twist->header;
    for (size_t i = 0; i < LINES && !twist->bare; i++)
        request.headers[count++] = lines[i];
    return http_send(&request);
}
