#include "player.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "player_private.h"
#include "post_box.h"
#include "wechat/text.h"

enum { ARGUMENTS_MAX = 20 };

int player_run(const char *const *arguments)
{
    const struct process_plan plan = {.program = "payscore-sandbox", .arguments = arguments};
    return process_run(&plan);
}

/* A file of the player's folder; valid until the eighth call after. */
static const char *read_file(const struct player *player, const char *name)
{
    char path[PLAYER_PATH_SIZE + 32];
    static char buffers[8][8192];
    static size_t used;
    char *buffer = buffers[used++ % 8];
    snprintf(path, sizeof path, "%s/%s", player->dir, name);
    char *text = process_read_file(path, NULL);
    assert_in_range(strlen(text), 1, sizeof buffers[0] - 1);
    snprintf(buffer, sizeof buffers[0], "%s", text);
    free(text);
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

static int start(struct player *player, const char *const *options)
{
    char log[PLAYER_PATH_SIZE + 32], port[16];
    const char *arguments[ARGUMENTS_MAX + 1] = {
        "--dir",          player->dir,      "--listen", "127.0.0.1:0", "--ready-fd",
        PROCESS_READY_FD, "--notify-scale", "0.001",    "--deduct-ms", "30"};
    const struct process_plan plan = {
        .program = "payscore-sandbox", .arguments = arguments, .log = log};
    size_t count = 0;

    while (arguments[count] != NULL)
        count++;
    for (; *options != NULL && count < ARGUMENTS_MAX; options++)
        arguments[count++] = *options;
    assert_null(*options);
    snprintf(log, sizeof log, "%s/log", player->dir);
    process_start(&player->process, &plan);
    assert_true(process_ready(&player->process, port, sizeof port));
    snprintf(player->banner, sizeof player->banner, "%s", read_file(player, "log"));
    return (int)strtol(port, NULL, 10);
}

struct player *player_open_with(const char *const *options)
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
    snprintf(player->base_url, sizeof player->base_url, "http://127.0.0.1:%d",
             start(player, options));
    player->easy = curl_easy_init();
    assert_non_null(player->easy);
    return player;
}

struct player *player_open(void)
{
    static const char *const none[] = {NULL};
    return player_open_with(none);
}

/* What the program said after its banner: a sanitizer's report, if anything. */
static void show_errors(const struct player *player)
{
    char *log = process_read_file(player->process.log, NULL);
    fputs(log + strlen(player->banner), stderr);
    free(log);
}

int player_close(struct player *player)
{
    int status;

    status = process_stop(&player->process, SIGTERM);
    show_errors(player);
    post_box_close(player->box);
    curl_easy_cleanup(player->easy);
    cJSON_Delete(player->reply.json);
    cJSON_Delete(player->control);
    ps_keyring_close(player->ring);
    process_remove_folder(player->dir);
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
