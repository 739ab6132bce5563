#include "support/crowd.h"

#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/trial.h"

struct payscore *crowd_open(const char *path, enum payscore_role role)
{
    struct payscore *engine = NULL;
    struct payscore_error error;
    enum payscore_status rc =
        payscore_open(&engine,
                      PAYSCORE_OPTIONS(.path = path, .role = role, .map_bytes_max = 256 << 20,
                                       .merchants = trial_merchant(), .merchant_count = 1),
                      &error);
    if (rc != PAYSCORE_OK) fail_msg("%s", error.text);
    return engine;
}

void crowd_create(const char *order, char body[CROWD_BODY_SIZE])
{
    snprintf(body, CROWD_BODY_SIZE,
             "{\"out_order_no\":\"%s\",\"service_introduction\":\"共享充电宝租借\","
             "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
             "\"openid\":\"user_of_%s\"}",
             order, order);
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, string == NULL ? 0 : strlen(string)};
}

struct payscore_command crowd_command(const char *name, const char *key, const char *body)
{
    return (struct payscore_command){0, text_of(name), text_of(key), text_of(body)};
}

static void *run_one(void *user)
{
    struct crowd *crowd = user;
    crowd->work(crowd, atomic_fetch_add(&crowd->next, 1));
    atomic_fetch_sub(&crowd->running, 1);
    return NULL;
}

size_t crowd_turn(struct payscore *engine)
{
    struct payscore_turn turn = {.wants = {8, 8, 8}};
    struct payscore_error error;
    if (payscore_turn(engine, &turn, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    size_t calls = turn.call_count;
    payscore_calls_free(turn.calls, turn.call_count);
    return calls;
}

bool crowd_is_readable(int descriptor)
{
    struct pollfd wanted = {.fd = descriptor, .events = POLLIN};
    return poll(&wanted, 1, 0) == 1;
}

static void drive_on(struct crowd *crowd)
{
    struct pollfd wanted = {.fd = payscore_descriptor(crowd->engine), .events = POLLIN};
    while (atomic_load(&crowd->running) > 0)
        if (poll(&wanted, 1, 10) == 1) crowd_turn(crowd->engine);
}

void crowd_run(struct crowd *crowd, bool drive)
{
    pthread_t threads[CROWD_MAX] = {0};
    assert_true(crowd->threads <= CROWD_MAX);
    atomic_store(&crowd->running, crowd->threads);
    for (unsigned i = 0; i < crowd->threads; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run_one, crowd), 0);
    if (drive) drive_on(crowd);
    for (unsigned i = 0; i < crowd->threads; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(atomic_load(&crowd->failures), 0);
}

uint64_t crowd_verify(struct payscore *engine)
{
    struct payscore_report report;
    assert_int_equal(payscore_verify(engine, &report), PAYSCORE_OK);
    if (report.faults > 0) fail_msg("%s", report.first.text);
    return report.entries;
}
