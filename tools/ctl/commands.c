/* The verbs that submit a command. */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"

enum { BODY_MAX = 65536 };

static int submit_object(const struct ctl *ctl, const char *command, cJSON *object)
{
    char *body = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    if (body == NULL) return ctl_fail(PAYSCORE_E_MEMORY, command, "");
    int code = ctl_submit(ctl, command, body);
    cJSON_free(body);
    return code;
}

static int submit_named(const struct ctl *ctl, const char *command, const char *field)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, field, ctl->arguments[0]);
    if (ctl->reason != NULL) cJSON_AddStringToObject(object, "reason", ctl->reason);
    if (ctl->person != NULL) cJSON_AddStringToObject(object, "person", ctl->person);
    if (ctl->paid_time != NULL)
        cJSON_AddStringToObject(cJSON_AddObjectToObject(object, "detail"), "paid_time",
                                ctl->paid_time);
    return submit_object(ctl, command, object);
}

/* What cannot be left out is asked for by the option's name, not by the member's. */
static bool is_given(const char *value, const char *verb, const char *option, const char *what)
{
    if (value != NULL) return true;
    fprintf(stderr, "payscorectl: %s: %s is missing: %s\n", verb, option, what);
    return false;
}

static int submit_release(const struct ctl *ctl, const char *command, const char *field)
{
    if (!is_given(ctl->person, "release", "--person", "who looked") ||
        !is_given(ctl->reason, "release", "--reason", "what was found"))
        return CTL_INPUT;
    return submit_named(ctl, command, field);
}

static char *read_all(FILE *in)
{
    char *body = malloc(BODY_MAX + 2);
    size_t size = body == NULL ? 0 : fread(body, 1, BODY_MAX + 1, in);
    if (body != NULL) body[size] = '\0';
    return body;
}

static int submit_body(const struct ctl *ctl, const char *command)
{
    const char *argument = ctl->arguments[0];
    FILE *in = argument[0] == '@' ? fopen(argument + 1, "r") : NULL;
    if (argument[0] == '@' && in == NULL) {
        fprintf(stderr, "payscorectl: %s: the file cannot be read\n", argument + 1);
        return CTL_INPUT;
    }
    char *body = NULL;
    if (in != NULL)
        body = read_all(in);
    else
        body = strcmp(argument, "-") == 0 ? read_all(stdin) : strdup(argument);
    if (in != NULL) fclose(in);
    int code =
        body == NULL ? ctl_fail(PAYSCORE_E_MEMORY, command, "") : ctl_submit(ctl, command, body);
    free(body);
    return code;
}

int ctl_preauthorize(const struct ctl *ctl)
{
    return submit_named(ctl, "preauthorize", "authorization_code");
}

int ctl_preauthorization_release(const struct ctl *ctl)
{
    return submit_release(ctl, "release_preauthorization", "authorization_code");
}

int ctl_authorization_check(const struct ctl *ctl)
{
    return submit_named(ctl, "check", "openid");
}

int ctl_authorization_terminate(const struct ctl *ctl)
{
    return submit_named(ctl, "terminate", "openid");
}

int ctl_authorization_terminate_code(const struct ctl *ctl)
{
    return submit_named(ctl, "terminate_by_code", "authorization_code");
}

int ctl_authorization_release(const struct ctl *ctl)
{
    return submit_release(ctl, "release_authorization", "openid");
}

int ctl_order_create(const struct ctl *ctl)
{
    return submit_body(ctl, "create");
}

int ctl_order_complete(const struct ctl *ctl)
{
    return submit_body(ctl, "complete");
}

int ctl_order_modify(const struct ctl *ctl)
{
    return submit_body(ctl, "modify");
}

int ctl_order_cancel(const struct ctl *ctl)
{
    return submit_named(ctl, "cancel", "out_order_no");
}

int ctl_order_sync(const struct ctl *ctl)
{
    if (!is_given(ctl->paid_time, "order sync", "--paid-time",
                  "when the user paid, yyyyMMddHHmmss in Beijing"))
        return CTL_INPUT;
    return submit_named(ctl, "sync", "out_order_no");
}

int ctl_order_pay(const struct ctl *ctl)
{
    return submit_named(ctl, "pay", "out_order_no");
}

int ctl_order_adopt(const struct ctl *ctl)
{
    return submit_named(ctl, "adopt", "out_order_no");
}

int ctl_order_release(const struct ctl *ctl)
{
    return submit_release(ctl, "release", "out_order_no");
}
