#include "auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diagnose.h"
#include "support.h"

enum { SHOWN_BODY = 8, TIMESTAMP_DIGITS_MAX = 12, SENTENCE_MAX = 256 };

/* The five pairs of the header; every one must come once. */
#define PAIRS(X) X(mchid) X(nonce_str) X(signature) X(timestamp) X(serial_no)

struct authorization {
#define X(name) struct payscore_text name;
    PAIRS(X)
#undef X
};

static struct payscore_text *pair_place(struct authorization *parsed, struct payscore_text key)
{
#define X(name)                                                                                    \
    if (ps_text_is(key, #name)) return &parsed->name;
    PAIRS(X)
#undef X
    return NULL;
}

/* key="value", then a comma or the end. */
static bool take_pair(struct payscore_text *rest, struct authorization *parsed)
{
    const char *end = rest->data + rest->size;
    const char *equals = memchr(rest->data, '=', rest->size);
    const char *quote;
    struct payscore_text *place;

    if (equals == NULL || end - equals < 3 || equals[1] != '"') return false;
    quote = memchr(equals + 2, '"', (size_t)(end - equals - 2));
    if (quote == NULL || (quote + 1 < end && quote[1] != ',')) return false;
    place = pair_place(parsed, (struct payscore_text){rest->data, (size_t)(equals - rest->data)});
    if (place == NULL || place->data != NULL) return false;
    *place = (struct payscore_text){equals + 2, (size_t)(quote - equals - 2)};
    rest->data = quote + 1 < end ? quote + 2 : end;
    rest->size = (size_t)(end - rest->data);
    return place->size > 0;
}

static bool parse_timestamp(struct payscore_text text, int64_t *seconds)
{
    char digits[TIMESTAMP_DIGITS_MAX + 1];
    if (!ps_text_copy(digits, sizeof digits, text) || digits[0] == '0' ||
        strspn(digits, "0123456789") != text.size)
        return false;
    *seconds = strtoll(digits, NULL, 10);
    return true;
}

static bool parse_pairs(struct payscore_text rest, struct authorization *parsed)
{
    *parsed = (struct authorization){0};
    while (rest.size > 0) {
        if (!take_pair(&rest, parsed)) return false;
    }
#define X(name)                                                                                    \
    if (parsed->name.size == 0) return false;
    PAIRS(X)
#undef X
    return true;
}

/* The server's message with its body cut, never inside a character. */
static void add_message(cJSON *information, struct payscore_text message, size_t body_size)
{
    size_t head = message.size - body_size - 1;
    size_t shown = body_size < SHOWN_BODY ? body_size : SHOWN_BODY;
    char *text;

    while (shown < body_size && shown > 0 &&
           ((unsigned char)message.data[head + shown] & 0xC0) == 0x80)
        shown--;
    text = sandbox_alloc(head + shown + 2);
    memcpy(text, message.data, head + shown);
    text[head + shown] = '\n';
    cJSON_AddStringToObject(information, "truncated_sign_message", text);
    cJSON_AddNumberToObject(information, "sign_message_length", (double)message.size);
    free(text);
}

static void explain(const struct sandbox_claim *claim, const struct sandbox_request *request,
                    const struct ps_signable *signable, struct payscore_text message,
                    struct sandbox_reply *reply)
{
    char sentence[SENTENCE_MAX];
    char *method = sandbox_copy(signable->method);
    char *url = sandbox_copy(signable->url);
    cJSON *detail, *information;

    sandbox_diagnose(claim, signable, request->host, sentence, sizeof sentence);
    sandbox_refuse(reply, SANDBOX_REFUSAL_signature_wrong);
    detail = cJSON_AddObjectToObject(reply->body, "detail");
    cJSON_AddStringToObject(detail, "field", "signature");
    cJSON_AddStringToObject(detail, "location", "authorization");
    cJSON_AddStringToObject(detail, "issue", sentence);
    information = cJSON_AddObjectToObject(detail, "detail");
    cJSON_AddStringToObject(information, "issue", "sign not match");
    information = cJSON_AddObjectToObject(detail, "sign_information");
    cJSON_AddStringToObject(information, "method", method);
    cJSON_AddStringToObject(information, "url", url);
    add_message(information, message, signable->body.size);
    free(method);
    free(url);
}

static bool check_signature(const struct sandbox_merchant *merchant,
                            const struct sandbox_request *request,
                            const struct authorization *parsed, int64_t timestamp_s,
                            struct sandbox_reply *reply)
{
    struct sandbox_claim claim = {merchant->ring, parsed->serial_no, parsed->signature};
    struct ps_signable signable = {.method = request->method,
                                   .url = request->uri,
                                   .body = request->body,
                                   .timestamp_s = timestamp_s,
                                   .nonce = parsed->nonce_str};
    char *bytes = NULL;
    size_t size = 0;
    bool good = ps_signable_message(&signable, &bytes, &size) == PAYSCORE_OK;

    if (!good) {
        sandbox_refuse(reply, SANDBOX_REFUSAL_authorization_malformed);
    } else {
        struct payscore_text message = {bytes, size};
        good = sandbox_claim_holds(&claim, message);
        if (!good) explain(&claim, request, &signable, message, reply);
    }
    free(bytes);
    return good;
}

static bool refuse(struct sandbox_reply *reply, enum sandbox_refusal refusal)
{
    sandbox_refuse(reply, refusal);
    return false;
}

static bool in_window(int64_t timestamp_s, int64_t now_ms)
{
    int64_t off_ms = now_ms - timestamp_s * 1000;
    return off_ms < PS_CLOCK_WINDOW_MS && off_ms > -PS_CLOCK_WINDOW_MS;
}

bool sandbox_authenticate(const struct sandbox_merchant *merchant,
                          const struct sandbox_request *request, int64_t now_ms,
                          struct sandbox_reply *reply)
{
    static const char scheme[] = "WECHATPAY2-SHA256-RSA2048 ";
    struct payscore_text rest = request->authorization;
    struct authorization parsed;
    int64_t timestamp_s = 0;

    if (rest.size == 0 || memchr(rest.data, ' ', rest.size) == NULL) {
        return refuse(reply, SANDBOX_REFUSAL_authorization_malformed);
    }
    if (!ps_text_starts(rest, scheme)) {
        return refuse(reply, SANDBOX_REFUSAL_authorization_scheme);
    }
    rest.data += sizeof scheme - 1;
    rest.size -= sizeof scheme - 1;
    if (!parse_pairs(rest, &parsed) || !parse_timestamp(parsed.timestamp, &timestamp_s)) {
        return refuse(reply, SANDBOX_REFUSAL_authorization_malformed);
    }
    if (!in_window(timestamp_s, now_ms)) {
        return refuse(reply, SANDBOX_REFUSAL_authorization_stale);
    }
    if (!ps_text_is(parsed.mchid, merchant->mchid)) {
        return refuse(reply, SANDBOX_REFUSAL_authorization_mchid);
    }
    if (!ps_text_is(parsed.serial_no, merchant->serial)) {
        return refuse(reply, SANDBOX_REFUSAL_authorization_serial);
    }
    return check_signature(merchant, request, &parsed, timestamp_s, reply);
}
