/*
 * Rules between members. Each is one function that looks at a body whose members are each right
 * already, and says whether it keeps the rule; where not, it phrases what breaks it.
 */
#include "wechat/rules.h"

#include "core/money.h"
#include "core/time.h"
#include "wechat/text.h"
#include "wechat/view.h"

/** What a rule is asked, and where it explains itself. */
struct question {
    const cJSON *body;
    const char *rule;
    struct payscore_error *error;
};

static bool broken(const struct question *ask, const char *member, struct payscore_text value)
{
    if (value.size == 0) {
        ps_fail(ask->error, PAYSCORE_E_INPUT, "%s: missing; must be: %s", member, ask->rule);
    } else {
        ps_fail(ask->error, PAYSCORE_E_INPUT, "%s: '%.*s'; must be: %s", member, PS_SHOWN(value),
                ask->rule);
    }
    return false;
}

static const cJSON *member(const cJSON *object, const char *name)
{
    return cJSON_GetObjectItemCaseSensitive(object, name);
}

/** Σ amount of an array's items; a missing amount is 0. 100 items of PS_FEN_MAX fit an int64_t. */
static int64_t sum_of(const cJSON *array)
{
    int64_t sum = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, array)
    {
        const cJSON *amount = member(item, "amount");
        if (amount != NULL) sum += (int64_t)amount->valuedouble;
    }
    return sum;
}

static bool rule_total(const struct question *ask)
{
    int64_t payments = sum_of(member(ask->body, "post_payments"));
    int64_t discounts = sum_of(member(ask->body, "post_discounts"));
    int64_t total = (int64_t)member(ask->body, "total_amount")->valuedouble;
    if (total == payments - discounts) return true;
    ps_fail(ask->error, PAYSCORE_E_INPUT,
            "total_amount: %lld, but payments of %lld less discounts of %lld are %lld; must be: %s",
            (long long)total, (long long)payments, (long long)discounts,
            (long long)(payments - discounts), ask->rule);
    return false;
}

/** Whether no name occurs twice, but `repeatable`. */
static bool names_differ(const struct question *ask, const char *array, const char *repeatable)
{
    const cJSON *first = NULL;
    cJSON_ArrayForEach(first, member(ask->body, array))
    {
        struct payscore_text name = ps_json_text(first, "name");
        if (ps_text_is(name, repeatable)) continue;
        for (const cJSON *other = first->next; other != NULL; other = other->next) {
            if (ps_text_equal(name, ps_json_text(other, "name"))) return broken(ask, array, name);
        }
    }
    return true;
}

static bool rule_payment_names(const struct question *ask)
{
    return names_differ(ask, "post_payments", "商品信息");
}

static bool rule_discount_names(const struct question *ask)
{
    return names_differ(ask, "post_discounts", "");
}

static bool rule_payment_says(const struct question *ask)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, member(ask->body, "post_payments"))
    {
        if (member(item, "amount") != NULL || member(item, "description") != NULL) continue;
        return broken(ask, "post_payments", ps_json_text(item, "name"));
    }
    return true;
}

static bool rule_remarks(const struct question *ask)
{
    const cJSON *range = member(ask->body, "time_range");
    struct payscore_text start = ps_json_text(range, "start_time_remark");
    struct payscore_text end = ps_json_text(range, "end_time_remark");
    if (start.size > 0 && member(range, "start_time") == NULL)
        return broken(ask, "time_range.start_time_remark", start);
    if (end.size > 0 && member(range, "end_time") == NULL)
        return broken(ask, "time_range.end_time_remark", end);
    return true;
}

/** Days may be equal; of moments the later must be later. Mixed, the platform decides. */
static bool rule_order_of_times(const struct question *ask)
{
    const cJSON *range = member(ask->body, "time_range");
    struct payscore_text start = ps_json_text(range, "start_time");
    struct payscore_text end = ps_json_text(range, "end_time");
    int64_t start_ms = 0;
    int64_t end_ms = 0;
    if (start.size != end.size) return true;
    if (!ps_time_from_compact(start, &start_ms) || !ps_time_from_compact(end, &end_ms)) return true;
    bool moments = end.size == PS_COMPACT_SIZE;
    if (moments ? end_ms > start_ms : end_ms >= start_ms) return true;
    return broken(ask, "time_range.end_time", end);
}

static bool rule_locations(const struct question *ask)
{
    const cJSON *location = member(ask->body, "location");
    if (member(location, "end_location") == NULL || member(location, "start_location") != NULL)
        return true;
    return broken(ask, "location.end_location", ps_json_text(location, "end_location"));
}

/** Left out it means true. */
static bool needs_confirmation(const cJSON *body)
{
    return !cJSON_IsFalse(member(body, "need_user_confirm"));
}

static bool rule_risk_name(const struct question *ask)
{
    struct payscore_text name = ps_json_text(member(ask->body, "risk_fund"), "name");
    if (needs_confirmation(ask->body) || ps_text_is(name, "ESTIMATE_ORDER_COST")) return true;
    return broken(ask, "risk_fund.name", name);
}

static bool rule_openid(const struct question *ask)
{
    bool given = member(ask->body, "openid") != NULL;
    if (given != needs_confirmation(ask->body)) return true;
    return broken(ask, "openid", ps_json_text(ask->body, "openid"));
}

enum ps_rule ps_rule_broken(enum ps_form form, const cJSON *body, struct payscore_error *error)
{
    static const struct {
        enum ps_rule rule;
        enum ps_form form;
        bool (*keeps)(const struct question *ask);
        const char *text;
    } rows[] = {
#define PS_X(name, of_form, text)                                                                  \
    {PS_RULE_##name##_of_##of_form, PS_FORM_##of_form, rule_##name, text},
        PS_RULES(PS_X)
#undef PS_X
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct question ask = {body, rows[i].text, error};
        if (rows[i].form == form && !rows[i].keeps(&ask)) return rows[i].rule;
    }
    return PS_RULE_none;
}
