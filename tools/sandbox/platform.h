/*
 * The calls of the platform, each a function: what comes in was authenticated and its fields were
 * checked; what goes out is the reply. Source: reference payscore.md 3, 5, 6.
 */
#ifndef SANDBOX_PLATFORM_H
#define SANDBOX_PLATFORM_H

#include "world.h"

struct sandbox_call {
    struct sandbox *sandbox;
    int id; /* enum sandbox_call_id */
    int64_t now_ms;
    const struct sandbox_values *values;
    const struct sandbox_service *service; /* NULL: the call names none. */
    const cJSON *body;                     /* NULL for a GET. */
    struct sandbox_occasion occasion;
    struct sandbox_reply *reply;
};

/** A string member of the body, "" when it is not there. */
const char *sandbox_call_text(const struct sandbox_call *call, const char *member);

/** Run the call: exactly one function of those below. */
void sandbox_call_run(struct sandbox_call *call);

/* orders.c */
void sandbox_create_order(struct sandbox_call *call);
void sandbox_query_order(struct sandbox_call *call);
void sandbox_cancel_order(struct sandbox_call *call);
void sandbox_complete_order(struct sandbox_call *call);
void sandbox_query_order_by_query_id(struct sandbox_call *call);

/** The service begins: created without confirmation, or confirmed now. */
void sandbox_order_begins(struct sandbox_order *order, struct sandbox_user *user, int64_t now_ms);

/* paying.c */
void sandbox_modify_order(struct sandbox_call *call);
void sandbox_sync_order(struct sandbox_call *call);
void sandbox_pay_order(struct sandbox_call *call);

/* page.c: what the user does on the confirm page. False: not now; `problem` says why. */
bool sandbox_user_enters(struct sandbox_order *order, const struct sandbox_user *user,
                         const char *package, const char **problem);
bool sandbox_user_confirms(struct sandbox_order *order, struct sandbox_user *user,
                           const char **problem);

/* authorizations.c */
void sandbox_preauthorize(struct sandbox_call *call);
void sandbox_query_authorization_by_code(struct sandbox_call *call);
void sandbox_query_authorization_by_openid(struct sandbox_call *call);
void sandbox_terminate_authorization(struct sandbox_call *call);
void sandbox_terminate_authorization_by_code(struct sandbox_call *call);

/** What the user does, as the control API asks. False: not possible now; `problem` says why. */
bool sandbox_user_accepts(struct sandbox *sandbox, struct sandbox_code *code,
                          struct sandbox_user *user, const char **problem);
bool sandbox_user_closes(struct sandbox *sandbox, struct sandbox_user *user, const char **problem);

/* collect.c */
/** Begin to deduct for an order that was just completed, or whose user can pay again. */
void sandbox_collect(struct sandbox_order *order);
/** One attempt at once; WeChat's own go on afterwards as they would have. */
void sandbox_urge(struct sandbox_order *order);
/** An attempt begins, and lasts until sandbox_charge() or sandbox_deduction_fails(). */
void sandbox_deduction_begins(struct sandbox_order *order);
void sandbox_deduction_fails(struct sandbox_order *order);
/** The money is there: DONE, and a notice says so. The order must be paying. */
void sandbox_charge(struct sandbox_order *order);

/* rules.c: the checks beyond single fields; false: the reply is the refusal. */
bool sandbox_rules_of_create(const struct sandbox_call *call);
bool sandbox_rules_of_complete(const struct sandbox_call *call, const struct sandbox_order *order);
bool sandbox_rules_of_modify(const struct sandbox_call *call, const struct sandbox_order *order);
bool sandbox_rules_of_sync(const struct sandbox_call *call, const struct sandbox_order *order,
                           int64_t *paid_ms);

/** disputed.c: limits on bodies that only some texts know, where a switch turns them on. */
bool sandbox_limits_kept(const struct sandbox_call *call);

/* order_json.c */
enum { SANDBOX_COUPON_FEN = 100 };

enum sandbox_shape {
    SANDBOX_SHAPE_CREATE = 1,
    SANDBOX_SHAPE_QUERY = 2,
    SANDBOX_SHAPE_COMPLETE = 4,
    SANDBOX_SHAPE_NOTICE = 8,
    SANDBOX_SHAPE_NAMES = 16, /* Of cancel and pay: the numbers, no state. */
    SANDBOX_SHAPE_MODIFY = 32,
    SANDBOX_SHAPE_SYNC = 64,
};
/** The order as this kind of message shows it. */
cJSON *sandbox_order_json(const struct sandbox_order *order, enum sandbox_shape shape);
/** The order as a notice carries it. */
cJSON *sandbox_order_resource(const struct sandbox_order *order);

#endif
