#include "faults.h"

#include <stdlib.h>
#include <string.h>

#include "route.h"
#include "support.h"

static const struct {
    const char *name;
    enum sandbox_place place;
} rows[] = {
#define FAULT(name, place, meaning) {#name, SANDBOX_PLACE_##place},
#include "tools/sandbox/faults.def"
};

struct entry {
    enum sandbox_fault fault;
    int64_t value;
    int64_t times, struck;
    cJSON *match;
};

struct sandbox_faults {
    size_t count;
    struct entry entries[SANDBOX_FAULTS_MAX];
};

struct sandbox_faults *sandbox_faults_open(void)
{
    return sandbox_alloc(sizeof(struct sandbox_faults));
}

void sandbox_faults_clear(struct sandbox_faults *faults)
{
    for (size_t i = 0; i < faults->count; i++)
        cJSON_Delete(faults->entries[i].match);
    faults->count = 0;
}

void sandbox_faults_close(struct sandbox_faults *faults)
{
    if (faults != NULL) sandbox_faults_clear(faults);
    free(faults);
}

enum sandbox_place sandbox_fault_place(enum sandbox_fault fault)
{
    return rows[fault].place;
}

static bool read_kind(const cJSON *json, enum sandbox_fault *fault)
{
    const char *kind = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "kind"));
    for (int i = 0; kind != NULL && i < SANDBOX_FAULT_COUNT; i++) {
        *fault = (enum sandbox_fault)i;
        if (strcmp(kind, rows[i].name) == 0) return true;
    }
    return false;
}

static bool read_whole(const cJSON *json, const char *member, int64_t otherwise, int64_t *out)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, member);
    *out = otherwise;
    if (item == NULL) return true;
    if (!cJSON_IsNumber(item) || item->valuedouble < 1 ||
        item->valuedouble > SANDBOX_FAULT_TIMES_MAX)
        return false;
    *out = (int64_t)item->valuedouble;
    return true;
}

static bool match_is_known(const cJSON *match)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, match)
    {
        bool known = false;
#define X(member) known = known || strcmp(item->string, #member) == 0;
        SANDBOX_MATCHES(X)
#undef X
        if (!known || !cJSON_IsString(item)) return false;
        if (strcmp(item->string, "call") == 0 &&
            sandbox_call_by_name(ps_text_of(item->valuestring)) == 0)
            return false;
    }
    return true;
}

/* What is used up makes room. */
static void compact(struct sandbox_faults *faults)
{
    size_t kept = 0;
    for (size_t i = 0; i < faults->count; i++) {
        if (faults->entries[i].struck < faults->entries[i].times) {
            faults->entries[kept++] = faults->entries[i];
        } else {
            cJSON_Delete(faults->entries[i].match);
        }
    }
    faults->count = kept;
}

bool sandbox_faults_add(struct sandbox_faults *faults, const cJSON *json, const char **problem)
{
    struct entry entry = {0};
    const cJSON *match = cJSON_GetObjectItemCaseSensitive(json, "match");

    *problem = "";
    if (!read_kind(json, &entry.fault)) *problem = "kind: none of the names in faults.def";
    if (!read_whole(json, "times", 1, &entry.times)) *problem = "times: 1 to 1000000";
    if (!read_whole(json, "value", 1, &entry.value)) *problem = "value: 1 to 1000000";
    if (match != NULL && (!cJSON_IsObject(match) || !match_is_known(match))) {
        *problem = "match: call, out_order_no, openid, authorization_code, event_type; as strings";
    }
    if (faults->count == SANDBOX_FAULTS_MAX) compact(faults);
    if (faults->count == SANDBOX_FAULTS_MAX) *problem = "too many faults; DELETE /sandbox/faults";
    if (**problem != '\0') return false;
    entry.match = match == NULL ? cJSON_CreateObject() : cJSON_Duplicate(match, true);
    faults->entries[faults->count++] = entry;
    return true;
}

static bool matches(const cJSON *match, const struct sandbox_occasion *occasion)
{
    const cJSON *wanted;
#define X(member)                                                                                  \
    wanted = cJSON_GetObjectItemCaseSensitive(match, #member);                                     \
    if (wanted != NULL &&                                                                          \
        (occasion->member == NULL || strcmp(wanted->valuestring, occasion->member) != 0))          \
        return false;
    SANDBOX_MATCHES(X)
#undef X
    return true;
}

bool sandbox_fault_strikes(struct sandbox_faults *faults, enum sandbox_fault fault,
                           const struct sandbox_occasion *occasion, int64_t *value)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct entry *entry = &faults->entries[i];
        if (entry->fault != fault || entry->struck >= entry->times ||
            !matches(entry->match, occasion))
            continue;
        entry->struck++;
        if (value != NULL) *value = entry->value;
        return true;
    }
    return false;
}

cJSON *sandbox_faults_json(const struct sandbox_faults *faults)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < faults->count; i++) {
        const struct entry *entry = &faults->entries[i];
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "kind", rows[entry->fault].name);
        cJSON_AddItemToObject(json, "match", cJSON_Duplicate(entry->match, true));
        cJSON_AddNumberToObject(json, "value", (double)entry->value);
        cJSON_AddNumberToObject(json, "times", (double)entry->times);
        cJSON_AddNumberToObject(json, "struck", (double)entry->struck);
        cJSON_AddItemToArray(list, json);
    }
    return list;
}
