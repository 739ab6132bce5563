/*
 * How the rows of one statecharts/<chart>.def become constant tables. Included once by each
 * lib/core/chart_<name>.c, with CHART_DEF (the file) defined. It has no include guard on purpose: a
 * chart's enumerators are private to its own translation unit.
 */
#include "core/chart.h"

/* clang-format off */
#define PS_EACH_1(a)             PS_ACTION_##a
#define PS_EACH_2(a, b)          PS_EACH_1(a), PS_EACH_1(b)
#define PS_EACH_3(a, b, c)       PS_EACH_2(a, b), PS_EACH_1(c)
#define PS_EACH_4(a, b, c, d)    PS_EACH_3(a, b, c), PS_EACH_1(d)
#define PS_EACH_5(a, b, c, d, e) PS_EACH_4(a, b, c, d), PS_EACH_1(e)
#define PS_EACH_PICK(a, b, c, d, e, name, ...) name
#define DO(...)                                                                                    \
    {PS_EACH_PICK(__VA_ARGS__, PS_EACH_5, PS_EACH_4, PS_EACH_3, PS_EACH_2, PS_EACH_1,             \
                  0)(__VA_ARGS__)}

/* What a state owes. */
#define NOTHING                {PAYSCORE_LANE_NONE, PS_CALL_none, 0, 0}
#define EFFECT(c, first, max)  {PAYSCORE_LANE_EFFECT, PS_CALL_##c, (first), (max)}
#define ASK(c, first, max)     {PAYSCORE_LANE_ASK, PS_CALL_##c, (first), (max)}
#define POLL(c, first, max)    {PAYSCORE_LANE_POLL, PS_CALL_##c, (first), (max)}
#define WAKE(first, max)       {PAYSCORE_LANE_WAKE, PS_CALL_none, (first), (max)}

enum {
    S_NONE = 0,
#define STATE(id, name, parent, kind, owes, en, zh, source) S_##name = (id),
#include CHART_DEF
};

static const struct ps_state states[] = {
#define STATE(id_, name_, parent_, kind_, owes_, en_, zh_, source_)                                \
    [id_] = {.id = (id_), .parent = S_##parent_, .kind = PS_STATE_##kind_, .owes = owes_,          \
             .name = #name_, .en = (en_), .zh = (zh_), .source = (source_)},
#include CHART_DEF
};

static const struct ps_row rows[] = {
#define TRAN(id_, from_, event_, guard_, to_, do_, en_, zh_, source_)                              \
    {.id = (id_), .from = S_##from_, .to = S_##to_, .event = PS_EVENT_##event_,                    \
     .kind = PS_ROW_TRAN, .guard = PS_GUARD_##guard_, .actions = do_,                              \
     .en = (en_), .zh = (zh_), .source = (source_)},
#define STAY(id_, from_, event_, guard_, do_, en_, zh_, source_)                                   \
    {.id = (id_), .from = S_##from_, .event = PS_EVENT_##event_, .kind = PS_ROW_STAY,              \
     .guard = PS_GUARD_##guard_, .actions = do_, .en = (en_), .zh = (zh_), .source = (source_)},
#define IGNORE(id_, from_, event_, guard_, en_, zh_, source_)                                      \
    {.id = (id_), .from = S_##from_, .event = PS_EVENT_##event_, .kind = PS_ROW_IGNORE,            \
     .guard = PS_GUARD_##guard_, .en = (en_), .zh = (zh_), .source = (source_)},
#define REJECT(id_, from_, event_, guard_, en_, zh_, source_)                                      \
    {.id = (id_), .from = S_##from_, .event = PS_EVENT_##event_, .kind = PS_ROW_REJECT,            \
     .guard = PS_GUARD_##guard_, .en = (en_), .zh = (zh_), .source = (source_)},
#include CHART_DEF
};

static const uint16_t events[] = {
#define USES(event) PS_EVENT_##event,
#include CHART_DEF
};

/* A row id that is written twice does not compile. */
enum {
#define TRAN(id, ...)   ROW_ID_IS_UNIQUE_##id,
#define STAY(id, ...)   ROW_ID_IS_UNIQUE_##id,
#define IGNORE(id, ...) ROW_ID_IS_UNIQUE_##id,
#define REJECT(id, ...) ROW_ID_IS_UNIQUE_##id,
#include CHART_DEF
};
/* clang-format on */

_Static_assert(sizeof states / sizeof states[0] <= PS_STATES_MAX, "state ids index a small table");
