/*
 * Backups: the store's own file as it is at one moment, without what is free in it. A directory
 * that holds one says so in a file of its own, so that nobody drives it in the store's place.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "engine/internal.h"
#include "operations/files.h"
#include "payscore/operations.h"
#include "store/names.h"

static enum payscore_status explain(enum payscore_status rc, struct payscore_error *error)
{
    if (rc == PAYSCORE_OK || error->text[0] != '\0') return rc;
    return ps_fail(error, rc, "the copy could not be written: %s", payscore_status_text(rc));
}

enum payscore_status payscore_backup_stream(struct payscore *engine, int descriptor,
                                            struct payscore_error *error)
{
    struct payscore_error unused;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc == PAYSCORE_OK) rc = ps_store_copy(engine->store, descriptor, NULL, error);
    return explain(rc, error);
}

static enum payscore_status make_file(const struct ps_place *place, const char *name, int *file)
{
    *file = openat(place->directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return *file < 0 ? ps_file_status(errno) : PAYSCORE_OK;
}

static enum payscore_status end_file(int file, enum payscore_status rc)
{
    if (file < 0) return rc;
    if (rc == PAYSCORE_OK && fsync(file) != 0) rc = ps_file_status(errno);
    if (close(file) != 0 && rc == PAYSCORE_OK) rc = ps_file_status(errno);
    return rc;
}

/* The mark comes first: a copy that was cut off is no store either. */
static enum payscore_status write_mark(const struct ps_place *place)
{
    static const char text[] = "A backup of a payscore store. Restore it into another directory.\n";
    int file;
    enum payscore_status rc = make_file(place, PS_BACKUP_MARK, &file);
    if (rc == PAYSCORE_OK) rc = ps_file_write(file, text, sizeof text - 1);
    return end_file(file, rc);
}

static enum payscore_status write_data(struct payscore *engine, const struct ps_place *place,
                                       struct payscore_error *error)
{
    int file;
    enum payscore_status rc = make_file(place, PS_DATA_NAME, &file);
    if (rc == PAYSCORE_OK) rc = ps_store_copy(engine->store, file, NULL, error);
    return end_file(file, rc);
}

enum payscore_status payscore_backup(struct payscore *engine, const char *directory,
                                     struct payscore_error *error)
{
    struct payscore_error unused;
    struct ps_place place;
    if (error == NULL) error = &unused;
    error->text[0] = '\0';
    enum payscore_status rc = ps_process_check(engine, error);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_place_take(&place, directory, error);
    if (rc != PAYSCORE_OK) {
        ps_place_close(&place, true);
        return rc;
    }
    rc = write_mark(&place);
    if (rc == PAYSCORE_OK) rc = write_data(engine, &place, error);
    if (rc == PAYSCORE_OK) rc = ps_place_sync(&place);
    if (rc != PAYSCORE_OK) {
        (void)unlinkat(place.directory, PS_DATA_NAME, 0);
        (void)unlinkat(place.directory, PS_BACKUP_MARK, 0);
    }
    ps_place_close(&place, rc != PAYSCORE_OK);
    return explain(rc, error);
}
