/*
 * What a chart is once the compiler has read its rows: constant tables. Nothing here knows a
 * product. The rows themselves stand in statecharts/ and nowhere else.
 */
#ifndef PS_CORE_CHART_H
#define PS_CORE_CHART_H

#include <stdbool.h>

#include "core/record.h"

enum {
    PS_ACTIONS_PER_ROW_MAX = 5,
    PS_DEPTH_MAX = 4,
    PS_STATES_MAX = 128, /* State ids index the table of states. */
    PS_GUARDS_MAX = 64,  /* Facts of one step fit a 64-bit word. */
};

/* clang-format off */
enum ps_event {
    PS_EVENT_none = 0,
#define EVENT(id, name, kind, en, zh) PS_EVENT_##name = (id),
#include "statecharts/events.def"
};

enum ps_call {
    PS_CALL_none = 0,
#define CALL(id, name, kind, repeat, method, path, en, zh) PS_CALL_##name = (id),
#include "statecharts/calls.def"
};

enum ps_reason {
    PS_REASON_none = 0,
#define REASON(id, name, en, zh) PS_REASON_##name = (id),
#include "statecharts/reasons.def"
};

enum ps_hold {
    PS_HOLD_none = 0,
#define HOLD(id, name, weight, en, zh) PS_HOLD_##name = (id),
#include "statecharts/reasons.def"
};

enum ps_guard {
#define GUARD(name, revision, en, zh) PS_GUARD_##name,
#include "statecharts/guards.def"
    PS_GUARD_COUNT,
};

enum ps_action {
    PS_ACTION_none = 0,
#define ACTION(name, revision, kind, en, zh) PS_ACTION_##name,
#include "statecharts/actions.def"
    PS_ACTION_COUNT,
};

enum {
#define LIMIT(name, value, why) PS_LIMIT_##name = (value),
#include "statecharts/limits.def"
};

enum ps_chart_id {
    PS_CHART_none = 0,
#define CHART(id, name, revision, en, zh) PS_CHART_##name = (id),
#include "statecharts/charts.def"
};

enum {
#define CHART(id, name, revision, en, zh) PS_REVISION_##name = (revision),
#include "statecharts/charts.def"
};
/* clang-format on */

_Static_assert((int)PS_GUARD_COUNT <= (int)PS_GUARDS_MAX, "facts of one step fit a 64-bit word");

enum ps_event_kind {
    PS_KIND_COMMAND, /* What the merchant wants. */
    PS_KIND_VIEW,    /* What the platform holds. */
    PS_KIND_ANSWER,  /* What became of an attempt, where that is not a view. */
    PS_KIND_LOOK,    /* A question that brought nothing. */
    PS_KIND_TIME,    /* A deadline of the record's own. */
    PS_KIND_TELL,    /* Word from another record. */
};

enum ps_state_kind {
    PS_STATE_INITIAL,   /* Not stored: a record that does not exist yet. */
    PS_STATE_COMPOSITE, /* Holds states; never active by itself. */
    PS_STATE_WAITING,   /* Something is owed or expected; has a deadline. */
    PS_STATE_SETTLED,   /* At rest as far as the merchant goes, though it may still move. */
    PS_STATE_FINAL,     /* Nothing leads out. */
};

enum ps_row_kind { PS_ROW_TRAN, PS_ROW_STAY, PS_ROW_IGNORE, PS_ROW_REJECT };

/** What a record owes for as long as it is in a state. */
struct ps_owes {
    uint8_t lane;
    uint8_t call;
    int32_t first_ms; /* ASK, POLL, WAKE: the first wait; EFFECT: the first wait after a failure. */
    int32_t max_ms;   /* The longest wait. */
};

struct ps_state {
    uint16_t id;
    uint16_t parent; /* 0: the chart itself. */
    uint8_t kind;
    struct ps_owes owes;
    const char *name, *en, *zh, *source;
};

struct ps_row {
    uint16_t id;
    uint16_t from, to;
    uint16_t event;
    uint8_t kind;
    uint8_t guard;
    uint8_t actions[PS_ACTIONS_PER_ROW_MAX]; /* Ends at the first PS_ACTION_none. */
    const char *en, *zh, *source;
};

struct ps_chart {
    uint16_t id;
    uint16_t initial;
    uint16_t revision; /* From 1. */
    const char *name, *en, *zh;
    const struct ps_state *states; /* By id; a hole has no name. */
    uint16_t state_limit;
    const struct ps_row *rows; /* In document order. */
    uint16_t row_count;
    const uint16_t *events; /* The chart's alphabet. */
    uint16_t event_count;
};

/** The chart with this id, or NULL. */
const struct ps_chart *ps_chart_by_id(uint16_t id);

/** The state of this id, or NULL if the chart never had it. */
const struct ps_state *ps_chart_state(const struct ps_chart *chart, uint16_t id);

/** The row of this id, or NULL. */
const struct ps_row *ps_chart_row(const struct ps_chart *chart, uint16_t id);

/** Whether `state` is `ancestor` or lies inside it. */
bool ps_chart_inside(const struct ps_chart *chart, uint16_t state, uint16_t ancestor);

/** Names of the shared tables; "" for an id that is in none of them. */
const char *ps_event_name(uint16_t id);
const char *ps_call_name(uint8_t id);
const char *ps_guard_name(uint8_t id);
const char *ps_action_name(uint8_t id);
const char *ps_reason_name(uint16_t id);
const char *ps_reason_text(uint16_t id);
const char *ps_hold_name(uint16_t id);
const char *ps_hold_text(uint16_t id);
enum ps_event_kind ps_event_kind(uint16_t id);

#endif
