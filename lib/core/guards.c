/*
 * The guards: what a row may ask of the old header and the input. Pure.
 */
#include "core/step.h"

static bool money_was_paid(const struct ps_input *in)
{
    return in->view.has_paid && in->view.paid_fen > 0;
}

static bool past(const struct ps_input *in, int64_t moment_ms)
{
    return in->now_ms >= moment_ms;
}

bool ps_guard_always(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    (void)in;
    return true;
}

/* A question that began before the latest move proves nothing about that move. */
bool ps_guard_fresh(const struct ps_record *old, const struct ps_input *in)
{
    return in->carrier == PAYSCORE_CARRIER_QUERY && in->begun_version == old->version;
}

bool ps_guard_fresh_certain(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && old->doubts == 0;
}

bool ps_guard_watch_over(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && past(in, old->since_ms + PS_LIMIT_watch_ms);
}

bool ps_guard_recall_spent(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && old->hold == PS_HOLD_none &&
           old->attempts >= PS_LIMIT_recall_attempts;
}

bool ps_guard_total_missing(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return !in->view.has_total;
}

bool ps_guard_total_as_asked(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_ASKED) != 0 && in->view.has_total &&
           in->view.total_fen == old->asked_fen;
}

bool ps_guard_total_changed(const struct ps_record *old, const struct ps_input *in)
{
    if (!in->view.has_total) return false;
    if ((old->flags & PS_FLAG_TOTAL_SEEN) != 0) return in->view.total_fen != old->total_fen;
    return !ps_guard_total_as_asked(old, in);
}

bool ps_guard_paid_as_asked(const struct ps_record *old, const struct ps_input *in)
{
    int64_t paid_fen = in->view.has_paid ? in->view.paid_fen : 0;
    return (old->flags & PS_FLAG_ASKED) != 0 && paid_fen == old->asked_fen;
}

bool ps_guard_paid_more(const struct ps_record *old, const struct ps_input *in)
{
    return in->view.has_paid && in->view.paid_fen > old->paid_fen;
}

bool ps_guard_by_notice(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return in->carrier == PAYSCORE_CARRIER_NOTICE;
}

bool ps_guard_contradicts_done(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return (old->flags & PS_FLAG_DONE_SEEN) != 0 && old->hold == PS_HOLD_none;
}

/* Money that settles it is always booked, held or not; that it is being collected is noted once. */
bool ps_guard_contradicts_unpaid_end(const struct ps_record *old, const struct ps_input *in)
{
    if ((old->flags & PS_FLAG_DONE_SEEN) != 0) return false;
    return in->event == PS_EVENT_seen_paying ? old->hold == PS_HOLD_none : money_was_paid(in);
}

bool ps_guard_not_held(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return old->hold == PS_HOLD_none;
}

bool ps_guard_unauthorized_certain(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh_certain(old, in) && old->reason == PS_REASON_not_authorized;
}

bool ps_guard_newer(const struct ps_record *old, const struct ps_input *in)
{
    return in->view.platform_ms > old->platform_ms;
}

bool ps_guard_fresh_or_newer(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) || ps_guard_newer(old, in);
}

bool ps_guard_token_expired(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && past(in, old->expires_ms + PS_LIMIT_token_grace_ms);
}

bool ps_guard_unbooked(const struct ps_record *old, const struct ps_input *in)
{
    return old->openid_size == 0 && in->view.openid.size > 0;
}

bool ps_guard_no_asker(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return old->asker.birth_ms == 0;
}

/* A held record's effects wait; it goes on asking, so that evidence still moves it. */
bool ps_guard_may_repeat(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && ps_guard_not_held(old, in);
}

bool ps_guard_unanswered_long(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_not_held(old, in) && past(in, old->since_ms + PS_LIMIT_unanswered_ms);
}
