/*
 * The calls on authorizations, and what the user does. The relation belongs to the user; a code is
 * one pre-authorization, and AVAILABLE only while the relation stands under it.
 * Source: reference payscore.md 3.9 to 3.11, 5.
 */
#include <string.h>

#include "core/time.h"
#include "courier.h"
#include "platform.h"
#include "support.h"
#include "wechat/view.h"

static enum sandbox_grant grant_of_code(const struct sandbox_code *code)
{
    if (code->user == NULL) return SANDBOX_NEVER;
    return code->user->code == code ? code->user->grant : SANDBOX_UNAVAILABLE;
}

/* Whether a code that was asked for before may be asked for so again. */
static bool code_may_repeat(const struct sandbox_call *call, const struct sandbox_code *code)
{
    const struct sandbox_switches *switches = &call->sandbox->switches;
    if (switches->refuse_code_again || (switches->refuse_code_reuse && code->user != NULL)) {
        return false;
    }
    return cJSON_Compare(code->body, call->body, true);
}

void sandbox_preauthorize(struct sandbox_call *call)
{
    struct sandbox_code *code =
        sandbox_code_get(call->sandbox, sandbox_call_text(call, "authorization_code"));
    cJSON *json;

    if (call->service->confirms) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_service_confirms);
        return;
    }
    if (code == NULL) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_busy); /* The sandbox is full. */
        return;
    }
    if (code->body != NULL && !code_may_repeat(call, code)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_code_reentry);
        return;
    }
    if (code->body == NULL) code->body = cJSON_Duplicate(call->body, true);
    sandbox_random_letters(code->token, SANDBOX_TOKEN_SIZE);
    code->token_ms = sandbox_life_ms(call->sandbox);
    code->asked_count++;
    json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "apply_permissions_token", code->token);
    sandbox_succeed(call->reply, json);
}

static void add_time(cJSON *json, const char *member, int64_t ms)
{
    char text[PS_RFC3339_SIZE + 1];
    if (ms == 0) return;
    ps_time_to_rfc3339(ms, text);
    cJSON_AddStringToObject(json, member, text);
}

static cJSON *authorization_json(const struct sandbox *sandbox, const struct sandbox_user *user,
                                 const struct sandbox_code *code, enum sandbox_grant grant)
{
    static const char *const names[] = {[SANDBOX_NEVER] = "UNBINDUSER",
                                        [SANDBOX_AVAILABLE] = "AVAILABLE",
                                        [SANDBOX_UNAVAILABLE] = "UNAVAILABLE"};
    cJSON *json = cJSON_CreateObject();

    cJSON_AddStringToObject(json, "service_id", sandbox->options->service_id);
    cJSON_AddStringToObject(json, "appid", sandbox->options->appid);
    cJSON_AddStringToObject(json, "mchid", sandbox->options->mchid);
    if (user != NULL) cJSON_AddStringToObject(json, "openid", user->openid);
    if (code != NULL) cJSON_AddStringToObject(json, "authorization_code", code->code);
    cJSON_AddStringToObject(json, "authorization_state", names[grant]);
    if (user != NULL) add_time(json, "authorization_success_time", user->opened_ms);
    if (user != NULL && grant == SANDBOX_UNAVAILABLE) {
        add_time(json, "cancel_authorization_time", user->closed_ms);
    }
    return json;
}

static struct sandbox_code *existing_code(struct sandbox_call *call)
{
    struct sandbox_code *code =
        sandbox_code_find(call->sandbox, sandbox_value(call->values, "number"));
    if (code == NULL || code->body == NULL || call->service->confirms) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_authorization_absent);
        return NULL;
    }
    return code;
}

static struct sandbox_user *existing_user(struct sandbox_call *call)
{
    struct sandbox_user *user =
        sandbox_user_find(call->sandbox, sandbox_value(call->values, "openid"));
    if (user == NULL || user->grant == SANDBOX_NEVER || call->service->confirms) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_authorization_absent);
        return NULL;
    }
    return user;
}

void sandbox_query_authorization_by_code(struct sandbox_call *call)
{
    const struct sandbox_code *code = existing_code(call);
    cJSON *json;

    if (code == NULL) return;
    json = authorization_json(call->sandbox, code->user, code, grant_of_code(code));
    sandbox_json_carry(json, code->body, "notify_url");
    sandbox_succeed(call->reply, json);
}

void sandbox_query_authorization_by_openid(struct sandbox_call *call)
{
    const struct sandbox_user *user = existing_user(call);
    if (user == NULL) return;
    sandbox_succeed(call->reply, authorization_json(call->sandbox, user, user->code, user->grant));
}

static void tell(struct sandbox *sandbox, const struct sandbox_user *user, bool opened)
{
    char moment[PS_COMPACT_SIZE + 1];
    const char *status = opened ? "USER_OPEN_SERVICE" : "USER_CLOSE_SERVICE";
    cJSON *json = cJSON_CreateObject();
    struct sandbox_news news = {
        .event_type = opened ? "PAYSCORE.USER_OPEN_SERVICE" : "PAYSCORE.USER_CLOSE_SERVICE",
        .summary = opened ? "授权成功" : "解除授权成功",
        .url = ps_json_text(user->code->body, "notify_url"),
        .openid = user->openid,
        .authorization_code = user->code->code,
        .resource = json,
    };

    ps_time_to_compact(opened ? user->opened_ms : user->closed_ms, moment);
    cJSON_AddStringToObject(json, "appid", sandbox->options->appid);
    cJSON_AddStringToObject(json, "mchid", sandbox->options->mchid);
    cJSON_AddStringToObject(json, "service_id", sandbox->options->service_id);
    cJSON_AddStringToObject(json, "openid", user->openid);
    cJSON_AddStringToObject(json, "user_service_status", status);
    cJSON_AddStringToObject(json, "openorclose_time", moment);
    cJSON_AddStringToObject(json, "authorization_code", user->code->code);
    sandbox_courier_take(sandbox, &news);
    cJSON_Delete(json);
}

bool sandbox_user_accepts(struct sandbox *sandbox, struct sandbox_code *code,
                          struct sandbox_user *user, const char **problem)
{
    *problem = NULL;
    if (code->user != NULL && code->user != user) {
        *problem = "the code is bound to another user";
    } else if (!user->accepts) {
        *problem = "the user does not accept";
    } else if (sandbox_life_ms(sandbox) - code->token_ms > SANDBOX_TOKEN_LIFE_MS) {
        *problem = "the token is older than an hour; pre-authorize again";
    } else if (code->user == user && user->code == code && user->grant == SANDBOX_AVAILABLE) {
        *problem = "the service is open under this code already";
    }
    if (*problem != NULL) return false;
    code->user = user;
    user->code = code;
    user->grant = SANDBOX_AVAILABLE;
    user->opened_ms = sandbox_now_ms();
    tell(sandbox, user, true);
    return true;
}

/* Whether an order of the service keeps it open. */
static bool is_bound(const struct sandbox *sandbox, const struct sandbox_user *user)
{
    const char *id = sandbox->options->service_id;
    return user->unfinished_order ||
           sandbox_user_is_bound(sandbox, user,
                                 sandbox_service_find(sandbox->options, ps_text_of(id)));
}

static void close_service(struct sandbox_user *user)
{
    user->grant = SANDBOX_UNAVAILABLE;
    user->closed_ms = sandbox_now_ms();
}

bool sandbox_user_closes(struct sandbox *sandbox, struct sandbox_user *user, const char **problem)
{
    *problem = NULL;
    if (user->grant != SANDBOX_AVAILABLE) *problem = "the service is not open";
    if (is_bound(sandbox, user)) *problem = "存在未完成订单: the user has an unfinished order";
    if (*problem != NULL) return false;
    close_service(user);
    tell(sandbox, user, false);
    return true;
}

static void terminate(struct sandbox_call *call, struct sandbox_user *user)
{
    if (user->grant != SANDBOX_AVAILABLE && call->sandbox->switches.terminate_again) {
        sandbox_succeed(call->reply, NULL);
        return;
    }
    if (user->grant != SANDBOX_AVAILABLE) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_authorization_closed);
        return;
    }
    if (is_bound(call->sandbox, user)) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_authorization_in_use);
        return;
    }
    close_service(user);
    if (call->sandbox->switches.notice_on_terminate) tell(call->sandbox, user, false);
    sandbox_succeed(call->reply, NULL);
}

void sandbox_terminate_authorization(struct sandbox_call *call)
{
    struct sandbox_user *user = existing_user(call);
    if (user != NULL) terminate(call, user);
}

void sandbox_terminate_authorization_by_code(struct sandbox_call *call)
{
    const struct sandbox_code *code = existing_code(call);
    if (code == NULL) return;
    if (code->user == NULL || code->user->code != code) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_authorization_other_code);
        return;
    }
    terminate(call, code->user);
}
