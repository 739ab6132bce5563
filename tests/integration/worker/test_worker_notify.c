/* What comes to the notify listener of a running worker: only what the platform signed moves
 * anything; all else is refused, counted and logged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "notices.h"

#define ORDER "PAID0001"

enum { TOTAL_FEN = 800, STALE_MS = 301000, BODY_MAX = 65536 };

/* A stage with an order that waits for its payment. */
struct scene {
    struct stage *stage;
    struct notices notices;
};

static int set_up(void **state)
{
    static struct scene scene;
    void *stage = NULL;
    stage_setup(&stage);
    scene.stage = stage;
    *state = &scene;
    stage_collect(scene.stage, ORDER, TOTAL_FEN);
    notices_open(&scene.notices, scene.stage);
    return 0;
}

static int tear_down(void **state)
{
    struct scene *scene = *state;
    void *stage = scene->stage;
    return stage_teardown(&stage);
}

static double counted(const struct scene *scene, const char *result)
{
    char line[128];
    snprintf(line, sizeof line, "payscore_notices_total{result=\"%s\"}", result);
    return stage_metric(scene->stage, line);
}

static void await_log(struct scene *scene, const char *event, const char *part)
{
    char name[64];
    snprintf(name, sizeof name, "\"event\":\"%s\"", event);
    process_await(&scene->stage->worker, (const char *const[]){name, part, NULL});
}

/* Send, and see that it is refused, counted and logged, and that nothing has moved. */
struct refusal {
    const char *what;
    struct notice_twist twist;
    int status;
    const char *metric, *reason;
};

static void assert_refused(struct scene *scene, const char *body, const struct refusal *refusal)
{
    double newest = stage_newest(scene->stage);
    double count = counted(scene, refusal->metric);
    const struct http_reply *reply = notices_send(&scene->notices, body, &refusal->twist);
    if (reply->status != refusal->status)
        fail_msg("%s: %d %s", refusal->what, reply->status, reply->text);
    assert_string_equal(http_text(reply->json, "code"), "FAIL");
    await_log(scene, "notice_refused", refusal->reason);
    assert_int_equal((int)counted(scene, refusal->metric), (int)count + 1);
    assert_int_equal((int)stage_newest(scene->stage), (int)newest);
}

static void assert_still_collecting(const struct scene *scene)
{
    const struct http_reply *reply =
        stage_api(scene->stage, "/v1/records/service_order/" ORDER, NULL);
    assert_string_equal(http_text(reply->json, "state"), "COLLECTING");
    assert_int_equal((int)http_number(reply->json, "paid_fen"), 0);
    stage_verify(scene->stage);
}

static void test_what_the_platform_did_not_sign_changes_nothing(void **state)
{
    static const struct refusal rows[] = {
        {"signature of another message",
         {.signature = SIGNED_ANOTHER_MESSAGE},
         401,
         "forged",
         "Wechatpay-Signature"},
        {"signed with another key",
         {.signature = SIGNED_BY_STRANGER},
         401,
         "forged",
         "Wechatpay-Signature"},
        {"probe", {.signature = SIGNED_AS_PROBE}, 401, "forged", "Wechatpay-Signature"},
        {"unknown serial",
         {.serial = "PUB_KEY_ID_0000000000000000000000000001"},
         401,
         "forged",
         "Wechatpay-Serial"},
        {"no headers", {.bare = true}, 401, "forged", "Wechatpay-"},
        {"tampered", {.sent = "{\"id\":\"1\"}"}, 401, "forged", "Wechatpay-Signature"},
        {"not JSON, not signed", {.bare = true, .sent = "paid!"}, 401, "forged", "Wechatpay-"},
        {"replayed later", {.ahead_ms = -STALE_MS}, 401, "stale", "Wechatpay-Timestamp"},
        {"from the future", {.ahead_ms = STALE_MS * 2}, 401, "stale", "Wechatpay-Timestamp"},
    };
    struct scene *scene = *state;
    char *body = notices_paid(&scene->notices, ORDER, TOTAL_FEN);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(scene, body, &rows[i]);
    }
    free(body);
    assert_still_collecting(scene);
}

static void test_one_changed_character_is_seen(void **state)
{
    struct scene *scene = *state;
    char *body = notices_paid(&scene->notices, ORDER, TOTAL_FEN);
    char *tampered = strdup(body);
    assert_non_null(tampered);
    char *digit = strstr(tampered, "2026-03-01");
    assert_non_null(digit);
    digit[9] = '2';
    const struct refusal refusal = {
        "one digit", {.sent = tampered}, 401, "forged", "Wechatpay-Signature"};
    assert_refused(scene, body, &refusal);
    assert_still_collecting(scene);
    free(body);
    free(tampered);
}

static void test_signed_but_unreadable_changes_nothing(void **state)
{
    static const struct {
        const char *body;
        struct refusal refusal;
    } rows[] = {
        {"paid!", {"not JSON", {0}, 400, "malformed", "JSON"}},
        {"[]", {"no object", {0}, 400, "malformed", "id"}},
        {"{\"id\":\"1\",\"event_type\":\"PAYSCORE.USER_PAID\"}",
         {"no resource", {0}, 400, "malformed", "resource: missing"}},
    };
    struct scene *scene = *state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(scene, rows[i].body, &rows[i].refusal);
    }
    assert_still_collecting(scene);
}

static void test_sealed_under_another_key_changes_nothing(void **state)
{
    struct scene *scene = *state;
    const struct refusal refusal = {"sealed", {0}, 422, "sealed", "APIv3"};
    char *body = notices_sealed_otherwise(ORDER, TOTAL_FEN);
    assert_refused(scene, body, &refusal);
    free(body);
    assert_still_collecting(scene);
}

static void test_what_breaks_http_changes_nothing(void **state)
{
    static const struct refusal rows[] = {
        {"chunked", {.header = "Transfer-Encoding: chunked"}, 411, "http", "chunked"},
        {"method", {.method = "PUT"}, 405, "http", "POST"},
        {"path", {.path = "/wx/elsewhere/1900000109/0"}, 404, "http", "path"},
        {"the api's path", {.path = "/v1/commands/cancel"}, 404, "http", "path"},
        {"hidden slash", {.path = STAGE_NOTIFY_PATH "/1%2F0/0"}, 400, "http", "path"},
    };
    struct scene *scene = *state;
    char *body = notices_paid(&scene->notices, ORDER, TOTAL_FEN);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(scene, body, &rows[i]);
    }
    free(body);
    char *large = malloc(BODY_MAX + 2);
    assert_non_null(large);
    memset(large, ' ', BODY_MAX + 1);
    large[BODY_MAX + 1] = '\0';
    const struct refusal refusal = {"oversized", {0}, 413, "too_large", "65536"};
    assert_refused(scene, large, &refusal);
    free(large);
    assert_still_collecting(scene);
}

/* What libcurl would not send. */

static int connect_to(const struct stage *stage)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    const char *port = stage->notify_url + strlen("http://127.0.0.1:");
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    address.sin_port = htons((uint16_t)strtoul(port, NULL, 10));
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void send_bytes(int fd, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        assert_true(sent > 0);
        bytes += sent;
        size -= (size_t)sent;
    }
}

/* Up to the connection's end, which the other side brings about. */
static void read_answer(int fd, char *reply, size_t size)
{
    size_t used = 0;
    ssize_t more;
    while (used < size - 1 && (more = read(fd, reply + used, size - 1 - used)) > 0)
        used += (size_t)more;
    reply[used] = '\0';
    close(fd);
}

#define POST_HEAD                                                                                  \
    "POST " STAGE_NOTIFY_PATH "/" STAGE_MCHID "/0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"

static void assert_begins(const char *text, const char *with)
{
    if (strncmp(text, with, strlen(with)) != 0) fail_msg("'%s' instead of '%s'", text, with);
}

/* Its head is judged before its body has come: the answer must wait for who is sending still. */
static void test_an_oversized_body_is_answered_to_who_sends_it_still(void **state)
{
    static const char head[] = POST_HEAD "Content-Length: 65537\r\n\r\n";
    struct scene *scene = *state;
    char reply[4096];
    char *body = calloc(1, BODY_MAX + 1);
    assert_non_null(body);
    int fd = connect_to(scene->stage);
    send_bytes(fd, head, sizeof head - 1);
    await_log(scene, "notice_refused", "65536");
    send_bytes(fd, body, BODY_MAX + 1);
    free(body);
    read_answer(fd, reply, sizeof reply);
    assert_begins(reply, "HTTP/1.1 413 ");
}

static void test_a_length_given_twice_is_refused(void **state)
{
    static const char twice[] = POST_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}";
    struct scene *scene = *state;
    char reply[4096];
    double newest = stage_newest(scene->stage), count = counted(scene, "http");
    int fd = connect_to(scene->stage);
    send_bytes(fd, twice, sizeof twice - 1);
    read_answer(fd, reply, sizeof reply);
    assert_begins(reply, "HTTP/1.1 400 ");
    await_log(scene, "notice_refused", "Content-Length is given twice");
    assert_int_equal((int)counted(scene, "http"), (int)count + 1);
    assert_int_equal((int)stage_newest(scene->stage), (int)newest);
}

static void test_a_genuine_notice_moves_its_record_once(void **state)
{
    struct scene *scene = *state;
    char *body = notices_paid(&scene->notices, ORDER, TOTAL_FEN);
    double newest = stage_newest(scene->stage), taken = counted(scene, "taken");
    assert_int_equal(notices_send(&scene->notices, body, NULL)->status, 204);
    await_log(scene, "notice_done", "\"state\":\"DONE\"");
    const struct http_reply *reply =
        stage_api(scene->stage, "/v1/records/service_order/" ORDER, NULL);
    assert_string_equal(http_text(reply->json, "state"), "DONE");
    assert_int_equal((int)http_number(reply->json, "paid_fen"), TOTAL_FEN);
    /* Its own move, and that the user's authorization counts one open order less. */
    assert_int_equal((int)stage_newest(scene->stage), (int)newest + 2);
    assert_int_equal(notices_send(&scene->notices, body, NULL)->status, 204);
    assert_int_equal((int)stage_newest(scene->stage), (int)newest + 2);
    assert_int_equal((int)counted(scene, "taken"), (int)taken + 2);
    free(body);
    stage_verify(scene->stage);
}

static void test_a_notice_about_an_unknown_number_is_kept_as_a_stray(void **state)
{
    struct scene *scene = *state;
    double newest = stage_newest(scene->stage), strays = counted(scene, "stray");
    char *body = notices_paid(&scene->notices, "NOBODYS1", TOTAL_FEN);
    assert_int_equal(notices_send(&scene->notices, body, NULL)->status, 204);
    free(body);
    assert_int_equal((int)counted(scene, "stray"), (int)strays + 1);
    assert_int_equal((int)stage_newest(scene->stage), (int)newest + 1);
    stage_verify(scene->stage);
}

int main(void)
{
    /* One stage for all: what is refused must leave it as it was. The move comes last. */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_platform_did_not_sign_changes_nothing),
        cmocka_unit_test(test_one_changed_character_is_seen),
        cmocka_unit_test(test_signed_but_unreadable_changes_nothing),
        cmocka_unit_test(test_sealed_under_another_key_changes_nothing),
        cmocka_unit_test(test_what_breaks_http_changes_nothing),
        cmocka_unit_test(test_an_oversized_body_is_answered_to_who_sends_it_still),
        cmocka_unit_test(test_a_length_given_twice_is_refused),
        cmocka_unit_test(test_a_notice_about_an_unknown_number_is_kept_as_a_stray),
        cmocka_unit_test(test_a_genuine_notice_moves_its_record_once),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
