/*
 * Restoring: a backup becomes a store of a new incarnation, in which every record that is open asks
 * the platform before it acts. It is made in a folder inside the target and moved to its place as
 * the last step: until then, and after a crash, nobody can drive the target.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/internal.h"
#include "operations/asking.h"
#include "operations/files.h"
#include "payscore/operations.h"
#include "store/names.h"
#include "store/whole.h"

enum { PATH_SIZE = 4096 };

struct restoring {
    const struct payscore_restoring *given;
    struct payscore_error *error;
    struct ps_place place;
    int folder;           /* Where it is made; -1: not yet. */
    char path[PATH_SIZE]; /* Of the folder. */
};

static enum payscore_status refuse(const struct restoring *self, enum payscore_status rc,
                                   const char *why)
{
    return ps_fail(self->error, rc, "restoring into %s: %s", self->given->directory, why);
}

static enum payscore_status make_folder(struct restoring *self)
{
    int size = snprintf(self->path, sizeof self->path, "%s/" PS_RESTORING, self->given->directory);
    if (size < 0 || (size_t)size >= sizeof self->path)
        return refuse(self, PAYSCORE_E_ARGUMENT, "its path is too long");
    if (mkdirat(self->place.directory, PS_RESTORING, 0700) != 0)
        return refuse(self, ps_file_status(errno), "a folder cannot be made in it");
    self->folder = openat(self->place.directory, PS_RESTORING, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return self->folder < 0 ? refuse(self, ps_file_status(errno), "its folder cannot be opened")
                            : PAYSCORE_OK;
}

/* A store's own file, read beside its writer, would be of two commits. */
static bool is_backup(const char *directory)
{
    char path[PATH_SIZE];
    int size = snprintf(path, sizeof path, "%s/" PS_BACKUP_MARK, directory);
    return size > 0 && (size_t)size < sizeof path && access(path, F_OK) == 0;
}

/* *own: the caller closes it. */
static enum payscore_status open_source(const struct restoring *self, int *source, bool *own)
{
    const char *backup = self->given->backup;
    char path[PATH_SIZE];
    *own = backup != NULL;
    *source = self->given->descriptor;
    if (!*own) return PAYSCORE_OK;
    int size = snprintf(path, sizeof path, "%s/" PS_DATA_NAME, backup);
    if (size < 0 || (size_t)size >= sizeof path)
        return refuse(self, PAYSCORE_E_ARGUMENT, "the backup's path is too long");
    *source = open(path, O_RDONLY | O_CLOEXEC);
    if (*source >= 0 && is_backup(backup)) return PAYSCORE_OK;
    if (*source >= 0) {
        (void)close(*source);
        return ps_fail(self->error, PAYSCORE_E_NOT_FOUND,
                       "%s holds a store, and no backup of one: make one of it first", backup);
    }
    if (errno == ENOENT || errno == ENOTDIR)
        return ps_fail(self->error, PAYSCORE_E_NOT_FOUND, "%s holds no backup", backup);
    return ps_fail(self->error, PAYSCORE_E_IO, "%s: %s", path, strerror(errno));
}

static enum payscore_status copy_data(struct restoring *self)
{
    int source = -1;
    bool own = false;
    uint64_t size = 0;
    enum payscore_status rc = open_source(self, &source, &own);
    if (rc != PAYSCORE_OK) return rc;
    int file = openat(self->folder, PS_DATA_NAME, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    rc = file < 0 ? ps_file_status(errno) : ps_file_copy(source, file, &size);
    if (file >= 0 && close(file) != 0 && rc == PAYSCORE_OK) rc = ps_file_status(errno);
    if (own) (void)close(source);
    if (rc != PAYSCORE_OK) return refuse(self, rc, payscore_status_text(rc));
    return size > 0 ? rc : refuse(self, PAYSCORE_E_CORRUPT, "the backup is empty");
}

static enum payscore_status check_whole(const struct restoring *self)
{
    enum payscore_status rc = ps_store_check_whole(self->folder);
    if (rc == PAYSCORE_E_CORRUPT)
        return refuse(self, rc, "this is no backup, or it is cut short or damaged");
    return rc == PAYSCORE_OK ? rc : refuse(self, rc, payscore_status_text(rc));
}

static enum payscore_status open_copy(const struct restoring *self, uint64_t incarnation,
                                      struct ps_store **store)
{
    struct ps_lmdb_options options = {.path = self->path,
                                      .map_bytes_max = self->given->map_bytes_max,
                                      .access = PS_WRITE,
                                      .incarnation = incarnation,
                                      .upgrades = true};
    return ps_store_open_lmdb(store, &options, self->error);
}

static enum payscore_status explain(const struct restoring *self, enum payscore_status rc)
{
    if (rc == PAYSCORE_OK || self->error->text[0] != '\0') return rc;
    return refuse(self, rc, payscore_status_text(rc));
}

/* Looked through as it came, then written to: what is not sound is not begun with. */
static enum payscore_status renew(struct restoring *self)
{
    struct payscore engine = {.role = PAYSCORE_DRIVER, .world = self->given->world};
    struct ps_asking asking = {.engine = &engine, .error = self->error};
    uint64_t incarnation = 0;
    ps_world_complete(&engine.world);
    while (incarnation == 0)
        ps_random(&engine, &incarnation, sizeof incarnation);
    enum payscore_status rc = open_copy(self, incarnation, &engine.store);
    if (rc == PAYSCORE_OK) rc = ps_asking_survey(&asking);
    if (rc == PAYSCORE_OK) rc = ps_asking_begin(&asking, incarnation);
    while (rc == PAYSCORE_OK && !asking.done)
        rc = ps_asking_go_on(&asking);
    ps_store_close(engine.store);
    return explain(self, rc);
}

/* From here on it is a store. */
static enum payscore_status put_in_place(const struct restoring *self)
{
    if (renameat(self->folder, PS_DATA_NAME, self->place.directory, PS_DATA_NAME) != 0)
        return refuse(self, ps_file_status(errno), "the store cannot be moved to its place");
    ps_folder_clear(self->folder);
    if (unlinkat(self->place.directory, PS_RESTORING, AT_REMOVEDIR) != 0 ||
        ps_place_sync(&self->place) != PAYSCORE_OK)
        return refuse(self, PAYSCORE_E_IO, "the directory cannot be synced");
    return PAYSCORE_OK;
}

static void take_away(const struct restoring *self)
{
    if (self->folder >= 0) ps_folder_clear(self->folder);
    (void)unlinkat(self->place.directory, PS_DATA_NAME, 0);
    (void)unlinkat(self->place.directory, PS_RESTORING, AT_REMOVEDIR);
}

static enum payscore_status make(struct restoring *self)
{
    enum payscore_status rc = make_folder(self);
    if (rc == PAYSCORE_OK) rc = copy_data(self);
    if (rc == PAYSCORE_OK) rc = check_whole(self);
    if (rc == PAYSCORE_OK) rc = renew(self);
    if (rc == PAYSCORE_OK) rc = put_in_place(self);
    if (rc != PAYSCORE_OK) take_away(self);
    if (self->folder >= 0) (void)close(self->folder);
    return rc;
}

enum payscore_status payscore_restore(const struct payscore_restoring *restoring,
                                      struct payscore_error *error)
{
    struct payscore_error unused;
    struct restoring self = {.given = restoring, .error = error == NULL ? &unused : error};
    self.folder = -1;
    self.error->text[0] = '\0';
    if (restoring->size != sizeof *restoring)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "%zu bytes say what to restore; fill in `size`",
                       restoring->size);
    if (restoring->backup == NULL && restoring->descriptor < 0)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "name a backup, or give a descriptor");
    enum payscore_status rc = ps_place_take(&self.place, restoring->directory, self.error);
    if (rc == PAYSCORE_OK) rc = make(&self);
    ps_place_close(&self.place, rc != PAYSCORE_OK);
    return rc;
}
