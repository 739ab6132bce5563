/*
 * Times become moments, words become flags. What is missing stays 0: the chart decides what that
 * means.
 */
#include "wechat/wish.h"

#include "core/time.h"
#include "wechat/text.h"
#include "wechat/view.h"

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** 0 for what is no time, such as OnAccept. */
static int64_t moment_of(struct payscore_text text)
{
    int64_t ms = 0;
    return ps_time_from_compact(text, &ms) ? ms : 0;
}

static bool is_day(struct payscore_text text)
{
    return moment_of(text) != 0 && text.size != PS_COMPACT_SIZE;
}

/** With DEPOSIT, ADVANCE and CASH_DEPOSIT the user is exempted first (reference 2.5). */
static bool is_exempt(const cJSON *fund)
{
    return !ps_text_is(ps_json_text(fund, "name"), "ESTIMATE_ORDER_COST");
}

static uint16_t terms_of(const cJSON *body)
{
    const cJSON *range = member(body, "time_range");
    struct payscore_text start = ps_json_text(range, "start_time");
    unsigned terms = PS_FLAG_TERMS;
    if (cJSON_IsTrue(member(body, "need_user_confirm"))) terms |= PS_FLAG_CONFIRM;
    if (is_exempt(member(body, "risk_fund"))) terms |= PS_FLAG_EXEMPT;
    if (ps_text_is(start, "OnAccept")) terms |= PS_FLAG_ON_ACCEPT;
    if (member(range, "end_time") != NULL) terms |= PS_FLAG_END_GIVEN;
    if (member(member(body, "location"), "start_location") != NULL) terms |= PS_FLAG_PLACE_GIVEN;
    return (uint16_t)terms;
}

void ps_wish_read(enum ps_form form, const cJSON *body, struct ps_wish *wish)
{
    const cJSON *range = member(body, "time_range");
    const cJSON *risk = member(member(body, "risk_fund"), "amount");
    struct payscore_text start = ps_json_text(range, "start_time");
    struct payscore_text end = ps_json_text(range, "end_time");
    unsigned terms = form == PS_FORM_create_order ? terms_of(body) : 0;
    if (is_day(start)) terms |= PS_FLAG_BY_DAY;
    *wish = (struct ps_wish){
        .terms = (uint16_t)terms,
        .end_by_day = is_day(end),
        .has_end_place = member(member(body, "location"), "end_location") != NULL,
        .risk_fen = risk == NULL ? 0 : (int64_t)risk->valuedouble,
        .start_ms = moment_of(start),
        .end_ms = moment_of(end),
        .paid_ms = moment_of(ps_json_text(member(body, "detail"), "paid_time")),
    };
}
