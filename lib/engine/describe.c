/* Records and entries as JSON. cJSON's numbers are doubles: all of ours stay below 2^53. */
#include "engine/describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/charts.h"
#include "core/time.h"
#include "engine/chores.h"
#include "engine/making.h"
#include "engine/marks.h"
#include "wechat/view.h"

static void add_time(cJSON *object, const char *name, int64_t ms)
{
    char text[PS_RFC3339_SIZE + 1];
    if (ms <= 0) {
        ps_make_null(object, name);
        return;
    }
    ps_time_to_rfc3339(ms, text);
    ps_make_text(object, name, text);
}

static void add_number(cJSON *object, const char *name, int64_t value)
{
    ps_make_number(object, name, (double)value);
}

static void add_hex(cJSON *object, const char *name, const uint8_t digest[PS_HASH_SIZE])
{
    char text[2 * PS_HASH_SIZE + 1];
    ps_hex(digest, PS_HASH_SIZE, text);
    ps_make_text(object, name, text);
}

static const char *carrier_name(uint8_t carrier)
{
    static const char *const names[] = {"none",   "command", "reply", "query",
                                        "notice", "time",    "tell"};
    return carrier < sizeof names / sizeof names[0] ? names[carrier] : "none";
}

static const char *lane_name(uint8_t lane)
{
    static const char *const names[] = {"none", "tell", "effect", "ask", "poll", "wake"};
    return lane < sizeof names / sizeof names[0] ? names[lane] : "none";
}

static void add_why(cJSON *object, const char *member, const char *name, const char *text,
                    int64_t since_ms)
{
    if (name[0] == '\0') {
        ps_make_null(object, member);
        return;
    }
    cJSON *why = ps_make_object(object, member);
    ps_make_text(why, "name", name);
    ps_make_text(why, "text", text);
    if (since_ms > 0) add_time(why, "since", since_ms);
}

static void add_state(cJSON *object, const struct ps_record *record)
{
    const struct ps_chart *chart = ps_chart_by_id(record->chart);
    const struct ps_state *state = ps_chart_state(chart, record->state);
    ps_make_text(object, "state", state->name);
    ps_make_text(object, "meaning", state->en);
    cJSON *inside = ps_make_array(object, "inside");
    for (uint16_t id = state->parent; id != 0; id = chart->states[id].parent)
        ps_make_last(inside, cJSON_CreateString(chart->states[id].name));
    ps_make_bool(object, "final", state->kind == PS_STATE_FINAL);
    ps_make_bool(object, "settled",
                 state->kind == PS_STATE_FINAL || state->kind == PS_STATE_SETTLED);
}

void ps_describe_names(cJSON *object, const struct payscore *engine, const struct ps_record *record)
{
    const struct ps_merchant *merchant = ps_merchant_of_service(engine, record->service);
    bool order = record->chart == PS_CHART_service_order;
    struct payscore_text number = {record->number, record->number_size};
    if (number.size > 0)
        ps_make_bytes(object, order ? "out_order_no" : "authorization_code", number);
    if (record->openid_size > 0)
        ps_make_bytes(object, ps_record_is_erased(record) ? "erased" : "openid",
                      (struct payscore_text){record->openid, record->openid_size});
    if (merchant == NULL) return;
    ps_make_text(object, "mchid", merchant->mchid);
    ps_make_text(object, "service_id", merchant->service_id);
}

/* What the create said, where this payscore read it. */
static void add_terms(cJSON *object, const struct ps_record *record)
{
    if ((record->flags & PS_FLAG_TERMS) == 0) return;
    ps_make_bool(object, "need_user_confirm", (record->flags & PS_FLAG_CONFIRM) != 0);
    add_number(object, "risk_fund_fen", record->risk_fen);
}

static const char *paid_type_name(uint8_t type)
{
    static const char *const names[] = {"", "NEWTON", "MCH", "other"};
    return type < sizeof names / sizeof names[0] ? names[type] : "other";
}

static void add_amounts(cJSON *object, const struct ps_record *record)
{
    if ((record->flags & PS_FLAG_ASKED) != 0) add_number(object, "asked_fen", record->asked_fen);
    if ((record->flags & PS_FLAG_WANTED) != 0) add_number(object, "wanted_fen", record->wanted_fen);
    if ((record->flags & PS_FLAG_TOTAL_SEEN) != 0)
        add_number(object, "total_fen", record->total_fen);
    add_number(object, "paid_fen", record->paid_fen);
    if (record->paid_type != PS_PAID_NONE)
        ps_make_text(object, "paid_type", paid_type_name(record->paid_type));
    if (record->transaction_id_size > 0)
        ps_make_bytes(object, "transaction_id",
                      (struct payscore_text){record->transaction_id, record->transaction_id_size});
}

/* The platform's own collection is what can be given back through the platform. */
static void add_refund(cJSON *object, const struct ps_record *record)
{
    cJSON *refund = ps_make_object(object, "refund");
    ps_make_bytes(refund, "transaction_id",
                  (struct payscore_text){record->transaction_id, record->transaction_id_size});
    add_number(refund, "amount_fen", record->paid_fen);
}

static void add_due(cJSON *object, const struct ps_record *record)
{
    if (record->due_at_ms == 0) {
        ps_make_null(object, "due");
        return;
    }
    cJSON *due = ps_make_object(object, "due");
    add_time(due, "at", record->due_at_ms);
    ps_make_text(due, "lane", lane_name(record->due_lane));
    ps_make_text(due, "call", ps_call_name((uint8_t)ps_mark_call(record)));
}

cJSON *ps_describe_record(const struct payscore *engine, const struct ps_record *record)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL) return NULL;
    ps_make_text(object, "chart", ps_chart_by_id(record->chart)->name);
    ps_describe_names(object, engine, record);
    add_state(object, record);
    add_time(object, "since", record->since_ms);
    add_time(object, "born", (int64_t)record->id.birth_ms);
    add_number(object, "version", (int64_t)record->version);
    add_number(object, "entry", (int64_t)record->last_entry);
    if (record->chart == PS_CHART_service_order) add_terms(object, record);
    if (record->chart == PS_CHART_authorization) add_number(object, "orders", record->orders);
    add_amounts(object, record);
    add_why(object, "reason", ps_reason_name(record->reason), ps_reason_text(record->reason), 0);
    add_why(object, "held", ps_hold_name(record->hold), ps_hold_text(record->hold),
            record->held_since_ms);
    if (record->hold == PS_HOLD_paid_twice) add_refund(object, record);
    if (ps_mark_asks_first(record)) ps_make_bool(object, "restored", true);
    add_due(object, record);
    add_number(object, "attempts", record->attempts);
    add_number(object, "doubts", record->doubts);
    return object;
}

cJSON *ps_describe_retired(const struct payscore *engine, const struct ps_record *record,
                           const struct ps_tomb *tomb)
{
    const struct ps_chart *chart = ps_chart_by_id(record->chart);
    cJSON *object = cJSON_CreateObject();
    if (object == NULL) return NULL;
    if (chart != NULL) {
        ps_make_text(object, "chart", chart->name);
        ps_describe_names(object, engine, record);
    }
    if (chart != NULL && ps_chart_state(chart, record->state) != NULL) add_state(object, record);
    add_time(object, "since", record->since_ms);
    add_time(object, "born", (int64_t)record->id.birth_ms);
    cJSON *retired = ps_make_object(object, "retired");
    ps_make_bytes(retired, "number", (struct payscore_text){tomb->number, tomb->number_size});
    add_number(retired, "paid_fen", tomb->paid_fen);
    add_number(retired, "refunded_fen", tomb->refunded_fen);
    add_time(retired, "ended", tomb->ended_ms);
    add_number(retired, "entry", (int64_t)tomb->retired_by);
    return object;
}

cJSON *ps_describe_stub(const struct ps_entry *stub)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL) return NULL;
    add_number(object, "entry", (int64_t)stub->number);
    ps_make_bool(object, "retired", true);
    add_hex(object, "hash", stub->hash);
    return object;
}

static const char *state_name(const struct ps_chart *chart, uint16_t id)
{
    const struct ps_state *state = chart == NULL ? NULL : ps_chart_state(chart, id);
    return state == NULL ? "" : state->name;
}

/* A row's name is what it answers: the state that it stands in, the event, the guard. */
static void add_row(cJSON *object, const struct ps_chart *chart, const struct ps_entry *entry)
{
    const struct ps_row *row = chart == NULL ? NULL : ps_chart_row(chart, entry->row);
    add_number(object, "row", entry->row);
    if (row == NULL) {
        bool stray = entry->row == 0 && entry->chart != 0;
        ps_make_text(object, "row_name", stray ? "stray" : "");
        return;
    }
    char name[160];
    snprintf(name, sizeof name, "%s.%s%s%s%s", state_name(chart, row->from),
             ps_event_name(row->event), row->guard == PS_GUARD_always ? "" : "[",
             row->guard == PS_GUARD_always ? "" : ps_guard_name(row->guard),
             row->guard == PS_GUARD_always ? "" : "]");
    ps_make_text(object, "row_name", name);
    ps_make_text(object, "row_text", row->en);
}

static void add_entry_amounts(cJSON *object, const struct ps_entry *entry)
{
    if ((entry->flags & PS_FLAG_ASKED) != 0) add_number(object, "asked_fen", entry->asked_fen);
    if ((entry->flags & PS_FLAG_TOTAL_SEEN) != 0) add_number(object, "total_fen", entry->total_fen);
    if (entry->paid_fen != 0) add_number(object, "paid_fen", entry->paid_fen);
    if (entry->reason != 0) ps_make_text(object, "reason", ps_reason_name(entry->reason));
    if (entry->hold != 0) ps_make_text(object, "held", ps_hold_name(entry->hold));
}

/* An entry without a chart is a chore's. */
static const char *event_name(const struct ps_entry *entry)
{
    return entry->chart == 0 ? ps_chore_name((enum ps_chore)entry->event)
                             : ps_event_name(entry->event);
}

cJSON *ps_describe_entry(const struct ps_entry *entry)
{
    cJSON *object = cJSON_CreateObject();
    if (object == NULL) return NULL;
    const struct ps_chart *chart = ps_chart_by_id(entry->chart);
    char record[2 * PS_ID_KEY_SIZE + 1];
    struct ps_id_key key = ps_id_key(&entry->record);
    ps_hex(key.bytes, sizeof key.bytes, record);
    add_number(object, "entry", (int64_t)entry->number);
    add_time(object, "time", entry->at_ms);
    ps_make_text(object, "chart", chart == NULL ? "" : chart->name);
    ps_make_text(object, "record", record);
    add_number(object, "version", (int64_t)entry->version);
    add_row(object, chart, entry);
    ps_make_text(object, "from", state_name(chart, entry->from));
    ps_make_text(object, "to", state_name(chart, entry->to));
    ps_make_text(object, "input", carrier_name(entry->carrier));
    ps_make_text(object, "event", event_name(entry));
    if (entry->call != 0) ps_make_text(object, "call", ps_call_name(entry->call));
    add_entry_amounts(object, entry);
    add_number(object, "previous_entry", (int64_t)entry->previous_entry);
    add_hex(object, "evidence_digest", entry->evidence_digest);
    add_hex(object, "chart_digest", entry->chart_digest);
    add_hex(object, "previous_hash", entry->previous_hash);
    add_hex(object, "hash", entry->hash);
    return object;
}

/* JSON holds text only: bytes that are none (a proxy's page in another encoding) are given in hex.
 */
static void add_bytes(cJSON *object, struct payscore_text bytes)
{
    size_t points;
    uint32_t highest;
    bool text = bytes.size == 0 || (ps_utf8_count(bytes, &points, &highest) &&
                                    memchr(bytes.data, '\0', bytes.size) == NULL);
    if (text) {
        ps_make_bytes(object, "text", bytes);
        return;
    }
    char *hex = malloc(2 * bytes.size + 1);
    if (hex == NULL) {
        ps_make_lacks(object);
        return;
    }
    ps_hex((const uint8_t *)bytes.data, bytes.size, hex);
    ps_make_text(object, "hex", hex);
    free(hex);
}

cJSON *ps_describe_evidence(struct payscore_text raw)
{
    cJSON *array = cJSON_CreateArray();
    size_t at = 0;
    enum ps_part part;
    struct payscore_text bytes;
    while (array != NULL && ps_parts_next(raw, &at, &part, &bytes)) {
        cJSON *object = cJSON_CreateObject();
        ps_make_text(object, "part", ps_part_name(part));
        add_bytes(object, bytes);
        ps_make_last(array, object);
    }
    return array;
}

void ps_describe_release(struct payscore_text raw, cJSON *entry)
{
    static const char *const told[] = {"person", "reason"};
    struct payscore_text command;
    cJSON *body = NULL;
    if (!ps_parts_find(raw, PS_PART_command, &command)) return;
    enum payscore_status rc = ps_json_parse(command, PS_EVIDENCE_MAX, &body, NULL);
    if (rc == PAYSCORE_E_MEMORY) ps_make_lacks(entry);
    if (rc != PAYSCORE_OK) return;
    cJSON *release = ps_make_object(entry, "release");
    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
        ps_make_bytes(release, told[i], ps_json_text(body, told[i]));
    cJSON_Delete(body);
}

enum payscore_status ps_describe_print(cJSON *object, char **json)
{
    *json = ps_make_print(object);
    cJSON_Delete(object);
    return *json == NULL ? PAYSCORE_E_MEMORY : PAYSCORE_OK;
}
