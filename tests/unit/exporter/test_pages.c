/* Do the pages, the matrix and the manual leave nothing out? Read from their texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/exporter/page.h"

typedef void page_check(const struct ps_chart *chart, enum ps_language language, const char *page);

/* What is written between the two, to be freed. */
static char *written;
static size_t written_size;

static FILE *begin_text(void)
{
    FILE *out = open_memstream(&written, &written_size);
    assert_non_null(out);
    return out;
}

static char *end_text(FILE *out)
{
    assert_int_equal(fclose(out), 0);
    return written;
}

static char *page_of(const struct ps_chart *chart, enum ps_language language)
{
    FILE *out = begin_text();
    ps_export_page(out, chart, language);
    return end_text(out);
}

static char *matrix_of(const struct ps_chart *chart)
{
    FILE *out = begin_text();
    ps_export_matrix(out, chart);
    return end_text(out);
}

static char *manual_of_all(void)
{
    FILE *out = begin_text();
    ps_export_manual(out);
    return end_text(out);
}

static void each_page(page_check *check)
{
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        for (int language = PS_ENGLISH; language <= PS_CHINESE; language++) {
            char *page = page_of(ps_charts[i], (enum ps_language)language);
            check(ps_charts[i], (enum ps_language)language, page);
            free(page);
        }
}

static unsigned times(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

/* The line that begins here, as long as the caller needs it. */
static const char *line_at(const char *at)
{
    static char line[8192];
    size_t size = strcspn(at, "\n");
    assert_true(size < sizeof line);
    memcpy(line, at, size);
    line[size] = '\0';
    return line;
}

/* Pages. */

static void rows_are_there(const struct ps_chart *chart, enum ps_language language,
                           const char *page)
{
    for (uint16_t i = 0; i < chart->row_count; i++) {
        const struct ps_row *row = &chart->rows[i];
        char begin[64];
        snprintf(begin, sizeof begin, "| <a id=\"row-%u\"></a>%u", row->id, row->id);
        assert_int_equal(times(page, begin), 1);
        const char *line = line_at(strstr(page, begin));
        assert_non_null(strstr(line, ps_event_name(row->event)));
        assert_non_null(strstr(line, row->source));
        /* A bar or an angle bracket is written in another way in a cell. */
        const char *words = ps_row_words(row, language);
        if (strpbrk(words, "|<*") == NULL) assert_non_null(strstr(line, words));
        if (row->kind == PS_ROW_TRAN) assert_non_null(strstr(line, chart->states[row->to].name));
        if (row->guard != PS_GUARD_always) assert_non_null(strstr(line, ps_guard_name(row->guard)));
        for (unsigned a = 0; a < PS_ACTIONS_PER_ROW_MAX && row->actions[a] != 0; a++)
            assert_non_null(strstr(line, ps_action_words(row->actions[a], language)));
    }
}

static void every_row_stands_on_its_page_in_both_languages(void **state)
{
    (void)state;
    each_page(rows_are_there);
}

static void states_are_there(const struct ps_chart *chart, enum ps_language language,
                             const char *page)
{
    for (uint16_t id = 1; id < chart->state_limit; id++) {
        const struct ps_state *state = ps_chart_state(chart, id);
        char anchor[64];
        if (state == NULL) continue;
        snprintf(anchor, sizeof anchor, "<a id=\"state-%s\"></a>", state->name);
        assert_int_equal(times(page, anchor), 1);
        const char *line = line_at(strstr(page, anchor));
        assert_non_null(strstr(line, ps_state_words(state, language)));
        assert_non_null(strstr(line, ps_call_name(state->owes.call)));
    }
}

static void every_state_stands_on_its_page_in_both_languages(void **state)
{
    (void)state;
    each_page(states_are_there);
}

static void words_are_explained(const struct ps_chart *chart, enum ps_language language,
                                const char *page)
{
    for (uint16_t i = 0; i < chart->event_count; i++)
        assert_non_null(strstr(page, ps_event_words(chart->events[i], language)));
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].guard != PS_GUARD_always)
            assert_non_null(strstr(page, ps_guard_words(chart->rows[i].guard, language)));
    for (size_t i = 0; i < ps_limit_count; i++)
        assert_non_null(strstr(page, ps_limit_at(i).words[language]));
    for (const struct ps_why *why = ps_holds; why->id != 0; why++)
        if (ps_chart_gives(chart, "hold", why->name))
            assert_non_null(strstr(page, ps_hold_remedy(why->id, language)));
}

static void every_word_that_rows_use_is_explained(void **state)
{
    (void)state;
    each_page(words_are_explained);
}

static void links_lead_somewhere(const struct ps_chart *chart, enum ps_language language,
                                 const char *page)
{
    (void)chart;
    (void)language;
    for (const char *at = strstr(page, "](#"); at != NULL; at = strstr(at + 1, "](#")) {
        char anchor[128];
        int size = (int)strcspn(at + 3, ")");
        snprintf(anchor, sizeof anchor, "<a id=\"%.*s\"></a>", size, at + 3);
        assert_int_equal(times(page, anchor), 1);
    }
}

static void every_link_within_a_page_leads_somewhere(void **state)
{
    (void)state;
    each_page(links_lead_somewhere);
}

static void every_limit_and_hold_is_told_in_both_languages(void **state)
{
    (void)state;
    for (size_t i = 0; i < ps_limit_count; i++)
        for (int language = PS_ENGLISH; language <= PS_CHINESE; language++) {
            assert_non_null(ps_limit_at(i).words[language]);
            assert_true(strlen(ps_limit_at(i).words[language]) > 3);
        }
    for (const struct ps_why *why = ps_holds; why->id != 0; why++)
        for (int language = PS_ENGLISH; language <= PS_CHINESE; language++)
            assert_true(strlen(ps_hold_remedy(why->id, (enum ps_language)language)) > 3);
    assert_string_equal(ps_hold_remedy(UINT16_MAX, PS_ENGLISH), "");
}

static void every_hold_can_come_about_in_some_chart(void **state)
{
    (void)state;
    for (const struct ps_why *why = ps_holds; why->id != 0; why++) {
        bool found = false;
        for (size_t i = 0; i < PS_CHART_COUNT; i++)
            found = found || ps_chart_gives(ps_charts[i], "hold", why->name);
        assert_true(found);
    }
    assert_false(ps_chart_gives(ps_charts[0], "hold", "no_such_hold"));
}

/* Disputes. */

static void disputes_name_rows_that_exist(void **state)
{
    (void)state;
    uint16_t chart, row;
    size_t count = 0;
    for (; ps_disputed_row(count, &chart, &row); count++) {
        assert_non_null(ps_chart_by_id(chart));
        if (ps_chart_row(ps_chart_by_id(chart), row) == NULL)
            fail_msg("%s has no row %u that a dispute names", ps_chart_by_id(chart)->name, row);
    }
    assert_true(count >= ps_dispute_count);
}

/* Sources 14-A to 14-V are the table of conflicts. */
static void a_row_with_a_conflict_as_its_source_has_its_dispute(void **state)
{
    (void)state;
    unsigned count = 0;
    for (size_t c = 0; c < PS_CHART_COUNT; c++)
        for (uint16_t r = 0; r < ps_charts[c]->row_count; r++) {
            const struct ps_row *row = &ps_charts[c]->rows[r];
            bool found = false;
            if (strstr(row->source, "14-") == NULL) continue;
            for (size_t i = 0; i < ps_dispute_count; i++)
                found = found || ps_disputed(&ps_disputes[i], ps_charts[c], row->id);
            if (!found)
                fail_msg("%s: row %u has the source %s, and no dispute names it",
                         ps_charts[c]->name, row->id, row->source);
            count++;
        }
    assert_true(count > 0);
}

static bool is_on_page(const struct ps_dispute *dispute, const struct ps_chart *chart)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (ps_disputed(dispute, chart, chart->rows[i].id)) return true;
    return false;
}

/* A line of the list that says what one side is. */
static bool has_side(const char *page, enum ps_text side, const char *words,
                     enum ps_language language)
{
    char item[1024];
    snprintf(item, sizeof item, "\n- **%s**%s%s\n", ps_text(side, language),
             language == PS_CHINESE ? "：" : ": ", words);
    return strstr(page, item) != NULL;
}

static void disputes_are_there(const struct ps_chart *chart, enum ps_language language,
                               const char *page)
{
    for (size_t i = 0; i < ps_dispute_count; i++) {
        const struct ps_dispute *dispute = &ps_disputes[i];
        bool here = is_on_page(dispute, chart);
        assert_int_equal(strstr(page, dispute->topic[language]) != NULL, here);
        if (!here) continue;
        assert_true(has_side(page, PS_TEXT_ONE_SIDE, dispute->one[language], language));
        assert_true(has_side(page, PS_TEXT_OTHER_SIDE, dispute->other[language], language));
        assert_true(has_side(page, PS_TEXT_HERE, dispute->here[language], language));
    }
}

static void disputes_are_told_with_both_sides_where_rows_lean_on_them(void **state)
{
    (void)state;
    each_page(disputes_are_there);
    for (size_t i = 0; i < ps_dispute_count; i++) {
        bool found = false;
        for (size_t c = 0; c < PS_CHART_COUNT; c++)
            found = found || is_on_page(&ps_disputes[i], ps_charts[c]);
        if (!found) fail_msg("no row leans on the dispute %s", ps_disputes[i].name);
    }
}

static bool is_switch(const char *name, size_t size)
{
    static const char *const switches[] = {
#define SWITCH(name, from_the_start, source, meaning) #name,
#include "tools/sandbox/switches.def"
    };
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++)
        if (strlen(switches[i]) == size && strncmp(switches[i], name, size) == 0) return true;
    return false;
}

static void disputes_name_switches_that_the_sandbox_has(void **state)
{
    (void)state;
    unsigned count = 0;
    for (size_t i = 0; i < ps_dispute_count; i++)
        for (const char *at = ps_disputes[i].switches; *at != '\0'; count++) {
            size_t size = strcspn(at, " ");
            if (!is_switch(at, size)) fail_msg("the sandbox has no switch %.*s", (int)size, at);
            at += size + (at[size] == ' ' ? 1 : 0);
        }
    assert_true(count > 0);
    assert_false(is_switch("no_such_switch", strlen("no_such_switch")));
}

/* The matrix. */

static void cell_is_answered(const struct ps_chart *chart, const char *section, uint16_t event,
                             uint16_t leaf)
{
    const struct ps_row *rows[PS_CHOICES_MAX];
    size_t count = ps_choices(chart, leaf, event, rows);
    char begin[96];
    snprintf(begin, sizeof begin, "\n| `%s` | ", ps_event_name(event));
    const char *at = strstr(section, begin);
    assert_non_null(at);
    const char *line = line_at(at + 1);
    assert_true(strlen(line) > strlen(begin) + strlen(" |")); /* No cell is empty. */
    assert_null(strstr(line, "NOT ANSWERED"));
    for (size_t i = 0; i < count; i++) {
        char link[96];
        snprintf(link, sizeof link, "([%u](%s.md#row-%u)", rows[i]->id, chart->name, rows[i]->id);
        assert_int_equal(times(line, link), 1);
    }
    if (count == 0) assert_int_equal(chart->states[leaf].kind, PS_STATE_INITIAL);
}

static void no_cell_of_the_matrix_is_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < PS_CHART_COUNT; i++) {
        const struct ps_chart *chart = ps_charts[i];
        char *matrix = matrix_of(chart);
        size_t cells = 0;
        for (uint16_t id = 1; id < chart->state_limit; id++) {
            const struct ps_state *leaf = ps_chart_state(chart, id);
            char title[96];
            if (leaf == NULL || leaf->kind == PS_STATE_COMPOSITE) continue;
            snprintf(title, sizeof title, "## <a id=\"%s\"></a>", leaf->name);
            const char *section = strstr(matrix, title);
            assert_non_null(section);
            for (uint16_t e = 0; e < chart->event_count; e++, cells++)
                cell_is_answered(chart, section, chart->events[e], id);
        }
        assert_int_equal(cells, ps_matrix_cells(chart));
        free(matrix);
    }
}

/* The manual. */

static void the_manual_names_every_state_hold_and_reason(void **state)
{
    (void)state;
    char *text = manual_of_all();
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        for (uint16_t id = 1; id < ps_charts[i]->state_limit; id++)
            if (ps_chart_state(ps_charts[i], id) != NULL)
                assert_non_null(strstr(text, ps_charts[i]->states[id].name));
    for (const struct ps_why *why = ps_holds; why->id != 0; why++)
        assert_non_null(strstr(text, why->name));
    for (const struct ps_why *why = ps_reasons; why->id != 0; why++)
        assert_non_null(strstr(text, why->name));
    for (const char *at = text; *at != '\0'; at++)
        assert_in_range((unsigned char)*at, '\n', '~'); /* So that no reader has to guess. */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_stands_on_its_page_in_both_languages),
        cmocka_unit_test(every_state_stands_on_its_page_in_both_languages),
        cmocka_unit_test(every_word_that_rows_use_is_explained),
        cmocka_unit_test(every_link_within_a_page_leads_somewhere),
        cmocka_unit_test(every_limit_and_hold_is_told_in_both_languages),
        cmocka_unit_test(every_hold_can_come_about_in_some_chart),
        cmocka_unit_test(disputes_name_rows_that_exist),
        cmocka_unit_test(a_row_with_a_conflict_as_its_source_has_its_dispute),
        cmocka_unit_test(disputes_are_told_with_both_sides_where_rows_lean_on_them),
        cmocka_unit_test(disputes_name_switches_that_the_sandbox_has),
        cmocka_unit_test(no_cell_of_the_matrix_is_empty),
        cmocka_unit_test(the_manual_names_every_state_hold_and_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
