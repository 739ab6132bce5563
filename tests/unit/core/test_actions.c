/*
 * Each action: what it sets in the next header or sends, what it leaves alone. An action writes to
 * its step and to nothing else, which is compared after every case.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/step.h"

enum { NOW = 1000000 };

/* An old header and an input with something in every field that an action may read. */
struct stage {
    struct ps_record old, old_copy;
    struct ps_input in, in_copy;
    struct ps_step out;
};

static struct stage set_up(void)
{
    struct stage s;
    memset(&s, 0, sizeof s);
    s.old.version = 4;
    s.old.attempts = 2;
    s.old.doubts = 1;
    s.old.effects = 5;
    s.old.platform_ms = 700;
    s.old.reason = PS_REASON_state;
    s.old.asked_fen = 800;
    s.old.flags = PS_FLAG_ASKED;
    s.in.now_ms = NOW;
    s.in.reason = PS_REASON_amount;
    s.in.asked_fen = 900;
    s.in.expires_ms = NOW + 60;
    s.in.sender = (struct payscore_id){.birth_ms = 9, .counter = 8, .home = 7};
    return s;
}

typedef void action_function(PS_ACTION_ARGS);

static void take(struct stage *s, action_function *action)
{
    s->old_copy = s->old;
    s->in_copy = s->in;
    s->out.next = s->old;
    action(&s->out, &s->old, &s->in);
    assert_memory_equal(&s->old_copy, &s->old, sizeof s->old);
    assert_memory_equal(&s->in_copy, &s->in, sizeof s->in);
}

static void keep_request_opens_a_call_with_the_inputs_bytes(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_keep_request);
    assert_true(s.out.keep_request);
    assert_int_equal(s.out.render, PS_CALL_none);
    assert_int_equal(s.out.next.attempts, 0);
    assert_int_equal(s.out.next.doubts, 0);
}

static void render_cancel_opens_a_call_of_our_own(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_render_cancel);
    assert_false(s.out.keep_request);
    assert_int_equal(s.out.render, PS_CALL_cancel_order);
    assert_int_equal(s.out.next.attempts, 0);
    assert_int_equal(s.out.next.doubts, 0);
}

static void an_amount_is_asked_for_and_forgotten(void **state)
{
    (void)state;
    struct stage s = set_up();
    s.old.flags = PS_FLAG_DONE_SEEN;
    take(&s, ps_action_ask_amount);
    assert_int_equal(s.out.next.asked_fen, 900);
    assert_int_equal(s.out.next.flags, PS_FLAG_DONE_SEEN | PS_FLAG_ASKED);
    s.old = s.out.next;
    take(&s, ps_action_forget_amount);
    assert_int_equal(s.out.next.asked_fen, 0);
    assert_int_equal(s.out.next.flags, PS_FLAG_DONE_SEEN);
}

static void doubt_counts_and_never_wraps(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_doubt);
    assert_int_equal(s.out.next.doubts, 2);
    s.old.doubts = UINT16_MAX;
    take(&s, ps_action_doubt);
    assert_int_equal(s.out.next.doubts, UINT16_MAX);
}

static void reasons_are_noted_and_cleared(void **state)
{
    (void)state;
    static const struct {
        action_function *action;
        enum ps_reason reason;
    } rows[] = {
        {ps_action_note_reason, PS_REASON_amount},
        {ps_action_clear_reason, PS_REASON_none},
        {ps_action_reason_not_authorized, PS_REASON_not_authorized},
        {ps_action_reason_created_not_doing, PS_REASON_created_not_doing},
        {ps_action_reason_token_lost, PS_REASON_token_lost},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s = set_up();
        take(&s, rows[i].action);
        assert_int_equal(s.out.next.reason, rows[i].reason);
    }
}

static void book_takes_what_the_view_gives(void **state)
{
    (void)state;
    struct stage s = set_up();
    s.in.event = PS_EVENT_seen_paying;
    s.in.view = (struct ps_view){.has_total = true,
                                 .total_fen = 800,
                                 .has_paid = true,
                                 .paid_fen = 300,
                                 .platform_ms = 701,
                                 .openid = PAYSCORE_TEXT("o-user"),
                                 .transaction_id = PAYSCORE_TEXT("42000026")};
    take(&s, ps_action_book);
    assert_int_equal(s.out.next.total_fen, 800);
    assert_int_equal(s.out.next.paid_fen, 300);
    assert_int_equal(s.out.next.flags, PS_FLAG_ASKED | PS_FLAG_TOTAL_SEEN);
    assert_int_equal(s.out.next.platform_ms, 701);
    assert_int_equal(s.out.next.openid_size, 6);
    assert_memory_equal(s.out.next.openid, "o-user", 6);
    assert_int_equal(s.out.next.transaction_id_size, 8);
    assert_memory_equal(s.out.next.transaction_id, "42000026", 8);
}

static void book_keeps_what_the_view_does_not_give(void **state)
{
    (void)state;
    struct stage s = set_up();
    s.old.total_fen = 800;
    s.old.paid_fen = 800;
    s.old.openid_size = 2;
    memcpy(s.old.openid, "o1", 2);
    s.in.event = PS_EVENT_seen_done;
    s.in.view.platform_ms = 700; /* Not newer. */
    s.in.view.openid = PAYSCORE_TEXT("o2");
    take(&s, ps_action_book);
    assert_int_equal(s.out.next.total_fen, 800);
    assert_int_equal(s.out.next.paid_fen, 800);
    assert_int_equal(s.out.next.platform_ms, 700);
    assert_int_equal(s.out.next.openid_size, 2);
    assert_memory_equal(s.out.next.openid, "o1", 2);
    assert_int_equal(s.out.next.transaction_id_size, 0);
    assert_int_equal(s.out.next.flags, PS_FLAG_ASKED | PS_FLAG_DONE_SEEN);
}

static void book_never_cuts_a_text_short(void **state)
{
    (void)state;
    struct stage s = set_up();
    char fits[PS_TRANSACTION_ID_MAX + 1];
    memset(fits, '7', sizeof fits);
    s.in.view.transaction_id = (struct payscore_text){fits, PS_TRANSACTION_ID_MAX};
    take(&s, ps_action_book);
    assert_int_equal(s.out.next.transaction_id_size, PS_TRANSACTION_ID_MAX);
    s.in.view.transaction_id.size++;
    take(&s, ps_action_book);
    assert_int_equal(s.out.next.transaction_id_size, 0);
}

static void effects_are_counted_and_looks_called_for(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_count_effect);
    assert_int_equal(s.out.next.effects, 6);
    take(&s, ps_action_look_now);
    assert_int_equal(s.out.next.due_at_ms, NOW);
}

static const struct {
    action_function *action;
    enum ps_hold hold;
} holds[] = {
    {ps_action_hold_unasked, PS_HOLD_unasked_amount},
    {ps_action_hold_contradiction, PS_HOLD_contradiction},
    {ps_action_hold_strange, PS_HOLD_strange},
    {ps_action_hold_recall, PS_HOLD_recall_refused},
    {ps_action_hold_unanswered, PS_HOLD_unanswered},
};
enum { HOLD_COUNT = sizeof holds / sizeof holds[0] };

static void every_hold_has_an_action_that_sets_it(void **state)
{
    (void)state;
    bool set[HOLD_COUNT + 1] = {false};
    for (size_t i = 0; i < HOLD_COUNT; i++) {
        struct stage s = set_up();
        take(&s, holds[i].action);
        assert_int_equal(s.out.next.hold, holds[i].hold);
        assert_int_equal(s.out.next.held_since_ms, NOW);
        set[holds[i].hold] = true;
    }
#define HOLD(id, name, en, zh) assert_true((id) <= HOLD_COUNT && set[(id)]);
#include "statecharts/reasons.def"
}

static void the_first_hold_stands(void **state)
{
    (void)state;
    for (size_t i = 0; i < HOLD_COUNT; i++) {
        struct stage s = set_up();
        s.old.hold = (uint16_t)holds[(i + 1) % HOLD_COUNT].hold;
        s.old.held_since_ms = 5;
        take(&s, holds[i].action);
        assert_int_equal(s.out.next.hold, s.old.hold);
        assert_int_equal(s.out.next.held_since_ms, 5);
    }
}

static void hand_over_says_until_when(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_hand_over);
    assert_true(s.out.hand_over);
    assert_int_equal(s.out.next.expires_ms, NOW + 60);
}

static const struct payscore_id nobody;

static void assert_told(const struct stage *s, enum ps_chart_id chart, enum ps_event event,
                        const struct payscore_id *target)
{
    assert_int_equal(s->out.tell_count, 1);
    assert_int_equal(s->out.tells[0].chart, chart);
    assert_int_equal(s->out.tells[0].event, event);
    assert_memory_equal(&s->out.tells[0].target, target, sizeof *target);
    assert_int_equal(s->out.tells[0].platform_ms, s->out.next.platform_ms);
}

static void the_users_record_is_told(void **state)
{
    (void)state;
    static const struct {
        action_function *action;
        enum ps_event event;
    } rows[] = {
        {ps_action_tell_asked, PS_EVENT_told_asked},
        {ps_action_tell_doubted, PS_EVENT_told_doubted},
        {ps_action_tell_opened, PS_EVENT_told_opened},
        {ps_action_tell_closed, PS_EVENT_told_closed},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s = set_up();
        take(&s, rows[i].action);
        assert_told(&s, PS_CHART_authorization, rows[i].event, &nobody);
    }
}

static void the_sender_is_told(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_tell_sender_available);
    assert_told(&s, PS_CHART_service_order, PS_EVENT_told_available, &s.in.sender);
    s = set_up();
    take(&s, ps_action_tell_sender_unavailable);
    assert_told(&s, PS_CHART_service_order, PS_EVENT_told_unavailable, &s.in.sender);
}

static void whoever_asked_is_remembered_told_and_forgotten(void **state)
{
    (void)state;
    static const struct {
        action_function *action;
        enum ps_event event;
    } rows[] = {
        {ps_action_tell_asker_available, PS_EVENT_told_available},
        {ps_action_tell_asker_unavailable, PS_EVENT_told_unavailable},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct stage s = set_up();
        take(&s, ps_action_remember_asker);
        assert_memory_equal(&s.out.next.asker, &s.in.sender, sizeof s.in.sender);
        s.old = s.out.next;
        take(&s, rows[i].action);
        assert_told(&s, PS_CHART_service_order, rows[i].event, &s.in.sender);
        assert_memory_equal(&s.out.next.asker, &nobody, sizeof nobody);
    }
}

static void nobody_asked_nobody_is_told(void **state)
{
    (void)state;
    struct stage s = set_up();
    take(&s, ps_action_tell_asker_available);
    take(&s, ps_action_tell_asker_unavailable);
    assert_int_equal(s.out.tell_count, 0);
}

static void more_tells_than_a_step_has_room_for_are_caught(void **state)
{
    (void)state;
    struct stage s = set_up();
    for (int i = 0; i < PS_TELLS_PER_STEP_MAX; i++)
        take(&s, ps_action_tell_asked);
    expect_assert_failure(ps_action_tell_asked(&s.out, &s.old, &s.in));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keep_request_opens_a_call_with_the_inputs_bytes),
        cmocka_unit_test(render_cancel_opens_a_call_of_our_own),
        cmocka_unit_test(an_amount_is_asked_for_and_forgotten),
        cmocka_unit_test(doubt_counts_and_never_wraps),
        cmocka_unit_test(reasons_are_noted_and_cleared),
        cmocka_unit_test(book_takes_what_the_view_gives),
        cmocka_unit_test(book_keeps_what_the_view_does_not_give),
        cmocka_unit_test(book_never_cuts_a_text_short),
        cmocka_unit_test(effects_are_counted_and_looks_called_for),
        cmocka_unit_test(every_hold_has_an_action_that_sets_it),
        cmocka_unit_test(the_first_hold_stands),
        cmocka_unit_test(hand_over_says_until_when),
        cmocka_unit_test(the_users_record_is_told),
        cmocka_unit_test(the_sender_is_told),
        cmocka_unit_test(whoever_asked_is_remembered_told_and_forgotten),
        cmocka_unit_test(nobody_asked_nobody_is_told),
        cmocka_unit_test(more_tells_than_a_step_has_room_for_are_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
