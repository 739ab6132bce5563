/* Every event in every state of an authorization: authorizations.def. Codes and relations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "merchant.h"

#define STATES(X) X(NONE) X(UNBOUND) X(AVAILABLE) X(SERVED) X(OWED) X(UNAVAILABLE)
#define EVENTS(X)                                                                                  \
    X(preauthorize)                                                                                \
    X(accept) X(decline) X(accept_late) X(close) X(terminate_openid) X(terminate_code) X(create)

enum state {
#define X(name) name,
    STATES(X) STATES_END,
#undef X
};
enum event {
#define X(name) ON_##name,
    EVENTS(X) EVENTS_END,
#undef X
};

static const char *const state_names[] = {
#define X(name) #name,
    STATES(X)
#undef X
};
static const char *const event_names[] = {
#define X(name) #name,
    EVENTS(X)
#undef X
};

struct move {
    enum state from;
    enum event event;
    int status;
    const char *code, *number, *by_code, *by_openid, *source;
};

static const struct move moves[] = {
#define MOVE(from, event, status, code, number, by_code, by_openid, source)                        \
    {from, ON_##event, status, code, number, by_code, by_openid, source},
#include "authorizations.def"
};

enum { MOVES = sizeof moves / sizeof moves[0] };

/* One user and one code. */
struct subject {
    char openid[33], code[33], order[33], created[33];
};

static const struct player_reply *control(const char *path, const char *body)
{
    static const struct player_twist unsigned_one = {.authorization = ""};
    return player_send(the_player, "POST", path, body, &unsigned_one);
}

static const struct player_reply *accept_code(const struct subject *subject)
{
    char path[128], body[128];
    snprintf(path, sizeof path, "/sandbox/authorizations/%s/accept", subject->code);
    snprintf(body, sizeof body, "{\"openid\":\"%s\"}", subject->openid);
    return control(path, body);
}

static const struct player_reply *close_service(const struct subject *subject)
{
    char path[128];
    snprintf(path, sizeof path, "/sandbox/users/%s/close", subject->openid);
    return control(path, "{}");
}

static const struct player_reply *terminate(const struct subject *subject, bool by_code)
{
    char body[256];
    snprintf(body, sizeof body, "{%s\"service_id\":\"" PLAYER_SERVICE "\",\"reason\":\"bye\"}",
             by_code ? "" : "\"appid\":\"" PLAYER_APPID "\",");
    return player_call(the_player,
                       by_code ? PS_CALL_terminate_authorization_by_code
                               : PS_CALL_terminate_authorization,
                       subject->code, subject->openid, body);
}

static const struct player_reply *happen(const struct subject *subject, enum event event)
{
    switch (event) {
    case ON_preauthorize: return preauthorize(subject->code);
    case ON_accept: return accept_code(subject);
    case ON_decline: set_user(subject->openid, "{\"accepts\":false}"); return accept_code(subject);
    case ON_accept_late: let_pass("3600001"); return accept_code(subject);
    case ON_close: return close_service(subject);
    case ON_terminate_openid: return terminate(subject, false);
    case ON_terminate_code: return terminate(subject, true);
    case ON_create: return create(subject->created, subject->openid, 3000);
    case EVENTS_END: break;
    }
    fail_msg("no such event");
    return NULL;
}

static void bring_to(const struct subject *subject, enum state state)
{
    set_user(subject->openid, "{}");
    if (state == NONE) return;
    assert_number(preauthorize(subject->code), 200, "0");
    if (state == UNBOUND) return;
    assert_int_equal(accept_code(subject)->status, 200);
    if (state == UNAVAILABLE) assert_int_equal(close_service(subject)->status, 200);
    if (state != SERVED && state != OWED) return;
    assert_number(create(subject->order, subject->openid, 3000), 200, "0");
    if (state == OWED) assert_number(complete(subject->order, 500), 200, "0");
}

/* NONE: 404, as the reference wants it. */
static void assert_seen(const struct player_reply *reply, const char *wanted)
{
    if (strcmp(wanted, "NONE") != 0) {
        assert_number(reply, 200, "0");
        assert_string_equal(player_text(reply->json, "authorization_state"), wanted);
        return;
    }
    assert_number(reply, 404, UNLISTED);
    assert_string_equal(player_text(reply->json, "code"), "ORDER_NOT_EXIST");
    assert_string_equal(player_text(reply->json, "message"), "请求操作的授权记录不存在");
}

static void assert_answered(const struct move *move, const struct player_reply *reply)
{
    bool numbered = move->number[0] != '\0';
    if (reply->status != move->status ||
        strcmp(player_text(reply->json, "code"), move->code) != 0 ||
        (numbered && strcmp(number_of(reply), move->number) != 0)) {
        fail_msg("%s while %s: %d %s %s; must be %d %s %s by %s", event_names[move->event],
                 state_names[move->from], reply->status, reply->request_id, reply->text,
                 move->status, move->code, move->number, move->source);
    }
}

static void run_move(const struct move *move)
{
    struct subject subject;

    snprintf(subject.openid, sizeof subject.openid, "oMove-%d-%d", (int)move->from,
             (int)move->event);
    snprintf(subject.code, sizeof subject.code, "MOVE-%d-%d", (int)move->from, (int)move->event);
    snprintf(subject.order, sizeof subject.order, "M-%d-%d", (int)move->from, (int)move->event);
    snprintf(subject.created, sizeof subject.created, "C%.31s", subject.order);
    bring_to(&subject, move->from);
    assert_answered(move, happen(&subject, move->event));
    assert_seen(player_call(the_player, PS_CALL_query_authorization_by_code, subject.code, "", ""),
                move->by_code);
    assert_seen(
        player_call(the_player, PS_CALL_query_authorization_by_openid, "", subject.openid, ""),
        move->by_openid);
}

static void test_the_table_has_each_event_once(void **state)
{
    int seen[STATES_END][EVENTS_END] = {{0}};
    (void)state;
    for (size_t i = 0; i < MOVES; i++)
        seen[moves[i].from][moves[i].event]++;
    for (int from = 0; from < STATES_END; from++) {
        for (int event = 0; event < EVENTS_END; event++)
            assert_int_equal(seen[from][event], 1);
    }
}

static void test_every_event_in_every_state(void **state)
{
    (void)state;
    for (size_t i = 0; i < MOVES; i++)
        run_move(&moves[i]);
}

static void test_an_opening_and_a_closing_are_told(void **state)
{
    const struct player_notice *notice;
    const struct subject subject = {"oTold", "TOLD", "", ""};
    (void)state;
    bring_to(&subject, AVAILABLE);
    notice = player_notice(the_player, "PAYSCORE.USER_OPEN_SERVICE", "oTold");
    assert_string_equal(player_text(notice->opened.resource, "authorization_code"), "TOLD");
    assert_int_equal(close_service(&subject)->status, 200);
    notice = player_notice(the_player, "PAYSCORE.USER_CLOSE_SERVICE", "oTold");
    assert_string_equal(player_text(notice->opened.resource, "user_service_status"),
                        "USER_CLOSE_SERVICE");
}

static void test_only_the_code_that_the_user_signed_last_terminates(void **state)
{
    const struct subject first = {"oTwoCodes", "CODE1", "", ""},
                         second = {"oTwoCodes", "CODE2", "", ""};
    const struct player_reply *reply;
    (void)state;
    bring_to(&first, AVAILABLE);
    assert_number(preauthorize("CODE2"), 200, "0");
    assert_seen(player_call(the_player, PS_CALL_query_authorization_by_code, "CODE2", "", ""),
                "UNBINDUSER");
    assert_int_equal(accept_code(&second)->status, 200);
    reply = terminate(&first, true);
    assert_number(reply, 400, UNLISTED);
    assert_string_equal(player_text(reply->json, "message"),
                        "商户解除用户授权的授权码不是这个用户签约的授权");
    assert_number(terminate(&second, true), 204, "0");
}

static void test_a_code_with_other_parameters_is_refused(void **state)
{
    static const char body[] = "{\"service_id\":\"" PLAYER_SERVICE "\",\"appid\":\"" PLAYER_APPID
                               "\",\"authorization_code\":\"OTHER\"}";
    (void)state;
    assert_number(preauthorize("OTHER"), 200, "0");
    assert_number(player_call(the_player, PS_CALL_preauthorize, "", "", body), 400, "268498688");
}

static void test_an_order_of_another_service_keeps_nothing_open(void **state)
{
    const struct subject subject = {"oElsewhere", "ELSEWHERE", "", ""};
    (void)state;
    bring_to(&subject, AVAILABLE);
    assert_number(create_to_confirm(PLAYER_DEPOSIT_SERVICE, "ELSEWHERE", 3000), 200, "0");
    tell_order("ELSEWHERE", "confirm", "{\"openid\":\"oElsewhere\"}", 200);
    assert_number(terminate(&subject, true), 204, "0");
}

static void test_an_authorization_is_unknown_to_another_service(void **state)
{
    static const char by_openid[] =
        "/v3/payscore/permissions/openid/oUnknown?service_id=" PLAYER_DEPOSIT_SERVICE
        "&appid=" PLAYER_APPID;
    static const char by_code[] =
        "/v3/payscore/permissions/authorization-code/UNKNOWN?service_id=" PLAYER_DEPOSIT_SERVICE;
    const struct subject subject = {"oUnknown", "UNKNOWN", "", ""};
    (void)state;
    bring_to(&subject, AVAILABLE);
    assert_seen(player_send(the_player, "GET", by_openid, "", NULL), "NONE");
    assert_seen(player_send(the_player, "GET", by_code, "", NULL), "NONE");
}

static int open_group(void **state)
{
    player_group_open(state);
    set_switch("deducts_by_itself", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_has_each_event_once),
        cmocka_unit_test(test_every_event_in_every_state),
        cmocka_unit_test(test_an_opening_and_a_closing_are_told),
        cmocka_unit_test(test_only_the_code_that_the_user_signed_last_terminates),
        cmocka_unit_test(test_an_order_of_another_service_keeps_nothing_open),
        cmocka_unit_test(test_an_authorization_is_unknown_to_another_service),
        cmocka_unit_test(test_a_code_with_other_parameters_is_refused),
    };
    return cmocka_run_group_tests(tests, open_group, player_group_close);
}
