/*
 * What a driver can rely on, turn by turn: how many calls come out and which, when to come back,
 * what a turn that fails leaves behind, and that a clock that jumps loses nobody.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER   TRIAL_ORDER
#define DAY_MS  INT64_C(86400000)
#define YEAR_MS (365 * DAY_MS)

static const struct payscore_wants nothing_wanted = {0, 0, 0};

/* Orders PS000, PS001, …, each of a user of its own who is known to authorize the service. */
static void create_many(struct trial *t, unsigned count)
{
    char name[16], user[32], notice[2048];
    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof name, "PS%03u", i);
        snprintf(user, sizeof user, "oUser%03u", i);
        snprintf(notice, sizeof notice, "%s",
                 service_notice("USER_OPEN_SERVICE", user, "", "20260301090000"));
        trial_notice(t, "PAYSCORE.USER_OPEN_SERVICE", notice);
        trial_submit(t, "create", NULL, body_create(name, user));
    }
}

/* Wants. */

static void no_more_calls_come_out_than_are_wanted(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    t.wants = nothing_wanted;
    create_many(&t, 6);
    assert_int_equal(trial_calls(&t, NULL), 0);
    t.wants = (struct payscore_wants){.effects_max = 4, .asks_max = 9, .polls_max = 9};
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "create_order"), 4);
    trial_turn(&t); /* The first four are under way; two are left. */
    assert_int_equal(trial_calls(&t, "create_order"), 6);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "create_order"), 6);
    order_end(&t);
}

static void each_lane_has_its_own_share(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_completing(&t, "PS1", 100);
    trial_lose(&t, "complete_order", PAYSCORE_LOST); /* An ask. */
    walk_to_serving(&t, "PS2");                      /* A poll. */
    t.wants = (struct payscore_wants){.asks_max = 1};
    trial_advance(&t, DAY_MS);
    assert_int_equal(trial_calls(&t, NULL), 1);
    assert_int_equal(t.calls[0].lane, PAYSCORE_LANE_ASK);
    t.wants = (struct payscore_wants){.polls_max = 1};
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, NULL), 2);
    assert_int_equal(t.calls[1].lane, PAYSCORE_LANE_POLL);
    order_end(&t);
}

static void a_call_that_was_handed_out_is_not_handed_out_again(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    for (int i = 0; i < 5; i++)
        trial_advance(&t, DAY_MS);
    assert_int_equal(trial_calls(&t, "create_order"), 1);
    order_end(&t);
}

static void one_look_and_one_effect_are_under_way_at_once(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_serving(&t, ORDER);
    trial_advance_to_due(&t);
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    trial_submit(&t, "cancel", NULL, body_cancel(ORDER));
    assert_int_equal(trial_calls(&t, "cancel_order"), 1); /* It does not wait behind the look. */
    trial_lose(&t, "cancel_order", PAYSCORE_LOST);
    trial_advance(&t, 60000);
    assert_int_equal(trial_calls(&t, "query_order"), 1); /* The old look is still under way. */
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    assert_string_equal(trial_state(&t, "service_order", ORDER), "CANCEL_UNKNOWN");
    trial_advance_to_due(&t); /* It began before the cancel: another look is owed. */
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "REVOKED", "", "", -1));
    assert_string_equal(trial_state(&t, "service_order", ORDER), "REVOKED");
    order_end(&t);
}

static void calls_in_flight_are_bounded_and_none_is_forgotten(void **state)
{
    (void)state;
    enum { ORDERS = 300, IN_FLIGHT = 256 };
    struct trial t;
    struct payscore_turn turn = {.wants = {1000, 1000, 1000}};
    trial_open(&t, NULL);
    t.wants = nothing_wanted;
    create_many(&t, ORDERS);
    struct payscore_error error;
    assert_int_equal(payscore_turn(t.engine, &turn, &error), PAYSCORE_OK);
    assert_int_equal(turn.call_count, IN_FLIGHT);
    assert_true(turn.next_due_ms > t.now_ms);
    struct payscore_item items[IN_FLIGHT];
    for (size_t i = 0; i < IN_FLIGHT; i++)
        items[i] = (struct payscore_item){
            .kind = PAYSCORE_REPLY, .reply = {turn.calls[i].token, {.delivery = PAYSCORE_LOST}}};
    payscore_calls_free(turn.calls, turn.call_count);
    turn.items = items;
    turn.item_count = IN_FLIGHT;
    assert_int_equal(payscore_turn(t.engine, &turn, &error), PAYSCORE_OK);
    assert_int_equal(turn.call_count, ORDERS - IN_FLIGHT);
    payscore_calls_free(turn.calls, turn.call_count);
    order_end(&t);
}

/* Replies. */

/* "As many as there are", of one lane or of all. */
static void wants_may_be_without_end(void **state)
{
    (void)state;
    static const struct payscore_wants endless[] = {{SIZE_MAX, 2, 0},
                                                    {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
    for (size_t i = 0; i < sizeof endless / sizeof endless[0]; i++) {
        struct trial t;
        struct payscore_turn turn = {.wants = endless[i]};
        struct payscore_error error;
        trial_open(&t, NULL);
        t.wants = nothing_wanted;
        create_many(&t, 9);
        assert_int_equal(payscore_turn(t.engine, &turn, &error), PAYSCORE_OK);
        assert_int_equal(turn.call_count, 9);
        payscore_calls_free(turn.calls, turn.call_count);
        trial_close(&t);
    }
}

static void no_merchant_waits_for_the_end_of_anothers_calls(void **state)
{
    (void)state;
    struct trial t;
    struct payscore_error error;
    struct payscore_result result;
    struct payscore_merchant merchants[2] = {*trial_merchant(), *trial_merchant()};
    trial_open(&t, NULL);
    trial_close(&t);
    merchants[1].mchid = PAYSCORE_TEXT("1900000999");
    struct payscore_options options = trial_options(&t);
    options.merchants = merchants;
    options.merchant_count = 2;
    assert_int_equal(payscore_open(&t.engine, &options, &error), PAYSCORE_OK);
    for (unsigned i = 0; i < 9; i++) {
        char name[16];
        snprintf(name, sizeof name, "PS%03u", i);
        const char *body = body_create(name, name);
        struct payscore_command command = {
            i == 8, PAYSCORE_TEXT("create"), {NULL, 0}, {body, strlen(body)}};
        assert_int_equal(payscore_submit(t.engine, &command, &result, &error), PAYSCORE_OK);
    }
    size_t others = 0;
    for (int i = 0; i < 3; i++) { /* The first has enough for all of them. */
        struct payscore_turn turn = {.wants = {0, 1, 0}}; /* Who the users are. */
        assert_int_equal(payscore_turn(t.engine, &turn, &error), PAYSCORE_OK);
        assert_int_equal(turn.call_count, 1);
        others += turn.calls[0].merchant == 1 ? 1 : 0;
        payscore_calls_free(turn.calls, turn.call_count);
    }
    assert_int_equal(others, 1);
    payscore_close(t.engine);
}

static void an_unknown_token_is_refused_by_itself(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    struct payscore_item items[] = {
        {.kind = PAYSCORE_REPLY, .reply = {777777, {.delivery = PAYSCORE_LOST}}},
        {.kind = PAYSCORE_REPLY, .reply = {0, {.delivery = PAYSCORE_LOST}}},
        trial_command("check", NULL, body_check("oOther")),
    };
    trial_run(&t, items, 3);
    assert_int_equal(items[0].result.status, PAYSCORE_E_ARGUMENT);
    assert_int_equal(items[1].result.status, PAYSCORE_E_ARGUMENT);
    assert_int_equal(items[2].result.status, PAYSCORE_OK);
    assert_int_equal(items[2].result.verdict, PAYSCORE_TAKEN);
    assert_string_equal(trial_state(&t, "service_order", ORDER), "CREATE_SENDING");
    order_end(&t);
}

static void one_reply_given_twice_counts_once(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    uint64_t token = trial_call(&t, "create_order")->token;
    struct payscore_item items[2];
    for (int i = 0; i < 2; i++)
        items[i] = (struct payscore_item){.kind = PAYSCORE_REPLY,
                                          .reply = {token, {.delivery = PAYSCORE_LOST}}};
    trial_run(&t, items, 2);
    assert_int_equal(items[0].result.verdict, PAYSCORE_TAKEN);
    assert_int_equal(items[1].result.verdict, PAYSCORE_IGNORED);
    assert_string_equal(trial_member(&t, "service_order", ORDER, "attempts"), "1");
    order_end(&t);
}

static void how_a_call_ended_decides_what_is_known(void **state)
{
    (void)state;
    static const struct {
        enum payscore_delivery delivery;
        const char *state;
        bool stops_lane;
    } rows[] = {
        {PAYSCORE_NOT_SENT, "CREATE_SENDING", false},
        {PAYSCORE_LOST, "CREATE_UNKNOWN", false},
        {PAYSCORE_TLS, "CREATE_SENDING", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct trial t;
        trial_open(&t, NULL);
        walk_to_creating(&t, ORDER);
        struct payscore_result r = trial_lose(&t, "create_order", rows[i].delivery);
        assert_string_equal(r.state, rows[i].state);
        assert_int_equal(r.stops_lane, rows[i].stops_lane);
        assert_true(strlen(r.error.text) > 0);
        order_end(&t);
    }
}

/* Items. */

static void a_turn_takes_as_many_items_as_it_says(void **state)
{
    (void)state;
    enum { MANY = PAYSCORE_ITEMS_MAX };
    struct trial t;
    trial_open(&t, NULL);
    t.wants = nothing_wanted;
    struct payscore_item *items = calloc(MANY + 1, sizeof *items);
    char *bodies = calloc(MANY + 1, 64);
    for (int i = 0; i <= MANY; i++) {
        snprintf(bodies + 64 * i, 64, "{\"openid\":\"oUser%d\"}", i);
        items[i] = trial_command("check", NULL, bodies + 64 * i);
    }
    assert_int_equal(trial_try(&t, items, MANY + 1), PAYSCORE_E_ARGUMENT);
    for (int i = 0; i <= MANY; i++)
        assert_int_equal(items[i].result.status, PAYSCORE_E_ARGUMENT);
    assert_int_equal(trial_verify(&t), 0);
    trial_run(&t, items, MANY);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(items[i].result.verdict, PAYSCORE_TAKEN);
    assert_int_equal(trial_verify(&t), MANY);
    free(items);
    free(bodies);
    order_end(&t);
}

static void an_item_that_cannot_be_used_says_why_and_hinders_nobody(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    static char long_key[300];
    memset(long_key, 'k', sizeof long_key - 1);
    struct payscore_item items[] = {
        trial_command("refund", NULL, "{}"),
        trial_command("check", NULL, "{\"openid\":"),
        trial_command("check", NULL, "[]"),
        trial_command("check", NULL, "{}"),
        trial_command("check", long_key, body_check("o1")),
        trial_command("check", NULL, body_check("o1")),
        {.kind = (enum payscore_item_kind)9},
        {.kind = PAYSCORE_NOTICE, .notice = {.body = PAYSCORE_TEXT("{}")}},
        trial_command("check", NULL, body_check("o2")),
    };
    items[5].command.merchant = 1;
    trial_run(&t, items, 9);
    static const enum payscore_status statuses[] = {
        PAYSCORE_E_INPUT, PAYSCORE_E_INPUT,    PAYSCORE_E_INPUT,    PAYSCORE_E_INPUT,
        PAYSCORE_E_INPUT, PAYSCORE_E_ARGUMENT, PAYSCORE_E_ARGUMENT, PAYSCORE_E_FORGED};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        assert_int_equal(items[i].result.status, statuses[i]);
        assert_string_equal(items[i].result.state, "");
    }
    assert_int_equal(items[8].result.verdict, PAYSCORE_TAKEN);
    assert_int_equal(trial_verify(&t), 1);
    order_end(&t);
}

static void without_keys_nothing_is_called_or_believed(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    payscore_close(t.engine);
    struct payscore_merchant merchant = *trial_merchant();
    merchant.credentials = NULL;
    struct payscore_options options = trial_options(&t);
    options.merchants = &merchant;
    struct payscore_error error;
    assert_int_equal(payscore_open(&t.engine, &options, &error), PAYSCORE_OK);
    struct payscore_result r = trial_submit(&t, "check", NULL, body_check("o1"));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN); /* A command needs no key: it waits. */
    assert_int_equal(trial_calls(&t, NULL), 0);
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);
    r = trial_notice(&t, "PAYSCORE.USER_PAID", "{}");
    assert_int_equal(r.status, PAYSCORE_E_KEY);
    struct payscore_call call = {.method = "GET", .url = PAYSCORE_TEXT("/v3/x")};
    struct payscore_signed lines;
    assert_int_equal(payscore_call_sign(t.engine, &call, &lines), PAYSCORE_E_KEY);
    call.merchant = 1;
    assert_int_equal(payscore_call_sign(t.engine, &call, &lines), PAYSCORE_E_ARGUMENT);
    order_end(&t);
}

static void a_call_is_signed_for_its_moment(void **state)
{
    (void)state;
    struct trial t;
    struct payscore_signed lines, later;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    const struct payscore_call *call = trial_call(&t, "create_order");
    assert_int_equal(payscore_call_sign(t.engine, call, &lines), PAYSCORE_OK);
    assert_int_equal(lines.count, 5);
    assert_non_null(strstr(lines.lines[0], "Authorization: WECHATPAY2-SHA256-RSA2048 "));
    assert_non_null(strstr(lines.lines[0], "mchid=\"" TRIAL_MCHID "\""));
    assert_string_equal(lines.lines[3], "Content-Type: application/json");
    assert_non_null(strstr(lines.lines[4], "Wechatpay-Serial: PUB_KEY_ID_"));
    t.now_ms += 1000;
    assert_int_equal(payscore_call_sign(t.engine, call, &later), PAYSCORE_OK);
    assert_string_not_equal(later.lines[0], lines.lines[0]);
    order_end(&t);
}

static void one_command_can_be_submitted_outside_a_loop(void **state)
{
    (void)state;
    struct trial t;
    struct payscore_error error;
    struct payscore_result result;
    trial_open(&t, NULL);
    struct payscore_item item = trial_command("check", NULL, body_check("o1"));
    assert_int_equal(payscore_submit(t.engine, &item.command, &result, &error), PAYSCORE_OK);
    assert_int_equal(result.verdict, PAYSCORE_TAKEN);
    item = trial_command("check", NULL, "{}");
    assert_int_equal(payscore_submit(t.engine, &item.command, &result, &error), PAYSCORE_E_INPUT);
    assert_non_null(strstr(error.text, "openid"));
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, NULL), 1); /* The loop sees to what is owed. */
    order_end(&t);
}

static void options_that_cannot_be_served_are_refused(void **state)
{
    (void)state;
    struct trial t = {.seed = 1};
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_merchant merchants[5];
    for (int i = 0; i < 5; i++)
        merchants[i] = *trial_merchant();
    static char far_too_long[300];
    memset(far_too_long, 'u', sizeof far_too_long - 1);
    merchants[0].mchid.size = 0;
    merchants[1].appid.size = 0;
    merchants[2].service_id.size = 0;
    merchants[3].notify_url = (struct payscore_text){far_too_long, sizeof far_too_long - 1};
    merchants[4].appid = (struct payscore_text){far_too_long, 33};
    struct payscore_options options = trial_options(&t);
    for (int i = 0; i < 5; i++) {
        options.merchants = &merchants[i];
        assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_ARGUMENT);
        assert_true(strlen(error.text) > 0);
    }
    options.merchant_count = 65;
    assert_int_equal(payscore_open(&engine, &options, NULL), PAYSCORE_E_ARGUMENT);
    options = trial_options(&t);
    options.size--;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_ARGUMENT);
    assert_null(engine);
    options.size = sizeof options + 8;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_VERSION);
    assert_null(engine);
    options.size = sizeof options;
    options.patience_ms = -1;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_ARGUMENT);
    options = trial_options(&t); /* As a program knows them that was built before they grew. */
    options.size = offsetof(struct payscore_options, reserve_bytes);
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_OK);
    payscore_close(engine);
    payscore_close(NULL);
}

/* When to come back. */

static void a_driver_that_comes_back_when_told_is_never_busy_for_nothing(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_paid(&t, "PS1", 100); /* Deadlines that nobody means any more wake nobody. */
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);
    walk_to_collecting(&t, "PS2", 100);
    walk_to_serving(&t, "PS3");
    walk_to_creating(&t, "PS4");
    trial_submit(&t, "create", NULL, body_create("PS5", "oSomebodyElse"));
    for (int i = 0; i < 2000; i++) {
        while (t.call_count > 0 && i % 3 != 0) /* Some calls stay under way for a while. */
            trial_lose(&t, t.calls[0].name, i % 2 == 0 ? PAYSCORE_LOST : PAYSCORE_NOT_SENT);
        assert_true(t.turn.next_due_ms > t.now_ms);
        if (t.turn.next_due_ms == INT64_MAX) continue;
        t.now_ms = t.turn.next_due_ms;
        trial_turn(&t);
    }
    order_end(&t);
}

static void an_order_in_service_is_polled_ever_more_slowly_but_never_less_than_daily(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_serving(&t, ORDER);
    int polls = 0;
    for (int64_t begin_ms = t.now_ms; t.now_ms < begin_ms + 60 * DAY_MS; polls++) {
        int64_t before_ms = t.now_ms;
        trial_advance_to_due(&t);
        assert_true(t.now_ms - before_ms <= DAY_MS + DAY_MS / 8);
        trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    }
    assert_true(polls > 80 && polls < 150); /* A day is the longest wait: 60 and the quick first. */
    order_end(&t);
}

/* The clock jumps. */

static void a_clock_that_went_back_forgets_nobody(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_collecting(&t, "PS1", 100);
    trial_turn(&t);
    t.now_ms -= YEAR_MS;
    walk_to_serving(&t, "PS2");
    trial_submit(&t, "complete", NULL, body_complete_at("PS2", 100, "20250301100000"));
    trial_answer(&t, "complete_order", 200, seen_order("PS2", "DOING", "MCH_COMPLETE", "", 100));
    trial_turn(&t); /* Its deadline lies before that of the other. */
    assert_int_equal(trial_calls(&t, "query_order"), 1); /* PS1: far ahead means now. */
    trial_answer(&t, "query_order", 200, seen_order("PS1", "DONE", "", "USER_PAID", 100));
    assert_string_equal(trial_state(&t, "service_order", "PS1"), "DONE");
    assert_true(t.turn.next_due_ms > t.now_ms);
    order_end(&t);
}

static void an_effect_does_not_wait_for_a_clock_that_went_back_some_hours(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_creating(&t, ORDER);
    trial_lose(&t, "create_order", PAYSCORE_NOT_SENT);
    t.now_ms -= 10 * 3600000;
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "create_order"), 1);
    order_end(&t);
}

static void a_clock_that_went_ahead_only_makes_us_look(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    walk_to_serving(&t, ORDER);
    trial_advance(&t, YEAR_MS);
    assert_string_equal(trial_state(&t, "service_order", ORDER), "SERVING");
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    t.now_ms -= YEAR_MS;
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    trial_submit(&t, "complete", NULL, body_complete(ORDER, 800));
    assert_int_equal(trial_calls(&t, "complete_order"), 1);
    order_end(&t); /* Times of entries never decrease: verification would say so. */
}

/* A turn that fails. */

static void fill_up(struct trial *t, unsigned *orders)
{
    char name[16], user[32];
    enum payscore_status rc = PAYSCORE_OK;
    struct payscore_item item;
    for (*orders = 0; rc == PAYSCORE_OK && *orders < 20000; ++*orders) {
        snprintf(name, sizeof name, "PS%05u", *orders);
        snprintf(user, sizeof user, "oUser%05u", *orders);
        item = trial_command("create", NULL, body_create(name, user));
        rc = trial_try(t, &item, 1);
    }
    assert_int_equal(rc, PAYSCORE_E_FULL);
    assert_int_equal(item.result.status, PAYSCORE_E_FULL);
    assert_string_equal(item.result.state, "");
    --*orders;
    assert_string_equal(trial_state(t, "service_order", name), ""); /* Nothing half. */
}

static void a_full_store_refuses_loses_nothing_and_goes_on_when_there_is_room(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE], last[16];
    unsigned orders = 0;
    directory_make(directory);
    trial_open(&t, directory);
    payscore_close(t.engine);
    t.map_bytes_max = 1 << 20;
    struct payscore_options options = trial_options(&t);
    struct payscore_error error;
    assert_int_equal(payscore_open(&t.engine, &options, &error), PAYSCORE_OK);
    t.wants = nothing_wanted;
    fill_up(&t, &orders);
    assert_true(orders > 10);
    uint64_t entries = trial_verify(&t);

    t.map_bytes_max = 64 << 20;
    trial_reopen(&t);
    assert_int_equal(trial_verify(&t), entries);
    snprintf(last, sizeof last, "PS%05u", orders);
    struct payscore_result r = trial_submit(&t, "create", NULL, body_create(last, "oUserLast"));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    order_end(&t);
    directory_remove(directory);
}

/* An answer that is hard to squeeze: there is no room for it. */
static struct payscore_item large_reply(struct trial *t, uint64_t token)
{
    enum { SIZE = 400000 };
    static char body[SIZE];
    for (size_t i = 0; i < SIZE; i++) {
        t->seed = t->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        body[i] = (char)(t->seed >> 56);
    }
    struct payscore_item item = {
        .kind = PAYSCORE_REPLY,
        .reply = {token, {.delivery = PAYSCORE_ANSWERED, .status = 502, .body = {body, SIZE}}}};
    return item;
}

static void a_reply_that_could_not_be_stored_makes_the_call_owed_again(void **state)
{
    (void)state;
    struct trial t;
    char directory[DIRECTORY_PATH_SIZE];
    unsigned orders = 0;
    directory_make(directory);
    trial_open(&t, directory);
    payscore_close(t.engine);
    t.map_bytes_max = 1 << 20;
    struct payscore_options options = trial_options(&t);
    struct payscore_error error;
    assert_int_equal(payscore_open(&t.engine, &options, &error), PAYSCORE_OK);
    walk_to_creating(&t, ORDER);
    uint64_t token = trial_call(&t, "create_order")->token;
    t.wants = nothing_wanted;
    fill_up(&t, &orders);

    struct payscore_item item = large_reply(&t, token);
    assert_int_equal(trial_try(&t, &item, 1), PAYSCORE_E_FULL);
    assert_int_equal(item.result.status, PAYSCORE_E_FULL);
    assert_int_equal(t.turn.call_count, 0);
    assert_string_equal(trial_state(&t, "service_order", ORDER), "CREATE_SENDING");
    item.reply.token = token; /* It is not under way any more. */
    trial_run(&t, &item, 1);
    assert_int_equal(item.result.status, PAYSCORE_E_ARGUMENT);

    t.map_bytes_max = 64 << 20;
    trial_reopen(&t);
    trial_turn(&t);
    assert_string_equal(trial_state(&t, "service_order", ORDER), "CREATE_UNKNOWN");
    order_end(&t);
    directory_remove(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_more_calls_come_out_than_are_wanted),
        cmocka_unit_test(each_lane_has_its_own_share),
        cmocka_unit_test(a_call_that_was_handed_out_is_not_handed_out_again),
        cmocka_unit_test(one_look_and_one_effect_are_under_way_at_once),
        cmocka_unit_test(calls_in_flight_are_bounded_and_none_is_forgotten),
        cmocka_unit_test(wants_may_be_without_end),
        cmocka_unit_test(no_merchant_waits_for_the_end_of_anothers_calls),
        cmocka_unit_test(an_unknown_token_is_refused_by_itself),
        cmocka_unit_test(one_reply_given_twice_counts_once),
        cmocka_unit_test(how_a_call_ended_decides_what_is_known),
        cmocka_unit_test(a_turn_takes_as_many_items_as_it_says),
        cmocka_unit_test(an_item_that_cannot_be_used_says_why_and_hinders_nobody),
        cmocka_unit_test(without_keys_nothing_is_called_or_believed),
        cmocka_unit_test(a_call_is_signed_for_its_moment),
        cmocka_unit_test(one_command_can_be_submitted_outside_a_loop),
        cmocka_unit_test(options_that_cannot_be_served_are_refused),
        cmocka_unit_test(a_driver_that_comes_back_when_told_is_never_busy_for_nothing),
        cmocka_unit_test(an_order_in_service_is_polled_ever_more_slowly_but_never_less_than_daily),
        cmocka_unit_test(a_clock_that_went_back_forgets_nobody),
        cmocka_unit_test(an_effect_does_not_wait_for_a_clock_that_went_back_some_hours),
        cmocka_unit_test(a_clock_that_went_ahead_only_makes_us_look),
        cmocka_unit_test(a_full_store_refuses_loses_nothing_and_goes_on_when_there_is_room),
        cmocka_unit_test(a_reply_that_could_not_be_stored_makes_the_call_owed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
