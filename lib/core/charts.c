/*
 * The charts by id, and the names of the shared tables.
 */
#include "core/charts.h"

/* clang-format off */
const struct ps_chart *ps_chart_by_id(uint16_t id)
{
    switch (id) {
#define CHART(id_, name, revision, en, zh) case (id_): return &ps_chart_##name;
#include "statecharts/charts.def"
    default: return NULL;
    }
}
/* clang-format on */

const struct ps_state *ps_chart_state(const struct ps_chart *chart, uint16_t id)
{
    if (id == 0 || id >= chart->state_limit || chart->states[id].name == NULL) return NULL;
    return &chart->states[id];
}

const struct ps_row *ps_chart_row(const struct ps_chart *chart, uint16_t id)
{
    for (uint16_t i = 0; i < chart->row_count; i++)
        if (chart->rows[i].id == id) return &chart->rows[i];
    return NULL;
}

bool ps_chart_inside(const struct ps_chart *chart, uint16_t state, uint16_t ancestor)
{
    for (int depth = 0; depth <= PS_DEPTH_MAX && state != 0; depth++) {
        if (state == ancestor) return true;
        state = chart->states[state].parent;
    }
    return false;
}

/* clang-format off */
enum ps_event_kind ps_event_kind(uint16_t id)
{
    switch (id) {
#define EVENT(id_, name, kind, en, zh) case (id_): return PS_KIND_##kind;
#include "statecharts/events.def"
    default: return PS_KIND_TELL;
    }
}

const char *ps_event_name(uint16_t id)
{
    switch (id) {
#define EVENT(id_, name, kind, en, zh) case (id_): return #name;
#include "statecharts/events.def"
    default: return "";
    }
}

const char *ps_call_name(uint8_t id)
{
    switch (id) {
#define CALL(id_, name, kind, repeat, method, path, en, zh) case (id_): return #name;
#include "statecharts/calls.def"
    default: return "";
    }
}

const char *ps_guard_name(uint8_t id)
{
    switch (id) {
#define GUARD(name, revision, en, zh) case PS_GUARD_##name: return #name;
#include "statecharts/guards.def"
    default: return "";
    }
}

const char *ps_action_name(uint8_t id)
{
    switch (id) {
#define ACTION(name, revision, kind, en, zh) case PS_ACTION_##name: return #name;
#include "statecharts/actions.def"
    default: return "";
    }
}

const char *ps_reason_name(uint16_t id)
{
    switch (id) {
#define REASON(id_, name, en, zh) case (id_): return #name;
#include "statecharts/reasons.def"
    default: return "";
    }
}

const char *ps_reason_text(uint16_t id)
{
    switch (id) {
#define REASON(id_, name, en, zh) case (id_): return (en);
#include "statecharts/reasons.def"
    default: return "";
    }
}

const char *ps_hold_name(uint16_t id)
{
    switch (id) {
#define HOLD(id_, name, weight, en, zh) case (id_): return #name;
#include "statecharts/reasons.def"
    default: return "";
    }
}

const char *ps_hold_text(uint16_t id)
{
    switch (id) {
#define HOLD(id_, name, weight, en, zh) case (id_): return (en);
#include "statecharts/reasons.def"
    default: return "";
    }
}
/* clang-format on */
