/*
 * A whole life of an order with every allocation and every call of LMDB failing in turn, once and
 * for good. Whatever fails: what was acknowledged is there afterwards, and the store verifies.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/faults.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/trial.h"

enum { RESERVE_BYTES = 1 << 20, ROUNDS_MAX = 8, ANSWERS = 4 };

struct scene {
    struct trial trial; /* Its clock stands still, so that what is signed once stays good. */
    char path[DIRECTORY_PATH_SIZE];
    uint64_t acknowledged; /* The newest entry that a result named. */
};

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

/* The platform. */

struct answer {
    const char *call;
    char body[2048];
    struct test_signed how;
    struct payscore_exchange exchange;
};

static struct answer answers[ANSWERS];
static struct payscore_notice paid;

static void prepare_answer(struct answer *answer, const char *call, const char *body,
                           int64_t now_ms)
{
    answer->call = call;
    (void)snprintf(answer->body, sizeof answer->body, "%s", body);
    answer->exchange = (struct payscore_exchange){
        .delivery = PAYSCORE_ANSWERED, .status = 200, .body = text_of(answer->body)};
    test_sign_body(answer->exchange.body, now_ms, &answer->how);
    memcpy(answer->exchange.headers, answer->how.headers, sizeof answer->how.headers);
    answer->exchange.header_count = answer->how.header_count;
}

static void prepare_platform(int64_t now_ms)
{
    static char *envelope;
    static struct test_signed how;
    if (envelope != NULL) return;
    prepare_answer(
        &answers[0], "query_authorization_by_openid",
        seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", ""), now_ms);
    prepare_answer(&answers[1], "create_order",
                   seen_order(TRIAL_ORDER, "DOING", "USER_CONFIRM", "", -1), now_ms);
    prepare_answer(&answers[2], "complete_order",
                   seen_order(TRIAL_ORDER, "DOING", "MCH_COMPLETE", "", 800), now_ms);
    prepare_answer(&answers[3], "query_order",
                   seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800), now_ms);
    struct test_seal seal = {TEST_APIV3_KEY, "Zk3Q9vT1mXw7", "payscore",
                             seen_order(TRIAL_ORDER, "DONE", "", "USER_PAID", 800)};
    envelope = test_envelope("PAYSCORE.USER_PAID", &seal);
    paid.body = text_of(envelope);
    test_sign_body(paid.body, now_ms, &how);
    memcpy(paid.headers, how.headers, sizeof how.headers);
    paid.header_count = how.header_count;
}

/* What the scenes are made of. */

static struct payscore_options options_of(struct scene *scene, enum payscore_role role)
{
    struct payscore_options options = trial_options(&scene->trial);
    options.role = role;
    options.reserve_bytes = RESERVE_BYTES;
    options.patience_ms = 1;
    return options;
}

static bool open_as(struct scene *scene, enum payscore_role role)
{
    struct payscore_error error;
    struct payscore_options options = options_of(scene, role);
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_open(&scene->trial.engine, &options, &error));
    assert_true((rc == PAYSCORE_OK) == (scene->trial.engine != NULL));
    if (rc != PAYSCORE_OK) assert_true(error.text[0] != '\0');
    return rc == PAYSCORE_OK;
}

static void note_result(struct scene *scene, const struct payscore_result *result)
{
    bool taken = result->status == PAYSCORE_OK && result->verdict == PAYSCORE_TAKEN;
    if (taken && result->entry > scene->acknowledged) scene->acknowledged = result->entry;
}

static struct payscore_command command_of(const char *name, const char *key, const char *body)
{
    return (struct payscore_command){0, text_of(name), text_of(key), text_of(body)};
}

static void submit(struct scene *scene, const char *name, const char *key, const char *body)
{
    struct payscore_error error;
    struct payscore_result result;
    struct payscore_command command = command_of(name, key, body);
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_submit(scene->trial.engine, &command, &result, &error));
    if (rc == PAYSCORE_OK) note_result(scene, &result);
}

static void note_started(void *user, const struct payscore_result *result)
{
    note_result(user, result);
}

static void start(struct scene *scene, const char *name, const char *key, const char *body)
{
    struct payscore_error error;
    struct payscore_command command = command_of(name, key, body);
    ARMED((void)!payscore_submit_start(scene->trial.engine, &command, note_started, scene, &error));
}

static void take_turn(struct scene *scene, struct payscore_item *items, size_t count,
                      struct payscore_turn *turn)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    *turn = (struct payscore_turn){.items = items, .item_count = count, .wants = {8, 8, 8}};
    ARMED(rc = payscore_turn(scene->trial.engine, turn, &error));
    for (size_t i = 0; rc == PAYSCORE_OK && i < count; i++)
        note_result(scene, &items[i].result);
}

static struct payscore_item answer_to(const struct payscore_call *call)
{
    struct payscore_item item = {.kind = PAYSCORE_REPLY, .reply = {.token = call->token}};
    item.reply.exchange.delivery = PAYSCORE_LOST;
    for (size_t i = 0; i < ANSWERS; i++)
        if (strcmp(answers[i].call, call->name) == 0) item.reply.exchange = answers[i].exchange;
    return item;
}

/* Turn, and answer what is called, until nothing is. */
static void turn_to_rest(struct scene *scene)
{
    struct payscore_item items[24];
    struct payscore_turn turn;
    size_t count = 0;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        take_turn(scene, items, count, &turn);
        count = turn.call_count;
        for (size_t i = 0; i < count; i++)
            items[i] = answer_to(&turn.calls[i]);
        for (size_t i = 0; i < count; i++) {
            struct payscore_signed headers;
            ARMED((void)!payscore_call_sign(scene->trial.engine, &turn.calls[i], &headers));
        }
        payscore_calls_free(turn.calls, count);
        if (count == 0) return;
    }
}

static void read_all(struct scene *scene)
{
    struct payscore *engine = scene->trial.engine;
    struct payscore_name name = {0, PAYSCORE_TEXT("service_order"), PAYSCORE_TEXT(TRIAL_ORDER)};
    struct payscore_filter filter = {0};
    struct payscore_report report;
    char *json = NULL;
    uint64_t newest = 0;
#define READ(call)                                                                                 \
    do {                                                                                           \
        ARMED((void)!(call));                                                                      \
        payscore_free(json);                                                                       \
        json = NULL;                                                                               \
    } while (0)
    READ(payscore_show(engine, &name, &json));
    READ(payscore_history(engine, &name, true, &json));
    READ(payscore_list(engine, &filter, &json));
    READ(payscore_feed(engine, PAYSCORE_TEXT(""), 0, &json));
    READ(payscore_newest(engine, &newest));
    READ(payscore_verify(engine, &report));
    READ(payscore_report_json(&report, &json));
#undef READ
}

/* The scenes. */

static void play_driver(struct scene *scene)
{
    struct payscore_turn turn;
    if (!open_as(scene, PAYSCORE_DRIVER)) return;
    submit(scene, "create", "k1", body_create(TRIAL_ORDER, TRIAL_OPENID));
    turn_to_rest(scene);
    start(scene, "complete", "k2", body_complete(TRIAL_ORDER, 800));
    turn_to_rest(scene);
    struct payscore_item item = {.kind = PAYSCORE_NOTICE, .notice = paid};
    take_turn(scene, &item, 1, &turn);
    payscore_calls_free(turn.calls, turn.call_count);
    read_all(scene);
}

/* Afterwards. */

static void check_what_is_left(struct scene *scene)
{
    uint64_t newest = 0;
    struct payscore_error error;
    struct payscore_options options = options_of(scene, PAYSCORE_DRIVER);
    enum payscore_status rc = payscore_open(&scene->trial.engine, &options, &error);
    if (rc != PAYSCORE_OK) fail_msg("afterwards: %s", error.text);
    (void)trial_verify(&scene->trial);
    assert_int_equal(payscore_newest(scene->trial.engine, &newest), PAYSCORE_OK);
    assert_true(newest >= scene->acknowledged);
    payscore_close(scene->trial.engine);
}

typedef void play(struct scene *scene);

/* One run of a scene by a plan; returns how many calls could have failed. */
static unsigned run(play *play_scene, struct fault_plan plan)
{
    struct scene scene = {0};
    scene.trial.now_ms = INT64_C(1772330400000);
    scene.trial.seed = 88172645463325252u;
    scene.trial.map_bytes_max = 64 << 20;
    directory_make(scene.path);
    scene.trial.path = scene.path;
    prepare_platform(scene.trial.now_ms);
    faults_plan(plan);
    play_scene(&scene);
    ARMED(payscore_close(scene.trial.engine));
    scene.trial.engine = NULL;
    unsigned counted = faults_counted();
    faults_plan((struct fault_plan){.kind = FAULT_NONE});
    check_what_is_left(&scene);
    directory_remove(scene.path);
    return counted;
}

static void run_all(play *play_scene, enum fault_kind kind)
{
    struct fault_plan plan = {.kind = kind};
    (void)run(play_scene, plan); /* The first time OpenSSL fetches what it then keeps. */
    unsigned count = run(play_scene, plan);
    assert_true(count > 0);
    for (plan.at = 1; plan.at <= count; plan.at++) {
        if (faults_pass_over(plan.at)) continue;
        plan.lasting = false;
        (void)run(play_scene, plan);
        plan.lasting = true;
        (void)run(play_scene, plan);
    }
    print_message("%u calls, failed once and for good\n", count);
}

static void test_driver_memory(void **state)
{
    (void)state;
    run_all(play_driver, FAULT_MEMORY);
}

static void test_driver_lmdb(void **state)
{
    (void)state;
    run_all(play_driver, FAULT_LMDB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_driver_lmdb),
        cmocka_unit_test(test_driver_memory),
    };
    /* Syncs cost nothing where there is no disk. */
    if (access("/dev/shm", W_OK) == 0) (void)setenv("TMPDIR", "/dev/shm", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
