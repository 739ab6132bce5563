/*
 * Requests as bytes: path, signed message, Authorization header. Sends nothing and knows no clock
 * and no source of randomness: both come in.
 */
#include "wechat/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wechat/text.h"

enum call_kind { EFFECT, QUERY };

struct call {
    enum call_kind kind;
    const char *method, *path;
};

/* clang-format off */
static const struct call calls[] = {
#define CALL(id, name, kind, repeat, method, path, en, zh) [id] = {kind, method, path},
#include "statecharts/calls.def"
};
/* clang-format on */

static const struct call *find_call(enum ps_call call)
{
    size_t index = (size_t)call;
    if (index >= sizeof calls / sizeof calls[0] || calls[index].path == NULL) return NULL;
    return &calls[index];
}

const char *ps_call_method(enum ps_call call)
{
    const struct call *found = find_call(call);
    return found == NULL ? "" : found->method;
}

bool ps_call_is_effect(enum ps_call call)
{
    const struct call *found = find_call(call);
    return found != NULL && found->kind == EFFECT;
}

/** A URL under construction: it never grows beyond its buffer. */
struct url {
    char *data;
    size_t size;
    bool full;
};

static void put(struct url *url, const char *bytes, size_t size)
{
    if (url->full || PS_URL_MAX - url->size <= size) {
        url->full = true;
        return;
    }
    memcpy(url->data + url->size, bytes, size);
    url->size += size;
}

static void put_encoded(struct url *url, struct payscore_text value)
{
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < value.size; i++) {
        struct payscore_text one = {value.data + i, 1};
        uint8_t byte = (uint8_t)value.data[i];
        char escaped[] = {'%', hex[byte >> 4], hex[byte & 15]};
        if (ps_text_all_of(one, "-_.~*"))
            put(url, one.data, 1);
        else
            put(url, escaped, sizeof escaped);
    }
}

/** The value that a placeholder such as {number} stands for; empty if it is not one of ours. */
static struct payscore_text value_of(struct payscore_text placeholder,
                                     const struct ps_path_values *values)
{
    if (ps_text_is(placeholder, "{number}")) return values->number;
    if (ps_text_is(placeholder, "{openid}")) return values->openid;
    if (ps_text_is(placeholder, "{service_id}")) return values->service_id;
    if (ps_text_is(placeholder, "{appid}")) return values->appid;
    return (struct payscore_text){"", 0};
}

enum payscore_status ps_call_url(enum ps_call call, const struct ps_path_values *values,
                                 char out[PS_URL_MAX])
{
    const struct call *found = find_call(call);
    struct url url = {.data = out};
    out[0] = '\0';
    if (found == NULL) return PAYSCORE_E_ARGUMENT;
    for (const char *at = found->path; *at != '\0';) {
        size_t plain = strcspn(at, "{");
        put(&url, at, plain);
        at += plain;
        if (*at == '\0') break;
        struct payscore_text placeholder = {at, strcspn(at, "}") + 1};
        struct payscore_text value = value_of(placeholder, values);
        if (value.size == 0) {
            out[0] = '\0';
            return PAYSCORE_E_INPUT;
        }
        put_encoded(&url, value);
        at += placeholder.size;
    }
    out[url.full ? 0 : url.size] = '\0';
    return url.full ? PAYSCORE_E_TOO_LARGE : PAYSCORE_OK;
}

enum payscore_status ps_signable_message(const struct ps_signable *request, char **message,
                                         size_t *size)
{
    char timestamp[24];
    int timestamp_size =
        snprintf(timestamp, sizeof timestamp, "%lld", (long long)request->timestamp_s);
    struct payscore_text lines[] = {
        request->method, request->url,  {timestamp, (size_t)timestamp_size},
        request->nonce,  request->body,
    };
    size_t count = sizeof lines / sizeof lines[0];
    *message = NULL;
    *size = 0;
    if (request->url.size >= PS_URL_MAX || request->nonce.size > PS_NONCE_SIZE ||
        request->body.size > PS_BODY_MAX)
        return PAYSCORE_E_TOO_LARGE;
    size_t total = 0;
    for (size_t i = 0; i < count; i++)
        total += lines[i].size + 1;
    char *made = malloc(total + 1);
    if (made == NULL) return PAYSCORE_E_MEMORY;
    char *to = made;
    for (size_t i = 0; i < count; i++) {
        if (lines[i].size > 0) memcpy(to, lines[i].data, lines[i].size);
        to += lines[i].size;
        *to++ = '\n';
    }
    *to = '\0';
    *message = made;
    *size = total;
    return PAYSCORE_OK;
}

static enum payscore_status print_authorization(const struct ps_keyring *ring,
                                                const struct ps_signable *request,
                                                const char *signature,
                                                char authorization[PS_AUTHORIZATION_MAX])
{
    struct payscore_text mchid = ps_keyring_mchid(ring);
    struct payscore_text serial = ps_keyring_serial(ring);
    int size = snprintf(authorization, PS_AUTHORIZATION_MAX,
                        "WECHATPAY2-SHA256-RSA2048 mchid=\"%.*s\",nonce_str=\"%.*s\","
                        "signature=\"%s\",timestamp=\"%lld\",serial_no=\"%.*s\"",
                        (int)mchid.size, mchid.data, (int)request->nonce.size, request->nonce.data,
                        signature, (long long)request->timestamp_s, (int)serial.size, serial.data);
    if (size > 0 && size < PS_AUTHORIZATION_MAX) return PAYSCORE_OK;
    authorization[0] = '\0';
    return PAYSCORE_E_TOO_LARGE;
}

enum payscore_status ps_authorization(const struct ps_keyring *ring,
                                      const struct ps_signable *request,
                                      char authorization[PS_AUTHORIZATION_MAX])
{
    char signature[PS_SIGNATURE_MAX];
    char *message = NULL;
    size_t size = 0;
    authorization[0] = '\0';
    enum payscore_status rc = ps_signable_message(request, &message, &size);
    if (rc == PAYSCORE_OK)
        rc = ps_keyring_sign(ring, (struct payscore_text){message, size}, signature);
    if (rc == PAYSCORE_OK) rc = print_authorization(ring, request, signature, authorization);
    free(message);
    return rc;
}

void ps_nonce_from_random(const uint8_t random[PS_NONCE_SIZE], char nonce[PS_NONCE_SIZE + 1])
{
    static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    enum { LETTERS = sizeof alphabet - 1, WORD = sizeof(uint64_t) };
    /* Each word of 64 bits gives eight characters. 62^8 does not divide 2^64: some groups of eight
     * are likelier than others by at most 62^8 / 2^64, less than one in 84,000. */
    for (size_t i = 0; i < PS_NONCE_SIZE; i += WORD) {
        uint64_t word = 0;
        memcpy(&word, random + i, WORD);
        for (size_t j = 0; j < WORD; j++) {
            nonce[i + j] = alphabet[word % LETTERS];
            word /= LETTERS;
        }
    }
    nonce[PS_NONCE_SIZE] = '\0';
}
