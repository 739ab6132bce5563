/*
 * Keys are checked by the engine itself: it loads them when a store in memory is opened.
 */
#include "worker/launch.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <string.h>

static struct payscore_text text_of(const struct ps_config *config, enum ps_key key)
{
    return (struct payscore_text){config->texts[key], strlen(config->texts[key])};
}

static enum payscore_status open_store(struct ps_launch *launch, const char *path,
                                       struct payscore_error *error)
{
    const struct ps_config *config = &launch->config;
    const struct payscore_merchant merchant = {
        .mchid = text_of(config, PS_KEY_merchant_mchid),
        .appid = text_of(config, PS_KEY_merchant_appid),
        .service_id = text_of(config, PS_KEY_merchant_service_id),
        .notify_url = text_of(config, PS_KEY_notify_url),
        .credentials = &launch->secrets.credentials,
    };
    return payscore_open(
        &launch->engine,
        PAYSCORE_OPTIONS(.path = path, .role = PAYSCORE_DRIVER,
                         .map_bytes_max = (uint64_t)config->numbers[PS_KEY_store_map_bytes],
                         .reserve_bytes = (uint64_t)config->numbers[PS_KEY_store_reserve_bytes],
                         .stuck_growth_bytes =
                             (uint64_t)config->numbers[PS_KEY_store_stuck_growth_bytes],
                         .merchants = &merchant, .merchant_count = 1),
        error);
}

/** libcurl would find a wrong file out at the first call only. */
static bool check_authorities(const struct ps_config *config, struct payscore_error *error)
{
    const char *path = config->texts[PS_KEY_platform_ca_file];
    if (path[0] == '\0') return true;
    X509_STORE *store = X509_STORE_new();
    bool fine = store != NULL && X509_STORE_load_file(store, path) == 1;
    X509_STORE_free(store);
    ERR_clear_error();
    if (!fine) {
        ps_config_fault(config, PS_KEY_platform_ca_file, error,
                        "holds no certificates in PEM that can be read; name the right file");
    }
    return fine;
}

/** Put the file's name before what the engine says. */
static void name_file(const struct ps_launch *launch, const char *section,
                      struct payscore_error *error)
{
    struct payscore_error told = *error;
    snprintf(error->text, sizeof error->text, "%.160s: [%s]: %.320s", launch->config.file, section,
             told.text);
}

enum ps_exit ps_launch_check(struct ps_launch *launch, const char *file,
                             struct payscore_error *error)
{
    memset(launch, 0, sizeof *launch);
    if (!ps_config_read(&launch->config, file, error)) return PS_EXIT_CONFIG;
    if (!ps_secrets_read(&launch->secrets, &launch->config, error)) return PS_EXIT_CONFIG;
    if (!check_authorities(&launch->config, error)) return PS_EXIT_CONFIG;
    enum payscore_status rc = open_store(launch, NULL, error);
    payscore_close(launch->engine);
    launch->engine = NULL;
    if (rc == PAYSCORE_OK) return PS_EXIT_FINE;
    name_file(launch, "merchant", error);
    return rc == PAYSCORE_E_MEMORY ? PS_EXIT_FAILED : PS_EXIT_CONFIG;
}

enum ps_exit ps_launch_open(struct ps_launch *launch, struct payscore_error *error)
{
    enum payscore_status rc = open_store(launch, launch->config.texts[PS_KEY_store_path], error);
    if (rc == PAYSCORE_OK) return PS_EXIT_FINE;
    launch->engine = NULL;
    name_file(launch, "store", error);
    return rc == PAYSCORE_E_BUSY ? PS_EXIT_BUSY : PS_EXIT_FAILED;
}

void ps_launch_end(struct ps_launch *launch)
{
    payscore_close(launch->engine);
    ps_secrets_wipe(&launch->secrets);
    ps_config_clear(&launch->config);
    memset(launch, 0, sizeof *launch);
}
