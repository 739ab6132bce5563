/*
 * A store that the first charts left behind, with calls under way: opened by these, and gone on
 * with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "store/store.h"
#include "support/bodies.h"
#include "support/directory.h"
#include "support/walk.h"

#define FIRST_STORE TEST_SOURCE_DIR "/vectors/stores/first.mdb.gz"
/* When the process that made it ended. */
#define LEFT_MS INT64_C(1772330405000)

enum { MAP_BYTES = 64 << 20 };

static char directory[DIRECTORY_PATH_SIZE];

static void unpack(const char *from, const char *to)
{
    char bytes[65536];
    int size;
    gzFile in = gzopen(from, "rb");
    FILE *out = fopen(to, "wb");
    assert_non_null(in);
    assert_non_null(out);
    while ((size = gzread(in, bytes, sizeof bytes)) > 0)
        assert_int_equal(fwrite(bytes, 1, (size_t)size, out), size);
    assert_int_equal(size, 0);
    assert_int_equal(gzclose(in), Z_OK);
    assert_int_equal(fclose(out), 0);
}

static int set_up(void **state)
{
    char path[DIRECTORY_PATH_SIZE + 16];
    (void)state;
    directory_make(directory);
    snprintf(path, sizeof path, "%s/data.mdb", directory);
    unpack(FIRST_STORE, path);
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
    t->now_ms = LEFT_MS + 1000;
    trial_reopen(t);
}

static void end(struct trial *t)
{
    trial_verify(t);
    trial_close(t);
}

static void assert_order(struct trial *t, const char *name, const char *state)
{
    assert_string_equal(trial_state(t, "service_order", name), state);
}

static uint64_t newest(const struct trial *t)
{
    uint64_t entry = 0;
    assert_int_equal(payscore_newest(t->engine, &entry), PAYSCORE_OK);
    return entry;
}

/* How often a row stands in an order's history. */
static int rows_taken(const struct trial *t, const char *name, int row)
{
    char *json = NULL;
    char wanted[32];
    int count = 0;
    struct payscore_name which = {0, PAYSCORE_TEXT("service_order"), {name, strlen(name)}};
    assert_int_equal(payscore_history(t->engine, &which, false, &json), PAYSCORE_OK);
    snprintf(wanted, sizeof wanted, "\"row\":%d,", row);
    for (const char *at = json; (at = strstr(at, wanted)) != NULL; at++)
        count++;
    payscore_free(json);
    return count;
}

static void every_record_is_where_it_was_left(void **state)
{
    (void)state;
    static const char *const left[] = {"AUTHORIZING",      "CREATE_SENDING",   "CREATE_UNKNOWN",
                                       "COMPLETE_SENDING", "COMPLETE_UNKNOWN", "COMPLETE_DOUBTED",
                                       "CANCEL_SENDING",   "RECALL_UNKNOWN",   "WATCHED",
                                       "SERVING",          "COLLECTING",       "DONE",
                                       "REVOKED",          "REFUSED"};
    struct trial t;
    begin(&t);
    uint64_t entries = newest(&t);
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        assert_order(&t, left[i], left[i]);
    assert_order(&t, "COLLECTING_HELD", "COLLECTING");
    assert_int_equal(trial_verify(&t), entries);
    trial_close(&t);
}

/* Opening looks at no record; the first input to one lets it know. */
static void a_record_meets_the_new_charts_once_and_when_it_moves(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    assert_int_equal(rows_taken(&t, "SERVING", 235), 0);
    trial_submit(&t, "complete", NULL, body_complete("SERVING", 800));
    assert_order(&t, "SERVING", "COMPLETE_SENDING");
    assert_int_equal(rows_taken(&t, "SERVING", 235), 1);
    assert_int_equal(rows_taken(&t, "SERVING_TOO", 235), 0);
    trial_notice(&t, "PAYSCORE.USER_PAID", seen_order("SERVING", "DONE", "", "USER_PAID", 800));
    assert_order(&t, "SERVING", "DONE");
    assert_int_equal(rows_taken(&t, "SERVING", 235), 1);
    end(&t);
}

static void an_order_of_the_old_charts_is_counted_once_it_was_touched(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    trial_submit(&t, "complete", NULL, body_complete("SERVING", 800));
    trial_turn(&t);
    struct payscore_result r = trial_submit(&t, "terminate", NULL, body_terminate(TRIAL_OPENID));
    assert_int_equal(r.verdict, PAYSCORE_REFUSED);
    assert_non_null(strstr(r.error.text, "open"));
    end(&t);
}

static void what_was_under_way_counts_as_sent(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    trial_turn(&t);
    assert_order(&t, "CREATE_SENDING", "CREATE_UNKNOWN");
    assert_order(&t, "COMPLETE_SENDING", "COMPLETE_UNKNOWN");
    assert_order(&t, "CANCEL_SENDING", "CANCEL_UNKNOWN");
    assert_int_equal(trial_calls(&t, "complete_order"), 0);
    end(&t);
}

static void a_known_end_writes_nothing(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    trial_turn(&t);
    uint64_t before = newest(&t);
    struct payscore_result r =
        trial_notice(&t, "PAYSCORE.USER_PAID", seen_order("DONE", "DONE", "", "USER_PAID", 800));
    assert_int_equal(r.verdict, PAYSCORE_IGNORED);
    assert_int_equal(newest(&t), before);
    end(&t);
}

static void a_held_order_is_released_and_goes_on(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    struct payscore_result r =
        trial_submit(&t, "release", NULL,
                     "{\"out_order_no\":\"COLLECTING_HELD\",\"person\":\"Wang Wei\","
                     "\"reason\":\"the value was read and means paying\"}");
    assert_int_equal(r.verdict, PAYSCORE_TAKEN);
    assert_string_equal(trial_member(&t, "service_order", "COLLECTING_HELD", "held"), "");
    trial_notice(&t, "PAYSCORE.USER_PAID",
                 seen_order("COLLECTING_HELD", "DONE", "", "USER_PAID", 900));
    assert_order(&t, "COLLECTING_HELD", "DONE");
    end(&t);
}

static enum payscore_status open_as(struct trial *t, enum payscore_role role,
                                    struct payscore_error *error)
{
    struct payscore *engine = NULL;
    struct payscore_options options = trial_options(t);
    options.role = role;
    options.map_bytes_max = MAP_BYTES;
    enum payscore_status rc = payscore_open(&engine, &options, error);
    payscore_close(engine);
    return rc;
}

/* Nobody drives: it writes for itself, or may not. */
static enum payscore_status submit_as_submitter(struct trial *t, struct payscore_error *error)
{
    struct payscore *engine = NULL;
    struct payscore_result result;
    struct payscore_options options = trial_options(t);
    options.role = PAYSCORE_SUBMITTER;
    options.map_bytes_max = MAP_BYTES;
    struct payscore_item item = trial_command("create", "new", body_create("NEW", TRIAL_OPENID));
    assert_int_equal(payscore_open(&engine, &options, error), PAYSCORE_OK);
    enum payscore_status rc = payscore_submit(engine, &item.command, &result, error);
    payscore_close(engine);
    return rc;
}

/* As if other charts governed it. */
static void govern_otherwise(void)
{
    const struct ps_lmdb_options options = {
        .path = directory, .map_bytes_max = MAP_BYTES, .access = PS_WRITE};
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_OK);
    ps_txn_put(txn, PS_TABLE_META, PAYSCORE_TEXT("governing"), PAYSCORE_TEXT("others"));
    assert_int_equal(ps_txn_commit(txn, ps_txn_head(txn)), PAYSCORE_OK);
    ps_store_close(store);
}

static void only_a_driver_takes_a_store_over(void **state)
{
    (void)state;
    struct trial t = {.now_ms = LEFT_MS + 1000, .seed = 1, .path = directory};
    struct payscore_error error;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(open_as(&t, PAYSCORE_SUBMITTER, &error), PAYSCORE_E_VERSION);
        assert_non_null(strstr(error.text, "open it once with its driver"));
        assert_int_equal(open_as(&t, PAYSCORE_READER, &error), PAYSCORE_E_VERSION);
    }
    assert_int_equal(open_as(&t, PAYSCORE_DRIVER, &error), PAYSCORE_OK);
    assert_int_equal(open_as(&t, PAYSCORE_SUBMITTER, &error), PAYSCORE_OK);
    govern_otherwise();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(submit_as_submitter(&t, &error), PAYSCORE_E_CHART);
        assert_non_null(strstr(error.text, "start its worker"));
    }
    assert_int_equal(open_as(&t, PAYSCORE_READER, &error), PAYSCORE_OK);
    assert_int_equal(open_as(&t, PAYSCORE_DRIVER, &error), PAYSCORE_OK);
    assert_int_equal(submit_as_submitter(&t, &error), PAYSCORE_OK);
}

static struct payscore_result keyed(struct trial *t, const char *command, const char *key,
                                    const char *body)
{
    struct payscore_result r = trial_submit(t, command, key, body);
    assert_int_equal(r.status, PAYSCORE_OK);
    return r;
}

/* Its entries say nothing of the keys that made them: they are passed over. */
static void new_keys_are_kept_beside_the_entries_of_the_first_store(void **state)
{
    (void)state;
    struct trial t;
    begin(&t);
    uint64_t first = 0;
    for (int64_t total_fen = 700; total_fen >= 300; total_fen -= 100) {
        char key[16];
        snprintf(key, sizeof key, "to %d", (int)total_fen);
        struct payscore_result r = keyed(&t, "modify", key, body_modify("COLLECTING", total_fen));
        if (r.verdict != PAYSCORE_TAKEN) fail_msg("%s: %s", key, r.error.text);
        if (first == 0) first = r.entry;
        trial_answer(&t, "modify_order", 200,
                     seen_order("COLLECTING", "DOING", "MCH_COMPLETE", "USER_PAYING", total_fen));
        assert_order(&t, "COLLECTING", "COLLECTING");
    }
    struct payscore_result again = keyed(&t, "modify", "to 700", body_modify("COLLECTING", 700));
    assert_int_equal(again.verdict, PAYSCORE_DUPLICATE);
    assert_int_equal(again.entry, first);
    end(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        TEST(every_record_is_where_it_was_left),
        TEST(a_record_meets_the_new_charts_once_and_when_it_moves),
        TEST(an_order_of_the_old_charts_is_counted_once_it_was_touched),
        TEST(what_was_under_way_counts_as_sent),
        TEST(a_known_end_writes_nothing),
        TEST(a_held_order_is_released_and_goes_on),
        TEST(only_a_driver_takes_a_store_over),
        TEST(new_keys_are_kept_beside_the_entries_of_the_first_store),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
