/*
 * From the platform's JSON to one view, whichever carrier brought it. Unknown members are ignored;
 * unknown values of an enum are kept verbatim and become seen_strange.
 * Source: reference payscore.md 3.3, 5, 6.1, 7.3 to 7.5.
 */
#ifndef PS_WECHAT_VIEW_H
#define PS_WECHAT_VIEW_H

#include <cJSON.h>

#include "core/step.h"
#include "payscore/status.h"

/** What a body says. Texts point into the cJSON tree it was read from. */
struct ps_sighting {
    enum ps_event event; /* A seen_… event. */
    struct ps_view view;
    struct payscore_text out_order_no;
    struct payscore_text authorization_code;
    struct payscore_text mchid, appid, service_id;
    char strange[160]; /* seen_strange: the member and its value as it came; else "". */
};

/**
 * Read an order object (reply of create, query, complete; resource of USER_CONFIRM, USER_PAID).
 * `notice`: a notification proves DONE only together with collection.state USER_PAID, or with
 * total_amount 0; else it is seen_unclear.
 * An amount that is no whole number of fen in range is seen_strange, and no amount is told.
 * Errors: E_INPUT (not an object, no `state`).
 */
PAYSCORE_MUST_USE enum payscore_status ps_view_of_order(const cJSON *body, bool notice,
                                                        struct ps_sighting *out,
                                                        struct payscore_error *error);

/** Read an authorization object (reply of the two permission queries). Errors: as above. */
PAYSCORE_MUST_USE enum payscore_status
ps_view_of_authorization(const cJSON *body, struct ps_sighting *out, struct payscore_error *error);

/**
 * Read the resource of USER_OPEN_SERVICE or USER_CLOSE_SERVICE. When user_service_status
 * contradicts `event_type`, or it gives no time of its own to put it in order by, it is not
 * trusted: seen_unclear. Errors: as above.
 */
PAYSCORE_MUST_USE enum payscore_status ps_view_of_service_notice(const cJSON *resource,
                                                                 struct payscore_text event_type,
                                                                 struct ps_sighting *out,
                                                                 struct payscore_error *error);

/**
 * Parse JSON from outside: at most `size_max` bytes, UTF-8, nested at most 32 deep, nothing behind
 * the value. *json is to be freed with cJSON_Delete. Errors: E_TOO_LARGE, E_INPUT, E_MEMORY.
 */
PAYSCORE_MUST_USE enum payscore_status ps_json_parse(struct payscore_text text, size_t size_max,
                                                     cJSON **json, struct payscore_error *error);

/**
 * A member as whole fen: a JSON integer, or (`strings`) a decimal string. *present tells whether
 * the member is there. Money is read from the number's text and range-checked to 0 .. 10^15.
 */
PAYSCORE_MUST_USE enum payscore_status ps_json_fen(const cJSON *object, const char *member,
                                                   bool strings, bool *present, int64_t *fen,
                                                   struct payscore_error *error);

/** A string member, or an empty text. Borrowed from the tree. */
struct payscore_text ps_json_text(const cJSON *object, const char *member);

#endif
