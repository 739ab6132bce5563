/* Whom an item is about, where it takes a look at the store to know. */
#ifndef PS_ENGINE_SUBJECT_H
#define PS_ENGINE_SUBJECT_H

#include "engine/change.h"
#include "engine/item.h"

/**
 * Settle whom the item is about: a notice that a code still awaits, a command that names its user
 * by a code. False: it is about nobody, and the outcome says why.
 */
bool ps_subject_resolve(struct ps_change *change, struct ps_reading *reading);

/** Whether no record bears the name, and the chart bears none for this. */
bool ps_subject_is_unknown(const struct ps_matter *matter);

#endif
