/*
 * Made from statecharts/service_order.def: do not edit. One Payscore service order.
 *
 * A model that includes this defines g_<guard> and a_<action>() for what the rows name,
 * TAKEN, IGNORED and REJECTED, and the variables st (the leaf state), ev (the event),
 * row, verdict and to. choose() sets row, 0 if none answers; outcome() verdict and to, 0 if the
 * state stays; act() does what the row says.
 */

/* States and events. */
#define S_NEW 1
#define S_AUTHORIZING 4
#define S_CREATE_SENDING 6
#define S_CREATE_UNKNOWN 7
#define S_CREATE_REFUSED 8
#define S_WATCHED 10
#define S_RECALL_SENDING 12
#define S_RECALL_UNKNOWN 13
#define S_SERVING 21
#define S_COMPLETE_SENDING 23
#define S_COMPLETE_UNKNOWN 24
#define S_COMPLETE_REFUSED 25
#define S_CANCEL_SENDING 27
#define S_CANCEL_UNKNOWN 28
#define S_CANCEL_REFUSED 29
#define S_COLLECTING 31
#define S_COMPLETE_DOUBTED 32
#define S_CANCEL_DOUBTED 33
#define S_DONE 41
#define S_REVOKED 42
#define S_EXPIRED 43
#define S_REFUSED 44
#define S_WITHDRAWN 45
#define S_ADOPTING 50
#define S_CONFIRMING 52
#define S_CREATED_CANCEL_SENDING 54
#define S_CREATED_CANCEL_UNKNOWN 55
#define S_CREATED_CANCEL_REFUSED 56
#define S_CREATED_CANCEL_DOUBTED 57
#define S_MODIFY_SENDING 61
#define S_MODIFY_UNKNOWN 62
#define S_MODIFY_REFUSED 63
#define S_MODIFY_DOUBTED 64
#define S_PAYING_CANCEL_SENDING 66
#define S_PAYING_CANCEL_UNKNOWN 67
#define S_PAYING_CANCEL_REFUSED 68
#define S_SYNC_SENDING 70
#define S_SYNC_UNKNOWN 71
#define S_SYNC_REFUSED 72
#define S_URGE_SENDING 74
#define S_URGE_UNKNOWN 75
#define S_URGE_REFUSED 76
#define S_PAYING_CANCEL_DOUBTED 77
#define S_SYNC_DOUBTED 78
#define E_cmd_create 4
#define E_cmd_complete 5
#define E_cmd_cancel 6
#define E_cmd_modify 7
#define E_cmd_sync 8
#define E_cmd_pay 9
#define E_cmd_adopt 10
#define E_cmd_release 11
#define E_seen_absent 20
#define E_seen_created 21
#define E_seen_in_service 22
#define E_seen_paying 23
#define E_seen_done 24
#define E_seen_revoked 25
#define E_seen_expired 26
#define E_seen_unclear 27
#define E_seen_strange 28
#define E_accepted 40
#define E_refused 41
#define E_busy 42
#define E_unknown 43
#define E_ours 44
#define E_look_failed 45
#define E_wake 60
#define E_chart_changed 61
#define E_told_available 71
#define E_told_unavailable 72

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
#define owes_effect(s) ((s) == S_CREATE_SENDING || (s) == S_RECALL_SENDING || (s) == S_COMPLETE_SENDING \
    || (s) == S_CANCEL_SENDING || (s) == S_CREATED_CANCEL_SENDING || (s) == S_MODIFY_SENDING \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_SYNC_SENDING || (s) == S_URGE_SENDING)
#define owes_ask(s) ((s) == S_CREATE_UNKNOWN || (s) == S_CREATE_REFUSED || (s) == S_RECALL_UNKNOWN \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_UNKNOWN \
    || (s) == S_CANCEL_REFUSED || (s) == S_ADOPTING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED)
#define owes_poll(s) ((s) == S_WATCHED || (s) == S_SERVING || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_CONFIRMING \
    || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define owes_wake(s) ((s) == S_AUTHORIZING)
#define owes_create_order(s) ((s) == S_CREATE_SENDING)
#define owes_query_order(s) ((s) == S_CREATE_UNKNOWN || (s) == S_CREATE_REFUSED \
    || (s) == S_WATCHED || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED \
    || (s) == S_COLLECTING || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED \
    || (s) == S_ADOPTING || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define owes_cancel_order(s) ((s) == S_RECALL_SENDING || (s) == S_CANCEL_SENDING \
    || (s) == S_CREATED_CANCEL_SENDING || (s) == S_PAYING_CANCEL_SENDING)
#define owes_complete_order(s) ((s) == S_COMPLETE_SENDING)
#define owes_modify_order(s) ((s) == S_MODIFY_SENDING)
#define owes_sync_order(s) ((s) == S_SYNC_SENDING)
#define owes_pay_order(s) ((s) == S_URGE_SENDING)
#define owed_call(s) ( \
    owes_create_order(s) -> CALL_create_order : ( \
    owes_query_order(s) -> CALL_query_order : ( \
    owes_cancel_order(s) -> CALL_cancel_order : ( \
    owes_complete_order(s) -> CALL_complete_order : ( \
    owes_modify_order(s) -> CALL_modify_order : ( \
    owes_sync_order(s) -> CALL_sync_order : ( \
    owes_pay_order(s) -> CALL_pay_order : ( \
    0))))))))

/* Kinds of states, and the states inside a state. */
#define is_waiting(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED || (s) == S_RECALL_SENDING || (s) == S_RECALL_UNKNOWN \
    || (s) == S_SERVING || (s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN \
    || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING || (s) == S_COMPLETE_DOUBTED \
    || (s) == S_CANCEL_DOUBTED || (s) == S_ADOPTING || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING \
    || (s) == S_CREATED_CANCEL_UNKNOWN || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED \
    || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED \
    || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN \
    || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define is_settled(s) ((s) == S_WATCHED)
#define is_final(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED || (s) == S_REFUSED \
    || (s) == S_WITHDRAWN)
#define in_ORDER(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED || (s) == S_WATCHED || (s) == S_RECALL_SENDING \
    || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING || (s) == S_COMPLETE_SENDING \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING \
    || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_DONE || (s) == S_REVOKED \
    || (s) == S_EXPIRED || (s) == S_REFUSED || (s) == S_WITHDRAWN || (s) == S_ADOPTING \
    || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define in_REQUESTED(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED)
#define in_CREATING(s) ((s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN || (s) == S_CREATE_REFUSED)
#define in_RECALLING(s) ((s) == S_RECALL_SENDING || (s) == S_RECALL_UNKNOWN)
#define in_IN_SERVICE(s) ((s) == S_SERVING || (s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN \
    || (s) == S_CANCEL_REFUSED || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED)
#define in_COMPLETING(s) ((s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_COMPLETE_DOUBTED)
#define in_CANCELLING(s) ((s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED \
    || (s) == S_CANCEL_DOUBTED)
#define in_PAYING(s) ((s) == S_COLLECTING || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING \
    || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING \
    || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define in_ENDED(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED || (s) == S_REFUSED \
    || (s) == S_WITHDRAWN)
#define in_CREATED(s) ((s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING \
    || (s) == S_CREATED_CANCEL_UNKNOWN || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED)
#define in_CREATED_CANCELLING(s) ((s) == S_CREATED_CANCEL_SENDING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED)
#define in_MODIFYING(s) ((s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED \
    || (s) == S_MODIFY_DOUBTED)
#define in_PAYING_CANCELLING(s) ((s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED)
#define in_SYNCING(s) ((s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_SYNC_DOUBTED)
#define in_URGING(s) ((s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED)

/* Where a guard may be asked. */
#define asks_fresh(s) ((s) == S_CREATE_REFUSED || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_REFUSED \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_MODIFY_REFUSED || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_REFUSED || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED)
#define asks_fresh_certain(s) ((s) == S_CREATE_REFUSED || (s) == S_COMPLETE_REFUSED \
    || (s) == S_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_MODIFY_REFUSED \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_REFUSED)
#define asks_watch_over(s) ((s) == S_WATCHED || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED \
    || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define asks_recall_spent(s) ((s) == S_RECALL_UNKNOWN)
#define asks_total_missing(s) ((s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_COMPLETE_DOUBTED || (s) == S_ADOPTING)
#define asks_total_as_asked(s) ((s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN \
    || (s) == S_CANCEL_REFUSED || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED)
#define asks_total_changed(s) ((s) == S_COLLECTING || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_paid_as_asked(s) ((s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN \
    || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN \
    || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING || (s) == S_COMPLETE_DOUBTED \
    || (s) == S_CANCEL_DOUBTED || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING \
    || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING \
    || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define asks_by_notice(s) ((s) == S_SERVING || (s) == S_COLLECTING || (s) == S_CONFIRMING \
    || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED \
    || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN \
    || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_contradicts_done(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED \
    || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define asks_contradicts_unpaid_end(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED \
    || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define asks_not_held(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED || (s) == S_WATCHED || (s) == S_RECALL_SENDING \
    || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING || (s) == S_COMPLETE_SENDING \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING \
    || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_DONE || (s) == S_REVOKED \
    || (s) == S_EXPIRED || (s) == S_REFUSED || (s) == S_WITHDRAWN || (s) == S_ADOPTING \
    || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_unauthorized_certain(s) ((s) == S_CREATE_REFUSED)
#define asks_newer(s) (false)
#define asks_token_expired(s) (false)
#define asks_unbooked(s) (false)
#define asks_fresh_or_newer(s) (false)
#define asks_paid_more(s) ((s) == S_COLLECTING || (s) == S_DONE || (s) == S_REVOKED \
    || (s) == S_EXPIRED || (s) == S_REFUSED || (s) == S_WITHDRAWN || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_no_asker(s) (false)
#define asks_may_repeat(s) ((s) == S_CREATE_UNKNOWN || (s) == S_RECALL_UNKNOWN \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_CANCEL_UNKNOWN || (s) == S_CREATED_CANCEL_UNKNOWN)
#define asks_unanswered_long(s) ((s) == S_AUTHORIZING)
#define asks_held(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED || (s) == S_WATCHED || (s) == S_RECALL_SENDING \
    || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING || (s) == S_COMPLETE_SENDING \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING \
    || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_DONE || (s) == S_REVOKED \
    || (s) == S_EXPIRED || (s) == S_REFUSED || (s) == S_WITHDRAWN || (s) == S_ADOPTING \
    || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_wants_confirmation(s) ((s) == S_NEW)
#define asks_needs_confirmation(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING \
    || (s) == S_CREATE_UNKNOWN || (s) == S_CREATE_REFUSED)
#define asks_package_given(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING \
    || (s) == S_CREATE_UNKNOWN || (s) == S_CREATE_REFUSED)
#define asks_confirm_may_repeat(s) ((s) == S_CREATE_UNKNOWN)
#define asks_start_past(s) ((s) == S_NEW)
#define asks_end_too_soon(s) ((s) == S_NEW)
#define asks_end_missing(s) ((s) == S_SERVING)
#define asks_end_before_start(s) ((s) == S_SERVING)
#define asks_end_in_future(s) ((s) == S_SERVING)
#define asks_precision_differs(s) ((s) == S_SERVING)
#define asks_place_unmatched(s) ((s) == S_SERVING)
#define asks_above_risk_fund(s) ((s) == S_SERVING)
#define asks_not_lower(s) ((s) == S_COLLECTING)
#define asks_paid_in_future(s) ((s) == S_COLLECTING)
#define asks_paid_before_start(s) ((s) == S_COLLECTING)
#define asks_total_as_wanted(s) ((s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED)
#define asks_paid_as_wanted(s) ((s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED)
#define asks_unchanged_may_repeat(s) ((s) == S_MODIFY_UNKNOWN || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_SYNC_UNKNOWN)
#define asks_fresh_doubted(s) ((s) == S_CANCEL_REFUSED || (s) == S_PAYING_CANCEL_REFUSED)
#define asks_paid_by_platform(s) ((s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_SYNC_DOUBTED)
#define asks_paid_elsewhere(s) ((s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_SYNC_DOUBTED)
#define asks_collected_again(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED \
    || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define asks_collected_by_platform(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED \
    || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define asks_never_seen(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED \
    || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define asks_absent_long(s) ((s) == S_RECALL_SENDING || (s) == S_RECALL_UNKNOWN \
    || (s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED \
    || (s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_CREATED_CANCEL_SENDING \
    || (s) == S_CREATED_CANCEL_UNKNOWN || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED \
    || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED \
    || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN \
    || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_uncounted(s) ((s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED || (s) == S_WATCHED || (s) == S_RECALL_SENDING \
    || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING || (s) == S_COMPLETE_SENDING \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING \
    || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_order_open(s) (false)
#define asks_nameless(s) (false)
#define asks_by_code_may_repeat(s) (false)
#define asks_answers_open_call(s) ((s) == S_COMPLETE_SENDING || (s) == S_MODIFY_SENDING \
    || (s) == S_SYNC_SENDING || (s) == S_URGE_SENDING)
#define asks_certain(s) ((s) == S_CREATED_CANCEL_REFUSED)
#define asks_paid_twice(s) ((s) == S_COLLECTING || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING \
    || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING \
    || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define asks_collected_by_unknown(s) ((s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED \
    || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define asks_by_query(s) ((s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_SYNC_DOUBTED)
#define asks_payer_unsaid(s) ((s) == S_COLLECTING || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING \
    || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING \
    || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define asks_asked_long(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING || (s) == S_CREATE_UNKNOWN \
    || (s) == S_CREATE_REFUSED || (s) == S_WATCHED || (s) == S_RECALL_SENDING \
    || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING || (s) == S_COMPLETE_SENDING \
    || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED || (s) == S_CANCEL_SENDING \
    || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_DONE || (s) == S_REVOKED \
    || (s) == S_EXPIRED || (s) == S_REFUSED || (s) == S_WITHDRAWN || (s) == S_ADOPTING \
    || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING || (s) == S_CREATED_CANCEL_UNKNOWN \
    || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_SENDING \
    || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED \
    || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED \
    || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED \
    || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED \
    || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)
#define asks_held_unasked(s) ((s) == S_COLLECTING || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN \
    || (s) == S_MODIFY_REFUSED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING \
    || (s) == S_PAYING_CANCEL_UNKNOWN || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING \
    || (s) == S_SYNC_UNKNOWN || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING \
    || (s) == S_URGE_UNKNOWN || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define asks_total_missing_long(s) ((s) == S_COMPLETE_UNKNOWN || (s) == S_ADOPTING)
#define asks_absent_awhile(s) ((s) == S_ADOPTING)
#define asks_start_out_of_range(s) ((s) == S_SERVING)

/* Where a row may take a command: elsewhere it changes nothing. */
#define takes_cmd_create(s) ((s) == S_NEW)
#define takes_cmd_complete(s) ((s) == S_SERVING)
#define takes_cmd_cancel(s) ((s) == S_AUTHORIZING || (s) == S_SERVING || (s) == S_COLLECTING \
    || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED || (s) == S_CONFIRMING \
    || (s) == S_CREATED_CANCEL_DOUBTED || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_DOUBTED \
    || (s) == S_SYNC_DOUBTED)
#define takes_cmd_modify(s) ((s) == S_COLLECTING)
#define takes_cmd_sync(s) ((s) == S_COLLECTING || (s) == S_DONE || (s) == S_REVOKED \
    || (s) == S_EXPIRED || (s) == S_REFUSED || (s) == S_WITHDRAWN)
#define takes_cmd_pay(s) ((s) == S_COLLECTING)
#define takes_cmd_adopt(s) ((s) == S_NEW)
#define takes_cmd_release(s) ((s) == S_AUTHORIZING || (s) == S_CREATE_SENDING \
    || (s) == S_CREATE_UNKNOWN || (s) == S_CREATE_REFUSED || (s) == S_WATCHED \
    || (s) == S_RECALL_SENDING || (s) == S_RECALL_UNKNOWN || (s) == S_SERVING \
    || (s) == S_COMPLETE_SENDING || (s) == S_COMPLETE_UNKNOWN || (s) == S_COMPLETE_REFUSED \
    || (s) == S_CANCEL_SENDING || (s) == S_CANCEL_UNKNOWN || (s) == S_CANCEL_REFUSED \
    || (s) == S_COLLECTING || (s) == S_COMPLETE_DOUBTED || (s) == S_CANCEL_DOUBTED \
    || (s) == S_DONE || (s) == S_REVOKED || (s) == S_EXPIRED || (s) == S_REFUSED \
    || (s) == S_WITHDRAWN || (s) == S_ADOPTING || (s) == S_CONFIRMING || (s) == S_CREATED_CANCEL_SENDING \
    || (s) == S_CREATED_CANCEL_UNKNOWN || (s) == S_CREATED_CANCEL_REFUSED || (s) == S_CREATED_CANCEL_DOUBTED \
    || (s) == S_MODIFY_SENDING || (s) == S_MODIFY_UNKNOWN || (s) == S_MODIFY_REFUSED \
    || (s) == S_MODIFY_DOUBTED || (s) == S_PAYING_CANCEL_SENDING || (s) == S_PAYING_CANCEL_UNKNOWN \
    || (s) == S_PAYING_CANCEL_REFUSED || (s) == S_SYNC_SENDING || (s) == S_SYNC_UNKNOWN \
    || (s) == S_SYNC_REFUSED || (s) == S_URGE_SENDING || (s) == S_URGE_UNKNOWN \
    || (s) == S_URGE_REFUSED || (s) == S_PAYING_CANCEL_DOUBTED || (s) == S_SYNC_DOUBTED)

inline rows_of_NEW()
{
    row = (
        /* time_range.start_time lies in the past: give a later one, or OnAccept. */
        ev == E_cmd_create && g_start_past -> 160 : (
        /* time_range.end_time must lie at least a minute ahead. */
        ev == E_cmd_create && g_end_too_soon -> 161 : (
        /* The order is wanted, and its user will confirm it: create. */
        ev == E_cmd_create && g_wants_confirmation -> 162 : (
        /* The order is wanted: ask whether the user authorizes the service. */
        ev == E_cmd_create -> 1 : (
        /* An order made elsewhere is taken over: ask what it is. */
        ev == E_cmd_adopt -> 163 : (
        /* There is no such order: create it first. */
        ev == E_cmd_complete -> 158 : (
        /* There is no such order: create it first. */
        ev == E_cmd_cancel -> 159 : (
        /* There is no such order: create it first. */
        ev == E_cmd_modify -> 344 : (
        /* There is no such order: create it first. */
        ev == E_cmd_sync -> 345 : (
        /* There is no such order: create it first. */
        ev == E_cmd_pay -> 346 : (
        /* There is no such order. */
        ev == E_cmd_release -> 347 : (
        0))))))))))))
}

inline rows_of_ORDER()
{
    row = (
        /* A person has looked, and lets our effects go on. */
        ev == E_cmd_release && g_held -> 337 : (
        /* This order is not held: there is nothing to release. */
        ev == E_cmd_release -> 338 : (
        /* This order is in the store already. */
        ev == E_cmd_adopt -> 339 : (
        /* The order was given up: nothing is being collected. */
        ev == E_cmd_modify -> 340 : (
        /* The order was given up: nothing is being collected. */
        ev == E_cmd_sync -> 341 : (
        /* The order was given up: nothing is being collected. */
        ev == E_cmd_pay -> 342 : (
        /* Nothing that this revision changed touches it. */
        ev == E_chart_changed -> 343 : (
        /* A value that no text describes: hold. */
        ev == E_seen_strange && g_not_held -> 140 : (
        /* Held already. */
        ev == E_seen_strange -> 141 : (
        /* Asked for a day, and the state is still left open: a person must look. */
        ev == E_seen_unclear && g_asked_long -> 393 : (
        /* The state is left open: look again. */
        ev == E_seen_unclear -> 142 : (
        /* Absent moves nothing: the query may be older, or about another number. */
        ev == E_seen_absent -> 143 : (
        /* Not news here. */
        ev == E_seen_in_service -> 144 : (
        /* Not news here. */
        ev == E_seen_created -> 145 : (
        /* Asked for a day without an answer: a person must look. */
        ev == E_look_failed && g_asked_long -> 394 : (
        /* The question brought nothing: look again. */
        ev == E_look_failed -> 146 : (
        /* The answer to a call that is not open any more. */
        ev == E_accepted -> 147 : (
        /* The answer to a call that is not open any more. */
        ev == E_refused -> 148 : (
        /* The answer to a call that is not open any more. */
        ev == E_busy -> 149 : (
        /* The answer to a call that is not open any more. */
        ev == E_unknown -> 150 : (
        /* The answer to a call that is not open any more. */
        ev == E_ours -> 151 : (
        /* The deadline is not this state's. */
        ev == E_wake -> 152 : (
        /* The order is past that question. */
        ev == E_told_available -> 153 : (
        /* The order is past that question. */
        ev == E_told_unavailable -> 154 : (
        /* This out_order_no is in use: take a new one. */
        ev == E_cmd_create -> 155 : (
        /* The order was given up: it cannot be completed. */
        ev == E_cmd_complete -> 156 : (
        /* The order was given up: it is being called off already. */
        ev == E_cmd_cancel -> 157 : (
        0))))))))))))))))))))))))))))
}

inline rows_of_REQUESTED()
{
    row = (
        /* The order exists; its user is to confirm it with this package. */
        ev == E_seen_created && g_package_given -> 166 : (
        /* The order exists, but its package cannot be had, so that nobody can confirm it: cancel that number. */
        ev == E_seen_created && g_needs_confirmation -> 167 : (
        /* The order exists and runs. */
        ev == E_seen_in_service -> 25 : (
        /* CREATED counts as a failed creation: cancel that number. */
        ev == E_seen_created -> 26 : (
        /* Money is collected that was never asked for. */
        ev == E_seen_paying -> 27 : (
        /* Finished without our complete. */
        ev == E_seen_done -> 28 : (
        /* Cancelled elsewhere. */
        ev == E_seen_revoked -> 29 : (
        /* Expired. */
        ev == E_seen_expired -> 30 : (
        /* The order is not created yet: complete it once it is in service. */
        ev == E_cmd_complete -> 31 : (
        /* The create is under way: cancel once its outcome is known. */
        ev == E_cmd_cancel -> 32 : (
        /* Nothing is being collected yet: there is no amount to lower. */
        ev == E_cmd_modify -> 168 : (
        /* Nothing is being collected yet: there is nothing to sync. */
        ev == E_cmd_sync -> 169 : (
        /* Nothing is being collected yet: there is nothing to urge. */
        ev == E_cmd_pay -> 170 : (
        0))))))))))))))
}

inline rows_of_AUTHORIZING()
{
    row = (
        /* The user authorizes the service: create. */
        ev == E_told_available && g_not_held -> 2 : (
        /* The answer came too late: a person decides whether this order is still wanted. */
        ev == E_told_available -> 7 : (
        /* The user does not authorize the service: nothing was sent. */
        ev == E_told_unavailable -> 3 : (
        /* No answer for ten minutes: a person must look; nothing was sent. */
        ev == E_wake && g_unanswered_long -> 6 : (
        /* No answer yet: ask again. */
        ev == E_wake -> 4 : (
        /* Called off before anything was sent. */
        ev == E_cmd_cancel -> 5 : (
        0)))))))
}

inline rows_of_CREATING()
{
    row = (
        /* Made by older rows: let the user's authorization count it. */
        ev == E_chart_changed && g_uncounted -> 171 : (
        0))
}

inline rows_of_CREATE_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 10 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 11 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 12 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 13 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 14 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 15 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 16 : (
        0))))))))
}

inline rows_of_CREATE_UNKNOWN()
{
    row = (
        /* Not there: only the same bytes may leave. */
        ev == E_seen_absent && g_may_repeat -> 17 : (
        /* It exists, but its package was lost: only the same bytes again may bring it. */
        ev == E_seen_created && g_confirm_may_repeat -> 164 : (
        /* It exists; its package is to be fetched by the same bytes. */
        ev == E_seen_created && g_needs_confirmation -> 165 : (
        0))))
}

inline rows_of_CREATE_REFUSED()
{
    row = (
        /* Refused for want of authorization, and not there: over; the authorization is to be asked again. */
        ev == E_seen_absent && g_unauthorized_certain -> 18 : (
        /* Refused, and not there: over. */
        ev == E_seen_absent && g_fresh_certain -> 19 : (
        /* Refused, but an earlier attempt is in doubt: watch for a day. */
        ev == E_seen_absent && g_fresh -> 20 : (
        0))))
}

inline rows_of_WATCHED()
{
    row = (
        /* A day has passed and it did not appear: over. */
        ev == E_seen_absent && g_watch_over -> 35 : (
        /* It appeared after all: cancel it. */
        ev == E_seen_created -> 36 : (
        /* It appeared after all: cancel it. */
        ev == E_seen_in_service -> 37 : (
        /* Money is collected that was never asked for. */
        ev == E_seen_paying -> 38 : (
        /* Finished without our complete. */
        ev == E_seen_done -> 39 : (
        /* It appeared and is cancelled: over. */
        ev == E_seen_revoked -> 40 : (
        /* It appeared and expired: over. */
        ev == E_seen_expired -> 41 : (
        /* Made by older rows: let the user's authorization count it. */
        ev == E_chart_changed && g_uncounted -> 185 : (
        0)))))))))
}

inline rows_of_RECALLING()
{
    row = (
        /* Cancelled: for the merchant the creation failed. */
        ev == E_seen_revoked -> 56 : (
        /* Expired: for the merchant the creation failed. */
        ev == E_seen_expired -> 57 : (
        /* Money is collected that was never asked for. */
        ev == E_seen_paying -> 58 : (
        /* Finished without our complete. */
        ev == E_seen_done -> 59 : (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 186 : (
        /* Made by older rows: let the user's authorization count it. */
        ev == E_chart_changed && g_uncounted -> 188 : (
        0)))))))
}

inline rows_of_RECALL_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 45 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 46 : (
        /* Refused: ask what it is. */
        ev == E_refused -> 47 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 48 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 49 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 50 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 51 : (
        0))))))))
}

inline rows_of_RECALL_UNKNOWN()
{
    row = (
        /* It lives and cannot be cancelled: a person must look. */
        ev == E_seen_in_service && g_recall_spent -> 52 : (
        /* It lives and cannot be cancelled: a person must look. */
        ev == E_seen_created && g_recall_spent -> 53 : (
        /* It lives still: the same cancel again. */
        ev == E_seen_in_service && g_may_repeat -> 54 : (
        /* It lives still: the same cancel again. */
        ev == E_seen_created && g_may_repeat -> 55 : (
        /* A person has looked: cancel it again from the beginning. */
        ev == E_cmd_release && g_held -> 187 : (
        0))))))
}

inline rows_of_IN_SERVICE()
{
    row = (
        /* Completed for an amount that was not asked for. */
        ev == E_seen_paying -> 93 : (
        /* Settled for an amount that was not asked for. */
        ev == E_seen_done -> 94 : (
        /* Cancelled. */
        ev == E_seen_revoked -> 95 : (
        /* Expired. */
        ev == E_seen_expired -> 96 : (
        /* Known. */
        ev == E_seen_in_service -> 97 : (
        /* Older than what is known: a view never moves a record back. */
        ev == E_seen_created -> 98 : (
        /* Another command is under way for this order: wait for its outcome. */
        ev == E_cmd_complete -> 99 : (
        /* Another command is under way for this order: wait for its outcome. */
        ev == E_cmd_cancel -> 100 : (
        /* Nothing is being collected yet: there is no amount to lower. */
        ev == E_cmd_modify -> 232 : (
        /* Nothing is being collected yet: there is nothing to sync. */
        ev == E_cmd_sync -> 233 : (
        /* Nothing is being collected yet: there is nothing to urge. */
        ev == E_cmd_pay -> 234 : (
        /* Made by older rows: let the user's authorization count it. */
        ev == E_chart_changed && g_uncounted -> 235 : (
        0)))))))))))))
}

inline rows_of_SERVING()
{
    row = (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_complete && g_held -> 399 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 400 : (
        /* time_range.end_time is required: the create gave none. */
        ev == E_cmd_complete && g_end_missing -> 220 : (
        /* time_range must be given as at create: by day, or to the second (also after OnAccept). */
        ev == E_cmd_complete && g_precision_differs -> 221 : (
        /* time_range.end_time must be later than the start of the service. */
        ev == E_cmd_complete && g_end_before_start -> 222 : (
        /* time_range.end_time must not be later than now. */
        ev == E_cmd_complete && g_end_in_future -> 223 : (
        /* time_range.start_time must not be earlier than the create, nor later than now. */
        ev == E_cmd_complete && g_start_out_of_range -> 412 : (
        /* location.end_location is allowed only if the create gave location.start_location. */
        ev == E_cmd_complete && g_place_unmatched -> 224 : (
        /* total_amount is above risk_fund.amount of the create, which bounds an order that is exempted first. */
        ev == E_cmd_complete && g_above_risk_fund -> 225 : (
        /* The service ended: state the amount. */
        ev == E_cmd_complete -> 65 : (
        /* Called off. */
        ev == E_cmd_cancel -> 66 : (
        /* A notification leaves the state open: look at once. */
        ev == E_seen_unclear && g_by_notice -> 67 : (
        0)))))))))))))
}

inline rows_of_COMPLETING()
{
    row = (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 227 : (
        /* Completed, but for how much is not said: ask. */
        ev == E_seen_paying && g_total_missing -> 90 : (
        /* Completed for the amount asked. */
        ev == E_seen_paying && g_total_as_asked -> 91 : (
        /* Completed and settled for the amount asked. */
        ev == E_seen_done && g_paid_as_asked -> 92 : (
        0)))))
}

inline rows_of_COMPLETE_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 70 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 71 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 72 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 73 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 74 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 75 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 76 : (
        /* Answered with what is older than what was asked: ask. */
        ev == E_seen_in_service && g_answers_open_call -> 383 : (
        /* Answered with what is older than what is known: ask. */
        ev == E_seen_created && g_answers_open_call -> 384 : (
        0))))))))))
}

inline rows_of_COMPLETE_UNKNOWN()
{
    row = (
        /* Asked for a day, and still not said for how much: a person must look. */
        ev == E_seen_paying && g_total_missing_long -> 385 : (
        /* Not completed: only the same bytes may leave. */
        ev == E_seen_in_service && g_may_repeat -> 77 : (
        /* Still not said for how much: look again. */
        ev == E_seen_paying && g_total_missing -> 79 : (
        0))))
}

inline rows_of_COMPLETE_REFUSED()
{
    row = (
        /* Refused, and still in service: the merchant must decide anew. */
        ev == E_seen_in_service && g_fresh_certain -> 78 : (
        /* Refused, but an earlier attempt is in doubt: wait, or cancel. */
        ev == E_seen_in_service && g_fresh -> 101 : (
        0)))
}

inline rows_of_CANCELLING()
{
    row = (
        /* An earlier complete took effect first; the merchant's cancel stands, and may be allowed while collecting too. */
        ev == E_seen_paying && g_total_as_asked -> 229 : (
        /* An earlier complete took effect before the cancel, and it was settled. */
        ev == E_seen_done && g_paid_as_asked -> 230 : (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 231 : (
        0))))
}

inline rows_of_CANCEL_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 80 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 81 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 82 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 83 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 84 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 85 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 86 : (
        0))))))))
}

inline rows_of_CANCEL_UNKNOWN()
{
    row = (
        /* Not cancelled: only the same bytes may leave. */
        ev == E_seen_in_service && g_may_repeat -> 87 : (
        0))
}

inline rows_of_CANCEL_REFUSED()
{
    row = (
        /* Refused, and an earlier complete is still in doubt: wait, or cancel. */
        ev == E_seen_in_service && g_fresh_doubted -> 228 : (
        /* Refused, and still in service: the merchant must decide anew. */
        ev == E_seen_in_service && g_fresh_certain -> 88 : (
        /* Refused, but an earlier attempt is in doubt: wait, or cancel again. */
        ev == E_seen_in_service && g_fresh -> 355 : (
        /* Refused, and an earlier complete took effect: a query must agree on what is to be collected. */
        ev == E_seen_paying && g_total_as_asked -> 374 : (
        0)))))
}

inline rows_of_PAYING()
{
    row = (
        /* A person has looked: the amount that the platform collects counts as asked for from here on. */
        ev == E_cmd_release && g_held_unasked -> 392 : (
        /* The merchant had said that the user paid by another way, and the platform collected too: refund one of the two. */
        ev == E_seen_done && g_paid_twice -> 373 : (
        /* The merchant had said that the user paid by another way; it is settled, and by whom is not said. */
        ev == E_seen_done && g_payer_unsaid -> 390 : (
        /* Paid. */
        ev == E_seen_done && g_paid_as_asked -> 105 : (
        /* Settled for another amount than was asked. */
        ev == E_seen_done -> 106 : (
        /* Cancelled elsewhere: nothing was collected. */
        ev == E_seen_revoked -> 107 : (
        /* Expired. */
        ev == E_seen_expired -> 108 : (
        /* The amount changed, and nobody asked for that. */
        ev == E_seen_paying && g_total_changed -> 109 : (
        /* A part of it was collected. */
        ev == E_seen_paying && g_paid_more -> 116 : (
        /* Known: still collecting. */
        ev == E_seen_paying -> 110 : (
        /* Older than what is known: a view never moves a record back. */
        ev == E_seen_in_service -> 111 : (
        /* Older than what is known: a view never moves a record back. */
        ev == E_seen_created -> 112 : (
        /* A notification leaves the state open: look at once. */
        ev == E_seen_unclear && g_by_notice -> 113 : (
        /* The order is completed already; its amount is being collected. */
        ev == E_cmd_complete -> 114 : (
        /* Another command is under way for this order: wait for its outcome. */
        ev == E_cmd_cancel -> 115 : (
        /* Another command is under way for this order: wait for its outcome. */
        ev == E_cmd_modify -> 320 : (
        /* Another command is under way for this order: wait for its outcome. If the user has paid by another way, sync as soon as it is known. */
        ev == E_cmd_sync -> 321 : (
        /* Another command is under way for this order: wait for its outcome. */
        ev == E_cmd_pay -> 322 : (
        /* Made by older rows: let the user's authorization count it. */
        ev == E_chart_changed && g_uncounted -> 323 : (
        0))))))))))))))))))))
}

inline rows_of_COLLECTING()
{
    row = (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_modify && g_held -> 402 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 403 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_sync && g_held -> 404 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_pay && g_held -> 405 : (
        /* total_amount must be lower than the amount that is being collected. */
        ev == E_cmd_modify && g_not_lower -> 240 : (
        /* A lower amount is wanted. */
        ev == E_cmd_modify -> 241 : (
        /* The amount is not wanted any more. Sources dispute whether the platform allows it: a refusal is normal. */
        ev == E_cmd_cancel -> 242 : (
        /* detail.paid_time must not be later than now. */
        ev == E_cmd_sync && g_paid_in_future -> 243 : (
        /* detail.paid_time must not lie before the start of the service. */
        ev == E_cmd_sync && g_paid_before_start -> 244 : (
        /* The user paid by another way: stop collecting. */
        ev == E_cmd_sync -> 245 : (
        /* One more attempt to deduct is wanted. */
        ev == E_cmd_pay -> 246 : (
        0))))))))))))
}

inline rows_of_COMPLETE_DOUBTED()
{
    row = (
        /* A day has passed and it did not take effect: the merchant must decide anew. */
        ev == E_seen_in_service && g_watch_over -> 102 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 406 : (
        /* Called off: a cancel may leave once the order was seen. */
        ev == E_cmd_cancel -> 103 : (
        /* An earlier complete may still take effect, so no other may leave: cancel, or wait a day. */
        ev == E_cmd_complete -> 104 : (
        /* An earlier complete may still take effect: cancel, or wait a day. */
        ev == E_cmd_modify -> 226 : (
        0))))))
}

inline rows_of_CANCEL_DOUBTED()
{
    row = (
        /* A day has passed and it did not take effect: the merchant must decide anew. */
        ev == E_seen_in_service && g_watch_over -> 356 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 408 : (
        /* Called off again. */
        ev == E_cmd_cancel -> 357 : (
        /* An earlier cancel may still take effect, so no amount may leave: cancel again, or wait a day. */
        ev == E_cmd_complete -> 358 : (
        /* An earlier complete took effect; the earlier attempt to cancel is in doubt still. */
        ev == E_seen_paying && g_total_as_asked -> 375 : (
        0))))))
}

inline rows_of_ENDED()
{
    row = (
        /* Ended by a sync, and the platform collected too: refund one of the two. */
        ev == E_seen_done && g_collected_again -> 330 : (
        /* The platform collected already, and the merchant says that the user paid by another way: refund one of the two. */
        ev == E_cmd_sync && g_collected_by_platform -> 331 : (
        /* It was collected, by whom is not known, and the merchant says that the user paid by another way: look at the bill. */
        ev == E_cmd_sync && g_collected_by_unknown -> 391 : (
        /* Given up as never created, and alive now. */
        ev == E_seen_in_service && g_never_seen -> 332 : (
        /* Given up as never created, and alive now. */
        ev == E_seen_created && g_never_seen -> 333 : (
        /* Ended without payment, and money is seen now. */
        ev == E_seen_done && g_contradicts_unpaid_end -> 120 : (
        /* Ended without payment, and money is being collected. */
        ev == E_seen_paying && g_contradicts_unpaid_end -> 121 : (
        /* Seen DONE before, and REVOKED now. */
        ev == E_seen_revoked && g_contradicts_done -> 122 : (
        /* Seen DONE before, and EXPIRED now. */
        ev == E_seen_expired && g_contradicts_done -> 123 : (
        /* More money is seen than was booked at the end. */
        ev == E_seen_done && g_paid_more -> 132 : (
        /* Known, or later than the end that was booked. */
        ev == E_seen_done -> 124 : (
        /* Older than what is known. */
        ev == E_seen_paying -> 125 : (
        /* Known. */
        ev == E_seen_revoked -> 126 : (
        /* Known. */
        ev == E_seen_expired -> 127 : (
        /* Older than what is known. */
        ev == E_seen_in_service -> 128 : (
        /* Older than what is known. */
        ev == E_seen_created -> 129 : (
        /* The order has ended: nothing more can be collected by it. */
        ev == E_cmd_complete -> 130 : (
        /* The order has ended: if anything was collected, refund it. */
        ev == E_cmd_cancel -> 131 : (
        /* The order has ended: refund what was collected too much. */
        ev == E_cmd_modify -> 334 : (
        /* The order has ended: nothing is being collected. */
        ev == E_cmd_sync -> 335 : (
        /* The order has ended: nothing is being collected. */
        ev == E_cmd_pay -> 336 : (
        0))))))))))))))))))))))
}

inline rows_of_ADOPTING()
{
    row = (
        /* The platform knows no such order. */
        ev == E_seen_absent && g_absent_awhile -> 172 : (
        /* Not confirmed by its user yet. */
        ev == E_seen_created -> 173 : (
        /* In service. */
        ev == E_seen_in_service -> 174 : (
        /* Asked for a day, and still not said for how much: a person must look. */
        ev == E_seen_paying && g_total_missing_long -> 386 : (
        /* Collecting, but for how much is not said: look again. */
        ev == E_seen_paying && g_total_missing -> 175 : (
        /* Collecting: the amount that was completed elsewhere counts as asked for. */
        ev == E_seen_paying -> 176 : (
        /* Finished already. */
        ev == E_seen_done -> 177 : (
        /* Cancelled already. */
        ev == E_seen_revoked -> 178 : (
        /* Expired already. */
        ev == E_seen_expired -> 179 : (
        /* What this order is at the platform is being asked: try again in a moment. */
        ev == E_cmd_complete -> 180 : (
        /* What this order is at the platform is being asked: try again in a moment. */
        ev == E_cmd_cancel -> 181 : (
        /* What this order is at the platform is being asked: try again in a moment. */
        ev == E_cmd_modify -> 182 : (
        /* What this order is at the platform is being asked: try again in a moment. */
        ev == E_cmd_sync -> 183 : (
        /* What this order is at the platform is being asked: try again in a moment. */
        ev == E_cmd_pay -> 184 : (
        0)))))))))))))))
}

inline rows_of_CREATED()
{
    row = (
        /* The user confirmed: the service runs. */
        ev == E_seen_in_service -> 205 : (
        /* Money is collected that was never asked for. */
        ev == E_seen_paying -> 206 : (
        /* Finished without our complete. */
        ev == E_seen_done -> 207 : (
        /* Cancelled. */
        ev == E_seen_revoked -> 208 : (
        /* Nobody confirmed within 30 days. */
        ev == E_seen_expired -> 209 : (
        /* Known: still waiting for its user. */
        ev == E_seen_created -> 210 : (
        /* The user has not confirmed this order: there is no service to complete. Cancel it if it is not wanted. */
        ev == E_cmd_complete -> 211 : (
        /* A cancel is under way for this order: wait for its outcome. */
        ev == E_cmd_cancel -> 212 : (
        /* Nothing is being collected yet: there is no amount to lower. */
        ev == E_cmd_modify -> 213 : (
        /* Nothing is being collected yet: there is nothing to sync. */
        ev == E_cmd_sync -> 214 : (
        /* Nothing is being collected yet: there is nothing to urge. */
        ev == E_cmd_pay -> 215 : (
        0))))))))))))
}

inline rows_of_CONFIRMING()
{
    row = (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 401 : (
        /* Called off. */
        ev == E_cmd_cancel -> 190 : (
        /* A notification leaves the state open: look at once. */
        ev == E_seen_unclear && g_by_notice -> 191 : (
        0))))
}

inline rows_of_CREATED_CANCELLING()
{
    row = (
        /* The user confirmed first; the merchant's cancel stands, and is allowed in service too. */
        ev == E_seen_in_service -> 202 : (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 203 : (
        0)))
}

inline rows_of_CREATED_CANCEL_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 192 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 193 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 194 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 195 : (
        /* Not now: the same bytes later. */
        ev == E_busy -> 196 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 197 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 198 : (
        0))))))))
}

inline rows_of_CREATED_CANCEL_UNKNOWN()
{
    row = (
        /* Not cancelled: only the same bytes may leave. */
        ev == E_seen_created && g_may_repeat -> 199 : (
        0))
}

inline rows_of_CREATED_CANCEL_REFUSED()
{
    row = (
        /* Refused, and still waiting for its user: the merchant must decide anew. */
        ev == E_seen_created && g_fresh_certain -> 200 : (
        /* Refused, but an earlier attempt is in doubt: wait, or cancel again. */
        ev == E_seen_created && g_fresh -> 350 : (
        /* Refused, because the user had confirmed: the merchant must decide anew. */
        ev == E_seen_in_service && g_certain -> 201 : (
        /* The user had confirmed, but an earlier attempt to cancel is in doubt: wait, or cancel again. */
        ev == E_seen_in_service -> 351 : (
        0)))))
}

inline rows_of_CREATED_CANCEL_DOUBTED()
{
    row = (
        /* A day has passed and it did not take effect: the merchant must decide anew. */
        ev == E_seen_created && g_watch_over -> 352 : (
        /* The user confirmed; the earlier attempt to cancel is in doubt still. */
        ev == E_seen_in_service -> 353 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 409 : (
        /* Called off again. */
        ev == E_cmd_cancel -> 354 : (
        0)))))
}

inline rows_of_MODIFYING()
{
    row = (
        /* The merchant had said that the user paid by another way, and the platform collected too: refund one of the two. */
        ev == E_seen_done && g_paid_twice -> 372 : (
        /* The merchant had said that the user paid by another way; it is settled, and by whom is not said. */
        ev == E_seen_done && g_payer_unsaid -> 414 : (
        /* The lower amount was collected. */
        ev == E_seen_done && g_paid_as_wanted -> 269 : (
        /* The amount was collected before it was lowered: refund the difference. */
        ev == E_seen_done && g_paid_as_asked -> 270 : (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 271 : (
        0))))))
}

inline rows_of_MODIFY_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 250 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 251 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 252 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 253 : (
        /* A deduction is running, or too many calls: the same bytes after the cool-down. */
        ev == E_busy -> 254 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 255 : (
        /* Refused (so is every modify of an order whose user paid a deposit): a query must agree. */
        ev == E_refused -> 256 : (
        /* The lower amount is being collected. */
        ev == E_seen_paying && g_total_as_wanted -> 257 : (
        /* Answered, but not with the lower amount: ask. */
        ev == E_seen_paying && g_answers_open_call -> 272 : (
        /* The amount changed, and nobody asked for that: hold, and go on asking. */
        ev == E_seen_paying && g_total_changed -> 395 : (
        /* Answered with what is older than what is known: ask. */
        ev == E_seen_in_service && g_answers_open_call -> 387 : (
        /* Answered with what is older than what is known: ask. */
        ev == E_seen_created && g_answers_open_call -> 388 : (
        0)))))))))))))
}

inline rows_of_MODIFY_UNKNOWN()
{
    row = (
        /* The lower amount is being collected. */
        ev == E_seen_paying && g_total_as_wanted -> 258 : (
        /* Not lowered: only the same bytes may leave. */
        ev == E_seen_paying && g_unchanged_may_repeat -> 259 : (
        0)))
}

inline rows_of_MODIFY_REFUSED()
{
    row = (
        /* An earlier attempt took effect: the lower amount is being collected. */
        ev == E_seen_paying && g_total_as_wanted -> 260 : (
        /* Refused, and the amount is as before: the merchant must decide anew. */
        ev == E_seen_paying && g_fresh_certain -> 261 : (
        /* Refused, but an earlier attempt is in doubt: wait, or cancel. */
        ev == E_seen_paying && g_fresh -> 262 : (
        0))))
}

inline rows_of_MODIFY_DOUBTED()
{
    row = (
        /* The earlier attempt took effect after all. */
        ev == E_seen_paying && g_total_as_wanted -> 263 : (
        /* A day has passed and it did not take effect: the merchant must decide anew. */
        ev == E_seen_paying && g_watch_over -> 264 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 407 : (
        /* Called off: a cancel may leave once the order was seen. */
        ev == E_cmd_cancel -> 265 : (
        /* An earlier modify may still take effect, so no other may leave: cancel, or wait a day. */
        ev == E_cmd_modify -> 266 : (
        /* An earlier modify may still take effect, so nothing but a cancel may leave for a day. */
        ev == E_cmd_sync -> 267 : (
        /* An earlier modify may still take effect, so nothing but a cancel may leave for a day. */
        ev == E_cmd_pay -> 268 : (
        0))))))))
}

inline rows_of_PAYING_CANCELLING()
{
    row = (
        /* Cancelled: nothing will be collected. */
        ev == E_seen_revoked -> 285 : (
        /* An earlier modify took effect; the cancel goes on. */
        ev == E_seen_paying && g_total_as_wanted -> 287 : (
        /* The merchant had said that the user paid by another way, and the platform collected too: refund one of the two. */
        ev == E_seen_done && g_paid_twice -> 362 : (
        /* The merchant had said that the user paid by another way; it is settled, and by whom is not said. */
        ev == E_seen_done && g_payer_unsaid -> 415 : (
        /* The lower amount of an earlier modify was collected before the cancel. */
        ev == E_seen_done && g_paid_as_wanted -> 288 : (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 286 : (
        0)))))))
}

inline rows_of_PAYING_CANCEL_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 275 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 276 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 277 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 278 : (
        /* A deduction is running, or too many calls: the same bytes after the cool-down. */
        ev == E_busy -> 279 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 280 : (
        /* Refused, which is normal here: a query must agree. */
        ev == E_refused -> 281 : (
        /* An earlier modify took effect; the cancel goes on. */
        ev == E_seen_paying && g_total_as_wanted -> 413 : (
        /* The amount changed, and nobody asked for that: hold, and go on asking. */
        ev == E_seen_paying && g_total_changed -> 396 : (
        0))))))))))
}

inline rows_of_PAYING_CANCEL_UNKNOWN()
{
    row = (
        /* Not cancelled: only the same bytes may leave. */
        ev == E_seen_paying && g_unchanged_may_repeat -> 282 : (
        0))
}

inline rows_of_PAYING_CANCEL_REFUSED()
{
    row = (
        /* Refused, and an earlier modify is still in doubt: wait, or cancel. */
        ev == E_seen_paying && g_fresh_doubted -> 283 : (
        /* Refused, and still collecting: the merchant must decide anew. */
        ev == E_seen_paying && g_fresh_certain -> 284 : (
        /* Refused, but an earlier attempt is in doubt: wait, or cancel again. */
        ev == E_seen_paying && g_fresh -> 359 : (
        0))))
}

inline rows_of_SYNCING()
{
    row = (
        /* The user paid by another way, and the platform collected too: refund one of the two. */
        ev == E_seen_done && g_paid_by_platform -> 299 : (
        /* Settled by the other way. */
        ev == E_seen_done && g_paid_elsewhere -> 300 : (
        /* Settled, but by whom or for how much does not fit. */
        ev == E_seen_done && g_by_query -> 301 : (
        /* DONE, but who was paid is not said: ask. */
        ev == E_seen_done -> 389 : (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 302 : (
        0))))))
}

inline rows_of_SYNC_SENDING()
{
    row = (
        /* The outcome is unknown: ask. */
        ev == E_unknown -> 290 : (
        /* Success without a state: ask. */
        ev == E_accepted -> 291 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 292 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 293 : (
        /* A deduction is running, or too many calls: the same bytes after the cool-down. */
        ev == E_busy -> 294 : (
        /* A fault on our side: the same bytes once it is mended. */
        ev == E_ours -> 295 : (
        /* Refused: a query must say what the order is, and who was paid. */
        ev == E_refused -> 296 : (
        /* Answered, but still collecting: ask. */
        ev == E_seen_paying && g_answers_open_call -> 303 : (
        /* The amount changed, and nobody asked for that: hold, and go on asking. */
        ev == E_seen_paying && g_total_changed -> 397 : (
        /* Answered with what is older than what is known: ask. */
        ev == E_seen_in_service && g_answers_open_call -> 366 : (
        /* Answered with what is older than what is known: ask. */
        ev == E_seen_created && g_answers_open_call -> 367 : (
        /* Answered with what cannot be: ask. */
        ev == E_seen_absent && g_answers_open_call -> 368 : (
        0)))))))))))))
}

inline rows_of_SYNC_UNKNOWN()
{
    row = (
        /* Still collecting: it did not take effect; the same bytes again. */
        ev == E_seen_paying && g_unchanged_may_repeat -> 297 : (
        0))
}

inline rows_of_SYNC_REFUSED()
{
    row = (
        /* Refused, and still collecting: the merchant must decide anew. */
        ev == E_seen_paying && g_fresh_certain -> 298 : (
        /* Refused, but an earlier attempt is in doubt: wait, or cancel. */
        ev == E_seen_paying && g_fresh -> 363 : (
        0)))
}

inline rows_of_URGING()
{
    row = (
        /* The platform has denied it for a day: a person must look. */
        ev == E_seen_absent && g_absent_long -> 314 : (
        0))
}

inline rows_of_URGE_SENDING()
{
    row = (
        /* The outcome is unknown, or the attempt failed: ask, and do not repeat. */
        ev == E_unknown -> 305 : (
        /* An attempt was made; its result is not in the reply: ask. */
        ev == E_accepted -> 306 : (
        /* The answer leaves the state open: ask. */
        ev == E_seen_unclear -> 307 : (
        /* A value that no text describes: hold, and ask. */
        ev == E_seen_strange -> 308 : (
        /* Not now, and nothing was tried: the merchant may ask again later. */
        ev == E_busy -> 309 : (
        /* A fault on our side, and nothing was tried: the merchant may ask again once it is mended. */
        ev == E_ours -> 310 : (
        /* Refused: a query must agree. */
        ev == E_refused -> 311 : (
        /* Answered, and still collecting: ask, and do not repeat. */
        ev == E_seen_paying && g_answers_open_call -> 315 : (
        /* The amount changed, and nobody asked for that: hold, and go on asking. */
        ev == E_seen_paying && g_total_changed -> 398 : (
        /* Answered with what is older than what is known: ask, and do not repeat. */
        ev == E_seen_in_service && g_answers_open_call -> 369 : (
        /* Answered with what is older than what is known: ask, and do not repeat. */
        ev == E_seen_created && g_answers_open_call -> 370 : (
        /* Answered with what cannot be: ask, and do not repeat. */
        ev == E_seen_absent && g_answers_open_call -> 371 : (
        0)))))))))))))
}

inline rows_of_URGE_UNKNOWN()
{
    row = (
        /* Still collecting. */
        ev == E_seen_paying && g_fresh -> 312 : (
        0))
}

inline rows_of_URGE_REFUSED()
{
    row = (
        /* Refused, and still collecting: the merchant must decide anew. */
        ev == E_seen_paying && g_fresh -> 313 : (
        0))
}

inline rows_of_PAYING_CANCEL_DOUBTED()
{
    row = (
        /* An earlier modify took effect; the earlier attempt to cancel is in doubt still. */
        ev == E_seen_paying && g_total_as_wanted -> 376 : (
        /* A day has passed and it did not take effect: the merchant must decide anew. */
        ev == E_seen_paying && g_watch_over -> 360 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 410 : (
        /* Called off again. */
        ev == E_cmd_cancel -> 361 : (
        /* An earlier cancel may still take effect, so nothing but a cancel may leave: cancel, or wait a day. */
        ev == E_cmd_modify -> 377 : (
        /* An earlier cancel may still take effect, so nothing but a cancel may leave: cancel, or wait a day. */
        ev == E_cmd_sync -> 378 : (
        /* An earlier cancel may still take effect, so nothing but a cancel may leave: cancel, or wait a day. */
        ev == E_cmd_pay -> 379 : (
        0))))))))
}

inline rows_of_SYNC_DOUBTED()
{
    row = (
        /* A day has passed and it did not take effect: the merchant must decide anew. */
        ev == E_seen_paying && g_watch_over -> 364 : (
        /* This order is held for a person: look why, and release it first. */
        ev == E_cmd_cancel && g_held -> 411 : (
        /* Called off: a cancel may leave once the order was seen. */
        ev == E_cmd_cancel -> 365 : (
        /* An earlier sync may still take effect, so nothing but a cancel may leave: cancel, or wait a day. */
        ev == E_cmd_modify -> 380 : (
        /* An earlier sync may still take effect, so nothing but a cancel may leave: cancel, or wait a day. */
        ev == E_cmd_sync -> 381 : (
        /* An earlier sync may still take effect, so nothing but a cancel may leave: cancel, or wait a day. */
        ev == E_cmd_pay -> 382 : (
        0)))))))
}

/* Which row answers ev in st: the leaf's rows, then its parents'. */
inline choose()
{
    if
    :: st == S_NEW -> rows_of_NEW()
    :: st == S_AUTHORIZING -> rows_of_AUTHORIZING()
    :: st == S_CREATE_SENDING -> rows_of_CREATE_SENDING()
    :: st == S_CREATE_UNKNOWN -> rows_of_CREATE_UNKNOWN()
    :: st == S_CREATE_REFUSED -> rows_of_CREATE_REFUSED()
    :: st == S_WATCHED -> rows_of_WATCHED()
    :: st == S_RECALL_SENDING -> rows_of_RECALL_SENDING()
    :: st == S_RECALL_UNKNOWN -> rows_of_RECALL_UNKNOWN()
    :: st == S_SERVING -> rows_of_SERVING()
    :: st == S_COMPLETE_SENDING -> rows_of_COMPLETE_SENDING()
    :: st == S_COMPLETE_UNKNOWN -> rows_of_COMPLETE_UNKNOWN()
    :: st == S_COMPLETE_REFUSED -> rows_of_COMPLETE_REFUSED()
    :: st == S_CANCEL_SENDING -> rows_of_CANCEL_SENDING()
    :: st == S_CANCEL_UNKNOWN -> rows_of_CANCEL_UNKNOWN()
    :: st == S_CANCEL_REFUSED -> rows_of_CANCEL_REFUSED()
    :: st == S_COLLECTING -> rows_of_COLLECTING()
    :: st == S_COMPLETE_DOUBTED -> rows_of_COMPLETE_DOUBTED()
    :: st == S_CANCEL_DOUBTED -> rows_of_CANCEL_DOUBTED()
    :: st == S_ADOPTING -> rows_of_ADOPTING()
    :: st == S_CONFIRMING -> rows_of_CONFIRMING()
    :: st == S_CREATED_CANCEL_SENDING -> rows_of_CREATED_CANCEL_SENDING()
    :: st == S_CREATED_CANCEL_UNKNOWN -> rows_of_CREATED_CANCEL_UNKNOWN()
    :: st == S_CREATED_CANCEL_REFUSED -> rows_of_CREATED_CANCEL_REFUSED()
    :: st == S_CREATED_CANCEL_DOUBTED -> rows_of_CREATED_CANCEL_DOUBTED()
    :: st == S_MODIFY_SENDING -> rows_of_MODIFY_SENDING()
    :: st == S_MODIFY_UNKNOWN -> rows_of_MODIFY_UNKNOWN()
    :: st == S_MODIFY_REFUSED -> rows_of_MODIFY_REFUSED()
    :: st == S_MODIFY_DOUBTED -> rows_of_MODIFY_DOUBTED()
    :: st == S_PAYING_CANCEL_SENDING -> rows_of_PAYING_CANCEL_SENDING()
    :: st == S_PAYING_CANCEL_UNKNOWN -> rows_of_PAYING_CANCEL_UNKNOWN()
    :: st == S_PAYING_CANCEL_REFUSED -> rows_of_PAYING_CANCEL_REFUSED()
    :: st == S_SYNC_SENDING -> rows_of_SYNC_SENDING()
    :: st == S_SYNC_UNKNOWN -> rows_of_SYNC_UNKNOWN()
    :: st == S_SYNC_REFUSED -> rows_of_SYNC_REFUSED()
    :: st == S_URGE_SENDING -> rows_of_URGE_SENDING()
    :: st == S_URGE_UNKNOWN -> rows_of_URGE_UNKNOWN()
    :: st == S_URGE_REFUSED -> rows_of_URGE_REFUSED()
    :: st == S_PAYING_CANCEL_DOUBTED -> rows_of_PAYING_CANCEL_DOUBTED()
    :: st == S_SYNC_DOUBTED -> rows_of_SYNC_DOUBTED()
    :: else
    fi;
    if
    :: row == 0 && (in_CREATING(st)) -> rows_of_CREATING()
    :: else
    fi;
    if
    :: row == 0 && (in_COMPLETING(st)) -> rows_of_COMPLETING()
    :: else
    fi;
    if
    :: row == 0 && (in_CANCELLING(st)) -> rows_of_CANCELLING()
    :: else
    fi;
    if
    :: row == 0 && (in_CREATED_CANCELLING(st)) -> rows_of_CREATED_CANCELLING()
    :: else
    fi;
    if
    :: row == 0 && (in_MODIFYING(st)) -> rows_of_MODIFYING()
    :: else
    fi;
    if
    :: row == 0 && (in_PAYING_CANCELLING(st)) -> rows_of_PAYING_CANCELLING()
    :: else
    fi;
    if
    :: row == 0 && (in_SYNCING(st)) -> rows_of_SYNCING()
    :: else
    fi;
    if
    :: row == 0 && (in_URGING(st)) -> rows_of_URGING()
    :: else
    fi;
    if
    :: row == 0 && (in_REQUESTED(st)) -> rows_of_REQUESTED()
    :: else
    fi;
    if
    :: row == 0 && (in_RECALLING(st)) -> rows_of_RECALLING()
    :: else
    fi;
    if
    :: row == 0 && (in_IN_SERVICE(st)) -> rows_of_IN_SERVICE()
    :: else
    fi;
    if
    :: row == 0 && (in_PAYING(st)) -> rows_of_PAYING()
    :: else
    fi;
    if
    :: row == 0 && (in_ENDED(st)) -> rows_of_ENDED()
    :: else
    fi;
    if
    :: row == 0 && (in_CREATED(st)) -> rows_of_CREATED()
    :: else
    fi;
    if
    :: row == 0 && (in_ORDER(st)) -> rows_of_ORDER()
    :: else
    fi;
    skip
}

/* What the row that answered says. */
inline outcome()
{
    verdict = (
        row == 160 || row == 161 || row == 31 || row == 32 || row == 168 || row == 169
        || row == 170 || row == 180 || row == 181 || row == 182 || row == 183
        || row == 184 || row == 401 || row == 409 || row == 211 || row == 212
        || row == 213 || row == 214 || row == 215 || row == 399 || row == 400
        || row == 220 || row == 221 || row == 222 || row == 223 || row == 412
        || row == 224 || row == 225 || row == 406 || row == 104 || row == 226
        || row == 408 || row == 358 || row == 99 || row == 100 || row == 232 || row == 233
        || row == 234 || row == 402 || row == 403 || row == 404 || row == 405
        || row == 240 || row == 243 || row == 244 || row == 407 || row == 266
        || row == 267 || row == 268 || row == 410 || row == 377 || row == 378
        || row == 379 || row == 411 || row == 380 || row == 381 || row == 382
        || row == 114 || row == 115 || row == 320 || row == 321 || row == 322
        || row == 130 || row == 131 || row == 334 || row == 335 || row == 336
        || row == 338 || row == 339 || row == 340 || row == 341 || row == 342
        || row == 155 || row == 156 || row == 157 || row == 158 || row == 159
        || row == 344 || row == 345 || row == 346 || row == 347 -> REJECTED : (
        row == 162 || row == 1 || row == 163 || row == 2 || row == 3 || row == 6
        || row == 4 || row == 5 || row == 10 || row == 11 || row == 12 || row == 13
        || row == 14 || row == 15 || row == 16 || row == 17 || row == 164 || row == 18
        || row == 19 || row == 20 || row == 166 || row == 167 || row == 25 || row == 26
        || row == 27 || row == 28 || row == 29 || row == 30 || row == 172 || row == 173
        || row == 174 || row == 176 || row == 177 || row == 178 || row == 179
        || row == 35 || row == 36 || row == 37 || row == 38 || row == 39 || row == 40
        || row == 41 || row == 45 || row == 46 || row == 47 || row == 48 || row == 49
        || row == 50 || row == 51 || row == 54 || row == 55 || row == 56 || row == 57
        || row == 58 || row == 59 || row == 190 || row == 192 || row == 193 || row == 194
        || row == 195 || row == 196 || row == 197 || row == 198 || row == 199
        || row == 200 || row == 350 || row == 201 || row == 351 || row == 352
        || row == 353 || row == 354 || row == 202 || row == 205 || row == 206
        || row == 207 || row == 208 || row == 209 || row == 65 || row == 66 || row == 70
        || row == 71 || row == 72 || row == 73 || row == 74 || row == 75 || row == 76
        || row == 383 || row == 384 || row == 77 || row == 78 || row == 101 || row == 102
        || row == 103 || row == 80 || row == 81 || row == 82 || row == 83 || row == 84
        || row == 85 || row == 86 || row == 87 || row == 228 || row == 88 || row == 355
        || row == 356 || row == 357 || row == 374 || row == 375 || row == 229
        || row == 230 || row == 90 || row == 91 || row == 92 || row == 93 || row == 94
        || row == 95 || row == 96 || row == 241 || row == 242 || row == 245 || row == 246
        || row == 250 || row == 251 || row == 252 || row == 253 || row == 254
        || row == 255 || row == 256 || row == 257 || row == 272 || row == 395
        || row == 387 || row == 388 || row == 258 || row == 259 || row == 260
        || row == 261 || row == 262 || row == 263 || row == 264 || row == 265
        || row == 372 || row == 414 || row == 269 || row == 270 || row == 275
        || row == 276 || row == 277 || row == 278 || row == 279 || row == 280
        || row == 281 || row == 396 || row == 282 || row == 283 || row == 284
        || row == 359 || row == 360 || row == 361 || row == 285 || row == 362
        || row == 415 || row == 288 || row == 290 || row == 291 || row == 292
        || row == 293 || row == 294 || row == 295 || row == 296 || row == 303
        || row == 297 || row == 298 || row == 363 || row == 364 || row == 365
        || row == 397 || row == 366 || row == 367 || row == 368 || row == 299
        || row == 300 || row == 301 || row == 389 || row == 305 || row == 306
        || row == 307 || row == 308 || row == 309 || row == 310 || row == 311
        || row == 315 || row == 398 || row == 369 || row == 370 || row == 371
        || row == 312 || row == 313 || row == 373 || row == 390 || row == 105
        || row == 106 || row == 107 || row == 108 -> TAKEN : (
        row == 7 || row == 165 || row == 175 || row == 210 || row == 79 || row == 97
        || row == 98 || row == 110 || row == 111 || row == 112 || row == 124 || row == 125
        || row == 126 || row == 127 || row == 128 || row == 129 || row == 343
        || row == 141 || row == 142 || row == 143 || row == 144 || row == 145
        || row == 146 || row == 147 || row == 148 || row == 149 || row == 150
        || row == 151 || row == 152 || row == 153 || row == 154 -> IGNORED : (
        row == 171 || row == 386 || row == 185 || row == 52 || row == 53 || row == 186
        || row == 187 || row == 188 || row == 191 || row == 203 || row == 67 || row == 385
        || row == 227 || row == 231 || row == 235 || row == 271 || row == 413
        || row == 376 || row == 287 || row == 286 || row == 302 || row == 314
        || row == 392 || row == 109 || row == 116 || row == 113 || row == 323
        || row == 330 || row == 331 || row == 391 || row == 332 || row == 333
        || row == 120 || row == 121 || row == 122 || row == 123 || row == 132
        || row == 337 || row == 140 || row == 393 || row == 394 -> TAKEN : (
        REJECTED)))));
    to = (
        row == 162 || row == 2 || row == 14 || row == 15 || row == 17 || row == 164 -> S_CREATE_SENDING : (
        row == 1 || row == 6 || row == 4 -> S_AUTHORIZING : (
        row == 163 -> S_ADOPTING : (
        row == 3 || row == 18 || row == 19 || row == 172 || row == 35 || row == 40
        || row == 41 || row == 56 || row == 57 -> S_REFUSED : (
        row == 5 -> S_WITHDRAWN : (
        row == 10 || row == 11 || row == 12 || row == 13 -> S_CREATE_UNKNOWN : (
        row == 16 -> S_CREATE_REFUSED : (
        row == 20 -> S_WATCHED : (
        row == 166 || row == 173 || row == 200 || row == 352 -> S_CONFIRMING : (
        row == 167 || row == 26 || row == 36 || row == 37 || row == 50 || row == 51
        || row == 54 || row == 55 -> S_RECALL_SENDING : (
        row == 25 || row == 174 || row == 201 || row == 205 || row == 78 || row == 102
        || row == 88 || row == 356 -> S_SERVING : (
        row == 27 || row == 176 || row == 38 || row == 58 || row == 206 || row == 91
        || row == 93 || row == 257 || row == 258 || row == 260 || row == 261 || row == 263
        || row == 264 || row == 284 || row == 360 || row == 298 || row == 364
        || row == 309 || row == 310 || row == 312 || row == 313 -> S_COLLECTING : (
        row == 28 || row == 177 || row == 39 || row == 59 || row == 207 || row == 230
        || row == 92 || row == 94 || row == 372 || row == 414 || row == 269 || row == 270
        || row == 362 || row == 415 || row == 288 || row == 299 || row == 300
        || row == 301 || row == 373 || row == 390 || row == 105 || row == 106 -> S_DONE : (
        row == 29 || row == 178 || row == 208 || row == 95 || row == 285 || row == 107 -> S_REVOKED : (
        row == 30 || row == 179 || row == 209 || row == 96 || row == 108 -> S_EXPIRED : (
        row == 45 || row == 46 || row == 47 || row == 48 || row == 49 -> S_RECALL_UNKNOWN : (
        row == 190 || row == 196 || row == 197 || row == 199 || row == 354 -> S_CREATED_CANCEL_SENDING : (
        row == 192 || row == 193 || row == 194 || row == 195 -> S_CREATED_CANCEL_UNKNOWN : (
        row == 198 -> S_CREATED_CANCEL_REFUSED : (
        row == 350 -> S_CREATED_CANCEL_DOUBTED : (
        row == 351 || row == 353 || row == 355 -> S_CANCEL_DOUBTED : (
        row == 202 || row == 80 || row == 81 || row == 82 || row == 83 -> S_CANCEL_UNKNOWN : (
        row == 65 || row == 74 || row == 75 || row == 77 -> S_COMPLETE_SENDING : (
        row == 66 || row == 103 || row == 84 || row == 85 || row == 87 || row == 357 -> S_CANCEL_SENDING : (
        row == 70 || row == 71 || row == 72 || row == 73 || row == 383 || row == 384
        || row == 90 -> S_COMPLETE_UNKNOWN : (
        row == 76 -> S_COMPLETE_REFUSED : (
        row == 101 || row == 228 -> S_COMPLETE_DOUBTED : (
        row == 86 -> S_CANCEL_REFUSED : (
        row == 374 || row == 281 -> S_PAYING_CANCEL_REFUSED : (
        row == 375 || row == 359 -> S_PAYING_CANCEL_DOUBTED : (
        row == 229 || row == 275 || row == 276 || row == 277 || row == 278 || row == 396 -> S_PAYING_CANCEL_UNKNOWN : (
        row == 241 || row == 254 || row == 255 || row == 259 -> S_MODIFY_SENDING : (
        row == 242 || row == 265 || row == 279 || row == 280 || row == 282 || row == 361
        || row == 365 -> S_PAYING_CANCEL_SENDING : (
        row == 245 || row == 294 || row == 295 || row == 297 -> S_SYNC_SENDING : (
        row == 246 -> S_URGE_SENDING : (
        row == 250 || row == 251 || row == 252 || row == 253 || row == 272 || row == 395
        || row == 387 || row == 388 -> S_MODIFY_UNKNOWN : (
        row == 256 -> S_MODIFY_REFUSED : (
        row == 262 || row == 283 -> S_MODIFY_DOUBTED : (
        row == 290 || row == 291 || row == 292 || row == 293 || row == 303 || row == 397
        || row == 366 || row == 367 || row == 368 || row == 389 -> S_SYNC_UNKNOWN : (
        row == 296 -> S_SYNC_REFUSED : (
        row == 363 -> S_SYNC_DOUBTED : (
        row == 305 || row == 306 || row == 307 || row == 308 || row == 315 || row == 398
        || row == 369 || row == 370 || row == 371 -> S_URGE_UNKNOWN : (
        row == 311 -> S_URGE_REFUSED : (
        0))))))))))))))))))))))))))))))))))))))))))))
}

/* What the row that answered does besides. */
inline act()
{
    if
    :: (row == 162) ->
        a_keep_request(); a_keep_terms()
    :: (row == 1) ->
        a_keep_request(); a_keep_terms(); a_tell_asked()
    :: (row == 2) ->
        a_clear_reason(); a_tell_order_opened()
    :: (row == 3) ->
        a_reason_not_authorized()
    :: (row == 6) ->
        a_tell_asked(); a_hold_unanswered()
    :: (row == 4) ->
        a_tell_asked()
    :: (row == 5 || row == 17 || row == 199 || row == 77 || row == 87 || row == 259
        || row == 282 || row == 297 || row == 315 || row == 369 || row == 370) ->
        a_clear_reason()
    :: (row == 10 || row == 12 || row == 45 || row == 46 || row == 47 || row == 48
        || row == 50 || row == 51 || row == 192 || row == 194 || row == 70 || row == 72
        || row == 80 || row == 82 || row == 250 || row == 252 || row == 275 || row == 277
        || row == 290 || row == 292 || row == 368 || row == 389) ->
        a_doubt()
    :: (row == 11 || row == 193 || row == 71 || row == 383 || row == 384 || row == 81
        || row == 90 || row == 251 || row == 272 || row == 387 || row == 388 || row == 276
        || row == 291 || row == 303 || row == 366 || row == 367) ->
        a_clear_reason(); a_doubt()
    :: (row == 13 || row == 49 || row == 195 || row == 73 || row == 83 || row == 253
        || row == 278 || row == 293) ->
        a_doubt(); a_hold_strange()
    :: (row == 14 || row == 15 || row == 196 || row == 197 || row == 198 || row == 74
        || row == 75 || row == 76 || row == 84 || row == 85 || row == 86 || row == 254
        || row == 255 || row == 256 || row == 279 || row == 280 || row == 281
        || row == 294 || row == 295 || row == 296 || row == 305 || row == 309
        || row == 310 || row == 311) ->
        a_note_reason()
    :: (row == 16) ->
        a_note_create_reason()
    :: (row == 164 || row == 54 || row == 55 || row == 116) ->
        a_book()
    :: (row == 18) ->
        a_tell_doubted(); a_tell_order_ended()
    :: (row == 19 || row == 35) ->
        a_tell_order_ended()
    :: (row == 166) ->
        a_book(); a_count_effect(); a_hand_over(); a_clear_reason()
    :: (row == 167) ->
        a_book(); a_reason_package_lost(); a_render_cancel()
    :: (row == 25 || row == 174) ->
        a_book(); a_count_effect(); a_clear_reason(); a_tell_order_opened()
    :: (row == 26) ->
        a_book(); a_reason_created_not_doing(); a_render_cancel()
    :: (row == 27 || row == 38 || row == 58 || row == 206 || row == 109 || row == 132) ->
        a_book(); a_hold_unasked()
    :: (row == 28 || row == 39 || row == 59 || row == 207 || row == 94 || row == 106) ->
        a_book(); a_hold_unasked(); a_tell_order_ended()
    :: (row == 29 || row == 30 || row == 40 || row == 41 || row == 57 || row == 209
        || row == 96 || row == 105 || row == 107 || row == 108) ->
        a_book(); a_tell_order_ended()
    :: (row == 171 || row == 185 || row == 188 || row == 235 || row == 323) ->
        a_tell_order_opened()
    :: (row == 172) ->
        a_reason_adopted_absent()
    :: (row == 173 || row == 178 || row == 179 || row == 205) ->
        a_book(); a_count_effect(); a_clear_reason()
    :: (row == 386 || row == 385 || row == 393 || row == 394) ->
        a_hold_unanswered()
    :: (row == 176) ->
        a_book(); a_count_effect(); a_accept_total(); a_clear_reason(); a_tell_order_opened()
    :: (row == 177) ->
        a_book(); a_count_effect(); a_accept_total(); a_clear_reason()
    :: (row == 36 || row == 37) ->
        a_book(); a_render_cancel()
    :: (row == 52 || row == 53) ->
        a_hold_recall()
    :: (row == 56 || row == 208 || row == 95) ->
        a_book(); a_count_effect(); a_tell_order_ended()
    :: (row == 186 || row == 203 || row == 227 || row == 231 || row == 271 || row == 286
        || row == 302 || row == 314) ->
        a_hold_vanished()
    :: (row == 187) ->
        a_release(); a_try_anew()
    :: (row == 190 || row == 66 || row == 103 || row == 242 || row == 246 || row == 265) ->
        a_keep_request(); a_clear_reason()
    :: (row == 191 || row == 67 || row == 113) ->
        a_look_now()
    :: (row == 201 || row == 351 || row == 353) ->
        a_book(); a_count_effect()
    :: (row == 354 || row == 357 || row == 361 || row == 365) ->
        a_keep_request_in_doubt(); a_clear_reason()
    :: (row == 202) ->
        a_book(); a_count_effect(); a_doubt()
    :: (row == 65) ->
        a_keep_request(); a_ask_amount(); a_clear_reason()
    :: (row == 78) ->
        a_forget_amount()
    :: (row == 101 || row == 262) ->
        a_mark_doubted()
    :: (row == 102 || row == 356) ->
        a_forget_amount(); a_clear_doubted()
    :: (row == 374 || row == 375) ->
        a_book(); a_count_effect(); a_clear_doubted()
    :: (row == 229) ->
        a_book(); a_count_effect(); a_clear_doubted(); a_doubt()
    :: (row == 230) ->
        a_book(); a_count_effect(); a_clear_doubted(); a_tell_order_ended()
    :: (row == 91) ->
        a_book(); a_count_effect(); a_clear_reason(); a_clear_doubted()
    :: (row == 92 || row == 285) ->
        a_book(); a_count_effect(); a_clear_reason(); a_clear_doubted(); a_tell_order_ended()
    :: (row == 93) ->
        a_book(); a_hold_unasked(); a_clear_doubted()
    :: (row == 241) ->
        a_keep_request(); a_want_amount(); a_clear_reason()
    :: (row == 245) ->
        a_keep_request(); a_note_paid_elsewhere(); a_clear_reason()
    :: (row == 257 || row == 258 || row == 260 || row == 263) ->
        a_book(); a_count_effect(); a_accept_wanted(); a_clear_reason(); a_clear_doubted()
    :: (row == 395 || row == 396 || row == 397 || row == 398) ->
        a_book(); a_hold_unasked(); a_doubt()
    :: (row == 261) ->
        a_forget_wanted()
    :: (row == 264 || row == 360) ->
        a_forget_wanted(); a_clear_doubted()
    :: (row == 372) ->
        a_book(); a_forget_wanted(); a_hold_paid_twice(); a_tell_order_ended()
    :: (row == 414) ->
        a_book(); a_forget_wanted(); a_hold_payer_unclear(); a_tell_order_ended()
    :: (row == 269) ->
        a_book(); a_count_effect(); a_accept_wanted(); a_clear_reason(); a_tell_order_ended()
    :: (row == 270) ->
        a_book(); a_forget_wanted(); a_tell_order_ended()
    :: (row == 413 || row == 376 || row == 287) ->
        a_book(); a_count_effect(); a_accept_wanted(); a_clear_doubted()
    :: (row == 362 || row == 299 || row == 373) ->
        a_book(); a_hold_paid_twice(); a_tell_order_ended()
    :: (row == 415) ->
        a_book(); a_forget_wanted(); a_hold_payer_unclear(); a_clear_doubted(); a_tell_order_ended()
    :: (row == 288) ->
        a_book(); a_count_effect(); a_accept_wanted(); a_clear_doubted(); a_tell_order_ended()
    :: (row == 300) ->
        a_book(); a_count_effect(); a_clear_reason(); a_mark_synced(); a_tell_order_ended()
    :: (row == 301 || row == 390) ->
        a_book(); a_hold_payer_unclear(); a_tell_order_ended()
    :: (row == 306) ->
        a_count_effect(); a_clear_reason()
    :: (row == 308 || row == 140) ->
        a_hold_strange()
    :: (row == 392) ->
        a_release(); a_ask_what_is_seen()
    :: (row == 330) ->
        a_book(); a_hold_paid_twice()
    :: (row == 331) ->
        a_hold_paid_twice()
    :: (row == 391) ->
        a_hold_payer_unclear()
    :: (row == 332 || row == 333) ->
        a_hold_alive()
    :: (row == 120 || row == 121) ->
        a_book(); a_hold_contradiction()
    :: (row == 122 || row == 123) ->
        a_hold_contradiction()
    :: (row == 337) ->
        a_release()
    :: else
    fi
}
