/*
 * One HTTP request at a time, over TCP or a Unix socket. A request may be begun and ended apart, to
 * do other things while its answer is awaited.
 */
#ifndef TEST_INTEGRATION_HTTP_H
#define TEST_INTEGRATION_HTTP_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

enum { HTTP_PATIENCE_MS = 60000, HTTP_HEADERS_MAX = 8 };

struct http_request {
    const char *method; /* NULL: POST with a body, else GET. */
    const char *socket; /* NULL: TCP. */
    const char *url;
    const char *headers[HTTP_HEADERS_MAX]; /* "Name: value"; NULL behind the last. */
    const char *body;                      /* NULL: none. */
    size_t body_size;                      /* 0: up to the body's NUL. */
};

struct http_reply {
    int status; /* 0: the connection ended without an answer. */
    char type[64];
    char *text; /* NUL-terminated. */
    size_t size;
    cJSON *json; /* NULL: the text is none. */
};

struct http;

/** Send; returns once the request has left. */
struct http *http_begin(const struct http_request *request);

/** Whether the answer is here, without waiting for it. */
bool http_answered(struct http *http);

/** Wait for the answer. It belongs to this file, and lives until the next http_end(). */
const struct http_reply *http_end(struct http *http);

const struct http_reply *http_send(const struct http_request *request);

/** Members of a JSON object: a text, "" where there is none; a number, -1 where there is none. */
const char *http_text(const cJSON *json, const char *member);
double http_number(const cJSON *json, const char *member);

/** Free the last answer. */
void http_forget(void);

#endif
