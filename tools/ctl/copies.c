/* The verbs that bring a store elsewhere: backup, restore. */
#include <string.h>
#include <unistd.h>

#include "ctl.h"

static int fail_with(enum payscore_status rc, const char *what, const struct payscore_error *error)
{
    return rc == PAYSCORE_OK ? CTL_FINE : ctl_fail(rc, what, error->text);
}

int ctl_backup(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    const char *target = ctl->arguments[0];
    struct payscore_error error = {""};
    struct payscore *engine = ctl_open(ctl, PAYSCORE_READER, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = strcmp(target, "-") == 0
                                  ? payscore_backup_stream(engine, STDOUT_FILENO, &error)
                                  : payscore_backup(engine, target, &error);
    payscore_close(engine);
    return fail_with(rc, target, &error);
}

int ctl_restore(const struct ctl *ctl)
{
    const char *backup = ctl->arguments[0];
    struct payscore_error error = {""};
    struct payscore_restoring restoring = {
        .size = sizeof restoring,
        .backup = strcmp(backup, "-") == 0 ? NULL : backup,
        .descriptor = STDIN_FILENO,
        .directory = ctl->arguments[1],
    };
    return fail_with(payscore_restore(&restoring, &error), ctl->arguments[1], &error);
}
