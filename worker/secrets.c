/*
 * Reading goes straight from the descriptor into memory that is wiped: no stdio buffer keeps a copy.
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

static bool fail(struct reading *reading, enum ps_key key, const char *what, const char *path)
{
    char remedy[256];
    snprintf(remedy, sizeof remedy, what, path);
    ps_config_fault(reading->config, key, reading->error, remedy);
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

static bool read_open(struct reading *reading, enum ps_key key, const char *path, int fd,
                      struct payscore_text *out)
{
    struct stat found;
    struct ps_secrets *secrets = reading->secrets;
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        return fail(reading, key, "is no regular file; name the file itself (%.150s)", path);
    }
    if (found.st_size < 1 || found.st_size > PS_SECRET_SIZE_MAX) {
        return fail(reading, key, "is empty or too large for a key; name the right file (%.150s)",
                    path);
    }
    size_t size = (size_t)found.st_size;
    char *data = malloc(size);
    if (data == NULL || secrets->file_count == PS_SECRET_FILES_MAX) {
        free(data);
        return fail(reading, key, "out of memory for %.150s", path);
    }
    secrets->files[secrets->file_count].data = data;
    secrets->files[secrets->file_count++].size = size;
    if (!read_all(fd, data, size)) return fail(reading, key, "cannot be read: %.150s", path);
    *out = (struct payscore_text){data, size};
    return true;
}

static bool read_file(struct reading *reading, enum ps_key key, const char *path,
                      struct payscore_text *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        return fail(reading, key,
                    errno == EACCES ? "may not be read by this user; give it the file (%.150s)"
                                    : "cannot be opened; name an existing file (%.150s)",
                    path);
    }
    bool fine = read_open(reading, key, path, fd, out);
    close(fd);
    return fine;
}

/** The file of `key`, if one is given; without the line's end that an editor leaves. */
static bool read_secret(struct reading *reading, enum ps_key key, struct payscore_text *out)
{
    struct stat found;
    const char *path = reading->config->texts[key];
    if (path[0] == '\0') return true;
    if (stat(path, &found) == 0 && (found.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return fail(reading, key, "others than its owner can read it; run: chmod 600 %.150s", path);
    }
    if (!read_file(reading, key, path, out)) return false;
    while (out->size > 0 && strchr("\r\n", out->data[out->size - 1]) != NULL) out->size--;
    return true;
}

static bool read_certificates(struct reading *reading)
{
    const enum ps_key key = PS_KEY_merchant_platform_certificate_files;
    struct payscore_credentials *keys = &reading->secrets->credentials;
    const char *path = reading->config->texts[key];
    while (*path != '\0') {
        char one[256];
        path += strspn(path, ", ");
        size_t size = strcspn(path, ",");
        if (size >= sizeof one) return fail(reading, key, "a path is too long: %.100s", path);
        memcpy(one, path, size);
        one[size] = '\0';
        for (size_t end = size; end > 0 && one[end - 1] == ' '; end--) one[end - 1] = '\0';
        struct payscore_text *pem = &keys->platform_keys[keys->platform_key_count].pem;
        if (!read_file(reading, key, one, pem)) return false;
        keys->platform_key_count++;
        path += size;
    }
    return true;
}

static bool read_public_key(struct reading *reading)
{
    const struct ps_config *config = reading->config;
    const enum ps_key key = PS_KEY_merchant_platform_public_key_file;
    struct payscore_credentials *keys = &reading->secrets->credentials;
    const char *id = config->texts[PS_KEY_merchant_platform_public_key_id];
    if (config->texts[key][0] == '\0') return true;
    keys->platform_keys[0].id = (struct payscore_text){id, strlen(id)};
    keys->platform_key_count = 1;
    return read_file(reading, key, config->texts[key], &keys->platform_keys[0].pem);
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
    if (!read_secret(r, PS_KEY_merchant_merchant_key_file, &keys->merchant_key_pem)) return false;
    if (!read_secret(r, PS_KEY_merchant_apiv3_key_file, &keys->apiv3_keys[0])) return false;
    if (!read_secret(r, PS_KEY_merchant_apiv3_old_key_file, &keys->apiv3_keys[1])) return false;
    if (!read_secret(r, PS_KEY_api_token_file, &secrets->token)) return false;
    if (keys->apiv3_keys[0].size != PAYSCORE_APIV3_KEY_SIZE) {
        return fail(r, PS_KEY_merchant_apiv3_key_file, "must hold 32 characters; write the APIv3 "
                    "key into %.150s", config->texts[PS_KEY_merchant_apiv3_key_file]);
    }
    if (secrets->token.data != NULL && secrets->token.size < PS_TOKEN_SIZE_MIN) {
        return fail(r, PS_KEY_api_token_file, "must hold 16 characters or more: %.150s",
                    config->texts[PS_KEY_api_token_file]);
    }
    return read_public_key(r) && read_certificates(r);
}

void ps_secrets_wipe(struct ps_secrets *secrets)
{
    for (size_t i = 0; i < secrets->file_count; i++) {
        OPENSSL_cleanse(secrets->files[i].data, secrets->files[i].size);
        free(secrets->files[i].data);
    }
    memset(secrets, 0, sizeof *secrets);
}
