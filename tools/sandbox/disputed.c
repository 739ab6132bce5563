/*
 * Limits on bodies that only some texts know. Each is a row, on where its switch is; the fields
 * were checked with the wider limits before. Source: reference payscore.md 14.
 */
#include <string.h>

#include "platform.h"
#include "support.h"
#include "wechat/view.h"

static size_t points_of(const cJSON *object, const char *member)
{
    size_t points = 0;
    uint32_t highest = 0;
    ps_utf8_count(ps_json_text(object, member), &points, &highest);
    return points;
}

static bool has_short_location(const struct sandbox_call *call)
{
    const cJSON *location = sandbox_json_object(call->body, "location");
    return points_of(location, "start_location") <= 20 && points_of(location, "end_location") <= 20;
}

static bool has_short_reason(const struct sandbox_call *call)
{
    return call->id != SANDBOX_CALL_cancel_order || points_of(call->body, "reason") <= 30;
}

static bool has_no_star(const struct sandbox_call *call)
{
    return strchr(sandbox_call_text(call, "out_order_no"), '*') == NULL;
}

static bool has_few_discounts(const struct sandbox_call *call)
{
    return cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(call->body, "post_discounts")) <= 5;
}

static bool has_cancel_with_service(const struct sandbox_call *call)
{
    return call->id != SANDBOX_CALL_cancel_order || cJSON_HasObjectItem(call->body, "service_id");
}

#define LIMITS(X)                                                                                  \
    X(short_location, "/location", "at most 20 characters")                                        \
    X(short_reason, "/reason", "at most 30 characters")                                            \
    X(no_star, "/out_order_no", "digits, letters, '_', '-' and '|' only")                          \
    X(few_discounts, "/post_discounts", "at most 5 items")                                         \
    X(cancel_with_service, "/service_id", "given")

bool sandbox_limits_kept(const struct sandbox_call *call)
{
    const struct sandbox_switches *switches = &call->sandbox->switches;
    struct sandbox_detail detail = {.location = "body"};

    if (call->body == NULL) return true;
#define LIMIT(name, place, words)                                                                  \
    if (switches->name && !has_##name(call)) {                                                     \
        detail.field = (place);                                                                    \
        detail.issue = (words);                                                                    \
    }
    LIMITS(LIMIT)
#undef LIMIT
    if (detail.field != NULL) {
        sandbox_refuse_with(call->reply, SANDBOX_REFUSAL_out_of_range, &detail);
    }
    return detail.field == NULL;
}
