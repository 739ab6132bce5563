/* The compiled charts, one constant each. */
#ifndef PS_CORE_CHARTS_H
#define PS_CORE_CHARTS_H

#include "core/chart.h"

#define CHART(id, name, revision, en, zh) extern const struct ps_chart ps_chart_##name;
#include "statecharts/charts.def"

/** The initializer that each chart's file ends with. */
#define PS_CHART_TABLES(chart_)                                                                    \
    {                                                                                              \
        .id = PS_CHART_##chart_, .initial = S_NEW, .revision = PS_REVISION_##chart_,               \
        .name = #chart_, .states = states, .state_limit = sizeof states / sizeof states[0],        \
        .rows = rows, .row_count = sizeof rows / sizeof rows[0], .events = events,                 \
        .event_count = sizeof events / sizeof events[0]                                            \
    }

#endif
