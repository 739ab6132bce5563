/*
 * A merchant who plays with a sandbox: starts the program, signs calls with lib/wechat, verifies
 * what comes back, and listens for notices as a merchant's server would.
 */
#ifndef TEST_SANDBOX_PLAYER_H
#define TEST_SANDBOX_PLAYER_H

#include <cJSON.h>
#include <sys/types.h>

#include "wechat/notice.h"
#include "wechat/request.h"

#define PLAYER_MCHID   "1900000109"
#define PLAYER_APPID   "wx8888888888888888"
#define PLAYER_SERVICE "00002000000000158728912345678901"
/* 需确认: 先免 and 先享. */
#define PLAYER_DEPOSIT_SERVICE "00003000000000158728912345678902"
#define PLAYER_CONFIRM_SERVICE "00003000000000158728912345678903"

enum { PLAYER_PATH_SIZE = 256, PLAYER_WAIT_S = 20 };

struct player;

/** Make keys, start the sandbox and the listener; fails the test where one cannot. */
struct player *player_open(void);

/** The same with more options of the program, NULL at the end; of two the later counts. */
struct player *player_open_with(const char *const *options);

/** Stop the sandbox with SIGTERM; its exit status. Frees the player. */
int player_close(struct player *player);

/** Run the program with these arguments (NULL at the end) to its end; its exit status. */
int player_run(const char *const *arguments);

/** One player for a group of tests: set-up and tear-down, which fails unless the exit status is 0.
 */
extern struct player *the_player;
int player_group_open(void **state);
int player_group_close(void **state);

/** A string member, "" when it is not there. */
const char *player_text(const cJSON *json, const char *member);

const char *player_dir(const struct player *player);

/** What the program has written to stderr before it was ready. */
const char *player_banner(const struct player *player);

/** Where notices are listened for. */
const char *player_notify_url(const struct player *player);

/** What came back. */
struct player_reply {
    int status;       /* 0: the connection ended without an answer. */
    bool verified;    /* The signature fits the body. */
    char serial[128]; /* Wechatpay-Serial. */
    char request_id[128];
    char text[65536];
    cJSON *json; /* NULL: empty, or no JSON. */
};

/** How a request goes out, where a test wants it otherwise than right; NULL or 0: right. */
struct player_twist {
    const char *signed_method, *signed_url, *signed_body; /* Instead of what is sent. */
    bool last_newline_missing;
    const char *authorization;   /* Instead of a signature; "": no such header. */
    const char *platform_serial; /* Wechatpay-Serial; "": no such header. */
    int64_t clock_ahead_s;
    const char *serial_no;
};

/** Send; the reply belongs to the player and lives until the next one. */
const struct player_reply *player_send(struct player *player, const char *method, const char *url,
                                       const char *body, const struct player_twist *twist);

/** A call of the platform, signed right; `number` and `openid` fill the path. */
const struct player_reply *player_call(struct player *player, enum ps_call call, const char *number,
                                       const char *openid, const char *body);

/** The control API: POST with a body, GET without. Fails the test if the status is another. */
const cJSON *player_control(struct player *player, const char *path, const char *body, int status);

/** The ledger's count of an order. */
int player_count(struct player *player, const char *out_order_no, const char *member);

/** A notice that came. */
struct player_notice {
    struct player_notice *next;
    bool verified, taken;
    char serial[128];
    struct ps_opened_notice opened; /* Where verified. */
};

/**
 * Wait for a notice of this type about this order or openid; `event_type` NULL: one that did not
 * verify. Fails the test after PLAYER_WAIT_S. Lives until player_close().
 */
const struct player_notice *player_notice(struct player *player, const char *event_type,
                                          const char *about);

/** How many such notices came so far. */
int player_notices(struct player *player, const char *event_type, const char *about);

#endif
