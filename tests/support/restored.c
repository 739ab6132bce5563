#include "support/restored.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

void restored_begin(struct restored *places)
{
    directory_make(places->lost);
    directory_make(places->backup);
    directory_make(places->again);
}

void restored_end(struct restored *places)
{
    directory_remove(places->lost);
    directory_remove(places->backup);
    directory_remove(places->again);
}

void restored_backup(struct restored *places, struct trial *trial)
{
    struct payscore_error error;
    if (payscore_backup(trial->engine, places->backup, &error) != PAYSCORE_OK)
        fail_msg("%s", error.text);
}

struct payscore_restoring restored_how(const struct restored *places, struct trial *trial)
{
    struct payscore_options options = trial_options(trial);
    return (struct payscore_restoring){.size = sizeof(struct payscore_restoring),
                                       .backup = places->backup,
                                       .directory = places->again,
                                       .map_bytes_max = options.map_bytes_max,
                                       .world = options.world};
}

void restored_open(struct restored *places, struct trial *trial)
{
    struct payscore_restoring how = restored_how(places, trial);
    struct payscore_error error;
    if (payscore_restore(&how, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    trial->path = places->again;
    trial_reopen(trial);
    trial_turn(trial);
}
