/* Logs read twice: first the keys that were tried, then how they were answered. */
#include "acks.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE_SIZE = 256 };

typedef void take_line(struct acks *acks, char *line);

/* A line that a kill cut short is not there. */
static bool read_file(struct acks *acks, const char *path, take_line *take)
{
    char line[LINE_SIZE];
    FILE *file = fopen(path, "re");
    if (file == NULL) return false;
    while (fgets(line, sizeof line, file) != NULL) {
        if (strchr(line, '\n') != NULL)
            take(acks, line);
        else
            acks->torn++;
    }
    fclose(file);
    return true;
}

static bool read_all(struct acks *acks, const char *directory, take_line *take)
{
    char path[CROWD_PATH_SIZE];
    snprintf(path, sizeof path, "%s/log", directory);
    DIR *folder = opendir(path);
    bool fine = folder != NULL;
    for (struct dirent *file; fine && (file = readdir(folder)) != NULL;) {
        if (file->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/log/%.32s", directory, file->d_name);
        fine = read_file(acks, path, take);
    }
    if (folder != NULL) closedir(folder);
    return fine;
}

static void *grown(void *list, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0) return list;
    void *more = realloc(list, (count == 0 ? 1 : 2 * count) * size);
    if (more == NULL) abort();
    return more;
}

static void take_tried(struct acks *acks, char *line)
{
    struct ack ack = {.verdict = PAYSCORE_VERDICT_NONE};
    char command[16];
    if (sscanf(line, "T %31s %15s %31s", ack.tag, command, ack.order) != 3) return;
    ack.command = strcmp(command, "create") == 0 ? 'c' : command[2] == 'm' ? 'p' : 'n';
    acks->list = grown(acks->list, acks->count, sizeof ack);
    acks->list[acks->count++] = ack;
}

/* The first answer counts; a repeat of it is a duplicate with the same entry. */
static void take_answer(struct acks *acks, const char *tag, int verdict, uint64_t entry,
                        int64_t took_us)
{
    struct ack *ack = acks_find(acks, tag);
    acks->took_us = grown(acks->took_us, acks->took_count, sizeof acks->took_us[0]);
    acks->took_us[acks->took_count++] = took_us;
    acks->verdicts[verdict & 7]++;
    if (ack == NULL) {
        acks->contradictions++;
        return;
    }
    ack->answers++;
    bool applied = verdict == PAYSCORE_TAKEN || verdict == PAYSCORE_DUPLICATE;
    bool other = applied && ack->entry != 0 && ack->entry != entry;
    bool twice = verdict == PAYSCORE_TAKEN && ack->verdict == PAYSCORE_TAKEN;
    if (other || twice) {
        acks->contradictions++;
        printf("FAULT: %s was answered with entry %llu, then with verdict %d, entry %llu\n", tag,
               (unsigned long long)ack->entry, verdict, (unsigned long long)entry);
    }
    if (applied) ack->entry = entry;
    if (!ack->answered || verdict == PAYSCORE_TAKEN) ack->verdict = verdict;
    ack->answered = true;
}

static void take_answered(struct acks *acks, char *line)
{
    char tag[CROWD_TAG_SIZE], why[32];
    int verdict;
    unsigned long long entry;
    long long took_us;
    if (sscanf(line, "A %31s %d %llu %lld", tag, &verdict, &entry, &took_us) == 4) {
        take_answer(acks, tag, verdict, entry, took_us);
    } else if (sscanf(line, "R %31s %31s", tag, why) == 2) {
        acks->unsure += strcmp(why, "E_UNSURE") == 0;
        acks->busy += strcmp(why, "E_BUSY") == 0;
    }
}

static int by_tag(const void *a, const void *b)
{
    return strcmp(((const struct ack *)a)->tag, ((const struct ack *)b)->tag);
}

bool acks_read(struct acks *acks, const char *directory)
{
    memset(acks, 0, sizeof *acks);
    if (!read_all(acks, directory, take_tried)) return false;
    if (acks->count > 0) qsort(acks->list, acks->count, sizeof acks->list[0], by_tag);
    return read_all(acks, directory, take_answered);
}

void acks_free(struct acks *acks)
{
    free(acks->list);
    free(acks->took_us);
    memset(acks, 0, sizeof *acks);
}

struct ack *acks_find(const struct acks *acks, const char *tag)
{
    struct ack wanted = {.answered = false};
    snprintf(wanted.tag, sizeof wanted.tag, "%s", tag);
    if (acks->count == 0) return NULL;
    return bsearch(&wanted, acks->list, acks->count, sizeof wanted, by_tag);
}
