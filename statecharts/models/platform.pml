/*
 * The platform's order and the user, as reference payscore.md 3 to 7 and 10 tell them; nothing here
 * looks at the chart. A row number is one of section 10.
 */
#define P_NONE     0 /* S0: 404. */
#define P_CREATED  1 /* S1 */
#define P_SERVICE  2 /* S2: DOING, USER_CONFIRM. */
#define P_PAYING   3 /* S3: DOING, MCH_COMPLETE, USER_PAYING. */
#define P_PAID     4 /* S4: DONE, USER_PAID. */
#define P_ZERO     5 /* S5: DONE, nothing to collect. */
#define P_REVOKED  6 /* S6 */
#define P_EXPIRED  7 /* S7 */

#define PACKAGE    1 /* What a create hands over, in the place of an amount. */

byte p = FIRST_PLATFORM;
byte p_total = FIRST_AMOUNT;
byte p_type;      /* Who collected. */
byte p_deducting; /* A deduction or a cashier payment is running (6.4); 2: and we were told so. */
byte p_charges;   /* How often money was taken from the user. */
byte p_pays;      /* How often we asked for an attempt. */
bit p_confirmed;  /* The user confirmed it in Payscore's own program. */

#define P_DONE  (p == P_PAID || p == P_ZERO)
#define P_OVER  (p >= P_PAID)

/* What a query shows, or a reply that carries the whole order. */
#define P_SHOWS ( \
    p == P_NONE    -> E_seen_absent : ( \
    p == P_CREATED -> E_seen_created : ( \
    p == P_SERVICE -> E_seen_in_service : ( \
    p == P_PAYING  -> E_seen_paying : ( \
    P_DONE         -> E_seen_done : ( \
    p == P_REVOKED -> E_seen_revoked : E_seen_expired))))))

/* What an executed request is answered with, if anyone hears: the order, or a word. */
inline answer(what, number)
{
    if
    :: hears -> f_reply = what; f_total = number
    :: else
    fi
}
#define answer_order()  answer(P_SHOWS, p_total)
#define refuse(why)     answer(E_refused, why)

inline p_move(next)
{
    p = next;
    look = 1
}

/* Rows 1 to 6. A refusal (assessment, unfinished order, no authorization) leaves nothing. */
inline execute_create()
{
    if
    :: p == P_NONE && WITH_CONFIRM -> p_move(P_CREATED); answer(E_seen_created, PACKAGE)
    :: p == P_NONE && !WITH_CONFIRM -> p_move(P_SERVICE); answer_order()
    :: p == P_NONE && !WITH_CONFIRM && odd > 0 -> odd--; p_move(P_CREATED); answer_order()
    :: p == P_NONE -> refuse(OTHER_REASON)
    :: p == P_NONE && !WITH_CONFIRM -> refuse(NOT_AUTHORIZED)
    :: p == P_CREATED -> answer(E_seen_created, PACKAGE) /* Whether anew is not documented. */
    :: p != P_NONE -> answer_order()
    :: P_OVER -> refuse(OTHER_REASON)
    fi
}

/* Rows 12, 13, 16, 17, 28, 30. Any complete may be refused for what it says (2.2, 2.6). */
inline execute_complete(amount)
{
    if
    :: p == P_SERVICE && amount > 0 -> p_total = amount; p_move(P_PAYING); answer_order()
    :: p == P_SERVICE && amount == 0 -> p_total = 0; p_move(P_ZERO); answer_order()
    :: p == P_PAYING && amount == p_total -> answer_order()
    :: p != P_PAYING || amount != p_total -> refuse(OTHER_REASON)
    fi
}

/* Rows 9, 14, 19, 20, 28, 29. While collecting the sources disagree: both are possible. */
inline execute_cancel()
{
    if
    :: p == P_CREATED || p == P_SERVICE || (p == P_PAYING && p_deducting == 0) ->
        p_move(P_REVOKED); answer(E_seen_revoked, NO_AMOUNT)
    :: p == P_REVOKED -> answer(E_seen_revoked, NO_AMOUNT)
    :: p == P_PAYING && p_deducting == 1 -> p_deducting = 2; answer(E_busy, NO_AMOUNT)
    :: p != P_REVOKED -> refuse(OTHER_REASON)
    fi
}

/* Rows 15, 18, 19, 28, 30. A repeat of what took effect is confirmed or refused (3.6). */
inline execute_modify(amount)
{
    if
    :: p == P_PAYING && p_deducting == 0 && amount < p_total ->
        p_total = amount; p_move(P_PAYING); answer_order()
    :: p == P_PAYING && amount == p_total -> answer_order()
    :: p == P_PAYING && p_deducting == 1 -> p_deducting = 2; answer(E_busy, NO_AMOUNT)
    :: true -> refuse(OTHER_REASON)
    fi
}

/* Rows 15, 19, 21, 28, 30. While a deduction runs the result may be unclear, too (3.7). */
inline execute_sync()
{
    if
    :: p == P_PAYING && p_deducting == 0 -> p_type = MCH; p_move(P_PAID); answer_order()
    :: p == P_PAID && p_type == MCH -> answer_order()
    :: p == P_PAYING && p_deducting == 1 -> p_deducting = 2; answer(E_busy, NO_AMOUNT)
    :: p == P_PAYING && p_deducting == 1 -> p_deducting = 2; answer(E_unknown, NO_AMOUNT)
    :: true -> refuse(OTHER_REASON)
    fi
}

/* Rows 15, 22, 28, 30. An attempt to deduct; its result is not in the answer (3.8, 6.4). */
inline execute_pay()
{
    p_pays++;
    if
    :: p == P_PAYING ->
        p_deducting = (p_deducting == 0 -> 1 : p_deducting); answer(E_accepted, NO_AMOUNT)
    :: p == P_PAYING -> answer(E_unknown, NO_AMOUNT)
    :: true -> refuse(OTHER_REASON)
    fi
}

/* We ask again three minutes later, and no window is that long (3.4). */
#define P_WAITS(call) (p_deducting == 2 && call != CALL_create_order && \
    call != CALL_complete_order && call != CALL_pay_order)

inline execute(call, amount)
{
    if
    :: call == CALL_modify_order -> execute_modify(amount)
    :: call == CALL_sync_order -> execute_sync()
    :: call == CALL_pay_order -> execute_pay()
    :: call == CALL_create_order -> execute_create()
    :: call == CALL_complete_order -> execute_complete(amount)
    :: call == CALL_cancel_order -> execute_cancel()
    fi
}

/* Rows 7, 8, 10, 23 to 25: the user, and time. */
inline user()
{
    if
    :: p == P_CREATED && WITH_CONFIRM -> p_confirmed = 1; p_move(P_SERVICE); printf("confirmed\n")
    :: p == P_CREATED -> p_move(P_EXPIRED); printf("expired\n")
    :: p == P_PAYING && p_deducting == 0 && deductions > 0 ->
        deductions--; p_deducting = 1; printf("deducting\n")
    :: p == P_PAYING && p_deducting != 0 -> p_deducting = 0; look = 1; printf("deduction failed\n")
    :: p == P_PAYING ->
        p_charges++; p_deducting = 0; p_type = NEWTON; p_move(P_PAID);
        printf("charged %d\n", p_total)
    fi
}
