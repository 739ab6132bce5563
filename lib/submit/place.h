/*
 * Where a process lives, as far as files cannot tell: its kernel's boot and its pid namespace. Who
 * does not share both cannot know whether a reader of the store is alive, so they must not meet.
 */
#ifndef PS_SUBMIT_PLACE_H
#define PS_SUBMIT_PLACE_H

#include <stdbool.h>
#include <stdint.h>

enum { PS_PLACE_BOOT_SIZE = 16 };

struct ps_place {
    uint64_t pid_namespace;           /* Inode of /proc/self/ns/pid; 0: not known. */
    uint8_t boot[PS_PLACE_BOOT_SIZE]; /* Of this boot of the kernel; zeroes: not known. */
};

/** Ours. What the system does not say stays unknown. */
struct ps_place ps_place_here(void);

/** Whether two are the same place, as far as both are known. */
bool ps_place_same(const struct ps_place *a, const struct ps_place *b);

#endif
