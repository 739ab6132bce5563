/*
 * From an HTTP exchange to one input of the chart. A 2xx counts only when its signature verifies;
 * an error answer carries no signature and never proves a state. Error rows: errors.def.
 * Source: reference apiv3.md 3, 8, 9; payscore.md 4, 9.
 */
#ifndef PS_WECHAT_REPLY_H
#define PS_WECHAT_REPLY_H

#include "payscore/exchange.h"
#include "wechat/keyring.h"
#include "wechat/view.h"

enum {
    PS_TOKEN_MAX = 2048,
    PS_MESSAGE_MAX = 256,
    PS_CODE_MAX = 64,
    PS_REQUEST_ID_MAX = 128,
    PS_MCHID_MAX = 32,
};

/**
 * What an exchange amounts to. `input` has event, reason, cooldown, expiry and view; the caller
 * adds the rest.
 */
struct ps_answer {
    struct ps_input input;
    char handover[PS_TOKEN_MAX + 1]; /* The token or package that the answer hands over; "" none. */
    char code[PS_CODE_MAX + 1];      /* The platform's code, message and Request-ID, for people. */
    char message[PS_MESSAGE_MAX + 1];
    char request_id[PS_REQUEST_ID_MAX + 1];
    char strange[160];
    char out_order_no[PS_NUMBER_MAX + 1]; /* Whom the answer names; "" where it names nobody. The */
    char authorization_code[PS_NUMBER_MAX + 1]; /* caller compares them with whom it asked about. */
    char mchid[PS_MCHID_MAX + 1];
    uint16_t error_row;             /* The row of errors.def that decided; 0: none. */
    char openid[PS_OPENID_MAX + 1]; /* input.view points at these two. */
    char transaction_id[PS_TRANSACTION_ID_MAX + 1];
    int64_t skew_ms; /* Our clock less the platform's Date header; 0: no such header. */
    bool stops_lane; /* A fault of ours: nothing of this merchant will succeed until mended. */
    struct payscore_error detail; /* Why, in one sentence, for the log; "" if nothing. */
};

/**
 * Read one exchange of `call`. Never fails: what cannot be read is `unknown` (an effect) or
 * `look_failed` (a question). *answer must stay where it is: input.view points into it.
 */
void ps_reply_read(const struct ps_keyring *ring, enum ps_call call,
                   const struct payscore_exchange *exchange, int64_t now_ms,
                   struct ps_answer *answer);

#endif
