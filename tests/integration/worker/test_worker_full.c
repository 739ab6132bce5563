/* A disk without room: commands are refused clearly, nothing is lost, and all goes on once there is
 * room again. */
#define _GNU_SOURCE /* unshare() */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "notices.h"

#define OPENID "oFullUser"
#define CODE   "FULLAUTH01"

enum { COMMANDS_MAX = 400, FULL_STATUS = 507 };

/* A mount of this process and its children only: it goes when they go. False: not permitted. */
static bool mount_small_disk(const char *path)
{
    if (unshare(CLONE_NEWNS) != 0) return false;
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) return false;
    return mount("tmpfs", path, "tmpfs", 0, "size=40m") == 0;
}

static int set_up(void **state)
{
    struct stage *stage = stage_open();
    *state = stage;
    if (!mount_small_disk(stage->store)) {
        stage_close(stage);
        *state = NULL;
        return 0;
    }
    stage_start_worker(stage);
    stage_authorize(stage, OPENID, CODE);
    return 0;
}

static int tear_down(void **state)
{
    struct stage *stage = *state;
    if (stage == NULL) return 0;
    int code = process_stop(&stage->worker, SIGTERM);
    assert_int_equal(umount(stage->store), 0);
    return stage_teardown(state) == 0 && code == 0 ? 0 : -1;
}

/* Take all room that is left. */
static void fill(const struct stage *stage)
{
    char zeroes[4096] = {0};
    int fd = open(stage_path(stage, "store/ballast"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    for (size_t size = sizeof zeroes; size > 0;) {
        if (write(fd, zeroes, size) < 0) {
            assert_int_equal(errno, ENOSPC);
            size /= 2;
        }
    }
    close(fd);
}

static const struct http_reply *preauthorize(const struct stage *stage, int index)
{
    char body[128];
    snprintf(body, sizeof body, "{\"authorization_code\":\"FULL%06d\"}", index);
    return stage_api(stage, "/v1/commands/preauthorize", body);
}

/* What was answered is what the store has: taken and closed, or put off and open still. */
static void assert_told_truly(const struct stage *stage, int status)
{
    if (status != 204 && status != 503) fail_msg("a notification was answered %d", status);
    const struct http_reply *reply = stage_api(stage, "/v1/records/authorization/" OPENID, NULL);
    assert_string_equal(http_text(reply->json, "state"), status == 204 ? "CLOSED" : "OPEN");
}

/* Command until one is refused; the index of this one. */
static int command_until_full(const struct stage *stage)
{
    for (int i = 0; i < COMMANDS_MAX; i++) {
        const struct http_reply *reply = preauthorize(stage, i);
        if (reply->status == 200) continue;
        if (reply->status != FULL_STATUS) fail_msg("%d %s", reply->status, reply->text);
        assert_string_equal(reply->type, "application/problem+json");
        assert_string_equal(http_text(reply->json, "code"), "E_FULL");
        assert_string_not_equal(http_text(reply->json, "detail"), "");
        return i;
    }
    fail_msg("%d commands fit on a full disk", COMMANDS_MAX);
    return 0;
}

static void test_a_full_disk_refuses_and_the_service_resumes(void **state)
{
    struct stage *stage = *state;
    struct notices notices;
    if (stage == NULL) skip(); /* Only root may mount. */
    notices_open(&notices, stage);
    char *closed = notices_closed(&notices, OPENID);
    fill(stage);
    int refused = command_until_full(stage);
    assert_int_equal(stage_api(stage, "/v1/health", NULL)->status, 503);
    assert_told_truly(stage, notices_send(&notices, closed, NULL)->status);
    stage_verify(stage);

    assert_int_equal(unlink(stage_path(stage, "store/ballast")), 0);
    assert_int_equal(preauthorize(stage, refused)->status, 200);
    assert_int_equal(stage_api(stage, "/v1/health", NULL)->status, 200);
    assert_int_equal(notices_send(&notices, closed, NULL)->status, 204);
    stage_await(stage, "authorization", OPENID, "CLOSED");
    char code[32];
    snprintf(code, sizeof code, "FULL%06d", refused);
    stage_await(stage, "preauthorization", code, "UNBOUND");
    stage_verify(stage);
    free(closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_full_disk_refuses_and_the_service_resumes, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
