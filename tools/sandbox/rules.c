/*
 * The rules that one field alone cannot break: sums, ceilings, times against each other and
 * against now. Source: reference payscore.md 2.2 to 2.6.
 */
#include <string.h>

#include "core/money.h"
#include "core/time.h"
#include "platform.h"
#include "support.h"
#include "wechat/view.h"

static const int64_t day_ms = 86400000;

static bool refuse(const struct sandbox_call *call, enum sandbox_refusal refusal)
{
    sandbox_refuse(call->reply, refusal);
    return false;
}

static bool refuse_body(const struct sandbox_call *call, enum sandbox_refusal refusal,
                        const char *field, const char *issue)
{
    struct sandbox_detail detail = {.field = field, .issue = issue, .location = "body"};
    sandbox_refuse_with(call->reply, refusal, &detail);
    return false;
}

static bool sum(const cJSON *items, int64_t *total)
{
    const cJSON *item;

    *total = 0;
    cJSON_ArrayForEach(item, items)
    {
        int64_t fen = 0;
        bool present = false;
        struct payscore_error error;
        if (ps_json_fen(item, "amount", false, &present, &fen, &error) != PAYSCORE_OK) return false;
        if (present && !ps_fen_add(*total, fen, total)) return false;
    }
    return true;
}

static bool sums(const cJSON *body, int64_t *payments, int64_t *discounts)
{
    return sum(cJSON_GetObjectItemCaseSensitive(body, "post_payments"), payments) &&
           sum(cJSON_GetObjectItemCaseSensitive(body, "post_discounts"), discounts);
}

static int64_t amount_of(const cJSON *object, const char *member)
{
    int64_t fen = 0;
    bool present = false;
    struct payscore_error error;
    if (ps_json_fen(object, member, false, &present, &fen, &error) != PAYSCORE_OK) return 0;
    return fen;
}

/* A time of a body. `day`: it has no time of day. */
struct moment {
    bool present, day;
    int64_t ms;
};

static bool read_moment(const cJSON *range, const char *member, struct moment *out)
{
    struct payscore_text text = ps_json_text(range, member);

    *out = (struct moment){.present = text.size > 0, .day = text.size == 8};
    if (text.size == 0 || ps_text_is(text, "OnAccept")) return true;
    return ps_time_from_compact(text, &out->ms);
}

/* Midnight of the day in Beijing. */
static int64_t day_of(int64_t ms)
{
    static const int64_t zone_ms = 8 * 3600000;
    return (ms + zone_ms) / day_ms * day_ms - zone_ms;
}

static int64_t floor_of(const struct moment *moment, int64_t now_ms)
{
    return moment->day ? day_of(now_ms) : now_ms;
}

static bool times_of_create(const struct sandbox_call *call)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(call->body, "time_range");
    int64_t slack_ms = call->sandbox->options->time_slack_ms;
    struct moment start, end;

    if (!read_moment(range, "start_time", &start) || !read_moment(range, "end_time", &end)) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range", "no real moment");
    }
    if (start.ms == 0) start = (struct moment){.present = true, .ms = call->now_ms}; /* OnAccept */
    if (start.ms + slack_ms < floor_of(&start, call->now_ms)) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range/start_time",
                           "it must not be earlier than the call");
    }
    if (!end.present) return true;
    if (end.day != start.day) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range/end_time",
                           "start and end must have the same precision");
    }
    if (end.ms + slack_ms < (end.day ? day_of(call->now_ms) : call->now_ms + 60000) ||
        (end.day ? end.ms < start.ms : end.ms <= start.ms)) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range/end_time",
                           "it must be later than the start and than the call by a minute");
    }
    return true;
}

bool sandbox_rules_of_create(const struct sandbox_call *call)
{
    const cJSON *risk = cJSON_GetObjectItemCaseSensitive(call->body, "risk_fund");
    int64_t ceiling_fen = call->sandbox->options->risk_max_fen;
    int64_t risk_fen = amount_of(risk, "amount");
    int64_t payments = 0, discounts = 0;

    if (!ps_text_is(ps_json_text(risk, "name"), "ESTIMATE_ORDER_COST")) {
        return refuse(call, SANDBOX_REFUSAL_risk_name);
    }
    if (risk_fen <= 0 || risk_fen > ceiling_fen) {
        return refuse(call, SANDBOX_REFUSAL_risk_amount);
    }
    if (!sums(call->body, &payments, &discounts)) {
        return refuse(call, SANDBOX_REFUSAL_total_formula);
    }
    if (discounts == 0 && payments > ceiling_fen) return refuse(call, SANDBOX_REFUSAL_total_bound);
    return times_of_create(call);
}

bool sandbox_rules_of_total(const struct sandbox_call *call)
{
    int64_t payments = 0, discounts = 0;
    int64_t total = amount_of(call->body, "total_amount");

    if (!sums(call->body, &payments, &discounts) || payments - discounts != total) {
        return refuse(call, SANDBOX_REFUSAL_total_formula);
    }
    return true;
}

/* A start sent with the completion replaces that of the create, within limits. */
static bool check_start(const struct sandbox_call *call, const struct sandbox_order *order,
                        const struct moment *sent, struct moment *start)
{
    int64_t slack_ms = call->sandbox->options->time_slack_ms;

    start->present = true;
    start->day = strlen(order->start_time) == 8;
    ps_time_from_compact(ps_text_of(order->start_time), &start->ms);
    if (!sent->present) return true;
    if (sent->day != start->day || sent->ms == 0 ||
        sent->ms + slack_ms < floor_of(sent, order->created_ms) ||
        sent->ms > call->now_ms + slack_ms) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range/start_time",
                           "precision as at create; between the create and this call");
    }
    *start = *sent;
    return true;
}

static bool times_of_complete(const struct sandbox_call *call, const struct sandbox_order *order)
{
    const cJSON *range = cJSON_GetObjectItemCaseSensitive(call->body, "time_range");
    const cJSON *created = cJSON_GetObjectItemCaseSensitive(order->create_body, "time_range");
    int64_t slack_ms = call->sandbox->options->time_slack_ms;
    struct moment sent, start, end;

    if (!read_moment(range, "start_time", &sent) || !read_moment(range, "end_time", &end)) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range", "no real moment");
    }
    if (!check_start(call, order, &sent, &start)) return false;
    if (!end.present) {
        return cJSON_HasObjectItem(created, "end_time") ||
               refuse(call, SANDBOX_REFUSAL_end_time_missing);
    }
    if (end.day != start.day) {
        return refuse_body(call, SANDBOX_REFUSAL_time_range, "/time_range/end_time",
                           "precision as at create (OnAccept: seconds)");
    }
    if (end.day ? end.ms < start.ms : end.ms + slack_ms <= start.ms) {
        return refuse(call, SANDBOX_REFUSAL_end_before_start);
    }
    if (end.ms > call->now_ms + slack_ms) return refuse(call, SANDBOX_REFUSAL_end_after_call);
    return true;
}

static bool location_of_complete(const struct sandbox_call *call, const struct sandbox_order *order)
{
    const cJSON *created = sandbox_json_object(order->create_body, "location");
    const cJSON *sent = sandbox_json_object(call->body, "location");

    if (sent == NULL || cJSON_HasObjectItem(created, "start_location")) return true;
    return refuse_body(call, SANDBOX_REFUSAL_parameter, "/location/end_location",
                       "only for an order whose create had a start_location");
}

bool sandbox_rules_of_complete(const struct sandbox_call *call, const struct sandbox_order *order)
{
    if (amount_of(call->body, "total_amount") > call->sandbox->options->risk_max_fen) {
        return refuse(call, SANDBOX_REFUSAL_total_bound);
    }
    return location_of_complete(call, order) && times_of_complete(call, order);
}
