#define _GNU_SOURCE /* pipe2() */
#include "process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { READY_FD = 3, ENVIRONMENT_MAX = 8, READ_MIN = 65536 };

/* In the child. */

static void redirect(const char *path, int fd)
{
    int flags = fd == STDIN_FILENO ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND;
    int file = open(path != NULL ? path : "/dev/null", flags | O_CLOEXEC, 0600);
    if (file < 0 || dup2(file, fd) < 0) _exit(126);
}

static void take_ready_pipe(int ready)
{
    if (ready == READY_FD) {
        if (fcntl(ready, F_SETFD, 0) != 0) _exit(126);
    } else if (dup2(ready, READY_FD) < 0) {
        _exit(126);
    }
}

_Noreturn static void become(const struct process_plan *plan, pid_t parent, int ready)
{
    char path[PROCESS_PATH_SIZE];
    const char *argv[PROCESS_ARGUMENTS_MAX + 2] = {plan->program};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(126);
    redirect(plan->input, STDIN_FILENO);
    redirect(plan->output, STDOUT_FILENO);
    redirect(plan->log, STDERR_FILENO);
    take_ready_pipe(ready);
    for (int fd = 0; plan->bare && fd <= STDERR_FILENO; fd++)
        close(fd);
    for (size_t i = 0; i < PROCESS_ARGUMENTS_MAX && plan->arguments[i] != NULL; i++)
        argv[i + 1] = plan->arguments[i];
    for (size_t i = 0; plan->environment != NULL && plan->environment[i] != NULL; i++)
        (void)putenv((char *)(uintptr_t)plan->environment[i]);
    snprintf(path, sizeof path, "%s/%s", TEST_BIN_DIR, plan->program);
    execv(path, (char *const *)(uintptr_t)argv);
    _exit(127);
}

/* In the test. */

void process_start(struct process *process, const struct process_plan *plan)
{
    int ready[2];
    pid_t parent = getpid();
    *process = (struct process){0};
    if (plan->log != NULL) {
        snprintf(process->log, sizeof process->log, "%s", plan->log);
        int log = open(plan->log, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        assert_true(log >= 0); /* There before the program is: it can be watched at once. */
        close(log);
    }
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    process->pid = fork();
    assert_int_not_equal(process->pid, -1);
    if (process->pid == 0) become(plan, parent, ready[1]);
    close(ready[1]);
    process->ready_fd = ready[0];
    process->pid_fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    assert_true(process->pid_fd >= 0);
}

/* Give a program up that does not do what is waited for, and say what it wrote. */
static void give_up(struct process *process, const char *what)
{
    pid_t pid = process->pid;
    char *log = process->log[0] != '\0' ? process_read_file(process->log, NULL) : NULL;
    if (log != NULL) fprintf(stderr, "%s:\n%s\n", process->log, log);
    free(log);
    fail_msg("process %d: %s", (int)pid, what);
}

bool process_ready(struct process *process, char *line, size_t size)
{
    size_t used = 0;
    line[0] = '\0';
    while (used < size - 1 && memchr(line, '\n', used) == NULL) {
        struct pollfd wait = {process->ready_fd, POLLIN, 0};
        if (poll(&wait, 1, PROCESS_PATIENCE_MS) != 1) give_up(process, "was not ready in time");
        ssize_t more = read(process->ready_fd, line + used, size - 1 - used);
        if (more <= 0) return false;
        used += (size_t)more;
    }
    line[used] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static bool has_all(const char *line, size_t size, const char *const *texts)
{
    for (size_t i = 0; texts[i] != NULL; i++) {
        if (memmem(line, size, texts[i], strlen(texts[i])) == NULL) return false;
    }
    return true;
}

/* Whether a whole line of the log has these texts; moves past it. */
static bool find_line(struct process *process, const char *const *texts)
{
    size_t size = 0;
    char *log = process_read_file(process->log, &size);
    bool found = false;
    while (!found && process->log_seen < size) {
        const char *line = log + process->log_seen;
        const char *end = memchr(line, '\n', size - process->log_seen);
        if (end == NULL) break;
        found = has_all(line, (size_t)(end - line), texts);
        process->log_seen += (size_t)(end - line) + 1;
    }
    free(log);
    return found;
}

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void process_await(struct process *process, const char *const *texts)
{
    char events[4096];
    int64_t until_ms = clock_ms() + PROCESS_PATIENCE_MS;
    int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    assert_true(watch >= 0);
    assert_true(inotify_add_watch(watch, process->log, IN_MODIFY) >= 0);
    while (!find_line(process, texts)) {
        struct pollfd wait[] = {{watch, POLLIN, 0}, {process->pid_fd, POLLIN, 0}};
        int64_t left_ms = until_ms - clock_ms();
        int count = left_ms > 0 ? poll(wait, 2, (int)left_ms) : 0;
        bool ended = count > 0 && wait[1].revents != 0;
        if (ended && find_line(process, texts)) break;
        if (count <= 0 || ended) give_up(process, texts[0]);
        while (read(watch, events, sizeof events) > 0) {
        }
    }
    close(watch);
}

bool process_runs(const struct process *process)
{
    struct pollfd look = {process->pid_fd, POLLIN, 0};
    return process->pid != 0 && poll(&look, 1, 0) == 0;
}

int process_wait(struct process *process)
{
    int status = 0;
    struct pollfd wait = {process->pid_fd, POLLIN, 0};
    if (poll(&wait, 1, PROCESS_PATIENCE_MS) != 1) give_up(process, "did not end in time");
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    close(process->pid_fd);
    close(process->ready_fd);
    process->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int process_stop(struct process *process, int signal)
{
    if (process->pid == 0) return 0;
    kill(process->pid, signal);
    return process_wait(process);
}

int process_run(const struct process_plan *plan)
{
    struct process process;
    process_start(&process, plan);
    return process_wait(&process);
}

/* Files. */

char *process_read_file(const char *path, size_t *size)
{
    size_t room = READ_MIN, used = 0, more;
    char *text = malloc(room);
    FILE *file = fopen(path, "re");
    assert_non_null(text);
    while (file != NULL && (more = fread(text + used, 1, room - used - 1, file)) > 0) {
        used += more;
        if (room - used > 1) continue;
        room *= 2;
        char *larger = realloc(text, room);
        assert_non_null(larger);
        text = larger;
    }
    if (file != NULL) fclose(file);
    text[used] = '\0';
    if (size != NULL) *size = used;
    return text;
}

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry, (void)kind, (void)place;
    return remove(path);
}

void process_remove_folder(const char *path)
{
    assert_int_equal(nftw(path, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}
