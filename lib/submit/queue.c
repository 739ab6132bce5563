/* The queue: sources, leading, following, handing on. */
#include "submit/queue_private.h"

#include <time.h>

#define NS_PER_S INT64_C(1000000000)

/* A leader waits for those whom the last commit woke as long as they keep coming, and at most for a
   share of what a commit takes. */
enum { GATHER_NS = 100000, GATHER_SHARE = 2 };

/* Sources. `ring` is the last of those with something queued; its `next` is served first. */

static void join_ring(struct ps_queue *queue, struct ps_source *source)
{
    if (queue->ring == NULL) {
        source->next = source;
    } else {
        source->next = queue->ring->next;
        queue->ring->next = source;
    }
    queue->ring = source;
}

static void enqueue(struct ps_queue *queue, struct ps_source *source,
                    struct ps_submission *submission)
{
    submission->source = source;
    submission->next = NULL;
    if (source->first == NULL) {
        source->first = submission;
        join_ring(queue, source);
    } else {
        source->last->next = submission;
    }
    source->last = submission;
    source->unfinished++;
    queue->queued++;
}

/* The first of the source whose turn it is; that one goes to the end of the ring, or out of it. */
static struct ps_submission *dequeue(struct ps_queue *queue)
{
    if (queue->ring == NULL) return NULL;
    struct ps_source *source = queue->ring->next;
    struct ps_submission *submission = source->first;
    source->first = submission->next;
    queue->queued--;
    if (source->first != NULL)
        queue->ring = source;
    else if (source->next == source)
        queue->ring = NULL;
    else
        queue->ring->next = source->next;
    return submission;
}

/* Answers. */

static void settle(struct ps_queue *queue, struct ps_submission *submission,
                   enum payscore_status committed, struct ps_waiter **woken)
{
    struct ps_waiter *waiter = submission->waiter;
    submission->committed = committed;
    if (waiter == NULL) {
        submission->next = NULL;
        *queue->finished_end = submission;
        queue->finished_end = &submission->next;
        return;
    }
    submission->source->unfinished--;
    if (--waiter->left > 0) return;
    queue->waiters--;
    waiter->next = *woken;
    *woken = waiter;
}

static void wake_all(struct ps_waiter *woken, const struct ps_waiter *self)
{
    while (woken != NULL) {
        struct ps_waiter *waiter = woken;
        woken = waiter->next; /* Once it is finished it may be gone. */
        ps_waiter_finish(waiter);
        if (waiter != self) ps_waiter_wake(waiter);
    }
}

/* Leading. */

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* Until all are back, or that moment. */
static void wait_for_all(struct ps_queue *queue, int64_t until_ns)
{
    struct timespec until = {.tv_sec = until_ns / NS_PER_S, .tv_nsec = until_ns % NS_PER_S};
    while (queue->waiters < queue->expected)
        if (pthread_cond_timedwait(&queue->gathered, &queue->lock, &until) != 0) return;
}

/*
 * Those whom the last commit woke are likely to come back at once: a commit that waits for them
 * serves them all, one that does not serves them by halves. Nobody waits who is alone.
 */
static void gather(struct ps_queue *queue)
{
    if (queue->expected < 2 || queue->waiters >= queue->expected) return;
    int64_t now_ns = monotonic_ns();
    int64_t last_ns = now_ns + queue->commit_ns / GATHER_SHARE;
    size_t before;
    queue->gathering = true;
    do {
        before = queue->waiters;
        wait_for_all(queue, now_ns + GATHER_NS);
        now_ns = monotonic_ns();
    } while (queue->waiters > before && queue->waiters < queue->expected && now_ns < last_ns);
    queue->gathering = false;
}

static enum payscore_status commit(struct payscore *engine, const struct ps_group *group)
{
    const struct ps_door *door = engine->queue->door;
    struct payscore_error unused;
    if (door == NULL) return ps_turn_apply(engine, group);
    enum payscore_status rc = door->enter(engine, &unused);
    if (rc != PAYSCORE_OK) return rc;
    rc = ps_turn_apply(engine, group);
    door->leave(engine);
    return rc;
}

/* One commit of `own` and of what is queued. The lock is held, but for the time of the commit. */
static enum payscore_status lead(struct payscore *engine, const struct ps_group *own,
                                 struct ps_waiter **woken)
{
    struct ps_queue *queue = engine->queue;
    struct ps_group group = {queue->readings, own->count, own->drives};
    size_t count = 0;
    gather(queue);
    for (size_t i = 0; i < own->count; i++)
        queue->readings[i] = own->readings[i];
    while (count < PS_GROUP_MAX && queue->ring != NULL) {
        queue->taken[count] = dequeue(queue);
        queue->readings[group.count++] = &queue->taken[count++]->reading;
    }
    if (group.count == 0 && !group.drives) return PAYSCORE_OK;
    (void)pthread_mutex_unlock(&queue->lock);
    int64_t begun_ns = monotonic_ns();
    enum payscore_status rc = commit(engine, &group);
    (void)pthread_mutex_lock(&queue->lock);
    queue->commit_ns = monotonic_ns() - begun_ns;
    queue->expected = queue->waiters; /* Those whom it answers, and those who came meanwhile. */
    for (size_t i = 0; i < count; i++)
        settle(queue, queue->taken[i], rc, woken);
    if (count > 0 && !group.drives) ps_queue_raise(queue);
    return rc;
}

/* Whoever blocks and has something queued; there is none where all of it was pushed. */
static struct ps_waiter *successor(const struct ps_queue *queue)
{
    const struct ps_source *source = queue->ring;
    if (source == NULL) return NULL;
    do {
        source = source->next;
        if (source->first->waiter != NULL) return source->first->waiter;
    } while (source != queue->ring);
    return NULL;
}

/*
 * The end of leading: somebody who waits for its turn leads next, else whoever comes first, and one
 * of those whose submissions are left is called so that there is one. Unlocks.
 */
static void hand_on(struct ps_queue *queue, struct ps_waiter *woken, const struct ps_waiter *self)
{
    struct ps_waiter *next = queue->turns;
    queue->leading = next != NULL;
    if (next != NULL)
        queue->turns = next->next;
    else
        next = successor(queue);
    if (next == NULL && queue->queued > 0) ps_queue_raise(queue);
    if (next != NULL && !ps_waiter_call(next)) next = NULL;
    (void)pthread_mutex_unlock(&queue->lock);
    if (next != NULL && next != self) ps_waiter_wake(next);
    wake_all(woken, self);
}

/* Become the leader, before anybody who comes later. Locks. */
static void take_turn(struct ps_queue *queue)
{
    struct ps_waiter waiter = {0};
    (void)pthread_mutex_lock(&queue->lock);
    if (!queue->leading) {
        queue->leading = true;
        return;
    }
    struct ps_waiter **end = &queue->turns;
    while (*end != NULL)
        end = &(*end)->next;
    *end = &waiter;
    (void)pthread_mutex_unlock(&queue->lock);
    (void)ps_waiter_sleep(&waiter); /* Called once: it leads. */
    (void)pthread_mutex_lock(&queue->lock);
}

enum payscore_status ps_queue_turn(struct payscore *engine, struct ps_reading *const *own,
                                   size_t count)
{
    struct ps_group group = {own, count, true};
    struct ps_waiter *woken = NULL;
    ps_queue_quiet(engine);
    take_turn(engine->queue);
    enum payscore_status rc = lead(engine, &group, &woken);
    hand_on(engine->queue, woken, NULL);
    return rc;
}

void ps_queue_run(struct payscore *engine)
{
    struct ps_queue *queue = engine->queue;
    struct ps_group none = {NULL, 0, false};
    struct ps_waiter *woken = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    if (queue->leading) { /* Who is answered, or left, by the leader is told by the event. */
        (void)pthread_mutex_unlock(&queue->lock);
        return;
    }
    queue->leading = true;
    (void)lead(engine, &none, &woken); /* Each submission is told. */
    hand_on(queue, woken, NULL);
}

void ps_queue_refuse(struct payscore *engine, enum payscore_status status)
{
    struct ps_queue *queue = engine->queue;
    struct ps_waiter *woken = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    for (struct ps_submission *submission; (submission = dequeue(queue)) != NULL;)
        settle(queue, submission, status, &woken);
    if (queue->finished != NULL) ps_queue_raise(queue);
    (void)pthread_mutex_unlock(&queue->lock);
    wake_all(woken, NULL);
}

/* Queueing. */

/* The lock is held; false: not all is answered, and it is to be called again. */
static bool lead_or_follow(struct payscore *engine, struct ps_waiter *waiter)
{
    struct ps_queue *queue = engine->queue;
    struct ps_group none = {NULL, 0, false};
    struct ps_waiter *woken = NULL;
    if (queue->leading) {
        (void)pthread_mutex_unlock(&queue->lock);
        return ps_waiter_sleep(waiter);
    }
    queue->leading = true;
    (void)lead(engine, &none, &woken);
    hand_on(queue, woken, waiter);
    return ps_waiter_is_done(waiter);
}

void ps_queue_submit(struct payscore *engine, struct ps_source *source,
                     struct ps_submission *submissions, size_t count)
{
    struct ps_queue *queue = engine->queue;
    struct ps_waiter waiter = {.left = count};
    if (count == 0) return;
    (void)pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < count; i++) {
        submissions[i].waiter = &waiter;
        enqueue(queue, source == NULL ? &queue->blocking : source, &submissions[i]);
    }
    queue->waiters++;
    if (queue->gathering && queue->waiters >= queue->expected)
        (void)pthread_cond_signal(&queue->gathered);
    while (!lead_or_follow(engine, &waiter))
        (void)pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < count; i++)
        ps_reading_finish(&submissions[i].reading, submissions[i].committed);
}

void ps_queue_push(struct payscore *engine, struct ps_source *source,
                   struct ps_submission *submission)
{
    struct ps_queue *queue = engine->queue;
    submission->waiter = NULL;
    (void)pthread_mutex_lock(&queue->lock);
    enqueue(queue, source, submission);
    if (!queue->leading) ps_queue_raise(queue); /* Else the leader says so where it is left. */
    (void)pthread_mutex_unlock(&queue->lock);
}

static struct ps_submission *next_finished(struct ps_queue *queue)
{
    (void)pthread_mutex_lock(&queue->lock);
    struct ps_submission *submission = queue->finished;
    if (submission != NULL) {
        queue->finished = submission->next;
        if (queue->finished == NULL) queue->finished_end = &queue->finished;
        submission->source->unfinished--;
    }
    (void)pthread_mutex_unlock(&queue->lock);
    return submission;
}

void ps_queue_deliver(struct payscore *engine)
{
    for (struct ps_submission *submission; (submission = next_finished(engine->queue)) != NULL;) {
        ps_reading_finish(&submission->reading, submission->committed);
        submission->done(submission);
    }
}

/* Submissions. */

bool ps_submission_read(struct payscore *engine, const struct payscore_command *command,
                        struct ps_submission *submission)
{
    ps_reading_command(engine, command, &submission->reading);
    return !submission->reading.done;
}

void ps_submission_end(struct ps_submission *submission)
{
    ps_reading_end(&submission->reading);
}
