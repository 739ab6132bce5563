/* One process of the crowd: its handle, its threads, those that read and follow. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cJSON.h>

#include "crowd.h"
#include "support/platform_side.h"

enum { PAGE = 200, WAIT_MS = 500, READ_WAIT_MS = 50, PATIENCE_MS = 10000 };

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static int open_append(const struct crowd_member *member, const char *folder)
{
    char path[CROWD_PATH_SIZE];
    crowd_file(path, member->directory, folder, member->number, member->generation);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) crowd_fault(member, "%s: %s", path, strerror(errno));
    return file;
}

/* Following. */

static size_t take_page(struct crowd_member *member, int file, char cursor[PAYSCORE_CURSOR_SIZE])
{
    char *json = NULL;
    uint64_t met[PAGE];
    size_t count = 0;
    const cJSON *entry;
    enum payscore_status rc = payscore_feed(member->engine, text_of(cursor), PAGE, &json);
    if (rc != PAYSCORE_OK)
        crowd_fault(member, "feed behind \"%s\": %s", cursor, payscore_status_name(rc));
    cJSON *page = cJSON_Parse(json);
    payscore_free(json);
    cJSON_ArrayForEach(entry, cJSON_GetObjectItemCaseSensitive(page, "entries"))
    {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(entry, "entry");
        if (count < PAGE) met[count++] = (uint64_t)cJSON_GetNumberValue(number);
    }
    snprintf(cursor, PAYSCORE_CURSOR_SIZE, "%s",
             cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(page, "cursor")));
    cJSON_Delete(page);
    if (write(file, met, count * sizeof met[0]) != (ssize_t)(count * sizeof met[0]))
        crowd_fault(member, "what was met cannot be written: %s", strerror(errno));
    return count;
}

void crowd_follow(struct crowd_member *member)
{
    char name[32], cursor[PAYSCORE_CURSOR_SIZE];
    struct payscore_error error = {""};
    int file = open_append(member, "feed");
    snprintf(name, sizeof name, "follower-%d", member->number);
    enum payscore_status rc = payscore_cursor_load(member->engine, text_of(name), cursor);
    if (rc != PAYSCORE_OK && rc != PAYSCORE_E_NOT_FOUND)
        crowd_fault(member, "cursor: %s", payscore_status_name(rc));
    for (;;) {
        if (take_page(member, file, cursor) == 0) {
            rc = payscore_feed_wait(member->engine, text_of(cursor), WAIT_MS);
            if (rc != PAYSCORE_OK && rc != PAYSCORE_E_NOT_FOUND)
                crowd_fault(member, "wait: %s", payscore_status_name(rc));
            continue;
        }
        rc = payscore_cursor_store(member->engine, text_of(name), text_of(cursor), &error);
        if (rc != PAYSCORE_OK && !crowd_is_again(rc))
            crowd_fault(member, "cursor: %s: %s", payscore_status_name(rc), error.text);
    }
}

/* Reading. */

static void check(struct crowd_member *member, const char *what, enum payscore_status rc)
{
    if (rc != PAYSCORE_OK) crowd_fault(member, "%s: %s", what, payscore_status_name(rc));
}

/* Some page of the list, and the last record of it with its history. */
void crowd_read(struct crowd_member *member)
{
    char after[64] = "", number[64];
    for (;;) {
        struct payscore_filter filter = {
            .chart = PAYSCORE_TEXT("service_order"), .count_max = 20, .after = text_of(after)};
        char *json = NULL;
        check(member, "list", payscore_list(member->engine, &filter, &json));
        cJSON *page = cJSON_Parse(json);
        payscore_free(json);
        const cJSON *next = cJSON_GetObjectItemCaseSensitive(page, "next");
        snprintf(after, sizeof after, "%s", cJSON_IsString(next) ? next->valuestring : "");
        const cJSON *record =
            cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(page, "records"), 0);
        const cJSON *order = cJSON_GetObjectItemCaseSensitive(record, "out_order_no");
        snprintf(number, sizeof number, "%s", cJSON_IsString(order) ? order->valuestring : "");
        cJSON_Delete(page);
        if (number[0] != '\0') {
            struct payscore_name name = {0, PAYSCORE_TEXT("service_order"), text_of(number)};
            check(member, "show", payscore_show(member->engine, &name, &json));
            payscore_free(json);
            check(member, "history", payscore_history(member->engine, &name, true, &json));
            payscore_free(json);
        }
        enum payscore_status rc =
            payscore_feed_wait(member->engine, PAYSCORE_TEXT(PAYSCORE_CURSOR_NEWEST), READ_WAIT_MS);
        if (rc != PAYSCORE_E_NOT_FOUND) check(member, "wait", rc);
    }
}

/* The process. */

struct thread {
    struct crowd_member *member;
    int number;
};

static void *run_thread(void *argument)
{
    const struct thread *thread = argument;
    switch (thread->number) {
    case 0:
        if (thread->member->number == 0) crowd_drive(thread->member);
        crowd_pump(thread->member);
    case 1: crowd_follow(thread->member);
    case 2: crowd_read(thread->member);
    default: crowd_submit(thread->member, thread->number);
    }
}

static void open_engine(struct crowd_member *member)
{
    char path[CROWD_PATH_SIZE];
    struct payscore_error error = {""};
    struct payscore_credentials credentials;
    struct payscore_merchant merchant = crowd_merchant();
    bool drives = member->number == 0;
    if (drives) {
        credentials = test_credentials();
        merchant.credentials = &credentials;
    }
    snprintf(path, sizeof path, "%s/store", member->directory);
    enum payscore_status rc = payscore_open(
        &member->engine,
        PAYSCORE_OPTIONS(.path = path, .role = drives ? PAYSCORE_DRIVER : PAYSCORE_SUBMITTER,
                         .merchants = &merchant, .merchant_count = 1,
                         .map_bytes_max = UINT64_C(1) << 36, .patience_ms = PATIENCE_MS),
        &error);
    if (rc != PAYSCORE_OK)
        crowd_fault(member, "open: %s: %s", payscore_status_name(rc), error.text);
}

void crowd_member_run(struct crowd_member *member)
{
    static struct thread threads[CROWD_THREADS_MAX];
    pthread_t ignored;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    member->log = open_append(member, "log");
    open_engine(member);
    if (write(STDOUT_FILENO, "x", 1) != 1) _exit(2); /* The store is there. */
    for (int i = 0; i < member->threads; i++) {
        threads[i] = (struct thread){member, i};
        if (pthread_create(&ignored, NULL, run_thread, &threads[i]) != 0)
            crowd_fault(member, "no thread");
    }
    for (;;)
        pause();
}
