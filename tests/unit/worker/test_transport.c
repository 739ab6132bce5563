/*
 * The way out against a platform that takes a request on a kept connection and closes it without a
 * word: whether the request was carried out nobody knows, so that a call that is sent once must not
 * be sent again, neither by libcurl nor to the backup host.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <curl/curl.h>
#include <microhttpd.h>

#include "worker/transport.h"

struct platform {
    struct MHD_Daemon *daemon;
    atomic_int questions; /* GET: answered, and the connection is kept. */
    atomic_int effects;   /* POST: read to the end, and the connection closed. */
};

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **of_request)
{
    static char answer[] = "{}";
    static int begun;
    struct platform *platform = context;
    (void)url;
    (void)version;
    (void)data;
    if (*of_request == NULL || *size > 0) {
        *of_request = &begun;
        *size = 0;
        return MHD_YES;
    }
    if (strcmp(method, "POST") == 0) {
        atomic_fetch_add(&platform->effects, 1);
        return MHD_NO; /* Closes the connection. */
    }
    atomic_fetch_add(&platform->questions, 1);
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof answer - 1, answer, MHD_RESPMEM_PERSISTENT);
    enum MHD_Result queued = MHD_queue_response(connection, 200, response);
    MHD_destroy_response(response);
    return queued;
}

/* The side under test. */

struct way_out {
    struct platform platform;
    uv_loop_t loop;
    struct ps_transport *transport;
    char url[64];
};

static void open_way(struct way_out *way)
{
    memset(way, 0, sizeof *way);
    way->platform.daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL,
                                            on_request, &way->platform, MHD_OPTION_END);
    assert_non_null(way->platform.daemon);
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(way->platform.daemon, MHD_DAEMON_INFO_BIND_PORT);
    snprintf(way->url, sizeof way->url, "http://127.0.0.1:%u", info->port);
    const struct ps_transport_options options = {.base_url = way->url,
                                                 .backup_url = way->url,
                                                 .ca_file = "",
                                                 .connect_timeout_ms = 5000,
                                                 .timeout_ms = 20000};
    assert_int_equal(curl_global_init(CURL_GLOBAL_DEFAULT), 0);
    assert_int_equal(uv_loop_init(&way->loop), 0);
    assert_int_equal(ps_transport_open(&way->transport, &way->loop, &options), PAYSCORE_OK);
}

static void close_way(struct way_out *way)
{
    ps_transport_close(way->transport);
    uv_run(&way->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&way->loop), 0);
    MHD_stop_daemon(way->platform.daemon);
    curl_global_cleanup();
}

/* A transfer that knows when it ended. */
struct errand {
    struct ps_transfer transfer; /* First: it leads back here. */
    bool ended;
};

static void on_done(struct ps_transfer *transfer)
{
    ((struct errand *)(void *)transfer)->ended = true;
}

static enum payscore_delivery carry_out(struct way_out *way, const struct payscore_call *call)
{
    struct payscore_signed headers = {.count = 1, .lines = {"Accept: application/json"}};
    struct errand errand = {
        .transfer = {.call = call, .headers = &headers, .done = on_done},
    };
    assert_int_equal(ps_transport_send(way->transport, &errand.transfer), PAYSCORE_OK);
    while (!errand.ended)
        uv_run(&way->loop, UV_RUN_ONCE);
    enum payscore_delivery delivery = errand.transfer.exchange.delivery;
    ps_transfer_clear(&errand.transfer);
    return delivery;
}

static void a_connection_is_kept(struct way_out *way)
{
    const struct payscore_call question = {
        .name = "query_order", .method = "GET", .url = PAYSCORE_TEXT("/v3/payscore/serviceorder")};
    assert_int_equal(carry_out(way, &question), PAYSCORE_ANSWERED);
    assert_int_equal(atomic_load(&way->platform.questions), 1);
}

static struct payscore_call effect(bool once)
{
    return (struct payscore_call){.name = "pay_order",
                                  .method = "POST",
                                  .url = PAYSCORE_TEXT("/v3/payscore/serviceorder/PS1/pay"),
                                  .body = PAYSCORE_TEXT("{\"appid\":\"wx1\"}"),
                                  .once = once};
}

/* Why the next test is needed: without asking for it, a request may reach the platform twice. */
static void a_call_that_may_be_repeated_is_repeated_on_a_dead_connection(void **state)
{
    (void)state;
    struct way_out way;
    open_way(&way);
    a_connection_is_kept(&way);
    const struct payscore_call call = effect(false);
    assert_int_equal(carry_out(&way, &call), PAYSCORE_LOST);
    assert_int_equal(atomic_load(&way.platform.effects), 2);
    close_way(&way);
}

static void a_call_that_is_sent_once_reaches_the_platform_once(void **state)
{
    (void)state;
    struct way_out way;
    open_way(&way);
    a_connection_is_kept(&way);
    const struct payscore_call call = effect(true);
    assert_int_equal(carry_out(&way, &call), PAYSCORE_LOST);
    assert_int_equal(atomic_load(&way.platform.effects), 1);
    close_way(&way);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_that_may_be_repeated_is_repeated_on_a_dead_connection),
        cmocka_unit_test(a_call_that_is_sent_once_reaches_the_platform_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
