/* Group commit among waiting threads: one leads, the others follow. */
#include "bench/group.h"

#include <errno.h>
#include <time.h>

enum { GATHER_NS = 100000 };

void bench_group_init(struct bench_group *group, bench_commit *commit, void *store)
{
    pthread_condattr_t clock;
    *group = (struct bench_group){.commit = commit, .store = store};
    (void)pthread_mutex_init(&group->mutex, NULL);
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&group->arrived, &clock);
    (void)pthread_condattr_destroy(&clock);
    group->last = &group->first;
}

void bench_group_fini(struct bench_group *group)
{
    (void)pthread_cond_destroy(&group->arrived);
    (void)pthread_mutex_destroy(&group->mutex);
}

/* Those of the last group come back at about the same time: a moment's wait makes one group. */
static void gather(struct bench_group *group)
{
    struct timespec until;
    if (group->gather < 2 || group->queued >= group->gather) return;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += GATHER_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    group->gathering = true;
    while (group->queued < group->gather &&
           pthread_cond_timedwait(&group->arrived, &group->mutex, &until) != ETIMEDOUT)
        continue;
    group->gathering = false;
}

/* Takes whole tickets, oldest first. */
static struct bench_ticket *take(struct bench_group *group,
                                 struct bench_move *moves[BENCH_GROUP_MAX], size_t *count)
{
    struct bench_ticket *first = group->first;
    struct bench_ticket **link = &group->first;
    *count = 0;
    while (*link != NULL && *count + (*link)->count <= BENCH_GROUP_MAX) {
        for (size_t i = 0; i < (*link)->count; i++)
            moves[(*count)++] = &(*link)->moves[i];
        link = &(*link)->next;
    }
    group->first = *link;
    *link = NULL;
    if (group->first == NULL) group->last = &group->first;
    group->queued -= *count;
    group->gather = *count;
    return first;
}

/* The mutex is held, and given up while the commit runs. */
static void lead(struct bench_group *group)
{
    struct bench_move *moves[BENCH_GROUP_MAX];
    size_t count = 0;
    group->leading = true;
    gather(group);
    struct bench_ticket *taken = take(group, moves, &count);
    (void)pthread_mutex_unlock(&group->mutex);
    bool good = group->commit(group->store, moves, count);
    (void)pthread_mutex_lock(&group->mutex);
    group->commits++;
    group->moves += count;
    group->leading = false;
    /* The next leader first: it works while those that are done wake up. */
    if (group->first != NULL) (void)pthread_cond_signal(&group->first->wake);
    for (struct bench_ticket *next; taken != NULL; taken = next) {
        next = taken->next;
        taken->good = good;
        taken->done = true;
        (void)pthread_cond_signal(&taken->wake);
    }
}

bool bench_group_run(struct bench_group *group, struct bench_move *moves, size_t count)
{
    struct bench_ticket ticket = {.moves = moves, .count = count};
    (void)pthread_cond_init(&ticket.wake, NULL);
    (void)pthread_mutex_lock(&group->mutex);
    *group->last = &ticket;
    group->last = &ticket.next;
    group->queued += count;
    if (group->gathering && group->queued >= group->gather)
        (void)pthread_cond_signal(&group->arrived);
    while (!ticket.done) {
        if (!group->leading)
            lead(group);
        else
            (void)pthread_cond_wait(&ticket.wake, &group->mutex);
    }
    (void)pthread_mutex_unlock(&group->mutex);
    (void)pthread_cond_destroy(&ticket.wake);
    return ticket.good;
}
