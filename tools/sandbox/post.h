/*
 * HTTP POSTs on the loop: libcurl's multi interface. Knows nothing of what it carries.
 */
#ifndef SANDBOX_POST_H
#define SANDBOX_POST_H

#include <curl/curl.h>
#include <stdbool.h>
#include <uv.h>

#include "payscore/types.h"

struct sandbox_post;

/** One POST; all is borrowed until `done`. */
struct sandbox_letter {
    const char *url;
    struct payscore_text body;
    struct curl_slist *headers;
    long limit_ms;
    void (*done)(void *context, long status); /* 0: no answer. Never from inside send(). */
    void *context;
    CURL *easy; /* Of the post while it is under way. */
};

struct sandbox_post *sandbox_post_open(uv_loop_t *loop);

/** False: it could not begin; `done` will not be called. */
bool sandbox_post_send(struct sandbox_post *post, struct sandbox_letter *letter);

/** Forget a letter that is under way; `done` will not be called. */
void sandbox_post_cancel(struct sandbox_post *post, struct sandbox_letter *letter);

/** Close the handles on the loop; nothing may be under way. */
void sandbox_post_stop(struct sandbox_post *post);

/** After the loop has run once more. */
void sandbox_post_close(struct sandbox_post *post);

#endif
