/* A restored store's first entry. */
#include "engine/chores.h"

enum payscore_status ps_chore_restored(struct ps_change *change, struct ps_chore_work *work)
{
    (void)change;
    return ps_fail(&work->why, PAYSCORE_E_INPUT, "restoring is not in this build");
}
