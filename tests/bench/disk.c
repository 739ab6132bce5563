/* What a block device has written, as the kernel counts it: sectors of 512 bytes. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bench/bench.h"

enum { SECTOR_BYTES = 512 };

static char counters[96], name[64];

void bench_disk_watch(const char *directory)
{
    struct stat status;
    char target[BENCH_PATH_MAX];
    if (stat(directory, &status) != 0) return;
    (void)snprintf(counters, sizeof counters, "/sys/dev/block/%u:%u/stat", major(status.st_dev),
                   minor(status.st_dev));
    char link[sizeof counters];
    (void)snprintf(link, sizeof link, "%.*s", (int)strlen(counters) - 5, counters);
    ssize_t size = readlink(link, target, sizeof target - 1);
    if (size <= 0) {
        counters[0] = '\0'; /* Not a disk of its own: an overlay, a tmpfs. */
        return;
    }
    target[size] = '\0';
    (void)snprintf(name, sizeof name, "%s", strrchr(target, '/') + 1);
}

const char *bench_disk_name(void)
{
    return name[0] != '\0' ? name : "unknown";
}

double bench_disk_written(void)
{
    unsigned long long sectors = 0;
    FILE *file = counters[0] == '\0' ? NULL : fopen(counters, "r");
    if (file == NULL) return -1;
    int found = fscanf(file, "%*u %*u %*u %*u %*u %*u %llu", &sectors);
    (void)fclose(file);
    return found == 1 ? (double)sectors * SECTOR_BYTES : -1;
}
