/*
 * The merchant's end of notifications: a listener in a thread of its own that verifies what comes
 * and answers 204 or 401.
 */
#ifndef TEST_SANDBOX_POST_BOX_H
#define TEST_SANDBOX_POST_BOX_H

#include "player.h"

struct post_box;

/** `ring` is borrowed until post_box_close(). */
struct post_box *post_box_open(const struct ps_keyring *ring);
int post_box_port(const struct post_box *box);

/** See player_notice(), player_notices(). */
const struct player_notice *post_box_wait(struct post_box *box, const char *event_type,
                                          const char *about);
int post_box_count(struct post_box *box, const char *event_type, const char *about);

void post_box_close(struct post_box *box);

#endif
