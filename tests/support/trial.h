/*
 * An engine on trial: a store with a clock and a random source that the test holds, and a platform
 * that is the test itself. Calls come out of the engine; the test answers them with bodies, which
 * are signed here as the platform signs them.
 */
#ifndef TEST_SUPPORT_TRIAL_H
#define TEST_SUPPORT_TRIAL_H

#include "payscore/payscore.h"
#include "support/platform_side.h"

#define TRIAL_MCHID   TEST_MCHID
#define TRIAL_APPID   "wx8888888888888888"
#define TRIAL_SERVICE "00002000000000158728912345678901"
#define TRIAL_OPENID  "oDoc0001ExampleOpenId_abcdef"
#define TRIAL_ORDER   "PS20260301A0000017"
#define TRIAL_CODE    "AUTH20260301000001"

enum { TRIAL_CALLS_MAX = 64 };

struct trial {
    struct payscore *engine;
    int64_t now_ms;
    uint64_t seed;
    const char *path;          /* NULL: in memory. */
    bool signs_wrong;          /* The platform signs something else than it sends. */
    struct payscore_turn turn; /* The last turn. */
    struct payscore_call calls[TRIAL_CALLS_MAX]; /* Handed out and not answered yet. */
    size_t call_count;
    uint64_t map_bytes_max, reserve_bytes;
    struct payscore_wants wants; /* Of every turn. */
};

/** Open at 2026-03-01 10:00 Beijing time. Fails the test if it cannot. `path` NULL: in memory. */
void trial_open(struct trial *trial, const char *path);
/** Close and open again, as a new process would; calls under way are forgotten. */
void trial_reopen(struct trial *trial);
void trial_close(struct trial *trial);

/** Options and credentials as trial_open() uses them; valid until the process ends. */
const struct payscore_merchant *trial_merchant(void);
struct payscore_options trial_options(struct trial *trial);

/** One turn with these items; fails the test if the turn fails. */
void trial_run(struct trial *trial, struct payscore_item *items, size_t count);
/** One turn with these items, which may fail. */
enum payscore_status trial_try(struct trial *trial, struct payscore_item *items, size_t count);
/** An item that is this command. Texts are borrowed. */
struct payscore_item trial_command(const char *command, const char *key, const char *json);
/** One turn without items. */
void trial_turn(struct trial *trial);
/** One turn with this command. */
struct payscore_result trial_submit(struct trial *trial, const char *command, const char *key,
                                    const char *json);
/** Let time pass and take a turn. */
void trial_advance(struct trial *trial, int64_t ms);
/** Let time pass, deadline by deadline, until a call is handed out. */
void trial_advance_to_due(struct trial *trial);

/** Let time pass, if it must, until a call of this name waits for an answer. */
void trial_await(struct trial *trial, const char *name);

/** The oldest call of this name that waits for an answer; fails the test if there is none. */
const struct payscore_call *trial_call(struct trial *trial, const char *name);
/** How many calls of this name wait for an answer; NULL: of any name. */
size_t trial_calls(const struct trial *trial, const char *name);

/** The oldest call of this name ends so. */
struct payscore_result trial_reply(struct trial *trial, const char *name,
                                   const struct payscore_exchange *exchange);
/** Answer the oldest call of this name. A 2xx is signed. */
struct payscore_result trial_answer(struct trial *trial, const char *name, int status,
                                    const char *body);
/** As above, with Request-ID ending in this number. */
struct payscore_result trial_refuse(struct trial *trial, const char *name, int status,
                                    const char *body, const char *number);
/** The oldest call of this name ends without an answer. */
struct payscore_result trial_lose(struct trial *trial, const char *name,
                                  enum payscore_delivery delivery);

/** A notification with this resource, sealed and signed. */
struct payscore_result trial_notice(struct trial *trial, const char *event_type,
                                    const char *resource);

/** The state of a record, from payscore_show(); "" when there is none. Valid until the next call.
 */
const char *trial_state(struct trial *trial, const char *chart, const char *name);
/** A member of a record as text, "a.b" for one inside; "" when it is not there. Of an object alone,
 * its `name`. Valid until the next call. */
const char *trial_member(struct trial *trial, const char *chart, const char *name,
                         const char *member);

/** Verify; fails the test on any fault. Returns the number of entries. */
uint64_t trial_verify(struct trial *trial);

#endif
