/*
 * What the merchant of these tests does, and what he asks of the user and of the sandbox: calls of
 * the_player with bodies in which only what a test is about varies.
 */
#ifndef TEST_SANDBOX_MERCHANT_H
#define TEST_SANDBOX_MERCHANT_H

#include "player.h"

/** Fail unless status and the tail of Request-ID are these; a success must be signed rightly. */
void assert_number(const struct player_reply *reply, int status, const char *number);

/** As assert_number(), where the reference knows no number: a client must go by the rest. */
#define UNLISTED "271300000"

/** The tail of Request-ID, and the time of the platform's formats. */
const char *number_of(const struct player_reply *reply);
void write_now(char text[15]);

/** A call about a number of this service; the body may be "". */
const struct player_reply *ask(enum ps_call call, const char *service, const char *number,
                               const char *body);

const struct player_reply *preauthorize(const char *code);
const struct player_reply *create(const char *number, const char *openid, int risk_fen);
const struct player_reply *complete(const char *number, int total_fen);
const struct player_reply *cancel(const char *number, const char *reason);
const struct player_reply *query(const char *number);

/** The body that complete() sends; its end_time is now. */
void write_completion(char *body, size_t size, int total_fen);

/** Pre-authorize, let the user accept, and wait for the notice. */
void open_service(const char *openid, const char *code);

/** Bodies of the calls on an order of any service, sent. */
const struct player_reply *create_to_confirm(const char *service, const char *number, int risk_fen);
const struct player_reply *modify(const char *service, const char *number, int total_fen);
const struct player_reply *sync_paid(const char *service, const char *number,
                                     const char *paid_time);
const struct player_reply *pay(const char *service, const char *number);

/** What the sandbox is told about an order: POST /sandbox/orders/{number}/{what}. */
const cJSON *tell_order(const char *number, const char *what, const char *body, int status);

void set_switch(const char *name, bool on);
void let_pass(const char *ms);

/** An order in service, of a user of its own. */
void given_order(const char *number, const char *openid);

void set_user(const char *openid, const char *traits);
void add_fault(const char *kind, const char *match, int value);

#endif
