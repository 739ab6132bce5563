/*
 * payscore-sandbox: plays WeChat Pay Payscore on loopback, so that payscore can be tried and
 * tested where the platform offers no test environment.
 */
#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "courier.h"
#include "files.h"
#include "listener.h"
#include "support.h"
#include "worker/log.h"

enum { EXIT_USAGE = 64, EXIT_FAILED = 70, EXIT_CONFIGURATION = 78 };

/* What lives as long as the program serves. */
struct service {
    struct sandbox sandbox;
    struct sandbox_keys keys;
    uv_loop_t loop;
    uv_signal_t terminated, interrupted;
    struct sandbox_listener *listener;
};

static void close_order_timers(struct sandbox *sandbox)
{
    for (struct sandbox_thing *thing = sandbox->orders.first; thing != NULL; thing = thing->next) {
        uv_close((uv_handle_t *)&((struct sandbox_order *)thing)->timer, NULL);
    }
}

static void stop(uv_signal_t *handle, int number)
{
    struct service *service = handle->data;

    (void)number;
    if (uv_is_closing((uv_handle_t *)&service->terminated)) return;
    uv_close((uv_handle_t *)&service->terminated, NULL);
    uv_close((uv_handle_t *)&service->interrupted, NULL);
    sandbox_listener_stop(service->listener);
    sandbox_courier_stop(service->sandbox.courier);
    close_order_timers(&service->sandbox);
}

static void watch_signal(struct service *service, uv_signal_t *handle, int number)
{
    uv_signal_init(&service->loop, handle);
    handle->data = service;
    uv_signal_start(handle, stop, number);
}

static enum payscore_status write_ready_file(const char *path, const char *port,
                                             struct payscore_error *error)
{
    char dir[SANDBOX_PATH_MAX];
    const char *slash = strrchr(path, '/');

    if (slash == NULL) return sandbox_file_write(".", path, ps_text_of(port), error);
    snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
    return sandbox_file_write(dir, slash + 1, ps_text_of(port), error);
}

static enum payscore_status tell_ready(const struct sandbox_options *options, int port,
                                       struct payscore_error *error)
{
    char text[16];

    snprintf(text, sizeof text, "%d\n", port);
    if (options->ready_fd >= 0) {
        if (write((int)options->ready_fd, text, strlen(text)) < 0) {
            snprintf(error->text, sizeof error->text, "--ready-fd %d cannot be written to",
                     (int)options->ready_fd);
            return PAYSCORE_E_IO;
        }
        close((int)options->ready_fd);
    }
    if (options->ready_file == NULL) return PAYSCORE_OK;
    return write_ready_file(options->ready_file, text, error);
}

static void print_banner(const struct sandbox_options *options, const struct sandbox_keys *keys,
                         int port)
{
    struct payscore_text id = ps_keyring_serial(keys->by_public_key);
    const char *host = options->listen.where.ss_family == AF_INET6 ? "[::1]" : "127.0.0.1";

    fprintf(
        stderr,
        "payscore-sandbox: this is a sandbox. It plays WeChat Pay Payscore (支付分) on loopback,\n"
        "in memory, with throw-away keys. Passing here is not acceptance at WeChat Pay.\n"
        "  base_url   = http://%s:%d\n"
        "  mchid      = %s\n  appid      = %s\n  service_id = %s\n"
        "  需确认: 先免 %s, 先享 %s\n"
        "  merchant serial %s, platform public key %.*s, keys in %s\n",
        host, port, options->mchid, options->appid, options->service_id,
        options->deposit_service_id, options->confirm_service_id, keys->merchant_serial,
        (int)id.size, id.data, options->dir);
}

static enum payscore_status serve(struct service *service, const struct sandbox_options *options,
                                  struct payscore_error *error)
{
    int port = 0;
    enum payscore_status status;

    uv_loop_init(&service->loop);
    service->sandbox =
        (struct sandbox){.options = options, .keys = &service->keys, .loop = &service->loop};
    sandbox_world_open(&service->sandbox);
    service->sandbox.courier = sandbox_courier_open(&service->sandbox);
    status = sandbox_listener_open(&service->listener, &service->sandbox, &port, error);
    if (status == PAYSCORE_OK) {
        watch_signal(service, &service->terminated, SIGTERM);
        watch_signal(service, &service->interrupted, SIGINT);
        print_banner(options, &service->keys, port);
        status = tell_ready(options, port, error);
        if (status != PAYSCORE_OK) stop(&service->terminated, 0);
    } else {
        sandbox_courier_stop(service->sandbox.courier);
    }
    uv_run(&service->loop, UV_RUN_DEFAULT);
    sandbox_listener_close(service->listener);
    sandbox_courier_close(service->sandbox.courier);
    sandbox_world_close(&service->sandbox);
    uv_loop_close(&service->loop);
    return status;
}

static int run(const struct sandbox_options *options, struct payscore_error *error)
{
    static struct service service;
    enum payscore_status status;

    if (options->make_keys) {
        return sandbox_keys_make(options->dir, error) == PAYSCORE_OK ? 0 : EXIT_FAILED;
    }
    status = sandbox_keys_make_platform(options->dir, error);
    if (status == PAYSCORE_OK) {
        status = sandbox_keys_open(options->dir, options->mchid, options->merchant_serial,
                                   &service.keys, error);
    }
    if (status != PAYSCORE_OK) {
        sandbox_keys_close(&service.keys);
        return EXIT_CONFIGURATION;
    }
    status = serve(&service, options, error);
    sandbox_keys_close(&service.keys);
    return status == PAYSCORE_OK ? 0 : EXIT_FAILED;
}

int main(int argc, char **argv)
{
    struct payscore_error error = {""};
    struct sandbox_options options;
    int code;

    signal(SIGPIPE, SIG_IGN);
    sandbox_strict_json();
    ps_log_set_level(PS_LOG_ERROR); /* A connection that is dropped on request is no news. */
    if (sandbox_options_read(argc, argv, &options, &error) != PAYSCORE_OK) {
        fprintf(stderr, "payscore-sandbox: %s\n", error.text);
        return EXIT_USAGE;
    }
    if (options.help) {
        fputs(sandbox_usage(), stdout);
        return 0;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return EXIT_FAILED;
    code = run(&options, &error);
    if (code != 0) fprintf(stderr, "payscore-sandbox: %s\n", error.text);
    curl_global_cleanup();
    return code;
}
