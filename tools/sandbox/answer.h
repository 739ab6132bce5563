/*
 * From a request to its reply: the platform's side in its order of checks, or the control API.
 * Source of the order: reference apiv3.md 8.4.
 */
#ifndef SANDBOX_ANSWER_H
#define SANDBOX_ANSWER_H

#include "exchange.h"
#include "world.h"

/** Fill the reply (zeroed by the caller). Everything happens now; only the sending may wait. */
void sandbox_answer(struct sandbox *sandbox, const struct sandbox_request *request,
                    struct sandbox_reply *reply);

/**
 * body_fault.c: refuse a body with what the library's check says of it, in the platform's form:
 * field as a JSON pointer, value, issue. `body` NULL: it was no JSON.
 */
void sandbox_refuse_body(struct sandbox_reply *reply, const cJSON *body, const char *text);

/** control.c: everything under /sandbox/. */
void sandbox_control(struct sandbox *sandbox, const struct sandbox_request *request,
                     struct sandbox_reply *reply);

/** ledger.c: what an auditor reads. */
cJSON *sandbox_ledger(const struct sandbox *sandbox);
cJSON *sandbox_ledger_of_order(const struct sandbox_order *order);

#endif
