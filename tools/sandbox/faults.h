/*
 * The faults that were asked for and are not used up. Each says what it matches and how often it
 * strikes; the first that matches is taken.
 */
#ifndef SANDBOX_FAULTS_H
#define SANDBOX_FAULTS_H

#include <cJSON.h>
#include <stdbool.h>

#include "payscore/types.h"

enum { SANDBOX_FAULTS_MAX = 1024, SANDBOX_FAULT_TIMES_MAX = 1000000 };

enum sandbox_fault {
#define FAULT(name, place, meaning) SANDBOX_FAULT_##name,
#include "tools/sandbox/faults.def"
    SANDBOX_FAULT_COUNT,
};

enum sandbox_place {
    SANDBOX_PLACE_BEFORE,
    SANDBOX_PLACE_STATE,
    SANDBOX_PLACE_AFTER,
    SANDBOX_PLACE_NEWS,
    SANDBOX_PLACE_ATTEMPT,
};

/* MATCH(member): what a fault may name; each member that it names must be equal. */
#define SANDBOX_MATCHES(X) X(call) X(out_order_no) X(openid) X(authorization_code) X(event_type)

/** What is happening; NULL or "" where it has no such member. */
struct sandbox_occasion {
#define X(member) const char *member;
    SANDBOX_MATCHES(X)
#undef X
};

struct sandbox_faults;

struct sandbox_faults *sandbox_faults_open(void);
void sandbox_faults_close(struct sandbox_faults *faults);

/** Add a fault as POST /sandbox/faults describes it; on failure `problem` says why. */
bool sandbox_faults_add(struct sandbox_faults *faults, const cJSON *json, const char **problem);
void sandbox_faults_clear(struct sandbox_faults *faults);

/** Whether this fault strikes now; it is then used up by one. `value` may be NULL. */
bool sandbox_fault_strikes(struct sandbox_faults *faults, enum sandbox_fault fault,
                           const struct sandbox_occasion *occasion, int64_t *value);

/** The place of a fault, from its row. */
enum sandbox_place sandbox_fault_place(enum sandbox_fault fault);

/** The faults as JSON, with how often each struck. */
cJSON *sandbox_faults_json(const struct sandbox_faults *faults);

#endif
