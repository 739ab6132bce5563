/*
 * A step as a line of JSON. The names are those of statecharts/assigns.def; what an action sets and
 * no name here tells of is an error.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "walks.h"

enum kind { COUNT_16, COUNT_32, NUMBER, FLAG, REASON, HOLD, PAID, TEXT, RECORD };

struct field {
    const char *name;
    enum kind kind;
    size_t offset, size;
    size_t length;  /* TEXT: where its length stands. FLAG: the bit. */
    uint16_t chart; /* Whose field it is; 0: every chart's. */
};

/* clang-format off */
#define OF(member)   offsetof(struct ps_record, member)
#define SIZE(member) sizeof(((struct ps_record *)0)->member)
#define FIELD(kind, member)              {#member, kind, OF(member), SIZE(member), 0, 0}
#define FIELD_OF(of, kind, member)      {#member, kind, OF(member), SIZE(member), 0, PS_CHART_##of}
#define FLAG_FIELD(name, bit)            {"flag_" name, FLAG, OF(flags), SIZE(flags), bit, 0}
#define TEXT_FIELD(member)                                                                         \
    {#member, TEXT, OF(member), SIZE(member), OF(member##_size), 0}
/* clang-format on */

static const struct field fields[] = {
    FIELD(COUNT_16, attempts),
    FIELD(COUNT_16, doubts),
    FIELD(COUNT_32, effects),
    FIELD(NUMBER, due_at_ms),
    FIELD(REASON, reason),
    FIELD(HOLD, hold),
    FIELD(NUMBER, held_since_ms),
    FLAG_FIELD("asked", PS_FLAG_ASKED),
    FLAG_FIELD("total_seen", PS_FLAG_TOTAL_SEEN),
    FLAG_FIELD("done_seen", PS_FLAG_DONE_SEEN),
    FIELD(NUMBER, asked_fen),
    FIELD(NUMBER, total_fen),
    FIELD(NUMBER, paid_fen),
    FIELD(NUMBER, platform_ms),
    FIELD(NUMBER, expires_ms),
    FIELD_OF(authorization, RECORD, asker),
    FIELD_OF(service_order, NUMBER, risk_fen),
    FIELD_OF(service_order, NUMBER, wanted_fen),
    TEXT_FIELD(openid),
    TEXT_FIELD(transaction_id),
    TEXT_FIELD(number),
    FIELD(NUMBER, since_ms),
    FIELD(NUMBER, start_ms),
    FIELD(COUNT_32, orders),
    FIELD(PAID, paid_type),
    FLAG_FIELD("confirm", PS_FLAG_CONFIRM),
    FLAG_FIELD("seen", PS_FLAG_SEEN),
    FLAG_FIELD("doubted", PS_FLAG_DOUBTED),
    FLAG_FIELD("counted", PS_FLAG_COUNTED),
    FLAG_FIELD("wanted", PS_FLAG_WANTED),
    FLAG_FIELD("terms", PS_FLAG_TERMS),
    FLAG_FIELD("exempt", PS_FLAG_EXEMPT),
    FLAG_FIELD("by_day", PS_FLAG_BY_DAY),
    FLAG_FIELD("on_accept", PS_FLAG_ON_ACCEPT),
    FLAG_FIELD("end_given", PS_FLAG_END_GIVEN),
    FLAG_FIELD("place_given", PS_FLAG_PLACE_GIVEN),
    FLAG_FIELD("synced", PS_FLAG_SYNCED),
    FLAG_FIELD("paid_elsewhere", PS_FLAG_PAID_ELSEWHERE),
};
enum { FIELD_COUNT = sizeof fields / sizeof fields[0] };

static void add_number(cJSON *to, const char *name, int64_t value)
{
    cJSON_AddNumberToObject(to, name, (double)value);
}

static void add_text(cJSON *to, const char *name, const char *data, size_t size)
{
    char text[PS_OPENID_MAX + 1];
    snprintf(text, sizeof text, "%.*s", (int)size, data == NULL ? "" : data);
    cJSON_AddStringToObject(to, name, text);
}

static void add_record(cJSON *to, const char *name, const struct payscore_id *id)
{
    char text[64] = "";
    if (id->birth_ms != 0)
        snprintf(text, sizeof text, "%" PRIu64 "-%u-%u", id->birth_ms, id->counter, id->home);
    cJSON_AddStringToObject(to, name, text);
}

static const char *paid_type_name(uint8_t type)
{
    static const char *const names[] = {"", "NEWTON", "MCH", "OTHER"};
    return names[type];
}

static bool is_of(const struct field *field, const struct ps_record *record)
{
    return field->chart == 0 || field->chart == record->chart;
}

static void add_field(cJSON *to, const struct field *field, const struct ps_record *record)
{
    const unsigned char *at = (const unsigned char *)record + field->offset;
    uint16_t small = 0;
    uint32_t count = 0;
    int64_t number = 0;
    struct payscore_id id;
    if (field->size == sizeof small) memcpy(&small, at, sizeof small);
    switch (field->kind) {
    case COUNT_16: add_number(to, field->name, small); break;
    case COUNT_32:
        memcpy(&count, at, sizeof count);
        add_number(to, field->name, count);
        break;
    case NUMBER:
        memcpy(&number, at, sizeof number);
        add_number(to, field->name, number);
        break;
    case FLAG: cJSON_AddBoolToObject(to, field->name, (small & field->length) != 0); break;
    case REASON: cJSON_AddStringToObject(to, field->name, ps_reason_name(small)); break;
    case HOLD: cJSON_AddStringToObject(to, field->name, ps_hold_name(small)); break;
    case PAID: cJSON_AddStringToObject(to, field->name, paid_type_name(*at)); break;
    case TEXT:
        add_text(to, field->name, (const char *)at, ((const unsigned char *)record)[field->length]);
        break;
    case RECORD:
        memcpy(&id, at, sizeof id);
        add_record(to, field->name, &id);
        break;
    }
}

static void add_data(cJSON *to, const struct ps_record *record)
{
    cJSON *data = cJSON_AddObjectToObject(to, "data");
    for (size_t i = 0; i < FIELD_COUNT; i++)
        if (is_of(&fields[i], record)) add_field(data, &fields[i], record);
}

static void add_facts(cJSON *to, const struct ps_record *old, const struct ps_input *in)
{
    cJSON *facts = cJSON_AddObjectToObject(to, "facts");
    /* clang-format off */
#define GUARD(name, revision, en, zh) cJSON_AddBoolToObject(facts, #name, ps_guard_##name(old, in));
#include "statecharts/guards.def"
    /* clang-format on */
}

static void add_input(cJSON *to, const struct ps_input *in)
{
    cJSON *with = cJSON_AddObjectToObject(to, "with");
    add_number(with, "now_ms", in->now_ms);
    add_number(with, "asked_fen", in->asked_fen);
    add_number(with, "expires_ms", in->expires_ms);
    cJSON_AddStringToObject(with, "reason", ps_reason_name(in->reason));
    cJSON_AddBoolToObject(with, "has_total", in->view.has_total);
    add_number(with, "total_fen", in->view.total_fen);
    cJSON_AddBoolToObject(with, "has_paid", in->view.has_paid);
    add_number(with, "paid_fen", in->view.paid_fen);
    add_number(with, "platform_ms", in->view.platform_ms);
    add_text(with, "openid", in->view.openid.data, in->view.openid.size);
    add_text(with, "transaction_id", in->view.transaction_id.data, in->view.transaction_id.size);
    cJSON_AddStringToObject(with, "paid_type", paid_type_name(in->view.paid_type));
    add_record(with, "sender", &in->sender);
    add_text(with, "code", in->code.data, in->code.size);
    add_number(with, "risk_fen", in->wish.risk_fen);
    add_number(with, "start_ms", in->wish.start_ms);
    cJSON_AddBoolToObject(with, "confirm", (in->wish.terms & PS_FLAG_CONFIRM) != 0);
    cJSON_AddBoolToObject(with, "exempt", (in->wish.terms & PS_FLAG_EXEMPT) != 0);
    cJSON_AddBoolToObject(with, "by_day", (in->wish.terms & PS_FLAG_BY_DAY) != 0);
    cJSON_AddBoolToObject(with, "on_accept", (in->wish.terms & PS_FLAG_ON_ACCEPT) != 0);
    cJSON_AddBoolToObject(with, "end_given", (in->wish.terms & PS_FLAG_END_GIVEN) != 0);
    cJSON_AddBoolToObject(with, "place_given", (in->wish.terms & PS_FLAG_PLACE_GIVEN) != 0);
}

static void add_intent(cJSON *sent, const char *what, const char *of)
{
    char event[96];
    cJSON *one = cJSON_CreateObject();
    snprintf(event, sizeof event, "%s%s%s", what, of[0] == '\0' ? "" : ".", of);
    cJSON_AddStringToObject(one, "event", event);
    cJSON_AddItemToArray(sent, one);
}

static void add_tell(cJSON *sent, const struct ps_tell *tell)
{
    cJSON *one = cJSON_CreateObject();
    cJSON_AddStringToObject(one, "event", ps_event_name(tell->event));
    cJSON_AddStringToObject(one, "chart", ps_chart_by_id(tell->chart)->name);
    if (tell->target.birth_ms != 0) add_record(one, "record", &tell->target);
    add_number(one, "platform_ms", tell->platform_ms);
    cJSON_AddItemToArray(sent, one);
}

/* What the header and the step say is to be done now. */
static void add_sent(cJSON *to, const struct ps_step *step)
{
    static const char *const lanes[] = {
        [PAYSCORE_LANE_EFFECT] = "effect",
        [PAYSCORE_LANE_ASK] = "ask",
        [PAYSCORE_LANE_POLL] = "poll",
        [PAYSCORE_LANE_WAKE] = "wake",
    };
    cJSON *sent = cJSON_AddArrayToObject(to, "sent");
    for (uint8_t i = 0; i < step->tell_count; i++)
        add_tell(sent, &step->tells[i]);
    if (step->keep_request) add_intent(sent, "keep", "request");
    if (step->render != PS_CALL_none) add_intent(sent, "render", ps_call_name(step->render));
    if (step->hand_over) add_intent(sent, "hand", "over");
    bool moved = step->row != NULL && step->row->kind == PS_ROW_TRAN;
    if (moved && step->next.due_lane != PAYSCORE_LANE_NONE)
        add_intent(sent, lanes[step->next.due_lane], ps_call_name(step->next.call));
}

/* Take out of a header what is told by name, and what the engine keeps by itself. */
static void forget_told(struct ps_record *record)
{
    unsigned char *bytes = (unsigned char *)record;
    for (size_t i = 0; i < FIELD_COUNT; i++) {
        const struct field *field = &fields[i];
        if (!is_of(field, record)) continue;
        if (field->kind == TEXT) bytes[field->length] = 0;
        if (field->kind == FLAG)
            record->flags &= (uint16_t)~field->length;
        else
            memset(bytes + field->offset, 0, field->size);
    }
    record->state = 0;
    record->version = 0;
    record->revision = 0;
    record->due_lane = 0;
    record->call = 0;
}

static void assert_all_is_told(const struct ps_record *old, const struct ps_step *step)
{
    struct ps_record before = *old;
    struct ps_record after = step->next;
    forget_told(&before);
    forget_told(&after);
    const unsigned char *a = (const unsigned char *)&before;
    const unsigned char *b = (const unsigned char *)&after;
    for (size_t i = 0; i < sizeof before; i++)
        if (a[i] != b[i]) {
            fprintf(
                stderr,
                "engine_walks: row %u sets byte %zu of the header, which has no name in say.c\n",
                step->row == NULL ? 0U : step->row->id, i);
            exit(EXIT_FAILURE);
        }
}

static void print_line(cJSON *line)
{
    char *text = cJSON_PrintUnformatted(line);
    if (text == NULL || puts(text) < 0) exit(EXIT_FAILURE);
    cJSON_free(text);
    cJSON_Delete(line);
}

void walk_say_begin(const struct walk *walk)
{
    cJSON *line = cJSON_CreateObject();
    cJSON_AddStringToObject(line, "chart", walk->chart->name);
    cJSON_AddStringToObject(line, "state", walk->chart->states[walk->record.state].name);
    add_data(line, &walk->record);
    print_line(line);
}

static const char *verdict_of(const struct ps_step *step)
{
    if (step->verdict == PAYSCORE_TAKEN) return "taken";
    if (step->verdict == PAYSCORE_REFUSED) return step->row == NULL ? "no row" : "rejected";
    return step->row == NULL ? "dropped" : "ignored";
}

void walk_say_step(const struct walk *walk, const struct ps_input *in, const struct ps_step *step)
{
    const struct ps_record *old = &walk->record;
    bool counts = step->row != NULL && in->carrier == PAYSCORE_CARRIER_REPLY &&
                  ps_answers_owed(walk->chart, old, in);
    cJSON *line = cJSON_CreateObject();
    assert_all_is_told(old, step);
    cJSON_AddStringToObject(line, "event", ps_event_name(in->event));
    add_facts(line, old, in);
    add_input(line, in);
    add_number(line, "attempts", old->attempts + (counts && old->attempts < UINT16_MAX ? 1 : 0));
    cJSON_AddStringToObject(line, "verdict", verdict_of(step));
    add_number(line, "row", step->row == NULL ? 0 : step->row->id);
    cJSON_AddStringToObject(line, "state", walk->chart->states[step->next.state].name);
    add_data(line, &step->next);
    add_sent(line, step);
    print_line(line);
}
