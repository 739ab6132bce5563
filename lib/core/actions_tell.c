/*
 * What a row tells other records. Pure; each one only adds to `out`.
 */
#include <string.h>

#include "core/panic.h"
#include "core/step.h"

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

void ps_action_tell_order_opened(PS_ACTION_ARGS)
{
    (void)in;
    bool leans = (out->next.flags & PS_FLAG_CONFIRM) == 0 && out->next.openid_size > 0;
    if ((old->flags & PS_FLAG_COUNTED) != 0 || !leans) return;
    out->next.flags |= PS_FLAG_COUNTED;
    tell_user(out, PS_EVENT_told_order_opened);
}

void ps_action_tell_order_ended(PS_ACTION_ARGS)
{
    (void)in;
    if ((old->flags & PS_FLAG_COUNTED) == 0) return;
    out->next.flags &= (uint16_t)~PS_FLAG_COUNTED;
    tell_user(out, PS_EVENT_told_order_ended);
}
