/* Submitting, through the library: to whoever drives the store, or, where nobody does, straight. */
#include <cJSON.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, string == NULL ? 0 : strlen(string)};
}

static const char *verdict_name(enum payscore_verdict verdict)
{
    switch (verdict) {
    case PAYSCORE_TAKEN: return "taken";
    case PAYSCORE_IGNORED: return "ignored";
    case PAYSCORE_REFUSED: return "refused";
    case PAYSCORE_DUPLICATE: return "duplicate";
    default: return "none";
    }
}

static void say_json(const struct payscore_result *result)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "verdict", verdict_name(result->verdict));
    cJSON_AddNumberToObject(object, "entry", (double)result->entry);
    cJSON_AddStringToObject(object, "chart", result->chart);
    cJSON_AddStringToObject(object, "state", result->state);
    cJSON_AddNumberToObject(object, "row", result->row);
    cJSON_AddStringToObject(object, "row_text", result->row_text);
    cJSON_AddStringToObject(object, "message", result->error.text);
    char *text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    if (text != NULL) puts(text);
    cJSON_free(text);
}

static int say(const struct ctl *ctl, const struct payscore_result *result)
{
    if (ctl->json) {
        say_json(result);
    } else {
        printf("verdict: %s\n", verdict_name(result->verdict));
        if (result->state[0] != '\0') printf("state: %s\n", result->state);
        if (result->error.text[0] != '\0') printf("message: %s\n", result->error.text);
    }
    return result->verdict == PAYSCORE_REFUSED ? CTL_REFUSED : CTL_FINE;
}

int ctl_submit(const struct ctl *ctl, const char *command, const char *body)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct payscore_result result;
    struct payscore_merchant merchant = ctl_merchant(ctl);
    struct payscore_command wanted = {0, text_of(command), text_of(ctl->key), text_of(body)};
    enum payscore_status rc = payscore_open(
        &engine,
        PAYSCORE_OPTIONS(.path = ctl->config.texts[PS_KEY_store_path], .role = PAYSCORE_SUBMITTER,
                         .map_bytes_max = (uint64_t)ctl->config.numbers[PS_KEY_store_map_bytes],
                         .merchants = &merchant, .merchant_count = 1),
        &error);
    if (rc == PAYSCORE_OK) rc = payscore_submit(engine, &wanted, &result, &error);
    payscore_close(engine);
    return rc == PAYSCORE_OK ? say(ctl, &result) : ctl_fail(rc, command, error.text);
}
