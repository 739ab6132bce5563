/*
 * What must hold when the world is hostile: answers that cannot be stored, two drivers, a platform
 * that changes its word, a store with altered bytes, services that came and went.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/charts.h"
#include "engine/internal.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/order.h"
#include "support/trial.h"

#define ORDER     TRIAL_ORDER
#define SERVICE_B "00002000000000158728912345678902"
#define APPID_B   "wx9999999999999999"
#define MINUTE_MS 60000
#define HOUR_MS   3600000

static const char *available(void)
{
    return seen_authorization("AVAILABLE", "", TRIAL_OPENID, "2026-03-01T09:00:00+08:00", "");
}

static void sending(struct trial *t, const char *path)
{
    trial_open(t, path);
    trial_submit(t, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    trial_answer(t, "query_authorization_by_openid", 200, available());
    trial_turn(t);
    assert_int_equal(trial_calls(t, "create_order"), 1);
}

static void serving(struct trial *t)
{
    sending(t, NULL);
    trial_answer(t, "create_order", 200, order_in_service());
    assert_string_equal(order_state(t), "SERVING");
}

static void collecting(struct trial *t)
{
    serving(t);
    trial_submit(t, "complete", "k-complete", body_complete(ORDER, 800));
    trial_answer(t, "complete_order", 200, seen_order(ORDER, "DOING", "MCH_COMPLETE", "", 800));
    assert_string_equal(order_state(t), "COLLECTING");
}

/* Nothing can be written behind the two meta pages: the disk is full. */
static void disk_is_full(bool full)
{
    struct rlimit limit = {full ? 8192 : RLIM_INFINITY, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* Opens with these merchants instead of the trial's own. */
static void open_as(struct trial *t, const struct payscore_merchant *merchants, size_t count)
{
    struct payscore_options options = trial_options(t);
    struct payscore_error error;
    while (t->call_count > 0)
        trial_lose(t, NULL, PAYSCORE_LOST);
    payscore_close(t->engine);
    options.merchants = merchants;
    options.merchant_count = count;
    if (payscore_open(&t->engine, &options, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
}

static void an_answer_that_could_not_be_stored_leaves_its_attempt_in_doubt(void **state)
{
    (void)state;
    struct trial t;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    sending(&t, path);
    struct payscore_item item = {.kind = PAYSCORE_REPLY};
    item.reply.token = trial_call(&t, "create_order")->token;
    item.reply.exchange.delivery = PAYSCORE_LOST;
    disk_is_full(true);
    enum payscore_status rc = trial_try(&t, &item, 1);
    enum payscore_status again = trial_try(&t, NULL, 0);
    size_t sent = trial_calls(&t, "create_order");
    disk_is_full(false);
    assert_int_equal(rc, PAYSCORE_E_FULL);
    assert_int_equal(again, PAYSCORE_E_FULL);
    assert_int_equal(sent, 1); /* Only the one that was answered. */
    trial_turn(&t);
    assert_string_equal(order_state(&t), "CREATE_UNKNOWN");
    assert_string_equal(order_member(&t, "doubts"), "1");
    order_end(&t);
    directory_remove(path);
}

static void another_driver_ends_the_writing_of_the_first(void **state)
{
    (void)state;
    struct trial t, other;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    char lock[512];
    int go[2];
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        if (read(go[0], &byte, 1) != 1) _exit(2);
        trial_open(&other, path);
        trial_submit(&other, "create", "k-2", body_create("OTHER", TRIAL_OPENID));
        _exit(0);
    }
    sending(&t, path);
    snprintf(lock, sizeof lock, "%s/driver.lock", path);
    assert_int_equal(unlink(lock), 0);
    assert_int_equal(write(go[1], "x", 1), 1);
    int status = 0;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    struct payscore_item item = trial_command("create", "k-3", body_create("THIRD", TRIAL_OPENID));
    enum payscore_status rc = trial_try(&t, &item, 1);
    assert_int_equal(rc, PAYSCORE_E_BUSY);
    trial_close(&t);
    directory_remove(path);
}

static void money_that_shows_after_the_end_is_booked(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_advance_to_due(&t);
    trial_answer(&t, "query_order", 200, seen_order(ORDER, "DONE", "", "", 800));
    assert_string_equal(order_state(&t), "DONE");
    assert_string_equal(order_member(&t, "paid_fen"), "0");
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 800));
    assert_string_equal(order_member(&t, "paid_fen"), "800");
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 1600));
    assert_string_equal(order_member(&t, "paid_fen"), "1600");
    order_end(&t);
}

static void money_that_shows_while_collecting_is_booked(void **state)
{
    (void)state;
    struct trial t;
    collecting(&t);
    trial_advance_to_due(&t);
    trial_answer(
        &t, "query_order", 200,
        "{\"out_order_no\":\"" ORDER "\",\"mchid\":\"" TRIAL_MCHID
        "\",\"state\":\"DOING\",\"state_description\":\"MCH_COMPLETE\",\"total_amount\":800,"
        "\"collection\":{\"state\":\"USER_PAYING\",\"total_amount\":800,"
        "\"paying_amount\":500,\"paid_amount\":300}}");
    assert_string_equal(order_state(&t), "COLLECTING");
    assert_string_equal(order_member(&t, "paid_fen"), "300");
    order_end(&t);
}

static struct payscore_merchant merchant_b(void)
{
    struct payscore_merchant b = *trial_merchant();
    b.service_id = PAYSCORE_TEXT(SERVICE_B);
    return b;
}

/* Orders of a service that is not served any more must not hide those of one that is. */
static void services_that_went_away_do_not_hide_those_that_stay(void **state)
{
    (void)state;
    enum { GONE = 1100 };
    struct trial t;
    char path[DIRECTORY_PATH_SIZE];
    directory_make(path);
    trial_open(&t, path);
    t.wants = (struct payscore_wants){0, 0, 0};
    static char bodies[GONE][600];
    static struct payscore_item items[GONE];
    for (int i = 0; i < GONE; i++) {
        char number[33], openid[40];
        snprintf(number, sizeof number, "GONE%d", i);
        snprintf(openid, sizeof openid, "gone-%d", i);
        snprintf(bodies[i], sizeof bodies[i], "%s", body_create(number, openid));
        items[i] = trial_command("create", "", bodies[i]);
    }
    trial_run(&t, items, GONE / 2);
    trial_run(&t, items + GONE / 2, GONE / 2);
    t.now_ms += HOUR_MS;
    struct payscore_merchant b = merchant_b();
    open_as(&t, &b, 1);
    t.wants = (struct payscore_wants){16, 16, 16};
    struct payscore_result r = trial_submit(&t, "create", "", body_create(ORDER, TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    t.now_ms += 2000; /* Its own wake is due behind all the others. */
    trial_turn(&t);
    trial_turn(&t);
    assert_int_equal(trial_calls(&t, "query_authorization_by_openid"), 1);
    assert_true(t.turn.next_due_ms > t.now_ms);
    trial_close(&t);
    directory_remove(path);
}

static void calls_without_keys_do_not_hide_calls_with_keys(void **state)
{
    (void)state;
    enum { MANY = 4200 };
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_merchant both[2] = {*trial_merchant(), merchant_b()};
    both[0].credentials = NULL;
    open_as(&t, both, 2);
    static struct payscore_item items[1024];
    static char bodies[1024][80];
    for (int done = 0; done < MANY; done += 840) {
        for (int i = 0; i < 840; i++) {
            snprintf(bodies[i], sizeof bodies[i], "{\"openid\":\"many-%d\"}", done + i);
            items[i] = trial_command("check", "", bodies[i]);
        }
        trial_run(&t, items, 840);
    }
    t.now_ms += 10;
    struct payscore_item item = trial_command("check", "", body_check(TRIAL_OPENID));
    item.command.merchant = 1;
    trial_run(&t, &item, 1);
    assert_int_equal(trial_calls(&t, "query_authorization_by_openid"), 1);
    trial_close(&t);
}

static void a_heap_of_stale_entries_does_not_hide_a_live_one(void **state)
{
    (void)state;
    enum { MANY = 6000 };
    struct trial t;
    trial_open(&t, NULL);
    t.wants = (struct payscore_wants){0, 0, 0};
    static struct payscore_item items[1000];
    static char bodies[1000][80];
    for (int done = 0; done < MANY; done += 1000) {
        for (int i = 0; i < 1000; i++) {
            snprintf(bodies[i], sizeof bodies[i], "{\"openid\":\"many-%d\"}", done + i);
            items[i] = trial_command("check", "", bodies[i]);
        }
        trial_run(&t, items, 1000);
    }
    t.now_ms += 1;
    trial_submit(&t, "check", "", body_check(TRIAL_OPENID));
    t.now_ms -= 3 * MINUTE_MS;
    for (int i = 0; i < MANY; i++) {
        char openid[40];
        snprintf(openid, sizeof openid, "many-%d", i);
        trial_notice(&t, "PAYSCORE.USER_CLOSE_SERVICE",
                     service_notice("USER_CLOSE_SERVICE", openid, "", "20260301090000"));
    }
    t.wants = (struct payscore_wants){16, 16, 16};
    t.now_ms += 3 * MINUTE_MS + 10;
    trial_turn(&t);
    for (int i = 0; i < 20 && t.turn.next_due_ms <= t.now_ms; i++)
        trial_turn(&t);
    assert_int_equal(trial_calls(&t, "query_authorization_by_openid"), 1);
    trial_close(&t);
}

static void only_record(struct trial *t, uint16_t chart, struct ps_record *record)
{
    struct ps_txn *txn = NULL;
    struct payscore_text key, value, first = {NULL, 0};
    assert_int_equal(ps_txn_begin(t->engine->store, PS_READ, &txn), PAYSCORE_OK);
    enum payscore_status rc = ps_txn_seek(txn, PS_TABLE_RECORDS, first, &key, &value);
    for (; rc == PAYSCORE_OK; rc = ps_txn_next(txn, PS_TABLE_RECORDS, &key, &value)) {
        memcpy(record, value.data, sizeof *record);
        if (record->chart == chart) break;
    }
    ps_txn_abort(txn);
    assert_int_equal(rc, PAYSCORE_OK);
}

static void put_record(struct trial *t, const struct ps_record *record)
{
    struct ps_txn *txn = NULL;
    struct ps_id_key key = ps_id_key(&record->id);
    assert_int_equal(ps_txn_begin(t->engine->store, PS_WRITE, &txn), PAYSCORE_OK);
    struct ps_head head = *ps_txn_head(txn);
    ps_txn_put(txn, PS_TABLE_RECORDS, PS_KEY(key),
               (struct payscore_text){(const char *)record, sizeof *record});
    assert_int_equal(ps_txn_commit(txn, &head), PAYSCORE_OK);
}

static void altered_sizes_in_a_record_are_corruption_and_nothing_worse(void **state)
{
    (void)state;
    struct trial t;
    serving(&t);
    struct ps_record record;
    only_record(&t, PS_CHART_service_order, &record);
    record.number_size = 255;
    record.openid_size = 255;
    put_record(&t, &record);
    char *json = NULL;
    struct payscore_name name = {0, PAYSCORE_TEXT("service_order"), PAYSCORE_TEXT(ORDER)};
    assert_int_equal(payscore_show(t.engine, &name, &json), PAYSCORE_E_CORRUPT);
    trial_advance(&t, HOUR_MS);
    assert_int_equal(trial_calls(&t, NULL), 0);
    struct payscore_report report;
    assert_int_equal(payscore_verify(t.engine, &report), PAYSCORE_OK);
    assert_true(report.faults > 0);
    trial_close(&t);
}

static void an_order_is_commanded_by_its_own_service_only(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_merchant both[2] = {*trial_merchant(), merchant_b()};
    open_as(&t, both, 2);
    trial_submit(&t, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    trial_answer(&t, "query_authorization_by_openid", 200, available());
    trial_turn(&t);
    trial_answer(&t, "create_order", 200, order_in_service());
    assert_string_equal(order_state(&t), "SERVING");
    struct payscore_item item = trial_command("complete", "k", body_complete(ORDER, 800));
    item.command.merchant = 1;
    trial_run(&t, &item, 1);
    assert_int_equal(item.result.verdict, PAYSCORE_REFUSED);
    assert_string_equal(order_state(&t), "SERVING");
    order_end(&t);
}

static void a_notice_finds_the_app_that_its_user_belongs_to(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_merchant both[2] = {*trial_merchant(), *trial_merchant()};
    both[1].appid = PAYSCORE_TEXT(APPID_B);
    open_as(&t, both, 2);
    trial_notice(&t, "PAYSCORE.USER_OPEN_SERVICE",
                 "{\"appid\":\"" APPID_B "\",\"mchid\":\"" TRIAL_MCHID
                 "\",\"service_id\":\"" TRIAL_SERVICE
                 "\",\"openid\":\"user-of-b\",\"user_service_status\":\"USER_OPEN_SERVICE\","
                 "\"openorclose_time\":\"20260301090000\"}");
    struct payscore_item item = trial_command("check", "", body_check("user-of-b"));
    item.command.merchant = 1;
    trial_run(&t, &item, 1);
    const struct payscore_call *call = trial_call(&t, "query_authorization_by_openid");
    assert_non_null(strstr(call->url.data, APPID_B));
    order_end(&t);
}

/* The relation belongs to the service: the answer names who the user last accepted it from. */
static void an_authorization_given_through_another_merchant_of_the_service_counts(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    trial_submit(&t, "create", "k-create", body_create(ORDER, TRIAL_OPENID));
    trial_answer(&t, "query_authorization_by_openid", 200,
                 "{\"mchid\":\"1900009999\",\"appid\":\"wx1\",\"service_id\":\"" TRIAL_SERVICE
                 "\",\"authorization_state\":\"AVAILABLE\",\"openid\":\"" TRIAL_OPENID
                 "\",\"authorization_success_time\":\"2026-03-01T09:00:00+08:00\"}");
    assert_string_equal(order_state(&t), "CREATE_SENDING");
    order_end(&t);
}

static void a_code_that_the_platform_forgot_lapses(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    trial_submit(&t, "preauthorize", "", body_preauthorize(TRIAL_CODE));
    trial_answer(&t, "preauthorize", 200, "{\"apply_permissions_token\":\"token\"}");
    assert_string_equal(trial_state(&t, "preauthorization", TRIAL_CODE), "UNBOUND");
    for (int i = 0; i < 40; i++) {
        if (strcmp(trial_state(&t, "preauthorization", TRIAL_CODE), "UNBOUND") != 0) break;
        trial_advance_to_due(&t);
        trial_answer(&t, "query_authorization_by_code", 404, BODY_ABSENT);
        t.now_ms += 10 * MINUTE_MS;
    }
    assert_string_equal(trial_state(&t, "preauthorization", TRIAL_CODE), "LAPSED");
    order_end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_driver_ends_the_writing_of_the_first),
        cmocka_unit_test(an_answer_that_could_not_be_stored_leaves_its_attempt_in_doubt),
        cmocka_unit_test(money_that_shows_after_the_end_is_booked),
        cmocka_unit_test(money_that_shows_while_collecting_is_booked),
        cmocka_unit_test(services_that_went_away_do_not_hide_those_that_stay),
        cmocka_unit_test(calls_without_keys_do_not_hide_calls_with_keys),
        cmocka_unit_test(a_heap_of_stale_entries_does_not_hide_a_live_one),
        cmocka_unit_test(an_order_is_commanded_by_its_own_service_only),
        cmocka_unit_test(a_notice_finds_the_app_that_its_user_belongs_to),
        cmocka_unit_test(an_authorization_given_through_another_merchant_of_the_service_counts),
        cmocka_unit_test(a_code_that_the_platform_forgot_lapses),
        cmocka_unit_test(altered_sizes_in_a_record_are_corruption_and_nothing_worse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
