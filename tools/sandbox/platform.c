#include "platform.h"
#include "answer.h"
#include "auth.h"
#include "support.h"
#include "wechat/fields.h"
#include "wechat/view.h"

const char *sandbox_call_text(const struct sandbox_call *call, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(call->body, member));
    return text == NULL ? "" : text;
}

void sandbox_call_run(struct sandbox_call *call)
{
    switch (call->id) {
#define CALL(id, name, kind, repeat, method, path, en, zh)                                         \
    case id:                                                                                       \
        sandbox_##name(call);                                                                      \
        break;
#include "statecharts/calls.def"
#define CALL(id, name, kind, repeat, method, path, en, zh)                                         \
    case id:                                                                                       \
        sandbox_##name(call);                                                                      \
        break;
#include "tools/sandbox/calls_extra.def"
    default: break;
    }
}

static bool refuse(struct sandbox_reply *reply, enum sandbox_refusal refusal)
{
    sandbox_refuse(reply, refusal);
    return false;
}

static bool check_headers(struct sandbox *sandbox, const struct sandbox_request *request,
                          struct sandbox_reply *reply)
{
    struct sandbox_merchant merchant = {sandbox->keys->by_public_key, sandbox->options->mchid,
                                        sandbox->keys->merchant_serial};
    struct payscore_text public_key = ps_keyring_serial(sandbox->keys->by_public_key);
    struct payscore_text certificate = ps_keyring_serial(sandbox->keys->by_certificate);

    if (request->user_agent.size == 0 || request->accept.size == 0) {
        return refuse(reply, SANDBOX_REFUSAL_no_agent);
    }
    if (!sandbox_authenticate(&merchant, request, sandbox_now_ms(), reply)) {
        sandbox->refused_unsigned++;
        return false;
    }
    reply->by_certificate = !ps_text_equal(request->serial, public_key);
    if (request->serial.size > 0 && reply->by_certificate &&
        !ps_text_equal(request->serial, certificate)) {
        return refuse(reply, SANDBOX_REFUSAL_platform_serial);
    }
    return true;
}

static bool check_query(const struct sandbox_route *route, const struct sandbox_request *request,
                        struct sandbox_values *values, struct sandbox_reply *reply)
{
    struct sandbox_query_fault fault;
    struct sandbox_detail detail = {.location = "query"};

    if (sandbox_query_match(route->template, request->query, values, &fault)) return true;
    detail.field = fault.name;
    detail.issue = fault.extra ? "not a parameter of this call, or given twice"
                               : "required; 1 to 512 characters";
    sandbox_refuse_with(
        reply, fault.extra ? SANDBOX_REFUSAL_parameter_extra : SANDBOX_REFUSAL_parameter, &detail);
    return false;
}

static bool check_body(struct sandbox_call *call, const struct sandbox_request *request,
                       cJSON **body)
{
    struct payscore_error error;

    if (!ps_text_starts(request->content_type, "application/json")) {
        return refuse(call->reply, SANDBOX_REFUSAL_no_content_type);
    }
    if (ps_json_parse(request->body, SANDBOX_BODY_MAX, body, &error) != PAYSCORE_OK) {
        sandbox_refuse_body(call->reply, NULL, error.text);
        return false;
    }
    call->body = *body;
    if (ps_fields_check((enum ps_call)call->id, call->body, true, &error) == PAYSCORE_OK) {
        return true;
    }
    sandbox_refuse_body(call->reply, call->body, error.text);
    return false;
}

static bool is_of_code(int call)
{
    return call == SANDBOX_CALL_preauthorize || call == SANDBOX_CALL_query_authorization_by_code ||
           call == SANDBOX_CALL_terminate_authorization_by_code;
}

/* The number in the path or the query has the form that it has in a body. */
static bool check_number(const struct sandbox_call *call)
{
    const char *number = sandbox_value(call->values, "number");
    const struct ps_field *field = is_of_code(call->id)
                                       ? ps_field_find(PS_FORM_preauthorize, "authorization_code")
                                       : ps_field_find(PS_FORM_create_order, "out_order_no");
    cJSON *item = cJSON_CreateString(number);
    struct payscore_error error = {""};
    struct sandbox_detail detail = {.field = field->path,
                                    .value = item,
                                    .issue = error.text,
                                    .location = call->body == NULL ? "query" : "uri_template"};
    bool good = number[0] == '\0' || ps_field_check(field, item, true, &error) == PAYSCORE_OK;

    if (!good) sandbox_refuse_with(call->reply, SANDBOX_REFUSAL_parameter, &detail);
    cJSON_Delete(item);
    return good;
}

/* appid and service_id, wherever they stand, must be the merchant's. */
static bool check_permission(struct sandbox_call *call)
{
    const struct sandbox_options *options = call->sandbox->options;
    struct payscore_text appid = ps_json_text(call->body, "appid");
    struct payscore_text service = ps_json_text(call->body, "service_id");

    if (call->body == NULL) {
        appid = ps_text_of(sandbox_value(call->values, "appid"));
        service = ps_text_of(sandbox_value(call->values, "service_id"));
    }
    if (appid.size > 0 && !ps_text_is(appid, options->appid)) {
        return refuse(call->reply, SANDBOX_REFUSAL_appid_unbound);
    }
    call->service = sandbox_service_find(options, service);
    return service.size == 0 || call->service != NULL ||
           refuse(call->reply, SANDBOX_REFUSAL_service_unknown);
}

static void fill_occasion(struct sandbox_call *call)
{
    const char *number = sandbox_value(call->values, "number");
    bool of_code = is_of_code(call->id);

    call->occasion.call = sandbox_call_name(call->id);
    call->occasion.out_order_no = of_code ? NULL : number;
    call->occasion.authorization_code = of_code ? number : NULL;
    call->occasion.openid = sandbox_value(call->values, "openid");
    if (call->body == NULL) return;
    if (call->id == SANDBOX_CALL_create_order) {
        call->occasion.out_order_no = sandbox_call_text(call, "out_order_no");
        call->occasion.openid = sandbox_call_text(call, "openid");
    } else if (call->id == SANDBOX_CALL_preauthorize) {
        call->occasion.authorization_code = sandbox_call_text(call, "authorization_code");
    }
}

static void count_request(struct sandbox_call *call)
{
    struct sandbox_order *order = NULL;

    call->sandbox->requests[call->id]++;
    if (call->occasion.out_order_no != NULL && call->occasion.out_order_no[0] != '\0') {
        order = sandbox_order_get(call->sandbox, call->occasion.out_order_no);
    }
    if (order != NULL) order->requests[call->id]++;
}

/* The faults of one place, in the order of their rows; the first that strikes decides. */
static bool fault_of(struct sandbox_call *call, enum sandbox_place place, enum sandbox_fault *fault,
                     int64_t *value)
{
    for (int i = 0; i < SANDBOX_FAULT_COUNT; i++) {
        *fault = (enum sandbox_fault)i;
        if (sandbox_fault_place(*fault) == place &&
            sandbox_fault_strikes(call->sandbox->faults, *fault, &call->occasion, value))
            return true;
    }
    return false;
}

static bool fault_before(struct sandbox_call *call)
{
    enum sandbox_fault fault;
    int64_t value;

    if (!fault_of(call, SANDBOX_PLACE_BEFORE, &fault, &value)) return false;
    if (fault == SANDBOX_FAULT_lose_request) call->reply->dropped = true;
    if (fault == SANDBOX_FAULT_status_500_before) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_system);
    }
    if (fault == SANDBOX_FAULT_busy_429) sandbox_refuse(call->reply, SANDBOX_REFUSAL_busy);
    return true;
}

static void fault_after(struct sandbox_call *call)
{
    enum sandbox_fault fault;
    int64_t value = 0;

    if (call->reply->status >= 300) return;
    if (!fault_of(call, SANDBOX_PLACE_AFTER, &fault, &value)) return;
    if (fault == SANDBOX_FAULT_lose_reply) call->reply->dropped = true;
    if (fault == SANDBOX_FAULT_status_500_after) {
        sandbox_refuse(call->reply, SANDBOX_REFUSAL_system);
    }
    if (fault == SANDBOX_FAULT_bad_signature) call->reply->signing = SANDBOX_SIGNED_WRONG;
    if (fault == SANDBOX_FAULT_probe_signature) call->reply->signing = SANDBOX_SIGNED_PROBE;
    if (fault == SANDBOX_FAULT_delay_ms) call->reply->delay_ms = value;
}

static void answer_platform(struct sandbox *sandbox, const struct sandbox_request *request,
                            struct sandbox_reply *reply)
{
    const struct sandbox_route *route = NULL;
    struct sandbox_values values;
    cJSON *body = NULL;
    struct sandbox_call call = {.sandbox = sandbox, .values = &values, .reply = reply};
    enum sandbox_found found = sandbox_route_find(request, &route, &values);

    if (found != SANDBOX_FOUND) {
        sandbox_refuse(reply, found == SANDBOX_NO_PATH ? SANDBOX_REFUSAL_path_unknown
                                                       : SANDBOX_REFUSAL_method_wrong);
        return;
    }
    reply->with_request_id = true;
    call.id = route->call;
    call.now_ms = sandbox_now_ms();
    if (!check_headers(sandbox, request, reply)) return;
    if (!check_query(route, request, &values, reply)) return;
    if ((ps_text_is(request->method, "GET") || check_body(&call, request, &body)) &&
        check_number(&call)) {
        fill_occasion(&call);
        count_request(&call);
        if (!fault_before(&call) && sandbox_limits_kept(&call) && check_permission(&call)) {
            sandbox_call_run(&call);
            fault_after(&call);
        }
    }
    cJSON_Delete(body);
}

void sandbox_answer(struct sandbox *sandbox, const struct sandbox_request *request,
                    struct sandbox_reply *reply)
{
    if (ps_text_starts(request->path, "/sandbox/")) {
        sandbox_control(sandbox, request, reply);
    } else {
        answer_platform(sandbox, request, reply);
    }
}
