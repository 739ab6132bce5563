/* The api: commands are durable before they are answered, reads and feeds answer, errors say why.
 */
#include "harness.h"

static void put_usual_answers(struct platform *platform)
{
    platform_add(platform, "GET", "/v3/payscore/permissions/openid/", 200,
                 seen_authorization("AVAILABLE", "", TRIAL_OPENID, "", ""));
    platform_add(platform, "POST", "/v3/payscore/serviceorder", 200,
                 seen_order(TRIAL_ORDER, "DOING", "USER_CONFIRM", "", -1));
    platform_add(platform, "GET", "/v3/payscore/serviceorder", 200,
                 seen_order(TRIAL_ORDER, "DOING", "USER_CONFIRM", "", -1));
}

static void create(const struct bench *bench, const char *key, struct client_reply *reply)
{
    api_send(bench, "/v1/commands/create", body_create(TRIAL_ORDER, TRIAL_OPENID), key, reply);
}

/** Follow the feed until the record is in this state. */
static void await_state(const struct bench *bench, const char *chart, const char *name,
                        const char *state)
{
    static struct client_reply reply;
    char cursor[256] = "", path[512], show[256];
    snprintf(show, sizeof show, "/v1/records/%s/%s", chart, name);
    for (int i = 0; i < 100; i++) {
        api_send(bench, show, NULL, NULL, &reply);
        if (reply.status == 200 && strcmp(text_member(&reply, "state"), state) == 0) return;
        snprintf(path, sizeof path, "/v1/feed?wait_ms=20000&after=%s", cursor);
        api_send(bench, path, NULL, NULL, &reply);
        assert_int_equal(reply.status, 200);
        snprintf(cursor, sizeof cursor, "%s", text_member(&reply, "cursor"));
    }
    api_send(bench, show, NULL, NULL, &reply);
    fail_msg("%s never became %s: %s", name, state, reply.body);
}

static void a_command_makes_the_calls_that_are_owed(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    put_usual_answers(&bench->platform);
    bench_open(bench);
    create(bench, "key-1", &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.type, "application/json");
    assert_string_equal(text_member(&reply, "verdict"), "taken");
    assert_string_equal(text_member(&reply, "chart"), "service_order");
    assert_true(number_member(&reply, "entry") > 0);
    await_state(bench, "service_order", TRIAL_ORDER, "SERVING");
    assert_memory_equal(bench->platform.authorization, "WECHATPAY2-SHA256-RSA2048 mchid=", 32);
    assert_string_equal(bench->platform.accept, "application/json");
    /* The store tells of a reply before the loop has counted it; a look is a turn of that loop. */
    long answered = 0;
    for (int looks = 0; looks < 1000 && answered < 2; looks++)
        answered = metric(bench, "payscore_calls_total{delivery=\"answered\"}");
    assert_true(answered >= 2);
}

static void a_repeated_key_gets_the_first_receipt(void **state)
{
    struct bench *bench = *state;
    static struct client_reply first, again;
    put_usual_answers(&bench->platform);
    bench_open(bench);
    create(bench, "key-1", &first);
    create(bench, "key-1", &again);
    assert_int_equal(again.status, 200);
    assert_string_equal(text_member(&again, "verdict"), "duplicate");
    assert_true(number_member(&again, "entry") == number_member(&first, "entry"));
}

static void a_refused_command_says_by_which_row(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    api_send(bench, "/v1/commands/complete", body_complete("NOSUCH1", 100), NULL, &reply);
    assert_int_equal(reply.status, 409);
    assert_string_equal(reply.type, "application/problem+json");
    assert_string_equal(text_member(&reply, "code"), "REFUSED");
    assert_string_equal(text_member(&reply, "verdict"), "refused");
    assert_true(text_member(&reply, "detail")[0] != '\0');
}

static void bad_requests_get_a_problem_and_change_nothing(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    static const struct {
        const char *path, *body, *code;
        int status;
    } rows[] = {
        {"/v1/commands/create", "{", "E_INPUT", 422},
        {"/v1/commands/create", "", "E_INPUT", 422},
        {"/v1/commands/nothing", "{}", "E_INPUT", 422},
        {"/v1/commands/create", NULL, "METHOD", 405},
        {"/v1/feed", "{}", "METHOD", 405},
        {"/v1/nothing", NULL, "NO_ROUTE", 404},
        {"/v1/records/service_order/none", NULL, "E_NOT_FOUND", 404},
        {"/v1/records/service_order/none/history", NULL, "E_NOT_FOUND", 404},
        {"/v1/records/nothing/none", NULL, "E_INPUT", 422},
        {"/v1/records/service_order/a%2Fb", NULL, "HTTP", 400},
        {"/v1/records?limit=1001", NULL, "E_INPUT", 422},
        {"/v1/records?held=yes", NULL, "E_INPUT", 422},
        {"/v1/feed?wait_ms=60001", NULL, "E_INPUT", 422},
        {"/v1/feed?after=nonsense", NULL, "E_INPUT", 422},
    };
    bench_open(bench);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        api_send(bench, rows[i].path, rows[i].body, NULL, &reply);
        if (reply.status != rows[i].status) fail_msg("%s: %s", rows[i].path, reply.body);
        assert_string_equal(reply.type, "application/problem+json");
        assert_string_equal(text_member(&reply, "code"), rows[i].code);
        assert_true(number_member(&reply, "status") == rows[i].status);
    }
    api_send(bench, "/v1/health", NULL, NULL, &reply);
    assert_int_equal(reply.status, 200);
    assert_true(number_member(&reply, "newest") == 0);
}

static void without_the_token_nothing_is_told(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    static const char *const lines[] = {"Authorization: Bearer 0123456789abcdeF",
                                        "Authorization: Bearer ", "X: y",
                                        ("Authorization: Basic " TOKEN)};
    char url[256];
    bench_open(bench);
    snprintf(url, sizeof url, "%s/v1/health", bench->api);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        client_send(url, (struct payscore_text){NULL, 0}, curl_slist_append(NULL, lines[i]),
                    &reply);
        assert_int_equal(reply.status, 401);
        assert_string_equal(text_member(&reply, "code"), "TOKEN");
    }
}

static void reads_answer_what_the_store_holds(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    put_usual_answers(&bench->platform);
    bench_open(bench);
    create(bench, "key-1", &reply);
    await_state(bench, "service_order", TRIAL_ORDER, "SERVING");
    api_send(bench, "/v1/records/service_order/" TRIAL_ORDER "/history?evidence=1", NULL, NULL,
             &reply);
    assert_int_equal(reply.status, 200);
    cJSON *history = cJSON_Parse(reply.body);
    assert_true(cJSON_IsArray(history) && cJSON_GetArraySize(history) >= 2);
    cJSON_Delete(history);
    api_send(bench, "/v1/records?chart=service_order&limit=5", NULL, NULL, &reply);
    cJSON *list = cJSON_Parse(reply.body);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItem(list, "records")), 1);
    cJSON_Delete(list);
    api_send(bench, "/v1/verify", NULL, NULL, &reply);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.body, "\"ok\":true"));
    assert_true(number_member(&reply, "entries") >= 4);
}

/** A feed that waits, on a thread of its own. */
struct waiter {
    const struct bench *bench;
    struct client_reply reply;
};

static void wait_for_feed(void *context)
{
    struct waiter *waiter = context;
    api_send(waiter->bench, "/v1/feed?wait_ms=60000", NULL, NULL, &waiter->reply);
}

static void a_waiting_feed_answers_when_an_entry_is_there(void **state)
{
    struct bench *bench = *state;
    uv_thread_t thread;
    static struct waiter waiter;
    static struct client_reply reply;
    put_usual_answers(&bench->platform);
    bench_open(bench);
    waiter.bench = bench;
    uv_thread_create(&thread, wait_for_feed, &waiter);
    while (metric(bench, "payscore_api_requests_total") < 2) {
        /* Until the feed is there, beside our own requests. */
    }
    create(bench, "key-1", &reply);
    uv_thread_join(&thread);
    cJSON *page = cJSON_Parse(waiter.reply.body);
    assert_true(cJSON_GetArraySize(cJSON_GetObjectItem(page, "entries")) >= 1);
    cJSON_Delete(page);
}

static void a_feed_that_waits_in_vain_answers_empty(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    bench_open(bench);
    api_send(bench, "/v1/feed?wait_ms=20", NULL, NULL, &reply);
    assert_int_equal(reply.status, 200);
    assert_non_null(strstr(reply.body, "\"entries\":[]"));
}

static void a_call_under_way_is_finished_before_the_end(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    put_usual_answers(&bench->platform);
    bench->platform.holds = true;
    bench_open(bench);
    create(bench, "key-1", &reply);
    uv_sem_wait(&bench->platform.asked);
    bench_ask_to_stop(bench);
    uv_sem_post(&bench->platform.may_answer);
    uv_thread_join(&bench->thread);
    /* The answer was taken before the loop was left: the authorization is known. */
    char *json = NULL;
    const struct payscore_name name = {0, PAYSCORE_TEXT("authorization"),
                                       PAYSCORE_TEXT(TRIAL_OPENID)};
    assert_int_equal(payscore_show(bench->engine, &name, &json), PAYSCORE_OK);
    if (strstr(json, "\"state\":\"OPEN\"") == NULL) fail_msg("%s", json);
    payscore_free(json);
    uv_thread_create(&bench->thread, bench_run, bench); /* For the teardown to join. */
}

static void a_platform_that_is_not_there_is_not_sent(void **state)
{
    struct bench *bench = *state;
    static struct client_reply reply;
    put_usual_answers(&bench->platform);
    bench->base_url = "http://127.0.0.1:1";
    bench_open(bench);
    create(bench, "key-1", &reply);
    assert_int_equal(reply.status, 200);
    while (metric(bench, "payscore_calls_total{delivery=\"not_sent\"}") < 1) {
        /* Until the call came back. */
    }
    assert_int_equal(metric(bench, "payscore_calls_total{delivery=\"lost\"}"), 0);
}

int main(void)
{
#define ROW(test) cmocka_unit_test_setup_teardown(test, bench_setup, bench_teardown)
    const struct CMUnitTest tests[] = {
        ROW(a_command_makes_the_calls_that_are_owed),
        ROW(a_repeated_key_gets_the_first_receipt),
        ROW(a_refused_command_says_by_which_row),
        ROW(bad_requests_get_a_problem_and_change_nothing),
        ROW(without_the_token_nothing_is_told),
        ROW(reads_answer_what_the_store_holds),
        ROW(a_waiting_feed_answers_when_an_entry_is_there),
        ROW(a_feed_that_waits_in_vain_answers_empty),
        ROW(a_call_under_way_is_finished_before_the_end),
        ROW(a_platform_that_is_not_there_is_not_sent),
    };
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
