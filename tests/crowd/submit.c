/* Threads that submit: new orders, what goes on with them, repeats, batches, orders that others
 * want too. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "crowd.h"

enum { KEPT = 32, BATCH = 24, SHARED_PER_SECOND = 4 };

/* A create that was answered, to go on with. */
struct kept {
    struct crowd_deed deed;
    struct payscore_result result;
};

struct submitter {
    struct crowd_member *member;
    int thread;
    uint64_t count, chance;
    struct kept kept[KEPT];
    size_t kept_count;
};

static uint64_t roll(struct submitter *s, uint64_t sides)
{
    s->chance ^= s->chance << 13;
    s->chance ^= s->chance >> 7;
    s->chance ^= s->chance << 17;
    return (s->chance >> 11) % sides;
}

static void name_deed(struct submitter *s, char tag[CROWD_TAG_SIZE], char order[CROWD_NAME_SIZE])
{
    const struct crowd_member *m = s->member;
    s->count++;
    snprintf(tag, CROWD_TAG_SIZE, CROWD_TAG "%d.%d.%d.%" PRIu64, m->number, m->generation,
             s->thread, s->count);
    snprintf(order, CROWD_NAME_SIZE, "C%dG%dT%dN%" PRIu64, m->number, m->generation, s->thread,
             s->count);
}

/* Whatever becomes of the driver: the same key, until it is known what became of the command. */
static void give(struct submitter *s, const struct crowd_deed *deed, struct payscore_result *result)
{
    struct payscore_error error;
    struct payscore_command command = crowd_command(deed);
    int64_t began_us = crowd_now_us();
    for (;;) {
        enum payscore_status rc = payscore_submit(s->member->engine, &command, result, &error);
        if (rc == PAYSCORE_OK) break;
        if (!crowd_is_again(rc))
            crowd_fault(s->member, "%s %s: %s: %s", deed->command, deed->tag,
                        payscore_status_name(rc), error.text);
        crowd_say_again(s->member, deed, rc);
    }
    crowd_say_answered(s->member, deed, result, crowd_now_us() - began_us);
}

static void keep(struct submitter *s, const struct crowd_deed *deed,
                 const struct payscore_result *result)
{
    struct kept *place = &s->kept[s->kept_count < KEPT ? s->kept_count++ : roll(s, KEPT)];
    place->deed = *deed;
    place->result = *result;
}

static void do_new(struct submitter *s, const char *command, const char *about)
{
    struct crowd_deed deed;
    struct payscore_result result;
    char tag[CROWD_TAG_SIZE], order[CROWD_NAME_SIZE];
    name_deed(s, tag, order);
    crowd_deed(&deed, command, about == NULL ? order : about, tag);
    crowd_say_tried(s->member, &deed, 1);
    give(s, &deed, &result);
    bool born = about == NULL && strcmp(command, "create") == 0;
    if (born && result.verdict != PAYSCORE_TAKEN && result.verdict != PAYSCORE_DUPLICATE)
        crowd_fault(s->member, "create %s: verdict %d: %s", tag, result.verdict, result.error.text);
    if (result.verdict != PAYSCORE_REFUSED) keep(s, &deed, &result);
}

static void go_on(struct submitter *s, const char *command)
{
    if (s->kept_count == 0) return;
    struct crowd_deed deed = s->kept[roll(s, s->kept_count)].deed;
    do_new(s, command, deed.order);
}

/* The same key with the same content: the first answer, whoever takes it, and no second entry. */
static void repeat(struct submitter *s)
{
    struct payscore_result result;
    if (s->kept_count == 0) return;
    struct kept kept = s->kept[roll(s, s->kept_count)];
    give(s, &kept.deed, &result);
    if (kept.result.verdict == PAYSCORE_IGNORED) return; /* It left no entry to repeat. */
    if (result.verdict != PAYSCORE_DUPLICATE || result.entry != kept.result.entry)
        crowd_fault(s->member, "%s %s: entry %llu, repeated: verdict %d, entry %llu",
                    kept.deed.command, kept.deed.tag, (unsigned long long)kept.result.entry,
                    result.verdict, (unsigned long long)result.entry);
}

static void do_batch(struct submitter *s)
{
    struct crowd_deed deeds[BATCH];
    struct payscore_command commands[BATCH];
    struct payscore_result results[BATCH];
    struct payscore_error error;
    char tag[CROWD_TAG_SIZE], order[CROWD_NAME_SIZE];
    size_t count = 2 + roll(s, BATCH - 1);
    for (size_t i = 0; i < count; i++) {
        name_deed(s, tag, order);
        crowd_deed(&deeds[i], "create", order, tag);
        commands[i] = crowd_command(&deeds[i]);
    }
    crowd_say_tried(s->member, deeds, count);
    int64_t began_us = crowd_now_us();
    enum payscore_status rc =
        payscore_submit_batch(s->member->engine, commands, count, results, &error);
    if (rc != PAYSCORE_OK && !crowd_is_again(rc))
        crowd_fault(s->member, "batch: %s: %s", payscore_status_name(rc), error.text);
    for (size_t i = 0; i < count; i++) {
        if (results[i].status == PAYSCORE_OK) {
            crowd_say_answered(s->member, &deeds[i], &results[i], crowd_now_us() - began_us);
        } else if (crowd_is_again(results[i].status)) {
            crowd_say_again(s->member, &deeds[i], results[i].status);
            give(s, &deeds[i], &results[i]);
        } else {
            crowd_fault(s->member, "batch: %s: %s: %s", deeds[i].tag,
                        payscore_status_name(results[i].status), results[i].error.text);
        }
        keep(s, &deeds[i], &results[i]);
    }
}

/* All want to be the one who makes it. */
static void want_shared(struct submitter *s)
{
    char order[CROWD_NAME_SIZE];
    int64_t second = crowd_now_us() / 1000000;
    snprintf(order, sizeof order, "S%lldN%llu", (long long)second,
             (unsigned long long)roll(s, SHARED_PER_SECOND));
    do_new(s, "create", order);
}

void crowd_submit(struct crowd_member *member, int thread)
{
    struct submitter s = {.member = member, .thread = thread};
    s.chance = (uint64_t)crowd_now_us() * 2654435761u + (uint64_t)(member->number * 64 + thread);
    for (;;) {
        switch (roll(&s, 16)) {
        case 0:
        case 1:
        case 2:
        case 3: do_new(&s, "create", NULL); break;
        case 4:
        case 5:
        case 6: go_on(&s, "complete"); break;
        case 7:
        case 8: go_on(&s, "cancel"); break;
        case 9: do_batch(&s); break;
        case 10: want_shared(&s); break;
        default: repeat(&s); break;
        }
    }
}
