/*
 * The actions: what a row sets in the next header, and whom it tells. Pure; each one writes only
 * to `out`.
 */
#include <string.h>

#include "core/panic.h"
#include "core/step.h"

static void hold(struct ps_step *out, const struct ps_input *in, enum ps_hold why)
{
    if (out->next.hold != PS_HOLD_none) return; /* The first reason stands. */
    out->next.hold = (uint16_t)why;
    out->next.held_since_ms = in->now_ms;
}

static void tell(struct ps_step *out, enum ps_chart_id chart, enum ps_event event,
                 const struct payscore_id *target)
{
    PS_ASSERT(out->tell_count < PS_TELLS_PER_STEP_MAX);
    struct ps_tell *t = &out->tells[out->tell_count++];
    t->chart = (uint16_t)chart;
    t->event = (uint16_t)event;
    t->platform_ms = out->next.platform_ms;
    if (target != NULL) t->target = *target;
}

static void tell_user(struct ps_step *out, enum ps_event event)
{
    tell(out, PS_CHART_authorization, event, NULL);
}

static void tell_asker(struct ps_step *out, const struct ps_record *old, enum ps_event event)
{
    if (old->asker.birth_ms != 0) tell(out, PS_CHART_service_order, event, &old->asker);
    memset(&out->next.asker, 0, sizeof out->next.asker);
}

static void copy_text(char *to, uint8_t *size, size_t size_max, struct payscore_text from)
{
    if (from.size == 0 || from.size > size_max) return;
    memset(to, 0, size_max);
    memcpy(to, from.data, from.size);
    *size = (uint8_t)from.size;
}

static void open_call(struct ps_step *out)
{
    out->next.attempts = 0;
    out->next.doubts = 0;
}

void ps_action_keep_request(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    open_call(out);
    out->keep_request = true;
}

void ps_action_render_cancel(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    open_call(out);
    out->render = PS_CALL_cancel_order;
}

void ps_action_ask_amount(PS_ACTION_ARGS)
{
    (void)old;
    out->next.asked_fen = in->asked_fen;
    out->next.flags |= PS_FLAG_ASKED;
}

void ps_action_forget_amount(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.asked_fen = 0;
    out->next.flags &= (uint16_t)~PS_FLAG_ASKED;
}

void ps_action_doubt(PS_ACTION_ARGS)
{
    (void)in;
    if (old->doubts < UINT16_MAX) out->next.doubts = (uint16_t)(old->doubts + 1);
}

void ps_action_note_reason(PS_ACTION_ARGS)
{
    (void)old;
    out->next.reason = in->reason;
}

void ps_action_clear_reason(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.reason = PS_REASON_none;
}

void ps_action_reason_not_authorized(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.reason = PS_REASON_not_authorized;
}

void ps_action_reason_created_not_doing(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.reason = PS_REASON_created_not_doing;
}

void ps_action_reason_token_lost(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.reason = PS_REASON_token_lost;
}

void ps_action_book(PS_ACTION_ARGS)
{
    struct ps_record *next = &out->next;
    if (in->view.has_total) {
        next->total_fen = in->view.total_fen;
        next->flags |= PS_FLAG_TOTAL_SEEN;
    }
    if (in->view.has_paid) next->paid_fen = in->view.paid_fen;
    if (in->event == PS_EVENT_seen_done) next->flags |= PS_FLAG_DONE_SEEN;
    if (in->view.platform_ms > old->platform_ms) next->platform_ms = in->view.platform_ms;
    copy_text(next->transaction_id, &next->transaction_id_size, PS_TRANSACTION_ID_MAX,
              in->view.transaction_id);
    if (old->openid_size == 0)
        copy_text(next->openid, &next->openid_size, PS_OPENID_MAX, in->view.openid);
}

void ps_action_count_effect(PS_ACTION_ARGS)
{
    (void)in;
    out->next.effects = old->effects + 1;
}

void ps_action_look_now(PS_ACTION_ARGS)
{
    (void)old;
    out->next.due_at_ms = in->now_ms;
}

void ps_action_hold_unasked(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_unasked_amount);
}

void ps_action_hold_contradiction(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_contradiction);
}

void ps_action_hold_strange(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_strange);
}

void ps_action_hold_recall(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_recall_refused);
}

void ps_action_hold_unanswered(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_unanswered);
}

void ps_action_hand_over(PS_ACTION_ARGS)
{
    (void)old;
    out->hand_over = true;
    out->next.expires_ms = in->expires_ms;
}

void ps_action_remember_asker(PS_ACTION_ARGS)
{
    (void)old;
    out->next.asker = in->sender;
}

void ps_action_tell_asked(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    tell_user(out, PS_EVENT_told_asked);
}

void ps_action_tell_doubted(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    tell_user(out, PS_EVENT_told_doubted);
}

void ps_action_tell_asker_available(PS_ACTION_ARGS)
{
    (void)in;
    tell_asker(out, old, PS_EVENT_told_available);
}

void ps_action_tell_asker_unavailable(PS_ACTION_ARGS)
{
    (void)in;
    tell_asker(out, old, PS_EVENT_told_unavailable);
}

void ps_action_tell_sender_available(PS_ACTION_ARGS)
{
    (void)old;
    tell(out, PS_CHART_service_order, PS_EVENT_told_available, &in->sender);
}

void ps_action_tell_sender_unavailable(PS_ACTION_ARGS)
{
    (void)old;
    tell(out, PS_CHART_service_order, PS_EVENT_told_unavailable, &in->sender);
}

void ps_action_tell_opened(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    tell_user(out, PS_EVENT_told_opened);
}

void ps_action_tell_closed(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    tell_user(out, PS_EVENT_told_closed);
}
