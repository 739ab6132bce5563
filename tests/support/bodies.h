/*
 * What a merchant sends and what the platform answers, in the forms of the platform's own examples,
 * for tests that care about moves and not about fields.
 */
#ifndef TEST_SUPPORT_BODIES_H
#define TEST_SUPPORT_BODIES_H

#include <stdint.h>

/** Commands. Valid until the next call of the same function. */
const char *body_create(const char *out_order_no, const char *openid);
const char *body_complete(const char *out_order_no, int64_t total_fen);
/** The same, ended at this time of the platform's. */
const char *body_complete_at(const char *out_order_no, int64_t total_fen, const char *end_time);
const char *body_cancel(const char *out_order_no);
const char *body_preauthorize(const char *code);
const char *body_check(const char *openid);
const char *body_terminate(const char *openid);

/** An order that its user confirms. */
const char *body_create_confirmed(const char *out_order_no);
const char *body_modify(const char *out_order_no, int64_t total_fen);
/** `paid_time`: yyyyMMddHHmmss. */
const char *body_sync(const char *out_order_no, const char *paid_time);
/** Of pay and adopt. */
const char *body_number(const char *out_order_no);
/** `field`: the member that names the record. */
const char *body_release(const char *field, const char *name);
const char *body_terminate_by_code(const char *code);

/** An order as the platform shows it. `collection`: "", "USER_PAYING", "USER_PAID". total < 0:
 * absent. */
const char *seen_order(const char *out_order_no, const char *state, const char *description,
                       const char *collection, int64_t total_fen);

/** CREATED, with this package; "": without. */
const char *seen_created(const char *out_order_no, const char *package);

/** DONE, and collected so. `paid_type`: "NEWTON", which comes with a transaction_id, or "MCH". */
const char *seen_settled(const char *out_order_no, int64_t paid_fen, const char *paid_type);

/** An authorization as the platform shows it. `code`, `openid`, times: "" to leave out. */
const char *seen_authorization(const char *state, const char *code, const char *openid,
                               const char *success_time, const char *cancel_time);

/** The resource of an authorization notice. `time`: yyyyMMddHHmmss. */
const char *service_notice(const char *status, const char *openid, const char *code,
                           const char *time);

/** An error body. */
const char *error_body(const char *code, const char *message);

#define BODY_TRANSACTION_ID "4200002600202603010123456789"
#define BODY_ABSENT         "{\"code\":\"ORDER_NOT_EXIST\",\"message\":\"查询单据不存在\"}"

#endif
