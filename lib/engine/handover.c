/* Handovers: keeping them out of the journal, showing them while they are good. */
#include "engine/handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "core/time.h"
#include "engine/internal.h"
#include "engine/making.h"
#include "wechat/reply.h"
#include "wechat/view.h"

static const char *const members[] = {"apply_permissions_token", "package"};

enum { MEMBER_COUNT = sizeof members / sizeof members[0] };

bool ps_handover_is_in(struct payscore_text body)
{
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        if (ps_text_contains(body, members[i])) return true;
    return false;
}

/* A member that stands there twice is blanked once and dropped once. */
static bool blank_member(cJSON *body, const char *member)
{
    bool there = false;
    while (cJSON_GetObjectItemCaseSensitive(body, member) != NULL) {
        cJSON_DeleteItemFromObjectCaseSensitive(body, member);
        there = true;
    }
    return !there || cJSON_AddStringToObject(body, member, "") != NULL;
}

char *ps_handover_blank(struct payscore_text body)
{
    cJSON *json = NULL;
    bool blank = true;
    if (ps_json_parse(body, PAYSCORE_REPLY_BODY_MAX, &json, NULL) != PAYSCORE_OK) return NULL;
    for (size_t i = 0; i < MEMBER_COUNT; i++)
        blank = blank_member(json, members[i]) && blank;
    char *text = blank ? ps_make_print(json) : NULL;
    cJSON_Delete(json);
    return text;
}

/* How the client side uses it: states in which it is of use, and what it is launched as. */
struct launch {
    uint16_t chart;
    const char *state;
    const char *member;
    const char *business_type;
    bool single_use;
};

static const struct launch launches[] = {
    {PS_CHART_preauthorization, "UNBOUND", "apply_permissions_token", "wxpayScoreEnable", false},
    {PS_CHART_service_order, "CONFIRMING", "package", "wxpayScoreUse", true},
};

static const struct launch *launch_of(const struct ps_record *record)
{
    for (size_t i = 0; i < sizeof launches / sizeof launches[0]; i++)
        if (launches[i].chart == record->chart) return &launches[i];
    return NULL;
}

/* name=value, the value percent-encoded. */
static void write_query(const char *name, const char *value, char *out, size_t size)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = (size_t)snprintf(out, size, "%s=", name);
    for (; *value != '\0' && used + 4 <= size; value++) {
        uint8_t byte = (uint8_t)*value;
        struct payscore_text one = {value, 1};
        if (ps_text_all_of(one, "-_.~")) {
            out[used++] = *value;
            continue;
        }
        out[used++] = '%';
        out[used++] = digits[byte >> 4];
        out[used++] = digits[byte & 15];
    }
    out[used] = '\0';
}

static void add_launch(cJSON *object, const struct launch *how, const char *value,
                       const char *expires)
{
    char query[64 + 3 * PS_TOKEN_MAX];
    cJSON *launch = ps_make_object(object, "launch");
    write_query(how->member, value, query, sizeof query);
    ps_make_text(launch, "businessType", how->business_type);
    ps_make_text(launch, how->member, value);
    ps_make_text(launch, "queryString", query);
    ps_make_text(launch, "expires", expires);
    ps_make_bool(launch, "single_use", how->single_use);
}

void ps_handover_describe(const struct payscore *engine, struct ps_txn *txn,
                          const struct ps_record *record, cJSON *object)
{
    struct ps_id_key key = ps_id_key(&record->id);
    const struct launch *how = launch_of(record);
    struct payscore_text value;
    char text[PS_TOKEN_MAX + 1], expires[PS_RFC3339_SIZE + 1];
    if (how == NULL || record->expires_ms <= ps_now_ms(engine)) return;
    if (ps_txn_get(txn, PS_TABLE_HANDOVERS, PS_KEY(key), &value) != PAYSCORE_OK) return;
    if (value.size == 0 || value.size >= sizeof text) return;
    memcpy(text, value.data, value.size);
    text[value.size] = '\0';
    ps_time_to_rfc3339(record->expires_ms, expires);
    cJSON *handover = ps_make_object(object, "handover");
    ps_make_text(handover, how->member, text);
    ps_make_text(handover, "expires", expires);
    const struct ps_state *state = ps_chart_state(ps_chart_by_id(record->chart), record->state);
    if (strcmp(state->name, how->state) == 0) add_launch(object, how, text, expires);
}
