/* The folder, the configuration, the programs. What is done with them is in stage_steps.c. */
#include "stage.h"

#include <setjmp.h>
#include <stdarg.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEYS_MAX = 24, VALUE_SIZE = 192, PORT_FIRST = 10000, PORTS = 20000, PORTS_EACH = 61 };

/* A sanitizer's shadow leaves no room for the usual reservation. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const char map_bytes[] = "67108864";
#else
static const char map_bytes[] = "1099511627776";
#endif

const char *stage_path(const struct stage *stage, const char *name)
{
    static char paths[4][PROCESS_PATH_SIZE];
    static size_t used;
    char *path = paths[used++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", stage->dir, name);
    return path;
}

/*
 * Port 0 will not do where the platform must be told the address before there is a listener. These
 * lie below the ports that the system hands out, and each process begins at another.
 */
int stage_free_port(void)
{
    static int used;
    for (int tries = 0; tries < PORTS; tries++) {
        int port = PORT_FIRST + ((int)getpid() * PORTS_EACH + used++) % PORTS;
        struct sockaddr_in address = {.sin_family = AF_INET,
                                      .sin_port = htons((uint16_t)port),
                                      .sin_addr = {htonl(INADDR_LOOPBACK)}};
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(fd >= 0);
        bool is_free = bind(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close(fd);
        if (is_free) return port;
    }
    fail_msg("no port of %d to %d is free", PORT_FIRST, PORT_FIRST + PORTS - 1);
    return 0;
}

/* The configuration. */

static void read_line(const struct stage *stage, const char *name, char line[VALUE_SIZE])
{
    char *text = process_read_file(stage_path(stage, name), NULL);
    snprintf(line, VALUE_SIZE, "%s", text);
    line[strcspn(line, "\n")] = '\0';
    free(text);
}

static const char *value_of(const struct stage_key *usual, const struct stage_key *keys,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i].section, usual->section) == 0 && strcmp(keys[i].key, usual->key) == 0)
            return keys[i].value;
    }
    return usual->value;
}

static void write_keys(const char *path, const struct stage_key *usual,
                       const struct stage_key *keys, size_t count)
{
    const char *section = "";
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    for (; usual->section != NULL; usual++) {
        const char *value = value_of(usual, keys, count);
        if (strcmp(section, usual->section) != 0) fprintf(file, "[%s]\n", usual->section);
        section = usual->section;
        if (value != NULL) fprintf(file, "%s = %s\n", usual->key, value);
    }
    assert_int_equal(fclose(file), 0);
}

void stage_write_config(const struct stage *stage, const char *path, const struct stage_key *keys,
                        size_t count)
{
    char serial[VALUE_SIZE], id[VALUE_SIZE], listen[VALUE_SIZE], api[VALUE_SIZE];
    read_line(stage, "merchant_serial", serial);
    read_line(stage, "platform_pub.id", id);
    snprintf(api, sizeof api, "unix:%s", stage->socket);
    snprintf(listen, sizeof listen, "%s", stage->notify_url + strlen("http://"));
    listen[strcspn(listen, "/")] = '\0';
    const struct stage_key usual[KEYS_MAX] = {
        {"merchant", "mchid", STAGE_MCHID},
        {"merchant", "appid", STAGE_APPID},
        {"merchant", "service_id", STAGE_SERVICE},
        {"merchant", "merchant_key_file", "merchant_key.pem"},
        {"merchant", "merchant_serial", serial},
        {"merchant", "apiv3_key_file", "apiv3_key"},
        {"merchant", "platform_public_key_file", "platform_pub.pem"},
        {"merchant", "platform_public_key_id", id},
        {"merchant", "platform_certificate_files", "platform_cert.pem"},
        {"platform", "base_url", stage->sandbox_url},
        {"platform", "ca_file", NULL},
        {"platform", "timeout_ms", STAGE_TIMEOUT_MS},
        {"notify", "url", stage->notify_url},
        {"notify", "listen", listen},
        {"api", "listen", api},
        {"api", "token_file", NULL},
        {"store", "path", stage->store},
        {"store", "map_bytes", map_bytes},
        {"log", "level", "debug"},
    };
    write_keys(path, usual, keys, count);
}

/* The programs. */

static void start_sandbox(struct stage *stage)
{
    char port[16];
    const char *const arguments[] = {
        "--dir",       stage->dir, "--listen",   "127.0.0.1:0",    "--notify-scale", "0.001",
        "--deduct-ms", "30",       "--ready-fd", PROCESS_READY_FD, "--verbose",      NULL};
    const struct process_plan plan = {.program = "payscore-sandbox",
                                      .arguments = arguments,
                                      .log = stage_path(stage, "sandbox.log")};
    process_start(&stage->sandbox, &plan);
    assert_true(process_ready(&stage->sandbox, port, sizeof port));
    snprintf(stage->sandbox_url, sizeof stage->sandbox_url, "http://127.0.0.1:%s", port);
}

struct stage *stage_open(void)
{
    struct stage *stage = calloc(1, sizeof *stage);
    assert_non_null(stage);
    snprintf(stage->dir, sizeof stage->dir, "/tmp/payscore-stage-XXXXXX");
    assert_non_null(mkdtemp(stage->dir));
    snprintf(stage->conf, sizeof stage->conf, "%s/payscore.conf", stage->dir);
    snprintf(stage->store, sizeof stage->store, "%s/store", stage->dir);
    snprintf(stage->socket, sizeof stage->socket, "%s/api.sock", stage->dir);
    snprintf(stage->notify_url, sizeof stage->notify_url, "http://127.0.0.1:%d" STAGE_NOTIFY_PATH,
             stage_free_port());
    assert_int_equal(mkdir(stage->store, 0700), 0);
    const char *const arguments[] = {"keys", stage->dir, NULL};
    const struct process_plan keys = {.program = "payscore-sandbox", .arguments = arguments};
    assert_int_equal(process_run(&keys), 0);
    start_sandbox(stage);
    stage_write_config(stage, stage->conf, NULL, 0);
    return stage;
}

void stage_close(struct stage *stage)
{
    if (stage == NULL) return;
    (void)process_stop(&stage->worker, SIGKILL);
    (void)process_stop(&stage->other, SIGKILL);
    (void)process_stop(&stage->sandbox, SIGKILL);
    process_remove_folder(stage->dir);
    http_forget();
    free(stage);
}

int stage_setup(void **state)
{
    struct stage *stage = stage_open();
    *state = stage;
    stage_start_worker(stage);
    return 0;
}

/* What a sanitizer has found shows in the exit status and in the log. */
static bool ends_well(struct process *process)
{
    if (process_stop(process, SIGTERM) == 0) return true;
    char *log = process_read_file(process->log, NULL);
    fprintf(stderr, "%s:\n%s\n", process->log, log);
    free(log);
    return false;
}

int stage_teardown(void **state)
{
    struct stage *stage = *state;
    bool fine = ends_well(&stage->worker);
    fine = ends_well(&stage->other) && fine;
    fine = ends_well(&stage->sandbox) && fine;
    stage_close(stage);
    return fine ? 0 : -1;
}

void stage_start_worker_in(struct stage *stage, const char *const *environment)
{
    char addresses[256];
    const char *const arguments[] = {"--config", stage->conf, "--ready-fd", PROCESS_READY_FD, NULL};
    const struct process_plan plan = {.program = "payscore-worker",
                                      .arguments = arguments,
                                      .log = stage_path(stage, "worker.log"),
                                      .environment = environment};
    process_start(&stage->worker, &plan);
    if (process_ready(&stage->worker, addresses, sizeof addresses)) return;
    char *log = process_read_file(stage->worker.log, NULL);
    fprintf(stderr, "%s\n", log);
    free(log);
    fail_msg("the worker did not start: %d", process_wait(&stage->worker));
}

void stage_start_worker(struct stage *stage)
{
    stage_start_worker_in(stage, NULL);
}

void stage_stop_worker(struct stage *stage)
{
    assert_int_equal(process_stop(&stage->worker, SIGTERM), 0);
}

void stage_start_other(struct stage *stage, const char *option)
{
    const char *const arguments[] = {"--config",       stage->conf, "--ready-fd",
                                     PROCESS_READY_FD, option,      NULL};
    const struct process_plan plan = {.program = "payscore-worker",
                                      .arguments = arguments,
                                      .log = stage_path(stage, "other.log")};
    process_start(&stage->other, &plan);
}
