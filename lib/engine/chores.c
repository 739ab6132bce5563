/* Chores: their rows, and the entries that they leave. */
#include "engine/chores.h"

#include <stddef.h>

/* clang-format off */
static const struct {
    enum ps_chore chore;
    const char *name, *meaning;
} chores[] = {
#define CHORE(id, name, durable_entry, meaning) {PS_CHORE_##name, #name, (meaning)},
#include "engine/chores.def"
};
/* clang-format on */

enum { CHORE_COUNT = sizeof chores / sizeof chores[0] };

enum ps_chore ps_chore_by_name(struct payscore_text name)
{
    for (size_t i = 0; i < CHORE_COUNT; i++)
        if (ps_text_is(name, chores[i].name)) return chores[i].chore;
    return PS_CHORE_none;
}

const char *ps_chore_name(enum ps_chore chore)
{
    for (size_t i = 0; i < CHORE_COUNT; i++)
        if (chores[i].chore == chore) return chores[i].name;
    return "";
}

const char *ps_chore_meaning(enum ps_chore chore)
{
    for (size_t i = 0; i < CHORE_COUNT; i++)
        if (chores[i].chore == chore) return chores[i].meaning;
    return "";
}

/* clang-format off */
static enum payscore_status carry_out(struct ps_change *change, enum ps_chore chore,
                                      struct ps_chore_work *work)
{
    switch (chore) {
#define CHORE(id, name, durable_entry, meaning) \
    case PS_CHORE_##name: return ps_chore_##name(change, work);
#include "engine/chores.def"
    case PS_CHORE_none: break;
    }
    return PAYSCORE_E_ARGUMENT;
}
/* clang-format on */

enum payscore_status ps_chore_apply(struct ps_change *change, enum ps_chore chore,
                                    struct ps_chore_work *work)
{
    enum payscore_status rc = carry_out(change, chore, work);
    if (rc == PAYSCORE_OK) change->dirty = true;
    return rc;
}

bool ps_chore_is_own(enum payscore_status status)
{
    return status == PAYSCORE_OK || status == PAYSCORE_E_INPUT || status == PAYSCORE_E_NOT_FOUND ||
           status == PAYSCORE_E_OPEN || status == PAYSCORE_E_TOO_LARGE ||
           status == PAYSCORE_E_CORRUPT || status == PAYSCORE_E_CHART;
}

enum payscore_status ps_chore_entry(struct ps_change *change, const struct ps_chore_work *work,
                                    enum ps_chore chore, struct ps_parts *parts, uint64_t *entry)
{
    struct ps_entry made = {.merchant = work->merchant->merchant,
                            .service = work->merchant->service,
                            .event = (uint16_t)chore,
                            .carrier = PAYSCORE_CARRIER_COMMAND};
    enum payscore_status rc = ps_change_append(change, &made, parts);
    *entry = rc == PAYSCORE_OK ? made.number : 0;
    return rc != PAYSCORE_OK ? rc : ps_txn_status(change->txn);
}
