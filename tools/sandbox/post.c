#include "post.h"

#include <stdlib.h>

#include "support.h"

struct sandbox_post {
    uv_loop_t *loop;
    uv_timer_t timer;
    CURLM *multi;
};

/* One socket of libcurl's, watched by the loop. */
struct watch {
    uv_poll_t poll;
    struct sandbox_post *post;
    curl_socket_t socket;
};

static void collect_done(struct sandbox_post *post)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(post->multi, &left)) != NULL) {
        struct sandbox_letter *letter = NULL;
        CURL *easy = message->easy_handle;
        long status = 0;

        if (message->msg != CURLMSG_DONE) continue;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &letter);
        if (message->data.result == CURLE_OK) {
            curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
        }
        sandbox_post_cancel(post, letter);
        letter->done(letter->context, status);
    }
}

static void act(struct sandbox_post *post, curl_socket_t socket, int events)
{
    int running;
    curl_multi_socket_action(post->multi, socket, events, &running);
    collect_done(post);
}

static void socket_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    act(watch->post, watch->socket, flags);
}

static void watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *watch_open(struct sandbox_post *post, curl_socket_t socket)
{
    struct watch *watch = sandbox_alloc(sizeof *watch);
    watch->post = post;
    watch->socket = socket;
    if (uv_poll_init_socket(post->loop, &watch->poll, socket) != 0) {
        free(watch);
        return NULL;
    }
    watch->poll.data = watch;
    curl_multi_assign(post->multi, socket, watch);
    return watch;
}

static int socket_changed(CURL *easy, curl_socket_t socket, int what, void *context, void *place)
{
    struct sandbox_post *post = context;
    struct watch *watch = place;
    int events = 0;

    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(post->multi, socket, NULL);
        if (watch != NULL) uv_close((uv_handle_t *)&watch->poll, watch_closed);
        return 0;
    }
    if (watch == NULL) watch = watch_open(post, socket);
    if (watch == NULL) return -1;
    if (what != CURL_POLL_OUT) events |= UV_READABLE;
    if (what != CURL_POLL_IN) events |= UV_WRITABLE;
    return uv_poll_start(&watch->poll, events, socket_ready) == 0 ? 0 : -1;
}

static void timer_fired(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static int timer_changed(CURLM *multi, long ms, void *context)
{
    struct sandbox_post *post = context;
    (void)multi;
    if (ms < 0) {
        uv_timer_stop(&post->timer);
    } else {
        uv_timer_start(&post->timer, timer_fired, (uint64_t)ms, 0);
    }
    return 0;
}

struct sandbox_post *sandbox_post_open(uv_loop_t *loop)
{
    struct sandbox_post *post = sandbox_alloc(sizeof *post);

    post->loop = loop;
    post->multi = curl_multi_init();
    if (post->multi == NULL) abort();
    uv_timer_init(loop, &post->timer);
    post->timer.data = post;
    curl_multi_setopt(post->multi, CURLMOPT_SOCKETFUNCTION, socket_changed);
    curl_multi_setopt(post->multi, CURLMOPT_SOCKETDATA, post);
    curl_multi_setopt(post->multi, CURLMOPT_TIMERFUNCTION, timer_changed);
    curl_multi_setopt(post->multi, CURLMOPT_TIMERDATA, post);
    return post;
}

/* What the receiver says beside its status is not read, only swallowed. */
static size_t swallow(char *data, size_t size, size_t count, void *context)
{
    (void)data;
    (void)context;
    return size * count;
}

bool sandbox_post_send(struct sandbox_post *post, struct sandbox_letter *letter)
{
    CURL *easy = curl_easy_init();

    if (easy == NULL) return false;
    curl_easy_setopt(easy, CURLOPT_URL, letter->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, letter->limit_ms);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, letter->headers);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)letter->body.size);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, letter->body.data);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, swallow);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, letter);
    letter->easy = easy;
    if (curl_multi_add_handle(post->multi, easy) != CURLM_OK) {
        curl_easy_cleanup(easy);
        letter->easy = NULL;
        return false;
    }
    return true;
}

void sandbox_post_cancel(struct sandbox_post *post, struct sandbox_letter *letter)
{
    if (letter->easy == NULL) return;
    curl_multi_remove_handle(post->multi, letter->easy);
    curl_easy_cleanup(letter->easy);
    letter->easy = NULL;
}

void sandbox_post_stop(struct sandbox_post *post)
{
    curl_multi_cleanup(post->multi);
    post->multi = NULL;
    uv_close((uv_handle_t *)&post->timer, NULL);
}

void sandbox_post_close(struct sandbox_post *post)
{
    free(post);
}
