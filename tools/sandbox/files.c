#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

bool sandbox_path(const char *dir, const char *name, char path[SANDBOX_PATH_MAX])
{
    int size = snprintf(path, SANDBOX_PATH_MAX, "%s/%s", dir, name);
    return size > 0 && size < SANDBOX_PATH_MAX;
}

bool sandbox_file_exists(const char *dir, const char *name)
{
    char path[SANDBOX_PATH_MAX];
    return sandbox_path(dir, name, path) && access(path, F_OK) == 0;
}

static enum payscore_status failed(struct payscore_error *error, const char *verb, const char *path)
{
    snprintf(error->text, sizeof error->text,
             "%.300s cannot be %s: %s; make a trial's keys with: payscore-sandbox keys DIR", path,
             verb, strerror(errno));
    return PAYSCORE_E_IO;
}

enum payscore_status sandbox_file_read(const char *dir, const char *name, char **content,
                                       struct payscore_error *error)
{
    char path[SANDBOX_PATH_MAX] = "";
    char *buffer = NULL;
    FILE *file = NULL;
    size_t size;
    enum payscore_status status = PAYSCORE_OK;

    *content = NULL;
    errno = ENAMETOOLONG;
    if (sandbox_path(dir, name, path)) file = fopen(path, "rbe");
    if (file == NULL) return failed(error, "read", path);
    buffer = sandbox_alloc(SANDBOX_FILE_MAX + 1);
    size = fread(buffer, 1, SANDBOX_FILE_MAX + 1, file);
    if (ferror(file)) {
        status = failed(error, "read", path);
    } else if (size > SANDBOX_FILE_MAX || strlen(buffer) != size) {
        snprintf(error->text, sizeof error->text, "%.300s is not a text of at most %d bytes", path,
                 SANDBOX_FILE_MAX);
        status = PAYSCORE_E_INPUT;
    } else {
        *content = buffer, buffer = NULL;
    }
    free(buffer);
    fclose(file);
    return status;
}

enum payscore_status sandbox_line_read(const char *dir, const char *name, char **line,
                                       struct payscore_error *error)
{
    enum payscore_status status = sandbox_file_read(dir, name, line, error);
    if (status == PAYSCORE_OK) {
        size_t size = strlen(*line);
        while (size > 0 && strchr(" \t\r\n", (*line)[size - 1]) != NULL)
            (*line)[--size] = '\0';
    }
    return status;
}

enum payscore_status sandbox_file_write(const char *dir, const char *name,
                                        struct payscore_text content, struct payscore_error *error)
{
    char path[SANDBOX_PATH_MAX] = "";
    char beside[SANDBOX_PATH_MAX] = "";
    int fd = -1;
    bool written;

    errno = ENAMETOOLONG;
    if (sandbox_path(dir, name, path) && strlen(path) + sizeof ".new" <= sizeof beside) {
        snprintf(beside, sizeof beside, "%.*s.new", SANDBOX_PATH_MAX - 8, path);
        fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
    }
    if (fd < 0) return failed(error, "written", path);
    written = write(fd, content.data, content.size) == (ssize_t)content.size;
    if (close(fd) != 0 || !written || rename(beside, path) != 0) {
        return failed(error, "written", path);
    }
    return PAYSCORE_OK;
}
