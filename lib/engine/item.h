/*
 * From an item that a driver hands in to a matter that can be applied: commands are checked and
 * rendered, replies verified and read, notices verified and opened. No transaction is open here.
 */
#ifndef PS_ENGINE_ITEM_H
#define PS_ENGINE_ITEM_H

#include "engine/chores.h"
#include "wechat/notice.h"
#include "wechat/reply.h"

/** One item while it is worked on. Zero it to begin; ps_reading_end() at the end. */
struct ps_reading {
    struct ps_matter matter;
    enum ps_command_id command; /* COMMAND; 0: a chore. */
    enum ps_chore chore;        /* COMMAND; none: one of a chart. */
    struct ps_chore_work work;  /* A chore: its body, and what became of it. */
    cJSON *body;                /* A chore. */
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

/** Read a command, on whichever thread. Errors: as payscore_submit() names them. */
PAYSCORE_MUST_USE enum payscore_status ps_item_command(struct payscore *engine,
                                                       const struct payscore_command *command,
                                                       struct ps_reading *reading,
                                                       struct payscore_error *error);

void ps_reading_end(struct ps_reading *reading);

#endif
