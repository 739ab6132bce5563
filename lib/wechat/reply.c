/*
 * From an HTTP exchange to one input of the chart. Success is believed only when its signature
 * verifies; an error answer is never signed, and so only says what became of the attempt. Whether
 * the answer speaks of the record that asked is for the caller to compare: it knows the record.
 */
#include "wechat/reply.h"

#include <string.h>

#include "core/time.h"
#include "wechat/errors.h"
#include "wechat/request.h"
#include "wechat/text.h"

enum { NUMBER_DIGITS_MAX = 9 };

/** What an answer that is not a view amounts to, as an event of the chart. */
static enum ps_event event_of_class(enum ps_error_class class, bool effect)
{
    if (class == PS_CLASS_ours) return PS_EVENT_ours;
    if (class == PS_CLASS_absent) return PS_EVENT_seen_absent;
    if (!effect) return PS_EVENT_look_failed;
    if (class == PS_CLASS_refused) return PS_EVENT_refused;
    return class == PS_CLASS_busy ? PS_EVENT_busy : PS_EVENT_unknown;
}

static void settle(struct ps_answer *answer, enum ps_call call, enum ps_error_class class,
                   enum ps_reason reason)
{
    answer->input.event = (uint16_t)event_of_class(class, ps_call_is_effect(call));
    answer->input.reason = (uint16_t)reason;
    answer->stops_lane = class == PS_CLASS_ours;
}

/** The number behind the last hyphen of a Request-ID; 0 where there is none. */
static uint32_t number_of(struct payscore_text request_id)
{
    uint32_t number = 0;
    size_t at = request_id.size;
    while (at > 0 && request_id.data[at - 1] != '-')
        at--;
    if (at == 0 || request_id.size - at > NUMBER_DIGITS_MAX) return 0;
    for (; at < request_id.size; at++) {
        char c = request_id.data[at];
        if (c < '0' || c > '9') return 0;
        number = number * 10 + (uint32_t)(c - '0');
    }
    return number;
}

static bool clock_is_off(const struct ps_answer *answer)
{
    return answer->skew_ms > PS_CLOCK_WINDOW_MS || answer->skew_ms < -PS_CLOCK_WINDOW_MS;
}

/** For a wrong signature the platform tells what it signed on its side. */
static void explain_signature(const cJSON *body, struct ps_answer *answer)
{
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(body, "detail");
    const cJSON *signed_there = cJSON_GetObjectItemCaseSensitive(detail, "sign_information");
    const cJSON *size = cJSON_GetObjectItemCaseSensitive(signed_there, "sign_message_length");
    struct payscore_text message = ps_json_text(signed_there, "truncated_sign_message");
    if (message.size == 0 || !cJSON_IsNumber(size)) return;
    ps_fail(&answer->detail, PAYSCORE_OK,
            "HTTP 401 %s: the platform signed %.0f bytes that begin with '%.*s'", answer->code,
            size->valuedouble, PS_SHOWN(message));
}

static void read_error(enum ps_call call, const struct payscore_exchange *exchange,
                       struct ps_answer *answer)
{
    cJSON *body = NULL;
    /* A body that does not parse is simply not the platform's. */
    if (ps_json_parse(exchange->body, PAYSCORE_REPLY_BODY_MAX, &body, NULL) != PAYSCORE_OK)
        body = NULL;
    struct ps_error_answer error = {
        .call = call,
        .status = exchange->status,
        .code = ps_json_text(body, "code"),
        .message = ps_json_text(body, "message"),
        .number = number_of(ps_text_of(answer->request_id)),
    };
    error.platform = error.code.size > 0 && exchange->status >= 400;
    ps_text_copy(answer->code, sizeof answer->code, error.code);
    ps_text_copy(answer->message, sizeof answer->message, error.message);
    const struct ps_error_row *row = ps_error_find(&error);
    settle(answer, call, row->class, row->reason);
    answer->error_row = row->id;
    answer->input.cooldown_ms = row->cooldown_ms;
    ps_fail(&answer->detail, PAYSCORE_OK, "HTTP %d %s: %s", exchange->status,
            error.platform ? answer->code : "without an error body of the platform",
            answer->message);
    if (row->reason == PS_REASON_signature) {
        if (clock_is_off(answer)) answer->input.reason = PS_REASON_clock;
        explain_signature(body, answer);
    }
    cJSON_Delete(body);
}

/** An answer that came but cannot be used: it may stand for an effect that took place. */
static void settle_unreadable(struct ps_answer *answer, enum ps_call call)
{
    settle(answer, call, PS_CLASS_unknown, PS_REASON_lost);
}

/**
 * A success whose signature does not verify is as good as none. Where our own clock is the cause
 * (the platform's Date says so too) nothing else will verify either, until a person mends it.
 */
static void settle_unverified(struct ps_answer *answer, enum ps_call call,
                              enum payscore_status status)
{
    bool clock = status == PAYSCORE_E_STALE && clock_is_off(answer);
    settle(answer, call, PS_CLASS_unknown, clock ? PS_REASON_clock : PS_REASON_unverified);
    answer->stops_lane = clock;
}

static enum payscore_status verify(const struct ps_keyring *ring,
                                   const struct payscore_exchange *exchange, int64_t now_ms,
                                   struct payscore_error *error)
{
    struct ps_signature_headers headers =
        ps_signature_headers_of(exchange->headers, exchange->header_count);
    return ps_keyring_verify(ring, &headers, exchange->body, now_ms, error);
}

/** Copy a sighting out of the tree that it points into. */
static void take_sighting(struct ps_answer *answer, const struct ps_sighting *seen)
{
    ps_text_copy(answer->out_order_no, sizeof answer->out_order_no, seen->out_order_no);
    ps_text_copy(answer->authorization_code, sizeof answer->authorization_code,
                 seen->authorization_code);
    ps_text_copy(answer->mchid, sizeof answer->mchid, seen->mchid);
    ps_text_copy(answer->strange, sizeof answer->strange, ps_text_of(seen->strange));
    ps_text_copy(answer->openid, sizeof answer->openid, seen->view.openid);
    ps_text_copy(answer->transaction_id, sizeof answer->transaction_id, seen->view.transaction_id);
    answer->input.event = (uint16_t)seen->event;
    answer->input.view = seen->view;
    answer->input.view.openid = ps_text_of(answer->openid);
    answer->input.view.transaction_id = ps_text_of(answer->transaction_id);
}

/** A package that is too long to be kept counts as none: the order is then of no use. */
static void take_package(const cJSON *body, int64_t now_ms, struct ps_answer *answer)
{
    struct payscore_text package = ps_json_text(body, "package");
    if (!ps_text_copy(answer->handover, sizeof answer->handover, package))
        answer->handover[0] = '\0';
    answer->input.hands_over = answer->handover[0] != '\0';
    if (answer->input.hands_over) answer->input.expires_ms = now_ms + PS_LIMIT_package_ms;
}

static enum payscore_status read_order(const cJSON *body, struct ps_answer *answer)
{
    struct ps_sighting seen;
    enum payscore_status rc = ps_view_of_order(body, false, &seen, &answer->detail);
    if (rc == PAYSCORE_OK) take_sighting(answer, &seen);
    return rc;
}

/** No other reply than this one is documented to bring a package. */
static enum payscore_status read_created(const cJSON *body, int64_t now_ms,
                                         struct ps_answer *answer)
{
    enum payscore_status rc = read_order(body, answer);
    if (rc == PAYSCORE_OK) take_package(body, now_ms, answer);
    return rc;
}

static enum payscore_status read_authorization(const cJSON *body, struct ps_answer *answer)
{
    struct ps_sighting seen;
    enum payscore_status rc = ps_view_of_authorization(body, &seen, &answer->detail);
    if (rc == PAYSCORE_OK) take_sighting(answer, &seen);
    return rc;
}

/** A success that shows no state, and names only the order. */
static enum payscore_status read_named(const cJSON *body, enum ps_event event,
                                       struct ps_answer *answer)
{
    struct ps_sighting seen = {.event = event};
    seen.out_order_no = ps_json_text(body, "out_order_no");
    seen.mchid = ps_json_text(body, "mchid");
    if (seen.out_order_no.size == 0 || seen.out_order_no.size > PS_NUMBER_MAX)
        return ps_fail(&answer->detail, PAYSCORE_E_INPUT,
                       "out_order_no: %zu bytes; 1 to %d are allowed", seen.out_order_no.size,
                       PS_NUMBER_MAX);
    take_sighting(answer, &seen);
    return PAYSCORE_OK;
}

static enum payscore_status read_token(const cJSON *body, int64_t now_ms, struct ps_answer *answer)
{
    struct payscore_text token = ps_json_text(body, "apply_permissions_token");
    if (token.size == 0 || !ps_text_copy(answer->handover, sizeof answer->handover, token)) {
        answer->handover[0] = '\0';
        return ps_fail(&answer->detail, PAYSCORE_E_INPUT,
                       "apply_permissions_token: %zu bytes; 1 to %d are allowed", token.size,
                       PS_TOKEN_MAX);
    }
    answer->input.event = PS_EVENT_accepted;
    answer->input.hands_over = true;
    answer->input.expires_ms = now_ms + PS_LIMIT_token_ms;
    return PAYSCORE_OK;
}

static enum payscore_status read_body(enum ps_call call, const cJSON *body, int64_t now_ms,
                                      struct ps_answer *answer)
{
    switch (call) {
    case PS_CALL_create_order: return read_created(body, now_ms, answer);
    case PS_CALL_query_order:
    case PS_CALL_complete_order:
    case PS_CALL_modify_order:
    case PS_CALL_sync_order: return read_order(body, answer);
    case PS_CALL_cancel_order: /* Its success is the proof that the order is revoked. */
        return read_named(body, PS_EVENT_seen_revoked, answer);
    case PS_CALL_pay_order: return read_named(body, PS_EVENT_accepted, answer);
    case PS_CALL_preauthorize: return read_token(body, now_ms, answer);
    case PS_CALL_query_authorization_by_code:
    case PS_CALL_query_authorization_by_openid: return read_authorization(body, answer);
    case PS_CALL_terminate_authorization:
    case PS_CALL_terminate_authorization_by_code:
    case PS_CALL_none: break;
    }
    return PAYSCORE_E_ARGUMENT;
}

static void read_success(const struct ps_keyring *ring, enum ps_call call,
                         const struct payscore_exchange *exchange, int64_t now_ms,
                         struct ps_answer *answer)
{
    cJSON *body = NULL;
    if (exchange->body.size > PAYSCORE_REPLY_BODY_MAX) {
        ps_fail(&answer->detail, PAYSCORE_E_TOO_LARGE, "reply: %zu bytes; at most %d are read",
                exchange->body.size, PAYSCORE_REPLY_BODY_MAX);
        settle_unreadable(answer, call);
        return;
    }
    enum payscore_status rc = verify(ring, exchange, now_ms, &answer->detail);
    if (rc != PAYSCORE_OK) {
        settle_unverified(answer, call, rc);
        return;
    }
    if (call == PS_CALL_terminate_authorization ||
        call == PS_CALL_terminate_authorization_by_code) {
        answer->input.event = PS_EVENT_accepted;
        return;
    }
    rc = ps_json_parse(exchange->body, PAYSCORE_REPLY_BODY_MAX, &body, &answer->detail);
    if (rc == PAYSCORE_OK) rc = read_body(call, body, now_ms, answer);
    if (rc != PAYSCORE_OK) settle_unreadable(answer, call);
    cJSON_Delete(body);
}

static void read_headers(const struct payscore_exchange *exchange, int64_t now_ms,
                         struct ps_answer *answer)
{
    int64_t platform_ms = 0;
    struct payscore_text id = ps_header(exchange->headers, exchange->header_count, "Request-ID");
    struct payscore_text date = ps_header(exchange->headers, exchange->header_count, "Date");
    ps_text_copy(answer->request_id, sizeof answer->request_id, id);
    if (ps_time_from_http_date(date, &platform_ms)) answer->skew_ms = now_ms - platform_ms;
}

static void read_answered(const struct ps_keyring *ring, enum ps_call call,
                          const struct payscore_exchange *exchange, int64_t now_ms,
                          struct ps_answer *answer)
{
    read_headers(exchange, now_ms, answer);
    if (exchange->status >= 200 && exchange->status < 300)
        read_success(ring, call, exchange, now_ms, answer);
    else if (exchange->status >= 300 && exchange->status < 600)
        read_error(call, exchange, answer);
    else
        settle_unreadable(answer, call);
}

void ps_reply_read(const struct ps_keyring *ring, enum ps_call call,
                   const struct payscore_exchange *exchange, int64_t now_ms,
                   struct ps_answer *answer)
{
    memset(answer, 0, sizeof *answer);
    switch (exchange->delivery) {
    case PAYSCORE_ANSWERED: read_answered(ring, call, exchange, now_ms, answer); return;
    case PAYSCORE_NOT_SENT:
        settle(answer, call, PS_CLASS_busy, PS_REASON_lost);
        ps_fail(&answer->detail, PAYSCORE_OK, "no connection: nothing left");
        return;
    case PAYSCORE_TLS:
        settle(answer, call, PS_CLASS_ours, PS_REASON_not_platform);
        ps_fail(&answer->detail, PAYSCORE_OK, "TLS: the peer could not prove that it is the host");
        return;
    case PAYSCORE_LOST: break;
    }
    settle_unreadable(answer, call);
    ps_fail(&answer->detail, PAYSCORE_OK, "no whole answer came");
}
