/*
 * A person is erased: what goes, what stays, what stands against it, and what verification says
 * afterwards.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "engine/internal.h"
#include "engine/left.h"
#include "support/altered.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/walk.h"

#define USER    TRIAL_OPENID
#define ANOTHER "oDoc0001ExampleOpenId_ghijkl"

static char directory[DIRECTORY_PATH_SIZE];
static struct trial trial;
static struct payscore_error error;

static int set_up(void **state)
{
    (void)state;
    directory_make(directory);
    trial_open(&trial, directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    trial_close(&trial);
    directory_remove(directory);
    return 0;
}

static struct payscore_erasure of(const char *openid)
{
    return (struct payscore_erasure){
        0, {openid, strlen(openid)}, PAYSCORE_TEXT("王芳"), PAYSCORE_TEXT("用户注销账户")};
}

static uint64_t erase(const char *openid)
{
    struct payscore_erasure erasure = of(openid);
    uint64_t entries = 0;
    enum payscore_status rc = payscore_erase(trial.engine, &erasure, &entries, &error);
    if (rc != PAYSCORE_OK) fail_msg("%s", error.text);
    return entries;
}

static void assert_refused(const char *openid, enum payscore_status status, const char *words)
{
    struct payscore_erasure erasure = of(openid);
    uint64_t entries = 7;
    struct payscore_report before = altered_verify(&trial);
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), status);
    assert_int_equal(entries, 0);
    if (strstr(error.text, words) == NULL) fail_msg("\"%s\" is not in: %s", words, error.text);
    struct payscore_report after = altered_verify(&trial);
    assert_int_equal(after.faults, 0);
    assert_int_equal(after.erased, before.erased);
    assert_int_equal(after.entries, before.entries);
}

static void assert_erased(uint64_t count)
{
    struct payscore_report report = altered_verify(&trial);
    if (report.faults != 0) fail_msg("%s", report.first.text);
    assert_int_equal(report.erased, count);
}

static const char *of_order(const char *number, const char *member)
{
    return trial_member(&trial, "service_order", number, member);
}

static void revoke(const char *number)
{
    assert_int_equal(trial_submit(&trial, "cancel", NULL, body_cancel(number)).verdict,
                     PAYSCORE_TAKEN);
    trial_answer(&trial, "cancel_order", 200, seen_order(number, "REVOKED", "", "", -1));
    assert_string_equal(of_order(number, "state"), "REVOKED");
}

/* A user who is not TRIAL_OPENID, with an order that came to its end. */
static void walk_another(const char *number)
{
    assert_int_equal(trial_submit(&trial, "create", NULL, body_create(number, ANOTHER)).verdict,
                     PAYSCORE_TAKEN);
    trial_answer(&trial, "query_authorization_by_openid", 200,
                 seen_authorization("AVAILABLE", "", ANOTHER, "2026-03-01T09:00:00+08:00", ""));
    trial_answer(&trial, "create_order", 200, seen_order(number, "DOING", "USER_CONFIRM", "", -1));
    revoke(number);
}

/* An order as a notice shows it, with its user. */
static const char *seen_with_user(const char *number, const char *openid, int64_t paid_fen)
{
    static char text[2048];
    snprintf(text, sizeof text, "{\"openid\":\"%s\",%s", openid,
             seen_settled(number, paid_fen, "NEWTON") + 1);
    return text;
}

static char *history_of(const char *chart, const char *name)
{
    struct payscore_name which = {0, {chart, strlen(chart)}, {name, strlen(name)}};
    char *json = NULL;
    assert_int_equal(payscore_history(trial.engine, &which, true, &json), PAYSCORE_OK);
    return json;
}

static void what_stays_are_numbers_amounts_and_states(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    walk_another("PS20260301A0000099");
    char *history = history_of("service_order", TRIAL_ORDER);
    assert_non_null(strstr(history, USER));
    payscore_free(history);
    uint64_t erased = erase(USER);
    assert_true(erased > 5);
    assert_erased(erased);
    assert_string_equal(of_order(TRIAL_ORDER, "state"), "DONE");
    assert_string_equal(of_order(TRIAL_ORDER, "paid_fen"), "800");
    assert_string_equal(of_order(TRIAL_ORDER, "openid"), "");
    assert_int_equal(strncmp(of_order(TRIAL_ORDER, "erased"), "erased:", 7), 0);
    history = history_of("service_order", TRIAL_ORDER);
    assert_null(strstr(history, USER));
    assert_null(strstr(history, "\"evidence\":"));
    payscore_free(history);
    /* Nobody else was touched. */
    assert_string_equal(of_order("PS20260301A0000099", "openid"), ANOTHER);
    history = history_of("service_order", "PS20260301A0000099");
    assert_non_null(strstr(history, ANOTHER));
    payscore_free(history);
}

static void the_entry_says_who_and_why_and_not_whom(void **state)
{
    (void)state;
    char *json = NULL;
    size_t size;
    uint64_t newest = 0;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    erase(USER);
    assert_int_equal(payscore_newest(trial.engine, &newest), PAYSCORE_OK);
    struct ps_entry_key key = ps_entry_key(newest);
    uint8_t *packed = altered_copy(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), &size);
    uint8_t salt[PS_SALT_SIZE];
    assert_int_equal(ps_evidence_unpack(ps_key_text(packed, size), salt, &json, &size),
                     PAYSCORE_OK);
    struct payscore_text raw = {json, size};
    assert_true(ps_text_contains(raw, "王芳"));
    assert_true(ps_text_contains(raw, "用户注销账户"));
    assert_false(ps_text_contains(raw, USER));
    free(json);
    free(packed);
    assert_int_equal(payscore_feed(trial.engine, PAYSCORE_TEXT(""), 0, &json), PAYSCORE_OK);
    assert_non_null(strstr(json, "\"event\":\"erase\""));
    payscore_free(json);
}

static void a_second_erasure_finds_nobody(void **state)
{
    (void)state;
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "no record names this user");
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    assert_refused(ANOTHER, PAYSCORE_E_NOT_FOUND, "no record names this user");
    erase(USER);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "no record names this user");
    trial_reopen(&trial);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "no record names this user");
}

static void an_order_that_is_not_at_its_end_stands_against_it(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    walk_to_serving(&trial, "PS20260301A0000018");
    assert_refused(USER, PAYSCORE_E_OPEN, "PS20260301A0000018 is in SERVING");
    revoke("PS20260301A0000018");
    assert_erased(erase(USER));
}

static void an_authorization_of_which_something_is_asked_stands_against_it(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    trial_submit(&trial, "terminate", NULL, body_terminate(USER));
    assert_string_equal(trial_state(&trial, "authorization", USER), "TERMINATE_SENDING");
    assert_refused(USER, PAYSCORE_E_OPEN, "the user's authorization is in TERMINATE_SENDING");
    trial_answer(&trial, "terminate_authorization", 204, "");
    trial_await(&trial, "query_authorization_by_openid");
    trial_answer(&trial, "query_authorization_by_openid", 200,
                 seen_authorization("UNAVAILABLE", "", USER, "2026-03-01T09:00:00+08:00",
                                    "2026-03-01T10:00:01+08:00"));
    assert_string_equal(trial_state(&trial, "authorization", USER), "CLOSED");
    assert_erased(erase(USER));
}

static void a_held_order_stands_against_it(void **state)
{
    (void)state;
    walk_to_serving(&trial, TRIAL_ORDER);
    revoke(TRIAL_ORDER);
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user(TRIAL_ORDER, USER, 800));
    assert_string_not_equal(of_order(TRIAL_ORDER, "held"), "");
    assert_refused(USER, PAYSCORE_E_OPEN, ", held: end it first");
    trial_submit(&trial, "release", NULL, body_release("out_order_no", TRIAL_ORDER));
    assert_erased(erase(USER));
}

static void what_is_asked_is_checked(void **state)
{
    (void)state;
    struct payscore_erasure erasure = of("");
    uint64_t entries;
    char long_text[1024];
    memset(long_text, 'x', sizeof long_text);
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    assert_refused("", PAYSCORE_E_INPUT, "openid");
    erasure = of(USER);
    erasure.openid = (struct payscore_text){long_text, 129};
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_INPUT);
    erasure = of(USER);
    erasure.person.size = 0;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, NULL), PAYSCORE_E_INPUT);
    erasure = of(USER);
    erasure.reason.size = 0;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_INPUT);
    erasure.reason = (struct payscore_text){long_text, 201};
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_INPUT);
    assert_non_null(strstr(error.text, "reason: 1 to 200 characters"));
    erasure.reason = PAYSCORE_TEXT("account " USER " was closed");
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_INPUT);
    assert_non_null(strstr(error.text, "reason: names the openid"));
    erasure = of(USER);
    erasure.openid.size++; /* Its NUL. */
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_INPUT);
    erasure = of(USER);
    erasure.merchant = 1;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_ARGUMENT);
    assert_string_equal(of_order(TRIAL_ORDER, "openid"), USER);
    assert_erased(0);
}

static void a_reader_erases_nobody(void **state)
{
    (void)state;
    struct payscore *reader = NULL;
    struct payscore_options options = trial_options(&trial);
    struct payscore_erasure erasure = of(USER);
    uint64_t entries;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    options.role = PAYSCORE_READER;
    payscore_close(trial.engine);
    trial.engine = NULL;
    assert_int_equal(payscore_open(&reader, &options, &error), PAYSCORE_OK);
    assert_int_equal(payscore_erase(reader, &erasure, &entries, &error), PAYSCORE_E_ARGUMENT);
    trial.engine = reader;
    assert_erased(0);
}

/* Strays. */

static void strays_that_name_the_user_are_erased(void **state)
{
    (void)state;
    static const char escaped[] = "oDoc0001ExampleOpenId\\u005fabcdef";
    struct payscore_result r =
        trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY1", USER, 800));
    assert_int_equal(r.verdict, PAYSCORE_STRAY);
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY2", escaped, 800));
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY3", ANOTHER, 800));
    assert_int_equal(erase(USER), 2);
    assert_erased(2);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
    /* Its evidence is gone: the platform is asked what it is. */
    trial_submit(&trial, "adopt", NULL, body_number("STRAY1"));
    assert_string_equal(of_order("STRAY1", "state"), "ADOPTING");
    trial_answer(&trial, "query_order", 200, seen_settled("STRAY1", 800, "NEWTON"));
    assert_string_equal(of_order("STRAY1", "state"), "DONE");
    assert_erased(2);
}

static void an_adopted_stray_is_erased_with_its_record(void **state)
{
    (void)state;
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY1", USER, 800));
    trial_submit(&trial, "adopt", NULL, body_number("STRAY1"));
    assert_string_equal(of_order("STRAY1", "state"), "DONE");
    assert_string_equal(of_order("STRAY1", "openid"), USER);
    assert_int_equal(erase(USER), 3); /* The stray, the adoption, and what it saw. */
    assert_erased(3);
}

/* Codes. */

static void a_code_that_the_user_accepted_is_erased(void **state)
{
    (void)state;
    trial_submit(&trial, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
    trial_answer(&trial, "preauthorize", 200, "{\"apply_permissions_token\":\"1230000109\"}");
    trial_notice(&trial, "PAYSCORE.USER_OPEN_SERVICE",
                 service_notice("USER_OPEN_SERVICE", USER, TRIAL_CODE, "20260301100500"));
    trial_turn(&trial);
    assert_string_equal(trial_state(&trial, "preauthorization", TRIAL_CODE), "BOUND");
    assert_erased(erase(USER));
    assert_string_equal(trial_member(&trial, "preauthorization", TRIAL_CODE, "openid"), "");
    struct payscore_result r =
        trial_submit(&trial, "terminate_by_code", NULL, body_terminate_by_code(TRIAL_CODE));
    if (r.status == PAYSCORE_OK) assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_int_equal(trial_calls(&trial, NULL), 0);
}

/* Afterwards. */

static void a_later_command_begins_a_new_authorization(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record old = altered_record(&trial, PS_CHART_authorization, USER);
    erase(USER);
    assert_string_equal(trial_state(&trial, "authorization", USER), "");
    walk_to_paid(&trial, "PS20260301A0000018", 500);
    struct ps_record next = altered_record(&trial, PS_CHART_authorization, USER);
    assert_false(ps_id_equal(&old.id, &next.id));
    assert_int_equal(next.orders, 0);
    uint64_t first = altered_verify(&trial).erased;
    assert_erased(first + erase(USER));
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
}

/* A pseudonym is no name by which the platform could be asked. */
static void an_erased_authorization_takes_no_command(void **state)
{
    (void)state;
    char name[64];
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    erase(USER);
    snprintf(name, sizeof name, "%s", of_order(TRIAL_ORDER, "erased"));
    assert_string_equal(trial_state(&trial, "authorization", name), "OPEN");
    struct payscore_result r = trial_submit(&trial, "check", NULL, body_check(name));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "This user was erased"));
    r = trial_submit(&trial, "terminate", NULL, body_terminate(name));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_int_equal(trial_calls(&trial, NULL), 0);
    assert_refused(name, PAYSCORE_E_NOT_FOUND, "no record names this user");
}

static void a_repeat_of_an_erased_order_is_not_made_again(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    erase(USER);
    struct payscore_result r = trial_submit(&trial, "create", NULL, body_create(TRIAL_ORDER, USER));
    assert_true(r.verdict == PAYSCORE_REFUSED || r.verdict == PAYSCORE_DUPLICATE);
    assert_int_equal(trial_calls(&trial, NULL), 0);
    assert_string_equal(of_order(TRIAL_ORDER, "openid"), "");
}

static void what_comes_later_is_evidence_and_can_be_erased_again(void **state)
{
    (void)state;
    walk_to_serving(&trial, TRIAL_ORDER);
    revoke(TRIAL_ORDER);
    uint64_t first = erase(USER);
    struct payscore_result r =
        trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user(TRIAL_ORDER, USER, 800));
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(of_order(TRIAL_ORDER, "openid"), ""); /* It does not come back. */
    assert_string_equal(of_order(TRIAL_ORDER, "paid_fen"), "800");
    assert_erased(first);
    assert_refused(USER, PAYSCORE_E_OPEN, ", held");
    trial_submit(&trial, "release", NULL, body_release("out_order_no", TRIAL_ORDER));
    uint64_t again = erase(USER);
    assert_true(again >= 1);
    assert_erased(first + again);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
}

/* The chore itself. */

static struct payscore_result chore(const char *members)
{
    char body[2048];
    snprintf(body, sizeof body, "{\"openid\":\"" USER "\",\"person\":\"p\",\"reason\":\"r\"%s}",
             members);
    return trial_submit(&trial, "erase", NULL, body);
}

static void without_a_list_it_looks_for_itself(void **state)
{
    (void)state;
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY1", USER, 800));
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct payscore_result r = chore("");
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_erased(r.count);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
    assert_int_equal(chore("").status, PAYSCORE_E_NOT_FOUND);
}

static void what_came_since_the_look_is_found(void **state)
{
    (void)state;
    char members[128];
    uint64_t entries = trial_verify(&trial);
    snprintf(members, sizeof members, ",\"entries\":%llu", (unsigned long long)entries);
    trial.now_ms -= 60000; /* A time of birth says nothing. */
    walk_to_serving(&trial, TRIAL_ORDER);
    struct payscore_result r = chore(members);
    assert_int_equal(r.status, PAYSCORE_E_OPEN);
    assert_non_null(strstr(r.error.text, TRIAL_ORDER));
    revoke(TRIAL_ORDER);
    trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY1", USER, 800));
    r = chore(members);
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_erased(r.count);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
}

/* It was there when the caller looked, but nobody knew whose it was. */
static void whose_it_is_may_be_learned_since_the_look(void **state)
{
    (void)state;
    char members[64];
    trial_submit(&trial, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
    trial_answer(&trial, "preauthorize", 200, "{\"apply_permissions_token\":\"1230000109\"}");
    snprintf(members, sizeof members, ",\"entries\":%llu",
             (unsigned long long)trial_verify(&trial));
    assert_int_equal(chore(members).status, PAYSCORE_E_NOT_FOUND);
    trial_notice(&trial, "PAYSCORE.USER_OPEN_SERVICE",
                 service_notice("USER_OPEN_SERVICE", USER, TRIAL_CODE, "20260301100500"));
    trial_turn(&trial);
    struct payscore_result r = chore(members);
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_erased(r.count);
    assert_string_equal(trial_member(&trial, "preauthorization", TRIAL_CODE, "openid"), "");
}

static void a_list_that_is_none_is_refused(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    assert_int_equal(chore(",\"records\":[7]").status, PAYSCORE_E_INPUT);
    assert_int_equal(chore(",\"records\":[\"00\"]").status, PAYSCORE_E_INPUT);
    assert_int_equal(chore(",\"strays\":[\"1\"]").status, PAYSCORE_E_INPUT);
    assert_int_equal(chore(",\"strays\":[-1]").status, PAYSCORE_E_INPUT);
    assert_erased(0);
    /* Another's record, an entry that is no stray: they are left alone. */
    walk_another("PS20260301A0000099");
    struct payscore_result r =
        chore(",\"strays\":[1,2,9000],\"records\":[\"0000000000000000000000000000\"]");
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_string_equal(of_order("PS20260301A0000099", "openid"), ANOTHER);
    assert_erased(r.count);
}

/* The process died between two of its calls: what was not reached is found again. */
static void a_crash_between_two_calls_is_harmless(void **state)
{
    (void)state;
    char members[256], key_text[2 * PS_ID_KEY_SIZE + 1];
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    walk_to_paid(&trial, "PS20260301A0000018", 500);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_id_key key = ps_id_key(&record.id);
    ps_hex(key.bytes, sizeof key.bytes, key_text);
    snprintf(members, sizeof members, ",\"records\":[\"%s\"],\"entries\":%llu", key_text,
             (unsigned long long)trial_verify(&trial));
    struct payscore_result r = chore(members);
    assert_int_equal(r.status, PAYSCORE_OK);
    assert_int_equal(r.count, record.version);
    assert_string_equal(of_order("PS20260301A0000018", "openid"), USER);
    trial_reopen(&trial);
    assert_erased(r.count);
    assert_erased(r.count + erase(USER));
    assert_string_equal(of_order("PS20260301A0000018", "openid"), "");
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
}

/* More than one call carries. */
static void a_user_of_many_orders_is_erased_in_several_calls(void **state)
{
    (void)state;
    enum { ORDERS = 520 };
    char number[32];
    uint64_t newest = 0;
    trial_close(&trial);
    trial_open(&trial, NULL);
    for (int i = 0; i < ORDERS; i++) {
        snprintf(number, sizeof number, "MANY%04d", i);
        trial_submit(&trial, "create", NULL, body_create(number, USER));
        if (i == 0)
            trial_answer(
                &trial, "query_authorization_by_openid", 200,
                seen_authorization("AVAILABLE", "", USER, "2026-03-01T09:00:00+08:00", ""));
        trial_answer(&trial, "create_order", 200, seen_order(number, "REVOKED", "", "", -1));
        assert_string_equal(of_order(number, "state"), "REVOKED");
    }
    trial_turn(&trial);
    uint64_t before = trial_verify(&trial);
    assert_erased(erase(USER));
    assert_int_equal(payscore_newest(trial.engine, &newest), PAYSCORE_OK);
    assert_int_equal(newest, before + 2);
    assert_refused(USER, PAYSCORE_E_NOT_FOUND, "");
}

/* The bytes. */

static size_t times_in_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t length = (size_t)ftell(file), count = 0;
    char *all = malloc(length);
    assert_non_null(all);
    rewind(file);
    assert_int_equal(fread(all, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    for (const char *at = all; (at = memchr(at, *(const char *)bytes, length - (size_t)(at - all)));
         at++)
        if (length - (size_t)(at - all) >= size && memcmp(at, bytes, size) == 0) count++;
    free(all);
    return count;
}

static size_t times_in_store(const char *of_directory, const void *bytes, size_t size)
{
    char path[DIRECTORY_PATH_SIZE + 32];
    snprintf(path, sizeof path, "%s/data.mdb", of_directory);
    return times_in_file(path, bytes, size);
}

/* Evidence is deflated: a stretch of what is stored stands for it. */
enum { STRETCH = 48 };

static void stretch_of(uint64_t entry, uint8_t stretch[STRETCH])
{
    size_t size;
    struct ps_entry_key key = ps_entry_key(entry);
    uint8_t *stored = altered_copy(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), &size);
    assert_non_null(stored);
    assert_true(size > 2 * STRETCH);
    memcpy(stretch, stored + size / 2, STRETCH);
    free(stored);
}

static void make_commotion(const char *prefix, int orders)
{
    char number[32];
    for (int i = 0; i < orders; i++) {
        snprintf(number, sizeof number, "%s%03d", prefix, i);
        trial_submit(&trial, "create", NULL, body_create(number, ANOTHER));
        if (trial_calls(&trial, "query_authorization_by_openid") > 0)
            trial_answer(
                &trial, "query_authorization_by_openid", 200,
                seen_authorization("AVAILABLE", "", ANOTHER, "2026-03-01T09:00:00+08:00", ""));
        trial_answer(&trial, "create_order", 200, seen_order(number, "REVOKED", "", "", -1));
    }
    trial_turn(&trial);
}

static void the_bytes_are_nowhere_in_the_file(void **state)
{
    (void)state;
    uint8_t created[STRETCH], seen[STRETCH];
    char backup[DIRECTORY_PATH_SIZE + 16], number[32];
    make_commotion("BEFORE", 40);
    for (int i = 0; i < 20; i++) {
        snprintf(number, sizeof number, "ERASED%03d", i);
        walk_to_serving(&trial, number);
        revoke(number);
    }
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, "ERASED007");
    stretch_of(record.first_entry, created);
    stretch_of(record.last_entry, seen);
    make_commotion("AMID", 40);
    assert_true(times_in_store(directory, USER, strlen(USER)) > 20);
    assert_true(times_in_store(directory, created, STRETCH) > 0);
    assert_true(times_in_store(directory, seen, STRETCH) > 0);
    assert_erased(erase(USER));
    assert_int_equal(times_in_store(directory, USER, strlen(USER)), 0);
    assert_int_equal(times_in_store(directory, created, STRETCH), 0);
    assert_int_equal(times_in_store(directory, seen, STRETCH), 0);
    assert_true(times_in_store(directory, ANOTHER, strlen(ANOTHER)) > 0);
    snprintf(backup, sizeof backup, "%s/backup", directory);
    assert_int_equal(payscore_backup(trial.engine, backup, &error), PAYSCORE_OK);
    assert_int_equal(times_in_store(backup, USER, strlen(USER)), 0);
    assert_int_equal(times_in_store(backup, created, STRETCH), 0);
    directory_remove(backup);
    /* The store is as good as before. */
    make_commotion("AFTER", 40);
    trial_reopen(&trial);
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    trial_verify(&trial);
}

/* Where the process ends behind the commit, the next call finds that pages are to be wiped. */
static void what_an_earlier_process_left_is_written_over(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct payscore_result r = chore("");
    assert_int_equal(r.status, PAYSCORE_OK);
    trial_reopen(&trial);
    assert_true(times_in_store(directory, USER, strlen(USER)) > 0);
    struct payscore_erasure erasure = of(USER);
    uint64_t entries;
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error),
                     PAYSCORE_E_NOT_FOUND);
    assert_int_equal(times_in_store(directory, USER, strlen(USER)), 0);
    assert_erased(r.count);
}

/* A thread has one snapshot at a time. */
struct task {
    const struct payscore_erasure *erasure;
    uint64_t *entries;
    enum payscore_status status;
};

static void *erase_elsewhere(void *context)
{
    struct task *task = context;
    task->status = payscore_erase(trial.engine, task->erasure, task->entries, &error);
    return NULL;
}

/* Somebody who began to read before shows the pages still. */
static void a_reader_that_does_not_let_go_is_named(void **state)
{
    (void)state;
    struct payscore_erasure erasure = of(USER);
    struct ps_txn *reader = NULL;
    uint64_t entries;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    assert_int_equal(ps_txn_begin(trial.engine->store, PS_READ, &reader), PAYSCORE_OK);
    pthread_t thread;
    struct task task = {.erasure = &erasure, .entries = &entries};
    assert_int_equal(pthread_create(&thread, NULL, erase_elsewhere, &task), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(task.status, PAYSCORE_E_STUCK);
    assert_non_null(strstr(error.text, "still reads"));
    assert_true(entries > 0);
    ps_txn_abort(reader);
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error),
                     PAYSCORE_E_NOT_FOUND);
    assert_int_equal(times_in_store(directory, USER, strlen(USER)), 0);
    assert_int_equal(altered_verify(&trial).faults, 0);
}

/* Tampering. */

static void a_marker_that_was_altered_is_found(void **state)
{
    (void)state;
    size_t size;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    uint64_t erased = erase(USER);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_entry_key key = ps_entry_key(record.last_entry);
    uint8_t *marker = altered_copy(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), &size);
    for (size_t at = 0; at < size; at++) {
        marker[at] ^= 0x01;
        altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), marker, size);
        assert_int_equal(altered_verify(&trial).first_entry, record.last_entry);
        marker[at] ^= 0x01;
    }
    altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), NULL, 0);
    struct payscore_report report = altered_verify(&trial);
    assert_int_equal(report.first_entry, record.last_entry);
    assert_non_null(strstr(report.first.text, "missing"));
    assert_int_equal(report.erased, erased - 1);
    altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), marker, size);
    assert_erased(erased);
    free(marker);
}

/* Whoever destroys evidence cannot hide behind an erasure that did not reach it. */
static void a_marker_in_the_place_of_anothers_evidence_is_found(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    walk_another("PS20260301A0000099");
    struct payscore_result stray =
        trial_notice(&trial, "PAYSCORE.USER_PAID", seen_with_user("STRAY1", ANOTHER, 800));
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, "PS20260301A0000099");
    erase(USER);
    uint64_t erasure = trial_verify(&trial);
    const uint64_t victims[] = {record.last_entry, stray.entry, erasure};
    for (size_t i = 0; i < sizeof victims / sizeof victims[0]; i++) {
        struct ps_entry_key key = ps_entry_key(victims[i]);
        struct ps_marker marker = ps_marker_pack(erasure);
        size_t size;
        uint8_t *bytes = altered_copy(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), &size);
        altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), marker.bytes, sizeof marker.bytes);
        /* Without the erasure's own evidence nothing says whom it erased. */
        assert_in_range(altered_verify(&trial).first_entry, i < 2 ? victims[i] : 1, victims[i]);
        altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(key), bytes, size);
        assert_int_equal(altered_verify(&trial).faults, 0);
        free(bytes);
    }
}

/* A pseudonym that somebody writes into a record does not make it one that was erased. */
static void a_pseudonym_does_not_lend_another_erasure(void **state)
{
    (void)state;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    walk_another("PS20260301A0000099");
    struct ps_record another = altered_record(&trial, PS_CHART_service_order, "PS20260301A0000099");
    erase(USER);
    uint64_t erasure = trial_verify(&trial);
    struct ps_record erased = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_marker marker = ps_marker_pack(erasure);
    struct ps_entry_key victim = ps_entry_key(another.last_entry);
    struct ps_id_key key = ps_id_key(&another.id);
    memcpy(another.openid, erased.openid, sizeof another.openid);
    another.openid_size = erased.openid_size;
    altered_put(&trial, PS_TABLE_RECORDS, PS_KEY(key), &another, sizeof another);
    altered_put(&trial, PS_TABLE_EVIDENCE, PS_KEY(victim), marker.bytes, sizeof marker.bytes);
    assert_int_equal(altered_verify(&trial).first_entry, another.last_entry);
}

/* A history that breaks off is not erased in part. */
static void a_broken_history_is_told(void **state)
{
    (void)state;
    struct payscore_erasure erasure = of(USER);
    uint64_t entries;
    size_t size;
    walk_to_paid(&trial, TRIAL_ORDER, 800);
    struct ps_record record = altered_record(&trial, PS_CHART_service_order, TRIAL_ORDER);
    struct ps_entry_key key = ps_entry_key(record.first_entry);
    uint8_t *bytes = altered_copy(&trial, PS_TABLE_JOURNAL, PS_KEY(key), &size);
    altered_put(&trial, PS_TABLE_JOURNAL, PS_KEY(key), bytes, size - 1);
    assert_int_equal(payscore_erase(trial.engine, &erasure, &entries, &error), PAYSCORE_E_CORRUPT);
    assert_non_null(strstr(error.text, "verify tells more"));
    assert_string_equal(of_order(TRIAL_ORDER, "openid"), USER);
    altered_put(&trial, PS_TABLE_JOURNAL, PS_KEY(key), bytes, size);
    assert_erased(erase(USER));
    free(bytes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_stays_are_numbers_amounts_and_states),
        TEST(the_entry_says_who_and_why_and_not_whom),
        TEST(a_second_erasure_finds_nobody),
        TEST(an_order_that_is_not_at_its_end_stands_against_it),
        TEST(an_authorization_of_which_something_is_asked_stands_against_it),
        TEST(a_held_order_stands_against_it),
        TEST(what_is_asked_is_checked),
        TEST(a_reader_erases_nobody),
        TEST(strays_that_name_the_user_are_erased),
        TEST(an_adopted_stray_is_erased_with_its_record),
        TEST(a_code_that_the_user_accepted_is_erased),
        TEST(a_later_command_begins_a_new_authorization),
        TEST(an_erased_authorization_takes_no_command),
        TEST(a_repeat_of_an_erased_order_is_not_made_again),
        TEST(what_comes_later_is_evidence_and_can_be_erased_again),
        TEST(without_a_list_it_looks_for_itself),
        TEST(what_came_since_the_look_is_found),
        TEST(whose_it_is_may_be_learned_since_the_look),
        TEST(a_list_that_is_none_is_refused),
        TEST(a_crash_between_two_calls_is_harmless),
        TEST(a_user_of_many_orders_is_erased_in_several_calls),
        TEST(the_bytes_are_nowhere_in_the_file),
        TEST(what_an_earlier_process_left_is_written_over),
        TEST(a_reader_that_does_not_let_go_is_named),
        TEST(a_marker_that_was_altered_is_found),
        TEST(a_marker_in_the_place_of_anothers_evidence_is_found),
        TEST(a_pseudonym_does_not_lend_another_erasure),
        TEST(a_broken_history_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
