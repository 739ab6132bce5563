/* Many threads that submit to one store at once. What befell them is looked at afterwards. */
#ifndef TEST_SUPPORT_CROWD_H
#define TEST_SUPPORT_CROWD_H

#include <stdatomic.h>

#include "payscore/payscore.h"

enum { CROWD_MAX = 64, CROWD_BODY_SIZE = 1024, CROWD_NAME_SIZE = 33 };

/** A store under the system's own clock and chance, which any thread may ask. */
struct payscore *crowd_open(const char *path, enum payscore_role role);

/** A create of this order; its user is of the same number. */
void crowd_create(const char *order, char body[CROWD_BODY_SIZE]);

/** A command whose texts are borrowed. */
struct payscore_command crowd_command(const char *name, const char *key, const char *body);

struct crowd;

/** What one thread does; `number` tells threads apart. Not one assertion of cmocka's in here. */
typedef void crowd_work(struct crowd *crowd, unsigned number);

/** A crowd at work. Zero it and fill in the first part. */
struct crowd {
    struct payscore *engine;
    crowd_work *work;
    unsigned threads;
    void *user;

    atomic_uint next, running;
    atomic_uint failures; /* Counted by the work. */
};

/** Let them work; turns of the driver are taken meanwhile, as its descriptor asks for, if `drive`.
 */
void crowd_run(struct crowd *crowd, bool drive);

/** Verify; fails the test on any fault. Returns the number of entries. */
uint64_t crowd_verify(struct payscore *engine);

/** One turn without items; fails the test if it fails. The calls that it hands out are let go. */
size_t crowd_turn(struct payscore *engine);

/** Whether a descriptor is readable now. */
bool crowd_is_readable(int descriptor);

#endif
