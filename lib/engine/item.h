/*
 * From an item that a driver hands in to a matter that can be applied: commands are checked and
 * rendered, replies verified and read, notices verified and opened. No transaction is open here.
 */
#ifndef PS_ENGINE_ITEM_H
#define PS_ENGINE_ITEM_H

#include "engine/change.h"
#include "wechat/notice.h"
#include "wechat/reply.h"

/** One item while it is worked on. Zero it to begin; ps_reading_end() at the end. */
struct ps_reading {
    struct ps_matter matter;
    enum ps_command_id command; /* COMMAND. */
    struct ps_asked asked;
    struct ps_rendered rendered;
    struct ps_answer *answer;
    struct ps_opened_notice notice;
    struct ps_flight *flight; /* REPLY. */
    char notify_url[512];
    bool of_another_service; /* A notice about a user of a service that is not configured. */
    bool done;               /* Nothing is to be applied: the result stands already. */
};

/** Read one item; its result gets the status where it cannot be used. */
void ps_reading_begin(struct payscore *engine, struct payscore_item *item,
                      struct ps_reading *reading);

void ps_reading_end(struct ps_reading *reading);

#endif
