/*
 * One HTTP request as it came and the reply as it will go, apart from any HTTP library.
 */
#ifndef SANDBOX_EXCHANGE_H
#define SANDBOX_EXCHANGE_H

#include <cJSON.h>
#include <stdbool.h>

#include "payscore/types.h"

enum {
    SANDBOX_BODY_MAX = 65536, /* No documented call needs more; a larger one is refused. */
};

/** Everything is borrowed for the time of the request; an absent header is empty. */
struct sandbox_request {
    struct payscore_text method;
    struct payscore_text uri; /* As on the request line. */
    struct payscore_text path, query;
    struct payscore_text host, user_agent, accept, authorization, serial, content_type;
    struct payscore_text body;
};

enum sandbox_signing {
    SANDBOX_UNSIGNED,
    SANDBOX_SIGNED,
    SANDBOX_SIGNED_WRONG, /* A fault: well-formed, but of another message. */
    SANDBOX_SIGNED_PROBE, /* A fault: WECHATPAY/SIGNTEST/… */
};

struct sandbox_reply {
    int status;
    int64_t number; /* The tail of Request-ID: 0 is success. */
    cJSON *body;    /* Owned; NULL: an empty body. */
    enum sandbox_signing signing;
    bool by_certificate;
    bool with_request_id;
    bool dropped; /* The connection is closed without an answer. */
    int64_t delay_ms;
};

/** The refusals of the platform; rows in refusals.def. */
enum sandbox_refusal {
#define REFUSAL(name, status, code, number, message) SANDBOX_REFUSAL_##name,
#include "tools/sandbox/refusals.def"
};

/** Turn the reply into this refusal. */
void sandbox_refuse(struct sandbox_reply *reply, enum sandbox_refusal refusal);

/** The same with a `detail`; `value` (may be NULL) is copied. */
struct sandbox_detail {
    const char *field;
    const cJSON *value;
    const char *issue;
    const char *location; /* body, query, uri_template, authorization */
};
void sandbox_refuse_with(struct sandbox_reply *reply, enum sandbox_refusal refusal,
                         const struct sandbox_detail *detail);

/** Turn the reply into a signed success; `body` moves in, NULL is 204. */
void sandbox_succeed(struct sandbox_reply *reply, cJSON *body);

/** An answer of the control API: unsigned; `body` moves in. */
void sandbox_control_answer(struct sandbox_reply *reply, int status, cJSON *body);
void sandbox_control_refuse(struct sandbox_reply *reply, int status, const char *message);

#endif
