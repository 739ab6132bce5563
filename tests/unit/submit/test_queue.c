/*
 * The queue: threads share commits, sources are served alike, whoever drives is told, and nobody
 * who waits is forgotten.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "submit/queue.h"
#include "support/crowd.h"
#include "support/directory.h"

enum { PER_THREAD = 12 };

static enum payscore_verdict submit_one(struct payscore *engine, const char *order, const char *key,
                                        uint64_t *entry)
{
    char body[CROWD_BODY_SIZE];
    struct payscore_result result;
    struct payscore_error error;
    crowd_create(order, body);
    struct payscore_command command = crowd_command("create", key, body);
    if (payscore_submit(engine, &command, &result, &error) != PAYSCORE_OK)
        return PAYSCORE_VERDICT_NONE;
    if (entry != NULL) *entry = result.entry;
    return result.verdict;
}

static void create_orders(struct crowd *crowd, unsigned number)
{
    char order[CROWD_NAME_SIZE];
    for (unsigned i = 0; i < PER_THREAD; i++) {
        snprintf(order, sizeof order, "T%u_%u", number, i);
        if (submit_one(crowd->engine, order, order, NULL) != PAYSCORE_TAKEN)
            atomic_fetch_add(&crowd->failures, 1);
    }
}

static void sixty_four_threads_submit_beside_the_turns_of_the_driver(void **state)
{
    (void)state;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    struct crowd crowd = {
        .engine = crowd_open(path, PAYSCORE_DRIVER), .work = create_orders, .threads = CROWD_MAX};
    crowd_run(&crowd, true);
    assert_true(crowd_verify(crowd.engine) >= CROWD_MAX * PER_THREAD);
    payscore_close(crowd.engine);

    crowd.engine = crowd_open(path, PAYSCORE_DRIVER);
    uint64_t first = 0;
    assert_int_equal(submit_one(crowd.engine, "T63_0", "T63_0", &first), PAYSCORE_DUPLICATE);
    assert_true(first > 0);
    payscore_close(crowd.engine);
    directory_remove(path);
}

static void a_store_in_memory_is_shared_in_the_same_way(void **state)
{
    (void)state;
    struct crowd crowd = {
        .engine = crowd_open(NULL, PAYSCORE_DRIVER), .work = create_orders, .threads = CROWD_MAX};
    crowd_run(&crowd, false);
    assert_int_equal(crowd_verify(crowd.engine), CROWD_MAX * PER_THREAD);
    payscore_close(crowd.engine);
}

struct race {
    atomic_uint taken;
    uint64_t entries[CROWD_MAX];
};

static void create_the_same(struct crowd *crowd, unsigned number)
{
    struct race *race = crowd->user;
    enum payscore_verdict verdict =
        submit_one(crowd->engine, "SAME", "one key", &race->entries[number]);
    if (verdict == PAYSCORE_TAKEN)
        atomic_fetch_add(&race->taken, 1);
    else if (verdict != PAYSCORE_DUPLICATE)
        atomic_fetch_add(&crowd->failures, 1);
}

static void of_many_with_one_key_one_is_taken_and_all_get_its_entry(void **state)
{
    (void)state;
    static struct race race;
    struct crowd crowd = {.engine = crowd_open(NULL, PAYSCORE_DRIVER),
                          .work = create_the_same,
                          .threads = CROWD_MAX,
                          .user = &race};
    crowd_run(&crowd, false);
    assert_int_equal(atomic_load(&race.taken), 1);
    for (unsigned i = 0; i < CROWD_MAX; i++)
        assert_int_equal(race.entries[i], 1);
    assert_int_equal(crowd_verify(crowd.engine), 1);
    payscore_close(crowd.engine);
}

/* Sources, by hand. */

struct pushed {
    struct ps_submission submission;
    struct payscore_command command;
    char body[CROWD_BODY_SIZE];
};

struct told {
    unsigned count;
    char order[4096];
};

static void note(struct ps_submission *submission)
{
    struct told *told = submission->user;
    struct pushed *self = (struct pushed *)(void *)submission;
    told->order[told->count++] = self->command.key.data[0];
    ps_submission_end(submission);
}

/* The key's letter says of which source it is. */
static void push(struct payscore *engine, struct ps_source *source, struct pushed *pushed,
                 const char *key, unsigned number, struct told *told)
{
    char order[CROWD_NAME_SIZE];
    snprintf(order, sizeof order, "P%s_%u", key, number);
    crowd_create(order, pushed->body);
    pushed->command = crowd_command("create", key, pushed->body);
    pushed->submission.done = note;
    pushed->submission.user = told;
    assert_true(ps_submission_read(engine, &pushed->command, &pushed->submission));
    ps_queue_push(engine, source, &pushed->submission);
}

static void sources_are_served_round_by_round(void **state)
{
    (void)state;
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    struct ps_source sources[3] = {{0}};
    static struct pushed pushed[3 + 2 + 1];
    static struct told told;
    memset(&told, 0, sizeof told);
    for (unsigned i = 0; i < 3; i++)
        push(engine, &sources[0], &pushed[i], "a", i, &told);
    for (unsigned i = 0; i < 2; i++)
        push(engine, &sources[1], &pushed[3 + i], "b", i, &told);
    push(engine, &sources[2], &pushed[5], "c", 0, &told);
    assert_int_equal(sources[0].unfinished, 3);
    ps_queue_run(engine);
    assert_int_equal(told.count, 0);
    ps_queue_deliver(engine);
    assert_string_equal(told.order, "abcaba");
    for (int i = 0; i < 3; i++)
        assert_int_equal(sources[i].unfinished, 0);
    for (int i = 0; i < 6; i++)
        assert_int_equal(pushed[i].submission.reading.result.verdict, PAYSCORE_TAKEN);
    payscore_close(engine);
}

static void a_source_that_pushes_thousands_does_not_keep_another_waiting(void **state)
{
    (void)state;
    enum { MANY = PS_GROUP_MAX + 200 };
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    struct ps_source busy = {0}, quiet = {0};
    struct pushed *pushed = calloc(MANY + 1, sizeof *pushed);
    static struct told told;
    memset(&told, 0, sizeof told);
    assert_non_null(pushed);
    for (unsigned i = 0; i < MANY; i++)
        push(engine, &busy, &pushed[i], "b", i, &told);
    push(engine, &quiet, &pushed[MANY], "q", 0, &told);
    ps_queue_run(engine);
    ps_queue_deliver(engine);
    assert_int_equal(told.count, PS_GROUP_MAX);
    assert_int_equal(told.order[1], 'q');
    assert_int_equal(busy.unfinished, MANY - (PS_GROUP_MAX - 1));
    assert_true(crowd_is_readable(payscore_descriptor(engine)));
    crowd_turn(engine);
    assert_int_equal(told.count, MANY + 1);
    assert_int_equal(busy.unfinished, 0);
    free(pushed);
    payscore_close(engine);
}

static void whoever_drives_is_told_what_others_submit(void **state)
{
    (void)state;
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    int descriptor = payscore_descriptor(engine);
    crowd_turn(engine);
    assert_false(crowd_is_readable(descriptor));
    assert_int_equal(submit_one(engine, "TOLD", "", NULL), PAYSCORE_TAKEN);
    assert_true(crowd_is_readable(descriptor));
    assert_int_equal(crowd_turn(engine), 1); /* It asks for the user's authorization. */
    assert_false(crowd_is_readable(descriptor));
    payscore_close(engine);
}

static void what_is_watched_stands_in_the_same_descriptor(void **state)
{
    (void)state;
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    struct ps_ready ready[4];
    int event = eventfd(0, EFD_NONBLOCK);
    int mine = 0;
    assert_true(event >= 0);
    assert_int_equal(ps_queue_watch(engine, event, 1 /* EPOLLIN */, &mine), PAYSCORE_OK);
    assert_int_equal(ps_queue_watch(engine, event, 1, &mine), PAYSCORE_OK);
    assert_int_equal(ps_queue_ready(engine, ready, 4), 0);
    ps_queue_notify(engine);
    assert_true(crowd_is_readable(ps_queue_descriptor(engine)));
    assert_int_equal(ps_queue_ready(engine, ready, 4), 0); /* The queue's own is not told. */
    assert_int_equal(eventfd_write(event, 1), 0);
    assert_int_equal(ps_queue_ready(engine, ready, 4), 1);
    assert_ptr_equal(ready[0].user, &mine);
    ps_queue_unwatch(engine, event);
    assert_int_equal(ps_queue_ready(engine, ready, 4), 0);
    ps_queue_quiet(engine);
    assert_false(crowd_is_readable(ps_queue_descriptor(engine)));
    assert_int_not_equal(ps_queue_watch(engine, -1, 1, &mine), PAYSCORE_OK);
    (void)close(event);
    payscore_close(engine);
}

/* The door. */

static enum payscore_status door_status;
static unsigned entered, left;

static enum payscore_status enter(struct payscore *engine, struct payscore_error *error)
{
    (void)engine;
    (void)error;
    entered++;
    return door_status;
}

static void leave(struct payscore *engine)
{
    (void)engine;
    left++;
}

static void a_leader_passes_the_door_and_is_turned_away_with_all_it_led(void **state)
{
    (void)state;
    static const struct ps_door door = {enter, leave};
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    struct payscore_result result;
    struct payscore_error error;
    char body[CROWD_BODY_SIZE];
    crowd_create("DOOR", body);
    struct payscore_command command = crowd_command("create", "k", body);
    ps_queue_set_door(engine, &door);
    entered = left = 0;
    door_status = PAYSCORE_E_BUSY;
    assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_E_BUSY);
    assert_int_equal(result.status, PAYSCORE_E_BUSY);
    assert_true(error.text[0] != '\0');
    assert_int_equal(entered, 1);
    assert_int_equal(left, 0);
    assert_int_equal(crowd_verify(engine), 0);
    door_status = PAYSCORE_OK;
    assert_int_equal(payscore_submit(engine, &command, &result, &error), PAYSCORE_OK);
    assert_int_equal(result.verdict, PAYSCORE_TAKEN);
    assert_int_equal(entered, 2);
    assert_int_equal(left, 1);
    ps_queue_run(engine); /* Nothing is queued: nobody passes. */
    assert_int_equal(entered, 2);
    payscore_close(engine);
}

static void what_is_queued_can_be_refused_as_a_whole(void **state)
{
    (void)state;
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    struct ps_source source = {0};
    static struct pushed pushed[2];
    static struct told told;
    memset(pushed, 0, sizeof pushed);
    memset(&told, 0, sizeof told);
    push(engine, &source, &pushed[0], "x", 0, &told);
    push(engine, &source, &pushed[1], "y", 1, &told);
    ps_queue_refuse(engine, PAYSCORE_E_BUSY);
    ps_queue_deliver(engine);
    assert_string_equal(told.order, "xy");
    assert_int_equal(pushed[0].submission.reading.result.status, PAYSCORE_E_BUSY);
    assert_int_equal(pushed[1].submission.reading.result.status, PAYSCORE_E_BUSY);
    assert_int_equal(crowd_verify(engine), 0);
    payscore_close(engine);
}

/* What a simulator or a benchmark queues. */
static void a_typed_matter_needs_no_json(void **state)
{
    (void)state;
    struct payscore *engine = crowd_open(NULL, PAYSCORE_DRIVER);
    struct ps_submission submission = {0};
    struct ps_matter *matter = &submission.reading.matter;
    submission.reading.asked = (struct ps_asked){.keyed = true, .key = {1}, .content = {2}};
    matter->subject.merchant = &engine->merchants[0];
    matter->subject.chart = PS_CHART_service_order;
    matter->subject.number = PAYSCORE_TEXT("TYPED1");
    matter->subject.openid = PAYSCORE_TEXT("user_of_TYPED1");
    matter->subject.asked = &submission.reading.asked;
    matter->in.event = PS_EVENT_cmd_create;
    matter->in.carrier = PAYSCORE_CARRIER_COMMAND;
    ps_parts_add(&matter->evidence, PS_PART_request_body, PAYSCORE_TEXT("{}"));
    ps_reading_seal(engine, &submission.reading);
    assert_true(matter->evidence.sealed);
    ps_queue_submit(engine, NULL, &submission, 1);
    assert_int_equal(submission.reading.result.status, PAYSCORE_OK);
    assert_int_equal(submission.reading.result.verdict, PAYSCORE_TAKEN);
    ps_submission_end(&submission);
    assert_int_equal(crowd_verify(engine), 1);
    payscore_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sixty_four_threads_submit_beside_the_turns_of_the_driver),
        cmocka_unit_test(a_store_in_memory_is_shared_in_the_same_way),
        cmocka_unit_test(of_many_with_one_key_one_is_taken_and_all_get_its_entry),
        cmocka_unit_test(sources_are_served_round_by_round),
        cmocka_unit_test(a_source_that_pushes_thousands_does_not_keep_another_waiting),
        cmocka_unit_test(whoever_drives_is_told_what_others_submit),
        cmocka_unit_test(what_is_watched_stands_in_the_same_descriptor),
        cmocka_unit_test(a_leader_passes_the_door_and_is_turned_away_with_all_it_led),
        cmocka_unit_test(what_is_queued_can_be_refused_as_a_whole),
        cmocka_unit_test(a_typed_matter_needs_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
