/*
 * inih splits the file; the rows say what each value must be. The first fault ends the reading: a
 * person mends one line at a time.
 */
#include "worker/config.h"

#include <ini.h>
#include <stdlib.h>
#include <string.h>

#include "worker/config_checks.h"

static const struct {
    const char *section, *key;
    enum ps_config_type type;
    bool required;
    const char *default_text, *help;
} rows[] = {
#define REQUIRED true
#define OPTIONAL false
#define KEY(section, key, type, required, default_text, help)                                      \
    {#section, #key, PS_CONFIG_##type, required, default_text, help},
#include "worker/config.def"
#undef REQUIRED
#undef OPTIONAL
};

/** What the handler of inih works on. */
struct reading {
    struct ps_config *config;
    struct payscore_error *error;
    bool failed;
};

static void complain(struct reading *reading, const char *section, const char *key,
                     const char *remedy)
{
    if (reading->failed) return;
    reading->failed = true;
    snprintf(reading->error->text, sizeof reading->error->text, "%.200s: [%.40s] %.60s: %.180s",
             reading->config->file, section, key, remedy);
}

void ps_config_fault(const struct ps_config *config, enum ps_key key, struct payscore_error *error,
                     const char *remedy)
{
    snprintf(error->text, sizeof error->text, "%.120s: [%s] %s = \"%.120s\": %.180s", config->file,
             rows[key].section, rows[key].key, config->texts[key] ? config->texts[key] : "",
             remedy);
}

static int key_by_name(const char *section, const char *name)
{
    for (int i = 0; i < PS_KEY_COUNT; i++) {
        bool same = strcmp(rows[i].section, section) == 0 && strcmp(rows[i].key, name) == 0;
        if (same) return i;
    }
    return -1;
}

static int take_value(void *context, const char *section, const char *name, const char *value)
{
    struct reading *reading = context;
    int key = key_by_name(section, name);
    if (key < 0) {
        complain(reading, section, name, "there is no such key; remove it or correct its name");
    } else if (reading->config->texts[key] != NULL) {
        complain(reading, section, name, "is given twice; keep one of the two lines");
    } else {
        reading->config->texts[key] = strdup(value);
        if (reading->config->texts[key] == NULL) complain(reading, section, name, "out of memory");
    }
    return reading->failed ? 0 : 1;
}

/** The whole file as text; NULL with a complaint. Lines are checked, since inih would cut them. */
static char *load(struct reading *reading)
{
    char *text = calloc(1, PS_CONFIG_FILE_MAX + 1);
    FILE *file = fopen(reading->config->file, "re");
    size_t size = text != NULL && file != NULL ? fread(text, 1, PS_CONFIG_FILE_MAX, file) : 0;
    bool whole =
        text != NULL && file != NULL && !ferror(file) && fgetc(file) == EOF && strlen(text) == size;
    if (file != NULL) fclose(file);
    if (!whole || size == 0) {
        snprintf(reading->error->text, sizeof reading->error->text,
                 "%.300s: cannot be read, is empty, or is no text of at most %d bytes; name the "
                 "configuration file",
                 reading->config->file, PS_CONFIG_FILE_MAX);
        reading->failed = true;
    }
    for (const char *line = text; !reading->failed && line != NULL && *line != '\0';) {
        size_t length = strcspn(line, "\n");
        if (length > INI_MAX_LINE - 3) {
            complain(reading, "file", "line", "a line is longer than 197 bytes; shorten it");
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    if (!reading->failed) return text;
    free(text);
    return NULL;
}

char *ps_config_path(const struct ps_config *config, const char *path)
{
    const char *file = config->file;
    const char *slash = strrchr(file, '/');
    size_t folder = slash == NULL || path[0] == '/' ? 0 : (size_t)(slash - file) + 1;
    size_t size = strlen(path) + 1;
    char *whole = malloc(folder + size);
    if (whole == NULL) return NULL;
    memcpy(whole, file, folder);
    memcpy(whole + folder, path, size);
    return whole;
}

static bool settle_path(struct ps_config *config, enum ps_key key)
{
    bool path = rows[key].type == PS_CONFIG_PATH || rows[key].type == PS_CONFIG_FILE ||
                rows[key].type == PS_CONFIG_SECRET_FILE;
    if (!path || config->texts[key][0] == '\0') return true;
    char *whole = ps_config_path(config, config->texts[key]);
    if (whole == NULL) return false;
    free(config->texts[key]);
    config->texts[key] = whole;
    return true;
}

/** Fill in the default, check the value by its type. */
static bool settle(struct ps_config *config, enum ps_key key, struct payscore_error *error)
{
    bool given = config->texts[key] != NULL && config->texts[key][0] != '\0';
    if (!given && rows[key].required) {
        ps_config_fault(config, key, error, "is missing; set it (--example explains every key)");
        return false;
    }
    if (!given) {
        free(config->texts[key]);
        config->texts[key] = strdup(rows[key].default_text);
    }
    if (config->texts[key] == NULL) {
        ps_config_fault(config, key, error, "out of memory");
        return false;
    }
    if (config->texts[key][0] == '\0') return true;
    const char *remedy = ps_config_check(rows[key].type, config->texts[key], &config->numbers[key]);
    if (remedy == NULL && settle_path(config, key)) return true;
    ps_config_fault(config, key, error, remedy != NULL ? remedy : "out of memory");
    return false;
}

/** Rules between keys. */
static bool agree(const struct ps_config *config, struct payscore_error *error)
{
    char *const *texts = config->texts;
    bool key = texts[PS_KEY_merchant_platform_public_key_file][0] != '\0';
    bool id = texts[PS_KEY_merchant_platform_public_key_id][0] != '\0';
    bool certificates = texts[PS_KEY_merchant_platform_certificate_files][0] != '\0';
    bool token = texts[PS_KEY_api_token_file][0] != '\0';
    if (key != id) {
        ps_config_fault(config,
                        key ? PS_KEY_merchant_platform_public_key_id
                            : PS_KEY_merchant_platform_public_key_file,
                        error, "is missing; the public key's file and its id go together");
        return false;
    }
    if (!key && !certificates) {
        ps_config_fault(config, PS_KEY_merchant_platform_public_key_file, error,
                        "is missing; set it with its id, or platform_certificate_files");
        return false;
    }
    if (!token && strncmp(texts[PS_KEY_api_listen], "unix:", 5) != 0) {
        ps_config_fault(config, PS_KEY_api_token_file, error,
                        "is missing; on host:port callers must show a token: set it, or listen on "
                        "unix:/path");
        return false;
    }
    return true;
}

bool ps_config_read(struct ps_config *config, const char *file, struct payscore_error *error)
{
    struct reading reading = {.config = config, .error = error};
    memset(config, 0, sizeof *config);
    error->text[0] = '\0';
    config->file = strdup(file);
    char *text = config->file != NULL ? load(&reading) : NULL;
    if (text == NULL) return false;
    int line = ini_parse_string(text, take_value, &reading);
    free(text);
    if (line != 0 && !reading.failed) {
        snprintf(error->text, sizeof error->text,
                 "%.300s: line %d: is neither [section] nor key = value; correct it", file, line);
    }
    if (line != 0) return false;
    for (int i = 0; i < PS_KEY_COUNT; i++) {
        if (!settle(config, (enum ps_key)i, error)) return false;
    }
    return agree(config, error);
}

void ps_config_clear(struct ps_config *config)
{
    for (size_t i = 0; i < PS_KEY_COUNT; i++) {
        free(config->texts[i]);
    }
    free(config->file);
    memset(config, 0, sizeof *config);
}

void ps_config_example(FILE *out)
{
    const char *section = "";
    fprintf(out, "; The configuration of payscore-worker: every key there is.\n"
                 "; A key behind \";\" may be left out; its value here is the default.\n"
                 "; Paths that do not begin with / are meant from this file's folder.\n");
    for (size_t i = 0; i < PS_KEY_COUNT; i++) {
        if (strcmp(section, rows[i].section) != 0) fprintf(out, "\n[%s]\n", rows[i].section);
        section = rows[i].section;
        const char *space = rows[i].default_text[0] == '\0' ? "" : " ";
        fprintf(out, "; %s\n%s%s =%s%s\n", rows[i].help, rows[i].required ? "" : ";", rows[i].key,
                space, rows[i].default_text);
    }
}
