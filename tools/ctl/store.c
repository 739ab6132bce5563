/* What every verb stands on: the store opened, failures and JSON printed. */
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "worker/secrets.h"

struct payscore_text ctl_text(const char *string)
{
    return (struct payscore_text){string, string == NULL ? 0 : strlen(string)};
}

struct payscore_merchant ctl_merchant(const struct ctl *ctl)
{
    return (struct payscore_merchant){
        .mchid = ctl_text(ctl->config.texts[PS_KEY_merchant_mchid]),
        .appid = ctl_text(ctl->config.texts[PS_KEY_merchant_appid]),
        .service_id = ctl_text(ctl->config.texts[PS_KEY_merchant_service_id]),
        .notify_url = ctl_text(ctl->config.texts[PS_KEY_notify_url]),
    };
}

static int exit_code_of(enum payscore_status status)
{
    switch (status) {
    case PAYSCORE_E_OPEN: return CTL_REFUSED;
    case PAYSCORE_E_NOT_FOUND:
    case PAYSCORE_E_FORGED: return CTL_NO;
    case PAYSCORE_E_INPUT:
    case PAYSCORE_E_EXISTS:
    case PAYSCORE_E_TOO_LARGE: return CTL_INPUT;
    case PAYSCORE_E_BUSY: return CTL_BUSY;
    default: return CTL_FAILED;
    }
}

int ctl_fail(enum payscore_status status, const char *what, const char *detail)
{
    fprintf(stderr, "payscorectl: %s: %s (%s)\n", what,
            detail != NULL && detail[0] != '\0' ? detail : payscore_status_text(status),
            payscore_status_name(status));
    return exit_code_of(status);
}

static struct payscore *open_as(const struct ctl *ctl, enum payscore_role role,
                                const struct payscore_credentials *credentials, int *exit_code)
{
    const char *path = ctl->config.texts[PS_KEY_store_path];
    struct payscore_merchant merchant = ctl_merchant(ctl);
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    merchant.credentials = credentials;
    enum payscore_status rc = payscore_open(
        &engine,
        PAYSCORE_OPTIONS(.path = path, .role = role,
                         .map_bytes_max = (uint64_t)ctl->config.numbers[PS_KEY_store_map_bytes],
                         .reserve_bytes = (uint64_t)ctl->config.numbers[PS_KEY_store_reserve_bytes],
                         .stuck_growth_bytes =
                             (uint64_t)ctl->config.numbers[PS_KEY_store_stuck_growth_bytes],
                         .merchants = &merchant, .merchant_count = 1),
        &error);
    if (rc == PAYSCORE_OK) return engine;
    *exit_code = ctl_fail(rc, path, error.text);
    return NULL;
}

struct payscore *ctl_open(const struct ctl *ctl, enum payscore_role role, int *exit_code)
{
    return open_as(ctl, role, NULL, exit_code);
}

struct payscore *ctl_open_signing(const struct ctl *ctl, int *exit_code)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct ps_secrets secrets = {.file_count = 0};
    if (ps_secrets_read(&secrets, &ctl->config, &error)) {
        engine = open_as(ctl, PAYSCORE_READER, &secrets.credentials, exit_code);
    } else {
        fprintf(stderr, "payscorectl: %s\n", error.text);
        *exit_code = CTL_CONFIG;
    }
    ps_secrets_wipe(&secrets);
    return engine;
}

char *ctl_read_file(const char *name, size_t max)
{
    bool standard = strcmp(name, "-") == 0;
    char *text = malloc(max + 2);
    FILE *in = standard ? stdin : fopen(name, "re");
    size_t size = text != NULL && in != NULL ? fread(text, 1, max + 1, in) : 0;
    bool fine = text != NULL && in != NULL && ferror(in) == 0 && size <= max;
    if (in != NULL && !standard) fclose(in);
    if (fine) {
        text[size] = '\0';
        return text;
    }
    fprintf(stderr, "payscorectl: %s: cannot be read, or is larger than %zu bytes\n", name, max);
    free(text);
    return NULL;
}

int ctl_print(const struct ctl *ctl, char *json, void (*people)(const cJSON *json))
{
    cJSON *value = ctl->json ? NULL : cJSON_Parse(json);
    if (value == NULL)
        puts(json);
    else
        people(value);
    cJSON_Delete(value);
    payscore_free(json);
    return CTL_FINE;
}
