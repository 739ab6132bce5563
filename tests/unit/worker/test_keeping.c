/* Retention by the worker: in parts, when nobody waits, and never where nobody asked for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "support/walk.h"
#include "worker/keeping.h"

enum { DAYS = 30, PATIENCE_MS = 20000 };
#define DAY_MS INT64_C(86400000)

struct scene {
    struct trial trial;
    struct ps_state state;
    struct ps_keeping keeping;
    uv_loop_t loop;
    uv_timer_t patience;
};

static struct scene scene;

/* An order that was paid, and then more than a month went by. */
static int set_up(void **state)
{
    (void)state;
    memset(&scene, 0, sizeof scene);
    trial_open(&scene.trial, NULL);
    walk_to_paid(&scene.trial, TRIAL_ORDER, 800);
    scene.trial.now_ms += (DAYS + 10) * DAY_MS;
    assert_int_equal(uv_loop_init(&scene.loop), 0);
    scene.state.engine = scene.trial.engine;
    scene.state.loop = &scene.loop;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ps_keeping_stop(&scene.keeping);
    while (scene.keeping.working)
        uv_run(&scene.loop, UV_RUN_ONCE);
    ps_keeping_close(&scene.keeping);
    uv_run(&scene.loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&scene.loop), 0);
    trial_verify(&scene.trial);
    trial_close(&scene.trial);
    return 0;
}

static int64_t retired(void)
{
    return scene.state.metrics.values[PS_METRIC_retired];
}

static void give_up(uv_timer_t *timer)
{
    (void)timer;
    fail_msg("no part came to its end");
}

/* Until a part that began has ended. */
static void run_part(void)
{
    uv_timer_init(&scene.loop, &scene.patience);
    uv_timer_start(&scene.patience, give_up, PATIENCE_MS, 0);
    while (scene.keeping.work.data == NULL || scene.keeping.working)
        uv_run(&scene.loop, UV_RUN_ONCE);
    uv_close((uv_handle_t *)&scene.patience, NULL);
}

static void what_ended_long_ago_is_retired(void **state)
{
    (void)state;
    ps_keeping_open(&scene.keeping, &scene.state, DAYS, 0);
    run_part();
    assert_int_equal(retired(), 1);
    assert_string_equal(
        trial_member(&scene.trial, "service_order", TRIAL_ORDER, "retired.paid_fen"), "800");
}

static void what_ended_later_stays(void **state)
{
    (void)state;
    ps_keeping_open(&scene.keeping, &scene.state, DAYS + 20, 0);
    run_part();
    assert_int_equal(retired(), 0);
    assert_string_equal(trial_state(&scene.trial, "service_order", TRIAL_ORDER), "DONE");
}

static void without_days_nothing_begins(void **state)
{
    (void)state;
    ps_keeping_open(&scene.keeping, &scene.state, 0, 0);
    assert_int_equal(uv_run(&scene.loop, UV_RUN_NOWAIT), 0); /* Nothing to wait for. */
    assert_false(scene.keeping.working);
}

static void those_who_wait_come_first(void **state)
{
    (void)state;
    scene.state.queued = 1;
    ps_keeping_open(&scene.keeping, &scene.state, DAYS, 0);
    uv_run(&scene.loop, UV_RUN_ONCE);
    assert_false(scene.keeping.working);
    assert_true(uv_is_active((uv_handle_t *)&scene.keeping.timer));
    assert_int_equal(retired(), 0);
}

static void those_who_always_wait_do_not_stop_it(void **state)
{
    (void)state;
    scene.state.queued = 1;
    ps_keeping_open(&scene.keeping, &scene.state, DAYS, 0);
    scene.keeping.put_off = PS_KEEPING_PUT_OFF_MAX;
    run_part();
    assert_int_equal(retired(), 1);
    assert_int_equal(scene.keeping.put_off, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_ended_long_ago_is_retired),       TEST(what_ended_later_stays),
        TEST(without_days_nothing_begins),          TEST(those_who_wait_come_first),
        TEST(those_who_always_wait_do_not_stop_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
