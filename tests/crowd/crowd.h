/*
 * A crowd of processes that submit to one store, read it and follow it, while one of them is killed
 * every second. What each was told stands in logs, which are held against the store at the end.
 *
 * A directory holds it all: `store`, `log/MEMBER.GENERATION` (commands tried and acknowledged),
 * `feed/MEMBER.GENERATION` (entries met, in order), `faults` (what no member may meet).
 */
#ifndef TEST_CROWD_H
#define TEST_CROWD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "payscore/payscore.h"

enum {
    CROWD_PATH_SIZE = 192,
    CROWD_NAME_SIZE = 32, /* An order's number. */
    CROWD_TAG_SIZE = 32,  /* The key of a command; stands in its body too. */
    CROWD_BODY_SIZE = 512,
    CROWD_PROCESSES_MAX = 64,
    CROWD_THREADS_MAX = 64,
    CROWD_THREADS_MIN = 4, /* One that pumps, one that follows, one that reads, one that submits. */
};

/** Every key begins so, and nothing else in a body does: the entry of a key is found by it. */
#define CROWD_TAG "K-"

struct crowd_plan {
    const char *directory;
    int processes, threads;
    int64_t seconds;
    uint64_t seed;
};

/** One process. Member 0 drives. */
struct crowd_member {
    const char *directory;
    int number, generation, threads;
    struct payscore *engine;
    int log; /* Appended to by all threads, a whole line or more at a time. */
};

/** A command with all that is needed to repeat it. */
struct crowd_deed {
    const char *command;
    char order[CROWD_NAME_SIZE], tag[CROWD_TAG_SIZE], body[CROWD_BODY_SIZE];
};

/** "directory/folder/MEMBER.GENERATION" */
void crowd_file(char path[CROWD_PATH_SIZE], const char *directory, const char *folder, int member,
                int generation);

/** Microseconds of a clock that nobody sets. */
int64_t crowd_now_us(void);

/* What members say. */

/** Write down what must not happen, and end this process. */
_Noreturn void crowd_fault(const struct crowd_member *member, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Write down that a command is to be submitted; `count` of them in one write. */
void crowd_say_tried(const struct crowd_member *member, const struct crowd_deed *deeds,
                     size_t count);

/** Write down how a command was answered, before anything else is done. */
void crowd_say_answered(const struct crowd_member *member, const struct crowd_deed *deed,
                        const struct payscore_result *result, int64_t took_us);

/** Write down that a command has to be repeated: "unsure" or "busy". */
void crowd_say_again(const struct crowd_member *member, const struct crowd_deed *deed,
                     enum payscore_status status);

/* What members do, each thread one of these, until the process is killed. */

_Noreturn void crowd_drive(struct crowd_member *member);
_Noreturn void crowd_pump(struct crowd_member *member);
_Noreturn void crowd_follow(struct crowd_member *member);
_Noreturn void crowd_read(struct crowd_member *member);
_Noreturn void crowd_submit(struct crowd_member *member, int thread);

/** Open the store as this member does, and let its threads work. */
_Noreturn void crowd_member_run(struct crowd_member *member);

/** Start so many commands as have room, on the thread that pumps. */
void crowd_start_some(struct crowd_member *member);

/** Whether a status only says that the same command is to be given again. */
bool crowd_is_again(enum payscore_status status);

/** Fill in a command about an order; `tag` is its key. */
void crowd_deed(struct crowd_deed *deed, const char *command, const char *order, const char *tag);

/** The merchant of all of them, without keys. */
struct payscore_merchant crowd_merchant(void);

struct payscore_command crowd_command(const struct crowd_deed *deed);

/* What is held against the store at the end. */

/** What the master has done. */
struct crowd_figures {
    int kills, driver_kills;
    int generations[CROWD_PROCESSES_MAX]; /* Of each member, as often as it was started. */
    double seconds;
};

/** Print figures and faults; the number of faults. */
int crowd_judge(const struct crowd_plan *plan, const struct crowd_figures *figures);

/** The readers that stand in a store's table besides `pid`: printed, and counted. */
int crowd_readers(const char *store, int64_t pid);

#endif
