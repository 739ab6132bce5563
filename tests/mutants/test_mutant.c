/*
 * A mutant differs from the chart in one row and in nothing else; without one there is no
 * difference.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "core/charts.h"
#include "mutants/mutant.h"

/* What the linker would have taken. */
#define CHART(id, name, revision, en, zh) extern const struct ps_chart __real_ps_chart_##name;
#include "statecharts/charts.def"

static const struct ps_chart *const original = &__real_ps_chart_service_order;
static const struct ps_chart *const changed = &ps_chart_service_order;

/* Rows before and after the one of this id are what they are in the rows' files. */
static void assert_others_same(uint16_t id)
{
    uint16_t at = 0;
    for (uint16_t i = 0; i < original->row_count; i++) {
        const struct ps_row *row = &original->rows[i];
        if (row->id == id) {
            if (ps_chart_row(changed, id) != NULL) at++;
            continue;
        }
        assert_in_range(at, 0, changed->row_count - 1);
        assert_memory_equal(&changed->rows[at++], row, sizeof *row);
    }
    assert_int_equal(at, changed->row_count);
}

static int undo(void **state)
{
    (void)state;
    mutant_undo();
    return 0;
}

static void without_a_mutant_the_charts_are_what_they_are(void **state)
{
    (void)state;
#define CHART(id, name, revision, en, zh)                                                          \
    assert_ptr_not_equal(&ps_chart_##name, &__real_ps_chart_##name);                               \
    assert_memory_equal(&ps_chart_##name, &__real_ps_chart_##name, sizeof ps_chart_##name);
#include "statecharts/charts.def"
}

static void everyone_reads_the_copies(void **state)
{
    (void)state;
    assert_ptr_equal(ps_chart_by_id(PS_CHART_service_order), changed);
    assert_true(mutant_make("service_order:25:delete"));
    assert_null(ps_chart_row(ps_chart_by_id(PS_CHART_service_order), 25));
}

static void a_deleted_row_is_gone_and_the_others_close_up(void **state)
{
    (void)state;
    assert_true(mutant_make("service_order:25:delete"));
    assert_int_equal(changed->row_count, original->row_count - 1);
    assert_null(ps_chart_row(changed, 25));
    assert_others_same(25);
}

static void first_and_last_row_can_be_deleted(void **state)
{
    (void)state;
    const uint16_t ends[] = {original->rows[0].id, original->rows[original->row_count - 1].id};
    for (size_t i = 0; i < 2; i++) {
        char name[64];
        snprintf(name, sizeof name, "service_order:%u:delete", ends[i]);
        assert_true(mutant_make(name));
        assert_others_same(ends[i]);
        mutant_undo();
    }
}

static void a_redirected_row_leads_elsewhere(void **state)
{
    (void)state;
    assert_true(mutant_make("service_order:25:redirect:41"));
    struct ps_row wanted = *ps_chart_row(original, 25);
    wanted.to = 41;
    assert_memory_equal(ps_chart_row(changed, 25), &wanted, sizeof wanted);
    assert_others_same(25);
}

static void a_row_can_lose_one_action(void **state)
{
    (void)state;
    assert_true(mutant_make("service_order:25:noaction:count_effect"));
    const struct ps_row *row = ps_chart_row(changed, 25);
    assert_int_equal(row->actions[0], PS_ACTION_book);
    assert_int_equal(row->actions[1], PS_ACTION_clear_reason);
    assert_int_equal(row->actions[2], PS_ACTION_tell_order_opened);
    assert_int_equal(row->actions[3], PS_ACTION_none);
    assert_others_same(25);
}

static void a_row_can_lose_its_guard(void **state)
{
    (void)state;
    assert_true(mutant_make("service_order:17:always"));
    struct ps_row wanted = *ps_chart_row(original, 17);
    assert_int_equal(wanted.guard, PS_GUARD_may_repeat);
    wanted.guard = PS_GUARD_always;
    assert_memory_equal(ps_chart_row(changed, 17), &wanted, sizeof wanted);
    assert_others_same(17);
}

static void what_is_no_mutant_changes_nothing(void **state)
{
    (void)state;
    static const char *const names[] = {
        "",
        "service_order",
        "service_order:25",
        "service_order:25:",
        "service_order:25:vanish",
        "service_order:25:delete:41",
        "service_order:25:delete ",
        "service_order:60000:delete",
        "service_order:65561:delete", /* 25, if only 16 bits were read. */
        "no_chart:25:delete",
        "service_order:25:redirect",
        "service_order:25:redirect:21", /* Where it leads. */
        "service_order:25:redirect:2",  /* No leaf. */
        "service_order:25:redirect:9999",
        "service_order:25:redirect:41x",
        "service_order:31:redirect:41", /* Leads nowhere. */
        "service_order:25:noaction",
        "service_order:25:noaction:doubt",
        "service_order:25:always",
        "service_order:25:always:41",
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_false(mutant_make(names[i]));
        assert_memory_equal(changed, original, sizeof *changed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(without_a_mutant_the_charts_are_what_they_are, undo),
        cmocka_unit_test_teardown(everyone_reads_the_copies, undo),
        cmocka_unit_test_teardown(a_deleted_row_is_gone_and_the_others_close_up, undo),
        cmocka_unit_test_teardown(first_and_last_row_can_be_deleted, undo),
        cmocka_unit_test_teardown(a_redirected_row_leads_elsewhere, undo),
        cmocka_unit_test_teardown(a_row_can_lose_one_action, undo),
        cmocka_unit_test_teardown(a_row_can_lose_its_guard, undo),
        cmocka_unit_test_teardown(what_is_no_mutant_changes_nothing, undo),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
