/* Signing a call that was handed out. Reads only what opening set: any thread. */
#include <stdio.h>
#include <string.h>

#include "engine/internal.h"
#include "wechat/request.h"

static void add_line(struct payscore_signed *headers, const char *name, const char *value)
{
    char *line = headers->lines[headers->count++];
    snprintf(line, PAYSCORE_HEADER_LINE_MAX, "%s: %s", name, value);
}

enum payscore_status payscore_call_sign(struct payscore *engine, const struct payscore_call *call,
                                        struct payscore_signed *headers)
{
    memset(headers, 0, sizeof *headers);
    if (!ps_process_is_ours(engine)) return PAYSCORE_E_PROCESS;
    if (call->merchant >= engine->merchant_count) return PAYSCORE_E_ARGUMENT;
    const struct ps_keyring *ring = engine->merchants[call->merchant].ring;
    if (ring == NULL) return PAYSCORE_E_KEY;

    uint8_t random[PS_NONCE_SIZE];
    char nonce[PS_NONCE_SIZE + 1], authorization[PS_AUTHORIZATION_MAX];
    ps_random(engine, random, sizeof random);
    ps_nonce_from_random(random, nonce);
    struct ps_signable request = {ps_text_of(call->method), call->url, call->body,
                                  ps_now_ms(engine) / 1000, ps_text_of(nonce)};
    enum payscore_status rc = ps_authorization(ring, &request, authorization);
    if (rc != PAYSCORE_OK) return rc;

    add_line(headers, "Authorization", authorization);
    add_line(headers, "Accept", "application/json");
    add_line(headers, "User-Agent", "payscore/" PAYSCORE_VERSION);
    if (call->body.size > 0) add_line(headers, "Content-Type", "application/json");
    char serial[PAYSCORE_SERIAL_MAX + 1];
    struct payscore_text key_id = ps_keyring_public_key_id(ring);
    snprintf(serial, sizeof serial, "%.*s", (int)key_id.size, key_id.data);
    if (key_id.size > 0) add_line(headers, "Wechatpay-Serial", serial);
    return PAYSCORE_OK;
}
