/* What the logs of all members say, by key. */
#ifndef TEST_CROWD_ACKS_H
#define TEST_CROWD_ACKS_H

#include "crowd.h"

/** One key: how it was answered, and what the journal holds of it. */
struct ack {
    char tag[CROWD_TAG_SIZE], order[CROWD_NAME_SIZE];
    char command; /* Its first letter and last: 'c'reate, com'p'lete, ca'n'cel. */
    bool answered;
    int verdict;    /* Of the last answer that is no repeat of an earlier one. */
    uint64_t entry; /* As it was answered; 0: none. */
    unsigned answers, found;
    uint64_t found_at; /* Entry of the journal. */
};

struct acks {
    struct ack *list; /* In the order of tags. */
    size_t count;
    int64_t *took_us; /* Of every answer. */
    size_t took_count;
    uint64_t unsure, busy, torn, contradictions;
    uint64_t verdicts[8];
};

/** Read the logs of every member's every generation. False: they cannot be read. */
bool acks_read(struct acks *acks, const char *directory);
void acks_free(struct acks *acks);

/** The key of this name; NULL: nobody tried it. */
struct ack *acks_find(const struct acks *acks, const char *tag);

#endif
