/*
 * payscore-worker: the command line, signals, and the order of beginning and end.
 */
#include <cJSON.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "worker/launch.h"
#include "worker/log.h"
#include "worker/options.h"
#include "worker/service.h"

enum { LOCK_LOOK_MS = 200, HEAPS_MAX = 2 };

/** Keys are in memory: it must not land in a file. */
static void keep_memory_private(void)
{
    const struct rlimit none = {0, 0};
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &none);
}

/**
 * Where standard input, output or error is closed, the next file that is opened would take its
 * number, and lines of the log would land in the store or on a connection.
 */
static bool hold_standard_descriptors(void)
{
    int fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO)
        fd = open("/dev/null", O_RDWR);
    return fd >= 0 && close(fd) == 0;
}

static enum ps_exit fail(enum ps_exit code, const struct payscore_error *error)
{
    fprintf(stderr, "payscore-worker: %s\n", error->text);
    return code;
}

/* The lock. */

static void end_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
}

/** Look for the lock until it is free; a signal ends the waiting with PS_EXIT_FINE and no engine.
 */
static enum ps_exit wait_for_lock(struct ps_launch *launch, struct payscore_error *error)
{
    sigset_t set;
    enum ps_exit code = PS_EXIT_BUSY;
    const struct timespec look = {0, LOCK_LOOK_MS * 1000000L};
    end_signals(&set);
    sigprocmask(SIG_BLOCK, &set, NULL);
    ps_log(waiting, ps_log_text("reason", error->text));
    while (code == PS_EXIT_BUSY) {
        if (sigtimedwait(&set, NULL, &look) > 0) return PS_EXIT_FINE;
        code = ps_launch_open(launch, error);
    }
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    return code;
}

/* Running. */

static void on_signal(uv_signal_t *handle, int number)
{
    struct ps_service *service = handle->data;
    static bool asked;
    if (asked) _exit(128 + number);
    asked = true;
    ps_service_stop(service);
}

/** One line of JSON on the descriptor that whoever started us reads. */
static void write_addresses(const struct ps_service_addresses *addresses, int fd)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "notify", addresses->notify);
    cJSON_AddStringToObject(json, "api", addresses->api);
    char *text = cJSON_PrintUnformatted(json);
    FILE *out = fdopen(fd, "w");
    if (out != NULL && text != NULL) fprintf(out, "%s\n", text);
    if (out != NULL) fclose(out);
    free(text);
    cJSON_Delete(json);
}

static void tell_ready(const struct ps_service *service, int fd)
{
    struct ps_service_addresses addresses = ps_service_addresses(service);
    ps_log(ready, ps_log_text("notify", addresses.notify), ps_log_text("api", addresses.api),
           ps_log_number("pid", getpid()));
    if (fd >= 0) write_addresses(&addresses, fd);
}

static void watch_signals(uv_loop_t *loop, uv_signal_t signals[2], struct ps_service *service)
{
    static const int numbers[2] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < 2; i++) {
        uv_signal_init(loop, &signals[i]);
        signals[i].data = service;
        uv_signal_start(&signals[i], on_signal, numbers[i]);
        uv_unref((uv_handle_t *)&signals[i]);
    }
}

static enum ps_exit serve(struct ps_launch *launch, const struct ps_options *options,
                          struct payscore_error *error)
{
    uv_loop_t loop;
    uv_signal_t signals[2];
    struct ps_service *service = NULL;
    const struct ps_service_options wanted = {
        .config = &launch->config, .engine = launch->engine, .token = launch->secrets.token};
    uv_loop_init(&loop);
    enum payscore_status rc = ps_service_open(&service, &loop, &wanted, error);
    ps_secrets_wipe(&launch->secrets);
    if (rc == PAYSCORE_OK) {
        watch_signals(&loop, signals, service);
        tell_ready(service, options->ready_fd);
        uv_run(&loop, UV_RUN_DEFAULT);
        uv_close((uv_handle_t *)&signals[0], NULL);
        uv_close((uv_handle_t *)&signals[1], NULL);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    ps_service_free(service);
    uv_loop_close(&loop);
    return rc == PAYSCORE_OK ? PS_EXIT_FINE : fail(PS_EXIT_FAILED, error);
}

static enum ps_exit run(const struct ps_options *options)
{
    struct ps_launch launch;
    struct payscore_error error;
    enum ps_exit code = ps_launch_check(&launch, options->config, &error);
    if (code != PS_EXIT_FINE) {
        code = fail(code, &error);
        goto out;
    }
    ps_log_set_level((enum ps_log_level)launch.config.numbers[PS_KEY_log_level]);
    ps_log(starting, ps_log_text("version", PAYSCORE_VERSION),
           ps_log_text("config", options->config));
    code = ps_launch_open(&launch, &error);
    if (code == PS_EXIT_BUSY && options->wait_lock) code = wait_for_lock(&launch, &error);
    if (code != PS_EXIT_FINE) code = fail(code, &error);
    if (launch.engine == NULL) goto out;
    code = serve(&launch, options, &error);
out:
    ps_launch_end(&launch);
    if (code == PS_EXIT_FINE) ps_log(stopped, ps_log_number("pid", getpid()));
    return code;
}

static enum ps_exit check(const struct ps_options *options)
{
    struct ps_launch launch;
    struct payscore_error error;
    enum ps_exit code = ps_launch_check(&launch, options->config, &error);
    if (code == PS_EXIT_FINE) {
        printf("%s: fine\n", options->config);
    } else {
        code = fail(code, &error);
    }
    ps_launch_end(&launch);
    return code;
}

int main(int argc, char **argv)
{
    struct ps_options options;
    enum ps_exit code = PS_EXIT_FINE;
    if (!hold_standard_descriptors()) return PS_EXIT_FAILED;
    if (!ps_options_parse(&options, argc, argv, stderr)) return PS_EXIT_USAGE;
    keep_memory_private();
    signal(SIGPIPE, SIG_IGN);
    /* Few heaps: threads of the pool would otherwise keep one each. */
    mallopt(M_ARENA_MAX, HEAPS_MAX);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    switch (options.action) {
    case PS_ACTION_RUN: code = run(&options); break;
    case PS_ACTION_CHECK: code = check(&options); break;
    case PS_ACTION_EXAMPLE: ps_config_example(stdout); break;
    case PS_ACTION_VERSION: printf("payscore-worker %s\n", PAYSCORE_VERSION); break;
    case PS_ACTION_HELP: ps_options_help(stdout); break;
    case PS_ACTION_NONE: code = PS_EXIT_USAGE; break;
    }
    curl_global_cleanup();
    return (int)code;
}
