/* Do the pictures of a chart show all of it, and each arrow once? Read from the text of each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/exporter/deeds.h"
#include "tools/exporter/page.h"
#include "tools/exporter/picture.h"

typedef void picture_check(const struct ps_picture *picture, const char *text);

static char *text_of(const struct ps_picture *picture)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    ps_export_picture(out, picture);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void each_picture(picture_check *check)
{
    for (size_t i = 0; i < PS_CHART_COUNT; i++) {
        struct ps_picture pictures[PS_PICTURES_MAX];
        size_t count = ps_pictures(ps_charts[i], pictures);
        assert_in_range(count, 1, PS_PICTURES_MAX);
        for (size_t p = 0; p < count; p++) {
            char *text = text_of(&pictures[p]);
            check(&pictures[p], text);
            free(text);
        }
    }
}

static unsigned times(const char *text, const char *part)
{
    unsigned count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part))
        count++;
    return count;
}

/* The words of a label, without its markup; NULL: the text has no such node. */
static char *label_of(const char *text, const struct ps_arrow *arrow)
{
    char begin[64];
    if (arrow->from == arrow->to)
        snprintf(begin, sizeof begin, "\n  s%u [label=<", arrow->from);
    else
        snprintf(begin, sizeof begin, "\n  r%u_%u [class=\"label\", label=<", arrow->from,
                 arrow->to);
    const char *from = strstr(text, begin);
    if (from == NULL) return NULL;
    from += strlen(begin);
    const char *end = strstr(from, ">, shape");
    assert_non_null(end);
    char *label = calloc(1, (size_t)(end - from) + 1), *to = label;
    for (bool markup = false; from < end; from++) {
        if (*from == '<') markup = true;
        if (!markup) *to++ = *from;
        if (*from == '>') markup = false;
    }
    return label;
}

/* "10, 12–13" names 10, 12 and 13. */
static bool label_names(const char *label, unsigned row)
{
    while (*label != '\0') {
        if (*label < '0' || *label > '9') {
            label++;
            continue;
        }
        char *end;
        unsigned long first = strtoul(label, &end, 10), last = first;
        if (strncmp(end, "–", strlen("–")) == 0) last = strtoul(end + strlen("–"), &end, 10);
        if (first <= row && row <= last) return true;
        label = end;
    }
    return false;
}

static void arrow_is_drawn_once(const struct ps_picture *picture, const char *text)
{
    struct ps_arrow arrows[PS_ARROWS_MAX];
    size_t count = ps_picture_arrows(picture, arrows);
    assert_in_range(count, 1, PS_ARROWS_MAX - 1);
    for (size_t i = 0; i < count; i++) {
        for (size_t other = 0; other < i; other++)
            assert_false(arrows[i].from == arrows[other].from && arrows[i].to == arrows[other].to);
        if (arrows[i].from == arrows[i].to) continue;
        char node[64];
        snprintf(node, sizeof node, "\n  r%u_%u [", arrows[i].from, arrows[i].to);
        assert_int_equal(times(text, node), 1);
        snprintf(node, sizeof node, "r%u_%u ->", arrows[i].from, arrows[i].to);
        assert_int_equal(times(text, node), 1);
        snprintf(node, sizeof node, "-> r%u_%u [", arrows[i].from, arrows[i].to);
        assert_int_equal(times(text, node), 1);
    }
}

static void each_pair_of_states_has_one_arrow(void **state)
{
    (void)state;
    each_picture(arrow_is_drawn_once);
}

static void labels_name_the_rows_of_their_arrow(const struct ps_picture *picture, const char *text)
{
    struct ps_arrow arrows[PS_ARROWS_MAX];
    size_t count = ps_picture_arrows(picture, arrows);
    for (size_t i = 0; i < count; i++) {
        char *label = label_of(text, &arrows[i]);
        assert_non_null(label);
        /* In a node the name and the holds stand there too; only an arrow's label is all rows. */
        bool alone = arrows[i].from != arrows[i].to;
        for (uint16_t r = 0; r < picture->chart->row_count; r++) {
            const struct ps_row *row = &picture->chart->rows[r];
            struct ps_arrow arrow;
            bool belongs = ps_picture_arrow(picture, row, &arrow) && arrow.from == arrows[i].from &&
                           arrow.to == arrows[i].to;
            if (belongs) assert_true(label_names(label, row->id));
            if (alone && !belongs) assert_false(label_names(label, row->id));
        }
        free(label);
    }
}

static void a_label_names_every_row_of_its_arrow_and_no_other(void **state)
{
    (void)state;
    each_picture(labels_name_the_rows_of_their_arrow);
}

static void every_move_is_drawn_in_some_picture(void **state)
{
    (void)state;
    for (size_t i = 0; i < PS_CHART_COUNT; i++) {
        struct ps_picture pictures[PS_PICTURES_MAX];
        size_t count = ps_pictures(ps_charts[i], pictures);
        for (uint16_t r = 0; r < ps_charts[i]->row_count; r++) {
            const struct ps_row *row = &ps_charts[i]->rows[r];
            struct ps_arrow arrow;
            bool drawn = false;
            for (size_t p = 0; p < count; p++)
                drawn = drawn || ps_picture_arrow(&pictures[p], row, &arrow);
            assert_int_equal(drawn, row->kind == PS_ROW_TRAN);
        }
    }
}

static void every_state_stands_in_some_picture(void **state)
{
    (void)state;
    for (size_t i = 0; i < PS_CHART_COUNT; i++) {
        struct ps_picture pictures[PS_PICTURES_MAX];
        size_t count = ps_pictures(ps_charts[i], pictures);
        for (uint16_t id = 1; id < ps_charts[i]->state_limit; id++) {
            bool stands = ps_chart_state(ps_charts[i], id) == NULL;
            for (size_t p = 0; p < count; p++) {
                enum ps_node node = ps_picture_node(&pictures[p], id);
                stands = stands || node == PS_NODE_LEAF || node == PS_NODE_OPEN;
            }
            assert_true(stands);
        }
    }
}

static void folded_boxes_have_their_own(const struct ps_picture *picture, const char *text)
{
    struct ps_picture pictures[PS_PICTURES_MAX];
    size_t count = ps_pictures(picture->chart, pictures);
    (void)text;
    for (uint16_t id = 1; id < picture->chart->state_limit; id++) {
        if (ps_picture_node(picture, id) != PS_NODE_FOLDED) continue;
        bool found = false;
        for (size_t p = 0; p < count; p++)
            found = found || pictures[p].scope == id;
        assert_true(found);
    }
}

static void what_is_folded_has_its_own_picture(void **state)
{
    (void)state;
    each_picture(folded_boxes_have_their_own);
}

static void order_has_no_circle(const struct ps_picture *picture, const char *text)
{
    struct ps_arrow arrows[PS_ARROWS_MAX];
    unsigned order[PS_STATES_MAX];
    size_t count = ps_picture_arrows(picture, arrows);
    (void)text;
    ps_picture_order(picture, order);
    for (size_t i = 0; i < count; i++)
        for (size_t other = 0; other < count; other++)
            if (arrows[i].to != arrows[other].to) /* Each state has a place of its own. */
                assert_int_not_equal(order[arrows[i].to], order[arrows[other].to]);
    for (size_t i = 0; i < count;
         i++) /* A final state leads nowhere, so nothing leads back to it. */
        if (picture->chart->states[arrows[i].to].kind == PS_STATE_FINAL)
            assert_true(order[arrows[i].to] > order[arrows[i].from]);
}

static void the_order_of_states_leads_to_the_ends(void **state)
{
    (void)state;
    each_picture(order_has_no_circle);
}

/* The name of an action says that it holds; what it does is written elsewhere. */
static bool really_holds(uint8_t action)
{
    for (const struct ps_why *why = ps_holds; why->id != 0; why++) {
        char quoted[64];
        snprintf(quoted, sizeof quoted, "'%s'", why->name);
        for (size_t i = 0; i < ps_deed_count; i++)
            if (ps_deeds[i].action == action && strcmp(ps_deeds[i].what, "hold") == 0 &&
                strstr(ps_deeds[i].expr, quoted) != NULL)
                return true;
    }
    return false;
}

static void rows_are_marked_that_hold_and_no_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        for (uint16_t r = 0; r < ps_charts[i]->row_count; r++) {
            const struct ps_row *row = &ps_charts[i]->rows[r];
            bool holds = false;
            for (unsigned a = 0; a < PS_ACTIONS_PER_ROW_MAX; a++)
                holds = holds || really_holds(row->actions[a]);
            assert_int_equal(ps_row_holds(row), holds);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_pair_of_states_has_one_arrow),
        cmocka_unit_test(a_label_names_every_row_of_its_arrow_and_no_other),
        cmocka_unit_test(every_move_is_drawn_in_some_picture),
        cmocka_unit_test(every_state_stands_in_some_picture),
        cmocka_unit_test(what_is_folded_has_its_own_picture),
        cmocka_unit_test(the_order_of_states_leads_to_the_ends),
        cmocka_unit_test(rows_are_marked_that_hold_and_no_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
