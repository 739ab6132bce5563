/*
 * Holding a record for a person, and letting it go. Pure.
 */
#include "core/step.h"

/* clang-format off */
static int weight_of(uint16_t hold)
{
    switch (hold) {
#define HOLD(id, name, weight, en, zh) case (id): return (weight);
#include "statecharts/reasons.def"
    default: return 0;
    }
}
/* clang-format on */

/* The first reason stands, unless this one weighs more: a person must not miss money. */
static void hold(struct ps_step *out, const struct ps_input *in, enum ps_hold why)
{
    if (weight_of((uint16_t)why) <= weight_of(out->next.hold)) return;
    out->next.hold = (uint16_t)why;
    out->next.held_since_ms = in->now_ms;
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

void ps_action_hold_paid_twice(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_paid_twice);
}

void ps_action_hold_payer_unclear(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_payer_unclear);
}

void ps_action_hold_alive(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_alive);
}

void ps_action_hold_vanished(PS_ACTION_ARGS)
{
    (void)old;
    hold(out, in, PS_HOLD_vanished);
}

/* Whatever waited for too long begins to wait anew, or it would be held again at once. */
void ps_action_release(PS_ACTION_ARGS)
{
    (void)old;
    out->next.hold = PS_HOLD_none;
    out->next.held_since_ms = 0;
    out->next.since_ms = in->now_ms;
    if (out->next.due_lane != PAYSCORE_LANE_NONE) out->next.due_at_ms = in->now_ms;
}
