/*
 * Whatever state a record stood in when the backup was made, nothing leaves for it but the question
 * of its chart, and no command is taken, until that is answered. Each state of each chart is put
 * into a store by hand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/charts.h"
#include "core/step.h"
#include "engine/journal.h"
#include "store/store.h"
#include "support/bodies.h"
#include "support/restored.h"
#include "support/walk.h"

/* Of each chart: how a record of it comes to be, and what speaks of it. */
static const struct kind {
    uint16_t chart;
    const char *name, *question, *command;
} kinds[] = {
    {PS_CHART_service_order, TRIAL_ORDER, "query_order", "cancel"},
    {PS_CHART_authorization, TRIAL_OPENID, "query_authorization_by_openid", "terminate"},
    {PS_CHART_preauthorization, TRIAL_CODE, "query_authorization_by_code", "preauthorize"},
};

static const char *body_of(const struct kind *kind)
{
    if (kind->chart == PS_CHART_service_order) return body_cancel(TRIAL_ORDER);
    if (kind->chart == PS_CHART_authorization) return body_terminate(TRIAL_OPENID);
    return body_preauthorize(TRIAL_CODE);
}

static void be_born(struct trial *trial, const struct kind *kind)
{
    if (kind->chart == PS_CHART_service_order)
        trial_submit(trial, "create", NULL, body_create_confirmed(TRIAL_ORDER));
    else if (kind->chart == PS_CHART_authorization)
        trial_submit(trial, "check", NULL, body_check(TRIAL_OPENID));
    else
        trial_submit(trial, "preauthorize", NULL, body_preauthorize(TRIAL_CODE));
}

/* The newest entry of the one record is made to say that it went to this state. */
static void put_state(const char *path, const struct ps_state *state)
{
    struct ps_lmdb_options options = {.path = path,
                                      .map_bytes_max = 64 << 20,
                                      .access = PS_WRITE,
                                      .incarnation = 1,
                                      .upgrades = true};
    struct ps_store *store = NULL;
    struct ps_txn *txn = NULL;
    struct payscore_text key, value, first = {NULL, 0};
    struct ps_record record;
    struct ps_entry entry;
    assert_int_equal(ps_store_open_lmdb(&store, &options, NULL), PAYSCORE_OK);
    assert_int_equal(ps_txn_begin(store, PS_WRITE, &txn), PAYSCORE_OK);
    struct ps_head head = *ps_txn_head(txn);
    assert_int_equal(ps_txn_seek(txn, PS_TABLE_RECORDS, first, &key, &value), PAYSCORE_OK);
    assert_int_equal(value.size, sizeof record);
    memcpy(&record, value.data, sizeof record);
    assert_int_equal(record.last_entry, head.entries);
    record.state = state->id;
    record.call = state->owes.call;
    record.due_lane = state->owes.lane;
    record.due_at_ms = state->owes.lane == PAYSCORE_LANE_NONE ? 0 : record.since_ms;
    assert_int_equal(ps_entry_read(txn, head.entries, &entry), PAYSCORE_OK);
    entry.to = state->id;
    assert_int_equal(ps_entry_hash(&entry, entry.hash), PAYSCORE_OK);
    memcpy(head.hash, entry.hash, sizeof head.hash);
    struct ps_id_key id = ps_id_key(&record.id);
    struct ps_entry_key number = ps_entry_key(entry.number);
    struct ps_due due = {record.merchant, record.due_lane, 0, record.due_at_ms, record.id};
    struct ps_due_key owed = ps_due_key(&due);
    ps_txn_put(txn, PS_TABLE_RECORDS, PS_KEY(id), ps_key_text(&record, sizeof record));
    ps_txn_put(txn, PS_TABLE_JOURNAL, PS_KEY(number), ps_key_text(&entry, sizeof entry));
    if (due.at_ms != 0)
        ps_txn_put(txn, PS_TABLE_DUE, PS_KEY(owed), ps_key_text(&head.epoch, sizeof head.epoch));
    assert_int_equal(ps_txn_commit(txn, &head), PAYSCORE_OK);
    ps_store_close(store);
}

static void expect_question_only(struct trial *trial, const struct kind *kind)
{
    for (size_t i = 0; i < trial->call_count; i++)
        if (strcmp(trial->calls[i].name, kind->question) != 0)
            fail_msg("%s left", trial->calls[i].name);
    assert_true(trial->call_count <= 1);
}

static void asks_first(const struct kind *kind, const struct ps_state *state)
{
    struct restored places;
    struct trial t;
    restored_begin(&places);
    trial_open(&t, places.lost);
    be_born(&t, kind);
    trial_reopen(&t);
    payscore_close(t.engine);
    put_state(places.lost, state);
    struct payscore_options options = trial_options(&t);
    options.role = PAYSCORE_READER; /* So that nothing moves meanwhile. */
    assert_int_equal(payscore_open(&t.engine, &options, NULL), PAYSCORE_OK);
    restored_backup(&places, &t);
    restored_open(&places, &t);
    for (int i = 0; i < 5; i++) {
        trial_await(&t, kind->question);
        expect_question_only(&t, kind);
        struct payscore_result r = trial_submit(&t, kind->command, NULL, body_of(kind));
        assert_int_equal(r.status, PAYSCORE_E_RESTORED);
        expect_question_only(&t, kind);
        trial_lose(&t, kind->question, PAYSCORE_LOST);
        const char *chart = ps_chart_by_id(kind->chart)->name;
        assert_string_equal(trial_state(&t, chart, kind->name), state->name);
    }
    trial_await(&t, kind->question);
    trial_answer(&t, kind->question, 404, BODY_ABSENT);
    /* What was owed is in doubt now; what was in doubt is settled by this very answer. */
    if (state->owes.lane == PAYSCORE_LANE_EFFECT) expect_question_only(&t, kind);
    assert_string_equal(trial_member(&t, ps_chart_by_id(kind->chart)->name, kind->name, "restored"),
                        "");
    trial_close(&t);
    restored_end(&places);
}

static void every_state_asks_first(void **unused)
{
    (void)unused;
    size_t seen = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct ps_chart *chart = ps_chart_by_id(kinds[i].chart);
        for (uint16_t id = 1; id < chart->state_limit; id++) {
            const struct ps_state *state = ps_chart_state(chart, id);
            if (state == NULL ||
                (state->kind != PS_STATE_WAITING && state->kind != PS_STATE_SETTLED))
                continue;
            asks_first(&kinds[i], state);
            seen++;
        }
    }
    assert_true(seen > 40);
}

/* What the mark leans on: an effect in doubt is a question, whatever the record looks like. */
static void every_effect_in_doubt_is_asked_about(void **unused)
{
    (void)unused;
    for (uint16_t c = 1; ps_chart_by_id(c) != NULL; c++) {
        const struct ps_chart *chart = ps_chart_by_id(c);
        for (uint16_t id = 1; id < chart->state_limit; id++) {
            const struct ps_state *state = ps_chart_state(chart, id);
            if (state == NULL || state->owes.lane != PAYSCORE_LANE_EFFECT) continue;
            struct ps_record record = {.chart = c, .state = id, .version = 3, .call_entry = 2};
            struct ps_input in = {.event = PS_EVENT_unknown,
                                  .carrier = PAYSCORE_CARRIER_REPLY,
                                  .call = state->owes.call,
                                  .begun_version = 3,
                                  .call_entry = 2};
            struct ps_step out;
            for (record.hold = 0; record.hold < 2; record.hold++) {
                ps_step(chart, &record, &in, &out);
                assert_int_equal(out.verdict, PAYSCORE_TAKEN);
                assert_int_equal(ps_owes(chart, &out.next)->lane, PAYSCORE_LANE_ASK);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_state_asks_first),
        cmocka_unit_test(every_effect_in_doubt_is_asked_about),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
