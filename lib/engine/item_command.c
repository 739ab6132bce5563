/* Reading commands: those of a chart are checked and rendered, chores are parsed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/due_scan.h"
#include "engine/item.h"
#include "wechat/request.h"
#include "wechat/view.h"

#define CONFIRM "need_user_confirm"

static struct payscore_text bytes_of(const void *bytes, size_t size)
{
    return (struct payscore_text){bytes, size};
}

static enum payscore_status short_digest(struct payscore_text text, uint8_t digest[PS_DIGEST_SHORT])
{
    uint8_t whole[PS_HASH_SIZE];
    enum payscore_status rc = ps_sha256(text, whole);
    if (rc == PAYSCORE_OK) memcpy(digest, whole, PS_DIGEST_SHORT);
    return rc;
}

/* clang-format off */
static const char *name_field(enum ps_command_id command)
{
    switch (command) {
#define COMMAND(id, name, event, chart, call, form, field, en, zh) \
    case PS_COMMAND_##name: return (field);
#include "statecharts/commands.def"
    }
    return "";
}
/* clang-format on */

/* notify_url ends in merchant and home, so that a proxy can find the shard of a notification. */
static enum payscore_status notify_url(const struct ps_merchant *merchant,
                                       enum ps_command_id command, const cJSON *body, char *url,
                                       size_t size)
{
    url[0] = '\0';
    if (merchant->notify_url[0] == '\0') return PAYSCORE_OK;
    struct payscore_text text = ps_json_text(body, name_field(command));
    char name[PS_NAME_MAX + 1];
    uint16_t home = 0;
    enum payscore_status rc = PAYSCORE_OK;
    if (ps_alias_name(ps_command_chart(command), merchant, text, text, name))
        rc = ps_home_of(merchant, name, &home);
    snprintf(url, size, "%s/%s/%u", merchant->notify_url, merchant->mchid, home);
    return rc;
}

/* Whether this member is the first of its name among those that the configuration fills in. */
static bool is_filled_in(const cJSON *body, const cJSON *member)
{
    static const char *const names[] = {"appid", "service_id", "notify_url", CONFIRM};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(member->string, names[i]) == 0)
            return cJSON_GetObjectItemCaseSensitive(body, names[i]) == member;
    return false;
}

/*
 * What makes two commands the same is what the caller asked, in one form: not how it was spaced,
 * and not what the configuration filled in, which may have changed between the two. Allocated.
 */
static char *canonical_of(const cJSON *body)
{
    cJSON *asked = cJSON_CreateObject();
    bool whole = asked != NULL;
    cJSON *member;
    cJSON_ArrayForEach(member, body)
    {
        if (whole && !is_filled_in(body, member))
            whole = cJSON_AddItemReferenceToObject(asked, member->string, member);
    }
    char *text = whole ? cJSON_PrintUnformatted(asked) : NULL;
    cJSON_Delete(asked);
    return text;
}

/* The digest of what was asked; that the user confirms counts whether it was said or only meant. */
static enum payscore_status mark_content(struct ps_reading *reading, struct payscore_text name,
                                         struct payscore_text canonical)
{
    bool confirms = (reading->rendered.wish.terms & PS_FLAG_CONFIRM) != 0;
    struct payscore_text end = !confirms            ? PAYSCORE_TEXT("}")
                               : canonical.size > 2 ? PAYSCORE_TEXT(",\"" CONFIRM "\":true}")
                                                    : PAYSCORE_TEXT("\"" CONFIRM "\":true}");
    struct ps_parts content = {0};
    canonical.size--; /* The closing brace. */
    ps_parts_add(&content, PS_PART_note, name);
    ps_parts_add_two(&content, PS_PART_command, canonical, end);
    if (content.status == PAYSCORE_OK)
        content.status =
            short_digest(bytes_of(content.bytes, content.size), reading->asked.content);
    enum payscore_status rc = content.status;
    ps_parts_free(&content);
    return rc;
}

static enum payscore_status mark_command(struct ps_reading *reading,
                                         const struct payscore_command *command,
                                         struct payscore_text canonical)
{
    struct ps_asked *asked = &reading->asked;
    enum payscore_status rc = mark_content(reading, command->name, canonical);
    if (rc != PAYSCORE_OK) return rc;
    asked->keyed = command->key.size > 0;
    return short_digest(asked->keyed ? command->key : bytes_of(asked->content, PS_DIGEST_SHORT),
                        asked->key);
}

static void command_evidence(struct ps_reading *reading, enum ps_command_id id,
                             const struct payscore_command *command)
{
    struct ps_parts *parts = &reading->matter.evidence;
    ps_parts_add(parts, PS_PART_command, command->body);
    if (ps_command_call(id) == PS_CALL_none) return;
    ps_parts_add(parts, PS_PART_request_line,
                 ps_text_of(ps_call_name((uint8_t)ps_command_call(id))));
    ps_parts_add(parts, PS_PART_request_body,
                 bytes_of(reading->rendered.body, reading->rendered.body_size));
}

/* `body` is changed on the way. */
static enum payscore_status render(const struct ps_merchant *merchant, enum ps_command_id id,
                                   cJSON *body, struct ps_reading *reading,
                                   struct payscore_error *error)
{
    enum payscore_status rc =
        notify_url(merchant, id, body, reading->notify_url, sizeof reading->notify_url);
    if (rc != PAYSCORE_OK) return rc;
    struct ps_service service = {ps_text_of(merchant->mchid), ps_text_of(merchant->appid),
                                 ps_text_of(merchant->service_id), ps_text_of(reading->notify_url)};
    return ps_command_render_tree(id, &service, body, &reading->rendered, error);
}

/* An authorization that is named by its code: whose it is, the store knows. */
static void name_subject(struct ps_reading *reading, enum ps_command_id id)
{
    struct ps_matter *matter = &reading->matter;
    struct payscore_text number = ps_text_of(reading->rendered.number);
    matter->subject.chart = ps_command_chart(id);
    matter->subject.openid = ps_text_of(reading->rendered.openid);
    if (matter->subject.chart == PS_CHART_authorization)
        matter->in.code = number;
    else
        matter->subject.number = number;
}

static void fill_matter(struct ps_reading *reading, const struct ps_merchant *merchant,
                        enum ps_command_id id, const struct payscore_command *command)
{
    struct ps_matter *matter = &reading->matter;
    reading->command = id;
    reading->asked.once = ps_call_repeat((uint8_t)ps_command_call(id)) == PS_REPEAT_NEVER;
    matter->subject.merchant = merchant;
    matter->subject.asked = &reading->asked;
    name_subject(reading, id);
    matter->in.wish = reading->rendered.wish;
    matter->in.event = (uint16_t)ps_command_event(id);
    matter->in.carrier = PAYSCORE_CARRIER_COMMAND;
    matter->in.asked_fen = reading->rendered.asked_fen;
    command_evidence(reading, id, command);
}

static enum payscore_status read_body(const struct payscore_command *command, cJSON **body,
                                      struct payscore_error *error)
{
    enum payscore_status rc = ps_json_parse(command->body, PS_BODY_MAX, body, error);
    if (rc != PAYSCORE_OK || cJSON_IsObject(*body)) return rc;
    cJSON_Delete(*body);
    *body = NULL;
    return ps_fail(error, PAYSCORE_E_INPUT, "command: must be a JSON object");
}

static enum payscore_status read_charted(const struct ps_merchant *merchant, enum ps_command_id id,
                                         const struct payscore_command *command,
                                         struct ps_reading *reading, struct payscore_error *error)
{
    cJSON *body = NULL;
    enum payscore_status rc = read_body(command, &body, error);
    if (rc != PAYSCORE_OK) return rc;
    char *canonical = canonical_of(body);
    rc = canonical == NULL ? PAYSCORE_E_MEMORY : render(merchant, id, body, reading, error);
    if (rc == PAYSCORE_OK) rc = mark_command(reading, command, ps_text_of(canonical));
    cJSON_free(canonical);
    cJSON_Delete(body);
    if (rc != PAYSCORE_OK) return rc;
    fill_matter(reading, merchant, id, command);
    return reading->matter.evidence.status;
}

static enum payscore_status no_such_command(struct payscore_text name, struct payscore_error *error)
{
    return ps_fail(error, PAYSCORE_E_INPUT, "there is no command \"%.*s\"",
                   (int)(name.size > 64 ? 64 : name.size), name.data);
}

/* Whoever only reads the feed has no merchant, and stores its cursors all the same. */
static const struct ps_merchant *merchant_of(const struct payscore *engine, size_t index,
                                             enum ps_chore chore)
{
    static char none[] = "";
    static const struct ps_merchant nobody = {none, none, none, none, NULL, 0, 0};
    if (index < engine->merchant_count) return &engine->merchants[index];
    return index == 0 && chore != PS_CHORE_none ? &nobody : NULL;
}

enum payscore_status ps_item_command(struct payscore *engine,
                                     const struct payscore_command *command,
                                     struct ps_reading *reading, struct payscore_error *error)
{
    enum ps_chore chore = ps_chore_by_name(command->name);
    const struct ps_merchant *merchant = merchant_of(engine, command->merchant, chore);
    if (merchant == NULL) {
        return ps_fail(error, PAYSCORE_E_ARGUMENT, "merchant %zu: the store was opened with %zu",
                       command->merchant, engine->merchant_count);
    }
    if (command->key.size > PAYSCORE_KEY_MAX) {
        return ps_fail(error, PAYSCORE_E_INPUT, "the idempotency key has %zu bytes: at most %d",
                       command->key.size, PAYSCORE_KEY_MAX);
    }
    int id = ps_command_by_name(command->name);
    reading->asked_body = command->body;
    if (id != 0) return read_charted(merchant, (enum ps_command_id)id, command, reading, error);
    if (chore == PS_CHORE_none) return no_such_command(command->name, error);
    enum payscore_status rc = read_body(command, &reading->body, error);
    reading->chore = chore;
    reading->work = (struct ps_chore_work){.merchant = merchant, .body = reading->body};
    return rc;
}
