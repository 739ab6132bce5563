/*
 * The line of those who wait for the driver's lock, across processes: a door and a front, two
 * mutexes in the file `line` that every waiter maps. Whoever has the door is next, whoever has the
 * front has the lock or may take it. The kernel passes on what a killed process had. The line is
 * for fairness: where it cannot be used, or somebody stands still in it, one does without.
 */
#ifndef PS_STORE_LINE_H
#define PS_STORE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "payscore/status.h"
#include "store/lock.h"

struct ps_line;

/** The line of the store in this open directory; NULL: there is none to be had. */
struct ps_line *ps_line_open(int directory);

/** Tries for the lock: true ends the waiting, with *rc. */
typedef bool ps_line_try(void *context, enum payscore_status *rc);

/**
 * Wait until the front is reached or the time is over, and try. What is tried in between succeeds
 * only where somebody who stands before us does not move, or the lock is held by one that stays.
 *
 * Returns    Whether *rc is final. False: the front is ours, and the lock is with somebody who did
 *            not stand in the line.
 */
PAYSCORE_MUST_USE bool ps_line_wait(struct ps_line *line, int64_t deadline_ns, ps_line_try *attempt,
                                    void *context, enum payscore_status *rc);

/** Leave the line, and its front; NULL is allowed. In a forked child it only frees. */
void ps_line_leave(struct ps_line *line);

/** A clock that only goes forward. */
int64_t ps_line_now_ns(void);

/** The kernel's boot id; "" where it cannot be read. */
void ps_line_boot(char boot[PS_BOOT_SIZE]);

#endif
