/* The thread that moves started commands on: a submitter's polls, a driver's takes turns and is the
 * platform. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cJSON.h>

#include "crowd.h"
#include "support/bodies.h"
#include "support/platform_side.h"

enum { STARTED = 16, LOOK_MS = 50, CALLS = 48, TOTAL_FEN = 800, PUMP = 0 };

/* Commands that were started. */

struct started {
    struct crowd_deed deed;
    struct crowd_member *member;
    int64_t began_us;
};

/* The pumping thread's own. */
static size_t started_count;
static unsigned long long started_ever;

static void start(struct started *started);

static void done(void *user, const struct payscore_result *result)
{
    struct started *started = user;
    if (result->status == PAYSCORE_OK) {
        crowd_say_answered(started->member, &started->deed, result,
                           crowd_now_us() - started->began_us);
        started_count--;
        free(started);
        return;
    }
    if (!crowd_is_again(result->status))
        crowd_fault(started->member, "started %s: %s: %s", started->deed.tag,
                    payscore_status_name(result->status), result->error.text);
    crowd_say_again(started->member, &started->deed, result->status);
    start(started);
}

static void start(struct started *started)
{
    struct payscore_error error = {""};
    struct payscore_command command = crowd_command(&started->deed);
    enum payscore_status rc =
        payscore_submit_start(started->member->engine, &command, done, started, &error);
    if (rc != PAYSCORE_OK)
        crowd_fault(started->member, "start %s: %s: %s", started->deed.tag,
                    payscore_status_name(rc), error.text);
}

void crowd_start_some(struct crowd_member *member)
{
    while (started_count < STARTED) {
        char tag[CROWD_TAG_SIZE], order[CROWD_NAME_SIZE];
        struct started *started = calloc(1, sizeof *started);
        if (started == NULL) {
            crowd_fault(member, "no memory");
            return;
        }
        started_ever++;
        snprintf(tag, sizeof tag, CROWD_TAG "%d.%d.%d.%llu", member->number, member->generation,
                 PUMP, started_ever);
        snprintf(order, sizeof order, "C%dG%dT%dN%llu", member->number, member->generation, PUMP,
                 started_ever);
        crowd_deed(&started->deed, "create", order, tag);
        started->member = member;
        started->began_us = crowd_now_us();
        started_count++;
        crowd_say_tried(member, &started->deed, 1);
        start(started);
    }
}

static void await(struct crowd_member *member, int64_t most_ms)
{
    struct pollfd look = {.fd = payscore_descriptor(member->engine), .events = POLLIN};
    if (most_ms < 0) most_ms = 0;
    (void)poll(&look, 1, (int)(most_ms < LOOK_MS ? most_ms : LOOK_MS));
}

void crowd_pump(struct crowd_member *member)
{
    struct payscore_error error = {""};
    for (;;) {
        crowd_start_some(member);
        await(member, LOOK_MS);
        enum payscore_status rc = payscore_poll(member->engine, &error);
        if (rc != PAYSCORE_OK)
            crowd_fault(member, "poll: %s: %s", payscore_status_name(rc), error.text);
    }
}

/* The platform. It has no memory: what it shows of an order follows from what was asked of it. */

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static const char *paid(const char *order)
{
    return seen_order(order, "DONE", "", "USER_PAID", TOTAL_FEN);
}

static const char *look_up(struct crowd_member *member, const char *order)
{
    struct payscore_name name = {0, PAYSCORE_TEXT("service_order"), text_of(order)};
    char *json = NULL;
    enum payscore_status rc = payscore_show(member->engine, &name, &json);
    if (rc != PAYSCORE_OK) crowd_fault(member, "show %s: %s", order, payscore_status_name(rc));
    cJSON *record = cJSON_Parse(json);
    const char *state = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(record, "state"));
    bool asked = cJSON_GetObjectItemCaseSensitive(record, "asked_fen") != NULL;
    bool cancels = state != NULL && strstr(state, "CANCEL") != NULL;
    const char *shown = cancels ? seen_order(order, "REVOKED", "", "", -1)
                        : asked ? paid(order)
                                : seen_order(order, "DOING", "USER_CONFIRM", "", -1);
    cJSON_Delete(record);
    payscore_free(json);
    return shown;
}

/* Between "openid/" and what follows. */
static void user_of(const struct payscore_call *call, char user[CROWD_NAME_SIZE])
{
    static const char before[] = "openid/";
    char url[256];
    snprintf(url, sizeof url, "%.*s", (int)call->url.size, call->url.data);
    const char *at = strstr(url, before);
    at = at == NULL ? "" : at + sizeof before - 1;
    snprintf(user, CROWD_NAME_SIZE, "%.*s", (int)strcspn(at, "?/"), at);
}

static const char *say(struct crowd_member *member, const struct payscore_call *call)
{
    char name[CROWD_NAME_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)call->subject.size, call->subject.data);
    if (strcmp(call->name, "query_authorization_by_openid") == 0) {
        user_of(call, name);
        return seen_authorization("AVAILABLE", "", name, "2026-03-01T09:00:00+08:00", "");
    }
    if (strcmp(call->name, "create_order") == 0)
        return seen_order(name, "DOING", "USER_CONFIRM", "", -1);
    if (strcmp(call->name, "complete_order") == 0)
        return seen_order(name, "DOING", "MCH_COMPLETE", "", TOTAL_FEN);
    if (strcmp(call->name, "cancel_order") == 0) return seen_order(name, "REVOKED", "", "", -1);
    return look_up(member, name);
}

/* One call's answer, with what it points to. */
struct heard {
    struct test_signed how;
    char body[2048];
};

static int64_t wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void answer(struct crowd_member *member, const struct payscore_call *call,
                   struct heard *heard, struct payscore_item *item)
{
    snprintf(heard->body, sizeof heard->body, "%s", say(member, call));
    test_sign_body(text_of(heard->body), wall_ms(), &heard->how);
    *item = (struct payscore_item){.kind = PAYSCORE_REPLY, .reply = {.token = call->token}};
    struct payscore_exchange *exchange = &item->reply.exchange;
    exchange->delivery = PAYSCORE_ANSWERED;
    exchange->status = 200;
    exchange->body = text_of(heard->body);
    memcpy(exchange->headers, heard->how.headers, sizeof heard->how.headers);
    exchange->header_count = heard->how.header_count;
}

static void check_items(struct crowd_member *member, const struct payscore_turn *turn)
{
    for (size_t i = 0; i < turn->item_count; i++) {
        const struct payscore_result *result = &turn->items[i].result;
        if (result->status != PAYSCORE_OK)
            crowd_fault(member, "reply: %s: %s", payscore_status_name(result->status),
                        result->error.text);
    }
}

void crowd_drive(struct crowd_member *member)
{
    static struct payscore_item items[CALLS];
    static struct heard heard[CALLS];
    struct payscore_turn turn = {.items = items};
    struct payscore_error error = {""};
    for (;;) {
        crowd_start_some(member);
        turn.wants = (struct payscore_wants){CALLS / 2, CALLS / 4, CALLS / 4};
        enum payscore_status rc = payscore_turn(member->engine, &turn, &error);
        if (rc != PAYSCORE_OK)
            crowd_fault(member, "turn: %s: %s", payscore_status_name(rc), error.text);
        check_items(member, &turn);
        turn.item_count = turn.call_count;
        for (size_t i = 0; i < turn.call_count; i++)
            answer(member, &turn.calls[i], &heard[i], &items[i]);
        payscore_calls_free(turn.calls, turn.call_count);
        if (turn.item_count == 0)
            await(member, turn.next_due_ms == INT64_MAX ? LOOK_MS : turn.next_due_ms - wall_ms());
    }
}
