/* The doors of a handle: time, randomness, and whose process it is. */
#include <errno.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "core/panic.h"
#include "engine/internal.h"

static int64_t system_now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The kernel's own: OpenSSL's generator wants memory of each thread, and says no without it. */
static void system_random(void *context, void *bytes, size_t size)
{
    (void)context;
    for (uint8_t *to = bytes; size > 0;) {
        ssize_t got = getrandom(to, size, 0);
        PS_ASSERT(got > 0 || errno == EINTR);
        if (got < 0) continue;
        to += got;
        size -= (size_t)got;
    }
}

void ps_world_complete(struct payscore_world *world)
{
    if (world->now_ms == NULL) world->now_ms = system_now_ms;
    if (world->random == NULL) world->random = system_random;
}

bool ps_process_is_ours(const struct payscore *engine)
{
    return engine->pid == getpid();
}

enum payscore_status ps_process_check(const struct payscore *engine, struct payscore_error *error)
{
    if (ps_process_is_ours(engine)) return PAYSCORE_OK;
    return ps_fail(error, PAYSCORE_E_PROCESS,
                   "process %ld uses a handle that process %ld opened: a handle does not live "
                   "through fork; open the store again in the child",
                   (long)getpid(), (long)engine->pid);
}

int64_t ps_now_ms(const struct payscore *engine)
{
    return engine->world.now_ms(engine->world.context);
}

void ps_random(const struct payscore *engine, void *bytes, size_t size)
{
    engine->world.random(engine->world.context, bytes, size);
}

/* A world of the caller's own is asked for each by itself, so that what it gives is repeatable. */
uint32_t ps_chance(struct payscore *engine)
{
    struct ps_chances *chances = &engine->chances;
    uint32_t chance;
    if (engine->world.random != system_random) {
        ps_random(engine, &chance, sizeof chance);
        return chance;
    }
    if (chances->left == 0) {
        ps_random(engine, chances->values, sizeof chances->values);
        chances->left = sizeof chances->values / sizeof chances->values[0];
    }
    return chances->values[--chances->left];
}
