/* The notify listener: 204 after the commit, everything else refused, counted, and without effect.
 */
#include "harness.h"

/** A notice, ready to be sent: body and the lines of its headers. */
struct parcel {
    char *body;
    struct curl_slist *lines;
};

static struct parcel parcel_of(const char *body, int64_t now_ms)
{
    struct test_signed how;
    struct parcel parcel = {strdup(body),
                            curl_slist_append(NULL, "Content-Type: application/json")};
    test_sign_body((struct payscore_text){body, strlen(body)}, now_ms, &how);
    for (size_t i = 0; i < how.header_count; i++) {
        char line[2048];
        const struct payscore_header *header = &how.headers[i];
        snprintf(line, sizeof line, "%.*s: %.*s", (int)header->name.size, header->name.data,
                 (int)header->value.size, header->value.data);
        parcel.lines = curl_slist_append(parcel.lines, line);
    }
    return parcel;
}

/** A user opened the service: a notice of the platform about a user the store does not know. */
static struct parcel opened(int64_t now_ms)
{
    const struct test_seal seal = {
        .key = TEST_APIV3_KEY,
        .nonce = "fdasfjihihih",
        .associated_data = "payscore",
        .plaintext =
            service_notice("USER_OPEN_SERVICE", TRIAL_OPENID, TRIAL_CODE, "20260301100514"),
    };
    char *envelope = test_envelope("PAYSCORE.USER_OPEN_SERVICE", &seal);
    struct parcel parcel = parcel_of(envelope, now_ms);
    free(envelope);
    return parcel;
}

static void send_parcel(const struct bench *bench, const char *path, struct parcel parcel,
                        struct client_reply *reply)
{
    char url[512];
    snprintf(url, sizeof url, "%s%s", bench->notify, path);
    client_send(url, (struct payscore_text){parcel.body, strlen(parcel.body)}, parcel.lines, reply);
    free(parcel.body);
}

static void expect_fail(const struct client_reply *reply, int status)
{
    assert_int_equal(reply->status, status);
    assert_string_equal(text_member(reply, "code"), "FAIL");
    assert_true(text_member(reply, "message")[0] != '\0');
}

static uint64_t newest(const struct bench *bench)
{
    uint64_t entry = 0;
    assert_int_equal(payscore_newest(bench->engine, &entry), PAYSCORE_OK);
    return entry;
}

static void a_genuine_notice_is_durable_when_204_comes(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    send_parcel(bench, NOTIFY_PATH, opened(ps_wall_now_ms()), &reply);
    assert_int_equal(reply.status, 204);
    assert_int_equal(reply.size, 0);
    assert_true(newest(bench) >= 1);
}

static void a_repeated_notice_is_204_again(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    send_parcel(bench, NOTIFY_PATH, opened(ps_wall_now_ms()), &reply);
    send_parcel(bench, NOTIFY_PATH, opened(ps_wall_now_ms()), &reply);
    assert_int_equal(reply.status, 204);
}

static void a_message_that_is_not_genuine_changes_nothing(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    int64_t now_ms = ps_wall_now_ms();

    struct parcel tampered = opened(now_ms);
    tampered.body[strlen(tampered.body) - 2] ^= 1;
    send_parcel(bench, NOTIFY_PATH, tampered, &reply);
    expect_fail(&reply, 401);

    send_parcel(bench, NOTIFY_PATH, opened(now_ms - 301000), &reply);
    expect_fail(&reply, 401);

    struct parcel unsigned_one = {strdup("{}"), NULL};
    send_parcel(bench, NOTIFY_PATH, unsigned_one, &reply);
    expect_fail(&reply, 401);

    send_parcel(bench, NOTIFY_PATH, parcel_of("no json", now_ms), &reply);
    expect_fail(&reply, 400);

    assert_int_equal(newest(bench), 0);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"forged\"}"), 2);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"stale\"}"), 1);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"malformed\"}"), 1);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"taken\"}"), 0);
}

static void a_notice_under_another_key_is_refused(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    const struct test_seal seal = {
        .key = "0123456789012345678901234567890A",
        .nonce = "fdasfjihihih",
        .associated_data = "payscore",
        .plaintext =
            service_notice("USER_OPEN_SERVICE", TRIAL_OPENID, TRIAL_CODE, "20260301100514"),
    };
    bench_open(bench);
    char *envelope = test_envelope("PAYSCORE.USER_OPEN_SERVICE", &seal);
    send_parcel(bench, NOTIFY_PATH, parcel_of(envelope, ps_wall_now_ms()), &reply);
    free(envelope);
    expect_fail(&reply, 422);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"sealed\"}"), 1);
    assert_int_equal(newest(bench), 0);
}

static void the_address_in_the_configuration_is_taken_as_it_stands(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    send_parcel(bench, "/payscore/notify", opened(ps_wall_now_ms()), &reply);
    assert_int_equal(reply.status, 204);
}

static void only_posts_under_the_path_are_taken(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    char url[256];
    bench_open(bench);
    send_parcel(bench, "/", opened(ps_wall_now_ms()), &reply);
    expect_fail(&reply, 404);
    send_parcel(bench, "/payscore/notifyx/1/0", opened(ps_wall_now_ms()), &reply);
    expect_fail(&reply, 404);
    send_parcel(bench, "/v1/commands/create", opened(ps_wall_now_ms()), &reply);
    expect_fail(&reply, 404);
    snprintf(url, sizeof url, "%s" NOTIFY_PATH, bench->notify);
    client_send(url, (struct payscore_text){NULL, 0}, NULL, &reply);
    expect_fail(&reply, 405);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"http\"}"), 4);
    assert_int_equal(newest(bench), 0);
}

static void a_body_over_64_kib_is_refused(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    struct parcel large = {calloc(1, 65538), NULL};
    memset(large.body, ' ', 65537);
    send_parcel(bench, NOTIFY_PATH, large, &reply);
    expect_fail(&reply, 413);
    struct parcel largest = {calloc(1, 65537), NULL};
    memset(largest.body, ' ', 65536);
    send_parcel(bench, NOTIFY_PATH, largest, &reply);
    expect_fail(&reply, 401);
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"too_large\"}"), 1);
}

#define POST_HEAD "POST " NOTIFY_PATH " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"

static void a_request_that_can_be_read_in_two_ways_is_refused(void **state)
{
    struct bench *bench = *state;
    static const struct {
        const char *bytes, *status;
    } rows[] = {
        {POST_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", "HTTP/1.1 411 "},
        {POST_HEAD "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 400 "},
        {POST_HEAD "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}", "HTTP/1.1 400 "},
        {POST_HEAD "X-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 400 "},
        {POST_HEAD "A:1\r\nB:1\r\nC:1\r\nX-A: b\r\n c\r\nContent-Length: 2\r\n\r\n{}",
         "HTTP/1.1 400 "},
        {"POST /payscore/notify/1%2F0/0 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
         "Content-Length: 2\r\n\r\n{}",
         "HTTP/1.1 400 "},
        {POST_HEAD "A:1\r\nB:  1\r\nC:\r\nD: \r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 401 "},
    };
    bench_open(bench);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char reply[4096];
        raw_send(bench->notify, rows[i].bytes, reply, sizeof reply);
        if (strncmp(reply, rows[i].status, strlen(rows[i].status)) != 0) {
            fail_msg("%s\n%s", rows[i].bytes, reply);
        }
    }
    assert_int_equal(newest(bench), 0);
}

enum { SENDERS = 8, EACH = 25 };

static void send_many(void *context)
{
    static _Thread_local struct client_reply reply;
    const struct bench *bench = context;
    for (int i = 0; i < EACH; i++) {
        struct parcel parcel = {strdup("{}"), NULL};
        send_parcel(bench, NOTIFY_PATH, parcel, &reply);
        assert_int_equal(reply.status, 401);
    }
}

static void many_at_once_are_each_answered(void **state)
{
    struct bench *bench = *state;
    uv_thread_t threads[SENDERS];
    bench_open(bench);
    for (size_t i = 0; i < SENDERS; i++) {
        uv_thread_create(&threads[i], send_many, bench);
    }
    for (size_t i = 0; i < SENDERS; i++) {
        uv_thread_join(&threads[i]);
    }
    assert_int_equal(metric(bench, "payscore_notices_total{result=\"forged\"}"), SENDERS * EACH);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        ROW(a_genuine_notice_is_durable_when_204_comes),
        ROW(a_repeated_notice_is_204_again),
        ROW(a_message_that_is_not_genuine_changes_nothing),
        ROW(a_notice_under_another_key_is_refused),
        ROW(the_address_in_the_configuration_is_taken_as_it_stands),
        ROW(only_posts_under_the_path_are_taken),
        ROW(a_body_over_64_kib_is_refused),
        ROW(a_request_that_can_be_read_in_two_ways_is_refused),
        ROW(many_at_once_are_each_answered),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
