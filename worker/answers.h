/*
 * Answers in the two forms that the listeners speak: problem+json for the merchant's backend, the
 * platform's FAIL body for the platform. Which HTTP status a status is: answers.def.
 */
#ifndef PS_WORKER_ANSWERS_H
#define PS_WORKER_ANSWERS_H

#include <cJSON.h>

#include "payscore/status.h"
#include "worker/metrics.h"
#include "worker/server.h"

int ps_answers_api(enum payscore_status status);
int ps_answers_notify(enum payscore_status status);
enum ps_metric ps_answers_metric(enum payscore_status status);

/** A status' name without PAYSCORE_: "E_INPUT". */
const char *ps_answers_code(enum payscore_status status);

/** Answer with JSON, which is freed. NULL (memory was short) becomes a bare 503. */
void ps_answer_json(struct ps_request *request, int status, cJSON *json);

/** Answer with JSON text; `free` frees it. */
void ps_answer_text(struct ps_request *request, const char *type, char *text, size_t size,
                    void (*free)(void *));

/** Answer with a problem. `more` (freed; may be NULL) has further members. */
void ps_answer_problem(struct ps_request *request, int status, const char *code, const char *detail,
                       cJSON *more);

/** The same for a status of the engine; an empty detail becomes the status' own text. */
void ps_answer_status(struct ps_request *request, enum payscore_status status, const char *detail);

/** Answer the platform: 204, or a FAIL body. */
void ps_answer_platform(struct ps_request *request, int status, const char *message);

#endif
