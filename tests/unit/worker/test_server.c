/* A client that drips is cut; what is asked of a stopping server is answered first. */
#include "harness.h"

#include <sys/stat.h>

#include "worker/server.h"

/** A server alone on a loop, with little patience, and a client on a thread. */
struct slow_bench {
    uv_loop_t loop;
    struct ps_server *server;
    uv_async_t over;
    uv_timer_t drip;
    int client;
    int cuts, drips;
    char url[64];
    char reply[1024];
};

static void answer_fine(struct ps_request *request)
{
    const struct ps_http_answer fine = {.status = 204};
    ps_request_answer(request, &fine);
}

static void refuse(void *context, struct ps_request *request, int status, const char *reason)
{
    (void)context;
    (void)status;
    (void)reason;
    answer_fine(request);
}

static void begin(void *context, struct ps_request *request)
{
    (void)context;
    (void)request;
}

static void handle(void *context, struct ps_request *request)
{
    (void)context;
    answer_fine(request);
}

static void on_cut(void *context)
{
    struct slow_bench *bench = context;
    bench->cuts++;
}

static void on_over(uv_async_t *over)
{
    struct slow_bench *bench = over->data;
    uv_timer_stop(&bench->drip);
    uv_close((uv_handle_t *)&bench->drip, NULL);
    uv_close((uv_handle_t *)over, NULL);
    ps_server_close(bench->server);
}

static void on_drip(uv_timer_t *drip)
{
    struct slow_bench *bench = drip->data;
    if (send(bench->client, "a", 1, MSG_NOSIGNAL) == 1) bench->drips++;
}

/** Read until the server closes. */
static void read_to_end(void *context)
{
    struct slow_bench *bench = context;
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < sizeof bench->reply - 1;) {
        got = recv(bench->client, bench->reply + size, sizeof bench->reply - 1 - size, 0);
        if (got > 0) size += (size_t)got;
    }
    uv_async_send(&bench->over);
}

/** Serve one client that sends `bytes`, then drips one byte every few ms until it is cut. */
static void serve_dripping(struct slow_bench *bench, const char *bytes)
{
    struct payscore_error error;
    struct ps_address address;
    uv_thread_t thread;
    const struct ps_server_options options = {
        .name = "test",
        .connections_max = 4,
        .patience_ms = 100,
        .idle_ms = 60,
        .refuse = refuse,
        .begin = begin,
        .handle = handle,
        .cut = on_cut,
        .context = bench,
    };
    memset(bench, 0, sizeof *bench);
    uv_loop_init(&bench->loop);
    uv_async_init(&bench->loop, &bench->over, on_over);
    uv_timer_init(&bench->loop, &bench->drip);
    bench->over.data = bench;
    bench->drip.data = bench;
    assert_true(ps_address_parse(&address, "127.0.0.1:0"));
    assert_int_equal(ps_server_open(&bench->server, &bench->loop, &address, &options, &error),
                     PAYSCORE_OK);
    bench->client = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(bench->client, (const struct sockaddr *)&address.where, address.size),
                     0);
    assert_int_equal(send(bench->client, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
    uv_timer_start(&bench->drip, on_drip, 5, 5);
    uv_thread_create(&thread, read_to_end, bench);
    uv_run(&bench->loop, UV_RUN_DEFAULT);
    uv_thread_join(&thread);
    close(bench->client);
    assert_int_equal(uv_loop_close(&bench->loop), 0);
}

static void a_client_that_drips_its_head_is_cut(void **state)
{
    (void)state;
    static struct slow_bench bench;
    serve_dripping(&bench, "POST /a HTTP/1.1\r\nHost: a\r\nX-A: ");
    assert_int_equal(bench.cuts, 1);
    assert_true(bench.drips > 0);
    assert_string_equal(bench.reply, "");
}

static void a_client_that_drips_its_body_is_cut(void **state)
{
    (void)state;
    static struct slow_bench bench;
    serve_dripping(&bench, "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n");
    assert_int_equal(bench.cuts, 1);
    assert_true(bench.drips > 0);
}

static void a_connection_without_a_next_request_is_closed_quietly(void **state)
{
    (void)state;
    static struct slow_bench bench;
    serve_dripping(&bench, "GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_memory_equal(bench.reply, "HTTP/1.1 204 ", 13);
    assert_int_equal(bench.cuts, 0);
}

static void addresses_are_read_and_printed_alike(void **state)
{
    (void)state;
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"127.0.0.1:80", "127.0.0.1:80"},
        {"[::1]:80", "[::1]:80"},
        {"unix:/tmp/a", "unix:/tmp/a"},
        {"unix:a", NULL},
        {"80", NULL},
        {":80", NULL},
        {"127.0.0.1:", NULL},
        {"127.0.0.1:http", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct ps_address address;
        char text[PS_ADDRESS_TEXT_MAX];
        assert_int_equal(ps_address_parse(&address, rows[i].in), rows[i].out != NULL);
        if (rows[i].out == NULL) continue;
        ps_address_print(&address, text);
        assert_string_equal(text, rows[i].out);
    }
}

static void a_local_socket_is_private_and_replaces_only_a_dead_one(void **state)
{
    (void)state;
    struct ps_address address;
    char path[64], text[80];
    snprintf(path, sizeof path, "/tmp/payscore-test-%d.sock", (int)getpid());
    snprintf(text, sizeof text, "unix:%s", path);
    assert_true(ps_address_parse(&address, text));
    int first = ps_address_listen(&address);
    assert_true(first >= 0);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);
    assert_int_equal(ps_address_listen(&address), -1);
    close(first);
    int second = ps_address_listen(&address);
    assert_true(second >= 0);
    close(second);
    ps_address_remove(&address);
    assert_int_equal(access(path, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_that_drips_its_head_is_cut),
        cmocka_unit_test(a_client_that_drips_its_body_is_cut),
        cmocka_unit_test(a_connection_without_a_next_request_is_closed_quietly),
        cmocka_unit_test(addresses_are_read_and_printed_alike),
        cmocka_unit_test(a_local_socket_is_private_and_replaces_only_a_dead_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
