#include "http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct http {
    CURL *easy;
    CURLM *multi;
    struct curl_slist *lines;
    struct http_reply reply;
};

static struct http_reply last;

static size_t take(char *data, size_t size, size_t count, void *context)
{
    struct http_reply *reply = context;
    size_t bytes = size * count;
    reply->text = realloc(reply->text, reply->size + bytes + 1);
    assert_non_null(reply->text);
    if (bytes > 0) memcpy(reply->text + reply->size, data, bytes);
    reply->size += bytes;
    reply->text[reply->size] = '\0';
    return bytes;
}

static void put_body(CURL *easy, const struct http_request *request)
{
    if (request->body == NULL) return;
    size_t size = request->body_size != 0 ? request->body_size : strlen(request->body);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request->body);
}

static struct http *make(const struct http_request *request)
{
    struct http *http = calloc(1, sizeof *http);
    assert_non_null(http);
    http->easy = curl_easy_init();
    http->multi = curl_multi_init();
    assert_true(http->easy != NULL && http->multi != NULL);
    http->lines = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < HTTP_HEADERS_MAX && request->headers[i] != NULL; i++)
        http->lines = curl_slist_append(http->lines, request->headers[i]);
    curl_easy_setopt(http->easy, CURLOPT_URL, request->url);
    curl_easy_setopt(http->easy, CURLOPT_UNIX_SOCKET_PATH, request->socket);
    curl_easy_setopt(http->easy, CURLOPT_HTTPHEADER, http->lines);
    curl_easy_setopt(http->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(http->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(http->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(http->easy, CURLOPT_TIMEOUT_MS, (long)HTTP_PATIENCE_MS);
    curl_easy_setopt(http->easy, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(http->easy, CURLOPT_WRITEDATA, &http->reply);
    put_body(http->easy, request);
    if (request->method != NULL)
        curl_easy_setopt(http->easy, CURLOPT_CUSTOMREQUEST, request->method);
    return http;
}

bool http_answered(struct http *http)
{
    int running = 0;
    assert_int_equal(curl_multi_perform(http->multi, &running), CURLM_OK);
    return running == 0;
}

struct http *http_begin(const struct http_request *request)
{
    struct http *http = make(request);
    long sent = 0;
    assert_int_equal(curl_multi_add_handle(http->multi, http->easy), CURLM_OK);
    while (!http_answered(http)) {
        curl_easy_getinfo(http->easy, CURLINFO_REQUEST_SIZE, &sent);
        if (sent > 0) break;
        assert_int_equal(curl_multi_poll(http->multi, NULL, 0, HTTP_PATIENCE_MS, NULL), CURLM_OK);
    }
    return http;
}

static void read_reply(struct http *http)
{
    long status = 0;
    char *type = NULL;
    if (http->reply.text == NULL) (void)take(NULL, 0, 0, &http->reply);
    curl_easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(http->easy, CURLINFO_CONTENT_TYPE, &type);
    http->reply.status = (int)status;
    if (type != NULL) snprintf(http->reply.type, sizeof http->reply.type, "%s", type);
    http->reply.json = cJSON_Parse(http->reply.text);
}

const struct http_reply *http_end(struct http *http)
{
    while (!http_answered(http))
        assert_int_equal(curl_multi_poll(http->multi, NULL, 0, HTTP_PATIENCE_MS, NULL), CURLM_OK);
    read_reply(http);
    http_forget();
    last = http->reply;
    curl_multi_remove_handle(http->multi, http->easy);
    curl_easy_cleanup(http->easy);
    curl_multi_cleanup(http->multi);
    curl_slist_free_all(http->lines);
    free(http);
    return &last;
}

const struct http_reply *http_send(const struct http_request *request)
{
    return http_end(http_begin(request));
}

const char *http_text(const cJSON *json, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
    return text == NULL ? "" : text;
}

double http_number(const cJSON *json, const char *member)
{
    const cJSON *number = cJSON_GetObjectItemCaseSensitive(json, member);
    return cJSON_IsNumber(number) ? number->valuedouble : -1;
}

void http_forget(void)
{
    cJSON_Delete(last.json);
    free(last.text);
    last = (struct http_reply){0};
}
