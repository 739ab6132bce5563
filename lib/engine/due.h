/*
 * What is owed, and when: the due table, read from the left. Entries are never moved; one that its
 * record no longer means is dropped when it comes up.
 */
#ifndef PS_ENGINE_DUE_H
#define PS_ENGINE_DUE_H

#include "engine/change.h"

enum { PS_DUE_WORK_MAX = 1024 };

/**
 * Do what is due inside the store: deliver tells, wake records, settle what an earlier process
 * handed out, drop what is stale. Bounded; what is left is due at once. Errors: as
 * ps_change_apply().
 */
PAYSCORE_MUST_USE enum payscore_status ps_due_work(struct ps_change *change);

/** Hand out calls into `turn`, within its wants, and find the next deadline. Errors: the store's.
 */
PAYSCORE_MUST_USE enum payscore_status ps_due_hand_out(struct payscore *engine,
                                                       struct payscore_turn *turn);

#endif
