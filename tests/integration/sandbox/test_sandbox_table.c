/* Every call in every state of an order, in both modes, over HTTP: table.def. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "merchant.h"
#include "table.h"

enum { FULL_FEN = 500, OTHER_FEN = 600, LESS_FEN = 300, RISK_FEN = 3000 };

/* An order on its way to a state, and the completion that is its own. */
struct subject {
    const char *service, *openid;
    char number[33];
    char completion[1024];
};

static bool is_confirmed(const struct subject *subject)
{
    return strcmp(subject->service, PLAYER_SERVICE) != 0;
}

static const struct player_reply *do_create(const struct subject *subject, int risk_fen)
{
    return is_confirmed(subject) ? create_to_confirm(subject->service, subject->number, risk_fen)
                                 : create(subject->number, subject->openid, risk_fen);
}

static void write_completion_of(const struct subject *subject, int total_fen, char body[1024])
{
    char end_time[15];
    write_now(end_time);
    snprintf(
        body, 1024,
        "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"%s\",\"post_payments\":[{\"name\":"
        "\"使用时长\",\"amount\":%d}],\"total_amount\":%d,\"time_range\":{\"end_time\":\"%s\"}}",
        subject->service, total_fen, total_fen, end_time);
}

static const struct player_reply *do_complete(const struct subject *subject, const char *body)
{
    return ask(PS_CALL_complete_order, subject->service, subject->number, body);
}

static const struct player_reply *do_cancel(const struct subject *subject, const char *reason)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"appid\":\"" PLAYER_APPID "\",\"service_id\":\"%s\",\"reason\":\"%s\"}",
             subject->service, reason);
    return ask(PS_CALL_cancel_order, subject->service, subject->number, body);
}

static const struct player_reply *do_query(const struct subject *subject)
{
    return ask(PS_CALL_query_order, subject->service, subject->number, "");
}

static const struct player_reply *operate(const struct subject *subject, enum operation operation)
{
    char body[1024], now[15];

    write_now(now);
    write_completion_of(subject, OTHER_FEN, body);
    switch (operation) {
    case DO_create_same: return do_create(subject, RISK_FEN);
    case DO_create_other: return do_create(subject, RISK_FEN + 1);
    case DO_query: return do_query(subject);
    case DO_cancel: return do_cancel(subject, "one");
    case DO_cancel_other: return do_cancel(subject, "two");
    case DO_complete_same: return do_complete(subject, subject->completion);
    case DO_complete_other: return do_complete(subject, body);
    case DO_modify: return modify(subject->service, subject->number, LESS_FEN);
    case DO_sync: return sync_paid(subject->service, subject->number, now);
    case DO_pay: return pay(subject->service, subject->number);
    case OPERATIONS_END: break;
    }
    fail_msg("no such operation");
    return NULL;
}

/* The platform's own answer to a query decides. */
static enum state state_of(const struct subject *subject)
{
    const struct player_reply *reply = do_query(subject);
    const char *state = player_text(reply->json, "state");
    const char *description = player_text(reply->json, "state_description");
    const cJSON *collection = cJSON_GetObjectItemCaseSensitive(reply->json, "collection");
    const char *collected = player_text(collection, "state");

    if (reply->status == 404) return S0;
    if (strcmp(state, "CREATED") == 0) return S1;
    if (strcmp(description, "USER_CONFIRM") == 0 && collection == NULL) return S2;
    if (strcmp(description, "MCH_COMPLETE") == 0 && strcmp(collected, "USER_PAYING") == 0)
        return S3;
    assert_string_equal(description, "");
    if (strcmp(state, "DONE") == 0) return strcmp(collected, "USER_PAID") == 0 ? S4 : S5;
    if (strcmp(state, "REVOKED") == 0) return S6;
    assert_string_equal(state, "EXPIRED");
    return S7;
}

static void bring_into_service(const struct subject *subject)
{
    char body[128];
    if (!is_confirmed(subject)) return;
    snprintf(body, sizeof body, "{\"openid\":\"%s\"}", subject->openid);
    tell_order(subject->number, "confirm", body, 200);
}

static void bring_to(struct subject *subject, enum state state)
{
    char match[128];

    write_completion_of(subject, state == S5 ? 0 : FULL_FEN, subject->completion);
    if (state == S0) return;
    assert_number(do_create(subject, RISK_FEN), 200, "0");
    if (state == S7) let_pass("2592000001");
    if (state == S1 || state == S7) return;
    bring_into_service(subject);
    if (state == S6) assert_number(do_cancel(subject, "one"), 200, "0");
    if (state == S2 || state == S6) return;
    assert_number(do_complete(subject, subject->completion), 200, "0");
    if (state == S3_DEDUCTING)
        tell_order(subject->number, "deduct", "{\"outcome\":\"running\"}", 200);
    if (state == S4) tell_order(subject->number, "deduct", "{\"outcome\":\"paid\"}", 200);
    if (state != S3_DEPOSIT) return;
    snprintf(match, sizeof match, "{\"out_order_no\":\"%s\"}", subject->number);
    add_fault("deduction_fails", match, 1); /* A deposit would cover it. */
}

static void run_cell(const struct cell *cell, bool confirmed)
{
    struct subject subject = {.service = confirmed ? PLAYER_DEPOSIT_SERVICE : PLAYER_SERVICE,
                              .openid = cell->state == S3_DEPOSIT ? "oDeposit" : "oTable"};
    const struct player_reply *reply;
    enum state next = cell->next, found;

    snprintf(subject.number, sizeof subject.number, "T%d-%d-%d", confirmed, (int)cell->state,
             (int)cell->operation);
    if (next == NEW) next = confirmed ? S1 : S2;
    bring_to(&subject, cell->state);
    found = state_of(&subject);
    if (found != plain(cell->state)) fail_msg("%s is not reached", state_names[cell->state]);
    reply = operate(&subject, cell->operation);
    if (reply->status != cell->status || strcmp(number_of(reply), cell->number) != 0 ||
        strcmp(player_text(reply->json, "code"), cell->code) != 0 ||
        strstr(player_text(reply->json, "message"), message_of(cell->number)) == NULL) {
        fail_msg("%s in %s: %d %s %s; must be %d %s %s by %s", operation_names[cell->operation],
                 state_names[cell->state], reply->status, reply->request_id, reply->text,
                 cell->status, cell->code, cell->number, cell->source);
    }
    assert_int_equal(reply->verified, cell->status == 200);
    found = state_of(&subject);
    if (found != next) {
        fail_msg("%s in %s leads to %s, not to %s by %s", operation_names[cell->operation],
                 state_names[cell->state], state_names[found], state_names[next], cell->source);
    }
}

static void test_the_table_has_each_cell_once(void **state)
{
    int seen[STATES_END][OPERATIONS_END] = {{0}};
    (void)state;
    for (size_t i = 0; i < CELLS; i++)
        seen[cells[i].state][cells[i].operation]++;
    for (int of = 0; of < STATES_END; of++) {
        for (int operation = 0; operation < OPERATIONS_END; operation++) {
            if (seen[of][operation] != 1)
                fail_msg("%s in %s: %d times", operation_names[operation], state_names[of],
                         seen[of][operation]);
        }
    }
}

static void test_every_call_in_every_state_without_confirmation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CELLS; i++) {
        if (cells[i].modes == BOTH) run_cell(&cells[i], false);
    }
}

static void test_every_call_in_every_state_with_confirmation(void **state)
{
    (void)state;
    for (size_t i = 0; i < CELLS; i++)
        run_cell(&cells[i], true);
}

static int open_table(void **state)
{
    player_group_open(state);
    set_switch("deducts_by_itself", false);
    open_service("oTable", "C-TABLE");
    set_user("oTable", "{\"can_pay\":false}");
    set_user("oDeposit", "{\"assessment_fails\":true,\"pays_deposit\":true}");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_has_each_cell_once),
        cmocka_unit_test(test_every_call_in_every_state_without_confirmation),
        cmocka_unit_test(test_every_call_in_every_state_with_confirmation),
    };
    return cmocka_run_group_tests(tests, open_table, player_group_close);
}
