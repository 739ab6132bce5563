/* What the files of the player share. */
#ifndef TEST_SANDBOX_PLAYER_PRIVATE_H
#define TEST_SANDBOX_PLAYER_PRIVATE_H

#include <curl/curl.h>

#include "player.h"
#include "support/process.h"

struct player {
    char dir[PLAYER_PATH_SIZE];
    char base_url[64], notify_url[96];
    char banner[4096];
    char serial[PAYSCORE_SERIAL_MAX + 1];
    struct process process;
    struct ps_keyring *ring;
    struct post_box *box;
    CURL *easy;
    struct player_reply reply;
    cJSON *control;
};

#endif
