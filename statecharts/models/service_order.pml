/*
 * A merchant, a network that loses, delays, repeats and reorders, the platform and its user around
 * one record. One process chooses what happens next; what happens is one transition. Every run is
 * finite, because faults and wishes are: how many, a configuration says (configurations). README.md
 * says what is shown and what is not.
 */
#ifndef WITH_CONFIRM
#define WITH_CONFIRM 0
#endif
#ifndef ADOPTED
#define ADOPTED 0
#endif
#ifndef LAGS
#define LAGS 0
#endif
#ifndef DENIALS
#define DENIALS 0
#endif
#ifdef COLLECTING
#define FIRST_STATE    S_COLLECTING
#define FIRST_PLATFORM P_PAYING
#define FIRST_AMOUNT   3
#define FIRST_SEEN     1
#else
#define FIRST_STATE    S_NEW
#define FIRST_PLATFORM P_NONE
#define FIRST_AMOUNT   NO_AMOUNT
#define FIRST_SEEN     0
#endif
#define CONFIRM_KNOWN  (WITH_CONFIRM && !ADOPTED)

#include "record.pml"

/* What may still happen: numbers that a configuration sets. */
byte wishes = WISHES;         /* Commands that are taken, besides the first. */
byte faults = FAULTS;         /* Lost requests and answers, 5xx, failed looks. */
byte waits = WAITS;           /* Answers that say: not now, or that a person must mend something. */
byte odd = ODD;               /* Answers that leave the state open, or that no text describes. */
byte lags = LAGS;             /* Answers of success that show an older state. */
byte denials = DENIALS;       /* Looks that are told that there is no such order, though there is. */
byte notices = NOTICES;       /* Deliveries of notifications, repeated ones included. */
byte crashes = CRASHES;       /* Ends of the process. */
byte deductions = DEDUCTIONS; /* Deductions that fail. */

/* Requests whose answer nobody waits for any more, and that may still take effect. */
byte late_call[2], late_body[2];
#define NO_LATE (late_call[0] == 0 && late_call[1] == 0)

bit hears; /* Whether the answer of the request that is executed now will be waited for. */
hidden byte h_event, h_amount;

#include "platform.pml"

/* What the merchant asked for, and was told. */
byte m_amount = FIRST_AMOUNT; /* To be collected: the last complete, lowered by a modify. */
byte m_lower = NO_AMOUNT;     /* A modify that was taken, and of which no end was reported. */
byte m_call;                  /* The call of the command under way; 0: the next is awaited. */
bit m_may_repeat;             /* A sync or a pay may leave: asked for, or seen undone. */
bit m_cash;                   /* The user paid by another way. */

inline give(event, by)
{
    ev = event;
    carrier = by;
    in_total = NO_AMOUNT;
    in_paid = NO_AMOUNT
}

inline give_view(event, by, amount)
{
    give(event, by);
    if
    :: event == E_seen_paying || event == E_seen_done -> in_total = amount
    :: else
    fi;
    if
    :: event == E_seen_done && amount != NO_AMOUNT && amount > 0 ->
        in_paid = amount; in_type = p_type
    :: else
    fi
}

inline end_effect()
{
    f_on = 0; f_match = 0; f_first = 0; f_fresh = 0;
    f_call = 0; f_body = 0; f_reply = 0; f_total = 0
}

inline end_question()
{
    q_on = 0; q_fresh = 0; q_day = 0; q_seen = 0; q_total = 0
}

inline give_reply(event, number)
{
    give_view(event, REPLY, number);
    in_call = f_call;
    in_match = f_match;
    in_fresh = f_fresh;
    in_package = (event == E_seen_created && number == PACKAGE);
    in_reason = (event == E_refused -> number : NO_REASON);
    end_effect()
}

inline give_look(event, amount)
{
    give_view(event, QUERY, amount);
    in_call = CALL_query_order;
    in_fresh = q_fresh;
    in_day = q_day;
    end_question()
}

/* A request whose answer is not waited for stays in the net, or is gone. */
inline abandon()
{
    if
    :: late_call[0] == 0 -> late_call[0] = f_call; late_body[0] = f_body
    :: late_call[0] != 0 && late_call[1] == 0 -> late_call[1] = f_call; late_body[1] = f_body
    :: true
    fi
}

inline wish(event, call, amount)
{
    wishes = wishes - (st != S_NEW);
    m_call = call;
    m_may_repeat = m_may_repeat || event != E_cmd_release;
    give(event, COMMAND);
    in_asked = amount;
    printf("the merchant: EVENT %d AMOUNT %d\n", event, amount)
}

/* What is being collected, as far as the record knows. */
#define COLLECTED (total != NO_AMOUNT -> total : (asked != NO_AMOUNT -> asked : 0))

/* Where a sync is taken after the end. */
#define COLLECTED_UNSYNCED (done_seen && paid > 0 && paid_type != MCH && !synced && \
    held != (paid_type == NEWTON -> H_PAID_TWICE : H_PAYER_UNCLEAR))

/* The merchant, at any time. What the chart would refuse changes nothing and is left out: so is what
 * it refuses of a held record. */
inline merchant()
{
    if
    :: takes_cmd_create(st) && !ADOPTED -> wish(E_cmd_create, CALL_create_order, NO_AMOUNT)
    :: takes_cmd_adopt(st) && ADOPTED -> made_elsewhere(); wish(E_cmd_adopt, 0, NO_AMOUNT)
    :: wishes > 0 && takes_cmd_complete(st) && !held ->
        if
        :: m_amount = 3
        :: m_amount = 2
        :: ZERO_TOO -> m_amount = 0
        fi;
        wish(E_cmd_complete, CALL_complete_order, m_amount)
    :: wishes > 0 && takes_cmd_cancel(st) && !(held && owes_poll(st)) -> wish(E_cmd_cancel, CALL_cancel_order, NO_AMOUNT)
    :: wishes > 0 && takes_cmd_modify(st) && !held && COLLECTED > 1 ->
        if
        :: COLLECTED > 2 -> m_lower = 2
        :: m_lower = 1
        fi;
        wish(E_cmd_modify, CALL_modify_order, m_lower)
    :: wishes > 0 && takes_cmd_sync(st) &&
       (is_final(st) -> COLLECTED_UNSYNCED : !held) ->
        m_cash = 1; wish(E_cmd_sync, CALL_sync_order, NO_AMOUNT)
    :: wishes > 0 && takes_cmd_pay(st) && !held -> wish(E_cmd_pay, CALL_pay_order, NO_AMOUNT)
    :: wishes > 0 && takes_cmd_release(st) && held -> wish(E_cmd_release, m_call, NO_AMOUNT)
    fi
}

/* An order that the store does not know. */
inline made_elsewhere()
{
    if
    :: true
    :: p = P_CREATED
    :: p = P_SERVICE
    :: p = P_PAYING; p_total = 3; m_amount = 3
    :: p = P_PAID; p_total = 3; m_amount = 3; p_type = NEWTON; p_charges = 1
    :: p = P_ZERO; p_total = 0; m_amount = 0
    :: p = P_REVOKED
    :: p = P_EXPIRED
    fi
}

/* What falls due. A held record's effects wait: their entry is dropped when it comes up. */
inline driver()
{
    if
    :: armed && owes_effect(st) && !held && !f_on ->
        f_call = owed_call(st);
        d_step {
            f_on = 1; f_match = 1; f_fresh = 1; f_first = (attempts == 0);
            f_body = (f_call == CALL_complete_order || f_call == CALL_modify_order ->
                body : NO_AMOUNT);
            printf("sent: CALL %d AMOUNT %d\n", f_call, f_body);
            check_leaving()
        }
    :: armed && owes_effect(st) && held && !f_on -> armed = 0; printf("entry dropped\n")
    :: armed && (owes_ask(st) || owes_poll(st)) && !q_on && look ->
        q_on = 1; q_fresh = 1; q_day = day; look = 0; printf("asked\n")
    :: armed && owes_wake(st) && look -> look = 0; give(E_wake, TIME)
    fi
}

/* An answer that carries the order, or may: that of a pay, too, to be safe. */
#define SHOWS_ORDER (f_call != CALL_create_order && f_reply != 0 && f_reply != E_refused && \
    f_reply != E_busy && f_reply != E_unknown)

/* An effect's request and its answer. */
inline effect_net()
{
    if
    :: f_on && f_reply == 0 && !P_WAITS(f_call) ->
        hears = 1; execute(f_call, f_body); hears = 0; printf("the platform executes it\n")
    :: f_on && f_reply == 0 && waits > 0 -> waits--; m_may_repeat = 1;
        if
        :: give_reply(E_busy, 0)
        :: give_reply(E_ours, 0)
        fi;
        printf("answered: not now\n")
    :: f_on && f_reply == 0 && faults > 0 -> faults--; abandon(); give_reply(E_unknown, 0);
        printf("no answer comes; it may still arrive\n")
    :: f_on && f_reply != 0 -> d_step {
            h_event = f_reply; h_amount = f_total;
            m_may_repeat = m_may_repeat || h_event == E_busy;
            give_reply(h_event, h_amount);
            printf("its answer arrives\n")
        }
    :: f_on && f_reply != 0 && faults > 0 -> faults--; give_reply(E_unknown, 0);
        printf("its answer is lost\n")
    :: f_on && f_reply != 0 && f_reply < E_accepted && odd > 0 -> odd--;
        if
        :: give_reply(E_accepted, 0)
        :: give_reply(E_seen_unclear, 0)
        :: give_reply(E_seen_strange, 0)
        :: f_reply == E_seen_paying -> give_reply(E_seen_paying, NO_AMOUNT)
        fi;
        printf("its answer arrives, and is odd\n")
    :: f_on && SHOWS_ORDER && lags > 0 -> lags--;
        if
        :: WITH_CONFIRM && f_reply != E_seen_created -> give_reply(E_seen_created, 0)
        :: p_alive >= P_SERVICE && f_reply != E_seen_in_service -> give_reply(E_seen_in_service, 0)
        :: p_alive == P_PAYING -> give_reply(E_seen_paying, p_older)
        :: give_reply(E_seen_absent, 0)
        fi;
        printf("its answer arrives, and shows what was before\n")
    fi
}

/* A sync that a fresh question shows undone may leave again; a pay never. */
inline seen_undone(event)
{
    m_may_repeat = m_may_repeat ||
        (q_fresh && event == E_seen_paying && m_call != CALL_pay_order)
}

inline question_net()
{
    if
    :: q_on && q_seen == 0 -> d_step {
            q_seen = P_SHOWS; q_total = p_total;
            printf("the platform looks: EVENT %d\n", q_seen)
        }
    :: q_on && faults > 0 -> faults--; look = 1; give_look(E_look_failed, NO_AMOUNT);
        printf("the question fails\n")
    :: q_on && q_seen != 0 -> d_step {
            h_event = q_seen; h_amount = q_total;
            seen_undone(h_event);
            give_look(h_event, h_amount);
            printf("what was seen arrives\n")
        }
    :: q_on && q_seen != 0 && q_seen != E_seen_absent && odd > 0 -> odd--; look = 1;
        if
        :: give_look(E_seen_unclear, NO_AMOUNT)
        :: give_look(E_seen_strange, NO_AMOUNT)
        :: q_seen == E_seen_paying -> seen_undone(q_seen); give_look(E_seen_paying, NO_AMOUNT)
        fi;
        printf("what was seen arrives, and is odd\n")
    :: q_on && q_seen != 0 && seen && denials > 0 -> denials--; look = 1;
        give_look(E_seen_absent, NO_AMOUNT);
        printf("what was there is denied\n")
    fi
}

/* What nobody waits for arrives, or never does. */
inline late_net()
{
    if
    :: late_call[0] != 0 -> execute(late_call[0], late_body[0]); late_call[0] = 0; late_body[0] = 0;
        printf("a late request is executed\n")
    :: late_call[0] != 0 -> late_call[0] = 0; late_body[0] = 0
    :: late_call[1] != 0 -> execute(late_call[1], late_body[1]); late_call[1] = 0; late_body[1] = 0;
        printf("a late request is executed\n")
    :: late_call[1] != 0 -> late_call[1] = 0; late_body[1] = 0
    fi
}

/* At any time after the fact, more than once, and in any order. */
inline notice_net()
{
    if
    :: notices > 0 && P_DONE && st != S_NEW ->
        notices--; give_view(E_seen_done, NOTICE, p_total); printf("notice, paid\n")
    :: notices > 0 && p == P_PAID && st != S_NEW ->
        notices--; give_view(E_seen_done, NOTICE, p_total); in_type = NO_TYPE;
        printf("notice, paid, without details\n")
    :: notices > 0 && p_confirmed && st != S_NEW ->
        notices--; give_view(E_seen_in_service, NOTICE, NO_AMOUNT); printf("notice, confirmed\n")
    :: notices > 0 && odd > 0 && p >= P_PAYING && st != S_NEW -> notices--; odd--;
        if
        :: give_view(E_seen_unclear, NOTICE, NO_AMOUNT)
        :: give_view(E_seen_strange, NOTICE, NO_AMOUNT)
        fi;
        printf("notice, odd\n")
    fi
}

/* The user's authorization record answers; what it says is not for this model to judge. */
inline teller()
{
    if
    :: told_asked -> told_asked = 0; give(E_told_available, TELL)
    :: told_asked -> told_asked = 0; give(E_told_unavailable, TELL)
    fi
}

/* In a state that asks, only for an answer that is odd or missing. */
#define A_DAY_MATTERS (asks_watch_over(st) || asks_absent_long(st) || asks_absent_awhile(st) || \
    owes_ask(st) && (odd > 0 || faults > 0))

/* No attempt takes effect a day after it was given up: that much of time is assumed. */
inline clock()
{
    if
    :: asks_unanswered_long(st) && !aged -> aged = 1; look = 1; printf("ten minutes pass\n")
    :: A_DAY_MATTERS && !day && NO_LATE && !f_on ->
        day = 1; look = 1; printf("a day passes\n")
    fi
}

/* The process ends: what is under way is forgotten, and an effect that was due counts as sent. */
inline crash()
{
    crashes > 0 && st != S_NEW -> crashes--; look = 1; end_question(); printf("the process ends\n");
    if
    :: f_on && f_reply == 0 -> abandon()
    :: else
    fi;
    end_effect();
    if
    :: armed && owes_effect(st) ->
        f_call = owed_call(st); f_match = 1; f_fresh = 1; give_reply(E_unknown, 0)
    :: else
    fi
}

/* Whether a request that is under way may still change the platform's order. */
#define takes_effect(call, amount) ( \
    call == CALL_create_order && p == P_NONE || \
    call == CALL_complete_order && p == P_SERVICE || \
    call == CALL_cancel_order && p >= P_CREATED && p <= P_PAYING || \
    call == CALL_modify_order && p == P_PAYING && amount < p_total || \
    call == CALL_sync_order && p == P_PAYING)
#define LATE_EFFECT (takes_effect(late_call[0], late_body[0]) || \
    takes_effect(late_call[1], late_body[1]) || \
    f_on && f_reply == 0 && takes_effect(f_call, f_body))

#define harmless(call, amount) \
    (call == f_call && amount == f_body || !takes_effect(call, amount))

#define must(holds, otherwise) \
    if :: holds :: else -> printf(otherwise); assert(false) fi

/* What must hold whenever an effect leaves. */
inline check_leaving()
{
    must(!held, "broken: an effect left while the record is held\n");
    must(!is_final(st), "broken: an effect left after the end\n");
    must(f_call == m_call || (f_call == CALL_cancel_order && in_RECALLING(st)),
        "broken: what left is neither the command under way nor the recall of what nobody wants\n");
    must(f_call != CALL_complete_order || f_body == m_amount,
        "broken: completed for another amount\n");
    must(f_call != CALL_modify_order || f_body == m_lower, "broken: modified to another amount\n");
    must(f_call == CALL_cancel_order ||
        (harmless(late_call[0], late_body[0]) && harmless(late_call[1], late_body[1])),
        "broken: it left though an earlier attempt of something else may still take effect\n");
    must((f_call != CALL_pay_order && f_call != CALL_sync_order) || m_may_repeat,
        "broken: a pay was repeated, or a sync that was not seen undone\n");
    m_may_repeat = 0
}

/* What the merchant is told when the next command is awaited again. */
inline report()
{
    if
    :: is_final(st) || owes_poll(st) -> m_call = 0
    :: else
    fi;
    must((st != S_SERVING && st != S_COLLECTING && st != S_CONFIRMING) || held || told_person ||
        !LATE_EFFECT,
        "broken: the next command is awaited, and an earlier one may still take effect\n");
    if
    :: st == S_COLLECTING && wanted == NO_AMOUNT && !doubted ->
        m_amount = (asked == m_lower -> m_lower : m_amount);
        m_lower = NO_AMOUNT
    :: st == S_SERVING && asked == NO_AMOUNT -> m_amount = NO_AMOUNT
    :: else
    fi
}

/* What must hold after any step. */
inline check()
{
    must(!is_final(was_st) || st == was_st, "broken: a final state was left\n");
    must(p_charges <= 1, "broken: money was taken twice\n");
    must(st != S_DONE || P_DONE, "broken: reported finished, and it is not\n");
    must(st != S_DONE || told_person || held ||
        (paid == p_total && (p_total == m_amount || p_total == m_lower)),
        "broken: finished for another amount than the merchant's, and nobody is told\n");
    must(st != S_DONE || told_twice || !m_cash || p_type == MCH,
        "broken: the user paid twice, and nobody is told\n");
    must(!is_final(st) || st == S_DONE || told_person || held ||
        p == P_NONE || p == P_REVOKED || p == P_EXPIRED,
        "broken: reported called off or never made, and it is alive\n")
}

/* Where a run may end. */
#define AT_REST (is_final(st) || held || \
    st == S_SERVING && p == P_SERVICE || \
    st == S_COLLECTING && p == P_PAYING && (told_person || p_total == m_amount))

active proctype world()
{
    do
    :: atomic {
        if
        :: merchant()
        :: driver()
        :: effect_net()
        :: question_net()
        :: late_net()
        :: notice_net()
        :: teller()
        :: clock()
        :: crash()
        :: user()
        fi;
        d_step {
            was_st = st;
            if
            :: ev != 0 ->
                step();
                report();
                ev = 0; carrier = 0; in_call = 0; in_total = 0; in_paid = 0; in_type = 0;
                in_reason = 0; in_asked = 0; in_fresh = 0; in_match = 0; in_package = 0; in_day = 0
            :: else
            fi;
            check()
        }
    }
    :: timeout -> must(AT_REST, "broken: this is no rest, and nothing can follow\n"); break
    od
}
