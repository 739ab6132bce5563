/*
 * What readers are shown: one record, its history with evidence, pages of records, the feed.
 * Members named here are the public form; whoever renames one breaks a reader.
 */
#include <cJSON.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/walk.h"

#define ORDER TRIAL_ORDER

static struct trial trial;

static int set_up(void **state)
{
    (void)state;
    trial_open(&trial, NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_verify(&trial);
    trial_close(&trial);
    return 0;
}

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static struct payscore_name order_named(const char *name)
{
    return (struct payscore_name){0, PAYSCORE_TEXT("service_order"), text_of(name)};
}

static cJSON *parsed(char *json)
{
    cJSON *root = cJSON_Parse(json);
    assert_non_null(root);
    payscore_free(json);
    return root;
}

static cJSON *show(const char *name)
{
    struct payscore_name wanted = order_named(name);
    char *json = NULL;
    assert_int_equal(payscore_show(trial.engine, &wanted, &json), PAYSCORE_OK);
    return parsed(json);
}

static cJSON *history(const char *name, bool evidence)
{
    struct payscore_name wanted = order_named(name);
    char *json = NULL;
    assert_int_equal(payscore_history(trial.engine, &wanted, evidence, &json), PAYSCORE_OK);
    return parsed(json);
}

static cJSON *list(const struct payscore_filter *filter)
{
    char *json = NULL;
    assert_int_equal(payscore_list(trial.engine, filter, &json), PAYSCORE_OK);
    return parsed(json);
}

static cJSON *feed(const char *cursor, size_t count_max)
{
    char *json = NULL;
    assert_int_equal(payscore_feed(trial.engine, text_of(cursor), count_max, &json), PAYSCORE_OK);
    return parsed(json);
}

static const cJSON *member(const cJSON *object, const char *name)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    if (item == NULL) fail_msg("there is no member %s", name);
    return item;
}

static const char *string(const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);
    assert_true(cJSON_IsString(item));
    return item->valuestring;
}

static uint64_t number(const cJSON *object, const char *name)
{
    const cJSON *item = member(object, name);
    assert_true(cJSON_IsNumber(item));
    return (uint64_t)item->valuedouble;
}

static size_t count(const cJSON *page, const char *name)
{
    return (size_t)cJSON_GetArraySize(member(page, name));
}

static bool is_digest(const char *text)
{
    return strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

/* Show. */

static void a_record_says_who_it_is_where_it_stands_and_what_is_owed(void **state)
{
    (void)state;
    walk_to_serving(&trial, ORDER);
    cJSON *record = show(ORDER);
    assert_string_equal(string(record, "chart"), "service_order");
    assert_string_equal(string(record, "out_order_no"), ORDER);
    assert_string_equal(string(record, "openid"), TRIAL_OPENID);
    assert_string_equal(string(record, "mchid"), TRIAL_MCHID);
    assert_string_equal(string(record, "service_id"), TRIAL_SERVICE);
    assert_string_equal(string(record, "state"), "SERVING");
    assert_true(strlen(string(record, "meaning")) > 10);
    assert_int_equal(count(record, "inside"), 2);
    assert_string_equal(cJSON_GetArrayItem(member(record, "inside"), 0)->valuestring, "IN_SERVICE");
    assert_false(cJSON_IsTrue(member(record, "final")));
    assert_string_equal(string(record, "born"), "2026-03-01T10:00:00.000+08:00");
    assert_string_equal(string(record, "since"), "2026-03-01T10:00:00.000+08:00");
    assert_int_equal(number(record, "version"), 3);
    assert_true(cJSON_IsNull(member(record, "reason")));
    assert_true(cJSON_IsNull(member(record, "held")));
    const cJSON *due = member(record, "due");
    assert_string_equal(string(due, "lane"), "poll");
    assert_string_equal(string(due, "call"), "query_order");
    assert_true(strlen(string(due, "at")) > 20);
    cJSON_Delete(record);
}

static void an_ended_record_owes_nothing_and_says_what_was_paid(void **state)
{
    (void)state;
    walk_to_paid(&trial, ORDER, 800);
    cJSON *record = show(ORDER);
    assert_true(cJSON_IsTrue(member(record, "final")));
    assert_true(cJSON_IsTrue(member(record, "settled")));
    assert_true(cJSON_IsNull(member(record, "due")));
    assert_int_equal(number(record, "asked_fen"), 800);
    assert_int_equal(number(record, "total_fen"), 800);
    assert_int_equal(number(record, "paid_fen"), 800);
    assert_string_equal(string(record, "transaction_id"), "4200002600202603010123456789");
    cJSON_Delete(record);
}

static void a_held_record_says_why_and_since_when(void **state)
{
    (void)state;
    walk_to_collecting(&trial, ORDER, 800);
    trial.now_ms += 5000;
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_order(ORDER, "DONE", "", "USER_PAID", 900));
    cJSON *record = show(ORDER);
    const cJSON *held = member(record, "held");
    assert_string_equal(string(held, "name"), "unasked_amount");
    assert_true(strlen(string(held, "text")) > 10);
    assert_string_equal(string(held, "since"), "2026-03-01T10:00:05.000+08:00");
    cJSON_Delete(record);
}

static void nobody_is_shown_who_is_not_there(void **state)
{
    (void)state;
    char *json = NULL;
    static char too_long[300];
    memset(too_long, 'x', sizeof too_long - 1);
    struct payscore_name name = order_named("PSNONE");
    assert_int_equal(payscore_show(trial.engine, &name, &json), PAYSCORE_E_NOT_FOUND);
    assert_null(json);
    assert_int_equal(payscore_history(trial.engine, &name, true, &json), PAYSCORE_E_NOT_FOUND);
    assert_null(json);
    name = order_named(too_long);
    assert_int_equal(payscore_show(trial.engine, &name, &json), PAYSCORE_E_NOT_FOUND);
    name = order_named("");
    assert_int_equal(payscore_show(trial.engine, &name, &json), PAYSCORE_E_NOT_FOUND);
    name.chart = PAYSCORE_TEXT("refund");
    assert_int_equal(payscore_show(trial.engine, &name, &json), PAYSCORE_E_INPUT);
    name = order_named("PSNONE");
    name.merchant = 1;
    assert_int_equal(payscore_show(trial.engine, &name, &json), PAYSCORE_E_INPUT);
}

/* History. */

static void assert_move(const cJSON *entry)
{
    assert_true(number(entry, "entry") > 0);
    assert_int_equal(strlen(string(entry, "time")), 29);
    assert_string_equal(string(entry, "chart"), "service_order");
    assert_int_equal(strlen(string(entry, "record")), 28);
    assert_true(number(entry, "row") > 0);
    assert_true(strlen(string(entry, "row_name")) > 3);
    assert_true(strlen(string(entry, "row_text")) > 3);
    assert_true(strlen(string(entry, "from")) > 2);
    assert_true(strlen(string(entry, "to")) > 2);
    assert_true(strlen(string(entry, "input")) > 3);
    assert_true(strlen(string(entry, "event")) > 3);
    assert_true(is_digest(string(entry, "evidence_digest")));
    assert_true(is_digest(string(entry, "chart_digest")));
    assert_true(is_digest(string(entry, "previous_hash")));
    assert_true(is_digest(string(entry, "hash")));
}

static void a_history_tells_every_move_oldest_first(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *input, *event, *row_name;
    } moves[] = {
        {"NEW", "AUTHORIZING", "command", "cmd_create", "NEW.cmd_create"},
        {"AUTHORIZING", "CREATE_SENDING", "tell", "told_available",
         "AUTHORIZING.told_available[not_held]"},
        {"CREATE_SENDING", "SERVING", "reply", "seen_in_service", "REQUESTED.seen_in_service"},
        {"SERVING", "COMPLETE_SENDING", "command", "cmd_complete", "SERVING.cmd_complete"},
        {"COMPLETE_SENDING", "COLLECTING", "reply", "seen_paying",
         "COMPLETING.seen_paying[total_as_asked]"},
        {"COLLECTING", "DONE", "notice", "seen_done", "PAYING.seen_done[paid_as_asked]"},
    };
    enum { MOVES = sizeof moves / sizeof moves[0] };
    walk_to_paid(&trial, ORDER, 800);
    cJSON *array = history(ORDER, false);
    assert_int_equal(cJSON_GetArraySize(array), MOVES);
    uint64_t before = 0;
    for (int i = 0; i < MOVES; i++) {
        const cJSON *entry = cJSON_GetArrayItem(array, i);
        assert_move(entry);
        assert_int_equal(number(entry, "version"), i + 1);
        assert_int_equal(number(entry, "previous_entry"), before);
        assert_string_equal(string(entry, "from"), moves[i].from);
        assert_string_equal(string(entry, "to"), moves[i].to);
        assert_string_equal(string(entry, "input"), moves[i].input);
        assert_string_equal(string(entry, "event"), moves[i].event);
        assert_string_equal(string(entry, "row_name"), moves[i].row_name);
        assert_null(cJSON_GetObjectItemCaseSensitive(entry, "evidence"));
        before = number(entry, "entry");
    }
    assert_string_equal(string(cJSON_GetArrayItem(array, 2), "call"), "create_order");
    assert_int_equal(number(cJSON_GetArrayItem(array, 5), "paid_fen"), 800);
    cJSON_Delete(array);
}

static void every_entrys_previous_hash_is_the_hash_before(void **state)
{
    (void)state;
    walk_to_paid(&trial, ORDER, 800);
    cJSON *page = feed("", 0);
    const cJSON *entry = NULL;
    char before[65];
    memset(before, '0', 64);
    before[64] = '\0';
    cJSON_ArrayForEach(entry, member(page, "entries"))
    {
        assert_string_equal(string(entry, "previous_hash"), before);
        assert_int_equal(strlen(string(entry, "hash")), 64);
        memcpy(before, string(entry, "hash"), 65);
    }
    cJSON_Delete(page);
}

/* The part of this name, of the evidence of the move with this index. */
static const cJSON *part(const cJSON *array, int index, const char *name)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, member(cJSON_GetArrayItem(array, index), "evidence"))
    {
        if (strcmp(string(item, "part"), name) == 0) return item;
    }
    fail_msg("move %d has no evidence %s", index, name);
    return NULL;
}

static void evidence_holds_what_was_said_and_sent(void **state)
{
    (void)state;
    walk_to_paid(&trial, ORDER, 800);
    cJSON *array = history(ORDER, true);
    assert_string_equal(string(part(array, 0, "command"), "text"),
                        body_create(ORDER, TRIAL_OPENID));
    assert_non_null(strstr(string(part(array, 0, "request_body"), "text"), "notify_url"));
    assert_non_null(strstr(string(part(array, 1, "note"), "text"), "told"));
    assert_string_equal(string(part(array, 2, "request_line"), "text"), "create_order");
    assert_string_equal(string(part(array, 2, "status"), "text"), "200");
    assert_non_null(strstr(string(part(array, 2, "headers"), "text"), "Wechatpay-Signature: "));
    assert_non_null(strstr(string(part(array, 2, "headers"), "text"), "Request-ID: "));
    assert_non_null(strstr(string(part(array, 2, "body"), "text"), "USER_CONFIRM"));
    assert_non_null(strstr(string(part(array, 5, "resource"), "text"), "USER_PAID"));
    assert_non_null(strstr(string(part(array, 5, "body"), "text"), "ciphertext"));
    cJSON_Delete(array);
}

static void evidence_that_is_no_text_is_shown_in_hex(void **state)
{
    (void)state;
    static const char *const bodies[] = {"\xb2\xe2\xca\xd4 <html>", "a\0b"};
    static const char *const shown[] = {"b2e2cad4203c68746d6c3e", "610062"};
    static const size_t sizes[] = {11, 3};
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "PS1" : "PS2";
        walk_to_creating(&trial, name);
        struct payscore_exchange bad_gateway = {
            .delivery = PAYSCORE_ANSWERED, .status = 502, .body = {bodies[i], sizes[i]}};
        trial_reply(&trial, "create_order", &bad_gateway);
        cJSON *array = history(name, true);
        assert_string_equal(string(part(array, 2, "body"), "hex"), shown[i]);
        cJSON_Delete(array);
    }
}

/* List. */

static void create_orders(unsigned orders)
{
    char name[16];
    for (unsigned i = 0; i < orders; i++) {
        snprintf(name, sizeof name, "PS%03u", i);
        trial.now_ms += 1000;
        trial_submit(&trial, "create", NULL, body_create(name, TRIAL_OPENID));
    }
}

static void pages_hold_every_record_once(void **state)
{
    (void)state;
    enum { ORDERS = 25, PAGE = 10 };
    create_orders(ORDERS);
    struct payscore_filter filter = {.chart = PAYSCORE_TEXT("service_order"), .count_max = PAGE};
    unsigned seen[ORDERS] = {0};
    char after[64] = "";
    size_t pages = 0;
    for (bool more = true; more; pages++) {
        filter.after = text_of(after);
        cJSON *page = list(&filter);
        const cJSON *record = NULL;
        assert_true(count(page, "records") <= PAGE);
        cJSON_ArrayForEach(record, member(page, "records"))
        {
            seen[strtoul(string(record, "out_order_no") + 2, NULL, 10)]++;
        }
        const cJSON *next = member(page, "next");
        more = cJSON_IsString(next);
        if (more) snprintf(after, sizeof after, "%s", next->valuestring);
        cJSON_Delete(page);
    }
    for (int i = 0; i < ORDERS; i++)
        assert_int_equal(seen[i], 1);
    assert_true(pages == 3 || pages == 4);
}

static size_t listed(const struct payscore_filter *filter)
{
    cJSON *page = list(filter);
    size_t records = count(page, "records");
    assert_true(cJSON_IsNull(member(page, "next")));
    cJSON_Delete(page);
    return records;
}

static void filters_restrict_and_zeroes_do_not(void **state)
{
    (void)state;
    walk_to_paid(&trial, "PS1", 800);
    walk_to_collecting(&trial, "PS2", 800);
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_order("PS2", "DONE", "", "USER_PAID", 900));
    trial.now_ms += 60000;
    walk_to_serving(&trial, "PS3");
    struct payscore_filter filter = {.count_max = 0};
    assert_int_equal(listed(&filter), 4); /* Three orders and their user. */
    filter.chart = PAYSCORE_TEXT("service_order");
    assert_int_equal(listed(&filter), 3);
    filter.state = PAYSCORE_TEXT("DONE");
    assert_int_equal(listed(&filter), 2);
    filter.held_only = true;
    assert_int_equal(listed(&filter), 1);
    filter = (struct payscore_filter){.unsettled_only = true};
    assert_int_equal(listed(&filter), 1);
    filter = (struct payscore_filter){.older_than_ms = 60000};
    assert_int_equal(listed(&filter), 3);
    filter.older_than_ms = 60001;
    assert_int_equal(listed(&filter), 0);
}

static void a_chart_or_state_that_does_not_exist_is_no_empty_list(void **state)
{
    (void)state;
    static const struct payscore_filter wrong[] = {
        {.chart = PAYSCORE_TEXT("bill")},
        {.state = PAYSCORE_TEXT("done")},
        {.chart = PAYSCORE_TEXT("authorization"), .state = PAYSCORE_TEXT("SERVING")},
    };
    walk_to_serving(&trial, ORDER);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char *json = NULL;
        assert_int_equal(payscore_list(trial.engine, &wrong[i], &json), PAYSCORE_E_INPUT);
        assert_null(json);
    }
}

static void a_clock_that_went_back_hides_nobody(void **state)
{
    (void)state;
    walk_to_serving(&trial, ORDER);
    trial.now_ms -= INT64_C(31536000000);
    struct payscore_filter filter = {.count_max = 0};
    assert_int_equal(listed(&filter), 2);
}

static void a_page_that_nobody_gave_out_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"x", "zz00000000000000000000000000",
                                        "000000000000000000000000000",
                                        "00000000000000000000000000000"};
    char *json = NULL;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct payscore_filter filter = {.after = text_of(wrong[i])};
        assert_int_equal(payscore_list(trial.engine, &filter, &json), PAYSCORE_E_INPUT);
        assert_null(json);
    }
}

/* Feed. */

static void an_entry_of_the_feed_names_its_record(void **state)
{
    (void)state;
    walk_to_serving(&trial, ORDER);
    cJSON *page = feed("", 0);
    const cJSON *entries = member(page, "entries");
    const cJSON *last = cJSON_GetArrayItem(entries, cJSON_GetArraySize(entries) - 1);
    assert_string_equal(string(last, "to"), "SERVING");
    assert_string_equal(string(last, "chart"), "service_order");
    assert_string_equal(string(last, "out_order_no"), ORDER);
    assert_string_equal(string(last, "openid"), TRIAL_OPENID);
    assert_string_equal(string(last, "mchid"), TRIAL_MCHID);
    assert_string_equal(string(last, "service_id"), TRIAL_SERVICE);
    cJSON_Delete(page);
}

static void the_feed_goes_on_where_its_cursor_says(void **state)
{
    (void)state;
    walk_to_paid(&trial, ORDER, 800);
    uint64_t newest = 0, next = 1;
    char cursor[64] = "";
    assert_int_equal(payscore_newest(trial.engine, &newest), PAYSCORE_OK);
    while (next <= newest) {
        cJSON *page = feed(cursor, 3);
        const cJSON *entry = NULL;
        assert_true(count(page, "entries") > 0 && count(page, "entries") <= 3);
        cJSON_ArrayForEach(entry, member(page, "entries"))
        {
            assert_int_equal(number(entry, "entry"), next++);
        }
        snprintf(cursor, sizeof cursor, "%s", string(page, "cursor"));
        cJSON_Delete(page);
    }
    cJSON *page = feed(cursor, 3);
    assert_int_equal(count(page, "entries"), 0);
    assert_string_equal(string(page, "cursor"), cursor); /* Ready for what comes. */
    cJSON_Delete(page);
}

static void a_cursor_of_another_store_or_of_the_future_is_refused(void **state)
{
    (void)state;
    walk_to_serving(&trial, ORDER);
    cJSON *page = feed("", 1);
    char wrong[4][80];
    const char *good = string(page, "cursor");
    snprintf(wrong[0], sizeof wrong[0], "%s0", good); /* 10 of fewer. */
    snprintf(wrong[1], sizeof wrong[1], "0000000000000001-1");
    snprintf(wrong[2], sizeof wrong[2], "%s ", good);
    snprintf(wrong[3], sizeof wrong[3], "%060d", 0);
    for (int i = 0; i < 4; i++) {
        char *json = NULL;
        assert_int_equal(payscore_feed(trial.engine, text_of(wrong[i]), 0, &json),
                         PAYSCORE_E_INPUT);
        assert_null(json);
    }
    cJSON_Delete(page);
}

static void a_stray_stands_in_the_feed_without_a_record(void **state)
{
    (void)state;
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_order("PSX", "DONE", "", "USER_PAID", 5));
    cJSON *page = feed("", 0);
    const cJSON *entry = cJSON_GetArrayItem(member(page, "entries"), 0);
    assert_string_equal(string(entry, "row_name"), "stray");
    assert_string_equal(string(entry, "input"), "notice");
    assert_string_equal(string(entry, "event"), "seen_done");
    assert_int_equal(number(entry, "paid_fen"), 5);
    assert_string_equal(string(entry, "record"), "0000000000000000000000000000");
    cJSON_Delete(page);
}

/* Statuses. */

static void every_status_has_a_name_and_a_text(void **state)
{
    (void)state;
#define X(name, number, reaction, text)                                                            \
    assert_string_equal(payscore_status_name(PAYSCORE_##name), #name);                             \
    assert_string_equal(payscore_status_text(PAYSCORE_##name), text);
    PAYSCORE_STATUS_MAP(X)
#undef X
    assert_string_equal(payscore_status_name((enum payscore_status)1), "E_UNKNOWN");
    assert_true(strlen(payscore_status_text((enum payscore_status)1)) > 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_record_says_who_it_is_where_it_stands_and_what_is_owed),
        TEST(an_ended_record_owes_nothing_and_says_what_was_paid),
        TEST(a_held_record_says_why_and_since_when),
        TEST(nobody_is_shown_who_is_not_there),
        TEST(a_history_tells_every_move_oldest_first),
        TEST(every_entrys_previous_hash_is_the_hash_before),
        TEST(evidence_holds_what_was_said_and_sent),
        TEST(evidence_that_is_no_text_is_shown_in_hex),
        TEST(pages_hold_every_record_once),
        TEST(filters_restrict_and_zeroes_do_not),
        TEST(a_chart_or_state_that_does_not_exist_is_no_empty_list),
        TEST(an_entry_of_the_feed_names_its_record),
        TEST(a_clock_that_went_back_hides_nobody),
        TEST(a_page_that_nobody_gave_out_is_refused),
        TEST(the_feed_goes_on_where_its_cursor_says),
        TEST(a_cursor_of_another_store_or_of_the_future_is_refused),
        TEST(a_stray_stands_in_the_feed_without_a_record),
        TEST(every_status_has_a_name_and_a_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
