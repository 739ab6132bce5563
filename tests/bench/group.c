/* Group commit among waiting threads: one leads, the others follow. */
#include "bench/group.h"

#include <time.h>

#include "submit/waiter.h"

enum { GATHER_NS = 100000 };

/** A submitter's turn in the queue; lives on its stack. */
struct bench_ticket {
    struct ps_waiter waiter;
    struct bench_ticket *next;
    struct bench_move *moves;
    size_t count;
    bool good;
};

void bench_group_init(struct bench_group *group, bench_commit *commit, void *store)
{
    pthread_condattr_t clock;
    *group = (struct bench_group){.commit = commit, .store = store};
    (void)pthread_mutex_init(&group->mutex, NULL);
    (void)pthread_condattr_init(&clock);
    (void)pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&group->gathered, &clock);
    (void)pthread_condattr_destroy(&clock);
    group->last = &group->first;
}

void bench_group_fini(struct bench_group *group)
{
    (void)pthread_cond_destroy(&group->gathered);
    (void)pthread_mutex_destroy(&group->mutex);
}

/* Those of the last group come back at about the same time: a moment's wait makes one group. */
static void gather(struct bench_group *group)
{
    struct timespec until;
    if (group->answered < 2 || group->waiters >= group->answered) return;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += GATHER_NS;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    group->gathering = true;
    while (group->waiters < group->answered)
        if (pthread_cond_timedwait(&group->gathered, &group->mutex, &until) != 0) break;
    group->gathering = false;
}

/* Takes whole tickets, oldest first. */
static struct bench_ticket *take(struct bench_group *group, size_t *count)
{
    struct bench_ticket *first = group->first;
    struct bench_ticket **link = &group->first;
    *count = 0;
    while (*link != NULL && *count + (*link)->count <= BENCH_GROUP_MAX) {
        for (size_t i = 0; i < (*link)->count; i++)
            group->taken[(*count)++] = &(*link)->moves[i];
        link = &(*link)->next;
    }
    group->first = *link;
    *link = NULL;
    if (group->first == NULL) group->last = &group->first;
    return first;
}

/* The mutex is held on the way in, and not on the way out. */
static void lead(struct bench_group *group, const struct bench_ticket *self)
{
    size_t count = 0;
    group->leading = true;
    gather(group);
    struct bench_ticket *taken = take(group, &count);
    (void)pthread_mutex_unlock(&group->mutex);
    bool good = group->commit(group->store, group->taken, count);
    (void)pthread_mutex_lock(&group->mutex);
    group->commits++;
    group->moves += count;
    group->answered = 0;
    for (struct bench_ticket *ticket = taken; ticket != NULL; ticket = ticket->next) {
        group->answered++;
        group->waiters--;
    }
    group->leading = false;
    struct bench_ticket *next = group->first;
    if (next != NULL && !ps_waiter_call(&next->waiter)) next = NULL;
    (void)pthread_mutex_unlock(&group->mutex);
    /* The next leader first: it works while those that are done wake up. */
    if (next != NULL) ps_waiter_wake(&next->waiter);
    while (taken != NULL) {
        struct bench_ticket *ticket = taken;
        taken = ticket->next; /* Once it is finished it may be gone. */
        ticket->good = good;
        ps_waiter_finish(&ticket->waiter);
        if (ticket != self) ps_waiter_wake(&ticket->waiter);
    }
}

/* The mutex is held on the way in, and not on the way out. True: it is done. */
static bool lead_or_follow(struct bench_group *group, struct bench_ticket *ticket)
{
    if (group->leading) {
        (void)pthread_mutex_unlock(&group->mutex);
        return ps_waiter_sleep(&ticket->waiter);
    }
    lead(group, ticket);
    return ps_waiter_is_done(&ticket->waiter);
}

bool bench_group_run(struct bench_group *group, struct bench_move *moves, size_t count)
{
    struct bench_ticket ticket = {.moves = moves, .count = count};
    (void)pthread_mutex_lock(&group->mutex);
    *group->last = &ticket;
    group->last = &ticket.next;
    group->waiters++;
    if (group->gathering && group->waiters >= group->answered)
        (void)pthread_cond_signal(&group->gathered);
    while (!lead_or_follow(group, &ticket))
        (void)pthread_mutex_lock(&group->mutex);
    return ticket.good;
}
