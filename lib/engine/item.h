/*
 * From what comes in to a matter that can be applied: commands are checked and rendered, replies
 * verified and read, notices verified and opened, evidence packed. No transaction is open here, and
 * no lock is held: commands are read by any thread.
 */
#ifndef PS_ENGINE_ITEM_H
#define PS_ENGINE_ITEM_H

#include "engine/chores.h"
#include "wechat/notice.h"
#include "wechat/reply.h"

/** One input while it is worked on. Zero it to begin; ps_reading_end() at the end. */
struct ps_reading {
    struct ps_matter matter;
    struct payscore_text asked_body; /* COMMAND: as it came; borrowed. */
    enum ps_command_id command;      /* COMMAND; 0: a chore. */
    enum ps_chore chore;             /* COMMAND; none: one of a chart. */
    struct ps_chore_work work;       /* A chore: its body, and what became of it. */
    cJSON *body;                     /* A chore. */
    struct ps_asked asked;
    struct ps_rendered rendered;
    struct ps_answer *answer;
    struct ps_opened_notice notice;
    struct ps_flight *flight; /* REPLY. */
    char notify_url[512];
    bool of_another_service;       /* A notice about a user of a service that is not configured. */
    bool done;                     /* Nothing is to be applied: the result stands already. */
    struct payscore_result result; /* Out: once it is read, where it is done; else at the finish. */
};

/** Read one item, on the driver's thread; the result gets the status where it cannot be used. */
void ps_reading_begin(struct payscore *engine, const struct payscore_item *item,
                      struct ps_reading *reading);

/** Read a command, on whichever thread, and seal its evidence. */
void ps_reading_command(struct payscore *engine, const struct payscore_command *command,
                        struct ps_reading *reading);

/** Salt and pack the evidence of a matter that is whole; failures stick to it. */
void ps_reading_seal(struct payscore *engine, struct ps_reading *reading);

/** The transaction ended so: the result is what became of this input. */
void ps_reading_finish(struct ps_reading *reading, enum payscore_status committed);

/** Free what was read; the result stays. */
void ps_reading_end(struct ps_reading *reading);

/** Read a command into a reading. Errors: as payscore_submit() names them. */
PAYSCORE_MUST_USE enum payscore_status ps_item_command(struct payscore *engine,
                                                       const struct payscore_command *command,
                                                       struct ps_reading *reading,
                                                       struct payscore_error *error);

#endif
