/* Requests that are signed as a merchant signs them, or wrongly where a test asks for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <inttypes.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "player_private.h"
#include "wechat/text.h"

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t take_body(char *data, size_t size, size_t count, void *context)
{
    struct player_reply *reply = context;
    size_t used = strlen(reply->text), bytes = size * count;
    if (used + bytes >= sizeof reply->text) return 0;
    memcpy(reply->text + used, data, bytes);
    reply->text[used + bytes] = '\0';
    return bytes;
}

static void header_of(CURL *easy, const char *name, char *out, size_t size)
{
    struct curl_header *header = NULL;
    out[0] = '\0';
    if (curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK) {
        snprintf(out, size, "%s", header->value);
    }
}

static bool verifies(struct player *player)
{
    char timestamp[32], nonce[64], signature[PS_SIGNATURE_MAX];
    struct payscore_error error;
    struct ps_signature_headers headers;

    header_of(player->easy, "Wechatpay-Timestamp", timestamp, sizeof timestamp);
    header_of(player->easy, "Wechatpay-Nonce", nonce, sizeof nonce);
    header_of(player->easy, "Wechatpay-Signature", signature, sizeof signature);
    headers =
        (struct ps_signature_headers){ps_text_of(timestamp), ps_text_of(nonce),
                                      ps_text_of(signature), ps_text_of(player->reply.serial)};
    return ps_keyring_verify(player->ring, &headers, ps_text_of(player->reply.text), now_ms(),
                             &error) == PAYSCORE_OK;
}

static void read_reply(struct player *player, CURLcode code)
{
    struct player_reply *reply = &player->reply;
    long status = 0;

    if (code != CURLE_OK) return;
    curl_easy_getinfo(player->easy, CURLINFO_RESPONSE_CODE, &status);
    reply->status = (int)status;
    header_of(player->easy, "Wechatpay-Serial", reply->serial, sizeof reply->serial);
    header_of(player->easy, "Request-ID", reply->request_id, sizeof reply->request_id);
    reply->verified = verifies(player);
    reply->json = cJSON_Parse(reply->text);
}

static void authorize(struct player *player, const char *method, const char *url, const char *body,
                      const struct player_twist *twist, char out[PS_AUTHORIZATION_MAX])
{
    char nonce[PS_NONCE_SIZE + 1], signature[PS_SIGNATURE_MAX];
    uint8_t random[PS_NONCE_SIZE];
    char *message = NULL;
    size_t size = 0;
    struct ps_signable signable = {
        .method = ps_text_of(twist->signed_method != NULL ? twist->signed_method : method),
        .url = ps_text_of(twist->signed_url != NULL ? twist->signed_url : url),
        .body = ps_text_of(twist->signed_body != NULL ? twist->signed_body : body),
        .timestamp_s = now_ms() / 1000 + twist->clock_ahead_s,
    };

    assert_int_equal(RAND_bytes(random, sizeof random), 1);
    ps_nonce_from_random(random, nonce);
    signable.nonce = ps_text_of(nonce);
    assert_int_equal(ps_signable_message(&signable, &message, &size), PAYSCORE_OK);
    if (twist->last_newline_missing) size--;
    assert_int_equal(
        ps_keyring_sign(player->ring, (struct payscore_text){message, size}, signature),
        PAYSCORE_OK);
    free(message);
    snprintf(out, PS_AUTHORIZATION_MAX,
             "WECHATPAY2-SHA256-RSA2048 mchid=\"" PLAYER_MCHID "\",nonce_str=\"%s\","
             "signature=\"%s\",timestamp=\"%" PRId64 "\",serial_no=\"%s\"",
             nonce, signature, signable.timestamp_s,
             twist->serial_no != NULL ? twist->serial_no : player->serial);
}

static struct curl_slist *add(struct curl_slist *list, const char *name, const char *value)
{
    char line[PS_AUTHORIZATION_MAX + 64];
    if (value[0] == '\0') return list;
    snprintf(line, sizeof line, "%s: %s", name, value);
    list = curl_slist_append(list, line);
    assert_non_null(list);
    return list;
}

static struct curl_slist *headers_of(struct player *player, const char *authorization,
                                     const struct player_twist *twist)
{
    struct payscore_text id = ps_keyring_public_key_id(player->ring);
    struct curl_slist *list = add(NULL, "Authorization", authorization);

    list = add(list, "Accept", "application/json");
    list = add(list, "User-Agent", "payscore-test");
    list = add(list, "Content-Type", "application/json");
    list = add(list, "Wechatpay-Serial",
               twist->platform_serial != NULL ? twist->platform_serial : id.data);
    return list;
}

const struct player_reply *player_send(struct player *player, const char *method, const char *url,
                                       const char *body, const struct player_twist *twist)
{
    static const struct player_twist straight = {0};
    char authorization[PS_AUTHORIZATION_MAX], full[PS_URL_MAX + 64];
    struct curl_slist *headers;

    if (twist == NULL) twist = &straight;
    cJSON_Delete(player->reply.json);
    memset(&player->reply, 0, sizeof player->reply);
    authorize(player, method, url, body, twist, authorization);
    headers = headers_of(
        player, twist->authorization != NULL ? twist->authorization : authorization, twist);
    snprintf(full, sizeof full, "%s%s", player->base_url, url);
    curl_easy_reset(player->easy);
    curl_easy_setopt(player->easy, CURLOPT_URL, full);
    curl_easy_setopt(player->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(player->easy, CURLOPT_PATH_AS_IS, 1L);
    /* A kept connection that is closed would make libcurl repeat the request on its own. */
    curl_easy_setopt(player->easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(player->easy, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(player->easy, CURLOPT_CUSTOMREQUEST, method);
    if (body[0] != '\0') curl_easy_setopt(player->easy, CURLOPT_POSTFIELDS, body);
    curl_easy_setopt(player->easy, CURLOPT_TIMEOUT, (long)PLAYER_WAIT_S);
    curl_easy_setopt(player->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(player->easy, CURLOPT_WRITEDATA, &player->reply);
    read_reply(player, curl_easy_perform(player->easy));
    curl_slist_free_all(headers);
    return &player->reply;
}

const struct player_reply *player_call(struct player *player, enum ps_call call, const char *number,
                                       const char *openid, const char *body)
{
    char url[PS_URL_MAX];
    struct ps_path_values values = {.number = ps_text_of(number),
                                    .openid = ps_text_of(openid),
                                    .service_id = PAYSCORE_TEXT(PLAYER_SERVICE),
                                    .appid = PAYSCORE_TEXT(PLAYER_APPID)};
    assert_int_equal(ps_call_url(call, &values, url), PAYSCORE_OK);
    return player_send(player, ps_call_method(call), url, body, NULL);
}

const cJSON *player_control(struct player *player, const char *path, const char *body, int status)
{
    static const struct player_twist unsigned_one = {.authorization = ""};
    const struct player_reply *reply = player_send(player, body == NULL ? "GET" : "POST", path,
                                                   body == NULL ? "" : body, &unsigned_one);

    if (reply->status != status) fail_msg("%s: %d %s", path, reply->status, reply->text);
    cJSON_Delete(player->control);
    player->control = cJSON_Duplicate(reply->json, true);
    return player->control;
}

int player_count(struct player *player, const char *out_order_no, const char *member)
{
    char path[128];
    const cJSON *order;

    snprintf(path, sizeof path, "/sandbox/orders/%s", out_order_no);
    order = player_control(player, path, NULL, 200);
    return cJSON_GetObjectItemCaseSensitive(order, member)->valueint;
}
