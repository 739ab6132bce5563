/* One round: submitters that run against a contender, and what is counted meanwhile. */
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#include "bench/group.h"

enum { OWED_MAX = 4, TRIES_MAX = 1000 };

struct round {
    struct bench_contender *contender;
    struct bench_group group;
    int64_t until_ns;
    bool failed;
};

/* One submitter with the orders that are its own. */
struct submitter {
    pthread_t thread;
    struct round *round;
    size_t index;
    struct bench_order *orders;
    size_t order_count;
    struct bench_order *owed[OWED_MAX * BENCH_BATCH_MAX]; /* The platform's answer is on its way. */
    size_t owed_count, owed_max;
    uint64_t seed, moves;
    struct bench_latency latency;
};

bool bench_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)fputs("bench: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    return false;
}

int64_t bench_monotonic_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t bench_cpu_ns(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_latency_add(struct bench_latency *latency, uint64_t ns)
{
    unsigned octave = ns < 16 ? 4 : 63 - (unsigned)__builtin_clzll(ns);
    uint64_t place = ns < 16 ? ns : (ns >> (octave - 4)) - 16;
    latency->counts[octave * 16 + place]++;
}

void bench_latency_merge(struct bench_latency *to, const struct bench_latency *from)
{
    for (size_t i = 0; i < BENCH_BUCKETS; i++)
        to->counts[i] += from->counts[i];
}

double bench_latency_at(const struct bench_latency *latency, double share)
{
    uint64_t all = 0, below = 0;
    for (size_t i = 0; i < BENCH_BUCKETS; i++)
        all += latency->counts[i];
    for (size_t i = 0; i < BENCH_BUCKETS; i++) {
        below += latency->counts[i];
        if ((double)below >= share * (double)all && below > 0)
            return ldexp(1.0 + (double)(i % 16 + 1) / 16, (int)(i / 16)) / 1000;
    }
    return 0;
}

/* An order that waits for its next move; of those whose answer is on its way the oldest, once
 * there are enough of them, or when the round is over. */
static struct bench_order *choose(struct submitter *self, bool draining)
{
    if (self->owed_count > 0 && (draining || self->owed_count >= self->owed_max)) {
        struct bench_order *oldest = self->owed[0];
        memmove(self->owed, self->owed + 1, --self->owed_count * sizeof(struct bench_order *));
        return oldest;
    }
    for (int i = 0; !draining && i < TRIES_MAX; i++) {
        struct bench_order *order = &self->orders[bench_chance(&self->seed) % self->order_count];
        if (!order->busy) return order;
    }
    return NULL;
}

static bool fill(struct submitter *self, struct bench_move *move, size_t place, bool draining)
{
    struct bench_contender *contender = self->round->contender;
    struct bench_order *order = choose(self, draining);
    if (order == NULL) return false;
    order->busy = true;
    *move = (struct bench_move){.order = order, .kind = (enum bench_move_kind)order->next};
    if (move->kind == BENCH_create)
        bench_order_name(contender->load, order, bench_chance(&self->seed));
    if (contender->prepare == NULL ||
        contender->prepare(contender->store, move, self->index, place))
        return true;
    self->round->failed = true;
    return false;
}

static void settle(struct submitter *self, const struct bench_move *move)
{
    struct bench_order *order = move->order;
    bench_order_took(order, move->kind);
    order->busy = bench_move_is_owed((enum bench_move_kind)order->next);
    if (order->busy) self->owed[self->owed_count++] = order;
}

static bool submit(struct submitter *self, struct bench_move *moves, size_t count)
{
    struct round *round = self->round;
    struct bench_contender *contender = round->contender;
    if (contender->commit != NULL) return bench_group_run(&round->group, moves, count);
    return contender->each(contender->store, contender->client[self->index], moves, count);
}

static void *run(void *argument)
{
    struct submitter *self = argument;
    struct round *round = self->round;
    struct bench_move moves[BENCH_BATCH_MAX];
    (void)prctl(PR_SET_NAME, "submitter"); /* By which a profile tells them from the rest. */
    for (;;) {
        bool draining = bench_monotonic_ns() >= round->until_ns;
        if (round->failed || (draining && self->owed_count == 0)) return NULL;
        size_t count = 0;
        while (count < round->contender->batch && fill(self, &moves[count], count, draining))
            count++;
        if (count == 0) continue;
        int64_t began = bench_monotonic_ns();
        if (!submit(self, moves, count)) round->failed = true;
        int64_t ended = bench_monotonic_ns();
        for (size_t i = 0; i < count; i++)
            settle(self, &moves[i]);
        if (ended > round->until_ns) continue;
        self->moves += count;
        bench_latency_add(&self->latency, (uint64_t)(ended - began));
    }
}

static double cpu_seconds(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static bool start(struct round *round, struct submitter *submitters)
{
    struct bench_contender *contender = round->contender;
    size_t share = contender->load->count / contender->threads;
    for (size_t i = 0; i < contender->threads; i++) {
        struct submitter *self = &submitters[i];
        self->round = round;
        self->index = i;
        self->orders = &contender->load->orders[i * share];
        self->order_count = share;
        self->owed_max = OWED_MAX * contender->batch - contender->batch;
        self->seed = (uint64_t)bench_monotonic_ns() * 2654435761u + i + 1;
        if (pthread_create(&self->thread, NULL, run, self) != 0)
            return bench_fail("thread %zu cannot be had", i);
    }
    return true;
}

static void finish(struct round *round, struct submitter *submitters, struct bench_round *out)
{
    struct bench_latency latency = {{0}};
    for (size_t i = 0; i < round->contender->threads; i++) {
        (void)pthread_join(submitters[i].thread, NULL);
        out->moves += submitters[i].moves;
        bench_latency_merge(&latency, &submitters[i].latency);
    }
    out->p50_us = bench_latency_at(&latency, 0.5);
    out->p99_us = bench_latency_at(&latency, 0.99);
    out->p999_us = bench_latency_at(&latency, 0.999);
    if (round->group.commits > 0)
        out->group = (double)round->group.moves / (double)round->group.commits;
}

bool bench_round(struct bench_contender *contender, double seconds, struct bench_round *out)
{
    struct round round = {.contender = contender};
    struct submitter *submitters = calloc(contender->threads, sizeof *submitters);
    *out = (struct bench_round){.seconds = seconds};
    if (submitters == NULL) return bench_fail("memory is short");
    bench_group_init(&round.group, contender->commit, contender->store);
    double written = bench_disk_written();
    double cpu = cpu_seconds();
    uint64_t commits = contender->commits == NULL ? 0 : contender->commits(contender->store);
    round.until_ns = bench_monotonic_ns() + (int64_t)(seconds * 1e9);
    if (!start(&round, submitters)) return false; /* What runs has what it runs on. */
    finish(&round, submitters, out);
    double moves = (double)out->moves;
    out->rate = moves / seconds;
    out->cpu_us_per_move = (cpu_seconds() - cpu) * 1e6 / moves;
    out->bytes_per_move = written < 0 ? -1 : (bench_disk_written() - written) / moves;
    if (contender->commits != NULL)
        out->group = moves / (double)(contender->commits(contender->store) - commits);
    bench_group_fini(&round.group);
    free(submitters);
    return !round.failed;
}
