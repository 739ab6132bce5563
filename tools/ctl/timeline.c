/* Records, moves and lists as lines for people. */
#include "timeline.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char *text(const cJSON *object, const char *member)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, member);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static void print_member(const cJSON *item)
{
    if (cJSON_IsString(item) && item->valuestring[0] != '\0')
        printf("%-20s %s\n", item->string, item->valuestring);
    else if (cJSON_IsNumber(item))
        printf("%-20s %.0f\n", item->string, item->valuedouble);
    else if (cJSON_IsBool(item))
        printf("%-20s %s\n", item->string, cJSON_IsTrue(item) ? "yes" : "no");
}

void ctl_print_record(const cJSON *record)
{
    const cJSON *item, *inner;
    cJSON_ArrayForEach(item, record)
    {
        print_member(item);
        if (!cJSON_IsObject(item)) continue;
        printf("%s\n", item->string);
        cJSON_ArrayForEach(inner, item)
        {
            printf("  ");
            print_member(inner);
        }
    }
}

static void print_evidence(const cJSON *entry)
{
    const cJSON *part;
    cJSON_ArrayForEach(part, cJSON_GetObjectItemCaseSensitive(entry, "evidence"))
    {
        printf("      | %s: %s\n", text(part, "part"), text(part, "text"));
    }
}

static void print_release(const cJSON *entry)
{
    const cJSON *release = cJSON_GetObjectItemCaseSensitive(entry, "release");
    if (cJSON_IsObject(release))
        printf("      released by %s: %s\n", text(release, "person"), text(release, "reason"));
}

static void print_amount(const cJSON *entry, const char *member, const char *word)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(entry, member);
    if (cJSON_IsNumber(item)) printf("  %s %.0f fen", word, item->valuedouble);
}

void ctl_print_timeline(const cJSON *history)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, history)
    {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(entry, "entry");
        const cJSON *row = cJSON_GetObjectItemCaseSensitive(entry, "row");
        printf("%s  #%-5.0f %-16s -> %-16s  %s %s%s%s", text(entry, "time"),
               cJSON_GetNumberValue(number), text(entry, "from"), text(entry, "to"),
               text(entry, "input"), text(entry, "event"),
               text(entry, "call")[0] == '\0' ? "" : " of ", text(entry, "call"));
        print_amount(entry, "asked_fen", "asked");
        print_amount(entry, "total_fen", "total");
        print_amount(entry, "paid_fen", "paid");
        printf("\n      row %.0f: %s", cJSON_GetNumberValue(row), text(entry, "row_text"));
        if (text(entry, "reason")[0] != '\0') printf(" [%s]", text(entry, "reason"));
        if (text(entry, "held")[0] != '\0') printf(" [HELD: %s]", text(entry, "held"));
        printf("\n");
        print_release(entry);
        print_evidence(entry);
    }
}

void ctl_print_list(const cJSON *page)
{
    const cJSON *record;
    cJSON_ArrayForEach(record, cJSON_GetObjectItemCaseSensitive(page, "records"))
    {
        const char *name = text(record, "out_order_no");
        bool user = strcmp(text(record, "chart"), "authorization") == 0;
        if (name[0] == '\0') name = text(record, user ? "openid" : "authorization_code");
        const cJSON *reason = cJSON_GetObjectItemCaseSensitive(record, "reason");
        const cJSON *held = cJSON_GetObjectItemCaseSensitive(record, "held");
        printf("%-17s %-32s %-18s since %s", text(record, "chart"), name, text(record, "state"),
               text(record, "since"));
        if (cJSON_IsObject(reason)) printf("  [%s]", text(reason, "name"));
        printf("\n");
        if (cJSON_IsObject(held))
            printf("      HELD since %s: %s (%s)\n", text(held, "since"), text(held, "text"),
                   text(held, "name"));
    }
    if (text(page, "next")[0] != '\0') printf("more: --after %s\n", text(page, "next"));
}
