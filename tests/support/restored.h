/* A store that was lost, and is restored from a backup that was made before. */
#ifndef TEST_SUPPORT_RESTORED_H
#define TEST_SUPPORT_RESTORED_H

#include "support/directory.h"
#include "support/trial.h"

/** Three directories: where the store was, its backup, where it is restored to. */
struct restored {
    char lost[DIRECTORY_PATH_SIZE], backup[DIRECTORY_PATH_SIZE], again[DIRECTORY_PATH_SIZE];
};

void restored_begin(struct restored *places);
void restored_end(struct restored *places);

/** Back the trial's store up; fails the test if it cannot. */
void restored_backup(struct restored *places, struct trial *trial);

/** What restores the backup at the trial's time. */
struct payscore_restoring restored_how(const struct restored *places, struct trial *trial);

/** The trial's store is lost: it goes on with the restored one, and takes a turn. */
void restored_open(struct restored *places, struct trial *trial);

#endif
