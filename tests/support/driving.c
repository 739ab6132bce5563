#include "support/driving.h"

#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

struct payscore_options driving_options(const char *path, enum payscore_role role)
{
    static const struct payscore_merchant merchant = {
        .mchid = PAYSCORE_TEXT("1900000109"),
        .appid = PAYSCORE_TEXT("wx8888888888888888"),
        .service_id = PAYSCORE_TEXT("00002000000000158728912345678901"),
        .notify_url = PAYSCORE_TEXT("https://pay.example.com/wx/payscore"),
    };
    return (struct payscore_options){.size = sizeof(struct payscore_options),
                                     .path = path,
                                     .role = role,
                                     .map_bytes_max = 256 << 20,
                                     .merchants = &merchant,
                                     .merchant_count = 1};
}

static int stop_signal(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static _Noreturn void drive(const char *path, int ready, bool turns)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    struct payscore_options options = driving_options(path, PAYSCORE_DRIVER);
    int stop = stop_signal();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (payscore_open(&engine, &options, &error) != PAYSCORE_OK) {
        fprintf(stderr, "driver: %s\n", error.text);
        _exit(2);
    }
    if (write(ready, "r", 1) != 1) _exit(3);
    struct pollfd files[2] = {{stop, POLLIN, 0}, {payscore_descriptor(engine), POLLIN, 0}};
    for (;;) {
        struct payscore_turn turn = {.wants = {0, 0, 0}};
        if (poll(files, turns ? 2 : 1, -1) < 0) continue;
        if (files[0].revents != 0) break;
        if (payscore_turn(engine, &turn, &error) != PAYSCORE_OK) {
            fprintf(stderr, "driver: %s\n", error.text);
            _exit(4);
        }
    }
    payscore_close(engine);
    _exit(0);
}

static pid_t start(const char *path, bool turns)
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) drive(path, ready[1], turns);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

pid_t driving_start(const char *path)
{
    return start(path, true);
}

pid_t driving_start_idle(const char *path)
{
    return start(path, false);
}

void driving_join(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0) fail_msg("the child ended with %d", status);
}

void driving_stop(pid_t child)
{
    assert_int_equal(kill(child, SIGTERM), 0);
    driving_join(child);
}

void driving_kill(pid_t child)
{
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

void driving_make(const char *path)
{
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_options options = driving_options(path, PAYSCORE_DRIVER);
    if (payscore_open(&engine, &options, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    payscore_close(engine);
}

void driving_poll(struct payscore *engine)
{
    struct pollfd file = {payscore_descriptor(engine), POLLIN, 0};
    struct payscore_error error;
    (void)poll(&file, 1, 100);
    if (payscore_poll(engine, &error) == PAYSCORE_OK) return;
    fprintf(stderr, "poll: %s\n", error.text);
    abort();
}

struct payscore_command driving_create(const char *number, const char *key)
{
    static _Thread_local char body[1024];
    int size =
        snprintf(body, sizeof body,
                 "{\"out_order_no\":\"%s\",\"service_introduction\":\"Power bank\","
                 "\"post_payments\":[{\"name\":\"Rate\",\"description\":\"3 CNY / 60 min\"}],"
                 "\"time_range\":{\"start_time\":\"OnAccept\"},"
                 "\"risk_fund\":{\"name\":\"ESTIMATE_ORDER_COST\",\"amount\":3000},"
                 "\"openid\":\"oDoc%s\"}",
                 number, number);
    return (struct payscore_command){
        0, PAYSCORE_TEXT("create"), {key, strlen(key)}, {body, (size_t)size}};
}
