/* One command, waited for. */
#include "payscore/turn.h"

enum payscore_status payscore_submit(struct payscore *engine,
                                     const struct payscore_command *command,
                                     struct payscore_result *result, struct payscore_error *error)
{
    struct payscore_item item = {.kind = PAYSCORE_COMMAND, .command = *command};
    struct payscore_turn turn = {.items = &item, .item_count = 1};
    enum payscore_status rc = payscore_turn(engine, &turn, error);
    payscore_calls_free(turn.calls, turn.call_count);
    *result = item.result;
    if (rc == PAYSCORE_OK) rc = item.result.status;
    if (rc != PAYSCORE_OK && item.result.error.text[0] != '\0') *error = item.result.error;
    return rc;
}
