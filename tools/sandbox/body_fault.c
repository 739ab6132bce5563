/*
 * A fault of a body, told by the library as "post_payments[2].amount: -1; must be: …", becomes
 * the platform's error: the right code, and a detail with field, value and issue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "wechat/rules.h"

enum { FIELD_MAX = 96 };

/* Rules that the platform refuses with an error of their own; the others are PARAM_ERROR. */
static enum sandbox_refusal refusal_of(enum ps_rule rule)
{
    switch (rule) {
    case PS_RULE_total_of_complete_order: return SANDBOX_REFUSAL_total_formula;
    case PS_RULE_risk_name_of_create_order: return SANDBOX_REFUSAL_risk_name;
    case PS_RULE_order_of_times_of_complete_order: return SANDBOX_REFUSAL_end_before_start;
    default: return SANDBOX_REFUSAL_parameter;
    }
}

/* A value of the right kind that is too long, too large, in another unit or form of time. */
static bool is_out_of_range(const char *text)
{
    static const char *const words[] = {" characters", "a whole number", "an array of ",
                                        "yyyyMMdd"};
    const char *rule = strstr(text, "; must be: ");

    for (size_t i = 0; rule != NULL && i < sizeof words / sizeof words[0]; i++) {
        if (strstr(rule, words[i]) != NULL) return true;
    }
    return false;
}

/* The rule whose words the text ends with. */
static enum sandbox_refusal refusal_of_text(const char *text)
{
#define REFUSAL_OF(name, call, words)                                                              \
    if (strstr(text, words) != NULL &&                                                             \
        refusal_of(PS_RULE_##name##_of_##call) != SANDBOX_REFUSAL_parameter)                       \
        return refusal_of(PS_RULE_##name##_of_##call);
    PS_RULES(REFUSAL_OF)
#undef REFUSAL_OF
    return is_out_of_range(text) ? SANDBOX_REFUSAL_out_of_range : SANDBOX_REFUSAL_parameter;
}

/* "post_payments[2].amount" as "/post_payments/2/amount", followed through the body on the way. */
static const cJSON *follow(const cJSON *body, const char *place, char pointer[FIELD_MAX])
{
    const cJSON *item = body;
    size_t used = 0;

    pointer[0] = '\0';
    while (*place != '\0' && *place != ':') {
        char step[FIELD_MAX];
        size_t size = strcspn(place, ".[]:");
        if (size > 0 && used + size + 2 <= FIELD_MAX) {
            snprintf(step, sizeof step, "%.*s", (int)size, place);
            used += (size_t)snprintf(pointer + used, FIELD_MAX - used, "/%s", step);
            item = cJSON_IsArray(item) ? cJSON_GetArrayItem(item, (int)strtol(step, NULL, 10))
                                       : cJSON_GetObjectItemCaseSensitive(item, step);
        }
        place += size;
        if (*place != '\0' && *place != ':') place++;
    }
    return item;
}

void sandbox_refuse_body(struct sandbox_reply *reply, const cJSON *body, const char *text)
{
    char pointer[FIELD_MAX] = "";
    const char *issue = strstr(text, ": ");
    struct sandbox_detail detail = {.issue = text, .location = "body"};

    if (body != NULL && issue != NULL) {
        detail.value = follow(body, text, pointer);
        if (detail.value == body) detail.value = NULL;
        detail.field = pointer;
        detail.issue = issue + 2;
    }
    sandbox_refuse_with(reply, refusal_of_text(text), &detail);
}
