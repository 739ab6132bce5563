/*
 * What a service order notes of its terms and amounts. Pure.
 */
#include "core/step.h"

static void set(struct ps_step *out, uint16_t flag)
{
    out->next.flags |= flag;
}

static void clear(struct ps_step *out, uint16_t flag)
{
    out->next.flags &= (uint16_t)~flag;
}

void ps_action_keep_terms(PS_ACTION_ARGS)
{
    (void)old;
    set(out, (uint16_t)(PS_FLAG_TERMS | (in->wish.terms & PS_FLAGS_OF_TERMS)));
    out->next.risk_fen = in->wish.risk_fen;
    out->next.start_ms = in->wish.start_ms;
}

void ps_action_ask_amount(PS_ACTION_ARGS)
{
    (void)old;
    out->next.asked_fen = in->asked_fen;
    set(out, PS_FLAG_ASKED);
}

void ps_action_forget_amount(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.asked_fen = 0;
    clear(out, PS_FLAG_ASKED);
}

void ps_action_accept_total(PS_ACTION_ARGS)
{
    (void)old;
    if (!in->view.has_total) return;
    out->next.asked_fen = in->view.total_fen;
    set(out, PS_FLAG_ASKED);
}

void ps_action_want_amount(PS_ACTION_ARGS)
{
    (void)old;
    out->next.wanted_fen = in->asked_fen;
    set(out, PS_FLAG_WANTED);
}

void ps_action_accept_wanted(PS_ACTION_ARGS)
{
    (void)in;
    out->next.asked_fen = old->wanted_fen;
    out->next.wanted_fen = 0;
    set(out, PS_FLAG_ASKED);
    clear(out, PS_FLAG_WANTED);
}

void ps_action_forget_wanted(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    out->next.wanted_fen = 0;
    clear(out, PS_FLAG_WANTED);
}

void ps_action_mark_doubted(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    set(out, PS_FLAG_DOUBTED);
}

void ps_action_clear_doubted(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    clear(out, PS_FLAG_DOUBTED);
}

void ps_action_mark_synced(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    set(out, PS_FLAG_SYNCED);
}

void ps_action_note_paid_elsewhere(PS_ACTION_ARGS)
{
    (void)old;
    (void)in;
    set(out, PS_FLAG_PAID_ELSEWHERE);
}

void ps_action_ask_what_is_seen(PS_ACTION_ARGS)
{
    (void)in;
    out->next.asked_fen = old->total_fen;
    set(out, PS_FLAG_ASKED);
}
