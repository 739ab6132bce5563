/*
 * The n-th allocation, or the n-th call of LMDB or of OpenSSL's digests and signatures, fails:
 * once, or it and all behind it. Allocations are those of the whole program, OpenSSL's and cJSON's
 * among them; all are met by functions of the same names in this program.
 */
#ifndef TEST_FAULT_FAULTS_H
#define TEST_FAULT_FAULTS_H

#include <stdbool.h>

enum fault_kind { FAULT_NONE, FAULT_MEMORY, FAULT_LMDB, FAULT_CRYPTO };

/** Which of LMDB's calls are meant. */
enum fault_calls { FAULT_ALL, FAULT_BEGINS, FAULT_READS, FAULT_WRITES, FAULT_COMMITS };

struct fault_plan {
    enum fault_kind kind;
    unsigned at;  /* 1: the first; 0: none fails, they are counted. */
    bool lasting; /* All behind it fail, too. */
    enum fault_calls calls;
    int code; /* What LMDB says; 0: EIO. MDB_PANIC of a commit: the environment is dead, too. */
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

/** Whether the n-th is left out: many are where there are many, unless PAYSCORE_FAULTS is "all". */
bool faults_pass_over(unsigned at);

/** What `expression` does is armed. */
#define ARMED(expression)                                                                          \
    do {                                                                                           \
        faults_arm();                                                                              \
        expression;                                                                                \
        faults_disarm();                                                                           \
    } while (0)

#endif
