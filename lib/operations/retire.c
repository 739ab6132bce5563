/* Retiring orders past their retention. */
#include "engine/chores.h"

enum payscore_status ps_chore_retire(struct ps_change *change, struct ps_chore_work *work)
{
    (void)change;
    return ps_fail(&work->why, PAYSCORE_E_INPUT, "retention is not in this build");
}
