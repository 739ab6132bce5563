/* What members write down. A line that a kill cut short is the last one of its file. */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crowd.h"

void crowd_file(char path[CROWD_PATH_SIZE], const char *directory, const char *folder, int member,
                int generation)
{
    snprintf(path, CROWD_PATH_SIZE, "%s/%s/%d.%d", directory, folder, member, generation);
}

int64_t crowd_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void crowd_fault(const struct crowd_member *member, const char *format, ...)
{
    char path[CROWD_PATH_SIZE], line[1024];
    int at = snprintf(line, sizeof line, "member %d.%d: ", member->number, member->generation);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line + at, sizeof line - (size_t)at - 1, format, arguments);
    va_end(arguments);
    strcat(line, "\n");
    snprintf(path, sizeof path, "%s/faults", member->directory);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0 || write(file, line, strlen(line)) < 0) fputs(line, stderr);
    _exit(1);
}

static void append(const struct crowd_member *member, const char *lines, size_t size)
{
    if (write(member->log, lines, size) != (ssize_t)size)
        crowd_fault(member, "the log cannot be written: %s", strerror(errno));
}

void crowd_say_tried(const struct crowd_member *member, const struct crowd_deed *deeds,
                     size_t count)
{
    char lines[4096];
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        size += (size_t)snprintf(lines + size, sizeof lines - size, "T %s %s %s\n", deeds[i].tag,
                                 deeds[i].command, deeds[i].order);
        if (size > sizeof lines - 128 || i + 1 == count) {
            append(member, lines, size);
            size = 0;
        }
    }
}

void crowd_say_answered(const struct crowd_member *member, const struct crowd_deed *deed,
                        const struct payscore_result *result, int64_t took_us)
{
    char line[256];
    int size = snprintf(line, sizeof line, "A %s %d %llu %lld\n", deed->tag, result->verdict,
                        (unsigned long long)result->entry, (long long)took_us);
    append(member, line, (size_t)size);
}

void crowd_say_again(const struct crowd_member *member, const struct crowd_deed *deed,
                     enum payscore_status status)
{
    char line[128];
    int size = snprintf(line, sizeof line, "R %s %s\n", deed->tag, payscore_status_name(status));
    append(member, line, (size_t)size);
}
