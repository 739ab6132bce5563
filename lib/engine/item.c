/* Reading items: replies and notices; commands are item_command.c's. */
#include "engine/item.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/charts.h"
#include "engine/handover.h"
#include "wechat/request.h"

static struct payscore_text bytes_of(const void *bytes, size_t size)
{
    return (struct payscore_text){bytes, size};
}

/* Replies. */

static bool differs(const char *told, const char *asked)
{
    return told[0] != '\0' && strcmp(told, asked) != 0;
}

/*
 * What was asked by is what must come back. An authorization that is asked for by its user may name
 * any code, and one that is asked for by its code any user. It belongs to the service: the answer
 * names the merchant through whom it was last given.
 */
static bool speaks_of_another(const struct ps_answer *answer, const struct ps_flight *flight,
                              const struct ps_merchant *merchant)
{
    bool by_code = flight->call == PS_CALL_query_authorization_by_code;
    bool by_openid = flight->call == PS_CALL_query_authorization_by_openid;
    if (by_code && differs(answer->authorization_code, flight->number)) return true;
    if (by_openid && differs(answer->openid, flight->openid)) return true;
    if (by_code || by_openid) return false;
    return differs(answer->mchid, merchant->mchid) || differs(answer->out_order_no, flight->number);
}

static void distrust(struct ps_answer *answer, bool effect)
{
    answer->input.event = effect ? PS_EVENT_unknown : PS_EVENT_look_failed;
    answer->input.reason = PS_REASON_unverified;
    memset(&answer->input.view, 0, sizeof answer->input.view);
    ps_fail(&answer->detail, PAYSCORE_OK,
            "the answer speaks of another merchant, number or user than asked");
}

static const char *delivery_name(enum payscore_delivery delivery)
{
    switch (delivery) {
    case PAYSCORE_ANSWERED: return "answered";
    case PAYSCORE_NOT_SENT: return "not sent";
    case PAYSCORE_LOST: return "lost";
    case PAYSCORE_TLS: return "not sent: the peer could not prove who it is";
    }
    return "not a delivery";
}

static void headers_evidence(struct ps_parts *parts, const struct payscore_header *headers,
                             size_t count)
{
    char lines[4096];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const struct payscore_header *header = &headers[i];
        bool wanted =
            header->name.size >= 10 && (strncasecmp(header->name.data, "Wechatpay-", 10) == 0 ||
                                        strncasecmp(header->name.data, "Request-ID", 10) == 0);
        if (!wanted || header->name.size + header->value.size + 4 > sizeof lines - used) continue;
        used += (size_t)snprintf(lines + used, sizeof lines - used, "%.*s: %.*s\n",
                                 (int)header->name.size, header->name.data, (int)header->value.size,
                                 header->value.data);
    }
    ps_parts_add(parts, PS_PART_headers, bytes_of(lines, used));
}

/* What is handed over lives outside the journal, so that it can end. */
static void body_evidence(struct ps_parts *parts, struct payscore_text body)
{
    if (body.size > PAYSCORE_REPLY_BODY_MAX) return;
    if (!ps_handover_is_in(body)) {
        ps_parts_add(parts, PS_PART_body, body);
        return;
    }
    char *blank = ps_handover_blank(body);
    if (blank != NULL) ps_parts_add(parts, PS_PART_body, ps_text_of(blank));
    ps_parts_add(parts, PS_PART_note,
                 blank != NULL
                     ? PAYSCORE_TEXT("what the body hands over is left out; the rest is as it came")
                     : PAYSCORE_TEXT("the body may hold what is handed over and is not kept"));
    cJSON_free(blank);
}

static void reply_evidence(struct ps_parts *parts, const struct ps_flight *flight,
                           const struct payscore_exchange *exchange, const struct ps_answer *answer)
{
    char status[64];
    if (exchange->delivery == PAYSCORE_ANSWERED)
        snprintf(status, sizeof status, "%d", exchange->status);
    else
        snprintf(status, sizeof status, "%s", delivery_name(exchange->delivery));
    ps_parts_add(parts, PS_PART_request_line, ps_text_of(ps_call_name(flight->call)));
    ps_parts_add(parts, PS_PART_status, ps_text_of(status));
    headers_evidence(parts, exchange->headers, exchange->header_count);
    body_evidence(parts, exchange->body);
    if (answer->detail.text[0] != '\0')
        ps_parts_add(parts, PS_PART_note, ps_text_of(answer->detail.text));
}

static enum payscore_status read_reply(struct payscore *engine, const struct payscore_reply *reply,
                                       struct ps_reading *reading, struct payscore_result *result)
{
    struct ps_flight *flight = ps_flight_by_token(&engine->flights, reply->token);
    if (flight == NULL) {
        return ps_fail(&result->error, PAYSCORE_E_ARGUMENT, "no call with token %llu is under way",
                       (unsigned long long)reply->token);
    }
    reading->flight = flight;
    reading->answer = calloc(1, sizeof *reading->answer);
    if (reading->answer == NULL) return PAYSCORE_E_MEMORY;
    struct ps_answer *answer = reading->answer;
    const struct ps_merchant *merchant = &engine->merchants[flight->merchant];
    ps_reply_read(merchant->ring, (enum ps_call)flight->call, &reply->exchange, ps_now_ms(engine),
                  answer);
    if (speaks_of_another(answer, flight, merchant)) distrust(answer, flight->effect);

    reading->matter.subject.merchant = merchant;
    reading->matter.subject.id = flight->id;
    reading->matter.in = answer->input;
    reading->matter.in.carrier = flight->effect ? PAYSCORE_CARRIER_REPLY : PAYSCORE_CARRIER_QUERY;
    reading->matter.in.call = flight->call;
    reading->matter.in.attempt = flight->attempt;
    reading->matter.in.begun_version = flight->begun_version;
    reading->matter.in.begun_ms = flight->begun_ms;
    reading->matter.in.call_entry = flight->call_entry;
    reading->matter.handover = ps_text_of(answer->handover);
    reply_evidence(&reading->matter.evidence, flight, &reply->exchange, answer);
    result->error = answer->detail;
    result->stops_lane = answer->stops_lane;
    result->skew_ms = answer->skew_ms;
    return reading->matter.evidence.status;
}

/* Notices. */

/*
 * A notice does not say whose key verifies it: each merchant's ring is tried. Of several faults the
 * one that came furthest is told: verified, but sealed with another key.
 */
static enum payscore_status open_notice(struct payscore *engine,
                                        const struct payscore_notice *notice,
                                        struct ps_opened_notice *out,
                                        const struct ps_merchant **merchant,
                                        struct payscore_error *error)
{
    enum payscore_status rc = PAYSCORE_E_KEY;
    ps_fail(error, PAYSCORE_OK, "no merchant with keys is configured");
    for (size_t i = 0; i < engine->merchant_count; i++) {
        struct payscore_error why = {""};
        if (engine->merchants[i].ring == NULL) continue;
        enum payscore_status tried =
            ps_notice_open(engine->merchants[i].ring, notice, ps_now_ms(engine), out, &why);
        if (rc != PAYSCORE_E_SEALED || tried == PAYSCORE_OK) {
            *error = why;
            *merchant = &engine->merchants[i];
            rc = tried;
        }
        if (tried != PAYSCORE_E_FORGED && tried != PAYSCORE_E_SEALED) break;
    }
    return rc;
}

static void notice_evidence(struct ps_parts *parts, const struct payscore_notice *notice,
                            const struct ps_opened_notice *opened)
{
    ps_parts_add(parts, PS_PART_note, ps_text_of(opened->event_type));
    headers_evidence(parts, notice->headers, notice->header_count);
    ps_parts_add(parts, PS_PART_body, notice->body);
    ps_parts_add(parts, PS_PART_resource, bytes_of(opened->plaintext, opened->plaintext_size));
    if (opened->sighting.strange[0] != '\0')
        ps_parts_add(parts, PS_PART_note, ps_text_of(opened->sighting.strange));
}

static enum payscore_status read_notice(struct payscore *engine,
                                        const struct payscore_notice *notice,
                                        struct ps_reading *reading, struct payscore_result *result)
{
    const struct ps_merchant *merchant = NULL;
    struct ps_opened_notice *opened = &reading->notice;
    enum payscore_status rc = open_notice(engine, notice, opened, &merchant, &result->error);
    if (rc != PAYSCORE_OK) return rc;
    result->error.text[0] = '\0';
    if (!opened->understood) {
        reading->done = true;
        result->verdict = PAYSCORE_IGNORED;
        ps_fail(&result->error, PAYSCORE_OK,
                "%s is not an event of this product: verified and left alone", opened->event_type);
        return PAYSCORE_OK;
    }
    const struct ps_sighting *sighting = &opened->sighting;
    if (sighting->mchid.size > 0 && !ps_text_is(sighting->mchid, merchant->mchid))
        return ps_fail(&result->error, PAYSCORE_E_INPUT,
                       "the resource speaks of mchid %.*s, but %s's key opened it",
                       PS_SHOWN(sighting->mchid), merchant->mchid);
    const struct ps_merchant *named =
        ps_merchant_named(engine, sighting->mchid, sighting->appid, sighting->service_id);
    if (named == NULL)
        named = ps_merchant_named(engine, sighting->mchid, (struct payscore_text){NULL, 0},
                                  sighting->service_id);
    if (opened->of_order && sighting->out_order_no.size == 0)
        return ps_fail(&result->error, PAYSCORE_E_INPUT, "out_order_no: missing");
    struct ps_subject *subject = &reading->matter.subject;
    subject->merchant = named != NULL ? named : merchant;
    reading->of_another_service = named == NULL && !opened->of_order;
    subject->chart = opened->of_order ? PS_CHART_service_order : PS_CHART_authorization;
    subject->number = opened->of_order ? sighting->out_order_no : sighting->authorization_code;
    subject->openid = sighting->view.openid;
    reading->matter.in.event = (uint16_t)sighting->event;
    reading->matter.in.carrier = PAYSCORE_CARRIER_NOTICE;
    reading->matter.in.view = sighting->view;
    notice_evidence(&reading->matter.evidence, notice, opened);
    return reading->matter.evidence.status;
}

static void begin_result(struct payscore_result *result)
{
    memset(result, 0, sizeof *result);
    result->chart = result->state = result->row_text = "";
}

void ps_reading_begin(struct payscore *engine, const struct payscore_item *item,
                      struct ps_reading *reading)
{
    struct payscore_result *result = &reading->result;
    begin_result(result);
    switch (item->kind) {
    case PAYSCORE_COMMAND:
        result->status = ps_item_command(engine, &item->command, reading, &result->error);
        break;
    case PAYSCORE_REPLY: result->status = read_reply(engine, &item->reply, reading, result); break;
    case PAYSCORE_NOTICE:
        result->status = read_notice(engine, &item->notice, reading, result);
        break;
    default: result->status = PAYSCORE_E_ARGUMENT; break;
    }
    if (result->status != PAYSCORE_OK) reading->done = true;
    if (!reading->done) ps_parts_pack(&reading->matter.evidence);
}

void ps_reading_command(struct payscore *engine, const struct payscore_command *command,
                        struct ps_reading *reading)
{
    struct payscore_result *result = &reading->result;
    begin_result(result);
    result->status = ps_item_command(engine, command, reading, &result->error);
    if (result->status == PAYSCORE_OK && reading->chore == PS_CHORE_none) {
        ps_reading_seal(engine, reading);
        result->status = reading->matter.evidence.status;
    }
    reading->done = result->status != PAYSCORE_OK;
}

void ps_reading_seal(struct payscore *engine, struct ps_reading *reading)
{
    uint8_t salt[PS_SALT_SIZE];
    ps_random(engine, salt, sizeof salt);
    ps_parts_seal(&reading->matter.evidence, salt);
}

void ps_reading_end(struct ps_reading *reading)
{
    ps_parts_free(&reading->matter.evidence);
    ps_rendered_free(&reading->rendered);
    ps_notice_close(&reading->notice);
    cJSON_Delete(reading->body);
    free(reading->answer);
}
