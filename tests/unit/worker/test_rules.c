/* The small rules of the edge: deliveries, addresses to go to, heads of requests, routes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "worker/checks.h"
#include "worker/delivery.h"
#include "worker/routes.h"

static void what_may_have_left_is_lost_whatever_the_code(void **state)
{
    (void)state;
    for (int code = 1; code < CURL_LAST; code++) {
        assert_int_equal(ps_delivery_of((CURLcode)code, 1), PAYSCORE_LOST);
    }
    assert_int_equal(ps_delivery_of(CURLE_OK, 200), PAYSCORE_ANSWERED);
}

static void what_never_left_is_told_from_a_peer_without_proof(void **state)
{
    (void)state;
    static const struct {
        CURLcode code;
        enum payscore_delivery delivery;
    } rows[] = {
        {CURLE_COULDNT_RESOLVE_HOST, PAYSCORE_NOT_SENT},
        {CURLE_COULDNT_CONNECT, PAYSCORE_NOT_SENT},
        {CURLE_OPERATION_TIMEDOUT, PAYSCORE_NOT_SENT},
        {CURLE_OUT_OF_MEMORY, PAYSCORE_NOT_SENT},
        {CURLE_PEER_FAILED_VERIFICATION, PAYSCORE_TLS},
        {CURLE_SSL_CONNECT_ERROR, PAYSCORE_TLS},
        {CURLE_SSL_CACERT_BADFILE, PAYSCORE_TLS},
        {CURLE_RECV_ERROR, PAYSCORE_LOST},
        {CURLE_GOT_NOTHING, PAYSCORE_LOST},
        {CURLE_WRITE_ERROR, PAYSCORE_LOST},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(ps_delivery_of(rows[i].code, 0), rows[i].delivery);
    }
}

static void keeps_only_the_headers_that_matter(void **state)
{
    (void)state;
    assert_true(ps_delivery_keeps("Wechatpay-Signature"));
    assert_true(ps_delivery_keeps("wechatpay-timestamp"));
    assert_true(ps_delivery_keeps("REQUEST-ID"));
    assert_true(ps_delivery_keeps("Date"));
    assert_false(ps_delivery_keeps("Set-Cookie"));
    assert_false(ps_delivery_keeps("Date2"));
}

static void only_what_was_not_sent_goes_to_the_backup(void **state)
{
    (void)state;
    static const enum payscore_delivery others[] = {PAYSCORE_ANSWERED, PAYSCORE_LOST, PAYSCORE_TLS};
    for (size_t i = 0; i < 3; i++) {
        struct ps_route route = {.has_backup = true};
        assert_false(ps_route_again(&route, false, 0, others[i], 5));
        assert_false(ps_route_backup(&route, 5));
    }
    struct ps_route route = {.has_backup = true};
    assert_true(ps_route_again(&route, false, 0, PAYSCORE_NOT_SENT, 5));
    assert_false(ps_route_again(&route, true, 1, PAYSCORE_NOT_SENT, 6));
}

static void the_main_address_is_tried_again_after_a_minute(void **state)
{
    (void)state;
    struct ps_route route = {.has_backup = true};
    assert_false(ps_route_backup(&route, 0));
    ps_route_again(&route, false, 0, PAYSCORE_NOT_SENT, 1000);
    assert_true(ps_route_backup(&route, 60999));
    assert_false(ps_route_backup(&route, 61000));
}

static void without_a_backup_a_call_stays_unsent(void **state)
{
    (void)state;
    struct ps_route route = {.has_backup = false};
    assert_false(ps_route_again(&route, false, 0, PAYSCORE_NOT_SENT, 1000));
    assert_false(ps_route_backup(&route, 1001));
}

/** A head as the server hands it over, parsed from `raw` in place. */
static struct ps_head head_of(char *raw)
{
    struct ps_head head = {.size = strlen(raw)};
    char *line = raw;
    struct payscore_text *parts[] = {&head.method, &head.target, &head.version};
    for (size_t i = 0; i < 3; i++) {
        size_t size = strcspn(line, " \r");
        *parts[i] = (struct payscore_text){line, size};
        line += size + (i < 2 ? 1 : 2);
    }
    while (*line != '\r') {
        char *colon = strchr(line, ':');
        char *value = colon + 1 + strspn(colon + 1, " ");
        char *end = strstr(value, "\r\n");
        /* As libmicrohttpd does: what is folded is joined to the line before, without a trace. */
        size_t size = (size_t)(end - value);
        char *next = end + 2;
        while (*next == ' ') {
            char *folded = next + strspn(next, " ");
            char *folded_end = strstr(folded, "\r\n");
            memmove(value + size, folded, (size_t)(folded_end - folded));
            size += (size_t)(folded_end - folded);
            next = folded_end + 2;
        }
        head.lines[head.line_count++] =
            (struct ps_head_line){{line, (size_t)(colon - line)}, {value, size}};
        line = next;
    }
    return head;
}

static int status_of(const char *text)
{
    char raw[1024];
    snprintf(raw, sizeof raw, "%s\r\n", text);
    struct ps_head head = head_of(raw);
    struct ps_head_check check = ps_head_check(&head);
    if (check.status != 0) assert_non_null(check.reason);
    return check.status;
}

#define POST "POST /a HTTP/1.1\r\nHost: h\r\n"

static void a_plain_head_passes(void **state)
{
    (void)state;
    assert_int_equal(status_of("GET / HTTP/1.1\r\nHost: h\r\n"), 0);
    assert_int_equal(status_of(POST "Content-Length: 65536\r\n"), 0);
    assert_int_equal(status_of(POST "X-A:b\r\nX-B:  b\r\n"), 0);
    assert_int_equal(status_of(POST "X-Empty: \r\nContent-Length: 1\r\n"), 0);
    assert_int_equal(status_of(POST "X-Empty:\r\nContent-Length: 1\r\n"), 0);
}

static void a_head_that_can_be_read_in_two_ways_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head;
        int status;
    } rows[] = {
        {POST "Content-Length: 1\r\nContent-Length: 1\r\n", 400},
        {POST "Content-Length: 1\r\ncontent-length: 2\r\n", 400},
        {POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", 400},
        {POST "Transfer-Encoding: chunked\r\n", 411},
        {POST "Content-Length: -1\r\n", 400},
        {POST "Content-Length: 1,1\r\n", 400},
        {POST "Content-Length: 99999999999\r\n", 400},
        {POST "Content-Length: 65537\r\n", 413},
        {POST "X-A: b\r\n c\r\nContent-Length: 1\r\n", 400},
        {POST "X-A: b\r\n   c\r\nContent-Length: 1\r\n", 400},
        {POST "A:1\r\nB:1\r\nC:1\r\nX-A: b\r\n c\r\nContent-Length: 1\r\n", 400},
        {POST "X-A:                 b\r\n", 400},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(status_of(rows[i].head), rows[i].status);
    }
}

static void an_encoded_separator_is_refused(void **state)
{
    (void)state;
    assert_true(ps_target_is_plain("/v1/records/service_order/a%7Cb?x=%20"));
    assert_false(ps_target_is_plain("/v1/records/a%2Fb"));
    assert_false(ps_target_is_plain("/v1/records/a%2fb"));
    assert_false(ps_target_is_plain("/v1/records/a%00"));
    assert_false(ps_target_is_plain("/v1/records/a%"));
    assert_false(ps_target_is_plain("/v1/records/a%zz"));
}

static bool same(struct payscore_text text, const char *string)
{
    return text.size == strlen(string) && memcmp(text.data, string, text.size) == 0;
}

static void routes_capture_their_segments(void **state)
{
    (void)state;
    struct ps_route_match show = ps_routes_match("GET", "/v1/records/service_order/A|1");
    struct ps_route_match history = ps_routes_match("GET", "/v1/records/c/n/history");
    assert_true(show.row >= 0 && history.row >= 0 && show.row != history.row);
    assert_true(same(show.segments[0], "service_order"));
    assert_true(same(show.segments[1], "A|1"));
    assert_true(same(history.segments[1], "n"));
    assert_true(ps_routes_match("GET", "/v1/records").row >= 0);
}

static void unknown_paths_and_methods_are_told_apart(void **state)
{
    (void)state;
    static const char *const unknown[] = {"/",
                                          "/v1",
                                          "/v1/records/",
                                          "/v1/feed/",
                                          "/v1/records/a",
                                          "/v2/feed",
                                          "/v1/records/a/b/c",
                                          "/v1/records//b",
                                          ""};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        assert_int_equal(ps_routes_match("GET", unknown[i]).row, PS_ROUTE_NONE);
    }
    assert_int_equal(ps_routes_match("GET", "/v1/commands/create").row, PS_ROUTE_METHOD);
    assert_int_equal(ps_routes_match("DELETE", "/v1/feed").row, PS_ROUTE_METHOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_have_left_is_lost_whatever_the_code),
        cmocka_unit_test(what_never_left_is_told_from_a_peer_without_proof),
        cmocka_unit_test(keeps_only_the_headers_that_matter),
        cmocka_unit_test(only_what_was_not_sent_goes_to_the_backup),
        cmocka_unit_test(the_main_address_is_tried_again_after_a_minute),
        cmocka_unit_test(without_a_backup_a_call_stays_unsent),
        cmocka_unit_test(a_plain_head_passes),
        cmocka_unit_test(a_head_that_can_be_read_in_two_ways_is_refused),
        cmocka_unit_test(an_encoded_separator_is_refused),
        cmocka_unit_test(routes_capture_their_segments),
        cmocka_unit_test(unknown_paths_and_methods_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
