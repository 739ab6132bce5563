/*
 * What the merchant of these tests does, and what he asks of the user and of the sandbox: calls of
 * the_player with bodies in which only what a test is about varies.
 */
#ifndef TEST_SANDBOX_MERCHANT_H
#define TEST_SANDBOX_MERCHANT_H

#include "player.h"

/** Fail unless status and the tail of Request-ID are these; a success must be signed rightly. */
void assert_number(const struct player_reply *reply, int status, const char *number);

const struct player_reply *preauthorize(const char *code);
const struct player_reply *create(const char *number, const char *openid, int risk_fen);
const struct player_reply *complete(const char *number, int total_fen);
const struct player_reply *cancel(const char *number, const char *reason);
const struct player_reply *query(const char *number);

/** The body that complete() sends; its end_time is now. */
void write_completion(char *body, size_t size, int total_fen);

/** Pre-authorize, let the user accept, and wait for the notice. */
void open_service(const char *openid, const char *code);

/** An order in service, of a user of its own. */
void given_order(const char *number, const char *openid);

void set_user(const char *openid, const char *traits);
void add_fault(const char *kind, const char *match, int value);

#endif
