/*
 * Programs of the project as children of a test: started, waited for by events, never left behind.
 * A child dies with the test, however the test ends.
 */
#ifndef TEST_INTEGRATION_PROCESS_H
#define TEST_INTEGRATION_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { PROCESS_PATH_SIZE = 256, PROCESS_ARGUMENTS_MAX = 24, PROCESS_PATIENCE_MS = 30000 };

/** The descriptor on which a program that is asked to says that it is ready. */
#define PROCESS_READY_FD "3"

struct process {
    pid_t pid; /* 0: not running. */
    int pid_fd, ready_fd;
    char log[PROCESS_PATH_SIZE]; /* What it writes to standard error. */
    size_t log_seen;             /* How much of it process_await() has passed. */
};

/** How a program is started. NULL members: nothing of the kind. */
struct process_plan {
    const char *program;            /* Its name in the build's bin folder. */
    const char *const *arguments;   /* After the name, NULL at the end. */
    const char *input;              /* File to read from. */
    const char *output, *log;       /* Files for standard output and error; appended to. */
    const char *const *environment; /* "NAME=value" beside the test's own, NULL at the end. */
    bool bare;                      /* Without standard input, output and error. */
};

void process_start(struct process *process, const struct process_plan *plan);

/** The line that the program writes when it is ready. False: it ended without one. */
bool process_ready(struct process *process, char *line, size_t size);

/** Wait until its log has a line with all of these texts (NULL at the end), after the last one
 * waited for. */
void process_await(struct process *process, const char *const *texts);

bool process_runs(const struct process *process);

/** Wait for its end: the exit status, or 128 and the signal's number. */
int process_wait(struct process *process);

/** Send a signal and wait for the end. Does nothing, and is 0, where it does not run. */
int process_stop(struct process *process, int signal);

/** Start, and wait for its end. */
int process_run(const struct process_plan *plan);

/** A file's content, NUL-terminated; "" where there is none. free() it. */
char *process_read_file(const char *path, size_t *size);

/** Remove a folder and all that is in it. */
void process_remove_folder(const char *path);

#endif
