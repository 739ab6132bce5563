/*
 * A process ends and another goes on with its store: what was owed, promised and answered stands.
 * Closing and opening again is a new process as far as the store can tell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/walk.h"

#define ORDER TRIAL_ORDER

static char directory[DIRECTORY_PATH_SIZE];

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    directory_remove(directory);
    return 0;
}

static void begin(struct trial *t)
{
    trial_open(t, directory);
}

static void reopen(struct trial *t)
{
    trial_reopen(t);
    trial_turn(t);
}

static void an_effect_that_was_handed_out_counts_as_sent(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    walk_to_creating(&t, ORDER);
    reopen(&t);
    assert_string_equal(order_state(&t), "CREATE_UNKNOWN");
    assert_int_equal(trial_calls(&t, "create_order"), 0);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

static void an_effect_that_fell_due_later_was_not_handed_out(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    walk_to_creating(&t, ORDER);
    trial_lose(&t, "create_order", PAYSCORE_NOT_SENT);
    assert_int_equal(trial_calls(&t, NULL), 0); /* The same bytes a little later. */
    reopen(&t);
    assert_string_equal(order_state(&t), "CREATE_SENDING");
    trial_advance_to_due(&t);
    assert_int_equal(trial_calls(&t, "create_order"), 1);
    order_end(&t);
}

static void the_same_bytes_are_sent_by_the_next_process(void **state)
{
    (void)state;
    struct trial t;
    char first[2048];
    begin(&t);
    walk_to_creating(&t, ORDER);
    struct payscore_text body = trial_call(&t, "create_order")->body;
    size_t size = body.size;
    assert_true(size > 0 && size < sizeof first);
    memcpy(first, body.data, size);
    reopen(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 404, BODY_ABSENT);
    trial_advance_to_due(&t);
    body = trial_call(&t, "create_order")->body;
    assert_int_equal(body.size, size);
    assert_memory_equal(body.data, first, size);
    order_end(&t);
}

static void a_question_that_was_handed_out_is_asked_again(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    walk_to_collecting(&t, ORDER, 800);
    trial_advance_to_due(&t);
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    reopen(&t);
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    assert_string_equal(order_state(&t), "DONE");
    order_end(&t);
}

static void deadlines_stand(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    walk_to_serving(&t, ORDER);
    int64_t served_ms = t.now_ms;
    reopen(&t);
    assert_int_equal(trial_calls(&t, NULL), 0);
    trial_advance_to_due(&t); /* A minute, spread by an eighth. */
    assert_int_equal(trial_calls(&t, "query_order"), 1);
    assert_true(t.now_ms >= served_ms + 60000 && t.now_ms < served_ms + 67500);
    order_end(&t);
}

static void receipts_and_handovers_stand(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    struct payscore_result first =
        trial_submit(&t, "preauthorize", "k-1", body_preauthorize(TRIAL_CODE));
    trial_answer(&t, "preauthorize", 200, "{\"apply_permissions_token\":\"1230000109\"}");
    reopen(&t);
    struct payscore_result again =
        trial_submit(&t, "preauthorize", "k-1", body_preauthorize(TRIAL_CODE));
    assert_int_equal(again.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(again.entry, first.entry);
    struct payscore_name name = {0, PAYSCORE_TEXT("preauthorization"), PAYSCORE_TEXT(TRIAL_CODE)};
    char *json = NULL;
    assert_int_equal(payscore_show(t.engine, &name, &json), PAYSCORE_OK);
    assert_non_null(strstr(json, "1230000109"));
    payscore_free(json);
    order_end(&t);
}

static void a_reply_to_a_call_of_an_earlier_process_is_not_taken(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    walk_to_creating(&t, ORDER);
    uint64_t token = trial_call(&t, "create_order")->token;
    trial_reopen(&t);
    struct payscore_item item = {.kind = PAYSCORE_REPLY,
                                 .reply = {token, {.delivery = PAYSCORE_NOT_SENT}}};
    trial_run(&t, &item, 1);
    assert_int_equal(item.result.status, PAYSCORE_E_ARGUMENT);
    assert_non_null(strstr(item.result.error.text, "token"));
    order_end(&t);
}

/* A platform that does what it is told, once. */
struct platform {
    int creates, completes; /* That took effect. */
    bool served, completed, paid;
};

static void carry_out(struct platform *p, const char *call)
{
    if (strcmp(call, "create_order") == 0 && !p->served) {
        p->served = true;
        p->creates++;
    }
    if (strcmp(call, "complete_order") == 0 && p->served && !p->completed) {
        p->completed = true;
        p->completes++;
    }
}

static const char *seen(const struct platform *p)
{
    if (p->paid) return seen_order(ORDER, "DONE", "", "USER_PAID", 800);
    if (p->completed) return seen_order(ORDER, "DOING", "MCH_COMPLETE", "USER_PAYING", 800);
    return seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1);
}

/* Every effect takes place, and the process dies before its reply; questions are answered. */
static void deal_with_calls(struct trial *t, struct platform *p)
{
    while (t->call_count > 0) {
        const char *call = t->calls[0].name;
        if (strcmp(call, "query_authorization_by_openid") == 0) {
            trial_answer(t, call, 200, seen_authorization("AVAILABLE", "", TRIAL_OPENID, "", ""));
        } else if (strcmp(call, "query_order") == 0) {
            if (p->completed) p->paid = true;
            trial_answer(t, call, p->served ? 200 : 404, p->served ? seen(p) : BODY_ABSENT);
        } else {
            carry_out(p, call);
            reopen(t);
        }
    }
}

static void an_order_is_paid_though_the_process_dies_after_every_turn(void **state)
{
    (void)state;
    struct trial t;
    struct platform p = {0};
    begin(&t);
    trial_submit(&t, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    uint64_t entries = 0;
    for (int i = 0; i < 100 && strcmp(order_state(&t), "DONE") != 0; i++) {
        reopen(&t);
        if (t.call_count == 0 && strcmp(order_state(&t), "SERVING") == 0) {
            trial_submit(&t, "complete", "k-complete", body_complete(ORDER, 800));
            reopen(&t); /* Whoever died before sending it has sent it, for all we know. */
        }
        if (t.call_count == 0 && t.turn.next_due_ms != INT64_MAX) {
            t.now_ms = t.turn.next_due_ms > t.now_ms ? t.turn.next_due_ms : t.now_ms;
            trial_turn(&t);
        }
        deal_with_calls(&t, &p);
        assert_true(trial_verify(&t) >= entries);
        entries = trial_verify(&t);
    }
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(trial_member(&t, "service_order", ORDER, "paid_fen"), "800");
    assert_string_equal(trial_member(&t, "service_order", ORDER, "held"), "");
    assert_int_equal(p.creates, 1);
    assert_int_equal(p.completes, 1);
    order_end(&t);
}

/* Roles. */

static void a_reader_reads_and_does_not_drive(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    walk_to_paid(&t, ORDER, 800);
    payscore_close(t.engine);
    struct payscore_options options = trial_options(&t);
    options.role = PAYSCORE_READER;
    struct payscore_error error;
    assert_int_equal(payscore_open(&t.engine, &options, &error), PAYSCORE_OK);
    assert_string_equal(order_state(&t), "DONE");
    struct payscore_item item = trial_command("check", NULL, body_check(TRIAL_OPENID));
    assert_int_equal(trial_try(&t, &item, 1), PAYSCORE_E_ARGUMENT);
    assert_int_equal(item.result.status, PAYSCORE_E_ARGUMENT);
    struct payscore_result result;
    assert_int_equal(payscore_submit(t.engine, &item.command, &result, &error),
                     PAYSCORE_E_ARGUMENT);
    order_end(&t);
}

static void there_is_nothing_to_read_where_nothing_was_made(void **state)
{
    (void)state;
    struct trial t = {.path = directory, .seed = 1, .map_bytes_max = 64 << 20};
    struct payscore_options options = trial_options(&t);
    options.role = PAYSCORE_READER;
    struct payscore_error error;
    struct payscore *engine = NULL;
    assert_int_equal(payscore_open(&engine, &options, &error), PAYSCORE_E_NOT_FOUND);
    assert_null(engine);
    assert_true(strlen(error.text) > 0);
}

static void the_driver_of_a_store_is_known(void **state)
{
    (void)state;
    struct trial t;
    struct payscore_owner owner;
    begin(&t);
    assert_int_equal(payscore_driver("", &owner), PAYSCORE_E_ARGUMENT);
    assert_int_equal(payscore_driver(directory, &owner), PAYSCORE_OK);
    assert_true(owner.driven);
    assert_int_equal(owner.pid, getpid());
    order_end(&t);
    assert_int_equal(payscore_driver(directory, &owner), PAYSCORE_OK);
    assert_false(owner.driven);
}

/* A configuration that forgot a service. */

static void open_with_services(struct trial *t, size_t count)
{
    static struct payscore_merchant merchants[2];
    merchants[0] = merchants[1] = *trial_merchant();
    merchants[1].service_id = PAYSCORE_TEXT("00002000000000158728912345678902");
    struct payscore_options options = trial_options(t);
    options.merchants = merchants;
    options.merchant_count = count;
    struct payscore_error error;
    payscore_close(t->engine);
    assert_int_equal(payscore_open(&t->engine, &options, &error), PAYSCORE_OK);
}

static void what_a_forgotten_service_owes_waits_and_busies_nobody(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    open_with_services(&t, 2);
    struct payscore_item item = trial_command("create", NULL, body_create(ORDER, TRIAL_OPENID));
    item.command.merchant = 1;
    t.wants = (struct payscore_wants){0, 0, 0};
    trial_run(&t, &item, 1);
    assert_int_equal(item.result.verdict, PAYSCORE_TAKEN);

    open_with_services(&t, 1);
    trial_advance(&t, 600000);
    assert_int_equal(t.turn.next_due_ms, INT64_MAX);

    open_with_services(&t, 2);
    t.wants = (struct payscore_wants){16, 16, 16};
    uint64_t entries = trial_verify(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "query_authorization_by_openid"), 1);
    assert_true(trial_verify(&t) > entries); /* It woke. */
    order_end(&t);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_effect_that_was_handed_out_counts_as_sent),
        TEST(an_effect_that_fell_due_later_was_not_handed_out),
        TEST(the_same_bytes_are_sent_by_the_next_process),
        TEST(a_question_that_was_handed_out_is_asked_again),
        TEST(deadlines_stand),
        TEST(receipts_and_handovers_stand),
        TEST(a_reply_to_a_call_of_an_earlier_process_is_not_taken),
        TEST(an_order_is_paid_though_the_process_dies_after_every_turn),
        TEST(a_reader_reads_and_does_not_drive),
        TEST(there_is_nothing_to_read_where_nothing_was_made),
        TEST(the_driver_of_a_store_is_known),
        TEST(what_a_forgotten_service_owes_waits_and_busies_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
