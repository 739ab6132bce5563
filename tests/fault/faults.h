/*
 * The n-th allocation, or the n-th call of LMDB, fails: once, or it and all behind it. Allocations
 * are those of the whole program, OpenSSL's and cJSON's among them; both are met by functions of
 * the same names in this program.
 */
#ifndef TEST_FAULT_FAULTS_H
#define TEST_FAULT_FAULTS_H

#include <stdbool.h>

enum fault_kind { FAULT_NONE, FAULT_MEMORY, FAULT_LMDB };

struct fault_plan {
    enum fault_kind kind;
    unsigned at;  /* 1: the first; 0: none fails, they are counted. */
    bool lasting; /* All behind it fail, too. */
};

/** Forget what was counted, and fail by this plan from now on. Nothing is armed yet. */
void faults_plan(struct fault_plan plan);

/** Calls between these two are counted and may fail. */
void faults_arm(void);
void faults_disarm(void);

/** How many calls of the plan's kind there were while armed. */
unsigned faults_counted(void);

/** Whether one failed. */
bool faults_fired(void);

/** What `expression` does is armed. */
#define ARMED(expression)                                                                          \
    do {                                                                                           \
        faults_arm();                                                                              \
        expression;                                                                                \
        faults_disarm();                                                                           \
    } while (0)

#endif
