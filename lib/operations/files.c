/* Files and directories of backups. */
#include "operations/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/names.h"
#include "wechat/text.h"

enum { COPY_BYTES = 1 << 20 };

enum payscore_status ps_file_status(int code)
{
    switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return PAYSCORE_E_FULL;
    case ENOENT: return PAYSCORE_E_NOT_FOUND;
    case EEXIST: return PAYSCORE_E_EXISTS;
    case ENOMEM: return PAYSCORE_E_MEMORY;
    default: return PAYSCORE_E_IO;
    }
}

/* closedir() it; NULL: errno says why. */
static DIR *look_through(int directory)
{
    int copy = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = copy < 0 ? NULL : fdopendir(copy);
    if (entries == NULL && copy >= 0) (void)close(copy);
    return entries;
}

static const char *next_name(DIR *entries)
{
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry->d_name;
    return NULL;
}

/* Errors: E_EXISTS, E_IO. */
static enum payscore_status check_empty(const struct ps_place *place, struct payscore_error *error)
{
    DIR *entries = look_through(place->directory);
    if (entries == NULL)
        return ps_fail(error, ps_file_status(errno), "%s: cannot be looked through", place->path);
    const char *name = next_name(entries);
    enum payscore_status rc = PAYSCORE_OK;
    if (name != NULL)
        rc = ps_fail(error, PAYSCORE_E_EXISTS, "%s holds %s: name an empty directory, or a new one",
                     place->path, name);
    (void)closedir(entries);
    return rc;
}

void ps_folder_clear(int folder)
{
    static const char *const names[] = {PS_DATA_NAME, PS_LOCK_NAME, PS_FEED_NAME};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)unlinkat(folder, names[i], 0);
}

enum payscore_status ps_place_take(struct ps_place *place, const char *path,
                                   struct payscore_error *error)
{
    *place = (struct ps_place){.path = path, .directory = -1};
    if (path == NULL || path[0] == '\0')
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "name a directory");
    place->made = mkdir(path, 0700) == 0;
    int code = place->made ? 0 : errno;
    if (code != 0 && code != EEXIST)
        return ps_fail(error, code == ENOSPC ? PAYSCORE_E_FULL : PAYSCORE_E_IO,
                       "%s: cannot be made: %s", path, strerror(code));
    place->directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (place->directory < 0)
        return errno == ENOTDIR
                   ? ps_fail(error, PAYSCORE_E_EXISTS, "%s is a file: name a directory", path)
                   : ps_fail(error, PAYSCORE_E_IO, "%s: %s", path, strerror(errno));
    place->open = true;
    return check_empty(place, error);
}

enum payscore_status ps_place_sync(const struct ps_place *place)
{
    if (fsync(place->directory) != 0) return ps_file_status(errno);
    if (!place->made) return PAYSCORE_OK;
    int parent = openat(place->directory, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0) return PAYSCORE_E_IO;
    int code = fsync(parent) == 0 ? 0 : errno;
    (void)close(parent);
    return code == 0 ? PAYSCORE_OK : ps_file_status(code);
}

void ps_place_close(struct ps_place *place, bool failed)
{
    if (place->open) (void)close(place->directory);
    if (failed && place->made) (void)rmdir(place->path);
    place->open = false;
}

enum payscore_status ps_file_write(int descriptor, const void *bytes, size_t size)
{
    const char *from = bytes;
    while (size > 0) {
        ssize_t written = write(descriptor, from, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return ps_file_status(errno);
        from += written;
        size -= (size_t)written;
    }
    return PAYSCORE_OK;
}

enum payscore_status ps_file_copy(int from, int to, uint64_t *size)
{
    char *buffer = malloc(COPY_BYTES);
    enum payscore_status rc = buffer == NULL ? PAYSCORE_E_MEMORY : PAYSCORE_OK;
    ssize_t got = 1;
    *size = 0;
    while (rc == PAYSCORE_OK && got != 0) {
        got = read(from, buffer, COPY_BYTES);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            rc = PAYSCORE_E_IO;
        else
            rc = ps_file_write(to, buffer, (size_t)got);
        if (got > 0) *size += (uint64_t)got;
    }
    free(buffer);
    return rc;
}
