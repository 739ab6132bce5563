#define _XOPEN_SOURCE 700 /* nftw() */
#include "player.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "player_private.h"
#include "post_box.h"
#include "wechat/text.h"

static const char program[] = TEST_BIN_DIR "/payscore-sandbox";

static pid_t spawn(const char *const *arguments, int errors)
{
    const char *argv[24] = {program};
    pid_t pid;

    for (size_t i = 0; arguments[i] != NULL; i++) {
        assert_in_range(i, 0, 21);
        argv[i + 1] = arguments[i];
    }
    pid = fork();
    assert_int_not_equal(pid, -1);
    if (pid != 0) return pid;
    dup2(errors, STDERR_FILENO);
    execv(program, (char *const *)(uintptr_t)argv);
    _exit(127);
}

static int wait_for(pid_t pid)
{
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int player_run(const char *const *arguments)
{
    return wait_for(spawn(arguments, STDERR_FILENO));
}

static char *read_file(const struct player *player, const char *name)
{
    char path[PLAYER_PATH_SIZE + 32];
    static char buffers[8][8192];
    static size_t used;
    char *buffer = buffers[used++ % 8];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s", player->dir, name);
    file = fopen(path, "r");
    assert_non_null(file);
    buffer[fread(buffer, 1, sizeof buffers[0] - 1, file)] = '\0';
    fclose(file);
    return buffer;
}

static void open_ring(struct player *player)
{
    struct payscore_error error = {""};
    struct payscore_credentials keys = {
        .mchid = PAYSCORE_TEXT(PLAYER_MCHID),
        .merchant_key_pem = ps_text_of(read_file(player, "merchant_key.pem")),
        .merchant_serial = ps_text_of(read_file(player, "merchant_serial")),
        .apiv3_keys = {ps_text_of(read_file(player, "apiv3_key"))},
        .platform_keys = {{ps_text_of(read_file(player, "platform_pub.id")),
                           ps_text_of(read_file(player, "platform_pub.pem"))},
                          {{"", 0}, ps_text_of(read_file(player, "platform_cert.pem"))}},
        .platform_key_count = 2,
    };
    if (ps_keyring_open(&player->ring, &keys, &error) != PAYSCORE_OK) fail_msg("%s", error.text);
    snprintf(player->serial, sizeof player->serial, "%s", keys.merchant_serial.data);
}

/* The port comes through a pipe: reading it is waiting for it. */
static int start(struct player *player)
{
    int ready[2], errors[2];
    char number[16], port[16] = "";
    const char *const arguments[] = {
        "--dir",          player->dir, "--listen",    "127.0.0.1:0", "--ready-fd", number,
        "--notify-scale", "0.001",     "--deduct-ms", "30",          NULL};

    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(errors), 0);
    snprintf(number, sizeof number, "%d", ready[1]);
    player->pid = spawn(arguments, errors[1]);
    close(ready[1]);
    close(errors[1]);
    player->errors = errors[0];
    for (size_t used = 0; used < sizeof port - 1 && strchr(port, '\n') == NULL;) {
        ssize_t size = read(ready[0], port + used, sizeof port - 1 - used);
        assert_true(size > 0);
        used += (size_t)size;
    }
    close(ready[0]);
    assert_true(read(errors[0], player->banner, sizeof player->banner - 1) > 0);
    return atoi(port);
}

struct player *player_open(void)
{
    struct player *player = calloc(1, sizeof *player);
    const char *arguments[] = {"keys", NULL, NULL};

    assert_non_null(player);
    snprintf(player->dir, sizeof player->dir, "/tmp/payscore-sandbox-test-XXXXXX");
    assert_non_null(mkdtemp(player->dir));
    arguments[1] = player->dir;
    assert_int_equal(player_run(arguments), 0);
    open_ring(player);
    player->box = post_box_open(player->ring);
    snprintf(player->notify_url, sizeof player->notify_url, "http://127.0.0.1:%d/notify",
             post_box_port(player->box));
    snprintf(player->base_url, sizeof player->base_url, "http://127.0.0.1:%d", start(player));
    player->easy = curl_easy_init();
    assert_non_null(player->easy);
    return player;
}

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry, (void)kind, (void)place;
    return remove(path);
}

static void remove_dir(const char *dir)
{
    assert_int_equal(nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS), 0);
}

/* What the program said after its banner: a sanitizer's report, if anything. */
static void show_errors(int errors)
{
    char text[4096];
    ssize_t size;
    while ((size = read(errors, text, sizeof text)) > 0)
        fwrite(text, 1, (size_t)size, stderr);
}

int player_close(struct player *player)
{
    int status;

    kill(player->pid, SIGTERM);
    status = wait_for(player->pid);
    show_errors(player->errors);
    post_box_close(player->box);
    curl_easy_cleanup(player->easy);
    cJSON_Delete(player->reply.json);
    cJSON_Delete(player->control);
    ps_keyring_close(player->ring);
    close(player->errors);
    remove_dir(player->dir);
    free(player);
    return status;
}

struct player *the_player;

int player_group_open(void **state)
{
    (void)state;
    the_player = player_open();
    return 0;
}

int player_group_close(void **state)
{
    (void)state;
    return player_close(the_player);
}

const char *player_text(const cJSON *json, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));
    return text == NULL ? "" : text;
}

const char *player_dir(const struct player *player)
{
    return player->dir;
}

const char *player_banner(const struct player *player)
{
    return player->banner;
}

const char *player_notify_url(const struct player *player)
{
    return player->notify_url;
}

const struct player_notice *player_notice(struct player *player, const char *event_type,
                                          const char *about)
{
    return post_box_wait(player->box, event_type, about);
}

int player_notices(struct player *player, const char *event_type, const char *about)
{
    return post_box_count(player->box, event_type, about);
}
