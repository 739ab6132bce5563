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

/* The question must have begun after the day: its answer may be older than the moment it comes. */
bool ps_guard_watch_over(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && in->begun_ms >= old->since_ms + PS_LIMIT_watch_ms;
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

/* What was handed out before the latest move says nothing about the amounts after it. */
static bool is_stale(const struct ps_record *old, const struct ps_input *in)
{
    bool called = in->carrier == PAYSCORE_CARRIER_QUERY || in->carrier == PAYSCORE_CARRIER_REPLY;
    return called && in->begun_version != old->version;
}

/* A lower total is later: a higher one than is known is an older view, and moves nothing. */
bool ps_guard_total_changed(const struct ps_record *old, const struct ps_input *in)
{
    if (!in->view.has_total || is_stale(old, in)) return false;
    if ((old->flags & PS_FLAG_TOTAL_SEEN) != 0) return in->view.total_fen < old->total_fen;
    return !ps_guard_total_as_asked(old, in);
}

/* What is not said to be collected is nothing only where nothing was to be collected. */
static bool was_paid(const struct ps_input *in, int64_t fen)
{
    if (in->view.has_paid) return in->view.paid_fen == fen;
    return fen == 0 && (!in->view.has_total || in->view.total_fen == 0);
}

bool ps_guard_paid_as_asked(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_ASKED) != 0 && was_paid(in, old->asked_fen);
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

/*
 * Two ends exclude each other, whichever carrier brings the second. Money is always booked, held or
 * not; that it is being collected is noted once, and not on the word of an answer from before the
 * end.
 */
bool ps_guard_contradicts_unpaid_end(const struct ps_record *old, const struct ps_input *in)
{
    if ((old->flags & PS_FLAG_DONE_SEEN) != 0) return false;
    if (in->event == PS_EVENT_seen_done) return old->hold == PS_HOLD_none || money_was_paid(in);
    return old->hold == PS_HOLD_none && !is_stale(old, in);
}

bool ps_guard_not_held(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return old->hold == PS_HOLD_none;
}

/* NO_AUTH has many texts: where any may mean the user, asking once more costs little. */
bool ps_guard_unauthorized_certain(const struct ps_record *old, const struct ps_input *in)
{
    bool permission =
        old->reason == PS_REASON_not_authorized || old->reason == PS_REASON_no_permission;
    return ps_guard_fresh_certain(old, in) && permission && (old->flags & PS_FLAG_CONFIRM) == 0;
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

bool ps_guard_held(const struct ps_record *old, const struct ps_input *in)
{
    return !ps_guard_not_held(old, in);
}

/* Confirmation by the user. */

bool ps_guard_wants_confirmation(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return (in->wish.terms & PS_FLAG_CONFIRM) != 0;
}

bool ps_guard_needs_confirmation(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return (old->flags & PS_FLAG_CONFIRM) != 0;
}

bool ps_guard_package_given(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_needs_confirmation(old, in) && in->hands_over;
}

bool ps_guard_confirm_may_repeat(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_needs_confirmation(old, in) && ps_guard_may_repeat(old, in);
}

/* Amounts while collecting. */

/* Where no amount is known the platform decides. */
bool ps_guard_not_lower(const struct ps_record *old, const struct ps_input *in)
{
    bool seen = (old->flags & PS_FLAG_TOTAL_SEEN) != 0;
    if (!seen && (old->flags & PS_FLAG_ASKED) == 0) return false;
    return in->asked_fen >= (seen ? old->total_fen : old->asked_fen);
}

bool ps_guard_total_as_wanted(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_WANTED) != 0 && in->view.has_total &&
           in->view.total_fen == old->wanted_fen;
}

bool ps_guard_paid_as_wanted(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_WANTED) != 0 && was_paid(in, old->wanted_fen);
}

bool ps_guard_unchanged_may_repeat(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_may_repeat(old, in) && !ps_guard_total_changed(old, in);
}

bool ps_guard_fresh_doubted(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh_certain(old, in) && (old->flags & PS_FLAG_DOUBTED) != 0;
}

/* Who collected. ORDER_DONE alone proves nothing: it takes a detail that says so. */

bool ps_guard_paid_by_platform(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return money_was_paid(in) && in->view.paid_type == PS_PAID_NEWTON &&
           in->view.transaction_id.size > 0;
}

/*
 * A notification may come without details, and says that the platform collected: only a query that
 * shows none of the platform's own proves that it did not.
 */
bool ps_guard_paid_elsewhere(const struct ps_record *old, const struct ps_input *in)
{
    bool none = in->view.paid_type == PS_PAID_NONE && in->carrier == PAYSCORE_CARRIER_QUERY;
    return ps_guard_paid_as_asked(old, in) && (in->view.paid_type == PS_PAID_MCH || none);
}

bool ps_guard_by_query(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return in->carrier == PAYSCORE_CARRIER_QUERY;
}

bool ps_guard_payer_unsaid(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_PAID_ELSEWHERE) != 0 && money_was_paid(in) &&
           in->view.paid_type != PS_PAID_MCH && !ps_guard_paid_by_platform(old, in);
}

bool ps_guard_collected_again(const struct ps_record *old, const struct ps_input *in)
{
    bool synced = old->paid_type == PS_PAID_MCH || (old->flags & PS_FLAG_SYNCED) != 0;
    return synced && ps_guard_paid_by_platform(old, in) && old->transaction_id_size == 0;
}

/* Done, and not by a sync of ours: somebody collected. */
static bool was_collected(const struct ps_record *old)
{
    return (old->flags & PS_FLAG_DONE_SEEN) != 0 && old->paid_fen > 0 &&
           old->paid_type != PS_PAID_MCH && (old->flags & PS_FLAG_SYNCED) == 0;
}

bool ps_guard_collected_by_platform(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return was_collected(old) && old->transaction_id_size > 0 && old->hold != PS_HOLD_paid_twice;
}

bool ps_guard_collected_by_unknown(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    bool told = old->hold == PS_HOLD_payer_unclear || old->hold == PS_HOLD_paid_twice;
    return was_collected(old) && old->transaction_id_size == 0 && !told;
}

/* Sightings that should not be. */

bool ps_guard_never_seen(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_SEEN) == 0 && old->effects == 0 && !is_stale(old, in) &&
           ps_guard_not_held(old, in);
}

bool ps_guard_absent_long(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_watch_over(old, in) && ps_guard_not_held(old, in);
}

/* A user's orders. */

bool ps_guard_uncounted(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return (old->flags & (PS_FLAG_COUNTED | PS_FLAG_CONFIRM)) == 0 && old->openid_size > 0;
}

bool ps_guard_order_open(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return old->orders > 0;
}

bool ps_guard_nameless(const struct ps_record *old, const struct ps_input *in)
{
    return in->view.openid.size == 0 && old->openid_size == 0 && ps_guard_not_held(old, in);
}

bool ps_guard_by_code_may_repeat(const struct ps_record *old, const struct ps_input *in)
{
    return old->number_size > 0 && ps_guard_may_repeat(old, in);
}

bool ps_guard_answers_open_call(const struct ps_record *old, const struct ps_input *in)
{
    return in->carrier == PAYSCORE_CARRIER_REPLY && in->call == old->call &&
           in->attempt == old->attempts && in->call_entry == old->call_entry;
}

bool ps_guard_certain(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return old->doubts == 0;
}

bool ps_guard_paid_twice(const struct ps_record *old, const struct ps_input *in)
{
    return (old->flags & PS_FLAG_PAID_ELSEWHERE) != 0 && ps_guard_paid_by_platform(old, in);
}

bool ps_guard_asked_long(const struct ps_record *old, const struct ps_input *in)
{
    return old->due_lane == PAYSCORE_LANE_ASK && ps_guard_absent_long(old, in);
}

bool ps_guard_held_unasked(const struct ps_record *old, const struct ps_input *in)
{
    (void)in;
    return old->hold == PS_HOLD_unasked_amount && (old->flags & PS_FLAG_TOTAL_SEEN) != 0;
}

bool ps_guard_total_missing_long(const struct ps_record *old, const struct ps_input *in)
{
    return !in->view.has_total && ps_guard_asked_long(old, in);
}

/* A number may be denied for a moment after it was made (reference 9.1). */
bool ps_guard_absent_awhile(const struct ps_record *old, const struct ps_input *in)
{
    return ps_guard_fresh(old, in) && in->begun_ms >= old->since_ms + PS_LIMIT_adopt_absent_ms;
}
