/*
 * A store on which every public function has something to do, and the functions themselves as
 * operations of one form: whoever lets something fail needs not know what they want.
 */
#ifndef TEST_FAULT_STAGE_H
#define TEST_FAULT_STAGE_H

#include "support/directory.h"
#include "support/trial.h"

#define STAGE_OPEN_ORDER "PS20260301A0000018"

struct stage {
    struct trial trial;
    char path[DIRECTORY_PATH_SIZE], backup[DIRECTORY_PATH_SIZE], target[DIRECTORY_PATH_SIZE];
    char *head;            /* Signed, of this store. */
    int sink;              /* Takes a backup. */
    char *json;            /* What the last deed read; NULL where it reads nothing. */
    unsigned tries;        /* Makes names. */
    uint64_t acknowledged; /* The newest entry that a result named. */
    uint64_t stuck_growth_bytes;
    int64_t patience_ms;                    /* 0: 60. */
    enum payscore_role role;                /* As it was opened last. */
    bool keyless;                           /* The merchant has no keys. */
    const struct payscore_command *command; /* What is submitted; NULL: a new create. */
};

/**
 * A driver's store with an order that was paid days ago, a stored cursor and a backup;
 * `open_order`: and with an order under way. A store on which a person is to be erased has none.
 */
void stage_open(struct stage *stage, bool open_order);
void stage_close(struct stage *stage);

/** Opens the stage's store again in this role; with one merchant, who has his keys. */
enum payscore_status stage_reopen(struct stage *stage, enum payscore_role role);

typedef enum payscore_status stage_deed(struct stage *stage);

/** A public function, called with arguments that are good. */
struct stage_function {
    const char *name;
    stage_deed *deed;
};

extern const struct stage_function stage_functions[];
extern const size_t stage_function_count;

/** The one of this name; fails the test if there is none. */
stage_deed *stage_deed_of(const char *name);

#endif
