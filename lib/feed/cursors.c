/* Named cursors: stored and forgotten as chores. */
#include "engine/chores.h"

enum payscore_status ps_chore_cursor_store(struct ps_change *change, struct ps_chore_work *work)
{
    (void)change;
    return ps_fail(&work->why, PAYSCORE_E_INPUT, "named cursors are not in this build");
}

enum payscore_status ps_chore_cursor_drop(struct ps_change *change, struct ps_chore_work *work)
{
    (void)change;
    return ps_fail(&work->why, PAYSCORE_E_INPUT, "named cursors are not in this build");
}
