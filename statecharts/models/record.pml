/*
 * One record of the engine: the header that a step may see, abstracted, and the step itself as
 * lib/core/step.c does it. Rows come from ../generated/service_order.pml.
 *
 * Abstractions. Amounts are 0 to 3 fen; NO_AMOUNT: not given. Counts are kept as far as a guard
 * asks: doubts as none or some, attempts up to RECALL_LIMIT. A transaction id is booked where the
 * platform is booked as who collected. That a question began with the present
 * version is a bit, which every move clears; that an answer belongs to the present attempt is one,
 * too. Deadlines: what is armed may fall due at any time. Two lengths of time are facts of their own:
 * aged (ten minutes in a state) and day (a day in a state).
 */
#define TAKEN    1
#define IGNORED  2
#define REJECTED 3

#define NO_AMOUNT    4
#define RECALL_LIMIT 2

/* Carriers. */
#define COMMAND 1
#define REPLY   2
#define QUERY   3
#define NOTICE  4
#define TIME    5
#define TELL    6

/* Who collected. */
#define NO_TYPE 0
#define NEWTON  1
#define MCH     2

/* Holds, as far as a guard asks, and what they weigh. */
#define H_ODD           1 /* Any of the others. */
#define H_UNASKED       2
#define H_CONTRADICTION 3
#define H_PAYER_UNCLEAR 4
#define H_PAID_TWICE    5
#define WEIGHT(h)       ( \
    h == H_ODD           -> WEIGHT_strange : ( \
    h == H_UNASKED       -> WEIGHT_unasked_amount : ( \
    h == H_CONTRADICTION -> WEIGHT_contradiction : ( \
    h == H_PAYER_UNCLEAR -> WEIGHT_payer_unclear : ( \
    h == H_PAID_TWICE    -> WEIGHT_paid_twice : 0)))))

/* Reasons, as far as a guard asks. */
#define NO_REASON      0
#define NOT_AUTHORIZED 1
#define OTHER_REASON   2

/* Guards (lib/core/guards.c, guards_wish.c). */
#define STALE                  ((carrier == QUERY || carrier == REPLY) && !in_fresh)
#define WAS_PAID(fen)          (in_paid != NO_AMOUNT -> in_paid == fen : \
    fen == 0 && (in_total == NO_AMOUNT || in_total == 0))
#define PAID_SEEN              (in_paid == NO_AMOUNT -> 0 : in_paid)
#define g_fresh                (carrier == QUERY && in_fresh)
#define g_fresh_certain        (g_fresh && !was_doubts)
#define g_may_repeat           (g_fresh && !was_held)
#define g_watch_over           (g_fresh && in_day)
#define g_absent_awhile        (g_watch_over) /* A minute: here, a day. */
#define g_absent_long          (g_watch_over && !was_held)
#define g_asked_long           (owes_ask(was_st) && g_absent_long)
#define g_total_missing_long   (g_total_missing && g_asked_long)
#define g_recall_spent         (g_fresh && !was_held && was_attempts >= RECALL_LIMIT)
#define g_unauthorized_certain (g_fresh_certain && was_reason == NOT_AUTHORIZED && !WITH_CONFIRM)
#define g_unanswered_long      (!was_held && aged)
#define g_certain              (!was_doubts)
#define g_not_held             (!was_held)
#define g_held                 (was_held)
#define g_held_unasked         (was_held == H_UNASKED && was_total != NO_AMOUNT)
#define g_by_notice            (carrier == NOTICE)
#define g_answers_open_call    (carrier == REPLY && in_match)
#define g_wants_confirmation   (WITH_CONFIRM)
#define g_needs_confirmation   (CONFIRM_KNOWN)
#define g_package_given        (CONFIRM_KNOWN && in_package)
#define g_confirm_may_repeat   (CONFIRM_KNOWN && g_may_repeat)
#define g_total_missing        (in_total == NO_AMOUNT)
#define g_total_as_asked       (was_asked != NO_AMOUNT && in_total == was_asked)
#define g_total_as_wanted      (was_wanted != NO_AMOUNT && in_total == was_wanted)
#define g_total_changed        (in_total != NO_AMOUNT && !STALE && \
    (was_total != NO_AMOUNT -> in_total < was_total : !g_total_as_asked))
#define g_unchanged_may_repeat (g_may_repeat && !g_total_changed)
#define g_fresh_doubted        (g_fresh_certain && was_doubted)
#define g_paid_as_asked        (was_asked != NO_AMOUNT && WAS_PAID(was_asked))
#define g_paid_as_wanted       (was_wanted != NO_AMOUNT && WAS_PAID(was_wanted))
#define g_paid_more            (PAID_SEEN > was_paid)
#define g_not_lower            (was_total != NO_AMOUNT -> in_asked >= was_total : \
    (was_asked != NO_AMOUNT && in_asked >= was_asked))
#define g_paid_by_platform     (PAID_SEEN > 0 && in_type == NEWTON)
#define g_paid_twice           (was_paid_elsewhere && g_paid_by_platform)
#define g_by_query             (carrier == QUERY)
#define g_paid_elsewhere       (g_paid_as_asked && \
    (in_type == MCH || (in_type == NO_TYPE && carrier == QUERY)))
#define g_payer_unsaid         (was_paid_elsewhere && PAID_SEEN > 0 && in_type == NO_TYPE)
#define g_collected_again      ((was_type == MCH || was_synced) && g_paid_by_platform && \
    was_type != NEWTON)
#define WAS_COLLECTED          (was_done_seen && was_paid > 0 && was_type != MCH && !was_synced)
#define g_collected_by_platform (WAS_COLLECTED && was_type == NEWTON && was_held != H_PAID_TWICE)
#define g_collected_by_unknown (WAS_COLLECTED && was_type == NO_TYPE && was_held != H_PAYER_UNCLEAR)
#define g_contradicts_done     (was_done_seen && !was_held)
#define g_contradicts_unpaid_end (!was_done_seen && (ev == E_seen_done -> \
    (!was_held || PAID_SEEN > 0) : (!was_held && !STALE)))
#define g_never_seen           (!was_seen && !was_effects && !STALE && !was_held)
#define g_uncounted            (!WITH_CONFIRM)
/* What a command gives of times, places and the risk fund is right in this model. */
#define g_start_past           false
#define g_start_out_of_range   false
#define g_end_too_soon         false
#define g_end_missing          false
#define g_precision_differs    false
#define g_end_before_start     false
#define g_end_in_future        false
#define g_place_unmatched      false
#define g_above_risk_fund      false
#define g_paid_in_future       false
#define g_paid_before_start    false

#include "../generated/service_order.pml"

#define OWES(s)     (owes_effect(s) || owes_ask(s) || owes_poll(s) || owes_wake(s))

/* Which rows answer in some run, for tools/lib/spin --rows. A run told in words lacks it. */
#ifdef COUNT_ROWS
c_decl {
    static unsigned char row_answers[65536];

    static void print_rows(void)
    {
        FILE *out = fopen("rows", "w");
        for (int i = 1; out != NULL && i < 65536; i++)
            if (row_answers[i]) fprintf(out, "%d\n", i);
        if (out != NULL) fclose(out);
    }

    static void note_row(int id)
    {
        static int begun;
        if (!begun) atexit(print_rows);
        begun = 1;
        row_answers[id] = 1;
    }
}
#define NOTE_ROW c_code { note_row(row); }
#else
#define NOTE_ROW skip
#endif

/* The header. A configuration may begin with an order that is being collected, or was adopted. */
byte st = FIRST_STATE;
byte held;        /* H_..., 0: not held. */
bit doubts;
byte attempts;
byte reason;
byte asked = FIRST_AMOUNT;
byte wanted = NO_AMOUNT;
byte total = FIRST_AMOUNT;
byte paid;
byte paid_type;
bit done_seen, seen = FIRST_SEEN, effects = FIRST_SEEN, doubted, synced, paid_elsewhere;
bit armed = FIRST_SEEN; /* Something is owed, and its due entry is in the store. */
bit aged, day;    /* How long the state has lasted. */
byte body = NO_AMOUNT; /* The amount in the stored bytes of the open call. */
bit told_asked;   /* The user's authorization record owes us an answer. */

/* The calls under way: one effect and one question. */
bit f_on;
bit f_match;      /* It is the present attempt of the present call. */
bit f_first;      /* It was the first attempt of its call. */
bit f_fresh;      /* The record has not moved since. */
byte f_call;
byte f_body;
byte f_reply;     /* 0: on its way; else the event that its answer brings. */
byte f_total;     /* What it says: an amount, or of a refusal, why. */
bit q_on;
bit q_fresh;      /* The record has not moved since. */
bit q_day;        /* It began when the state had lasted for a day. */
byte q_seen;      /* 0: on its way; else the event that its answer brings. */
byte q_total;

/* The input of one step; all zero between two steps. */
byte ev, carrier, in_call, in_total, in_paid, in_type, in_reason, in_asked;
bit in_fresh, in_day, in_match, in_package;

/* Something changed since the last look, so that another may bring news. */
bit look = FIRST_SEEN;

/* A person was told that money, or an order's life, is not as it should be; that it was paid twice. */
bit told_person, told_twice;

/* Scratch of one step, and the header that it began with. */
hidden short row;
hidden byte verdict, to, answers, opened, anew;
hidden byte was_st, was_held, was_doubts, was_done_seen, was_attempts, was_reason;
hidden byte was_asked, was_wanted, was_total, was_paid, was_type, was_seen, was_effects;
hidden byte was_doubted, was_synced, was_paid_elsewhere;

/* Actions (lib/core/actions*.c). */
inline open_call()
{
    opened = 1;
    attempts = 0;
    doubts = 0
}
inline a_keep_request() { open_call(); body = in_asked }
inline a_keep_request_in_doubt() { opened = 1; attempts = 0; body = in_asked }
inline a_render_cancel() { open_call(); body = NO_AMOUNT }
inline a_try_anew() { anew = 1; attempts = 0 }
inline a_keep_terms() { skip }
inline a_ask_amount() { asked = in_asked }
inline a_forget_amount() { asked = NO_AMOUNT }
inline a_ask_what_is_seen() { asked = was_total }
inline a_accept_total() { asked = (in_total != NO_AMOUNT -> in_total : asked) }
inline a_want_amount() { wanted = in_asked }
inline a_accept_wanted() { asked = was_wanted; wanted = NO_AMOUNT }
inline a_forget_wanted() { wanted = NO_AMOUNT }
inline a_mark_doubted() { doubted = 1 }
inline a_clear_doubted() { doubted = 0 }
inline a_mark_synced() { synced = 1 }
inline a_note_paid_elsewhere() { paid_elsewhere = 1 }
inline a_doubt() { doubts = 1 }
inline a_note_reason() { reason = in_reason }
inline a_note_create_reason()
{
    reason = (CONFIRM_KNOWN && in_reason == NOT_AUTHORIZED -> OTHER_REASON : in_reason)
}
inline a_clear_reason() { reason = NO_REASON }
inline a_reason_not_authorized() { reason = NOT_AUTHORIZED }
inline a_reason_created_not_doing() { reason = OTHER_REASON }
inline a_reason_package_lost() { reason = OTHER_REASON }
inline a_reason_adopted_absent() { reason = OTHER_REASON }
inline a_book()
{
    total = (in_total != NO_AMOUNT -> in_total : total);
    paid = (in_paid != NO_AMOUNT -> in_paid : paid);
    paid_type = (in_type != NO_TYPE -> in_type : paid_type);
    seen = 1;
    done_seen = done_seen || ev == E_seen_done
}
inline a_count_effect() { effects = 1 }
inline a_look_now() { look = 1 }
inline a_hand_over() { skip }
/* The first stands, unless this one weighs more. */
inline hold(why, tells)
{
    if
    :: WEIGHT(why) > WEIGHT(held) ->
        held = why;
        told_person = told_person || tells;
        told_twice = told_twice || why >= H_PAYER_UNCLEAR
    :: else
    fi
}
inline a_hold_unasked() { hold(H_UNASKED, true) }
inline a_hold_contradiction() { hold(H_CONTRADICTION, true) }
inline a_hold_paid_twice() { hold(H_PAID_TWICE, true) }
inline a_hold_payer_unclear() { hold(H_PAYER_UNCLEAR, true) }
inline a_hold_alive() { hold(H_ODD, true) }
inline a_hold_recall() { hold(H_ODD, true) }
inline a_hold_strange() { hold(H_ODD, false) }
inline a_hold_unanswered() { hold(H_ODD, false) }
inline a_hold_vanished() { hold(H_ODD, false) }
inline a_release() { held = 0; aged = 0; day = 0; armed = OWES(st); look = 1 }
inline a_tell_asked() { told_asked = 1 }
inline a_tell_doubted() { skip }
inline a_tell_order_opened() { skip }
inline a_tell_order_ended() { skip }

#define IS_ANSWER   (ev >= E_accepted && ev <= E_ours)

/* A move: version + 1, so that no question under way is fresh any more; what is owed is armed. */
inline move()
{
    f_fresh = 0;
    if
    :: q_fresh -> q_fresh = 0; look = 1
    :: else
    fi;
    if
    :: to != 0 ->
        if
        :: to != st -> aged = 0; day = 0
        :: else
        fi;
        st = to;
        armed = OWES(st)
    :: else
    fi
}

inline step()
{
    row = 0; verdict = REJECTED; to = 0; opened = 0; anew = 0;
    was_st = st; was_held = held; was_doubts = doubts; was_done_seen = done_seen;
    was_asked = asked; was_total = total; was_paid = paid; was_attempts = attempts;
    was_reason = reason; was_wanted = wanted; was_type = paid_type; was_seen = seen;
    was_effects = effects; was_doubted = doubted; was_synced = synced;
    was_paid_elsewhere = paid_elsewhere;
    answers = in_call != 0 && in_call == owed_call(st) &&
        ((carrier == REPLY && in_match) || carrier == QUERY);
    if
    :: IS_ANSWER && !answers -> verdict = IGNORED
    :: else ->
        choose();
        NOTE_ROW;
        assert(row != 0);
        outcome();
        act();
        if
        :: verdict == TAKEN -> move()
        :: else
        fi;
        if
        :: opened -> f_match = 0
        :: !opened && anew -> f_match = f_match && f_first
        :: !opened && !anew && answers && carrier == REPLY ->
            attempts = (attempts < RECALL_LIMIT -> attempts + 1 : attempts);
            f_match = 0
        :: else
        fi;
        if
        :: answers && st == was_st -> armed = OWES(st)
        :: else
        fi
    fi;
    if
    :: st != was_st || held != was_held || doubts != was_doubts || total != was_total ||
       paid != was_paid || asked != was_asked || attempts != was_attempts || reason != was_reason ||
       wanted != was_wanted || paid_type != was_type || seen != was_seen ||
       effects != was_effects || doubted != was_doubted || synced != was_synced ||
       paid_elsewhere != was_paid_elsewhere ->
        look = 1
    :: else
    fi;
    printf("    STEP %d %d %d %d %d\n", ev, row, was_st, st, held)
}
