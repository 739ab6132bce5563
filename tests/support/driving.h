/*
 * A store that other processes drive: children of a test that open it as its driver and take turns
 * whenever its descriptor asks for one. They hand out no calls. Only the system's clock and chance.
 */
#ifndef TEST_SUPPORT_DRIVING_H
#define TEST_SUPPORT_DRIVING_H

#include <sys/types.h>

#include "payscore/payscore.h"

/** Options of a handle of the store in `path`, with one merchant without keys. */
struct payscore_options driving_options(const char *path, enum payscore_role role);

/** A child that drives the store, listening already; it dies with the test. */
pid_t driving_start(const char *path);

/** A child that holds the store as its driver, and never takes a turn. */
pid_t driving_start_idle(const char *path);

/** Ask it to close the store and end; fails unless it does. */
void driving_stop(pid_t child);

/** It dies between any two of its instructions. */
void driving_kill(pid_t child);

/** Wait for a child; fails unless it exits with 0. */
void driving_join(pid_t child);

/** Make the store, and leave it to nobody. */
void driving_make(const char *path);

/** One round of a submitter's loop: wait for its descriptor, 100 ms at most, and poll it. */
void driving_poll(struct payscore *engine);

/** A create for this number; the body lies in a static buffer of the thread. */
struct payscore_command driving_create(const char *number, const char *key);

#endif
