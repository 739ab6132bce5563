/*
 * What the .def files say about charts, states, rows and the names that rows use, in both
 * languages. The engine needs none of it, so it is compiled here and not there.
 */
#include <string.h>

#include "core/charts.h"
#include "exporter.h"

/* clang-format off */
const struct ps_chart *const ps_charts[PS_CHART_COUNT] = {
#define CHART(id, name, revision, en, zh) &ps_chart_##name,
#include "statecharts/charts.def"
};
/* clang-format on */

const struct ps_chart *ps_chart_named(const char *name)
{
    for (size_t i = 0; i < PS_CHART_COUNT; i++)
        if (strcmp(ps_charts[i]->name, name) == 0) return ps_charts[i];
    return NULL;
}

static const char *in_language(enum ps_language language, const char *en, const char *zh)
{
    return language == PS_CHINESE ? zh : en;
}

const char *ps_state_words(const struct ps_state *state, enum ps_language language)
{
    return in_language(language, state->en, state->zh);
}

const char *ps_row_words(const struct ps_row *row, enum ps_language language)
{
    return in_language(language, row->en, row->zh);
}

/* clang-format off */
const char *ps_chart_words(const struct ps_chart *chart, enum ps_language language)
{
    switch (chart->id) {
#define CHART(id_, name, revision, en, zh) case (id_): return in_language(language, (en), (zh));
#include "statecharts/charts.def"
    default: return "";
    }
}

const char *ps_event_words(uint16_t event, enum ps_language language)
{
    switch (event) {
#define EVENT(id_, name, kind, en, zh) case (id_): return in_language(language, (en), (zh));
#include "statecharts/events.def"
    default: return "";
    }
}

const char *ps_call_words(uint8_t call, enum ps_language language)
{
    switch (call) {
#define CALL(id_, name, kind, repeat, method, path, en, zh)                                        \
    case (id_): return in_language(language, (en), (zh));
#include "statecharts/calls.def"
    default: return "";
    }
}

const char *ps_guard_words(uint8_t guard, enum ps_language language)
{
    switch (guard) {
#define GUARD(name, revision, en, zh)                                                              \
    case PS_GUARD_##name: return in_language(language, (en), (zh));
#include "statecharts/guards.def"
    default: return "";
    }
}

const char *ps_action_words(uint8_t action, enum ps_language language)
{
    switch (action) {
#define ACTION(name, revision, kind, en, zh)                                                       \
    case PS_ACTION_##name: return in_language(language, (en), (zh));
#include "statecharts/actions.def"
    default: return "";
    }
}
/* clang-format on */

const char *ps_state_kind_name(enum ps_state_kind kind)
{
    switch (kind) {
    case PS_STATE_INITIAL: return "initial";
    case PS_STATE_COMPOSITE: return "composite";
    case PS_STATE_WAITING: return "waiting";
    case PS_STATE_SETTLED: return "settled";
    case PS_STATE_FINAL: return "final";
    }
    return "";
}

const char *ps_row_kind_name(enum ps_row_kind kind)
{
    switch (kind) {
    case PS_ROW_TRAN: return "tran";
    case PS_ROW_STAY: return "stay";
    case PS_ROW_IGNORE: return "ignore";
    case PS_ROW_REJECT: return "reject";
    }
    return "";
}

const char *ps_event_kind_name(enum ps_event_kind kind)
{
    switch (kind) {
    case PS_KIND_COMMAND: return "command";
    case PS_KIND_VIEW: return "view";
    case PS_KIND_ANSWER: return "answer";
    case PS_KIND_LOOK: return "look";
    case PS_KIND_TIME: return "time";
    case PS_KIND_TELL: return "tell";
    }
    return "";
}

const char *ps_lane_name(uint8_t lane)
{
    switch (lane) {
    case PAYSCORE_LANE_TELL: return "tell";
    case PAYSCORE_LANE_EFFECT: return "effect";
    case PAYSCORE_LANE_ASK: return "ask";
    case PAYSCORE_LANE_POLL: return "poll";
    case PAYSCORE_LANE_WAKE: return "wake";
    default: return "";
    }
}
