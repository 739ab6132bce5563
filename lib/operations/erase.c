/* Erasing a person. */
#include "engine/chores.h"

enum payscore_status ps_chore_erase(struct ps_change *change, struct ps_chore_work *work)
{
    (void)change;
    return ps_fail(&work->why, PAYSCORE_E_INPUT, "erasure is not in this build");
}
