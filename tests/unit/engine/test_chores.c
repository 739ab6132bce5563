/* Chores: they come as commands do, and what they leave is an entry of no record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/chores.h"
#include "support/trial.h"

static struct payscore_result submit(struct trial *t, const char *name, size_t merchant,
                                     const char *body)
{
    struct payscore_item item = trial_command(name, "", body);
    item.command.merchant = merchant;
    trial_run(t, &item, 1);
    return item.result;
}

static void a_chore_is_known_by_its_name(void **state)
{
    (void)state;
    assert_int_equal(ps_chore_by_name(PAYSCORE_TEXT("erase")), PS_CHORE_erase);
    assert_int_equal(ps_chore_by_name(PAYSCORE_TEXT("erase ")), PS_CHORE_none);
    assert_int_equal(ps_chore_by_name(PAYSCORE_TEXT("create")), PS_CHORE_none);
    assert_string_equal(ps_chore_name(PS_CHORE_cursor_store), "cursor_store");
    assert_string_equal(ps_chore_name(PS_CHORE_none), "");
    assert_string_equal(ps_chore_meaning(PS_CHORE_erase), "A person was erased.");
}

static void what_is_wrong_with_a_chore_is_its_own_trouble(void **state)
{
    (void)state;
    struct trial t;
    trial_open(&t, NULL);
    struct payscore_result result = submit(&t, "erase", 0, "[]");
    assert_int_equal(result.status, PAYSCORE_E_INPUT);
    assert_non_null(strstr(result.error.text, "must be a JSON object"));
    assert_int_equal(submit(&t, "cursor_store", 7, "{}").status, PAYSCORE_E_ARGUMENT);

    struct payscore_item items[] = {trial_command("cursor_store", "", "{}"),
                                    trial_command("create", "", "{}"),
                                    trial_command("cursor_drop", "", "{}")};
    trial_run(&t, items, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(items[i].result.status, PAYSCORE_E_INPUT);
        assert_int_equal(items[i].result.verdict, PAYSCORE_VERDICT_NONE);
        assert_true(items[i].result.error.text[0] != '\0');
    }
    assert_int_equal(trial_verify(&t), 0);
    trial_close(&t);
}

/* As an owner of a chore writes it. */
static void leave_entry(struct payscore *engine, enum ps_chore chore, uint64_t *entry)
{
    struct ps_change change = {.engine = engine, .now_ms = ps_now_ms(engine)};
    struct ps_chore_work work = {.merchant = &engine->merchants[0]};
    struct ps_parts parts = {0};
    assert_int_equal(ps_txn_begin(engine->store, PS_WRITE, &change.txn), PAYSCORE_OK);
    change.head = *ps_txn_head(change.txn);
    ps_parts_add(&parts, PS_PART_note, PAYSCORE_TEXT("asked for by letter"));
    assert_int_equal(ps_chore_entry(&change, &work, chore, &parts, entry), PAYSCORE_OK);
    ps_parts_free(&parts);
    assert_int_equal(ps_txn_commit(change.txn, &change.head), PAYSCORE_OK);
}

static void an_entry_of_a_chore_belongs_to_no_record_and_verifies(void **state)
{
    (void)state;
    struct trial t;
    uint64_t entry = 0;
    char *json = NULL;
    trial_open(&t, NULL);
    leave_entry(t.engine, PS_CHORE_erase, &entry);
    assert_int_equal(entry, 1);
    leave_entry(t.engine, PS_CHORE_restored, &entry);
    assert_int_equal(entry, 2);
    assert_int_equal(trial_verify(&t), 2);
    assert_int_equal(payscore_feed(t.engine, PAYSCORE_TEXT(""), 1, &json), PAYSCORE_OK);
    assert_non_null(strstr(json, "\"event\":\"erase\""));
    assert_non_null(strstr(json, "\"chart\":\"\""));
    assert_non_null(strstr(json, "\"row_name\":\"\""));
    payscore_free(json);
    trial_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chore_is_known_by_its_name),
        cmocka_unit_test(what_is_wrong_with_a_chore_is_its_own_trouble),
        cmocka_unit_test(an_entry_of_a_chore_belongs_to_no_record_and_verifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
