/*
 * From the platform's JSON to one view. Knows nothing of HTTP, signatures or our own records: it
 * says what a body says, and where it says something that no text describes, keeps that verbatim.
 */
#include "wechat/view.h"

#include <stdio.h>
#include <string.h>

#include "core/money.h"
#include "core/time.h"
#include "wechat/text.h"

/** The values of state, state_description and collection.state; NONE: not there or empty. */
enum order_state { STATE_CREATED, STATE_DOING, STATE_DONE, STATE_REVOKED, STATE_EXPIRED };
enum description { DESCRIPTION_NONE, DESCRIPTION_USER_CONFIRM, DESCRIPTION_MCH_COMPLETE };
enum collecting { COLLECTING_NONE, COLLECTING_USER_PAYING, COLLECTING_USER_PAID };
enum authorization { AUTHORIZATION_UNBINDUSER, AUTHORIZATION_AVAILABLE, AUTHORIZATION_UNAVAILABLE };

static const char *const state_names[] = {"CREATED", "DOING", "DONE", "REVOKED", "EXPIRED", NULL};
static const char *const description_names[] = {"", "USER_CONFIRM", "MCH_COMPLETE", NULL};
static const char *const collecting_names[] = {"", "USER_PAYING", "USER_PAID", NULL};
static const char *const authorization_names[] = {"UNBINDUSER", "AVAILABLE", "UNAVAILABLE", NULL};

/** Which of the names it is; -1: none of them. */
static int index_of(const char *const *names, struct payscore_text text)
{
    for (int i = 0; names[i] != NULL; i++) {
        if (ps_text_is(text, names[i])) return i;
    }
    return -1;
}

/** Keep a value that no text describes, and call the whole sighting strange. */
static void mark_strange(struct ps_sighting *out, const char *member, struct payscore_text value)
{
    int size = snprintf(out->strange, sizeof out->strange, "%s=", member);
    ps_text_copy(out->strange + size, sizeof out->strange - (size_t)size, value);
    out->event = PS_EVENT_seen_strange;
}

static enum payscore_status begin(const cJSON *body, struct ps_sighting *out,
                                  struct payscore_error *error)
{
    memset(out, 0, sizeof *out);
    if (!cJSON_IsObject(body)) return ps_fail(error, PAYSCORE_E_INPUT, "body: not a JSON object");
    out->out_order_no = ps_json_text(body, "out_order_no");
    out->authorization_code = ps_json_text(body, "authorization_code");
    out->mchid = ps_json_text(body, "mchid");
    out->appid = ps_json_text(body, "appid");
    out->service_id = ps_json_text(body, "service_id");
    out->view.openid = ps_json_text(body, "openid");
    if (out->out_order_no.size > PS_NUMBER_MAX)
        return ps_fail(error, PAYSCORE_E_INPUT, "out_order_no: %zu bytes; at most %d are allowed",
                       out->out_order_no.size, PS_NUMBER_MAX);
    if (out->authorization_code.size > PS_NUMBER_MAX)
        return ps_fail(error, PAYSCORE_E_INPUT,
                       "authorization_code: %zu bytes; at most %d are allowed",
                       out->authorization_code.size, PS_NUMBER_MAX);
    return PAYSCORE_OK;
}

/**
 * What a record has no room for is as strange as an unknown value: it must not be cut short, and a
 * person is to see it.
 */
static void mark_oversized(struct ps_sighting *out)
{
    struct ps_view *view = &out->view;
    if (view->openid.size > PS_OPENID_MAX) mark_strange(out, "openid", view->openid);
    if (view->transaction_id.size > PS_TRANSACTION_ID_MAX)
        mark_strange(out, "transaction_id", view->transaction_id);
    if (out->event != PS_EVENT_seen_strange) return;
    if (view->openid.size > PS_OPENID_MAX) view->openid = (struct payscore_text){"", 0};
    if (view->transaction_id.size > PS_TRANSACTION_ID_MAX)
        view->transaction_id = (struct payscore_text){"", 0};
}

static enum ps_event event_while_doing(enum description description, enum collecting collecting)
{
    if (description == DESCRIPTION_USER_CONFIRM)
        return collecting == COLLECTING_NONE ? PS_EVENT_seen_in_service : PS_EVENT_seen_unclear;
    if (description == DESCRIPTION_MCH_COMPLETE)
        return collecting == COLLECTING_USER_PAID ? PS_EVENT_seen_unclear : PS_EVENT_seen_paying;
    return PS_EVENT_seen_unclear;
}

/**
 * The triple as one event. A description beside another state than DOING is not looked at; triples
 * that cannot be (collecting while in service, paid while collecting) mean: ask again.
 */
static enum ps_event event_of_triple(enum order_state state, enum description description,
                                     enum collecting collecting)
{
    switch (state) {
    case STATE_CREATED: return PS_EVENT_seen_created;
    case STATE_DOING: return event_while_doing(description, collecting);
    case STATE_DONE:
        return collecting == COLLECTING_USER_PAYING ? PS_EVENT_seen_unclear : PS_EVENT_seen_done;
    case STATE_REVOKED: return PS_EVENT_seen_revoked;
    case STATE_EXPIRED: return PS_EVENT_seen_expired;
    }
    return PS_EVENT_seen_unclear;
}

/** Read the triple into out->event. */
static enum payscore_status read_triple(const cJSON *body, const cJSON *collection,
                                        struct ps_sighting *out, enum collecting *collecting,
                                        struct payscore_error *error)
{
    struct payscore_text texts[] = {ps_json_text(body, "state"),
                                    ps_json_text(body, "state_description"),
                                    ps_json_text(collection, "state")};
    if (texts[0].size == 0) return ps_fail(error, PAYSCORE_E_INPUT, "state: missing");
    int state = index_of(state_names, texts[0]);
    int description = index_of(description_names, texts[1]);
    int found = index_of(collecting_names, texts[2]);
    *collecting = found < 0 ? COLLECTING_NONE : (enum collecting)found;
    if (state < 0)
        mark_strange(out, "state", texts[0]);
    else if (description < 0 && state == STATE_DOING)
        mark_strange(out, "state_description", texts[1]);
    else if (found < 0)
        mark_strange(out, "collection.state", texts[2]);
    else
        out->event = (uint16_t)event_of_triple((enum order_state)state,
                                               (enum description)description, *collecting);
    return PAYSCORE_OK;
}

static enum ps_paid_type paid_type_of(const cJSON *detail)
{
    struct payscore_text type = ps_json_text(detail, "paid_type");
    if (ps_text_is(type, "NEWTON")) return PS_PAID_NEWTON;
    return ps_text_is(type, "MCH") ? PS_PAID_MCH : PS_PAID_OTHER;
}

/**
 * Take from one detail what the view still lacks, and add its money to `sum`. What the platform
 * provably deducted goes before any other way in which the user paid: it is what can be refunded.
 */
static enum payscore_status read_detail(const cJSON *detail, bool strings, struct ps_view *view,
                                        int64_t *sum, struct payscore_error *error)
{
    bool present = false;
    int64_t fen = 0;
    enum payscore_status rc = ps_json_fen(detail, "amount", strings, &present, &fen, error);
    if (rc != PAYSCORE_OK) return rc;
    if (!ps_fen_add(*sum, fen, sum))
        return ps_fail(error, PAYSCORE_E_INPUT, "collection.details: the amounts exceed %lld",
                       (long long)PS_FEN_MAX);
    enum ps_paid_type type = paid_type_of(detail);
    struct payscore_text id = ps_json_text(detail, "transaction_id");
    bool deducted = type == PS_PAID_NEWTON && id.size > 0;
    if (fen > 0 && (view->paid_type == PS_PAID_NONE || deducted)) view->paid_type = (uint8_t)type;
    if (deducted && view->transaction_id.size == 0) view->transaction_id = id;
    int64_t paid_ms = 0;
    if (view->platform_ms == 0 && ps_time_from_compact(ps_json_text(detail, "paid_time"), &paid_ms))
        view->platform_ms = paid_ms;
    return PAYSCORE_OK;
}

/** paid_amount, or where it is missing and the money was collected, the sum of the details. */
static enum payscore_status read_collection(const cJSON *collection, bool paid, bool strings,
                                            struct ps_view *view, struct payscore_error *error)
{
    const cJSON *detail = NULL;
    int64_t sum = 0;
    enum payscore_status rc =
        ps_json_fen(collection, "paid_amount", strings, &view->has_paid, &view->paid_fen, error);
    cJSON_ArrayForEach(detail, cJSON_GetObjectItemCaseSensitive(collection, "details"))
    {
        if (rc == PAYSCORE_OK) rc = read_detail(detail, strings, view, &sum, error);
    }
    if (rc != PAYSCORE_OK || view->has_paid || !paid) return rc;
    view->has_paid = true;
    view->paid_fen = sum;
    return PAYSCORE_OK;
}

/**
 * collection.total_amount goes before total_amount: it is what is being collected. Official samples
 * let the two differ, so that a difference alone is no reason to call a view strange; whoever knows
 * what was asked compares with that. Before a completion the member means nothing (its value is
 * undocumented there), so that it is not even read.
 */
static enum payscore_status read_total(const cJSON *body, const cJSON *collection, bool strings,
                                       struct ps_sighting *out, struct payscore_error *error)
{
    struct ps_view *view = &out->view;
    if (out->event == PS_EVENT_seen_created || out->event == PS_EVENT_seen_in_service)
        return PAYSCORE_OK;
    enum payscore_status rc =
        ps_json_fen(collection, "total_amount", strings, &view->has_total, &view->total_fen, error);
    if (rc != PAYSCORE_OK || view->has_total) return rc;
    return ps_json_fen(body, "total_amount", strings, &view->has_total, &view->total_fen, error);
}

/** Money that cannot be read is a value that no text describes: a person must look, none is
 * guessed. */
static void distrust_amounts(struct ps_sighting *out, const struct payscore_error *why)
{
    out->view.has_total = out->view.has_paid = false;
    out->view.total_fen = out->view.paid_fen = 0;
    mark_strange(out, "amount", ps_text_of(why->text));
}

enum payscore_status ps_view_of_order(const cJSON *body, bool notice, struct ps_sighting *out,
                                      struct payscore_error *error)
{
    enum collecting collecting = COLLECTING_NONE;
    enum payscore_status rc = begin(body, out, error);
    if (rc != PAYSCORE_OK) return rc;
    const cJSON *collection = cJSON_GetObjectItemCaseSensitive(body, "collection");
    if (!cJSON_IsObject(collection)) collection = NULL;
    rc = read_triple(body, collection, out, &collecting, error);
    if (rc != PAYSCORE_OK) return rc;
    struct payscore_error why = {""};
    bool paid = out->event == PS_EVENT_seen_done && collecting == COLLECTING_USER_PAID;
    rc = read_total(body, collection, notice, out, &why);
    if (rc == PAYSCORE_OK) rc = read_collection(collection, paid, notice, &out->view, &why);
    if (rc != PAYSCORE_OK) distrust_amounts(out, &why);
    bool zero = out->view.has_total && out->view.total_fen == 0;
    if (notice && out->event == PS_EVENT_seen_done && !paid && !zero)
        out->event = PS_EVENT_seen_unclear;
    mark_oversized(out);
    return PAYSCORE_OK;
}

/** A moment that cannot be read counts as not given. */
static int64_t rfc3339_or_none(const cJSON *body, const char *member)
{
    int64_t ms = 0;
    return ps_time_from_rfc3339(ps_json_text(body, member), &ms) ? ms : 0;
}

enum payscore_status ps_view_of_authorization(const cJSON *body, struct ps_sighting *out,
                                              struct payscore_error *error)
{
    enum payscore_status rc = begin(body, out, error);
    if (rc != PAYSCORE_OK) return rc;
    struct payscore_text state = ps_json_text(body, "authorization_state");
    if (state.size == 0) return ps_fail(error, PAYSCORE_E_INPUT, "authorization_state: missing");
    switch (index_of(authorization_names, state)) {
    case AUTHORIZATION_UNBINDUSER: out->event = PS_EVENT_seen_unbound; break;
    case AUTHORIZATION_AVAILABLE:
        out->event = PS_EVENT_seen_available;
        out->view.platform_ms = rfc3339_or_none(body, "authorization_success_time");
        break;
    case AUTHORIZATION_UNAVAILABLE:
        out->event = PS_EVENT_seen_unavailable;
        out->view.platform_ms = rfc3339_or_none(body, "cancel_authorization_time");
        break;
    default: mark_strange(out, "authorization_state", state); break;
    }
    mark_oversized(out);
    return PAYSCORE_OK;
}

enum payscore_status ps_view_of_service_notice(const cJSON *resource,
                                               struct payscore_text event_type,
                                               struct ps_sighting *out,
                                               struct payscore_error *error)
{
    enum payscore_status rc = begin(resource, out, error);
    if (rc != PAYSCORE_OK) return rc;
    if (out->view.openid.size == 0) return ps_fail(error, PAYSCORE_E_INPUT, "openid: missing");
    bool opened = ps_text_is(event_type, "PAYSCORE.USER_OPEN_SERVICE");
    struct payscore_text status = ps_json_text(resource, "user_service_status");
    bool says_open = ps_text_is(status, "USER_OPEN_SERVICE");
    bool says_closed = ps_text_is(status, "USER_CLOSE_SERVICE");
    out->event = opened ? PS_EVENT_seen_available : PS_EVENT_seen_unavailable;
    if (opened ? says_closed : says_open) out->event = PS_EVENT_seen_unclear;
    if (status.size > 0 && !says_open && !says_closed)
        mark_strange(out, "user_service_status", status);
    struct payscore_text at = ps_json_text(resource, "openorclose_time");
    if (!ps_time_from_compact(at, &out->view.platform_ms)) {
        /* Without its own time a notice cannot be put in order with what is known: ask. */
        out->view.platform_ms = 0;
        if (out->event != PS_EVENT_seen_strange) out->event = PS_EVENT_seen_unclear;
    }
    mark_oversized(out);
    return PAYSCORE_OK;
}
