#include "support/counterpart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/walk.h"

#define ORDER   TRIAL_ORDER
#define PAID_AT "20260301100000"

enum { BODY_SIZE = 2048 };

const char *counterpart_view(const struct counterpart *platform)
{
    switch (plain(platform->state)) {
    case S1: return seen_created(ORDER, "");
    case S2: return seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1);
    case S3: return seen_order(ORDER, "DOING", "MCH_COMPLETE", "USER_PAYING", platform->total_fen);
    case S4: return seen_settled(ORDER, platform->total_fen, platform->paid_type);
    case S5: return seen_order(ORDER, "DONE", "", "", 0);
    case S6: return seen_order(ORDER, "REVOKED", "", "", -1);
    case S7: return seen_order(ORDER, "EXPIRED", "", "", -1);
    default: fail_msg("no such order is shown"); return "";
    }
}

const char *counterpart_state(enum state state)
{
    switch (plain(state)) {
    case S1: return "CONFIRMING";
    case S2: return "SERVING";
    case S3: return "COLLECTING";
    case S4:
    case S5: return "DONE";
    case S6: return "REVOKED";
    case S7: return "EXPIRED";
    default: return "";
    }
}

const struct cell *counterpart_cell(enum state state, enum operation operation)
{
    for (size_t i = 0; i < CELLS; i++)
        if (cells[i].state == state && cells[i].operation == operation) return &cells[i];
    fail_msg("no cell for %s in %s", operation_names[operation], state_names[state]);
    return NULL;
}

/* The same request, in which one text is another. */
static const char *changed(const char *body, const char *from, const char *to)
{
    static char other[BODY_SIZE];
    const char *at = strstr(body, from);
    assert_non_null(at);
    snprintf(other, sizeof other, "%.*s%s%s", (int)(at - body), body, to, at + strlen(from));
    return other;
}

static const char *create_body(bool confirmed)
{
    return confirmed ? body_create_confirmed(ORDER) : body_create(ORDER, TRIAL_OPENID);
}

struct payscore_result counterpart_submit(struct trial *trial, enum operation operation,
                                          enum state state, bool confirmed)
{
    const char *body = create_body(confirmed), *cancel = body_cancel(ORDER);
    switch (operation) {
    case DO_create_same: return trial_submit(trial, "create", NULL, body);
    case DO_create_other:
        return trial_submit(trial, "create", NULL, changed(body, ":3000", ":2999"));
    case DO_query: return trial_submit(trial, "adopt", NULL, body_number(ORDER));
    case DO_cancel: return trial_submit(trial, "cancel", NULL, cancel);
    case DO_cancel_other:
        return trial_submit(trial, "cancel", NULL, changed(cancel, "用户取消", "设备故障"));
    case DO_complete_same:
        return trial_submit(trial, "complete", NULL,
                            body_complete(ORDER, state == S5 ? 0 : FULL_FEN));
    case DO_complete_other:
        return trial_submit(trial, "complete", NULL, body_complete(ORDER, OTHER_FEN));
    case DO_modify: return trial_submit(trial, "modify", NULL, body_modify(ORDER, LESS_FEN));
    case DO_sync: return trial_submit(trial, "sync", NULL, body_sync(ORDER, PAID_AT));
    case DO_pay: return trial_submit(trial, "pay", NULL, body_number(ORDER));
    case OPERATIONS_END: break;
    }
    fail_msg("no such operation");
    return (struct payscore_result){.verdict = PAYSCORE_REFUSED};
}

const char *counterpart_call(enum operation operation)
{
    static const char *const calls[OPERATIONS_END] = {
        [DO_create_same] = "create_order",
        [DO_create_other] = "create_order",
        [DO_query] = "query_order",
        [DO_cancel] = "cancel_order",
        [DO_cancel_other] = "cancel_order",
        [DO_complete_same] = "complete_order",
        [DO_complete_other] = "complete_order",
        [DO_modify] = "modify_order",
        [DO_sync] = "sync_order",
        [DO_pay] = "pay_order",
    };
    return calls[operation];
}

static const char *success(const struct counterpart *platform, enum operation operation)
{
    switch (operation) {
    case DO_create_same:
    case DO_create_other:
        return platform->state == S1 ? seen_created(ORDER, WALK_PACKAGE)
                                     : counterpart_view(platform);
    case DO_cancel:
    case DO_cancel_other:
    case DO_pay: return body_number(ORDER); /* What it led to is not in the reply. */
    default: return counterpart_view(platform);
    }
}

const struct cell *counterpart_act(struct counterpart *platform, enum operation operation)
{
    const struct cell *cell = counterpart_cell(platform->state, operation);
    if (cell->status != 200) return cell;
    if (platform->state == S2 && operation == DO_complete_same) platform->total_fen = FULL_FEN;
    if (platform->state == S2 && operation == DO_complete_other) platform->total_fen = OTHER_FEN;
    if (operation == DO_modify) platform->total_fen = LESS_FEN;
    if (operation == DO_sync) platform->paid_type = "MCH";
    if (cell->next == NEW)
        platform->state = platform->confirmed ? S1 : S2;
    else if (cell->next != plain(platform->state))
        platform->state = cell->next;
    return cell;
}

void counterpart_answer(struct trial *trial, struct counterpart *platform, enum operation operation)
{
    const struct cell *cell = counterpart_act(platform, operation);
    const char *call = counterpart_call(operation);
    if (cell->status == 200)
        trial_answer(trial, call, 200, success(platform, operation));
    else
        trial_refuse(trial, call, cell->status, error_body(cell->code, message_of(cell->number)),
                     cell->number);
}

void counterpart_look(struct trial *trial, const struct counterpart *platform)
{
    trial_await(trial, "query_order");
    trial_answer(trial, "query_order", 200, counterpart_view(platform));
}

static void lead_into_service(struct trial *trial, bool confirmed)
{
    if (!confirmed) {
        walk_to_serving(trial, ORDER);
        return;
    }
    walk_to_confirming(trial, ORDER);
    trial_notice(trial, "PAYSCORE.USER_CONFIRM",
                 seen_order(ORDER, "DOING", "USER_CONFIRM", "", -1));
}

static void lead_to_completed(struct trial *trial, struct counterpart *platform, enum state state)
{
    counterpart_submit(trial, DO_complete_same, state, false);
    platform->state = state == S5 ? S5 : S3;
    platform->total_fen = state == S5 ? 0 : FULL_FEN;
    trial_answer(trial, "complete_order", 200, counterpart_view(platform));
    if (state == S5 || plain(state) == S3) return;
    platform->state = S4;
    trial_notice(trial, "PAYSCORE.USER_PAID", counterpart_view(platform));
}

void counterpart_lead(struct trial *trial, struct counterpart *platform, enum state state,
                      bool confirmed)
{
    *platform = (struct counterpart){confirmed, state, 0, "NEWTON"};
    if (state == S0) return;
    if (state == S1 || state == S7) {
        walk_to_confirming(trial, ORDER);
        if (state == S7) counterpart_look(trial, platform);
    } else {
        lead_into_service(trial, confirmed);
    }
    if (state == S6) {
        counterpart_submit(trial, DO_cancel, state, confirmed);
        trial_answer(trial, "cancel_order", 200, body_number(ORDER));
    }
    if (plain(state) == S3 || state == S4 || state == S5) lead_to_completed(trial, platform, state);
    platform->state = state;
    assert_string_equal(trial_state(trial, "service_order", ORDER), counterpart_state(state));
    assert_int_equal(trial_calls(trial, NULL), 0);
}
