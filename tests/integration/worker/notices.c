#include "notices.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/bodies.h"

enum { PATH_SIZE = 512, LINE_SIZE = 1280, LINES = 4 };

static const char probe[] = "WECHATPAY/SIGNTEST/";

static void read_key(const struct stage *stage, const char *name, char *key, size_t size)
{
    char *text = process_read_file(stage_path(stage, name), NULL);
    size_t length = strlen(text);
    if (length > 0 && text[length - 1] == '\n') text[length - 1] = '\0';
    assert_in_range(strlen(text), 1, size - 1);
    snprintf(key, size, "%s", text);
    free(text);
}

void notices_open(struct notices *notices, const struct stage *stage)
{
    *notices = (struct notices){.stage = stage};
    read_key(stage, "platform_key.pem", notices->platform_key, sizeof notices->platform_key);
    read_key(stage, "merchant_key.pem", notices->stranger_key, sizeof notices->stranger_key);
    read_key(stage, "platform_pub.id", notices->serial, sizeof notices->serial);
    read_key(stage, "apiv3_key", notices->apiv3_key, sizeof notices->apiv3_key);
}

static char *seal(const char *event_type, const char *key, const char *resource)
{
    const struct test_seal sealed = {key, "fdasfjihihih", "payscore", resource};
    return test_envelope(event_type, &sealed);
}

char *notices_paid(const struct notices *notices, const char *number, int total_fen)
{
    return seal("PAYSCORE.USER_PAID", notices->apiv3_key,
                seen_order(number, "DONE", "", "USER_PAID", total_fen));
}

char *notices_sealed_otherwise(const char *number, int total_fen)
{
    return seal("PAYSCORE.USER_PAID", "0123456789abcdef0123456789abcdef",
                seen_order(number, "DONE", "", "USER_PAID", total_fen));
}

char *notices_closed(const struct notices *notices, const char *openid)
{
    return seal("PAYSCORE.USER_CLOSE_SERVICE", notices->apiv3_key,
                service_notice("USER_CLOSE_SERVICE", openid, "", "20991231235959"));
}

/* Sending. */

static void make_signature(const struct notices *notices, enum notice_signature how,
                           const char *message, char signature[TEST_SIGNATURE_SIZE])
{
    const char *key = how == SIGNED_BY_STRANGER ? notices->stranger_key : notices->platform_key;
    if (how == SIGNED_ANOTHER_MESSAGE) message = "1\n2\n3\n";
    test_sign(key, (struct payscore_text){message, strlen(message)}, signature);
    if (how == SIGNED_AS_PROBE) memcpy(signature, probe, sizeof probe - 1);
}

/* The headers that sign a body, as lines. */
static void sign(const struct notices *notices, const char *body, const struct notice_twist *twist,
                 char lines[LINES][LINE_SIZE])
{
    static const char nonce[] = "593BEC0C930BF1AFEB40B4A08C8FB242";
    char signature[TEST_SIGNATURE_SIZE];
    struct timespec now;
    size_t room = strlen(body) + 128;
    char *message = malloc(room);
    assert_non_null(message);
    clock_gettime(CLOCK_REALTIME, &now);
    long long at_s = (long long)now.tv_sec + twist->ahead_ms / 1000;
    snprintf(message, room, "%lld\n%s\n%s\n", at_s, nonce, body);
    make_signature(notices, twist->signature, message, signature);
    free(message);
    snprintf(lines[0], LINE_SIZE, "Wechatpay-Timestamp: %lld", at_s);
    snprintf(lines[1], LINE_SIZE, "Wechatpay-Nonce: %s", nonce);
    snprintf(lines[2], LINE_SIZE, "Wechatpay-Signature: %s", signature);
    snprintf(lines[3], LINE_SIZE, "Wechatpay-Serial: %s",
             twist->serial != NULL ? twist->serial : notices->serial);
}

const struct http_reply *notices_send(const struct notices *notices, const char *body,
                                      const struct notice_twist *twist)
{
    static const struct notice_twist right = {0};
    char url[PATH_SIZE], lines[LINES][LINE_SIZE];
    size_t count = 0;
    if (twist == NULL) twist = &right;
    size_t origin = strlen(notices->stage->notify_url) - strlen(STAGE_NOTIFY_PATH);
    snprintf(url, sizeof url, "%.*s%s", (int)origin, notices->stage->notify_url,
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
