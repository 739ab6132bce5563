/*
 * Reading goes straight from the descriptor into memory that is wiped: no stdio buffer keeps a
 * copy.
 */
#include "worker/secrets.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** What is read, for whom, and where complaints go. */
struct reading {
    struct ps_secrets *secrets;
    const struct ps_config *config;
    struct payscore_error *error;
};

/** One file: which key names it, and whether others may read it. */
struct source {
    enum ps_key key;
    const char *path;
    bool secret;
};

/** `what` has one %s, for the path. */
__attribute__((format(printf, 3, 0))) static bool
fail(struct reading *reading, const struct source *source, const char *what)
{
    char remedy[256];
    snprintf(remedy, sizeof remedy, what, source->path);
    ps_config_fault(reading->config, source->key, reading->error, remedy);
    return false;
}

static bool read_all(int fd, char *data, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(fd, data + done, size - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        done += (size_t)count;
    }
    return true;
}

static bool read_open(struct reading *reading, const struct source *source, int fd,
                      struct payscore_text *out)
{
    struct stat found;
    struct ps_secrets *secrets = reading->secrets;
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        return fail(reading, source, "is no regular file; name the file itself (%.150s)");
    }
    if (source->secret && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(reading, source, "others than its owner can read it; run: chmod 600 %.150s");
    }
    if (found.st_size < 1 || found.st_size > PS_SECRET_SIZE_MAX) {
        return fail(reading, source, "is empty or too large; name the right file (%.150s)");
    }
    size_t size = (size_t)found.st_size;
    char *data = malloc(size);
    if (data == NULL || secrets->file_count == PS_SECRET_FILES_MAX) {
        free(data);
        return fail(reading, source, "out of memory for %.150s");
    }
    secrets->files[secrets->file_count].data = data;
    secrets->files[secrets->file_count++].size = size;
    if (!read_all(fd, data, size)) return fail(reading, source, "cannot be read: %.150s");
    *out = (struct payscore_text){data, size};
    return true;
}

static bool read_file(struct reading *reading, const struct source *source,
                      struct payscore_text *out)
{
    int fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 && errno == EACCES) {
        return fail(reading, source, "may not be read by this user; give it the file (%.150s)");
    }
    if (fd < 0) {
        return fail(reading, source, "cannot be opened; name an existing file (%.150s)");
    }
    bool fine = read_open(reading, source, fd, out);
    close(fd);
    return fine;
}

/** The file of `key`, if one is given; without the line's end that an editor leaves. */
static bool read_secret(struct reading *reading, enum ps_key key, struct payscore_text *out)
{
    const struct source source = {key, reading->config->texts[key], true};
    if (source.path[0] == '\0') return true;
    if (!read_file(reading, &source, out)) return false;
    while (out->size > 0 && strchr("\r\n", out->data[out->size - 1]) != NULL)
        out->size--;
    return true;
}

static bool read_apiv3_key(struct reading *reading, enum ps_key key, struct payscore_text *out)
{
    const struct source source = {key, reading->config->texts[key], true};
    if (!read_secret(reading, key, out)) return false;
    if (out->data == NULL || out->size == PAYSCORE_APIV3_KEY_SIZE) return true;
    return fail(reading, &source, "must hold 32 characters; write the APIv3 key into %.150s");
}

static bool read_token(struct reading *reading, struct payscore_text *out)
{
    const enum ps_key key = PS_KEY_api_token_file;
    const struct source source = {key, reading->config->texts[key], true};
    if (!read_secret(reading, key, out)) return false;
    if (out->data == NULL || out->size >= PS_TOKEN_SIZE_MIN) return true;
    return fail(reading, &source, "must hold 16 characters or more: %.150s");
}

static bool read_certificate(struct reading *reading, const char *name, size_t size)
{
    const enum ps_key key = PS_KEY_merchant_platform_certificate_files;
    struct payscore_credentials *keys = &reading->secrets->credentials;
    char one[256] = "";
    while (size > 0 && name[size - 1] == ' ')
        size--;
    struct source source = {key, name, false};
    if (size >= sizeof one) return fail(reading, &source, "a path is too long: %.100s");
    memcpy(one, name, size);
    char *path = ps_config_path(reading->config, one);
    if (path == NULL) return fail(reading, &source, "out of memory for %.100s");
    source.path = path;
    bool fine = read_file(reading, &source, &keys->platform_keys[keys->platform_key_count].pem);
    keys->platform_key_count++;
    free(path);
    return fine;
}

static bool read_certificates(struct reading *reading)
{
    const char *at = reading->config->texts[PS_KEY_merchant_platform_certificate_files];
    for (at += strspn(at, ", "); *at != '\0'; at += strspn(at, ", ")) {
        size_t size = strcspn(at, ",");
        if (!read_certificate(reading, at, size)) return false;
        at += size;
    }
    return true;
}

static bool read_public_key(struct reading *reading)
{
    const struct ps_config *config = reading->config;
    const enum ps_key key = PS_KEY_merchant_platform_public_key_file;
    struct payscore_credentials *keys = &reading->secrets->credentials;
    const char *id = config->texts[PS_KEY_merchant_platform_public_key_id];
    const struct source source = {key, config->texts[key], false};
    if (source.path[0] == '\0') return true;
    keys->platform_keys[0].id = (struct payscore_text){id, strlen(id)};
    keys->platform_key_count = 1;
    return read_file(reading, &source, &keys->platform_keys[0].pem);
}

bool ps_secrets_read(struct ps_secrets *secrets, const struct ps_config *config,
                     struct payscore_error *error)
{
    struct payscore_credentials *keys = &secrets->credentials;
    struct reading reading = {secrets, config, error};
    memset(secrets, 0, sizeof *secrets);
    const char *mchid = config->texts[PS_KEY_merchant_mchid];
    const char *serial = config->texts[PS_KEY_merchant_merchant_serial];
    keys->mchid = (struct payscore_text){mchid, strlen(mchid)};
    keys->merchant_serial = (struct payscore_text){serial, strlen(serial)};
    struct reading *r = &reading;
    return read_secret(r, PS_KEY_merchant_merchant_key_file, &keys->merchant_key_pem) &&
           read_apiv3_key(r, PS_KEY_merchant_apiv3_key_file, &keys->apiv3_keys[0]) &&
           read_apiv3_key(r, PS_KEY_merchant_apiv3_old_key_file, &keys->apiv3_keys[1]) &&
           read_token(r, &secrets->token) && read_public_key(r) && read_certificates(r);
}

void ps_secrets_wipe(struct ps_secrets *secrets)
{
    for (size_t i = 0; i < secrets->file_count; i++) {
        OPENSSL_cleanse(secrets->files[i].data, secrets->files[i].size);
        free(secrets->files[i].data);
    }
    memset(secrets, 0, sizeof *secrets);
}
