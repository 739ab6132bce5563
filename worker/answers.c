/*
 * Every answer of both listeners is built here, with cJSON.
 */
#include "worker/answers.h"

#include <stdlib.h>
#include <string.h>

#include "payscore/payscore.h"

static const struct {
    enum payscore_status status;
    int api, notify;
    enum ps_metric metric;
    const char *code;
} rows[] = {
#define ANSWER(status, api, notify, metric)                                                        \
    {PAYSCORE_##status, api, notify, PS_METRIC_##metric, #status},
#include "worker/answers.def"
};

static size_t row_of(enum payscore_status status)
{
    size_t last = sizeof rows / sizeof rows[0] - 1;
    for (size_t i = 0; i < last; i++) {
        if (rows[i].status == status) return i;
    }
    return last;
}

int ps_answers_api(enum payscore_status status)
{
    return rows[row_of(status)].api;
}

int ps_answers_notify(enum payscore_status status)
{
    return rows[row_of(status)].notify;
}

enum ps_metric ps_answers_metric(enum payscore_status status)
{
    return rows[row_of(status)].metric;
}

const char *ps_answers_code(enum payscore_status status)
{
    return rows[row_of(status)].code;
}

static void answer_cjson(struct ps_request *request, int status, const char *type, cJSON *json)
{
    char *text = json != NULL ? cJSON_PrintUnformatted(json) : NULL;
    cJSON_Delete(json);
    struct ps_http_answer answer = {.status = 503};
    if (text != NULL) answer = (struct ps_http_answer){status, type, text, strlen(text), free};
    ps_request_answer(request, &answer);
}

void ps_answer_json(struct ps_request *request, int status, cJSON *json)
{
    answer_cjson(request, status, "application/json", json);
}

void ps_answer_text(struct ps_request *request, const char *type, char *text, size_t size,
                    void (*free_text)(void *))
{
    struct ps_http_answer answer = {text != NULL ? 200 : 503, type, text, size, free_text};
    if (text == NULL) answer = (struct ps_http_answer){.status = 503};
    ps_request_answer(request, &answer);
}

static const char *title_of(int status)
{
    return status < 500 ? "The request was not carried out."
                        : "The service could not carry it out.";
}

void ps_answer_problem(struct ps_request *request, int status, const char *code, const char *detail,
                       cJSON *more)
{
    cJSON *json = more != NULL ? more : cJSON_CreateObject();
    bool whole = cJSON_AddStringToObject(json, "title", title_of(status)) != NULL &&
                 cJSON_AddNumberToObject(json, "status", status) != NULL &&
                 cJSON_AddStringToObject(json, "code", code) != NULL &&
                 cJSON_AddStringToObject(json, "detail", detail) != NULL;
    if (!whole) {
        cJSON_Delete(json);
        json = NULL;
    }
    answer_cjson(request, status, "application/problem+json", json);
}

void ps_answer_status(struct ps_request *request, enum payscore_status status, const char *detail)
{
    if (detail[0] == '\0') detail = payscore_status_text(status);
    ps_answer_problem(request, ps_answers_api(status), ps_answers_code(status), detail, NULL);
}

void ps_answer_platform(struct ps_request *request, int status, const char *message)
{
    const struct ps_http_answer fine = {.status = 204};
    if (status == fine.status) {
        ps_request_answer(request, &fine);
        return;
    }
    cJSON *json = cJSON_CreateObject();
    bool whole = cJSON_AddStringToObject(json, "code", "FAIL") != NULL &&
                 cJSON_AddStringToObject(json, "message", message) != NULL;
    if (!whole) {
        cJSON_Delete(json);
        json = NULL;
    }
    ps_answer_json(request, status, json);
}
