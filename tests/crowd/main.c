/*
 * crowd --minutes N | --seconds N [--processes N] [--threads N] [--directory DIR] [--seed N]
 *
 * The master: starts the members, kills one of them every second and starts it again, kills all of
 * them at the end, and judges what they leave behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"

extern char **environ;

enum { TICK_US = 1000000 };

struct process {
    pid_t pid; /* 0: not there. */
    int generation;
    int64_t start_us; /* When to start it again, while it is not there. */
};

struct master {
    struct crowd_plan plan;
    struct crowd_figures figures;
    struct process processes[CROWD_PROCESSES_MAX];
    uint64_t chance;
    bool broken; /* A member ended that nobody killed. */
};

static uint64_t roll(struct master *m, uint64_t sides)
{
    m->chance ^= m->chance << 13;
    m->chance ^= m->chance >> 7;
    m->chance ^= m->chance << 17;
    return (m->chance >> 11) % sides;
}

/* Starts a member; `out` NULL: nobody waits until it has the store open. */
static void start(struct master *m, int number, int *out)
{
    static char self[] = "/proc/self/exe", option[] = "--member";
    struct process *process = &m->processes[number];
    char member[16], generation[16], threads[16], directory[CROWD_PATH_SIZE];
    char *const arguments[] = {self, option, member, generation, threads, directory, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    snprintf(member, sizeof member, "%d", number);
    snprintf(generation, sizeof generation, "%d", process->generation);
    snprintf(threads, sizeof threads, "%d", m->plan.threads);
    snprintf(directory, sizeof directory, "%s", m->plan.directory);
    (void)sigemptyset(&none);
    bool fine = posix_spawnattr_init(&attributes) == 0 &&
                posix_spawnattr_setsigmask(&attributes, &none) == 0 &&
                posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK) == 0 &&
                posix_spawn_file_actions_init(&files) == 0 &&
                (out != NULL ? posix_spawn_file_actions_adddup2(&files, *out, STDOUT_FILENO)
                             : posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null",
                                                                O_WRONLY, 0)) == 0 &&
                posix_spawn(&process->pid, self, &files, &attributes, arguments, environ) == 0;
    if (!fine) {
        perror("crowd: a member cannot be started");
        exit(1);
    }
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    process->generation++;
    m->figures.generations[number]++;
}

static void start_first_driver(struct master *m)
{
    int ready[2];
    char byte;
    if (pipe(ready) != 0 || fcntl(ready[0], F_SETFD, FD_CLOEXEC) != 0 ||
        fcntl(ready[1], F_SETFD, FD_CLOEXEC) != 0)
        exit(1);
    start(m, 0, &ready[1]);
    close(ready[1]);
    if (read(ready[0], &byte, 1) != 1) m->broken = true;
    close(ready[0]);
}

/* Every fourth kill or so leaves the store without its driver for a while. */
static void kill_one(struct master *m)
{
    int number = (int)roll(m, (uint64_t)m->plan.processes);
    struct process *process = &m->processes[number];
    if (process->pid == 0) return;
    (void)kill(process->pid, SIGKILL);
    (void)waitpid(process->pid, NULL, 0);
    process->pid = 0;
    process->start_us = crowd_now_us() + (int64_t)(roll(m, 4) == 0 ? roll(m, 900000) : 0);
    m->figures.kills++;
    m->figures.driver_kills += number == 0;
}

static int64_t start_those_due(struct master *m)
{
    int64_t next_us = INT64_MAX, now_us = crowd_now_us();
    for (int i = 0; i < m->plan.processes; i++) {
        struct process *process = &m->processes[i];
        if (process->pid != 0) continue;
        if (process->start_us <= now_us)
            start(m, i, NULL);
        else if (process->start_us < next_us)
            next_us = process->start_us;
    }
    return next_us;
}

/* Waits for the end of a member that nobody killed, until then. */
static void watch_until(struct master *m, int64_t until_us, const sigset_t *children)
{
    int64_t left_us = until_us - crowd_now_us();
    struct timespec left = {.tv_sec = (time_t)(left_us / 1000000),
                            .tv_nsec = (long)(left_us % 1000000) * 1000};
    if (left_us > 0) (void)sigtimedwait(children, NULL, &left);
    for (int i = 0; i < m->plan.processes; i++) {
        int status;
        struct process *process = &m->processes[i];
        if (process->pid == 0 || waitpid(process->pid, &status, WNOHANG) != process->pid) continue;
        printf("FAULT: member %d.%d ended by itself: status %#x\n", i, process->generation - 1,
               (unsigned)status);
        process->pid = 0;
        m->broken = true;
    }
}

static void run(struct master *m)
{
    sigset_t children;
    (void)sigemptyset(&children);
    (void)sigaddset(&children, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &children, NULL);
    start_first_driver(m);
    int64_t began_us = crowd_now_us(), kill_us = began_us + TICK_US;
    int64_t end_us = began_us + m->plan.seconds * 1000000;
    while (!m->broken && crowd_now_us() < end_us) {
        int64_t wake_us = start_those_due(m);
        if (crowd_now_us() >= kill_us) {
            kill_one(m);
            kill_us += TICK_US;
            continue;
        }
        if (kill_us < wake_us) wake_us = kill_us;
        watch_until(m, wake_us < end_us ? wake_us : end_us, &children);
    }
    for (int i = 0; i < m->plan.processes; i++)
        if (m->processes[i].pid != 0) (void)kill(m->processes[i].pid, SIGKILL);
    for (int i = 0; i < m->plan.processes; i++)
        if (m->processes[i].pid != 0) (void)waitpid(m->processes[i].pid, NULL, 0);
    m->figures.seconds = (double)(crowd_now_us() - began_us) / 1e6;
}

static void make_folders(const char *directory)
{
    static const char *const names[] = {"", "store", "log", "feed"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[CROWD_PATH_SIZE];
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        if (mkdir(path, 0700) == 0 || errno == EEXIST) continue;
        perror(path);
        exit(1);
    }
}

static void remove_all(const char *directory)
{
    static char remove[] = "rm", option[] = "-rf";
    char path[CROWD_PATH_SIZE];
    char *const arguments[] = {remove, option, path, NULL};
    pid_t child;
    snprintf(path, sizeof path, "%s", directory);
    if (posix_spawnp(&child, remove, NULL, NULL, arguments, environ) == 0)
        (void)waitpid(child, NULL, 0);
}

static _Noreturn void usage(void)
{
    fputs("usage: crowd --minutes N | --seconds N [--processes N] [--threads N] [--directory DIR] "
          "[--seed N]\n",
          stderr);
    exit(64);
}

static void take_plan(struct master *m, int argc, char **argv)
{
    static const struct option options[] = {{"minutes", required_argument, NULL, 'm'},
                                            {"seconds", required_argument, NULL, 's'},
                                            {"processes", required_argument, NULL, 'p'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"directory", required_argument, NULL, 'd'},
                                            {"seed", required_argument, NULL, 'r'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'm': m->plan.seconds = strtoll(optarg, NULL, 10) * 60; break;
        case 's': m->plan.seconds = strtoll(optarg, NULL, 10); break;
        case 'p': m->plan.processes = atoi(optarg); break;
        case 't': m->plan.threads = atoi(optarg); break;
        case 'd': m->plan.directory = optarg; break;
        case 'r': m->plan.seed = strtoull(optarg, NULL, 10); break;
        default: usage();
        }
    }
    if (optind != argc || m->plan.seconds <= 0 || m->plan.processes < 2 ||
        m->plan.processes > CROWD_PROCESSES_MAX || m->plan.threads < CROWD_THREADS_MIN ||
        m->plan.threads > CROWD_THREADS_MAX)
        usage();
}

int main(int argc, char **argv)
{
    static char made[] = "/tmp/payscore-crowd-XXXXXX";
    static struct crowd_member member;
    static struct master m = {.plan = {.processes = 8, .threads = 8}};
    if (argc == 4 && strcmp(argv[1], "--readers") == 0)
        return crowd_readers(argv[2], strtoll(argv[3], NULL, 10));
    if (argc == 6 && strcmp(argv[1], "--member") == 0) {
        member = (struct crowd_member){.directory = argv[5],
                                       .number = atoi(argv[2]),
                                       .generation = atoi(argv[3]),
                                       .threads = atoi(argv[4])};
        crowd_member_run(&member);
    }
    m.plan.seed = (uint64_t)crowd_now_us();
    take_plan(&m, argc, argv);
    if (m.plan.directory == NULL) m.plan.directory = mkdtemp(made);
    if (m.plan.directory == NULL) return 1;
    make_folders(m.plan.directory);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("seed %llu, directory %s\n", (unsigned long long)m.plan.seed, m.plan.directory);
    m.chance = m.plan.seed | 1;
    run(&m);
    int faults = crowd_judge(&m.plan, &m.figures) + (m.broken ? 1 : 0);
    if (faults == 0) remove_all(m.plan.directory);
    return faults == 0 ? 0 : 1;
}
