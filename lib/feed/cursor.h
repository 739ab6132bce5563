/* What a cursor is: an incarnation of a store, and the number of the last entry that was read. */
#ifndef PS_FEED_CURSOR_H
#define PS_FEED_CURSOR_H

#include "engine/internal.h"
#include "payscore/feed.h"

/** The cursor behind an entry of this store. */
void ps_cursor_write(const struct ps_head *head, uint64_t number,
                     char cursor[PAYSCORE_CURSOR_SIZE]);

/** Whether a text is a cursor of this store; the empty text is its beginning. */
PAYSCORE_MUST_USE bool ps_cursor_read(struct payscore_text text, const struct ps_head *head,
                                      uint64_t *number);

#endif
