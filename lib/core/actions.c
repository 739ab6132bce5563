/*
 * The actions that any chart may use: what a row sets in the next header. Pure; each one writes
 * only to `out`. Those of amounts and terms, of holds and of tells stand beside this file.
 */
#include <string.h>

#include "core/step.h"

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

/* An earlier attempt may still take effect, whatever becomes of this one. */
void ps_action_keep_request_in_doubt(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.attempts = 0;
    out->keep_request = true;
}

void ps_action_render_cancel(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    open_call(out);
    out->render = PS_CALL_cancel_order;
}

void ps_action_try_anew(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.attempts = 0;
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

/* NO_AUTH cannot mean the user's authorization where the user confirms each order. */
void ps_action_note_create_reason(PS_ACTION_ARGS)
{
    bool confirmed = (old->flags & PS_FLAG_CONFIRM) != 0;
    bool not_authorized = in->reason == PS_REASON_not_authorized;
    out->next.reason = confirmed && not_authorized ? PS_REASON_no_permission : in->reason;
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

void ps_action_reason_package_lost(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.reason = PS_REASON_package_lost;
}

void ps_action_reason_adopted_absent(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.reason = PS_REASON_adopted_absent;
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
    if (in->view.paid_type != PS_PAID_NONE) next->paid_type = in->view.paid_type;
    if (next->chart == PS_CHART_service_order) next->flags |= PS_FLAG_SEEN;
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

void ps_action_remember_code(PS_ACTION_ARGS)
{
    (void)old;
    copy_text(out->next.number, &out->next.number_size, PS_NUMBER_MAX, in->code);
}

void ps_action_forget_code(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    memset(out->next.number, 0, sizeof out->next.number);
    out->next.number_size = 0;
}

void ps_action_count_order(PS_ACTION_ARGS)
{
    (void)in;
    if (old->orders < UINT32_MAX) out->next.orders = old->orders + 1;
}

void ps_action_discount_order(PS_ACTION_ARGS)
{
    (void)in;
    if (old->orders > 0) out->next.orders = old->orders - 1;
}
