/*
 * statecharts/ids.lock: every id that was ever given to a state, row, event, call, reason, hold,
 * command or chart, and what it stands for. Stores hold these ids, so an id never changes its
 * meaning and is never used twice. Lines are only ever added, or marked `retired`.
 */
#ifndef PS_EXPORTER_LOCK_H
#define PS_EXPORTER_LOCK_H

#include <stdbool.h>
#include <stdio.h>

/**
 * Compare the charts with the lock, both ways. Writes each fault to `out`: the id, what the lock
 * says, what the charts say, what to do. Returns whether there was none.
 */
bool ps_lock_check(FILE *lock, FILE *out);

/** Append to `to` a line for each id of the charts that the lock does not have yet. */
bool ps_lock_append(FILE *lock, FILE *to, FILE *out);

#endif
