/*
 * From the merchant's command to the request's bytes: fill in what payscore knows, check against
 * fields.def, take out what goes into the path, write the body once. Knows no record and no key.
 */
#include "wechat/command.h"

#include <stdlib.h>
#include <string.h>

#include "wechat/fields.h"
#include "wechat/request.h"
#include "wechat/text.h"
#include "wechat/view.h"
#include "wechat/wish.h"

enum {
    RECALL_REASON_MAX = 30, /* The shortest limit that any page prints for cancel. */
    PATH_SIZE = 64,
};

struct command {
    const char *name;
    uint16_t chart;
    enum ps_event event;
    enum ps_call call;
    enum ps_form form;
};

/* clang-format off */
static const struct command commands[] = {
#define COMMAND(id, name, event, chart, call, form, name_field, en, zh) \
    [id] = {#name, PS_CHART_##chart, PS_EVENT_##event, PS_CALL_##call, PS_FORM_##form},
#include "statecharts/commands.def"
};
/* clang-format on */

enum { COMMAND_LIMIT = sizeof commands / sizeof commands[0] };

/** The row of a command; one of zeroes for an id that is none. */
static struct command row_of(enum ps_command_id id)
{
    return (size_t)id < COMMAND_LIMIT ? commands[id] : (struct command){0};
}

int ps_command_by_name(struct payscore_text name)
{
    for (int i = 0; i < COMMAND_LIMIT; i++) {
        if (commands[i].name != NULL && ps_text_is(name, commands[i].name)) return i;
    }
    return 0;
}

const char *ps_command_name(enum ps_command_id id)
{
    const char *name = row_of(id).name;
    return name == NULL ? "" : name;
}

uint16_t ps_command_chart(enum ps_command_id id)
{
    return row_of(id).chart;
}

enum ps_event ps_command_event(enum ps_command_id id)
{
    return row_of(id).event;
}

enum ps_call ps_command_call(enum ps_command_id id)
{
    return row_of(id).call;
}

static enum payscore_status no_memory(struct payscore_error *error)
{
    return ps_fail(error, PAYSCORE_E_MEMORY, "command: no memory");
}

/** Put `known` where the command is silent; refuse a command that says something else. */
static enum payscore_status fill_in(cJSON *body, enum ps_form form, const char *name,
                                    struct payscore_text known, struct payscore_error *error)
{
    char value[PS_URL_MAX];
    if (ps_field_find(form, name) == NULL) return PAYSCORE_OK;
    const cJSON *given = cJSON_GetObjectItemCaseSensitive(body, name);
    if (given != NULL) {
        struct payscore_text text = ps_text_of(cJSON_GetStringValue(given));
        if (cJSON_IsString(given) && ps_text_equal(text, known)) return PAYSCORE_OK;
        return ps_fail(error, PAYSCORE_E_INPUT, "%s: '%.*s'; must be: '%.*s' or left out", name,
                       PS_SHOWN(text), PS_SHOWN(known));
    }
    if (!ps_text_copy(value, sizeof value, known))
        return ps_fail(error, PAYSCORE_E_INPUT, "%s: %zu bytes are configured; too long", name,
                       known.size);
    return cJSON_AddStringToObject(body, name, value) == NULL ? no_memory(error) : PAYSCORE_OK;
}

/**
 * An order that names its user needs no confirmation by that user, any other does; and it starts
 * when it is accepted.
 */
static enum payscore_status fill_in_create(cJSON *body, struct payscore_error *error)
{
    static const char confirm[] = "need_user_confirm";
    bool needed = cJSON_GetObjectItemCaseSensitive(body, "openid") == NULL;
    if (cJSON_GetObjectItemCaseSensitive(body, confirm) == NULL &&
        cJSON_AddBoolToObject(body, confirm, needed) == NULL)
        return no_memory(error);
    if (cJSON_GetObjectItemCaseSensitive(body, "time_range") != NULL) return PAYSCORE_OK;
    cJSON *range = cJSON_AddObjectToObject(body, "time_range");
    if (cJSON_AddStringToObject(range, "start_time", "OnAccept") == NULL) return no_memory(error);
    return PAYSCORE_OK;
}

static enum payscore_status fill_in_all(cJSON *body, enum ps_form form,
                                        const struct ps_service *service,
                                        struct payscore_error *error)
{
    enum payscore_status rc = fill_in(body, form, "appid", service->appid, error);
    if (rc == PAYSCORE_OK) rc = fill_in(body, form, "service_id", service->service_id, error);
    if (rc == PAYSCORE_OK) rc = fill_in(body, form, "notify_url", service->notify_url, error);
    if (rc == PAYSCORE_OK) rc = fill_in(body, form, "type", PAYSCORE_TEXT("Order_Paid"), error);
    if (rc == PAYSCORE_OK && form == PS_FORM_create_order) rc = fill_in_create(body, error);
    return rc;
}

/** Where a member of this name is kept besides the body, if it is; NULL: nowhere. */
static char *place_for(struct ps_rendered *out, const char *name, size_t *size)
{
    bool openid = strcmp(name, "openid") == 0;
    bool number = strcmp(name, "out_order_no") == 0 || strcmp(name, "authorization_code") == 0;
    *size = openid ? sizeof out->openid : sizeof out->number;
    if (openid) return out->openid;
    return number ? out->number : NULL;
}

/** Check what goes into the path, and take it out of the body. */
static enum payscore_status take_path_members(cJSON *body, enum ps_form form,
                                              struct ps_rendered *out, struct payscore_error *error)
{
    size_t count = 0;
    size_t size = 0;
    const struct ps_field *fields = ps_fields(&count);
    enum payscore_status rc = PAYSCORE_OK;
    for (size_t i = 0; rc == PAYSCORE_OK && i < count; i++) {
        if (fields[i].form != form || fields[i].place != PS_FIELD_PATH) continue;
        cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(body, fields[i].path);
        rc = ps_field_check(&fields[i], item, false, error);
        char *place = place_for(out, fields[i].path, &size);
        if (rc == PAYSCORE_OK) ps_text_copy(place, size, ps_text_of(item->valuestring));
        cJSON_Delete(item);
    }
    return rc;
}

/** Keep beside the body what the record is found by. The body was checked: they fit. */
static void keep_names(const cJSON *body, struct ps_rendered *out)
{
    static const char *const names[] = {"out_order_no", "authorization_code", "openid"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t size = 0;
        char *place = place_for(out, names[i], &size);
        struct payscore_text text = ps_json_text(body, names[i]);
        if (text.size > 0) ps_text_copy(place, size, text);
    }
}

static enum payscore_status print_body(const cJSON *body, enum ps_form form,
                                       struct ps_rendered *out, struct payscore_error *error)
{
    bool present = false;
    enum payscore_status rc =
        ps_json_fen(body, "total_amount", false, &present, &out->asked_fen, error);
    if (rc != PAYSCORE_OK) return rc;
    if (ps_form_print(form, body, &out->body) != PAYSCORE_OK) return no_memory(error);
    out->body_size = strlen(out->body);
    if (out->body_size > PS_BODY_MAX)
        return ps_fail(error, PAYSCORE_E_TOO_LARGE, "body: %zu bytes; at most %d are sent",
                       out->body_size, PS_BODY_MAX);
    return PAYSCORE_OK;
}

static enum payscore_status render(cJSON *body, const struct command *row,
                                   const struct ps_service *service, struct ps_rendered *out,
                                   struct payscore_error *error)
{
    enum payscore_status rc = fill_in_all(body, row->form, service, error);
    if (rc == PAYSCORE_OK) rc = take_path_members(body, row->form, out, error);
    if (rc == PAYSCORE_OK) rc = ps_form_check(row->form, body, false, error);
    if (rc != PAYSCORE_OK) return rc;
    keep_names(body, out);
    ps_wish_read(row->form, body, &out->wish);
    return row->call == PS_CALL_none ? PAYSCORE_OK : print_body(body, row->form, out, error);
}

enum payscore_status ps_command_render_tree(enum ps_command_id command,
                                            const struct ps_service *service, cJSON *body,
                                            struct ps_rendered *out, struct payscore_error *error)
{
    struct command row = row_of(command);
    memset(out, 0, sizeof *out);
    if (row.name == NULL)
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "command: there is none with id %d",
                       (int)command);
    if (!cJSON_IsObject(body))
        return ps_fail(error, PAYSCORE_E_INPUT, "command: must be a JSON object");
    enum payscore_status rc = render(body, &row, service, out, error);
    if (rc != PAYSCORE_OK) ps_rendered_free(out);
    return rc;
}

enum payscore_status ps_command_render(enum ps_command_id command, const struct ps_service *service,
                                       struct payscore_text json, struct ps_rendered *out,
                                       struct payscore_error *error)
{
    cJSON *body = NULL;
    memset(out, 0, sizeof *out);
    enum payscore_status rc = ps_json_parse(json, PS_BODY_MAX, &body, error);
    if (rc == PAYSCORE_OK) rc = ps_command_render_tree(command, service, body, out, error);
    cJSON_Delete(body);
    return rc;
}

enum payscore_status ps_render_cancel(const struct ps_service *service, struct payscore_text reason,
                                      struct ps_rendered *out, struct payscore_error *error)
{
    char value[RECALL_REASON_MAX * 4 + 1];
    size_t points = 0;
    uint32_t highest = 0;
    memset(out, 0, sizeof *out);
    if (!ps_utf8_count(reason, &points, &highest) || points > RECALL_REASON_MAX ||
        !ps_text_copy(value, sizeof value, reason))
        return ps_fail(error, PAYSCORE_E_INPUT, "reason: '%.*s'; must be: 1 to %d characters",
                       PS_SHOWN(reason), RECALL_REASON_MAX);
    cJSON *body = cJSON_CreateObject();
    enum payscore_status rc = PAYSCORE_OK;
    if (cJSON_AddStringToObject(body, "reason", value) == NULL) rc = no_memory(error);
    if (rc == PAYSCORE_OK) rc = fill_in_all(body, PS_FORM_cancel_order, service, error);
    if (rc == PAYSCORE_OK) rc = ps_form_check(PS_FORM_cancel_order, body, false, error);
    if (rc == PAYSCORE_OK) rc = print_body(body, PS_FORM_cancel_order, out, error);
    cJSON_Delete(body);
    if (rc != PAYSCORE_OK) ps_rendered_free(out);
    return rc;
}

/** The member that a path such as "time_range.end_time" names; NULL: it is not there. */
static const cJSON *member_at(const cJSON *body, const char *path)
{
    char name[PATH_SIZE];
    const cJSON *at = body;
    for (; at != NULL && *path != '\0'; path += *path == '.' ? 1 : 0) {
        size_t size = strcspn(path, ".");
        ps_text_copy(name, sizeof name, (struct payscore_text){path, size});
        at = cJSON_GetObjectItemCaseSensitive(at, name);
        path += size;
    }
    return at;
}

void ps_command_explain(enum ps_command_id command, struct payscore_text json, const char *text,
                        struct payscore_error *error)
{
    char path[PATH_SIZE];
    cJSON *body = NULL;
    ps_text_copy(path, sizeof path, (struct payscore_text){text, strcspn(text, " ")});
    if (ps_field_find(row_of(command).form, path) == NULL ||
        ps_json_parse(json, PS_BODY_MAX, &body, NULL) != PAYSCORE_OK) {
        ps_fail(error, PAYSCORE_E_INPUT, "%s", text);
        return;
    }
    const cJSON *item = member_at(body, path);
    char *shown = item == NULL ? NULL : cJSON_PrintUnformatted(item);
    ps_fail(error, PAYSCORE_E_INPUT, "%s: %.*s; %s", path,
            PS_SHOWN(ps_text_of(shown == NULL ? "missing" : shown)), text);
    cJSON_free(shown);
    cJSON_Delete(body);
}

void ps_rendered_free(struct ps_rendered *rendered)
{
    cJSON_free(rendered->body);
    memset(rendered, 0, sizeof *rendered);
}
