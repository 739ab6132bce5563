/*
 * Strays: verified notices about orders that the store does not know. The journal keeps each of
 * them; the newest one of a number is remembered, until a command takes that number up.
 */
#ifndef PS_ENGINE_STRAYS_H
#define PS_ENGINE_STRAYS_H

#include "engine/change.h"

/** Remember the stray that was journalled last. Those of other charts need nobody to take them up.
 */
void ps_stray_remember(struct ps_change *change, const struct ps_matter *matter);

/** The entry of the stray that this command's number was seen in; 0: none. */
uint64_t ps_stray_of(struct ps_change *change, const struct ps_subject *subject);

/** Say in the command's evidence that the record which it bears takes a stray up. */
void ps_stray_note(struct ps_matter *command, uint64_t entry);

/**
 * The command was taken: apply what the stray saw to its record, and forget the stray. Errors: as
 * ps_change_apply().
 */
PAYSCORE_MUST_USE enum payscore_status
ps_stray_adopt(struct ps_change *change, const struct ps_matter *command, uint64_t entry);

#endif
