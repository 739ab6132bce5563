/*
 * Each action does what action_cases.def says and nothing else: the whole next header and the whole
 * step are compared. The table of actions is derived from actions.def, so that a new action without
 * a case fails here.
 */
#include "unit/core/expected.h"

typedef void action_function(PS_ACTION_ARGS);

struct action_case {
    enum ps_action action;
    const char *given, *expected;
};

/* clang-format off */
static action_function *const actions[] = {
    NULL,
#define ACTION(name, revision, kind, en, zh) ps_action_##name,
#include "statecharts/actions.def"
};

static const struct action_case cases[] = {
#define ACTION_CASE(action, given, expected) {PS_ACTION_##action, (given), (expected)},
#include "unit/core/action_cases.def"
};
/* clang-format on */
enum { CASE_COUNT = sizeof cases / sizeof cases[0] };

/* A header with something in every field, so that whatever an action should leave alone is there.
 */
static struct ps_record full_header(void)
{
    struct ps_record old;
    memset(&old, 0x3c, sizeof old);
    old.chart = PS_CHART_service_order;
    old.version = VERSION;
    old.effects = 5;
    old.attempts = 2;
    old.doubts = 1;
    old.hold = PS_HOLD_none;
    old.held_since_ms = 0;
    old.flags = PS_FLAG_END_GIVEN;
    old.platform_ms = PLATFORM;
    old.due_lane = PAYSCORE_LANE_POLL;
    old.asker.birth_ms = 77;
    old.number_size = 9;
    old.openid_size = 5;
    return old;
}

static struct scene scene_of(const char *given)
{
    struct scene s;
    struct word word;
    memset(&s, 0, sizeof s);
    s.old = full_header();
    s.in = (struct ps_input){.event = PS_EVENT_seen_paying,
                             .carrier = PAYSCORE_CARRIER_QUERY,
                             .reason = PS_REASON_state,
                             .now_ms = NOW,
                             .expires_ms = NOW + HOUR,
                             .code = PAYSCORE_TEXT("AUTH7"),
                             .sender = SENDER,
                             .wish = {.risk_fen = 3000}};
    while (next_word(&given, &word))
        set_given(&s, &word);
    return s;
}

static struct expected expected_of(const struct scene *s, const char *text)
{
    struct expected e;
    struct word word;
    memset(&e, 0, sizeof e);
    e.next = s->old;
    while (next_word(&text, &word))
        if (!expect_more(&e, &word, s)) set_expected(&e, &word, &s->old, &s->in);
    if (e.due == DUE_NOW) e.next.due_at_ms = NOW;
    return e;
}

static struct ps_step act(const struct scene *s, enum ps_action action)
{
    struct scene copy;
    struct ps_step out;
    memcpy(&copy, s, sizeof copy);
    memset(&out, 0, sizeof out);
    out.next = s->old;
    actions[action](&out, &s->old, &s->in);
    assert_memory_equal(&copy, s, sizeof copy); /* It writes to its step alone. */
    return out;
}

static bool is_as_expected(const struct ps_step *out, const struct expected *e)
{
    return memcmp(&out->next, &e->next, sizeof e->next) == 0 && told_as(out, e) &&
           out->keep_request == e->keep_request && out->hand_over == e->hand_over &&
           out->render == e->render && !out->moved_look && out->row == NULL;
}

static void actions_set_what_the_cases_say_and_nothing_else(void **state)
{
    unsigned wrong = 0;
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++) {
        struct scene s = scene_of(cases[i].given);
        struct expected e = expected_of(&s, cases[i].expected);
        struct ps_step out = act(&s, cases[i].action);
        if (is_as_expected(&out, &e)) continue;
        print_error("%s (%s) is not (%s)\n", ps_action_name((uint8_t)cases[i].action),
                    cases[i].given, cases[i].expected);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

static void every_action_has_a_case(void **state)
{
    bool tried[PS_ACTION_COUNT] = {[PS_ACTION_none] = true};
    (void)state;
    for (size_t i = 0; i < CASE_COUNT; i++)
        tried[cases[i].action] = true;
    for (unsigned i = 0; i < PS_ACTION_COUNT; i++)
        if (!tried[i]) fail_msg("no case takes the action %s", ps_action_name((uint8_t)i));
}

static void every_hold_is_set_by_an_action(void **state)
{
    bool set[UINT8_MAX] = {false};
    (void)state;
    for (unsigned i = 1; i < PS_ACTION_COUNT; i++) {
        struct scene s = scene_of("");
        set[act(&s, (enum ps_action)i).next.hold] = true;
    }
#define HOLD(id, name, weight, en, zh)                                                             \
    if (!set[(id)]) fail_msg("no action holds for " #name);
#include "statecharts/reasons.def"
}

/* All that a create may say of its terms is kept, and nothing else that stands in the word. */
static void keep_terms_takes_every_term(void **state)
{
    struct scene s = scene_of("");
    (void)state;
    s.old.flags = 0;
    s.in.wish.terms = UINT16_MAX;
    assert_int_equal(act(&s, PS_ACTION_keep_terms).next.flags, PS_FLAGS_OF_TERMS);
}

/* Only an order has been seen as an order. */
static void book_marks_only_orders_as_seen(void **state)
{
    struct scene s = scene_of("");
    (void)state;
    s.old.chart = PS_CHART_authorization;
    assert_int_equal(act(&s, PS_ACTION_book).next.flags & PS_FLAG_SEEN, 0);
}

/* The user whom this very step booked is told of the order, and counted as its own. */
static void an_order_is_counted_by_what_the_step_has_set(void **state)
{
    struct scene s = scene_of("anonymous");
    struct ps_step out;
    (void)state;
    memset(&out, 0, sizeof out);
    out.next = s.old;
    out.next.openid_size = 5;
    ps_action_tell_order_opened(&out, &s.old, &s.in);
    assert_int_equal(out.tell_count, 1);
    assert_int_equal(out.next.flags & PS_FLAG_COUNTED, PS_FLAG_COUNTED);
    memset(&out, 0, sizeof out);
    out.next = s.old;
    out.next.openid_size = 5;
    out.next.flags |= PS_FLAG_CONFIRM;
    ps_action_tell_order_opened(&out, &s.old, &s.in);
    assert_int_equal(out.tell_count, 0);
    assert_int_equal(out.next.flags & PS_FLAG_COUNTED, 0);
}

static void texts_are_never_cut_short(void **state)
{
    struct scene s = scene_of("anonymous");
    char fits[PS_OPENID_MAX + 1];
    (void)state;
    memset(fits, '7', sizeof fits);
    s.old.transaction_id_size = 0;
    s.in.view.openid = (struct payscore_text){fits, PS_OPENID_MAX};
    s.in.view.transaction_id = (struct payscore_text){fits, PS_TRANSACTION_ID_MAX};
    struct ps_step out = act(&s, PS_ACTION_book);
    assert_int_equal(out.next.openid_size, PS_OPENID_MAX);
    assert_memory_equal(out.next.openid, fits, PS_OPENID_MAX);
    assert_int_equal(out.next.transaction_id_size, PS_TRANSACTION_ID_MAX);
    s.in.view.openid.size++;
    s.in.view.transaction_id.size++;
    out = act(&s, PS_ACTION_book);
    assert_int_equal(out.next.openid_size, 0);
    assert_int_equal(out.next.transaction_id_size, 0);
}

static void more_tells_than_a_step_has_room_for_are_caught(void **state)
{
    struct scene s = scene_of("");
    struct ps_step out;
    (void)state;
    memset(&out, 0, sizeof out);
    for (int i = 0; i < PS_TELLS_PER_STEP_MAX; i++)
        ps_action_tell_asked(&out, &s.old, &s.in);
    expect_assert_failure(ps_action_tell_asked(&out, &s.old, &s.in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions_set_what_the_cases_say_and_nothing_else),
        cmocka_unit_test(every_action_has_a_case),
        cmocka_unit_test(every_hold_is_set_by_an_action),
        cmocka_unit_test(keep_terms_takes_every_term),
        cmocka_unit_test(book_marks_only_orders_as_seen),
        cmocka_unit_test(an_order_is_counted_by_what_the_step_has_set),
        cmocka_unit_test(texts_are_never_cut_short),
        cmocka_unit_test(more_tells_than_a_step_has_room_for_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
