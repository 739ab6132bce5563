/*
 * The guards over what a command asks for: times, places, the bound of the amount (reference 2.2,
 * 2.5, 2.6, 3.7). Pure. Where the create's own words are not known (an order that was adopted, or
 * made by an older payscore) they refuse nothing: the platform decides.
 */
#include "core/step.h"

static bool has(const struct ps_record *old, uint16_t flag)
{
    return (old->flags & PS_FLAG_TERMS) != 0 && (old->flags & flag) != 0;
}

static bool lacks(const struct ps_record *old, uint16_t flag)
{
    return (old->flags & PS_FLAG_TERMS) != 0 && (old->flags & flag) == 0;
}

/* A day is not over before its last moment. */
static int64_t last_of(int64_t ms, bool by_day)
{
    return by_day ? ms + PS_LIMIT_day_ms : ms;
}

bool ps_guard_start_past(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    bool by_day = (in->wish.terms & PS_FLAG_BY_DAY) != 0;
    if (in->wish.start_ms == 0) return false;
    return last_of(in->wish.start_ms, by_day) + PS_LIMIT_time_slack_ms <= in->now_ms;
}

bool ps_guard_end_too_soon(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    if (in->wish.end_ms == 0) return false;
    int64_t margin_ms = in->wish.end_by_day ? 0 : PS_LIMIT_end_margin_ms;
    int64_t end_ms = last_of(in->wish.end_ms, in->wish.end_by_day);
    return end_ms + PS_LIMIT_time_slack_ms <= in->now_ms + margin_ms;
}

bool ps_guard_end_missing(const struct ps_record *old, const struct ps_input *in)
{
    return lacks(old, PS_FLAG_END_GIVEN) && in->wish.end_ms == 0;
}

/* A service that starts when it is accepted starts after its order was made here. */
static bool ends_before_birth(const struct ps_record *old, const struct ps_input *in)
{
    int64_t end_ms = last_of(in->wish.end_ms, in->wish.end_by_day);
    return has(old, PS_FLAG_ON_ACCEPT) &&
           end_ms + PS_LIMIT_time_slack_ms <= (int64_t)old->id.birth_ms;
}

/* Days may be equal; of moments the later must be later. Mixed, precision_differs has the word. */
bool ps_guard_end_before_start(const struct ps_record *old, const struct ps_input *in)
{
    bool told = in->wish.start_ms != 0;
    int64_t start_ms = told ? in->wish.start_ms : old->start_ms;
    bool start_by_day = told ? (in->wish.terms & PS_FLAG_BY_DAY) != 0 : has(old, PS_FLAG_BY_DAY);
    if (in->wish.end_ms == 0) return false;
    if (start_ms == 0) return ends_before_birth(old, in);
    if (start_by_day != in->wish.end_by_day) return false;
    return in->wish.end_by_day ? in->wish.end_ms < start_ms : in->wish.end_ms <= start_ms;
}

bool ps_guard_end_in_future(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return in->wish.end_ms > in->now_ms;
}

static bool differs(const struct ps_record *old, bool by_day)
{
    return by_day ? lacks(old, PS_FLAG_BY_DAY) : has(old, PS_FLAG_BY_DAY);
}

/* An OnAccept becomes a moment: seconds. */
bool ps_guard_precision_differs(const struct ps_record *old, const struct ps_input *in)
{
    bool start_by_day = (in->wish.terms & PS_FLAG_BY_DAY) != 0;
    return (in->wish.end_ms != 0 && differs(old, in->wish.end_by_day)) ||
           (in->wish.start_ms != 0 && differs(old, start_by_day));
}

/* The start that a complete gives: after the order was made, and not to come. */
bool ps_guard_start_out_of_range(const struct ps_record *old, const struct ps_input *in)
{
    bool by_day = (in->wish.terms & PS_FLAG_BY_DAY) != 0;
    if (in->wish.start_ms == 0) return false;
    return in->wish.start_ms > in->now_ms ||
           last_of(in->wish.start_ms, by_day) + PS_LIMIT_time_slack_ms <= (int64_t)old->id.birth_ms;
}

bool ps_guard_place_unmatched(const struct ps_record *old, const struct ps_input *in)
{
    return in->wish.has_end_place && lacks(old, PS_FLAG_PLACE_GIVEN);
}

bool ps_guard_above_risk_fund(const struct ps_record *old, const struct ps_input *in)
{
    return has(old, PS_FLAG_EXEMPT) && in->asked_fen > old->risk_fen;
}

bool ps_guard_paid_in_future(const struct ps_record *old, const struct ps_input *in)
{
    (void)old;
    return in->wish.paid_ms > in->now_ms;
}

bool ps_guard_paid_before_start(const struct ps_record *old, const struct ps_input *in)
{
    if (in->wish.paid_ms == 0) return false;
    if (old->start_ms != 0) return in->wish.paid_ms < old->start_ms;
    return has(old, PS_FLAG_ON_ACCEPT) &&
           in->wish.paid_ms + PS_LIMIT_time_slack_ms <= (int64_t)old->id.birth_ms;
}
