/*
 * Made from statecharts/authorization.def: do not edit. A user's authorization of one service.
 *
 * A model that includes this defines g_<guard> and a_<action>() for what the rows name,
 * TAKEN, IGNORED and REJECTED, and the variables st (the leaf state), ev (the event),
 * row, verdict and to. choose() sets row, 0 if none answers; outcome() verdict and to, 0 if the
 * state stays; act() does what the row says.
 */

/* States and events. */
#define S_NEW 1
#define S_ASKING 3
#define S_OPEN 5
#define S_TERMINATE_SENDING 7
#define S_TERMINATE_UNKNOWN 8
#define S_TERMINATE_REFUSED 9
#define S_CLOSED 10
#define S_TERMINATE_BY_CODE_SENDING 11
#define E_cmd_check 2
#define E_cmd_terminate 3
#define E_cmd_terminate_by_code 12
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
#define E_told_asked 70
#define E_told_opened 73
#define E_told_closed 74
#define E_told_doubted 75
#define E_told_order_opened 76
#define E_told_order_ended 77
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
#define owes_effect(s) ((s) == S_TERMINATE_SENDING || (s) == S_TERMINATE_BY_CODE_SENDING)
#define owes_ask(s) ((s) == S_ASKING || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED)
#define owes_poll(s) (false)
#define owes_wake(s) (false)
#define owes_query_authorization_by_openid(s) ((s) == S_ASKING || (s) == S_TERMINATE_UNKNOWN \
    || (s) == S_TERMINATE_REFUSED)
#define owes_terminate_authorization_by_code(s) ((s) == S_TERMINATE_BY_CODE_SENDING)
#define owes_terminate_authorization(s) ((s) == S_TERMINATE_SENDING)
#define owed_call(s) ( \
    owes_query_authorization_by_openid(s) -> CALL_query_authorization_by_openid : ( \
    owes_terminate_authorization_by_code(s) -> CALL_terminate_authorization_by_code : ( \
    owes_terminate_authorization(s) -> CALL_terminate_authorization : ( \
    0))))

/* Kinds of states, and the states inside a state. */
#define is_waiting(s) ((s) == S_ASKING || (s) == S_TERMINATE_SENDING || (s) == S_TERMINATE_UNKNOWN \
    || (s) == S_TERMINATE_REFUSED || (s) == S_TERMINATE_BY_CODE_SENDING)
#define is_settled(s) ((s) == S_OPEN || (s) == S_CLOSED)
#define is_final(s) (false)
#define in_AUTHORIZATION(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)
#define in_AVAILABLE(s) ((s) == S_OPEN || (s) == S_TERMINATE_SENDING || (s) == S_TERMINATE_UNKNOWN \
    || (s) == S_TERMINATE_REFUSED || (s) == S_TERMINATE_BY_CODE_SENDING)
#define in_TERMINATING(s) ((s) == S_TERMINATE_SENDING || (s) == S_TERMINATE_UNKNOWN \
    || (s) == S_TERMINATE_REFUSED || (s) == S_TERMINATE_BY_CODE_SENDING)

/* Where a guard may be asked. */
#define asks_fresh(s) ((s) == S_ASKING || (s) == S_TERMINATE_SENDING || (s) == S_TERMINATE_UNKNOWN \
    || (s) == S_TERMINATE_REFUSED || (s) == S_TERMINATE_BY_CODE_SENDING)
#define asks_fresh_certain(s) (false)
#define asks_watch_over(s) (false)
#define asks_recall_spent(s) (false)
#define asks_total_missing(s) (false)
#define asks_total_as_asked(s) (false)
#define asks_total_changed(s) (false)
#define asks_paid_as_asked(s) (false)
#define asks_by_notice(s) ((s) == S_OPEN || (s) == S_CLOSED)
#define asks_contradicts_done(s) (false)
#define asks_contradicts_unpaid_end(s) (false)
#define asks_not_held(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)
#define asks_unauthorized_certain(s) (false)
#define asks_newer(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)
#define asks_token_expired(s) (false)
#define asks_unbooked(s) (false)
#define asks_fresh_or_newer(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)
#define asks_paid_more(s) (false)
#define asks_no_asker(s) ((s) == S_ASKING)
#define asks_may_repeat(s) ((s) == S_TERMINATE_UNKNOWN)
#define asks_unanswered_long(s) (false)
#define asks_held(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)
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
#define asks_order_open(s) ((s) == S_OPEN)
#define asks_nameless(s) (false)
#define asks_by_code_may_repeat(s) ((s) == S_TERMINATE_UNKNOWN)
#define asks_answers_open_call(s) ((s) == S_TERMINATE_SENDING || (s) == S_TERMINATE_BY_CODE_SENDING)
#define asks_certain(s) (false)
#define asks_paid_twice(s) (false)
#define asks_collected_by_unknown(s) (false)
#define asks_by_query(s) (false)
#define asks_payer_unsaid(s) (false)
#define asks_asked_long(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)
#define asks_held_unasked(s) (false)
#define asks_total_missing_long(s) (false)
#define asks_absent_awhile(s) (false)
#define asks_start_out_of_range(s) (false)

/* Where a row may take a command: elsewhere it changes nothing. */
#define takes_cmd_check(s) ((s) == S_NEW || (s) == S_OPEN || (s) == S_CLOSED)
#define takes_cmd_terminate(s) ((s) == S_OPEN)
#define takes_cmd_terminate_by_code(s) ((s) == S_OPEN)
#define takes_cmd_release(s) ((s) == S_ASKING || (s) == S_OPEN || (s) == S_TERMINATE_SENDING \
    || (s) == S_TERMINATE_UNKNOWN || (s) == S_TERMINATE_REFUSED || (s) == S_CLOSED \
    || (s) == S_TERMINATE_BY_CODE_SENDING)

inline rows_of_NEW()
{
    row = (
        /* The merchant wants to know: ask the platform. */
        ev == E_cmd_check -> 1 : (
        /* An order wants to know: ask the platform. */
        ev == E_told_asked -> 2 : (
        /* A pre-authorization was accepted. */
        ev == E_told_opened -> 3 : (
        /* A pre-authorization was found ended. */
        ev == E_told_closed -> 4 : (
        /* A call was refused for want of it: ask the platform. */
        ev == E_told_doubted -> 5 : (
        /* The user opened the service. */
        ev == E_seen_available -> 6 : (
        /* The user closed the service. */
        ev == E_seen_unavailable -> 7 : (
        /* A notification contradicts itself: ask the platform. */
        ev == E_seen_unclear -> 8 : (
        /* An order leans on it, and nothing is known: ask the platform. */
        ev == E_told_order_opened -> 10 : (
        /* Nothing is counted here. */
        ev == E_told_order_ended -> 11 : (
        /* This user is not known: check first. */
        ev == E_cmd_terminate_by_code -> 12 : (
        /* There is no such authorization. */
        ev == E_cmd_release -> 13 : (
        /* This user is not known: check first. */
        ev == E_cmd_terminate -> 9 : (
        0))))))))))))))
}

inline rows_of_AUTHORIZATION()
{
    row = (
        /* One more order leans on it. */
        ev == E_told_order_opened -> 90 : (
        /* One order less leans on it. */
        ev == E_told_order_ended -> 91 : (
        /* A person has looked, and lets our effects go on. */
        ev == E_cmd_release && g_held -> 92 : (
        /* This authorization is not held: there is nothing to release. */
        ev == E_cmd_release -> 93 : (
        /* Nothing that this revision changed touches it. */
        ev == E_chart_changed -> 94 : (
        /* A value that no text describes: hold. */
        ev == E_seen_strange && g_not_held -> 70 : (
        /* Held already. */
        ev == E_seen_strange -> 71 : (
        /* Asked for a day, and it is still left open: a person must look. */
        ev == E_seen_unclear && g_asked_long -> 110 : (
        /* The answer leaves it open: look again. */
        ev == E_seen_unclear -> 72 : (
        /* The question is older than what is known. */
        ev == E_seen_absent -> 73 : (
        /* Says nothing about this user. */
        ev == E_seen_unbound -> 74 : (
        /* Known, or older than what is known. */
        ev == E_seen_available -> 75 : (
        /* Known, or older than what is known. */
        ev == E_seen_unavailable -> 76 : (
        /* Known, or older than what is known. */
        ev == E_told_opened -> 77 : (
        /* Known, or older than what is known. */
        ev == E_told_closed -> 78 : (
        /* Known to be closed, or being ended. */
        ev == E_told_doubted -> 79 : (
        /* Asked for a day without an answer: a person must look. */
        ev == E_look_failed && g_asked_long -> 111 : (
        /* The question brought nothing: look again. */
        ev == E_look_failed -> 80 : (
        /* The answer to a call that is not open any more. */
        ev == E_accepted -> 81 : (
        /* The answer to a call that is not open any more. */
        ev == E_refused -> 82 : (
        /* The answer to a call that is not open any more. */
        ev == E_busy -> 83 : (
        /* The answer to a call that is not open any more. */
        ev == E_unknown -> 84 : (
        /* The answer to a call that is not open any more. */
        ev == E_ours -> 85 : (
        0))))))))))))))))))))))))
}

inline rows_of_ASKING()
{
    row = (
        /* The user authorizes the service. */
        ev == E_seen_available && g_fresh_or_newer -> 15 : (
        /* The authorization was ended. */
        ev == E_seen_unavailable && g_fresh_or_newer -> 16 : (
        /* The user never authorized the service. */
        ev == E_seen_absent && g_fresh -> 17 : (
        /* No user is bound yet. */
        ev == E_seen_unbound && g_fresh -> 18 : (
        /* A pre-authorization was accepted. */
        ev == E_told_opened && g_newer -> 19 : (
        /* An order wants to know; the answer is under way. */
        ev == E_told_asked && g_no_asker -> 24 : (
        /* Being asked already: whoever asks again in a moment is answered. */
        ev == E_told_asked -> 20 : (
        /* Being asked already. */
        ev == E_told_doubted -> 21 : (
        /* Being asked already. */
        ev == E_cmd_check -> 22 : (
        /* The authorization is being asked for: try again in a moment. */
        ev == E_cmd_terminate_by_code -> 25 : (
        /* The authorization is being asked for: try again in a moment. */
        ev == E_cmd_terminate -> 23 : (
        0))))))))))))
}

inline rows_of_AVAILABLE()
{
    row = (
        /* The authorization was ended. */
        ev == E_seen_unavailable && g_fresh_or_newer -> 30 : (
        /* A pre-authorization was found ended. */
        ev == E_told_closed && g_newer -> 31 : (
        /* Known; a newer time. */
        ev == E_seen_available && g_newer -> 51 : (
        0))))
}

inline rows_of_OPEN()
{
    row = (
        /* The user authorizes the service. */
        ev == E_told_asked -> 32 : (
        /* A call was refused for want of it: ask the platform. */
        ev == E_told_doubted -> 33 : (
        /* The merchant wants to know: ask the platform. */
        ev == E_cmd_check -> 34 : (
        /* This authorization is held for a person: look why, and release it first. */
        ev == E_cmd_terminate && g_held -> 112 : (
        /* This authorization is held for a person: look why, and release it first. */
        ev == E_cmd_terminate_by_code && g_held -> 113 : (
        /* An order of this user is open in this service: complete or cancel it first. */
        ev == E_cmd_terminate && g_order_open -> 37 : (
        /* An order of this user is open in this service: complete or cancel it first. */
        ev == E_cmd_terminate_by_code && g_order_open -> 38 : (
        /* The merchant ends it, by the code that the user accepted. */
        ev == E_cmd_terminate_by_code -> 39 : (
        /* The merchant ends it. */
        ev == E_cmd_terminate -> 35 : (
        /* A notification contradicts itself: ask the platform. */
        ev == E_seen_unclear && g_by_notice -> 36 : (
        0)))))))))))
}

inline rows_of_TERMINATING()
{
    row = (
        /* Not there any more. */
        ev == E_seen_absent && g_fresh -> 47 : (
        /* It is being ended: no new order may lean on it. */
        ev == E_told_asked -> 48 : (
        /* It is being ended already. */
        ev == E_cmd_terminate_by_code -> 66 : (
        /* It is being ended already. */
        ev == E_cmd_terminate -> 49 : (
        /* It is being ended: wait for the outcome. */
        ev == E_cmd_check -> 50 : (
        0))))))
}

inline rows_of_TERMINATE_SENDING()
{
    row = (
        /* Accepted: see that it is so. */
        ev == E_accepted -> 40 : (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 41 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 42 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 43 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 44 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 52 : (
        /* Answered, but still available: ask. */
        ev == E_seen_available && g_answers_open_call -> 102 : (
        /* The answer leaves it open: ask. */
        ev == E_seen_unclear && g_answers_open_call -> 103 : (
        /* Answered with what a query must confirm: ask. */
        ev == E_seen_absent && g_answers_open_call -> 107 : (
        /* Answered with what a query must confirm: ask. */
        ev == E_seen_unbound && g_answers_open_call -> 108 : (
        /* Answered with what a query must confirm: ask. */
        ev == E_seen_unavailable && g_answers_open_call -> 109 : (
        0))))))))))))
}

inline rows_of_TERMINATE_UNKNOWN()
{
    row = (
        /* Still available: it did not take effect; the same bytes again. */
        ev == E_seen_available && g_by_code_may_repeat -> 59 : (
        /* Still available: it did not take effect; the same bytes again. */
        ev == E_seen_available && g_may_repeat -> 45 : (
        0)))
}

inline rows_of_TERMINATE_REFUSED()
{
    row = (
        /* Refused, and still available: the merchant must decide anew. */
        ev == E_seen_available && g_fresh -> 46 : (
        0))
}

inline rows_of_CLOSED()
{
    row = (
        /* An order wants to know, and the user may have opened it since: ask the platform. */
        ev == E_told_asked -> 60 : (
        /* A pre-authorization was accepted. */
        ev == E_told_opened && g_newer -> 61 : (
        /* The user opened the service. */
        ev == E_seen_available && g_fresh_or_newer -> 62 : (
        /* The merchant wants to know: ask the platform. */
        ev == E_cmd_check -> 63 : (
        /* A notification contradicts itself: ask the platform. */
        ev == E_seen_unclear && g_by_notice -> 64 : (
        /* The user does not authorize the service: there is nothing to end. */
        ev == E_cmd_terminate_by_code -> 67 : (
        /* The user does not authorize the service: there is nothing to end. */
        ev == E_cmd_terminate -> 65 : (
        0))))))))
}

inline rows_of_TERMINATE_BY_CODE_SENDING()
{
    row = (
        /* Accepted: see that it is so. */
        ev == E_accepted -> 53 : (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 54 : (
        /* Refused (perhaps the code is not this user's): a query must agree. */
        ev == E_refused -> 55 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 56 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 57 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 58 : (
        /* Answered, but still available: ask. */
        ev == E_seen_available && g_answers_open_call -> 100 : (
        /* The answer leaves it open: ask. */
        ev == E_seen_unclear && g_answers_open_call -> 101 : (
        /* Answered with what a query must confirm: ask. */
        ev == E_seen_absent && g_answers_open_call -> 104 : (
        /* Answered with what a query must confirm: ask. */
        ev == E_seen_unbound && g_answers_open_call -> 105 : (
        /* Answered with what a query must confirm: ask. */
        ev == E_seen_unavailable && g_answers_open_call -> 106 : (
        0))))))))))))
}

/* Which row answers ev in st: the leaf's rows, then its parents'. */
inline choose()
{
    if
    :: st == S_NEW -> rows_of_NEW()
    :: st == S_ASKING -> rows_of_ASKING()
    :: st == S_OPEN -> rows_of_OPEN()
    :: st == S_TERMINATE_SENDING -> rows_of_TERMINATE_SENDING()
    :: st == S_TERMINATE_UNKNOWN -> rows_of_TERMINATE_UNKNOWN()
    :: st == S_TERMINATE_REFUSED -> rows_of_TERMINATE_REFUSED()
    :: st == S_CLOSED -> rows_of_CLOSED()
    :: st == S_TERMINATE_BY_CODE_SENDING -> rows_of_TERMINATE_BY_CODE_SENDING()
    :: else
    fi;
    if
    :: row == 0 && (in_TERMINATING(st)) -> rows_of_TERMINATING()
    :: else
    fi;
    if
    :: row == 0 && (in_AVAILABLE(st)) -> rows_of_AVAILABLE()
    :: else
    fi;
    if
    :: row == 0 && (in_AUTHORIZATION(st)) -> rows_of_AUTHORIZATION()
    :: else
    fi;
    skip
}

/* What the row that answered says. */
inline outcome()
{
    verdict = (
        row == 1 || row == 2 || row == 3 || row == 4 || row == 5 || row == 6 || row == 7
        || row == 8 || row == 10 || row == 15 || row == 16 || row == 17 || row == 18
        || row == 19 || row == 30 || row == 31 || row == 33 || row == 34 || row == 39
        || row == 35 || row == 36 || row == 40 || row == 41 || row == 42 || row == 43
        || row == 44 || row == 52 || row == 53 || row == 54 || row == 55 || row == 56
        || row == 57 || row == 58 || row == 100 || row == 101 || row == 102 || row == 103
        || row == 104 || row == 105 || row == 106 || row == 107 || row == 108
        || row == 109 || row == 59 || row == 45 || row == 46 || row == 47 || row == 60
        || row == 61 || row == 62 || row == 63 || row == 64 -> TAKEN : (
        row == 11 || row == 20 || row == 21 || row == 22 || row == 94 || row == 71
        || row == 72 || row == 73 || row == 74 || row == 75 || row == 76 || row == 77
        || row == 78 || row == 79 || row == 80 || row == 81 || row == 82 || row == 83
        || row == 84 || row == 85 -> IGNORED : (
        row == 12 || row == 13 || row == 9 || row == 25 || row == 23 || row == 112
        || row == 113 || row == 37 || row == 38 || row == 66 || row == 49 || row == 50
        || row == 67 || row == 65 || row == 93 -> REJECTED : (
        row == 24 || row == 32 || row == 48 || row == 51 || row == 90 || row == 91
        || row == 92 || row == 70 || row == 110 || row == 111 -> TAKEN : (
        REJECTED)))));
    to = (
        row == 1 || row == 2 || row == 5 || row == 8 || row == 10 || row == 33
        || row == 34 || row == 36 || row == 60 || row == 63 || row == 64 -> S_ASKING : (
        row == 3 || row == 6 || row == 15 || row == 19 || row == 46 || row == 61
        || row == 62 -> S_OPEN : (
        row == 4 || row == 7 || row == 16 || row == 17 || row == 18 || row == 30
        || row == 31 || row == 47 -> S_CLOSED : (
        row == 39 || row == 56 || row == 57 || row == 59 -> S_TERMINATE_BY_CODE_SENDING : (
        row == 35 || row == 43 || row == 44 || row == 45 -> S_TERMINATE_SENDING : (
        row == 40 || row == 41 || row == 52 || row == 53 || row == 54 || row == 58
        || row == 100 || row == 101 || row == 102 || row == 103 || row == 104
        || row == 105 || row == 106 || row == 107 || row == 108 || row == 109 -> S_TERMINATE_UNKNOWN : (
        row == 42 || row == 55 -> S_TERMINATE_REFUSED : (
        0))))))))
}

/* What the row that answered does besides. */
inline act()
{
    if
    :: (row == 2 || row == 24 || row == 60) ->
        a_remember_asker()
    :: (row == 3 || row == 4 || row == 6 || row == 7 || row == 31 || row == 51
        || row == 61 || row == 62) ->
        a_book()
    :: (row == 10 || row == 90) ->
        a_count_order()
    :: (row == 15 || row == 19) ->
        a_book(); a_tell_asker_available()
    :: (row == 16) ->
        a_book(); a_tell_asker_unavailable()
    :: (row == 17 || row == 18) ->
        a_tell_asker_unavailable()
    :: (row == 30) ->
        a_book(); a_clear_reason()
    :: (row == 32) ->
        a_tell_sender_available()
    :: (row == 39) ->
        a_keep_request(); a_remember_code(); a_clear_reason()
    :: (row == 35) ->
        a_keep_request(); a_forget_code(); a_clear_reason()
    :: (row == 40 || row == 53) ->
        a_count_effect()
    :: (row == 41 || row == 54 || row == 101 || row == 103 || row == 104 || row == 105
        || row == 107 || row == 108) ->
        a_doubt()
    :: (row == 42 || row == 43 || row == 44 || row == 55 || row == 56 || row == 57) ->
        a_note_reason()
    :: (row == 52 || row == 58) ->
        a_doubt(); a_hold_strange()
    :: (row == 100 || row == 102 || row == 106 || row == 109 || row == 59 || row == 45
        || row == 47) ->
        a_clear_reason()
    :: (row == 48) ->
        a_tell_sender_unavailable()
    :: (row == 91) ->
        a_discount_order()
    :: (row == 92) ->
        a_release()
    :: (row == 70) ->
        a_hold_strange()
    :: (row == 110 || row == 111) ->
        a_hold_unanswered()
    :: else
    fi
}
