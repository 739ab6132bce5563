/*
 * Golden traces: tests/golden/<name>.trace holds a script, and below each of its lines what came
 * out: moves with their rows, calls, the next deadline. The script is replayed and the whole text
 * compared. UPDATE_GOLDEN=1 in the environment writes the files anew; then read the difference.
 *
 *   # a remark                           [+1.043] > a line of the script      what came out
 *
 * Lines of the script: create ORDER, create ORDER confirmed, adopt ORDER, complete FEN, modify FEN,
 * sync, pay, cancel, release, preauthorize, check, terminate, terminate_by_code,
 * answer CALL STATUS BODY…, lose CALL, unsent CALL, notice BODY…, wait SECONDS, wait call.
 */
#include <cJSON.h>
#include <glob.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "support/bodies.h"
#include "support/trial.h"

enum { TRACE_SIZE = 65536, LINE_SIZE = 256, WORDS_MAX = 8, TRACES_MAX = 64 };

struct replay {
    struct trial trial;
    int64_t begun_ms;
    uint64_t entries; /* Printed so far. */
    size_t calls;     /* Of those that wait, printed so far. */
    char order[40];
    char *words[WORDS_MAX]; /* Of the line; missing ones are "". */
    char text[TRACE_SIZE];
    size_t size;
};

__attribute__((format(printf, 2, 3))) static void put(struct replay *r, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(r->text + r->size, TRACE_SIZE - r->size, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && (size_t)size < TRACE_SIZE - r->size);
    r->size += (size_t)size;
}

static void put_time(struct replay *r, int64_t at_ms)
{
    int64_t ms = at_ms - r->begun_ms;
    put(r, "+%" PRId64 ".%03" PRId64, ms / 1000, ms % 1000);
}

/* What came out. */

static void put_move(struct replay *r, const cJSON *entry)
{
    static const char *const told[] = {"held", "reason"};
    put(r, "  %s %s -> %s row %d", cJSON_GetObjectItem(entry, "chart")->valuestring,
        cJSON_GetObjectItem(entry, "from")->valuestring,
        cJSON_GetObjectItem(entry, "to")->valuestring,
        (int)cJSON_GetObjectItem(entry, "row")->valuedouble);
    for (size_t i = 0; i < 2; i++) {
        const cJSON *item = cJSON_GetObjectItem(entry, told[i]);
        if (item != NULL) put(r, " %s %s", told[i], item->valuestring);
    }
    const cJSON *paid = cJSON_GetObjectItem(entry, "paid_fen");
    if (paid != NULL) put(r, " paid %.0f", paid->valuedouble);
    put(r, "\n");
}

static void put_moves(struct replay *r)
{
    char *json = NULL;
    const cJSON *entry = NULL;
    assert_int_equal(payscore_feed(r->trial.engine, PAYSCORE_TEXT(""), 0, &json), PAYSCORE_OK);
    cJSON *page = cJSON_Parse(json);
    payscore_free(json);
    cJSON_ArrayForEach(entry, cJSON_GetObjectItem(page, "entries"))
    {
        uint64_t number = (uint64_t)cJSON_GetObjectItem(entry, "entry")->valuedouble;
        if (number <= r->entries) continue;
        put_move(r, entry);
        r->entries = number;
    }
    cJSON_Delete(page);
}

static void put_outcome(struct replay *r, const struct payscore_result *result)
{
    static const char *const verdicts[] = {"none",    "taken",     "ignored",
                                           "refused", "duplicate", "stray"};
    if (result->status != PAYSCORE_OK)
        put(r, "  %s: %s\n", payscore_status_name(result->status), result->error.text);
    else if (result->verdict == PAYSCORE_IGNORED || result->verdict == PAYSCORE_REFUSED)
        put(r, "  %s: %s\n", verdicts[result->verdict],
            result->row_text[0] != '\0' ? result->row_text : result->error.text);
    else if (result->verdict == PAYSCORE_DUPLICATE)
        put(r, "  duplicate of entry %" PRIu64 "\n", result->entry);
}

static void put_calls(struct replay *r)
{
    for (; r->calls < r->trial.call_count; r->calls++)
        put(r, "  call %s\n", r->trial.calls[r->calls].name);
    if (r->trial.turn.next_due_ms == INT64_MAX) {
        put(r, "  nothing is due\n");
        return;
    }
    put(r, "  due ");
    put_time(r, r->trial.turn.next_due_ms);
    put(r, "\n");
}

/* What goes in. */

static bool is(const char *word, const char *name)
{
    return strcmp(word, name) == 0;
}

static const char *body_of(struct replay *r, size_t first)
{
    char *const *word = r->words + first;
    int64_t fen = strtoll(word[1], NULL, 10);
    if (is(word[0], "absent")) return BODY_ABSENT;
    if (is(word[0], "error")) return error_body(word[1], word[2]);
    if (is(word[0], "accepted")) return "";
    if (is(word[0], "token")) return "{\"apply_permissions_token\":\"1230000109\"}";
    if (is(word[0], "available") || is(word[0], "unavailable"))
        return seen_authorization(is(word[0], "available") ? "AVAILABLE" : "UNAVAILABLE", "",
                                  TRIAL_OPENID, "2026-03-01T09:00:00+08:00", "");
    if (is(word[0], "package")) return seen_created(r->order, "AAQTnZoA");
    if (is(word[0], "named")) return body_number(r->order);
    if (is(word[0], "settled")) return seen_settled(r->order, fen, word[2]);
    if (is(word[0], "frozen")) return seen_order(r->order, "FROZEN", "", "", -1);
    if (is(word[0], "expired")) return seen_order(r->order, "EXPIRED", "", "", -1);
    if (is(word[0], "created")) return seen_order(r->order, "CREATED", "", "", -1);
    if (is(word[0], "in_service")) return seen_order(r->order, "DOING", "USER_CONFIRM", "", -1);
    if (is(word[0], "paying"))
        return seen_order(r->order, "DOING", "MCH_COMPLETE", "USER_PAYING", fen);
    if (is(word[0], "paid")) return seen_order(r->order, "DONE", "", "USER_PAID", fen);
    if (is(word[0], "revoked")) return seen_order(r->order, "REVOKED", "", "", -1);
    fail_msg("no body is called '%s'", word[0]);
    return "";
}

static const char *body_of_order(const struct replay *r, const char *name)
{
    int64_t fen = strtoll(r->words[1], NULL, 10);
    if (is(name, "create"))
        return is(r->words[2], "confirmed") ? body_create_confirmed(r->order)
                                            : body_create(r->order, TRIAL_OPENID);
    if (is(name, "adopt") || is(name, "pay")) return body_number(r->order);
    if (is(name, "complete")) return body_complete(r->order, fen);
    if (is(name, "modify")) return body_modify(r->order, fen);
    if (is(name, "sync")) return body_sync(r->order, "20260301100000");
    if (is(name, "cancel")) return body_cancel(r->order);
    if (is(name, "release")) return body_release("out_order_no", r->order);
    return NULL;
}

static struct payscore_result command(struct replay *r)
{
    const char *name = r->words[0];
    if (is(name, "create") || is(name, "adopt"))
        snprintf(r->order, sizeof r->order, "%s", r->words[1]);
    const char *body = body_of_order(r, name);
    if (is(name, "preauthorize")) body = body_preauthorize(TRIAL_CODE);
    if (is(name, "check")) body = body_check(TRIAL_OPENID);
    if (is(name, "terminate")) body = body_terminate(TRIAL_OPENID);
    if (is(name, "terminate_by_code")) body = body_terminate_by_code(TRIAL_CODE);
    if (body == NULL) fail_msg("the script says '%s', which is nothing", name);
    return trial_submit(&r->trial, name, NULL, body);
}

static struct payscore_result notice(struct replay *r)
{
    bool opens = is(r->words[1], "open");
    if (!opens && !is(r->words[1], "close"))
        return trial_notice(&r->trial, "PAYSCORE.USER_PAID", body_of(r, 1));
    return trial_notice(&r->trial,
                        opens ? "PAYSCORE.USER_OPEN_SERVICE" : "PAYSCORE.USER_CLOSE_SERVICE",
                        service_notice(opens ? "USER_OPEN_SERVICE" : "USER_CLOSE_SERVICE",
                                       TRIAL_OPENID, opens ? TRIAL_CODE : "", r->words[2]));
}

static struct payscore_result reply(struct replay *r)
{
    const char *call = r->words[1];
    r->calls--;
    if (is(r->words[0], "lose")) return trial_lose(&r->trial, call, PAYSCORE_LOST);
    if (is(r->words[0], "unsent")) return trial_lose(&r->trial, call, PAYSCORE_NOT_SENT);
    return trial_answer(&r->trial, call, (int)strtol(r->words[2], NULL, 10), body_of(r, 3));
}

static struct payscore_result wait_for(struct replay *r)
{
    if (is(r->words[1], "call"))
        trial_advance_to_due(&r->trial);
    else
        trial_advance(&r->trial, 1000 * strtoll(r->words[1], NULL, 10));
    return (struct payscore_result){.verdict = PAYSCORE_TAKEN};
}

static void play(struct replay *r, char *line)
{
    char *rest = NULL;
    static char nothing[] = "";
    put(r, "[");
    put_time(r, r->trial.now_ms);
    put(r, "] > %s\n", line);
    char *word = strtok_r(line, " ", &rest);
    for (size_t i = 0; i < WORDS_MAX; i++) {
        r->words[i] = word == NULL ? nothing : word;
        word = word == NULL ? NULL : strtok_r(NULL, " ", &rest);
    }
    struct payscore_result result;
    if (is(r->words[0], "answer") || is(r->words[0], "lose") || is(r->words[0], "unsent"))
        result = reply(r);
    else if (is(r->words[0], "notice"))
        result = notice(r);
    else
        result = is(r->words[0], "wait") ? wait_for(r) : command(r);
    put_outcome(r, &result);
    put_moves(r);
    put_calls(r);
}

/* Files. */

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char *text = calloc(1, TRACE_SIZE);
    size_t size = fread(text, 1, TRACE_SIZE - 1, file);
    assert_true(size < TRACE_SIZE - 1);
    fclose(file);
    return text;
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
}

/* Remarks and the script stay; what came out is made anew. */
static void play_line(struct replay *r, const char *line, size_t size)
{
    char copy[LINE_SIZE];
    assert_true(size < sizeof copy);
    memcpy(copy, line, size);
    copy[size] = '\0';
    char *script = strstr(copy, "> ");
    if (size == 0 || copy[0] == '#')
        put(r, "%s\n", copy);
    else if (copy[0] != ' ' && script != NULL)
        play(r, script + 2);
}

static void the_trace_comes_out_as_it_was_written(void **state)
{
    const char *path = *state;
    static struct replay r;
    char *written = read_file(path);
    memset(&r, 0, sizeof r);
    trial_open(&r.trial, NULL);
    r.begun_ms = r.trial.now_ms;
    for (const char *line = written; *line != '\0';) {
        size_t size = strcspn(line, "\n");
        play_line(&r, line, size);
        line += size + (line[size] == '\n' ? 1 : 0);
    }
    trial_verify(&r.trial);
    trial_close(&r.trial);
    if (getenv("UPDATE_GOLDEN") != NULL)
        write_file(path, r.text);
    else
        assert_string_equal(r.text, written);
    free(written);
}

int main(void)
{
    static struct CMUnitTest tests[TRACES_MAX];
    glob_t found;
    if (glob(TEST_SOURCE_DIR "/golden/*.trace", 0, NULL, &found) != 0 ||
        found.gl_pathc > TRACES_MAX) {
        fprintf(stderr, "tests/golden holds no traces, or more than %d\n", TRACES_MAX);
        return 1;
    }
    for (size_t i = 0; i < found.gl_pathc; i++)
        tests[i] = (struct CMUnitTest){.name = strrchr(found.gl_pathv[i], '/') + 1,
                                       .test_func = the_trace_comes_out_as_it_was_written,
                                       .initial_state = found.gl_pathv[i]};
    int failed = _cmocka_run_group_tests("golden", tests, found.gl_pathc, NULL, NULL);
    globfree(&found);
    return failed;
}
