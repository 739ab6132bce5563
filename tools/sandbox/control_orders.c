/* The control API on one order: what its user does, and how a deduction goes. */
#include "control.h"

#include "wechat/text.h"
#include "wechat/view.h"

static struct sandbox_order *order_of(const struct control *control)
{
    struct sandbox_order *order =
        sandbox_order_find(control->sandbox, sandbox_value(control->values, "out_order_no"));
    if (order == NULL) sandbox_control_refuse(control->reply, 404, "no such order");
    return order;
}

void sandbox_control_show_order(const struct control *control)
{
    const struct sandbox_order *order = order_of(control);
    if (order != NULL) {
        sandbox_control_answer(control->reply, 200, sandbox_ledger_of_order(order));
    }
}

static const char *text_of(const struct control *control, const char *member)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(control->body, member));
}

/* The user of the body enters the page; NULL: the reply is the refusal. */
static struct sandbox_user *enter(const struct control *control, struct sandbox_order *order)
{
    const char *openid = text_of(control, "openid");
    const char *problem = NULL;
    struct sandbox_user *user = sandbox_control_user(control, openid == NULL ? "" : openid);

    if (user == NULL || sandbox_user_enters(order, user, text_of(control, "package"), &problem)) {
        return user;
    }
    sandbox_control_refuse(control->reply, 409, problem);
    return NULL;
}

/* What the page hands back to the merchant's front end, whatever the user did there. */
static void answer_query_id(const struct control *control, const struct sandbox_order *order)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "query_id", order->page.query_id);
    sandbox_control_answer(control->reply, 200, json);
}

void sandbox_control_confirm(const struct control *control)
{
    struct sandbox_order *order = order_of(control);
    struct sandbox_user *user = order == NULL ? NULL : enter(control, order);
    const char *problem = NULL;

    if (user == NULL) return;
    if (sandbox_user_confirms(order, user, &problem)) {
        answer_query_id(control, order);
    } else {
        sandbox_control_refuse(control->reply, 409, problem);
    }
}

void sandbox_control_leave(const struct control *control)
{
    struct sandbox_order *order = order_of(control);
    if (order != NULL && enter(control, order) != NULL) answer_query_id(control, order);
}

/* The order, if there is something to collect. */
static struct sandbox_order *paying(const struct control *control)
{
    struct sandbox_order *order = order_of(control);

    if (order == NULL || (order->state == SANDBOX_PAYING && order->total_fen > 0)) return order;
    sandbox_control_refuse(control->reply, 409, "the order is not USER_PAYING");
    return NULL;
}

void sandbox_control_pay(const struct control *control)
{
    struct sandbox_order *order = paying(control);
    if (order == NULL) return;
    sandbox_charge(order);
    sandbox_control_done(control);
}

void sandbox_control_deduct(const struct control *control)
{
    static const struct {
        const char *name;
        void (*run)(struct sandbox_order *order);
    } rows[] = {
        {"running", sandbox_deduction_begins},
        {"paid", sandbox_charge},
        {"failed", sandbox_deduction_fails},
    };
    struct sandbox_order *order = paying(control);
    struct payscore_text outcome = ps_json_text(control->body, "outcome");

    if (order == NULL) return;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!ps_text_is(outcome, rows[i].name)) continue;
        rows[i].run(order);
        sandbox_control_done(control);
        return;
    }
    sandbox_control_refuse(control->reply, 400, "outcome: running, paid or failed");
}
