/* The control API: who plays with the sandbox plays the user and the faults through it. */
#include "control.h"

#include "support.h"
#include "wechat/view.h"

/* Ten years. */
#define PASS_MS_MAX (INT64_C(3653) * 24 * 3600000)

void sandbox_control_done(const struct control *control)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddBoolToObject(json, "done", true);
    sandbox_control_answer(control->reply, 200, json);
}

static void health(const struct control *control)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "status", "ok");
    sandbox_control_answer(control->reply, 200, json);
}

static void ledger(const struct control *control)
{
    sandbox_control_answer(control->reply, 200, sandbox_ledger(control->sandbox));
}

/* Take a bool member into its place; false: it is there and no bool. */
static bool take_bool(const cJSON *body, const char *member, bool *place)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(body, member);
    if (item != NULL && !cJSON_IsBool(item)) return false;
    if (item != NULL) *place = cJSON_IsTrue(item);
    return true;
}

struct sandbox_user *sandbox_control_user(const struct control *control, const char *openid)
{
    struct sandbox_user *user =
        openid[0] == '\0' ? NULL : sandbox_user_get(control->sandbox, openid);
    if (user == NULL) sandbox_control_refuse(control->reply, 400, "openid: 1 to 128 characters");
    return user;
}

/* Who can pay again is asked again at once. */
static void collect_of_user(const struct sandbox *sandbox, const struct sandbox_user *user)
{
    for (struct sandbox_thing *thing = sandbox->orders.first; thing != NULL; thing = thing->next) {
        struct sandbox_order *order = (struct sandbox_order *)thing;
        if (order->user == user && order->state == SANDBOX_PAYING) sandbox_collect(order);
    }
}

static void change_user(const struct control *control)
{
    struct sandbox_user *user =
        sandbox_control_user(control, sandbox_value(control->values, "openid"));
    bool good = true;
    bool could_pay;

    if (user == NULL) return;
    could_pay = user->can_pay;
#define TRAIT(name, from_the_start, meaning)                                                       \
    good = take_bool(control->body, #name, &user->name) && good;
#include "tools/sandbox/traits.def"
    if (!good) {
        sandbox_control_refuse(control->reply, 400, "the members are true or false");
        return;
    }
    if (user->can_pay && !could_pay) collect_of_user(control->sandbox, user);
    sandbox_control_done(control);
}

static void change_switches(const struct control *control)
{
    struct sandbox_switches *switches = &control->sandbox->switches;
    cJSON *json;
    bool good = true;

#define SWITCH(name, from_the_start, source, meaning)                                              \
    good = take_bool(control->body, #name, &switches->name) && good;
#include "tools/sandbox/switches.def"
    if (!good) {
        sandbox_control_refuse(control->reply, 400, "the members are true or false");
        return;
    }
    json = cJSON_CreateObject();
#define SWITCH(name, from_the_start, source, meaning)                                              \
    cJSON_AddBoolToObject(json, #name, switches->name);
#include "tools/sandbox/switches.def"
    sandbox_control_answer(control->reply, 200, json);
}

static void accept_code(const struct control *control)
{
    struct sandbox_code *code =
        sandbox_code_find(control->sandbox, sandbox_value(control->values, "code"));
    const char *openid =
        cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(control->body, "openid"));
    const char *problem = NULL;
    struct sandbox_user *user;

    if (code == NULL || code->body == NULL) {
        sandbox_control_refuse(control->reply, 404, "no such authorization_code");
        return;
    }
    user = sandbox_control_user(control, openid == NULL ? "" : openid);
    if (user == NULL) return;
    if (sandbox_user_accepts(control->sandbox, code, user, &problem)) {
        sandbox_control_done(control);
    } else {
        sandbox_control_refuse(control->reply, 409, problem);
    }
}

static void close_service(const struct control *control)
{
    struct sandbox_user *user =
        sandbox_user_find(control->sandbox, sandbox_value(control->values, "openid"));
    const char *problem = "no such user";

    if (user != NULL && sandbox_user_closes(control->sandbox, user, &problem)) {
        sandbox_control_done(control);
    } else {
        sandbox_control_refuse(control->reply, user == NULL ? 404 : 409, problem);
    }
}

static void let_pass(const struct control *control)
{
    const cJSON *pass = cJSON_GetObjectItemCaseSensitive(control->body, "pass_ms");
    cJSON *json;

    if (!cJSON_IsNumber(pass) || !(pass->valuedouble >= 0 && pass->valuedouble <= PASS_MS_MAX)) {
        sandbox_control_refuse(control->reply, 400, "pass_ms: 0 to ten years, in milliseconds");
        return;
    }
    sandbox_let_pass(control->sandbox, (int64_t)pass->valuedouble);
    json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "passed_ms", (double)control->sandbox->passed_ms);
    sandbox_control_answer(control->reply, 200, json);
}

static void add_fault(const struct control *control)
{
    const char *problem = NULL;
    if (sandbox_faults_add(control->sandbox->faults, control->body, &problem)) {
        sandbox_control_done(control);
    } else {
        sandbox_control_refuse(control->reply, 400, problem);
    }
}

static void show_faults(const struct control *control)
{
    sandbox_control_answer(control->reply, 200, sandbox_faults_json(control->sandbox->faults));
}

static void clear_faults(const struct control *control)
{
    sandbox_faults_clear(control->sandbox->faults);
    sandbox_control_done(control);
}

static const struct {
    const char *method, *path;
    void (*run)(const struct control *control);
} rows[] = {
    {"GET", "/sandbox/health", health},
    {"GET", "/sandbox/ledger", ledger},
    {"GET", "/sandbox/orders/{out_order_no}", sandbox_control_show_order},
    {"POST", "/sandbox/orders/{out_order_no}/confirm", sandbox_control_confirm},
    {"POST", "/sandbox/orders/{out_order_no}/leave", sandbox_control_leave},
    {"POST", "/sandbox/orders/{out_order_no}/pay", sandbox_control_pay},
    {"POST", "/sandbox/orders/{out_order_no}/deduct", sandbox_control_deduct},
    {"POST", "/sandbox/users/{openid}", change_user},
    {"POST", "/sandbox/users/{openid}/close", close_service},
    {"POST", "/sandbox/authorizations/{code}/accept", accept_code},
    {"POST", "/sandbox/switches", change_switches},
    {"POST", "/sandbox/clock", let_pass},
    {"GET", "/sandbox/faults", show_faults},
    {"POST", "/sandbox/faults", add_fault},
    {"DELETE", "/sandbox/faults", clear_faults},
};

void sandbox_control(struct sandbox *sandbox, const struct sandbox_request *request,
                     struct sandbox_reply *reply)
{
    struct payscore_error error;
    struct sandbox_values values;
    struct control control = {.sandbox = sandbox, .values = &values, .reply = reply};
    cJSON *body = NULL;

    if (request->body.size > 0 &&
        (ps_json_parse(request->body, SANDBOX_BODY_MAX, &body, &error) != PAYSCORE_OK ||
         !cJSON_IsObject(body))) {
        cJSON_Delete(body);
        sandbox_control_refuse(reply, 400, "the body must be a JSON object");
        return;
    }
    control.body = body;
    sandbox_control_refuse(reply, 404, "no such control; see tools/sandbox/README.md");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!ps_text_is(request->method, rows[i].method) ||
            !sandbox_path_match(rows[i].path, request->path, &values))
            continue;
        rows[i].run(&control);
        break;
    }
    cJSON_Delete(body);
}
