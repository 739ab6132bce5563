/*
 * What the played platform holds: users, authorization codes, orders; and the counts that an
 * auditor reads. In memory only: a sandbox that ends has forgotten.
 */
#ifndef SANDBOX_WORLD_H
#define SANDBOX_WORLD_H

#include <cJSON.h>
#include <stdbool.h>
#include <uv.h>

#include "core/record.h"
#include "faults.h"
#include "keys.h"
#include "options.h"
#include "route.h"
#include "services.h"

enum {
    SANDBOX_USERS_MAX = 20000,
    SANDBOX_CODES_MAX = 20000,
    SANDBOX_ORDERS_MAX = 20000,
    SANDBOX_BUCKETS = 4096,
    SANDBOX_ORDER_ID_SIZE = 31,
    SANDBOX_TRANSACTION_ID_SIZE = 28,
    SANDBOX_TOKEN_SIZE = 64,
    SANDBOX_TOKEN_LIFE_MS = 3600000,
    SANDBOX_PACKAGE_LIFE_MS = 3600000,
};

/** How long an order may stay CREATED. */
#define SANDBOX_CREATED_LIFE_MS (INT64_C(30) * 24 * 3600000)

struct sandbox;

/** By number: the head of each thing that the world holds, so that one table finds them all. */
struct sandbox_thing {
    struct sandbox_thing *next_in_bucket;
    struct sandbox_thing *next; /* In order of birth. */
    const char *key;
};

struct sandbox_table {
    size_t count, limit;
    struct sandbox_thing *first, *last;
    struct sandbox_thing *buckets[SANDBOX_BUCKETS];
};

/** What became of an authorization, of a user or of one code. */
enum sandbox_grant { SANDBOX_NEVER, SANDBOX_AVAILABLE, SANDBOX_UNAVAILABLE };

struct sandbox_user {
    struct sandbox_thing thing; /* First: the table hands out things. */
    char openid[PS_OPENID_MAX + 1];
#define TRAIT(name, from_the_start, meaning) bool name;
#include "tools/sandbox/traits.def"
    enum sandbox_grant grant;
    struct sandbox_code *code; /* Under which the service was opened last. */
    int64_t opened_ms, closed_ms;
};

struct sandbox_code {
    struct sandbox_thing thing;
    char code[PS_NUMBER_MAX + 1];
    cJSON *body; /* Of the call that asked for it. */
    char token[SANDBOX_TOKEN_SIZE + 1];
    int64_t token_ms;          /* Of life: when it was handed out last. */
    struct sandbox_user *user; /* NULL: UNBINDUSER. */
    int64_t asked_count;
};

enum sandbox_order_state {
    SANDBOX_ABSENT, /* Never created; only its requests are counted. */
    SANDBOX_CREATED,
    SANDBOX_IN_SERVICE,
    SANDBOX_PAYING,
    SANDBOX_DONE,
    SANDBOX_REVOKED,
    SANDBOX_EXPIRED,
    SANDBOX_ORDER_STATES,
};

/** Effects of an order: each must come about once, but the modification. */
#define SANDBOX_EFFECTS(X)                                                                         \
    X(created) X(confirmed) X(completed) X(modified) X(synced) X(revoked) X(charged)

/** The confirm page of a 需确认 order; it can be entered once. */
struct sandbox_page {
    char package[SANDBOX_TOKEN_SIZE + 1]; /* "": none was handed out. */
    char query_id[SANDBOX_TOKEN_SIZE + 1];
    int64_t package_ms; /* Of life: when the package was handed out. */
    bool entered;
};

struct sandbox_order {
    struct sandbox_thing thing;
    struct sandbox *sandbox;
    char out_order_no[PS_NUMBER_MAX + 1];
    char order_id[SANDBOX_ORDER_ID_SIZE + 1];
    enum sandbox_order_state state;
    bool deducting;
    bool deposit_paid; /* 先免, and the assessment failed: nothing is deducted from the user. */
    bool coupon_used;
    const struct sandbox_service *service;
    struct sandbox_user *user; /* NULL: nobody has confirmed yet. */
    struct sandbox_page page;
    /* As accepted; for re-entry. */
    cJSON *create_body, *complete_body, *modify_body, *sync_body, *cancel_body;
    char start_time[15]; /* As it counts: OnAccept resolved, once the service has begun. */
    int64_t created_ms, completed_ms, total_fen, paid_ms;
    int64_t born_ms;   /* Of life. */
    int64_t resume_ms; /* What was left of the wait that an urged deduction broke off. */
    char transaction_id[SANDBOX_TRANSACTION_ID_SIZE + 1];
    uv_timer_t timer; /* Of the next deduction. */
#define X(effect) int64_t effect##_count;
    SANDBOX_EFFECTS(X)
#undef X
    int64_t requests[SANDBOX_CALLS_LIMIT];
    int64_t notices_made, notices_sent, notices_acknowledged, notices_lost;
};

struct sandbox_switches {
#define SWITCH(name, from_the_start, source, meaning) bool name;
#include "tools/sandbox/switches.def"
};

struct sandbox_courier;
struct sandbox_server;

struct sandbox {
    const struct sandbox_options *options;
    struct sandbox_keys *keys;
    uv_loop_t *loop;
    struct sandbox_switches switches;
    struct sandbox_faults *faults;
    struct sandbox_table users, codes, orders;
    struct sandbox_courier *courier;
    int64_t passed_ms;                     /* By how much everything has aged beyond the clock. */
    int64_t requests[SANDBOX_CALLS_LIMIT]; /* Verified ones. */
    int64_t refused_unsigned;              /* 401s. */
};

void sandbox_world_open(struct sandbox *sandbox);

/** Free everything that the tables hold; the loop must have closed the orders' timers. */
void sandbox_world_close(struct sandbox *sandbox);

/**
 * The time that ages things: the clock's, and what the control API let pass. Requests are signed
 * and times in bodies are judged by the clock alone.
 */
int64_t sandbox_life_ms(const struct sandbox *sandbox);

/** Let everything age. */
void sandbox_let_pass(struct sandbox *sandbox, int64_t ms);

struct sandbox_user *sandbox_user_find(struct sandbox *sandbox, const char *openid);
struct sandbox_code *sandbox_code_find(struct sandbox *sandbox, const char *code);
struct sandbox_order *sandbox_order_find(struct sandbox *sandbox, const char *out_order_no);
struct sandbox_order *sandbox_order_by_query_id(struct sandbox *sandbox, const char *query_id);

/** Find or make; NULL: the table is full or the key does not fit. */
struct sandbox_user *sandbox_user_get(struct sandbox *sandbox, const char *openid);
struct sandbox_code *sandbox_code_get(struct sandbox *sandbox, const char *number);
struct sandbox_order *sandbox_order_get(struct sandbox *sandbox, const char *out_order_no);

/**
 * Whether the user has an order that is in service or to be paid: in this service, or NULL: in any.
 */
bool sandbox_user_is_bound(const struct sandbox *sandbox, const struct sandbox_user *user,
                           const struct sandbox_service *service);

#endif
