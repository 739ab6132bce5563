/*
 * A folder with throw-away keys, a sandbox that plays the platform, and a worker: what the tests of
 * whole processes stand on, and the steps that most of them begin with.
 */
#ifndef TEST_INTEGRATION_STAGE_H
#define TEST_INTEGRATION_STAGE_H

#include <stdint.h>

#include "support/http.h"
#include "support/process.h"

#define STAGE_MCHID       "1900000109"
#define STAGE_APPID       "wx8888888888888888"
#define STAGE_SERVICE     "00002000000000158728912345678901"
#define STAGE_NOTIFY_PATH "/wx/payscore"
#define STAGE_TIMEOUT_MS  "5000" /* How long the worker waits for an answer of the platform. */

enum { STAGE_TEXT_SIZE = 128 };

struct stage {
    char dir[32];
    char conf[STAGE_TEXT_SIZE];
    char store[STAGE_TEXT_SIZE];
    char sandbox_url[STAGE_TEXT_SIZE]; /* http://127.0.0.1:port */
    char notify_url[STAGE_TEXT_SIZE];  /* As the platform is told, without merchant and home. */
    char socket[STAGE_TEXT_SIZE];      /* The api's. */
    char cursor[256];                  /* Of the feed: how far stage_await() has read. */
    struct process sandbox, worker, other;
};

/** Keys, a sandbox and a configuration; no worker yet. */
struct stage *stage_open(void);

/** Kill what runs still, remove the folder, free. NULL is allowed. */
void stage_close(struct stage *stage);

/** One stage with a running worker as a test's state: set-up and tear-down for cmocka. Tear-down
 * fails unless what still runs ends with 0 at SIGTERM. */
int stage_setup(void **state);
int stage_teardown(void **state);

/** A port of loopback that nobody listens on now. */
int stage_free_port(void);

/** A file of the stage's folder. Valid until the fourth call after. */
const char *stage_path(const struct stage *stage, const char *name);

/** A key of the configuration with another value than usual; NULL: left out. */
struct stage_key {
    const char *section, *key, *value;
};

/** Write a configuration to `path` in which `count` keys are otherwise. */
void stage_write_config(const struct stage *stage, const char *path, const struct stage_key *keys,
                        size_t count);

/** Start a worker and wait until it listens. */
void stage_start_worker(struct stage *stage);

/** As above; `environment` NULL: none. */
void stage_start_worker_in(struct stage *stage, const char *const *environment);

/** Stop it with SIGTERM; fails unless it ends with 0. */
void stage_stop_worker(struct stage *stage);

/** Start one more worker beside it, as `stage->other`, and do not wait. */
void stage_start_other(struct stage *stage, const char *option);

/* The merchant's side. */

/** A request to the api; `body` NULL: a GET. `key` NULL: none. */
struct http_request stage_api_request(const struct stage *stage, const char *path,
                                      const char *body);
const struct http_reply *stage_api(const struct stage *stage, const char *path, const char *body);

/** A command that must be taken. */
void stage_command(const struct stage *stage, const char *name, const char *body);

/** Follow the feed until a record is in a state. */
void stage_await(struct stage *stage, const char *chart, const char *name, const char *state);

/** Number of the newest entry, as the running worker says. */
double stage_newest(const struct stage *stage);

/** A counter or gauge of the running worker, by its line up to the blank; fails if it is not there.
 */
double stage_metric(const struct stage *stage, const char *line);

/** Run payscorectl with these arguments (NULL at the end); exit status. `input` NULL: none. */
int stage_ctl(const struct stage *stage, const char *input, const char *const *arguments);

/** What payscorectl wrote to standard output and error in its last run. free() it. */
char *stage_ctl_output(const struct stage *stage);

/** What it wrote, as JSON; fails unless it exited with `status`. cJSON_Delete() it. */
cJSON *stage_ctl_json(const struct stage *stage, int status, const char *const *arguments);

/** Fails unless `payscorectl verify` finds the journal whole. */
void stage_verify(const struct stage *stage);

/* The platform's side. */

/** A request to the sandbox's controls, which must be answered 200; `body` NULL: a GET. */
const cJSON *stage_control(const struct stage *stage, const char *path, const char *body);

/** Ask for a fault of a call about an order. */
void stage_fault(const struct stage *stage, const char *kind, const char *call, const char *number,
                 int value);

/** An effect's count in the sandbox's ledger. */
int stage_count(const struct stage *stage, const char *number, const char *member);

/** How often the platform was asked to do a call for an order. */
int stage_requests(const struct stage *stage, const char *number, const char *call);

/* Steps of a life. */

/** The user authorizes the service. */
void stage_authorize(struct stage *stage, const char *openid, const char *code);

const char *stage_create_body(const char *number, const char *openid);
const char *stage_complete_body(const char *number, int total_fen);

/** An order in service, of a user of its own. */
void stage_serve(struct stage *stage, const char *number);

/** An order that is being collected and not paid, of a user who cannot pay. */
void stage_collect(struct stage *stage, const char *number, int total_fen);

#endif
