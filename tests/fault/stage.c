#include "fault/stage.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "fault/faults.h"
#include "support/bodies.h"
#include "support/walk.h"

#define DAY_MS INT64_C(86400000)

static const struct payscore_text consumer = PAYSCORE_TEXT("books");

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, strlen(string)};
}

static const struct payscore_name order_name = {0, PAYSCORE_TEXT("service_order"),
                                                PAYSCORE_TEXT(TRIAL_ORDER)};

void stage_open(struct stage *stage, bool open_order)
{
    struct payscore_error error;
    memset(stage, 0, sizeof *stage);
    stage->role = PAYSCORE_DRIVER;
    directory_make(stage->path);
    directory_make(stage->backup);
    directory_make(stage->target);
    stage->sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(stage->sink >= 0);
    trial_open(&stage->trial, stage->path);
    walk_to_paid(&stage->trial, TRIAL_ORDER, 800);
    stage->trial.now_ms += 3 * DAY_MS;
    if (open_order) walk_to_serving(&stage->trial, STAGE_OPEN_ORDER);
    struct payscore *engine = stage->trial.engine;
    if (payscore_cursor_store(engine, consumer, PAYSCORE_TEXT(PAYSCORE_CURSOR_NEWEST), &error) !=
            PAYSCORE_OK ||
        payscore_backup(engine, stage->backup, &error) != PAYSCORE_OK)
        fail_msg("%s", error.text);
    assert_int_equal(payscore_head(engine, 0, &stage->head), PAYSCORE_OK);
}

void stage_close(struct stage *stage)
{
    trial_close(&stage->trial);
    payscore_free(stage->head);
    payscore_free(stage->json);
    (void)close(stage->sink);
    directory_remove(stage->path);
    directory_remove(stage->backup);
    directory_remove(stage->target);
}

enum payscore_status stage_reopen(struct stage *stage, enum payscore_role role)
{
    struct payscore_error error;
    struct payscore_options options = trial_options(&stage->trial);
    options.role = stage->role = role;
    options.patience_ms = stage->patience_ms > 0 ? stage->patience_ms : 60;
    options.stuck_growth_bytes = stage->stuck_growth_bytes;
    struct payscore_merchant merchant = *options.merchants;
    if (stage->keyless) merchant.credentials = NULL;
    options.merchants = &merchant;
    payscore_close(stage->trial.engine);
    return payscore_open(&stage->trial.engine, &options, &error);
}

/* A place that a deed fills; where it fails, nothing of it is left there. */
static void empty_target(struct stage *stage)
{
    directory_remove(stage->target);
    assert_int_equal(mkdir(stage->target, 0700), 0);
}

static void look_at_target(struct stage *stage, enum payscore_status rc)
{
    if (rc == PAYSCORE_OK || rc == PAYSCORE_E_PROCESS) return;
    if (rmdir(stage->target) != 0) fail_msg("%s left something behind", payscore_status_name(rc));
    assert_int_equal(mkdir(stage->target, 0700), 0);
}

static void acknowledge(struct stage *stage, const struct payscore_result *result)
{
    bool taken = result->status == PAYSCORE_OK && result->verdict == PAYSCORE_TAKEN;
    if (taken && result->entry > stage->acknowledged) stage->acknowledged = result->entry;
}

/* Commands. */

static struct payscore_command create_of(struct stage *stage)
{
    static char number[32];
    if (stage->command != NULL) return *stage->command;
    (void)snprintf(number, sizeof number, "PS20260304A%07u", ++stage->tries);
    return (struct payscore_command){0, PAYSCORE_TEXT("create"), PAYSCORE_TEXT(""),
                                     text_of(body_create(number, TRIAL_OPENID))};
}

static enum payscore_status submit(struct stage *stage)
{
    struct payscore_error error;
    struct payscore_result result;
    struct payscore_command command = create_of(stage);
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_submit(stage->trial.engine, &command, &result, &error));
    acknowledge(stage, &result);
    return rc;
}

static enum payscore_status submit_batch(struct stage *stage)
{
    struct payscore_error error;
    struct payscore_result results[2];
    struct payscore_command command = create_of(stage);
    struct payscore_command commands[2] = {command, command};
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_submit_batch(stage->trial.engine, commands, 2, results, &error));
    for (int i = 0; i < 2; i++)
        acknowledge(stage, &results[i]);
    return rc != PAYSCORE_OK ? rc : results[0].status;
}

struct told {
    struct stage *stage;
    enum payscore_status status; /* E_NOT_FOUND: not yet. */
};

static void tell(void *user, const struct payscore_result *result)
{
    struct told *told = user;
    told->status = result->status;
    acknowledge(told->stage, result);
}

static void wait_a_little(struct payscore *engine)
{
    struct pollfd file = {payscore_descriptor(engine), POLLIN, 0};
    (void)poll(&file, 1, 2);
}

static enum payscore_status poll_until_told(struct stage *stage, const struct told *told)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    for (int i = 0; i < 400 && rc == PAYSCORE_OK && told->status == PAYSCORE_E_NOT_FOUND; i++) {
        rc = payscore_poll(stage->trial.engine, &error);
        if (told->status == PAYSCORE_E_NOT_FOUND) wait_a_little(stage->trial.engine);
    }
    return rc;
}

/* What befell the command: at once, or as `done` is told. */
static enum payscore_status submit_start(struct stage *stage)
{
    struct payscore_error error;
    struct payscore_command command = create_of(stage);
    struct payscore_turn turn = {.wants = {0, 0, 0}};
    struct payscore_owner owner;
    static struct told told; /* It may be told when the handle is closed. */
    enum payscore_status rc = PAYSCORE_OK;
    bool drives =
        payscore_driver(stage->trial.path, &owner) == PAYSCORE_OK && owner.pid == getpid();
    told = (struct told){stage, PAYSCORE_E_NOT_FOUND};
    faults_arm();
    rc = payscore_submit_start(stage->trial.engine, &command, tell, &told, &error);
    if (rc == PAYSCORE_OK && drives) rc = payscore_turn(stage->trial.engine, &turn, &error);
    if (rc == PAYSCORE_OK && !drives) rc = poll_until_told(stage, &told);
    faults_disarm();
    payscore_calls_free(turn.calls, turn.call_count);
    return told.status != PAYSCORE_E_NOT_FOUND ? told.status : rc;
}

static enum payscore_status poll_started(struct stage *stage)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_poll(stage->trial.engine, &error));
    return rc;
}

static enum payscore_status turn(struct stage *stage)
{
    struct payscore_error error;
    struct payscore_item item = {.kind = PAYSCORE_COMMAND, .command = create_of(stage)};
    struct payscore_turn turn = {.items = &item, .item_count = 1, .wants = {4, 4, 4}};
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_turn(stage->trial.engine, &turn, &error));
    payscore_calls_free(turn.calls, turn.call_count);
    return rc != PAYSCORE_OK ? rc : item.result.status;
}

static enum payscore_status call_sign(struct stage *stage)
{
    struct payscore_signed headers;
    const struct payscore_call call = {.name = "query_order",
                                       .method = "GET",
                                       .url = PAYSCORE_TEXT("/v3/payscore/serviceorder?a=b")};
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_call_sign(stage->trial.engine, &call, &headers));
    return rc;
}

/* The feed. */

#define READS(name, call)                                                                          \
    static enum payscore_status name(struct stage *stage)                                          \
    {                                                                                              \
        struct payscore *engine = stage->trial.engine;                                             \
        enum payscore_status rc = PAYSCORE_OK;                                                     \
        payscore_free(stage->json);                                                                \
        stage->json = NULL;                                                                        \
        ARMED(rc = call);                                                                          \
        assert_true((rc == PAYSCORE_OK) == (stage->json != NULL));                                 \
        return rc;                                                                                 \
    }

static const struct payscore_filter any_record = {.count_max = 0};

READS(feed, payscore_feed(engine, PAYSCORE_TEXT(""), 0, &stage->json))
READS(cursors, payscore_cursors(engine, &stage->json))
READS(head, payscore_head(engine, 0, &stage->json))
READS(usage, payscore_usage(engine, &stage->json))
READS(show, payscore_show(engine, &order_name, &stage->json))
READS(history, payscore_history(engine, &order_name, true, &stage->json))
READS(list, payscore_list(engine, &any_record, &stage->json))

static enum payscore_status feed_wait(struct stage *stage)
{
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_feed_wait(stage->trial.engine, PAYSCORE_TEXT(""), 0));
    return rc;
}

static enum payscore_status feed_descriptor(struct stage *stage)
{
    int descriptor = 0;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_feed_descriptor(stage->trial.engine, &descriptor));
    assert_true((rc == PAYSCORE_OK) == (descriptor >= 0));
    return rc;
}

static enum payscore_status cursor_store(struct stage *stage)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_cursor_store(stage->trial.engine, consumer,
                                     PAYSCORE_TEXT(PAYSCORE_CURSOR_NEWEST), &error));
    return rc;
}

static enum payscore_status cursor_load(struct stage *stage)
{
    char cursor[PAYSCORE_CURSOR_SIZE];
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_cursor_load(stage->trial.engine, consumer, cursor));
    return rc;
}

static enum payscore_status cursor_drop(struct stage *stage)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_cursor_drop(stage->trial.engine, consumer, &error));
    return rc;
}

/* Operations. */

static enum payscore_status verify(struct stage *stage)
{
    struct payscore_report report;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_verify(stage->trial.engine, &report));
    if (rc == PAYSCORE_OK && report.faults > 0) fail_msg("%s", report.first.text);
    return rc;
}

static enum payscore_status verify_head(struct stage *stage)
{
    struct payscore_report report;
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_verify_head(stage->trial.engine, text_of(stage->head),
                                    (struct payscore_text){NULL, 0}, &report, &error));
    if (rc == PAYSCORE_OK && report.faults > 0) fail_msg("%s", report.first.text);
    return rc;
}

static enum payscore_status verify_head_with_key(struct stage *stage)
{
    struct payscore_report report;
    struct payscore_error error;
    struct payscore_text pem = text_of(test_keys()->merchant_public);
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(
        rc = payscore_verify_head(stage->trial.engine, text_of(stage->head), pem, &report, &error));
    return rc;
}

static enum payscore_status report_json(struct stage *stage)
{
    const struct payscore_report report = {.entries = 12, .records = 2, .first = {"nothing"}};
    enum payscore_status rc = PAYSCORE_OK;
    payscore_free(stage->json);
    ARMED(rc = payscore_report_json(&report, &stage->json));
    return rc;
}

static enum payscore_status backup(struct stage *stage)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    empty_target(stage);
    ARMED(rc = payscore_backup(stage->trial.engine, stage->target, &error));
    look_at_target(stage, rc);
    return rc;
}

static enum payscore_status backup_stream(struct stage *stage)
{
    struct payscore_error error;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_backup_stream(stage->trial.engine, stage->sink, &error));
    return rc;
}

static enum payscore_status restore(struct stage *stage)
{
    struct payscore_error error;
    struct payscore_options options = trial_options(&stage->trial);
    const struct payscore_restoring how = {.size = sizeof how,
                                           .backup = stage->backup,
                                           .directory = stage->target,
                                           .map_bytes_max = options.map_bytes_max,
                                           .world = options.world};
    enum payscore_status rc = PAYSCORE_OK;
    empty_target(stage);
    ARMED(rc = payscore_restore(&how, &error));
    look_at_target(stage, rc);
    return rc;
}

struct lines {
    struct stage *stage;
    size_t size;
};

static bool take_line(void *user, struct payscore_text line)
{
    struct lines *lines = user;
    faults_disarm();
    char *json = realloc(lines->stage->json, lines->size + line.size + 1);
    assert_non_null(json);
    memcpy(json + lines->size, line.data, line.size);
    lines->size += line.size;
    json[lines->size] = '\0';
    lines->stage->json = json;
    faults_arm();
    return true;
}

static enum payscore_status export_all(struct stage *stage)
{
    const struct payscore_export_filter filter = {.evidence = true};
    struct lines lines = {stage, 0};
    enum payscore_status rc = PAYSCORE_OK;
    payscore_free(stage->json);
    stage->json = NULL;
    ARMED(rc = payscore_export(stage->trial.engine, &filter, take_line, &lines));
    return rc;
}

static enum payscore_status erase(struct stage *stage)
{
    struct payscore_error error;
    const struct payscore_erasure erasure = {0, PAYSCORE_TEXT(TRIAL_OPENID), PAYSCORE_TEXT("Wang"),
                                             PAYSCORE_TEXT("asked for it")};
    uint64_t entries;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_erase(stage->trial.engine, &erasure, &entries, &error));
    return rc;
}

static enum payscore_status retain(struct stage *stage)
{
    struct payscore_error error;
    uint64_t records;
    bool left;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_retain(stage->trial.engine, 1, &records, &left, &error));
    return rc;
}

static enum payscore_status newest(struct stage *stage)
{
    uint64_t entry;
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = payscore_newest(stage->trial.engine, &entry));
    return rc;
}

/* The stage's own store once more, in the same role. */
static enum payscore_status reopen(struct stage *stage)
{
    enum payscore_status rc = PAYSCORE_OK;
    ARMED(rc = stage_reopen(stage, stage->role));
    return rc;
}

const struct stage_function stage_functions[] = {
    {"submit", submit},
    {"submit_batch", submit_batch},
    {"submit_start", submit_start},
    {"poll", poll_started},
    {"turn", turn},
    {"call_sign", call_sign},
    {"feed", feed},
    {"feed_wait", feed_wait},
    {"feed_descriptor", feed_descriptor},
    {"cursor_store", cursor_store},
    {"cursor_load", cursor_load},
    {"cursor_drop", cursor_drop},
    {"cursors", cursors},
    {"head", head},
    {"verify", verify},
    {"verify_head", verify_head},
    {"verify_head with a key", verify_head_with_key},
    {"report_json", report_json},
    {"backup", backup},
    {"backup_stream", backup_stream},
    {"restore", restore},
    {"export", export_all},
    {"erase", erase},
    {"retain", retain},
    {"usage", usage},
    {"show", show},
    {"history", history},
    {"list", list},
    {"newest", newest},
    {"open", reopen},
};
const size_t stage_function_count = sizeof stage_functions / sizeof stage_functions[0];

stage_deed *stage_deed_of(const char *name)
{
    for (size_t i = 0; i < stage_function_count; i++)
        if (strcmp(stage_functions[i].name, name) == 0) return stage_functions[i].deed;
    fail_msg("no function %s", name);
    return NULL;
}
