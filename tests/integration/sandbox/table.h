/*
 * The rows of table.def as data. Include it after UNLISTED, which stands for the numbers that the
 * reference does not know: what they are is the includer's choice.
 */
#ifndef TEST_SANDBOX_TABLE_H
#define TEST_SANDBOX_TABLE_H

#include <stddef.h>
#include <string.h>

#define STATES(X) X(S0) X(S1) X(S2) X(S3) X(S3_DEDUCTING) X(S3_DEPOSIT) X(S4) X(S5) X(S6) X(S7)
#define OPERATIONS(X)                                                                              \
    X(create_same)                                                                                 \
    X(create_other)                                                                                \
    X(query) X(cancel) X(cancel_other) X(complete_same) X(complete_other) X(modify) X(sync) X(pay)

enum state {
#define X(name) name,
    STATES(X) STATES_END,
    NEW, /* Where an order begins: S1 or S2. */
#undef X
};
enum operation {
#define X(name) DO_##name,
    OPERATIONS(X) OPERATIONS_END,
#undef X
};
enum modes { BOTH, CONFIRM };

struct cell {
    enum state state;
    enum operation operation;
    enum modes modes;
    int status;
    const char *code, *number;
    enum state next;
    const char *source;
};

static const struct cell cells[] = {
#define CELL(state, operation, modes, status, code, number, next, source)                          \
    {state, DO_##operation, modes, status, code, number, next, source},
#define MESSAGE(number, fragment, source)
#include "table.def"
};

enum { CELLS = sizeof cells / sizeof cells[0] };

static const char *const state_names[] = {
#define X(name) #name,
    STATES(X)
#undef X
};
static const char *const operation_names[] = {
#define X(name) #name,
    OPERATIONS(X)
#undef X
};

/** The state as a query shows it. */
static inline enum state plain(enum state state)
{
    return state == S3_DEDUCTING || state == S3_DEPOSIT ? S3 : state;
}

/** What the platform says with a number; "": nothing that is known. */
static inline const char *message_of(const char *number)
{
#define CELL(state, operation, modes, status, code, number, next, source)
#define MESSAGE(known, fragment, source)                                                           \
    if (strcmp(number, known) == 0) return fragment;
#include "table.def"
    return "";
}

#endif
