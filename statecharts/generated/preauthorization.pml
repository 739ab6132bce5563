/*
 * Made from statecharts/preauthorization.def: do not edit. A merchant's pre-authorization under one authorization_code.
 *
 * A model that includes this defines g_<guard> and a_<action>() for what the rows name,
 * TAKEN, IGNORED and REJECTED, and the variables st (the leaf state), ev (the event),
 * row, verdict and to. choose() sets row, 0 if none answers; outcome() verdict and to, 0 if the
 * state stays; act() does what the row says.
 */

/* States and events. */
#define S_NEW 1
#define S_ASK_SENDING 4
#define S_ASK_UNKNOWN 5
#define S_ASK_REFUSED 6
#define S_UNBOUND 10
#define S_BOUND 21
#define S_LAPSED 22
#define S_REFUSED 23
#define E_cmd_preauthorize 1
#define E_cmd_release 11
#define E_seen_absent 20
#define E_seen_unbound 29
#define E_seen_available 30
#define E_seen_unavailable 31
#define E_seen_unclear 27
#define E_seen_strange 28
#define E_accepted 40
#define E_refused 41
#define E_busy 42
#define E_unknown 43
#define E_ours 44
#define E_look_failed 45
#define E_chart_changed 61

/* Calls. */
#define CALL_create_order 1
#define CALL_query_order 2
#define CALL_cancel_order 3
#define CALL_complete_order 4
#define CALL_modify_order 5
#define CALL_sync_order 6
#define CALL_pay_order 7
#define CALL_preauthorize 8
#define CALL_query_authorization_by_code 9
#define CALL_query_authorization_by_openid 10
#define CALL_terminate_authorization_by_code 11
#define CALL_terminate_authorization 12

/* What a hold weighs. */
#define WEIGHT_unasked_amount 2
#define WEIGHT_contradiction 2
#define WEIGHT_strange 1
#define WEIGHT_recall_refused 1
#define WEIGHT_unanswered 1
#define WEIGHT_paid_twice 4
#define WEIGHT_payer_unclear 3
#define WEIGHT_alive 1
#define WEIGHT_vanished 1

/* What a state owes: the lane, and the call. */
#define owes_effect(s) ((s) == S_ASK_SENDING)
#define owes_ask(s) ((s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED)
#define owes_poll(s) ((s) == S_UNBOUND)
#define owes_wake(s) (false)
#define owes_preauthorize(s) ((s) == S_ASK_SENDING)
#define owes_query_authorization_by_code(s) ((s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND)
#define owed_call(s) ( \
    owes_preauthorize(s) -> CALL_preauthorize : ( \
    owes_query_authorization_by_code(s) -> CALL_query_authorization_by_code : ( \
    0)))

/* Kinds of states, and the states inside a state. */
#define is_waiting(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND)
#define is_settled(s) (false)
#define is_final(s) ((s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define in_CODE(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define in_ASKED(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED)
#define in_ENDED(s) ((s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)

/* Where a guard may be asked. */
#define asks_fresh(s) ((s) == S_ASK_REFUSED)
#define asks_fresh_certain(s) (false)
#define asks_watch_over(s) (false)
#define asks_recall_spent(s) (false)
#define asks_total_missing(s) (false)
#define asks_total_as_asked(s) (false)
#define asks_total_changed(s) (false)
#define asks_paid_as_asked(s) (false)
#define asks_by_notice(s) (false)
#define asks_contradicts_done(s) (false)
#define asks_contradicts_unpaid_end(s) (false)
#define asks_not_held(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define asks_unauthorized_certain(s) (false)
#define asks_newer(s) (false)
#define asks_token_expired(s) ((s) == S_UNBOUND)
#define asks_unbooked(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define asks_fresh_or_newer(s) (false)
#define asks_paid_more(s) (false)
#define asks_no_asker(s) (false)
#define asks_may_repeat(s) ((s) == S_ASK_UNKNOWN)
#define asks_unanswered_long(s) (false)
#define asks_held(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define asks_wants_confirmation(s) (false)
#define asks_needs_confirmation(s) (false)
#define asks_package_given(s) (false)
#define asks_confirm_may_repeat(s) (false)
#define asks_start_past(s) (false)
#define asks_end_too_soon(s) (false)
#define asks_end_missing(s) (false)
#define asks_end_before_start(s) (false)
#define asks_end_in_future(s) (false)
#define asks_precision_differs(s) (false)
#define asks_place_unmatched(s) (false)
#define asks_above_risk_fund(s) (false)
#define asks_not_lower(s) (false)
#define asks_paid_in_future(s) (false)
#define asks_paid_before_start(s) (false)
#define asks_total_as_wanted(s) (false)
#define asks_paid_as_wanted(s) (false)
#define asks_unchanged_may_repeat(s) (false)
#define asks_fresh_doubted(s) (false)
#define asks_paid_by_platform(s) (false)
#define asks_paid_elsewhere(s) (false)
#define asks_collected_again(s) (false)
#define asks_collected_by_platform(s) (false)
#define asks_never_seen(s) (false)
#define asks_absent_long(s) (false)
#define asks_uncounted(s) (false)
#define asks_order_open(s) (false)
#define asks_nameless(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define asks_by_code_may_repeat(s) (false)
#define asks_answers_open_call(s) (false)
#define asks_certain(s) (false)
#define asks_paid_twice(s) (false)
#define asks_collected_by_unknown(s) (false)
#define asks_by_query(s) (false)
#define asks_payer_unsaid(s) (false)
#define asks_asked_long(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)
#define asks_held_unasked(s) (false)
#define asks_total_missing_long(s) (false)
#define asks_absent_awhile(s) (false)
#define asks_start_out_of_range(s) (false)

/* Where a row may take a command: elsewhere it changes nothing. */
#define takes_cmd_preauthorize(s) ((s) == S_NEW)
#define takes_cmd_release(s) ((s) == S_ASK_SENDING || (s) == S_ASK_UNKNOWN || (s) == S_ASK_REFUSED \
    || (s) == S_UNBOUND || (s) == S_BOUND || (s) == S_LAPSED || (s) == S_REFUSED)

inline rows_of_NEW()
{
    row = (
        /* A token is wanted. */
        ev == E_cmd_preauthorize -> 1 : (
        /* There is no such code. */
        ev == E_cmd_release -> 57 : (
        0)))
}

inline rows_of_CODE()
{
    row = (
        /* A user accepted. */
        ev == E_seen_available && g_unbooked -> 25 : (
        /* A user accepted, and it was ended since. */
        ev == E_seen_unavailable && g_unbooked -> 26 : (
        /* A value that no text describes: hold. */
        ev == E_seen_strange && g_not_held -> 40 : (
        /* Held already. */
        ev == E_seen_strange -> 41 : (
        /* Asked for a day, and it is still left open: a person must look. */
        ev == E_seen_unclear && g_asked_long -> 58 : (
        /* The answer leaves it open: look again. */
        ev == E_seen_unclear -> 42 : (
        /* Absent moves nothing here. */
        ev == E_seen_absent -> 43 : (
        /* Still waiting for its user. */
        ev == E_seen_unbound -> 44 : (
        /* Accepted, but by whom is not said: a person must look. */
        ev == E_seen_available && g_nameless -> 29 : (
        /* Accepted and ended since, but by whom is not said: a person must look. */
        ev == E_seen_unavailable && g_nameless -> 32 : (
        /* Known. */
        ev == E_seen_available -> 45 : (
        /* The user's own record follows that. */
        ev == E_seen_unavailable -> 46 : (
        /* Asked for a day without an answer: a person must look. */
        ev == E_look_failed && g_asked_long -> 59 : (
        /* The question brought nothing: look again. */
        ev == E_look_failed -> 47 : (
        /* The answer to a call that is not open any more. */
        ev == E_accepted -> 48 : (
        /* The answer to a call that is not open any more. */
        ev == E_refused -> 49 : (
        /* The answer to a call that is not open any more. */
        ev == E_busy -> 50 : (
        /* The answer to a call that is not open any more. */
        ev == E_unknown -> 51 : (
        /* The answer to a call that is not open any more. */
        ev == E_ours -> 52 : (
        /* A person has looked, and lets our effects go on. */
        ev == E_cmd_release && g_held -> 54 : (
        /* This code is not held: there is nothing to release. */
        ev == E_cmd_release -> 55 : (
        /* Nothing that this revision changed touches it. */
        ev == E_chart_changed -> 56 : (
        /* This authorization_code is in use: take a new one. */
        ev == E_cmd_preauthorize -> 53 : (
        0))))))))))))))))))))))))
}

inline rows_of_ASK_SENDING()
{
    row = (
        /* The token is here, for an hour. */
        ev == E_accepted -> 10 : (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 11 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 12 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 13 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 14 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 19 : (
        0)))))))
}

inline rows_of_ASK_UNKNOWN()
{
    row = (
        /* Not there: the same bytes again. */
        ev == E_seen_absent && g_may_repeat -> 15 : (
        /* There, but its token was lost: the same bytes again. */
        ev == E_seen_unbound && g_may_repeat -> 16 : (
        0)))
}

inline rows_of_ASK_REFUSED()
{
    row = (
        /* Refused, and not there: over. */
        ev == E_seen_absent && g_fresh -> 17 : (
        /* There, but its token cannot be had any more: take a new code. */
        ev == E_seen_unbound && g_fresh -> 18 : (
        0)))
}

inline rows_of_UNBOUND()
{
    row = (
        /* Nobody came within the hour: take a new code. */
        ev == E_seen_unbound && g_token_expired -> 27 : (
        /* Nobody came within the hour, and the platform forgot the code: take a new one. */
        ev == E_seen_absent && g_token_expired -> 28 : (
        0)))
}

inline rows_of_ENDED()
{
    row = (
        /* A user accepted after all. */
        ev == E_seen_available && g_unbooked -> 30 : (
        /* A user accepted after all, and it was ended since. */
        ev == E_seen_unavailable && g_unbooked -> 31 : (
        0)))
}

/* Which row answers ev in st: the leaf's rows, then its parents'. */
inline choose()
{
    if
    :: st == S_NEW -> rows_of_NEW()
    :: st == S_ASK_SENDING -> rows_of_ASK_SENDING()
    :: st == S_ASK_UNKNOWN -> rows_of_ASK_UNKNOWN()
    :: st == S_ASK_REFUSED -> rows_of_ASK_REFUSED()
    :: st == S_UNBOUND -> rows_of_UNBOUND()
    :: else
    fi;
    if
    :: row == 0 && (in_ENDED(st)) -> rows_of_ENDED()
    :: else
    fi;
    if
    :: row == 0 && (in_CODE(st)) -> rows_of_CODE()
    :: else
    fi;
    skip
}

/* What the row that answered says. */
inline outcome()
{
    verdict = (
        row == 1 || row == 10 || row == 11 || row == 12 || row == 13 || row == 14
        || row == 19 || row == 15 || row == 16 || row == 17 || row == 18 || row == 25
        || row == 26 || row == 27 || row == 28 -> TAKEN : (
        row == 30 || row == 31 || row == 40 || row == 58 || row == 29 || row == 32
        || row == 59 || row == 54 -> TAKEN : (
        row == 41 || row == 42 || row == 43 || row == 44 || row == 45 || row == 46
        || row == 47 || row == 48 || row == 49 || row == 50 || row == 51 || row == 52
        || row == 56 -> IGNORED : (
        row == 55 || row == 57 || row == 53 -> REJECTED : (
        REJECTED)))));
    to = (
        row == 1 || row == 13 || row == 14 || row == 15 || row == 16 -> S_ASK_SENDING : (
        row == 10 -> S_UNBOUND : (
        row == 11 || row == 19 -> S_ASK_UNKNOWN : (
        row == 12 -> S_ASK_REFUSED : (
        row == 17 -> S_REFUSED : (
        row == 18 || row == 27 || row == 28 -> S_LAPSED : (
        row == 25 || row == 26 -> S_BOUND : (
        0))))))))
}

/* What the row that answered does besides. */
inline act()
{
    if
    :: (row == 1) ->
        a_keep_request()
    :: (row == 10) ->
        a_hand_over(); a_clear_reason()
    :: (row == 11) ->
        a_doubt()
    :: (row == 12 || row == 13 || row == 14) ->
        a_note_reason()
    :: (row == 19) ->
        a_doubt(); a_hold_strange()
    :: (row == 15 || row == 16) ->
        a_clear_reason()
    :: (row == 18 || row == 27 || row == 28) ->
        a_reason_token_lost()
    :: (row == 25) ->
        a_book(); a_count_effect(); a_tell_opened()
    :: (row == 26) ->
        a_book(); a_count_effect(); a_tell_closed()
    :: (row == 30) ->
        a_book(); a_tell_opened()
    :: (row == 31) ->
        a_book(); a_tell_closed()
    :: (row == 40 || row == 29 || row == 32) ->
        a_hold_strange()
    :: (row == 58 || row == 59) ->
        a_hold_unanswered()
    :: (row == 54) ->
        a_release()
    :: else
    fi
}
