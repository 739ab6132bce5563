/*
 * What the calls on orders share: which order is meant, whether its state allows the call.
 */
#ifndef SANDBOX_ORDERS_H
#define SANDBOX_ORDERS_H

#include "platform.h"

/** The order that the call names, created for this service; NULL: the reply is the refusal. */
struct sandbox_order *sandbox_order_of_call(struct sandbox_call *call);

/** Whether its state allows the call, by the rows of guards.def; false: the reply is the refusal.
 */
bool sandbox_guard(const struct sandbox_call *call, const struct sandbox_order *order);

/** Whether there is something to collect: collection.state is USER_PAYING. */
bool sandbox_order_is_paying(const struct sandbox_order *order);

/** Whether the body is this one, member by member, in any order; `body` may be NULL. */
bool sandbox_is_repeat(const struct sandbox_call *call, const cJSON *body);

/** Take the call's body into its place of the order. */
void sandbox_keep_body(const struct sandbox_call *call, cJSON **place);

/** Whether this fault strikes the call. */
bool sandbox_strikes(const struct sandbox_call *call, enum sandbox_fault fault);

/** Succeed with the order in this shape. */
void sandbox_answer_order(const struct sandbox_call *call, const struct sandbox_order *order,
                          enum sandbox_shape shape);

#endif
