/*
 * Commands: the merchant's JSON checked field by field (fields.def) and rendered, once, into the
 * body that goes to the platform. Bad input is refused with the field, its value and the rule.
 * Source: reference payscore.md 2, 3.2 to 3.11.
 */
#ifndef PS_WECHAT_COMMAND_H
#define PS_WECHAT_COMMAND_H

#include <cJSON.h>

#include "core/step.h"
#include "payscore/status.h"

enum ps_command_id {
#define COMMAND(id, name, event, chart, call, form, name_field, en, zh) PS_COMMAND_##name = (id),
#include "statecharts/commands.def"
};

/** What payscore knows about a merchant and fills in where the command leaves it out. */
struct ps_service {
    struct payscore_text mchid, appid, service_id;
    struct payscore_text notify_url; /* Complete, as it is to be sent. */
};

/** A command that was checked. Owns `body`. */
struct ps_rendered {
    char number[PS_NUMBER_MAX + 1]; /* Names the record, where the chart names it so. */
    char openid[PS_OPENID_MAX + 1];
    int64_t asked_fen;   /* complete, modify: total_amount. */
    struct ps_wish wish; /* What the chart's rules look at besides. */
    char *body;          /* The request's bytes; NULL for a command without a call. */
    size_t body_size;
};

/** The row of commands.def with this name, or 0. */
int ps_command_by_name(struct payscore_text name);
const char *ps_command_name(enum ps_command_id id);
uint16_t ps_command_chart(enum ps_command_id id);
enum ps_event ps_command_event(enum ps_command_id id);
enum ps_call ps_command_call(enum ps_command_id id);

/**
 * Check and render `json` (at most PS_BODY_MAX bytes). Members are the platform's own field names;
 * `appid`, `service_id`, `notify_url` may be left out and are filled in (given otherwise than in
 * `service`: refused); `need_user_confirm` left out becomes false where `openid` is given, else
 * true; `time_range` left out starts on acceptance; `type` of a sync is Order_Paid. A member that
 * the form does not have is refused. Beside the body's members commands take the one that names
 * the record (out_order_no, openid, authorization_code): it goes to the path.
 *
 * Errors     E_TOO_LARGE; E_INPUT: `error` names the field, the value and the rule; E_MEMORY.
 * Ownership  ps_rendered_free() afterwards; on failure *out is empty.
 */
PAYSCORE_MUST_USE enum payscore_status
ps_command_render(enum ps_command_id command, const struct ps_service *service,
                  struct payscore_text json, struct ps_rendered *out, struct payscore_error *error);

/** The same of an object that was parsed already; it is changed on the way. */
PAYSCORE_MUST_USE enum payscore_status ps_command_render_tree(enum ps_command_id command,
                                                              const struct ps_service *service,
                                                              cJSON *body, struct ps_rendered *out,
                                                              struct payscore_error *error);

/**
 * Render a cancel of payscore's own (an order that nobody wants any more), with the given reason.
 * Same ownership and errors.
 */
PAYSCORE_MUST_USE enum payscore_status ps_render_cancel(const struct ps_service *service,
                                                        struct payscore_text reason,
                                                        struct ps_rendered *out,
                                                        struct payscore_error *error);

/**
 * Phrase the refusal of `json` by a row of the chart: `text` (the row's), and before it, where it
 * begins with the path of one of the command's members, that member's value.
 */
void ps_command_explain(enum ps_command_id command, struct payscore_text json, const char *text,
                        struct payscore_error *error);

void ps_rendered_free(struct ps_rendered *rendered);

#endif
