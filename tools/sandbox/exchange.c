#include "exchange.h"

/* Of the platform's Payscore numbers one that no text names: a client must go by the message. */
#define UNLISTED 271300000

static const struct {
    int status;
    const char *code;
    int64_t number;
    const char *message;
} refusals[] = {
#define REFUSAL(name, status, code, number, message) {status, code, number, message},
#include "tools/sandbox/refusals.def"
};

void sandbox_refuse(struct sandbox_reply *reply, enum sandbox_refusal refusal)
{
    cJSON_Delete(reply->body);
    reply->body = NULL;
    reply->status = refusals[refusal].status;
    reply->number = refusals[refusal].number;
    reply->signing = SANDBOX_UNSIGNED;
    if (refusals[refusal].code[0] == '\0') return;
    reply->body = cJSON_CreateObject();
    cJSON_AddStringToObject(reply->body, "code", refusals[refusal].code);
    cJSON_AddStringToObject(reply->body, "message", refusals[refusal].message);
}

void sandbox_refuse_with(struct sandbox_reply *reply, enum sandbox_refusal refusal,
                         const struct sandbox_detail *detail)
{
    cJSON *json;

    sandbox_refuse(reply, refusal);
    json = cJSON_AddObjectToObject(reply->body, "detail");
    if (detail->field != NULL) cJSON_AddStringToObject(json, "field", detail->field);
    if (detail->value != NULL) {
        cJSON_AddItemToObject(json, "value", cJSON_Duplicate(detail->value, true));
    }
    cJSON_AddStringToObject(json, "issue", detail->issue);
    cJSON_AddStringToObject(json, "location", detail->location);
}

void sandbox_succeed(struct sandbox_reply *reply, cJSON *body)
{
    cJSON_Delete(reply->body);
    reply->body = body;
    reply->status = body == NULL ? 204 : 200;
    reply->number = 0;
    reply->signing = SANDBOX_SIGNED;
}

void sandbox_control_answer(struct sandbox_reply *reply, int status, cJSON *body)
{
    cJSON_Delete(reply->body);
    reply->body = body;
    reply->status = status;
    reply->signing = SANDBOX_UNSIGNED;
    reply->with_request_id = false;
}

void sandbox_control_refuse(struct sandbox_reply *reply, int status, const char *message)
{
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "error", message);
    sandbox_control_answer(reply, status, body);
}
