/* A command of a SUBMITTER, from its making to its last answer. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "submit/client.h"

static void refuse(struct ps_errand *errand, enum payscore_status status, const char *why)
{
    errand->result =
        (struct payscore_result){.status = status, .chart = "", .state = "", .row_text = ""};
    ps_fail(&errand->result.error, status, "%s", why);
    errand->done = true;
}

/* A key for the way alone: whoever gets the command twice knows it again. */
static void make_key(struct payscore *engine, struct ps_errand *errand)
{
    uint8_t bytes[(sizeof errand->made_key - 1) / 2];
    ps_random(engine, bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++)
        snprintf(errand->made_key + 2 * i, 3, "%02x", bytes[i]);
    errand->command.key = ps_text_of(errand->made_key);
}

static bool is_usable(const struct payscore *engine, struct ps_errand *errand)
{
    const struct payscore_command *command = &errand->command;
    struct payscore_error why;
    if (command->merchant >= engine->merchant_count) {
        ps_fail(&why, PAYSCORE_OK, "merchant %zu: the store was opened with %zu", command->merchant,
                engine->merchant_count);
        refuse(errand, PAYSCORE_E_ARGUMENT, why.text);
    } else if (command->key.size > PAYSCORE_KEY_MAX) {
        ps_fail(&why, PAYSCORE_OK, "the idempotency key has %zu bytes: at most %d",
                command->key.size, PAYSCORE_KEY_MAX);
        refuse(errand, PAYSCORE_E_INPUT, why.text);
    } else if (command->name.size > PS_FRAME_NAME_MAX) {
        refuse(errand, PAYSCORE_E_INPUT, "there is no command with so long a name");
    } else if (command->body.size > PS_FRAME_BODY_MAX) {
        ps_fail(&why, PAYSCORE_OK, "the body has %zu bytes: at most %d", command->body.size,
                PS_FRAME_BODY_MAX);
        refuse(errand, PAYSCORE_E_TOO_LARGE, why.text);
    }
    return !errand->done;
}

bool ps_errand_begin(struct payscore *engine, struct ps_errand *errand,
                     const struct payscore_command *command)
{
    memset(errand, 0, sizeof *errand);
    errand->command = *command;
    if (!is_usable(engine, errand)) return false;
    if (command->key.size == 0) make_key(engine, errand);
    const struct ps_merchant *merchant = &engine->merchants[command->merchant];
    struct ps_frame_command frame = {.mchid = ps_text_of(merchant->mchid),
                                     .appid = ps_text_of(merchant->appid),
                                     .service_id = ps_text_of(merchant->service_id),
                                     .name = errand->command.name,
                                     .key = errand->command.key,
                                     .body = errand->command.body};
    errand->parcel.frame = malloc(ps_frame_command_size(&frame));
    if (errand->parcel.frame == NULL) {
        refuse(errand, PAYSCORE_E_MEMORY, payscore_status_text(PAYSCORE_E_MEMORY));
        return false;
    }
    errand->parcel.size = ps_frame_put_command(0, &frame, errand->parcel.frame);
    return true;
}

void ps_errand_end(struct ps_errand *errand)
{
    free(errand->parcel.frame);
    errand->parcel.frame = NULL;
}

static void be_unsure(struct ps_errand *errand, enum payscore_status status, const char *why)
{
    struct payscore_error text;
    ps_fail(&text, PAYSCORE_OK,
            "it was given to a driver that went before it answered, and then: %s (%s); repeat it "
            "with the same key",
            why, payscore_status_name(status));
    refuse(errand, PAYSCORE_E_UNSURE, text.text);
}

bool ps_errand_settle(struct ps_errand *errand, const struct payscore_result *result)
{
    if (result->status == PAYSCORE_E_UNSURE) errand->parcel.risked = true;
    if (result->status == PAYSCORE_E_UNSURE || result->status == PAYSCORE_E_BUSY ||
        result->status == PAYSCORE_E_CONFLICT)
        return false;
    errand->result = *result;
    errand->done = true;
    /* Only who looked for the key knows: another driver may read by other rules. */
    if (errand->parcel.risked && result->status != PAYSCORE_OK) {
        struct payscore_error why = result->error;
        be_unsure(errand, result->status, why.text);
    }
    return true;
}

void ps_errand_give_up(struct ps_errand *errand, enum payscore_status status)
{
    const char *why = payscore_status_text(status);
    if (status == PAYSCORE_E_PROCESS)
        why = "the store is driven from another pid namespace or machine: share the driver's";
    if (status == PAYSCORE_E_BUSY)
        why = "nobody took it in time: whoever drives the store does not answer";
    if (errand->parcel.risked)
        be_unsure(errand, status, why);
    else
        refuse(errand, status, why);
}
