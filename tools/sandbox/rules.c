/*
 * The rules that one field alone cannot break: ceilings, times against each other and against now.
 * Source: reference payscore.md 2.2 to 2.6, 3.7.
 */
#include <string.h>

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

/* The fields were checked: an amount is a whole number that a double holds exactly. */
static int64_t amount_of(const cJSON *object, const char *member)
{
    const cJSON *amount = cJSON_GetObjectItemCaseSensitive(object, member);
    return amount == NULL ? 0 : (int64_t)amount->valuedouble;
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
    static const int64_t zone_ms = INT64_C(8) * 3600000;
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
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range", "no real moment");
    }
    if (start.ms == 0) start = (struct moment){.present = true, .ms = call->now_ms}; /* OnAccept */
    if (start.ms + slack_ms < floor_of(&start, call->now_ms)) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range/start_time",
                           "it must not be earlier than the call");
    }
    if (!end.present) return true;
    if (end.day != start.day) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range/end_time",
                           "start and end must have the same precision");
    }
    if (end.ms + slack_ms < (end.day ? day_of(call->now_ms) : call->now_ms + 60000)) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range/end_time",
                           "it must be later than the call by a minute; a day: not earlier");
    }
    return true;
}

/* Without discounts the announced payments alone must keep below the ceiling. */
static bool payments_fit(const struct sandbox_call *call)
{
    const cJSON *discounts = cJSON_GetObjectItemCaseSensitive(call->body, "post_discounts");
    const cJSON *item;
    int64_t left_fen = call->sandbox->options->risk_max_fen;

    cJSON_ArrayForEach(item, cJSON_GetObjectItemCaseSensitive(call->body, "post_payments"))
    {
        left_fen -= amount_of(item, "amount");
    }
    return cJSON_GetArraySize(discounts) > 0 || left_fen >= 0;
}

/* 先享 has one name, 先免 the three others; the fields were checked. */
static bool risk_name_fits(const struct sandbox_call *call, const cJSON *risk)
{
    bool estimate = ps_text_is(ps_json_text(risk, "name"), "ESTIMATE_ORDER_COST");
    return estimate != call->service->exempt;
}

bool sandbox_rules_of_create(const struct sandbox_call *call)
{
    const cJSON *risk = cJSON_GetObjectItemCaseSensitive(call->body, "risk_fund");

    if (!risk_name_fits(call, risk)) return refuse(call, SANDBOX_REFUSAL_risk_name);
    if (amount_of(risk, "amount") > call->sandbox->options->risk_max_fen) {
        return refuse(call, SANDBOX_REFUSAL_risk_amount);
    }
    if (!payments_fit(call)) return refuse(call, SANDBOX_REFUSAL_total_bound);
    return times_of_create(call);
}

/* A start sent with the completion replaces that of the create, within limits. */
static bool check_start(const struct sandbox_call *call, const struct sandbox_order *order,
                        const struct moment *sent, struct moment *start)
{
    int64_t slack_ms = call->sandbox->options->time_slack_ms;

    *start =
        (struct moment){.present = true, .ms = order->created_ms}; /* Not begun: any will do. */
    if (ps_time_from_compact(ps_text_of(order->start_time), &start->ms)) {
        start->day = strlen(order->start_time) == 8;
    }
    if (!sent->present) return true;
    if (sent->day != start->day || sent->ms == 0 ||
        sent->ms + slack_ms < floor_of(sent, order->created_ms) ||
        sent->ms > call->now_ms + slack_ms) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range/start_time",
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
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range", "no real moment");
    }
    if (!check_start(call, order, &sent, &start)) return false;
    if (!end.present) {
        return cJSON_HasObjectItem(created, "end_time") ||
               refuse(call, SANDBOX_REFUSAL_end_time_missing);
    }
    if (end.day != start.day) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/time_range/end_time",
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

/* 先免: what the order's own risk fund covers; 先享: the ceiling of the service. */
static bool total_fits(const struct sandbox_call *call, const struct sandbox_order *order)
{
    const cJSON *risk = cJSON_GetObjectItemCaseSensitive(order->create_body, "risk_fund");
    int64_t bound =
        order->service->exempt ? amount_of(risk, "amount") : call->sandbox->options->risk_max_fen;
    return amount_of(call->body, "total_amount") <= bound ||
           refuse(call, SANDBOX_REFUSAL_total_bound);
}

bool sandbox_rules_of_complete(const struct sandbox_call *call, const struct sandbox_order *order)
{
    return total_fits(call, order) && location_of_complete(call, order) &&
           times_of_complete(call, order);
}

bool sandbox_rules_of_modify(const struct sandbox_call *call, const struct sandbox_order *order)
{
    if (amount_of(call->body, "total_amount") == 0 && !call->sandbox->switches.modify_to_zero) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/total_amount",
                           "more than 0; to collect nothing, cancel or refund");
    }
    return total_fits(call, order);
}

bool sandbox_rules_of_sync(const struct sandbox_call *call, const struct sandbox_order *order,
                           int64_t *paid_ms)
{
    const cJSON *detail = cJSON_GetObjectItemCaseSensitive(call->body, "detail");
    int64_t slack_ms = call->sandbox->options->time_slack_ms;
    struct moment paid;

    if (!read_moment(detail, "paid_time", &paid)) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/detail/paid_time",
                           "no real moment");
    }
    if (paid.day && call->sandbox->switches.paid_day_is_its_end) paid.ms += day_ms - 1000;
    if (paid.ms + slack_ms <= order->completed_ms || paid.ms > call->now_ms + slack_ms) {
        return refuse_body(call, SANDBOX_REFUSAL_out_of_range, "/detail/paid_time",
                           "after the completion, not after this call");
    }
    *paid_ms = paid.ms;
    return true;
}
