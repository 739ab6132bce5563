/* The verbs that read: show, history, list, verify, wait. */
#include <cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "ctl.h"
#include "timeline.h"

enum { WAIT_STEP_MS = 50 };

static struct payscore_text text_of(const char *string)
{
    return (struct payscore_text){string, string == NULL ? 0 : strlen(string)};
}

struct payscore_merchant ctl_merchant(const struct ctl *ctl)
{
    return (struct payscore_merchant){
        .mchid = text_of(ctl->config.texts[PS_KEY_merchant_mchid]),
        .appid = text_of(ctl->config.texts[PS_KEY_merchant_appid]),
        .service_id = text_of(ctl->config.texts[PS_KEY_merchant_service_id]),
        .notify_url = text_of(ctl->config.texts[PS_KEY_notify_url]),
    };
}

int ctl_fail(enum payscore_status status, const char *what, const char *detail)
{
    fprintf(stderr, "payscorectl: %s: %s (%s)\n", what,
            detail != NULL && detail[0] != '\0' ? detail : payscore_status_text(status),
            payscore_status_name(status));
    switch (status) {
    case PAYSCORE_E_INPUT:
    case PAYSCORE_E_TOO_LARGE: return CTL_INPUT;
    case PAYSCORE_E_NOT_FOUND: return CTL_NO;
    case PAYSCORE_E_BUSY: return CTL_BUSY;
    default: return CTL_FAILED;
    }
}

static enum payscore_status open_reader(const struct ctl *ctl, struct payscore **engine,
                                        struct payscore_error *error)
{
    struct payscore_merchant merchant = ctl_merchant(ctl);
    return payscore_open(
        engine,
        PAYSCORE_OPTIONS(.path = ctl->config.texts[PS_KEY_store_path], .role = PAYSCORE_READER,
                         .map_bytes_max = (uint64_t)ctl->config.numbers[PS_KEY_store_map_bytes],
                         .merchants = &merchant, .merchant_count = 1),
        error);
}

struct payscore *ctl_open_reader(const struct ctl *ctl, int *exit_code)
{
    struct payscore *engine = NULL;
    struct payscore_error error = {""};
    enum payscore_status rc = open_reader(ctl, &engine, &error);
    if (rc == PAYSCORE_OK) return engine;
    *exit_code = ctl_fail(rc, ctl->config.texts[PS_KEY_store_path], error.text);
    return NULL;
}

/* Reading. */

static int print_json(const struct ctl *ctl, char *json, void (*people)(const cJSON *json))
{
    cJSON *value = ctl->json ? NULL : cJSON_Parse(json);
    if (value == NULL)
        puts(json);
    else
        people(value);
    cJSON_Delete(value);
    payscore_free(json);
    return CTL_FINE;
}

static int show(const struct ctl *ctl, const char *chart, bool history)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore_name name = {0, text_of(chart), text_of(ctl->arguments[0])};
    struct payscore *engine = ctl_open_reader(ctl, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = history ? payscore_history(engine, &name, ctl->evidence, &json)
                                      : payscore_show(engine, &name, &json);
    payscore_close(engine);
    if (rc != PAYSCORE_OK) return ctl_fail(rc, ctl->arguments[0], "");
    return print_json(ctl, json, history ? ctl_print_timeline : ctl_print_record);
}

int ctl_preauthorization_show(const struct ctl *ctl)
{
    return show(ctl, "preauthorization", false);
}

int ctl_preauthorization_history(const struct ctl *ctl)
{
    return show(ctl, "preauthorization", true);
}

int ctl_authorization_show(const struct ctl *ctl)
{
    return show(ctl, "authorization", false);
}

int ctl_authorization_history(const struct ctl *ctl)
{
    return show(ctl, "authorization", true);
}

int ctl_order_show(const struct ctl *ctl)
{
    return show(ctl, "service_order", false);
}

int ctl_order_history(const struct ctl *ctl)
{
    return show(ctl, "service_order", true);
}

int ctl_list(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    char *json = NULL;
    struct payscore *engine = ctl_open_reader(ctl, &code);
    if (engine == NULL) return code;
    struct payscore_filter filter = {.chart = text_of(ctl->chart),
                                     .state = text_of(ctl->state),
                                     .held_only = ctl->held,
                                     .unsettled_only = ctl->unsettled,
                                     .older_than_ms = ctl->older_than_s * 1000,
                                     .count_max = (size_t)ctl->limit,
                                     .after = text_of(ctl->after)};
    enum payscore_status rc = payscore_list(engine, &filter, &json);
    payscore_close(engine);
    return rc == PAYSCORE_OK
               ? print_json(ctl, json, ctl_print_list)
               : ctl_fail(rc, "list",
                          rc == PAYSCORE_E_INPUT ? "no such chart or state, or not a cursor" : "");
}

static void print_report(const struct ctl *ctl, const struct payscore_report *report)
{
    if (!ctl->json) {
        printf("%s: %llu entries, %llu records, %llu faults%s%s\n",
               report->faults == 0 ? "verified" : "ALTERED", (unsigned long long)report->entries,
               (unsigned long long)report->records, (unsigned long long)report->faults,
               report->faults == 0 ? "" : "; first: ", report->first.text);
        return;
    }
    char *json = NULL;
    if (payscore_report_json(report, &json) == PAYSCORE_OK) puts(json);
    payscore_free(json);
}

int ctl_verify(const struct ctl *ctl)
{
    int code = CTL_FAILED;
    struct payscore_report report;
    struct payscore *engine = ctl_open_reader(ctl, &code);
    if (engine == NULL) return code;
    enum payscore_status rc = payscore_verify(engine, &report);
    payscore_close(engine);
    if (rc != PAYSCORE_OK) return ctl_fail(rc, "verify", "");
    print_report(ctl, &report);
    return report.faults == 0 ? CTL_FINE : CTL_NO;
}

/* Waiting. */

static bool listed(const char *states, const char *state)
{
    size_t length = strlen(state);
    for (const char *at = states; at != NULL; at = strchr(at, ',')) {
        if (*at == ',') at++;
        if (strncmp(at, state, length) == 0 && (at[length] == ',' || at[length] == '\0'))
            return true;
    }
    return false;
}

enum arrival { ON_THE_WAY, ARRIVED, ENDED_ELSEWHERE };

/* Where the record is; `*json` is its description. */
static enum arrival look(const struct ctl *ctl, const char *chart, char **json)
{
    struct payscore *engine = NULL;
    struct payscore_error error;
    struct payscore_name name = {0, text_of(chart), text_of(ctl->arguments[0])};
    *json = NULL;
    if (open_reader(ctl, &engine, &error) != PAYSCORE_OK) return ON_THE_WAY;
    enum payscore_status rc = payscore_show(engine, &name, json);
    payscore_close(engine);
    cJSON *object = rc == PAYSCORE_OK ? cJSON_Parse(*json) : NULL;
    const cJSON *state = cJSON_GetObjectItemCaseSensitive(object, "state");
    const cJSON *final = cJSON_GetObjectItemCaseSensitive(object, "final");
    enum arrival arrival = cJSON_IsTrue(final) ? ENDED_ELSEWHERE : ON_THE_WAY;
    if (cJSON_IsString(state) && listed(ctl->arguments[1], state->valuestring)) arrival = ARRIVED;
    cJSON_Delete(object);
    return arrival;
}

int64_t ctl_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int wait_for(const struct ctl *ctl, const char *chart)
{
    int64_t until_ms = ctl_now_ms() + ctl->timeout_s * 1000;
    for (;;) {
        char *json = NULL;
        enum arrival arrival = look(ctl, chart, &json);
        bool late = ctl_now_ms() >= until_ms;
        if (arrival == ARRIVED) return print_json(ctl, json, ctl_print_record);
        if (arrival == ENDED_ELSEWHERE)
            print_json(ctl, json, ctl_print_record);
        else
            payscore_free(json);
        if (arrival == ENDED_ELSEWHERE || late) break;
        struct timespec step = {0, WAIT_STEP_MS * 1000000L};
        nanosleep(&step, NULL);
    }
    fprintf(stderr, "payscorectl: %s did not reach %s\n", ctl->arguments[0], ctl->arguments[1]);
    return CTL_NO;
}

int ctl_preauthorization_wait(const struct ctl *ctl)
{
    return wait_for(ctl, "preauthorization");
}

int ctl_authorization_wait(const struct ctl *ctl)
{
    return wait_for(ctl, "authorization");
}

int ctl_order_wait(const struct ctl *ctl)
{
    return wait_for(ctl, "service_order");
}
