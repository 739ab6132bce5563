/*
 * What the files of the control API share.
 */
#ifndef SANDBOX_CONTROL_H
#define SANDBOX_CONTROL_H

#include "answer.h"
#include "platform.h"

struct control {
    struct sandbox *sandbox;
    const struct sandbox_values *values;
    const cJSON *body; /* An object, or NULL for an empty body. */
    struct sandbox_reply *reply;
};

/** Answer {"done":true}. */
void sandbox_control_done(const struct control *control);

/** The user of this openid, made if need be; NULL: the reply is the refusal. */
struct sandbox_user *sandbox_control_user(const struct control *control, const char *openid);

/* control_orders.c: each answers a row of control.c. */
void sandbox_control_show_order(const struct control *control);
void sandbox_control_confirm(const struct control *control);
void sandbox_control_leave(const struct control *control);
void sandbox_control_pay(const struct control *control);
void sandbox_control_deduct(const struct control *control);

#endif
