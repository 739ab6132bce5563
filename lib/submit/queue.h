/*
 * The queue: who waits for a commit. Whoever submits prepares on its own thread, queues what came
 * of it, and is answered once it is durable. There is no thread that writes: of those that wait one
 * leads. It takes what is queued, runs one transaction and wakes the others; the library has no
 * thread of its own.
 *
 *     submitters                          one of them, or payscore_turn()
 *     ps_submission_read()  any thread    take a share of every source, in turn
 *     ps_queue_submit()  -- waits -->     ps_turn_apply(): one transaction, synced
 *     ps_queue_push()    -- goes on -->   wake who waits; what was pushed stands finished
 *                                         ps_queue_deliver(): `done` of what stands finished
 *
 * Sources are served alike: a commit takes one submission of each, round by round, until it has
 * PS_GROUP_MAX or nothing is left. Within a source order is kept. Sources are: the process's
 * blocking threads together, each batch, the commands that were started, each connection.
 *
 * A source that nobody blocks in ("pushed") cannot lead. It is served by the next leader, at the
 * latest by the driver's turn: pushing makes the descriptor of the handle readable.
 *
 * Thread: every function here may be called from any thread, unless it says otherwise.
 */
#ifndef PS_SUBMIT_QUEUE_H
#define PS_SUBMIT_QUEUE_H

#include "engine/item.h"

enum { PS_GROUP_MAX = 1024 };

struct ps_submission;
struct ps_waiter;

/** Told what became of a pushed submission. It may push, and free what it is told of. */
typedef void ps_submission_done(struct ps_submission *submission);

/**
 * A line of submissions. Zero it to begin; it needs no end, and may be freed while `unfinished` is
 * 0 (of a pushed source: to be looked at between two calls of ps_queue_deliver() only).
 */
struct ps_source {
    size_t unfinished; /* Queued, or in a commit, or finished and not delivered. */
    /* The queue's own: */
    struct ps_submission *first, *last;
    struct ps_source *next;
};

/** One submission, in its owner's memory until it is answered. Zero it to begin. */
struct ps_submission {
    struct ps_reading reading; /* What is to be applied; its `result` afterwards. */
    ps_submission_done *done;  /* ps_queue_push() only. */
    void *user;                /* The owner's. */
    /* The queue's own: */
    struct ps_source *source;
    struct ps_submission *next;
    struct ps_waiter *waiter;
    enum payscore_status committed; /* Of the transaction that it was part of. */
};

/**
 * Read a command, outside any lock: check, render, salt and pack its evidence. `command` is
 * borrowed until the submission's end.
 *
 * False: it cannot be used; submission->reading.result says why, and it is not to be queued.
 *
 * Benchmarks and simulators need no JSON: zero the submission, fill in submission->reading.matter
 * (subject, `in`, parts of its evidence; of a command also subject.asked, which may be
 * &reading.asked), and call ps_reading_seal(). What is borrowed there lives until the end.
 */
PAYSCORE_MUST_USE bool ps_submission_read(struct payscore *engine,
                                          const struct payscore_command *command,
                                          struct ps_submission *submission);

/** Free what reading it made. Its `result` stays. */
void ps_submission_end(struct ps_submission *submission);

/**
 * Queue `count` submissions, in their order, and wait until all of them are answered; this thread
 * may lead meanwhile. Each one's reading.result says what became of it. `source` is this call's
 * alone; NULL: that of the process's blocking threads.
 */
void ps_queue_submit(struct payscore *engine, struct ps_source *source,
                     struct ps_submission *submissions, size_t count);

/** Queue one submission and return at once. Its `done` is called by ps_queue_deliver(). */
void ps_queue_push(struct payscore *engine, struct ps_source *source,
                   struct ps_submission *submission);

/**
 * Call `done` of every pushed submission that was answered. On the handle's own thread: within
 * payscore_turn() or payscore_poll().
 */
void ps_queue_deliver(struct payscore *engine);

/**
 * Commit what is queued, once, whether or not anybody blocks: for a SUBMITTER that has started
 * commands while nobody drives. Where a leader is at work nothing is done: he may wait for the lock
 * of the store, and the descriptor becomes readable when he comes to his end. What befell the
 * submissions, each of them tells.
 */
void ps_queue_run(struct payscore *engine);

/**
 * Answer everything that is queued with this status, as if a commit had ended so: the queue will
 * have no leader any more, or not in time.
 */
void ps_queue_refuse(struct payscore *engine, enum payscore_status status);

/**
 * What a leader passes before and after its transaction: a SUBMITTER's way to the lock of a store
 * that nobody drives. Where `enter` fails, the status is that of all that would have been in the
 * commit (E_BUSY: somebody drives by now, and nothing was taken), and `leave` is not called. Both
 * are called by whichever thread leads, never by two at once.
 */
struct ps_door {
    enum payscore_status (*enter)(struct payscore *engine, struct payscore_error *error);
    void (*leave)(struct payscore *engine);
};

/** Set the door; before anything is queued. A driver has none. */
void ps_queue_set_door(struct payscore *engine, const struct ps_door *door);

/*
 * The descriptor of a handle: an epoll set in which the queue has its own event, and others may
 * have theirs.
 */

/** The epoll descriptor; -1: a reader's. */
int ps_queue_descriptor(const struct payscore *engine);

/** Make the descriptor readable until the next turn (or poll) begins. */
void ps_queue_notify(struct payscore *engine);

/** Make it quiet again: at the beginning of a turn (ps_queue_turn() does) or of a poll. */
void ps_queue_quiet(struct payscore *engine);

/**
 * Add a descriptor to the set, or change what is awaited of it (EPOLLIN, …); `user` (not NULL) is
 * what ps_queue_ready() tells. Errors: E_IO, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_queue_watch(struct payscore *engine, int descriptor,
                                                      uint32_t events, void *user);

/** Take it off; before it is closed. */
void ps_queue_unwatch(struct payscore *engine, int descriptor);

/** What is ready now. */
struct ps_ready {
    void *user;
    uint32_t events;
};

/**
 * Up to `max` of the watched descriptors that are ready, without waiting. On the handle's own
 * thread.
 */
size_t ps_queue_ready(struct payscore *engine, struct ps_ready *ready, size_t max);

/* The handle's own; internal.h has its beginning and its end. */

/**
 * The driver's turn as the leader: commit these readings, what is queued and what is due, in one
 * transaction. What was pushed and is answered waits for ps_queue_deliver().
 *
 * Errors: those of ps_turn_apply().
 */
PAYSCORE_MUST_USE enum payscore_status ps_queue_turn(struct payscore *engine,
                                                     struct ps_reading *const *own, size_t count);

#endif
