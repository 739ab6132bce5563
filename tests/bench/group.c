/* Group commit among waiting threads: one leads, the others follow. */
#include "bench/group.h"

#include <time.h>

#include "submit/waiter.h"

#define NS_PER_S INT64_C(1000000000)

/* As the engine's queue. */
enum { GATHER_NS = 100000, GATHER_SHARE = 2 };

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

/* Until all are back, or that moment. */
static void wait_for_all(struct bench_group *group, int64_t until_ns)
{
    struct timespec until = {.tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S};
    while (group->waiters < group->expected)
        if (pthread_cond_timedwait(&group->gathered, &group->mutex, &until) != 0) return;
}

/* For those of the last group as long as they keep coming, at most a share of a commit. */
static void gather(struct bench_group *group)
{
    if (group->expected < 2 || group->waiters >= group->expected) return;
    int64_t now_ns = bench_monotonic_ns();
    int64_t last_ns = now_ns + group->commit_ns / GATHER_SHARE;
    size_t before;
    group->gathering = true;
    do {
        before = group->waiters;
        wait_for_all(group, now_ns + GATHER_NS);
        now_ns = bench_monotonic_ns();
    } while (group->waiters > before && group->waiters < group->expected && now_ns < last_ns);
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
    int64_t begun_ns = bench_monotonic_ns();
    bool good = group->commit(group->store, group->taken, count);
    (void)pthread_mutex_lock(&group->mutex);
    group->commits++;
    group->moves += count;
    group->commit_ns = bench_monotonic_ns() - begun_ns;
    group->expected = group->waiters; /* Those whom it answers, and those who came meanwhile. */
    for (struct bench_ticket *ticket = taken; ticket != NULL; ticket = ticket->next)
        group->waiters--;
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
    struct bench_ticket *self = &ticket; /* Until it is done this function does not end. */
    group->last = &self->next;
    group->waiters++;
    if (group->gathering && group->waiters >= group->expected)
        (void)pthread_cond_signal(&group->gathered);
    while (!lead_or_follow(group, &ticket))
        (void)pthread_mutex_lock(&group->mutex);
    return ticket.good;
}
