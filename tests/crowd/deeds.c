/* Commands of the crowd: each bears its key in its body, where the journal keeps it. */
#include <stdio.h>
#include <string.h>

#include "crowd.h"
#include "support/trial.h"

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

/* So many users, whom all processes share. */
enum { USERS = 64, TOTAL_FEN = 800 };

static unsigned user_of(const char *order)
{
    unsigned sum = 0;
    for (const char *at = order; *at != '\0'; at++)
        sum = sum * 31 + (unsigned char)*at;
    return sum % USERS;
}

static void create(struct crowd_deed *deed)
{
    snprintf(deed->body, sizeof deed->body,
             "{\"out_order_no\":\"%s\",\"service_introduction\":\"共享充电宝\","
             "\"post_payments\":[{\"name\":\"收费标准\",\"description\":\"%s\"}],"
             "\"time_range\":{\"start_time\":\"OnAccept\"},"
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"openid\":\"oCrowdUser%04u\"}",
             deed->order, deed->tag, user_of(deed->order));
}

static void complete(struct crowd_deed *deed)
{
    snprintf(deed->body, sizeof deed->body,
             "{\"out_order_no\":\"%s\",\"post_payments\":[{\"name\":\"使用时长\","
             "\"description\":\"%s\",\"amount\":%d}],\"total_amount\":%d}",
             deed->order, deed->tag, TOTAL_FEN, TOTAL_FEN);
}

static void cancel(struct crowd_deed *deed)
{
    snprintf(deed->body, sizeof deed->body, "{\"out_order_no\":\"%s\",\"reason\":\"%s\"}",
             deed->order, deed->tag);
}

void crowd_deed(struct crowd_deed *deed, const char *command, const char *order, const char *tag)
{
    deed->command = command;
    snprintf(deed->order, sizeof deed->order, "%s", order);
    snprintf(deed->tag, sizeof deed->tag, "%s", tag);
    if (strcmp(command, "create") == 0)
        create(deed);
    else if (strcmp(command, "complete") == 0)
        complete(deed);
    else
        cancel(deed);
}

struct payscore_command crowd_command(const struct crowd_deed *deed)
{
    return (struct payscore_command){0, text_of(deed->command), text_of(deed->tag),
                                     text_of(deed->body)};
}

struct payscore_merchant crowd_merchant(void)
{
    return (struct payscore_merchant){
        .mchid = PAYSCORE_TEXT(TRIAL_MCHID),
        .appid = PAYSCORE_TEXT(TRIAL_APPID),
        .service_id = PAYSCORE_TEXT(TRIAL_SERVICE),
        .notify_url = PAYSCORE_TEXT("https://pay.example.com/wx/payscore"),
    };
}

bool crowd_is_again(enum payscore_status status)
{
    return status == PAYSCORE_E_UNSURE || status == PAYSCORE_E_BUSY;
}
