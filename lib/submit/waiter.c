/* Waiting by futex: C11 has no portable way to wait on a word. */
#include "submit/waiter.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WAITING, CALLED, DONE };

/* An interrupted or needless return is no harm: the word is looked at again. */
static void futex(atomic_uint *word, int operation, unsigned value)
{
    (void)syscall(SYS_futex, word, operation | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

bool ps_waiter_sleep(struct ps_waiter *waiter)
{
    unsigned seen;
    while ((seen = atomic_load_explicit(&waiter->word, memory_order_acquire)) == WAITING)
        futex(&waiter->word, FUTEX_WAIT, WAITING);
    if (seen == DONE) return true;
    /* Whoever finishes it in this moment wins. */
    return !atomic_compare_exchange_strong(&waiter->word, &seen, WAITING);
}

bool ps_waiter_is_done(struct ps_waiter *waiter)
{
    return atomic_load_explicit(&waiter->word, memory_order_acquire) == DONE;
}

bool ps_waiter_call(struct ps_waiter *waiter)
{
    unsigned waiting = WAITING;
    return atomic_compare_exchange_strong(&waiter->word, &waiting, CALLED);
}

void ps_waiter_finish(struct ps_waiter *waiter)
{
    atomic_store_explicit(&waiter->word, DONE, memory_order_release);
}

void ps_waiter_wake(struct ps_waiter *waiter)
{
    futex(&waiter->word, FUTEX_WAKE, 1);
}
