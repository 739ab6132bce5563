/*
 * What the worker's tests share: a service on a thread of its own over a store in memory, a
 * platform on loopback that answers by a table, and clients. Static, because every test is one
 * program.
 */
#ifndef TEST_WORKER_HARNESS_H
#define TEST_WORKER_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cJSON.h>
#include <curl/curl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "support/bodies.h"
#include "support/platform_side.h"
#include "support/trial.h"
#include "worker/alarm.h"
#include "worker/log.h"
#include "worker/service.h"

#define UNUSED_ALLOWED __attribute__((unused))
#define TOKEN          "0123456789abcdef"
#define NOTIFY_PATH    "/payscore/notify/" TEST_MCHID "/0"

enum { ANSWERS_MAX = 8, TEXT_MAX = 65536, REPLY_MAX = 262144 };

/* The platform. */

/** What it answers to requests whose target begins so. */
struct platform_answer {
    const char *method, *target;
    int status;
    char body[4096];
};

struct platform {
    struct MHD_Daemon *daemon;
    uint16_t port;
    struct platform_answer answers[ANSWERS_MAX];
    size_t answer_count;
    uv_sem_t asked; /* Posted at each request. */
    uv_sem_t may_answer;
    bool holds; /* Wait for may_answer before each answer. */
    char authorization[1024], target[1024], accept[64];
};

static const struct platform_answer *platform_find(const struct platform *platform,
                                                   const char *method, const char *target)
{
    for (size_t i = 0; i < platform->answer_count; i++) {
        const struct platform_answer *answer = &platform->answers[i];
        size_t size = strlen(answer->target);
        bool fits =
            strcmp(answer->method, method) == 0 && strncmp(answer->target, target, size) == 0;
        if (fits) return answer;
    }
    return NULL;
}

static void copy_header(struct MHD_Connection *mhd, const char *name, char *to, size_t room)
{
    const char *value = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, name);
    snprintf(to, room, "%s", value != NULL ? value : "");
}

static enum MHD_Result platform_send(struct MHD_Connection *mhd, int status, const char *body)
{
    struct test_signed how;
    struct payscore_text text = {body, strlen(body)};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(text.size, (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
    test_sign_body(text, ps_wall_now_ms(), &how);
    for (size_t i = 0; i < how.header_count; i++) {
        char name[64], value[1024];
        const struct payscore_header *header = &how.headers[i];
        snprintf(name, sizeof name, "%.*s", (int)header->name.size, header->name.data);
        snprintf(value, sizeof value, "%.*s", (int)header->value.size, header->value.data);
        MHD_add_response_header(response, name, value);
    }
    enum MHD_Result queued = MHD_queue_response(mhd, (unsigned)status, response);
    MHD_destroy_response(response);
    return queued;
}

static void *platform_target(void *context, const char *target, struct MHD_Connection *mhd)
{
    (void)context;
    (void)mhd;
    return strdup(target);
}

static void platform_done(void *context, struct MHD_Connection *mhd, void **target,
                          enum MHD_RequestTerminationCode code)
{
    (void)context;
    (void)mhd;
    (void)code;
    free(*target);
    *target = NULL;
}

static enum MHD_Result platform_request(void *context, struct MHD_Connection *mhd, const char *url,
                                        const char *method, const char *version, const char *data,
                                        size_t *size, void **of_request)
{
    struct platform *platform = context;
    char *target = *of_request;
    (void)url;
    (void)version;
    (void)data;
    if (target[0] == '/') {
        target[0] = '!'; /* Seen: the body comes now. */
        return MHD_YES;
    }
    if (*size > 0) {
        *size = 0;
        return MHD_YES;
    }
    target[0] = '/';
    copy_header(mhd, "Authorization", platform->authorization, sizeof platform->authorization);
    copy_header(mhd, "Accept", platform->accept, sizeof platform->accept);
    snprintf(platform->target, sizeof platform->target, "%s", target);
    uv_sem_post(&platform->asked);
    if (platform->holds) uv_sem_wait(&platform->may_answer);
    const struct platform_answer *answer = platform_find(platform, method, target);
    if (answer == NULL) return platform_send(mhd, 404, BODY_ABSENT);
    return platform_send(mhd, answer->status, answer->body);
}

static void UNUSED_ALLOWED platform_add(struct platform *platform, const char *method,
                                        const char *target, int status, const char *body)
{
    struct platform_answer *answer = &platform->answers[platform->answer_count++];
    answer->method = method;
    answer->target = target;
    answer->status = status;
    snprintf(answer->body, sizeof answer->body, "%s", body);
}

static void platform_open(struct platform *platform)
{
    test_keys();
    uv_sem_init(&platform->asked, 0);
    uv_sem_init(&platform->may_answer, 0);
    platform->daemon =
        MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, platform_request, platform,
                         MHD_OPTION_URI_LOG_CALLBACK, platform_target, platform,
                         MHD_OPTION_NOTIFY_COMPLETED, platform_done, platform, MHD_OPTION_END);
    assert_non_null(platform->daemon);
    platform->port = MHD_get_daemon_info(platform->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

static void platform_close(struct platform *platform)
{
    MHD_stop_daemon(platform->daemon);
    uv_sem_destroy(&platform->asked);
    uv_sem_destroy(&platform->may_answer);
}

/* The service. */

struct bench {
    struct platform platform;
    struct payscore *engine;
    struct ps_config config;
    struct ps_service *service;
    uv_loop_t loop;
    uv_async_t stop;
    uv_thread_t thread;
    const char *base_url;       /* NULL: the platform's. */
    char notify[128], api[128]; /* http://host:port */
};

static void bench_stop(uv_async_t *stop)
{
    struct bench *bench = stop->data;
    ps_service_stop(bench->service);
    uv_close((uv_handle_t *)stop, NULL);
}

static void bench_run(void *context)
{
    struct bench *bench = context;
    uv_run(&bench->loop, UV_RUN_DEFAULT);
}

/** A configuration as it would be read from a file. */
static void bench_configure(struct bench *bench)
{
    char base_url[64];
    struct ps_config *config = &bench->config;
    snprintf(base_url, sizeof base_url, "http://127.0.0.1:%u", bench->platform.port);
    const char *where = bench->base_url != NULL ? bench->base_url : base_url;
    for (size_t i = 0; i < PS_KEY_COUNT; i++) {
        config->texts[i] = strdup(i == PS_KEY_platform_base_url ? where
                                  : i == PS_KEY_notify_url    ? "https://a.example/payscore/notify"
                                  : i == PS_KEY_notify_listen ? "127.0.0.1:0"
                                  : i == PS_KEY_api_listen    ? "127.0.0.1:0"
                                                              : "");
    }
    config->file = strdup("test");
    config->numbers[PS_KEY_platform_connect_timeout_ms] = 5000;
    config->numbers[PS_KEY_platform_timeout_ms] = 20000;
    config->numbers[PS_KEY_platform_requests_per_second] = 1000;
}

static enum payscore_status bench_open_engine(struct bench *bench, struct payscore_error *error)
{
    const struct payscore_credentials credentials = test_credentials();
    const struct payscore_merchant merchant = {
        .mchid = PAYSCORE_TEXT(TRIAL_MCHID),
        .appid = PAYSCORE_TEXT(TRIAL_APPID),
        .service_id = PAYSCORE_TEXT(TRIAL_SERVICE),
        .notify_url = PAYSCORE_TEXT("https://a.example/payscore/notify"),
        .credentials = &credentials,
    };
    return payscore_open(
        &bench->engine,
        PAYSCORE_OPTIONS(.role = PAYSCORE_DRIVER, .merchants = &merchant, .merchant_count = 1),
        error);
}

static void UNUSED_ALLOWED bench_open(struct bench *bench)
{
    struct payscore_error error;
    ps_log_set_level(PS_LOG_ERROR);
    platform_open(&bench->platform);
    bench_configure(bench);
    assert_int_equal(bench_open_engine(bench, &error), PAYSCORE_OK);
    uv_loop_init(&bench->loop);
    uv_async_init(&bench->loop, &bench->stop, bench_stop);
    bench->stop.data = bench;
    const struct ps_service_options wanted = {
        .config = &bench->config, .engine = bench->engine, .token = PAYSCORE_TEXT(TOKEN)};
    if (ps_service_open(&bench->service, &bench->loop, &wanted, &error) != PAYSCORE_OK) {
        fail_msg("%s", error.text);
    }
    struct ps_service_addresses addresses = ps_service_addresses(bench->service);
    snprintf(bench->notify, sizeof bench->notify, "http://%.100s", addresses.notify);
    snprintf(bench->api, sizeof bench->api, "http://%.100s", addresses.api);
    uv_thread_create(&bench->thread, bench_run, bench);
}

/** Ask it to stop; returns at once. */
static void bench_ask_to_stop(struct bench *bench)
{
    uv_async_send(&bench->stop);
}

static void bench_join(struct bench *bench)
{
    uv_thread_join(&bench->thread);
    assert_int_equal(uv_loop_close(&bench->loop), 0);
    ps_service_free(bench->service);
    payscore_close(bench->engine);
    ps_config_clear(&bench->config);
    platform_close(&bench->platform);
    free(bench);
}

static int UNUSED_ALLOWED bench_setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    *state = bench;
    return 0;
}

static int UNUSED_ALLOWED bench_teardown(void **state)
{
    bench_ask_to_stop(*state);
    bench_join(*state);
    return 0;
}

/* Clients. */

struct client_reply {
    int status;
    char type[64];
    char body[REPLY_MAX];
    size_t size;
};

static size_t client_take(char *data, size_t size, size_t count, void *context)
{
    struct client_reply *reply = context;
    size_t bytes = size * count;
    assert_true(reply->size + bytes < sizeof reply->body);
    memcpy(reply->body + reply->size, data, bytes);
    reply->size += bytes;
    reply->body[reply->size] = '\0';
    return bytes;
}

/** One request; `body` NULL: a GET. `lines` are freed. */
static void client_send(const char *url, struct payscore_text body, struct curl_slist *lines,
                        struct client_reply *reply)
{
    char *type = NULL;
    long status = 0;
    CURL *easy = curl_easy_init();
    memset(reply, 0, sizeof *reply);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, lines);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, client_take);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, reply);
    if (body.data != NULL) {
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)body.size);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data);
    }
    CURLcode code = curl_easy_perform(easy);
    if (code != CURLE_OK) fail_msg("%s: %s", url, curl_easy_strerror(code));
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type);
    reply->status = (int)status;
    snprintf(reply->type, sizeof reply->type, "%s", type != NULL ? type : "");
    curl_slist_free_all(lines);
    curl_easy_cleanup(easy);
}

/** A request to the api, with its token. `body` NULL: a GET. */
static void UNUSED_ALLOWED api_send(const struct bench *bench, const char *path, const char *body,
                                    const char *key, struct client_reply *reply)
{
    char url[1024], line[256];
    struct curl_slist *lines = curl_slist_append(NULL, "Authorization: Bearer " TOKEN);
    if (key != NULL) {
        snprintf(line, sizeof line, "Idempotency-Key: %s", key);
        lines = curl_slist_append(lines, line);
    }
    snprintf(url, sizeof url, "%s%s", bench->api, path);
    client_send(url, (struct payscore_text){body, body != NULL ? strlen(body) : 0}, lines, reply);
}

/** Send raw bytes to http://host:port and read until the other side closes. */
static void UNUSED_ALLOWED raw_send(const char *url, const char *bytes, char *reply, size_t room)
{
    struct sockaddr_in where = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    where.sin_port = htons((uint16_t)atoi(strrchr(url, ':') + 1));
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof where), 0);
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
    size_t size = 0;
    for (ssize_t got = 1; got > 0 && size < room - 1;) {
        got = recv(fd, reply + size, room - 1 - size, 0);
        if (got > 0) size += (size_t)got;
    }
    reply[size] = '\0';
    close(fd);
}

/** A text member of a reply's JSON; fails the test if it is not there. Valid until the next call.
 */
static UNUSED_ALLOWED const char *text_member(const struct client_reply *reply, const char *name)
{
    static char text[512];
    cJSON *json = cJSON_Parse(reply->body);
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItem(json, name));
    if (value == NULL) fail_msg("no %s in: %s", name, reply->body);
    snprintf(text, sizeof text, "%s", value);
    cJSON_Delete(json);
    return text;
}

static double UNUSED_ALLOWED number_member(const struct client_reply *reply, const char *name)
{
    cJSON *json = cJSON_Parse(reply->body);
    const cJSON *value = cJSON_GetObjectItem(json, name);
    if (!cJSON_IsNumber(value)) fail_msg("no %s in: %s", name, reply->body);
    double number = value->valuedouble;
    cJSON_Delete(json);
    return number;
}

/** A counter or gauge of /v1/metrics, by its name with labels. */
static long UNUSED_ALLOWED metric(const struct bench *bench, const char *name)
{
    char line[128];
    static struct client_reply reply;
    api_send(bench, "/v1/metrics", NULL, NULL, &reply);
    assert_int_equal(reply.status, 200);
    snprintf(line, sizeof line, "\n%s ", name);
    const char *at = strstr(reply.body, line);
    assert_non_null(at);
    return strtol(at + strlen(line), NULL, 10);
}

#endif
