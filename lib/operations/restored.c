/* A restored store's first entry. It is written while the store is made, and by nobody else. */
#include "engine/chores.h"

enum payscore_status ps_chore_restored(struct ps_change *change, struct ps_chore_work *work)
{
    (void)change;
    return ps_fail(&work->why, PAYSCORE_E_INPUT,
                   "restored: no command; payscore_restore() makes a store of a backup");
}
